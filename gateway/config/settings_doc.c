/*
 * settings_doc: the table of settings as text and as manual page.
 *
 * Called for siogate -h settings, and by the test that holds the manual page
 * against the table. Reads the table, owns nothing, cannot fail.
 */

/* system */
#include <stdbool.h>

/* base */
#include "buf.h"
#include "span.h"

/* own */
#include "settings_doc.h"
#include "settings_table.h"
#include "settings_value.h"

enum { WIDTH = 78, INDENT = 8 };

/* What a value of the setting is called. */
static const char *
value_name(const struct settings_entry *e)
{
	static const char *const names[] = {
		[SETTINGS_BOOL] = "yes|no",
		[SETTINGS_UINT] = "number",
		[SETTINGS_TIME] = "time",
		[SETTINGS_SIZE] = "size",
		[SETTINGS_MODE] = "mode",
		[SETTINGS_RANGE] = "min..max",
		[SETTINGS_ENUM] = "word",
		[SETTINGS_SET] = "word ...",
		[SETTINGS_WORD] = "text",
		[SETTINGS_TEXT] = "text",
		[SETTINGS_LIST] = "item ...",
	};
	bool number = e->type < SETTINGS_ENUM;

	return e->unit && !number ? e->unit : names[e->type];
}

/* How a section is headed. */
static const char *
section_head(enum settings_section section)
{
	static const char *const heads[] = { "[gateway]", "[pool NAME]",
		"[namespace /NAME]" };

	return heads[section];
}

/* Writes the choices: "One of a, b, c. ". */
static void
add_choices(const struct settings_entry *e, struct buf *out)
{
	struct span left = span_str(e->choices);
	bool first = true;

	buf_adds(out, e->type == SETTINGS_SET ? "Any of " : "One of ");
	while (left.p) {
		if (!first)
			buf_adds(out, ", ");
		buf_addspan(out, span_cut(left, ' ', &left));
		first = false;
	}
	buf_adds(out, ". ");
}

/* Writes what the table says beside the description: choices, bounds, default.
 */
static void
add_facts(const struct settings_entry *e, struct buf *out)
{
	if (e->choices && !(e->type == SETTINGS_ENUM && e->def &&
			      span_eq(span_str(e->choices), span_str(e->def))))
		add_choices(e, out);
	if (e->max) {
		buf_adds(out, "From ");
		settings_value_format(e->type, e->min, out);
		buf_adds(out, " to ");
		settings_value_format(e->type, e->max, out);
		if (e->unit)
			buf_addf(out, " %s", e->unit);
		else if (e->type == SETTINGS_SIZE)
			buf_adds(out, " bytes");
		buf_adds(out, ". ");
	}
	if (e->def && *e->def)
		buf_addf(out, "Default: %s. ", e->def);
	else if (e->def)
		buf_adds(out, "Default: empty. ");
}

/* Writes text in lines of at most WIDTH, indented. */
static void
add_wrapped(struct span text, struct buf *out)
{
	size_t column = 0;

	while (text.n) {
		struct span word = span_cut(text, ' ', &text);

		if (word.n == 0)
			continue;
		if (column && column + 1 + word.n > WIDTH) {
			buf_addch(out, '\n');
			column = 0;
		}
		buf_addf(out, "%*s", column ? 1 : INDENT, "");
		column += (column ? 1 : INDENT) + word.n;
		buf_addspan(out, word);
	}
	buf_addch(out, '\n');
}

/* Writes one setting as text. */
static void
text_entry(const struct settings_entry *e, struct buf *out)
{
	struct buf words = BUF_INIT;

	buf_addf(out, "    %s = %s\n", e->name, value_name(e));
	buf_addf(&words, "%s ", e->description);
	add_facts(e, &words);
	add_wrapped(buf_span(&words), out);
	buf_release(&words);
}

void
settings_doc_text(struct buf *out)
{
	const struct settings_entry *e;
	int last = -1;
	size_t i;

	for (i = 0; (e = settings_table_at(i)) != NULL; i++) {
		if ((int)e->section != last)
			buf_addf(out, "%s%s\n", i ? "\n" : "",
			    section_head(e->section));
		last = (int)e->section;
		text_entry(e, out);
	}
	buf_adds(out, "\nTimes: 500ms, 25s, 2m, 1h; a bare number is "
		      "milliseconds.\n"
		      "Sizes: bytes, or 64k, 8M, 1G in powers of 1024.\n");
}

/* Writes text for mdoc: escaped, each sentence on a line of its own. */
static void
mdoc_text(struct span text, struct buf *out)
{
	size_t i;

	text = span_trim(text);
	for (i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool sentence = i && c == ' ' && text.p[i - 1] == '.' &&
				i + 1 < text.n && text.p[i + 1] >= 'A' &&
				text.p[i + 1] <= 'Z';

		if (c == '\\')
			buf_adds(out, "\\e");
		else if (c == '*' && i + 1 < text.n && text.p[i + 1] == '.')
			buf_adds(out, "*\\&");
		else
			buf_addch(out, sentence ? '\n' : c);
	}
	buf_addch(out, '\n');
}

/* Writes one setting for the manual. */
static void
mdoc_entry(const struct settings_entry *e, struct buf *out)
{
	struct buf words = BUF_INIT;

	buf_addf(out, ".It Ic %s No = Ar %s\n", e->name, value_name(e));
	mdoc_text(span_str(e->description), out);
	add_facts(e, &words);
	if (words.len)
		mdoc_text(buf_span(&words), out);
	buf_release(&words);
}

void
settings_doc_mdoc(struct buf *out)
{
	const struct settings_entry *e;
	int last = -1;
	size_t i;

	for (i = 0; (e = settings_table_at(i)) != NULL; i++) {
		if ((int)e->section != last)
			buf_addf(out, "%s.Ss %s\n.Bl -tag -width Ds\n",
			    i ? ".El\n" : "", section_head(e->section));
		last = (int)e->section;
		mdoc_entry(e, out);
	}
	buf_adds(out, ".El\n");
}
