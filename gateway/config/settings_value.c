/*
 * settings_value: from the text of a value to the field it belongs in.
 *
 * Called with what a file or the command line says, and with the defaults of
 * the table. A value that makes no sense is refused with a few words and
 * leaves the field alone; a default that makes no sense is a panic.
 */

/* system */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "mem.h"
#include "span.h"

/* own */
#include "settings.h"
#include "settings_table.h"
#include "settings_value.h"

/* A letter behind a number, and what it multiplies by. */
struct suffix {
	const char *text;
	uint64_t factor;
};

/* Largest first, so that settings_value_format finds the shortest form. */
static const struct suffix time_suffixes[] = { { "h", 3600000 }, { "m", 60000 },
	{ "s", 1000 }, { "ms", 1 }, { "", 1 } };
static const struct suffix size_suffixes[] = { { "G", 1 << 30 },
	{ "M", 1 << 20 }, { "k", 1 << 10 }, { "", 1 } };
static const struct suffix no_suffixes[] = { { "", 1 } };

/* The suffixes of a type; the last one is empty. */
static const struct suffix *
suffixes_of(enum settings_type type)
{
	if (type == SETTINGS_TIME)
		return time_suffixes;
	return type == SETTINGS_SIZE ? size_suffixes : no_suffixes;
}

/* Adds "what: text", without the text when it is a secret; -1. */
static int
refuse(const struct settings_entry *e, struct buf *error, const char *what,
    struct span text)
{
	buf_adds(error, what);
	if (!(e->flags & SETTINGS_SECRET))
		buf_addf(error, ": %.*s", SPAN_FMT(text));
	return -1;
}

/* Reads the digits that text begins with; *rest_r is what follows. -1: there
 * are none, or too many. */
static int
read_digits(
    struct span text, unsigned radix, uint64_t *value_r, struct span *rest_r)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < text.n; i++) {
		unsigned digit = (unsigned)(unsigned char)text.p[i] - '0';

		if (digit >= radix)
			break;
		if (v > (UINT64_MAX - digit) / radix)
			return -1;
		v = v * radix + digit;
	}
	*value_r = v;
	*rest_r = span_skip(text, i);
	return i ? 0 : -1;
}

/* Multiplies *value by what the suffix stands for. -1: there is no such suffix,
 * or the number gets too large. */
static int
apply_suffix(enum settings_type type, struct span suffix, uint64_t *value)
{
	const struct suffix *s = suffixes_of(type);

	for (;; s++) {
		if (span_eq_nocase(suffix, span_str(s->text)))
			break;
		if (*s->text == '\0')
			return -1;
	}
	if (*value > UINT64_MAX / s->factor)
		return -1;
	*value *= s->factor;
	return 0;
}

/* What a value of this type is called in a message. */
static const char *
wrong(enum settings_type type)
{
	switch (type) {
	case SETTINGS_TIME:
		return "not a time";
	case SETTINGS_SIZE:
		return "not a size";
	case SETTINGS_MODE:
		return "not an octal mode";
	case SETTINGS_BOOL:
		return "neither yes nor no";
	case SETTINGS_RANGE:
		return "neither a number nor MIN..MAX";
	default:
		return "not a number";
	}
}

/* Adds "must be from A to B"; -1. */
static int
refuse_bounds(
    const struct settings_entry *e, struct span text, struct buf *error)
{
	buf_adds(error, "must be from ");
	settings_value_format(e->type, e->min, error);
	buf_adds(error, " to ");
	settings_value_format(e->type, e->max, error);
	return refuse(e, error, "", text);
}

/* Reads a number with its suffix and holds it against the bounds. */
static int
read_number(const struct settings_entry *e, struct span text, uint64_t *value_r,
    struct buf *error)
{
	struct span rest;
	unsigned radix = e->type == SETTINGS_MODE ? 8 : 10;

	if (read_digits(text, radix, value_r, &rest) == -1 ||
	    apply_suffix(e->type, rest, value_r) == -1)
		return refuse(e, error, wrong(e->type), text);
	if (*value_r < e->min || *value_r > e->max)
		return refuse_bounds(e, text, error);
	return 0;
}

/* A number into an unsigned or size_t. */
static int
set_number(const struct settings_entry *e, char *base, struct span text,
    struct buf *error)
{
	uint64_t v;

	if (read_number(e, text, &v, error) == -1)
		return -1;
	if (e->type == SETTINGS_SIZE) {
		*(size_t *)(void *)(base + e->offset) = (size_t)v;
	} else {
		gw_assert(v <= UINT_MAX);
		*(unsigned *)(void *)(base + e->offset) = (unsigned)v;
	}
	return 0;
}

