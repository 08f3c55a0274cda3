/*
 * ctl_table: JSON for people, as aligned columns.
 *
 * A table is first filled with the text of all cells and then printed, when
 * the widths are known. Everything that is printed went through ctl_text.
 */

/* system */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* libraries */
#include <json.h>

/* base */
#include "buf.h"
#include "mem.h"

/* own */
#include "ctl_json.h"
#include "ctl_table.h"
#include "ctl_text.h"

/* More columns, or objects deeper inside each other, are not shown. */
enum { CTL_TABLE_COLUMNS = 64, CTL_TABLE_DEPTH = 8, CTL_TABLE_GAP = 2 };

struct ctl_cell {
	char *text; /* safe for a terminal */
	size_t width;
	bool number;
};

struct ctl_table {
	struct ctl_cell *cells; /* n of them, row by row, headings first */
	size_t n, cap;
	size_t columns;
	bool bold; /* headings stand out */
};

/* Adds a cell; the text must have been escaped. */
static void
ctl_table_add(struct ctl_table *t, struct span text, bool number)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->cells = mem_realloc(t->cells, t->cap * sizeof(*t->cells));
	}
	t->cells[t->n].text = mem_strndup(text.p, text.n);
	t->cells[t->n].width = ctl_text_width(text);
	t->cells[t->n].number = number;
	t->n++;
}

/* Frees all cells. */
static void
ctl_table_release(struct ctl_table *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		free(t->cells[i].text);
	free(t->cells);
	t->cells = NULL;
	t->n = t->cap = 0;
}

/* Appends a time in seconds as "2d03h", "3h05m", "5m12s" or "7s". */
static void
ctl_table_add_duration(struct buf *out, double seconds)
{
	uint64_t s;

	if (!(seconds >= 0 && seconds < 1e15)) {
		buf_addch(out, '-');
		return;
	}
	s = (uint64_t)seconds;
	if (s >= 86400)
		buf_addf(out, "%ud%02uh", (unsigned)(s / 86400),
		    (unsigned)(s / 3600 % 24));
	else if (s >= 3600)
		buf_addf(out, "%uh%02um", (unsigned)(s / 3600),
		    (unsigned)(s / 60 % 60));
	else if (s >= 60)
		buf_addf(
		    out, "%um%02us", (unsigned)(s / 60), (unsigned)(s % 60));
	else
		buf_addf(out, "%us", (unsigned)s);
}

/* Appends a value for people, escaped: texts without quotes, lists with
 * commas. */
static void
ctl_table_add_value(struct buf *out, struct json_object *o)
{
	size_t i, n;

	switch (json_object_get_type(o)) {
	case json_type_string:
		ctl_text_escape(out, ctl_json_text(o));
		return;
	case json_type_boolean:
		buf_adds(out, json_object_get_boolean(o) ? "yes" : "no");
		return;
	case json_type_array:
		n = json_object_array_length(o);
		for (i = 0; i < n; i++) {
			struct json_object *e = json_object_array_get_idx(o, i);

			if (i)
				buf_addch(out, ',');
			if (json_object_is_type(e, json_type_array))
				ctl_text_json(out, ctl_json_print(e));
			else
				ctl_table_add_value(out, e);
		}
		return;
	case json_type_null:
		return;
	default:
		ctl_text_json(out, ctl_json_print(o));
	}
}

/* Adds the cell of a value; a dash stands for nothing. */
static void
ctl_table_add_json(struct ctl_table *t, struct json_object *o, bool duration)
{
	bool number = json_object_is_type(o, json_type_int) ||
		      json_object_is_type(o, json_type_double);
	struct buf text = BUF_INIT;

	if (number && duration)
		ctl_table_add_duration(&text, json_object_get_double(o));
	else
		ctl_table_add_value(&text, o);
	if (text.len == 0)
		buf_addch(&text, '-');
	ctl_table_add(t, buf_span(&text), number);
	buf_release(&text);
}

/* Prints one cell, filled up to width unless it is the last of its line. */
static void
ctl_table_print_cell(FILE *f, const struct ctl_cell *c, size_t width,
    bool right, bool last, bool bold)
{
	int fill = width > c->width ? (int)(width - c->width) : 0;

	if (right)
		fprintf(f, "%*s", fill, "");
	fprintf(f, bold ? "\033[1m%s\033[0m" : "%s", c->text);
	if (last)
		fputc('\n', f);
	else
		fprintf(f, "%*s", (right ? 0 : fill) + CTL_TABLE_GAP, "");
}

/* The width of a column, and whether it holds numbers only. */
static size_t
ctl_table_measure(const struct ctl_table *t, size_t column, bool *right_r)
{
	size_t i, width = 0;

	*right_r = t->n > t->columns;
	for (i = column; i < t->n; i += t->columns) {
		if (t->cells[i].width > width)
			width = t->cells[i].width;
		if (i >= t->columns && !t->cells[i].number &&
		    strcmp(t->cells[i].text, "-") != 0)
			*right_r = false;
	}
	return width;
}

