/*
 * control: the control listener.
 *
 * It is an HTTP server of its own, apart from the clients' one, so that it can
 * be reached when that one is full. Who may use it may do everything. So each
 * request must carry the token, if there is one, and a web page may send none:
 * its browser would add an Origin header, and what has one is refused.
 *
 * DIAGNOSTICS
 *	Warning: a request without the right token, at a bounded rate.
 *	A TCP listener without a token is refused at the start.
 */

/* system */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

/* libraries */
#include <nettle/memops.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* wire */
#include "jscan.h"

/* net */
#include "http.h"

/* dispatch */
#include "dispatch.h"

/* own */
#include "control.h"
#include "metrics.h"
#include "status.h"

enum {
	CONTROL_MAGIC = 0x6374726c,
	CONTROL_SOCKET_MODE = 0660,
	CONTROL_FOLDER_MODE = 0700,
	CONTROL_MAX_CONNECTIONS = 256,
	CONTROL_MAX_LINES = 262144, /* of one request; each has an answer */
	CONTROL_MAX_DIGITS = 9,
	CONTROL_LIMIT = 1000, /* entries of a list */
	CONTROL_MAX_LIMIT = 100000
};

struct control {
	unsigned magic;
	struct http_server *http;
	struct control_parts parts;
	struct status_facts facts;
	char *version, *instance, *token;
	size_t max_body;
	struct log *log;
	struct log_limit refused_limit;
};

/* What is done for a method and a path. */
struct control_route {
	const char *path;
	bool post; /* POST; else GET and HEAD */
	bool open; /* no token is asked for */
	void (*fn)(struct control *c, struct http_request *req);
};

/*
 * Answers.
 */

/* Answers with what is in body, which is emptied. */
static void
control_answer(struct http_request *req, unsigned status, const char *type,
    struct buf *body)
{
	struct http_response resp = {
		.status = status, .content_type = type, .take = body
	};

	http_respond(req, &resp);
	buf_release(body);
}

/* Answers with a JSON object that says what is wrong. */
static void
control_error(struct http_request *req, unsigned status, const char *text)
{
	struct buf body = BUF_INIT;

	buf_adds(&body, "{\"error\":");
	jscan_quote(&body, span_str(text));
	buf_adds(&body, "}\n");
	control_answer(req, status, "application/json", &body);
}

/* Answers with JSON. */
static void
control_json(struct http_request *req, struct buf *body)
{
	control_answer(req, 200, "application/json", body);
}

/*
 * What can be asked.
 */

/* GET /healthz */
static void
control_health(struct control *c, struct http_request *req)
{
	struct buf body = BUF_INIT;

	buf_adds(&body, c->facts.stopping ? "stopping\n" : "ok\n");
	control_answer(req, c->facts.stopping ? 503 : 200, "text/plain", &body);
}

/* GET /metrics */
static void
control_metrics(struct control *c, struct http_request *req)
{
	struct buf body = BUF_INIT;
	struct http_response resp = { .status = 200,
		.content_type = METRICS_CONTENT_TYPE,
		.take = &body,
		.compress = true };

	metrics_add(&body, &c->parts, &c->facts);
	http_respond(req, &resp);
	buf_release(&body);
}

/* GET /v1/status */
static void
control_status(struct control *c, struct http_request *req)
{
	struct buf body = BUF_INIT;

	status_add_gateway(&body, &c->parts, &c->facts);
	control_json(req, &body);
}

/* GET /v1/namespaces */
static void
control_namespaces(struct control *c, struct http_request *req)
{
	struct buf body = BUF_INIT;

	status_add_namespaces(&body, c->parts.hub);
	control_json(req, &body);
}

/* GET /v1/pools */
static void
control_pools(struct control *c, struct http_request *req)
{
	struct buf body = BUF_INIT;

	status_add_pools(&body, c->parts.dispatch);
	control_json(req, &body);
}

/* Reads the limit of a list. 0, or -1 when it is not a number above 0. */
static int
control_read_limit(const char *text, unsigned *limit_r)
{
	unsigned long n;
	size_t len = text ? strlen(text) : 0;

	*limit_r = CONTROL_LIMIT;
	if (text == NULL)
		return 0;
	if (len == 0 || strspn(text, "0123456789") != len)
		return -1;
	n = len > CONTROL_MAX_DIGITS ? CONTROL_MAX_LIMIT
				     : strtoul(text, NULL, 10);
	*limit_r = n < CONTROL_MAX_LIMIT ? (unsigned)n : CONTROL_MAX_LIMIT;
	return n ? 0 : -1;
}

