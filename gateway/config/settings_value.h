/*
 * settings_value: from the text of a value to the field it belongs in.
 *
 * base is always the section's struct: struct settings_gateway, settings_pool
 * or settings_namespace.
 */
#ifndef SIOGATE_SETTINGS_VALUE_H
#define SIOGATE_SETTINGS_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "settings_table.h"
#include "span.h"

struct buf;

/*
 * Reads text and stores it in the entry's field. With add, a list or text grows
 * instead of being replaced. Returns 0, or -1 with a few words added to error
 * ("not a time: abc") and the field as it was.
 */
int settings_value_set(const struct settings_entry *e, void *base,
    struct span text, bool add, struct buf *error);

/* Stores the default in a field that holds nothing. */
void settings_value_default(const struct settings_entry *e, void *base);

/* Frees what the field holds. */
void settings_value_release(const struct settings_entry *e, void *base);

/* Writes a number as a value of this type is best written: "20s", "64k". */
void settings_value_format(
    enum settings_type type, uint64_t value, struct buf *out);

#endif
