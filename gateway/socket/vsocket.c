/*
 * vsocket: one client, over whatever transport it uses at the moment.
 *
 * Engine.IO's part of the protocol is here: the open packet, heartbeats, the
 * upgrade, and messages; vsocket_packet.c has Socket.IO's.
 */

/* system */
#include <stdlib.h>

/* base */
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* wire */
#include "eio4.h"
#include "jscan.h"
#include "sio5.h"

/* transport */
#include "handshake.h"
#include "transport.h"

/* own */
#include "hub.h"
#include "namespace.h"
#include "nsocket.h"
#include "vsocket.h"
#include "vsocket_packet.h"
#include "vsocket_priv.h"

/* A transport that is being tried. */
struct vsocket_probe {
	struct transport *transport;
	struct deadline deadline; /* in hub->upgrade_due */
	struct vsocket *vs;
	bool answered; /* "2probe" came */
};

static const struct transport_events vsocket_transport_events;
static const struct transport_events vsocket_probe_events;

/*
 * Sending.
 */

void
vsocket_send(struct vsocket *vs, struct outpacket *p, bool is_volatile)
{
	if (vs->state != VSOCKET_OPEN)
		return;
	vs->hub->stats.deliveries++;
	transport_push(vs->transport, p, is_volatile);
}

/* Sends an Engine.IO packet. */
static void
vsocket_send_engine(struct vsocket *vs, enum eio_type type, struct span text)
{
	struct outpacket *p = outpacket_new_engine(type, text);

	transport_push(vs->transport, p, false);
	outpacket_unref(&p);
}

/* Sends the open packet. */
static void
vsocket_send_open(struct vsocket *vs, bool upgradable)
{
	const struct hub *h = vs->hub;
	struct buf text = BUF_INIT;

	eio4_add_open(&text, span_str(vs->sid),
	    upgradable ? SPAN("[\"websocket\"]") : SPAN("[]"),
	    h->set.ping_interval, h->set.ping_timeout, h->ctx->max_payload);
	vsocket_send_engine(vs, EIO_OPEN, buf_span(&text));
	buf_release(&text);
}

/*
 * Beginning and end.
 */

struct vsocket *
vsocket_new(
    struct hub *h, struct transport *t, struct handshake *hs, bool upgradable)
{
	struct vsocket *vs = mem_zalloc(sizeof(*vs));

	vs->magic = VSOCKET_MAGIC;
	vs->hub = h;
	vs->protocol = 5;
	vs->codec = &sio5_codec;
	vs->since = uv_now(h->loop);
	rand_id(vs->sid);
	HASH_ADD_KEYPTR(hh, h->by_sid, vs->sid, RAND_ID_LEN, vs);
	vs->handshake = hs;
	vs->transport = t;
	t->owner = vs;
	t->events = &vsocket_transport_events;
	transport_set_outbox(t, &vs->outbox);
	h->stats.opened++;
	h->stats.clients++;
	vsocket_send_open(vs, upgradable);
	deadline_start(h->ping_due, &vs->heartbeat);
	deadline_start(h->connect_due, &vs->connect);
	return vs;
}

/* Frees what a probe holds, and its transport. */
static void
vsocket_drop_probe(struct vsocket *vs)
{
	struct vsocket_probe *p = vs->probe;

	if (p == NULL)
		return;
	vs->probe = NULL;
	deadline_stop(vs->hub->upgrade_due, &p->deadline);
	if (vs->state == VSOCKET_OPEN)
		transport_polling_set_releasing(vs->transport, false);
	transport_free(&p->transport);
	free(p);
}

/* The end of the turn in which it was closed. */
static void
vsocket_on_turn(struct turn_entry *e)
{
	struct vsocket *vs =
	    (void *)((char *)e - offsetof(struct vsocket, turn));

	GW_MAGIC_CHECK(vs, VSOCKET_MAGIC);
	gw_assert(vs->nsockets == NULL);
	outbox_release(&vs->outbox);
	buf_release(&vs->session);
	handshake_unref(&vs->handshake);
	vs->magic = 0;
	free(vs);
}

/* Stops its timers. */
static void
vsocket_stop_timers(struct vsocket *vs)
{
	deadline_stop(vs->hub->ping_due, &vs->heartbeat);
	deadline_stop(vs->hub->connect_due, &vs->connect);
}

void
vsocket_close(struct vsocket *vs, const char *reason)
{
	struct hub *h = vs->hub;

	GW_MAGIC_CHECK(vs, VSOCKET_MAGIC);
	if (vs->state == VSOCKET_CLOSED)
		return;
	vs->state = VSOCKET_CLOSED;
	vsocket_stop_timers(vs);
	while (vs->nsockets)
		nsocket_end(vs->nsockets, reason, false);
	vsocket_drop_probe(vs);
	vsocket_packet_drop(vs);
	transport_free(&vs->transport);
	HASH_DEL(h->by_sid, vs);
	h->stats.clients--;
	h->stats.closed++;
	turn_add(h->ctx->turn, &vs->turn, vsocket_on_turn);
}

