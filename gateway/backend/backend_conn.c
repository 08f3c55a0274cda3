/*
 * backend_conn: a connection to a worker, whatever is spoken on it.
 *
 * Connects, sends, receives, and decides how a request ended when the
 * connection did. The protocol lists what to send and takes what is received.
 *
 * A request ends in conn_finish, and only there. It is called from the loop
 * (poll and timer callbacks) and by backend_conn_free. What goes wrong inside
 * backend_conn_start or backend_conn_abort is noted (conn_fail), and the timer
 * finishes it in the loop's next turn.
 *
 * Owners may free a connection inside any callback: the memory stays until the
 * loop has closed the timer, and after each callback conn->freed is looked at.
 *
 * After a failed write, reading goes on, since the worker may have said why it
 * did not want the rest; the end of what it said decides.
 *
 * DIAGNOSTICS
 *	Warnings: bytes on a connection on which no request is under way.
 *	Panic: calls that the header forbids.
 */

/* system */
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* base */
#include "fdutil.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* own */
#include "backend.h"
#include "backend_answer.h"
#include "backend_out.h"
#include "backend_priv.h"

enum {
	CONN_MAGIC = 0x61d80c3b,
	CONN_READ = 65536, /* bytes of one recv */
	CONN_WRITES = 16,  /* sendmsg calls in one go */
	CONN_RETRY = 20,   /* ms, when the worker's backlog is full */
	CONN_MAX_LINE = 16 << 20,
	CONN_CONNECT_TIMEOUT = 5000
};

static void conn_connect(struct backend_conn *conn);

const char *
backend_end_name(enum backend_end end)
{
	static const char *const names[] = { [BACKEND_OK] = "ok",
		[BACKEND_STATUS] = "status",
		[BACKEND_UNSENT] = "unsent",
		[BACKEND_OVERLOADED] = "overloaded",
		[BACKEND_DIED] = "died",
		[BACKEND_GARBAGE] = "garbage",
		[BACKEND_ABORTED] = "aborted" };

	return names[end];
}

/* The loop has let go of a watch. */
static void
conn_watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

/* Closes the descriptor. */
static void
conn_close(struct backend_conn *conn)
{
	if (conn->watch) {
		conn->watch->conn = NULL;
		uv_close((uv_handle_t *)&conn->watch->poll, conn_watch_closed);
		conn->watch = NULL;
	}
	conn->watched = 0;
	fdutil_close(&conn->fd);
	conn->state = BACKEND_CONN_CLOSED;
}

/* The request in flight has ended: tells its owner. Nothing of the connection
 * may be touched after this. */
static void
conn_finish(struct backend_conn *conn)
{
	struct backend_request *req = conn->req;
	struct backend_answer *a = &conn->answer;
	enum backend_end end = conn->outcome.end;
	int status = conn->outcome.status;
	char detail[BACKEND_ANSWER_DETAIL];
	struct span text = span_of(detail, a->detail_len);
	bool proper = end == BACKEND_OK || end == BACKEND_STATUS;

	memcpy(detail, a->detail, a->detail_len);
	if (!proper || !conn->outcome.reusable || !conn->set.keep_alive ||
	    conn->aborting || conn->write_failed || conn->sent < conn->total)
		conn_close(conn);
	if (conn->aborting && (proper || end == BACKEND_OVERLOADED))
		end = BACKEND_ABORTED;
	uv_timer_stop(&conn->timer);
	conn->failing = false;
	conn->req = NULL;
	req->conn = NULL;
	/* A line that was given out may lie in there; then it goes later. */
	if (!conn->freed)
		backend_answer_release(a);
	req->events->end(req, end, status, text);
}

/* Notes how the request ended; prefix and error, if not 0, are the words. */
static void
conn_outcome(struct backend_conn *conn, enum backend_end end,
    const char *prefix, int error)
{
	char text[BACKEND_ANSWER_DETAIL];
	int n;

	n = snprintf(text, sizeof(text), "%s%s%s", prefix, error ? ": " : "",
	    error ? strerror(error) : "");
	if (n >= (int)sizeof(text))
		n = (int)sizeof(text) - 1;
	backend_answer_explain(&conn->answer, span_of(text, (size_t)n));
	conn->outcome.end = end;
	conn->outcome.status = conn->answer.status;
	conn->outcome.reusable = false;
}

/* The timer ran out: the end of a request that failed, or of patience with a
 * connect, or of a pause before another try. */
