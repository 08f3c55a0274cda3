/*
 * hub_bench: a hub without a network and without handlers.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* base */
#include "mem.h"

/* transport */
#include "handshake.h"

/* socket */
#include "namespace.h"
#include "nsocket.h"
#include "vsocket.h"

/* own */
#include "hub_bench.h"

enum { PATIENCE = 30000 /* ms; only ever reached by a failure */ };

/*
 * The transport.
 */

static void
fake_flush(struct transport *t)
{
	struct hub_bench_client *c = (void *)t;

	while (t->outbox->n) {
		struct span text = outpacket_encode(
		    outbox_at(t->outbox, 0), t->encoding, NULL, 0);

		buf_addspan(&c->got, text);
		buf_addch(&c->got, '\n');
		outbox_pop(t->outbox, text.n);
	}
	assert_int_equal(t->outbox->bytes, 0);
}

static bool
fake_ready(const struct transport *t)
{
	return t->outbox->n == 0;
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
	struct hub_bench_client *c = (void *)t;

	buf_release(&c->got);
	free(c);
}

static const struct transport_ops fake_ops = {
	.name = "fake",
	.flush = fake_flush,
	.ready = fake_ready,
	.pause = fake_pause,
	.finish = fake_finish,
	.expired = fake_finish,
	.free = fake_free,
};

/*
 * What the hub reports.
 */

static void
on_connect(struct nsocket *n, struct span auth, bool ask)
{
	struct hub_bench *b = n->ns->hub->events.owner;

	(void)auth;
	(void)ask;
	if (!b->asks)
		nsocket_admit(n);
}

static void
on_event(struct nsocket *n, const struct hub_event *ev)
{
	struct hub_bench *b = n->ns->hub->events.owner;

	buf_addf(&b->reports, "event %.*s\n", SPAN_FMT(ev->name));
}

static void
on_ack(struct nsocket *n, struct span tag, struct span args, bool timed_out)
{
	struct hub_bench *b = n->ns->hub->events.owner;

	buf_addf(&b->reports, "ack %.*s %.*s%s\n", SPAN_FMT(tag),
	    SPAN_FMT(args), timed_out ? " timeout" : "");
}

static void
on_disconnect(struct nsocket *n, const char *reason, bool was_admitted)
{
	struct hub_bench *b = n->ns->hub->events.owner;

	(void)reason;
	(void)was_admitted;
	b->disconnects++;
}

static const struct hub_events bench_events = {
	.connect = on_connect,
	.event = on_event,
	.ack = on_ack,
	.disconnect = on_disconnect,
};

/*
 * The bench.
 */

static const struct hub_settings bench_settings = { .ping_interval = 25000,
	.ping_timeout = 20000,
	.upgrade_timeout = 10000,
	.connect_timeout = 45000,
	.ack_timeout = 10000,
	.packet = { .max_depth = 64, .max_attachments = 10, .max_nsp = 100 },
	.max_namespaces = 10,
	.max_rooms = 50,
	.max_room_name = 20,
	.max_pending_acks = 3,
	.max_session = 1000 };

/* The watchdog. */
static void
on_watchdog(uv_timer_t *t)
{
	(void)t;
	fail_msg("nothing has happened for too long");
}

int
hub_bench_setup(void **state)
{
	struct hub_bench *b = mem_zalloc(sizeof(*b));
	struct hub_events events = bench_events;

	*state = b;
	assert_int_equal(uv_loop_init(&b->loop), 0);
	assert_int_equal(uv_timer_init(&b->loop, &b->watchdog), 0);
	b->turn = turn_new(&b->loop);
	b->ctx.loop = &b->loop;
	b->ctx.turn = b->turn;
	b->ctx.max_payload = b->ctx.max_queue = 1000000;
	transport_ctx_init(&b->ctx, 1000);
	events.owner = b;
	b->hub = hub_new(&b->ctx, &bench_settings, &events);
	b->ns = namespace_add(b->hub, SPAN("/"));
	return 0;
}

int
hub_bench_teardown(void **state)
{
	struct hub_bench *b = *state;

	hub_free(&b->hub);
	assert_null(b->hub);
	transport_ctx_release(&b->ctx);
	turn_free(&b->turn);
	uv_close((uv_handle_t *)&b->watchdog, NULL);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	buf_release(&b->reports);
	free(b);
	return 0;
}

struct hub_bench_client *
hub_bench_client(struct hub_bench *b)
{
	struct hub_bench_client *c = mem_zalloc(sizeof(*c));
	struct handshake *hs = mem_zalloc(sizeof(*hs));

	hs->refs = 1;
	c->t.magic = TRANSPORT_MAGIC;
	c->t.ops = &fake_ops;
	c->t.ctx = &b->ctx;
	c->t.encoding = OUTPACKET_EIO4_POLLING; /* text as it is */
	assert_true(
	    hub_front_events.open(b->hub, &c->t, hs, 5, false, SPAN_EMPTY));
	return c;
}

void
hub_bench_say(struct hub_bench_client *c, const char *text)
{
	char *copy = mem_strdup(text);

	c->t.events->text(&c->t, span_str(copy));
	free(copy);
}

struct nsocket *
hub_bench_join(struct hub_bench *b)
{
	struct hub_bench_client *c = hub_bench_client(b);
	struct nsocket *n;

	hub_bench_say(c, "40");
	n = vsocket_find(c->t.owner, SPAN("/"));
	assert_non_null(n);
	hub_bench_got(b, c);
	return n;
}

struct hub_bench_client *
hub_bench_client_of(const struct nsocket *n)
{
	return (void *)n->vs->transport;
}

const char *
hub_bench_got(struct hub_bench *b, struct hub_bench_client *c)
{
	const char *text;

	turn_run(b->turn);
	text = buf_cstr(&c->got);
	buf_clear(&c->got);
	return text;
}

const char *
hub_bench_reports(struct hub_bench *b)
{
	const char *text = buf_cstr(&b->reports);

	buf_clear(&b->reports);
	return text;
}

void
hub_bench_wait(struct hub_bench *b)
{
	uv_timer_start(&b->watchdog, on_watchdog, PATIENCE, 0);
	while (b->reports.len == 0)
		uv_run(&b->loop, UV_RUN_ONCE);
	uv_timer_stop(&b->watchdog);
}
