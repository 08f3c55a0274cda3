/*
 * backend_bench: a loop, a connection, a request and a fake worker, for the
 * tests of the backend.
 */
#ifndef SIOGATE_BACKEND_BENCH_H
#define SIOGATE_BACKEND_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "backend.h"
#include "buf.h"
#include "fake_worker.h"

/* Record types and protocol statuses, by their numbers. */
enum { STDOUT = 6, STDERR = 7, COMPLETE = 0, CANT_MPX, OVERLOADED, NO_ROLE };

enum { PATIENCE = 20000 /* ms; only ever reached by a failure */ };

/* What a callback is to do to the connection. */
enum act { ACT_NONE, ACT_FREE_IN_END, ACT_FREE_IN_LINE, ACT_NEXT_IN_END };

struct bench {
	uv_loop_t loop;
	uv_timer_t tick;
	struct fake_worker fake;
	struct backend_conn *conn;
	struct backend_request req;
	bool starting; /* inside backend_conn_start */
	bool reading;  /* the fake worker reads by itself */
	enum act act;
	unsigned ends, idle_closed, lines;
	enum backend_end end;
	int status;
	struct buf text;   /* lines, each with a newline */
	struct buf errors; /* standard error */
	struct buf detail;
};

/* Settings with keep-alive and headers. */
extern const struct backend_settings bench_settings;

/* Counts idle_closed. */
extern const struct backend_conn_events bench_conn_events;

/* Makes a bench; the fake worker listens, nothing is connected. set: NULL for
 * bench_settings; its address is not used. */
void bench_init(struct bench *b, const struct backend_settings *set, bool tcp);

/* Takes it down; fails when the loop has something left. */
void bench_release(struct bench *b);

/* One turn: the worker's side, then the loop. */
void bench_turn(struct bench *b);

/* Turns until the condition holds. */
#define UNTIL(b, condition)                                            \
	do {                                                           \
		uint64_t until_ = uv_hrtime() + PATIENCE * 1000000ull; \
		while (!(condition)) {                                 \
			if (uv_hrtime() > until_)                      \
				bench_never(__LINE__, #condition);     \
			bench_turn(b);                                 \
		}                                                      \
	} while (0)

/* Fails: a condition never came true. */
void bench_never(int line, const char *condition);

/* Forgets the last request. */
void bench_clear(struct bench *b);

/* Starts the request. */
void bench_start(struct bench *b);

/* Starts the request and has the worker read it. */
void bench_ask(struct bench *b);

/* True when a buffer holds just this text. */
bool bench_holds(const struct buf *buf, const char *text);

/* Appends a record of standard output. */
void bench_add_out(struct buf *out, const char *text);

/* Appends an answer with all that may be in one: status 201, two lines, and
 * "warning" on standard error. */
void bench_add_rich(struct buf *out);

/* Sends an answer of two lines. */
void bench_answer(struct bench *b);

/* Sends one text as the answer, with this end; waits for the end. */
void bench_answer_text(
    struct bench *b, const char *text, uint32_t app, uint8_t protocol);

/* Waits for the end, and fails if it is another one than this. */
void bench_expect(struct bench *b, enum backend_end end, int status);

#endif
