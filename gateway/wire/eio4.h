/*
 * eio4: Engine.IO protocol 4, packets and polling payloads.
 *
 * A payload is packets joined by 0x1E. A packet is a type digit and text, or
 * "b" and base64 for a binary message. github.com/socketio/engine.io-protocol
 */
#ifndef SIOGATE_EIO4_H
#define SIOGATE_EIO4_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "span.h"

enum eio_type {
	EIO_OPEN,
	EIO_CLOSE,
	EIO_PING,
	EIO_PONG,
	EIO_MESSAGE,
	EIO_UPGRADE,
	EIO_NOOP
};

struct eio_packet {
	enum eio_type type;
	bool binary;      /* a binary message, its data in base64 */
	struct span data; /* text behind the type digit, or the base64 */
};

enum { EIO4_SEPARATOR = 0x1e };

/* Decodes one packet's text. 0; or -1 when it is empty or of no known type.
 * Spans point into text. Neither the data's UTF-8 nor its base64 is checked. */
int eio4_decode(struct span text, struct eio_packet *out);

/* Cuts the next packet off *payload. False at the end. "a<RS>" has two
 * packets, the second one empty. Start with *done false. */
bool eio4_payload_next(struct span *payload, bool *done, struct span *packet_r);

/* Appends the bytes that base64 text stands for (RFC 4648; padding may be
 * missing, white space is refused). 0; or -1 with out as it was. */
int eio4_base64_decode(struct span text, struct buf *out);

/* Appends bytes as padded base64. */
void eio4_base64_encode(struct buf *out, struct span bytes);

/* The open packet's JSON, without the type digit. sid is an id of ours, put
 * in as it is. upgrades is raw JSON, such as ["websocket"]; times are in
 * milliseconds, max_payload in bytes. */
void eio4_add_open(struct buf *out, struct span sid, struct span upgrades,
    unsigned ping_interval, unsigned ping_timeout, size_t max_payload);

#endif
