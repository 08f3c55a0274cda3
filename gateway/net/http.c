/*
 * http: the HTTP front, on libmicrohttpd inside our event loop.
 *
 * libmicrohttpd runs without threads and without a listening socket: we accept
 * and hand connections in, its epoll descriptor sits in our loop, and it runs
 * when that is readable or when a held request was answered.
 *
 * Its own time-out is one of inactivity, which a client that sends a byte now
 * and then never meets. So each connection has a deadline of ours: for
 * headers, for a body, for taking an answer. When it passes, the socket is shut
 * down, and libmicrohttpd sees the end of the connection.
 *
 * Objects: http_server owns http_conn (one for each connection inside
 * libmicrohttpd, its socket context) and http_request (its con_cls, from the
 * request line on until the completion callback).
 *
 * DIAGNOSTICS
 *	Fatal: libmicrohttpd cannot be started. Its own messages go to the log
 *	at level debug; they are about what clients did wrong.
 */

/* system */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <microhttpd.h>
#include <zlib.h>

/* base */
#include "buf.h"
#include "fdutil.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* own */
#include "deadline.h"
#include "http.h"
#include "listener.h"
#include "turn.h"

enum {
	HTTP_SERVER_MAGIC = 0x68747370,
	HTTP_CONN_MAGIC = 0x6874636f,
	HTTP_REQUEST_MAGIC = 0x68747271,
	HTTP_LISTENERS_MAX = 16,
	HTTP_COMPRESS_MIN = 1024 /* bytes; shorter answers are not compressed */
};

struct http_server {
	unsigned magic;
	struct MHD_Daemon *daemon;
	struct http_settings set;
	struct http_events events;
	void *owner;
	uv_poll_t poll;   /* libmicrohttpd's epoll descriptor */
	uv_timer_t timer; /* when it wants to run by itself */
	unsigned handles;
	struct turn_entry turn;
	struct deadline_queue *header_deadlines;
	struct deadline_queue *body_deadlines;
	struct deadline_queue *send_deadlines;
	struct listener *listeners[HTTP_LISTENERS_MAX];
	unsigned n_listeners;
	unsigned upgraded;
	bool running; /* inside MHD_run */
	struct http_stats stats;
};

struct http_conn {
	unsigned magic;
	struct http_server *server;
	struct MHD_Connection *mhd;
	struct deadline deadline;
	struct deadline_queue *queue; /* the one the deadline is in */
	int fd;
	unsigned port;
	char address[INET6_ADDRSTRLEN];
};

enum http_state {
	HTTP_ST_LINE,     /* the request line is known, no more */
	HTTP_ST_BEGIN,    /* inside events.begin */
	HTTP_ST_BODY,     /* taking the body */
	HTTP_ST_COMPLETE, /* inside events.complete */
	HTTP_ST_HELD,     /* suspended */
	HTTP_ST_ANSWERED, /* an answer is there, to be queued or queued */
	HTTP_ST_DROPPED   /* the connection is to be closed */
};

/* Watches a held request's socket; lives on until libuv has let go. */
struct http_watch {
	uv_poll_t poll;
	struct http_request *req; /* NULL: no longer of interest */
};

struct http_request {
	unsigned magic;
	enum http_state state;
	struct http_server *server;
	struct http_conn *conn;
	char *target;
	size_t target_len;
	const char *method;
	const char *version;
	struct buf body;
	struct buf headers; /* of the answer: name NUL value NUL ... */
	size_t max_body;
	bool too_large;
	bool hung_up;
	bool upgraded;
	struct MHD_Response *response;
	unsigned status;
	http_upgraded_fn *upgrade_fn;
	void *upgrade_arg;
	struct http_watch *watch;
	void *data;
};

/*
 * Running libmicrohttpd.
 */

static void http_on_timer(uv_timer_t *timer);

/* Lets libmicrohttpd work and asks when it wants to be called next. */
static void
http_run(struct http_server *s)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (s->running)
		return;
	s->running = true;
	MHD_run(s->daemon);
	s->running = false;
	if (MHD_get_timeout(s->daemon, &ms) == MHD_YES)
		uv_timer_start(&s->timer, http_on_timer, ms, 0);
	else
		uv_timer_stop(&s->timer);
}

