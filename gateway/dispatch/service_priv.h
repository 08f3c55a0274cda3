/*
 * service_priv: what the files of the services share among themselves.
 *
 * service.c has the services and their workers, service_conn.c the places where
 * requests run, service_run.c the requests that wait and run.
 */
#ifndef SIOGATE_SERVICE_PRIV_H
#define SIOGATE_SERVICE_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "service.h"
#include "span.h"

struct backend_conn;
struct deadline;
struct deadline_queue;
struct pool_worker;

enum { SERVICE_MAGIC = 0x73657276, SERVICE_CONN_MAGIC = 0x73766363 };

struct service_address {
	const char *name;          /* of the settings */
	unsigned busy;             /* requests in flight */
	unsigned idle_open;        /* connections that are open and free */
	uint64_t down_until;       /* loop time, ms; 0: it is up */
	struct service_conn *free; /* places, list */
	bool gone;                 /* no longer in the settings */
};

/* A place. */
struct service_conn {
	unsigned magic;
	struct service *s;
	struct backend_conn *conn;
	struct pool_worker *worker;       /* of our own; NULL for an address */
	struct service_address *address;  /* NULL for a worker of our own */
	struct request *req;              /* while busy */
	struct service_conn *prev, *next; /* in a list of free places */
	bool is_free;
	bool retired;
	bool ended; /* its worker was told to end, or the address is gone */
};

struct service {
	unsigned magic;
	struct dispatch *d;
	struct service_settings set; /* owned, see service_settings.h */
	struct pool *pool;           /* NULL: addresses */
	struct service_address *addresses;
	unsigned n_addresses;
	struct service_conn *free; /* places of workers of our own; the one used
				    * last comes first */
	struct request *queue, *job_queue;
	unsigned n_queue, n_job_queue;
	unsigned running, jobs_running;
	struct deadline_queue *timeouts, *job_timeouts, *graces, *last_words;
	struct buf params; /* meta-variables that are the same for all */
	struct service *next;
	bool stopped;
	bool pumping; /* inside service_pump */
	struct service_stats stats;
};

/*
 * service_conn.c
 */

/* A new place, not free yet. own: a worker of ours. NULL with *error_r when the
 * address makes no sense. */
struct service_conn *service_conn_new(
    struct service *s, const char *address, bool own, const char **error_r);

/* Takes a place out of the free ones; it need not be free. */
void service_conn_take(struct service_conn *c);

/* A place is free again, or of no more use: then it is freed. */
void service_conn_give(struct service_conn *c);

/* Frees a place that is not busy. */
void service_conn_free(struct service_conn *c);

/* A free place, made if need be; NULL: there is none now. */
struct service_conn *service_conn_pick(struct service *s);

/* The address with the fewest requests in flight that has room; NULL: none.
 * *down_r says how many are held down. */
struct service_address *service_conn_pick_address(
    struct service *s, unsigned *down_r);

/* An address has failed: it is left out for a while. */
void service_conn_hold_down(
    struct service *s, struct service_address *a, struct span why);

/*
 * service_run.c
 */

/* Gives waiting requests to free places. */
void service_pump(struct service *s);

/* Takes a request out of its queue. */
void service_unqueue(struct service *s, struct request *req);

/* Reports a request's end. */
void service_report(struct service *s, struct request *req,
    enum service_result result, struct span detail);

/* For the queues of deadlines; the owner is the service. */
void service_on_timeout(struct deadline *d, void *owner);
void service_on_grace(struct deadline *d, void *owner);

#endif
