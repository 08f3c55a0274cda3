/*
 * transport_ws: a WebSocket over a socket of our own.
 *
 * The HTTP front hands over the connection once the 101 is sent. From then on
 * reads go into one buffer for the whole loop, and writes are gathered from the
 * outbox at the end of the turn. Write interest exists only after a short
 * write.
 *
 * Phases of the socket:
 *
 *	OPEN       both directions in use
 *	FINISHING  our close frame is queued behind what waits; the peer's
 *	           answer ends it (transport_finish)
 *	LINGERING  the owner is gone; what still comes is thrown away until
 *	           the peer closes, so that our close frame is not lost to a
 *	           reset
 *	CLOSED     the descriptor is closed, libuv has yet to let go
 *
 * DIAGNOSTICS
 *	A peer that breaks RFC 6455 gets the close code that fits, and is
 *	counted; the log has a line at level debug.
 */

/* system */
#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "fdutil.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* wire */
#include "ws_decoder.h"
#include "ws_frame.h"

/* own */
#include "transport.h"
#include "transport_priv.h"

enum { WS_IOV = 64 };

enum ws_phase { WS_OPEN, WS_FINISHING, WS_LINGERING, WS_CLOSED };

struct transport_ws {
	struct transport base;
	uv_poll_t poll;
	struct ws_decoder decoder;
	struct buf early;     /* bytes that came with the request */
	struct outbox *probe; /* while there is no outbox of the owner's */
	size_t sent;          /* bytes of the oldest packet that are gone */
	int fd;
	enum ws_phase phase;
	bool paused;
	bool want_write;
	bool linger; /* a close frame was sent: do not just close */
};

/* The transport as what it is. */
static struct transport_ws *
ws_of(struct transport *t)
{
	GW_MAGIC_CHECK(t, TRANSPORT_MAGIC);
	return (struct transport_ws *)(void *)t;
}

static void ws_on_poll(uv_poll_t *poll, int status, int events);

/* Tells libuv what we wait for. */
static void
ws_watch(struct transport_ws *w)
{
	int events = w->paused ? UV_DISCONNECT : UV_READABLE;

	if (w->want_write)
		events |= UV_WRITABLE;
	uv_poll_start(&w->poll, events, ws_on_poll);
}

/* Reports the end, unless the owner is gone already. */
static void
ws_report(struct transport_ws *w, enum transport_reason reason)
{
	if (w->base.owner && w->phase != WS_CLOSED)
		w->base.events->closed(&w->base, reason);
}

/*
 * Writing.
 */

/* The outbox to send from; NULL when there is none. */
static struct outbox *
ws_outbox(struct transport_ws *w)
{
	return w->base.outbox ? w->base.outbox : w->probe;
}

/* Sends as much as one call takes. Bytes sent, or -1 with errno. */
static ssize_t
ws_send(struct transport_ws *w, struct outbox *o)
{
	struct iovec iov[WS_IOV];
	struct msghdr msg = { .msg_iov = iov };
	unsigned i, n = o->n < WS_IOV ? o->n : WS_IOV;
	size_t skip = w->sent;

	for (i = 0; i < n; i++) {
		struct span bytes = transport_encode(&w->base, outbox_at(o, i));

		iov[i].iov_base = (void *)(uintptr_t)(bytes.p + skip);
		iov[i].iov_len = bytes.n - skip;
		skip = 0;
	}
	if (n == 1)
		return send(
		    w->fd, iov[0].iov_base, iov[0].iov_len, MSG_NOSIGNAL);
	msg.msg_iovlen = n;
	return sendmsg(w->fd, &msg, MSG_NOSIGNAL);
}

/* Takes n sent bytes off the outbox. */
static void
ws_account(struct transport_ws *w, struct outbox *o, size_t n)
{
	w->base.ctx->stats.bytes_out += n;
	n += w->sent;
	while (o->n) {
		size_t len = transport_encode(&w->base, outbox_at(o, 0)).n;

		if (n < len)
			break;
		n -= len;
		outbox_pop(o, len);
	}
	w->sent = n;
}