static void
conn_timer(uv_timer_t *timer)
{
	struct backend_conn *conn = timer->data;

	GW_MAGIC_CHECK(conn, CONN_MAGIC);
	if (conn->failing) {
		conn_finish(conn);
	} else if (uv_now(conn->loop) >= conn->connect_until) {
		conn_outcome(
		    conn, BACKEND_UNSENT, "connecting took too long", 0);
		conn_finish(conn);
	} else {
		conn_connect(conn);
	}
}

/* Closes the connection; the request ends in the loop's next turn. */
static void
conn_fail(struct backend_conn *conn, enum backend_end end, const char *prefix,
    int error)
{
	conn_outcome(conn, end, prefix, error);
	conn_close(conn);
	conn->failing = true;
	uv_timer_start(&conn->timer, conn_timer, 0, 0);
}

static void conn_event(uv_poll_t *poll, int status, int events);

/* Watches for what matters now: input always, output while some is left. */
static void
conn_watch(struct backend_conn *conn)
{
	bool output =
	    conn->state == BACKEND_CONN_CONNECTING ||
	    (conn->req && conn->sent < conn->total && !conn->write_failed);
	int events = (conn->state == BACKEND_CONN_OPEN ? UV_READABLE : 0) |
		     (output ? UV_WRITABLE : 0);

	if (events == conn->watched)
		return;
	conn->watched = events;
	uv_poll_start(&conn->watch->poll, events, conn_event);
}

/* Sends once. 1: there may be room for more; 0: not now, or an error. */
static int
conn_send(struct backend_conn *conn)
{
	struct backend_out out;
	struct msghdr msg = { .msg_iov = out.pieces };
	ssize_t n;

	backend_out_init(&out, conn->sent);
	conn->ops->gather(conn, &out);
	msg.msg_iovlen = out.count;
	n = sendmsg(conn->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n >= 0) {
		conn->sent += (uint64_t)n;
		return (size_t)n == out.bytes;
	}
	switch (errno) {
	case EINTR:
		return 1;
	case EAGAIN:
	case ENOBUFS:
		return 0;
	case EPIPE:
	case ECONNRESET:
		conn->write_failed = true;
		return 0;
	default:
		conn_fail(conn, BACKEND_DIED, "sending", errno);
		return 0;
	}
}

/* Sends what the socket takes. */
static void
conn_flush(struct backend_conn *conn)
{
	int i;

	for (i = 0;
	     i < CONN_WRITES && conn->sent < conn->total && !conn->write_failed;
	     i++)
		if (conn_send(conn) == 0)
			break;
	if (conn->state == BACKEND_CONN_OPEN)
		conn_watch(conn);
}

/* Closes an idle connection and says so. Nothing of the connection may be
 * touched after this. */
static void
conn_idle_closed(struct backend_conn *conn)
{
	conn_close(conn);
	if (conn->events && conn->events->idle_closed)
		conn->events->idle_closed(conn, conn->owner);
}

/* The connection has ended; error is 0 for a proper end of file. Nothing of it
 * may be touched after this. */
static void
conn_lost(struct backend_conn *conn, int error)
{
	bool unread =
	    conn->write_failed || error == ECONNRESET || error == EPIPE;
	bool unsent;

	if (conn->req == NULL) {
		conn_idle_closed(conn);
		return;
	}
	if (error == 0 && conn->ops->eof && conn->ops->eof(conn)) {
		conn_finish(conn);
		return;
	}
	if (conn->freed)
		return;
	unsent = conn->reused && unread && conn->req->answer_bytes == 0;
	conn_outcome(conn, unsent ? BACKEND_UNSENT : BACKEND_DIED,
	    unsent ? "a kept-alive connection was closed"
		   : "the worker closed the connection",
	    error);
	conn_finish(conn);
}

/* Bytes came that nobody asked for. Nothing of the connection may be touched
 * after this. */
static void
conn_unsolicited(struct backend_conn *conn)
{
	log_limited(conn->set.log, &conn->unsolicited_limit, LOG_LVL_WARNING,
	    "backend: a worker sent bytes after the end of its answer; the "
	    "connection is closed");
	conn_idle_closed(conn);
}

/* Receives once. failed: the loop saw an error on the descriptor. Nothing of
 * the connection may be touched after this but after a look at its watch. */
static void
conn_read(struct backend_conn *conn, bool failed)
{
	char data[CONN_READ];
	ssize_t n = recv(conn->fd, data, sizeof(data), MSG_DONTWAIT);

	if (n < 0) {
		if ((errno != EAGAIN && errno != EINTR) || failed)
			conn_lost(conn, errno == EAGAIN ? EIO : errno);
		return;
	}
	if (n == 0) {
		conn_lost(conn, 0);
		return;
	}
	if (conn->req == NULL) {
		conn_unsolicited(conn);
		return;
	}
	conn->req->answer_bytes += (size_t)n;
	if (conn->ops->feed(conn, data, (size_t)n))
		conn_finish(conn);
}

