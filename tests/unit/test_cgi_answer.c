/*
 * Tests of cgi_answer: headers and lines, cut anywhere.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "cgi_answer.h"

#define T(lit)                         \
	{                              \
		(lit), sizeof(lit) - 1 \
	}
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { MAX_LINE = 20, MAX_HEADER = 40 };

/* Answers, and what is reported of them: "h" header, "b" the body begins, "l"
 * line, "!" error, "e" the line without a newline at the end. */
static const struct answer_case {
	bool headers;
	struct span in;
	const char *want;
} cases[] = {
	/* 0 */
	{ true, T(""), "" },
	{ true, T("\n"), "b;" },
	{ true, T("\r\n"), "b;" },
	{ true, T("Status: 404 Not Found\r\nX-A:b\r\n\r\nline\n"),
	    "h[Status|404 Not Found];h[X-A|b];b;l[line];" },
	{ true, T("A: 1\n\n{\"a\":1}\r\n{\"b\":2}\n"),
	    "h[A|1];b;l[{\"a\":1}];l[{\"b\":2}];" },
	{ true, T("A : \t b c \t\nB:\n\n"), "h[A|b c];h[B|];b;" },
	{ true, T("A: b: c\n\n"), "h[A|b: c];b;" },
	{ true, T("\n\n\r\nx\n\n\ny\n\r\n"), "b;l[x];l[y];" },
	{ true, T("\nx\ny"), "b;l[x];e[y];" },
	{ true, T("\nx\ny\r"), "b;l[x];e[y];" },
	/* 10 */
	{ true, T("\n\r"), "b;" },
	{ true, T("A: 1"), "" },
	{ true, T("A: 1\r"), "" },
	{ true, T("A: 1\n\r"), "h[A|1];" },
	{ true, T("\nA\rB\r\r\nC\0D\n"), "b;l[A\rB\r];l[C" },
	{ true, T("no colon\n"), "![no colon];" },
	{ true, T("A: 1\nno colon\r\n\n"), "h[A|1];![no colon];" },
	{ true, T(": x\n"), "![: x];" },
	{ true, T("{\"emit\":\"x\"}\n"), "![{\"emit\":\"x\"}];" },
	{ true, T("A B: x\n"), "![A B: x];" },
	/* 20 */
	{ true, T(" folded: x\n"), "h[folded|x];" },
	{ true, T("A\xff: x\n"), "![A\xff: x];" },
	{ true, T("A: 56789012345678901234567890123456789\nB: 1\n"),
	    "h[A|56789012345678901234567890123456789];![B: ];" },
	{ true, T("A: 5678901234567890123456789012345678901\n"),
	    "h[A|5678901234567890123456789012345678901];" },
	{ true, T("A: 56789012345678901234567890123456789012\n"),
	    "![A: 56789012345678901234567890123456789012];" },
	{ true, T("A: 56789012345678901234567890123456789012345678"),
	    "![A: 56789012345678901234567890123456789012];" },
	{ false, T("line\n\nline2\r\n"), "l[line];l[line2];" },
	{ false, T("Status: 500\n"), "l[Status: 500];" },
	{ false, T("12345678901234567890\nx\n"),
	    "l[12345678901234567890];l[x];" },
	{ false, T("123456789012345678901\nx\n"), "![123456789012345678901];" },
	/* 30 */
	{ false, T("x\n1234567890123456789012345678"),
	    "l[x];![123456789012345678901];" },
	{ false, T("12345678901234567890"), "e[12345678901234567890];" },
	{ false, T("\n"), "" },
	{ false, T(""), "" },
};

/* Appends one event. */
static void
trace_event(
    struct buf *trace, enum cgi_event ev, struct span name, struct span value)
{
	static const char marks[] = {
		[CGI_HEADER] = 'h',
		[CGI_BODY] = 'b',
		[CGI_LINE] = 'l',
		[CGI_ERROR] = '!',
	};

	buf_addch(trace, marks[ev]);
	if (ev != CGI_BODY) {
		buf_addch(trace, '[');
		buf_addspan(trace, name);
		if (ev == CGI_HEADER)
			buf_addch(trace, '|');
		buf_addspan(trace, value);
		buf_addch(trace, ']');
	}
	buf_addch(trace, ';');
}

