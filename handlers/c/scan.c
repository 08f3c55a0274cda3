/*
 * scan: a checker of JSON text that keeps its nesting in a row of bits.
 */

/* system */
#include <string.h>

/* own */
#include "scan.h"

/* A value under way. */
struct scan {
	const char *p, *end;
	unsigned depth;
	unsigned char objects[SIOGATE_SCAN_DEPTH / 8]; /* bit: an object */
};

const char *
siogate_scan_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

/* The value of a hexadecimal digit, or -1. */
static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The code unit that four digits spell, or -1. */
static int
hex4(const char *p, const char *end)
{
	int unit = 0, i, digit;

	if (end - p < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		digit = hex_digit(p[i]);
		if (digit < 0)
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

/* Passes over a string; p is its opening quote. */
static const char *
string(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		if (*p == '"')
			return p + 1;
		if ((unsigned char)*p < 0x20)
			return NULL;
		if (*p != '\\')
			continue;
		if (++p == end)
			return NULL;
		if (*p == 'u') {
			if (hex4(p + 1, end) < 0)
				return NULL;
			p += 4;
		} else if (*p == '\0' || strchr("\"\\/bfnrt", *p) == NULL) {
			return NULL;
		}
	}
	return NULL;
}

/* Passes over digits; NULL when there are none. */
static const char *
digits(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p > start ? p : NULL;
}

/* Passes over a number. */
static const char *
number(const char *p, const char *end)
{
	if (*p == '-')
		p++;
	if (p < end && *p == '0')
		p++;
	else
		p = digits(p, end);
	if (p && p < end && *p == '.')
		p = digits(p + 1, end);
	if (p && p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		p = digits(p, end);
	}
	return p;
}

/* Passes over a word. */
static const char *
word(const char *p, const char *end, const char *is)
{
	size_t n = strlen(is);

	return (size_t)(end - p) >= n && memcmp(p, is, n) == 0 ? p + n : NULL;
}

/* Passes over a key and its colon. */
static bool
key(struct scan *s)
{
	s->p = siogate_scan_space(s->p, s->end);
	if (s->p == s->end || *s->p != '"')
		return false;
	s->p = string(s->p, s->end);
	if (s->p == NULL)
		return false;
	s->p = siogate_scan_space(s->p, s->end);
	return s->p < s->end && *s->p++ == ':';
}

/* Passes over an opening bracket, and the first key of an object. *more_r says
 * whether a value has to follow: the container is not empty. */
static bool
opening(struct scan *s, bool *more_r)
{
	bool object = *s->p == '{';
	unsigned char bit = (unsigned char)(1u << s->depth % 8);

	if (s->depth == SIOGATE_SCAN_DEPTH)
		return false;
	s->p = siogate_scan_space(s->p + 1, s->end);
	*more_r = s->p < s->end && *s->p != (object ? '}' : ']');
	if (!*more_r) {
		s->p++;
		return s->p <= s->end;
	}
	if (object)
		s->objects[s->depth / 8] |= bit;
	else
		s->objects[s->depth / 8] &= (unsigned char)~bit;
	s->depth++;
	return !object || key(s);
}

/* Passes over a scalar, or the opening of a container. */
static bool
begin(struct scan *s, bool *more_r)
{
	*more_r = false;
	s->p = siogate_scan_space(s->p, s->end);
	if (s->p == s->end)
		return false;
	switch (*s->p) {
	case '{':
	case '[':
		return opening(s, more_r);
	case '"':
		s->p = string(s->p, s->end);
		break;
	case 't':
		s->p = word(s->p, s->end, "true");
		break;
	case 'f':
		s->p = word(s->p, s->end, "false");
		break;
	case 'n':
		s->p = word(s->p, s->end, "null");
		break;
	default:
		s->p = number(s->p, s->end);
		break;
	}
	return s->p != NULL;
}

/* Passes over what stands behind a value in a container: a comma, and the next
 * key of an object; or the closing bracket. */
static bool
proceed(struct scan *s, bool *more_r)
{
	unsigned top = s->depth - 1;
	bool object = s->objects[top / 8] >> top % 8 & 1;
	char c;

	s->p = siogate_scan_space(s->p, s->end);
	if (s->p == s->end)
		return false;
	c = *s->p++;
	*more_r = c == ',';
	if (c == ',')
		return !object || key(s);
	s->depth--;
	return c == (object ? '}' : ']');
}

const char *
siogate_scan_value(const char *p, const char *end)
{
	struct scan s;
	bool more;

	s.p = p;
	s.end = end;
	s.depth = 0;
	do {
		if (!begin(&s, &more))
			return NULL;
		while (!more && s.depth)
			if (!proceed(&s, &more))
				return NULL;
	} while (s.depth);
	return s.p;
}

bool
siogate_scan_check(const char *text, size_t n, char first)
{
	const char *end = text + n;
	const char *p = siogate_scan_space(text, end);

	if (first && (p == end || *p != first))
		return false;
	p = siogate_scan_value(p, end);
	return p && siogate_scan_space(p, end) == end;
}

int
siogate_scan_next(const char **at, const char *end,
    struct siogate_scan_piece *key_r, struct siogate_scan_piece *value_r)
{
	/* no value ends in an opening bracket */
	bool first = (*at)[-1] == '[' || (*at)[-1] == '{';
	struct scan s;

	s.p = siogate_scan_space(*at, end);
	s.end = end;
	if (s.p == end)
		return -1;
	if (*s.p == (key_r ? '}' : ']')) {
		*at = s.p + 1;
		return 0;
	}
	if (!first && *s.p++ != ',')
		return -1;
	if (key_r) {
		s.p = siogate_scan_space(s.p, end);
		key_r->p = s.p;
		if (!key(&s))
			return -1;
		key_r->n = (size_t)(string(key_r->p, end) - key_r->p);
	}
	value_r->p = siogate_scan_space(s.p, end);
	*at = siogate_scan_value(value_r->p, end);
	if (*at == NULL)
		return -1;
	value_r->n = (size_t)(*at - value_r->p);
	return 1;
}

/* Writes a code point as UTF-8; returns the byte behind it. */
static char *
put_utf8(char *out, unsigned c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 63));
		*out++ = (char)(0x80 | (c & 63));
	} else {
		*out++ = (char)(0xf0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 63));
		*out++ = (char)(0x80 | (c >> 6 & 63));
		*out++ = (char)(0x80 | (c & 63));
	}
	return out;
}

