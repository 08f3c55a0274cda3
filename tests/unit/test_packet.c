/*
 * Tests of packet and sio5: the packets of Socket.IO protocol 5.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "jscan.h"
#include "packet.h"
#include "sio5.h"

#define T(lit)                         \
	{                              \
		(lit), sizeof(lit) - 1 \
	}
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct packet_limits limits = {
	.max_depth = 8,
	.max_attachments = 3,
	.max_nsp = 16,
};

/* Fails unless both are the same packet. */
static void
expect_packet(size_t i, const struct packet *got, const struct packet *want)
{
	if (got->type != want->type || got->has_id != want->has_id ||
	    got->ack_data || got->id != want->id ||
	    got->attachments != want->attachments ||
	    got->binary != want->binary || !span_eq(got->nsp, want->nsp) ||
	    !span_eq(got->query, want->query) ||
	    !span_eq(got->data, want->data) ||
	    got->json_flags != want->json_flags)
		fail_msg("case %zu: type %d id %llu nsp %.*s query %.*s data "
			 "%.*s flags %u",
		    i, (int)got->type, (unsigned long long)got->id,
		    SPAN_FMT(got->nsp), SPAN_FMT(got->query),
		    SPAN_FMT(got->data), got->json_flags);
}

/* Packets that the encoder writes in just this way, both ways. */
static void
test_round(void **state)
{
	static const struct {
		struct span text;
		struct packet packet;
	} cases[] = {
		/* 0 */
		{ T("0"), { .type = PACKET_CONNECT, .nsp = T("/") } },
		{ T("0{\"token\":\"t\"}"),
		    { .type = PACKET_CONNECT,
			.nsp = T("/"),
			.data = T("{\"token\":\"t\"}") } },
		{ T("0/admin,"),
		    { .type = PACKET_CONNECT, .nsp = T("/admin") } },
		{ T("0/admin,{\"sid\":\"x\"}"),
		    { .type = PACKET_CONNECT,
			.nsp = T("/admin"),
			.data = T("{\"sid\":\"x\"}") } },
		{ T("0/a?b=1&c=?,{}"), { .type = PACKET_CONNECT,
					   .nsp = T("/a"),
					   .query = T("b=1&c=?"),
					   .data = T("{}") } },
		{ T("0/?b,"), { .type = PACKET_CONNECT,
				  .nsp = T("/"),
				  .query = T("b") } },
		{ T("1"), { .type = PACKET_DISCONNECT, .nsp = T("/") } },
		{ T("1/admin,"),
		    { .type = PACKET_DISCONNECT, .nsp = T("/admin") } },
		{ T("2[\"foo\"]"), { .type = PACKET_EVENT,
				       .nsp = T("/"),
				       .data = T("[\"foo\"]") } },
		{ T("2/admin,456[\"a\",1,{}]"),
		    { .type = PACKET_EVENT,
			.nsp = T("/admin"),
			.has_id = true,
			.id = 456,
			.data = T("[\"a\",1,{}]") } },
		/* 10 */
		{ T("20[\"a\"]"), { .type = PACKET_EVENT,
				      .nsp = T("/"),
				      .has_id = true,
				      .data = T("[\"a\"]") } },
		{ T("29007199254740991[\"a\"]"), { .type = PACKET_EVENT,
						     .nsp = T("/"),
						     .has_id = true,
						     .id = 9007199254740991,
						     .data = T("[\"a\"]") } },
		{ T("2[1,2]"), { .type = PACKET_EVENT,
				   .nsp = T("/"),
				   .data = T("[1,2]") } },
		{ T("2[\"\"]"), { .type = PACKET_EVENT,
				    .nsp = T("/"),
				    .data = T("[\"\"]") } },
		{ T("2 [ \"a\",\n1 ] "), { .type = PACKET_EVENT,
					     .nsp = T("/"),
					     .data = T(" [ \"a\",\n1 ] "),
					     .json_flags = JSCAN_F_NEWLINE } },
		{ T("2/\xc3\xa4\",[\"connected\"]"),
		    { .type = PACKET_EVENT,
			.nsp = T("/\xc3\xa4\""),
			.data = T("[\"connected\"]") } },
		{ T("2[\"x\",{\"$bytes\":\"\"}]"),
		    { .type = PACKET_EVENT,
			.nsp = T("/"),
			.data = T("[\"x\",{\"$bytes\":\"\"}]"),
			.json_flags = JSCAN_F_BYTES } },
		{ T("3/admin,456[]"), { .type = PACKET_ACK,
					  .nsp = T("/admin"),
					  .has_id = true,
					  .id = 456,
					  .data = T("[]") } },
		{ T("3012[{}]"), { .type = PACKET_ACK,
				     .nsp = T("/"),
				     .has_id = true,
				     .id = 12,
				     .data = T("[{}]") } },
		{ T("4\"no\""), { .type = PACKET_ERROR,
				    .nsp = T("/"),
				    .data = T("\"no\"") } },
		/* 20 */
		{ T("4/admin,{\"message\":\"no\"}"),
		    { .type = PACKET_ERROR,
			.nsp = T("/admin"),
			.data = T("{\"message\":\"no\"}") } },
		{ T("51-[\"b\",{\"_placeholder\":true,\"num\":0}]"),
		    { .type = PACKET_EVENT,
			.binary = true,
			.attachments = 1,
			.nsp = T("/"),
			.data = T("[\"b\",{\"_placeholder\":true,\"num\":0}]"),
			.json_flags = JSCAN_F_PLACEHOLDER } },
		{ T("53-/admin,7[\"b\"]"), { .type = PACKET_EVENT,
					       .binary = true,
					       .attachments = 3,
					       .nsp = T("/admin"),
					       .has_id = true,
					       .id = 7,
					       .data = T("[\"b\"]") } },
		{ T("61-/admin,456[{\"_placeholder\":true,\"num\":0}]"),
		    { .type = PACKET_ACK,
			.binary = true,
			.attachments = 1,
			.nsp = T("/admin"),
			.has_id = true,
			.id = 456,
			.data = T("[{\"_placeholder\":true,\"num\":0}]"),
			.json_flags = JSCAN_F_PLACEHOLDER } },
	};
	struct buf out = BUF_INIT;
	struct packet got;
	size_t i;

	(void)state;
	assert_int_equal(sio5_codec.protocol, 5);
	for (i = 0; i < COUNT(cases); i++) {
		if (sio5_codec.decode(cases[i].text, &limits, &got))
			fail_msg("case %zu: refused", i);
		expect_packet(i, &got, &cases[i].packet);
		if (i == 18) /* an id with a zero in front */
			continue;
		sio5_codec.encode(&out, &got);
		if (!span_eq(buf_span(&out), cases[i].text))
			fail_msg("case %zu: encoded as %.*s", i,
			    SPAN_FMT(buf_span(&out)));
		buf_clear(&out);
	}
	buf_release(&out);
}

