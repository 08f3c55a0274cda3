/*
 * backend_answer: a worker's standard output, as the request's owner sees it.
 *
 * Headers are taken in, lines of the body handed on; of a page that reports an
 * error only the first bytes are kept, for the log.
 */
#ifndef SIOGATE_BACKEND_ANSWER_H
#define SIOGATE_BACKEND_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "cgi_answer.h"
#include "span.h"

enum { BACKEND_ANSWER_DETAIL = 200, BACKEND_ANSWER_HEADERS = 65536 };

struct backend_answer {
	struct cgi_answer cgi;
	int status;   /* 0 until the headers have come */
	bool any;     /* something has come */
	bool ignored; /* what follows does not matter */
	size_t detail_len;
	char detail[BACKEND_ANSWER_DETAIL];
};

/* Takes a line; valid during the call. False: stop, the answer is gone. */
typedef bool backend_answer_f(void *arg, struct span line);

/* Prepares for an answer; what an earlier one held must have been released. */
void backend_answer_init(
    struct backend_answer *a, bool headers, size_t max_line);

/* Frees what an incomplete line holds. */
void backend_answer_release(struct backend_answer *a);

/* Takes a piece of standard output. 0; or -1 when it is not an answer: detail
 * then holds the first bytes of what is wrong. */
int backend_answer_add(struct backend_answer *a, struct span content,
    backend_answer_f *line, void *arg);

/* Takes the end of standard output. last: a last line without a newline counts.
 * Returns as above. */
int backend_answer_end(
    struct backend_answer *a, bool last, backend_answer_f *line, void *arg);

/* Sets detail to a text. */
void backend_answer_explain(struct backend_answer *a, struct span text);

#endif
