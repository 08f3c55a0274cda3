/*
 * fuzz_eio4: the packets of a payload, joined again, are the payload; base64
 * that decodes comes back the same when it is encoded.
 */

/* system */
#include <stdint.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "eio4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Decodes base64 and encodes it again. */
static void
check_base64(struct span text)
{
	struct buf bytes = BUF_INIT;
	struct buf again = BUF_INIT;
	size_t i;

	if (eio4_base64_decode(text, &bytes) != 0) {
		gw_assert(bytes.len == 0);
	} else {
		eio4_base64_encode(&again, buf_span(&bytes));
		gw_assert(span_starts(buf_span(&again), text));
		gw_assert(again.len % 4 == 0 && again.len < text.n + 3);
		for (i = text.n; i < again.len; i++)
			gw_assert(again.data[i] == '=');
	}
	buf_release(&bytes);
	buf_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span payload = span_of(data, n);
	struct span rest = payload;
	struct buf joined = BUF_INIT;
	struct eio_packet packet;
	struct span text;
	bool done = false;
	size_t count;

	for (count = 0; eio4_payload_next(&rest, &done, &text); count++) {
		if (count)
			buf_addch(&joined, EIO4_SEPARATOR);
		buf_addspan(&joined, text);
		if (eio4_decode(text, &packet) != 0)
			continue;
		gw_assert(packet.type <= EIO_NOOP);
		gw_assert(packet.data.n + 1 == text.n);
		if (packet.binary)
			check_base64(packet.data);
	}
	gw_assert(count >= 1);
	gw_assert(span_eq(buf_span(&joined), payload));
	buf_release(&joined);
	check_base64(payload);
	return 0;
}
