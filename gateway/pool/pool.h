/*
 * pool: workers that the gateway starts and supervises.
 *
 * The pool starts processes, each with a listening unix socket of its own on
 * descriptor 0, keeps their number between a minimum and a maximum, starts
 * them again when they end, replaces them one by one on request, and ends
 * them. It does not talk to them: who connects and sends requests is the
 * owner, who reports back what goes on (pool_worker_busy, pool_worker_free).
 *
 * pool_policy.c decides when to start and end workers and calls nothing of its
 * siblings; pool_spawn.c starts processes; pool_status.c keeps the books;
 * pool.c ties them together and owns the objects.
 *
 * Life of a worker:
 *
 *	STARTING --process runs--> UP --retire--> RETIRING --idle--> ENDING
 *	                           |                                   ^
 *	                           +---- pool_worker_end, stop --------+
 *	any state --the process ends--> gone
 *
 * worker_up is called once when a worker can be connected to, worker_retire
 * when no further request may be given to it (it may still be busy; after
 * pool_worker_end it is not called), worker_gone once when it is no more; after
 * that the pointer is dead. A worker that never came up has worker_gone only.
 * Workers carry a generation number; a success that one of an earlier
 * generation reports does not speak for the present one.
 *
 * Events come from the loop, never from inside a call into the pool. All calls
 * are legal inside them; pool_free only inside stopped.
 *
 * A worker that ends before its first finished request makes the pool wait
 * before it starts another: the restart delay, doubled each time, reset by one
 * good request or a reload. One that ends in the middle of a request does not
 * double it once the pool has worked.
 *
 * A reload, and a worker that has had max_requests, start another worker first;
 * the old one is retired when the new one has finished a request well or has
 * run for restart_delay. At most one worker more than the maximum exists, those
 * that still end counted in.
 */
#ifndef SIOGATE_POOL_H
#define SIOGATE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "span.h"

struct log;
struct pool;
struct pool_worker;

struct pool_settings {
	const char *name; /* for the log and the sockets' names */
	/* Run by /bin/sh -c "exec ..." unless it is a plain path (with a slash)
	 * and plain arguments, which is executed directly. */
	const char *command;
	/* A program that is run as "siogate-worker COMMAND ARGUMENT..." and
	 * executes the command; NULL: the command is executed directly. */
	const char *launcher;
	const char *directory;  /* working directory; NULL: the gateway's */
	const char *run_dir;    /* private directory (mode 0700) for the
				 * listening sockets */
	const char *const *env; /* "NAME=value" for the worker, NULL-terminated:
				 * its whole environment */
	unsigned min_workers;   /* started at once and kept; 0 is allowed: on
				 * demand */
	unsigned max_workers;   /* at least 1 */
	unsigned idle_timeout;  /* ms without a request before a worker above
				 * the minimum is ended; 0: 30000 */
	unsigned restart_delay; /* ms, the first delay after a worker that ended
				 * before its first finished request; 0: 250 */
	unsigned restart_delay_max; /* ms; 0: 60000 */
	unsigned kill_grace;        /* ms between TERM and KILL; 0: 5000 */
	unsigned max_requests;      /* requests after which a worker is
				     * replaced; 0: none */
	struct log *log;
};

struct pool_events {
	/* The worker can be connected to at pool_worker_address. */
	void (*worker_up)(void *owner, struct pool_worker *w);
	/* Give it no further request. If it is busy it goes on until
	 * pool_worker_free. */
	void (*worker_retire)(void *owner, struct pool_worker *w);
	/* The process has ended, or never started; drop the pointer. status is
	 * a few words such as "exit status 1" or "signal 9 (Killed)". */
	void (*worker_gone)(
	    void *owner, struct pool_worker *w, struct span status);
	/* A line of the worker's standard error or output, without the newline;
	 * longer ones than 4 KiB come in pieces. Any byte may be in it. */
	void (*worker_text)(
	    void *owner, struct pool_worker *w, struct span line);
	/* After pool_stop: the last worker is gone. */
	void (*stopped)(void *owner);
};

/* Figures for status pages and metrics. */
struct pool_status {
	unsigned starting, idle, busy, retiring;
	unsigned generation; /* raised by each pool_reload */
	uint64_t started, ended, failed, killed; /* since the start */
	unsigned restart_delay;                  /* ms; 0 while all is well */
};

/* A new pool; copies settings (strings too), and keeps settings.log. Nothing is
 * started yet. */
struct pool *pool_new(uv_loop_t *loop, const struct pool_settings *settings,
    const struct pool_events *events, void *owner);

/* Starts the minimum of workers. */
void pool_start(struct pool *p);

/* Says how many requests wait for a worker now. The pool starts more workers
 * when it should: while it is below its maximum, as many as wait, less the ones
 * starting. Cheap; call it whenever the number changed. */
void pool_waiting(struct pool *p, unsigned requests);

/* The owner gave the worker a request / the request ended. ok: it ended as it
 * should, which shows that the worker works and resets the restart delay. */
void pool_worker_busy(struct pool_worker *w);
void pool_worker_free(struct pool_worker *w, bool ok);

/* Ends a worker that is stuck: TERM to its process group, KILL after the grace
 * time. worker_gone follows; until then nothing may be given to it. */
void pool_worker_end(struct pool_worker *w);

/* "unix:/path", valid as long as the worker is. */
const char *pool_worker_address(const struct pool_worker *w);

/* The process id (0: it never started), and a number that no other worker of
 * this pool has had. */
int pool_worker_pid(const struct pool_worker *w);
unsigned pool_worker_number(const struct pool_worker *w);

/* A pointer of the owner's, NULL at first. */
void pool_worker_set_data(struct pool_worker *w, void *data);
void *pool_worker_data(const struct pool_worker *w);

/* Takes new settings and replaces the workers one by one: a new one is up
 * before an old one is retired. */
void pool_reload(struct pool *p, const struct pool_settings *settings);

/* Ends all workers: idle ones with TERM now, busy ones when they are free;
 * after timeout ms every process that is left is killed. events->stopped
 * follows (from the loop). */
void pool_stop(struct pool *p, unsigned timeout);

/* Frees a pool that has stopped, or was never started; leaves *p NULL. The
 * memory goes when the loop runs next. */
void pool_free(struct pool **p);

/* Figures of now. */
void pool_get_status(const struct pool *p, struct pool_status *out);

#endif
