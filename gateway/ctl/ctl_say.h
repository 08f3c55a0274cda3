/*
 * ctl_say: what siogatectl tells the person in front of it.
 */
#ifndef SIOGATE_CTL_SAY_H
#define SIOGATE_CTL_SAY_H

#include "span.h"

struct ctl_answer;
struct ctl_http;

/* Writes "siogatectl: text" to standard error, control characters escaped. */
void ctl_say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Says why the last request had no answer. */
void ctl_say_unreachable(const struct ctl_http *http);

/* Says why the gateway refused a request: the "error" of its answer, the first
 * line of an answer that is no JSON, or the status code. */
void ctl_say_refused(const struct ctl_answer *answer);

/* Says that the answer is none that the control API gives. */
void ctl_say_strange(const struct ctl_http *http);

/* Writes JSON text and a newline to standard output. */
void ctl_say_json(struct span text);

#endif
