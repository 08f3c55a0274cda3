/*
 * test_origin: which pages are let in.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* base */
#include "span.h"

/* wire */
#include "origin.h"

static const struct {
	const char *origin;
	const char *host;
	bool want;
} same[] = {
	{ "http://app.example", "app.example", true },
	{ "http://app.example", "app.example:80", true },
	{ "http://app.example:80", "app.example", true },
	{ "https://app.example", "app.example", true },
	{ "https://app.example", "app.example:443", true },
	{ "https://app.example:443", "app.example", true },
	{ "https://app.example:443", "app.example:", true },
	{ "ws://app.example", "app.example:80", true },
	{ "wss://app.example", "app.example:443", true },
	{ "HTTP://APP.example:8080", "app.EXAMPLE:8080", true },
	{ "http://localhost:3000", "localhost:3000", true },
	{ "http://127.0.0.1:1", "127.0.0.1:1", true },
	{ "http://[::1]", "[::1]", true },
	{ "http://[::1]:8080", "[::1]:8080", true },
	{ "http://[::A]", "[::a]:80", true },

	{ "http://app.example", "app.example:443", false },
	{ "https://app.example", "app.example:80", false },
	{ "http://app.example:8080", "app.example", false },
	{ "http://app.example", "app.example:8080", false },
	{ "http://app.example", "evil.example", false },
	{ "http://app.example.evil", "app.example", false },
	{ "http://evilapp.example", "app.example", false },
	{ "http://sub.app.example", "app.example", false },
	{ "http://[::1]:8080", "[::1]", false },
	{ "http://[::2]", "[::1]", false },
	{ "null", "null", false },
	{ "", "", false },
	{ "http://", "", false },
	{ "http://:80", ":80", false },
	{ "app.example", "app.example", false },
	{ "//app.example", "app.example", false },
	{ "http:app.example", "app.example", false },
	{ "http:/app.example", "app.example", false },
	{ "http://app.example/", "app.example", false },
	{ "http://app.example/", "app.example/", false },
	{ "http://app.example:", "app.example", false },
	{ "http://app.example:x", "app.example:x", false },
	{ "http://app.example:0", "app.example:0", false },
	{ "http://app.example:65536", "app.example:65536", false },
	{ "http://app.example:000080", "app.example", false },
	{ "http://app.example:80:80", "app.example", false },
	{ "http://u@app.example", "u@app.example", false },
	{ "http://app example", "app example", false },
	{ "http://app..example", "app..example", false },
	{ "http://.example", ".example", false },
	{ "http://*.example", "*.example", false },
	{ "http://[::1", "[::1", false },
	{ "http://[]", "[]", false },
	{ "http://[::1]x", "[::1]x", false },
	{ "http://[::1]:", "[::1]", false },
	{ "1http://app.example", "app.example", false },
	{ "://app.example", "app.example", false },
	{ "app://app.example", "app.example", false },
	{ "app://app.example:80", "app.example:80", false },
	{ "http://app.example", "app.example:80:80", false },
	{ "http://app.example", "", false },
};

static void
test_same(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (origin_is_same(span_str(same[i].origin),
			span_str(same[i].host)) != same[i].want)
			fail_msg("entry %zu: %s", i, same[i].origin);
	assert_false(origin_is_same(SPAN_EMPTY, SPAN_EMPTY));
}

