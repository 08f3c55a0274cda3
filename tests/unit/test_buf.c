/*
 * Buffers, spans, and memory.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* tested */
#include "buf.h"
#include "mem.h"
#include "span.h"

static void
test_grow(void **state)
{
	struct buf b = BUF_INIT;
	unsigned i;

	(void)state;
	assert_null(b.data);
	for (i = 0; i < 100000; i++) {
		buf_addch(&b, (char)(i * 7));
		assert_int_equal(b.len, i + 1);
		assert_true(b.cap >= b.len);
	}
	assert_true(b.cap < 400000);
	for (i = 0; i < 100000; i++)
		assert_int_equal(b.data[i], (char)(i * 7));
	buf_release(&b);
	assert_null(b.data);
	assert_int_equal(b.len + b.cap, 0);
	buf_release(&b);
}

static void
test_add(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_add(&b, NULL, 0);
	buf_addspan(&b, SPAN_EMPTY);
	assert_null(b.data);
	buf_adds(&b, "ab");
	buf_addspan(&b, SPAN("c\0d"));
	buf_addu64(&b, 0);
	buf_addch(&b, ',');
	buf_addu64(&b, UINT64_MAX);
	buf_addf(&b, "[%d %s]", -5, "x");
	assert_true(
	    span_eq(buf_span(&b), SPAN("abc\0d0,18446744073709551615[-5 x]")));
	assert_string_equal(buf_cstr(&b) + 5, "0,18446744073709551615[-5 x]");
	buf_release(&b);
}

/* Formatted text that is just as long as the room that is left. */
static void
test_addf_edges(void **state)
{
	char text[300];
	int n;

	(void)state;
	for (n = 0; n < 299; n++) {
		struct buf b = BUF_INIT;

		memset(text, 'x', sizeof(text));
		text[n] = '\0';
		buf_addch(&b, '>');
		buf_addf(&b, "%s", text);
		assert_int_equal(b.len, n + 1);
		assert_int_equal(memcmp(b.data + 1, text, (size_t)n), 0);
		buf_release(&b);
	}
}

static void
test_reserve(void **state)
{
	struct buf b = BUF_INIT;
	char *at;

	(void)state;
	at = buf_reserve(&b, 0);
	assert_non_null(at);
	buf_adds(&b, "12");
	at = buf_reserve(&b, 1000);
	assert_ptr_equal(at, b.data + 2);
	assert_int_equal(b.len, 2);
	memset(at, 'z', 1000);
	b.len += 1000;
	assert_int_equal(b.data[1001], 'z');
	buf_release(&b);
}

static void
test_drop(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_drop(&b, 0);
	buf_adds(&b, "0123456789");
	buf_drop(&b, 0);
	buf_drop(&b, 3);
	assert_true(span_eq(buf_span(&b), SPAN("3456789")));
	buf_drop(&b, 7);
	assert_int_equal(b.len, 0);
	buf_adds(&b, "again");
	assert_string_equal(buf_cstr(&b), "again");
	buf_release(&b);
}

static void
test_reset(void **state)
{
	struct buf b = BUF_INIT;
	const char *data;

	(void)state;
	buf_reset(&b, 10);
	buf_reserve(&b, 100);
	buf_adds(&b, "x");
	data = b.data;
	buf_reset(&b, b.cap);
	assert_ptr_equal(b.data, data);
	assert_int_equal(b.len, 0);
	buf_adds(&b, "y");
	buf_clear(&b);
	assert_ptr_equal(b.data, data);
	assert_int_equal(b.len, 0);
	buf_reset(&b, b.cap - 1);
	assert_null(b.data);
	assert_int_equal(b.cap, 0);
}

static void
test_take(void **state)
{
	struct buf b = BUF_INIT;
	size_t len = 9;
	char *data;

	(void)state;
	assert_null(buf_take(&b, &len));
	assert_int_equal(len, 0);
	buf_adds(&b, "mine");
	data = buf_take(&b, &len);
	assert_int_equal(len, 4);
	assert_memory_equal(data, "mine", 4);
	assert_null(b.data);
	assert_int_equal(b.len + b.cap, 0);
	free(data);
}

