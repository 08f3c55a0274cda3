/*
 * outpacket: a packet on its way to clients, encoded once.
 *
 * An outgoing packet is counted by references: each client that waits for it
 * holds one. Its bytes in an encoding are made at first use and shared by all;
 * after that it never changes.
 *
 * It is made from text that belongs to somebody else (a handler's line), and
 * that text lasts only as long as the caller's buffer. So an encoding that
 * will be needed later is made at once (outpacket_encode), and
 * where the encoding may still change (a client on its way from polling to
 * WebSocket) outpacket_keep makes a copy of the source.
 */
#ifndef SIOGATE_OUTPACKET_H
#define SIOGATE_OUTPACKET_H

#include <stdbool.h>
#include <stddef.h>

#include "eio4.h"
#include "packet.h"
#include "span.h"

struct outpacket;
struct ws_deflate;

/* The forms in which a packet leaves. */
enum outpacket_encoding {
	OUTPACKET_EIO4_WS,         /* Engine.IO 4, WebSocket frames */
	OUTPACKET_EIO4_WS_DEFLATE, /* the same, compressed where it pays */
	OUTPACKET_EIO4_POLLING     /* Engine.IO 4, packets joined by 0x1E */
};
enum { OUTPACKET_ENCODINGS = OUTPACKET_EIO4_POLLING + 1 };

/* A Socket.IO packet. What pkt points to is borrowed, see above. With
 * attachments blob holds their bytes, and ends[i] is where the i-th ends. */
struct outpacket *outpacket_new(
    const struct packet *pkt, struct span blob, const size_t *ends);

/* An Engine.IO packet (ping, noop, ...). text is copied. */
struct outpacket *outpacket_new_engine(enum eio_type type, struct span text);

/* Bytes that are the same in every encoding (a WebSocket control frame).
 * They are copied. */
struct outpacket *outpacket_new_raw(struct span bytes);

/* One more reference; returns p. */
struct outpacket *outpacket_ref(struct outpacket *p);

/* One reference less; the last one frees it. Leaves *p NULL. */
void outpacket_unref(struct outpacket **p);

/* Copies the borrowed source, so that any encoding can be made later. */
void outpacket_keep(struct outpacket *p);

/* The packet's bytes; valid as long as the packet. deflate is needed for the
 * encodings that compress, and messages shorter than threshold bytes are not
 * compressed. */
struct span outpacket_encode(struct outpacket *p, enum outpacket_encoding enc,
    struct ws_deflate *deflate, size_t threshold);

#endif
