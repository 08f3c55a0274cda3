/*
 * ctl_batch: action lines on their way to the gateway, and their answers.
 */
#ifndef SIOGATE_CTL_BATCH_H
#define SIOGATE_CTL_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "ctl.h"
#include "span.h"

struct json_object;

/* Is told each action's answer: the position of its line in the batch, from 0,
 * and the answer. Valid during the call. */
struct ctl_batch_reader {
	void (*answer)(void *arg, size_t position, bool ok,
	    struct json_object *o, struct span text);
	void *arg;
};

/*
 * Sends action lines in one request and hands each answer to the reader. The
 * lines must not be blank; each ends in LF; n is how many there are.
 *
 * CTL_OK: each line has its answer, which may be a failure. CTL_REFUSED: the
 * request as a whole was refused, or answers are missing. CTL_UNREACHABLE: no
 * answer. Both have been told; *status_r is the HTTP status, or 0.
 */
enum ctl_exit ctl_batch_send(struct ctl *c, struct span lines, size_t n,
    const struct ctl_batch_reader *reader, long *status_r);

/* The error text of an answer; never empty. Valid as long as o. */
struct span ctl_batch_error(struct json_object *o);

#endif
