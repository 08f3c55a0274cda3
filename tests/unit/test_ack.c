/*
 * Answers that handlers wait for.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* socket */
#include "namespace.h"
#include "nsocket.h"
#include "vsocket.h"

/* tested */
#include "ack.h"
#include "emit.h"
#include "hub_bench.h"

/* Emits "q" with a tag to a target (NULL: the asker itself). */
static int
ask(struct hub_bench *b, struct nsocket *asker, const char *to, bool broadcast,
    unsigned timeout)
{
	struct emit_target target = { .ns = b->ns,
		.sender = asker,
		.to = span_str(to),
		.broadcast = broadcast };
	struct emit_event ev = { .name = SPAN("\"q\""),
		.wants_ack = true,
		.asker = asker,
		.tag = SPAN("{\"t\":1}"),
		.timeout = timeout };

	return emit_event(&target, &ev);
}

/* A client answers the question with this id. */
static void
answer(struct nsocket *n, uint64_t id, const char *args)
{
	char text[128];

	snprintf(text, sizeof(text), "43%llu%s", (unsigned long long)id, args);
	hub_bench_say(hub_bench_client_of(n), text);
}

/* The id of the question that a client was asked. */
static uint64_t
asked(struct hub_bench *b, struct nsocket *n)
{
	const char *got = hub_bench_got(b, hub_bench_client_of(n));
	unsigned long long id = 0;
	int used = 0;

	if (sscanf(got, "42%llu[\"q\"]\n%n", &id, &used) != 1 ||
	    got[used] != '\0' || used == 0)
		fail_msg("not a question: %s", got);
	return id;
}

static void
test_single(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *n = hub_bench_join(b);
	uint64_t id;

	assert_int_equal(ask(b, n, NULL, false, 0), 1);
	id = asked(b, n);
	assert_int_equal(n->n_acks, 1);
	answer(n, id + 1, "[9]"); /* nobody asked that */
	assert_string_equal(hub_bench_reports(b), "");
	assert_int_equal(b->hub->stats.errors[HUB_E_ACK], 1);
	answer(n, id, "[1,\"two\",{}]");
	assert_string_equal(
	    hub_bench_reports(b), "ack {\"t\":1} [1,\"two\",{}]\n");
	assert_int_equal(n->n_acks, 0);
	answer(n, id, "[1]"); /* a second answer */
	assert_string_equal(hub_bench_reports(b), "");
	assert_int_equal(b->hub->stats.errors[HUB_E_ACK], 2);
}

static void
test_single_empty(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *n = hub_bench_join(b);

	ask(b, n, NULL, false, 0);
	answer(n, asked(b, n), "[]");
	assert_string_equal(hub_bench_reports(b), "ack {\"t\":1} []\n");
}

/* Another client cannot answer in one's place. */
static void
test_foreign(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *n = hub_bench_join(b), *other = hub_bench_join(b);
	uint64_t id;

	ask(b, n, NULL, false, 0);
	id = asked(b, n);
	answer(other, id, "[1]");
	assert_string_equal(hub_bench_reports(b), "");
	answer(n, id, "[2]");
	assert_string_equal(hub_bench_reports(b), "ack {\"t\":1} [2]\n");
}

static void
test_broadcast(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *asker = hub_bench_join(b), *n[3];
	uint64_t id;
	int i;

	for (i = 0; i < 3; i++)
		n[i] = hub_bench_join(b);
	assert_int_equal(ask(b, asker, NULL, true, 0), 3);
	id = asked(b, n[0]);
	assert_int_equal(asked(b, n[1]), id);
	assert_int_equal(asked(b, n[2]), id);
	answer(n[1], id, "[\"b\",2]"); /* the first argument counts */
	answer(n[0], id, "[]");
	assert_string_equal(hub_bench_reports(b), "");
	answer(n[2], id, "[[3]]");
	assert_string_equal(
	    hub_bench_reports(b), "ack {\"t\":1} [\"b\",null,[3]]\n");
}

