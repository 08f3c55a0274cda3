/*
 * front: what the gateway does with an HTTP request.
 *
 * The order of the checks, and the answers to what fails them, are those of
 * the reference server (engine.io 6); origins come first, for every transport.
 *
 * http_data of a request is NULL, a polling transport that holds the request,
 * a struct front_upgrade or a struct front_ask; the magic word says which.
 *
 * DIAGNOSTICS
 *	A refused origin is logged with the line that would allow it.
 */

/* system */
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"
#include "rand.h"

/* wire */
#include "origin.h"
#include "ws_deflate.h"
#include "ws_handshake.h"

/* net */
#include "http_file.h"

/* own */
#include "front.h"
#include "handshake.h"
#include "transport.h"

enum {
	FRONT_UPGRADE_MAGIC = 0x66727570,
	FRONT_ASK_MAGIC = 0x6672616b,
	FRONT_SID_MAX = 64
};

/* The errors of the Engine.IO protocol. */
enum front_error {
	FRONT_UNKNOWN_TRANSPORT,
	FRONT_UNKNOWN_SID,
	FRONT_BAD_METHOD,
	FRONT_BAD_REQUEST,
	FRONT_FORBIDDEN,
	FRONT_BAD_PROTOCOL
};

static const char *const front_error_bodies[] = {
	"{\"code\":0,\"message\":\"Transport unknown\"}",
	"{\"code\":1,\"message\":\"Session ID unknown\"}",
	"{\"code\":2,\"message\":\"Bad handshake method\"}",
	"{\"code\":3,\"message\":\"Bad request\"}",
	"{\"code\":4,\"message\":\"Forbidden\"}",
	"{\"code\":5,\"message\":\"Unsupported protocol version\"}"
};

struct front {
	struct transport_ctx *ctx;
	struct front_settings set;
	struct front_events events;
	void *owner;
	struct log_limit origin_limit;
	struct front_stats stats;
	bool stopping;
};

/* A WebSocket between the request and the hand-over of its connection. */
struct front_upgrade {
	unsigned magic;
	struct front *front;
	struct handshake *handshake; /* of a new session; else NULL */
	char sid[FRONT_SID_MAX + 1]; /* of a session that exists; else "" */
	struct buf session;          /* of a new one */
	bool deflate;
};

/* A handshake that somebody is asked about. */
struct front_ask {
	unsigned magic;
	struct front *front;
	struct http_request *req;    /* held; NULL: the client has gone */
	struct handshake *handshake; /* a reference */
};

struct front *
front_new(struct transport_ctx *ctx, const struct front_settings *settings,
    const struct front_events *events, void *owner)
{
	struct front *f = mem_zalloc(sizeof(*f));

	f->ctx = ctx;
	f->set = *settings;
	f->events = *events;
	f->owner = owner;
	return f;
}

void
front_free(struct front **fp)
{
	free(*fp);
	*fp = NULL;
}

void
front_set(struct front *f, const struct front_settings *settings)
{
	f->set = *settings;
}

void
front_stop(struct front *f)
{
	f->stopping = true;
}

void
front_get_stats(const struct front *f, struct front_stats *out)
{
	*out = f->stats;
}

/* Answers with a short text. */
static void
front_text(struct http_request *req, unsigned status, const char *text)
{
	struct http_response resp = { .status = status,
		.content_type = "text/plain; charset=UTF-8",
		.body = span_str(text) };

	http_respond(req, &resp);
}

/* Answers with an error of the protocol. */
static void
front_error(struct front *f, struct http_request *req, enum front_error e)
{
	struct http_response resp = { .status =
					  e == FRONT_FORBIDDEN ? 403 : 400,
		.content_type = "application/json",
		.body = span_str(front_error_bodies[e]) };

	f->stats.bad_requests++;
	if (e == FRONT_UNKNOWN_SID)
		f->stats.unknown_sid++;
	http_respond(req, &resp);
}

/*
 * Origins.
 */

/* Holds the request's origin against the rules and adds the CORS headers.
 * True when it may go on. */
