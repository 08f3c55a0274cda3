/*
 * disconnects: a queue behind a token bucket.
 *
 * The bucket holds what may go in a tenth of a second, and is filled by a timer
 * that runs only while something waits.
 *
 * DIAGNOSTICS
 *	Events that find the queue full are counted, with a warning.
 */

/* system */
#include <stdlib.h>

#include <utlist.h>

/* base */
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* own */
#include "disconnects.h"
#include "dispatch_priv.h"
#include "request.h"
#include "service.h"

enum { DISCONNECTS_PERIOD = 20 /* ms */ };

struct disconnects {
	uv_timer_t timer; /* first, so that it can be freed as the queue */
	struct dispatch *d;
	struct request *waiting;
	double tokens;
	uint64_t filled; /* loop time, ms */
	struct log_limit limit;
};

/* Adds the tokens of the time that has passed. */
static void
disconnects_fill(struct disconnects *q)
{
	uint64_t now = uv_now(q->d->loop);
	double rate = q->d->set.disconnect_rate;
	double most = rate / 10 > 1 ? rate / 10 : 1;

	q->tokens += rate * (double)(now - q->filled) / 1000;
	if (q->tokens > most)
		q->tokens = most;
	q->filled = now;
}

/* Sends one. */
static void
disconnects_send(struct disconnects *q, struct request *req)
{
	q->tokens -= 1;
	dispatch_submit(req);
}

/* Sends what may go. */
static void
disconnects_on_timer(uv_timer_t *timer)
{
	struct disconnects *q = timer->data;

	disconnects_fill(q);
	while (q->waiting && q->tokens >= 1) {
		struct request *req = q->waiting;

		DL_DELETE(q->waiting, req);
		req->prev = req->next = NULL;
		q->d->stats.disconnects_waiting--;
		disconnects_send(q, req);
	}
	if (q->waiting == NULL)
		uv_timer_stop(timer);
}

struct disconnects *
disconnects_new(struct dispatch *d)
{
	struct disconnects *q = mem_zalloc(sizeof(*q));

	gw_assert(uv_timer_init(d->loop, &q->timer) == 0);
	q->timer.data = q;
	q->d = d;
	return q;
}

/* The loop has let go of the timer. */
static void
disconnects_on_close(uv_handle_t *handle)
{
	free(handle);
}

void
disconnects_free(struct disconnects **qp)
{
	struct disconnects *q = *qp;
	struct request *req, *next;

	DL_FOREACH_SAFE (q->waiting, req, next) {
		DL_DELETE(q->waiting, req);
		request_free(&req);
	}
	uv_close((uv_handle_t *)&q->timer, disconnects_on_close);
	*qp = NULL;
}

void
disconnects_push(struct disconnects *q, struct request *req)
{
	struct dispatch *d = q->d;

	disconnects_fill(q);
	if (q->waiting == NULL && q->tokens >= 1) {
		disconnects_send(q, req);
		return;
	}
	if (d->stats.disconnects_waiting >= d->set.disconnect_queue) {
		d->stats.disconnects_dropped++;
		log_limited(d->log, &q->limit, LOG_LVL_WARNING,
		    "too many disconnect events wait; one was not sent");
		request_free(&req);
		return;
	}
	DL_APPEND(q->waiting, req);
	d->stats.disconnects_waiting++;
	if (!uv_is_active((uv_handle_t *)&q->timer))
		uv_timer_start(&q->timer, disconnects_on_timer,
		    DISCONNECTS_PERIOD, DISCONNECTS_PERIOD);
}
