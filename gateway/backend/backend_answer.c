/*
 * backend_answer: a worker's standard output, as the request's owner sees it.
 */

/* system */
#include <string.h>

/* lower layer */
#include "cgi_answer.h"

/* own */
#include "backend_answer.h"

/* From this status on an answer is an error page. */
enum { ANSWER_FAILURE = 400 };

void
backend_answer_init(struct backend_answer *a, bool headers, size_t max_line)
{
	cgi_answer_init(&a->cgi, headers, max_line, BACKEND_ANSWER_HEADERS);
	a->status = headers ? 0 : 200;
	a->any = false;
	a->ignored = false;
	a->detail_len = 0;
}

void
backend_answer_release(struct backend_answer *a)
{
	cgi_answer_release(&a->cgi);
}

/* Adds to detail what there is room for. */
static void
answer_note(struct backend_answer *a, struct span text)
{
	size_t room = sizeof(a->detail) - a->detail_len;
	size_t n = text.n < room ? text.n : room;

	if (n > 0)
		memcpy(a->detail + a->detail_len, text.p, n);
	a->detail_len += n;
}

void
backend_answer_explain(struct backend_answer *a, struct span text)
{
	a->detail_len = 0;
	answer_note(a, text);
}

/* Takes a line of an error page. */
static void
answer_page(struct backend_answer *a, struct span line)
{
	if (a->detail_len > 0)
		answer_note(a, SPAN(" "));
	answer_note(a, line);
}

/* Takes a header. 0, or -1 for a status that is none. */
static int
answer_header(struct backend_answer *a, struct span name, struct span value)
{
	int status;

	if (!span_eq_nocase(name, SPAN("Status")))
		return 0;
	status = cgi_answer_status(value);
	if (status == -1) {
		backend_answer_explain(a, value);
		return -1;
	}
	a->status = status;
	return 0;
}

/* Takes a line of the body. False: stop. */
static bool
answer_line(struct backend_answer *a, struct span line, backend_answer_f *take,
    void *arg)
{
	if (a->status < ANSWER_FAILURE)
		return take(arg, line);
	answer_page(a, line);
	return true;
}

/* What was read can't be taken. 0 when that does not matter, else -1. */
static int
answer_error(struct backend_answer *a, struct span shown)
{
	if (a->cgi.in_body && a->status >= ANSWER_FAILURE) {
		answer_page(a, shown);
		a->ignored = true;
		return 0;
	}
	backend_answer_explain(a, shown);
	return -1;
}

int
backend_answer_add(struct backend_answer *a, struct span content,
    backend_answer_f *line, void *arg)
{
	const char *p = content.p;
	size_t n = content.n;
	struct span name, value;

	a->any = a->any || n > 0;
	while (!a->ignored) {
		switch (cgi_answer_next(&a->cgi, &p, &n, &name, &value)) {
		case CGI_NEED_MORE:
			return 0;
		case CGI_HEADER:
			if (answer_header(a, name, value) == -1)
				return -1;
			break;
		case CGI_BODY:
			if (a->status == 0)
				a->status = 200;
			break;
		case CGI_LINE:
			if (!answer_line(a, value, line, arg))
				return 0;
			break;
		case CGI_ERROR:
			return answer_error(a, value);
		}
	}
	return 0;
}

int
backend_answer_end(
    struct backend_answer *a, bool last, backend_answer_f *line, void *arg)
{
	struct span rest;

	if (a->ignored)
		return 0;
	if (!a->cgi.in_body && !a->cgi.given && a->cgi.line.len > 0)
		return answer_error(a, buf_span(&a->cgi.line));
	if (a->status == 0)
		a->status = 200;
	last = last || a->status >= ANSWER_FAILURE;
	if (last && cgi_answer_last(&a->cgi, &rest))
		answer_line(a, rest, line, arg);
	return 0;
}
