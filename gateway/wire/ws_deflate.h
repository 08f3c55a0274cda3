/*
 * ws_deflate: compression of WebSocket messages, permessage-deflate (RFC 7692).
 *
 * No context is kept from one message to the next, in either direction
 * (server_no_context_takeover, client_no_context_takeover): so an idle
 * connection holds no zlib state and a broadcast is compressed once.
 */
#ifndef SIOGATE_WS_DEFLATE_H
#define SIOGATE_WS_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

/* One for the whole process: the zlib streams and their scratch memory. */
struct ws_deflate;

/* A new pair of streams; the caller frees it with ws_deflate_free. level is
 * zlib's, 1 to 9. */
struct ws_deflate *ws_deflate_new(int level);
void ws_deflate_free(struct ws_deflate **d);

/* Compresses a message. 0 with the frame's payload, which is valid until the
 * next call of this function; or -1 when it would not be shorter. */
int ws_deflate_pack(
    struct ws_deflate *d, struct span message, struct span *packed_r);

/* Inflates the payload of a compressed message to at most max bytes (0: no
 * bound). 0 with the message, which is valid until the next call of this
 * function; or the code to close with: WS_CLOSE_INVALID_DATA when it does not
 * inflate or is cut short, WS_CLOSE_TOO_BIG. */
uint16_t ws_deflate_unpack(struct ws_deflate *d, struct span payload,
    size_t max, struct span *message_r);

/* Reads a Sec-WebSocket-Extensions value. True when it offers a
 * permessage-deflate that we can accept; then the value to answer with is
 * appended to answer ("permessage-deflate; server_no_context_takeover;
 * client_no_context_takeover" and, where asked for, server_max_window_bits,
 * which we honour only at 15, declining offers that ask for less). */
bool ws_deflate_negotiate(struct span offer, struct buf *answer);

#endif
