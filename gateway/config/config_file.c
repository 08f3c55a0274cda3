/*
 * config_file: the configuration file.
 *
 * inih cuts lines into names and values; it asks read_line for each line and
 * calls on_setting for each value. read_line knows where we are, and does what
 * inih leaves open: names of sections of any length, sections without
 * settings, lines that are too long, and a report of every line that makes no
 * sense, not only of the first. Every mistake is one line in errors; after 20
 * of them the rest is skipped. Nothing is fatal.
 */

/* system */
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "mem.h"
#include "span.h"

/* own */
#include "config_file.h"
#include "settings.h"
#include "settings_table.h"
#include "settings_value.h"

enum {
	ERRORS_MAX = 20,
	FILE_MAX = 1 << 20, /* bytes; nobody writes that much by hand */
	NO_SECTION = -1,    /* none yet */
	BAD_SECTION = -2    /* its header was refused; skip what it holds */
};

struct reader {
	unsigned magic;
	struct settings *settings;
	FILE *stream;
	const char *name;
	struct buf *errors;
	unsigned n_errors;
	unsigned line;
	size_t bytes; /* read so far */
	int failed;   /* errno of a failed read, or 0 */
	/* the section we are in */
	int section; /* enum settings_section or one of the above */
	void *base;
	bool gateway_seen;
	unsigned *seen; /* for each entry the line that set it, or 0 */
	/* the line that inih has now */
	bool indented;
	bool awaited; /* on_setting must be called for it */
	/* the setting that an indented line goes on with */
	bool open;                       /* there was one in this section */
	const struct settings_entry *at; /* NULL: unknown or refused */
};

enum { READER_MAGIC = 0x72646572 };

/* Adds a message with the name of the file and the line's number. */
static void __attribute__((format(printf, 2, 3)))
report(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	if (r->n_errors++ >= ERRORS_MAX)
		return;
	buf_addf(r->errors, "%s:%u: ", r->name, r->line);
	va_start(ap, fmt);
	buf_vaddf(r->errors, fmt, ap);
	va_end(ap);
	buf_addch(r->errors, '\n');
}

/* Reports the line before if nothing came of it. */
static void
end_line(struct reader *r)
{
	if (r->awaited)
		report(r, "neither [SECTION] nor NAME = VALUE");
	r->awaited = false;
}

/* Forgets the settings of the section before. */
static void
leave_section(struct reader *r)
{
	memset(r->seen, 0, settings_table_size() * sizeof(*r->seen));
	r->section = BAD_SECTION;
	r->base = NULL;
	r->open = false;
	r->at = NULL;
}

/* Enters [gateway], which may be there once. */
static void
enter_gateway(struct reader *r, struct span name)
{
	if (name.n)
		report(r, "[gateway] has no name behind it");
	else if (r->gateway_seen)
		report(r, "there is a section [gateway] already");
	else
		r->section = SETTINGS_GATEWAY;
	r->gateway_seen = true;
	r->base = &r->settings->gateway;
}

/* Enters a section that the head of a line names: "pool chat". */
static void
enter_section(struct reader *r, struct span head)
{
	struct buf words = BUF_INIT;
	struct span kind, name;

	kind = span_cut(span_trim(head), ' ', &name);
	name = span_trim(name);
	leave_section(r);
	if (span_eq(kind, SPAN("gateway"))) {
		enter_gateway(r, name);
	} else if (span_eq(kind, SPAN("pool"))) {
		r->base = settings_add_pool(r->settings, name, &words);
		r->section = r->base ? (int)SETTINGS_POOL : BAD_SECTION;
	} else if (span_eq(kind, SPAN("namespace"))) {
		r->base = settings_add_namespace(r->settings, name, &words);
		r->section = r->base ? (int)SETTINGS_NAMESPACE : BAD_SECTION;
	} else {
		report(r,
		    "unknown section [%.*s]; there are [gateway], "
		    "[pool NAME] and [namespace /NAME]",
		    SPAN_FMT(head));
	}
	if (words.len)
		report(r, "%s", buf_cstr(&words));
	buf_release(&words);
}

