/*
 * Access lists.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* base */
#include "buf.h"

/* tested */
#include "acl.h"

/* Fails unless the list allows these methods, and no others of a few. */
static void
check(const struct acl *a, const char *allowed)
{
	static const char *const methods[] = { "on_a", "on_b", "on_c",
		"recv_connect", "recv_message" };
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (acl_allows(a, span_str(methods[i])) !=
		    (strstr(allowed, methods[i]) != NULL))
			fail_msg("%s with [%s]", methods[i], allowed);
}

#define ALL "on_a on_b on_c recv_connect recv_message"

/* No list: all is open. */
static void
test_none(void **state)
{
	struct acl *a = NULL;

	(void)state;
	check(a, ALL);
	assert_true(acl_allows_event(a, SPAN("x")));
	assert_null(acl_copy(a));
	acl_allow(&a, SPAN("[\"on_a\"]"));
	check(a, ALL);
	acl_free(&a);
	acl_deny(&a, SPAN("[\"on_a\",\"recv_message\"]"));
	check(a, "on_b on_c recv_connect");
	acl_free(&a);
	assert_null(a);
	acl_free(&a);
}

/* An empty list: all is closed. */
static void
test_closed(void **state)
{
	static const char *const names[] = { "on_a", "recv_connect", "on_a" };
	struct acl *a = acl_new(NULL, 0);

	(void)state;
	check(a, "");
	assert_false(acl_allows_event(a, SPAN("a")));
	acl_deny(&a, SPAN("[\"on_a\"]"));
	check(a, "");
	acl_allow(&a, SPAN("[\"on_a\",\"on_b\"]"));
	check(a, "on_a on_b");
	acl_deny(&a, SPAN("[\"on_a\"]"));
	check(a, "on_b");
	acl_free(&a);
	a = acl_new(names, 3);
	check(a, "on_a recv_connect");
	acl_deny(&a, SPAN("[\"on_a\"]")); /* it was in it once */
	check(a, "recv_connect");
	acl_free(&a);
}

static void
test_changes(void **state)
{
	struct acl *a = NULL;

	(void)state;
	acl_only(&a, SPAN("[\"on_a\",\"on_b\"]"));
	check(a, "on_a on_b");
	acl_only(&a, SPAN("[\"on_c\"]"));
	check(a, "on_c");
	acl_only(&a, SPAN("[]"));
	check(a, "");
	acl_lift(&a);
	check(a, ALL);
	acl_deny(&a, SPAN("[\"on_a\",\"on_b\"]"));
	check(a, "on_c recv_connect recv_message");
	acl_allow(&a, SPAN("[\"on_b\",\"on_c\"]"));
	check(a, "on_b on_c recv_connect recv_message");
	acl_lift(&a);
	check(a, ALL);
	acl_only(&a, SPAN("[\"on_\\u0061\"]"));
	check(a, "on_a");
	acl_free(&a);
}

/* A copy goes its own way. */
static void
test_copy(void **state)
{
	struct acl *a = NULL, *b;

	(void)state;
	acl_deny(&a, SPAN("[\"on_a\"]"));
	b = acl_copy(a);
	acl_allow(&a, SPAN("[\"on_a\"]"));
	acl_deny(&a, SPAN("[\"on_c\"]"));
	check(a, "on_a on_b recv_connect recv_message");
	check(b, "on_b on_c recv_connect recv_message");
	acl_free(&a);
	check(b, "on_b on_c recv_connect recv_message");
	acl_free(&b);
}

static void
test_events(void **state)
{
	static const struct {
		const char *event;
		bool allowed;
	} cases[] = {
		{ "a", true },
		{ "two words", true },
		{ "two_words", true },
		{ "two  words", false },
		{ "two\twords", false },
		{ " ", true }, /* on__ */
		{ "on_a", false },
		{ "", false },
		{ "b", false },
		{ "A", false },
		{ "aa", false },
		{ "message", false }, /* recv_message is no event's method */
		{ "\xc3\xa4", true },
	};
	struct acl *a = NULL;
	size_t i;

	(void)state;
	acl_only(&a, SPAN("[\"on_a\",\"on_two_words\",\"on__\",\"\","
			  "\"recv_message\",\"on_\xc3\xa4\",\"on\"]"));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (acl_allows_event(a, span_str(cases[i].event)) !=
		    cases[i].allowed)
			fail_msg("closed: \"%s\"", cases[i].event);
	acl_free(&a);
	acl_deny(&a, SPAN("[\"on_a\",\"on_two_words\",\"on__\",\"\","
			  "\"recv_message\",\"on_\xc3\xa4\",\"on\"]"));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (acl_allows_event(a, span_str(cases[i].event)) ==
		    cases[i].allowed)
			fail_msg("open: \"%s\"", cases[i].event);
	acl_free(&a);
}

/* A name with a NUL in it is not the name before it. */
static void
test_nul(void **state)
{
	struct acl *a = NULL;

	(void)state;
	acl_only(&a, SPAN("[\"on_a\\u0000b\"]"));
	check(a, "");
	assert_false(acl_allows_event(a, SPAN("a")));
	acl_free(&a);
}

static void
test_too_many(void **state)
{
	struct buf names = BUF_INIT;
	struct acl *a = NULL;
	unsigned i;
	char one[16];

	(void)state;
	for (i = 0; i < 1005; i++)
		buf_addf(&names, "%s\"m%u\"", i ? "," : "[", i);
	buf_addch(&names, ']');
	acl_only(&a, buf_span(&names));
	for (i = 0; i < 1005; i++) {
		snprintf(one, sizeof(one), "m%u", i);
		assert_int_equal(acl_allows(a, span_str(one)), i < 1000);
	}
	acl_deny(&a, SPAN("[\"m0\"]"));
	acl_allow(&a, SPAN("[\"on_a\"]"));
	check(a, "on_a");
	acl_free(&a);
	buf_release(&names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
