/*
 * ws_frame: WebSocket frames, the sending side.
 *
 * Called by whoever sends; owns nothing. Failure is not possible, except that a
 * message which does not shrink is left for ws_frame_add.
 */

/* system */
#include <string.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "span.h"

/* own */
#include "ws_deflate.h"
#include "ws_frame.h"

enum {
	FIN = 0x80,
	RSV1 = 0x40,
	LEN_16 = 126,
	LEN_64 = 127,
	REASON_MAX = WS_FRAME_CONTROL_MAX - 2
};

/* Appends v as n bytes, the highest first. */
static void
add_be(struct buf *out, uint64_t v, unsigned n)
{
	char *p = buf_reserve(out, n);
	unsigned i;

	for (i = 0; i < n; i++)
		p[i] = (char)(v >> (8 * (n - 1 - i)));
	out->len += n;
}

void
ws_frame_add_header(struct buf *out, enum ws_opcode op, bool rsv1, size_t n)
{
	gw_assert(op < WS_OP_CLOSE || n <= WS_FRAME_CONTROL_MAX);
	buf_addch(out, (char)(FIN | (rsv1 ? RSV1 : 0) | (int)op));
	if (n < LEN_16) {
		buf_addch(out, (char)n);
	} else if (n <= UINT16_MAX) {
		buf_addch(out, LEN_16);
		add_be(out, n, 2);
	} else {
		buf_addch(out, LEN_64);
		add_be(out, n, 8);
	}
}

void
ws_frame_add(struct buf *out, enum ws_opcode op, bool rsv1, struct span payload)
{
	ws_frame_add_header(out, op, rsv1, payload.n);
	buf_addspan(out, payload);
}

/* The longest piece of a reason that fits and ends with a whole character. */
static struct span
cut_reason(struct span reason)
{
	if (reason.n <= REASON_MAX)
		return reason;
	reason.n = REASON_MAX;
	while (reason.n && ((unsigned char)reason.p[reason.n] & 0xc0) == 0x80)
		reason.n--;
	return reason;
}

void
ws_frame_add_close(struct buf *out, uint16_t code, struct span reason)
{
	if (code == WS_CLOSE_NO_STATUS) {
		ws_frame_add_header(out, WS_OP_CLOSE, false, 0);
		return;
	}
	reason = cut_reason(reason);
	ws_frame_add_header(out, WS_OP_CLOSE, false, 2 + reason.n);
	add_be(out, code, 2);
	buf_addspan(out, reason);
}

int
ws_frame_add_deflated(struct buf *out, struct ws_deflate *d, enum ws_opcode op,
    struct span payload)
{
	struct span packed;

	if (ws_deflate_pack(d, payload, &packed) != 0)
		return -1;
	ws_frame_add(out, op, true, packed);
	return 0;
}

uint16_t
ws_frame_close_code(struct span payload)
{
	if (payload.n < 2)
		return WS_CLOSE_NO_STATUS;
	return (uint16_t)((unsigned char)payload.p[0] << 8 |
			  (unsigned char)payload.p[1]);
}