/* Sends what waits. 0; or -1 when the connection is broken. */
static int
ws_write(struct transport_ws *w)
{
	struct outbox *o = ws_outbox(w);
	bool want = false;

	while (o && o->n) {
		ssize_t n = ws_send(w, o);

		if (n >= 0) {
			ws_account(w, o, (size_t)n);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return -1;
		want = true;
		break;
	}
	if (want != w->want_write) {
		w->want_write = want;
		ws_watch(w);
	}
	return 0;
}

static void ws_feed(struct transport_ws *w, char *p, size_t n);

/* The end of a turn in which something was pushed. */
static void
ws_flush(struct transport *t)
{
	struct transport_ws *w = ws_of(t);

	if (w->phase == WS_CLOSED)
		return;
	if (w->early.len) {
		struct buf early = w->early;

		w->early = BUF_INIT;
		ws_feed(w, early.data, early.len);
		buf_release(&early);
		if (w->phase >= WS_LINGERING)
			return;
	}
	if (w->want_write)
		return;
	if (ws_write(w) == -1) {
		ws_report(w, TRANSPORT_ERROR);
		return;
	}
	if (t->owner && t->outbox && t->outbox->n == 0)
		t->events->drained(t);
}

/* Puts a control frame before the packets that have not begun to leave. */
static void
ws_push_control(struct transport_ws *w, struct buf *frame)
{
	struct outbox *o = ws_outbox(w);
	struct outpacket *p = outpacket_new_raw(buf_span(frame));

	if (o == NULL)
		o = w->probe = mem_zalloc(sizeof(*o));
	if (o->bytes < w->base.ctx->max_queue)
		outbox_insert(o, w->sent && o->n ? 1 : 0, p, frame->len);
	outpacket_unref(&p);
	buf_release(frame);
	transport_flush_later(&w->base);
}

/* Sends a close frame at once, if a packet is not half gone. */
static void
ws_send_close(struct transport_ws *w, uint16_t code)
{
	struct buf frame = BUF_INIT;

	if (w->sent || w->phase == WS_FINISHING)
		return;
	ws_frame_add_close(&frame, code, SPAN_EMPTY);
	if (send(w->fd, frame.data, frame.len, MSG_NOSIGNAL) > 0)
		w->linger = true;
	buf_release(&frame);
}

/*
 * Reading.
 */

/* The peer broke the protocol. */
static void
ws_on_error(struct transport_ws *w)
{
	w->base.ctx->stats.ws_errors++;
	log_debug(w->base.ctx->log, "websocket: protocol error, code %u",
	    w->decoder.error);
	ws_send_close(w, w->decoder.error);
	ws_report(w, TRANSPORT_ERROR);
}

/* One event of the decoder. */
static void
ws_on_event(struct transport_ws *w, enum ws_event ev, struct span payload)
{
	struct buf frame = BUF_INIT;
	uint16_t code;

	switch (ev) {
	case WS_TEXT:
	case WS_BINARY:
		if (w->phase != WS_OPEN)
			break;
		w->base.ctx->stats.bytes_in += payload.n;
		if (ev == WS_TEXT)
			w->base.events->text(&w->base, payload);
		else
			w->base.events->binary(&w->base, payload);
		break;
	case WS_PING:
		ws_frame_add(&frame, WS_OP_PONG, false, payload);
		ws_push_control(w, &frame);
		break;
	case WS_CLOSE:
		code = ws_frame_close_code(payload);
		ws_send_close(w, code);
		ws_report(w, TRANSPORT_CLOSED);
		break;
	case WS_ERROR:
		ws_on_error(w);
		break;
	case WS_PONG:
	case WS_NEED_MORE:
		break;
	}
}

/* Decodes what was received. */
static void
ws_feed(struct transport_ws *w, char *p, size_t n)
{
	enum ws_event ev;

	do {
		struct span payload = SPAN_EMPTY;

		ev = ws_decoder_next(&w->decoder, &p, &n, &payload);
		ws_on_event(w, ev, payload);
	} while (
	    ev != WS_NEED_MORE && ev != WS_ERROR && w->phase < WS_LINGERING);
}

/* Closes the descriptor; the memory goes when libuv says so. */
static void
ws_on_close(uv_handle_t *handle)
{
	struct transport_ws *w = handle->data;

	w->base.magic = 0;
	free(w);
}

static void
ws_close(struct transport_ws *w)
{
	struct transport_ctx *ctx = w->base.ctx;

	if (w->phase == WS_CLOSED)
		return;
	w->phase = WS_CLOSED;
	deadline_stop(ctx->close_deadlines, &w->base.wait);
	turn_remove(&w->base.turn);
	uv_close((uv_handle_t *)&w->poll, ws_on_close);
	fdutil_close(&w->fd);
	ws_decoder_release(&w->decoder);
	buf_release(&w->early);
	if (w->probe) {
		outbox_release(w->probe);
		free(w->probe);
		w->probe = NULL;
	}
	ctx->stats.websockets--;
	if (ctx->websockets_changed)
		ctx->websockets_changed(ctx->owner, ctx->stats.websockets);
}

/* Reads once. */
static void
ws_read(struct transport_ws *w)
{
	struct transport_ctx *ctx = w->base.ctx;
	ssize_t n = recv(w->fd, ctx->recv_buf, ctx->recv_size, 0);

	if (n > 0) {
		if (w->phase != WS_LINGERING)
			ws_feed(w, ctx->recv_buf, (size_t)n);
		return;
	}
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (w->phase == WS_LINGERING)
		ws_close(w);
	else
		ws_report(w, n == 0 ? TRANSPORT_CLOSED : TRANSPORT_ERROR);
}

/* The socket is ready for something. */
static void
ws_on_poll(uv_poll_t *poll, int status, int events)
{
	struct transport_ws *w = poll->data;

	if (status < 0) {
		if (w->phase == WS_LINGERING)
			ws_close(w);
		else
			ws_report(w, TRANSPORT_ERROR);
		return;
	}
	if (events & UV_READABLE)
		ws_read(w);
	else if (events & UV_DISCONNECT)
		ws_report(w, TRANSPORT_CLOSED);
	if ((events & UV_WRITABLE) && w->phase < WS_LINGERING) {
		w->want_write = false;
		ws_watch(w);
		ws_flush(&w->base);
	}
}

/*
 * The ops.
 */

/* A packet pushed now leaves at the end of this turn. */
static bool
ws_ready(const struct transport *t)
{
	const struct transport_ws *w = (const void *)t;

	return w->phase == WS_OPEN && !w->want_write;
}

static void
ws_pause(struct transport *t, bool paused)
{
	struct transport_ws *w = ws_of(t);

	if (w->phase != WS_OPEN || w->paused == paused)
		return;
	w->paused = paused;
	ws_watch(w);
}

static void
ws_finish(struct transport *t)
{
	struct transport_ws *w = ws_of(t);
	struct outbox *o = ws_outbox(w);
	struct buf frame = BUF_INIT;
	struct outpacket *p;

	if (w->phase != WS_OPEN)
		return;
	if (o == NULL)
		o = w->probe = mem_zalloc(sizeof(*o));
	ws_frame_add_close(&frame, WS_CLOSE_NORMAL, SPAN_EMPTY);
	p = outpacket_new_raw(buf_span(&frame));
	outbox_push(o, p, frame.len);
	outpacket_unref(&p);
	buf_release(&frame);
	w->phase = WS_FINISHING;
	w->paused = false;
	ws_watch(w);
	deadline_start(t->ctx->close_deadlines, &t->wait);
	transport_flush_later(t);
}

static void
ws_expired(struct transport *t)
{
	struct transport_ws *w = ws_of(t);

	if (w->phase == WS_LINGERING)
		ws_close(w);
	else
		ws_report(w, TRANSPORT_CLOSED);
}

static void
ws_free(struct transport *t)
{
	struct transport_ws *w = ws_of(t);

	t->outbox = NULL;
	if (!w->linger || w->phase >= WS_LINGERING ||
	    shutdown(w->fd, SHUT_WR) == -1) {
		ws_close(w);
		return;
	}
	w->phase = WS_LINGERING;
	w->want_write = w->paused = false;
	ws_watch(w);
	deadline_start(t->ctx->close_deadlines, &t->wait);
}

static const struct transport_ops ws_ops = {
	.name = "websocket",
	.flush = ws_flush,
	.ready = ws_ready,
	.pause = ws_pause,
	.finish = ws_finish,
	.expired = ws_expired,
	.free = ws_free,
};

struct transport *
transport_ws_new(
    struct transport_ctx *ctx, int fd, struct span early, bool deflate)
{
	struct transport_ws *w = mem_zalloc(sizeof(*w));
	int one = 1;

	w->base.magic = TRANSPORT_MAGIC;
	w->base.ops = &ws_ops;
	w->base.ctx = ctx;
	w->base.encoding =
	    deflate ? OUTPACKET_EIO4_WS_DEFLATE : OUTPACKET_EIO4_WS;
	w->fd = fd;
	ws_decoder_init(
	    &w->decoder, ctx->max_payload, deflate ? ctx->deflate : NULL);
	/* fails on a unix socket, which has no delay either */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	gw_assert(uv_poll_init(ctx->loop, &w->poll, fd) == 0);
	w->poll.data = w;
	ws_watch(w);
	buf_addspan(&w->early, early);
	if (early.n)
		transport_flush_later(&w->base);
	ctx->stats.websockets++;
	ctx->stats.ws_opened++;
	if (ctx->websockets_changed)
		ctx->websockets_changed(ctx->owner, ctx->stats.websockets);
	return &w->base;
}

void
transport_ws_send(struct transport *t, struct outpacket *p)
{
	struct transport_ws *w = ws_of(t);

	gw_assert(t->outbox == NULL);
	if (w->probe == NULL)
		w->probe = mem_zalloc(sizeof(*w->probe));
	outbox_push(w->probe, p, transport_encode(t, p).n);
	transport_flush_later(t);
}
