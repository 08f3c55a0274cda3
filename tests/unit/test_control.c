/*
 * The control listener over real sockets, with a hub and a dispatcher behind
 * it. Clients are there without a network: their transport is one of ours that
 * takes everything.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>

/* base */
#include "buf.h"
#include "log.h"
#include "mem.h"

/* wire */
#include "fcgi.h"
#include "jscan.h"

/* net */
#include "http.h"
#include "turn.h"

/* transport */
#include "front.h"
#include "handshake.h"
#include "transport.h"

/* socket */
#include "hub.h"
#include "namespace.h"
#include "nsocket.h"
#include "vsocket.h"

/* dispatch */
#include "dispatch.h"
#include "service.h"

/* tested */
#include "control.h"
#include "metrics.h"

enum {
	PATIENCE = 30000, /* ms; only ever reached by a failure */
	MAX_BODY = 2 << 20,
	MAX_SAMPLES = 2048
};

#define TOKEN "open-sesame"
#define ODD_ROOM "a\\\"b\\n\\u0001\\u2028\\\\"   /* as JSON has it */
#define ODD_ROOM_QUERY "a%22b%0A%01%E2%80%A8%5C" /* as a query has it */
#define ODD_NSP "/q\"\\\nn"

struct bench {
	uv_loop_t loop;
	uv_timer_t tick;
	char dir[64];
	char address[128];
	struct log *log;
	struct turn *turn;
	struct transport_ctx ctx;
	struct dispatch *dispatch;
	struct hub *hub;
	struct front *front;
	struct http_server *http;
	struct control *control;
	/* the answer to the last request */
	struct buf answer;
	unsigned status;
	struct span headers, body;
};

/*
 * A transport that takes everything.
 */

static void
fake_flush(struct transport *t)
{
	while (t->outbox->n) {
		struct span bytes = outpacket_encode(
		    outbox_at(t->outbox, 0), t->encoding, NULL, 0);

		t->ctx->stats.bytes_out += bytes.n;
		outbox_pop(t->outbox, bytes.n);
	}
}

static bool
fake_ready(const struct transport *t)
{
	(void)t;
	return true;
}

static void
fake_pause(struct transport *t, bool paused)
{
	(void)t;
	(void)paused;
}

static void
fake_finish(struct transport *t)
{
	t->events->closed(t, TRANSPORT_CLOSED);
}

static void
fake_free(struct transport *t)
{
	free(t);
}

static const struct transport_ops fake_ops = {
	.name = "websocket",
	.flush = fake_flush,
	.ready = fake_ready,
	.pause = fake_pause,
	.finish = fake_finish,
	.expired = fake_finish,
	.free = fake_free,
};

/* Lets the client of t say something. */
static void
say(struct transport *t, const char *text)
{
	char copy[128];

	snprintf(copy, sizeof(copy), "%s", text);
	t->events->text(t, span_str(copy));
}

/* A new client. */
static struct transport *
client_new(struct bench *b)
{
	struct transport *t = mem_zalloc(sizeof(*t));
	struct buf pairs = BUF_INIT;
	struct handshake *hs;

	fcgi_add_pair(&pairs, SPAN("REMOTE_ADDR"), SPAN("192.0.2.7"));
	hs = mem_zalloc(sizeof(*hs) + pairs.len);
	hs->refs = 1;
	hs->len = pairs.len;
	memcpy(hs->pairs, pairs.data, pairs.len);
	buf_release(&pairs);
	t->magic = TRANSPORT_MAGIC;
	t->ops = &fake_ops;
	t->ctx = &b->ctx;
	t->encoding = OUTPACKET_EIO4_WS;
	assert_true(hub_front_events.open(b->hub, t, hs, 5, false, SPAN_EMPTY));
	return t;
}

/*
 * The bench.
 */

/* The watchdog. */
static void
on_tick(uv_timer_t *t)
{
	(void)t;
	fail_msg("nothing has happened for too long");
}

/* Opens the control listener. */
static struct control *
open_control(
    struct bench *b, const char *address, const char *token, char **error_r)
{
	struct control_settings set = { .address = address,
		.token = token,
		.max_body = MAX_BODY,
		.version = "1.2.3",
		.instance = "a\"b",
		.log = b->log,
		.turn = b->turn };
	struct control_parts parts = { .dispatch = b->dispatch,
		.hub = b->hub,
		.front = b->front,
		.transports = &b->ctx,
		.http = b->http };

	return control_new(&b->loop, &set, &parts, error_r);
}

static const struct hub_settings hub_defaults = { .ping_interval = 25000,
	.ping_timeout = 20000,
	.upgrade_timeout = 10000,
	.connect_timeout = 45000,
	.ack_timeout = 10000,
	.packet = { .max_depth = 64, .max_attachments = 10, .max_nsp = 100 },
	.max_namespaces = 10,
	.max_rooms = 100,
	.max_room_name = 255,
	.max_pending_acks = 10,
	.max_session = 1000 };

static const struct dispatch_settings dispatch_defaults = { .instance = "i",
	.software = "test",
	.max_depth = 64,
	.max_waiting = 10,
	.max_jobs = 10,
	.refresh_before = 1000,
	.disconnect_rate = 100,
	.disconnect_queue = 100 };

