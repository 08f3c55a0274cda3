/*
 * origin: may a page from this origin use the gateway? (RFC 6454)
 */
#ifndef SIOGATE_ORIGIN_H
#define SIOGATE_ORIGIN_H

#include <stdbool.h>

#include "span.h"

/*
 * True when the value of an Origin header names the host that the request was
 * sent to: same host name (ASCII case ignored) and same port, where a missing
 * port is 80 for http and ws, 443 for https and wss, and in host the one that
 * the origin's scheme has. Which of these schemes it is is not compared: behind
 * a proxy that ends TLS ours is not known. "null", malformed origins and those
 * of other schemes are never the same.
 */
bool origin_is_same(struct span origin, struct span host);

/*
 * True when one of the patterns, separated by blanks or commas, allows the
 * origin. A pattern is a lone star (any origin, "null" included), "null", an
 * origin ("https://app.example:8443"; default ports may be left out on either
 * side), or an origin whose host begins with a star and a dot: this stands for
 * one or more labels, so star-dot-app.example does not match app.example
 * itself. Scheme, host and port must all match; a star as port matches any. A
 * malformed pattern matches nothing.
 */
bool origin_allowed(struct span origin, struct span patterns);

/* 0 when every pattern of the list is well-formed; -1 with the first one that
 * is not. */
int origin_check_patterns(struct span patterns, struct span *bad_r);

#endif
