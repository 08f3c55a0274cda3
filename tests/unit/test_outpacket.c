/*
 * Packets on their way out: the bytes of each encoding, and who owns what.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "mem.h"

/* wire */
#include "ws_deflate.h"

/* tested */
#include "outpacket.h"

/* Fails unless an encoding has these bytes, each time. */
static void
check(struct outpacket *p, enum outpacket_encoding enc, struct span wanted)
{
	struct span got = outpacket_encode(p, enc, NULL, 1000000);

	assert_int_equal(got.n, wanted.n);
	assert_memory_equal(got.p, wanted.p, wanted.n);
	assert_ptr_equal(outpacket_encode(p, enc, NULL, 0).p, got.p);
}

static void
test_engine(void **state)
{
	char text[] = "probe";
	struct outpacket *p = outpacket_new_engine(EIO_PONG, span_str(text));

	(void)state;
	memset(text, 'x', 5); /* it has its own copy */
	check(p, OUTPACKET_EIO4_WS,
	    SPAN("\x81\x06"
		 "3probe"));
	check(p, OUTPACKET_EIO4_WS_DEFLATE,
	    SPAN("\x81\x06"
		 "3probe"));
	check(p, OUTPACKET_EIO4_POLLING, SPAN("3probe"));
	outpacket_unref(&p);
	assert_null(p);
	p = outpacket_new_engine(EIO_NOOP, SPAN_EMPTY);
	check(p, OUTPACKET_EIO4_WS,
	    SPAN("\x81\x01"
		 "6"));
	check(p, OUTPACKET_EIO4_POLLING, SPAN("6"));
	outpacket_unref(&p);
}

static void
test_raw(void **state)
{
	char bytes[] = "\x88\x02\x03\xe8";
	struct outpacket *p = outpacket_new_raw(span_of(bytes, 4));
	int enc;

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	outpacket_keep(p);
	for (enc = 0; enc < OUTPACKET_ENCODINGS; enc++)
		check(
		    p, (enum outpacket_encoding)enc, SPAN("\x88\x02\x03\xe8"));
	outpacket_unref(&p);
}

static void
test_packets(void **state)
{
	static const struct {
		struct packet pkt;
		const char *text;
	} cases[] = {
		{ { .type = PACKET_CONNECT,
		      .nsp = { "/", 1 },
		      .data = { "{\"sid\":\"x\"}", 11 } },
		    "40{\"sid\":\"x\"}" },
		{ { .type = PACKET_DISCONNECT, .nsp = { "/c", 2 } }, "41/c," },
		{ { .type = PACKET_EVENT,
		      .nsp = { "/c", 2 },
		      .has_id = true,
		      .id = 12,
		      .data = { "[\"e\"]", 5 } },
		    "42/c,12[\"e\"]" },
		{ { .type = PACKET_ACK,
		      .nsp = { "/", 1 },
		      .has_id = true,
		      .data = { "[]", 2 } },
		    "430[]" },
		{ { .type = PACKET_ERROR,
		      .nsp = { "/c", 2 },
		      .data = { "{}", 2 } },
		    "44/c,{}" },
	};
	struct buf ws = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outpacket *p =
		    outpacket_new(&cases[i].pkt, SPAN_EMPTY, NULL);

		buf_clear(&ws);
		buf_addch(&ws, '\x81');
		buf_addch(&ws, (char)strlen(cases[i].text));
		buf_adds(&ws, cases[i].text);
		check(p, OUTPACKET_EIO4_WS, buf_span(&ws));
		check(p, OUTPACKET_EIO4_WS_DEFLATE, buf_span(&ws));
		check(p, OUTPACKET_EIO4_POLLING, span_str(cases[i].text));
		outpacket_unref(&p);
	}
	buf_release(&ws);
}

