/*
 * Connections that fail, in each way and at each moment, and owners that free
 * or use them inside a callback.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* base */
#include "buf.h"

/* tested */
#include "backend.h"

/* own */
#include "backend_bench.h"
#include "fake_worker.h"

/* The worker closes after any byte of the answer but the last. */
static void
test_died(void **state)
{
	struct buf out = BUF_INIT;
	struct bench b;
	size_t cut;

	(void)state;
	bench_add_rich(&out);
	bench_init(&b, NULL, false);
	for (cut = 0; cut < out.len; cut++) {
		bench_ask(&b);
		if (cut)
			fake_worker_send(&b.fake, out.data, cut);
		fake_worker_close(&b.fake);
		UNTIL(&b, b.ends == 1);
		assert_int_equal(b.end, BACKEND_DIED);
		assert_int_equal(b.req.answer_bytes, cut);
		assert_true(b.lines <= 1);
		assert_false(backend_conn_open(b.conn));
	}
	assert_int_equal(b.lines, 1);
	buf_release(&out);
	bench_release(&b);
}

/* The worker closes an idle connection. */
static void
test_idle_closed(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, NULL, false);
	bench_ask(&b);
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	fake_worker_close(&b.fake);
	UNTIL(&b, b.idle_closed == 1);
	bench_ask(&b);
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	assert_int_equal(b.fake.accepted, 2);
	bench_release(&b);
}

/* The worker says something on an idle connection. */
static void
test_unsolicited(void **state)
{
	struct buf out = BUF_INIT;
	struct bench b;

	(void)state;
	bench_init(&b, NULL, false);
	bench_ask(&b);
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	fake_worker_send(&b.fake, "?", 1);
	UNTIL(&b, b.idle_closed == 1);
	fake_worker_close(&b.fake);
	/* Right behind the answer: it is good, the connection is not. */
	bench_ask(&b);
	bench_add_out(&out, "\nx\n");
	fake_worker_add_end(&out, 0, COMPLETE);
	bench_add_out(&out, "y\n");
	fake_worker_send(&b.fake, out.data, out.len);
	bench_expect(&b, BACKEND_OK, 200);
	assert_int_equal(b.lines, 1);
	assert_false(backend_conn_open(b.conn));
	buf_release(&out);
	bench_release(&b);
}

/* Puts the bench on a kept-alive connection that the worker has just closed,
 * of which the loop does not know yet. */
static void
make_stale(struct bench *b)
{
	bench_ask(b);
	bench_answer(b);
	bench_expect(b, BACKEND_OK, 200);
	bench_clear(b);
	fake_worker_close(&b->fake);
	assert_true(backend_conn_open(b->conn));
}

/* A closed kept-alive connection: the request was not sent. */
static void
test_stale(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, NULL, false);
	make_stale(&b);
	bench_start(&b);
	bench_expect(&b, BACKEND_UNSENT, 0);
	assert_false(backend_conn_open(b.conn));
	assert_int_equal(b.idle_closed, 0);
	bench_release(&b);
}

/* With check_reuse nobody notices. */
static void
test_check_reuse(void **state)
{
	struct backend_settings set = bench_settings;
	struct bench b;

	(void)state;
	set.check_reuse = true;
	bench_init(&b, &set, false);
	make_stale(&b);
	bench_ask(&b);
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	assert_int_equal(b.fake.accepted, 2);
	bench_ask(&b);
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	assert_int_equal(b.fake.accepted, 2);
	bench_release(&b);
}

/* The worker closes with the request unread, or read, on a connection that is
 * reused, or fresh. */
static void
test_unread(void **state)
{
	static const struct {
		bool reused, read;
		enum backend_end end;
	} table[] = {
		{ true, false, BACKEND_UNSENT },
		{ true, true, BACKEND_DIED },
		{ false, false, BACKEND_DIED },
		{ false, true, BACKEND_DIED },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct bench b;

		bench_init(&b, NULL, false);
		if (table[i].reused) {
			bench_ask(&b);
			bench_answer(&b);
			bench_expect(&b, BACKEND_OK, 200);
		}
		bench_clear(&b);
		bench_start(&b);
		b.reading = table[i].read;
		if (table[i].read)
			UNTIL(&b, fake_worker_has_request(&b.fake));
		UNTIL(&b, b.fake.fd != -1);
		fake_worker_close(&b.fake);
		print_message("case %zu\n", i);
		bench_expect(&b, table[i].end, 0);
		bench_release(&b);
	}
}

