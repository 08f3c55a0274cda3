/*
 * One request over FastCGI against a worker that the test plays: what is sent,
 * how the answer arrives, and what is made of it.
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

/* tested */
#include "backend.h"

/* own */
#include "backend_bench.h"
#include "fake_worker.h"

/* A whole exchange, over and over on one connection. */
static void
run_normal(bool tcp)
{
	struct bench b;
	int i;

	bench_init(&b, NULL, tcp);
	for (i = 0; i < 3; i++) {
		assert_false(backend_conn_busy(b.conn));
		bench_ask(&b);
		assert_true(backend_conn_busy(b.conn));
		assert_int_equal(b.fake.role, 1);
		assert_int_equal(b.fake.flags, 1);
		assert_int_equal(b.fake.param_records, 2);
		assert_int_equal(b.fake.stdin_records, 2);
		assert_true(bench_holds(&b.fake.params, "\1\1AB\1\2CDE"));
		assert_true(
		    bench_holds(&b.fake.body, "{\"type\":\"event\"}\n"));
		bench_answer(&b);
		bench_expect(&b, BACKEND_OK, 200);
		assert_true(bench_holds(&b.text, "{\"a\":1}\n{\"b\":2}\n"));
		assert_true(b.req.answer_bytes > 60);
		assert_true(backend_conn_open(b.conn));
	}
	assert_int_equal(b.fake.accepted, 1);
	backend_conn_close(b.conn);
	assert_false(backend_conn_open(b.conn));
	bench_release(&b);
}

static void
test_normal(void **state)
{
	(void)state;
	run_normal(false);
}

static void
test_tcp(void **state)
{
	(void)state;
	run_normal(true);
}

/* Without keep-alive each request has a connection of its own. */
static void
test_no_keep_alive(void **state)
{
	struct backend_settings set = { .headers = true };
	struct bench b;

	(void)state;
	bench_init(&b, &set, false);
	bench_ask(&b);
	assert_int_equal(b.fake.flags, 0);
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	assert_false(backend_conn_open(b.conn));
	fake_worker_close(&b.fake);
	bench_ask(&b);
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	assert_int_equal(b.fake.accepted, 2);
	bench_release(&b);
}

/* The answer arrives in two pieces, cut anywhere. */
static void
test_cut(void **state)
{
	struct buf out = BUF_INIT;
	struct bench b;
	size_t cut;

	(void)state;
	bench_add_rich(&out);
	bench_init(&b, NULL, false);
	for (cut = 1; cut < out.len; cut++) {
		bench_ask(&b);
		fake_worker_send(&b.fake, out.data, cut);
		UNTIL(&b, b.req.answer_bytes == cut);
		assert_int_equal(b.ends, 0);
		fake_worker_send(&b.fake, out.data + cut, out.len - cut);
		bench_expect(&b, BACKEND_OK, 201);
		assert_true(bench_holds(&b.text, "{\"a\":1}\n{\"b\":2}\n"));
		assert_true(bench_holds(&b.errors, "warning\n"));
	}
	assert_int_equal(b.fake.accepted, 1);
	buf_release(&out);
	bench_release(&b);
}

