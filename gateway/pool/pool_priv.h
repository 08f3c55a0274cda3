/*
 * pool_priv: the pool's objects, for the files of this folder.
 */
#ifndef SIOGATE_POOL_PRIV_H
#define SIOGATE_POOL_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "log.h"
#include "pool.h"
#include "pool_spawn.h"

enum { POOL_MAGIC = 0x5b8e0f61, POOL_WORKER_MAGIC = 0x2f94c7a8 };

enum pool_worker_state {
	POOL_WORKER_STARTING, /* the process runs; the owner does not know */
	POOL_WORKER_UP,
	POOL_WORKER_RETIRING, /* no further request; may still be busy */
	POOL_WORKER_ENDING,   /* was told to end, or is about to be */
	POOL_WORKER_FAILED    /* never started; the owner does not know */
};

struct pool_worker {
	unsigned magic;
	struct pool *pool; /* NULL once the owner was told that it is gone */
	struct pool_worker *prev, *next;
	enum pool_worker_state state;
	bool busy;
	bool replacing; /* started so that a spent worker can be retired */
	bool term_sent;
	bool kill_sent;
	int pid; /* 0: it never started */
	unsigned number;
	unsigned generation;
	unsigned requests; /* that have ended */
	unsigned finished; /* of these, those that ended as they should */
	uint64_t started;  /* times are those of the loop, in ms */
	uint64_t idle_since;
	uint64_t kill_at; /* after TERM was sent */
	void *data;
	char status[96]; /* how it ended */
	struct pool_proc proc;
};

struct pool {
	unsigned magic;
	uv_loop_t *loop;
	uv_timer_t timer;
	struct pool_settings set;
	const struct pool_events *events;
	void *owner;
	struct pool_worker *workers;
	bool running; /* pool_start was called */
	bool stopping;
	bool stopped;     /* and the owner was told */
	bool kicked;      /* the timer runs out at once */
	bool held;        /* idle workers stay only because requests wait */
	bool worked;      /* a worker of this generation finished a request */
	unsigned waiting; /* requests that wait for a worker */
	unsigned usable;  /* workers starting or up at the last tick */
	unsigned last_number;
	unsigned generation;
	unsigned delay;       /* the restart delay, ms; 0: none */
	uint64_t delay_since; /* when it was set or raised */
	uint64_t stop_at;     /* when pool_stop's patience ends */
	uint64_t count_started, count_ended, count_failed, count_killed;
	struct log_limit failed_limit, gone_limit;
};

#endif
