/*
 * ws_handshake: what the WebSocket opening handshake needs (RFC 6455 section
 * 4.2). Compression is negotiated by ws_deflate_negotiate.
 */
#ifndef SIOGATE_WS_HANDSHAKE_H
#define SIOGATE_WS_HANDSHAKE_H

#include <stdbool.h>

#include "span.h"

/* Length of Sec-WebSocket-Accept. */
enum { WS_HANDSHAKE_ACCEPT_LEN = 28 };

/* Computes Sec-WebSocket-Accept from the value of Sec-WebSocket-Key, with a
 * NUL at the end. 0; or -1 when key is not the base64 of 16 bytes. */
int ws_handshake_accept(
    struct span key, char accept_r[WS_HANDSHAKE_ACCEPT_LEN + 1]);

/* True when the comma-separated list in a header's value holds the token,
 * whatever its case ("keep-alive, Upgrade" holds "upgrade"). */
bool ws_handshake_has_token(struct span value, struct span token);

#endif
