/*
 * emit: who receives, and sending to all of them.
 *
 * Each broadcast has a number; a namespace socket that was left out or served
 * carries it as its mark, so that nobody is served twice however many rooms it
 * is in. Receivers are gathered first, because what is done to them may change
 * the rooms that are walked.
 */

/* system */
#include <stdlib.h>

/* base */
#include "buf.h"
#include "mem.h"

/* wire */
#include "jscan.h"
#include "outpacket.h"
#include "packet.h"

/* own */
#include "ack.h"
#include "emit.h"
#include "hub.h"
#include "namespace.h"
#include "nsocket.h"
#include "vsocket.h"

/* Receivers as they are gathered. */
struct emit_list {
	struct nsocket **v;
	size_t n, cap;
	uint64_t mark;
	bool leave_out; /* only marks, gathers nobody */
};

/* Takes one in, once. */
static void
emit_take(struct emit_list *list, struct nsocket *n)
{
	if (n->mark == list->mark)
		return;
	n->mark = list->mark;
	if (list->leave_out)
		return;
	if (list->n == list->cap) {
		list->cap = list->cap ? list->cap * 2 : 64;
		list->v = mem_realloc(list->v, list->cap * sizeof(*list->v));
	}
	list->v[list->n++] = n;
}

/* Takes in the members of one room, named by a raw JSON string. */
static void
emit_take_room(struct emit_list *list, struct namespace *ns, struct span raw)
{
	struct buf decoded = BUF_INIT;
	struct span name = span_of(raw.p + 1, raw.n - 2);
	struct nsocket *n;
	struct room *r;
	size_t i;

	if (memchr(raw.p, '\\', raw.n)) {
		if (jscan_string(raw, &decoded, NULL) == -1) {
			buf_release(&decoded);
			return;
		}
		name = buf_span(&decoded);
	}
	if (span_eq(name, SPAN("*"))) {
		for (i = 0; i < ns->n_members; i++)
			emit_take(list, ns->members[i]);
	}
	r = namespace_room(ns, name);
	for (i = 0; r && i < r->n_members; i++)
		emit_take(list, r->members[i].n);
	n = namespace_member(ns, name);
	if (n)
		emit_take(list, n);
	buf_release(&decoded);
}

/* Takes in rooms, named by a raw string or array of strings. */
static void
emit_take_rooms(struct emit_list *list, struct namespace *ns, struct span raw)
{
	struct jscan_iter it;
	struct span one;

	if (raw.n == 0)
		return;
	if (jscan_type(raw) == JSCAN_STRING) {
		emit_take_room(list, ns, raw);
		return;
	}
	jscan_array(&it, raw);
	while (jscan_next(&it, &one))
		emit_take_room(list, ns, one);
}

/* Gathers the receivers. */
static void
emit_gather(const struct emit_target *t, struct emit_list *list)
{
	size_t i;

	list->mark = ++t->ns->hub->mark;
	list->leave_out = true;
	emit_take_rooms(list, t->ns, t->except);
	if (t->broadcast && t->sender)
		emit_take(list, t->sender);
	list->leave_out = false;
	if (t->to.n) {
		emit_take_rooms(list, t->ns, t->to);
	} else if (t->everybody || t->broadcast) {
		for (i = 0; i < t->ns->n_members; i++)
			emit_take(list, t->ns->members[i]);
	} else if (t->sender) {
		emit_take(list, t->sender);
	}
}

unsigned
emit_each(const struct emit_target *target,
    void (*fn)(struct nsocket *n, void *arg), void *arg)
{
	struct emit_list list = { 0 };
	unsigned n;
	size_t i;

	emit_gather(target, &list);
	for (i = 0; i < list.n; i++)
		nsocket_ref(list.v[i]);
	for (i = 0; i < list.n; i++) {
		fn(list.v[i], arg);
		nsocket_unref(&list.v[i]);
	}
	n = (unsigned)list.n;
	free(list.v);
	return n;
}

/* True when the emit has exactly one possible receiver: its own client. */
static bool
emit_is_single(const struct emit_target *t)
{
	return t->to.n == 0 && !t->everybody && !t->broadcast;
}

/* Sends the packet to one of them. What its own handler sends to a client that
 * is still asking lets it in. */
static void
emit_send_one(const struct emit_target *target, struct nsocket *n,
    struct outpacket *p, const struct emit_event *ev)
{
	if (n == target->sender && n->state == NSOCKET_ASKING)
		nsocket_admit(n);
	nsocket_send(n, p, ev->is_volatile);
}

/* Sends the packet to all receivers. */
static int
emit_send(const struct emit_target *target, struct outpacket *p,
    const struct emit_event *ev, struct ack_wait *wait)
{
	struct emit_list list = { 0 };
	int count = 0;
	size_t i;

	if (emit_is_single(target) && target->except.n == 0 && wait == NULL) {
		emit_send_one(target, target->sender, p, ev);
		return target->sender->state == NSOCKET_JOINED;
	}
	emit_gather(target, &list);
	for (i = 0; i < list.n; i++) {
		if (list.v[i]->state != NSOCKET_JOINED &&
		    list.v[i] != target->sender)
			continue; /* it may yet be turned away */
		if (wait && !ack_wait_add(wait, list.v[i]))
			continue;
		emit_send_one(target, list.v[i], p, ev);
		count++;
	}
	free(list.v);
	if (wait)
		ack_wait_ready(wait);
	return count;
}

int
emit_event(const struct emit_target *target, const struct emit_event *ev)
{
	struct hub *h = target->ns->hub;
	unsigned max = h->set.packet.max_attachments;
	struct packet pkt = { .type = PACKET_EVENT,
		.nsp = span_str(target->ns->name) };
	struct buf data = BUF_INIT, text = BUF_INIT, blob = BUF_INIT;
	struct ack_wait *wait = NULL;
	struct outpacket *p;
	struct span args;
	struct jscan_iter it;
	size_t ends[max + 1];
	int count = 0;

	if (emit_is_single(target) && target->sender == NULL)
		return 0;
	buf_reserve(&data, ev->name.n + ev->args.n + 8);
	buf_addch(&data, '[');
	buf_addspan(&data, ev->name);
	if (ev->args.n) {
		jscan_array(&it, ev->args);
		args = jscan_rest(&it);
		if (args.n) {
			buf_addch(&data, ',');
			buf_addspan(&data, args);
		}
	}
	buf_addch(&data, ']');
	pkt.data = buf_span(&data);
	if (ev->with_bytes)
		count = packet_bytes_out(pkt.data, &text, &blob, ends, max);
	if (count > 0) {
		pkt.data = buf_span(&text);
		pkt.binary = true;
		pkt.attachments = (unsigned)count;
	}
	if (count >= 0) {
		if (ev->wants_ack) {
			wait = ack_wait_new(ev->asker, ev->tag,
			    !emit_is_single(target), ev->timeout);
			pkt.has_id = true;
			pkt.ack_data = true;
			pkt.id = ack_wait_id(wait);
		}
		p = outpacket_new(&pkt, buf_span(&blob), ends);
		h->stats.emits++;
		count = emit_send(target, p, ev, wait);
		outpacket_unref(&p);
	}
	buf_release(&data);
	buf_release(&text);
	buf_release(&blob);
	return count;
}
