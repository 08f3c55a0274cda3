/*
 * Tests of fcgi: records and pairs out, records and pairs in, cut anywhere.
 */

/* system */
#include <fastcgi.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "fcgi.h"

#define T(lit)                         \
	{                              \
		(lit), sizeof(lit) - 1 \
	}
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Fails unless *b holds want; releases it. */
static void
expect_buf(struct buf *b, struct span want)
{
	if (!span_eq(buf_span(b), want))
		fail_msg("got %zu bytes, want %zu", b->len, want.n);
	buf_release(b);
}

/* Records without content of the caller's. */
static void
test_add_simple(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	fcgi_add_begin(&b, 0x1234, true);
	expect_buf(&b, SPAN("\1\1\x12\x34\0\x08\0\0"
			    "\0\1\1\0\0\0\0\0"));
	fcgi_add_begin(&b, 1, false);
	expect_buf(&b, SPAN("\1\1\0\1\0\x08\0\0"
			    "\0\1\0\0\0\0\0\0"));
	fcgi_add_abort(&b, 0xffff);
	expect_buf(&b, SPAN("\1\2\xff\xff\0\0\0\0"));
	fcgi_add_end_of_stream(&b, FCGI_PARAMS, 1);
	expect_buf(&b, SPAN("\1\4\0\1\0\0\0\0"));
	fcgi_add_get_values(&b);
	expect_buf(&b, SPAN("\1\x09\0\0\0\x30\0\0"
			    "\x0e\0FCGI_MAX_CONNS"
			    "\x0d\0FCGI_MAX_REQS"
			    "\x0f\0FCGI_MPXS_CONNS"));
}

/* Streams are cut into records. */
static void
test_add_stream(void **state)
{
	static const size_t sizes[] = { 0, 1, 65534, 65535, 65536, 131070,
		131071, 200000 };
	struct buf content = BUF_INIT, out = BUF_INIT;
	size_t i, at, got, n;

	(void)state;
	for (i = 0; i < COUNT(sizes); i++) {
		buf_clear(&content);
		buf_clear(&out);
		for (n = 0; n < sizes[i]; n++)
			buf_addch(&content, (char)(n * 7 + n / 251));
		fcgi_add_stream(&out, FCGI_STDIN, 3, buf_span(&content));
		for (at = got = 0; at < out.len; at += 8 + n, got += n) {
			const unsigned char *h =
			    (const unsigned char *)out.data + at;

			n = (size_t)h[4] << 8 | h[5];
			assert_memory_equal(h, "\1\5\0\3", 4);
			assert_int_equal(h[6] | h[7], 0);
			assert_true(n > 0 && got + n <= sizes[i]);
			assert_memory_equal(h + 8, content.data + got, n);
		}
		assert_int_equal(got, sizes[i]);
		assert_int_equal(
		    out.len, sizes[i] + 8 * ((sizes[i] + 65534) / 65535));
	}
	buf_release(&content);
	buf_release(&out);
}

/* Pairs of all lengths, read back whole and cut. */
static void
test_pairs(void **state)
{
	static const size_t sizes[] = { 0, 1, 127, 128, 129, 255, 256, 65536 };
	struct buf text = BUF_INIT, pairs = BUF_INIT;
	struct span s, name, value;
	size_t i, j, cut, whole;

	(void)state;
	for (i = 0; i < 65536; i++)
		buf_addch(&text, (char)i);
	for (i = 0; i < COUNT(sizes); i++) {
		for (j = 0; j < COUNT(sizes); j++) {
			buf_clear(&pairs);
			fcgi_add_pair(&pairs, span_of(text.data, sizes[i]),
			    span_of(text.data, sizes[j]));
			whole = pairs.len;
			assert_int_equal(whole, sizes[i] + sizes[j] +
						    (sizes[i] < 128 ? 1 : 4) +
						    (sizes[j] < 128 ? 1 : 4));
			for (cut = 0; cut < whole; cut += 1 + cut / 20) {
				s = span_of(pairs.data, cut);
				assert_int_equal(
				    fcgi_next_pair(&s, &name, &value), 0);
				assert_int_equal(s.n, cut);
			}
			buf_adds(&pairs, "rest");
			s = buf_span(&pairs);
			assert_int_equal(fcgi_next_pair(&s, &name, &value), 1);
			assert_true(span_eq(s, SPAN("rest")));
			assert_true(
			    span_eq(name, span_of(text.data, sizes[i])));
			assert_true(
			    span_eq(value, span_of(text.data, sizes[j])));
		}
	}
	buf_release(&text);
	buf_release(&pairs);
}

