/*
 * test_eio4: packets, payloads and base64 of Engine.IO 4.
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
#include "eio4.h"

static const struct {
	struct span text;
	int rc;
	enum eio_type type;
	bool binary;
	struct span data;
} packets[] = {
	{ SPAN("0{\"sid\":\"x\"}"), 0, EIO_OPEN, false,
	    SPAN("{\"sid\":\"x\"}") },
	{ SPAN("1"), 0, EIO_CLOSE, false, SPAN("") },
	{ SPAN("2"), 0, EIO_PING, false, SPAN("") },
	{ SPAN("2probe"), 0, EIO_PING, false, SPAN("probe") },
	{ SPAN("3probe"), 0, EIO_PONG, false, SPAN("probe") },
	{ SPAN("4hello"), 0, EIO_MESSAGE, false, SPAN("hello") },
	{ SPAN("4"), 0, EIO_MESSAGE, false, SPAN("") },
	{ SPAN("4\0x"), 0, EIO_MESSAGE, false, SPAN("\0x") },
	{ SPAN("5"), 0, EIO_UPGRADE, false, SPAN("") },
	{ SPAN("6"), 0, EIO_NOOP, false, SPAN("") },
	{ SPAN("bAQIDBA=="), 0, EIO_MESSAGE, true, SPAN("AQIDBA==") },
	{ SPAN("b"), 0, EIO_MESSAGE, true, SPAN("") },
	{ SPAN(""), -1, EIO_OPEN, false, SPAN("") },
	{ SPAN("7"), -1, EIO_OPEN, false, SPAN("") },
	{ SPAN("/"), -1, EIO_OPEN, false, SPAN("") },
	{ SPAN("B"), -1, EIO_OPEN, false, SPAN("") },
	{ SPAN(" 4"), -1, EIO_OPEN, false, SPAN("") },
	{ SPAN("\xb4"), -1, EIO_OPEN, false, SPAN("") },
};

static void
test_decode(void **state)
{
	struct eio_packet p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		int rc = eio4_decode(packets[i].text, &p);

		if (rc != packets[i].rc)
			fail_msg("entry %zu: %d", i, rc);
		if (rc == 0 && (p.type != packets[i].type ||
				   p.binary != packets[i].binary ||
				   !span_eq(p.data, packets[i].data)))
			fail_msg("entry %zu", i);
	}
}

static const struct {
	struct span payload;
	size_t n;
	const char *packets[4];
} payloads[] = {
	{ SPAN("4hello"), 1, { "4hello" } },
	{ SPAN("4hello\x1e"
	       "2\x1e"
	       "4world"),
	    3, { "4hello", "2", "4world" } },
	{ SPAN("a\x1e"), 2, { "a", "" } },
	{ SPAN("\x1e"
	       "a"),
	    2, { "", "a" } },
	{ SPAN("\x1e\x1e"), 3, { "", "", "" } },
	{ SPAN(""), 1, { "" } },
};

static void
test_payload(void **state)
{
	struct span rest, packet;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
		bool done = false;

		rest = payloads[i].payload;
		for (n = 0; eio4_payload_next(&rest, &done, &packet); n++)
			if (n >= payloads[i].n ||
			    !span_eq(packet, span_str(payloads[i].packets[n])))
				fail_msg("entry %zu: packet %zu", i, n);
		if (n != payloads[i].n)
			fail_msg("entry %zu: %zu packets", i, n);
		assert_false(eio4_payload_next(&rest, &done, &packet));
	}
}

static const struct {
	struct span text;
	int rc;
	struct span bytes;
} base64[] = {
	/* RFC 4648 section 10 */
	{ SPAN(""), 0, SPAN("") },
	{ SPAN("Zg=="), 0, SPAN("f") },
	{ SPAN("Zm8="), 0, SPAN("fo") },
	{ SPAN("Zm9v"), 0, SPAN("foo") },
	{ SPAN("Zm9vYg=="), 0, SPAN("foob") },
	{ SPAN("Zm9vYmE="), 0, SPAN("fooba") },
	{ SPAN("Zm9vYmFy"), 0, SPAN("foobar") },
	{ SPAN("+/+/"), 0, SPAN("\xfb\xff\xbf") },
	/* without padding */
	{ SPAN("Zg"), 0, SPAN("f") },
	{ SPAN("Zm8"), 0, SPAN("fo") },
	{ SPAN("Zm9vYg"), 0, SPAN("foob") },
	/* refused */
	{ SPAN("Z"), -1, SPAN("") },
	{ SPAN("Z==="), -1, SPAN("") },
	{ SPAN("Zg="), -1, SPAN("") },
	{ SPAN("Zm8=="), -1, SPAN("") },
	{ SPAN("Zm9v="), -1, SPAN("") },
	{ SPAN("Zm9v=="), -1, SPAN("") },
	{ SPAN("Zm9v===="), -1, SPAN("") },
	{ SPAN("Zg==Zg=="), -1, SPAN("") },
	{ SPAN("="), -1, SPAN("") },
	{ SPAN("=="), -1, SPAN("") },
	{ SPAN("===="), -1, SPAN("") },
	{ SPAN("Zm 9v"), -1, SPAN("") },
	{ SPAN("Zm9v\n"), -1, SPAN("") },
	{ SPAN(" Zm9v"), -1, SPAN("") },
	{ SPAN("Zm-_"), -1, SPAN("") },
	{ SPAN("Zm9\0"), -1, SPAN("") },
	{ SPAN("Zm9\x80"), -1, SPAN("") },
};

static void
test_base64(void **state)
{
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(base64) / sizeof(base64[0]); i++) {
		int rc;

		buf_clear(&out);
		buf_adds(&out, "keep");
		rc = eio4_base64_decode(base64[i].text, &out);
		if (rc != base64[i].rc)
			fail_msg("entry %zu: %d", i, rc);
		if (!span_eq(span_of(out.data, 4), SPAN("keep")) ||
		    !span_eq(span_skip(buf_span(&out), 4), base64[i].bytes))
			fail_msg("entry %zu: bytes", i);
	}
	buf_release(&out);
}

static void
test_base64_round_trip(void **state)
{
	struct buf text = BUF_INIT;
	struct buf back = BUF_INIT;
	char bytes[300];
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(bytes); n++)
		bytes[n] = (char)(n * 37);
	for (n = 0; n <= sizeof(bytes); n++) {
		buf_clear(&text);
		buf_clear(&back);
		eio4_base64_encode(&text, span_of(bytes, n));
		assert_int_equal(text.len, (n + 2) / 3 * 4);
		assert_int_equal(eio4_base64_decode(buf_span(&text), &back), 0);
		if (!span_eq(buf_span(&back), span_of(bytes, n)))
			fail_msg("%zu bytes", n);
	}
	buf_release(&text);
	buf_release(&back);
}

static void
test_open(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	eio4_add_open(&out, SPAN("lv_VI97HAXpY6yYWAAAC"),
	    SPAN("[\"websocket\"]"), 25000, 20000, 1000000);
	assert_string_equal(buf_cstr(&out),
	    "{\"sid\":\"lv_VI97HAXpY6yYWAAAC\",\"upgrades\":[\"websocket\"],"
	    "\"pingInterval\":25000,\"pingTimeout\":20000,"
	    "\"maxPayload\":1000000}");
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_payload),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_base64_round_trip),
		cmocka_unit_test(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
