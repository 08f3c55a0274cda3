/*
 * deadline: time-outs that all have the same length.
 *
 * Because the period is one for the whole queue, the entry that was started
 * first is due first: a list and one timer serve any number of entries, and
 * starting and stopping one costs a few pointers.
 */
#ifndef SIOGATE_DEADLINE_H
#define SIOGATE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

/* One time-out; all zero while it is not running. Embed it in the object. */
struct deadline {
	struct deadline *prev, *next; /* NULL while not running */
	uint64_t due;                 /* ms, loop time */
};

struct deadline_queue;

/* A new queue. fn is called, from the loop, with each entry that is due; the
 * entry is not running any more then. A period of 0 means that nothing ever
 * becomes due. */
struct deadline_queue *deadline_queue_new(uv_loop_t *loop, unsigned period,
    void (*fn)(struct deadline *d, void *owner), void *owner);

/* Closes the timer and frees the queue (the timer's memory when the loop says
 * so); leaves *q NULL. Entries that still run are forgotten. */
void deadline_queue_free(struct deadline_queue **q);

/* Changes the period for entries that are started from now on; those already
 * running keep their time, at most one old period is waited longer. */
void deadline_queue_set_period(struct deadline_queue *q, unsigned period);

/* Starts the entry, or starts it again from now. */
void deadline_start(struct deadline_queue *q, struct deadline *d);

/* Stops the entry; it need not be running. */
void deadline_stop(struct deadline_queue *q, struct deadline *d);

/* True while it runs. */
static inline bool
deadline_running(const struct deadline *d)
{
	return d->next != NULL;
}

#endif