/* How END_REQUEST ends a request. */
static void
test_end_status(void **state)
{
	static const struct {
		const char *text;
		uint32_t app;
		uint8_t protocol;
		enum backend_end end;
		int status;
		const char *detail;
		unsigned lines;
	} table[] = {
		{ "", 0, COMPLETE, BACKEND_OK, 200, "", 0 },
		{ "A: b\n", 0, COMPLETE, BACKEND_OK, 200, "", 0 },
		{ "A: b\n\nx", 0, COMPLETE, BACKEND_OK, 200, "", 1 },
		{ "\nx\n", 0, COMPLETE, BACKEND_OK, 200, "", 1 },
		{ "Status: 399\n\nx\n", 0, COMPLETE, BACKEND_OK, 399, "", 1 },
		{ "\nx\ny", 3, COMPLETE, BACKEND_STATUS, 500,
		    "application status 3", 1 },
		{ "", 4294967295u, COMPLETE, BACKEND_STATUS, 500,
		    "application status 4294967295", 0 },
		{ "Status: 400\n\n", 0, COMPLETE, BACKEND_STATUS, 400, "", 0 },
		{ "status:503 Busy\r\n\r\na\nb\n\nc", 1, COMPLETE,
		    BACKEND_STATUS, 503, "a b c", 0 },
		{ "", 0, OVERLOADED, BACKEND_OVERLOADED, 0, "FCGI_OVERLOADED",
		    0 },
		{ "", 0, CANT_MPX, BACKEND_OVERLOADED, 0, "FCGI_CANT_MPX_CONN",
		    0 },
		{ "\nx\n", 0, OVERLOADED, BACKEND_GARBAGE, 200,
		    "a refusal after a part of an answer", 1 },
		{ "", 0, NO_ROLE, BACKEND_GARBAGE, 0, "FCGI_UNKNOWN_ROLE", 0 },
		{ "", 0, 9, BACKEND_GARBAGE, 0, "an unknown protocol status",
		    0 },
		{ "{\"emit\":\"x\"}\n", 0, COMPLETE, BACKEND_GARBAGE, 0,
		    "{\"emit\":\"x\"}", 0 },
		{ "{\"emit\":\"x\"}", 0, COMPLETE, BACKEND_GARBAGE, 0,
		    "{\"emit\":\"x\"}", 0 },
		{ "Status: no\n\n", 0, COMPLETE, BACKEND_GARBAGE, 0, "no", 0 },
	};
	struct bench b;
	size_t i;

	(void)state;
	bench_init(&b, NULL, false);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		bench_ask(&b);
		bench_answer_text(
		    &b, table[i].text, table[i].app, table[i].protocol);
		print_message("case %zu\n", i);
		bench_expect(&b, table[i].end, table[i].status);
		assert_int_equal(b.lines, table[i].lines);
		if (!bench_holds(&b.detail, table[i].detail))
			fail_msg("case %zu: %.*s", i, (int)b.detail.len,
			    b.detail.data);
		assert_int_equal(backend_conn_open(b.conn),
		    b.end == BACKEND_OK || b.end == BACKEND_STATUS);
		if (!backend_conn_open(b.conn))
			fake_worker_close(&b.fake);
	}
	bench_release(&b);
}

/* Of a long error page the first 200 bytes are kept, even of one line that is
 * longer than a line may be. */
static void
test_error_page(void **state)
{
	struct backend_settings set = bench_settings;
	struct buf out = BUF_INIT;
	char text[3000] = "Status: 500\n\nabc\n";
	struct bench b;

	(void)state;
	set.max_line = 1000;
	memset(text + 17, 'x', sizeof(text) - 18);
	bench_init(&b, &set, false);
	bench_ask(&b);
	bench_add_out(&out, text);
	bench_add_out(&out, "\nmore\n");
	fake_worker_add_end(&out, 0, COMPLETE);
	fake_worker_send(&b.fake, out.data, out.len);
	bench_expect(&b, BACKEND_STATUS, 500);
	assert_int_equal(b.detail.len, 200);
	assert_memory_equal(b.detail.data, "abc xxx", 7);
	assert_int_equal(b.lines, 0);
	assert_true(backend_conn_open(b.conn));
	buf_release(&out);
	bench_release(&b);
}

/* Without headers the first line is an action. */
static void
test_no_headers(void **state)
{
	struct backend_settings set = { .keep_alive = true };
	struct bench b;

	(void)state;
	bench_init(&b, &set, false);
	bench_ask(&b);
	bench_answer_text(&b, "{\"a\":1}\n{\"b\":2}\n", 0, COMPLETE);
	bench_expect(&b, BACKEND_OK, 200);
	assert_int_equal(b.lines, 2);
	bench_release(&b);
}

/* What is not FastCGI, or not an answer to us. */
static void
test_garbage(void **state)
{
	struct backend_settings set = bench_settings;
	struct buf out = BUF_INIT;
	struct bench b;
	int i;

	(void)state;
	set.max_line = 10;
	bench_init(&b, &set, false);
	for (i = 0; i < 4; i++) {
		static const char *const details[] = {
			"HTTP/1.1 400 Bad Request\r\n",
			"a record of a request that was not sent",
			"0123456789a",
			"\1\3\0\1\0\2\0\0xx",
		};

		bench_ask(&b);
		buf_clear(&out);
		if (i == 0)
			buf_adds(&out, details[i]);
		else if (i == 1)
			fake_worker_add(&out, STDOUT, 7, "\nx\n", 3, 0);
		else if (i == 2)
			bench_add_out(&out, "\n0123456789a\n");
		else
			fake_worker_add(&out, 3, 1, "xx", 2, 0);
		fake_worker_send(&b.fake, out.data, out.len);
		bench_expect(&b, BACKEND_GARBAGE, i == 2 ? 200 : 0);
		assert_false(backend_conn_open(b.conn));
		if (i != 3)
			assert_true(bench_holds(&b.detail, details[i]));
		fake_worker_close(&b.fake);
	}
	buf_release(&out);
	bench_release(&b);
}

