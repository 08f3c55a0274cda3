/*
 * outbox: packets that wait for one client.
 *
 * Up to two packets stand in the struct itself; more are kept in a ring that
 * is freed when it runs empty, so that an idle client holds nothing.
 */

/* system */
#include <stdlib.h>
#include <string.h>

/* base */
#include "gw_assert.h"
#include "mem.h"

/* own */
#include "outbox.h"

enum { OUTBOX_INLINE = 2, OUTBOX_RING = 16 };

/* Where the i-th packet stands. */
static struct outpacket **
outbox_slot(struct outbox *o, unsigned i)
{
	if (o->more == NULL)
		return &o->slots[i];
	return &o->more[(o->head + i) & (o->cap - 1)];
}

/* Moves to a ring, or to a larger one. */
static void
outbox_grow(struct outbox *o)
{
	unsigned cap = o->cap ? o->cap * 2 : OUTBOX_RING;
	struct outpacket **ring = mem_alloc(cap * sizeof(*ring));
	unsigned i;

	for (i = 0; i < o->n; i++)
		ring[i] = *outbox_slot(o, i);
	free(o->more);
	o->more = ring;
	o->cap = cap;
	o->head = 0;
}

void
outbox_push(struct outbox *o, struct outpacket *p, size_t n)
{
	if (o->n == (o->more ? o->cap : OUTBOX_INLINE))
		outbox_grow(o);
	*outbox_slot(o, o->n++) = outpacket_ref(p);
	o->bytes += n;
}

void
outbox_insert(struct outbox *o, unsigned i, struct outpacket *p, size_t n)
{
	unsigned at;

	gw_assert(i <= o->n);
	outbox_push(o, p, n);
	for (at = o->n - 1; at > i; at--)
		*outbox_slot(o, at) = *outbox_slot(o, at - 1);
	*outbox_slot(o, i) = p;
}

struct outpacket *
outbox_at(const struct outbox *o, unsigned i)
{
	gw_assert(i < o->n);
	if (o->more == NULL)
		return o->slots[i];
	return o->more[(o->head + i) & (o->cap - 1)];
}

void
outbox_pop(struct outbox *o, size_t n)
{
	struct outpacket *p = outbox_at(o, 0);

	gw_assert(o->bytes >= n);
	o->bytes -= n;
	o->n--;
	if (o->more == NULL) {
		o->slots[0] = o->slots[1];
	} else if (o->n) {
		o->head = (o->head + 1) & (o->cap - 1);
	} else {
		free(o->more);
		o->more = NULL;
		o->head = o->cap = 0;
	}
	outpacket_unref(&p);
}

void
outbox_release(struct outbox *o)
{
	while (o->n)
		outbox_pop(o, 0);
	o->bytes = 0;
}
