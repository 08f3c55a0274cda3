/*
 * When workers are started and retired: a table of situations.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

/* tested */
#include "pool_policy.h"

struct situation {
	const char *name;
	struct pool_view view;
	struct pool_plan plan;
};

static const struct situation table[] = {
	{ "nothing wanted", { .max = 4 }, { .start = 0 } },
	{ "the minimum", { .min = 2, .max = 4 }, { .start = 2 } },
	{ "the minimum stands", { .min = 2, .max = 4, .alive = 2, .usable = 2 },
	    { .start = 0 } },
	{ "one is missing", { .min = 2, .max = 4, .alive = 1, .usable = 1 },
	    { .start = 1 } },
	{ "on demand", { .max = 4, .waiting = 1 }, { .start = 1 } },
	{ "as many as wait",
	    { .min = 1, .max = 8, .waiting = 3, .alive = 1, .usable = 1 },
	    { .start = 3 } },
	{ "less those starting",
	    { .max = 8, .waiting = 3, .alive = 2, .usable = 2, .starting = 2 },
	    { .start = 1 } },
	{ "enough are starting",
	    { .max = 8, .waiting = 2, .alive = 3, .usable = 3, .starting = 3 },
	    { .start = 0 } },
	{ "up to the maximum",
	    { .max = 4, .waiting = 9, .alive = 1, .usable = 1 },
	    { .start = 3 } },
	{ "the maximum is reached",
	    { .max = 4, .waiting = 9, .alive = 4, .usable = 4 },
	    { .start = 0 } },
	{ "one that still ends is tolerated",
	    { .min = 2, .max = 2, .alive = 2, .usable = 1 }, { .start = 1 } },
	{ "many that still end are not",
	    { .min = 4, .max = 4, .alive = 4, .usable = 0 }, { .start = 1 } },
	{ "nor more than that", { .min = 4, .max = 4, .alive = 5, .usable = 0 },
	    { .start = 0 } },
	{ "delayed", { .min = 2, .max = 4, .waiting = 5, .delayed = true },
	    { .start = 0 } },
	{ "idle ones go",
	    { .min = 1, .max = 4, .alive = 4, .usable = 4, .expired = 2 },
	    { .retire_expired = 2 } },
	{ "but not below the minimum",
	    { .min = 3, .max = 4, .alive = 4, .usable = 4, .expired = 4 },
	    { .retire_expired = 1 } },
	{ "and not while requests wait",
	    { .min = 1,
		.max = 4,
		.waiting = 1,
		.alive = 4,
		.usable = 4,
		.expired = 2 },
	    { .retire_expired = 0 } },
	{ "idle ones go even when delayed",
	    { .max = 4,
		.delayed = true,
		.alive = 1,
		.usable = 1,
		.expired = 1 },
	    { .retire_expired = 1 } },
	{ "all idle ones go when none is to be kept",
	    { .max = 4, .alive = 2, .usable = 2, .expired = 2 },
	    { .retire_expired = 2 } },
	{ "a reload starts one",
	    { .min = 3, .max = 3, .alive = 3, .usable = 3, .outdated = 3 },
	    { .replace = 1 } },
	{ "one at a time",
	    { .min = 3,
		.max = 3,
		.alive = 4,
		.usable = 4,
		.replacing = 1,
		.outdated = 3 },
	    { .replace = 0 } },
	{ "the new one lives: an old one goes",
	    { .min = 3,
		.max = 3,
		.alive = 4,
		.usable = 4,
		.replacing = 1,
		.settled = 1,
		.outdated = 3 },
	    { .settle = 1, .retire_outdated = 1 } },
	{ "the old one is gone: the next",
	    { .min = 3, .max = 3, .alive = 3, .usable = 3, .outdated = 2 },
	    { .replace = 1 } },
	{ "the last one goes",
	    { .min = 3,
		.max = 3,
		.alive = 4,
		.usable = 4,
		.replacing = 1,
		.settled = 1,
		.outdated = 1 },
	    { .settle = 1, .retire_outdated = 1 } },
	{ "a reload waits for the delay",
	    { .min = 1,
		.max = 1,
		.alive = 1,
		.usable = 1,
		.outdated = 1,
		.delayed = true },
	    { .replace = 0 } },
	{ "a reload waits for those that still end",
	    { .min = 2, .max = 2, .alive = 3, .usable = 2, .outdated = 1 },
	    { .replace = 0 } },
	{ "a lower maximum: old ones go at once",
	    { .min = 1, .max = 2, .alive = 5, .usable = 5, .outdated = 5 },
	    { .retire_outdated = 3 } },
	{ "a dead worker comes before a replacement",
	    { .min = 3, .max = 3, .alive = 2, .usable = 2, .outdated = 2 },
	    { .start = 1 } },
	{ "the old one died before its replacement settled",
	    { .min = 1, .max = 1, .alive = 1, .usable = 1, .replacing = 1 },
	    { .settle = 1 } },
	{ "an old one died beside: the others stay",
	    { .min = 2,
		.max = 2,
		.alive = 2,
		.usable = 2,
		.replacing = 1,
		.settled = 1,
		.outdated = 1 },
	    { .settle = 1, .replace = 1 } },
	{ "a replacement in the making does not make idle ones expire",
	    { .min = 1,
		.max = 3,
		.alive = 2,
		.usable = 2,
		.replacing = 1,
		.outdated = 1,
		.expired = 1 },
	    { .retire_expired = 0 } },
	{ "a worn one at the minimum is replaced first",
	    { .min = 1, .max = 2, .alive = 1, .usable = 1, .worn = 1 },
	    { .replace = 1 } },
	{ "and goes then",
	    { .min = 1,
		.max = 2,
		.alive = 2,
		.usable = 2,
		.replacing = 1,
		.settled = 1,
		.worn = 1 },
	    { .settle = 1, .retire_worn = 1 } },
	{ "a worn one above the minimum goes",
	    { .min = 1, .max = 4, .alive = 3, .usable = 3, .worn = 1 },
	    { .retire_worn = 1 } },
	{ "worn ones down to the minimum, then a replacement",
	    { .min = 1, .max = 4, .alive = 3, .usable = 3, .worn = 3 },
	    { .retire_worn = 2, .replace = 1 } },
	{ "old ones before worn ones",
	    { .min = 2,
		.max = 2,
		.alive = 3,
		.usable = 3,
		.replacing = 1,
		.settled = 1,
		.outdated = 1,
		.worn = 1 },
	    { .settle = 1, .retire_outdated = 1 } },
};

