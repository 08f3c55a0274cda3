/*
 * ack: answers that handlers wait for.
 *
 * An emit with a tag asks each receiver for an answer. An ack_wait belongs to
 * the namespace socket whose handler asked; an ack_entry stands for one
 * receiver that has not answered yet. When all have answered, or time is up, or
 * the missing ones are gone, hub_events.ack is called once.
 */
#ifndef SIOGATE_ACK_H
#define SIOGATE_ACK_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

struct ack_wait;
struct nsocket;

/* A new wait of n's handler. tag is raw JSON, which is copied; several: the
 * answers come as one array, with the first argument of each. timeout in ms. */
struct ack_wait *ack_wait_new(
    struct nsocket *asker, struct span tag, bool several, unsigned timeout);

/* The id that the packet must carry. */
uint64_t ack_wait_id(const struct ack_wait *w);

/* One more receiver. False when it owes too many answers already; then it
 * counts as missing. */
bool ack_wait_add(struct ack_wait *w, struct nsocket *receiver);

/* All receivers were added. If there are none the answer comes at once. */
void ack_wait_ready(struct ack_wait *w);

/* A client has answered; args is a raw array. False when nobody asked. */
bool ack_answer(struct nsocket *n, uint64_t id, struct span args);

/* n is gone: as one who answers, and as one who asks. */
void ack_drop(struct nsocket *n);

#endif
