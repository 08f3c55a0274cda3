/*
 * pool_output: lines of text out of a pipe.
 */
#ifndef SIOGATE_POOL_OUTPUT_H
#define SIOGATE_POOL_OUTPUT_H

#include <stddef.h>

#include "buf.h"
#include "span.h"

/* Bytes of one line; a longer one is given out in pieces of this size. */
enum { POOL_OUTPUT_LINE = 4096 };

/* All zero is a reader at the start of a line. */
struct pool_output {
	struct buf line; /* the start of an incomplete line */
};

/* Takes one line; valid during the call. */
typedef void pool_output_f(void *arg, struct span line);

/* Takes n bytes at p and gives out the lines that are whole, without their
 * newline (or CR LF). Empty lines are left out. */
void pool_output_add(struct pool_output *o, const char *p, size_t n,
    pool_output_f *take, void *arg);

/* At the end: gives out the last line when it had no newline. */
void pool_output_end(struct pool_output *o, pool_output_f *take, void *arg);

/* Frees what an incomplete line holds. */
void pool_output_release(struct pool_output *o);

#endif
