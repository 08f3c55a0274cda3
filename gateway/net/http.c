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

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

/* base */
#include "buf.h"
#include "fdutil.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* own */
#include "deadline.h"
#include "http.h"
#include "http_priv.h"
#include "listener.h"
#include "turn.h"

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
void
http_run_later(struct http_server *s)
{
	turn_add(s->set.turn, &s->turn, http_on_turn);
}

/*
 * Deadlines.
 */

/* Starts the connection's deadline in the given queue; NULL: none. */
void
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
 * The server.
 */

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
