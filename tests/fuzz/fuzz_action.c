/*
 * Fuzzer of action: what is accepted lies in the line and has its type.
 */

/* system */
#include <stdint.h>

/* base */
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "action.h"
#include "jscan.h"

enum { MAX_DEPTH = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* s is empty, or valid JSON within the line. */
static void
check_piece(struct span line, struct span s)
{
	if (s.n == 0)
		return;
	gw_assert(s.p >= line.p && s.p + s.n <= line.p + line.n);
	gw_assert(jscan_check(s, MAX_DEPTH, NULL) == JSCAN_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = span_of(data, size);
	const char *error;
	struct action a;

	if (action_parse(line, MAX_DEPTH, &a, &error) != 0) {
		gw_assert(error != NULL && *error != '\0');
		return 0;
	}
	gw_assert(error == NULL);
	gw_assert(action_name(a.kind) != NULL && a.value.n > 0);
	check_piece(line, a.value);
	check_piece(line, a.args);
	check_piece(line, a.to);
	check_piece(line, a.except);
	check_piece(line, a.nsp);
	check_piece(line, a.tag);
	check_piece(line, a.level);
	gw_assert(a.args.n == 0 || jscan_type(a.args) == JSCAN_ARRAY);
	gw_assert(a.nsp.n == 0 || jscan_type(a.nsp) == JSCAN_STRING);
	gw_assert(a.timeout >= 0 && a.after >= 0 && a.every >= 0 && a.re >= 0);
	gw_assert(a.has_every == (a.every > 0));
	return 0;
}