/* Other spellings of the same. */
static void
test_spellings(void **state)
{
	static const struct {
		struct span text;
		struct packet packet;
	} cases[] = {
		{ T("0/admin"),
		    { .type = PACKET_CONNECT, .nsp = T("/admin") } },
		{ T("0/,{}"), { .type = PACKET_CONNECT,
				  .nsp = T("/"),
				  .data = T("{}") } },
		{ T("0/a?"), { .type = PACKET_CONNECT, .nsp = T("/a") } },
		{ T("01{}"), { .type = PACKET_CONNECT,
				 .nsp = T("/"),
				 .has_id = true,
				 .id = 1,
				 .data = T("{}") } },
		{ T("502-[\"a\"]"), { .type = PACKET_EVENT,
					.nsp = T("/"),
					.binary = true,
					.attachments = 2,
					.data = T("[\"a\"]") } },
		{ T("2/123456789012345?and-the-query-does-not-count,[1]"),
		    { .type = PACKET_EVENT,
			.nsp = T("/123456789012345"),
			.query = T("and-the-query-does-not-count"),
			.data = T("[1]") } },
	};
	struct packet got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (sio5_codec.decode(cases[i].text, &limits, &got))
			fail_msg("case %zu: refused", i);
		expect_packet(i, &got, &cases[i].packet);
	}
}

