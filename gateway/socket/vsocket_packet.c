/*
 * vsocket_packet: the Socket.IO packets that a client sends.
 *
 * A packet that breaks the protocol ends the connection, as in the reference
 * server; a packet that only asks for something it may not have gets an error
 * event. A packet with attachments is kept until they have all come.
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
#include "packet.h"

/* own */
#include "ack.h"
#include "acl.h"
#include "hub.h"
#include "namespace.h"
#include "nsocket.h"
#include "vsocket.h"
#include "vsocket_packet.h"

/* A packet whose attachments are due. */
struct vsocket_pending {
	struct buf text; /* a copy; packet points into it */
	struct packet packet;
	struct buf blob;
	unsigned n;    /* attachments that have come */
	size_t ends[]; /* where each of them ends in blob */
};

void
vsocket_packet_drop(struct vsocket *vs)
{
	struct vsocket_pending *p = vs->pending;

	if (p == NULL)
		return;
	vs->pending = NULL;
	buf_release(&p->text);
	buf_release(&p->blob);
	free(p);
}

/* Ends a client that broke the protocol. */
static void
vsocket_packet_bad(struct vsocket *vs, enum hub_error e, const char *reason)
{
	hub_count(vs->hub, e);
	log_debug(vs->hub->log, "client: %s: %s", reason, hub_error_name(e));
	vsocket_close(vs, reason);
}

/* Which counter a codec's error belongs to. */
static enum hub_error
vsocket_packet_error(enum packet_error e)
{
	switch (e) {
	case PACKET_E_JSON:
		return HUB_E_JSON;
	case PACKET_E_DEPTH:
		return HUB_E_DEPTH;
	case PACKET_E_PAYLOAD:
		return HUB_E_PAYLOAD;
	case PACKET_E_ATTACHMENTS:
		return HUB_E_ATTACHMENTS;
	case PACKET_E_NSP:
		return HUB_E_NSP;
	case PACKET_E_SYNTAX:
	case PACKET_OK:
		break;
	}
	return HUB_E_SYNTAX;
}

/* Sends CONNECT_ERROR for a namespace that the client is not in. */
static void
vsocket_packet_refuse(struct vsocket *vs, struct span nsp, struct span data)
{
	struct packet pkt = { .type = PACKET_ERROR, .nsp = nsp, .data = data };
	struct outpacket *p = outpacket_new(&pkt, SPAN_EMPTY, NULL);

	transport_push(vs->transport, p, false);
	outpacket_unref(&p);
}

/* Raw JSON on one line; text unless it holds a line break. */
static struct span
vsocket_packet_line(
    struct vsocket *vs, const struct packet *pkt, struct span json)
{
	if (!(pkt->json_flags & JSCAN_F_NEWLINE))
		return json;
	buf_clear(&vs->hub->text);
	jscan_add_line(&vs->hub->text, json);
	return buf_span(&vs->hub->text);
}

/* CONNECT. */
static void
vsocket_packet_connect(struct vsocket *vs, const struct packet *pkt)
{
	struct hub *h = vs->hub;
	struct namespace *ns = namespace_find(h, pkt->nsp);
	struct nsocket *n;
	bool ask;

	if (vsocket_find(vs, pkt->nsp)) {
		vsocket_packet_bad(vs, HUB_E_STATE, "parse error");
		return;
	}
	if (ns == NULL || ns->removed) {
		hub_count(h, HUB_E_NAMESPACE);
		vsocket_packet_refuse(
		    vs, pkt->nsp, SPAN("{\"message\":\"Invalid namespace\"}"));
		return;
	}
	if (vs->n_nsockets >= h->set.max_namespaces) {
		hub_count(h, HUB_E_LIMIT);
		vsocket_packet_refuse(vs, pkt->nsp,
		    SPAN("{\"message\":\"Too many namespaces\"}"));
		return;
	}
	n = nsocket_new(vs, ns);
	ask = acl_allows(nsocket_acl(n), SPAN("recv_connect"));
	h->events.connect(n, vsocket_packet_line(vs, pkt, pkt->data), ask);
	if (ask)
		return;
	hub_count(h, HUB_E_ACL);
	nsocket_send_error(n, SPAN("method_access_denied"),
	    SPAN("You do not have access to method \"recv_connect\""));
}

/* Tells a client that an event is not for it. */
static void
vsocket_packet_deny(struct nsocket *n, struct span event)
{
	struct buf text = BUF_INIT;
	size_t i;

	hub_count(n->ns->hub, HUB_E_ACL);
	buf_adds(&text, "You do not have access to method \"on_");
	for (i = 0; i < event.n; i++)
		buf_addch(&text, event.p[i] == ' ' ? '_' : event.p[i]);
	buf_addch(&text, '"');
	nsocket_send_error(n, SPAN("method_access_denied"), buf_span(&text));
	buf_release(&text);
}

/* The event's name out of its raw JSON. 0; -1 when it cannot be one. */
static int
vsocket_packet_name(struct hub *h, struct span raw, struct hub_event *ev)
{
	bool nul = false;

	buf_clear(&h->name);
	if (jscan_type(raw) != JSCAN_STRING) {
		/* a number: its text is the name */
		jscan_quote(&h->name, raw);
		ev->name_json = buf_span(&h->name);
		ev->name = span_of(h->name.data + 1, h->name.len - 2);
		return 0;
	}
	ev->name_json = raw;
	if (memchr(raw.p, '\\', raw.n) == NULL) {
		ev->name = span_of(raw.p + 1, raw.n - 2);
		return 0;
	}
	if (jscan_string(raw, &h->name, &nul) == -1 || nul)
		return -1;
	ev->name = buf_span(&h->name);
	return 0;
}

