/*
 * ws_deflate: compression of WebSocket messages, permessage-deflate.
 *
 * Called by ws_decoder and ws_frame, and for the handshake. Owns one zlib
 * stream and one scratch buffer for each direction; a large scratch buffer is
 * given back at the next message. Data that does not inflate is the peer's
 * error; zlib refusing to start is lack of memory, and fatal.
 */

/* system */
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "mem.h"
#include "span.h"

/* own */
#include "ws_deflate.h"
#include "ws_frame.h"

enum {
	WINDOW_BITS = 15,
	MEM_LEVEL = 8,
	SCRATCH_KEEP = 65536, /* bytes that a scratch buffer may keep */
	ROOM_MIN = 1024,      /* bytes asked of the scratch buffer at a time */
	TAIL_LEN = 4          /* bytes 00 00 ff ff that are not sent */
};

struct ws_deflate {
	z_stream packer;
	z_stream unpacker;
	struct buf packed;
	struct buf unpacked;
};

/*
 * The streams.
 */

struct ws_deflate *
ws_deflate_new(int level)
{
	struct ws_deflate *d = mem_zalloc(sizeof(*d));
	int rc;

	rc = deflateInit2(&d->packer, level, Z_DEFLATED, -WINDOW_BITS,
	    MEM_LEVEL, Z_DEFAULT_STRATEGY);
	gw_assert(rc == Z_OK);
	rc = inflateInit2(&d->unpacker, -WINDOW_BITS);
	gw_assert(rc == Z_OK);
	return d;
}

void
ws_deflate_free(struct ws_deflate **d)
{
	if (*d == NULL)
		return;
	deflateEnd(&(*d)->packer);
	inflateEnd(&(*d)->unpacker);
	buf_release(&(*d)->packed);
	buf_release(&(*d)->unpacked);
	free(*d);
	*d = NULL;
}

int
ws_deflate_pack(
    struct ws_deflate *d, struct span message, struct span *packed_r)
{
	z_stream *z = &d->packer;
	size_t room = message.n + TAIL_LEN;

	if (message.n == 0 || room > UINT_MAX)
		return -1;
	buf_reset(&d->packed, SCRATCH_KEEP);
	deflateReset(z);
	z->next_in = (Bytef *)message.p;
	z->avail_in = (uInt)message.n;
	z->next_out = (Bytef *)buf_reserve(&d->packed, room);
	z->avail_out = (uInt)room;
	if (deflate(z, Z_SYNC_FLUSH) != Z_OK || z->avail_out == 0)
		return -1;
	d->packed.len = room - z->avail_out - TAIL_LEN;
	*packed_r = buf_span(&d->packed);
	return 0;
}

/* Inflates once into the scratch buffer; returns what zlib says. */
static int
unpack_step(struct ws_deflate *d)
{
	z_stream *z = &d->unpacker;
	struct buf *out = &d->unpacked;
	size_t room;
	int rc;

	buf_reserve(out, ROOM_MIN);
	room = out->cap - out->len;
	if (room > INT_MAX)
		room = INT_MAX;
	z->next_out = (Bytef *)out->data + out->len;
	z->avail_out = (uInt)room;
	rc = inflate(z, Z_SYNC_FLUSH);
	out->len += room - z->avail_out;
	return rc;
}

/* Inflates the next piece of the payload. A block marked as the last one ends
 * zlib's stream, not the message (RFC 7692 section 7.2.3.4): *ended_r says that
 * the piece stopped right behind one. */
static uint16_t
unpack_piece(struct ws_deflate *d, struct span piece, size_t max, bool *ended_r)
{
	z_stream *z = &d->unpacker;
	int rc;

	*ended_r = false;
	z->next_in = (Bytef *)piece.p;
	z->avail_in = (uInt)piece.n;
	do {
		rc = unpack_step(d);
		if (max && d->unpacked.len > max)
			return WS_CLOSE_TOO_BIG;
		if (rc == Z_STREAM_END) {
			inflateReset(z);
			*ended_r = z->avail_in == 0;
		} else if (rc == Z_BUF_ERROR) {
			return 0;
		} else if (rc != Z_OK) {
			return WS_CLOSE_INVALID_DATA;
		}
	} while (!*ended_r && (z->avail_in > 0 || z->avail_out == 0));
	return 0;
}