/* What is refused, and why. */
static void
test_refusals(void **state)
{
	static const struct {
		struct span text;
		enum packet_error want;
	} cases[] = {
		/* 0 */
		{ T(""), PACKET_E_SYNTAX },
		{ { NULL, 0 }, PACKET_E_SYNTAX },
		{ T("7"), PACKET_E_SYNTAX },
		{ T("a"), PACKET_E_SYNTAX },
		{ T("/"), PACKET_E_SYNTAX },
		{ T(" 0"), PACKET_E_SYNTAX },
		{ T("-1"), PACKET_E_SYNTAX },
		{ T("5"), PACKET_E_SYNTAX },
		{ T("5[\"a\"]"), PACKET_E_SYNTAX },
		{ T("5-[\"a\"]"), PACKET_E_SYNTAX },
		/* 10 */
		{ T("51"), PACKET_E_SYNTAX },
		{ T("51[\"a\"]"), PACKET_E_SYNTAX },
		{ T("5a-[\"a\"]"), PACKET_E_SYNTAX },
		{ T("5-1-[\"a\"]"), PACKET_E_SYNTAX },
		{ T("50-[\"a\"]"), PACKET_E_ATTACHMENTS },
		{ T("54-[\"a\"]"), PACKET_E_ATTACHMENTS },
		{ T("518446744073709551617-[\"a\"]"), PACKET_E_ATTACHMENTS },
		{ T("64294967297-1[]"), PACKET_E_ATTACHMENTS },
		{ T("3[]"), PACKET_E_SYNTAX },
		{ T("61-[]"), PACKET_E_SYNTAX },
		/* 20: ids */
		{ T("29007199254740992[\"a\"]"), PACKET_E_SYNTAX },
		{ T("2999999999999999999999999[\"a\"]"), PACKET_E_SYNTAX },
		{ T("21e3[\"a\"]"), PACKET_E_JSON },
		{ T("2-1[\"a\"]"), PACKET_E_JSON },
		{ T("2+1[\"a\"]"), PACKET_E_JSON },
		{ T("2x[\"a\"]"), PACKET_E_JSON },
		{ T("2[\"a\""), PACKET_E_JSON },
		{ T("2[\"a\"]x"), PACKET_E_JSON },
		{ T("2[\"a\"][\"b\"]"), PACKET_E_JSON },
		{ T("2[\"\xff\"]"), PACKET_E_JSON },
		/* 30: depth */
		{ T("2[\"a\",[[[[[[[[]]]]]]]]]"), PACKET_E_DEPTH },
		{ T("0[]"), PACKET_E_PAYLOAD },
		{ T("0\"x\""), PACKET_E_PAYLOAD },
		{ T("0null"), PACKET_E_PAYLOAD },
		{ T("0/a,[]"), PACKET_E_PAYLOAD },
		{ T("1{}"), PACKET_E_PAYLOAD },
		{ T("1/a,\"x\""), PACKET_E_PAYLOAD },
		{ T("2"), PACKET_E_PAYLOAD },
		{ T("2/a"), PACKET_E_PAYLOAD },
		{ T("2/a[\"b\"]"), PACKET_E_PAYLOAD },
		/* 40: events */
		{ T("212"), PACKET_E_PAYLOAD },
		{ T("2[]"), PACKET_E_PAYLOAD },
		{ T("2{}"), PACKET_E_PAYLOAD },
		{ T("2\"a\""), PACKET_E_PAYLOAD },
		{ T("2[null]"), PACKET_E_PAYLOAD },
		{ T("2[true]"), PACKET_E_PAYLOAD },
		{ T("2[[\"a\"]]"), PACKET_E_PAYLOAD },
		{ T("2[{\"a\":1}]"), PACKET_E_PAYLOAD },
		{ T("2[\"connect\"]"), PACKET_E_PAYLOAD },
		{ T("2[\"connect_error\"]"), PACKET_E_PAYLOAD },
		/* 50 */
		{ T("2[\"disconnect\",1]"), PACKET_E_PAYLOAD },
		{ T("2[\"disconnecting\"]"), PACKET_E_PAYLOAD },
		{ T("2[\"newListener\"]"), PACKET_E_PAYLOAD },
		{ T("2[\"removeListener\"]"), PACKET_E_PAYLOAD },
		{ T("2[\"\\u0063onnect\"]"), PACKET_E_PAYLOAD },
		{ T("2[\"newListen\\u0065r\"]"), PACKET_E_PAYLOAD },
		{ T("51-[\"connect\"]"), PACKET_E_PAYLOAD },
		{ T("51-"), PACKET_E_PAYLOAD },
		{ T("31"), PACKET_E_PAYLOAD },
		{ T("31{}"), PACKET_E_PAYLOAD },
		/* 60 */
		{ T("61-1{}"), PACKET_E_PAYLOAD },
		{ T("4"), PACKET_E_PAYLOAD },
		{ T("4[]"), PACKET_E_PAYLOAD },
		{ T("4/a,1"), PACKET_E_PAYLOAD },
		{ T("4null"), PACKET_E_PAYLOAD },
		{ T("2/1234567890123456,[1]"), PACKET_E_NSP },
		{ T("2/a\n,[1]"), PACKET_E_NSP },
		{ T("2/a\x7f,[1]"), PACKET_E_NSP },
		{ T("2/a\0,[1]"), PACKET_E_NSP },
		{ T("2/a?\x01,[1]"), PACKET_E_NSP },
		/* 70 */
		{ T("2/\xff,[1]"), PACKET_E_NSP },
		{ T("2/a?\xc3,[1]"), PACKET_E_NSP },
	};
	enum packet_error e;
	struct packet got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		e = sio5_codec.decode(cases[i].text, &limits, &got);
		if (e != cases[i].want)
			fail_msg("case %zu %.*s: got %s, want %s", i,
			    SPAN_FMT(cases[i].text), packet_strerror(e),
			    packet_strerror(cases[i].want));
	}
}

