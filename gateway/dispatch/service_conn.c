/*
 * service_conn: the places where requests run, one at a time.
 *
 * A place is a worker of our own, or one of the connections to an address
 * elsewhere.
 *
 *	a worker is up       -> a place, free
 *	a request is given   -> busy
 *	its answer ends      -> free, and the next request is looked for
 *	the worker is to go  -> retired: ends when it is free
 *
 * DIAGNOSTICS
 *	An address that fails is left out for the hold-down time, with a
 *	warning.
 */

/* system */
#include <stdlib.h>

#include <utlist.h>

/* base */
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* own */
#include "dispatch_priv.h"
#include "service.h"
#include "service_priv.h"

/* The list in which a place stands while it is free. */
static struct service_conn **
service_free_list(struct service_conn *c)
{
	return c->address ? &c->address->free : &c->s->free;
}

/* Takes a place out of the free ones. */
void
service_conn_take(struct service_conn *c)
{
	if (!c->is_free)
		return;
	DL_DELETE(*service_free_list(c), c);
	c->is_free = false;
	if (c->address && backend_conn_open(c->conn))
		c->address->idle_open--;
}

/* Frees a place that is not busy. */
void
service_conn_free(struct service_conn *c)
{
	gw_assert(c->req == NULL);
	service_conn_take(c);
	if (c->worker)
		pool_worker_set_data(c->worker, NULL);
	if (c->conn)
		backend_conn_free(&c->conn);
	c->magic = 0;
	free(c);
}

/* A place is free again, or of no more use. */
void
service_conn_give(struct service_conn *c)
{
	struct service_address *a = c->address;

	if (c->ended || c->retired || (a && a->gone)) {
		service_conn_free(c);
		return;
	}
	if (a && backend_conn_open(c->conn)) {
		if (a->idle_open >= c->s->set.keepalive)
			backend_conn_close(c->conn);
		else
			a->idle_open++;
	}
	c->is_free = true;
	DL_PREPEND(*service_free_list(c), c);
}

/* The peer closed a connection that was kept. */
static void
service_on_idle_closed(struct backend_conn *conn, void *owner)
{
	struct service_conn *c = owner;

	(void)conn;
	GW_MAGIC_CHECK(c, SERVICE_CONN_MAGIC);
	if (c->address && c->is_free)
		c->address->idle_open--;
}

static const struct backend_conn_events service_conn_events = {
	.idle_closed = service_on_idle_closed,
};

/* A new place. NULL with *error_r when the address makes no sense. */
struct service_conn *
service_conn_new(
    struct service *s, const char *address, bool own, const char **error_r)
{
	struct service_conn *c = mem_zalloc(sizeof(*c));
	struct backend_settings set = { .address = address,
		.keep_alive = own || s->set.keepalive > 0,
		.check_reuse = !own,
		.headers = s->set.headers,
		.max_line = s->set.max_line,
		.log = s->d->log };

	c->magic = SERVICE_CONN_MAGIC;
	c->s = s;
	c->conn = backend_conn_new(
	    s->d->loop, &backend_fcgi, &set, &service_conn_events, c, error_r);
	if (c->conn == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

/* An address has failed: it is left out for a while. */
void
service_conn_hold_down(
    struct service *s, struct service_address *a, struct span why)
{
	uint64_t now = uv_now(s->d->loop);

	if (a->down_until == 0)
		log_warning(s->d->log, "pool %s: %s: %.*s; left out for %u ms",
		    s->set.name, a->name, SPAN_FMT(why), s->set.hold_down);
	a->down_until = now + s->set.hold_down;
}

/* The address with the fewest requests in flight that has room; NULL: none.
 * *down_r says how many are held down. */
struct service_address *
service_conn_pick_address(struct service *s, unsigned *down_r)
{
	struct service_address *best = NULL;
	uint64_t now = uv_now(s->d->loop);
	unsigned i;

	*down_r = 0;
	for (i = 0; i < s->n_addresses; i++) {
		struct service_address *a = &s->addresses[i];

		if (a->gone)
			continue;
		if (a->down_until > now) {
			++*down_r;
			continue;
		}
		if (a->busy < s->set.connections &&
		    (best == NULL || a->busy < best->busy))
			best = a;
	}
	return best;
}

/* A free place, made if need be; NULL: there is none now. */
struct service_conn *
service_conn_pick(struct service *s)
{
	struct service_address *a;
	struct service_conn *c;
	const char *error;
	unsigned down;

	if (s->pool)
		return s->free;
	a = service_conn_pick_address(s, &down);
	if (a == NULL)
		return NULL;
	if (a->free)
		return a->free;
	c = service_conn_new(s, a->name, false, &error);
	gw_assert(c != NULL); /* the address was checked */
	c->address = a;
	c->is_free = true;
	DL_PREPEND(a->free, c);
	return c;
}