/* Its timer. */
static void
http_on_timer(uv_timer_t *timer)
{
	http_run(timer->data);
}

/* Its epoll descriptor is readable. */
static void
http_on_readable(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	http_run(poll->data);
}

/* The end of a turn in which a held request was answered. */
static void
http_on_turn(struct turn_entry *e)
{
	struct http_server *s =
	    (void *)((char *)e - offsetof(struct http_server, turn));

	GW_MAGIC_CHECK(s, HTTP_SERVER_MAGIC);
	http_run(s);
}

/* Asks for a run at the end of this turn. */
static void
http_run_later(struct http_server *s)
{
	turn_add(s->set.turn, &s->turn, http_on_turn);
}

/*
 * Deadlines.
 */

/* Starts the connection's deadline in the given queue; NULL: none. */
static void
http_conn_expect(struct http_conn *c, struct deadline_queue *queue)
{
	if (c->queue)
		deadline_stop(c->queue, &c->deadline);
	c->queue = queue;
	if (queue)
		deadline_start(queue, &c->deadline);
}

/* A deadline has passed: the connection's end is all that helps. */
static void
http_on_deadline(struct deadline *d, void *owner)
{
	struct http_server *s = owner;
	struct http_conn *c =
	    (void *)((char *)d - offsetof(struct http_conn, deadline));

	GW_MAGIC_CHECK(c, HTTP_CONN_MAGIC);
	s->stats.timeouts++;
	log_debug(s->set.log, "%s: %s: too slow, connection closed",
	    s->set.name, c->address);
	shutdown(c->fd, SHUT_RDWR);
	http_run_later(s);
}

/*
 * Connections.
 */

/* libmicrohttpd has a new connection, or lets go of one. */
static void
http_on_connection(void *cls, struct MHD_Connection *mhd, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	struct http_server *s = cls;
	struct http_conn *c;
	const union MHD_ConnectionInfo *info;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		c = *context;
		if (c == NULL)
			return;
		GW_MAGIC_CHECK(c, HTTP_CONN_MAGIC);
		http_conn_expect(c, NULL);
		s->stats.connections--;
		c->magic = 0;
		free(c);
		*context = NULL;
		return;
	}
	c = mem_zalloc(sizeof(*c));
	c->magic = HTTP_CONN_MAGIC;
	c->server = s;
	c->mhd = mhd;
	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	c->fd = info->connect_fd;
	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	listener_format(
	    info->client_addr, c->address, sizeof(c->address), &c->port);
	*context = c;
	s->stats.connections++;
	http_conn_expect(c, s->header_deadlines);
}

/* A listener has accepted a connection. */
static void
http_on_accept(void *owner, int fd, const struct sockaddr *addr, socklen_t len)
{
	static const char full[] = "HTTP/1.1 503 Service Unavailable\r\n"
				   "Connection: close\r\n"
				   "Retry-After: 5\r\n"
				   "Content-Length: 0\r\n\r\n";
	struct http_server *s = owner;

	if (s->stats.connections + s->upgraded >= s->set.max_connections) {
		s->stats.refused++;
		if (send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL) == -1)
			log_debug(s->set.log, "%s: send: %s", s->set.name,
			    strerror(errno));
		fdutil_close(&fd);
		return;
	}
	s->stats.accepted++;
	/* it closes fd itself when it fails */
	if (MHD_add_connection(s->daemon, fd, addr, len) != MHD_YES)
		s->stats.refused++;
	http_run_later(s);
}

/*
 * Requests.
 */

/* The request line is there: libmicrohttpd takes what we return as con_cls. */
static void *
http_on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
	struct http_request *req = mem_zalloc(sizeof(*req));
	const union MHD_ConnectionInfo *info;

	req->magic = HTTP_REQUEST_MAGIC;
	req->server = cls;
	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	req->conn = info->socket_context;
	req->target_len = strlen(target);
	req->target = mem_strndup(target, req->target_len);
	return req;
}

