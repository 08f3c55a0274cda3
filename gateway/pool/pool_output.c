/*
 * pool_output: lines of text out of a pipe.
 *
 * Whole lines are given out where they stand; only an incomplete one is kept.
 */

/* system */
#include <string.h>

/* own */
#include "pool_output.h"

/* Gives out one line unless it is empty. */
static void
output_line(struct span line, pool_output_f *take, void *arg)
{
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n)
		take(arg, line);
}

/* Adds n bytes without a newline to the incomplete line; a full one goes. */
static void
output_gather(struct pool_output *o, const char *p, size_t n,
    pool_output_f *take, void *arg)
{
	while (n > 0) {
		size_t part = POOL_OUTPUT_LINE - o->line.len;

		if (part > n)
			part = n;
		buf_add(&o->line, p, part);
		p += part;
		n -= part;
		if (o->line.len == POOL_OUTPUT_LINE)
			pool_output_end(o, take, arg);
	}
}

void
pool_output_add(struct pool_output *o, const char *p, size_t n,
    pool_output_f *take, void *arg)
{
	while (n > 0) {
		const char *lf = memchr(p, '\n', n);
		size_t len = lf ? (size_t)(lf - p) : n;

		if (lf && o->line.len == 0 && len <= POOL_OUTPUT_LINE)
			output_line(span_of(p, len), take, arg);
		else
			output_gather(o, p, len, take, arg);
		if (lf == NULL)
			return;
		pool_output_end(o, take, arg);
		p += len + 1;
		n -= len + 1;
	}
}

void
pool_output_end(struct pool_output *o, pool_output_f *take, void *arg)
{
	output_line(buf_span(&o->line), take, arg);
	buf_clear(&o->line);
}

void
pool_output_release(struct pool_output *o)
{
	buf_release(&o->line);
}
