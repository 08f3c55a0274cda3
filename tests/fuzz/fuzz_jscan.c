/*
 * Fuzzer of jscan. Texts that the check passes are valid for json-c as well;
 * the walks give out valid pieces, in order; quoting and merging give valid
 * JSON.
 */

/* system */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "jscan.h"
#include "utf8.h"

enum { MAX_DEPTH = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Text that passed is valid for json-c. Its tokener takes a NUL for the end of
 * the text, so it is only asked about texts without one. */
static void
compare(struct span text)
{
	struct json_tokener *tok = json_tokener_new_ex(MAX_DEPTH + 2);
	struct json_object *o;

	gw_assert(tok != NULL);
	json_tokener_set_flags(
	    tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, text.p, (int)text.n);
	/* Bare numbers may go on as far as the tokener knows. */
	if (json_tokener_get_error(tok) == json_tokener_continue)
		o = json_tokener_parse_ex(tok, "", 1);
	gw_assert(json_tokener_get_error(tok) == json_tokener_success);
	json_object_put(o);
	json_tokener_free(tok);
}

static void walk(struct span value, unsigned depth);

/* Goes through a string. */
static void
walk_string(struct span raw)
{
	struct buf text = BUF_INIT, again = BUF_INIT;
	bool nul = false;

	if (jscan_string(raw, &text, &nul) == 0) {
		gw_assert(utf8_valid(buf_span(&text)));
		gw_assert(jscan_string_is(raw, buf_span(&text)));
		gw_assert(nul == (text.len > 0 &&
				     memchr(text.data, 0, text.len) != NULL));
		jscan_quote(&again, buf_span(&text));
		gw_assert(jscan_check(buf_span(&again), 0, NULL) == JSCAN_OK);
		gw_assert(jscan_string_is(buf_span(&again), buf_span(&text)));
	} else {
		gw_assert(text.len == 0);
	}
	buf_release(&text);
	buf_release(&again);
}

/* Goes through an array; what is left after each step lies before its end. */
static void
walk_array(struct span value, unsigned depth)
{
	struct jscan_iter it;
	struct span v, rest;

	jscan_array(&it, value);
	while (jscan_next(&it, &v)) {
		rest = jscan_rest(&it);
		gw_assert(rest.n == 0 || rest.p > v.p + v.n);
		walk(v, depth - 1);
	}
}

/* Goes through an object; each key is found again, with its last value. */
static void
walk_object(struct span value, unsigned depth)
{
	struct buf name = BUF_INIT;
	struct jscan_iter it;
	struct span k, v, found;

	jscan_object(&it, value);
	while (jscan_member(&it, &k, &v)) {
		walk_string(k);
		buf_clear(&name);
		if (jscan_string(k, &name, NULL) == 0) {
			gw_assert(jscan_find(value, buf_span(&name), &found));
			gw_assert(found.p >= v.p);
		}
		walk(v, depth - 1);
	}
	buf_release(&name);
}

/* Goes through a value: every piece of valid text is valid text. */
static void
walk(struct span value, unsigned depth)
{
	int64_t i;

	gw_assert(jscan_check(value, depth, NULL) == JSCAN_OK);
	switch (jscan_type(value)) {
	case JSCAN_ARRAY:
		walk_array(value, depth);
		break;
	case JSCAN_OBJECT:
		walk_object(value, depth);
		break;
	case JSCAN_STRING:
		walk_string(value);
		break;
	case JSCAN_NUMBER:
		(void)jscan_i64(value, &i);
		break;
	default:
		break;
	}
}

/* A value on one line says the same. */
static void
check_line(struct span text)
{
	struct buf line = BUF_INIT;
	unsigned flags;

	jscan_add_line(&line, text);
	gw_assert(jscan_check(buf_span(&line), MAX_DEPTH, &flags) == JSCAN_OK);
	gw_assert((flags & JSCAN_F_NEWLINE) == 0);
	buf_release(&line);
}

/* Merges b into a: valid again, and merging once more changes nothing. */
static void
merge(struct span a, struct span b)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;

	jscan_merge_patch(a, b, &once);
	gw_assert(jscan_check(buf_span(&once), MAX_DEPTH, NULL) == JSCAN_OK);
	jscan_merge_patch(buf_span(&once), b, &twice);
	gw_assert(span_eq(buf_span(&once), buf_span(&twice)));
	buf_release(&once);
	buf_release(&twice);
}

/* The input is one text, or two of them with a 0xFF between. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest;
	struct span text = span_cut(span_of(data, size), (char)0xff, &rest);
	unsigned flags;

	if (jscan_check(text, MAX_DEPTH, &flags) != JSCAN_OK)
		return 0;
	compare(text);
	walk(text, MAX_DEPTH);
	check_line(text);
	merge(SPAN_EMPTY, text);
	if (jscan_check(rest, MAX_DEPTH, NULL) == JSCAN_OK)
		merge(text, rest);
	return 0;
}
