/*
 * pool: workers that the gateway starts and supervises.
 *
 * Owns the pool and its workers, and does what the policy says. Everything
 * that calls the owner or sends a signal happens in one place, pool_tick, which
 * the loop's timer runs: when something was changed by a call, it runs in the
 * next turn of the loop, else when the next time is up (an idle time-out, a
 * restart delay, the grace time before KILL). Calls into the pool only note
 * what is new. The exceptions are worker_gone and worker_text, which follow
 * what processes do.
 *
 * Since signals are sent from the timer only, none can go to a process that
 * the loop has reaped and not reported yet.
 *
 * A worker is STARTING until the tick after its start, then UP: its socket
 * listened before it ran, so it can be connected to. In a replacement, the
 * worker before it is retired only when the new one has finished a request, or
 * has run for the first restart delay; so a handler that can't start never
 * takes the place of one that works.
 *
 * DIAGNOSTICS
 *	Errors: a worker that can't be started.
 *	Warnings: a worker that ends although nobody told it to.
 *	Panic: calls that the header forbids.
 */

/* system */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* base */
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* lower layer */
#include <utlist.h>

/* own */
#include "pool.h"
#include "pool_priv.h"
#include "pool_settings.h"
#include "pool_spawn.h"
#include "pool_status.h"

static void pool_tick(uv_timer_t *timer);

/* Has pool_tick run in the next turn of the loop. */
static void
pool_kick(struct pool *p)
{
	if (p->kicked || p->stopped)
		return;
	p->kicked = true;
	uv_timer_start(&p->timer, pool_tick, 0, 0);
}

/* Has pool_tick run at the given time, or earlier if it would. */
static void
pool_arm(struct pool *p, uint64_t when)
{
	uint64_t now = uv_now(p->loop);
	uint64_t in = when > now ? when - now : 0;

	if (p->kicked || when == UINT64_MAX)
		return;
	if (!uv_is_active((uv_handle_t *)&p->timer) ||
	    uv_timer_get_due_in(&p->timer) > in)
		uv_timer_start(&p->timer, pool_tick, in, 0);
}

/* Writes about a process that ended. */
static void
pool_log_end(struct pool_worker *w, bool broken)
{
	struct pool *p = w->pool;

	if (w->state == POOL_WORKER_RETIRING || w->state == POOL_WORKER_ENDING)
		log_debug(p->set.log, "pool %s: worker %u ended: %s",
		    p->set.name, w->number, w->status);
	else if (broken)
		log_limited(p->set.log, &p->gone_limit, LOG_LVL_WARNING,
		    "pool %s: worker %u ended before its first finished "
		    "request: %s; the restart delay is %u ms",
		    p->set.name, w->number, w->status, p->delay);
	else
		log_limited(p->set.log, &p->gone_limit, LOG_LVL_WARNING,
		    "pool %s: worker %u ended: %s", p->set.name, w->number,
		    w->status);
}

/* Takes the worker off the list, tells the owner, and lets go of it. */
static void
pool_gone(struct pool_worker *w)
{
	struct pool *p = w->pool;
	bool broken;

	broken = pool_status_gone(w);
	if (w->state != POOL_WORKER_FAILED)
		pool_log_end(w, broken);
	DL_DELETE(p->workers, w);
	pool_kick(p);
	p->events->worker_gone(p->owner, w, span_str(w->status));
	pool_spawn_close(&w->proc);
}

/* Says in words how a process ended. */
static void
pool_describe(struct pool_worker *w, int64_t exit_status, int sig)
{
	const char *hint = "";

	if (exit_status == 127)
		hint = " (command not found)";
	else if (exit_status == 126)
		hint = " (command can't be executed)";
	if (sig)
		snprintf(w->status, sizeof(w->status), "signal %d (%s)", sig,
		    strsignal(sig));
	else
		snprintf(w->status, sizeof(w->status), "exit status %d%s",
		    (int)exit_status, hint);
}

/* A line of a worker's output. */
static void
pool_proc_line(void *owner, struct span line)
{
	struct pool_worker *w = owner;

	GW_MAGIC_CHECK(w, POOL_WORKER_MAGIC);
	w->pool->events->worker_text(w->pool->owner, w, line);
}

/* A worker's process has ended. */
static void
pool_proc_ended(void *owner, int64_t exit_status, int sig)
{
	struct pool_worker *w = owner;

	GW_MAGIC_CHECK(w, POOL_WORKER_MAGIC);
	w->pool->count_ended++;
	pool_describe(w, exit_status, sig);
	pool_gone(w);
}

/* A worker's memory may go. */
static void
pool_proc_closed(void *owner)
{
	struct pool_worker *w = owner;

	GW_MAGIC_CHECK(w, POOL_WORKER_MAGIC);
	w->magic = 0;
	free(w);
}

static const struct pool_proc_events pool_proc_events = {
	.line = pool_proc_line,
	.ended = pool_proc_ended,
	.closed = pool_proc_closed,
};

