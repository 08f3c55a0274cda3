/*
 * ctl_table: JSON for people, as aligned columns.
 */
#ifndef SIOGATE_CTL_TABLE_H
#define SIOGATE_CTL_TABLE_H

#include <stdbool.h>
#include <stdio.h>

struct json_object;

/* A column that comes first, in the order of its table. */
struct ctl_column {
	const char *key; /* NULL ends the table */
	bool duration;   /* the value is a time in seconds */
};

/*
 * Prints an array of objects, one a line, under headings. The known columns
 * come first; one that no object has is left out (but for an empty array:
 * then they are all there is). Other members follow, each a column.
 * With bold true the headings stand out. 0, or -1 when rows is no such array.
 */
int ctl_table_rows(FILE *f, struct json_object *rows,
    const struct ctl_column *known, bool bold);

/*
 * Prints an object, one member a line, objects inside it as "outer.inner".
 * known says which members are durations. 0, or -1 when o is no object.
 */
int ctl_table_members(
    FILE *f, struct json_object *o, const struct ctl_column *known, bool bold);

#endif