/* Every situation has its plan. */
static void
test_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct pool_plan got = pool_policy_plan(&table[i].view);
		const struct pool_plan *want = &table[i].plan;

		if (memcmp(&got, want, sizeof(got)) != 0)
			fail_msg("%s: start %u/%u replace %u/%u settle %u/%u "
				 "outdated %u/%u worn %u/%u expired %u/%u",
			    table[i].name, got.start, want->start, got.replace,
			    want->replace, got.settle, want->settle,
			    got.retire_outdated, want->retire_outdated,
			    got.retire_worn, want->retire_worn,
			    got.retire_expired, want->retire_expired);
	}
}

/* What must hold whatever the counts are. */
static void
check_bounds(const struct pool_view *v)
{
	struct pool_plan plan = pool_policy_plan(v);
	unsigned gone =
	    plan.retire_outdated + plan.retire_worn + plan.retire_expired;

	assert_true(gone <= v->usable);
	assert_true(plan.retire_outdated <= v->outdated);
	assert_true(plan.retire_worn <= v->worn);
	assert_true(plan.retire_expired <= v->expired);
	assert_true(plan.settle <= v->replacing);
	if (plan.start + plan.replace > 0) {
		assert_false(v->delayed);
		assert_true(v->alive + plan.start + plan.replace <= v->max + 1);
	}
	if (v->usable - v->replacing >= v->min)
		assert_true(
		    v->usable - (v->replacing - plan.settle) - gone >= v->min);
}

/* All small situations keep within the bounds. */
static void
test_bounds(void **state)
{
	unsigned i;

	(void)state;
	/* Each bit pair of i is one count. */
	for (i = 0; i < 1u << 18; i++) {
		struct pool_view v = { .min = i & 3,
			.max = (i & 3) + (i >> 2 & 1) + ((i & 3) == 0),
			.waiting = i >> 3 & 3,
			.usable = (i >> 5 & 3) + (i >> 7 & 1),
			.replacing = i >> 7 & 1,
			.settled = (i >> 7 & 1) && (i >> 8 & 1),
			.outdated = i >> 9 & 3,
			.worn = i >> 11 & 3,
			.expired = i >> 13 & 3,
			.delayed = i >> 15 & 1 };

		v.alive = v.usable + (i >> 16 & 3);
		if (v.outdated + v.worn > v.usable || v.expired > v.usable)
			continue;
		check_bounds(&v);
	}
}

/* The restart delay. */
static void
test_delay(void **state)
{
	static const struct {
		unsigned delay, first, max;
		bool grow;
		unsigned want;
	} delays[] = {
		{ 0, 250, 60000, true, 250 },
		{ 0, 250, 60000, false, 250 },
		{ 250, 250, 60000, true, 500 },
		{ 250, 250, 60000, false, 250 },
		{ 500, 250, 60000, false, 500 },
		{ 32000, 250, 60000, true, 60000 },
		{ 60000, 250, 60000, true, 60000 },
		{ 0, 5000, 1000, true, 1000 },
		{ 3000000000u, 1, 4000000000u, true, 4000000000u },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		unsigned got = pool_policy_delay(delays[i].delay,
		    delays[i].first, delays[i].max, delays[i].grow);

		if (got != delays[i].want)
			fail_msg("case %zu: %u", i, got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_delay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
