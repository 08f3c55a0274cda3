/*
 * ctl_json: the few things that siogatectl asks of json-c.
 */
#ifndef SIOGATE_CTL_JSON_H
#define SIOGATE_CTL_JSON_H

#include "span.h"

struct json_object;

/* Parses a text that must be one JSON value. NULL when it is not, or is null;
 * else the caller gives it back with json_object_put. */
struct json_object *ctl_json_parse(struct span text);

/* The member of an object, or NULL; o may be NULL or no object. Valid as long
 * as o. */
struct json_object *ctl_json_get(struct json_object *o, const char *key);

/* The text of a string; the empty span for anything else. Valid as long as
 * o. */
struct span ctl_json_text(struct json_object *o);

/* A value as JSON on one line, numbers as they came. Valid until o is
 * changed or asked again. */
struct span ctl_json_print(struct json_object *o);

#endif
