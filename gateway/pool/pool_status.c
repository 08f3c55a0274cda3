/*
 * pool_status: the pool's books.
 *
 * A worker that ends before its first finished request is broken, not unlucky:
 * the restart delay is set, doubled by each that follows, and reset by one good
 * request. Workers that were started before the delay was last raised do not
 * raise it again: they are of the same wave. Once the pool has worked, a worker
 * that ends during a request does not double the delay, so that a client that
 * can crash a worker can't hold up all others.
 *
 * DIAGNOSTICS
 *	Panic: a worker that is given a second request, or frees one it has not.
 */

/* system */
#include <string.h>

/* base */
#include "gw_assert.h"

/* lower layer */
#include <utlist.h>

/* own */
#include "pool_priv.h"
#include "pool_status.h"

/* The loop's time. */
static uint64_t
status_now(const struct pool *p)
{
	return uv_now(p->loop);
}

/* True while the worker is given requests, now or soon. */
static bool
status_usable(const struct pool_worker *w)
{
	return w->state == POOL_WORKER_STARTING || w->state == POOL_WORKER_UP;
}

void
pool_status_busy(struct pool_worker *w)
{
	gw_assert(!w->busy);
	w->busy = true;
}

void
pool_status_free(struct pool_worker *w, bool ok)
{
	struct pool *p = w->pool;

	gw_assert(w->busy);
	w->busy = false;
	w->idle_since = status_now(p);
	w->requests++;
	if (!ok)
		return;
	w->finished++;
	if (pool_status_outdated(w))
		return;
	p->worked = true;
	p->delay = 0;
}

bool
pool_status_gone(struct pool_worker *w)
{
	struct pool *p = w->pool;
	bool in_request = w->busy || w->requests > 0;

	if (w->state == POOL_WORKER_RETIRING || w->state == POOL_WORKER_ENDING)
		return false;
	if (w->finished > 0 || pool_status_outdated(w))
		return false;
	if (p->delay > 0 && w->started <= p->delay_since)
		return true;
	p->delay = pool_policy_delay(p->delay, p->set.restart_delay,
	    p->set.restart_delay_max, !(p->worked && in_request));
	p->delay_since = status_now(p);
	return true;
}

bool
pool_status_delayed(const struct pool *p)
{
	return p->delay > 0 && status_now(p) < p->delay_since + p->delay;
}

bool
pool_status_expired(const struct pool_worker *w)
{
	return w->state == POOL_WORKER_UP && !w->busy &&
	       status_now(w->pool) >= w->idle_since + w->pool->set.idle_timeout;
}

bool
pool_status_worn(const struct pool_worker *w)
{
	unsigned max = w->pool->set.max_requests;

	return max > 0 && w->requests >= max;
}

bool
pool_status_outdated(const struct pool_worker *w)
{
	return w->generation != w->pool->generation;
}

bool
pool_status_settled(const struct pool_worker *w)
{
	return w->state == POOL_WORKER_UP &&
	       (w->finished > 0 || status_now(w->pool) >=
				       w->started + w->pool->set.restart_delay);
}

/* Counts one worker. */
static void
status_count(const struct pool_worker *w, struct pool_view *view)
{
	view->alive += w->state != POOL_WORKER_FAILED;
	if (!status_usable(w))
		return;
	view->usable++;
	view->starting += w->state == POOL_WORKER_STARTING;
	view->replacing += w->replacing;
	view->settled += w->replacing && pool_status_settled(w);
	if (pool_status_outdated(w))
		view->outdated++;
	else if (pool_status_worn(w))
		view->worn++;
	view->expired += pool_status_expired(w);
}

void
pool_status_view(const struct pool *p, struct pool_view *view_r)
{
	const struct pool_worker *w;

	memset(view_r, 0, sizeof(*view_r));
	view_r->min = p->set.min_workers;
	view_r->max = p->set.max_workers;
	view_r->waiting = p->waiting;
	view_r->delayed = pool_status_delayed(p);
	DL_FOREACH (p->workers, w)
		status_count(w, view_r);
}

/* When something is due for one worker. */
static uint64_t
status_due(const struct pool *p, const struct pool_worker *w)
{
	uint64_t due = UINT64_MAX;

	if (w->term_sent && !w->kill_sent)
		return w->kill_at;
	if (w->state != POOL_WORKER_UP)
		return due;
	if (w->replacing && !pool_status_settled(w))
		due = w->started + p->set.restart_delay;
	else if (!w->busy && p->usable > p->set.min_workers &&
		 !pool_status_expired(w))
		due = w->idle_since + p->set.idle_timeout;
	return due;
}

uint64_t
pool_status_next(const struct pool *p)
{
	const struct pool_worker *w;
	uint64_t next = UINT64_MAX;

	if (p->stopping && status_now(p) < p->stop_at)
		next = p->stop_at;
	else if (!p->stopping && pool_status_delayed(p))
		next = p->delay_since + p->delay;
	DL_FOREACH (p->workers, w) {
		uint64_t due = status_due(p, w);

		if (due < next)
			next = due;
	}
	return next;
}

void
pool_status_fill(const struct pool *p, struct pool_status *out)
{
	const struct pool_worker *w;

	*out = (struct pool_status){ .generation = p->generation,
		.started = p->count_started,
		.ended = p->count_ended,
		.failed = p->count_failed,
		.killed = p->count_killed,
		.restart_delay = p->delay };
	DL_FOREACH (p->workers, w) {
		if (w->state == POOL_WORKER_STARTING)
			out->starting++;
		else if (w->state == POOL_WORKER_UP && w->busy)
			out->busy++;
		else if (w->state == POOL_WORKER_UP)
			out->idle++;
		else if (w->state != POOL_WORKER_FAILED)
			out->retiring++;
	}
}