/* Puts back the tail that the sender took off. It must be an empty block that
 * ends the message: nothing is added, and behind it is the end of zlib's stream
 * or the beginning of a block and of a byte (see inflate in zlib.h on
 * data_type). Otherwise the payload was cut short. */
static uint16_t
unpack_tail(struct ws_deflate *d, size_t max)
{
	struct span tail = SPAN("\x00\x00\xff\xff");
	size_t len = d->unpacked.len;
	bool ended;
	uint16_t code = unpack_piece(d, tail, max, &ended);
	int at = d->unpacker.data_type;

	if (code != 0)
		return code;
	if (d->unpacked.len != len)
		return WS_CLOSE_INVALID_DATA;
	return ended || ((at & 128) && (at & 63) == 0) ? 0
						       : WS_CLOSE_INVALID_DATA;
}

uint16_t
ws_deflate_unpack(struct ws_deflate *d, struct span payload, size_t max,
    struct span *message_r)
{
	bool ended = false;
	uint16_t code = 0;

	buf_reset(&d->unpacked, SCRATCH_KEEP);
	inflateReset(&d->unpacker);
	while (payload.n && code == 0) {
		size_t n = payload.n < INT_MAX ? payload.n : INT_MAX;

		code = unpack_piece(d, span_of(payload.p, n), max, &ended);
		payload = span_skip(payload, n);
	}
	if (code == 0 && !ended)
		code = unpack_tail(d, max);
	*message_r = code == 0 ? buf_span(&d->unpacked) : SPAN_EMPTY;
	return code;
}

/*
 * The negotiation.
 */

enum param {
	SERVER_NO_CONTEXT = 1,
	CLIENT_NO_CONTEXT = 2,
	SERVER_BITS = 4,
	CLIENT_BITS = 8
};

/* Which parameter a name stands for; 0: none that we know. */
static unsigned
param_of(struct span name)
{
	static const struct {
		const char *name;
		enum param param;
	} table[] = {
		{ "server_no_context_takeover", SERVER_NO_CONTEXT },
		{ "client_no_context_takeover", CLIENT_NO_CONTEXT },
		{ "server_max_window_bits", SERVER_BITS },
		{ "client_max_window_bits", CLIENT_BITS },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (span_eq_nocase(name, span_str(table[i].name)))
			return table[i].param;
	return 0;
}

/* A number from 8 to 15 without leading zeros, quoted or not; 0 when it is
 * something else. */
static int
window_bits(struct span v)
{
	if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		v = span_of(v.p + 1, v.n - 2);
	if (v.n == 1 && (v.p[0] == '8' || v.p[0] == '9'))
		return v.p[0] - '0';
	if (v.n == 2 && v.p[0] == '1' && v.p[1] >= '0' && v.p[1] <= '5')
		return 10 + v.p[1] - '0';
	return 0;
}

/* Can we do what this parameter of an offer asks for? Its bit is added to
 * *seen. */
static bool
param_ok(struct span text, unsigned *seen)
{
	struct span value;
	struct span name = span_trim(span_cut(text, '=', &value));
	bool has_value = value.p != NULL;
	unsigned param = param_of(name);

	value = span_trim(value);
	if (param == 0 || (*seen & param))
		return false;
	*seen |= param;
	switch (param) {
	case SERVER_BITS:
		return window_bits(value) == WINDOW_BITS;
	case CLIENT_BITS:
		return !has_value || window_bits(value) != 0;
	default:
		return !has_value;
	}
}

/* Can we accept this one of the offers? */
static bool
offer_ok(struct span offer, unsigned *seen)
{
	struct span rest;
	struct span name = span_trim(span_cut(offer, ';', &rest));

	*seen = 0;
	if (!span_eq_nocase(name, SPAN("permessage-deflate")))
		return false;
	while (rest.p != NULL)
		if (!param_ok(span_cut(rest, ';', &rest), seen))
			return false;
	return true;
}

bool
ws_deflate_negotiate(struct span offer, struct buf *answer)
{
	unsigned seen;

	while (offer.p != NULL) {
		if (!offer_ok(span_cut(offer, ',', &offer), &seen))
			continue;
		buf_adds(answer,
		    "permessage-deflate; server_no_context_takeover; "
		    "client_no_context_takeover");
		if (seen & SERVER_BITS)
			buf_adds(answer, "; server_max_window_bits=15");
		return true;
	}
	return false;
}