/* Lengths of four bytes, byte for byte; also ones that need not be so long,
 * and ones that are out of reach. */
static void
test_pair_lengths(void **state)
{
	struct buf b = BUF_INIT;
	struct span s, name, value;
	char long_value[130];

	(void)state;
	memset(long_value, '0', sizeof(long_value));
	fcgi_add_pair(&b, SPAN("N"), span_of(long_value, sizeof(long_value)));
	assert_memory_equal(b.data, "\1\x80\0\0\x82N0", 7);
	s = SPAN("\x80\0\0\1\x80\0\0\2nvw");
	assert_int_equal(fcgi_next_pair(&s, &name, &value), 1);
	assert_true(span_eq(name, SPAN("n")));
	assert_true(span_eq(value, SPAN("vw")));
	assert_int_equal(s.n, 0);
	s = SPAN("\xff\xff\xff\xff\xff\xff\xff\xffnv");
	assert_int_equal(fcgi_next_pair(&s, &name, &value), 0);
	s = SPAN_EMPTY;
	assert_int_equal(fcgi_next_pair(&s, &name, &value), 0);
	s = SPAN("\0\0");
	assert_int_equal(fcgi_next_pair(&s, &name, &value), 1);
	assert_int_equal(name.n + value.n + s.n, 0);
	buf_release(&b);
}

/* Streams from workers, and what is reported of them. */
static const struct decode_case {
	struct span in;
	const char *want;
	bool idle;
} decode_cases[] = {
	/* 0 */
	{ T(""), "", true },
	{ T("\1\6\0\1\0\5\0\0hello"), "out1:hello;", true },
	{ T("\1\6\0\1\0\5\3\0helloPPP"), "out1:hello;", true },
	{ T("\1\6\0\1\0\5\3\0helloPP"), "out1:hello;", false },
	{ T("\1\6\0\1\0\5\0\0hel"), "out1:hel;", false },
	{ T("\1\6\0\1\0\0\0\0"), "outend1;", true },
	{ T("\1\6\0\1\0\0\2\0PP\1\6\0\2\0\1\0\0x"), "outend1;out2:x;", true },
	{ T("\1\7\1\0\0\3\0\0err\1\7\1\0\0\0\0\0"), "err256:err;", true },
	{ T("\1\3\0\1\0\x08\0\0\1\2\3\4\0\0\0\0"), "end1:16909060,0;", true },
	{ T("\1\3\0\1\0\x08\2\0\xff\xff\xff\xff\2xyzPP"), "end1:4294967295,2;",
	    true },
	/* 10: END_REQUEST too long, too short */
	{ T("\1\3\0\1\0\x0b\1\0\0\0\0\7\3\0\0\0abcP\1\6\0\1\0\0\0\0"),
	    "end1:7,3;outend1;", true },
	{ T("\1\3\0\1\0\7\0\0\0\0\0\7\3\0\0"), "error;", true },
	{ T("\1\3\0\1\0\0\0\0"), "error;", true },
	{ T("\2\6\0\1\0\5\0\0hello"), "error;", true },
	{ T("\0"), "error;", true },
	{ T("HTTP/1.1 200 OK\r\n"), "error;", true },
	/* 16: values */
	{ T("\1\x0a\0\0\0\5\3\0\1\2a12PPP"), "values0:\1\2a12;", true },
	{ T("\1\x0a\0\0\0\0\1\0P"), "values0:;", true },
	{ T("\1\x0b\0\0\0\x08\0\0\x63\0\0\0\0\0\0\0"), "other0;", true },
	{ T("\1\x0b\0\0\0\0\0\0"), "other0;", true },
	/* 20 */
	{ T("\1\xff\0\7\0\2\2\0abPP\1\6\0\7\0\1\0\0z"), "other7;out7:z;",
	    true },
	{ T("\1\1\0\1\0\1\0\0x\1\6\0\1\0\1\0\0z"), "other1;out1:z;", true },
	{ T("\1\6\0\1\0\1\0\0a\1\6\0\2\0\1\0\0b\1\6\0\1\0\1\0\0c"),
	    "out1:a;out2:b;out1:c;", true },
	{ T("\1\6\0\1\0\2\7\0abPPPPPPP\1\7\0\1\0\1\0\0E\1\6\0\1\0\0\0\0"
	    "\1\3\0\1\0\x08\0\0\0\0\0\0\0\0\0\0\1\6\0\2\0\1\0\0n"),
	    "out1:ab;err1:E;outend1;end1:0,0;out2:n;", true },
	{ T("\1\6\0"), "", false },
};

