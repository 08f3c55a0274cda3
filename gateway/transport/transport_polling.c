/*
 * transport_polling: HTTP long-polling of Engine.IO 4.
 *
 * A GET is held until there is something to send; a POST brings packets. Each
 * may be there once at a time: a second one of the same kind ends the session,
 * as the reference server does.
 *
 * Phases:
 *
 *	OPEN       GETs are held, POSTs are read
 *	FINISHING  what waits, and a close packet behind it, goes out with the
 *	           GET that is held or comes next (transport_finish)
 *	DEAD       the owner has let go
 *
 * DIAGNOSTICS
 *	Requests that break the rules are answered with 400 and the error body
 *	of the Engine.IO protocol.
 */

/* system */
#include <stdlib.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* wire */
#include "eio4.h"
#include "utf8.h"

/* net */
#include "http.h"

/* own */
#include "transport.h"
#include "transport_priv.h"

enum polling_phase { POLLING_OPEN, POLLING_FINISHING, POLLING_DEAD };

struct transport_polling {
	struct transport base;
	struct http_request *get;  /* held, not answered */
	struct http_request *post; /* read, not answered */
	enum polling_phase phase;
	bool paused;
	bool releasing; /* GETs are not held: an upgrade is under way */
	bool in_post;   /* inside transport_polling_post: free has to wait */
};

static const struct transport_ops polling_ops;

/* The transport as what it is. */
static struct transport_polling *
polling_of(struct transport *t)
{
	GW_MAGIC_CHECK(t, TRANSPORT_MAGIC);
	gw_assert(t->ops == &polling_ops);
	return (struct transport_polling *)(void *)t;
}

/* Answers a GET with a payload; the buffer is taken over. */
static void
polling_answer(
    struct transport_polling *t, struct http_request *req, struct buf *payload)
{
	struct http_response resp = { .status = 200,
		.content_type = "text/plain; charset=UTF-8",
		.take = payload,
		.compress = t->base.ctx->compress_polls };

	http_set_data(req, NULL);
	t->base.ctx->stats.bytes_out += payload->len;
	http_respond(req, &resp);
}

/* Answers a POST that was understood. */
static void
polling_answer_ok(struct http_request *req)
{
	struct http_response resp = {
		.status = 200, .content_type = "text/html", .body = SPAN("ok")
	};

	http_set_data(req, NULL);
	http_respond(req, &resp);
}

/* Answers a request that breaks the rules. */
static void
polling_answer_bad(struct http_request *req)
{
	struct http_response resp = { .status = 400,
		.content_type = "application/json",
		.body = SPAN("{\"code\":3,\"message\":\"Bad request\"}") };

	http_set_data(req, NULL);
	http_respond(req, &resp);
}

/* Answers the held GET with just one Engine.IO packet. */
static void
polling_answer_engine(struct transport_polling *t, enum eio_type type)
{
	struct http_request *get = t->get;
	struct buf payload = BUF_INIT;

	if (get == NULL)
		return;
	t->get = NULL;
	buf_addch(&payload, (char)('0' + type));
	polling_answer(t, get, &payload);
}

/* Reports the end. */
static void
polling_report(struct transport_polling *t, enum transport_reason reason)
{
	if (t->base.owner)
		t->base.events->closed(&t->base, reason);
}

/* Puts all that waits into one payload. */
static struct buf
polling_gather(struct transport_polling *t)
{
	struct outbox *o = t->base.outbox;
	struct buf payload = BUF_INIT;

	buf_reserve(&payload, o->bytes + o->n + 2);
	while (o->n) {
		struct span bytes = transport_encode(&t->base, outbox_at(o, 0));

		if (payload.len)
			buf_addch(&payload, EIO4_SEPARATOR);
		buf_addspan(&payload, bytes);
		outbox_pop(o, bytes.n);
	}
	return payload;
}

static void
polling_flush(struct transport *base)
{
	struct transport_polling *t = polling_of(base);
	struct http_request *get = t->get;
	bool last = t->phase == POLLING_FINISHING;
	struct buf payload;

	if (get == NULL)
		return;
	if (base->outbox->n == 0 && !last) {
		if (t->releasing)
			polling_answer_engine(t, EIO_NOOP);
		return;
	}
	payload = polling_gather(t);
	if (last) {
		if (payload.len)
			buf_addch(&payload, EIO4_SEPARATOR);
		buf_addch(&payload, '0' + EIO_CLOSE);
	}
	t->get = NULL;
	polling_answer(t, get, &payload);
	if (last)
		polling_report(t, TRANSPORT_CLOSED);
	else
		base->events->drained(base);
}

