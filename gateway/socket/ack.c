/*
 * ack: answers that handlers wait for.
 */

/* system */
#include <stdlib.h>

#include <uv.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "mem.h"

/* wire */
#include "jscan.h"

/* own */
#include "ack.h"
#include "hub.h"
#include "namespace.h"
#include "nsocket.h"

enum { ACK_WAIT_MAGIC = 0x61636b77 };

struct ack_wait {
	unsigned magic;
	uv_timer_t timer;
	uint64_t id;
	struct nsocket *asker;
	struct ack_wait *prev, *next; /* the asker's waits */
	struct ack_entry *entries;
	struct buf tag;
	struct buf answers; /* raw array, open at its end */
	bool several;
	bool missing; /* somebody will never answer */
	bool ready;   /* all receivers were added */
};

struct ack_entry {
	struct ack_wait *wait;
	struct nsocket *n;
	struct ack_entry *n_prev, *n_next; /* of the one who owes it */
	struct ack_entry *w_prev, *w_next; /* of the wait */
};

/* Takes an entry out of both lists and frees it. */
static void
ack_entry_free(struct ack_entry *e)
{
	if (e->n_prev)
		e->n_prev->n_next = e->n_next;
	else
		e->n->acks = e->n_next;
	if (e->n_next)
		e->n_next->n_prev = e->n_prev;
	if (e->w_prev)
		e->w_prev->w_next = e->w_next;
	else
		e->wait->entries = e->w_next;
	if (e->w_next)
		e->w_next->w_prev = e->w_prev;
	e->n->n_acks--;
	free(e);
}

/* The loop has let go of the timer. */
static void
ack_wait_on_close(uv_handle_t *handle)
{
	struct ack_wait *w = handle->data;

	GW_MAGIC_CHECK(w, ACK_WAIT_MAGIC);
	buf_release(&w->tag);
	buf_release(&w->answers);
	w->magic = 0;
	free(w);
}

/* Ends a wait without a word. */
static void
ack_wait_free(struct ack_wait *w)
{
	while (w->entries)
		ack_entry_free(w->entries);
	if (w->prev)
		w->prev->next = w->next;
	else
		w->asker->waits = w->next;
	if (w->next)
		w->next->prev = w->prev;
	uv_close((uv_handle_t *)&w->timer, ack_wait_on_close);
}

/* Ends a wait with what has come. */
static void
ack_wait_finish(struct ack_wait *w, bool timed_out)
{
	struct nsocket *asker = nsocket_ref(w->asker);

	if (w->several) {
		if (w->answers.len == 0)
			buf_addch(&w->answers, '[');
		buf_addch(&w->answers, ']');
	} else if (w->answers.len == 0) {
		buf_adds(&w->answers, "[]");
	}
	ack_wait_free(w);
	/* its memory lives on until the timer is closed */
	asker->ns->hub->events.ack(
	    asker, buf_span(&w->tag), buf_span(&w->answers), timed_out);
	nsocket_unref(&asker);
}

/* Time is up. */
static void
ack_wait_on_timer(uv_timer_t *timer)
{
	struct ack_wait *w = timer->data;

	GW_MAGIC_CHECK(w, ACK_WAIT_MAGIC);
	ack_wait_finish(w, true);
}

struct ack_wait *
ack_wait_new(
    struct nsocket *asker, struct span tag, bool several, unsigned timeout)
{
	struct hub *h = asker->ns->hub;
	struct ack_wait *w = mem_zalloc(sizeof(*w));

	w->magic = ACK_WAIT_MAGIC;
	w->id = h->next_ack++;
	w->asker = asker;
	w->several = several;
	buf_addspan(&w->tag, tag);
	w->next = asker->waits;
	if (w->next)
		w->next->prev = w;
	asker->waits = w;
	gw_assert(uv_timer_init(h->loop, &w->timer) == 0);
	w->timer.data = w;
	uv_timer_start(&w->timer, ack_wait_on_timer,
	    timeout ? timeout : h->set.ack_timeout, 0);
	return w;
}

uint64_t
ack_wait_id(const struct ack_wait *w)
{
	return w->id;
}

bool
ack_wait_add(struct ack_wait *w, struct nsocket *receiver)
{
	struct ack_entry *e;

	if (receiver->n_acks >= receiver->ns->hub->set.max_pending_acks) {
		hub_count(receiver->ns->hub, HUB_E_LIMIT);
		w->missing = true;
		return false;
	}
	e = mem_zalloc(sizeof(*e));
	e->wait = w;
	e->n = receiver;
	e->n_next = receiver->acks;
	if (e->n_next)
		e->n_next->n_prev = e;
	receiver->acks = e;
	e->w_next = w->entries;
	if (e->w_next)
		e->w_next->w_prev = e;
	w->entries = e;
	receiver->n_acks++;
	return true;
}

void
ack_wait_ready(struct ack_wait *w)
{
	w->ready = true;
	if (w->entries == NULL)
		ack_wait_finish(w, w->missing || !w->several);
}

/* Keeps one client's answer. */
static void
ack_wait_take(struct ack_wait *w, struct span args)
{
	struct jscan_iter it;
	struct span first = SPAN("null");

	if (!w->several) {
		buf_addspan(&w->answers, args);
		return;
	}
	jscan_array(&it, args);
	jscan_next(&it, &first);
	buf_addch(&w->answers, w->answers.len ? ',' : '[');
	buf_addspan(&w->answers, first);
}

bool
ack_answer(struct nsocket *n, uint64_t id, struct span args)
{
	struct ack_entry *e;
	struct ack_wait *w;

	for (e = n->acks; e; e = e->n_next)
		if (e->wait->id == id)
			break;
	if (e == NULL)
		return false;
	w = e->wait;
	ack_entry_free(e);
	ack_wait_take(w, args);
	if (w->ready && w->entries == NULL)
		ack_wait_finish(w, w->missing);
	return true;
}

void
ack_drop(struct nsocket *n)
{
	while (n->waits)
		ack_wait_free(n->waits);
	while (n->acks) {
		struct ack_wait *w = n->acks->wait;

		ack_entry_free(n->acks);
		w->missing = true;
		if (w->ready && w->entries == NULL)
			ack_wait_finish(w, true);
	}
}
