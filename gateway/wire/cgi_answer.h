/*
 * cgi_answer: a handler's answer as a stream: CGI headers (RFC 3875 section
 * 6.3), a blank line, and then lines.
 */
#ifndef SIOGATE_CGI_ANSWER_H
#define SIOGATE_CGI_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "span.h"

struct cgi_answer {
	bool in_body;
	bool given;        /* line was given out, and is to be emptied */
	size_t max_line;   /* bytes of one line of the body, without the LF */
	size_t max_header; /* bytes of all headers together */
	size_t header_len;
	struct buf line; /* the start of an incomplete line */
};

enum cgi_event {
	CGI_NEED_MORE,
	CGI_HEADER, /* name and value, trimmed */
	CGI_BODY,   /* the blank line was seen */
	CGI_LINE,   /* value: one line of the body, without LF or CR LF */
	CGI_ERROR   /* a header without colon or whose name is no token, or a
		     * line or header too long; value: the first bytes of what
		     * was wrong, at most 200 */
};

/* Prepares for one answer. With headers false the body begins at once. */
void cgi_answer_init(
    struct cgi_answer *a, bool headers, size_t max_line, size_t max_header);

/* Frees what an incomplete line holds. */
void cgi_answer_release(struct cgi_answer *a);

/* Takes bytes from *p, of which *n are left, until there is something to
 * report, and moves *p and *n on. Spans are valid until the next call. Empty
 * lines of the body are not reported. Call it until it says CGI_NEED_MORE.
 * After CGI_ERROR it must not be fed again. */
enum cgi_event cgi_answer_next(struct cgi_answer *a, const char **p, size_t *n,
    struct span *name_r, struct span *value_r);

/* At the end of the answer: true with the last line of the body when it had no
 * newline; it is valid until release. What is left of an incomplete header is
 * not reported: in_body is false then. */
bool cgi_answer_last(struct cgi_answer *a, struct span *value_r);

/* The status in the value of a Status header ("404 Not Found"): 100 to 999, or
 * -1. */
int cgi_answer_status(struct span value);

#endif
