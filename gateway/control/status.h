/*
 * status: what the gateway is doing, as JSON.
 *
 * Each function appends one JSON object, followed by a newline.
 */
#ifndef SIOGATE_STATUS_H
#define SIOGATE_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

struct buf;
struct control_parts;
struct dispatch;
struct hub;

/* What the gateway is, as opposed to what it does. */
struct status_facts {
	const char *version;
	const char *instance;
	uint64_t since; /* loop time in ms of the start */
	bool stopping;
};

/* What a list is to hold. */
struct status_query {
	struct span nsp;  /* empty: all namespaces */
	struct span room; /* a room or a sid; empty: all (of sockets only) */
	unsigned limit;   /* entries */
};

/* Milliseconds since the start. */
uint64_t status_uptime(const struct hub *h, const struct status_facts *facts);

/* The gateway as a whole. */
void status_add_gateway(struct buf *out, const struct control_parts *parts,
    const struct status_facts *facts);

/* All namespaces. */
void status_add_namespaces(struct buf *out, const struct hub *h);

/* Namespace sockets, or rooms. 0; or -1, with nothing appended, when there is
 * no namespace of the query's name. */
int status_add_sockets(
    struct buf *out, const struct hub *h, const struct status_query *q);
int status_add_rooms(
    struct buf *out, const struct hub *h, const struct status_query *q);

/* All pools. */
void status_add_pools(struct buf *out, const struct dispatch *d);

#endif
