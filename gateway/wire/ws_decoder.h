/*
 * ws_decoder: WebSocket frames (RFC 6455), the receiving side of a server.
 *
 * A pure codec. The decoder is fed with what was received, in any pieces, and
 * gives back whole messages and control frames, one for each call. It holds
 * memory only while a frame or a fragmented message is incomplete, and never
 * more than in proportion to what has arrived of it.
 */
#ifndef SIOGATE_WS_DECODER_H
#define SIOGATE_WS_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"
#include "utf8.h"

struct ws_deflate;

struct ws_decoder {
	/* What the owner sets before the first call. */
	size_t max_message;         /* bytes, after inflating; 0: no bound */
	struct ws_deflate *deflate; /* NULL: permessage-deflate is off */

	/* What the decoder keeps. */
	struct buf message; /* pieces of an incomplete message */
	char *control;      /* pieces of an incomplete control frame */
	uint64_t left;      /* payload bytes of this frame still to come */
	uint64_t frame_len; /* payload bytes of this frame */
	uint16_t error;     /* close code that fits after WS_ERROR */
	uint8_t head[14];   /* header bytes of this frame so far */
	uint8_t head_len;
	uint8_t opcode;      /* of this frame */
	uint8_t message_op;  /* of the message that has begun; 0: none */
	struct utf8 utf8;    /* of the text so far */
	bool in_payload : 1; /* the header is complete */
	bool fin : 1;        /* of this frame */
	bool compressed : 1; /* the message has RSV1 */
};

enum ws_event {
	WS_NEED_MORE, /* everything given was used up */
	WS_TEXT,      /* a whole text message, valid UTF-8 */
	WS_BINARY,    /* a whole binary message */
	WS_PING,      /* payload of at most 125 bytes */
	WS_PONG,
	WS_CLOSE, /* payload: empty, or a valid code and valid UTF-8 */
	WS_ERROR  /* the peer broke the protocol; decoder->error says how to
		     close */
};

/* Prepares a decoder. deflate may be NULL; it must outlive the decoder. */
void ws_decoder_init(
    struct ws_decoder *d, size_t max_message, struct ws_deflate *deflate);

/* Frees what an incomplete message holds. */
void ws_decoder_release(struct ws_decoder *d);

/*
 * Takes bytes from *p, of which *n are left, until there is something to
 * report, and moves *p and *n on. The bytes are unmasked in place, so they must
 * be writable. Call it again until it says WS_NEED_MORE.
 *
 * *payload_r points into the bytes when all of the message was among them, else
 * into the decoder, and is valid until the next call; a compressed message is
 * in the scratch memory of the deflate, and is valid until the next call for
 * any decoder that shares it.
 *
 * WS_ERROR with decoder->error: 1002 for unmasked frames, reserved bits or
 * opcodes, fragmented or long control frames, continuation without a start,
 * a start inside a message, lengths not in their shortest form or of 2^63 and
 * above, close payloads of one byte or with a code that may not be sent; 1007
 * for invalid UTF-8 (as soon as it is seen, also inside an incomplete frame)
 * and data that does not inflate; 1009 for a message above max_message (from
 * the header, before its payload arrives; for a compressed one also as soon as
 * inflating passes the bound). After WS_ERROR every call says WS_ERROR.
 */
enum ws_event ws_decoder_next(
    struct ws_decoder *d, char **p, size_t *n, struct span *payload_r);

#endif
