/*
 * nsocket: a client's membership of one namespace.
 */

/* system */
#include <stdlib.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "mem.h"

/* wire */
#include "jscan.h"
#include "outpacket.h"
#include "packet.h"

/* own */
#include "ack.h"
#include "acl.h"
#include "hub.h"
#include "namespace.h"
#include "nsocket.h"
#include "vsocket.h"
#include "vsocket_priv.h"

struct nsocket *
nsocket_new(struct vsocket *vs, struct namespace *ns)
{
	struct nsocket *n = mem_zalloc(sizeof(*n));

	n->magic = NSOCKET_MAGIC;
	n->refs = 1;
	n->state = NSOCKET_ASKING;
	n->vs = vs;
	n->ns = ns;
	rand_id(n->sid);
	n->next = vs->nsockets;
	vs->nsockets = n;
	vs->n_nsockets++;
	return n;
}

struct nsocket *
nsocket_ref(struct nsocket *n)
{
	GW_MAGIC_CHECK(n, NSOCKET_MAGIC);
	n->refs++;
	return n;
}

void
nsocket_unref(struct nsocket **np)
{
	struct nsocket *n = *np;

	GW_MAGIC_CHECK(n, NSOCKET_MAGIC);
	*np = NULL;
	if (--n->refs)
		return;
	gw_assert(n->state == NSOCKET_GONE && n->n_rooms == 0);
	acl_free(&n->acl);
	n->magic = 0;
	free(n);
}

/* Sends a packet of its namespace without asking for its state. */
static void
nsocket_put(struct nsocket *n, enum packet_type type, struct span data)
{
	struct packet pkt = {
		.type = type, .nsp = span_str(n->ns->name), .data = data
	};
	struct outpacket *p = outpacket_new(&pkt, SPAN_EMPTY, NULL);

	vsocket_send(n->vs, p, false);
	outpacket_unref(&p);
}

void
nsocket_admit(struct nsocket *n)
{
	struct buf data = BUF_INIT;

	if (n->state != NSOCKET_ASKING)
		return;
	n->state = NSOCKET_JOINED;
	namespace_enter(n->ns, n);
	n->ns->hub->stats.nsockets++;
	buf_addf(&data, "{\"sid\":\"%s\"}", n->sid);
	nsocket_put(n, PACKET_CONNECT, buf_span(&data));
	buf_release(&data);
	vsocket_joined(n->vs);
}

void
nsocket_hold(struct nsocket *n, bool hold)
{
	if (n->vs == NULL)
		return;
	gw_assert(hold || n->holds);
	n->holds = hold ? n->holds + 1 : n->holds - 1;
	vsocket_hold(n->vs, hold);
}

/* Takes it away from its client. */
static void
nsocket_detach(struct nsocket *n)
{
	n->state = NSOCKET_GONE;
	while (n->holds)
		nsocket_hold(n, false);
	vsocket_forget(n->vs, n);
	n->vs = NULL;
	nsocket_unref(&n);
}

void
nsocket_refuse(struct nsocket *n, struct span message, struct span data)
{
	struct buf out = BUF_INIT;

	if (n->state != NSOCKET_ASKING)
		return;
	buf_adds(&out, "{\"message\":");
	jscan_quote(&out, message);
	if (data.n) {
		buf_adds(&out, ",\"data\":");
		buf_addspan(&out, data);
	}
	buf_addch(&out, '}');
	nsocket_put(n, PACKET_ERROR, buf_span(&out));
	buf_release(&out);
	n->ns->hub->events.disconnect(n, "refused", false);
	ack_drop(n);
	room_leave_all(n);
	nsocket_detach(n);
}

void
nsocket_end(struct nsocket *n, const char *reason, bool tell)
{
	struct hub *h = n->ns->hub;
	bool joined = n->state == NSOCKET_JOINED;

	GW_MAGIC_CHECK(n, NSOCKET_MAGIC);
	if (n->state == NSOCKET_GONE)
		return;
	if (tell)
		nsocket_put(n, PACKET_DISCONNECT, SPAN_EMPTY);
	n->state = NSOCKET_GONE;
	h->events.disconnect(n, reason, joined);
	ack_drop(n);
	room_leave_all(n);
	if (joined) {
		namespace_leave(n->ns, n);
		h->stats.nsockets--;
	}
	nsocket_detach(n);
}

void
nsocket_send(struct nsocket *n, struct outpacket *p, bool is_volatile)
{
	if (n->state == NSOCKET_JOINED)
		vsocket_send(n->vs, p, is_volatile);
}

void
nsocket_send_error(struct nsocket *n, struct span name, struct span message)
{
	struct buf data = BUF_INIT;

	if (n->state != NSOCKET_JOINED)
		return;
	buf_adds(&data, "[\"error\",");
	jscan_quote(&data, name);
	buf_addch(&data, ',');
	jscan_quote(&data, message);
	buf_addch(&data, ']');
	nsocket_put(n, PACKET_EVENT, buf_span(&data));
	buf_release(&data);
}

int
nsocket_send_ack(
    struct nsocket *n, uint64_t id, struct span args, bool with_bytes)
{
	unsigned max = n->ns->hub->set.packet.max_attachments;
	struct packet pkt = { .type = PACKET_ACK,
		.has_id = true,
		.id = id,
		.ack_data = true,
		.nsp = span_str(n->ns->name),
		.data = args };
	struct buf text = BUF_INIT, blob = BUF_INIT;
	struct outpacket *p;
	size_t ends[max + 1];
	int count = 0;

	if (with_bytes)
		count = packet_bytes_out(args, &text, &blob, ends, max);
	if (count > 0) {
		pkt.data = buf_span(&text);
		pkt.binary = true;
		pkt.attachments = (unsigned)count;
	}
	if (count >= 0) {
		p = outpacket_new(&pkt, buf_span(&blob), ends);
		nsocket_send(n, p, false);
		outpacket_unref(&p);
	}
	buf_release(&text);
	buf_release(&blob);
	return count < 0 ? -1 : 0;
}

const struct acl *
nsocket_acl(const struct nsocket *n)
{
	return n->own_acl ? n->acl : n->ns->acl;
}

struct acl **
nsocket_own_acl(struct nsocket *n)
{
	if (!n->own_acl) {
		n->acl = acl_copy(n->ns->acl);
		n->own_acl = true;
	}
	return &n->acl;
}

void
nsocket_reset_acl(struct nsocket *n)
{
	acl_free(&n->acl);
	n->own_acl = false;
}

void
nsocket_add_rooms(const struct nsocket *n, struct buf *out)
{
	unsigned i;

	buf_addch(out, '[');
	for (i = 0; i < n->n_rooms; i++) {
		if (i)
			buf_addch(out, ',');
		jscan_quote(out, span_of(n->rooms[i].room->name,
				     n->rooms[i].room->name_len));
	}
	buf_addch(out, ']');
}
