/*
 * fail: how the load generator gives up.
 */
#ifndef SIOGATE_BENCH_FAIL_H
#define SIOGATE_BENCH_FAIL_H

#include <stddef.h>

/* What the exit status of the load generator means; 0 is success. */
enum fail_status {
	FAIL_USAGE = 1,  /* wrong options */
	FAIL_LOCAL = 2,  /* no connection, no descriptor, no memory */
	FAIL_ANSWER = 3, /* the server answered something wrong, or closed */
	FAIL_SILENT = 4, /* the server answered nothing in time */
};

/* Writes the message to standard error and ends the process. */
_Noreturn void fail(enum fail_status status, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* calloc() that never returns NULL. */
void *fail_calloc(size_t n, size_t size);

#endif
