/*
 * pool_status: the pool's books.
 *
 * What workers did, what that says about them, and the counts that the policy
 * and the figures are made of. Nothing here starts, ends or calls anything.
 */
#ifndef SIOGATE_POOL_STATUS_H
#define SIOGATE_POOL_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "pool_policy.h"

struct pool;
struct pool_status;
struct pool_worker;

/* A request was given to the worker. */
void pool_status_busy(struct pool_worker *w);

/* A request of the worker ended. A good end resets the restart delay, unless it
 * comes from an earlier generation. */
void pool_status_free(struct pool_worker *w, bool ok);

/* The worker's process ended, or did not start. True when that counts as
 * broken; the restart delay was then set or raised. */
bool pool_status_gone(struct pool_worker *w);

/* True while workers must not be started. */
bool pool_status_delayed(const struct pool *p);

/* True when the worker has had nothing to do for the idle time-out. */
bool pool_status_expired(const struct pool_worker *w);

/* True when the worker has had all the requests it should. */
bool pool_status_worn(const struct pool_worker *w);

/* True when the worker is of an earlier generation. */
bool pool_status_outdated(const struct pool_worker *w);

/* True when a worker has shown that it lives: it finished a request, or it has
 * run for the first restart delay. */
bool pool_status_settled(const struct pool_worker *w);

/* Fills the policy's view. */
void pool_status_view(const struct pool *p, struct pool_view *view_r);

/* When the next of the pool's times is up: UINT64_MAX for none. */
uint64_t pool_status_next(const struct pool *p);

/* Fills the figures. */
void pool_status_fill(const struct pool *p, struct pool_status *out);

#endif
