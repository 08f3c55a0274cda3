/*
 * Tests of jscan: the check, the walks, strings and numbers.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "jscan.h"

#define T(lit)                         \
	{                              \
		(lit), sizeof(lit) - 1 \
	}
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Checks a copy of text that ends where its memory ends. */
static enum jscan_result
check_copy(struct span text, unsigned max_depth, unsigned *flags_r)
{
	char *copy = malloc(text.n ? text.n : 1);
	enum jscan_result r;

	assert_non_null(copy);
	if (text.n)
		memcpy(copy, text.p, text.n);
	r = jscan_check(span_of(copy, text.n), max_depth, flags_r);
	free(copy);
	return r;
}

/* Fails unless *b holds want; empties it. */
static void
expect_buf(size_t i, struct buf *b, struct span want)
{
	if (!span_eq(buf_span(b), want))
		fail_msg("case %zu: got \"%.*s\", want \"%.*s\"", i,
		    SPAN_FMT(buf_span(b)), SPAN_FMT(want));
	buf_clear(b);
}

/* Valid and invalid texts. */
static void
test_check(void **state)
{
	static const struct {
		struct span text;
		enum jscan_result want;
	} cases[] = {
		/* 0: scalars */
		{ T("null"), JSCAN_OK },
		{ T("true"), JSCAN_OK },
		{ T("false"), JSCAN_OK },
		{ T("0"), JSCAN_OK },
		{ T("-0"), JSCAN_OK },
		{ T("-12.50e+7"), JSCAN_OK },
		{ T("1E5"), JSCAN_OK },
		{ T("1e-5"), JSCAN_OK },
		{ T("123456789012345678901234567890"), JSCAN_OK },
		{ T("\"\""), JSCAN_OK },
		/* 10 */
		{ T(" \t\r\n1 \t\r\n"), JSCAN_OK },
		{ T(""), JSCAN_INVALID },
		{ T("  "), JSCAN_INVALID },
		{ T("nul"), JSCAN_INVALID },
		{ T("nulls"), JSCAN_INVALID },
		{ T("True"), JSCAN_INVALID },
		{ T("NaN"), JSCAN_INVALID },
		{ T("Infinity"), JSCAN_INVALID },
		{ T("-Infinity"), JSCAN_INVALID },
		{ T("undefined"), JSCAN_INVALID },
		/* 20: numbers */
		{ T("-"), JSCAN_INVALID },
		{ T("+1"), JSCAN_INVALID },
		{ T("01"), JSCAN_INVALID },
		{ T("-01"), JSCAN_INVALID },
		{ T("00"), JSCAN_INVALID },
		{ T("1."), JSCAN_INVALID },
		{ T(".5"), JSCAN_INVALID },
		{ T("1.e5"), JSCAN_INVALID },
		{ T("1e"), JSCAN_INVALID },
		{ T("1e+"), JSCAN_INVALID },
		/* 30 */
		{ T("1ee5"), JSCAN_INVALID },
		{ T("0x10"), JSCAN_INVALID },
		{ T("1_000"), JSCAN_INVALID },
		{ T("1 2"), JSCAN_INVALID },
		{ T("--1"), JSCAN_INVALID },
		{ T("1.2.3"), JSCAN_INVALID },
		{ T("0e0"), JSCAN_OK },
		{ T("0.0"), JSCAN_OK },
		{ T("1\0"), JSCAN_INVALID },
		{ T("\xef\xbb\xbf"
		    "1"),
		    JSCAN_INVALID },
		/* 40: arrays */
		{ T("[]"), JSCAN_OK },
		{ T("[ ]"), JSCAN_OK },
		{ T("[1,2,[3,[]],{}]"), JSCAN_OK },
		{ T("[1 , 2]"), JSCAN_OK },
		{ T("[1,]"), JSCAN_INVALID },
		{ T("[,1]"), JSCAN_INVALID },
		{ T("[,]"), JSCAN_INVALID },
		{ T("[1 2]"), JSCAN_INVALID },
		{ T("["), JSCAN_INVALID },
		{ T("[1"), JSCAN_INVALID },
		/* 50 */
		{ T("[1}"), JSCAN_INVALID },
		{ T("[}"), JSCAN_INVALID },
		{ T("]"), JSCAN_INVALID },
		{ T("[]]"), JSCAN_INVALID },
		{ T("[][]"), JSCAN_INVALID },
		{ T("[1:2]"), JSCAN_INVALID },
		{ T("[\"a\":1]"), JSCAN_INVALID },
		{ T("[1,,2]"), JSCAN_INVALID },
		{ T("[//\n1]"), JSCAN_INVALID },
		{ T("[1]/**/"), JSCAN_INVALID },
		/* 60: objects */
		{ T("{}"), JSCAN_OK },
		{ T("{ \"a\" : 1 , \"b\" : [ ] }"), JSCAN_OK },
		{ T("{\"a\":1,\"a\":2}"), JSCAN_OK },
		{ T("{\"\":{\"\":{}}}"), JSCAN_OK },
		{ T("{\"a\":1,}"), JSCAN_INVALID },
		{ T("{,\"a\":1}"), JSCAN_INVALID },
		{ T("{a:1}"), JSCAN_INVALID },
		{ T("{'a':1}"), JSCAN_INVALID },
		{ T("{1:1}"), JSCAN_INVALID },
		{ T("{\"a\"}"), JSCAN_INVALID },
		/* 70 */
		{ T("{\"a\":}"), JSCAN_INVALID },
		{ T("{\"a\" 1}"), JSCAN_INVALID },
		{ T("{\"a\":1]"), JSCAN_INVALID },
		{ T("{]"), JSCAN_INVALID },
		{ T("{"), JSCAN_INVALID },
		{ T("{\"a\""), JSCAN_INVALID },
		{ T("{\"a\":"), JSCAN_INVALID },
		{ T("{\"a\":1"), JSCAN_INVALID },
		{ T("{\"a\":1,"), JSCAN_INVALID },
		{ T("{\"a\"::1}"), JSCAN_INVALID },
		/* 80: strings */
		{ T("\"abc"), JSCAN_INVALID },
		{ T("\""), JSCAN_INVALID },
		{ T("'a'"), JSCAN_INVALID },
		{ T("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), JSCAN_OK },
		{ T("\"\\u0000\\uABCD\\uabcd\""), JSCAN_OK },
		{ T("\"\\ud800\""), JSCAN_OK },
		{ T("\"\\udc00\\ud800\""), JSCAN_OK },
		{ T("\"\\ud83d\\ude00\""), JSCAN_OK },
		{ T("\"\\a\""), JSCAN_INVALID },
		{ T("\"\\'\""), JSCAN_INVALID },
		/* 90 */
		{ T("\"\\x41\""), JSCAN_INVALID },
		{ T("\"\\U0041\""), JSCAN_INVALID },
		{ T("\"\\u004\""), JSCAN_INVALID },
		{ T("\"\\u004g\""), JSCAN_INVALID },
		{ T("\"\\u"), JSCAN_INVALID },
		{ T("\"\\u12"), JSCAN_INVALID },
		{ T("\"\\"), JSCAN_INVALID },
		{ T("\"\\\""), JSCAN_INVALID },
		{ T("\"a\nb\""), JSCAN_INVALID },
		{ T("\"a\tb\""), JSCAN_INVALID },
		/* 100 */
		{ T("\"abcdefgh\x1fijklmnop\""), JSCAN_INVALID },
		{ T("\"\0\""), JSCAN_INVALID },
		{ T("\"\x7f\""), JSCAN_OK },
		{ T("\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80\""), JSCAN_OK },
		{ T("\"\xff\""), JSCAN_UTF8 },
		{ T("\"\xc3\""), JSCAN_UTF8 },
		{ T("\"\xc0\x80\""), JSCAN_UTF8 },
		{ T("\"\xed\xa0\x80\""), JSCAN_UTF8 },
		{ T("\"\xf4\x90\x80\x80\""), JSCAN_UTF8 },
		{ T("\"abcdefghijklmnop\xe2\x82\""), JSCAN_UTF8 },
		/* 110 */
		{ T("{\"\xff\":1}"), JSCAN_UTF8 },
		{ T("[\"\xc3\xa4\\n\xc3\xa4\"]"), JSCAN_OK },
		{ T("[\"\xc3\\n\xa4\"]"), JSCAN_UTF8 },
		{ T("\xa0"
		    "1"),
		    JSCAN_INVALID },
		{ T("\x0c"
		    "1"),
		    JSCAN_INVALID },
		{ T("\x0b"
		    "1"),
		    JSCAN_INVALID },
		{ T("\"\\u004G\""), JSCAN_INVALID },
		{ T("\"\\u00@0\""), JSCAN_INVALID },
		{ T("\"\\u0:00\""), JSCAN_INVALID },
		{ T("\"\\u`000\""), JSCAN_INVALID },
	};
	enum jscan_result r;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		r = check_copy(cases[i].text, 8, NULL);
		if (r != cases[i].want)
			fail_msg("case %zu \"%.*s\": got %s, want %s", i,
			    SPAN_FMT(cases[i].text), jscan_strerror(r),
			    jscan_strerror(cases[i].want));
	}
}

/* Each byte at each place of a long string, so that all paths through the
 * eight-byte loop are taken. */
static void
test_check_string_bytes(void **state)
{
	enum { LEN = 30 };
	char text[LEN];
	unsigned c, at;

	(void)state;
	for (at = 1; at < LEN - 1; at++) {
		for (c = 0; c < 256; c++) {
			bool ok =
			    c >= 0x20 && c != '"' && c != '\\' && c < 0x80;
			enum jscan_result r;

			memset(text, 'x', sizeof(text));
			text[0] = text[LEN - 1] = '"';
			text[at] = (char)c;
			r = check_copy(span_of(text, LEN), 0, NULL);
			if ((r == JSCAN_OK) != ok)
				fail_msg("byte %u at %u: %d", c, at, (int)r);
			if (c >= 0x80 && r != JSCAN_UTF8)
				fail_msg("byte %u at %u: %d", c, at, (int)r);
		}
	}
}

/* Valid text that is cut anywhere is no longer valid. */
static void
test_check_cut(void **state)
{
	static const struct span text = T(
	    "{\"a\\u00e4\":[1,-2.5e7,true,false,null,{}],\"b\":\"\xc3\xa4\"}");
	size_t n;

	(void)state;
	assert_int_equal(check_copy(text, 4, NULL), JSCAN_OK);
	for (n = 0; n < text.n; n++)
		if (check_copy(span_of(text.p, n), 4, NULL) == JSCAN_OK)
			fail_msg("cut at %zu", n);
}

/* Nesting against max_depth. */
static void
test_check_depth(void **state)
{
	static const struct {
		struct span text;
		unsigned depth;
	} cases[] = {
		{ T("1"), 0 },
		{ T("[]"), 1 },
		{ T("{}"), 1 },
		{ T("{\"a\":{}}"), 2 },
		{ T("[[],[],[[]]]"), 3 },
		{ T("[1,{\"a\":[{\"b\":2}]}]"), 4 },
	};
	char deep[4096];
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (jscan_check(cases[i].text, cases[i].depth, NULL))
			fail_msg("case %zu: refused", i);
		if (cases[i].depth &&
		    jscan_check(cases[i].text, cases[i].depth - 1, NULL) !=
			JSCAN_DEPTH)
			fail_msg("case %zu: accepted", i);
	}
	for (n = 1023; n <= 1025; n++) {
		memset(deep, '[', n);
		memset(deep + n, ']', n);
		assert_int_equal(jscan_check(span_of(deep, 2 * n), 5000, NULL),
		    n <= 1024 ? JSCAN_OK : JSCAN_DEPTH);
	}
}

