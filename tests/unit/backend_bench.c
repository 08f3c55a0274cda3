/*
 * backend_bench: a loop, a connection, a request and a fake worker, for the
 * tests of the backend.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

/* base */
#include "buf.h"

/* tested */
#include "backend.h"

/* own */
#include "backend_bench.h"
#include "fake_worker.h"

void
bench_never(int line, const char *condition)
{
	fail_msg("line %d: never: %s", line, condition);
}

/* A line of the answer. */
static void
on_line(struct backend_request *req, struct span line)
{
	struct bench *b = req->owner;

	b->lines++;
	/* The line stays valid even so. */
	if (b->act == ACT_FREE_IN_LINE)
		backend_conn_free(&b->conn);
	buf_addspan(&b->text, line);
	buf_addch(&b->text, '\n');
}

/* Standard error. */
static void
on_error_text(struct backend_request *req, struct span text)
{
	buf_addspan(&((struct bench *)req->owner)->errors, text);
}

/* Starts the request. */
void
bench_start(struct bench *b)
{
	b->starting = true;
	backend_conn_start(b->conn, &b->req);
	b->starting = false;
}

/* The end. */
static void
on_end(struct backend_request *req, enum backend_end end, int status,
    struct span detail)
{
	struct bench *b = req->owner;

	assert_false(b->starting);
	assert_null(req->conn);
	b->ends++;
	b->end = end;
	b->status = status;
	buf_clear(&b->detail);
	buf_addspan(&b->detail, detail);
	if (b->act == ACT_FREE_IN_END)
		backend_conn_free(&b->conn);
	if (b->act == ACT_NEXT_IN_END && b->ends == 1)
		bench_start(b);
}

/* The worker closed an idle connection. */
static void
on_idle_closed(struct backend_conn *conn, void *owner)
{
	struct bench *b = owner;

	assert_false(backend_conn_open(conn));
	b->idle_closed++;
}

static const struct backend_request_events events = {
	.line = on_line,
	.error_text = on_error_text,
	.end = on_end,
};

const struct backend_conn_events bench_conn_events = {
	.idle_closed = on_idle_closed,
};

/* Keeps the loop turning. */
static void
on_tick(uv_timer_t *timer)
{
	(void)timer;
}

const struct backend_settings bench_settings = {
	.keep_alive = true,
	.headers = true,
};

/* Makes a bench; the fake worker listens, nothing is connected. */
void
bench_init(struct bench *b, const struct backend_settings *set, bool tcp)
{
	struct backend_settings mine = set ? *set : bench_settings;
	const char *error = "?";

	memset(b, 0, sizeof(*b));
	uv_loop_init(&b->loop);
	uv_timer_init(&b->loop, &b->tick);
	uv_timer_start(&b->tick, on_tick, 1, 1);
	fake_worker_init(&b->fake, tcp, 8);
	mine.address = b->fake.address;
	b->conn = backend_conn_new(
	    &b->loop, &backend_fcgi, &mine, &bench_conn_events, b, &error);
	if (b->conn == NULL)
		fail_msg("%s", error);
	b->req.events = &events;
	b->req.owner = b;
	b->req.params[0] = SPAN("\1\1AB");
	b->req.params[1] = SPAN_EMPTY;
	b->req.params[2] = SPAN("\1\2CDE");
	b->req.body = SPAN("{\"type\":\"event\"}\n");
	b->reading = true;
}

/* Takes it down; the loop must have nothing left. */
void
bench_release(struct bench *b)
{
	backend_conn_free(&b->conn);
	uv_close((uv_handle_t *)&b->tick, NULL);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	fake_worker_release(&b->fake);
	buf_release(&b->text);
	buf_release(&b->errors);
	buf_release(&b->detail);
}

/* One turn: the worker's side, then the loop. */
void
bench_turn(struct bench *b)
{
	fake_worker_accept(&b->fake);
	if (b->reading)
		fake_worker_read(&b->fake, 65536);
	uv_run(&b->loop, UV_RUN_ONCE);
}

/* Forgets the last request. */
void
bench_clear(struct bench *b)
{
	fake_worker_clear(&b->fake);
	b->ends = b->lines = 0;
	buf_clear(&b->text);
	buf_clear(&b->errors);
	buf_clear(&b->detail);
}

/* Starts a request and has the worker read it. */
void
bench_ask(struct bench *b)
{
	bench_clear(b);
	bench_start(b);
	UNTIL(b, fake_worker_has_request(&b->fake));
	assert_false(b->fake.bad);
}

/* True when a buffer holds just this text. */
bool
bench_holds(const struct buf *buf, const char *text)
{
	return span_eq(buf_span(buf), span_str(text));
}

/* Appends a piece of standard output. */
void
bench_add_out(struct buf *out, const char *text)
{
	fake_worker_add(out, STDOUT, 1, text, strlen(text), 0);
}

static const char headers[] = "Content-type: application/x-ndjson\r\n\r\n";

/* Sends an answer of two lines. */
void
bench_answer(struct bench *b)
{
	struct buf out = BUF_INIT;

	bench_add_out(&out, headers);
	bench_add_out(&out, "{\"a\":1}\n{\"b\":2}\r\n");
	bench_add_out(&out, "");
	fake_worker_add_end(&out, 0, COMPLETE);
	fake_worker_send(&b->fake, out.data, out.len);
	buf_release(&out);
}

/* Sends one text as the answer, with this end; waits for the end. */
void
bench_answer_text(
    struct bench *b, const char *text, uint32_t app, uint8_t protocol)
{
	struct buf out = BUF_INIT;

	if (*text)
		bench_add_out(&out, text);
	fake_worker_add_end(&out, app, protocol);
	fake_worker_send(&b->fake, out.data, out.len);
	buf_release(&out);
	UNTIL(b, b->ends == 1);
}

/* Expects how the request ended. */
void
bench_expect(struct bench *b, enum backend_end end, int status)
{
	UNTIL(b, b->ends > 0);
	if (b->end != end || b->status != status)
		fail_msg("%s %d instead of %s %d: %.*s",
		    backend_end_name(b->end), b->status, backend_end_name(end),
		    status, (int)b->detail.len, b->detail.data);
	assert_int_equal(b->ends, 1);
}

/* An answer with all that may be in one. */
void
bench_add_rich(struct buf *out)
{
	fake_worker_add(out, STDERR, 1, "warn", 4, 4);
	fake_worker_add(out, STDOUT, 1, "Status: 201 Made\n", 17, 7);
	fake_worker_add(out, STDOUT, 1, "X: y\n\n{\"a\"", 10, 0);
	fake_worker_add(out, STDERR, 1, "ing\n", 4, 255);
	fake_worker_add(out, 10, 0, "\1\0xy", 4, 1);
	fake_worker_add(out, STDOUT, 1, ":1}\r\n\n{\"b\":2}", 13, 3);
	fake_worker_add(out, STDERR, 1, "", 0, 0);
	fake_worker_add(out, STDOUT, 1, "", 0, 0);
	fake_worker_add_end(out, 0, COMPLETE);
}