/* The code point of the \u escape whose digits stand at *p, or of the pair of
 * them; *p moves behind it. */
static unsigned
code_point(const char **p, const char *end)
{
	int high = hex4(*p, end), low;

	*p += 4;
	if (high < 0xd800 || high > 0xdfff)
		return (unsigned)high;
	if (high > 0xdbff || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
		return 0xfffd;
	low = hex4(*p + 2, end);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*p += 6;
	return 0x10000 + ((unsigned)(high - 0xd800) << 10) +
	       (unsigned)(low - 0xdc00);
}

size_t
siogate_scan_unescape(char *p, size_t n, bool *nul_r)
{
	static const char names[] = "bfnrt", bytes[] = "\b\f\n\r\t";
	const char *in = memchr(p, '\\', n), *end = p + n;
	const char *name;
	char *out = p + n;
	unsigned c;

	if (in == NULL)
		return n;
	for (out = p + (in - p); in < end;) {
		if (*in != '\\') {
			*out++ = *in++;
			continue;
		}
		in++;
		if (*in == 'u') {
			in++;
			c = code_point(&in, end);
			*nul_r = *nul_r || c == 0;
			out = put_utf8(out, c);
			continue;
		}
		name = strchr(names, *in);
		*out++ = name ? bytes[name - names] : *in;
		in++;
	}
	return (size_t)(out - p);
}
