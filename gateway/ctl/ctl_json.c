/*
 * ctl_json: the few things that siogatectl asks of json-c.
 */

/* system */
#include <limits.h>

/* libraries */
#include <json.h>

/* base */
#include "gw_assert.h"

/* own */
#include "ctl_json.h"

/* Deeper than any answer of the control API. */
enum { CTL_JSON_DEPTH = 64 };

struct json_object *
ctl_json_parse(struct span text)
{
	struct json_tokener *tok;
	struct json_object *o;
	bool whole;

	if (text.n == 0 || text.n >= INT_MAX)
		return NULL;
	tok = json_tokener_new_ex(CTL_JSON_DEPTH);
	gw_assert(tok != NULL);
	json_tokener_set_flags(
	    tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, text.p, (int)text.n);
	/* A number may go on; a blank behind it says that it does not. */
	if (json_tokener_get_error(tok) == json_tokener_continue)
		o = json_tokener_parse_ex(tok, " ", 1);
	whole = json_tokener_get_error(tok) == json_tokener_success;
	json_tokener_free(tok);
	if (whole)
		return o;
	json_object_put(o);
	return NULL;
}

struct json_object *
ctl_json_get(struct json_object *o, const char *key)
{
	struct json_object *member = NULL;

	if (!json_object_is_type(o, json_type_object))
		return NULL;
	json_object_object_get_ex(o, key, &member);
	return member;
}

struct span
ctl_json_text(struct json_object *o)
{
	if (!json_object_is_type(o, json_type_string))
		return SPAN_EMPTY;
	return span_of(
	    json_object_get_string(o), (size_t)json_object_get_string_len(o));
}

struct span
ctl_json_print(struct json_object *o)
{
	size_t n = 0;
	const char *p = json_object_to_json_string_length(
	    o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &n);

	return span_of(p, n);
}