/* Feeds a copy of a piece. False after an error. */
static bool
feed(struct cgi_answer *a, struct span piece, struct buf *trace)
{
	char *copy = malloc(piece.n ? piece.n : 1);
	const char *p = copy;
	size_t n = piece.n;
	struct span name, value;
	enum cgi_event ev;

	assert_non_null(copy);
	if (n)
		memcpy(copy, piece.p, n);
	while (
	    (ev = cgi_answer_next(a, &p, &n, &name, &value)) != CGI_NEED_MORE) {
		trace_event(trace, ev, name, value);
		if (ev == CGI_ERROR)
			break;
	}
	free(copy);
	return ev != CGI_ERROR;
}

/* Runs one case: a first piece of size first, then pieces of size step. */
static void
run(size_t i, size_t first, size_t step)
{
	struct buf trace = BUF_INIT;
	struct span rest = cases[i].in;
	struct cgi_answer a;
	struct span last;
	size_t n = first;
	bool ok = true;

	cgi_answer_init(&a, cases[i].headers, MAX_LINE, MAX_HEADER);
	while (ok && rest.n) {
		if (n > rest.n)
			n = rest.n;
		ok = feed(&a, span_of(rest.p, n), &trace);
		rest = span_skip(rest, n);
		n = step;
	}
	if (ok && cgi_answer_last(&a, &last))
		buf_addf(&trace, "e[%.*s];", SPAN_FMT(last));
	/* The text is compared up to its first NUL. */
	if (strcmp(buf_cstr(&trace), cases[i].want) != 0)
		fail_msg("case %zu, cut %zu, %zu: got \"%s\", want \"%s\"", i,
		    first, step, buf_cstr(&trace), cases[i].want);
	cgi_answer_release(&a);
	buf_release(&trace);
}

/* Whole, one byte at a time, and cut at every offset. */
static void
test_cuts(void **state)
{
	size_t i, cut;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		run(i, SIZE_MAX, SIZE_MAX);
		run(i, 1, 1);
		for (cut = 0; cut <= cases[i].in.n; cut++)
			run(i, cut, SIZE_MAX);
	}
}

/* No more than 200 bytes of what was wrong are shown. */
static void
test_error_shown(void **state)
{
	char text[1000];
	struct cgi_answer a;
	struct span name, value;
	const char *p = text;
	size_t n = sizeof(text);

	(void)state;
	memset(text, 'x', sizeof(text));
	cgi_answer_init(&a, false, 999, 0);
	assert_int_equal(cgi_answer_next(&a, &p, &n, &name, &value), CGI_ERROR);
	assert_int_equal(value.n, 200);
	cgi_answer_release(&a);
	text[999] = '\n';
	cgi_answer_init(&a, true, 0, 2000);
	p = text;
	n = sizeof(text);
	assert_int_equal(cgi_answer_next(&a, &p, &n, &name, &value), CGI_ERROR);
	assert_int_equal(value.n, 200);
	assert_int_equal(name.n, 0);
	cgi_answer_release(&a);
}

/* A line that was given out is not the last line as well. */
static void
test_last_after_line(void **state)
{
	struct cgi_answer a;
	struct span name, value;
	const char *p = "ab";
	size_t n = 2;

	(void)state;
	cgi_answer_init(&a, false, 10, 10);
	assert_int_equal(
	    cgi_answer_next(&a, &p, &n, &name, &value), CGI_NEED_MORE);
	p = "c\n";
	n = 2;
	assert_int_equal(cgi_answer_next(&a, &p, &n, &name, &value), CGI_LINE);
	assert_true(span_eq(value, SPAN("abc")));
	assert_false(cgi_answer_last(&a, &value));
	cgi_answer_release(&a);
}

/* Values of Status headers. */
static void
test_status(void **state)
{
	static const struct {
		struct span value;
		int want;
	} values[] = {
		{ T("200"), 200 },
		{ T("404 Not Found"), 404 },
		{ T(" 500\t"), 500 },
		{ T("100"), 100 },
		{ T("999 x"), 999 },
		{ T("099"), -1 },
		{ T("20"), -1 },
		{ T("2000"), -1 },
		{ T("200x"), -1 },
		{ T("2x0"), -1 },
		{ T("-20"), -1 },
		{ T("OK"), -1 },
		{ T(""), -1 },
		{ T("HTTP/1.1 200 OK"), -1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(values); i++)
		if (cgi_answer_status(values[i].value) != values[i].want)
			fail_msg("case %zu", i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_error_shown),
		cmocka_unit_test(test_last_after_line),
		cmocka_unit_test(test_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
