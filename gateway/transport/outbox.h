/*
 * outbox: packets that wait for one client.
 *
 * It holds references, oldest first. An outbox that is all zero is empty; it
 * holds no memory of its own while at most two packets wait.
 */
#ifndef SIOGATE_OUTBOX_H
#define SIOGATE_OUTBOX_H

#include <stddef.h>

#include "outpacket.h"

struct outbox {
	struct outpacket **more; /* NULL: the inline slots are in use */
	struct outpacket *slots[2];
	unsigned head, n, cap; /* of more; cap is 0 without it */
	size_t bytes;          /* of all, in their encodings */
};

/* Appends p (a new reference is taken) whose encoding has n bytes. */
void outbox_push(struct outbox *o, struct outpacket *p, size_t n);

/* Puts p before the i-th packet; i is at most o->n. */
void outbox_insert(struct outbox *o, unsigned i, struct outpacket *p, size_t n);

/* The i-th packet, counted from the oldest; i is below o->n. */
struct outpacket *outbox_at(const struct outbox *o, unsigned i);

/* Drops the oldest packet, whose encoding has n bytes. */
void outbox_pop(struct outbox *o, size_t n);

/* Drops all and frees the memory. */
void outbox_release(struct outbox *o);

#endif