static int
setup(void **state)
{
	struct bench *b = mem_zalloc(sizeof(*b));
	struct hub_events events = dispatch_hub_events;
	struct http_settings http = { .name = "http" };
	struct front_settings front = { .path = "/socket.io/" };
	char *error = NULL;

	*state = b;
	strcpy(b->dir, "/tmp/test_control.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->address, sizeof(b->address), "unix:%s/run/control", b->dir);
	assert_int_equal(uv_loop_init(&b->loop), 0);
	assert_int_equal(uv_timer_init(&b->loop, &b->tick), 0);
	b->log = log_new("/dev/null", LOG_LVL_DEBUG);
	b->turn = turn_new(&b->loop);
	b->ctx.loop = &b->loop;
	b->ctx.turn = b->turn;
	b->ctx.max_payload = b->ctx.max_queue = 1000000;
	transport_ctx_init(&b->ctx, 1000);
	b->dispatch = dispatch_new(&b->loop, b->log, &dispatch_defaults);
	events.owner = b->dispatch;
	b->hub = hub_new(&b->ctx, &hub_defaults, &events);
	dispatch_set_hub(b->dispatch, b->hub);
	namespace_add(b->hub, SPAN("/"));
	namespace_add(b->hub, SPAN("/chat"));
	b->front = front_new(&b->ctx, &front, &hub_front_events, b->hub);
	http.turn = b->turn;
	b->http =
	    http_server_new(&b->loop, &http, &front_http_events, b->front);
	b->control = open_control(b, b->address, NULL, &error);
	assert_non_null(b->control);
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;
	char path[128];

	control_free(&b->control);
	assert_null(b->control);
	hub_free(&b->hub);
	dispatch_free(&b->dispatch);
	http_server_free(&b->http);
	front_free(&b->front);
	transport_ctx_release(&b->ctx);
	turn_free(&b->turn);
	uv_close((uv_handle_t *)&b->tick, NULL);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	log_free(&b->log);
	snprintf(path, sizeof(path), "%s/run", b->dir);
	assert_int_equal(rmdir(path), 0); /* the socket is gone */
	assert_int_equal(rmdir(b->dir), 0);
	buf_release(&b->answer);
	free(b);
	return 0;
}

/*
 * Asking.
 */

/* Connects to where the listener is. */
static int
dial(const char *name)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET };
	const char *port = strrchr(name, ':');
	bool is_unix = strncmp(name, "unix:", 5) == 0;
	int fd =
	    socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd != -1);
	if (is_unix) {
		strcpy(un.sun_path, name + 5);
		assert_int_equal(connect(fd, (void *)&un, sizeof(un)), 0);
	} else {
		in.sin_port = htons((uint16_t)atoi(port + 1));
		in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		assert_int_equal(connect(fd, (void *)&in, sizeof(in)), 0);
	}
	return fd;
}

struct asking {
	struct bench *b;
	uv_poll_t poll;
	struct span rest;
	bool done;
};

/* The client's socket can be read or written. */
static void
on_ready(uv_poll_t *poll, int status, int events)
{
	struct asking *a = poll->data;
	int fd;
	ssize_t n;

	uv_fileno((uv_handle_t *)poll, &fd);
	if (status != 0) {
		/* the connection broke; an answer may be there all the same */
		a->rest = SPAN_EMPTY;
		events = UV_READABLE;
		uv_poll_start(poll, UV_READABLE, on_ready);
	}
	if ((events & UV_WRITABLE) && a->rest.n) {
		n = send(fd, a->rest.p, a->rest.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0)
			a->rest = span_skip(a->rest, (size_t)n);
		else if (n == -1 && errno != EAGAIN)
			a->rest = SPAN_EMPTY; /* it wants no more */
		if (a->rest.n == 0)
			uv_poll_start(poll, UV_READABLE, on_ready);
	}
	if (!(events & UV_READABLE))
		return;
	n = recv(fd, buf_reserve(&a->b->answer, 65536), 65536, MSG_DONTWAIT);
	if (n > 0)
		a->b->answer.len += (size_t)n;
	else if (n == 0 || errno != EAGAIN)
		a->done = true;
}

/* Takes an answer apart. */
static void
read_answer(struct bench *b)
{
	const char *text = buf_cstr(&b->answer);
	const char *end = strstr(text, "\r\n\r\n");

	assert_non_null(end);
	assert_int_equal(sscanf(text, "HTTP/1.1 %u", &b->status), 1);
	b->headers = span_of(text, (size_t)(end + 2 - text));
	b->body = span_skip(buf_span(&b->answer), (size_t)(end + 4 - text));
}

/* Sends a request to a listener, and waits for the end of the answer. */
static unsigned
ask_at(struct bench *b, const char *name, struct span request)
{
	struct asking a = { .b = b, .rest = request };
	int fd = dial(name);

	buf_clear(&b->answer);
	uv_poll_init(&b->loop, &a.poll, fd);
	a.poll.data = &a;
	uv_poll_start(&a.poll, UV_READABLE | UV_WRITABLE, on_ready);
	uv_timer_start(&b->tick, on_tick, PATIENCE, 0);
	while (!a.done)
		uv_run(&b->loop, UV_RUN_ONCE);
	uv_timer_stop(&b->tick);
	uv_close((uv_handle_t *)&a.poll, NULL);
	uv_run(&b->loop, UV_RUN_NOWAIT);
	close(fd);
	read_answer(b);
	return b->status;
}