/* Stops watching a held request's socket. */
static void
http_unwatch(struct http_request *req)
{
	struct http_watch *w = req->watch;

	if (w == NULL)
		return;
	w->req = NULL;
	req->watch = NULL;
	uv_close((uv_handle_t *)&w->poll, (uv_close_cb)free);
}

/* The client of a held request hung up. */
static void
http_on_hang_up(uv_poll_t *poll, int status, int events)
{
	struct http_watch *w = poll->data;
	struct http_request *req = w->req;

	(void)status;
	(void)events;
	if (req == NULL)
		return;
	req->hung_up = true;
	http_drop(req);
}

/* Puts the request away until it is answered. */
static void
http_suspend(struct http_request *req)
{
	struct http_watch *w = mem_zalloc(sizeof(*w));
	int rc = uv_poll_init(req->server->poll.loop, &w->poll, req->conn->fd);

	gw_assert(rc == 0);
	w->poll.data = w;
	w->req = req;
	req->watch = w;
	uv_poll_start(&w->poll, UV_DISCONNECT, http_on_hang_up);
	http_conn_expect(req->conn, NULL);
	req->state = HTTP_ST_HELD;
	MHD_suspend_connection(req->conn->mhd);
}

/* Gives libmicrohttpd what the request has come to. */
static enum MHD_Result
http_settle(struct http_request *req)
{
	enum MHD_Result rc = MHD_NO;

	switch (req->state) {
	case HTTP_ST_ANSWERED:
		http_conn_expect(req->conn, req->server->send_deadlines);
		rc = MHD_queue_response(
		    req->conn->mhd, req->status, req->response);
		MHD_destroy_response(req->response);
		req->response = NULL;
		return rc;
	case HTTP_ST_BODY:
	case HTTP_ST_HELD:
		return MHD_YES;
	default:
		return MHD_NO;
	}
}

/* Answers a body that is longer than it may be. */
static void
http_refuse_body(struct http_request *req)
{
	struct http_response resp = { .status = 413, .close = true };

	req->server->stats.too_large++;
	http_respond(req, &resp);
}

/* True when a body follows the headers. */
static bool
http_has_body(const struct http_request *req, const char *length)
{
	return http_header(req, "Transfer-Encoding") ||
	       (length && strspn(length, "0") != strlen(length));
}

/* True when the headers break a rule that guards against smuggled requests:
 * HTTP/1.1 needs a host, and a body has one length. */
static bool
http_is_malformed(const struct http_request *req)
{
	if (strcmp(req->version, "HTTP/1.1") == 0 &&
	    http_header(req, "Host") == NULL)
		return true;
	return http_header(req, "Transfer-Encoding") &&
	       http_header(req, "Content-Length");
}

/* Answers such a request. */
static void
http_refuse(struct http_request *req)
{
	struct http_response resp = { .status = 400, .close = true };

	http_respond(req, &resp);
}

/* The headers are complete. */
static enum MHD_Result
http_begin(struct http_request *req, const char *method, const char *version)
{
	const char *length;

	req->method = method;
	req->version = version;
	req->state = HTTP_ST_BEGIN;
	req->server->stats.requests++;
	http_conn_expect(req->conn, req->server->body_deadlines);
	if (http_is_malformed(req))
		http_refuse(req);
	else
		req->server->events.begin(req, req->server->owner);
	if (req->state == HTTP_ST_BEGIN)
		req->state = HTTP_ST_DROPPED;
	length = http_header(req, "Content-Length");
	if (req->state == HTTP_ST_BODY && length &&
	    strtoull(length, NULL, 10) > req->max_body)
		http_refuse_body(req);
	/* an answer that is queued now ends the connection, because the body
	 * will not be read; without a body it can wait for the next call */
	if (req->state == HTTP_ST_ANSWERED && !http_has_body(req, length))
		return MHD_YES;
	return http_settle(req);
}

/* A piece of the body. */
static enum MHD_Result
http_take(struct http_request *req, const char *data, size_t *size)
{
	if (req->state == HTTP_ST_BODY && !req->too_large) {
		if (*size > req->max_body - req->body.len) {
			req->too_large = true;
			buf_release(&req->body);
		} else {
			buf_add(&req->body, data, *size);
		}
	}
	*size = 0;
	return MHD_YES;
}

