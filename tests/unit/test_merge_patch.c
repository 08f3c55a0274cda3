/*
 * Tests of jscan_merge_patch: the examples of RFC 7396, and what it does to
 * the text around a change.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "jscan.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct merge_case {
	const char *target;
	const char *patch;
	const char *want;
};

/* Runs a table of cases. */
static void
run(const struct merge_case *cases, size_t n)
{
	struct buf out = BUF_INIT;
	size_t i;

	for (i = 0; i < n; i++) {
		jscan_merge_patch(
		    span_str(cases[i].target), span_str(cases[i].patch), &out);
		if (!span_eq(buf_span(&out), span_str(cases[i].want)))
			fail_msg("case %zu: got %.*s, want %s", i,
			    SPAN_FMT(buf_span(&out)), cases[i].want);
		if (jscan_check(buf_span(&out), 16, NULL))
			fail_msg("case %zu: not JSON", i);
		buf_clear(&out);
	}
	buf_release(&out);
}

/* Appendix A of the RFC, in its order. */
static void
test_rfc(void **state)
{
	static const struct merge_case cases[] = {
		{ "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
		{ "{\"a\":\"b\"}", "{\"b\":\"c\"}",
		    "{\"a\":\"b\",\"b\":\"c\"}" },
		{ "{\"a\":\"b\"}", "{\"a\":null}", "{}" },
		{ "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}",
		    "{\"b\":\"c\"}" },
		{ "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
		{ "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}" },
		{ "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
		    "{\"a\":{\"b\":\"d\"}}" },
		{ "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}" },
		{ "[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]" },
		{ "{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]" },
		{ "{\"a\":\"foo\"}", "null", "null" },
		{ "{\"a\":\"foo\"}", "\"bar\"", "\"bar\"" },
		{ "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}" },
		{ "[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}" },
		{ "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}",
		    "{\"a\":{\"bb\":{}}}" },
	};

	(void)state;
	run(cases, COUNT(cases));
}

/* The example of the RFC's section 3. */
static void
test_rfc_article(void **state)
{
	static const struct merge_case cases[] = {
		{ "{\"title\":\"Goodbye!\",\"author\":{\"givenName\":\"John\","
		  "\"familyName\":\"Doe\"},\"tags\":[\"example\",\"sample\"],"
		  "\"content\":\"This will be unchanged\"}",
		    "{\"title\":\"Hello!\",\"phoneNumber\":\"+01-123-456-7890\""
		    ",\"author\":{\"familyName\":null},\"tags\":[\"example\"]}",
		    "{\"title\":\"Hello!\",\"author\":{\"givenName\":\"John\"},"
		    "\"tags\":[\"example\"],"
		    "\"content\":\"This will be unchanged\","
		    "\"phoneNumber\":\"+01-123-456-7890\"}" },
	};

	(void)state;
	run(cases, COUNT(cases));
}

/* Text and order are kept; keys are compared with escapes undone. */
static void
test_text(void **state)
{
	static const struct merge_case cases[] = {
		{ NULL, "{\"b\":1,\"a\":2}", "{\"b\":1,\"a\":2}" },
		{ "", "{}", "{}" },
		{ NULL, "{\"a\":null}", "{}" },
		{ "null", "{\"a\":1}", "{\"a\":1}" },
		{ "{\"n\":1.0,\"big\":12345678901234567890}", "{\"x\":1e2}",
		    "{\"n\":1.0,\"big\":12345678901234567890,\"x\":1e2}" },
		{ "{\"a\":[1, 2]}", "{\"b\":{ \"c\": 3 }}",
		    "{\"a\":[1, 2],\"b\":{\"c\":3}}" },
		{ "{\"\\u0061\":1,\"b\":2}", "{\"a\":3}",
		    "{\"\\u0061\":3,\"b\":2}" },
		{ "{\"a\":1}", "{\"\\u0061\":null}", "{}" },
		{ "{\"\xc3\xa4\":1}", "{\"\\u00e4\":2}", "{\"\xc3\xa4\":2}" },
		{ "{\"\\ud800\":1}", "{\"\\uD800\":2}", "{\"\\ud800\":2}" },
		{ "{\"a\":1,\"ab\":2,\"b\":3}", "{\"ab\":null,\"c\":4}",
		    "{\"a\":1,\"b\":3,\"c\":4}" },
		/* 11: equal keys */
		{ "{}", "{\"a\":1,\"a\":2}", "{\"a\":2}" },
		{ "{}", "{\"a\":1,\"a\":null}", "{}" },
		{ "{}", "{\"a\":null,\"b\":0,\"a\":1}", "{\"b\":0,\"a\":1}" },
		{ "{\"a\":1,\"b\":0,\"a\":2}", "{\"a\":3}",
		    "{\"b\":0,\"a\":3}" },
		{ "{\"a\":1,\"b\":0,\"a\":2}", "{\"a\":null}", "{\"b\":0}" },
		{ "{\"a\":1,\"a\":2}", "{\"b\":3}",
		    "{\"a\":1,\"a\":2,\"b\":3}" },
		{ "{\"a\":{\"x\":1},\"a\":{\"y\":1}}", "{\"a\":{\"z\":1}}",
		    "{\"a\":{\"y\":1,\"z\":1}}" },
		/* 18: values that turn into objects and back */
		{ "{\"a\":1}", "{\"a\":{\"b\":{\"c\":null,\"d\":[null]}}}",
		    "{\"a\":{\"b\":{\"d\":[null]}}}" },
		{ "{\"a\":{\"b\":1}}", "{\"a\":{}}", "{\"a\":{\"b\":1}}" },
		{ "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":null}}", "{\"a\":{}}" },
		{ " { \"a\" : 1 } ", " { \"b\" : 2 } ", "{\"a\":1,\"b\":2}" },
	};

	(void)state;
	run(cases, COUNT(cases));
}

/* Many keys on both sides: the cost may not be their product. Half of them are
 * changed, half are new. */
static void
test_many(void **state)
{
	enum { MANY = 20000 };
	struct buf target = BUF_INIT, patch = BUF_INIT, out = BUF_INIT;
	struct jscan_iter it;
	struct span key, value;
	unsigned i, n = 0, changed = 0;

	(void)state;
	for (i = 0; i < MANY; i++) {
		buf_addf(&target, "%c\"k%u\":0", i ? ',' : '{', i);
		buf_addf(&patch, "%c\"k%u\":1", i ? ',' : '{', i + MANY / 2);
	}
	buf_addch(&target, '}');
	buf_addch(&patch, '}');
	jscan_merge_patch(buf_span(&target), buf_span(&patch), &out);
	assert_int_equal(jscan_check(buf_span(&out), 1, NULL), JSCAN_OK);
	jscan_object(&it, buf_span(&out));
	while (jscan_member(&it, &key, &value)) {
		n++;
		changed += span_eq(value, SPAN("1"));
	}
	assert_int_equal(n, MANY + MANY / 2);
	assert_int_equal(changed, MANY);
	buf_release(&target);
	buf_release(&patch);
	buf_release(&out);
}

/* The deepest nesting there is. */
static void
test_deep(void **state)
{
	enum { DEEP = 1024 };
	struct buf target = BUF_INIT, patch = BUF_INIT, out = BUF_INIT;
	unsigned i;

	(void)state;
	for (i = 0; i < DEEP; i++) {
		buf_adds(&target, i ? "{\"a\":" : "{\"x\":0,\"a\":");
		buf_adds(&patch, "{\"a\":");
	}
	buf_addch(&target, '1');
	buf_addch(&patch, '2');
	for (i = 0; i < DEEP; i++) {
		buf_addch(&target, '}');
		buf_addch(&patch, '}');
	}
	assert_int_equal(jscan_check(buf_span(&patch), DEEP, NULL), JSCAN_OK);
	jscan_merge_patch(buf_span(&target), buf_span(&patch), &out);
	assert_int_equal(jscan_check(buf_span(&out), DEEP, NULL), JSCAN_OK);
	assert_int_equal(out.len, target.len);
	assert_non_null(memchr(out.data, '2', out.len));
	buf_release(&target);
	buf_release(&patch);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc),
		cmocka_unit_test(test_rfc_article),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
