/*
 * utf8: is this text UTF-8 (RFC 3629)?
 *
 * Overlong forms, surrogates (U+D800 to U+DFFF) and anything above U+10FFFF
 * are refused.
 */
#ifndef SIOGATE_UTF8_H
#define SIOGATE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

/* The state of a check that goes on over several pieces; all zero at first. */
struct utf8 {
	uint8_t state;
};

/* Feeds the next piece. 0, or -1 as soon as no continuation can make the text
 * valid; after -1 every call says -1. */
int utf8_feed(struct utf8 *u, const void *p, size_t n);

/* True when the text so far ends on a character boundary. */
bool utf8_complete(const struct utf8 *u);

/* True when the whole of s is valid. */
bool utf8_valid(struct span s);

/* How many UTF-16 code units the valid UTF-8 text s has (what JavaScript calls
 * its length): 1 for each character, 2 beyond U+FFFF. */
size_t utf8_utf16_len(struct span s);

#endif