/* Brackets of both kinds are told apart at any depth. */
static void
test_check_brackets(void **state)
{
	struct buf b = BUF_INIT;
	unsigned i, bad;

	(void)state;
	for (bad = 0; bad <= 200; bad++) {
		for (i = 0; i < 200; i++)
			buf_adds(&b, i % 3 ? "[" : "{\"k\":");
		for (i = 200; i-- > 0;)
			buf_addch(&b, (i % 3 == 0) ^ (i == bad) ? '}' : ']');
		/* The innermost array is empty, which is fine. */
		assert_int_equal(jscan_check(buf_span(&b), 200, NULL),
		    bad == 200 ? JSCAN_OK : JSCAN_INVALID);
		buf_clear(&b);
	}
	buf_release(&b);
}

/* What the check says about its text. */
static void
test_check_flags(void **state)
{
	static const struct {
		struct span text;
		unsigned want;
	} cases[] = {
		{ T("[1]"), 0 },
		{ T("[1, 2]"), 0 },
		{ T("[1,\n2]"), JSCAN_F_NEWLINE },
		{ T("[1,2]\r"), JSCAN_F_NEWLINE },
		{ T("\n[1,2]"), JSCAN_F_NEWLINE },
		{ T("{\"a\"\n:1}"), JSCAN_F_NEWLINE },
		{ T("[\"\\n\"]"), 0 },
		{ T("{\"$bytes\":\"\"}"), JSCAN_F_BYTES },
		{ T("[\"$bytes\"]"), JSCAN_F_BYTES },
		{ T("[\"$bytez\"]"), 0 },
		{ T("[\"$bytes \"]"), 0 },
		{ T("[\"\\u0024bytes\"]"), JSCAN_F_BYTES },
		{ T("[\"_placeholder\"]"), JSCAN_F_PLACEHOLDER },
		{ T("[\"_placeh\\u006flder\"]"), JSCAN_F_PLACEHOLDER },
		{ T("[\"_placeholders\"]"), 0 },
		{ T("{\"_placeholder\":\"$bytes\"}\n"),
		    JSCAN_F_PLACEHOLDER | JSCAN_F_BYTES | JSCAN_F_NEWLINE },
	};
	unsigned flags;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		flags = 99;
		if (check_copy(cases[i].text, 4, &flags) ||
		    flags != cases[i].want)
			fail_msg("case %zu: flags %u", i, flags);
	}
}