/* Sends a request without a body; headers end in CRLF each. */
static unsigned
ask(struct bench *b, const char *line, const char *headers)
{
	struct buf req = BUF_INIT;
	unsigned status;

	buf_addf(&req, "%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n",
	    line, headers);
	status = ask_at(b, control_name(b->control), buf_span(&req));
	buf_release(&req);
	return status;
}

/* Posts action lines. */
static unsigned
post(struct bench *b, struct span body)
{
	struct buf req = BUF_INIT;
	unsigned status;

	buf_addf(&req,
	    "POST /v1/actions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    body.n);
	buf_addspan(&req, body);
	status = ask_at(b, control_name(b->control), buf_span(&req));
	buf_release(&req);
	return status;
}

/* True when the text is in s. */
static bool
has(struct span s, const char *text)
{
	return s.n && memmem(s.p, s.n, text, strlen(text)) != NULL;
}

/* Fails unless the text is in s. */
static void
want(struct span s, const char *text)
{
	if (!has(s, text))
		fail_msg("no %s in %.*s", text, SPAN_FMT(s));
}

/* The body, which must be one JSON object. */
static struct span
json(const struct bench *b)
{
	if (jscan_check(b->body, 64, NULL) != JSCAN_OK ||
	    jscan_type(b->body) != JSCAN_OBJECT)
		fail_msg("not a JSON object: %.*s", SPAN_FMT(b->body));
	want(b->headers, "Content-Type: application/json\r\n");
	return b->body;
}

/* A member, which must be there. */
static struct span
member(struct span object, const char *key)
{
	struct span value = SPAN_EMPTY;

	if (!jscan_find(object, span_str(key), &value))
		fail_msg("no member %s in %.*s", key, SPAN_FMT(object));
	return value;
}

/* A member that is a whole number. */
static int64_t
number(struct span object, const char *key)
{
	int64_t n = -1;

	assert_true(jscan_i64(member(object, key), &n));
	return n;
}

/* How many elements an array has. */
static unsigned
length(struct span array)
{
	struct jscan_iter it;
	struct span one;
	unsigned n = 0;

	assert_int_equal(jscan_type(array), JSCAN_ARRAY);
	jscan_array(&it, array);
	while (jscan_next(&it, &one))
		n++;
	return n;
}

/* The i-th element of an array. */
static struct span
element(struct span array, unsigned i)
{
	struct jscan_iter it;
	struct span one = SPAN_EMPTY;

	jscan_array(&it, array);
	do
		assert_true(jscan_next(&it, &one));
	while (i--);
	return one;
}

/* The i-th line of the body. */
static struct span
line_of(const struct bench *b, unsigned i)
{
	struct span rest = b->body, line;

	do
		line = span_cut(rest, '\n', &rest);
	while (i--);
	return line;
}

/*
 * Who may ask what.
 */

static void
test_routes(void **state)
{
	static const struct {
		const char *line;
		unsigned status;
		const char *header;
	} cases[] = {
		{ "GET /healthz", 200, "Content-Type: text/plain" },
		{ "HEAD /healthz", 200, "Content-Length: 3\r\n" },
		{ "GET /healthz?x=1", 200, "Cache-Control: no-store\r\n" },
		{ "GET /metrics", 200,
		    "Content-Type: text/plain; version=0.0.4" },
		{ "GET /v1/status", 200, "Content-Type: application/json" },
		{ "HEAD /v1/status", 200, "Content-Type: application/json" },
		{ "GET /v1/namespaces", 200, "nosniff" },
		{ "GET /v1/sockets", 200, "application/json" },
		{ "GET /v1/rooms", 200, "application/json" },
		{ "GET /v1/pools", 200, "application/json" },
		{ "POST /v1/status", 405, "Allow: GET, HEAD\r\n" },
		{ "DELETE /healthz", 405, "Allow: GET, HEAD\r\n" },
		{ "BREW /metrics", 405, "Allow: GET, HEAD\r\n" },
		{ "GET /v1/actions", 405, "Allow: POST\r\n" },
		{ "HEAD /v1/actions", 405, "Allow: POST\r\n" },
		{ "GET /", 404, "application/json" },
		{ "GET /v1/status/", 404, "application/json" },
		{ "GET /v1/statu", 404, "application/json" },
		{ "GET //healthz", 404, "application/json" },
		{ "POST /v2/actions", 404, "application/json" },
		{ "GET /v1/sockets?limit=0", 400, "application/json" },
		{ "GET /v1/sockets?limit=-1", 400, "application/json" },
		{ "GET /v1/sockets?limit=1x", 400, "application/json" },
		{ "GET /v1/rooms?limit=", 400, "application/json" },
		{ "GET /v1/rooms?limit=99999999999999999999", 200, "json" },
		{ "GET /v1/rooms?nsp=/none", 404, "application/json" },
		{ "GET /v1/sockets?nsp=%FF%00x", 404, "application/json" },
		{ "GET /v1/sockets?room=%FF%80", 200, "application/json" },
	};
	struct bench *b = *state;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (ask(b, cases[i].line, "") != cases[i].status)
			fail_msg("%s: %u", cases[i].line, b->status);
		want(b->headers, cases[i].header);
		if (strncmp(cases[i].line, "HEAD", 4) == 0)
			assert_int_equal(b->body.n, 0);
		else if (b->status >= 400)
			assert_int_equal(
			    jscan_type(member(json(b), "error")), JSCAN_STRING);
	}
}

