/*
 * ctl_show: the commands that ask and print.
 *
 * One question is one GET. With --json the answer is printed as it came, once
 * it has proved to be JSON; otherwise as a table. Members that this program
 * does not know are shown all the same, so an older siogatectl still shows all
 * that a newer gateway tells.
 */

/* system */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* libraries */
#include <json.h>

/* base */
#include "buf.h"

/* own */
#include "ctl_http.h"
#include "ctl_json.h"
#include "ctl_say.h"
#include "ctl_show.h"
#include "ctl_table.h"
#include "ctl_text.h"

enum { CTL_HTTP_OK = 200 };

static const struct ctl_column ctl_show_status_columns[] = {
	{ "uptime", true },
	{ NULL, false },
};

static const struct ctl_column ctl_show_namespace_columns[] = {
	{ "name", false },
	{ "sockets", false },
	{ "rooms", false },
	{ "pool", false },
	{ NULL, false },
};

static const struct ctl_column ctl_show_socket_columns[] = {
	{ "sid", false },
	{ "nsp", false },
	{ "transport", false },
	{ "protocol", false },
	{ "address", false },
	{ "connected", true },
	{ "queue", false },
	{ "rooms", false },
	{ NULL, false },
};

static const struct ctl_column ctl_show_room_columns[] = {
	{ "nsp", false },
	{ "room", false },
	{ "sockets", false },
	{ NULL, false },
};

static const struct ctl_column ctl_show_pool_columns[] = {
	{ "name", false },
	{ "workers", false },
	{ "idle", false },
	{ "busy", false },
	{ "starting", false },
	{ "queue", false },
	{ "requests", false },
	{ "failed", false },
	{ "restarts", false },
	{ NULL, false },
};

/* True when headings may stand out. */
static bool
ctl_show_bold(void)
{
	const char *plain = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(plain && *plain) &&
	       !(term && strcmp(term, "dumb") == 0);
}

/* Asks for a path; what is not an answer with status 200 has been told. */
static enum ctl_exit
ctl_show_ask(struct ctl *c, const char *path, struct ctl_answer *answer)
{
	if (ctl_http_get(c->http, path, answer) == -1) {
		ctl_say_unreachable(c->http);
		return CTL_UNREACHABLE;
	}
	if (answer->status != CTL_HTTP_OK) {
		ctl_say_refused(answer);
		return CTL_REFUSED;
	}
	return CTL_OK;
}

/* Prints one answer: the list under key, or all of it when key is NULL. 0, or
 * -1 when it does not look as it must. */
static int
ctl_show_print(struct ctl *c, const char *key, const struct ctl_column *known,
    struct span text)
{
	struct json_object *o = ctl_json_parse(text);
	int r;

	if (!json_object_is_type(o, json_type_object)) {
		json_object_put(o);
		return -1;
	}
	if (c->json) {
		ctl_say_json(text);
		r = 0;
	} else if (key == NULL) {
		r = ctl_table_members(stdout, o, known, ctl_show_bold());
	} else {
		r = ctl_table_rows(
		    stdout, ctl_json_get(o, key), known, ctl_show_bold());
		if (r == 0 && json_object_get_boolean(ctl_json_get(o, "more")))
			ctl_say_error("there are more; --limit N asks for as "
				      "many as N");
	}
	json_object_put(o);
	return r;
}

/* Asks for a path and prints the answer. */
static enum ctl_exit
ctl_show_path(struct ctl *c, const char *path, const char *key,
    const struct ctl_column *known)
{
	struct ctl_answer answer = { 0 };
	enum ctl_exit code = ctl_show_ask(c, path, &answer);

	if (code == CTL_OK &&
	    ctl_show_print(c, key, known, buf_span(&answer.body)) == -1) {
		ctl_say_strange(c->http);
		code = CTL_REFUSED;
	}
	ctl_answer_release(&answer);
	return code;
}

enum ctl_exit
ctl_show_status(struct ctl *c, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ctl_show_path(c, "/v1/status", NULL, ctl_show_status_columns);
}

enum ctl_exit
ctl_show_namespaces(struct ctl *c, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ctl_show_path(
	    c, "/v1/namespaces", "namespaces", ctl_show_namespace_columns);
}

enum ctl_exit
ctl_show_sockets(struct ctl *c, int argc, char **argv)
{
	struct buf path = BUF_INIT;
	enum ctl_exit code;

	(void)argc;
	(void)argv;
	buf_adds(&path, "/v1/sockets");
	ctl_http_query(&path, "nsp", c->nsp);
	ctl_http_query(&path, "room", c->room);
	ctl_http_query(&path, "limit", c->limit);
	code = ctl_show_path(
	    c, buf_cstr(&path), "sockets", ctl_show_socket_columns);
	buf_release(&path);
	return code;
}

enum ctl_exit
ctl_show_rooms(struct ctl *c, int argc, char **argv)
{
	struct buf path = BUF_INIT;
	enum ctl_exit code;

	(void)argc;
	(void)argv;
	buf_adds(&path, "/v1/rooms");
	ctl_http_query(&path, "nsp", c->nsp);
	ctl_http_query(&path, "limit", c->limit);
	code =
	    ctl_show_path(c, buf_cstr(&path), "rooms", ctl_show_room_columns);
	buf_release(&path);
	return code;
}

enum ctl_exit
ctl_show_pools(struct ctl *c, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ctl_show_path(c, "/v1/pools", "pools", ctl_show_pool_columns);
}

/* Asks for a path whose answer is plain text and prints it. */
static enum ctl_exit
ctl_show_text(struct ctl *c, const char *path)
{
	struct ctl_answer answer = { 0 };
	enum ctl_exit code = ctl_show_ask(c, path, &answer);
	struct buf out = BUF_INIT;

	if (code == CTL_OK) {
		ctl_text_lines(&out, buf_span(&answer.body));
		if (out.len && out.data[out.len - 1] != '\n')
			buf_addch(&out, '\n');
		fwrite(out.data, 1, out.len, stdout);
	}
	buf_release(&out);
	ctl_answer_release(&answer);
	return code;
}

enum ctl_exit
ctl_show_metrics(struct ctl *c, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ctl_show_text(c, "/metrics");
}

enum ctl_exit
ctl_show_health(struct ctl *c, int argc, char **argv)
{
	struct ctl_answer answer = { 0 };
	enum ctl_exit code;

	(void)argc;
	(void)argv;
	if (!c->json)
		return ctl_show_text(c, "/healthz");
	code = ctl_show_ask(c, "/healthz", &answer);
	printf("{\"ok\":%s}\n", code == CTL_OK ? "true" : "false");
	ctl_answer_release(&answer);
	return code;
}
