/*
 * utf8: is this text UTF-8?
 *
 * The state says which bytes may come next. Text is mostly ASCII, so that
 * between characters eight bytes are looked at together.
 *
 * Called by the decoders; owns nothing.
 */

/* system */
#include <string.h>

/* base */
#include "span.h"

/* own */
#include "utf8.h"

/* What is awaited. */
enum {
	START,  /* a character */
	LAST_1, /* one more byte, 80 to bf */
	LAST_2, /* two more */
	LAST_3, /* three more */
	IN_E0,  /* a0 to bf (else overlong), then one more */
	IN_ED,  /* 80 to 9f (else a surrogate), then one more */
	IN_F0,  /* 90 to bf (else overlong), then two more */
	IN_F4,  /* 80 to 8f (else above U+10FFFF), then two more */
	BAD
};

/* For a state inside a character: the range of the next byte and the state
 * after it. */
static const struct {
	uint8_t low, high, next;
} inside[] = {
	[LAST_1] = { 0x80, 0xbf, START },
	[LAST_2] = { 0x80, 0xbf, LAST_1 },
	[LAST_3] = { 0x80, 0xbf, LAST_2 },
	[IN_E0] = { 0xa0, 0xbf, LAST_1 },
	[IN_ED] = { 0x80, 0x9f, LAST_1 },
	[IN_F0] = { 0x90, 0xbf, LAST_2 },
	[IN_F4] = { 0x80, 0x8f, LAST_2 },
};

/* The state after the first byte of a character. */
static uint8_t
after_first(uint8_t c)
{
	if (c < 0x80)
		return START;
	if (c < 0xc2)
		return BAD;
	if (c < 0xe0)
		return LAST_1;
	if (c < 0xf0)
		return c == 0xe0 ? IN_E0 : c == 0xed ? IN_ED : LAST_2;
	if (c > 0xf4)
		return BAD;
	return c == 0xf0 ? IN_F0 : c == 0xf4 ? IN_F4 : LAST_3;
}

/* Steps over groups of eight bytes that are all ASCII. */
static const uint8_t *
skip_ascii(const uint8_t *p, const uint8_t *end)
{
	uint64_t v;

	while ((size_t)(end - p) >= sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		if (v & UINT64_C(0x8080808080808080))
			break;
		p += sizeof(v);
	}
	return p;
}

int
utf8_feed(struct utf8 *u, const void *from, size_t n)
{
	const uint8_t *p = from;
	const uint8_t *end;
	uint8_t state = u->state;

	if (state == BAD)
		return -1;
	if (n == 0)
		return 0;
	end = p + n;
	while (p < end) {
		if (state == START && *p < 0x80)
			p = skip_ascii(p, end);
		if (p == end)
			break;
		if (state == START)
			state = after_first(*p);
		else if (*p >= inside[state].low && *p <= inside[state].high)
			state = inside[state].next;
		else
			state = BAD;
		if (state == BAD)
			break;
		p++;
	}
	u->state = state;
	return state == BAD ? -1 : 0;
}

bool
utf8_complete(const struct utf8 *u)
{
	return u->state == START;
}

bool
utf8_valid(struct span s)
{
	struct utf8 u = { START };

	return utf8_feed(&u, s.p, s.n) == 0 && utf8_complete(&u);
}

size_t
utf8_utf16_len(struct span s)
{
	size_t units = 0;
	size_t i;

	for (i = 0; i < s.n; i++) {
		uint8_t c = (uint8_t)s.p[i];

		units += (size_t)((c & 0xc0) != 0x80) + (c >= 0xf0);
	}
	return units;
}