static bool
front_check_origin(struct front *f, struct http_request *req)
{
	const char *origin = http_header(req, "Origin");
	struct span o = span_str(origin);

	if (origin == NULL ||
	    origin_is_same(o, span_str(http_header(req, "Host"))))
		return true;
	if (f->set.origins && origin_allowed(o, span_str(f->set.origins))) {
		http_answer_header(req, "Access-Control-Allow-Origin", origin);
		http_answer_header(
		    req, "Access-Control-Allow-Credentials", "true");
		http_answer_header(req, "Vary", "Origin");
		return true;
	}
	f->stats.origin_refused++;
	log_limited(f->set.log, &f->origin_limit, LOG_LVL_WARNING,
	    "origin %.*s refused for %s; to allow it, set: origins = %.*s",
	    (int)(o.n < 200 ? o.n : 200), o.p, http_client_address(req),
	    (int)(o.n < 200 ? o.n : 200), o.p);
	return false;
}

/* Answers a preflight; there need not be a session. */
static void
front_preflight(struct front *f, struct http_request *req)
{
	struct http_response resp = { .status = 204 };
	const char *asked = http_header(req, "Access-Control-Request-Headers");
	struct buf age = BUF_INIT;

	http_answer_header(req, "Allow", "GET, POST, OPTIONS");
	if (http_header(req, "Origin")) {
		http_answer_header(
		    req, "Access-Control-Allow-Methods", "GET, POST, OPTIONS");
		http_answer_header(req, "Access-Control-Allow-Headers",
		    asked ? asked : "Content-Type");
		buf_addu64(&age, f->set.cors_max_age);
		http_answer_header(
		    req, "Access-Control-Max-Age", buf_cstr(&age));
		buf_release(&age);
	}
	http_respond(req, &resp);
}

/*
 * WebSocket.
 */

/* Frees an upgrade that has come to its end, one way or the other. */
static void
front_upgrade_free(struct front_upgrade *u)
{
	if (u->handshake)
		handshake_unref(&u->handshake);
	buf_release(&u->session);
	u->magic = 0;
	free(u);
}

/* The connection is ours. */
static void
front_on_upgraded(void *arg, int fd, struct span early)
{
	struct front_upgrade *u = arg;
	struct front *f = u->front;
	struct handshake *hs = u->handshake;
	struct transport *t;

	GW_MAGIC_CHECK(u, FRONT_UPGRADE_MAGIC);
	if (fd == -1)
		return;
	t = transport_ws_new(f->ctx, fd, early, u->deflate);
	u->handshake = NULL;
	if (u->sid[0]) {
		f->events.probe(f->owner, span_str(u->sid), t);
		return;
	}
	f->stats.handshakes++;
	f->events.open(f->owner, t, hs, 5, false, buf_span(&u->session));
}

/* Answers a WebSocket handshake that passed all checks of the session: of the
 * one with this sid, or of a new one (NULL) with this JSON as its session. */
static void
front_upgrade(struct front *f, struct http_request *req, const char *sid,
    struct span session)
{
	static const char name[] = "Sec-WebSocket-Accept";
	const char *version = http_header(req, "Sec-WebSocket-Version");
	const char *key = http_header(req, "Sec-WebSocket-Key");
	const char *offer = http_header(req, "Sec-WebSocket-Extensions");
	char accept[WS_HANDSHAKE_ACCEPT_LEN + 1];
	const char *headers[] = { name, accept, NULL, NULL, NULL };
	struct buf answer = BUF_INIT;
	struct front_upgrade *u;

	if (version == NULL || strcmp(version, "13") != 0) {
		http_answer_header(req, "Sec-WebSocket-Version", "13");
		front_text(req, 426, "WebSocket version 13 is spoken here\n");
		return;
	}
	if (key == NULL || ws_handshake_accept(span_str(key), accept) == -1) {
		front_error(f, req, FRONT_BAD_REQUEST);
		return;
	}
	u = mem_zalloc(sizeof(*u));
	u->magic = FRONT_UPGRADE_MAGIC;
	u->front = f;
	if (sid)
		memcpy(u->sid, sid, strlen(sid));
	else
		u->handshake = handshake_new(req, 5);
	buf_addspan(&u->session, session);
	u->deflate = f->ctx->deflate && offer &&
		     ws_deflate_negotiate(span_str(offer), &answer);
	if (u->deflate) {
		headers[2] = "Sec-WebSocket-Extensions";
		headers[3] = buf_cstr(&answer);
	}
	http_set_data(req, u);
	http_upgrade(req, "websocket", headers, front_on_upgraded, u);
	buf_release(&answer);
}