/* "4" or "1..4". */
static int
set_range(const struct settings_entry *e, char *base, struct span text,
    struct buf *error)
{
	uint64_t least, most;
	struct span rest;

	if (read_digits(text, 10, &least, &rest) == -1)
		return refuse(e, error, wrong(e->type), text);
	most = least;
	if (rest.n &&
	    (!span_starts(rest, SPAN("..")) ||
		read_digits(span_skip(rest, 2), 10, &most, &rest) || rest.n))
		return refuse(e, error, wrong(e->type), text);
	if (least < e->min || most > e->max)
		return refuse_bounds(e, text, error);
	if (most < least)
		return refuse(
		    e, error, "the least is more than the most", text);
	if (most == 0)
		return refuse(e, error, "the most must be at least 1", text);
	*(unsigned *)(void *)(base + e->offset) = (unsigned)least;
	*(unsigned *)(void *)(base + e->also) = (unsigned)most;
	return 0;
}

/* "yes", "on", "true", "1" and their opposites. */
static int
set_bool(const struct settings_entry *e, char *base, struct span text,
    struct buf *error)
{
	static const char *const words[] = { "no", "yes", "off", "on", "false",
		"true", "0", "1" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_eq_nocase(text, span_str(words[i]))) {
			*(bool *)(base + e->offset) = i & 1;
			return 0;
		}
	return refuse(e, error, wrong(e->type), text);
}

/* Which of the entry's choices word is; -1 with an error: none. */
static int
find_choice(const struct settings_entry *e, struct span word, struct buf *error)
{
	struct span left = span_str(e->choices);
	int i;

	for (i = 0; left.p; i++)
		if (span_eq(word, span_cut(left, ' ', &left)))
			return i;
	buf_addf(error, "not one of %s", e->choices);
	return refuse(e, error, "", word);
}

/* One of the choices. */
static int
set_enum(const struct settings_entry *e, char *base, struct span text,
    struct buf *error)
{
	int choice = find_choice(e, text, error);

	if (choice == -1)
		return -1;
	*(unsigned *)(void *)(base + e->offset) = (unsigned)choice;
	return 0;
}

/* True for what parts the items of a list. */
static bool
is_between(const struct settings_entry *e, char c)
{
	return c == ' ' || c == '\t' ||
	       (c == ',' && !(e->flags & SETTINGS_BLANKS));
}

/* Takes the next item off *text and puts it in *item without its quotes. 1: an
 * item, 0: no more, -1: an error. */
static int
next_item(const struct settings_entry *e, struct span *text, struct buf *item,
    struct buf *error)
{
	bool quoted = false;
	struct span all;

	while (text->n && is_between(e, *text->p))
		*text = span_skip(*text, 1);
	if (text->n == 0)
		return 0;
	buf_clear(item);
	for (all = *text; text->n; *text = span_skip(*text, 1)) {
		if (!quoted && is_between(e, *text->p))
			break;
		if (*text->p == '"')
			quoted = !quoted;
		else
			buf_addch(item, *text->p);
	}
	return quoted ? refuse(e, error, "a quote is not closed", all) : 1;
}

/* Some of the choices. */
static int
set_set(const struct settings_entry *e, char *base, struct span text,
    struct buf *error)
{
	struct buf item = BUF_INIT;
	unsigned bits = 0;
	int rc, choice = 0;

	while ((rc = next_item(e, &text, &item, error)) == 1) {
		choice = find_choice(e, buf_span(&item), error);
		if (choice == -1)
			break;
		bits |= 1u << choice;
	}
	buf_release(&item);
	if (rc == -1 || choice == -1)
		return -1;
	if (bits == 0)
		return refuse(
		    e, error, "empty; choose from", span_str(e->choices));
	*(unsigned *)(void *)(base + e->offset) = bits;
	return 0;
}

/* A text, or with add one more piece of it. */
static int
set_text(const struct settings_entry *e, char *base, struct span text, bool add,
    struct buf *error)
{
	char **field = (char **)(void *)(base + e->offset);
	struct buf all = BUF_INIT;

	if (e->check && e->check(text, error) == -1)
		return -1;
	if (add && *field && **field)
		buf_addf(&all, "%s%s", *field, text.n ? " " : "");
	buf_addspan(&all, text);
	free(*field);
	*field = mem_strndup(all.data ? all.data : "", all.len);
	buf_release(&all);
	return 0;
}

