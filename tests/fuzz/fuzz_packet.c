/*
 * Fuzzer of sio5 and packet_bytes_in: packets of clients. What is decoded can
 * be encoded and decoded again, and stays the same.
 */

/* system */
#include <stdint.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "jscan.h"
#include "packet.h"
#include "sio5.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Encodes and decodes again. */
static void
again(const struct packet *pkt, const struct packet_limits *lim)
{
	struct buf out = BUF_INIT;
	struct packet back;

	sio5_codec.encode(&out, pkt);
	gw_assert(sio5_codec.decode(buf_span(&out), lim, &back) == PACKET_OK);
	gw_assert(back.type == pkt->type && back.binary == pkt->binary);
	gw_assert(back.has_id == pkt->has_id && back.id == pkt->id);
	gw_assert(back.attachments == pkt->attachments);
	gw_assert(span_eq(back.nsp, pkt->nsp));
	gw_assert(span_eq(back.query, pkt->query));
	gw_assert(span_eq(back.data, pkt->data));
	gw_assert(back.json_flags == pkt->json_flags);
	buf_release(&out);
}

/* Puts attachments in place. */
static void
fill(const struct packet *pkt)
{
	static const struct span blobs[] = {
		{ "first", 5 },
		{ "", 0 },
		{ "\0\xff", 2 },
	};
	enum { MAX = 4000 };
	struct buf out = BUF_INIT;

	if (pkt->data.n && packet_bytes_in(pkt->data, blobs, pkt->attachments,
			       MAX, &out) == 0) {
		gw_assert(out.len <= MAX);
		gw_assert(jscan_check(buf_span(&out), 16, NULL) == JSCAN_OK);
	} else {
		gw_assert(out.len == 0);
	}
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct packet_limits lim = {
		.max_depth = 16,
		.max_attachments = 3,
		.max_nsp = 40,
	};
	struct packet pkt;

	if (sio5_codec.decode(span_of(data, size), &lim, &pkt) != PACKET_OK)
		return 0;
	again(&pkt, &lim);
	fill(&pkt);
	return 0;
}