/* True when the request asks for a WebSocket. */
static bool
front_wants_upgrade(const struct http_request *req)
{
	const char *upgrade = http_header(req, "Upgrade");
	const char *connection = http_header(req, "Connection");

	return upgrade && connection && strcmp(http_method(req), "GET") == 0 &&
	       ws_handshake_has_token(span_str(upgrade), SPAN("websocket")) &&
	       ws_handshake_has_token(span_str(connection), SPAN("upgrade"));
}

/*
 * Engine.IO requests.
 */

/* A request of a session that exists. */
static void
front_session(struct front *f, struct http_request *req, const char *sid,
    bool is_websocket, bool upgrade)
{
	struct front_session s;

	if (strlen(sid) > FRONT_SID_MAX ||
	    !f->events.find(f->owner, span_str(sid), &s)) {
		front_error(f, req, FRONT_UNKNOWN_SID);
		return;
	}
	if (upgrade) {
		if (!is_websocket || !transport_is_polling(s.transport) ||
		    s.upgrading)
			front_error(f, req, FRONT_BAD_REQUEST);
		else
			front_upgrade(f, req, sid, SPAN_EMPTY);
		return;
	}
	if (is_websocket || !transport_is_polling(s.transport))
		front_error(f, req, FRONT_BAD_REQUEST);
	else if (strcmp(http_method(req), "GET") == 0)
		http_accept_body(req, 0);
	else if (strcmp(http_method(req), "POST") == 0)
		http_accept_body(req, f->ctx->max_payload);
	else
		front_error(f, req, FRONT_BAD_REQUEST);
}

/* A request without a session: a handshake. */
static void
front_handshake(
    struct front *f, struct http_request *req, bool is_websocket, bool upgrade)
{
	const char *eio = http_argument(req, "EIO");

	if (strcmp(http_method(req), "GET") != 0)
		front_error(f, req, FRONT_BAD_METHOD);
	else if (is_websocket != upgrade)
		front_error(f, req, FRONT_BAD_REQUEST);
	else if (eio == NULL || strcmp(eio, "4") != 0)
		front_error(f, req, FRONT_BAD_PROTOCOL);
	else if (f->stopping)
		front_text(req, 503, "the server is shutting down\n");
	else
		http_accept_body(req, 0);
}

/* The headers of an Engine.IO request are there. */
static void
front_engine(struct front *f, struct http_request *req)
{
	const char *transport = http_argument(req, "transport");
	const char *sid = http_argument(req, "sid");
	bool upgrade = front_wants_upgrade(req);
	bool is_websocket;

	if (!front_check_origin(f, req)) {
		front_error(f, req, FRONT_FORBIDDEN);
		return;
	}
	if (strcmp(http_method(req), "OPTIONS") == 0) {
		front_preflight(f, req);
		return;
	}
	is_websocket = transport && strcmp(transport, "websocket") == 0;
	if (transport == NULL ||
	    !(is_websocket
		    ? f->set.websocket
		    : f->set.polling && strcmp(transport, "polling") == 0)) {
		front_error(f, req, FRONT_UNKNOWN_TRANSPORT);
		return;
	}
	if (sid)
		front_session(f, req, sid, is_websocket, upgrade);
	else
		front_handshake(f, req, is_websocket, upgrade);
}

/* Opens a session for a polling client. */
static void
front_open_polling(
    struct front *f, struct http_request *req, struct span session)
{
	struct transport *t = transport_polling_new(f->ctx);

	f->stats.handshakes++;
	if (!f->events.open(f->owner, t, handshake_new(req, 5), 5,
		f->set.websocket, session)) {
		front_text(req, 503, "the server is shutting down\n");
		return;
	}
	transport_polling_get(t, req);
}

/* Opens a session for a client that is welcome. */
static void
front_open(struct front *f, struct http_request *req, struct span session)
{
	if (front_wants_upgrade(req))
		front_upgrade(f, req, NULL, session);
	else
		front_open_polling(f, req, session);
}

/* Holds a handshake until somebody has answered whether it is welcome. */
static void
front_ask(struct front *f, struct http_request *req)
{
	struct front_ask *ask = mem_zalloc(sizeof(*ask));

	ask->magic = FRONT_ASK_MAGIC;
	ask->front = f;
	ask->req = req;
	ask->handshake = handshake_new(req, 5);
	http_set_data(req, ask);
	http_hold(req);
	f->events.authorize(f->owner, ask->handshake, ask);
}

