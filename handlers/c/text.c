/*
 * text: a byte buffer that grows by doubling, and what is printed into it.
 *
 * Memory that is short marks the buffer as failed; nothing aborts.
 */

/* system */
#include <stdlib.h>
#include <string.h>

/* own */
#include "text.h"

enum { TEXT_MIN = 1024 };

void
siogate_text_release(struct siogate_text *t)
{
	free(t->data);
	*t = (struct siogate_text){ NULL, 0, 0, false };
}

void
siogate_text_clear(struct siogate_text *t, size_t keep)
{
	if (t->cap > keep)
		siogate_text_release(t);
	t->len = 0;
	t->failed = false;
}

bool
siogate_text_reserve(struct siogate_text *t, size_t n)
{
	size_t cap = t->cap ? t->cap : TEXT_MIN;
	char *data;

	if (t->failed)
		return false;
	if (t->cap - t->len >= n)
		return true;
	if (n > SIZE_MAX / 4 - t->len) {
		t->failed = true;
		return false;
	}
	while (cap - t->len < n)
		cap *= 2;
	data = realloc(t->data, cap);
	if (data == NULL) {
		t->failed = true;
		return false;
	}
	t->data = data;
	t->cap = cap;
	return true;
}

void
siogate_text_add(struct siogate_text *t, const void *p, size_t n)
{
	if (n == 0 || !siogate_text_reserve(t, n))
		return;
	memcpy(t->data + t->len, p, n);
	t->len += n;
}

void
siogate_text_adds(struct siogate_text *t, const char *s)
{
	siogate_text_add(t, s, strlen(s));
}

void
siogate_text_addi64(struct siogate_text *t, int64_t v)
{
	uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (v < 0)
		digits[--n] = '-';
	siogate_text_add(t, digits + n, sizeof(digits) - n);
}

/* The length of the UTF-8 sequence of several bytes at p; 0 when it is none. */
static size_t
sequence(const unsigned char *p, size_t n)
{
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	unsigned char low = 0x80, high = 0xbf;
	size_t i;

	if (p[0] < 0xc2 || p[0] > 0xf4 || n < len)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/* Appends the escape of a byte that a JSON string can't hold as it is. */
static void
escape(struct siogate_text *t, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char shorts[] = "b\bf\fn\nr\rt\t\"\"\\\\";
	char out[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
	size_t i;

	for (i = 0; i < sizeof(shorts) - 1; i += 2) {
		if ((unsigned char)shorts[i + 1] == c) {
			out[1] = shorts[i];
			siogate_text_add(t, out, 2);
			return;
		}
	}
	siogate_text_add(t, out, sizeof(out));
}

/* Appends a byte that can't stay as it is. */
static void
replace(struct siogate_text *t, unsigned char c, bool quoting)
{
	if (c >= 0x80)
		SIOGATE_TEXT_ADD(t, "\xef\xbf\xbd");
	else if (quoting)
		escape(t, c);
	else
		SIOGATE_TEXT_ADD(t, " ");
}

/* How many bytes at p go out as they are; 0: the first one can't. */
static size_t
keep(const unsigned char *p, size_t n, bool quoting)
{
	if (p[0] >= 0x80)
		return sequence(p, n);
	if (quoting)
		return p[0] >= 0x20 && p[0] != '"' && p[0] != '\\';
	return p[0] != '\n' && p[0] != '\r';
}

/* Appends text, with what can't stay as it is replaced. */
static void
copy(struct siogate_text *t, const char *p, size_t n, bool quoting)
{
	const unsigned char *s = (const unsigned char *)p;
	size_t done = 0, i = 0, len;

	while (i < n) {
		len = keep(s + i, n - i, quoting);
		if (len == 0) {
			siogate_text_add(t, p + done, i - done);
			replace(t, s[i], quoting);
			done = i + 1;
			len = 1;
		}
		i += len;
	}
	siogate_text_add(t, p + done, n - done);
}

void
siogate_text_quote(struct siogate_text *t, const char *p, size_t n)
{
	SIOGATE_TEXT_ADD(t, "\"");
	copy(t, p, n, true);
	SIOGATE_TEXT_ADD(t, "\"");
}

void
siogate_text_add_json(struct siogate_text *t, const char *p, size_t n)
{
	copy(t, p, n, false);
}

void
siogate_text_base64(struct siogate_text *t, const unsigned char *p, size_t n)
{
	static const char code[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char b[3];
	char *out;
	size_t i, j, left;

	if (n == 0)
		return;
	if (n > SIZE_MAX / 8 || !siogate_text_reserve(t, (n + 2) / 3 * 4)) {
		t->failed = true;
		return;
	}
	out = t->data + t->len;
	for (i = 0; i < n; i += 3) {
		left = n - i;
		for (j = 0; j < 3; j++)
			b[j] = j < left ? p[i + j] : 0;
		*out++ = code[b[0] >> 2];
		*out++ = code[(b[0] & 3) << 4 | b[1] >> 4];
		*out++ = left > 1 ? code[(b[1] & 15) << 2 | b[2] >> 6] : '=';
		*out++ = left > 2 ? code[b[2] & 63] : '=';
	}
	t->len = (size_t)(out - t->data);
}
