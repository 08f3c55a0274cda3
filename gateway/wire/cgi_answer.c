/*
 * cgi_answer: headers and lines, from pieces of any size.
 *
 * A line that came in one piece is given out where it lies; only what is cut
 * by the end of a piece is copied.
 */

/* system */
#include <string.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "cgi_answer.h"

/* Bytes that are shown of what was wrong. */
enum { SHOWN = 200 };

void
cgi_answer_init(
    struct cgi_answer *a, bool headers, size_t max_line, size_t max_header)
{
	*a = (struct cgi_answer){
		.in_body = !headers,
		.max_line = max_line,
		.max_header = max_header,
	};
}

void
cgi_answer_release(struct cgi_answer *a)
{
	buf_release(&a->line);
}

/* line without a CR at its end. */
static struct span
without_cr(struct span line)
{
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* True for the characters of a header's name (a token of RFC 9110). */
static bool
is_token_char(unsigned char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9'))
		return true;
	return c && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

/* True when a header's name is acceptable. */
static bool
is_token(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!is_token_char((unsigned char)s.p[i]))
			return false;
	return s.n > 0;
}

/* Takes a header line apart. */
static enum cgi_event
header(struct cgi_answer *a, struct span line, struct span *name_r,
    struct span *value_r)
{
	struct span rest;

	if (line.n == 0) {
		a->in_body = true;
		return CGI_BODY;
	}
	*name_r = span_trim(span_cut(line, ':', &rest));
	if (rest.p != NULL && is_token(*name_r)) {
		*value_r = span_trim(rest);
		return CGI_HEADER;
	}
	*name_r = SPAN_EMPTY;
	*value_r = span_of(line.p, line.n < SHOWN ? line.n : SHOWN);
	return CGI_ERROR;
}

/* How many more bytes the line at hand may have in all. */
static size_t
room(const struct cgi_answer *a)
{
	return a->in_body ? a->max_line : a->max_header - a->header_len;
}

/* Reports a line that is longer than room. Enough of it is shown for every
 * cut of the input to show the same. */
static enum cgi_event
too_long(struct cgi_answer *a, struct span piece, struct span *value_r)
{
	size_t show = room(a) < SHOWN ? room(a) + 1 : SHOWN;

	if (a->line.len < show) {
		size_t more = show - a->line.len;

		buf_add(&a->line, piece.p, more < piece.n ? more : piece.n);
	}
	*value_r = span_of(a->line.data, show);
	return CGI_ERROR;
}

/* Takes the bytes up to the next LF. True with the whole line, CR included;
 * *too_long_r says that it is longer than it may be. */
static bool
take_line(struct cgi_answer *a, const char **p, size_t *n, struct span *line_r,
    bool *too_long_r)
{
	const char *lf = *n ? memchr(*p, '\n', *n) : NULL;
	size_t take = lf ? (size_t)(lf - *p) : *n;
	struct span piece = span_of(*p, take);

	*p += take + (lf != NULL);
	*n -= take + (lf != NULL);
	*line_r = piece;
	if (take > room(a) - a->line.len) {
		*too_long_r = true;
		return true;
	}
	if (lf != NULL && a->line.len == 0)
		return true;
	buf_addspan(&a->line, piece);
	*line_r = buf_span(&a->line);
	a->given = lf != NULL;
	return lf != NULL;
}

enum cgi_event
cgi_answer_next(struct cgi_answer *a, const char **p, size_t *n,
    struct span *name_r, struct span *value_r)
{
	bool is_long = false;
	struct span line;

	*name_r = *value_r = SPAN_EMPTY;
	if (a->given)
		buf_clear(&a->line);
	a->given = false;
	while (take_line(a, p, n, &line, &is_long)) {
		if (is_long)
			return too_long(a, line, value_r);
		if (!a->in_body) {
			a->header_len += line.n;
			return header(a, without_cr(line), name_r, value_r);
		}
		*value_r = without_cr(line);
		if (value_r->n)
			return CGI_LINE;
		buf_clear(&a->line);
		a->given = false;
	}
	return CGI_NEED_MORE;
}

bool
cgi_answer_last(struct cgi_answer *a, struct span *value_r)
{
	if (!a->in_body || a->given)
		return false;
	*value_r = without_cr(buf_span(&a->line));
	return value_r->n > 0;
}

int
cgi_answer_status(struct span value)
{
	struct span s = span_trim(value);
	int status = 0;
	size_t i;

	if (s.n < 3 || (s.n > 3 && s.p[3] != ' ' && s.p[3] != '\t'))
		return -1;
	for (i = 0; i < 3; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		status = status * 10 + (s.p[i] - '0');
	}
	return status >= 100 ? status : -1;
}
