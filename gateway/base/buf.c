/*
 * buf: a byte buffer that grows by doubling.
 */

/* system */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* own */
#include "buf.h"
#include "gw_assert.h"
#include "mem.h"

enum { BUF_MIN = 64 };

void
buf_release(struct buf *b)
{
	free(b->data);
	*b = BUF_INIT;
}

void
buf_reset(struct buf *b, size_t keep)
{
	if (b->cap > keep)
		buf_release(b);
	b->len = 0;
}

char *
buf_reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : BUF_MIN;

	gw_assert(n <= SIZE_MAX / 2 - b->len);
	if (b->data == NULL || b->cap - b->len < n) {
		while (cap - b->len < n)
			cap *= 2;
		b->data = mem_realloc(b->data, cap);
		b->cap = cap;
	}
	return b->data + b->len;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	memcpy(buf_reserve(b, n), p, n);
	b->len += n;
}

void
buf_addspan(struct buf *b, struct span s)
{
	buf_add(b, s.p, s.n);
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addch(struct buf *b, char c)
{
	*buf_reserve(b, 1) = c;
	b->len++;
}

void
buf_addu64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	buf_add(b, digits + n, sizeof(digits) - n);
}

void
buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	gw_assert(fmt != NULL);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	gw_assert(n >= 0);
	vsnprintf(buf_reserve(b, (size_t)n + 1), (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void
buf_drop(struct buf *b, size_t n)
{
	gw_assert(n <= b->len);
	if (n == 0)
		return;
	b->len -= n;
	memmove(b->data, b->data + n, b->len);
}

char *
buf_take(struct buf *b, size_t *len_r)
{
	char *data = b->data;

	*len_r = b->len;
	*b = BUF_INIT;
	return data;
}

const char *
buf_cstr(struct buf *b)
{
	*buf_reserve(b, 1) = '\0';
	return b->data;
}