/* The worker closes while it is sent to, after an answer that came before the
 * sender knew. */
static void
test_write_fails(void **state)
{
	enum { BODY = 4 << 20 };
	char *data = calloc(1, BODY);
	struct bench b;

	(void)state;
	bench_init(&b, NULL, false);
	bench_ask(&b);
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	bench_clear(&b);
	/* The answer is there before the request; sending it fails. */
	bench_answer(&b);
	fake_worker_close(&b.fake);
	b.req.body = span_of(data, BODY);
	bench_start(&b);
	bench_expect(&b, BACKEND_OK, 200);
	assert_false(backend_conn_open(b.conn));
	bench_release(&b);
	free(data);
}

/* The worker answers at length, and closes without having read the request: all
 * of the answer counts, and the reset behind it doesn't. */
static void
test_reset_behind_answer(void **state)
{
	enum { LINE = 30000, LINES = 4 };
	struct buf out = BUF_INIT;
	struct bench b;
	char *line = malloc(LINE + 1);
	int i;

	(void)state;
	memset(line, 'x', LINE);
	line[LINE - 1] = '\n';
	line[LINE] = '\0';
	bench_add_out(&out, "\n");
	for (i = 0; i < LINES; i++)
		bench_add_out(&out, line);
	fake_worker_add_end(&out, 0, COMPLETE);
	bench_init(&b, NULL, false);
	b.reading = false;
	bench_start(&b);
	while (b.fake.fd == -1)
		fake_worker_accept(&b.fake);
	fake_worker_send(&b.fake, out.data, out.len);
	fake_worker_close(&b.fake);
	bench_expect(&b, BACKEND_OK, 200);
	assert_int_equal(b.lines, LINES);
	bench_release(&b);
	buf_release(&out);
	free(line);
}

/* The connection is freed inside its callbacks, and in the middle. */
static void
test_freed(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, NULL, false);
	b.act = ACT_FREE_IN_END;
	bench_ask(&b);
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	assert_null(b.conn);
	bench_release(&b);

	bench_init(&b, NULL, false);
	b.act = ACT_FREE_IN_LINE;
	bench_ask(&b);
	bench_answer(&b);
	bench_expect(&b, BACKEND_ABORTED, 200);
	assert_int_equal(b.lines, 1);
	bench_release(&b);

	/* A line that was put together from two pieces. */
	bench_init(&b, NULL, false);
	b.act = ACT_FREE_IN_LINE;
	bench_ask(&b);
	fake_worker_send(&b.fake, "\1\6\0\1\0\4\0\0\nabc", 12);
	UNTIL(&b, b.req.answer_bytes == 12);
	fake_worker_send(&b.fake, "\1\6\0\1\0\4\0\0d\ne\n", 12);
	bench_expect(&b, BACKEND_ABORTED, 200);
	assert_true(bench_holds(&b.text, "abcd\n"));
	bench_release(&b);

	/* The last line, without a newline. */
	bench_init(&b, NULL, false);
	b.act = ACT_FREE_IN_LINE;
	bench_ask(&b);
	bench_answer_text(&b, "\nabc", 0, COMPLETE);
	bench_expect(&b, BACKEND_ABORTED, 200);
	bench_release(&b);

	bench_init(&b, NULL, false);
	bench_ask(&b);
	backend_conn_free(&b.conn);
	assert_int_equal(b.ends, 1);
	assert_int_equal(b.end, BACKEND_ABORTED);
	bench_release(&b);
}

