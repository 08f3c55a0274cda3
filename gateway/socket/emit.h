/*
 * emit: who receives, and sending to all of them.
 */
#ifndef SIOGATE_EMIT_H
#define SIOGATE_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

struct namespace;
struct nsocket;

/* Whom an action means (HANDLER-PROTOCOL, "Who receives"). */
struct emit_target {
	struct namespace *ns;
	struct nsocket *sender; /* NULL: none */
	struct span to;         /* raw string or array of strings; or empty */
	struct span except;     /* the same */
	bool everybody;         /* with no `to`: all of ns, not the sender */
	bool broadcast;         /* the sender is left out */
};

/* Calls fn once for each namespace socket that is meant. fn may end them.
 * Returns how many there were. */
unsigned emit_each(const struct emit_target *target,
    void (*fn)(struct nsocket *n, void *arg), void *arg);

/* What is sent. */
struct emit_event {
	struct span name; /* raw JSON string */
	struct span args; /* raw array; empty: none */
	bool with_bytes;  /* args may hold $bytes objects */
	bool is_volatile;
	bool wants_ack;
	struct nsocket *asker; /* whose handler wants the answers */
	struct span tag;       /* raw JSON, with wants_ack */
	unsigned timeout;      /* ms; 0: the hub's */
};

/* Sends an event. Returns how many it was sent to; or -1, with nothing sent,
 * when its $bytes are not sound. wants_ack needs an asker. */
int emit_event(const struct emit_target *target, const struct emit_event *ev);

#endif
