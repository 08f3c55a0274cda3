/*
 * ws_decoder: WebSocket frames, the receiving side of a server.
 *
 * A frame goes through two phases: its header is gathered in head, and checked
 * as soon as there is enough of it to judge; then its payload is taken piece by
 * piece. A message or control frame that lies in one piece within the bytes fed
 * is handed out where it lies. Everything else is gathered in message (data) or
 * control, which are freed at the first call after it was handed out: so a
 * control frame may come between the fragments of a message.
 *
 * Called by the transports; owns the two gathering buffers. What the peer does
 * wrong ends in WS_ERROR and a close code.
 */

/* system */
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "mem.h"
#include "span.h"

/* own */
#include "utf8.h"
#include "ws_decoder.h"
#include "ws_deflate.h"
#include "ws_frame.h"

enum {
	FIN = 0x80,
	RSV1 = 0x40,
	RSV_2_3 = 0x30,
	OPCODE = 0x0f,
	MASKED = 0x80,
	LENGTH = 0x7f,
	LEN_16 = 126,
	LEN_64 = 127,
	MASK_LEN = 4
};

_Static_assert(
    sizeof(struct ws_decoder) <= 96, "a decoder is kept for each idle client");

void
ws_decoder_init(
    struct ws_decoder *d, size_t max_message, struct ws_deflate *deflate)
{
	*d = (struct ws_decoder){ .max_message = max_message,
		.deflate = deflate };
}

void
ws_decoder_release(struct ws_decoder *d)
{
	buf_release(&d->message);
	free(d->control);
	d->control = NULL;
}

/* Notes the close code of an error. */
static enum ws_event
fail(struct ws_decoder *d, uint16_t code)
{
	d->error = code;
	return WS_ERROR;
}

/* True for close, ping, pong and the reserved control opcodes. */
static bool
is_control(uint8_t opcode)
{
	return opcode >= WS_OP_CLOSE;
}

/* Judges opcode and reserved bits of a header's first byte. */
static bool
first_byte_ok(const struct ws_decoder *d, uint8_t b)
{
	bool rsv1 = b & RSV1;

	if (b & RSV_2_3)
		return false;
	switch (b & OPCODE) {
	case WS_OP_CONT:
		return !rsv1 && d->message_op != 0;
	case WS_OP_TEXT:
	case WS_OP_BINARY:
		return (!rsv1 || d->deflate != NULL) && d->message_op == 0;
	case WS_OP_CLOSE:
	case WS_OP_PING:
	case WS_OP_PONG:
		return !rsv1 && (b & FIN);
	default:
		return false;
	}
}

/* Judges the first two bytes of a header. */
static bool
first_two_ok(const struct ws_decoder *d)
{
	if (!first_byte_ok(d, d->head[0]) || !(d->head[1] & MASKED))
		return false;
	return !is_control(d->head[0] & OPCODE) ||
	       (d->head[1] & LENGTH) <= WS_FRAME_CONTROL_MAX;
}

/* Bytes of the extended length that the second header byte announces. */
static size_t
ext_len(uint8_t b)
{
	switch (b & LENGTH) {
	case LEN_16:
		return 2;
	case LEN_64:
		return 8;
	default:
		return 0;
	}
}

/* Reads the payload length from a whole header. False when it is not in its
 * shortest form or too large for any frame. */
static bool
read_length(const uint8_t *head, uint64_t *len_r)
{
	size_t n = ext_len(head[1]);
	uint64_t v = 0;
	size_t i;

	if (n == 0) {
		*len_r = head[1] & LENGTH;
		return true;
	}
	for (i = 0; i < n; i++)
		v = v << 8 | head[2 + i];
	*len_r = v;
	if (n == 2)
		return v >= LEN_16;
	return v > UINT16_MAX && v <= INT64_MAX;
}

/* True when a message may not have the bytes that the new frame brings. What
 * is compressed may be a little longer than what it stands for. */
static bool
too_big(const struct ws_decoder *d)
{
	uint64_t max = d->max_message;

	if (max == 0)
		return false;
	if (d->compressed)
		max += max / 8 + 64;
	return max >= d->max_message &&
	       (d->message.len > max || d->frame_len > max - d->message.len);
}

/* Acts on a whole header. */
static enum ws_event
begin_frame(struct ws_decoder *d)
{
	if (!read_length(d->head, &d->frame_len))
		return fail(d, WS_CLOSE_PROTOCOL);
	d->opcode = d->head[0] & OPCODE;
	d->fin = (d->head[0] & FIN) != 0;
	d->left = d->frame_len;
	d->in_payload = true;
	if (is_control(d->opcode))
		return WS_NEED_MORE;
	if (d->opcode != WS_OP_CONT) {
		d->message_op = d->opcode;
		d->compressed = (d->head[0] & RSV1) != 0;
		d->utf8 = (struct utf8){ 0 };
	}
	if (too_big(d))
		return fail(d, WS_CLOSE_TOO_BIG);
	return WS_NEED_MORE;
}

/* Moves bytes to head until it has want of them; false when there are not
 * enough. */
static bool
fill_head(struct ws_decoder *d, size_t want, char **p, size_t *n)
{
	while (d->head_len < want && *n) {
		d->head[d->head_len++] = (uint8_t) * *p;
		++*p;
		--*n;
	}
	return d->head_len >= want;
}

/* Gathers a header. WS_NEED_MORE is said of a whole one, too: in_payload makes
 * the difference. */
