/*
 * buf: a byte buffer that grows.
 *
 * A struct buf that is all zero is an empty buffer; it holds no memory until
 * something is added. It may hold any byte; no NUL is kept behind the content.
 */
#ifndef SIOGATE_BUF_H
#define SIOGATE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

struct buf {
	char *data; /* NULL while cap is 0 */
	size_t len; /* bytes in use */
	size_t cap; /* bytes allocated */
};

#define BUF_INIT ((struct buf){ NULL, 0, 0 })

/* Frees the memory; the buffer is empty and usable again. */
void buf_release(struct buf *b);

/* Empties the buffer and keeps its memory. */
static inline void
buf_clear(struct buf *b)
{
	b->len = 0;
}

/* Empties the buffer; memory beyond keep bytes is given back. */
void buf_reset(struct buf *b, size_t keep);

/* Makes room for n more bytes and returns where they go; len is unchanged. */
char *buf_reserve(struct buf *b, size_t n);

/* Appends. */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_addspan(struct buf *b, struct span s);
void buf_adds(struct buf *b, const char *s);
void buf_addch(struct buf *b, char c);
void buf_addu64(struct buf *b, uint64_t v); /* decimal */
void buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Removes the first n bytes; n is at most len. */
void buf_drop(struct buf *b, size_t n);

/* The content, valid until the buffer is changed. */
static inline struct span
buf_span(const struct buf *b)
{
	return span_of(b->data, b->len);
}

/* Hands the memory over to the caller, who frees it; the buffer is empty. */
char *buf_take(struct buf *b, size_t *len_r);

/* The content with a NUL behind it that does not count in len. Valid until the
 * buffer is changed. */
const char *buf_cstr(struct buf *b);

#endif
