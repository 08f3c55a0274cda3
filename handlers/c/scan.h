/*
 * scan: JSON as text.
 *
 * Arguments pass through a handler byte for byte, so the library finds the
 * pieces of a request's line without making a tree of them. The scanner checks
 * the grammar of RFC 8259, but not that strings are UTF-8: the gateway does,
 * on both sides of a handler.
 */
#ifndef SIOGATE_HANDLER_SCAN_H
#define SIOGATE_HANDLER_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* How deep values may be nested: more than what a client may send. */
enum { SIOGATE_SCAN_DEPTH = 512 };

/* A piece of text that somebody else owns. */
struct siogate_scan_piece {
	const char *p; /* NULL: absent */
	size_t n;
};

/* Skips white space. */
const char *siogate_scan_space(const char *p, const char *end);

/* Checks the JSON value at p, white space before it allowed. Returns the byte
 * behind it; NULL when there is none. Does not recurse. */
const char *siogate_scan_value(const char *p, const char *end);

/* True when text is one JSON value, white space around it allowed; of an array
 * when first is '[', of an object when it is '{', of any kind when it is 0. */
bool siogate_scan_check(const char *text, size_t n, char first);

/*
 * Takes the next element of an array, or member of an object, and checks it.
 * *at begins as the byte behind the opening bracket. Returns 1 with *value_r,
 * and *key_r, the raw key with its quotes (pass NULL for an array); 0 at the
 * end, with *at behind the closing bracket; -1 when the text is not valid.
 */
int siogate_scan_next(const char **at, const char *end,
    struct siogate_scan_piece *key_r, struct siogate_scan_piece *value_r);

/*
 * Undoes the escapes of a string that has been checked, in place: p is the byte
 * behind its opening quote, n the bytes up to the closing one. Returns the new
 * length, which is at most n. Lone surrogates become U+FFFD. *nul_r is set to
 * true when the text holds a NUL byte, else left alone.
 */
size_t siogate_scan_unescape(char *p, size_t n, bool *nul_r);

#endif
