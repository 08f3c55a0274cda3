/*
 * ws_frame: WebSocket frames (RFC 6455), the sending side.
 *
 * A server's frames are unmasked. Nothing is fragmented: each message goes out
 * as one frame with FIN set.
 */
#ifndef SIOGATE_WS_FRAME_H
#define SIOGATE_WS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

struct ws_deflate;

enum ws_opcode {
	WS_OP_CONT = 0,
	WS_OP_TEXT = 1,
	WS_OP_BINARY = 2,
	WS_OP_CLOSE = 8,
	WS_OP_PING = 9,
	WS_OP_PONG = 10
};

/* Close codes, RFC 6455 section 7.4.1. */
enum ws_close {
	WS_CLOSE_NORMAL = 1000,
	WS_CLOSE_GOING_AWAY = 1001,
	WS_CLOSE_PROTOCOL = 1002,
	WS_CLOSE_UNSUPPORTED = 1003,
	WS_CLOSE_NO_STATUS = 1005, /* never sent; "the frame had no code" */
	WS_CLOSE_INVALID_DATA = 1007,
	WS_CLOSE_POLICY = 1008,
	WS_CLOSE_TOO_BIG = 1009,
	WS_CLOSE_INTERNAL = 1011
};

/* Payload bytes of a control frame, at most. */
enum { WS_FRAME_CONTROL_MAX = 125 };

/* Appends one whole unmasked frame (FIN set). rsv1 marks a compressed one. The
 * payload of a control frame has at most WS_FRAME_CONTROL_MAX bytes. */
void ws_frame_add(
    struct buf *out, enum ws_opcode op, bool rsv1, struct span payload);

/* Appends just the header of such a frame, for a payload of n bytes. */
void ws_frame_add_header(
    struct buf *out, enum ws_opcode op, bool rsv1, size_t n);

/* Appends a close frame. Code WS_CLOSE_NO_STATUS makes an empty payload. A
 * reason of more than 123 bytes is cut at a character boundary. */
void ws_frame_add_close(struct buf *out, uint16_t code, struct span reason);

/* Appends a message as one compressed frame. Returns 0; or -1 with nothing
 * appended when compressing does not make it smaller. */
int ws_frame_add_deflated(struct buf *out, struct ws_deflate *d,
    enum ws_opcode op, struct span payload);

/* The code in the payload of a close frame, or WS_CLOSE_NO_STATUS. */
uint16_t ws_frame_close_code(struct span payload);

#endif
