/*
 * dispatch_priv: what the dispatcher's files share among themselves.
 */
#ifndef SIOGATE_DISPATCH_PRIV_H
#define SIOGATE_DISPATCH_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "dispatch.h"
#include "log.h"
#include "request.h"
#include "service.h"

struct disconnects;
struct job;
struct lane;
struct nsocket;

struct dispatch {
	struct dispatch_settings set;
	uv_loop_t *loop;
	struct log *log;
	struct hub *hub;
	struct service *services; /* list */
	struct request *spare;    /* used requests, to be used again */
	unsigned n_spare;
	unsigned requests; /* that exist */
	uint64_t next_event;
	struct disconnects *disconnects;
	struct service *greeter; /* is asked about new clients; or NULL */
	struct job *jobs;        /* of nobody */
	unsigned stopping_services;
	bool stopping;
	void (*stopped)(void *owner);
	void *owner;
	struct log_limit fail_limit, line_limit, log_limit, stderr_limit;
	struct dispatch_stats stats;
};

/* The lane of a namespace socket: data of struct nsocket. */
struct lane *lane_of(struct nsocket *n);

/* Hands a request to the service of its namespace. When a reload has taken that
 * away, it ends at once: as if a handler had nothing to say. */
void dispatch_submit(struct request *req);

/* A line of a running request's answer. */
void dispatch_on_line(struct request *req, struct span line);

/* A piece of a running request's standard error. */
void dispatch_on_error_text(struct request *req, struct span text);

/* A request has ended; it is freed here. detail is for the log. */
void dispatch_request_ended(
    struct request *req, enum service_result result, struct span detail);

/* A service has stopped. */
void dispatch_service_stopped(struct dispatch *d);

/* The order of a namespace's events: true when they go one by one. */
bool dispatch_is_serial(const struct namespace *ns);

/* lane.c: what a namespace socket that is gone has left. */
void lane_add_last_session(struct nsocket *n, struct buf *out);
const char *lane_last_transport(struct nsocket *n);
void lane_add_last_rooms(struct nsocket *n, struct buf *out);

#endif
