/*
 * service: a configured pool as the dispatcher sees it: workers of our own, or
 * addresses elsewhere, and the requests that wait for one to be free.
 *
 * Requests are taken in the order they came, jobs in a queue of their own, of
 * which at most `jobs` run at once. Workers of our own that were used last are
 * used first: their caches are warm, and the others can go.
 */
#ifndef SIOGATE_SERVICE_H
#define SIOGATE_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend.h"
#include "pool.h"
#include "span.h"

struct dispatch;
struct request;
struct service;

struct service_settings {
	const char *name;
	const char *command;          /* NULL: addresses */
	const char *const *addresses; /* NULL-terminated */
	unsigned connections;         /* at once, to each address */
	unsigned keepalive;           /* idle ones kept to each address */
	const char
	    *document_root; /* NULL: not sent; the same for the next two */
	const char *script_filename;
	const char *script_name;
	unsigned timeout;     /* ms */
	unsigned job_timeout; /* ms; 0: none */
	unsigned jobs;        /* at once */
	unsigned queue;       /* requests that may wait */
	bool retry;           /* requests may be sent again after a failure */
	bool apply_end; /* lines are carried out when the request has ended well
			 */
	bool headers;
	size_t max_line;
	unsigned hold_down; /* ms that an address is left out after a failure */
	struct pool_settings pool; /* of workers of our own */
};

/* How requests end; counted. */
enum service_result {
	SERVICE_OK,
	SERVICE_STATUS,  /* Status: 400 or above */
	SERVICE_DIED,    /* the worker went before its answer was whole */
	SERVICE_GARBAGE, /* not an answer */
	SERVICE_TIMEOUT,
	SERVICE_UNAVAILABLE, /* no worker could be had */
	SERVICE_ABORTED      /* nobody wanted it any more */
};
enum { SERVICE_RESULTS = SERVICE_ABORTED + 1 };

/* "ok", "status", ... */
const char *service_result_name(enum service_result r);

/* The bounds of the histogram's buckets in seconds; one more bucket is above.
 */
enum { SERVICE_BUCKETS = 12 };
extern const double service_bucket_bounds[SERVICE_BUCKETS];

struct service_stats {
	uint64_t results[SERVICE_RESULTS];
	uint64_t retried;
	uint64_t bad_lines; /* of answers */
	uint64_t buckets[SERVICE_BUCKETS + 1];
	double seconds; /* of all requests together */
	unsigned queued, running, jobs_running, addresses_down;
	struct pool_status pool; /* all zero without workers of our own */
};

/* A new service. Copies settings, strings too. NULL with *error_r for an
 * address that makes no sense. */
struct service *service_new(struct dispatch *d,
    const struct service_settings *settings, const char **error_r);

/* Starts the workers. */
void service_start(struct service *s);

/* Takes new settings and replaces the workers. -1 when it would turn from
 * workers to addresses or back, which needs a restart of the gateway. */
int service_reload(struct service *s, const struct service_settings *settings);

/* Ends the workers; `stopped` of dispatch is told. Busy ones get timeout ms. */
void service_stop(struct service *s, unsigned timeout);

/* Frees a service that has stopped; leaves *s NULL. What waits is forgotten. */
void service_free(struct service **s);

/* Takes a request that request_finish has made ready. dispatch_request_ended
 * follows. */
void service_submit(struct service *s, struct request *req);

/* Ends a request that nobody wants any more: taken out of the queue, or told
 * to stop and, after a grace time, ended with its worker. */
void service_abort(struct service *s, struct request *req);

const char *service_name(const struct service *s);
const struct service_settings *service_get_settings(const struct service *s);
void service_get_stats(const struct service *s, struct service_stats *out);

/* A line of an answer made no sense. */
void service_count_bad_line(struct service *s);

/* The next service of the dispatcher's list. */
struct service *service_next(const struct service *s);

#endif
