/*
 * Time-outs of one length, and the end of a turn.
 *
 * Nothing here measures how long something takes: what is looked at is what
 * becomes due, in which order, and that it was not too early.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>

#include <cmocka.h>

/* base */
#include "mem.h"

/* tested */
#include "deadline.h"
#include "turn.h"

enum { ENTRIES = 10, PATIENCE = 30000 /* ms; only reached by a failure */ };

struct item {
	struct deadline d; /* first */
	struct turn_entry e;
	struct bench *b;
	unsigned fired;
	uint64_t at; /* loop time */
	void (*then)(struct item *it);
};

struct bench {
	uv_loop_t loop;
	uv_timer_t watchdog;
	struct deadline_queue *q;
	struct turn *turn;
	struct item items[ENTRIES];
	struct item *order[100];
	unsigned n;
};

/* Something happens to an item. */
static void
happen(struct item *it)
{
	struct bench *b = it->b;

	it->fired++;
	it->at = uv_now(&b->loop);
	assert_true(b->n < 100);
	b->order[b->n++] = it;
	if (it->then)
		it->then(it);
}

static void
on_due(struct deadline *d, void *owner)
{
	struct item *it = (void *)d;

	assert_ptr_equal(owner, it->b);
	assert_false(deadline_running(d));
	assert_true(d->due <= uv_now(&it->b->loop));
	happen(it);
}

static void
on_turn(struct turn_entry *e)
{
	happen((void *)((char *)e - offsetof(struct item, e)));
}

static void
on_watchdog(uv_timer_t *t)
{
	(void)t;
	fail_msg("nothing has happened for too long");
}

static int
setup(void **state)
{
	struct bench *b = mem_zalloc(sizeof(*b));
	unsigned i;

	*state = b;
	assert_int_equal(uv_loop_init(&b->loop), 0);
	assert_int_equal(uv_timer_init(&b->loop, &b->watchdog), 0);
	uv_timer_start(&b->watchdog, on_watchdog, PATIENCE, 0);
	uv_unref((uv_handle_t *)&b->watchdog);
	b->q = deadline_queue_new(&b->loop, 20, on_due, b);
	b->turn = turn_new(&b->loop);
	for (i = 0; i < ENTRIES; i++)
		b->items[i].b = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	deadline_queue_free(&b->q);
	assert_null(b->q);
	deadline_queue_free(&b->q);
	turn_free(&b->turn);
	assert_null(b->turn);
	turn_free(&b->turn);
	uv_close((uv_handle_t *)&b->watchdog, NULL);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	free(b);
	return 0;
}

/* Runs the loop until n things have happened. */
static void
wait_for(struct bench *b, unsigned n)
{
	while (b->n < n)
		uv_run(&b->loop, UV_RUN_ONCE);
	assert_int_equal(b->n, n);
}

static void
test_order(void **state)
{
	struct bench *b = *state;
	uint64_t from = uv_now(&b->loop);
	unsigned i;

	for (i = 0; i < ENTRIES; i++) {
		assert_false(deadline_running(&b->items[i].d));
		deadline_start(b->q, &b->items[i].d);
		assert_true(deadline_running(&b->items[i].d));
	}
	deadline_start(b->q, &b->items[0].d); /* again: now the last */
	deadline_stop(b->q, &b->items[4].d);
	deadline_stop(b->q, &b->items[4].d);
	assert_false(deadline_running(&b->items[4].d));
	uv_run(&b->loop, UV_RUN_DEFAULT); /* ends when nothing runs */
	assert_int_equal(b->n, ENTRIES - 1);
	assert_int_equal(b->items[4].fired, 0);
	assert_ptr_equal(b->order[0], &b->items[1]);
	assert_ptr_equal(b->order[ENTRIES - 2], &b->items[0]);
	for (i = 0; i < b->n; i++) {
		assert_int_equal(b->order[i]->fired, 1);
		assert_true(b->order[i]->at >= from + 20);
		assert_true(i == 0 || i == ENTRIES - 2 ||
			    b->order[i] > b->order[i - 1]);
	}
}

/* The head is stopped: the timer fires for nobody, and for the next after. */
static void
test_head_stopped(void **state)
{
	struct bench *b = *state;
	uint64_t due;

	deadline_start(b->q, &b->items[0].d);
	while (uv_now(&b->loop) == b->items[0].d.due - 20)
		uv_update_time(&b->loop);
	deadline_start(b->q, &b->items[1].d);
	due = b->items[1].d.due;
	assert_true(due > b->items[0].d.due);
	deadline_stop(b->q, &b->items[0].d);
	wait_for(b, 1);
	assert_ptr_equal(b->order[0], &b->items[1]);
	assert_true(b->items[1].at >= due);
}

