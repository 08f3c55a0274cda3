/*
 * test_utf8: utf8.c against the table of RFC 3629 section 4, in any pieces.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* base */
#include "span.h"

/* wire */
#include "utf8.h"

enum verdict { GOOD, CUT, BAD };

static const struct {
	struct span text;
	enum verdict want; /* CUT: so far good, but incomplete */
	size_t bad_at;     /* BAD: index of the byte that decides it */
	size_t utf16;
} table[] = {
	{ SPAN(""), GOOD, 0, 0 },
	{ SPAN("a"), GOOD, 0, 1 },
	{ SPAN("\0"), GOOD, 0, 1 },
	{ SPAN("\x7f"), GOOD, 0, 1 },
	{ SPAN("plain text of more than eight"), GOOD, 0, 29 },
	/* the ends of each range */
	{ SPAN("\xc2\x80"), GOOD, 0, 1 },
	{ SPAN("\xdf\xbf"), GOOD, 0, 1 },
	{ SPAN("\xe0\xa0\x80"), GOOD, 0, 1 },
	{ SPAN("\xec\xbf\xbf"), GOOD, 0, 1 },
	{ SPAN("\xed\x9f\xbf"), GOOD, 0, 1 },
	{ SPAN("\xee\x80\x80"), GOOD, 0, 1 },
	{ SPAN("\xef\xbf\xbf"), GOOD, 0, 1 },
	{ SPAN("\xf0\x90\x80\x80"), GOOD, 0, 2 },
	{ SPAN("\xf3\xbf\xbf\xbf"), GOOD, 0, 2 },
	{ SPAN("\xf4\x8f\xbf\xbf"), GOOD, 0, 2 },
	/* mixtures around the eight-byte steps */
	{ SPAN("12345678\xc3\xa9"), GOOD, 0, 9 },
	{ SPAN("1234567\xc3\xa9"), GOOD, 0, 8 },
	{ SPAN("\xc3\xa9"
	       "12345678\xe2\x82\xac"
	       "123\xf0\x9f\x98\x80"),
	    GOOD, 0, 15 },
	{ SPAN("\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"), GOOD, 0, 5 },
	/* incomplete */
	{ SPAN("\xc2"), CUT, 0, 0 },
	{ SPAN("\xe0\xa0"), CUT, 0, 0 },
	{ SPAN("\xed\x9f"), CUT, 0, 0 },
	{ SPAN("\xf0\x90\x80"), CUT, 0, 0 },
	{ SPAN("\xf4"), CUT, 0, 0 },
	{ SPAN("12345678\xf4\x8f"), CUT, 0, 0 },
	/* bytes that begin nothing */
	{ SPAN("\x80"), BAD, 0, 0 },
	{ SPAN("\xbf"), BAD, 0, 0 },
	{ SPAN("\xc0\x80"), BAD, 0, 0 },
	{ SPAN("\xc1\xbf"), BAD, 0, 0 },
	{ SPAN("\xf5\x80\x80\x80"), BAD, 0, 0 },
	{ SPAN("\xff"), BAD, 0, 0 },
	{ SPAN("12345678\xfe"), BAD, 8, 0 },
	{ SPAN("1234567\x80"), BAD, 7, 0 },
	/* overlong, surrogates, above U+10FFFF */
	{ SPAN("\xe0\x9f\xbf"), BAD, 1, 0 },
	{ SPAN("\xf0\x8f\xbf\xbf"), BAD, 1, 0 },
	{ SPAN("\xed\xa0\x80"), BAD, 1, 0 },
	{ SPAN("\xed\xbf\xbf"), BAD, 1, 0 },
	{ SPAN("\xf4\x90\x80\x80"), BAD, 1, 0 },
	/* a character broken off by another */
	{ SPAN("\xc2"
	       "a"),
	    BAD, 1, 0 },
	{ SPAN("\xe2\x82"
	       "a"),
	    BAD, 2, 0 },
	{ SPAN("\xf0\x9f\x98\xc2\x80"), BAD, 3, 0 },
	{ SPAN("\xc2\xc2\x80"), BAD, 1, 0 },
};

enum { TABLE_LEN = sizeof(table) / sizeof(table[0]) };

/* Feeds a copy of exactly n bytes, so that a sanitizer sees reads beyond. */
static int
feed(struct utf8 *u, const char *p, size_t n)
{
	char *copy = malloc(n ? n : 1);
	int rc;

	assert_non_null(copy);
	memcpy(copy, p, n);
	rc = utf8_feed(u, copy, n);
	free(copy);
	return rc;
}

/* Feeds the text cut at a and b. */
static enum verdict
verdict_of(struct span s, size_t a, size_t b)
{
	struct utf8 u = { 0 };

	if (feed(&u, s.p, a) != 0 || feed(&u, s.p + a, b - a) != 0 ||
	    feed(&u, s.p + b, s.n - b) != 0)
		return BAD;
	return utf8_complete(&u) ? GOOD : CUT;
}

static void
test_any_cut(void **state)
{
	size_t i, a, b;

	(void)state;
	for (i = 0; i < TABLE_LEN; i++) {
		struct span s = table[i].text;

		for (a = 0; a <= s.n; a++)
			for (b = a; b <= s.n; b++)
				if (verdict_of(s, a, b) != table[i].want)
					fail_msg("entry %zu, cut at %zu and "
						 "%zu",
					    i, a, b);
		if (utf8_valid(s) != (table[i].want == GOOD))
			fail_msg("entry %zu: utf8_valid", i);
	}
}

static void
test_seen_at_once(void **state)
{
	size_t i, at;

	(void)state;
	for (i = 0; i < TABLE_LEN; i++) {
		struct span s = table[i].text;
		struct utf8 u = { 0 };

		for (at = 0; at < s.n; at++)
			if (feed(&u, s.p + at, 1) != 0)
				break;
		if (table[i].want != BAD) {
			if (at != s.n)
				fail_msg("entry %zu: refused at %zu", i, at);
			continue;
		}
		if (at != table[i].bad_at)
			fail_msg("entry %zu: seen at %zu", i, at);
		if (feed(&u, "a", 1) != -1 || feed(&u, "", 0) != -1)
			fail_msg("entry %zu: an error is forgotten", i);
	}
}

static void
test_utf16_len(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_LEN; i++)
		if (table[i].want == GOOD &&
		    utf8_utf16_len(table[i].text) != table[i].utf16)
			fail_msg("entry %zu: %zu units", i,
			    utf8_utf16_len(table[i].text));
}

/* Writes the UTF-8 form of any number below 2^21, valid or not. */
static size_t
encode(char *p, unsigned c)
{
	if (c < 0x80) {
		p[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (char)(0xc0 | c >> 6);
		p[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (char)(0xe0 | c >> 12);
		p[1] = (char)(0x80 | (c >> 6 & 0x3f));
		p[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	p[0] = (char)(0xf0 | c >> 18);
	p[1] = (char)(0x80 | (c >> 12 & 0x3f));
	p[2] = (char)(0x80 | (c >> 6 & 0x3f));
	p[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static void
test_every_character(void **state)
{
	char text[4];
	unsigned c;

	(void)state;
	for (c = 0; c < 0x200000; c++) {
		size_t n = encode(text, c);
		bool want = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);

		if (utf8_valid(span_of(text, n)) != want)
			fail_msg("U+%04X", c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_cut),
		cmocka_unit_test(test_seen_at_once),
		cmocka_unit_test(test_utf16_len),
		cmocka_unit_test(test_every_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
