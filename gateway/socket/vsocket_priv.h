/*
 * vsocket_priv: what hub.c and vsocket.c share.
 */
#ifndef SIOGATE_VSOCKET_PRIV_H
#define SIOGATE_VSOCKET_PRIV_H

#include <stdbool.h>

#include "deadline.h"

struct handshake;
struct hub;
struct transport;
struct vsocket;

/* A new client over t; the open packet is sent. t and the reference to the
 * handshake are owned by it. */
struct vsocket *vsocket_new(
    struct hub *h, struct transport *t, struct handshake *hs, bool upgradable);

/* Starts to try another transport, which is owned from now on. */
void vsocket_probe(struct vsocket *vs, struct transport *t);

/* The time-outs. */
void vsocket_on_ping_due(struct deadline *d, void *owner);
void vsocket_on_pong_due(struct deadline *d, void *owner);
void vsocket_on_connect_due(struct deadline *d, void *owner);
void vsocket_on_upgrade_due(struct deadline *d, void *owner);

/* A namespace socket is gone: it is taken off the list. */
void vsocket_forget(struct vsocket *vs, struct nsocket *n);

/* A namespace socket was let in. */
void vsocket_joined(struct vsocket *vs);

/* Sends a packet. */
void vsocket_send(struct vsocket *vs, struct outpacket *p, bool is_volatile);

#endif
