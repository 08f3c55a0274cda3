/*
 * span: a piece of text that somebody else owns.
 *
 * A span never ends in a NUL of its own and may hold any byte. It is valid for
 * as long as the memory it points into; each function that hands one out says
 * how long that is.
 */
#ifndef SIOGATE_SPAN_H
#define SIOGATE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *p; /* NULL only when n is 0 */
	size_t n;      /* bytes */
};

/* A span over a string literal. */
#define SPAN(lit) ((struct span){ (lit), sizeof(lit) - 1 })
#define SPAN_EMPTY ((struct span){ NULL, 0 })

/* For printf: "%.*s", SPAN_FMT(s). */
#define SPAN_FMT(s) (int)(s).n, (s).n ? (s).p : ""

/* The span over a C string; NULL gives the empty span. */
static inline struct span
span_str(const char *s)
{
	return (struct span){ s, s ? strlen(s) : 0 };
}

/* The span over n bytes at p. */
static inline struct span
span_of(const void *p, size_t n)
{
	return (struct span){ p, n };
}

/* True when both hold the same bytes. */
static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* True when s begins with prefix. */
static inline bool
span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n &&
	       (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

/* What is left of s after its first n bytes; n is at most s.n. */
static inline struct span
span_skip(struct span s, size_t n)
{
	return (struct span){ s.p + n, s.n - n };
}

/*
 * Cuts s at the first byte c: what stands before it is returned, *rest_r gets
 * what stands behind it. Without such a byte all of s is returned and *rest_r
 * is empty with a NULL pointer.
 */
static inline struct span
span_cut(struct span s, char c, struct span *rest_r)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	if (at == NULL) {
		*rest_r = SPAN_EMPTY;
		return s;
	}
	*rest_r = span_of(at + 1, s.n - (size_t)(at + 1 - s.p));
	return span_of(s.p, (size_t)(at - s.p));
}

/* s without blanks and tabs at either end. */
static inline struct span
span_trim(struct span s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = span_skip(s, 1);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

/* True when both are equal but for the case of ASCII letters. */
static inline bool
span_eq_nocase(struct span a, struct span b)
{
	size_t i;

	if (a.n != b.n)
		return false;
	for (i = 0; i < a.n; i++) {
		unsigned char x = (unsigned char)a.p[i];
		unsigned char y = (unsigned char)b.p[i];

		if (x >= 'A' && x <= 'Z')
			x = (unsigned char)(x + 32);
		if (y >= 'A' && y <= 'Z')
			y = (unsigned char)(y + 32);
		if (x != y)
			return false;
	}
	return true;
}

#endif