/* Packets are built from parts that point elsewhere. */
static void
test_encode(void **state)
{
	struct packet pkt = { .type = PACKET_EVENT, .data = SPAN("[\"a\"]") };
	struct buf out = BUF_INIT;

	(void)state;
	buf_addch(&out, '4');
	sio5_codec.encode(&out, &pkt);
	assert_true(span_eq(buf_span(&out), SPAN("42[\"a\"]")));
	buf_clear(&out);
	pkt.type = PACKET_ACK;
	pkt.nsp = SPAN("/x");
	pkt.has_id = true;
	pkt.id = UINT64_C(9007199254740991);
	pkt.binary = true;
	pkt.attachments = 12;
	sio5_codec.encode(&out, &pkt);
	assert_true(
	    span_eq(buf_span(&out), SPAN("612-/x,9007199254740991[\"a\"]")));
	buf_release(&out);
}

/* Reserved names. */
static void
test_reserved(void **state)
{
	(void)state;
	assert_true(packet_name_reserved(SPAN("connect")));
	assert_true(packet_name_reserved(SPAN("removeListener")));
	assert_false(packet_name_reserved(SPAN("Connect")));
	assert_false(packet_name_reserved(SPAN("connec")));
	assert_false(packet_name_reserved(SPAN("error")));
	assert_false(packet_name_reserved(SPAN_EMPTY));
	assert_true(packet_raw_reserved(SPAN("\"disconnect\"")));
	assert_true(packet_raw_reserved(SPAN("\"\\u0064isconnect\"")));
	assert_false(packet_raw_reserved(SPAN("\"\\u0044isconnect\"")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_reserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
