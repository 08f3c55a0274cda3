/*
 * vsocket_packet: the Socket.IO packets that a client sends.
 */
#ifndef SIOGATE_VSOCKET_PACKET_H
#define SIOGATE_VSOCKET_PACKET_H

#include "span.h"

struct vsocket;

/* One packet's text, a binary message, and one in base64. Each may close the
 * client. */
void vsocket_packet_text(struct vsocket *vs, struct span text);
void vsocket_packet_binary(struct vsocket *vs, struct span bytes);
void vsocket_packet_base64(struct vsocket *vs, struct span text);

/* Forgets a packet whose attachments have not all come. */
void vsocket_packet_drop(struct vsocket *vs);

#endif
