/*
 * handshake: what is kept of a client's first request.
 *
 * Its meta-variables are encoded once, as FastCGI name-value pairs, and sent
 * by reference with each of the client's events.
 */
#ifndef SIOGATE_HANDSHAKE_H
#define SIOGATE_HANDSHAKE_H

#include <stddef.h>

#include "span.h"

struct http_request;

struct handshake {
	unsigned refs;
	size_t len;   /* bytes of pairs */
	char pairs[]; /* FastCGI name-value pairs */
};

/* Makes one, with one reference, from the request. protocol is the client's
 * generation (1, 4 or 5). */
struct handshake *handshake_new(
    const struct http_request *req, unsigned protocol);

struct handshake *handshake_ref(struct handshake *h);
void handshake_unref(struct handshake **h);

/* The pairs; valid as long as the handshake. */
struct span handshake_pairs(const struct handshake *h);

/* The value of one meta-variable, empty when it is not there. */
struct span handshake_get(const struct handshake *h, struct span name);

#endif
