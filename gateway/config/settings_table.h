/*
 * settings_table: one table is the configuration.
 *
 * Each setting has one entry here; the parser, the range checks, the help text
 * and the manual page come from it.
 */
#ifndef SIOGATE_SETTINGS_TABLE_H
#define SIOGATE_SETTINGS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "span.h"

struct buf;

enum settings_section {
	SETTINGS_GATEWAY,
	SETTINGS_POOL,
	SETTINGS_NAMESPACE,
	SETTINGS_SECTIONS /* how many there are */
};

/* What a value is, and what stands at the entry's offset. */
enum settings_type {
	SETTINGS_BOOL,  /* bool */
	SETTINGS_UINT,  /* unsigned */
	SETTINGS_TIME,  /* unsigned, milliseconds */
	SETTINGS_SIZE,  /* size_t, bytes */
	SETTINGS_MODE,  /* unsigned, written in octal */
	SETTINGS_RANGE, /* unsigned, the least; `also`: unsigned, the most */
	SETTINGS_ENUM,  /* an enum whose values count the choices from 0 */
	SETTINGS_SET,   /* unsigned, bit n stands for choice n */
	SETTINGS_WORD,  /* char *, one text */
	SETTINGS_TEXT,  /* char *; further lines are added behind a blank */
	SETTINGS_LIST   /* struct settings_list; `also`: bool, it was given */
};

enum settings_flag {
	SETTINGS_NONE_OK = 1, /* "none" stands for NULL */
	SETTINGS_SECRET = 2,  /* the value is never shown */
	SETTINGS_BLANKS = 4,  /* a comma does not part the items of the list */
	SETTINGS_FEW = 8      /* the list may not be empty */
};

struct settings_entry {
	enum settings_section section;
	enum settings_type type;
	unsigned flags;
	const char *name;
	size_t offset; /* into the section's struct */
	size_t also;   /* a second offset, 0: none */
	uint64_t min;
	uint64_t max;
	const char *def;     /* the default as it would be written, or NULL */
	const char *unit;    /* for the manual, or NULL: what a number counts,
			      * what a word, text or item is */
	const char *choices; /* parted by one blank each, or NULL */
	/* Looks at a word, a text or one item of a list. 0, or -1 with a few
	 * words added to error. NULL: anything goes. */
	int (*check)(struct span value, struct buf *error);
	const char *description; /* whole sentences */
};

/* The entry at index i, in the order of the manual, or NULL behind the last. */
const struct settings_entry *settings_table_at(size_t i);

/* How many entries there are. */
size_t settings_table_size(void);

/* The place of an entry in the table. */
size_t settings_table_index(const struct settings_entry *e);

/* The setting of this name in the section, or NULL. */
const struct settings_entry *settings_table_find(
    enum settings_section section, struct span name);

/* The setting whose name is nearest to a misspelt one, or NULL when none is
 * near. */
const struct settings_entry *settings_table_nearest(
    enum settings_section section, struct span name);

/* How the section is written: "gateway", "pool", "namespace". */
const char *settings_table_section(enum settings_section section);

#endif
