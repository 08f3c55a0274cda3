/*
 * jscan: JSON as text (RFC 8259).
 *
 * Arguments pass through the gateway byte for byte, so they are never parsed
 * into a tree: jscan_check proves that a text is one valid JSON value, and the
 * iterators then walk checked text and give out raw pieces of it. Spans from
 * an iterator point into the text that was walked.
 */
#ifndef SIOGATE_JSCAN_H
#define SIOGATE_JSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum jscan_result {
	JSCAN_OK = 0,
	JSCAN_INVALID = -1, /* not JSON, or something behind the value */
	JSCAN_UTF8 = -2,    /* a string is not UTF-8 */
	JSCAN_DEPTH = -3    /* nested deeper than max_depth */
};

/* What jscan_check saw on its way. */
enum {
	/* CR or LF stands between tokens: the text is not one line */
	JSCAN_F_NEWLINE = 1,
	/* the text holds a string that equals "$bytes" (maybe a key) */
	JSCAN_F_BYTES = 2,
	/* the text holds a string that equals "_placeholder" */
	JSCAN_F_PLACEHOLDER = 4
};

enum jscan_type {
	JSCAN_NULL,
	JSCAN_FALSE,
	JSCAN_TRUE,
	JSCAN_NUMBER,
	JSCAN_STRING,
	JSCAN_ARRAY,
	JSCAN_OBJECT
};

/*
 * Checks that text is exactly one JSON value, white space around it allowed.
 * Scalars have depth 0, [] has depth 1, [[]] has depth 2; nothing is accepted
 * beyond depth 1024, whatever max_depth says. Escapes \uXXXX are
 * accepted for any code unit, lone surrogates and NUL included: that is valid
 * JSON. Strings are compared with those of the flags with escapes undone.
 * Does not recurse or allocate. *flags_r may be NULL.
 */
enum jscan_result jscan_check(
    struct span text, unsigned max_depth, unsigned *flags_r);

/* What one of the results is called in a log line. */
const char *jscan_strerror(enum jscan_result r);

/* The functions below take text that jscan_check has passed, or a piece that
 * an iterator gave out of such text. */

/* The type of a value; white space before it is skipped. */
enum jscan_type jscan_type(struct span value);

struct jscan_iter {
	const char *p, *end;
};

/* Starts a walk over an array's elements. */
void jscan_array(struct jscan_iter *it, struct span array);

/* The next element, without the white space around it; false at the end. */
bool jscan_next(struct jscan_iter *it, struct span *value_r);

/* After some calls of jscan_next: the raw text of all elements that have not
 * been given out ("2, 3" of "[1, 2, 3]" after one call), without brackets and
 * without white space around; empty when there are none. */
struct span jscan_rest(const struct jscan_iter *it);

/* Starts a walk over an object's members. */
void jscan_object(struct jscan_iter *it, struct span object);

/* The next member; key_r is the raw string with its quotes. Of equal keys each
 * is given out. False at the end. */
bool jscan_member(
    struct jscan_iter *it, struct span *key_r, struct span *value_r);

/* True when the raw string (with quotes) says text, escapes undone. */
bool jscan_string_is(struct span raw, struct span text);

/* Finds the last member called key (JSON.parse keeps the last one, too). */
bool jscan_find(struct span object, struct span key, struct span *value_r);

/*
 * Appends the text of a raw string, escapes undone, as UTF-8. Returns 0; or -1
 * when raw is not a string, or names a lone surrogate, which has no UTF-8 (then
 * out is left as it was). *nul_r, unless NULL, is set to true when the text
 * holds a NUL byte.
 */
int jscan_string(struct span raw, struct buf *out, bool *nul_r);

/* Reads a whole number that fits ("5", not "5.0" or "5e0"). False otherwise. */
bool jscan_i64(struct span value, int64_t *value_r);

/* Appends text, which must be valid UTF-8, as a JSON string with its quotes.
 * Escapes what JSON demands, and nothing else but U+007F. */
void jscan_quote(struct buf *out, struct span text);

/* Appends a checked value with each CR and LF between its tokens turned into a
 * blank, so that it stands on one line. */
void jscan_add_line(struct buf *out, struct span value);

/*
 * Appends target changed by patch (JSON merge patch, RFC 7396). target may be
 * empty, which counts as {}. Members that the patch does not name keep their
 * text and order; new ones go to the end. Recursion is bounded by max_depth,
 * which both texts were checked with.
 */
void jscan_merge_patch(struct span target, struct span patch, struct buf *out);

#endif
