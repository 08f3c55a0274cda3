/*
 * dispatch: events become requests, and what handlers answer becomes effects.
 *
 *	hub event -> lane.c (order) -> request.c -> service.c (a free worker)
 *	answer line -> execute.c (actions) -> hub
 *
 * job.c runs jobs and timers, disconnects.c spreads disconnect events over
 * time.
 */
#ifndef SIOGATE_DISPATCH_H
#define SIOGATE_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "action.h"
#include "hub.h"
#include "span.h"

struct buf;
struct dispatch;
struct namespace;
struct service;
struct service_settings;

struct dispatch_settings {
	const char *instance;     /* this run of the gateway, for event ids */
	const char *software;     /* SERVER_SOFTWARE */
	unsigned max_depth;       /* of JSON in action lines */
	unsigned max_waiting;     /* events of one namespace socket */
	unsigned max_jobs;        /* of one namespace socket */
	unsigned refresh_before;  /* ms */
	unsigned disconnect_rate; /* a second */
	unsigned disconnect_queue;
	unsigned
	    abort_grace; /* ms that an aborted request may go on; 0: 1000 */
};

struct dispatch_stats {
	uint64_t actions[ACTION_KINDS];
	uint64_t bad_actions; /* lines that name none, or do not fit */
	uint64_t
	    events_dropped; /* of sockets that had gone, or without a handler */
	uint64_t disconnects_dropped;
	unsigned disconnects_waiting;
	unsigned jobs; /* that exist, timers included */
};

/* A new dispatcher. Its hub comes later (dispatch_set_hub). */
struct dispatch *dispatch_new(
    uv_loop_t *loop, struct log *log, const struct dispatch_settings *settings);

/* The events for hub_new. */
extern const struct hub_events dispatch_hub_events;

/* Ties hub and dispatcher together: to be called before anything happens. */
void dispatch_set_hub(struct dispatch *d, struct hub *h);

/* New settings (HUP). */
void dispatch_set(struct dispatch *d, const struct dispatch_settings *settings);

/* Adds a service and starts it. NULL with *error_r. */
struct service *dispatch_add_service(struct dispatch *d,
    const struct service_settings *settings, const char **error_r);

/* The service of this name, or NULL; and the first of the list. */
struct service *dispatch_find_service(
    const struct dispatch *d, const char *name);
struct service *dispatch_services(const struct dispatch *d);

/* Which service a namespace's events go to (NULL: nobody), and whether one by
 * one. */
void dispatch_bind(
    struct dispatch *d, struct namespace *ns, struct service *s, bool serial);
struct service *dispatch_bound(const struct namespace *ns);

/* Which service is asked about new clients; NULL: none, and then the front must
 * not ask. */
void dispatch_set_greeter(struct dispatch *d, struct service *s);

/* Carries out one line from outside (the control API). Appends one JSON line
 * that says how it went. False when it failed. */
bool dispatch_push(
    struct dispatch *d, struct span line, unsigned number, struct buf *answer);

/* Requests that exist: waiting, queued, running. */
unsigned dispatch_requests(const struct dispatch *d);

/* Ends all services; stopped is called when the last worker is gone, at most
 * timeout ms (and the time a kill takes) later. */
void dispatch_stop(struct dispatch *d, unsigned timeout,
    void (*stopped)(void *owner), void *owner);

/* Frees it, after the hub was freed; leaves *d NULL. */
void dispatch_free(struct dispatch **d);

void dispatch_get_stats(const struct dispatch *d, struct dispatch_stats *out);

#endif