/* The connection stands: sends the request. */
static void
conn_connected(struct backend_conn *conn)
{
	uv_timer_stop(&conn->timer);
	conn->state = BACKEND_CONN_OPEN;
	conn_flush(conn);
}

/* A connect that took its time has come to an end. */
static void
conn_connect_done(struct backend_conn *conn, int status)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		error = errno;
	if (error == 0 && status < 0)
		error = ECONNREFUSED;
	if (error == 0) {
		conn_connected(conn);
		return;
	}
	conn_close(conn);
	if (++conn->address_at < conn->address.count)
		conn_connect(conn);
	else
		conn_fail(conn, BACKEND_UNSENT, "connecting", error);
}

/* Something happened on the descriptor. An error, such as a reset, comes as a
 * negative status, and the loop has stopped watching; there may be bytes to be
 * read before it. */
static void
conn_event(uv_poll_t *poll, int status, int events)
{
	struct backend_watch *watch = poll->data;
	struct backend_conn *conn = watch->conn;

	if (conn == NULL)
		return;
	GW_MAGIC_CHECK(conn, CONN_MAGIC);
	if (status < 0)
		conn->watched = 0;
	if (conn->state == BACKEND_CONN_CONNECTING) {
		conn_connect_done(conn, status);
		return;
	}
	if (status == 0 && (events & UV_WRITABLE))
		conn_flush(conn);
	if (watch->conn && (status < 0 || (events & UV_READABLE)))
		conn_read(conn, status < 0);
	if (watch->conn && status < 0)
		conn_watch(conn);
}

