/*
 * turn: a list that a prepare handle empties before the loop waits.
 *
 * Entries added while the list is being served are served in the same turn.
 */

/* system */
#include <stdlib.h>

/* base */
#include "gw_assert.h"
#include "mem.h"

/* own */
#include "turn.h"

struct turn {
	uv_prepare_t prepare; /* first, so that it can be freed as the queue */
	struct turn_entry head;
};

void
turn_run(struct turn *t)
{
	while (t->head.next != &t->head) {
		struct turn_entry *e = t->head.next;

		turn_remove(e);
		e->fn(e);
	}
}

/* The loop is about to wait. */
static void
turn_on_prepare(uv_prepare_t *prepare)
{
	turn_run(prepare->data);
}

struct turn *
turn_new(uv_loop_t *loop)
{
	struct turn *t = mem_zalloc(sizeof(*t));

	gw_assert(uv_prepare_init(loop, &t->prepare) == 0);
	t->prepare.data = t;
	t->head.prev = t->head.next = &t->head;
	uv_prepare_start(&t->prepare, turn_on_prepare);
	uv_unref((uv_handle_t *)&t->prepare);
	return t;
}

/* The loop has let go of the handle. */
static void
turn_on_close(uv_handle_t *handle)
{
	free(handle);
}

void
turn_free(struct turn **tp)
{
	struct turn *t = *tp;

	if (t == NULL)
		return;
	while (t->head.next != &t->head)
		turn_remove(t->head.next);
	uv_close((uv_handle_t *)&t->prepare, turn_on_close);
	*tp = NULL;
}

void
turn_add(struct turn *t, struct turn_entry *e, void (*fn)(struct turn_entry *e))
{
	if (e->next)
		return;
	e->fn = fn;
	e->prev = t->head.prev;
	e->next = &t->head;
	t->head.prev->next = e;
	t->head.prev = e;
}

void
turn_remove(struct turn_entry *e)
{
	if (e->next == NULL)
		return;
	e->prev->next = e->next;
	e->next->prev = e->prev;
	e->prev = e->next = NULL;
}