static void
test_socket_file(void **state)
{
	struct bench *b = *state;
	char path[128];
	struct stat st;

	assert_string_equal(control_name(b->control), b->address);
	assert_int_equal(stat(b->address + 5, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0660);
	snprintf(path, sizeof(path), "%s/run", b->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

/* What cannot be opened gives a reason. */
static void
test_refused_listeners(void **state)
{
	static const struct {
		const char *address, *token, *error;
	} cases[] = {
		{ "127.0.0.1:0", NULL, "needs a token" },
		{ "127.0.0.1:0", "", "empty" },
		{ "unix:/nowhere/at/all/x", NULL, "/nowhere/at/all/x" },
		{ "unix:/nowhere/at/all/x", "", "empty" },
		{ "nonsense", "t", "nonsense" },
	};
	struct bench *b = *state;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *error = NULL;

		assert_null(
		    open_control(b, cases[i].address, cases[i].token, &error));
		assert_non_null(error);
		want(span_str(error), cases[i].error);
		free(error);
	}
}

static void
test_origin(void **state)
{
	static const char *const lines[] = { "GET /healthz", "GET /v1/status",
		"GET /nothing", "POST /v1/actions" };
	static const char *const headers[] = { "Origin: http://x\r\n",
		"origin: null\r\n", "Origin:\r\n" };
	struct bench *b = *state;
	size_t i, k;

	for (i = 0; i < 4; i++) {
		for (k = 0; k < 3; k++) {
			assert_int_equal(ask(b, lines[i], headers[k]), 403);
			member(json(b), "error");
		}
	}
}

static void
test_token(void **state)
{
	static const char *const wrong[] = { "", "Authorization: \r\n",
		"Authorization: Bearer\r\n", "Authorization: Bearer \r\n",
		"Authorization: " TOKEN "\r\n",
		"Authorization: Basic " TOKEN "\r\n",
		"Authorization: Bearer open-sesam\r\n",
		"Authorization: Bearer open-sesame2\r\n",
		"Authorization: Bearer open-sesamE\r\n",
		"Authorization: Bearer open -sesame\r\n",
		"Authorization: Bearer" TOKEN "\r\n" };
	static const char *const right[] = { "Authorization: Bearer " TOKEN
					     "\r\n",
		"authorization: bearer  " TOKEN " \r\n" };
	struct bench *b = *state;
	char *error = NULL;
	size_t i;

	control_free(&b->control);
	b->control = open_control(b, "127.0.0.1:0", TOKEN, &error);
	assert_non_null(b->control);
	want(span_str(control_name(b->control)), "127.0.0.1:");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(ask(b, "GET /v1/status", wrong[i]), 401);
		want(b->headers, "WWW-Authenticate: Bearer");
		member(json(b), "error");
		assert_int_equal(ask(b, "GET /metrics", wrong[i]), 401);
		assert_int_equal(ask(b, "GET /nothing", wrong[i]), 401);
		assert_int_equal(ask(b, "POST /healthz", wrong[i]), 405);
		assert_int_equal(ask(b, "GET /healthz", wrong[i]), 200);
	}
	assert_int_equal(post(b, SPAN("{\"emit\":\"x\"}\n")), 401);
	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		assert_int_equal(ask(b, "GET /v1/status", right[i]), 200);
		assert_int_equal(ask(b, "GET /metrics", right[i]), 200);
	}
}

static void
test_stopping(void **state)
{
	struct bench *b = *state;

	assert_int_equal(ask(b, "GET /healthz", ""), 200);
	want(b->body, "ok\n");
	control_set_stopping(b->control);
	assert_int_equal(ask(b, "GET /healthz", ""), 503);
	assert_int_equal(post(b, SPAN("{\"emit\":\"x\"}\n")), 503);
	member(json(b), "error");
	assert_int_equal(ask(b, "GET /v1/status", ""), 200);
	assert_int_equal(jscan_type(member(json(b), "stopping")), JSCAN_TRUE);
	assert_int_equal(ask(b, "GET /metrics", ""), 200);
	want(b->body, "\nsiogate_stopping 1\n");
}

/*
 * Actions.
 */

static void
test_actions(void **state)
{
	static const char text[] = "{\"emit\":\"a\"}\n"
				   "\n"
				   " \t\r\n"
				   "not JSON\n"
				   "{\"emit\":\"b\",\"nsp\":\"/chat\"}\r\n"
				   "{\"emit\":\"c\",\"nsp\":\"/none\"}\n"
				   "{\"nothing\":1}\n"
				   "{\"ack\":[]}\n"
				   "{\"emit\":\"last\"}";
	static const struct {
		bool ok;
		int line; /* -1: none */
	} want_lines[] = { { true, -1 }, { false, 3 }, { true, -1 },
		{ false, 5 }, { false, 6 }, { false, 7 }, { true, -1 } };
	struct bench *b = *state;
	unsigned i, n = sizeof(want_lines) / sizeof(want_lines[0]);

	say(client_new(b), "40");
	assert_int_equal(post(b, span_str(text)), 200);
	want(b->headers, "Content-Type: application/x-ndjson\r\n");
	for (i = 0; i < n; i++) {
		struct span line = line_of(b, i);

		assert_int_equal(jscan_check(line, 8, NULL), JSCAN_OK);
		assert_int_equal(jscan_type(member(line, "ok")),
		    want_lines[i].ok ? JSCAN_TRUE : JSCAN_FALSE);
		if (want_lines[i].line >= 0) {
			member(line, "error");
			assert_int_equal(
			    number(line, "line"), want_lines[i].line);
		}
	}
	assert_int_equal(line_of(b, n).n, 0);
	assert_int_equal(number(line_of(b, 0), "sent"), 1);
	assert_int_equal(number(line_of(b, 2), "sent"), 0);
}