/* Types of values. */
static void
test_type(void **state)
{
	static const struct {
		struct span text;
		enum jscan_type want;
	} cases[] = {
		{ T("null"), JSCAN_NULL },
		{ T(" false"), JSCAN_FALSE },
		{ T("\ttrue "), JSCAN_TRUE },
		{ T("\n0"), JSCAN_NUMBER },
		{ T("-1"), JSCAN_NUMBER },
		{ T("\r\"\""), JSCAN_STRING },
		{ T(" []"), JSCAN_ARRAY },
		{ T("{}"), JSCAN_OBJECT },
		{ { NULL, 0 }, JSCAN_NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (jscan_type(cases[i].text) != cases[i].want)
			fail_msg("case %zu", i);
}

/* A walk over an array, with the rest after each step. */
static void
test_array(void **state)
{
	static const struct {
		struct span text;
		const char *want; /* "element/rest" for each step */
	} cases[] = {
		{ T("[]"), "" },
		{ T(" [ ] "), "" },
		{ T("[1, 2, 3]"), "<1/2, 3><2/3><3/>" },
		{ T(" [ 1 , \"a,]\\\"\" ,[2,[3]] , {\"b\":\"]\"} ] "),
		    "<1/\"a,]\\\"\" ,[2,[3]] , {\"b\":\"]\"}>"
		    "<\"a,]\\\"\"/[2,[3]] , {\"b\":\"]\"}>"
		    "<[2,[3]]/{\"b\":\"]\"}><{\"b\":\"]\"}/>" },
		{ T("[true,false,null,-1.5e3]"),
		    "<true/false,null,-1.5e3><false/null,-1.5e3>"
		    "<null/-1.5e3><-1.5e3/>" },
		{ T("[\"\\\\\",\"\\\\\\\"\"]"),
		    "<\"\\\\\"/\"\\\\\\\"\"><\"\\\\\\\"\"/>" },
		{ T("{\"a\":1}"), "" },
		{ T("12"), "" },
		{ { NULL, 0 }, "" },
	};
	struct buf got = BUF_INIT;
	struct jscan_iter it;
	struct span value;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		jscan_array(&it, cases[i].text);
		while (jscan_next(&it, &value)) {
			buf_addch(&got, '<');
			buf_addspan(&got, value);
			buf_addch(&got, '/');
			buf_addspan(&got, jscan_rest(&it));
			buf_addch(&got, '>');
		}
		assert_int_equal(jscan_rest(&it).n, 0);
		assert_false(jscan_next(&it, &value));
		expect_buf(i, &got, span_str(cases[i].want));
	}
	jscan_array(&it, SPAN("[ 1 ,2 ]"));
	assert_true(span_eq(jscan_rest(&it), SPAN("1 ,2")));
	buf_release(&got);
}

/* A walk over an object. */
static void
test_object(void **state)
{
	static const struct {
		struct span text;
		const char *want;
	} cases[] = {
		{ T("{}"), "" },
		{ T(" { } "), "" },
		{ T("{\"a\":1}"), "<\"a\"=1>" },
		{ T(" { \"a\" : 1 , \"a\" : [ 2 ] } "),
		    "<\"a\"=1><\"a\"=[ 2 ]>" },
		{ T("{\"}\\\"\":\"{\",\"\":{\"x\":{}}}"),
		    "<\"}\\\"\"=\"{\"><\"\"={\"x\":{}}>" },
		{ T("[1]"), "" },
	};
	struct buf got = BUF_INIT;
	struct jscan_iter it;
	struct span key, value;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		jscan_object(&it, cases[i].text);
		while (jscan_member(&it, &key, &value)) {
			buf_addch(&got, '<');
			buf_addspan(&got, key);
			buf_addch(&got, '=');
			buf_addspan(&got, value);
			buf_addch(&got, '>');
		}
		expect_buf(i, &got, span_str(cases[i].want));
	}
	buf_release(&got);
}