static enum ws_event
take_head(struct ws_decoder *d, char **p, size_t *n)
{
	bool judged = d->head_len >= 2;

	if (!fill_head(d, 2, p, n))
		return WS_NEED_MORE;
	if (!judged && !first_two_ok(d))
		return fail(d, WS_CLOSE_PROTOCOL);
	if (!fill_head(d, 2 + ext_len(d->head[1]) + MASK_LEN, p, n))
		return WS_NEED_MORE;
	return begin_frame(d);
}

/* Unmasks the n bytes at p; at says where in the frame they lie. */
static void
unmask(char *p, size_t n, const uint8_t *mask, uint64_t at)
{
	uint8_t key[8];
	uint64_t k, v;
	size_t i;

	for (i = 0; i < sizeof(key); i++)
		key[i] = mask[(at + i) % MASK_LEN];
	memcpy(&k, key, sizeof(k));
	for (; n >= sizeof(v); n -= sizeof(v), p += sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		v ^= k;
		memcpy(p, &v, sizeof(v));
	}
	for (i = 0; i < n; i++)
		p[i] = (char)((uint8_t)p[i] ^ key[i]);
}

/* Takes what there is of the frame's payload, unmasked. */
static struct span
take_piece(struct ws_decoder *d, char **p, size_t *n)
{
	size_t take = d->left < *n ? (size_t)d->left : *n;
	struct span piece = span_of(*p, take);

	if (take == 0)
		return SPAN_EMPTY;
	unmask(
	    *p, take, d->head + d->head_len - MASK_LEN, d->frame_len - d->left);
	*p += take;
	*n -= take;
	d->left -= take;
	return piece;
}

/* Makes ready for the next header. */
static void
end_frame(struct ws_decoder *d)
{
	d->in_payload = false;
	d->head_len = 0;
}

/* May an endpoint send this close code? */
static bool
close_code_ok(uint16_t code)
{
	if (code >= 3000)
		return code <= 4999;
	return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

/* Judges the payload of a close frame. */
static enum ws_event
check_close(struct ws_decoder *d, struct span payload)
{
	if (payload.n == 0)
		return WS_CLOSE;
	if (payload.n < 2 || !close_code_ok(ws_frame_close_code(payload)))
		return fail(d, WS_CLOSE_PROTOCOL);
	if (!utf8_valid(span_skip(payload, 2)))
		return fail(d, WS_CLOSE_INVALID_DATA);
	return WS_CLOSE;
}

/* Takes the next piece of a control frame. */
static enum ws_event
take_control(struct ws_decoder *d, struct span piece, struct span *payload_r)
{
	size_t had = (size_t)(d->frame_len - d->left) - piece.n;

	if (piece.n && (had || d->left)) {
		if (d->control == NULL)
			d->control = mem_alloc(WS_FRAME_CONTROL_MAX);
		memcpy(d->control + had, piece.p, piece.n);
		piece = span_of(d->control, had + piece.n);
	}
	if (d->left)
		return WS_NEED_MORE;
	end_frame(d);
	*payload_r = piece;
	switch (d->opcode) {
	case WS_OP_CLOSE:
		return check_close(d, piece);
	case WS_OP_PING:
		return WS_PING;
	default:
		return WS_PONG;
	}
}

/* Reports a message whose last byte is there. */
static enum ws_event
end_message(struct ws_decoder *d, struct span whole, struct span *payload_r)
{
	bool text = d->message_op == WS_OP_TEXT;
	bool valid = utf8_complete(&d->utf8);

	d->message_op = 0;
	if (d->compressed) {
		uint16_t code = ws_deflate_unpack(
		    d->deflate, whole, d->max_message, &whole);

		if (code != 0)
			return fail(d, code);
		valid = !text || utf8_valid(whole);
	}
	if (text && !valid)
		return fail(d, WS_CLOSE_INVALID_DATA);
	*payload_r = whole;
	return text ? WS_TEXT : WS_BINARY;
}

/* Takes the next piece of a message. */
static enum ws_event
take_data(struct ws_decoder *d, struct span piece, struct span *payload_r)
{
	bool last = d->left == 0 && d->fin;

	if (d->message_op == WS_OP_TEXT && !d->compressed &&
	    utf8_feed(&d->utf8, piece.p, piece.n) != 0)
		return fail(d, WS_CLOSE_INVALID_DATA);
	if (d->left == 0)
		end_frame(d);
	if (last && d->message.len == 0)
		return end_message(d, piece, payload_r);
	buf_addspan(&d->message, piece);
	if (last)
		return end_message(d, buf_span(&d->message), payload_r);
	return WS_NEED_MORE;
}

/* Frees what was handed out by the call before. */
static void
drop_reported(struct ws_decoder *d)
{
	if (d->message_op == 0 && d->message.data != NULL)
		buf_release(&d->message);
	if (!d->in_payload && d->control != NULL) {
		free(d->control);
		d->control = NULL;
	}
}

enum ws_event
ws_decoder_next(
    struct ws_decoder *d, char **p, size_t *n, struct span *payload_r)
{
	enum ws_event ev;
	struct span piece;

	*payload_r = SPAN_EMPTY;
	if (d->error)
		return WS_ERROR;
	drop_reported(d);
	do {
		if (!d->in_payload) {
			ev = take_head(d, p, n);
			if (ev != WS_NEED_MORE || !d->in_payload)
				return ev;
		}
		piece = take_piece(d, p, n);
		if (is_control(d->opcode))
			ev = take_control(d, piece, payload_r);
		else
			ev = take_data(d, piece, payload_r);
	} while (ev == WS_NEED_MORE && *n > 0);
	return ev;
}