static void
test_no_actions(void **state)
{
	static const char *const bodies[] = { "", "\n", "\n \r\n\t\n" };
	struct bench *b = *state;
	size_t i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(post(b, span_str(bodies[i])), 200);
		assert_int_equal(b->body.n, 0);
	}
}

static void
test_body_limit(void **state)
{
	struct bench *b = *state;
	struct buf body = BUF_INIT;

	buf_adds(&body, "{\"emit\":\"x\"}\n");
	memset(buf_reserve(&body, MAX_BODY), '\n', MAX_BODY);
	body.len = MAX_BODY;
	assert_int_equal(post(b, buf_span(&body)), 200);
	want(b->body, "{\"ok\":true");
	body.len = MAX_BODY + 1;
	assert_int_equal(post(b, buf_span(&body)), 413);
	buf_release(&body);
}

static void
test_too_many_lines(void **state)
{
	struct bench *b = *state;
	struct buf body = BUF_INIT;
	unsigned i;

	for (i = 0; i <= 262144; i++)
		buf_adds(&body, "1\n");
	assert_int_equal(post(b, buf_span(&body)), 413);
	want(member(json(b), "error"), "too many lines");
	buf_release(&body);
}

/* Clients can be ended from outside. */
static void
test_close(void **state)
{
	struct bench *b = *state;

	say(client_new(b), "40");
	say(client_new(b), "40");
	assert_int_equal(post(b, SPAN("{\"close\":true,\"to\":\"*\"}")), 200);
	assert_int_equal(number(line_of(b, 0), "sent"), 2);
	assert_int_equal(ask(b, "GET /v1/status", ""), 200);
	assert_int_equal(number(json(b), "clients"), 0);
	assert_int_equal(number(json(b), "sockets"), 0);
}

/*
 * Lists.
 */

static void
test_status(void **state)
{
	static const char *const counts[] = { "pid", "connections",
		"websockets", "requests", "events", "emits", "deliveries",
		"jobs", "handshakes", "upgrades" };
	struct bench *b = *state;
	struct span o, errors;
	size_t i;

	say(client_new(b), "40/none,");
	say(client_new(b), "40");
	assert_int_equal(post(b, SPAN("{\"emit\":\"x\"}")), 200);
	assert_int_equal(ask(b, "GET /v1/status", ""), 200);
	o = json(b);
	assert_true(jscan_string_is(member(o, "version"), SPAN("1.2.3")));
	assert_true(jscan_string_is(member(o, "instance"), SPAN("a\"b")));
	assert_int_equal(number(o, "pid"), getpid());
	assert_int_equal(number(o, "clients"), 2);
	assert_int_equal(number(o, "namespaces"), 2);
	assert_int_equal(number(o, "sockets"), 1);
	assert_int_equal(number(o, "emits"), 1);
	assert_int_equal(jscan_type(member(o, "uptime")), JSCAN_NUMBER);
	assert_int_equal(jscan_type(member(o, "stopping")), JSCAN_FALSE);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		assert_true(number(o, counts[i]) >= 0);
	errors = member(o, "errors");
	assert_int_equal(number(errors, "unknown_namespace"), 1);
	for (i = 0; i < HUB_ERRORS; i++)
		number(errors, hub_error_name((enum hub_error)i));
}

/* Asks for a list and gives its elements. */
static struct span
list(struct bench *b, const char *line, const char *key, bool more)
{
	assert_int_equal(ask(b, line, ""), 200);
	assert_int_equal(jscan_type(member(json(b), "more")),
	    more ? JSCAN_TRUE : JSCAN_FALSE);
	return member(json(b), key);
}

