/*
 * fuzz_origin: origins against hosts and patterns. The input is three lines:
 * origin, host, and the rest is patterns.
 */

/* system */
#include <stdint.h>

/* base */
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "origin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n);
	struct span origin = span_cut(rest, '\n', &rest);
	struct span host = span_cut(rest, '\n', &rest);
	struct span bad;

	gw_assert(origin_allowed(origin, SPAN("*")));
	gw_assert(!origin_allowed(origin, SPAN_EMPTY));
	if (origin_is_same(origin, host)) {
		/* well-formed, so it is a pattern that allows itself */
		gw_assert(origin_check_patterns(origin, &bad) == 0);
		gw_assert(origin_allowed(origin, origin));
		gw_assert(!origin_allowed(origin, SPAN("null")));
	}
	if (origin_check_patterns(rest, &bad) != 0) {
		gw_assert(bad.n && bad.p >= rest.p &&
			  bad.p + bad.n <= rest.p + rest.n);
		gw_assert(!origin_allowed(bad, bad));
	} else {
		gw_assert(bad.n == 0);
	}
	(void)origin_allowed(origin, rest);
	return 0;
}
