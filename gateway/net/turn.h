/*
 * turn: what is done once at the end of a turn of the event loop.
 *
 * Whoever has output to write queues an entry instead of writing at once; all
 * that came together during the turn then goes out with one system call.
 */
#ifndef SIOGATE_TURN_H
#define SIOGATE_TURN_H

#include <stdbool.h>

#include <uv.h>

/* One thing to do; embed it in the object. All zero while not queued. */
struct turn_entry {
	struct turn_entry *prev, *next;
	void (*fn)(struct turn_entry *e);
};

struct turn;

/* A new queue, served before each time that the loop waits. */
struct turn *turn_new(uv_loop_t *loop);

/* Frees it (its handle's memory when the loop says so), leaves *t NULL.
 * Entries that are still queued are forgotten. */
void turn_free(struct turn **t);

/* Queues the entry; fn is called once. Nothing happens when it is queued. */
void turn_add(
    struct turn *t, struct turn_entry *e, void (*fn)(struct turn_entry *e));

/* Takes the entry out; it need not be queued. */
void turn_remove(struct turn_entry *e);

/* Serves the queue now. */
void turn_run(struct turn *t);

#endif