/* The next request starts inside the end of the one before. */
static void
test_next_in_end(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, NULL, false);
	b.act = ACT_NEXT_IN_END;
	bench_ask(&b);
	fake_worker_clear(&b.fake);
	bench_answer(&b);
	UNTIL(&b, fake_worker_has_request(&b.fake));
	assert_int_equal(b.ends, 1);
	bench_answer(&b);
	UNTIL(&b, b.ends == 2);
	assert_int_equal(b.lines, 4);
	assert_int_equal(b.fake.accepted, 1);
	bench_release(&b);
}

/* Nobody listens. */
static void
test_refused(void **state)
{
	int tcp;

	(void)state;
	for (tcp = 0; tcp < 2; tcp++) {
		struct bench b;

		bench_init(&b, NULL, tcp == 1);
		fake_worker_deafen(&b.fake);
		bench_start(&b);
		assert_int_equal(b.ends, 0);
		assert_true(backend_conn_busy(b.conn));
		bench_expect(&b, BACKEND_UNSENT, 0);
		assert_true(b.detail.len > 0);
		/* Freed, or aborted, before the loop could tell. */
		bench_clear(&b);
		bench_start(&b);
		backend_conn_abort(b.conn);
		UNTIL(&b, b.ends == 1);
		bench_clear(&b);
		bench_start(&b);
		backend_conn_free(&b.conn);
		assert_int_equal(b.ends, 1);
		assert_int_equal(b.end, BACKEND_ABORTED);
		bench_release(&b);
	}
}

/* Fills the backlog of a unix socket; returns how many connections it took. */
static int
fill_backlog(const char *path, int *fds, int max)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int n;

	assert_true(strlen(path) < sizeof(sun.sun_path));
	memcpy(sun.sun_path, path, strlen(path));
	for (n = 0; n < max; n++) {
		fds[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(fds[n], (struct sockaddr *)&sun, sizeof(sun)) == 0)
			continue;
		close(fds[n]);
		return n;
	}
	fail_msg("the backlog has no end");
	return n;
}

/* A full backlog: patience, then a connection, or the end of patience. */
static void
test_backlog(void **state)
{
	struct backend_settings set = bench_settings;
	int fds[64];
	struct bench b;
	int n, i;

	(void)state;
	set.connect_timeout = 60;
	bench_init(&b, &set, false);
	n = fill_backlog(b.fake.address + 5, fds, 64);
	bench_start(&b);
	while (b.ends == 0)
		uv_run(&b.loop, UV_RUN_ONCE);
	bench_expect(&b, BACKEND_UNSENT, 0);
	bench_clear(&b);
	bench_start(&b);
	backend_conn_abort(b.conn);
	while (b.ends == 0)
		uv_run(&b.loop, UV_RUN_ONCE);
	bench_expect(&b, BACKEND_ABORTED, 0);
	backend_conn_free(&b.conn);

	set.connect_timeout = PATIENCE;
	set.address = b.fake.address;
	b.conn = backend_conn_new(
	    &b.loop, &backend_fcgi, &set, &bench_conn_events, &b, NULL);
	bench_clear(&b);
	bench_start(&b);
	uv_run(&b.loop, UV_RUN_ONCE);
	assert_int_equal(b.ends, 0);
	for (i = 0; i < n; i++) {
		close(fds[i]);
		fake_worker_accept(&b.fake);
		fake_worker_close(&b.fake);
	}
	UNTIL(&b, fake_worker_has_request(&b.fake));
	bench_answer(&b);
	bench_expect(&b, BACKEND_OK, 200);
	bench_release(&b);
}

/* An address that makes no sense. */
static void
test_bad_address(void **state)
{
	struct backend_settings set = { .address = "nonsense" };
	const char *error = NULL;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	assert_null(
	    backend_conn_new(&loop, &backend_fcgi, &set, NULL, NULL, &error));
	assert_non_null(error);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_died),
		cmocka_unit_test(test_idle_closed),
		cmocka_unit_test(test_unsolicited),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_check_reuse),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_write_fails),
		cmocka_unit_test(test_reset_behind_answer),
		cmocka_unit_test(test_freed),
		cmocka_unit_test(test_next_in_end),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_bad_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