void
vsocket_finish(struct vsocket *vs, const char *reason, bool tell)
{
	if (vs->state != VSOCKET_OPEN)
		return;
	while (vs->nsockets)
		nsocket_end(vs->nsockets, reason, tell);
	if (vs->state != VSOCKET_OPEN)
		return;
	vs->state = VSOCKET_FINISHING;
	vsocket_stop_timers(vs);
	vsocket_drop_probe(vs);
	vsocket_packet_drop(vs);
	transport_finish(vs->transport);
}

void
vsocket_drop(struct vsocket *vs)
{
	vsocket_close(vs, "server shutting down");
}

void
vsocket_hold(struct vsocket *vs, bool hold)
{
	gw_assert(hold || vs->holds);
	vs->holds = hold ? vs->holds + 1 : vs->holds - 1;
	if (vs->state != VSOCKET_OPEN || vs->paused == (vs->holds > 0))
		return;
	vs->paused = vs->holds > 0;
	transport_pause(vs->transport, vs->paused);
}

/*
 * Heartbeats: a ping when one is due, then an answer in time. A client that we
 * do not read from cannot answer.
 */

void
vsocket_on_ping_due(struct deadline *d, void *owner)
{
	struct vsocket *vs =
	    (void *)((char *)d - offsetof(struct vsocket, heartbeat));
	struct hub *h = owner;

	GW_MAGIC_CHECK(vs, VSOCKET_MAGIC);
	vs->awaiting_pong = true;
	deadline_start(h->pong_due, &vs->heartbeat);
	vsocket_send_engine(vs, EIO_PING, SPAN_EMPTY);
}

void
vsocket_on_pong_due(struct deadline *d, void *owner)
{
	struct vsocket *vs =
	    (void *)((char *)d - offsetof(struct vsocket, heartbeat));
	struct hub *h = owner;

	GW_MAGIC_CHECK(vs, VSOCKET_MAGIC);
	if (vs->paused) {
		deadline_start(h->pong_due, &vs->heartbeat);
		return;
	}
	h->stats.ping_timeouts++;
	vsocket_close(vs, "ping timeout");
}

/* A pong has come. */
static void
vsocket_on_pong(struct vsocket *vs)
{
	if (!vs->awaiting_pong)
		return;
	vs->awaiting_pong = false;
	deadline_start(vs->hub->ping_due, &vs->heartbeat);
}

/* No namespace was joined in time. */
void
vsocket_on_connect_due(struct deadline *d, void *owner)
{
	struct vsocket *vs =
	    (void *)((char *)d - offsetof(struct vsocket, connect));
	struct hub *h = owner;

	GW_MAGIC_CHECK(vs, VSOCKET_MAGIC);
	if (vs->nsockets) {
		/* a handler is still thinking about it */
		deadline_start(h->connect_due, &vs->connect);
		return;
	}
	h->stats.connect_timeouts++;
	vsocket_finish(vs, "transport close", false);
}

void
vsocket_joined(struct vsocket *vs)
{
	deadline_stop(vs->hub->connect_due, &vs->connect);
}

void
vsocket_forget(struct vsocket *vs, struct nsocket *n)
{
	struct nsocket **at = &vs->nsockets;

	while (*at != n) {
		gw_assert(*at != NULL);
		at = &(*at)->next;
	}
	*at = n->next;
	n->next = NULL;
	vs->n_nsockets--;
}

struct nsocket *
vsocket_find(const struct vsocket *vs, struct span nsp)
{
	struct nsocket *n;

	for (n = vs->nsockets; n; n = n->next)
		if (span_eq(span_str(n->ns->name), nsp))
			return n;
	return NULL;
}

/*
 * What the transport reports.
 */

/* One Engine.IO packet. */
static void
vsocket_on_text(struct transport *t, struct span text)
{
	struct vsocket *vs = t->owner;
	struct eio_packet pkt;

	GW_MAGIC_CHECK(vs, VSOCKET_MAGIC);
	if (vs->state != VSOCKET_OPEN)
		return;
	if (eio4_decode(text, &pkt) == -1) {
		hub_count(vs->hub, HUB_E_SYNTAX);
		vsocket_close(vs, "parse error");
		return;
	}
	switch (pkt.type) {
	case EIO_MESSAGE:
		if (pkt.binary)
			vsocket_packet_base64(vs, pkt.data);
		else
			vsocket_packet_text(vs, pkt.data);
		break;
	case EIO_PONG:
		vsocket_on_pong(vs);
		break;
	case EIO_CLOSE:
		vsocket_close(vs, "transport close");
		break;
	case EIO_PING:
		/* in this version pings go the other way */
		hub_count(vs->hub, HUB_E_STATE);
		vsocket_close(vs, "transport error");
		break;
	case EIO_OPEN:
	case EIO_UPGRADE:
	case EIO_NOOP:
		break;
	}
}

/* One binary message. */
static void
vsocket_on_binary(struct transport *t, struct span bytes)
{
	struct vsocket *vs = t->owner;

	GW_MAGIC_CHECK(vs, VSOCKET_MAGIC);
	if (vs->state == VSOCKET_OPEN)
		vsocket_packet_binary(vs, bytes);
}