/* True for headers that are the gateway's own business. */
static bool
front_is_own_header(struct span name)
{
	return span_eq_nocase(name, SPAN("Content-Length")) ||
	       span_eq_nocase(name, SPAN("Content-Encoding")) ||
	       span_eq_nocase(name, SPAN("Transfer-Encoding")) ||
	       span_eq_nocase(name, SPAN("Connection")) ||
	       span_eq_nocase(name, SPAN("Upgrade")) ||
	       (name.n > 14 &&
		   span_eq_nocase(span_of(name.p, 14), SPAN("Sec-WebSocket-")));
}

/* Adds headers to the answer: name NUL value NUL ... */
static void
front_add_headers(struct http_request *req, struct span headers)
{
	while (headers.n) {
		struct span name = span_cut(headers, '\0', &headers);
		struct span value = span_cut(headers, '\0', &headers);

		if (!front_is_own_header(name))
			http_answer_header(req, name.p, value.p);
	}
}

void
front_answer(struct front_ask *ask, const struct front_verdict *v)
{
	struct front *f = ask->front;
	struct http_request *req = ask->req;
	struct http_response resp = { .status = v->status,
		.content_type = "application/json" };
	struct buf body = BUF_INIT;

	GW_MAGIC_CHECK(ask, FRONT_ASK_MAGIC);
	handshake_unref(&ask->handshake);
	ask->magic = 0;
	free(ask);
	if (req == NULL)
		return;
	http_set_data(req, NULL);
	front_add_headers(req, v->headers);
	if (v->allowed) {
		front_open(f, req, v->session);
		return;
	}
	f->stats.bad_requests++;
	buf_adds(&body, "{\"code\":4,\"message\":");
	buf_addspan(&body, v->message);
	buf_addch(&body, '}');
	resp.take = &body;
	http_respond(req, &resp);
}

/*
 * The events of the HTTP server.
 */

/* What stands behind the prefix in the request's path; NULL: another path. */
static const char *
front_tail(const struct front *f, const struct http_request *req, size_t *n_r)
{
	struct span path = http_path(req);
	struct span prefix = span_str(f->set.path);

	*n_r = 0;
	if (span_starts(path, prefix)) {
		*n_r = path.n - prefix.n;
		return path.p + prefix.n;
	}
	/* "/socket.io" for "/socket.io/" */
	prefix.n--;
	return span_eq(path, prefix) ? path.p + path.n : NULL;
}

static void
front_on_begin(struct http_request *req, void *owner)
{
	struct front *f = owner;
	const char *method = http_method(req);
	bool reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
	size_t n;
	const char *tail = front_tail(f, req, &n);

	if (tail && n == 0) {
		front_engine(f, req);
		return;
	}
	f->stats.files++;
	if (!reads) {
		http_answer_header(req, "Allow", "GET, HEAD");
		front_text(req, 405, "only GET and HEAD are served here\n");
	} else if (tail) {
		http_file_serve_client(
		    req, f->set.client_dir, span_of(tail, n));
	} else {
		http_file_serve(req, f->set.root, http_path(req));
	}
}

static void
front_on_complete(struct http_request *req, void *owner)
{
	struct front *f = owner;
	const char *sid = http_argument(req, "sid");
	struct front_session s;

	if (sid == NULL && f->set.authorize)
		front_ask(f, req);
	else if (sid == NULL)
		front_open(f, req, SPAN_EMPTY);
	else if (!f->events.find(f->owner, span_str(sid), &s))
		front_error(f, req, FRONT_UNKNOWN_SID);
	else if (!transport_is_polling(s.transport))
		front_error(f, req, FRONT_BAD_REQUEST);
	else if (strcmp(http_method(req), "GET") == 0)
		transport_polling_get(s.transport, req);
	else
		transport_polling_post(s.transport, req);
}

static void
front_on_end(struct http_request *req, enum http_end how, void *owner)
{
	unsigned *magic = http_data(req);

	(void)how;
	(void)owner;
	if (magic == NULL)
		return;
	if (*magic == FRONT_UPGRADE_MAGIC)
		front_upgrade_free((struct front_upgrade *)(void *)magic);
	else if (*magic == FRONT_ASK_MAGIC)
		((struct front_ask *)(void *)magic)->req = NULL;
	else
		transport_polling_ended((struct transport *)(void *)magic, req);
}

const struct http_events front_http_events = {
	.begin = front_on_begin,
	.complete = front_on_complete,
	.end = front_on_end,
};