/* Prints all cells; the first row is made of headings. */
static void
ctl_table_print(FILE *f, const struct ctl_table *t)
{
	size_t width[CTL_TABLE_COLUMNS], i;
	bool right[CTL_TABLE_COLUMNS];

	for (i = 0; i < t->columns; i++)
		width[i] = ctl_table_measure(t, i, &right[i]);
	for (i = 0; i < t->n; i++) {
		size_t column = i % t->columns;

		ctl_table_print_cell(f, &t->cells[i], width[column],
		    right[column], column + 1 == t->columns,
		    t->bold && i < t->columns);
	}
}

/* True when one of the rows has this member. */
static bool
ctl_table_has(struct json_object *rows, const char *key)
{
	size_t i, n = json_object_array_length(rows);

	for (i = 0; i < n; i++)
		if (json_object_object_get_ex(
			json_object_array_get_idx(rows, i), key, NULL))
			return true;
	return n == 0;
}

/* Adds a column to the list unless it is there or the list is full. */
static size_t
ctl_table_add_column(struct ctl_column *list, size_t n, struct ctl_column c)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(list[i].key, c.key) == 0)
			return n;
	if (n == CTL_TABLE_COLUMNS)
		return n;
	list[n] = c;
	return n + 1;
}

/* Finds out which columns there are. Their keys live as long as rows. */
static size_t
ctl_table_columns(struct json_object *rows, const struct ctl_column *known,
    struct ctl_column list[CTL_TABLE_COLUMNS])
{
	size_t i, count = 0, n = json_object_array_length(rows);

	for (; known->key; known++)
		if (ctl_table_has(rows, known->key))
			count = ctl_table_add_column(list, count, *known);
	for (i = 0; i < n; i++) {
		json_object_object_foreach(
		    json_object_array_get_idx(rows, i), key, value)
		{
			(void)value;
			count = ctl_table_add_column(
			    list, count, (struct ctl_column){ .key = key });
		}
	}
	return count;
}

/* Adds a member's name in capitals. */
static void
ctl_table_add_heading(struct ctl_table *t, const char *key)
{
	struct buf name = BUF_INIT, text = BUF_INIT;

	for (; *key; key++)
		buf_addch(&name, (char)toupper((unsigned char)*key));
	ctl_text_escape(&text, buf_span(&name));
	ctl_table_add(t, buf_span(&text), false);
	buf_release(&name);
	buf_release(&text);
}

/* True for an array of objects. */
static bool
ctl_table_is_rows(struct json_object *rows)
{
	size_t i, n;

	if (!json_object_is_type(rows, json_type_array))
		return false;
	n = json_object_array_length(rows);
	for (i = 0; i < n; i++)
		if (!json_object_is_type(
			json_object_array_get_idx(rows, i), json_type_object))
			return false;
	return true;
}

int
ctl_table_rows(FILE *f, struct json_object *rows,
    const struct ctl_column *known, bool bold)
{
	struct ctl_column list[CTL_TABLE_COLUMNS];
	struct ctl_table t = { .bold = bold };
	size_t i, c, n;

	if (!ctl_table_is_rows(rows))
		return -1;
	t.columns = ctl_table_columns(rows, known, list);
	if (t.columns == 0)
		return 0;
	for (c = 0; c < t.columns; c++)
		ctl_table_add_heading(&t, list[c].key);
	n = json_object_array_length(rows);
	for (i = 0; i < n; i++)
		for (c = 0; c < t.columns; c++)
			ctl_table_add_json(&t,
			    ctl_json_get(json_object_array_get_idx(rows, i),
				list[c].key),
			    list[c].duration);
	ctl_table_print(f, &t);
	ctl_table_release(&t);
	return 0;
}

/* True when the table of columns calls this member a time. */
static bool
ctl_table_is_duration(const struct ctl_column *known, const char *key)
{
	for (; known->key; known++)
		if (strcmp(known->key, key) == 0)
			return known->duration;
	return false;
}

/* Adds name and value of each member; an object inside adds its own ones. */
static void
ctl_table_add_members(struct ctl_table *t, struct json_object *o,
    const struct ctl_column *known, struct span prefix, unsigned depth)
{
	struct buf name = BUF_INIT;

	json_object_object_foreach(o, key, value)
	{
		buf_clear(&name);
		buf_addspan(&name, prefix);
		ctl_text_escape(&name, span_str(key));
		if (json_object_is_type(value, json_type_object) && depth) {
			buf_addch(&name, '.');
			ctl_table_add_members(
			    t, value, known, buf_span(&name), depth - 1);
			continue;
		}
		ctl_table_add(t, buf_span(&name), false);
		ctl_table_add_json(t, value, ctl_table_is_duration(known, key));
	}
	buf_release(&name);
}

int
ctl_table_members(
    FILE *f, struct json_object *o, const struct ctl_column *known, bool bold)
{
	struct ctl_table t = { .columns = 2 };
	size_t i, width;
	bool right;

	if (!json_object_is_type(o, json_type_object))
		return -1;
	ctl_table_add_members(&t, o, known, SPAN_EMPTY, CTL_TABLE_DEPTH);
	width = ctl_table_measure(&t, 0, &right);
	for (i = 0; i + 1 < t.n; i += 2) {
		ctl_table_print_cell(f, &t.cells[i], width, false, false, bold);
		ctl_table_print_cell(f, &t.cells[i + 1], 0, false, true, false);
	}
	ctl_table_release(&t);
	return 0;
}
