/*
 * gw_assert: the end of a process whose own tables disagree.
 *
 * DIAGNOSTICS
 *	One line on standard error with file, line and expression, then abort().
 */

/* system */
#include <stdio.h>
#include <stdlib.h>

/* own */
#include "gw_assert.h"

/* Prints the place and aborts. */
void
gw_assert_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "siogate: panic: %s:%d: %s\n", file, line, what);
	abort();
}