/* The frame's header grows with the text. */
static void
test_lengths(void **state)
{
	static const struct {
		size_t n; /* payload bytes */
		struct span head;
	} cases[] = {
		{ 125, { "\x81\x7d", 2 } },
		{ 126, { "\x81\x7e\x00\x7e", 4 } },
		{ 65535, { "\x81\x7e\xff\xff", 4 } },
		{ 65536, { "\x81\x7f\0\0\0\0\0\x01\0\0", 10 } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *data = mem_alloc(cases[i].n);
		struct packet pkt = { .type = PACKET_EVENT, .nsp = SPAN("/") };
		struct outpacket *p;
		struct span got;

		memset(data, 'd', cases[i].n);
		pkt.data = span_of(data, cases[i].n - 2);
		p = outpacket_new(&pkt, SPAN_EMPTY, NULL);
		got = outpacket_encode(p, OUTPACKET_EIO4_WS, NULL, 0);
		assert_int_equal(got.n, cases[i].n + cases[i].head.n);
		assert_true(span_starts(got, cases[i].head));
		got = span_skip(got, cases[i].head.n);
		assert_true(span_starts(got, SPAN("42")));
		assert_memory_equal(got.p + 2, data, cases[i].n - 2);
		outpacket_unref(&p);
		free(data);
	}
}

/* An event with three attachments: two bytes, none, one. */
static struct outpacket *
with_attachments(char *data, char *blob, size_t ends[3])
{
	struct packet pkt = { .type = PACKET_EVENT,
		.nsp = SPAN("/"),
		.binary = true,
		.attachments = 3,
		.data = span_str(data) };

	ends[0] = ends[1] = 2;
	ends[2] = 3;
	return outpacket_new(&pkt, span_of(blob, 3), ends);
}

#define ATT_WS             \
	"\x81\x09"         \
	"453-[\"e\"]"      \
	"\x82\x02\x00\xff" \
	"\x82\x00"         \
	"\x82\x01\x7f"
#define ATT_POLLING       \
	"453-[\"e\"]\x1e" \
	"bAP8=\x1e"       \
	"b\x1e"           \
	"bfw=="

static void
test_attachments(void **state)
{
	char data[] = "[\"e\"]", blob[] = "\x00\xff\x7f";
	size_t ends[3];
	struct outpacket *p = with_attachments(data, blob, ends);

	(void)state;
	check(p, OUTPACKET_EIO4_WS, SPAN(ATT_WS));
	check(p, OUTPACKET_EIO4_WS_DEFLATE, SPAN(ATT_WS));
	check(p, OUTPACKET_EIO4_POLLING, SPAN(ATT_POLLING));
	outpacket_unref(&p);
}

/* What was kept can be encoded when the source is gone. */
static void
test_keep(void **state)
{
	char *data = mem_strdup("[\"e\"]"), *blob = mem_dup("\x00\xff\x7f", 3);
	size_t *ends = mem_alloc(3 * sizeof(*ends));
	struct outpacket *p = with_attachments(data, blob, ends);

	(void)state;
	check(p, OUTPACKET_EIO4_POLLING, SPAN(ATT_POLLING));
	outpacket_keep(p);
	outpacket_keep(p);
	memset(data, '?', 5);
	memset(blob, '?', 3);
	memset(ends, 0x7f, 3 * sizeof(*ends));
	free(data);
	free(blob);
	free(ends);
	check(p, OUTPACKET_EIO4_WS, SPAN(ATT_WS));
	check(p, OUTPACKET_EIO4_WS_DEFLATE, SPAN(ATT_WS));
	check(p, OUTPACKET_EIO4_POLLING, SPAN(ATT_POLLING));
	outpacket_unref(&p);
}

/* Without keeping, what was encoded at once outlives the source. */
static void
test_borrowed(void **state)
{
	char *data = mem_strdup("[\"e\"]");
	struct packet pkt = {
		.type = PACKET_EVENT, .nsp = SPAN("/"), .data = span_str(data)
	};
	struct outpacket *p = outpacket_new(&pkt, SPAN_EMPTY, NULL);

	(void)state;
	outpacket_encode(p, OUTPACKET_EIO4_WS, NULL, 0);
	free(data);
	check(p, OUTPACKET_EIO4_WS,
	    SPAN("\x81\x07"
		 "42[\"e\"]"));
	outpacket_unref(&p);
}

static void
test_refs(void **state)
{
	struct outpacket *p = outpacket_new_engine(EIO_PING, SPAN_EMPTY);
	struct outpacket *q = outpacket_ref(p), *r = outpacket_ref(p);

	(void)state;
	assert_ptr_equal(p, q);
	outpacket_unref(&p);
	assert_null(p);
	outpacket_unref(&q);
	check(r, OUTPACKET_EIO4_POLLING, SPAN("2"));
	outpacket_unref(&r);
}

/* Messages are compressed from the threshold on, and where it pays. */
static void
test_deflate(void **state)
{
	struct ws_deflate *d = ws_deflate_new(6);
	char data[203], noise[64];
	struct packet pkt = { .type = PACKET_EVENT, .nsp = SPAN("/") };
	size_t ends[1] = { 64 }, threshold, i;
	struct span got, message;
	struct outpacket *p;

	(void)state;
	memset(data, 'a', sizeof(data));
	for (i = 0; i < sizeof(noise); i++)
		noise[i] = (char)(i * 89 + 7);
	pkt.data = span_of(data, 98); /* the message has 100 bytes */
	for (threshold = 99; threshold <= 101; threshold++) {
		p = outpacket_new(&pkt, SPAN_EMPTY, NULL);
		got = outpacket_encode(
		    p, OUTPACKET_EIO4_WS_DEFLATE, d, threshold);
		assert_int_equal(
		    (unsigned char)got.p[0], threshold <= 100 ? 0xc1 : 0x81);
		if (threshold <= 100) {
			assert_true(got.n < 50);
			assert_int_equal(got.p[1], got.n - 2);
			assert_int_equal(ws_deflate_unpack(
					     d, span_skip(got, 2), 0, &message),
			    0);
			assert_int_equal(message.n, 100);
			assert_memory_equal(message.p, "42aaa", 5);
		} else {
			assert_int_equal(got.n, 102);
		}
		outpacket_unref(&p);
	}
	/* the attachment does not become smaller: it goes as it is */
	pkt.binary = true;
	pkt.attachments = 1;
	p = outpacket_new(&pkt, span_of(noise, 64), ends);
	got = outpacket_encode(p, OUTPACKET_EIO4_WS_DEFLATE, d, 0);
	assert_int_equal((unsigned char)got.p[0], 0xc1);
	got = span_skip(got, got.n - 66);
	assert_memory_equal(got.p, "\x82\x40", 2);
	assert_memory_equal(got.p + 2, noise, 64);
	outpacket_unref(&p);
	ws_deflate_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_engine),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_attachments),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_borrowed),
		cmocka_unit_test(test_refs),
		cmocka_unit_test(test_deflate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
