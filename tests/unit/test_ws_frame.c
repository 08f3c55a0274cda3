/*
 * test_ws_frame: the frames that we send, byte for byte.
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

static const struct {
	enum ws_opcode op;
	bool rsv1;
	size_t n; /* payload length */
	struct span header;
} headers[] = {
	{ WS_OP_TEXT, false, 0, SPAN("\x81\x00") },
	{ WS_OP_TEXT, false, 5, SPAN("\x81\x05") },
	{ WS_OP_BINARY, false, 125, SPAN("\x82\x7d") },
	{ WS_OP_BINARY, false, 126, SPAN("\x82\x7e\x00\x7e") },
	{ WS_OP_TEXT, true, 127, SPAN("\xc1\x7e\x00\x7f") },
	{ WS_OP_BINARY, true, 65535, SPAN("\xc2\x7e\xff\xff") },
	{ WS_OP_BINARY, false, 65536,
	    SPAN("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00") },
	{ WS_OP_TEXT, false, 0x1234567,
	    SPAN("\x81\x7f\x00\x00\x00\x00\x01\x23\x45\x67") },
	{ WS_OP_PING, false, 125, SPAN("\x89\x7d") },
	{ WS_OP_PONG, false, 0, SPAN("\x8a\x00") },
};

static void
test_headers(void **state)
{
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		buf_clear(&out);
		ws_frame_add_header(
		    &out, headers[i].op, headers[i].rsv1, headers[i].n);
		if (!span_eq(buf_span(&out), headers[i].header))
			fail_msg("entry %zu", i);
	}
	buf_release(&out);
}

static void
test_frame_is_appended(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	buf_adds(&out, "x");
	ws_frame_add(&out, WS_OP_TEXT, false, SPAN("Hello"));
	ws_frame_add(&out, WS_OP_PONG, false, SPAN_EMPTY);
	assert_true(span_eq(buf_span(&out), SPAN("x\x81\x05Hello\x8a\x00")));
	buf_release(&out);
}

static void
test_close(void **state)
{
	static const struct {
		uint16_t code;
		struct span reason;
		struct span want;
	} table[] = {
		{ 1000, SPAN(""), SPAN("\x88\x02\x03\xe8") },
		{ 1002, SPAN("bad"),
		    SPAN("\x88\x05\x03\xea"
			 "bad") },
		{ 4999, SPAN(""), SPAN("\x88\x02\x13\x87") },
		{ WS_CLOSE_NO_STATUS, SPAN("unused"), SPAN("\x88\x00") },
	};
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		buf_clear(&out);
		ws_frame_add_close(&out, table[i].code, table[i].reason);
		if (!span_eq(buf_span(&out), table[i].want))
			fail_msg("entry %zu", i);
		if (ws_frame_close_code(span_skip(buf_span(&out), 2)) !=
		    table[i].code)
			fail_msg("entry %zu: code", i);
	}
	buf_release(&out);
}

static void
test_close_reason_is_cut(void **state)
{
	static const struct {
		size_t ascii; /* letters before a three-byte character */
		size_t want;  /* bytes of the reason that are left */
	} table[] = {
		{ 119, 122 },
		{ 120, 123 },
		{ 121, 121 },
		{ 122, 122 },
		{ 123, 123 },
		{ 200, 123 },
	};
	struct buf out = BUF_INIT;
	char reason[203];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		memset(reason, 'r', table[i].ascii);
		memcpy(reason + table[i].ascii, "\xe2\x82\xac", 3);
		buf_clear(&out);
		ws_frame_add_close(
		    &out, 1000, span_of(reason, table[i].ascii + 3));
		if (out.len != 4 + table[i].want ||
		    (size_t)out.data[1] != 2 + table[i].want)
			fail_msg("entry %zu: %zu bytes", i, out.len);
	}
	buf_release(&out);
}

static void
test_deflated(void **state)
{
	struct ws_deflate *d = ws_deflate_new(6);
	struct buf out = BUF_INIT;
	struct span message;
	char text[500];

	(void)state;
	buf_adds(&out, "x");
	assert_int_equal(
	    ws_frame_add_deflated(&out, d, WS_OP_TEXT, SPAN("abc")), -1);
	assert_int_equal(
	    ws_frame_add_deflated(&out, d, WS_OP_TEXT, SPAN_EMPTY), -1);
	assert_int_equal(out.len, 1);

	memset(text, 'a', sizeof(text));
	assert_int_equal(ws_frame_add_deflated(
			     &out, d, WS_OP_TEXT, span_of(text, sizeof(text))),
	    0);
	assert_int_equal((unsigned char)out.data[1], 0xc1);
	assert_int_equal((size_t)out.data[2], out.len - 3);
	assert_true(out.len < 50);
	assert_int_equal(
	    ws_deflate_unpack(d, span_skip(buf_span(&out), 3), 500, &message),
	    0);
	assert_true(span_eq(message, span_of(text, sizeof(text))));
	buf_release(&out);
	ws_deflate_free(&d);
	assert_null(d);
	ws_deflate_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_frame_is_appended),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_close_reason_is_cut),
		cmocka_unit_test(test_deflated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