/* Members by key, escaped keys and repeated ones included. */
static void
test_find(void **state)
{
	static const struct {
		struct span text;
		struct span key;
		const char *want; /* NULL: not there */
	} cases[] = {
		{ T("{\"emit\":1}"), T("emit"), "1" },
		{ T("{\"\\u0065mit\":1}"), T("emit"), "1" },
		{ T("{\"\\u0065mi\":1}"), T("emit"), NULL },
		{ T("{\"a\":1,\"b\":2,\"\\u0061\":3}"), T("a"), "3" },
		{ T("{\"a\":1,\"b\":2}"), T("b"), "2" },
		{ T("{\"a\":{\"b\":2}}"), T("b"), NULL },
		{ T("{\"a\":\"b\"}"), T("b"), NULL },
		{ T("{\"\":0}"), T(""), "0" },
		{ T("{\"\\ud83d\\ude00\":1}"), T("\xf0\x9f\x98\x80"), "1" },
		{ T("{\"\\u00e4\":1}"), T("\xc3\xa4"), "1" },
		{ T("{\"\\u20ac\":1}"), T("\xe2\x82\xac"), "1" },
		{ T("{\"\\ud800\":1}"), T("\xed\xa0\x80"), NULL },
		{ T("[]"), T("a"), NULL },
	};
	struct span value;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		bool found = jscan_find(cases[i].text, cases[i].key, &value);

		if (found != (cases[i].want != NULL) ||
		    (found && !span_eq(value, span_str(cases[i].want))))
			fail_msg("case %zu", i);
	}
}

