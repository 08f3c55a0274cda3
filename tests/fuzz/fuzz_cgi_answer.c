/*
 * Fuzzer of cgi_answer: an answer says the same however it is cut.
 */

/* system */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "cgi_answer.h"

enum { MAX_LINE = 40, MAX_HEADER = 60 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes an event down, and checks what holds for each. */
static void
note(struct buf *trace, enum cgi_event ev, struct span name, struct span value)
{
	if (ev == CGI_HEADER)
		gw_assert(name.n > 0 && name.n + value.n <= MAX_HEADER);
	if (ev == CGI_LINE)
		gw_assert(value.n > 0 && value.n <= MAX_LINE);
	if (ev == CGI_ERROR)
		gw_assert(value.n > 0 && value.n <= 200);
	if (ev == CGI_LINE || ev == CGI_HEADER)
		gw_assert(value.n == 0 || !memchr(value.p, '\n', value.n));
	(void)cgi_answer_status(value);
	buf_addf(trace, "\n%d ", (int)ev);
	buf_addspan(trace, name);
	buf_addch(trace, '|');
	buf_addspan(trace, value);
}

/* Feeds input in pieces of size step; the caller releases what is written. */
static struct buf
run(struct span in, size_t step, bool headers)
{
	enum cgi_event ev = CGI_NEED_MORE;
	struct buf trace = BUF_INIT;
	struct span name, value;
	struct cgi_answer a;

	cgi_answer_init(&a, headers, MAX_LINE, MAX_HEADER);
	while (in.n && ev != CGI_ERROR) {
		size_t n = step < in.n ? step : in.n;
		char *copy = malloc(n);
		const char *p = copy;

		gw_assert(copy != NULL);
		memcpy(copy, in.p, n);
		in = span_skip(in, n);
		do {
			ev = cgi_answer_next(&a, &p, &n, &name, &value);
			if (ev != CGI_NEED_MORE)
				note(&trace, ev, name, value);
		} while (ev != CGI_NEED_MORE && ev != CGI_ERROR);
		gw_assert(ev == CGI_ERROR || n == 0);
		free(copy);
	}
	if (ev != CGI_ERROR && cgi_answer_last(&a, &value))
		note(&trace, CGI_LINE, SPAN_EMPTY, value);
	cgi_answer_release(&a);
	return trace;
}

/* The first byte says whether there are headers. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 2, 5, 39, 40, 41 };
	struct buf whole, cut;
	struct span in;
	bool headers;
	size_t i;

	if (size == 0)
		return 0;
	headers = data[0] & 1;
	in = span_of(data + 1, size - 1);
	whole = run(in, size, headers);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		cut = run(in, steps[i], headers);
		gw_assert(span_eq(buf_span(&whole), buf_span(&cut)));
		buf_release(&cut);
	}
	buf_release(&whole);
	return 0;
}
