/*
 * eio4: Engine.IO protocol 4, packets and polling payloads.
 *
 * Called by the transports; owns nothing.
 */

/* system */
#include <nettle/base64.h>
#include <string.h>

/* base */
#include "buf.h"
#include "span.h"

/* own */
#include "eio4.h"

int
eio4_decode(struct span text, struct eio_packet *out)
{
	if (text.n == 0)
		return -1;
	if (text.p[0] == 'b') {
		out->type = EIO_MESSAGE;
		out->binary = true;
	} else if (text.p[0] >= '0' && text.p[0] <= '6') {
		out->type = (enum eio_type)(text.p[0] - '0');
		out->binary = false;
	} else {
		return -1;
	}
	out->data = span_skip(text, 1);
	return 0;
}

bool
eio4_payload_next(struct span *payload, bool *done, struct span *packet_r)
{
	if (*done)
		return false;
	*packet_r = span_cut(*payload, EIO4_SEPARATOR, payload);
	*done = payload->p == NULL;
	return true;
}

/* Takes the padding off base64 text. False when the text cannot be whole:
 * wrong length, or a blank or padding in the middle. */
static bool
strip_padding(struct span *text)
{
	struct span s = *text;
	size_t i;

	while (s.n && text->n - s.n < 2 && s.p[s.n - 1] == '=')
		s.n--;
	if (s.n % 4 == 1 || (s.n != text->n && text->n % 4 != 0))
		return false;
	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '=')
			return false;
	*text = s;
	return true;
}

int
eio4_base64_decode(struct span text, struct buf *out)
{
	struct base64_decode_ctx ctx;
	uint8_t *to;
	size_t n, more;

	if (!strip_padding(&text))
		return -1;
	if (text.n == 0)
		return 0;
	base64_decode_init(&ctx);
	to = (uint8_t *)buf_reserve(out, BASE64_DECODE_LENGTH(text.n + 2));
	if (!base64_decode_update(&ctx, &n, to, text.n, text.p) ||
	    !base64_decode_update(
		&ctx, &more, to + n, (4 - text.n % 4) % 4, "==") ||
	    !base64_decode_final(&ctx))
		return -1;
	out->len += n + more;
	return 0;
}

void
eio4_base64_encode(struct buf *out, struct span bytes)
{
	size_t n = BASE64_ENCODE_RAW_LENGTH(bytes.n);

	if (bytes.n == 0)
		return;
	base64_encode_raw(
	    buf_reserve(out, n), bytes.n, (const uint8_t *)bytes.p);
	out->len += n;
}

void
eio4_add_open(struct buf *out, struct span sid, struct span upgrades,
    unsigned ping_interval, unsigned ping_timeout, size_t max_payload)
{
	buf_adds(out, "{\"sid\":\"");
	buf_addspan(out, sid);
	buf_adds(out, "\",\"upgrades\":");
	buf_addspan(out, upgrades);
	buf_addf(out,
	    ",\"pingInterval\":%u,\"pingTimeout\":%u,\"maxPayload\":%zu}",
	    ping_interval, ping_timeout, max_payload);
}
