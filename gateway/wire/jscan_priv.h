/*
 * jscan_priv: what the files of jscan share, and packet_bytes with them.
 *
 * All of it works on text that jscan_check has passed. Pointers never run
 * beyond end, whatever the text is.
 */
#ifndef SIOGATE_JSCAN_PRIV_H
#define SIOGATE_JSCAN_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

/* Eight equal bytes in a word. */
#define JSCAN_WORD(c) (UINT64_C(0x0101010101010101) * (uint64_t)(c))

/* Not zero when one of the word's bytes is zero. */
static inline uint64_t
jscan_word_zero(uint64_t w)
{
	return (w - JSCAN_WORD(1)) & ~w & JSCAN_WORD(0x80);
}

/* Behind the white space at p. */
static inline const char *
jscan_skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

/* value without the white space around it. */
struct span jscan_trim(struct span value);

/* Behind the string whose opening quote is at p. */
const char *jscan_skip_string(const char *p, const char *end);

/* Behind the value that begins at p. */
const char *jscan_skip_value(const char *p, const char *end);

/* Undoes the escape whose backslash is at *p and moves *p behind it. Writes
 * 1 to 4 bytes of UTF-8 and returns their number. A lone surrogate becomes
 * three bytes as if it were a character, and *lone_r true. */
unsigned jscan_unescape(
    const char **p, const char *end, char out_r[4], bool *lone_r);

/* Orders two raw strings by the bytes of what they say: below, above or equal
 * to 0. */
int jscan_string_cmp(struct span a, struct span b);

#endif