/* Starts itself and the one behind again, twice. */
static void
start_again(struct item *it)
{
	if (it->fired < 3)
		deadline_start(it->b->q, &it->d);
	deadline_stop(it->b->q, &it->b->items[1].d);
}

static void
test_changed_inside(void **state)
{
	struct bench *b = *state;

	b->items[0].then = start_again;
	deadline_start(b->q, &b->items[0].d);
	deadline_start(b->q, &b->items[1].d);
	deadline_start(b->q, &b->items[2].d);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(b->items[0].fired, 3);
	assert_int_equal(b->items[1].fired, 0);
	assert_int_equal(b->items[2].fired, 1);
}

static void
test_period(void **state)
{
	struct bench *b = *state;

	deadline_queue_set_period(b->q, 0); /* never */
	deadline_start(b->q, &b->items[0].d);
	assert_false(deadline_running(&b->items[0].d));
	deadline_queue_set_period(b->q, 30);
	deadline_start(b->q, &b->items[1].d);
	deadline_queue_set_period(b->q, 1);
	deadline_start(b->q, &b->items[2].d);
	/* it waits for the one before it */
	assert_true(b->items[2].d.due >= b->items[1].d.due);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(b->n, 2);
	assert_ptr_equal(b->order[0], &b->items[1]);
	assert_ptr_equal(b->order[1], &b->items[2]);
	/* with nobody before it, it does not */
	deadline_start(b->q, &b->items[3].d);
	assert_int_equal(b->items[3].d.due, uv_now(&b->loop) + 1);
	wait_for(b, 3);
	/* switched off while it runs: a new start ends it */
	deadline_start(b->q, &b->items[3].d);
	deadline_queue_set_period(b->q, 0);
	deadline_start(b->q, &b->items[3].d);
	assert_false(deadline_running(&b->items[3].d));
}

/* The queue goes while entries run. */
static void
test_queue_goes(void **state)
{
	struct bench *b = *state;

	deadline_start(b->q, &b->items[0].d);
	deadline_start(b->q, &b->items[1].d);
	deadline_queue_free(&b->q);
	assert_false(deadline_running(&b->items[0].d));
	assert_false(deadline_running(&b->items[1].d));
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(b->n, 0);
}

/*
 * Turns.
 */

/* Queues itself once more, and another one; takes a third one out. */
static void
queue_more(struct item *it)
{
	if (it->fired == 1)
		turn_add(it->b->turn, &it->e, on_turn);
	turn_add(it->b->turn, &it->b->items[5].e, on_turn);
	turn_remove(&it->b->items[1].e);
}

static void
test_turn(void **state)
{
	struct bench *b = *state;
	unsigned i;

	for (i = 0; i < 3; i++)
		turn_add(b->turn, &b->items[i].e, on_turn);
	turn_add(b->turn, &b->items[0].e, on_turn); /* it is in already */
	turn_remove(&b->items[7].e);                /* it is not in */
	b->items[0].then = queue_more;
	turn_run(b->turn);
	assert_int_equal(b->n, 4);
	assert_ptr_equal(b->order[0], &b->items[0]);
	assert_ptr_equal(b->order[1], &b->items[2]);
	assert_ptr_equal(b->order[2], &b->items[0]);
	assert_ptr_equal(b->order[3], &b->items[5]);
	turn_run(b->turn);
	assert_int_equal(b->n, 4);
}

/* The loop serves it before it waits; alone it keeps no loop alive. */
static void
test_turn_of_loop(void **state)
{
	struct bench *b = *state;

	deadline_start(b->q, &b->items[1].d);
	turn_add(b->turn, &b->items[0].e, on_turn);
	uv_run(&b->loop, UV_RUN_NOWAIT);
	assert_int_equal(b->items[0].fired, 1);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(b->n, 2);
}

static void
test_turn_goes(void **state)
{
	struct bench *b = *state;

	turn_add(b->turn, &b->items[0].e, on_turn);
	turn_free(&b->turn);
	assert_null(b->items[0].e.next);
	turn_remove(&b->items[0].e);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(b->n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_head_stopped, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_changed_inside, setup, teardown),
		cmocka_unit_test_setup_teardown(test_period, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_queue_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_turn_of_loop, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_turn_goes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