/* Escapes undone. */
static void
test_string(void **state)
{
	static const struct {
		struct span raw;
		int r;
		struct span want;
		bool nul;
	} cases[] = {
		{ T("\"\""), 0, T(""), false },
		{ T(" \"abc\" "), 0, T("abc"), false },
		{ T("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), 0, T("\"\\/\b\f\n\r\t"),
		    false },
		{ T("\"a\\u0062\\u00E4\\u20ac\\ud83d\\uDE00z\""), 0,
		    T("ab\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z"), false },
		{ T("\"a\\u0000b\""), 0, T("a\0b"), true },
		{ T("\"\\ud800\""), -1, T(""), false },
		{ T("\"\\udc00\""), -1, T(""), false },
		{ T("\"\\ud800\\u0041\""), -1, T(""), false },
		{ T("\"\\ud800\\ud800\""), -1, T(""), false },
		{ T("\"\\ud800x\""), -1, T(""), false },
		{ T("\"\\udc00\\udc00\""), -1, T(""), false },
		{ T("\"\\ud800\\ue000\""), -1, T(""), false },
		{ T("\"\\ud800\\n\""), -1, T(""), false },
		{ T("\"\\udbff\\udfff\""), 0, T("\xf4\x8f\xbf\xbf"), false },
		{ T("\"\\uffff\\u07ff\\u0800\""), 0,
		    T("\xef\xbf\xbf\xdf\xbf\xe0\xa0\x80"), false },
		{ T("1"), -1, T(""), false },
		{ T("[\"a\"]"), -1, T(""), false },
		{ T("null"), -1, T(""), false },
	};
	struct buf out = BUF_INIT;
	bool nul;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		nul = false;
		buf_adds(&out, "kept");
		if (jscan_string(cases[i].raw, &out, &nul) != cases[i].r ||
		    nul != cases[i].nul)
			fail_msg("case %zu", i);
		assert_true(span_starts(buf_span(&out), SPAN("kept")));
		buf_drop(&out, 4);
		if (cases[i].r == 0 &&
		    !jscan_string_is(cases[i].raw, cases[i].want))
			fail_msg("case %zu: string_is", i);
		expect_buf(i, &out, cases[i].want);
	}
	assert_int_equal(jscan_string(SPAN("\"\\u0000\""), &out, NULL), 0);
	buf_release(&out);
}