static void
test_sockets(void **state)
{
	struct bench *b = *state;
	struct transport *t = client_new(b);
	struct vsocket *vs = t->owner;
	struct nsocket *n;
	struct span all, one;
	struct buf line = BUF_INIT;

	assert_int_equal(
	    length(list(b, "GET /v1/sockets", "sockets", false)), 0);
	say(t, "40");
	say(t, "40/chat,");
	say(client_new(b), "40");
	assert_int_equal(post(b, SPAN("{\"join\":[\"lobby\",\"" ODD_ROOM
				      "\"],\"to\":\"*\",\"nsp\":\"/chat\"}")),
	    200);
	assert_int_equal(number(line_of(b, 0), "sent"), 1);
	all = list(b, "GET /v1/sockets?limit=3", "sockets", false);
	assert_int_equal(length(all), 3);
	assert_false(has(b->body, vs->sid)); /* it is a credential */
	list(b, "GET /v1/sockets?limit=2", "sockets", true);
	assert_int_equal(length(member(json(b), "sockets")), 2);

	n = vsocket_find(vs, SPAN("/chat"));
	all = list(b, "GET /v1/sockets?nsp=%2Fchat", "sockets", false);
	assert_int_equal(length(all), 1);
	one = element(all, 0);
	assert_true(jscan_string_is(member(one, "sid"), span_str(n->sid)));
	assert_true(jscan_string_is(member(one, "nsp"), SPAN("/chat")));
	assert_true(
	    jscan_string_is(member(one, "transport"), SPAN("websocket")));
	assert_true(jscan_string_is(member(one, "address"), SPAN("192.0.2.7")));
	assert_int_equal(number(one, "protocol"), 5);
	assert_int_equal(number(one, "queue"), 0);
	assert_int_equal(jscan_type(member(one, "connected")), JSCAN_NUMBER);
	assert_int_equal(length(member(one, "rooms")), 2);
	assert_true(jscan_string_is(element(member(one, "rooms"), 1),
	    SPAN("a\"b\n\001\xe2\x80\xa8\\")));

	all = list(b, "GET /v1/sockets?room=lobby", "sockets", false);
	assert_int_equal(length(all), 1);
	all = list(b, "GET /v1/sockets?room=" ODD_ROOM_QUERY, "sockets", false);
	assert_int_equal(length(all), 1);
	all = list(b, "GET /v1/sockets?nsp=/&room=lobby", "sockets", false);
	assert_int_equal(length(all), 0);
	buf_addf(&line, "GET /v1/sockets?room=%s", n->sid);
	all = list(b, buf_cstr(&line), "sockets", false);
	assert_int_equal(length(all), 1);
	buf_release(&line);
}

static void
test_rooms(void **state)
{
	struct bench *b = *state;
	struct transport *t = client_new(b);
	struct span all;

	say(t, "40");
	say(client_new(b), "40");
	assert_int_equal(post(b, SPAN("{\"join\":[\"" ODD_ROOM "\",\"r2\"],"
				      "\"to\":\"*\"}")),
	    200);
	all = list(b, "GET /v1/rooms", "rooms", false);
	assert_int_equal(length(all), 2);
	assert_true(jscan_string_is(
	    member(element(all, 0), "room"), SPAN("a\"b\n\001\xe2\x80\xa8\\")));
	assert_true(jscan_string_is(member(element(all, 0), "nsp"), SPAN("/")));
	assert_int_equal(number(element(all, 0), "sockets"), 2);
	all = list(b, "GET /v1/rooms?limit=1", "rooms", true);
	assert_int_equal(length(all), 1);
	all = list(b, "GET /v1/rooms?nsp=/chat", "rooms", false);
	assert_int_equal(length(all), 0);
}

/* Adds a pool whose one address nobody serves, and a namespace for it. */
static void
add_pool(struct bench *b)
{
	static const char *const addresses[] = { "unix:/nowhere/at/all/x",
		NULL };
	struct service_settings set = { .name = "main",
		.addresses = addresses,
		.connections = 1,
		.timeout = 10000,
		.job_timeout = 10000,
		.jobs = 1,
		.queue = 10,
		.headers = true,
		.max_line = 1000,
		.hold_down = 100000 };
	const char *error = NULL;
	struct service *s = dispatch_add_service(b->dispatch, &set, &error);
	struct namespace *ns = namespace_add(b->hub, span_str(ODD_NSP));

	assert_non_null(s);
	dispatch_bind(b->dispatch, ns, s, true);
}

/* Has a job fail in the pool. */
static void
fail_job(struct bench *b)
{
	struct service_stats st = { 0 };
	unsigned i;
	uint64_t n = 0;

	assert_int_equal(post(b, SPAN("{\"spawn\":\"j\",\"nsp\":"
				      "\"/q\\\"\\\\\\nn\"}")),
	    200);
	want(b->body, "{\"ok\":true");
	uv_timer_start(&b->tick, on_tick, PATIENCE, 0);
	while (n == 0) {
		service_get_stats(dispatch_services(b->dispatch), &st);
		for (i = 0; i < SERVICE_RESULTS; i++)
			n += st.results[i];
		if (n == 0)
			uv_run(&b->loop, UV_RUN_ONCE);
	}
	uv_timer_stop(&b->tick);
	assert_int_equal(st.results[SERVICE_OK], 0);
}

static void
test_pools(void **state)
{
	static const char *const counts[] = { "workers", "starting", "idle",
		"busy", "retiring", "generation", "queue", "running", "jobs",
		"ok", "bad_lines" };
	struct bench *b = *state;
	struct span all, one;
	size_t i;

	assert_int_equal(length(list(b, "GET /v1/pools", "pools", false)), 0);
	add_pool(b);
	fail_job(b);
	all = list(b, "GET /v1/pools", "pools", false);
	assert_int_equal(length(all), 1);
	one = element(all, 0);
	assert_true(jscan_string_is(member(one, "name"), SPAN("main")));
	assert_true(jscan_string_is(member(one, "kind"), SPAN("addresses")));
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		assert_int_equal(number(one, counts[i]), 0);
	assert_int_equal(number(one, "requests"), 1);
	assert_int_equal(number(one, "failed"), 1);
	assert_true(number(one, "retried") >= 0);
	assert_int_equal(number(one, "addresses"), 1);
	assert_int_equal(number(one, "addresses_down"), 1);
	assert_int_equal(number(member(one, "failures"), "unavailable"), 1);
	assert_int_equal(
	    jscan_type(member(one, "restart_delay")), JSCAN_NUMBER);

	all = list(b, "GET /v1/namespaces", "namespaces", false);
	assert_int_equal(length(all), 3);
	one = element(all, 0);
	assert_true(jscan_string_is(member(one, "name"), SPAN("/")));
	assert_int_equal(jscan_type(member(one, "pool")), JSCAN_NULL);
	one = element(all, 2);
	assert_true(jscan_string_is(member(one, "name"), span_str(ODD_NSP)));
	assert_true(jscan_string_is(member(one, "pool"), SPAN("main")));
	assert_int_equal(number(one, "sockets"), 0);
	assert_int_equal(number(one, "rooms"), 0);
}