/* A large request that the worker takes slowly. */
static void
test_large(void **state)
{
	enum { PIECE = 100000, BODY = 300 * 1024 };
	struct bench b;
	char *data = malloc(BODY);
	size_t i;

	(void)state;
	for (i = 0; i < BODY; i++)
		data[i] = (char)(i * 7 + i / 251);
	bench_init(&b, NULL, false);
	b.req.params[0] = span_of(data, 65535);
	b.req.params[1] = span_of(data, PIECE);
	b.req.params[2] = SPAN_EMPTY;
	b.req.params[3] = span_of(data, 10);
	b.req.body = span_of(data, BODY);
	b.reading = false;
	bench_start(&b);
	while (!fake_worker_has_request(&b.fake)) {
		bench_turn(&b);
		fake_worker_read(&b.fake, 3001);
	}
	assert_false(b.fake.bad);
	/* 1 + 2 + 1 and the empty one; 5 and the empty one. */
	assert_int_equal(b.fake.param_records, 5);
	assert_int_equal(b.fake.stdin_records, 6);
	assert_int_equal(b.fake.params.len, 65535 + PIECE + 10);
	assert_memory_equal(b.fake.params.data + 65535, data, PIECE);
	assert_memory_equal(b.fake.params.data + 65535 + PIECE, data, 10);
	assert_int_equal(b.fake.body.len, BODY);
	assert_memory_equal(b.fake.body.data, data, BODY);
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	assert_true(backend_conn_open(b.conn));
	bench_release(&b);
	free(data);
}

/* More records than go into one sendmsg. */
static void
test_many_records(void **state)
{
	enum { BODY = 6 << 20 };
	struct bench b;
	char *data = calloc(1, BODY);
	size_t i;

	(void)state;
	for (i = 0; i < BODY; i += 1000)
		data[i] = (char)(i / 1000);
	bench_init(&b, NULL, false);
	b.req.body = span_of(data, BODY);
	bench_ask(&b);
	assert_int_equal(b.fake.stdin_records, BODY / 65535 + 2);
	assert_int_equal(b.fake.body.len, BODY);
	assert_memory_equal(b.fake.body.data, data, BODY);
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	bench_release(&b);
	free(data);
}

/* The worker answers before it has read the request, and goes on living, or
 * closes. */
static void
test_early_end(void **state)
{
	enum { BODY = 4 << 20 };
	char *data = calloc(1, BODY);
	int closes;

	(void)state;
	for (closes = 0; closes < 2; closes++) {
		struct bench b;

		bench_init(&b, NULL, false);
		b.req.body = span_of(data, BODY);
		b.reading = false;
		bench_start(&b);
		UNTIL(&b, b.fake.fd != -1);
		bench_answer(&b);
		if (closes)
			fake_worker_close(&b.fake);
		bench_expect(&b, BACKEND_OK, 200);
		assert_int_equal(b.lines, 2);
		assert_false(backend_conn_open(b.conn));
		bench_release(&b);
	}
	free(data);
}

/* The worker is told to give up, and does. */
static void
test_abort(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, NULL, false);
	bench_ask(&b);
	backend_conn_abort(b.conn);
	backend_conn_abort(b.conn);
	UNTIL(&b, b.fake.aborts == 1);
	assert_int_equal(b.ends, 0);
	bench_answer_text(&b, "\nx\n", 1, COMPLETE);
	bench_expect(&b, BACKEND_ABORTED, 500);
	assert_int_equal(b.lines, 1);
	assert_false(backend_conn_open(b.conn));
	fake_worker_close(&b.fake);
	/* A worker that dies has died. */
	bench_ask(&b);
	backend_conn_abort(b.conn);
	UNTIL(&b, b.fake.aborts == 1);
	fake_worker_close(&b.fake);
	bench_expect(&b, BACKEND_DIED, 0);
	bench_release(&b);
}

/* An abort in the middle of a body comes behind it. */
static void
test_abort_behind_body(void **state)
{
	enum { BODY = 4 << 20 };
	char *data = calloc(1, BODY);
	struct bench b;

	(void)state;
	bench_init(&b, NULL, false);
	b.req.body = span_of(data, BODY);
	b.reading = false;
	bench_start(&b);
	UNTIL(&b, b.fake.fd != -1);
	backend_conn_abort(b.conn);
	b.reading = true;
	UNTIL(&b, b.fake.aborts == 1);
	assert_true(fake_worker_has_request(&b.fake));
	assert_false(b.fake.bad);
	assert_int_equal(b.fake.body.len, BODY);
	bench_answer(&b);
	bench_expect(&b, BACKEND_ABORTED, 200);
	bench_release(&b);
	free(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normal),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_no_keep_alive),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_end_status),
		cmocka_unit_test(test_error_page),
		cmocka_unit_test(test_no_headers),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_many_records),
		cmocka_unit_test(test_early_end),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_abort_behind_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