/* Appends one event to a trace; pieces of one stream are joined. */
static void
trace_event(struct buf *trace, enum fcgi_event ev,
    const struct fcgi_record *rec, enum fcgi_event *last, uint16_t *last_id)
{
	static const char *const names[] = {
		[FCGI_EV_STDOUT] = "out",
		[FCGI_EV_STDOUT_END] = "outend",
		[FCGI_EV_STDERR] = "err",
		[FCGI_EV_END] = "end",
		[FCGI_EV_VALUES] = "values",
		[FCGI_EV_OTHER] = "other",
		[FCGI_EV_ERROR] = "error",
	};
	bool stream = ev == FCGI_EV_STDOUT || ev == FCGI_EV_STDERR;

	if (stream && ev == *last && rec->id == *last_id) {
		trace->len--;
	} else {
		buf_adds(trace, names[ev]);
		if (ev != FCGI_EV_ERROR)
			buf_addu64(trace, rec->id);
		if (stream || ev == FCGI_EV_VALUES)
			buf_addch(trace, ':');
	}
	buf_addspan(trace, rec->content);
	if (ev == FCGI_EV_END)
		buf_addf(
		    trace, ":%u,%u", rec->app_status, rec->protocol_status);
	buf_addch(trace, ';');
	*last = ev;
	*last_id = rec->id;
}

/* Feeds a copy of a piece. False after an error. */
static bool
feed(struct fcgi_decoder *d, struct span piece, struct buf *trace,
    enum fcgi_event *last, uint16_t *last_id)
{
	char *copy = malloc(piece.n ? piece.n : 1);
	const char *p = copy;
	size_t n = piece.n;
	struct fcgi_record rec;
	enum fcgi_event ev;

	assert_non_null(copy);
	if (n)
		memcpy(copy, piece.p, n);
	while ((ev = fcgi_decoder_next(d, &p, &n, &rec)) != FCGI_EV_NEED_MORE) {
		trace_event(trace, ev, &rec, last, last_id);
		if (ev == FCGI_EV_ERROR)
			break;
	}
	if (ev != FCGI_EV_ERROR)
		assert_int_equal(n, 0);
	free(copy);
	return ev != FCGI_EV_ERROR;
}