/* Reads a header: the line from its "[" on. */
static void
read_header(struct reader *r, struct span line)
{
	struct span rest;
	struct span head = span_cut(span_skip(line, 1), ']', &rest);

	if (rest.p == NULL) {
		leave_section(r);
		report(r, "the bracket is not closed");
		return;
	}
	rest = span_trim(rest);
	if (rest.n && rest.p[0] != ';' && rest.p[0] != '#')
		report(r, "text behind the section's bracket");
	enter_section(r, head);
}

/* Says what the line is before inih gets it. False: inih must not see it. */
static bool
look_at(struct reader *r, struct span line)
{
	struct span text = span_trim(line);

	r->indented = line.n && text.p != line.p;
	if (text.n == 0 || text.p[0] == ';' || text.p[0] == '#')
		return false;
	if (r->indented && !r->open) {
		report(r, "an indented line, but no setting to go on with");
		return false;
	}
	if (text.p[0] == '[' && !r->indented) {
		read_header(r, text);
		return true;
	}
	r->awaited = true;
	return true;
}

/* Reads a line of at most size - 1 bytes, without its end. -1: the file has
 * ended; else the length. What is too long or not text is reported, and an
 * empty line comes back. */
static int
get_line(struct reader *r, char *line, int size)
{
	bool long_line = false, bad = false;
	int c, n = 0;

	while ((c = getc(r->stream)) != EOF && ++r->bytes <= FILE_MAX &&
	       c != '\n') {
		bad = bad || (c < ' ' && c != '\t' && c != '\r') || c == 127;
		if (n < size - 1)
			line[n++] = (char)c;
		else
			long_line = true;
	}
	if (c == EOF && ferror(r->stream))
		r->failed = errno;
	if ((c == EOF && n == 0) || r->bytes > FILE_MAX)
		return -1;
	r->line++;
	if (n && line[n - 1] == '\r')
		n--;
	if (r->line == 1 && n >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0)
		memmove(line, line + 3, (size_t)(n -= 3));
	line[n] = '\0';
	if (!bad && (!long_line || line[strspn(line, " \t")] == '#' ||
			line[strspn(line, " \t")] == ';'))
		return n;
	if (bad)
		report(r, "a control character");
	else
		report(r,
		    "longer than %d bytes; a list or a text may go on "
		    "on an indented line",
		    size - 1);
	return 0;
}

/* inih's reader: the next line with its end in line, or NULL. */
static char *
read_line(char *line, int size, void *stream)
{
	struct reader *r = stream;
	int n;

	GW_MAGIC_CHECK(r, READER_MAGIC);
	end_line(r);
	do {
		n = get_line(r, line, size - 1);
		if (n == -1)
			return NULL;
	} while (!look_at(r, span_of(line, (size_t)n)));
	memcpy(line + n, "\n", 2);
	return line;
}

/* Reports a name that is no setting of this section. */
static void
report_unknown(struct reader *r, struct span name)
{
	const struct settings_entry *e;
	const char *section =
	    settings_table_section((enum settings_section)r->section);
	int other;

	for (other = 0; other < SETTINGS_SECTIONS; other++)
		if (settings_table_find((enum settings_section)other, name)) {
			report(r, "%.*s: belongs in a section [%s], not [%s]",
			    SPAN_FMT(name),
			    settings_table_section(
				(enum settings_section)other),
			    section);
			return;
		}
	e = settings_table_nearest((enum settings_section)r->section, name);
	if (e)
		report(r, "%.*s: unknown setting of [%s]; did you mean %s?",
		    SPAN_FMT(name), section, e->name);
	else
		report(r, "%.*s: unknown setting of [%s]", SPAN_FMT(name),
		    section);
}

