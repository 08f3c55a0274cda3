/*
 * test_ws_deflate: compression, and what is accepted of a client's offers.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "ws_deflate.h"
#include "ws_frame.h"

/* Payloads: the examples of RFC 7692 section 7.2.3, and broken ones. */
static const struct {
	struct span payload;
	uint16_t code;
	struct span message;
} payloads[] = {
	{ SPAN("\xf2\x48\xcd\xc9\xc9\x07\x00"), 0, SPAN("Hello") },
	{ SPAN("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"), 0,
	    SPAN("Hello") },
	{ SPAN("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"), 0,
	    SPAN("Hello") },
	/* a block marked as the last, with and without the byte behind it */
	{ SPAN("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), 0, SPAN("Hello") },
	{ SPAN("\xf3\x48\xcd\xc9\xc9\x07\x00"), 0, SPAN("Hello") },
	/* the empty block at the end is marked as the last */
	{ SPAN("\xf2\x48\xcd\xc9\xc9\x07\x04"), 0, SPAN("Hello") },
	/* two streams in one message */
	{ SPAN("\xf3\x48\xcd\xc9\xc9\x07\x00\xf2\x48\xcd\xc9\xc9\x07\x00"), 0,
	    SPAN("HelloHello") },
	{ SPAN("\x00"), 0, SPAN("") },
	/* even an empty message has one byte */
	{ SPAN(""), WS_CLOSE_INVALID_DATA, SPAN("") },
	/* refers to the message before, whose context is not kept */
	{ SPAN("\xf2\x00\x11\x00\x00"), WS_CLOSE_INVALID_DATA, SPAN("") },
	/* cut short */
	{ SPAN("\xf2\x48\xcd\xc9\xc9\x07"), WS_CLOSE_INVALID_DATA, SPAN("") },
	{ SPAN("\xf2\x48\xcd\xc9\xc9"), WS_CLOSE_INVALID_DATA, SPAN("") },
	{ SPAN("\xf2\x48\xcd"), WS_CLOSE_INVALID_DATA, SPAN("") },
	{ SPAN("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f"),
	    WS_CLOSE_INVALID_DATA, SPAN("") },
	/* cut short inside stored bytes, which the tail would fill up */
	{ SPAN("\x00\x05\x00\xfa\xff\x48"), WS_CLOSE_INVALID_DATA, SPAN("") },
	{ SPAN("\x00\x05\x00\xfa\xff\x48\x65"), WS_CLOSE_INVALID_DATA,
	    SPAN("") },
	/* no deflate at all */
	{ SPAN("\xff\xff\xff"), WS_CLOSE_INVALID_DATA, SPAN("") },
	{ SPAN("\x06"), WS_CLOSE_INVALID_DATA, SPAN("") },
};

static void
test_unpack(void **state)
{
	struct ws_deflate *d = ws_deflate_new(1);
	struct span message;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
		uint16_t code =
		    ws_deflate_unpack(d, payloads[i].payload, 100, &message);

		if (code != payloads[i].code)
			fail_msg("entry %zu: code %d", i, code);
		if (code == 0 && !span_eq(message, payloads[i].message))
			fail_msg("entry %zu: message", i);
	}
	ws_deflate_free(&d);
}

/* Fills p with text that compresses more or less well. */
static void
fill(char *p, size_t n, unsigned letters)
{
	unsigned x = 12345;
	size_t i;

	for (i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		p[i] = (char)((x >> 16) % letters);
	}
}

static void
test_round_trips(void **state)
{
	static const size_t lengths[] = { 20, 100, 1000, 1023, 1024, 1025,
		32768, 65535, 65536, 300000 };
	static const unsigned letters[] = { 1, 2, 20, 200 };
	struct ws_deflate *d;
	char *text = malloc(300000);
	size_t i;
	int level;

	(void)state;
	assert_non_null(text);
	for (level = 1; level <= 9; level += 4) {
		d = ws_deflate_new(level);
		for (i = 0; i < 10 * 4; i++) {
			struct span in = span_of(text, lengths[i / 4]);
			struct span packed, out;

			fill(text, in.n, letters[i % 4]);
			if (ws_deflate_pack(d, in, &packed) != 0) {
				if (in.n >= 100 && letters[i % 4] <= 20)
					fail_msg("entry %zu: refused", i);
				continue;
			}
			if (packed.n >= in.n)
				fail_msg("entry %zu: not shorter", i);
			if (ws_deflate_unpack(d, packed, in.n, &out) != 0 ||
			    !span_eq(in, out))
				fail_msg("entry %zu: differs", i);
			if (ws_deflate_unpack(d, packed, in.n - 1, &out) !=
			    WS_CLOSE_TOO_BIG)
				fail_msg("entry %zu: bound", i);
		}
		ws_deflate_free(&d);
	}
	free(text);
}

static void
test_cut_short_is_seen(void **state)
{
	struct ws_deflate *d = ws_deflate_new(6);
	char text[2000];
	struct span packed, out;
	size_t i, whole = 0;

	(void)state;
	fill(text, sizeof(text), 20);
	assert_int_equal(
	    ws_deflate_pack(d, span_of(text, sizeof(text)), &packed), 0);
	for (i = 1; i < packed.n; i++)
		if (ws_deflate_unpack(d, span_of(packed.p, i), 0, &out) == 0)
			whole++;
	assert_int_equal(whole, 0);
	ws_deflate_free(&d);
}

static void
test_bomb(void **state)
{
	struct ws_deflate *d = ws_deflate_new(9);
	size_t n = 50 << 20;
	char *zeros = calloc(1, n);
	struct span packed, out;

	(void)state;
	assert_non_null(zeros);
	assert_int_equal(ws_deflate_pack(d, span_of(zeros, n), &packed), 0);
	assert_true(packed.n < 60000);
	assert_int_equal(
	    ws_deflate_unpack(d, packed, 100000, &out), WS_CLOSE_TOO_BIG);
	/* the streams are of use after it */
	assert_int_equal(
	    ws_deflate_unpack(d, SPAN("\xf2\x48\xcd\xc9\xc9\x07\x00"), 5, &out),
	    0);
	assert_true(span_eq(out, SPAN("Hello")));
	free(zeros);
	ws_deflate_free(&d);
}

#define ANSWER                                             \
	"permessage-deflate; server_no_context_takeover; " \
	"client_no_context_takeover"
#define ANSWER_15 ANSWER "; server_max_window_bits=15"

static const struct {
	const char *offer;
	const char *answer; /* NULL: declined */
} offers[] = {
	{ "permessage-deflate", ANSWER },
	{ "Permessage-Deflate", ANSWER },
	{ "permessage-deflate; client_max_window_bits", ANSWER },
	{ "permessage-deflate;client_max_window_bits=10", ANSWER },
	{ "permessage-deflate ; client_max_window_bits = \"8\"", ANSWER },
	{ "permessage-deflate; server_no_context_takeover", ANSWER },
	{ "permessage-deflate; client_no_context_takeover; "
	  "server_no_context_takeover; client_max_window_bits",
	    ANSWER },
	{ "permessage-deflate; server_max_window_bits=15", ANSWER_15 },
	{ "permessage-deflate; server_max_window_bits=\"15\"", ANSWER_15 },
	{ "permessage-deflate; server_max_window_bits=10, "
	  "permessage-deflate",
	    ANSWER },
	{ "x-webkit-deflate-frame, permessage-deflate", ANSWER },
	{ "foo; a=\"b\", , permessage-deflate; server_max_window_bits=15",
	    ANSWER_15 },
	{ "", NULL },
	{ ",", NULL },
	{ "permessage", NULL },
	{ "permessage-deflate2", NULL },
	{ "x-webkit-deflate-frame", NULL },
	{ "permessage-deflate;", NULL },
	{ "permessage-deflate; unknown", NULL },
	{ "permessage-deflate; server_max_window_bits=14", NULL },
	{ "permessage-deflate; server_max_window_bits=8", NULL },
	{ "permessage-deflate; server_max_window_bits", NULL },
	{ "permessage-deflate; server_max_window_bits=", NULL },
	{ "permessage-deflate; server_max_window_bits=16", NULL },
	{ "permessage-deflate; server_max_window_bits=015", NULL },
	{ "permessage-deflate; server_max_window_bits=\"15", NULL },
	{ "permessage-deflate; client_max_window_bits=", NULL },
	{ "permessage-deflate; client_max_window_bits=7", NULL },
	{ "permessage-deflate; client_max_window_bits=16", NULL },
	{ "permessage-deflate; client_max_window_bits=1x", NULL },
	{ "permessage-deflate; client_max_window_bits=\"", NULL },
	{ "permessage-deflate; server_no_context_takeover=1", NULL },
	{ "permessage-deflate; server_no_context_takeover; "
	  "server_no_context_takeover",
	    NULL },
	{ "permessage-deflate; client_no_context_takeover=", NULL },
};

static void
test_negotiate(void **state)
{
	struct buf answer = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		bool taken;

		buf_clear(&answer);
		taken =
		    ws_deflate_negotiate(span_str(offers[i].offer), &answer);
		if (taken != (offers[i].answer != NULL) ||
		    !span_eq(buf_span(&answer), span_str(offers[i].answer)))
			fail_msg("entry %zu: %d, %.*s", i, taken,
			    SPAN_FMT(buf_span(&answer)));
	}
	assert_false(ws_deflate_negotiate(SPAN_EMPTY, &answer));
	buf_release(&answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unpack),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_cut_short_is_seen),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_negotiate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
