/*
 * Fuzzer of packet_bytes: bytes out, and in again.
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

enum { MAX_DEPTH = 24, MAX_BLOBS = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Puts blobs back into text. What was taken out fits, but text may hold
 * placeholders of its own, so this may fail. */
static void
put_back(struct span text, const struct buf *blob, const size_t *ends, int n)
{
	struct buf out = BUF_INIT;
	struct span parts[MAX_BLOBS];
	size_t from = 0;
	int i;

	for (i = 0; i < n; from = ends[i++])
		parts[i] = span_of(
		    blob->data ? blob->data + from : NULL, ends[i] - from);
	if (packet_bytes_in(text, parts, (unsigned)n, 4 * text.n + 100, &out))
		gw_assert(out.len == 0);
	else
		gw_assert(
		    jscan_check(buf_span(&out), MAX_DEPTH, NULL) == JSCAN_OK);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct buf out = BUF_INIT, blob = BUF_INIT;
	size_t ends[MAX_BLOBS];
	int n, i;

	if (jscan_check(text, MAX_DEPTH, NULL) != JSCAN_OK)
		return 0;
	n = packet_bytes_out(text, &out, &blob, ends, MAX_BLOBS);
	gw_assert(n <= MAX_BLOBS);
	if (n >= 0) {
		gw_assert(
		    jscan_check(buf_span(&out), MAX_DEPTH, NULL) == JSCAN_OK);
		gw_assert(n == 0 ? blob.len == 0 : ends[n - 1] == blob.len);
		for (i = 1; i < n; i++)
			gw_assert(ends[i - 1] <= ends[i]);
		gw_assert(n > 0 || span_eq(buf_span(&out), text));
		put_back(buf_span(&out), &blob, ends, n);
	} else {
		gw_assert(out.len == 0 && blob.len == 0);
	}
	buf_release(&out);
	buf_release(&blob);
	return 0;
}