/* Runs one case: a first piece of size first, then pieces of size step. */
static void
run(size_t i, size_t first, size_t step)
{
	const struct decode_case *c = &decode_cases[i];
	enum fcgi_event last = FCGI_EV_NEED_MORE;
	struct buf trace = BUF_INIT;
	struct span rest = c->in;
	struct fcgi_decoder d;
	uint16_t last_id = 0;
	size_t n = first;
	bool ok = true;

	fcgi_decoder_init(&d);
	assert_true(fcgi_decoder_idle(&d));
	while (ok && rest.n) {
		if (n > rest.n)
			n = rest.n;
		ok = feed(&d, span_of(rest.p, n), &trace, &last, &last_id);
		rest = span_skip(rest, n);
		n = step;
	}
	if (!span_eq(buf_span(&trace), span_str(c->want)))
		fail_msg("case %zu, cut %zu, %zu: got \"%.*s\", want \"%s\"", i,
		    first, step, SPAN_FMT(buf_span(&trace)), c->want);
	if (ok && fcgi_decoder_idle(&d) != c->idle)
		fail_msg("case %zu, cut %zu, %zu: idle", i, first, step);
	buf_release(&trace);
}

/* Whole, one byte at a time, and cut at every offset. */
static void
test_decode(void **state)
{
	size_t i, cut;

	(void)state;
	for (i = 0; i < COUNT(decode_cases); i++) {
		run(i, SIZE_MAX, SIZE_MAX);
		run(i, 1, 1);
		for (cut = 0; cut <= decode_cases[i].in.n; cut++)
			run(i, cut, SIZE_MAX);
	}
}

/* A values record at, and beyond, what the decoder gathers. */
static void
test_decode_long_values(void **state)
{
	enum { FITS = sizeof(((struct fcgi_decoder *)0)->body) };
	char in[8 + FITS + 1] = { 0 };
	struct fcgi_decoder d;
	struct fcgi_record rec;
	const char *p = in;
	size_t n = 8 + FITS;

	(void)state;
	fcgi_decoder_init(&d);
	fcgi_put_header(in, FCGI_GET_VALUES_RESULT, 0, FITS, 0);
	assert_int_equal(fcgi_decoder_next(&d, &p, &n, &rec), FCGI_EV_VALUES);
	assert_int_equal(rec.content.n, FITS);
	assert_true(fcgi_decoder_idle(&d));
	fcgi_put_header(in, FCGI_GET_VALUES_RESULT, 0, FITS + 1, 0);
	p = in;
	n = sizeof(in);
	assert_int_equal(fcgi_decoder_next(&d, &p, &n, &rec), FCGI_EV_OTHER);
	assert_int_equal(
	    fcgi_decoder_next(&d, &p, &n, &rec), FCGI_EV_NEED_MORE);
	assert_int_equal(n, 0);
	assert_true(fcgi_decoder_idle(&d));
}

/* What the encoder writes, the decoder reads: a big stream. */
static void
test_round(void **state)
{
	struct buf content = BUF_INIT, wire = BUF_INIT, back = BUF_INIT;
	struct fcgi_decoder d;
	struct fcgi_record rec;
	enum fcgi_event ev;
	const char *p;
	size_t i, n;

	(void)state;
	for (i = 0; i < 300000; i++)
		buf_addch(&content, (char)(i * 31 + i / 255));
	fcgi_add_stream(&wire, FCGI_STDOUT, 9, buf_span(&content));
	fcgi_add_end_of_stream(&wire, FCGI_STDOUT, 9);
	fcgi_decoder_init(&d);
	p = wire.data;
	n = wire.len;
	while ((ev = fcgi_decoder_next(&d, &p, &n, &rec)) == FCGI_EV_STDOUT)
		buf_addspan(&back, rec.content);
	assert_int_equal(ev, FCGI_EV_STDOUT_END);
	assert_int_equal(rec.id, 9);
	assert_true(span_eq(buf_span(&content), buf_span(&back)));
	buf_release(&content);
	buf_release(&wire);
	buf_release(&back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_simple),
		cmocka_unit_test(test_add_stream),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_pair_lengths),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_decode_long_values),
		cmocka_unit_test(test_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