/* libmicrohttpd's one callback: begin, pieces of the body, the end of it, and
 * again after each resume. */
static enum MHD_Result
http_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *upload_data,
    size_t *upload_data_size, void **con_cls)
{
	struct http_request *req = *con_cls;

	(void)cls;
	(void)mhd;
	(void)url;
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	if (req->state == HTTP_ST_LINE)
		return http_begin(req, method, version);
	if (*upload_data_size)
		return http_take(req, upload_data, upload_data_size);
	if (req->state != HTTP_ST_BODY)
		return http_settle(req);
	req->state = HTTP_ST_COMPLETE;
	if (req->too_large)
		http_refuse_body(req);
	else
		req->server->events.complete(req, req->server->owner);
	if (req->state == HTTP_ST_COMPLETE)
		req->state = HTTP_ST_DROPPED;
	if (req->state == HTTP_ST_HELD)
		http_suspend(req);
	return http_settle(req);
}

/* The request is over. */
static void
http_on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls,
    enum MHD_RequestTerminationCode code)
{
	struct http_server *s = cls;
	struct http_request *req = *con_cls;
	enum http_end how = HTTP_END_BROKEN;

	(void)mhd;
	if (req == NULL)
		return;
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	http_unwatch(req);
	if (req->hung_up)
		how = HTTP_END_HUNG_UP;
	else if (req->upgraded || code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		how = HTTP_END_DONE;
	if (req->state != HTTP_ST_LINE)
		s->events.end(req, how, s->owner);
	if (req->conn && code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		http_conn_expect(req->conn, s->header_deadlines);
	if (req->response)
		MHD_destroy_response(req->response);
	buf_release(&req->body);
	buf_release(&req->headers);
	free(req->target);
	req->magic = 0;
	free(req);
	*con_cls = NULL;
}

/* The query's arguments and the path are decoded by libmicrohttpd; it says
 * what it does not like about clients here. */
static void
http_on_message(void *cls, const char *fmt, va_list ap)
{
	struct http_server *s = cls;
	struct buf b = BUF_INIT;

	if (!log_enabled(s->set.log, LOG_LVL_DEBUG))
		return;
	buf_vaddf(&b, fmt, ap);
	while (b.len && b.data[b.len - 1] == '\n')
		b.len--;
	log_debug(s->set.log, "%s: %.*s", s->set.name, (int)b.len, b.data);
	buf_release(&b);
}

/*
 * The server.
 */

/* Fills in what was left zero. */
static void
http_default(unsigned *value, unsigned dflt)
{
	if (*value == 0)
		*value = dflt;
}

struct http_server *
http_server_new(uv_loop_t *loop, const struct http_settings *settings,
    const struct http_events *events, void *owner)
{
	struct http_server *s = mem_zalloc(sizeof(*s));
	const union MHD_DaemonInfo *info;

	s->magic = HTTP_SERVER_MAGIC;
	s->set = *settings;
	s->events = *events;
	s->owner = owner;
	http_default(&s->set.max_connections, 10000);
	http_default(&s->set.header_timeout, 20000);
	http_default(&s->set.body_timeout, 20000);
	http_default(&s->set.send_timeout, 60000);
	if (s->set.max_header == 0)
		s->set.max_header = 16384;
	s->daemon = MHD_start_daemon(
	    MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_USE_NO_LISTEN_SOCKET |
		MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE,
	    0, NULL, NULL, http_on_request, s, MHD_OPTION_EXTERNAL_LOGGER,
	    http_on_message, s, MHD_OPTION_URI_LOG_CALLBACK, http_on_target, s,
	    MHD_OPTION_NOTIFY_COMPLETED, http_on_completed, s,
	    MHD_OPTION_NOTIFY_CONNECTION, http_on_connection, s,
	    MHD_OPTION_CONNECTION_LIMIT, s->set.max_connections + 16,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->set.max_header,
	    MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_END);
	gw_assert(s->daemon != NULL);
	info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	gw_assert(info != NULL);
	gw_assert(uv_poll_init(loop, &s->poll, info->epoll_fd) == 0);
	gw_assert(uv_timer_init(loop, &s->timer) == 0);
	s->poll.data = s->timer.data = s;
	s->handles = 2;
	uv_poll_start(&s->poll, UV_READABLE, http_on_readable);
	s->header_deadlines = deadline_queue_new(
	    loop, s->set.header_timeout, http_on_deadline, s);
	s->body_deadlines =
	    deadline_queue_new(loop, s->set.body_timeout, http_on_deadline, s);
	s->send_deadlines =
	    deadline_queue_new(loop, s->set.send_timeout, http_on_deadline, s);
	return s;
}

int
http_server_listen(
    struct http_server *s, const char *address, int mode, char **error_r)
{
	struct listener *l;

	if (s->n_listeners == HTTP_LISTENERS_MAX) {
		*error_r = mem_strdup("too many listeners");
		return -1;
	}
	l = listener_new(s->poll.loop, address, mode, http_on_accept, s,
	    s->set.log, error_r);
	if (l == NULL)
		return -1;
	s->listeners[s->n_listeners++] = l;
	return 0;
}

const char *
http_server_listener_name(const struct http_server *s, unsigned n)
{
	return n < s->n_listeners ? listener_name(s->listeners[n]) : NULL;
}

void
http_server_stop_listening(struct http_server *s)
{
	while (s->n_listeners)
		listener_free(&s->listeners[--s->n_listeners]);
}

/* Frees the server when its last handle is closed. */
static void
http_server_on_close(uv_handle_t *handle)
{
	struct http_server *s = handle->data;

	GW_MAGIC_CHECK(s, HTTP_SERVER_MAGIC);
	if (--s->handles)
		return;
	s->magic = 0;
	free(s);
}

void
http_server_free(struct http_server **sp)
{
	struct http_server *s = *sp;

	if (s == NULL)
		return;
	GW_MAGIC_CHECK(s, HTTP_SERVER_MAGIC);
	http_server_stop_listening(s);
	turn_remove(&s->turn);
	uv_close((uv_handle_t *)&s->poll, http_server_on_close);
	uv_close((uv_handle_t *)&s->timer, http_server_on_close);
	s->running = true; /* nobody runs it from here on */
	MHD_stop_daemon(s->daemon);
	turn_remove(&s->turn);
	deadline_queue_free(&s->header_deadlines);
	deadline_queue_free(&s->body_deadlines);
	deadline_queue_free(&s->send_deadlines);
	*sp = NULL;
}

void
http_server_set_upgraded(struct http_server *s, unsigned n)
{
	s->upgraded = n;
}

void
http_server_get_stats(const struct http_server *s, struct http_stats *out)
{
	*out = s->stats;
}

void
http_server_set_limits(struct http_server *s, unsigned max_connections)
{
	s->set.max_connections = max_connections ? max_connections : 10000;
}

/*
 * Asking.
 */

const char *
http_method(const struct http_request *req)
{
	return req->method;
}

const char *
http_version(const struct http_request *req)
{
	return req->version;
}

struct span
http_target(const struct http_request *req)
{
	return span_of(req->target, req->target_len);
}

struct span
http_path(const struct http_request *req)
{
	struct span query;

	return span_cut(http_target(req), '?', &query);
}

struct span
http_query(const struct http_request *req)
{
	struct span query;

	span_cut(http_target(req), '?', &query);
	return query;
}

const char *
http_header(const struct http_request *req, const char *name)
{
	return MHD_lookup_connection_value(
	    req->conn->mhd, MHD_HEADER_KIND, name);
}

struct http_each {
	void (*fn)(void *, struct span, struct span);
	void *arg;
};

/* Passes one header on. */
static enum MHD_Result
http_each_one(
    void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct http_each *each = cls;

	(void)kind;
	each->fn(each->arg, span_str(key), span_str(value));
	return MHD_YES;
}

void
http_each_header(const struct http_request *req,
    void (*fn)(void *arg, struct span name, struct span value), void *arg)
{
	struct http_each each = { fn, arg };

	MHD_get_connection_values(
	    req->conn->mhd, MHD_HEADER_KIND, http_each_one, &each);
}

const char *
http_argument(const struct http_request *req, const char *name)
{
	return MHD_lookup_connection_value(
	    req->conn->mhd, MHD_GET_ARGUMENT_KIND, name);
}

struct span
http_body(const struct http_request *req)
{
	return buf_span(&req->body);
}

const char *
http_client_address(const struct http_request *req)
{
	return req->conn->address;
}

unsigned
http_client_port(const struct http_request *req)
{
	return req->conn->port;
}

void
http_server_address(
    const struct http_request *req, char *host_r, size_t size, unsigned *port_r)
{
	struct sockaddr_storage addr = { .ss_family = AF_UNIX };
	socklen_t len = sizeof(addr);

	getsockname(req->conn->fd, (void *)&addr, &len);
	listener_format((void *)&addr, host_r, size, port_r);
}

void
http_set_data(struct http_request *req, void *data)
{
	req->data = data;
}

void *
http_data(const struct http_request *req)
{
	return req->data;
}

/*
 * Answering.
 */

/* Compresses text with zlib; an empty buffer when it got no smaller. */
static struct buf
http_deflate(struct span text, bool gzip)
{
	struct buf out = BUF_INIT;
	z_stream z = { 0 };

	if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, gzip ? 31 : 15, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		return out;
	z.next_in = (Bytef *)(uintptr_t)text.p;
	z.avail_in = (uInt)text.n;
	z.next_out = (Bytef *)buf_reserve(&out, text.n);
	z.avail_out = (uInt)text.n;
	if (deflate(&z, Z_FINISH) == Z_STREAM_END)
		out.len = text.n - z.avail_out;
	deflateEnd(&z);
	if (out.len == 0)
		buf_release(&out);
	return out;
}

/* True when an Accept-Encoding value takes the coding (q=0 refuses it). */
static bool
http_accepts(const char *value, const char *coding)
{
	struct span rest = span_str(value);

	while (rest.n) {
		struct span item = span_cut(rest, ',', &rest), params;
		struct span name = span_trim(span_cut(item, ';', &params));

		params = span_trim(params);
		if (span_eq_nocase(name, span_str(coding)))
			return !(span_starts(params, SPAN("q=0")) &&
				   !memchr(params.p, '.', params.n)) &&
			       !span_eq(params, SPAN("q=0.0")) &&
			       !span_eq(params, SPAN("q=0.00")) &&
			       !span_eq(params, SPAN("q=0.000"));
	}
	return false;
}

/* Compresses the body in b when the client likes that. Returns the coding, or
 * NULL. */
static const char *
http_compress(const struct http_request *req, struct buf *b)
{
	const char *accept = http_header(req, "Accept-Encoding");
	const char *coding = NULL;
	struct buf small;

	if (accept == NULL || b->len < HTTP_COMPRESS_MIN)
		return NULL;
	if (http_accepts(accept, "gzip"))
		coding = "gzip";
	else if (http_accepts(accept, "deflate"))
		coding = "deflate";
	if (coding == NULL)
		return NULL;
	small = http_deflate(buf_span(b), coding[0] == 'g');
	if (small.len == 0)
		return NULL;
	buf_release(b);
	*b = small;
	return coding;
}

/* Adds a header. A malformed one (a line break in its value) is left out. */
static void
http_add_header(struct MHD_Response *r, const char *name, const char *value)
{
	(void)MHD_add_response_header(r, name, value);
}

/* Adds name, value, name, value, ..., NULL. */
static void
http_add_headers(struct MHD_Response *r, const char *const *headers)
{
	for (; headers && headers[0]; headers += 2)
		http_add_header(r, headers[0], headers[1]);
}

/* Adds what http_answer_header has collected. */
static void
http_add_collected(struct http_request *req)
{
	const char *p = req->headers.data;
	const char *end;

	if (req->headers.len == 0)
		return;
	end = p + req->headers.len;
	while (p < end) {
		const char *value = p + strlen(p) + 1;

		http_add_header(req->response, p, value);
		p = value + strlen(value) + 1;
	}
}

/* The response object for an answer with a body in memory. */
static struct MHD_Response *
http_make_response(struct http_request *req, const struct http_response *resp)
{
	struct MHD_Response *r;
	const char *coding = NULL;
	struct buf b = BUF_INIT;
	size_t len;
	char *data;

	if (resp->file > 0)
		return MHD_create_response_from_fd64(
		    resp->file_size, resp->file);
	if (resp->take) {
		b = *resp->take;
		*resp->take = BUF_INIT;
	} else {
		buf_addspan(&b, resp->body);
	}
	if (resp->compress)
		coding = http_compress(req, &b);
	data = buf_take(&b, &len);
	r = MHD_create_response_from_buffer(len, data ? data : (char *)"",
	    data ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	gw_assert(r != NULL);
	if (coding)
		http_add_header(r, "Content-Encoding", coding);
	if (resp->compress)
		http_add_header(r, "Vary", "Accept-Encoding");
	return r;
}

/* The answer is there; a held request goes back to libmicrohttpd. */
static void
http_answered(struct http_request *req, enum http_state state)
{
	bool held = req->state == HTTP_ST_HELD && req->watch;

	req->state = state;
	if (!held)
		return;
	http_unwatch(req);
	MHD_resume_connection(req->conn->mhd);
	http_run_later(req->server);
}

void
http_answer_header(
    struct http_request *req, const char *name, const char *value)
{
	buf_add(&req->headers, name, strlen(name) + 1);
	buf_add(&req->headers, value, strlen(value) + 1);
}

void
http_accept_body(struct http_request *req, size_t max)
{
	gw_assert(req->state == HTTP_ST_BEGIN);
	req->max_body = max;
	req->state = HTTP_ST_BODY;
}

void
http_hold(struct http_request *req)
{
	gw_assert(req->state == HTTP_ST_COMPLETE || req->state == HTTP_ST_HELD);
	req->state = HTTP_ST_HELD;
}

void
http_respond(struct http_request *req, const struct http_response *resp)
{
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	gw_assert(
	    req->state != HTTP_ST_ANSWERED && req->state != HTTP_ST_DROPPED);
	req->response = http_make_response(req, resp);
	gw_assert(req->response != NULL);
	req->status = resp->status;
	if (resp->content_type)
		http_add_header(
		    req->response, "Content-Type", resp->content_type);
	http_add_headers(req->response, resp->headers);
	http_add_collected(req);
	if (resp->close)
		http_add_header(req->response, "Connection", "close");
	http_answered(req, HTTP_ST_ANSWERED);
}

void
http_drop(struct http_request *req)
{
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	http_answered(req, HTTP_ST_DROPPED);
}

/* The 101 was sent: the connection is ours now. */
static void
http_on_upgrade(void *cls, struct MHD_Connection *mhd, void *con_cls,
    const char *extra, size_t extra_len, MHD_socket sock,
    struct MHD_UpgradeResponseHandle *urh)
{
	struct http_request *req = con_cls;
	int fd;

	(void)cls;
	(void)mhd;
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	http_conn_expect(req->conn, NULL);
	req->upgraded = true;
	fd = fcntl(sock, F_DUPFD_CLOEXEC, 0);
	if (fd != -1 && fdutil_prepare(fd) == -1)
		fdutil_close(&fd);
	req->upgrade_fn(req->upgrade_arg, fd, span_of(extra, extra_len));
	MHD_upgrade_action(urh, MHD_UPGRADE_ACTION_CLOSE);
	http_run_later(req->server);
}

void
http_upgrade(struct http_request *req, const char *protocol,
    const char *const *headers, http_upgraded_fn *fn, void *arg)
{
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	gw_assert(
	    req->state != HTTP_ST_ANSWERED && req->state != HTTP_ST_DROPPED);
	req->response = MHD_create_response_for_upgrade(http_on_upgrade, req);
	gw_assert(req->response != NULL);
	req->status = MHD_HTTP_SWITCHING_PROTOCOLS;
	req->upgrade_fn = fn;
	req->upgrade_arg = arg;
	http_add_header(req->response, "Upgrade", protocol);
	http_add_headers(req->response, headers);
	http_add_collected(req);
	http_answered(req, HTTP_ST_ANSWERED);
}