static void
test_cstr(void **state)
{
	struct buf b = BUF_INIT;
	unsigned i;

	(void)state;
	assert_string_equal(buf_cstr(&b), "");
	for (i = 1; i < 300; i++) {
		buf_addch(&b, 'c');
		assert_int_equal(strlen(buf_cstr(&b)), i);
		assert_int_equal(b.len, i);
	}
	buf_release(&b);
}

static void
test_span_compare(void **state)
{
	static const struct {
		const char *a, *b;
		bool eq, nocase, starts; /* a with b */
	} cases[] = {
		{ "", "", true, true, true },
		{ "a", "", false, false, true },
		{ "", "a", false, false, false },
		{ "abc", "abc", true, true, true },
		{ "abc", "aBC", false, true, false },
		{ "abc", "ab", false, false, true },
		{ "ab", "abc", false, false, false },
		{ "@[", "`{", false, false, false },
		{ "\xc3\x84", "\xc3\xa4", false, false, false },
		{ "Z-9", "z-9", false, true, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span a = span_str(cases[i].a), b = span_str(cases[i].b);

		if (span_eq(a, b) != cases[i].eq ||
		    span_eq_nocase(a, b) != cases[i].nocase ||
		    span_starts(a, b) != cases[i].starts)
			fail_msg("case %zu", i);
	}
	assert_true(span_eq(SPAN_EMPTY, SPAN("")));
	assert_true(span_starts(SPAN_EMPTY, SPAN_EMPTY));
	assert_int_equal(span_str(NULL).n, 0);
	assert_false(span_eq(SPAN("a\0b"), SPAN("a\0c")));
}

static void
test_span_cut(void **state)
{
	struct span rest, all = SPAN("a,,b");

	(void)state;
	assert_true(span_eq(span_cut(all, ',', &rest), SPAN("a")));
	assert_true(span_eq(span_cut(rest, ',', &rest), SPAN("")));
	assert_true(span_eq(span_cut(rest, ',', &rest), SPAN("b")));
	assert_null(rest.p);
	assert_int_equal(rest.n, 0);
	assert_int_equal(span_cut(rest, ',', &rest).n, 0);
	assert_true(span_eq(span_cut(SPAN("a,"), ',', &rest), SPAN("a")));
	assert_non_null(rest.p);
	assert_int_equal(rest.n, 0);
}

static void
test_span_trim(void **state)
{
	(void)state;
	assert_true(span_eq(span_trim(SPAN(" \t a b\t ")), SPAN("a b")));
	assert_true(span_eq(span_trim(SPAN("\n")), SPAN("\n")));
	assert_int_equal(span_trim(SPAN(" \t")).n, 0);
	assert_int_equal(span_trim(SPAN_EMPTY).n, 0);
}

static void
test_mem(void **state)
{
	char *p, *q;
	int i;

	(void)state;
	p = mem_alloc(0);
	assert_non_null(p);
	p = mem_realloc(p, 0);
	assert_non_null(p);
	free(p);
	p = mem_zalloc(100);
	for (i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	memset(p, 'm', 100);
	p = mem_realloc(p, 1000);
	assert_int_equal(p[99], 'm');
	q = mem_dup(p, 100);
	assert_memory_equal(p, q, 100);
	free(q);
	q = mem_strndup(p, 3);
	assert_string_equal(q, "mmm");
	free(q);
	free(p);
	assert_null(mem_strdup(NULL));
	p = mem_strndup(NULL, 0);
	assert_string_equal(p, "");
	free(p);
	free(mem_dup(NULL, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_addf_edges),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_cstr),
		cmocka_unit_test(test_span_compare),
		cmocka_unit_test(test_span_cut),
		cmocka_unit_test(test_span_trim),
		cmocka_unit_test(test_mem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
