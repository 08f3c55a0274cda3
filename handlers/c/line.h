/*
 * line: one action line under way in the app's output.
 *
 * siogate_line_begin writes the key that names the action; the adders write the
 * value and the options; siogate_line_end closes the line, or takes it back
 * when an adder has found something wrong.
 */
#ifndef SIOGATE_HANDLER_LINE_H
#define SIOGATE_HANDLER_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

struct json_object;
struct siogate_opts;
struct siogate_request;

struct siogate_line {
	struct siogate_request *req;
	struct siogate_text *out;
	const char *key;   /* the action's */
	const char *error; /* what is wrong; NULL: nothing so far */
	size_t at;         /* where the line begins */
};

/* Begins a line: {"key": */
struct siogate_line siogate_line_begin(
    struct siogate_request *req, const char *key);

/* Ends it, with "re" in a batch. Returns 0; or -1, then it is taken back and
 * the log gets a line about it. */
int siogate_line_end(struct siogate_line *line);

/* Adds a value: a text (NULL is an error), the same but not empty, a list of
 * texts up to NULL (NULL is an error), a number. */
void siogate_line_str(struct siogate_line *line, const char *text);
void siogate_line_name(struct siogate_line *line, const char *text);
void siogate_line_list(struct siogate_line *line, const char *const *list);
void siogate_line_int(struct siogate_line *line, int64_t number);

/* Adds JSON text, which has to be an array when first is '[', an object when it
 * is '{', any value when it is 0. */
void siogate_line_json(struct siogate_line *line, const char *json, char first);

/* The same of a json-c object; NULL is null. */
void siogate_line_value(
    struct siogate_line *line, struct json_object *value, char first);

/* Adds binary data as its JSON object. */
void siogate_line_bytes(
    struct siogate_line *line, const void *data, size_t len);

/* Adds a comma and a key: ,"key": */
void siogate_line_key(struct siogate_line *line, const char *key);

/* The options that apply to an action. */
enum {
	SIOGATE_LINE_TARGET = 1, /* to, except, nsp, broadcast, local */
	SIOGATE_LINE_SENT = 2,   /* volatile */
	SIOGATE_LINE_ASKS = 4    /* tag, timeout */
};

/* Adds options; opts may be NULL. */
void siogate_line_opts(
    struct siogate_line *line, const struct siogate_opts *opts, unsigned which);

#endif
