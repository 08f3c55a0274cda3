/*
 * execute: action lines and their effects.
 */
#ifndef SIOGATE_EXECUTE_H
#define SIOGATE_EXECUTE_H

#include "span.h"

struct dispatch;
struct namespace;
struct nsocket;
struct request;

/* Where a line comes from. */
struct execute_place {
	struct dispatch *d;
	struct request *req;  /* NULL: from outside */
	struct nsocket *self; /* NULL: from outside, or a job of nobody */
	struct namespace *ns; /* NULL: from outside */
};

/* Carries out one line. Returns how many sockets it reached (0 where that
 * makes no sense), or -1 with *error_r, a constant text. */
int execute_line(
    const struct execute_place *place, struct span line, const char **error_r);

#endif