/* Stores a value, or what an indented line adds to it. */
static void
store(struct reader *r, struct span value, bool add)
{
	struct buf words = BUF_INIT;

	if (settings_value_set(r->at, r->base, value, add, &words) == -1) {
		report(r, "%s: %s", r->at->name, buf_cstr(&words));
		r->at = NULL;
	}
	buf_release(&words);
}

/* A setting begins. */
static void
start_setting(struct reader *r, struct span name, struct span value)
{
	unsigned *seen;

	r->open = true;
	r->at = NULL;
	if (r->section == NO_SECTION)
		report(
		    r, "%.*s: stands before the first section", SPAN_FMT(name));
	if (r->section < 0)
		return;
	r->at = settings_table_find((enum settings_section)r->section, name);
	if (r->at == NULL) {
		report_unknown(r, name);
		return;
	}
	seen = &r->seen[settings_table_index(r->at)];
	if (*seen && r->at->type != SETTINGS_LIST) {
		report(r, "%s: given already in line %u", r->at->name, *seen);
		r->at = NULL;
		return;
	}
	store(r, value, *seen != 0);
	*seen = r->line;
}

/* True when an indented line looks like a setting of its own. */
static bool
looks_like_setting(const struct reader *r, struct span text)
{
	struct span rest;
	struct span name = span_trim(span_cut(text, '=', &rest));

	return rest.p &&
	       settings_table_find((enum settings_section)r->section, name);
}

/* An indented line goes on with the value before. */
static void
continue_setting(struct reader *r, struct span text)
{
	if (r->at == NULL)
		return;
	if (looks_like_setting(r, text))
		report(r,
		    "an indented line goes on with %s; settings begin "
		    "where the line does",
		    r->at->name);
	else if (r->at->type != SETTINGS_LIST && r->at->type != SETTINGS_TEXT)
		report(r, "%s: cannot go on on an indented line", r->at->name);
	else
		store(r, text, true);
}

/* inih's handler: called for each value and each indented line. */
static int
on_setting(void *user, const char *section, const char *name, const char *value)
{
	struct reader *r = user;

	(void)section; /* inih cuts long ones */
	GW_MAGIC_CHECK(r, READER_MAGIC);
	r->awaited = false;
	if (r->indented)
		continue_setting(r, span_str(value));
	else
		start_setting(r, span_str(name), span_str(value));
	return 1;
}

/* Reports what concerns the whole file. */
static void
end_file(struct reader *r)
{
	end_line(r);
	if (r->failed) {
		buf_addf(r->errors, "%s: %s\n", r->name, strerror(r->failed));
		r->n_errors++;
	} else if (r->bytes > FILE_MAX) {
		buf_addf(r->errors, "%s: larger than 1 MiB\n", r->name);
		r->n_errors++;
	} else if (r->n_errors > ERRORS_MAX) {
		buf_addf(r->errors, "%s: %u more mistakes\n", r->name,
		    r->n_errors - ERRORS_MAX);
	}
}

int
config_file_read_stream(
    struct settings *s, FILE *stream, const char *name, struct buf *errors)
{
	struct reader r = { .magic = READER_MAGIC,
		.settings = s,
		.stream = stream,
		.name = name,
		.errors = errors,
		.section = NO_SECTION };
	int rc;

	r.seen = mem_zalloc(settings_table_size() * sizeof(*r.seen));
	rc = ini_parse_stream(read_line, &r, on_setting, &r);
	end_file(&r);
	if (rc != 0 && r.n_errors == 0) {
		buf_addf(errors, "%s: cannot be parsed\n", name);
		r.n_errors++;
	}
	free(r.seen);
	return r.n_errors ? -1 : 0;
}

int
config_file_read(struct settings *s, const char *path, struct buf *errors)
{
	FILE *f = fopen(path, "re");
	int rc;

	if (f == NULL) {
		buf_addf(errors, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	rc = config_file_read_stream(s, f, path, errors);
	fclose(f);
	return rc;
}