/* A packet pushed now leaves at the end of this turn. */
static bool
polling_ready(const struct transport *base)
{
	const struct transport_polling *t = (const void *)base;

	return t->phase == POLLING_OPEN && t->get != NULL;
}

/* Paused, a POST is not answered, and so the client sends no other. */
static void
polling_pause(struct transport *base, bool paused)
{
	struct transport_polling *t = polling_of(base);
	struct http_request *post = t->post;

	t->paused = paused;
	if (!paused && post && !t->in_post) {
		t->post = NULL;
		polling_answer_ok(post);
	}
}

static void
polling_finish(struct transport *base)
{
	struct transport_polling *t = polling_of(base);

	if (t->phase != POLLING_OPEN)
		return;
	t->phase = POLLING_FINISHING;
	polling_pause(base, false);
	deadline_start(base->ctx->close_deadlines, &base->wait);
	transport_flush_later(base);
}

static void
polling_expired(struct transport *base)
{
	polling_report(polling_of(base), TRANSPORT_CLOSED);
}

static void
polling_free(struct transport *base)
{
	struct transport_polling *t = polling_of(base);

	t->phase = POLLING_DEAD;
	deadline_stop(base->ctx->close_deadlines, &base->wait);
	polling_answer_engine(t, EIO_CLOSE);
	if (t->in_post)
		return;
	if (t->post)
		polling_answer_ok(t->post);
	base->magic = 0;
	free(t);
}

static const struct transport_ops polling_ops = {
	.name = "polling",
	.flush = polling_flush,
	.ready = polling_ready,
	.pause = polling_pause,
	.finish = polling_finish,
	.expired = polling_expired,
	.free = polling_free,
};

struct transport *
transport_polling_new(struct transport_ctx *ctx)
{
	struct transport_polling *t = mem_zalloc(sizeof(*t));

	t->base.magic = TRANSPORT_MAGIC;
	t->base.ops = &polling_ops;
	t->base.ctx = ctx;
	t->base.encoding = OUTPACKET_EIO4_POLLING;
	return &t->base;
}

bool
transport_is_polling(const struct transport *t)
{
	return t->ops == &polling_ops;
}

void
transport_polling_get(struct transport *base, struct http_request *req)
{
	struct transport_polling *t = polling_of(base);

	base->ctx->stats.polls++;
	if (t->get) {
		polling_answer_bad(req);
		polling_report(t, TRANSPORT_ERROR);
		return;
	}
	t->get = req;
	http_set_data(req, base);
	http_hold(req);
	transport_flush_later(base);
}

/* Hands the packets of a payload up, one by one. 0; or -1 when it is none. */
static int
polling_read(struct transport_polling *t, struct span payload)
{
	struct span packet;
	bool done = false;

	if (!utf8_valid(payload))
		return -1;
	while (t->phase == POLLING_OPEN &&
	       eio4_payload_next(&payload, &done, &packet))
		t->base.events->text(&t->base, packet);
	return 0;
}

void
transport_polling_post(struct transport *base, struct http_request *req)
{
	struct transport_polling *t = polling_of(base);
	const char *type = http_header(req, "Content-Type");
	bool bad;

	if (t->post) {
		polling_answer_bad(req);
		polling_report(t, TRANSPORT_ERROR);
		return;
	}
	base->ctx->stats.bytes_in += http_body(req).n;
	t->in_post = true;
	bad = type &&
	      span_starts(span_str(type), SPAN("application/octet-stream"));
	if (bad || polling_read(t, http_body(req)) == -1) {
		bad = true;
		polling_report(t, TRANSPORT_GARBAGE);
	}
	t->in_post = false;
	if (t->paused && t->phase == POLLING_OPEN) {
		t->post = req;
		http_set_data(req, base);
		http_hold(req);
		return;
	}
	if (bad)
		polling_answer_bad(req);
	else
		polling_answer_ok(req);
	if (t->phase == POLLING_DEAD)
		polling_free(base);
}

void
transport_polling_ended(struct transport *base, struct http_request *req)
{
	struct transport_polling *t = polling_of(base);

	if (t->post == req)
		t->post = NULL;
	if (t->get == req)
		t->get = NULL;
	if (t->phase == POLLING_OPEN)
		polling_report(t, TRANSPORT_ERROR);
}

void
transport_polling_set_releasing(struct transport *base, bool releasing)
{
	struct transport_polling *t = polling_of(base);

	t->releasing = releasing;
	if (releasing)
		transport_flush_later(base);
}

void
transport_polling_release_get(struct transport *base)
{
	polling_answer_engine(polling_of(base), EIO_NOOP);
}
