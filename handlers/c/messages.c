/*
 * messages: the actions that carry something to clients: emit, send, json, ack.
 */

/* system */
#include <string.h>

/* own */
#include "handler_priv.h"
#include "line.h"

/* The arguments of an emit or an ack, in the form they were given. */
struct payload {
	enum {
		PAYLOAD_TEXT,  /* the text of an array; NULL: none */
		PAYLOAD_ARRAY, /* a json-c array */
		PAYLOAD_STR,
		PAYLOAD_INT,
		PAYLOAD_VALUE,
		PAYLOAD_BYTES
	} kind;
	const char *text;
	struct json_object *json;
	int64_t number;
	const void *data;
	size_t len;
};

/* Adds the arguments as an array. */
static void
add_payload(struct siogate_line *line, const struct payload *args)
{
	if (args->kind == PAYLOAD_TEXT) {
		siogate_line_json(line, args->text ? args->text : "[]", '[');
		return;
	}
	if (args->kind == PAYLOAD_ARRAY) {
		siogate_line_value(line, args->json, '[');
		return;
	}
	SIOGATE_TEXT_ADD(line->out, "[");
	if (args->kind == PAYLOAD_STR)
		siogate_line_str(line, args->text);
	else if (args->kind == PAYLOAD_INT)
		siogate_line_int(line, args->number);
	else if (args->kind == PAYLOAD_BYTES)
		siogate_line_bytes(line, args->data, args->len);
	else
		siogate_line_value(line, args->json, 0);
	SIOGATE_TEXT_ADD(line->out, "]");
}

/* Adds an emit. */
static int
emit(struct siogate_request *req, const char *event, const struct payload *args,
    const struct siogate_opts *opts)
{
	struct siogate_line line = siogate_line_begin(req, "emit");

	siogate_line_name(&line, event);
	if (args->kind != PAYLOAD_TEXT || args->text) {
		siogate_line_key(&line, "args");
		add_payload(&line, args);
	}
	siogate_line_opts(&line, opts,
	    SIOGATE_LINE_TARGET | SIOGATE_LINE_SENT | SIOGATE_LINE_ASKS);
	return siogate_line_end(&line);
}

int
siogate_emit(struct siogate_request *req, const char *event, const char *args,
    const struct siogate_opts *opts)
{
	struct payload p = { .kind = PAYLOAD_TEXT, .text = args };

	return emit(req, event, &p, opts);
}

int
siogate_emit_json(struct siogate_request *req, const char *event,
    struct json_object *args, const struct siogate_opts *opts)
{
	struct payload p = { .kind = PAYLOAD_ARRAY, .json = args };

	return emit(req, event, &p, opts);
}

int
siogate_emit_str(struct siogate_request *req, const char *event,
    const char *text, const struct siogate_opts *opts)
{
	struct payload p = { .kind = PAYLOAD_STR, .text = text };

	return emit(req, event, &p, opts);
}

int
siogate_emit_int(struct siogate_request *req, const char *event, int64_t number,
    const struct siogate_opts *opts)
{
	struct payload p = { .kind = PAYLOAD_INT, .number = number };

	return emit(req, event, &p, opts);
}

int
siogate_emit_value(struct siogate_request *req, const char *event,
    struct json_object *value, const struct siogate_opts *opts)
{
	struct payload p = { .kind = PAYLOAD_VALUE, .json = value };

	return emit(req, event, &p, opts);
}

int
siogate_emit_bytes(struct siogate_request *req, const char *event,
    const void *data, size_t len, const struct siogate_opts *opts)
{
	struct payload p = { .kind = PAYLOAD_BYTES, .data = data, .len = len };

	return emit(req, event, &p, opts);
}

int
siogate_send(struct siogate_request *req, const char *text,
    const struct siogate_opts *opts)
{
	struct siogate_line line = siogate_line_begin(req, "send");

	siogate_line_str(&line, text);
	siogate_line_opts(&line, opts, SIOGATE_LINE_TARGET | SIOGATE_LINE_SENT);
	return siogate_line_end(&line);
}

int
siogate_json(struct siogate_request *req, const char *json,
    const struct siogate_opts *opts)
{
	struct siogate_line line = siogate_line_begin(req, "json");

	siogate_line_json(&line, json, 0);
	siogate_line_opts(&line, opts, SIOGATE_LINE_TARGET | SIOGATE_LINE_SENT);
	return siogate_line_end(&line);
}

int
siogate_json_value(struct siogate_request *req, struct json_object *value,
    const struct siogate_opts *opts)
{
	struct siogate_line line = siogate_line_begin(req, "json");

	siogate_line_value(&line, value, 0);
	siogate_line_opts(&line, opts, SIOGATE_LINE_TARGET | SIOGATE_LINE_SENT);
	return siogate_line_end(&line);
}

/* Adds an ack, if the client waits for one. */
static int
ack(struct siogate_request *req, const struct payload *args)
{
	struct siogate_line line;

	if (!siogate_ack_wanted(req))
		return 0;
	line = siogate_line_begin(req, "ack");
	if (req->acked)
		line.error = "it has been answered";
	else
		add_payload(&line, args);
	if (siogate_line_end(&line))
		return -1;
	req->acked = true;
	return 0;
}

int
siogate_ack(struct siogate_request *req, const char *args)
{
	struct payload p = { .kind = PAYLOAD_TEXT, .text = args };

	return ack(req, &p);
}

int
siogate_ack_json(struct siogate_request *req, struct json_object *args)
{
	struct payload p = { .kind = PAYLOAD_ARRAY, .json = args };

	return ack(req, &p);
}

int
siogate_ack_str(struct siogate_request *req, const char *text)
{
	struct payload p = { .kind = PAYLOAD_STR, .text = text };

	return ack(req, &p);
}

int
siogate_ack_int(struct siogate_request *req, int64_t number)
{
	struct payload p = { .kind = PAYLOAD_INT, .number = number };

	return ack(req, &p);
}

int
siogate_ack_value(struct siogate_request *req, struct json_object *value)
{
	struct payload p = { .kind = PAYLOAD_VALUE, .json = value };

	return ack(req, &p);
}
