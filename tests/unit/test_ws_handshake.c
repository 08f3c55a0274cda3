/*
 * test_ws_handshake: keys and header lists.
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
#include "ws_handshake.h"

static const struct {
	const char *key;
	const char *accept; /* NULL: refused */
} keys[] = {
	/* the example of RFC 6455 section 1.3 */
	{ "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
	{ " dGhlIHNhbXBsZSBub25jZQ==\t", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
	{ "", NULL },
	{ "dGhlIHNhbXBsZSBub25jZQ=", NULL },
	{ "dGhlIHNhbXBsZSBub25jZQ", NULL },
	{ "dGhlIHNhbXBsZSBub25jZWE=", NULL },
	{ "dGhlIHNhbXBsZSBub25jZWFh", NULL },
	{ "dGhlIHNhbXBsZSBub25jZQ===", NULL },
	{ "dGhl HNhbXBsZSBub25jZQ==", NULL },
	{ "dGhl=HNhbXBsZSBub25jZQ==", NULL },
	{ "dGhl-HNhbXBsZSBub25jZQ==", NULL },
	{ "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ==", NULL },
};

static void
test_accept(void **state)
{
	char accept[WS_HANDSHAKE_ACCEPT_LEN + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int rc = ws_handshake_accept(span_str(keys[i].key), accept);

		if (rc != (keys[i].accept ? 0 : -1))
			fail_msg("entry %zu: %d", i, rc);
		if (rc == 0 && strcmp(accept, keys[i].accept) != 0)
			fail_msg("entry %zu: %s", i, accept);
	}
	assert_int_equal(ws_handshake_accept(SPAN_EMPTY, accept), -1);
}

static const struct {
	const char *value;
	const char *token;
	bool want;
} lists[] = {
	{ "Upgrade", "upgrade", true },
	{ "keep-alive, Upgrade", "upgrade", true },
	{ "Upgrade,keep-alive", "upgrade", true },
	{ " , \tUPGRADE\t ,", "upgrade", true },
	{ "13", "13", true },
	{ "8, 13", "13", true },
	{ "", "upgrade", false },
	{ "keep-alive", "upgrade", false },
	{ "Upgrades", "upgrade", false },
	{ "xUpgrade", "upgrade", false },
	{ "keep-alive Upgrade", "upgrade", false },
	{ "Upgrade; x", "upgrade", false },
	{ "131", "13", false },
};

static void
test_has_token(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (ws_handshake_has_token(span_str(lists[i].value),
			span_str(lists[i].token)) != lists[i].want)
			fail_msg("entry %zu", i);
	assert_false(ws_handshake_has_token(SPAN_EMPTY, SPAN("upgrade")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accept),
		cmocka_unit_test(test_has_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