/*
 * Metrics.
 */

struct sample {
	char name[96];
	char series[256]; /* name and labels */
	double value;
};

/* Cuts a name off the text's beginning; empty when there is none. */
static struct span
take_name(struct span *text)
{
	struct span name = *text;
	size_t n = 0;

	while (
	    n < text->n && (strchr("abcdefghijklmnopqrstuvwxyz_", text->p[n]) ||
			       (n && strchr("0123456789", text->p[n]))))
		n++;
	name.n = n;
	*text = span_skip(*text, n);
	return name;
}

/* Cuts "{name=\"value\",...}" off; false when it is malformed. */
static bool
take_labels(struct span *text)
{
	if (text->n == 0 || text->p[0] != '{')
		return true;
	do {
		*text = span_skip(*text, 1);
		if (take_name(text).n == 0 || !span_starts(*text, SPAN("=\"")))
			return false;
		*text = span_skip(*text, 2);
		while (text->n && text->p[0] != '"') {
			if (text->p[0] == '\\') {
				*text = span_skip(*text, 1);
				if (text->n == 0 || !strchr("\\\"n", *text->p))
					return false;
			}
			*text = span_skip(*text, 1);
		}
		if (text->n < 2)
			return false;
		*text = span_skip(*text, 1);
	} while (text->p[0] == ',');
	if (text->p[0] != '}')
		return false;
	*text = span_skip(*text, 1);
	return true;
}

/* Reads a line that is a sample; false when it is malformed. */
static bool
take_sample(struct span line, struct sample *s)
{
	struct span rest = line, name = take_name(&rest);
	char value[64], *end;

	if (name.n == 0 || name.n >= sizeof(s->name) || !take_labels(&rest) ||
	    (size_t)(rest.p - line.p) >= sizeof(s->series))
		return false;
	snprintf(s->name, sizeof(s->name), "%.*s", SPAN_FMT(name));
	snprintf(s->series, sizeof(s->series), "%.*s", (int)(rest.p - line.p),
	    line.p);
	if (rest.n < 2 || rest.n > sizeof(value) || rest.p[0] != ' ')
		return false;
	snprintf(value, sizeof(value), "%.*s", (int)rest.n - 1, rest.p + 1);
	s->value = strtod(value, &end);
	return *end == '\0' && end != value;
}

/* Fails unless a sample belongs to the family that came last. */
static void
check_family(const struct sample *s, const char *family, const char *type)
{
	static const char *const suffixes[] = { "_bucket", "_sum", "_count" };
	size_t n = strlen(family), i;

	if (strcmp(type, "histogram") != 0) {
		assert_string_equal(s->name, family);
		return;
	}
	assert_memory_equal(s->name, family, n);
	for (i = 0; i < 3; i++)
		if (strcmp(s->name + n, suffixes[i]) == 0)
			return;
	fail_msg("%s is not of the histogram %s", s->name, family);
}

/* Reads all samples and fails unless every line is as it must be. Returns how
 * many there are. */
static size_t
read_samples(struct span text, struct sample *samples)
{
	char family[96] = "", type[16] = "", name[96];
	size_t n = 0, i, len;

	assert_int_equal(text.p[text.n - 1], '\n');
	while (text.n) {
		struct span line = span_cut(text, '\n', &text);
		struct buf copy = BUF_INIT;

		buf_addspan(&copy, line);
		if (span_starts(line, SPAN("# HELP "))) {
			assert_int_equal(
			    sscanf(buf_cstr(&copy), "# HELP %95s %*c", family),
			    1);
			for (i = 0; i < n; i++)
				assert_string_not_equal(
				    samples[i].name, family);
			*type = '\0';
		} else if (span_starts(line, SPAN("# TYPE "))) {
			assert_int_equal(sscanf(buf_cstr(&copy),
					     "# TYPE %95s %15s", name, type),
			    2);
			assert_string_equal(name, family);
			len = strlen(name);
			assert_int_equal(strcmp(type, "counter") == 0,
			    len > 6 && strcmp(name + len - 6, "_total") == 0);
		} else {
			assert_true(n < MAX_SAMPLES);
			if (!take_sample(line, &samples[n]))
				fail_msg("malformed: %s", buf_cstr(&copy));
			assert_true(*type != '\0');
			check_family(&samples[n], family, type);
			for (i = 0; i < n; i++)
				assert_string_not_equal(
				    samples[i].series, samples[n].series);
			n++;
		}
		buf_release(&copy);
	}
	return n;
}

