/*
 * transport_priv: what the transports' files share among themselves.
 */
#ifndef SIOGATE_TRANSPORT_PRIV_H
#define SIOGATE_TRANSPORT_PRIV_H

#include "span.h"

struct outpacket;
struct transport;

/* Has ops->flush called at the end of the turn. */
void transport_flush_later(struct transport *t);

/* The packet's bytes in the transport's encoding. */
struct span transport_encode(const struct transport *t, struct outpacket *p);

#endif
