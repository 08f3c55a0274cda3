/*
 * jscan_string: JSON's scalars to C and back: strings with their escapes, and
 * whole numbers.
 */

/* system */
#include <string.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "jscan.h"
#include "jscan_priv.h"

/* What a raw string says, byte for byte. */
struct reader {
	const char *p;
	const char *end;
	char bytes[4]; /* of the escape that was met last */
	unsigned n;
	unsigned at;
	bool lone; /* a lone surrogate was met */
};

/* What stands between the quotes; false when raw is not a string. */
static bool
string_inside(struct span raw, struct span *inside_r)
{
	struct span s = jscan_trim(raw);

	if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return false;
	*inside_r = span_of(s.p + 1, s.n - 2);
	return true;
}

/* The value of four hexadecimal digits at p. */
static unsigned
hex4(const char *p, const char *end)
{
	unsigned v = 0;
	int i;

	if (end - p < 4)
		return 0;
	for (i = 0; i < 4; i++) {
		unsigned c = (unsigned char)p[i];

		v = v << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return v & 0xffff;
}

/* Writes a code point as UTF-8. Returns the number of bytes. */
static unsigned
put_utf8(unsigned c, char out_r[4])
{
	unsigned n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	unsigned i;

	for (i = n - 1; i > 0; i--) {
		out_r[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out_r[0] = (char)(lead[n] | c);
	return n;
}

/* The code point of the \u escape whose digits are at *p, both halves of a
 * pair taken. */
static unsigned
unescape_u(const char **p, const char *end, bool *lone_r)
{
	unsigned c = hex4(*p, end);
	unsigned low = 0;

	*p = end - *p < 4 ? end : *p + 4;
	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u')
		low = hex4(*p + 2, end);
	if (low < 0xdc00 || low > 0xdfff) {
		*lone_r = true;
		return c;
	}
	*p += 6;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

unsigned
jscan_unescape(const char **p, const char *end, char out_r[4], bool *lone_r)
{
	static const char from[] = "bfnrt";
	static const char to[] = "\b\f\n\r\t";
	const char *at;
	char c;

	if (end - *p < 2) {
		*p = end;
		out_r[0] = '\\';
		return 1;
	}
	c = (*p)[1];
	*p += 2;
	if (c == 'u')
		return put_utf8(unescape_u(p, end, lone_r), out_r);
	at = memchr(from, c, sizeof(from) - 1);
	out_r[0] = at ? to[at - from] : c;
	return 1;
}

/* The next byte; -1 at the end. */
static int
reader_next(struct reader *r)
{
	if (r->at < r->n)
		return (unsigned char)r->bytes[r->at++];
	if (r->p == r->end)
		return -1;
	if (*r->p != '\\')
		return (unsigned char)*r->p++;
	r->n = jscan_unescape(&r->p, r->end, r->bytes, &r->lone);
	r->at = 1;
	return (unsigned char)r->bytes[0];
}

/* A reader over what stands between the quotes. */
static struct reader
reader_over(struct span inside)
{
	return (struct reader){ .p = inside.p, .end = inside.p + inside.n };
}

/* True when no escape stands in the text of a string. */
static bool
is_plain(struct span inside)
{
	return inside.n == 0 || memchr(inside.p, '\\', inside.n) == NULL;
}

bool
jscan_string_is(struct span raw, struct span text)
{
	struct span inside;
	struct reader r;
	size_t i;

	if (!string_inside(raw, &inside) || inside.n < text.n)
		return false;
	if (is_plain(inside))
		return span_eq(inside, text);
	r = reader_over(inside);
	for (i = 0; i < text.n; i++)
		if (reader_next(&r) != (unsigned char)text.p[i])
			return false;
	return reader_next(&r) == -1 && !r.lone;
}

int
jscan_string_cmp(struct span a, struct span b)
{
	struct span x, y;
	struct reader r, s;
	int c, d;

	if (!string_inside(a, &x) || !string_inside(b, &y))
		return 0;
	if (is_plain(x) && is_plain(y)) {
		size_t n = x.n < y.n ? x.n : y.n;

		c = n ? memcmp(x.p, y.p, n) : 0;
		return c ? c : (x.n > y.n) - (x.n < y.n);
	}
	r = reader_over(x);
	s = reader_over(y);
	do {
		c = reader_next(&r);
		d = reader_next(&s);
	} while (c == d && c != -1);
	return c - d;
}

int
jscan_string(struct span raw, struct buf *out, bool *nul_r)
{
	size_t was = out->len;
	const char *p, *end, *at;
	struct span inside;
	bool lone = false;
	char bytes[4];
	unsigned n;

	if (!string_inside(raw, &inside))
		return -1;
	end = inside.p + inside.n;
	for (p = inside.p; p < end; p = at) {
		at = memchr(p, '\\', (size_t)(end - p));
		if (at == NULL)
			at = end;
		buf_add(out, p, (size_t)(at - p));
		if (at == end)
			break;
		n = jscan_unescape(&at, end, bytes, &lone);
		buf_add(out, bytes, n);
	}
	if (lone) {
		out->len = was;
		return -1;
	}
	if (nul_r != NULL && out->len > was &&
	    memchr(out->data + was, '\0', out->len - was) != NULL)
		*nul_r = true;
	return 0;
}

bool
jscan_i64(struct span value, int64_t *value_r)
{
	struct span s = jscan_trim(value);
	bool minus = s.n > 0 && *s.p == '-';
	uint64_t top = (uint64_t)INT64_MAX + minus;
	uint64_t v = 0;
	size_t i;

	if (s.n == minus)
		return false;
	for (i = minus; i < s.n; i++) {
		unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';

		if (digit > 9 || v > (top - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*value_r = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

/* Appends the escape of one byte. */
static void
quote_byte(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char from[] = "\"\\\b\f\n\r\t";
	static const char to[] = "\"\\bfnrt";
	const char *at = c ? memchr(from, c, sizeof(from) - 1) : NULL;

	if (at != NULL) {
		buf_addch(out, '\\');
		buf_addch(out, to[at - from]);
		return;
	}
	buf_adds(out, "\\u00");
	buf_addch(out, hex[c >> 4]);
	buf_addch(out, hex[c & 15]);
}

void
jscan_quote(struct buf *out, struct span text)
{
	size_t from = 0;
	size_t i;

	buf_addch(out, '"');
	for (i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		buf_add(out, text.p + from, i - from);
		quote_byte(out, c);
		from = i + 1;
	}
	if (text.n)
		buf_add(out, text.p + from, text.n - from);
	buf_addch(out, '"');
}

void
jscan_add_line(struct buf *out, struct span value)
{
	size_t was = out->len;
	size_t i;

	/* A checked value has them between tokens only. */
	buf_addspan(out, value);
	for (i = was; i < out->len; i++)
		if (out->data[i] == '\n' || out->data[i] == '\r')
			out->data[i] = ' ';
}