/* Strings that are nearly, but not quite, the text. */
static void
test_string_is(void **state)
{
	(void)state;
	assert_true(jscan_string_is(SPAN("\"\""), SPAN("")));
	assert_true(jscan_string_is(SPAN("\"\""), SPAN_EMPTY));
	assert_false(jscan_string_is(SPAN("\"ab\""), SPAN("abc")));
	assert_false(jscan_string_is(SPAN("\"abc\""), SPAN("ab")));
	assert_false(jscan_string_is(SPAN("\"a\\u0062c\""), SPAN("ab")));
	assert_false(jscan_string_is(SPAN("\"a\\u0062\""), SPAN("abc")));
	assert_false(jscan_string_is(SPAN("ab"), SPAN("ab")));
	assert_false(jscan_string_is(SPAN_EMPTY, SPAN("")));
	assert_true(jscan_string_is(SPAN("\"\\/\""), SPAN("/")));
}

/* Whole numbers. */
static void
test_i64(void **state)
{
	static const struct {
		struct span text;
		bool ok;
		int64_t want;
	} cases[] = {
		{ T("0"), true, 0 },
		{ T("-0"), true, 0 },
		{ T(" 42 "), true, 42 },
		{ T("-42"), true, -42 },
		{ T("9223372036854775807"), true, INT64_MAX },
		{ T("9223372036854775808"), false, 0 },
		{ T("-9223372036854775808"), true, INT64_MIN },
		{ T("-9223372036854775809"), false, 0 },
		{ T("99999999999999999999999"), false, 0 },
		{ T("5.0"), false, 0 },
		{ T("5e0"), false, 0 },
		{ T("\"5\""), false, 0 },
		{ T("true"), false, 0 },
		{ T("[]"), false, 0 },
		{ T(""), false, 0 },
		{ T("-"), false, 0 },
	};
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		v = 0;
		if (jscan_i64(cases[i].text, &v) != cases[i].ok ||
		    v != cases[i].want)
			fail_msg("case %zu", i);
	}
}

/* Text to JSON strings. */
static void
test_quote(void **state)
{
	static const struct {
		struct span text;
		struct span want;
	} cases[] = {
		{ T(""), T("\"\"") },
		{ { NULL, 0 }, T("\"\"") },
		{ T("abc/\xc3\xa4"), T("\"abc/\xc3\xa4\"") },
		{ T("\"\\"), T("\"\\\"\\\\\"") },
		{ T("\b\f\n\r\t"), T("\"\\b\\f\\n\\r\\t\"") },
		{ T("\0\x1f\x7f"), T("\"\\u0000\\u001f\\u007f\"") },
		{ T("a\nb\nc"), T("\"a\\nb\\nc\"") },
	};
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		jscan_quote(&out, cases[i].text);
		if (jscan_check(buf_span(&out), 0, NULL) ||
		    !jscan_string_is(buf_span(&out), cases[i].text))
			fail_msg("case %zu: does not read back", i);
		expect_buf(i, &out, cases[i].want);
	}
	buf_release(&out);
}

/* Newlines between tokens become blanks. */
static void
test_add_line(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	buf_adds(&out, "a\n");
	jscan_add_line(&out, SPAN("[1,\r\n\"\\n\",\n2]"));
	expect_buf(0, &out, SPAN("a\n[1,  \"\\n\", 2]"));
	jscan_add_line(&out, SPAN_EMPTY);
	expect_buf(1, &out, SPAN(""));
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_check_string_bytes),
		cmocka_unit_test(test_check_cut),
		cmocka_unit_test(test_check_depth),
		cmocka_unit_test(test_check_brackets),
		cmocka_unit_test(test_check_flags),
		cmocka_unit_test(test_type),
		cmocka_unit_test(test_array),
		cmocka_unit_test(test_object),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_string),
		cmocka_unit_test(test_string_is),
		cmocka_unit_test(test_i64),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_add_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