static const struct {
	const char *origin;
	const char *patterns;
	bool want;
} allowed[] = {
	{ "http://a.example", "*", true },
	{ "null", "*", true },
	{ "rubbish", "*", true },
	{ "null", "null", true },
	{ "http://a.example", "http://a.example", true },
	{ "http://A.example", "HTTP://a.EXAMPLE", true },
	{ "http://a.example:80", "http://a.example", true },
	{ "http://a.example", "http://a.example:80", true },
	{ "https://a.example", "https://a.example:443", true },
	{ "https://a.example:8443", "https://a.example:8443", true },
	{ "https://a.example:8443", "https://a.example:*", true },
	{ "https://a.example", "https://a.example:*", true },
	{ "https://a.b.example", "https://*.b.example", true },
	{ "https://x.a.b.example", "https://*.b.example", true },
	{ "https://x.a.b.EXAMPLE:9", "https://*.B.example:9", true },
	{ "https://x.b.example:9", "https://*.b.example:*", true },
	{ "capacitor://localhost", "capacitor://localhost", true },
	{ "http://[::1]:5", "http://[::1]:*", true },
	{ "http://b.example", "http://a.example http://b.example", true },
	{ "http://b.example", "http://a.example,http://b.example", true },
	{ "http://b.example", " http://a.example ,\t\n http://b.example,",
	    true },
	{ "http://b.example", "rubbish http://b.example", true },

	{ "http://a.example", "", false },
	{ "http://a.example", " , ", false },
	{ "null", "http://a.example", false },
	{ "NULL", "null", false },
	{ "http://null", "null", false },
	{ "", "null", false },
	{ "http://a.example", "null", false },
	{ "http://a.example", "https://a.example", false },
	{ "http://a.example:443", "https://a.example", false },
	{ "http://a.example:8080", "http://a.example", false },
	{ "http://a.example", "http://a.example:8080", false },
	{ "http://a.example.evil", "http://a.example", false },
	{ "http://xa.example", "http://a.example", false },
	{ "https://b.example", "https://*.b.example", false },
	{ "https://.b.example", "https://*.b.example", false },
	{ "https://evilb.example", "https://*.b.example", false },
	{ "https://a.b.example.evil", "https://*.b.example", false },
	{ "https://a.b.example:8443", "https://*.b.example", false },
	{ "http://a.b.example", "https://*.b.example", false },
	{ "https://evil/.b.example", "https://*.b.example", false },
	{ "https://evil:80.b.example", "https://*.b.example", false },
	{ "https://evil@x.b.example", "https://*.b.example", false },
	{ "rubbish", "rubbish", false },
	{ "http://a.example/", "http://a.example", false },
	{ "capacitor://localhost:80", "capacitor://localhost", false },
	{ "http://*.b.example", "http://*.b.example", false },
};

static void
test_allowed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (origin_allowed(span_str(allowed[i].origin),
			span_str(allowed[i].patterns)) != allowed[i].want)
			fail_msg("entry %zu: %s", i, allowed[i].origin);
	assert_false(origin_allowed(SPAN_EMPTY, SPAN_EMPTY));
	assert_true(origin_allowed(SPAN_EMPTY, SPAN("*")));
}

static const struct {
	const char *patterns;
	const char *bad; /* NULL: all are well-formed */
} checks[] = {
	{ "", NULL },
	{ " ,\t", NULL },
	{ "*", NULL },
	{ "null", NULL },
	{ "http://a.example, https://*.b.example:* null *", NULL },
	{ "http://[::1]:80 http://127.0.0.1:* capacitor://localhost", NULL },
	{ "a.example", "a.example" },
	{ "* a.example b.example", "a.example" },
	{ "http://a.example/", "http://a.example/" },
	{ "http://", "http://" },
	{ "http://*", "http://*" },
	{ "http://*.", "http://*." },
	{ "http://*a.example", "http://*a.example" },
	{ "http://a.*.example", "http://a.*.example" },
	{ "http://*.*.example", "http://*.*.example" },
	{ "http://*..example", "http://*..example" },
	{ "http://*.[::1]", "http://*.[::1]" },
	{ "http://a.example:", "http://a.example:" },
	{ "http://a.example:8*", "http://a.example:8*" },
	{ "http://a.example:99999", "http://a.example:99999" },
	{ "*://a.example", "*://a.example" },
	{ "Null", "Null" },
	{ "**", "**" },
};

static void
test_check_patterns(void **state)
{
	struct span bad;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		int rc =
		    origin_check_patterns(span_str(checks[i].patterns), &bad);

		if (rc != (checks[i].bad ? -1 : 0) ||
		    !span_eq(bad, span_str(checks[i].bad)))
			fail_msg("entry %zu: %d, %.*s", i, rc, SPAN_FMT(bad));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_check_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
