/*
 * fail: how the load generator gives up.
 *
 * A measurement of a server that does not do its work is worth nothing, so the
 * first thing that goes wrong ends the run, with a message and an exit status
 * that says whose fault it was.
 */

/* system */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* own */
#include "fail.h"

void
fail(enum fail_status status, const char *fmt, ...)
{
	va_list ap;

	fputs("loadgen: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(status);
}

void *
fail_calloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (p == NULL)
		fail(FAIL_LOCAL, "out of memory");
	return p;
}
