/*
 * transport: what all transports have in common.
 *
 * DIAGNOSTICS
 *	A client for which more waits than may is closed and counted.
 */

/* system */
#include <stdlib.h>

/* base */
#include "gw_assert.h"
#include "mem.h"

/* own */
#include "transport.h"
#include "transport_priv.h"

enum { TRANSPORT_RECV_SIZE = 65536 };

const char *
transport_reason_name(enum transport_reason r)
{
	switch (r) {
	case TRANSPORT_CLOSED:
		return "transport close";
	case TRANSPORT_GARBAGE:
		return "parse error";
	case TRANSPORT_ERROR:
	case TRANSPORT_TOO_SLOW:
		break;
	}
	return "transport error";
}

/* A finishing transport has waited long enough. */
static void
transport_on_deadline(struct deadline *d, void *owner)
{
	struct transport *t =
	    (void *)((char *)d - offsetof(struct transport, wait));

	(void)owner;
	GW_MAGIC_CHECK(t, TRANSPORT_MAGIC);
	t->ops->expired(t);
}

void
transport_ctx_init(struct transport_ctx *ctx, unsigned close_timeout)
{
	ctx->recv_size = TRANSPORT_RECV_SIZE;
	ctx->recv_buf = mem_alloc(ctx->recv_size);
	ctx->close_deadlines = deadline_queue_new(
	    ctx->loop, close_timeout, transport_on_deadline, ctx);
}

void
transport_ctx_release(struct transport_ctx *ctx)
{
	free(ctx->recv_buf);
	ctx->recv_buf = NULL;
	deadline_queue_free(&ctx->close_deadlines);
}

/* The end of a turn in which something was pushed. */
static void
transport_on_turn(struct turn_entry *e)
{
	struct transport *t =
	    (void *)((char *)e - offsetof(struct transport, turn));

	GW_MAGIC_CHECK(t, TRANSPORT_MAGIC);
	if (t->too_slow) {
		t->ctx->stats.too_slow++;
		t->events->closed(t, TRANSPORT_TOO_SLOW);
		return;
	}
	t->ops->flush(t);
}

void
transport_flush_later(struct transport *t)
{
	turn_add(t->ctx->turn, &t->turn, transport_on_turn);
}

struct span
transport_encode(const struct transport *t, struct outpacket *p)
{
	return outpacket_encode(
	    p, t->encoding, t->ctx->deflate, t->ctx->deflate_threshold);
}

void
transport_push(struct transport *t, struct outpacket *p, bool is_volatile)
{
	struct outbox *o = t->outbox;
	struct span bytes;

	GW_MAGIC_CHECK(t, TRANSPORT_MAGIC);
	gw_assert(o != NULL);
	if (is_volatile && !t->ops->ready(t)) {
		t->ctx->stats.volatile_dropped++;
		return;
	}
	if (t->too_slow)
		return;
	bytes = transport_encode(t, p);
	if (o->n && o->bytes + bytes.n > t->ctx->max_queue) {
		t->too_slow = true;
	} else {
		if (t->encoding == OUTPACKET_EIO4_POLLING)
			outpacket_keep(p);
		outbox_push(o, p, bytes.n);
	}
	transport_flush_later(t);
}

void
transport_set_outbox(struct transport *t, struct outbox *o)
{
	unsigned i;

	t->outbox = o;
	o->bytes = 0;
	for (i = 0; i < o->n; i++)
		o->bytes += transport_encode(t, outbox_at(o, i)).n;
	transport_flush_later(t);
}

void
transport_finish(struct transport *t)
{
	GW_MAGIC_CHECK(t, TRANSPORT_MAGIC);
	t->ops->finish(t);
}

void
transport_pause(struct transport *t, bool paused)
{
	GW_MAGIC_CHECK(t, TRANSPORT_MAGIC);
	t->ops->pause(t, paused);
}

void
transport_free(struct transport **tp)
{
	struct transport *t = *tp;

	if (t == NULL)
		return;
	GW_MAGIC_CHECK(t, TRANSPORT_MAGIC);
	*tp = NULL;
	turn_remove(&t->turn);
	t->owner = NULL;
	t->ops->free(t);
}