/* Notes that a worker could not be started. */
static void
pool_failed(struct pool_worker *w, const char *error)
{
	struct pool *p = w->pool;

	w->state = POOL_WORKER_FAILED;
	p->count_failed++;
	snprintf(w->status, sizeof(w->status), "can't be started: %s", error);
	log_limited(p->set.log, &p->failed_limit, LOG_LVL_ERROR,
	    "pool %s: worker %u %s (command \"%s\"%s%s)", p->set.name,
	    w->number, w->status, p->set.command,
	    p->set.directory ? " in " : "",
	    p->set.directory ? p->set.directory : "");
}

/* Starts one worker. */
static void
pool_add_worker(struct pool *p, bool replacing)
{
	struct pool_worker *w = mem_zalloc(sizeof(*w));
	const char *error;

	w->magic = POOL_WORKER_MAGIC;
	w->pool = p;
	w->state = POOL_WORKER_STARTING;
	w->replacing = replacing;
	w->number = ++p->last_number;
	w->generation = p->generation;
	w->started = w->idle_since = uv_now(p->loop);
	DL_APPEND(p->workers, w);
	if (pool_spawn_start(&w->proc, p->loop, &p->set, w->number,
		&pool_proc_events, w, &error) == -1) {
		pool_failed(w, error);
	} else {
		w->pid = w->proc.pid;
		p->count_started++;
		log_debug(p->set.log, "pool %s: worker %u started, pid %d",
		    p->set.name, w->number, w->pid);
	}
	pool_kick(p);
}

/* Tells the owner to give the worker no further request. */
static void
pool_retire(struct pool_worker *w)
{
	w->state = POOL_WORKER_RETIRING;
	w->pool->events->worker_retire(w->pool->owner, w);
}

/* Retires up to n workers of which match says true, idle ones first. */
static void
pool_retire_some(
    struct pool *p, unsigned n, bool (*match)(const struct pool_worker *))
{
	struct pool_worker *w;
	int busy;

	for (busy = 0; busy < 2; busy++) {
		DL_FOREACH (p->workers, w) {
			if (n == 0)
				return;
			if (w->state != POOL_WORKER_UP ||
			    w->busy != (busy == 1) || !match(w))
				continue;
			n--;
			pool_retire(w);
		}
	}
}

/* Makes common workers of replacing ones: those that have settled, or all. */
static void
pool_settle(struct pool *p, bool all)
{
	struct pool_worker *w;

	DL_FOREACH (p->workers, w)
		if (all || pool_status_settled(w))
			w->replacing = false;
}

/* Asks the policy and does what it says. */
static void
pool_obey(struct pool *p)
{
	struct pool_view view;
	struct pool_plan plan;
	unsigned i;

	pool_status_view(p, &view);
	plan = pool_policy_plan(&view);
	p->held = view.waiting > 0 && view.expired > 0;
	if (plan.settle > 0)
		pool_settle(p, plan.settle == view.replacing);
	pool_retire_some(p, plan.retire_outdated, pool_status_outdated);
	pool_retire_some(p, plan.retire_worn, pool_status_worn);
	pool_retire_some(p, plan.retire_expired, pool_status_expired);
	for (i = 0; i < plan.start + plan.replace; i++)
		pool_add_worker(p, i >= plan.start);
}

/* Tells the owner of workers that came up, and of those that never did. */
static void
pool_announce(struct pool *p)
{
	struct pool_worker *w, *next;

	DL_FOREACH_SAFE (p->workers, w, next) {
		if (w->state == POOL_WORKER_FAILED) {
			pool_gone(w);
		} else if (w->state == POOL_WORKER_STARTING && !p->stopping) {
			w->state = POOL_WORKER_UP;
			w->idle_since = uv_now(p->loop);
			p->events->worker_up(p->owner, w);
		}
	}
}

/* While stopping: has every worker end that is not busy. */
static void
pool_wind_down(struct pool *p)
{
	struct pool_worker *w;

	DL_FOREACH (p->workers, w) {
		if (w->state == POOL_WORKER_STARTING)
			w->state = POOL_WORKER_ENDING;
		else if (w->state == POOL_WORKER_UP)
			pool_retire(w);
	}
}

/* Sends KILL. */
static void
pool_kill(struct pool_worker *w)
{
	w->state = POOL_WORKER_ENDING;
	w->term_sent = w->kill_sent = true;
	w->pool->count_killed++;
	log_warning(w->pool->set.log,
	    "pool %s: worker %u did not end in time and is killed",
	    w->pool->set.name, w->number);
	pool_spawn_signal(&w->proc, SIGKILL);
}

/* Sends the signals that are due. */
static void
pool_signal_all(struct pool *p)
{
	bool out_of_time = p->stopping && uv_now(p->loop) >= p->stop_at;
	struct pool_worker *w;

	DL_FOREACH (p->workers, w) {
		if (w->state == POOL_WORKER_FAILED || w->kill_sent)
			continue;
		if (w->state == POOL_WORKER_RETIRING && !w->busy)
			w->state = POOL_WORKER_ENDING;
		if (out_of_time ||
		    (w->term_sent && uv_now(p->loop) >= w->kill_at)) {
			pool_kill(w);
		} else if (w->state == POOL_WORKER_ENDING && !w->term_sent) {
			w->term_sent = true;
			w->kill_at = uv_now(p->loop) + p->set.kill_grace;
			pool_spawn_signal(&w->proc, SIGTERM);
		}
	}
}