/* Opens a socket for the present address. 0, or -1 with errno. */
static int
conn_open_socket(struct backend_conn *conn)
{
	int family = conn->address.at[conn->address_at].sa.ss_family;
	int one = 1;

	conn->fd =
	    socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (conn->fd == -1)
		return -1;
	if (family != AF_UNIX)
		setsockopt(
		    conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	conn->watch = mem_zalloc(sizeof(*conn->watch));
	conn->watch->conn = conn;
	if (uv_poll_init(conn->loop, &conn->watch->poll, conn->fd) < 0) {
		free(conn->watch);
		conn->watch = NULL;
		fdutil_close(&conn->fd);
		errno = ENOMEM;
		return -1;
	}
	conn->watch->poll.data = conn->watch;
	return 0;
}

/* Tries the present address. 0: connected or under way; or an errno, and the
 * connection is closed. */
static int
conn_try(struct backend_conn *conn)
{
	unsigned at = conn->address_at;
	int error;

	if (conn_open_socket(conn) == -1)
		return errno;
	if (connect(conn->fd, (struct sockaddr *)&conn->address.at[at].sa,
		conn->address.at[at].len) == 0) {
		conn_connected(conn);
		return 0;
	}
	error = errno;
	if (error == EINPROGRESS || error == EINTR) {
		conn->state = BACKEND_CONN_CONNECTING;
		conn_watch(conn);
		return 0;
	}
	conn_close(conn);
	return error;
}

/* Sets the timer for the rest of the patience, or for less. */
static void
conn_set_patience(struct backend_conn *conn, uint64_t most)
{
	uint64_t now = uv_now(conn->loop);
	uint64_t left =
	    conn->connect_until > now ? conn->connect_until - now : 0;

	uv_timer_start(&conn->timer, conn_timer, left < most ? left : most, 0);
}

/* Connects to the present address, or to one of those behind it. A full backlog
 * of a unix socket is told at once and never again: another try follows. */
static void
conn_connect(struct backend_conn *conn)
{
	int error = 0;

	conn_set_patience(conn, UINT64_MAX);
	for (; conn->address_at < conn->address.count; conn->address_at++) {
		error = conn_try(conn);
		if (error == 0)
			return;
		if (error == EAGAIN) {
			conn->state = BACKEND_CONN_CONNECTING;
			conn_set_patience(conn, CONN_RETRY);
			return;
		}
	}
	conn_fail(conn, BACKEND_UNSENT, "connecting", error);
}

/* True when a kept-alive connection can't carry another request. */
static bool
conn_is_stale(struct backend_conn *conn)
{
	char byte;
	ssize_t n = recv(conn->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n >= 0 || (errno != EAGAIN && errno != EINTR);
}

/* Counts the bytes of the request. */
static uint64_t
conn_total(struct backend_conn *conn)
{
	struct backend_out out;

	backend_out_init(&out, UINT64_MAX);
	conn->ops->gather(conn, &out);
	return out.total;
}

struct backend_conn *
backend_conn_new(uv_loop_t *loop, const struct backend_ops *ops,
    const struct backend_settings *settings,
    const struct backend_conn_events *events, void *owner, const char **error_r)
{
	struct backend_conn *conn = mem_zalloc(sizeof(*conn));

	if (backend_address_parse(settings->address, &conn->address, error_r) ==
	    -1) {
		free(conn);
		return NULL;
	}
	conn->magic = CONN_MAGIC;
	conn->loop = loop;
	conn->ops = ops;
	conn->events = events;
	conn->owner = owner;
	conn->set = *settings;
	conn->set.address = NULL;
	if (conn->set.max_line == 0)
		conn->set.max_line = CONN_MAX_LINE;
	if (conn->set.connect_timeout == 0)
		conn->set.connect_timeout = CONN_CONNECT_TIMEOUT;
	conn->fd = -1;
	uv_timer_init(loop, &conn->timer);
	conn->timer.data = conn;
	return conn;
}

void
backend_conn_start(struct backend_conn *conn, struct backend_request *req)
{
	GW_MAGIC_CHECK(conn, CONN_MAGIC);
	gw_assert(conn->req == NULL && !conn->freed);
	conn->req = req;
	req->conn = conn;
	req->answer_bytes = 0;
	conn->aborting = conn->write_failed = conn->failing = false;
	conn->outcome = (struct backend_outcome){ .end = BACKEND_DIED };
	backend_answer_init(
	    &conn->answer, conn->set.headers, conn->set.max_line);
	conn->ops->begin(conn);
	conn->sent = 0;
	conn->total = conn_total(conn);
	if (conn->state == BACKEND_CONN_OPEN && conn->set.check_reuse &&
	    conn_is_stale(conn))
		conn_close(conn);
	conn->reused = conn->state == BACKEND_CONN_OPEN;
	if (conn->reused) {
		conn_flush(conn);
		return;
	}
	conn->address_at = 0;
	conn->connect_until = uv_now(conn->loop) + conn->set.connect_timeout;
	conn_connect(conn);
}

void
backend_conn_abort(struct backend_conn *conn)
{
	GW_MAGIC_CHECK(conn, CONN_MAGIC);
	if (conn->req == NULL || conn->aborting || conn->failing)
		return;
	if (conn->state != BACKEND_CONN_OPEN) {
		conn_fail(
		    conn, BACKEND_ABORTED, "given up while connecting", 0);
		return;
	}
	conn->aborting = true;
	conn->total = conn_total(conn);
	conn_watch(conn);
}

bool
backend_conn_busy(const struct backend_conn *conn)
{
	return conn->req != NULL;
}

bool
backend_conn_open(const struct backend_conn *conn)
{
	return conn->state == BACKEND_CONN_OPEN;
}

void
backend_conn_close(struct backend_conn *conn)
{
	GW_MAGIC_CHECK(conn, CONN_MAGIC);
	gw_assert(conn->req == NULL);
	conn_close(conn);
}

/* The timer is closed: the memory may go. */
static void
conn_closed(uv_handle_t *handle)
{
	struct backend_conn *conn = handle->data;

	GW_MAGIC_CHECK(conn, CONN_MAGIC);
	backend_answer_release(&conn->answer);
	conn->magic = 0;
	free(conn);
}

void
backend_conn_free(struct backend_conn **connp)
{
	struct backend_conn *conn = *connp;

	if (conn == NULL)
		return;
	GW_MAGIC_CHECK(conn, CONN_MAGIC);
	*connp = NULL;
	if (conn->freed)
		return;
	conn->freed = true;
	conn_close(conn);
	uv_timer_stop(&conn->timer);
	uv_close((uv_handle_t *)&conn->timer, conn_closed);
	if (conn->req == NULL)
		return;
	conn_outcome(conn, BACKEND_ABORTED, "the connection was freed", 0);
	conn_finish(conn);
}

bool
backend_conn_line(void *arg, struct span line)
{
	struct backend_conn *conn = arg;

	conn->req->events->line(conn->req, line);
	return !conn->freed;
}

bool
backend_conn_error_text(struct backend_conn *conn, struct span text)
{
	conn->req->events->error_text(conn->req, text);
	return !conn->freed;
}