/* Nobody is there: the answer comes at once, and nothing is missing. */
static void
test_nobody(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *asker = hub_bench_join(b);

	assert_int_equal(ask(b, asker, NULL, true, 0), 0);
	assert_string_equal(hub_bench_reports(b), "ack {\"t\":1} []\n");
	assert_int_equal(ask(b, asker, "\"none\"", false, 0), 0);
	assert_string_equal(hub_bench_reports(b), "ack {\"t\":1} []\n");
	assert_null(asker->waits);
}

static void
test_timeout(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *asker = hub_bench_join(b), *other = hub_bench_join(b);
	struct nsocket *third = hub_bench_join(b);
	uint64_t id;

	ask(b, asker, NULL, false, 1);
	id = asked(b, asker);
	hub_bench_wait(b);
	assert_string_equal(hub_bench_reports(b), "ack {\"t\":1} [] timeout\n");
	assert_int_equal(asker->n_acks, 0);
	answer(asker, id, "[1]"); /* too late */
	assert_string_equal(hub_bench_reports(b), "");

	ask(b, asker, NULL, true, 1);
	id = asked(b, other);
	assert_int_equal(asked(b, third), id);
	answer(other, id, "[7]");
	hub_bench_wait(b);
	assert_string_equal(
	    hub_bench_reports(b), "ack {\"t\":1} [7] timeout\n");
}

/* One who goes is missing; the others' answers count. */
static void
test_gone(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *asker = hub_bench_join(b), *one = hub_bench_join(b);
	struct nsocket *two = hub_bench_join(b);
	uint64_t id;

	ask(b, asker, NULL, true, 0);
	id = asked(b, one);
	nsocket_end(one, "test", false);
	assert_string_equal(hub_bench_reports(b), "");
	answer(two, id, "[2]");
	assert_string_equal(
	    hub_bench_reports(b), "ack {\"t\":1} [2] timeout\n");

	ask(b, asker, NULL, true, 0);
	vsocket_close(two->vs, "transport close"); /* the last one */
	assert_string_equal(hub_bench_reports(b), "ack {\"t\":1} [] timeout\n");
}

/* Nobody is told when the one who asked has gone. */
static void
test_asker_gone(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *asker = hub_bench_join(b), *one = hub_bench_join(b);
	uint64_t id;

	ask(b, asker, NULL, true, 0);
	ask(b, asker, NULL, false, 0);
	hub_bench_got(b, hub_bench_client_of(asker));
	id = asked(b, one);
	vsocket_close(asker->vs, "transport close");
	assert_int_equal(one->n_acks, 0);
	assert_null(one->acks);
	answer(one, id, "[1]");
	assert_string_equal(hub_bench_reports(b), "");
	assert_int_equal(b->hub->stats.errors[HUB_E_ACK], 1);
}

/* One who owes too many answers is left out, and missing. */
static void
test_limit(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *asker = hub_bench_join(b), *one = hub_bench_join(b);
	struct nsocket *two;
	uint64_t id;
	unsigned i;

	for (i = 0; i < b->hub->set.max_pending_acks; i++)
		assert_int_equal(ask(b, asker, NULL, true, 0), 1);
	two = hub_bench_join(b);
	hub_bench_got(b, hub_bench_client_of(one));
	assert_int_equal(ask(b, asker, NULL, true, 0), 1);
	assert_int_equal(b->hub->stats.errors[HUB_E_LIMIT], 1);
	assert_string_equal(hub_bench_got(b, hub_bench_client_of(one)), "");
	id = asked(b, two);
	answer(two, id, "[2]");
	assert_string_equal(
	    hub_bench_reports(b), "ack {\"t\":1} [2] timeout\n");
}

/* The hub goes while answers are awaited. */
static void
test_hub_goes(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *asker = hub_bench_join(b);
	int i;

	for (i = 0; i < 20; i++)
		hub_bench_join(b);
	ask(b, asker, NULL, true, 0);
	ask(b, asker, "\"*\"", false, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_single, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_single_empty, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_foreign, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_broadcast, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_nobody, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_timeout, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_gone, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_asker_gone, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_limit, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_hub_goes, hub_bench_setup, hub_bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