/* All that waited has left. */
static void
vsocket_on_drained(struct transport *t)
{
	(void)t;
}

/* The transport is at its end. */
static void
vsocket_on_closed(struct transport *t, enum transport_reason reason)
{
	struct vsocket *vs = t->owner;

	GW_MAGIC_CHECK(vs, VSOCKET_MAGIC);
	if (reason == TRANSPORT_TOO_SLOW)
		hub_count(vs->hub, HUB_E_LIMIT);
	vsocket_close(vs, transport_reason_name(reason));
}

static const struct transport_events vsocket_transport_events = {
	.text = vsocket_on_text,
	.binary = vsocket_on_binary,
	.drained = vsocket_on_drained,
	.closed = vsocket_on_closed,
};

/*
 * The upgrade: "2probe" is answered with "3probe", GETs from then on at once,
 * with a noop if need be, and "5" makes the new transport the one in use. Until
 * then packets for the client go on leaving through polls.
 */

void
vsocket_probe(struct vsocket *vs, struct transport *t)
{
	struct vsocket_probe *p = mem_zalloc(sizeof(*p));

	gw_assert(vs->probe == NULL);
	p->transport = t;
	p->vs = vs;
	t->owner = vs;
	t->events = &vsocket_probe_events;
	vs->probe = p;
	deadline_start(vs->hub->upgrade_due, &p->deadline);
}

void
vsocket_on_upgrade_due(struct deadline *d, void *owner)
{
	struct vsocket_probe *p =
	    (void *)((char *)d - offsetof(struct vsocket_probe, deadline));

	(void)owner;
	GW_MAGIC_CHECK(p->vs, VSOCKET_MAGIC);
	vsocket_drop_probe(p->vs);
}

/* The client has probed the new transport. */
static void
vsocket_answer_probe(struct vsocket *vs)
{
	struct outpacket *p = outpacket_new_engine(EIO_PONG, SPAN("probe"));

	vs->probe->answered = true;
	transport_ws_send(vs->probe->transport, p);
	outpacket_unref(&p);
	transport_polling_set_releasing(vs->transport, true);
}

/* The client has moved to the new transport. */
static void
vsocket_upgrade(struct vsocket *vs)
{
	struct vsocket_probe *p = vs->probe;
	struct transport *old = vs->transport;

	deadline_stop(vs->hub->upgrade_due, &p->deadline);
	transport_polling_release_get(old);
	vs->probe = NULL;
	vs->transport = p->transport;
	vs->transport->events = &vsocket_transport_events;
	free(p);
	transport_set_outbox(vs->transport, &vs->outbox);
	if (vs->paused)
		transport_pause(vs->transport, true);
	transport_free(&old);
	vs->hub->stats.upgraded++;
}

/* A packet on the transport that is being tried. */
static void
vsocket_probe_on_text(struct transport *t, struct span text)
{
	struct vsocket *vs = t->owner;
	struct eio_packet pkt;

	GW_MAGIC_CHECK(vs, VSOCKET_MAGIC);
	if (vs->probe == NULL || vs->probe->transport != t)
		return;
	if (eio4_decode(text, &pkt) == 0 && pkt.type == EIO_PING &&
	    span_eq(pkt.data, SPAN("probe")))
		vsocket_answer_probe(vs);
	else if (eio4_decode(text, &pkt) == 0 && pkt.type == EIO_UPGRADE &&
		 vs->probe->answered)
		vsocket_upgrade(vs);
	else
		vsocket_drop_probe(vs);
}

/* Anything else ends the attempt; the session stays as it was. */
static void
vsocket_probe_on_binary(struct transport *t, struct span bytes)
{
	(void)bytes;
	vsocket_drop_probe(t->owner);
}

static void
vsocket_probe_on_closed(struct transport *t, enum transport_reason reason)
{
	(void)reason;
	vsocket_drop_probe(t->owner);
}

static const struct transport_events vsocket_probe_events = {
	.text = vsocket_probe_on_text,
	.binary = vsocket_probe_on_binary,
	.drained = vsocket_on_drained,
	.closed = vsocket_probe_on_closed,
};

/*
 * The session.
 */

struct span
vsocket_session(const struct vsocket *vs)
{
	return vs->session.len ? buf_span(&vs->session) : SPAN("{}");
}

int
vsocket_patch_session(struct vsocket *vs, struct span patch)
{
	struct buf merged = BUF_INIT;

	if (jscan_type(patch) == JSCAN_NULL) {
		buf_release(&vs->session);
		return 0;
	}
	jscan_merge_patch(vsocket_session(vs), patch, &merged);
	if (merged.len > vs->hub->set.max_session) {
		buf_release(&merged);
		return -1;
	}
	buf_release(&vs->session);
	vs->session = merged;
	return 0;
}

const char *
vsocket_transport(const struct vsocket *vs)
{
	return vs->transport ? vs->transport->ops->name : "none";
}
