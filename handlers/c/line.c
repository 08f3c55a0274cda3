/*
 * line: writes one action line and checks what goes into it.
 *
 * Diagnostics: what a handler passes in wrongly takes its line back and is
 * reported by a line of the action "log"; memory that is short marks the
 * output as failed, which serve.c answers with a status.
 */

/* system */
#include <string.h>

#include <json-c/json_object.h>

/* own */
#include "handler_priv.h"
#include "line.h"

struct siogate_line
siogate_line_begin(struct siogate_request *req, const char *key)
{
	struct siogate_line line = {
		.req = req, .out = &req->app->out, .key = key
	};

	line.at = line.out->len;
	SIOGATE_TEXT_ADD(line.out, "{\"");
	siogate_text_adds(line.out, key);
	SIOGATE_TEXT_ADD(line.out, "\":");
	return line;
}

/* Closes the line. */
static void
close_line(struct siogate_line *line)
{
	if (line->req->re >= 0) {
		SIOGATE_TEXT_ADD(line->out, ",\"re\":");
		siogate_text_addi64(line->out, line->req->re);
	}
	SIOGATE_TEXT_ADD(line->out, "}\n");
}

/* Puts a log line about the error in the line's place. */
static void
report(struct siogate_line *line)
{
	line->out->len = line->at;
	SIOGATE_TEXT_ADD(line->out, "{\"log\":\"action ");
	siogate_text_adds(line->out, line->key);
	SIOGATE_TEXT_ADD(line->out, " not sent: ");
	siogate_text_adds(line->out, line->error);
	SIOGATE_TEXT_ADD(line->out, "\",\"level\":\"error\"");
	close_line(line);
}

int
siogate_line_end(struct siogate_line *line)
{
	if (line->out->failed)
		return -1;
	if (line->error) {
		report(line);
		return -1;
	}
	close_line(line);
	return line->out->failed ? -1 : 0;
}

void
siogate_line_str(struct siogate_line *line, const char *text)
{
	if (text)
		siogate_text_quote(line->out, text, strlen(text));
	else
		line->error = "a text is NULL";
}

void
siogate_line_name(struct siogate_line *line, const char *text)
{
	if (text && *text == '\0')
		line->error = "a name is empty";
	else
		siogate_line_str(line, text);
}

void
siogate_line_list(struct siogate_line *line, const char *const *list)
{
	const char *sep = "[";

	if (list == NULL) {
		line->error = "a list is NULL";
		return;
	}
	for (; *list; list++) {
		siogate_text_adds(line->out, sep);
		siogate_line_str(line, *list);
		sep = ",";
	}
	siogate_text_adds(line->out, *sep == '[' ? "[]" : "]");
}

void
siogate_line_int(struct siogate_line *line, int64_t number)
{
	siogate_text_addi64(line->out, number);
}

/* Adds JSON text of a known length, after a check. */
static void
add_json(struct siogate_line *line, const char *json, size_t n, char first)
{
	if (siogate_scan_check(json, n, first))
		siogate_text_add_json(line->out, json, n);
	else if (first == '[')
		line->error = "the arguments are not a JSON array";
	else if (first == '{')
		line->error = "not a JSON object";
	else
		line->error = "not JSON";
}

void
siogate_line_json(struct siogate_line *line, const char *json, char first)
{
	const struct siogate_scan_piece *args = &line->req->field[FIELD_ARGS];

	if (json == NULL)
		line->error = "a JSON text is NULL";
	else if (json == args->p)
		siogate_text_add(line->out, json, args->n);
	else
		add_json(line, json, strlen(json), first);
}

void
siogate_line_value(
    struct siogate_line *line, struct json_object *value, char first)
{
	size_t n = 4;
	const char *json = "null";

	if (value)
		json = json_object_to_json_string_length(value,
		    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE,
		    &n);
	if (json)
		add_json(line, json, n, first);
	else
		line->out->failed = true;
}

void
siogate_line_bytes(struct siogate_line *line, const void *data, size_t len)
{
	if (data == NULL && len) {
		line->error = "the data is NULL";
		return;
	}
	SIOGATE_TEXT_ADD(line->out, "{\"$bytes\":\"");
	siogate_text_base64(line->out, data, len);
	SIOGATE_TEXT_ADD(line->out, "\"}");
}

void
siogate_line_key(struct siogate_line *line, const char *key)
{
	SIOGATE_TEXT_ADD(line->out, ",\"");
	siogate_text_adds(line->out, key);
	SIOGATE_TEXT_ADD(line->out, "\":");
}

/* Adds an option that is one room, or several. */
static void
add_rooms(struct siogate_line *line, const char *key, const char *one,
    const char *const *list)
{
	if (one == NULL && list == NULL)
		return;
	siogate_line_key(line, key);
	if (list == NULL) {
		siogate_line_str(line, one);
		return;
	}
	if (one == NULL) {
		siogate_line_list(line, list);
		return;
	}
	SIOGATE_TEXT_ADD(line->out, "[");
	siogate_line_str(line, one);
	for (; *list; list++) {
		SIOGATE_TEXT_ADD(line->out, ",");
		siogate_line_str(line, *list);
	}
	SIOGATE_TEXT_ADD(line->out, "]");
}

/* Adds an option that is true, unless it is false. */
static void
add_flag(struct siogate_line *line, const char *key, bool flag)
{
	if (!flag)
		return;
	siogate_line_key(line, key);
	SIOGATE_TEXT_ADD(line->out, "true");
}

/* Adds what asks for an acknowledgement. */
static void
add_asking(struct siogate_line *line, const struct siogate_opts *opts)
{
	if (opts->tag) {
		siogate_line_key(line, "tag");
		siogate_line_str(line, opts->tag);
	} else if (opts->tag_json) {
		siogate_line_key(line, "tag");
		siogate_line_value(line, opts->tag_json, 0);
	}
	if (opts->timeout < 0) {
		line->error = "the timeout is negative";
	} else if (opts->timeout) {
		siogate_line_key(line, "timeout");
		siogate_line_int(line, opts->timeout);
	}
}

void
siogate_line_opts(
    struct siogate_line *line, const struct siogate_opts *opts, unsigned which)
{
	if (opts == NULL)
		return;
	if (which & SIOGATE_LINE_TARGET) {
		add_rooms(line, "to", opts->to, opts->to_list);
		add_rooms(line, "except", opts->except, opts->except_list);
		if (opts->nsp) {
			siogate_line_key(line, "nsp");
			siogate_line_str(line, opts->nsp);
		}
		add_flag(line, "broadcast", opts->broadcast);
		add_flag(line, "local", opts->local);
	}
	if (which & SIOGATE_LINE_SENT)
		add_flag(line, "volatile", opts->is_volatile);
	if (which & SIOGATE_LINE_ASKS)
		add_asking(line, opts);
}
