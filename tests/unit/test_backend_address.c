/*
 * Where a worker listens: the addresses that make sense, and those that don't.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

/* tested */
#include "backend_address.h"

/* The first address as text, for comparing. */
static void
show(const struct backend_address *a, char *out, size_t n)
{
	const void *sa = &a->at[0].sa;
	const struct sockaddr_in *in4 = sa;
	const struct sockaddr_in6 *in6 = sa;
	const struct sockaddr_un *sun = sa;
	char host[INET6_ADDRSTRLEN] = "?";

	if (a->at[0].sa.ss_family == AF_UNIX) {
		snprintf(out, n, "%s", sun->sun_path);
	} else if (a->at[0].sa.ss_family == AF_INET) {
		inet_ntop(AF_INET, &in4->sin_addr, host, sizeof(host));
		snprintf(out, n, "%s %u", host, ntohs(in4->sin_port));
	} else {
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(out, n, "%s %u", host, ntohs(in6->sin6_port));
	}
}

/* Addresses that are taken. */
static void
test_good(void **state)
{
	static const struct {
		const char *text, *shown;
	} table[] = {
		{ "unix:/run/x.sock", "/run/x.sock" },
		{ "unix:x", "x" },
		{ "unix:/with:colon", "/with:colon" },
		{ "tcp:127.0.0.1:9000", "127.0.0.1 9000" },
		{ "tcp:127.0.0.1:1", "127.0.0.1 1" },
		{ "tcp:127.0.0.1:65535", "127.0.0.1 65535" },
		{ "tcp:[::1]:80", "::1 80" },
	};
	struct backend_address a;
	const char *error = NULL;
	char shown[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (backend_address_parse(table[i].text, &a, &error) != 0)
			fail_msg("case %zu: %s", i, error);
		show(&a, shown, sizeof(shown));
		assert_int_equal(a.count, 1);
		assert_string_equal(shown, table[i].shown);
	}
}

/* Addresses that are refused, with a reason. */
static void
test_bad(void **state)
{
	static const char *const table[] = { "", "x",
		"unix:", "tcp:", "tcp::", "tcp:127.0.0.1",
		"tcp:127.0.0.1:", "tcp::80", "tcp:127.0.0.1:0",
		"tcp:127.0.0.1:65536", "tcp:127.0.0.1:-1", "tcp:127.0.0.1:8x",
		"tcp:127.0.0.1:999999999999", "tcp:::1:80", "tcp:[::1:80",
		"tcp:[]:80", "tcp:[::1]80", "tcp:[300.1]:80", "Unix:/x",
		"http://x/" };
	struct backend_address a;
	const char *error;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		error = NULL;
		if (backend_address_parse(table[i], &a, &error) != -1)
			fail_msg("case %zu: %s was taken", i, table[i]);
		assert_non_null(error);
	}
}

/* A path that fits exactly, and one that is a byte too long. */
static void
test_path_length(void **state)
{
	enum { MOST = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1 };
	char text[5 + MOST + 2] = "unix:";
	struct backend_address a;
	const char *error;

	(void)state;
	memset(text + 5, 'a', MOST);
	assert_int_equal(backend_address_parse(text, &a, &error), 0);
	text[5 + MOST] = 'a';
	assert_int_equal(backend_address_parse(text, &a, &error), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_path_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