/* Answers with a list that add makes. */
static void
control_list(struct control *c, struct http_request *req,
    int (*add)(
	struct buf *out, const struct hub *h, const struct status_query *q))
{
	struct status_query q = {
		.nsp = span_str(http_argument(req, "nsp")),
		.room = span_str(http_argument(req, "room")),
	};
	struct buf body = BUF_INIT;

	if (control_read_limit(http_argument(req, "limit"), &q.limit) == -1)
		control_error(req, 400, "limit is not a number above 0");
	else if (add(&body, c->parts.hub, &q) == -1)
		control_error(req, 404, "no such namespace");
	else
		control_json(req, &body);
}

/* GET /v1/sockets */
static void
control_sockets(struct control *c, struct http_request *req)
{
	control_list(c, req, status_add_sockets);
}

/* GET /v1/rooms */
static void
control_rooms(struct control *c, struct http_request *req)
{
	control_list(c, req, status_add_rooms);
}

/* True when there is nothing in the line. */
static bool
control_is_blank(struct span line)
{
	size_t i;

	for (i = 0; i < line.n; i++)
		if (line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r')
			return false;
	return true;
}

/* How many lines of the text are not blank. */
static size_t
control_count_lines(struct span text)
{
	size_t n = 0;

	while (text.n)
		n += !control_is_blank(span_cut(text, '\n', &text));
	return n;
}

/* POST /v1/actions, when its body is there. */
static void
control_actions(struct control *c, struct http_request *req)
{
	struct span rest = http_body(req);
	struct buf body = BUF_INIT;
	unsigned number = 0;

	if (c->facts.stopping) {
		control_error(req, 503, "the gateway is stopping");
		return;
	}
	if (control_count_lines(rest) > CONTROL_MAX_LINES) {
		control_error(req, 413, "too many lines");
		return;
	}
	for (; rest.n; number++) {
		struct span line = span_cut(rest, '\n', &rest);

		if (!control_is_blank(line))
			dispatch_push(c->parts.dispatch, line, number, &body);
	}
	control_answer(req, 200, "application/x-ndjson", &body);
}

static const struct control_route control_routes[] = {
	{ "/v1/actions", true, false, control_actions },
	{ "/v1/status", false, false, control_status },
	{ "/v1/namespaces", false, false, control_namespaces },
	{ "/v1/sockets", false, false, control_sockets },
	{ "/v1/rooms", false, false, control_rooms },
	{ "/v1/pools", false, false, control_pools },
	{ "/healthz", false, true, control_health },
	{ "/metrics", false, false, control_metrics },
};

/*
 * Who may ask.
 */

/* The route of a path, or NULL. */
static const struct control_route *
control_find(struct span path)
{
	size_t i;

	for (i = 0; i < sizeof(control_routes) / sizeof(control_routes[0]); i++)
		if (span_eq(path, span_str(control_routes[i].path)))
			return &control_routes[i];
	return NULL;
}

/* True when an Authorization header carries the token. How long the comparison
 * takes says nothing about the token but its length. */
static bool
control_is_token(const struct control *c, const char *value)
{
	struct span token, scheme = span_cut(span_str(value), ' ', &token);
	struct span want = span_str(c->token);

	token = span_trim(token);
	return span_eq_nocase(scheme, SPAN("Bearer")) && token.n == want.n &&
	       memeql_sec(token.p, want.p, want.n);
}

/* Refuses those who may not ask; false when it has. */
static bool
control_admit(struct control *c, struct http_request *req, bool open)
{
	if (http_header(req, "Origin")) {
		control_error(req, 403, "web pages have no access");
		return false;
	}
	if (open || c->token == NULL ||
	    control_is_token(c, http_header(req, "Authorization")))
		return true;
	log_limited(c->log, &c->refused_limit, LOG_LVL_WARNING,
	    "control: %s: refused, the token is missing or wrong",
	    http_client_address(req));
	http_answer_header(req, "WWW-Authenticate", "Bearer realm=\"siogate\"");
	control_error(req, 401, "a token is needed");
	return false;
}

/* Refuses what the route does not do; false when it has. */
static bool
control_check_method(
    struct http_request *req, const struct control_route *route)
{
	const char *method = http_method(req);

	if (route->post
		? strcmp(method, "POST") == 0
		: strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
		return true;
	http_answer_header(req, "Allow", route->post ? "POST" : "GET, HEAD");
	control_error(req, 405, "method not allowed");
	return false;
}

/* The headers of a request are there. */
static void
control_on_begin(struct http_request *req, void *owner)
{
	struct control *c = owner;
	const struct control_route *route = control_find(http_path(req));

	GW_MAGIC_CHECK(c, CONTROL_MAGIC);
	http_answer_header(req, "Cache-Control", "no-store");
	http_answer_header(req, "X-Content-Type-Options", "nosniff");
	if (!control_admit(c, req, route && route->open))
		return;
	if (route == NULL)
		control_error(req, 404, "no such path");
	else if (!control_check_method(req, route))
		return;
	else if (route->post)
		http_accept_body(req, c->max_body);
	else
		route->fn(c, req);
}

/* The body of a request is there. */
static void
control_on_complete(struct http_request *req, void *owner)
{
	struct control *c = owner;
	const struct control_route *route = control_find(http_path(req));

	GW_MAGIC_CHECK(c, CONTROL_MAGIC);
	gw_assert(route != NULL && route->post);
	route->fn(c, req);
}

/* A request is over; nothing was kept for it. */
static void
control_on_end(struct http_request *req, enum http_end how, void *owner)
{
	(void)req;
	(void)how;
	(void)owner;
}

static const struct http_events control_http_events = {
	.begin = control_on_begin,
	.complete = control_on_complete,
	.end = control_on_end,
};

/*
 * The listener.
 */

/* Refuses settings that would let everybody in. 0, or -1 with *error_r. */
static int
control_check_token(const struct control_settings *settings, char **error_r)
{
	bool is_unix = strncmp(settings->address, "unix:", 5) == 0;

	if (settings->token ? *settings->token != '\0' : is_unix)
		return 0;
	*error_r = mem_strdup(settings->token
				  ? "the control token is empty"
				  : "a control listener on TCP needs a token");
	return -1;
}

/* Makes the folder of a unix socket if it is not there. When that fails the
 * listener finds out, and says why it cannot be opened. */
static void
control_make_folder(const char *address)
{
	const char *path = address + 5, *slash;
	char *folder;

	if (strncmp(address, "unix:", 5) != 0)
		return;
	slash = strrchr(path, '/');
	if (slash == NULL || slash == path)
		return;
	folder = mem_strndup(path, (size_t)(slash - path));
	mkdir(folder, CONTROL_FOLDER_MODE);
	free(folder);
}

struct control *
control_new(uv_loop_t *loop, const struct control_settings *settings,
    const struct control_parts *parts, char **error_r)
{
	struct http_settings http = { .name = "control",
		.max_connections = CONTROL_MAX_CONNECTIONS,
		.log = settings->log,
		.turn = settings->turn };
	struct control *c;

	if (control_check_token(settings, error_r) == -1)
		return NULL;
	c = mem_zalloc(sizeof(*c));
	c->magic = CONTROL_MAGIC;
	c->parts = *parts;
	c->facts.version = c->version = mem_strdup(settings->version);
	c->facts.instance = c->instance = mem_strdup(settings->instance);
	c->facts.since = uv_now(loop);
	c->token = mem_strdup(settings->token);
	c->max_body = settings->max_body;
	c->log = settings->log;
	c->http = http_server_new(loop, &http, &control_http_events, c);
	control_make_folder(settings->address);
	if (http_server_listen(
		c->http, settings->address, CONTROL_SOCKET_MODE, error_r) == -1)
		control_free(&c);
	return c;
}

const char *
control_name(const struct control *c)
{
	return http_server_listener_name(c->http, 0);
}

void
control_set_stopping(struct control *c)
{
	c->facts.stopping = true;
}

void
control_free(struct control **cp)
{
	struct control *c = *cp;

	if (c == NULL)
		return;
	GW_MAGIC_CHECK(c, CONTROL_MAGIC);
	http_server_free(&c->http);
	free(c->version);
	free(c->instance);
	free(c->token);
	c->magic = 0;
	free(c);
	*cp = NULL;
}