/* Counts the workers that requests can be given to. */
static void
pool_count_usable(struct pool *p)
{
	struct pool_view view;

	pool_status_view(p, &view);
	p->usable = view.usable;
}

/* Does what is due, and sets the timer for what comes next. */
static void
pool_tick(uv_timer_t *timer)
{
	struct pool *p = timer->data;

	GW_MAGIC_CHECK(p, POOL_MAGIC);
	p->kicked = false;
	pool_announce(p);
	if (p->stopping)
		pool_wind_down(p);
	else if (p->running)
		pool_obey(p);
	pool_signal_all(p);
	pool_count_usable(p);
	if (p->stopping && p->workers == NULL) {
		p->stopped = true;
		uv_timer_stop(&p->timer);
		p->events->stopped(p->owner);
		return;
	}
	pool_arm(p, pool_status_next(p));
}

struct pool *
pool_new(uv_loop_t *loop, const struct pool_settings *settings,
    const struct pool_events *events, void *owner)
{
	struct pool *p = mem_zalloc(sizeof(*p));

	p->magic = POOL_MAGIC;
	p->loop = loop;
	p->events = events;
	p->owner = owner;
	pool_settings_copy(&p->set, settings);
	uv_timer_init(loop, &p->timer);
	p->timer.data = p;
	return p;
}

void
pool_start(struct pool *p)
{
	GW_MAGIC_CHECK(p, POOL_MAGIC);
	gw_assert(!p->stopping);
	p->running = true;
	pool_kick(p);
}

void
pool_waiting(struct pool *p, unsigned requests)
{
	p->waiting = requests;
	if (!p->running || p->stopping)
		return;
	if (requests > 0
		? p->usable < p->set.max_workers && !pool_status_delayed(p)
		: p->held)
		pool_kick(p);
}

void
pool_worker_busy(struct pool_worker *w)
{
	GW_MAGIC_CHECK(w, POOL_WORKER_MAGIC);
	pool_status_busy(w);
}

void
pool_worker_free(struct pool_worker *w, bool ok)
{
	struct pool *p;
	unsigned delay;

	GW_MAGIC_CHECK(w, POOL_WORKER_MAGIC);
	p = w->pool;
	delay = p->delay;
	pool_status_free(w, ok);
	if (w->state != POOL_WORKER_UP || w->replacing || p->delay != delay ||
	    pool_status_worn(w))
		pool_kick(p);
	else if (p->usable > p->set.min_workers)
		pool_arm(p, w->idle_since + p->set.idle_timeout);
}

void
pool_worker_end(struct pool_worker *w)
{
	GW_MAGIC_CHECK(w, POOL_WORKER_MAGIC);
	if (w->state == POOL_WORKER_FAILED)
		return;
	w->state = POOL_WORKER_ENDING;
	pool_kick(w->pool);
}

const char *
pool_worker_address(const struct pool_worker *w)
{
	return w->proc.address;
}

int
pool_worker_pid(const struct pool_worker *w)
{
	return w->pid;
}

unsigned
pool_worker_number(const struct pool_worker *w)
{
	return w->number;
}

void
pool_worker_set_data(struct pool_worker *w, void *data)
{
	w->data = data;
}

void *
pool_worker_data(const struct pool_worker *w)
{
	return w->data;
}

void
pool_reload(struct pool *p, const struct pool_settings *settings)
{
	struct pool_settings old = p->set;

	GW_MAGIC_CHECK(p, POOL_MAGIC);
	pool_settings_copy(&p->set, settings);
	pool_settings_release(&old);
	p->generation++;
	p->worked = false;
	p->delay = 0;
	pool_kick(p);
}

void
pool_stop(struct pool *p, unsigned timeout)
{
	GW_MAGIC_CHECK(p, POOL_MAGIC);
	p->stopping = true;
	p->stop_at = uv_now(p->loop) + timeout;
	pool_kick(p);
}

/* The timer is closed: the pool's memory may go. */
static void
pool_timer_closed(uv_handle_t *handle)
{
	struct pool *p = handle->data;

	GW_MAGIC_CHECK(p, POOL_MAGIC);
	p->magic = 0;
	free(p);
}

void
pool_free(struct pool **pp)
{
	struct pool *p = *pp;

	if (p == NULL)
		return;
	GW_MAGIC_CHECK(p, POOL_MAGIC);
	gw_assert(p->workers == NULL);
	p->stopped = true;
	pool_settings_release(&p->set);
	uv_close((uv_handle_t *)&p->timer, pool_timer_closed);
	*pp = NULL;
}

void
pool_get_status(const struct pool *p, struct pool_status *out)
{
	GW_MAGIC_CHECK(p, POOL_MAGIC);
	pool_status_fill(p, out);
}
