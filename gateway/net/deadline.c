/*
 * deadline: a list in the order of due times and one timer for its head.
 *
 * The timer is set for the head when the queue was empty, and again each time
 * it fires; stopping the head leaves it as it is, so it may fire too early,
 * which costs one look at the list.
 */

/* system */
#include <stdlib.h>

/* base */
#include "gw_assert.h"
#include "mem.h"

/* own */
#include "deadline.h"

struct deadline_queue {
	uv_timer_t timer; /* first, so that it can be freed as the queue */
	struct deadline head;
	unsigned period;
	void (*fn)(struct deadline *, void *);
	void *owner;
};

/* Takes an entry out of its list. */
static void
deadline_unlink(struct deadline *d)
{
	d->prev->next = d->next;
	d->next->prev = d->prev;
	d->prev = d->next = NULL;
}

/* Reports what is due and sets the timer for what comes next. */
static void
deadline_on_timer(uv_timer_t *timer)
{
	struct deadline_queue *q = timer->data;
	uint64_t now = uv_now(timer->loop);

	while (q->head.next != &q->head && q->head.next->due <= now) {
		struct deadline *d = q->head.next;

		deadline_unlink(d);
		q->fn(d, q->owner);
	}
	if (q->head.next != &q->head)
		uv_timer_start(
		    timer, deadline_on_timer, q->head.next->due - now, 0);
}

struct deadline_queue *
deadline_queue_new(uv_loop_t *loop, unsigned period,
    void (*fn)(struct deadline *d, void *owner), void *owner)
{
	struct deadline_queue *q = mem_zalloc(sizeof(*q));

	gw_assert(uv_timer_init(loop, &q->timer) == 0);
	q->timer.data = q;
	q->head.prev = q->head.next = &q->head;
	q->period = period;
	q->fn = fn;
	q->owner = owner;
	return q;
}

/* The loop has let go of the timer. */
static void
deadline_on_close(uv_handle_t *handle)
{
	free(handle);
}

void
deadline_queue_free(struct deadline_queue **qp)
{
	struct deadline_queue *q = *qp;

	if (q == NULL)
		return;
	while (q->head.next != &q->head)
		deadline_unlink(q->head.next);
	uv_close((uv_handle_t *)&q->timer, deadline_on_close);
	*qp = NULL;
}

void
deadline_queue_set_period(struct deadline_queue *q, unsigned period)
{
	q->period = period;
}

void
deadline_start(struct deadline_queue *q, struct deadline *d)
{
	if (d->next)
		deadline_unlink(d);
	if (q->period == 0)
		return;
	d->due = uv_now(q->timer.loop) + q->period;
	/* a shorter period was set: keep the list sorted */
	if (q->head.prev != &q->head && q->head.prev->due > d->due)
		d->due = q->head.prev->due;
	d->prev = q->head.prev;
	d->next = &q->head;
	q->head.prev->next = d;
	q->head.prev = d;
	if (!uv_is_active((uv_handle_t *)&q->timer))
		uv_timer_start(&q->timer, deadline_on_timer, q->period, 0);
}

void
deadline_stop(struct deadline_queue *q, struct deadline *d)
{
	(void)q;
	if (d->next)
		deadline_unlink(d);
}
