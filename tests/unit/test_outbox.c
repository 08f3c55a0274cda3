/*
 * Packets that wait for one client: whatever is done, the order, the sum of
 * bytes and the references are those of a plain array.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

/* tested */
#include "outbox.h"

enum { PACKETS = 64, MOST = 200, STEPS = 20000 };

/* Numbers that look random, and are the same each time. */
static unsigned
chance(unsigned below)
{
	static uint64_t seed = 88172645463325252ULL;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 11) % below;
}

/* The text of a packet, which has n bytes. */
static struct outpacket *
packet(unsigned n)
{
	char text[PACKETS + 1];

	memset(text, 'p', sizeof(text));
	return outpacket_new_raw(span_of(text, n));
}

/* The number of bytes of a packet. */
static size_t
size(struct outpacket *p)
{
	return outpacket_encode(p, OUTPACKET_EIO4_WS, NULL, 0).n;
}

/* Two packets need no memory of their own; the ring goes when it is empty. */
static void
test_inline(void **state)
{
	struct outpacket *p = packet(1), *q = packet(2), *r = packet(3);
	struct outbox o = { 0 };

	(void)state;
	outbox_push(&o, p, 1);
	outbox_insert(&o, 0, q, 2);
	assert_null(o.more);
	assert_ptr_equal(outbox_at(&o, 0), q);
	assert_ptr_equal(outbox_at(&o, 1), p);
	outbox_insert(&o, 1, r, 3);
	assert_non_null(o.more);
	assert_ptr_equal(outbox_at(&o, 0), q);
	assert_ptr_equal(outbox_at(&o, 1), r);
	assert_ptr_equal(outbox_at(&o, 2), p);
	assert_int_equal(o.bytes, 6);
	outbox_pop(&o, 2);
	outbox_pop(&o, 3);
	assert_int_equal(o.bytes, 1);
	assert_ptr_equal(outbox_at(&o, 0), p);
	outbox_pop(&o, 1);
	assert_null(o.more);
	assert_int_equal(o.n, 0);
	assert_int_equal(o.bytes, 0);
	outbox_push(&o, q, 2);
	assert_null(o.more);
	assert_ptr_equal(outbox_at(&o, 0), q);
	outbox_pop(&o, 2);
	outpacket_unref(&p);
	outpacket_unref(&q);
	outpacket_unref(&r);
}

/* The outbox has a reference of its own. */
static void
test_refs(void **state)
{
	struct outpacket *p;
	struct outbox o = { 0 };
	unsigned i;

	(void)state;
	for (i = 0; i < 20; i++) {
		p = packet(i);
		if (i % 3)
			outbox_push(&o, p, i);
		else
			outbox_insert(&o, 0, p, i);
		outpacket_unref(&p);
	}
	for (i = 0; i < 20; i++)
		assert_true(size(outbox_at(&o, i)) < 20);
	outbox_pop(&o, size(outbox_at(&o, 0)));
	outbox_release(&o);
	assert_int_equal(o.n, 0);
	assert_int_equal(o.bytes, 0);
	assert_null(o.more);
	outbox_release(&o);
}

static void
test_random(void **state)
{
	struct outpacket *all[PACKETS], *model[MOST + 1];
	struct outbox o = { 0 };
	unsigned n = 0, i, k, at;
	size_t bytes = 0;

	(void)state;
	for (i = 0; i < PACKETS; i++)
		all[i] = packet(i);
	for (k = 0; k < STEPS; k++) {
		/* it fills up and empties in turns */
		unsigned fills = k / 500 % 2 ? 2 : 8;

		if (n < MOST && chance(10) < fills) {
			i = chance(PACKETS);
			at = chance(4) ? n : chance(n + 1);
			if (at == n && chance(2))
				outbox_push(&o, all[i], i);
			else
				outbox_insert(&o, at, all[i], i);
			memmove(&model[at + 1], &model[at],
			    (n - at) * sizeof(*model));
			model[at] = all[i];
			n++;
			bytes += i;
		} else if (n) {
			bytes -= size(model[0]);
			outbox_pop(&o, size(model[0]));
			memmove(&model[0], &model[1], --n * sizeof(*model));
		}
		assert_int_equal(o.n, n);
		assert_int_equal(o.bytes, bytes);
		for (i = 0; i < n; i++)
			assert_ptr_equal(outbox_at(&o, i), model[i]);
	}
	outbox_release(&o);
	for (i = 0; i < PACKETS; i++)
		outpacket_unref(&all[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inline),
		cmocka_unit_test(test_refs),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