/* A word; an empty one is refused, "none" may be NULL. */
static int
set_word(const struct settings_entry *e, char *base, struct span text,
    struct buf *error)
{
	char **field = (char **)(void *)(base + e->offset);

	if (text.n == 0) {
		buf_adds(error, "has no value");
		return -1;
	}
	if (!(e->flags & SETTINGS_NONE_OK) || !span_eq(text, SPAN("none")))
		return set_text(e, base, text, false, error);
	free(*field);
	*field = NULL;
	return 0;
}

/* Adds an item. */
static void
list_add(struct settings_list *list, struct span item)
{
	list->items =
	    mem_realloc(list->items, (list->n + 2) * sizeof(*list->items));
	list->items[list->n++] = mem_strndup(item.n ? item.p : "", item.n);
	list->items[list->n] = NULL;
}

/* Frees the items from n on. */
static void
list_truncate(struct settings_list *list, size_t n)
{
	while (list->n > n) {
		free(list->items[--list->n]);
		list->items[list->n] = NULL;
	}
	if (n == 0) {
		free(list->items);
		list->items = NULL;
	}
}

/* Reads the items of text into *list. -1: nothing was added. */
static int
list_read(const struct settings_entry *e, struct settings_list *list,
    struct span text, struct buf *error)
{
	struct buf item = BUF_INIT;
	size_t n = list->n;
	int rc;

	while ((rc = next_item(e, &text, &item, error)) == 1) {
		if (e->check && e->check(buf_span(&item), error) == -1) {
			rc = -1;
			break;
		}
		list_add(list, buf_span(&item));
	}
	buf_release(&item);
	if (rc == -1)
		list_truncate(list, n);
	return rc;
}

/* A list, or with add more of its items. */
static int
set_list(const struct settings_entry *e, char *base, struct span text, bool add,
    struct buf *error)
{
	struct settings_list *field =
	    (struct settings_list *)(void *)(base + e->offset);
	struct settings_list list = { NULL, 0 };

	if (add)
		list = *field;
	if (list_read(e, &list, text, error) == -1) {
		if (add)
			*field = list;
		return -1;
	}
	if (list.n == 0 && (e->flags & SETTINGS_FEW)) {
		buf_adds(error, "is empty");
		return -1;
	}
	if (!add)
		list_truncate(field, 0);
	*field = list;
	if (e->also)
		*(bool *)(base + e->also) = true;
	return 0;
}

int
settings_value_set(const struct settings_entry *e, void *base, struct span text,
    bool add, struct buf *error)
{
	text = span_trim(text);
	switch (e->type) {
	case SETTINGS_BOOL:
		return set_bool(e, base, text, error);
	case SETTINGS_UINT:
	case SETTINGS_TIME:
	case SETTINGS_SIZE:
	case SETTINGS_MODE:
		return set_number(e, base, text, error);
	case SETTINGS_RANGE:
		return set_range(e, base, text, error);
	case SETTINGS_ENUM:
		return set_enum(e, base, text, error);
	case SETTINGS_SET:
		return set_set(e, base, text, error);
	case SETTINGS_WORD:
		return set_word(e, base, text, error);
	case SETTINGS_TEXT:
		return set_text(e, base, text, add, error);
	case SETTINGS_LIST:
		return set_list(e, base, text, add, error);
	}
	gw_unreachable();
}

void
settings_value_default(const struct settings_entry *e, void *base)
{
	struct buf error = BUF_INIT;
	int rc;

	if (e->def == NULL)
		return;
	rc = settings_value_set(e, base, span_str(e->def), false, &error);
	gw_assert(rc == 0);
	if (e->type == SETTINGS_LIST && e->also)
		*(bool *)((char *)base + e->also) = false;
}

void
settings_value_release(const struct settings_entry *e, void *base)
{
	char *at = (char *)base + e->offset;

	if (e->type == SETTINGS_LIST) {
		list_truncate((struct settings_list *)(void *)at, 0);
	} else if (e->type == SETTINGS_WORD || e->type == SETTINGS_TEXT) {
		free(*(char **)(void *)at);
		*(char **)(void *)at = NULL;
	}
}

void
settings_value_format(enum settings_type type, uint64_t value, struct buf *out)
{
	const struct suffix *s = suffixes_of(type);

	if (type == SETTINGS_MODE) {
		buf_addf(out, "%#llo", (unsigned long long)value);
		return;
	}
	while (*s->text && (value == 0 || value % s->factor))
		s++;
	buf_addu64(out, value / s->factor);
	buf_adds(out, s->text);
}