/* EVENT; data is an array on one line, with its bytes in place. */
static void
vsocket_packet_event(
    struct nsocket *n, const struct packet *pkt, struct span data)
{
	struct hub *h = n->ns->hub;
	struct hub_event ev = { .has_ack = pkt->has_id, .ack_id = pkt->id };
	struct jscan_iter it;
	struct span name;

	jscan_array(&it, data);
	if (!jscan_next(&it, &name))
		return;
	ev.args = jscan_rest(&it);
	if (vsocket_packet_name(h, name, &ev) == -1) {
		hub_count(h, HUB_E_PAYLOAD);
		nsocket_send_error(n, SPAN("unallowed_event_name"),
		    SPAN("an event's name must be text without NUL"));
		return;
	}
	if (!acl_allows_event(nsocket_acl(n), ev.name)) {
		vsocket_packet_deny(n, ev.name);
		return;
	}
	h->events.event(n, &ev);
}

/* A whole packet for a namespace that the client is in. */
static void
vsocket_packet_member(struct vsocket *vs, struct nsocket *n,
    const struct packet *pkt, struct span data)
{
	switch (pkt->type) {
	case PACKET_EVENT:
		vsocket_packet_event(n, pkt, data);
		break;
	case PACKET_ACK:
		if (!ack_answer(n, pkt->id, data))
			hub_count(vs->hub, HUB_E_ACK);
		break;
	case PACKET_DISCONNECT:
		nsocket_end(n, "client namespace disconnect", false);
		break;
	default:
		vsocket_packet_bad(vs, HUB_E_STATE, "parse error");
		break;
	}
}

/* A packet with all its attachments. */
static void
vsocket_packet_whole(struct vsocket *vs, const struct packet *pkt,
    const struct vsocket_pending *p)
{
	struct hub *h = vs->hub;
	struct span data = pkt->data;
	struct nsocket *n;

	if (pkt->type == PACKET_CONNECT) {
		vsocket_packet_connect(vs, pkt);
		return;
	}
	n = vsocket_find(vs, pkt->nsp);
	if (n == NULL) {
		vsocket_packet_bad(vs, HUB_E_STATE, "parse error");
		return;
	}
	data = vsocket_packet_line(vs, pkt, data);
	if (p) {
		struct span parts[p->n];
		unsigned i;

		for (i = 0; i < p->n; i++) {
			size_t from = i ? p->ends[i - 1] : 0;
			size_t n_bytes = p->ends[i] - from;

			/* nothing but empty ones: there is no blob */
			parts[i] = n_bytes
				       ? span_of(p->blob.data + from, n_bytes)
				       : SPAN_EMPTY;
		}
		buf_clear(&h->args);
		if (packet_bytes_in(data, parts, p->n,
			2 * p->blob.len + data.n + 4096, &h->args) == -1) {
			vsocket_packet_bad(
			    vs, HUB_E_ATTACHMENTS, "parse error");
			return;
		}
		data = buf_span(&h->args);
	}
	vsocket_packet_member(vs, n, pkt, data);
	buf_reset(&h->args, 65536);
	buf_reset(&h->text, 65536);
	buf_reset(&h->name, 65536);
}

/* Keeps a packet until its attachments have come. */
static void
vsocket_packet_keep(struct vsocket *vs, struct span text,
    const struct packet_limits *lim, unsigned attachments)
{
	struct vsocket_pending *p =
	    mem_zalloc(sizeof(*p) + attachments * sizeof(p->ends[0]));

	buf_addspan(&p->text, text);
	gw_assert(vs->codec->decode(buf_span(&p->text), lim, &p->packet) ==
		  PACKET_OK);
	vs->pending = p;
}

void
vsocket_packet_text(struct vsocket *vs, struct span text)
{
	const struct packet_limits *lim = &vs->hub->set.packet;
	struct packet pkt;
	enum packet_error e;

	vs->hub->stats.packets_in++;
	if (vs->pending) {
		vsocket_packet_bad(vs, HUB_E_ATTACHMENTS, "parse error");
		return;
	}
	e = vs->codec->decode(text, lim, &pkt);
	if (e != PACKET_OK)
		vsocket_packet_bad(vs, vsocket_packet_error(e), "parse error");
	else if (pkt.attachments)
		vsocket_packet_keep(vs, text, lim, pkt.attachments);
	else
		vsocket_packet_whole(vs, &pkt, NULL);
}

void
vsocket_packet_binary(struct vsocket *vs, struct span bytes)
{
	struct vsocket_pending *p = vs->pending;

	if (p == NULL) {
		vsocket_packet_bad(vs, HUB_E_ATTACHMENTS, "parse error");
		return;
	}
	buf_addspan(&p->blob, bytes);
	p->ends[p->n++] = p->blob.len;
	if (p->n < p->packet.attachments)
		return;
	vs->pending = NULL;
	vsocket_packet_whole(vs, &p->packet, p);
	buf_release(&p->text);
	buf_release(&p->blob);
	free(p);
}

void
vsocket_packet_base64(struct vsocket *vs, struct span text)
{
	struct buf bytes = BUF_INIT;

	if (eio4_base64_decode(text, &bytes) == -1)
		vsocket_packet_bad(vs, HUB_E_SYNTAX, "parse error");
	else
		vsocket_packet_binary(vs, buf_span(&bytes));
	buf_release(&bytes);
}
