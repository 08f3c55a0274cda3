/*
 * fuzz_ws_frame: the frame decoder says the same however its input is cut, and
 * hands out nothing that breaks its promises.
 *
 * The first byte of the input switches compression and the bound, the second
 * one says how the rest is cut.
 */

/* system */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "utf8.h"
#include "ws_decoder.h"
#include "ws_deflate.h"
#include "ws_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Holds an event against what the header promises, and writes it down. */
static void
note(struct buf *log, const struct ws_decoder *d, enum ws_event ev,
    struct span payload)
{
	uint64_t n = payload.n;

	gw_assert(ev != WS_TEXT || utf8_valid(payload));
	if (ev == WS_TEXT || ev == WS_BINARY)
		gw_assert(d->max_message == 0 || n <= d->max_message);
	if (ev == WS_PING || ev == WS_PONG || ev == WS_CLOSE)
		gw_assert(n <= WS_FRAME_CONTROL_MAX);
	if (ev == WS_CLOSE)
		gw_assert(n != 1 &&
			  utf8_valid(n ? span_skip(payload, 2) : SPAN_EMPTY));
	gw_assert((ev == WS_ERROR) == (d->error != 0));
	buf_addch(log, (char)ev);
	buf_add(log, &d->error, sizeof(d->error));
	buf_add(log, &n, sizeof(n));
	buf_addspan(log, payload);
}

/* Feeds one piece. False after an error. */
static bool
feed(struct ws_decoder *d, const uint8_t *data, size_t n, struct buf *log)
{
	char *copy = malloc(n ? n : 1);
	char *p = copy;
	struct span payload;
	enum ws_event ev;

	gw_assert(copy != NULL);
	memcpy(copy, data, n);
	while ((ev = ws_decoder_next(d, &p, &n, &payload)) != WS_NEED_MORE) {
		note(log, d, ev, payload);
		if (ev == WS_ERROR)
			break;
	}
	gw_assert(ev == WS_ERROR || n == 0);
	free(copy);
	return ev != WS_ERROR;
}

/* Feeds everything in pieces of one size, and writes down what is said. */
static void
run(const uint8_t *data, size_t n, size_t piece, size_t max,
    struct ws_deflate *deflate, struct buf *log)
{
	struct ws_decoder d;
	size_t total = n;

	ws_decoder_init(&d, max, deflate);
	while (n > piece && feed(&d, data, piece, log)) {
		data += piece;
		n -= piece;
	}
	if (d.error == 0)
		feed(&d, data, n, log);
	gw_assert(d.message.cap <= 2 * total + 64);
	ws_decoder_release(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct ws_deflate *deflate;
	struct buf whole = BUF_INIT;
	struct buf pieces = BUF_INIT;
	struct ws_deflate *use;
	size_t max;

	if (n < 2)
		return 0;
	if (deflate == NULL)
		deflate = ws_deflate_new(1);
	use = data[0] & 1 ? deflate : NULL;
	max = data[0] & 2 ? 1u << (data[0] >> 4) : 1u << 20;
	run(data + 2, n - 2, n, max, use, &whole);
	run(data + 2, n - 2, data[1] % 32 + 1u, max, use, &pieces);
	gw_assert(span_eq(buf_span(&whole), buf_span(&pieces)));
	buf_release(&whole);
	buf_release(&pieces);
	return 0;
}
