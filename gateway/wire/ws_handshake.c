/*
 * ws_handshake: what the WebSocket opening handshake needs.
 *
 * Called by the HTTP front before it answers 101; owns nothing.
 */

/* system */
#include <nettle/base64.h>
#include <nettle/sha1.h>

/* base */
#include "span.h"

/* own */
#include "ws_handshake.h"

enum {
	KEY_LEN = 24,         /* the base64 of 16 bytes */
	KEY_LEN_UNPADDED = 22 /* the same without "==" at the end */
};

_Static_assert(
    WS_HANDSHAKE_ACCEPT_LEN == BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE),
    "length of the base64 of a SHA-1 sum");

/* True when key is the padded base64 of 16 bytes. */
static bool
key_ok(struct span key)
{
	size_t i;

	if (key.n != KEY_LEN || key.p[22] != '=' || key.p[23] != '=')
		return false;
	for (i = 0; i < KEY_LEN_UNPADDED; i++) {
		char c = key.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			(c >= '0' && c <= '9') || c == '+' || c == '/'))
			return false;
	}
	return true;
}

int
ws_handshake_accept(struct span key, char accept_r[WS_HANDSHAKE_ACCEPT_LEN + 1])
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	struct sha1_ctx ctx;
	uint8_t sum[SHA1_DIGEST_SIZE];

	key = span_trim(key);
	if (!key_ok(key))
		return -1;
	sha1_init(&ctx);
	sha1_update(&ctx, key.n, (const uint8_t *)key.p);
	sha1_update(&ctx, sizeof(guid) - 1, (const uint8_t *)guid);
	sha1_digest(&ctx, sizeof(sum), sum);
	base64_encode_raw(accept_r, sizeof(sum), sum);
	accept_r[WS_HANDSHAKE_ACCEPT_LEN] = '\0';
	return 0;
}

bool
ws_handshake_has_token(struct span value, struct span token)
{
	while (value.p != NULL)
		if (span_eq_nocase(
			span_trim(span_cut(value, ',', &value)), token))
			return true;
	return false;
}