/* The value of a series, which must be there. */
static double
value_of(const struct sample *samples, size_t n, const char *series)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(samples[i].series, series) == 0)
			return samples[i].value;
	fail_msg("no %s", series);
	return 0;
}

/* Fails unless buckets only grow, and the last one is the count. */
static void
check_histogram(const struct sample *samples, size_t n)
{
	static const char name[] = "siogate_request_duration_seconds";
	double last = 0;
	unsigned buckets = 0;
	char series[128];
	size_t i;

	for (i = 0; i < n; i++) {
		snprintf(series, sizeof(series), "%s_bucket", name);
		if (strcmp(samples[i].name, series) != 0)
			continue;
		assert_true(samples[i].value >= last);
		last = samples[i].value;
		buckets++;
	}
	assert_int_equal(buckets, SERVICE_BUCKETS + 1);
	assert_true(last >= 1);
	snprintf(series, sizeof(series), "%s_bucket{pool=\"main\",le=\"+Inf\"}",
	    name);
	assert_true(value_of(samples, n, series) == last);
	snprintf(series, sizeof(series), "%s_count{pool=\"main\"}", name);
	assert_true(value_of(samples, n, series) == last);
}

static void
test_metrics(void **state)
{
	static const struct {
		const char *series;
		double value;
	} cases[] = {
		{ "siogate_build_info{version=\"1.2.3\"}", 1 },
		{ "siogate_clients", 2 },
		{ "siogate_clients_opened_total", 3 },
		{ "siogate_clients_closed_total", 1 },
		{ "siogate_connections{transport=\"websocket\","
		  "protocol=\"5\"}",
		    2 },
		{ "siogate_sockets{namespace=\"/\"}", 1 },
		{ "siogate_sockets{namespace=\"/q\\\"\\\\\\nn\"}", 0 },
		{ "siogate_rooms{namespace=\"/\"}", 1 },
		{ "siogate_errors_total{kind=\"unknown_namespace\"}", 1 },
		{ "siogate_actions_total{action=\"join\"}", 1 },
		{ "siogate_actions_total{action=\"spawn\"}", 1 },
		{ "siogate_bad_actions_total", 1 },
		{ "siogate_requests_total{pool=\"main\",result=\"ok\"}", 0 },
		{ "siogate_requests_total{pool=\"main\","
		  "result=\"unavailable\"}",
		    1 },
		{ "siogate_pool_queue_length{pool=\"main\"}", 0 },
		{ "siogate_pool_addresses_down{pool=\"main\"}", 1 },
		{ "siogate_requests_in_progress", 0 },
		{ "siogate_stopping", 0 },
	};
	struct sample *samples = mem_alloc(MAX_SAMPLES * sizeof(*samples));
	struct bench *b = *state;
	size_t i, n;

	add_pool(b);
	fail_job(b);
	say(client_new(b), "40");
	say(client_new(b), "40/none,");
	vsocket_close(client_new(b)->owner, "transport close");
	assert_int_equal(
	    post(b, SPAN("{\"join\":\"a\\\"\",\"to\":\"*\"}\nx\n")), 200);
	assert_int_equal(ask(b, "GET /metrics", ""), 200);
	n = read_samples(b->body, samples);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (value_of(samples, n, cases[i].series) != cases[i].value)
			fail_msg("%s: %g", cases[i].series,
			    value_of(samples, n, cases[i].series));
	assert_true(value_of(samples, n, "siogate_sent_bytes_total") > 0);
	check_histogram(samples, n);
	free(samples);
}

/* What the checks of test_metrics are worth. */
static void
test_metrics_grammar(void **state)
{
	static const struct {
		const char *line;
		bool good;
	} cases[] = {
		{ "a 1", true },
		{ "a{b=\"c\"} 1.5", true },
		{ "a{b=\"\\\"\\\\\\n\",c=\"\"} 1", true },
		{ "a{b=\"+Inf\"} 0", true },
		{ "a", false },
		{ "a 1x", false },
		{ "a ", false },
		{ "1a 1", false },
		{ "a{b=c} 1", false },
		{ "a{b=\"c} 1", false },
		{ "a{b=\"\\x\"} 1", false },
		{ "a{b=\"c\"d=\"e\"} 1", false },
		{ "a{b=\"\"\"} 1", false },
		{ "a{} 1", false },
	};
	struct sample s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (take_sample(span_str(cases[i].line), &s) != cases[i].good)
			fail_msg("%s", cases[i].line);
}

static void
test_metrics_label(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	metrics_add_label(&out, "n", SPAN("a\"\\\n\t\xc3\xa4"));
	assert_string_equal(buf_cstr(&out), "n=\"a\\\"\\\\\\n\t\xc3\xa4\"");
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_routes, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_socket_file, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_refused_listeners, setup, teardown),
		cmocka_unit_test_setup_teardown(test_origin, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stopping, setup, teardown),
		cmocka_unit_test_setup_teardown(test_token, setup, teardown),
		cmocka_unit_test_setup_teardown(test_actions, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_no_actions, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_body_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_too_many_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_close, setup, teardown),
		cmocka_unit_test_setup_teardown(test_status, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sockets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rooms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pools, setup, teardown),
		cmocka_unit_test_setup_teardown(test_metrics, setup, teardown),
		cmocka_unit_test(test_metrics_grammar),
		cmocka_unit_test(test_metrics_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
