/*
 * lane: the queue that keeps one namespace socket's events in order.
 *
 * Life of a lane, which is that of its namespace socket and a little longer:
 *
 *	CONNECTING --the connect request ended well--> OPEN
 *	    --the namespace socket is gone--> CLOSING --nothing runs--> freed
 *
 * While CONNECTING nothing else is sent. In CLOSING what waits is dropped, and
 * when nothing runs any more the disconnect event is sent, as the last.
 */
#ifndef SIOGATE_LANE_H
#define SIOGATE_LANE_H

#include <stdbool.h>

#include "span.h"

struct dispatch;
struct job;
struct lane;
struct nsocket;
struct request;

/* A new lane for n, which is ASKING; the connect request is its first. */
struct lane *lane_new(struct dispatch *d, struct nsocket *n);

/* The lane has no connect request: events may come at once. */
void lane_open(struct lane *lane);

/* Adds a request, and sends it when its turn has come. */
void lane_push(struct lane *lane, struct request *req);

/* A request of the lane's has ended; well: it was answered as it should. */
void lane_request_ended(
    struct lane *lane, const struct request *req, bool well);

/* The handler turned the client away: there will be no disconnect event. */
void lane_set_refused(struct lane *lane);

/* The namespace socket is gone. May free the lane. */
void lane_close(struct lane *lane, const char *reason);

/* How long the authorisation holds, in seconds. */
void lane_set_expiry(struct lane *lane, int64_t seconds);

/* Jobs and timers of this namespace socket; see job.h. */
struct job **lane_jobs(struct lane *lane);

#endif
