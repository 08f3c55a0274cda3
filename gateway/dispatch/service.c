/*
 * service: a configured pool as the dispatcher sees it.
 *
 * What the pool says of its workers becomes places (service_conn.c); requests
 * are the business of service_run.c.
 *
 * DIAGNOSTICS
 *	A worker that ends over a request is logged as a warning.
 */

/* system */
#include <stdlib.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* wire */
#include "fcgi.h"

/* net */
#include "deadline.h"

/* own */
#include "dispatch_priv.h"
#include "request.h"
#include "service.h"
#include "service_priv.h"
#include "service_settings.h"

enum { SERVICE_LAST_WORDS = 50 /* ms between an abort and the close */ };

const double service_bucket_bounds[SERVICE_BUCKETS] = { 0.0005, 0.001, 0.0025,
	0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10 };

const char *
service_result_name(enum service_result r)
{
	static const char *const names[SERVICE_RESULTS] = {
		[SERVICE_OK] = "ok",
		[SERVICE_STATUS] = "status",
		[SERVICE_DIED] = "died",
		[SERVICE_GARBAGE] = "garbage",
		[SERVICE_TIMEOUT] = "timeout",
		[SERVICE_UNAVAILABLE] = "unavailable",
		[SERVICE_ABORTED] = "aborted",
	};

	return names[r];
}

/*
 * Workers of our own.
 */

/* A worker can be connected to. */
static void
service_on_worker_up(void *owner, struct pool_worker *w)
{
	struct service *s = owner;
	const char *error;
	struct service_conn *c =
	    service_conn_new(s, pool_worker_address(w), true, &error);

	gw_assert(c != NULL);
	c->worker = w;
	pool_worker_set_data(w, c);
	service_conn_give(c);
	service_pump(s);
}

/* A worker gets no more requests. */
static void
service_on_worker_retire(void *owner, struct pool_worker *w)
{
	struct service_conn *c = pool_worker_data(w);

	(void)owner;
	if (c == NULL)
		return;
	c->retired = true;
	if (c->req == NULL)
		service_conn_free(c);
}

/* A worker is gone; what ran on it ends by itself, with the connection. */
static void
service_on_worker_gone(void *owner, struct pool_worker *w, struct span status)
{
	struct service *s = owner;
	struct service_conn *c = pool_worker_data(w);

	log_write(s->d->log, c && c->req ? LOG_LVL_WARNING : LOG_LVL_DEBUG,
	    "pool %s: worker %d: %.*s", s->set.name, pool_worker_pid(w),
	    SPAN_FMT(status));
	if (c == NULL)
		return;
	c->ended = true;
	pool_worker_set_data(w, NULL);
	c->worker = NULL;
	if (c->req == NULL) {
		service_conn_free(c);
		return;
	}
	/* the last of its answer may still be in the socket: let it be read */
}

/* A line that a worker wrote to its standard error or output. */
static void
service_on_worker_text(void *owner, struct pool_worker *w, struct span line)
{
	struct service *s = owner;

	log_limited(s->d->log, &s->d->stderr_limit, LOG_LVL_WARNING,
	    "pool %s: worker %d says: %.*s", s->set.name, pool_worker_pid(w),
	    SPAN_FMT(line));
}

/* The last worker is gone. */
static void
service_on_stopped(void *owner)
{
	struct service *s = owner;

	dispatch_service_stopped(s->d);
}

static const struct pool_events service_pool_events = {
	.worker_up = service_on_worker_up,
	.worker_retire = service_on_worker_retire,
	.worker_gone = service_on_worker_gone,
	.worker_text = service_on_worker_text,
	.stopped = service_on_stopped,
};

/*
 * The service.
 */

/* Makes the meta-variables that are the same for all requests. */
static void
service_make_params(struct service *s)
{
	const struct service_settings *set = &s->set;
	struct buf *b = &s->params;

	buf_clear(b);
	fcgi_add_pair(b, SPAN("GATEWAY_INTERFACE"), SPAN("CGI/1.1"));
	fcgi_add_pair(b, SPAN("SERVER_SOFTWARE"), span_str(s->d->set.software));
	fcgi_add_pair(b, SPAN("REQUEST_METHOD"), SPAN("POST"));
	fcgi_add_pair(b, SPAN("CONTENT_TYPE"), SPAN("application/x-ndjson"));
	if (set->script_filename)
		fcgi_add_pair(
		    b, SPAN("SCRIPT_FILENAME"), span_str(set->script_filename));
	if (set->script_name)
		fcgi_add_pair(
		    b, SPAN("SCRIPT_NAME"), span_str(set->script_name));
	if (set->document_root)
		fcgi_add_pair(
		    b, SPAN("DOCUMENT_ROOT"), span_str(set->document_root));
}

/* Adds an address; 0, or -1 with *error_r. */
static int
service_add_address(struct service *s, const char *name, const char **error_r)
{
	struct service_conn *probe = service_conn_new(s, name, false, error_r);

	if (probe == NULL)
		return -1;
	backend_conn_free(&probe->conn);
	free(probe);
	s->addresses[s->n_addresses++].name = name;
	return 0;
}

struct service *
service_new(struct dispatch *d, const struct service_settings *settings,
    const char **error_r)
{
	struct service *s = mem_zalloc(sizeof(*s));
	unsigned n = 0;

	s->magic = SERVICE_MAGIC;
	s->d = d;
	service_settings_copy(&s->set, settings);
	service_make_params(s);
	while (!s->set.command && s->set.addresses[n])
		n++;
	s->addresses = mem_zalloc(n * sizeof(*s->addresses));
	while (s->n_addresses < n) {
		if (service_add_address(
			s, s->set.addresses[s->n_addresses], error_r) == -1) {
			service_settings_release(&s->set);
			buf_release(&s->params);
			free(s->addresses);
			free(s);
			return NULL;
		}
	}
	s->timeouts =
	    deadline_queue_new(d->loop, s->set.timeout, service_on_timeout, s);
	s->job_timeouts = deadline_queue_new(
	    d->loop, s->set.job_timeout, service_on_timeout, s);
	s->last_words = deadline_queue_new(
	    d->loop, SERVICE_LAST_WORDS, service_on_grace, s);
	s->graces = deadline_queue_new(
	    d->loop, d->set.abort_grace, service_on_grace, s);
	if (s->set.command)
		s->pool =
		    pool_new(d->loop, &s->set.pool, &service_pool_events, s);
	s->next = d->services;
	d->services = s;
	return s;
}

void
service_start(struct service *s)
{
	if (s->pool)
		pool_start(s->pool);
}

int
service_reload(struct service *s, const struct service_settings *settings)
{
	struct service_settings old = s->set;

	if ((settings->command == NULL) != (s->pool == NULL))
		return -1;
	service_settings_copy(&s->set, settings);
	if (s->pool) {
		pool_reload(s->pool, &s->set.pool);
	} else if (!service_settings_same_addresses(&old, settings)) {
		log_warning(s->d->log,
		    "pool %s: other addresses need a restart", s->set.name);
		service_settings_swap_addresses(&s->set, &old);
	} else {
		service_settings_swap_addresses(&s->set, &old);
	}
	service_settings_release(&old);
	service_make_params(s);
	deadline_queue_set_period(s->timeouts, s->set.timeout);
	deadline_queue_set_period(s->job_timeouts, s->set.job_timeout);
	service_pump(s);
	return 0;
}

void
service_stop(struct service *s, unsigned timeout)
{
	struct request *req;

	s->stopped = true;
	while ((req = s->queue ? s->queue : s->job_queue) != NULL) {
		service_unqueue(s, req);
		service_report(s, req, SERVICE_UNAVAILABLE,
		    SPAN("the gateway is stopping"));
	}
	if (s->pool)
		pool_stop(s->pool, timeout);
	else
		dispatch_service_stopped(s->d);
}

void
service_free(struct service **sp)
{
	struct service *s = *sp;
	unsigned i;

	*sp = NULL;
	for (i = 0; i < s->n_addresses; i++)
		while (s->addresses[i].free)
			service_conn_free(s->addresses[i].free);
	while (s->free)
		service_conn_free(s->free);
	if (s->pool)
		pool_free(&s->pool);
	deadline_queue_free(&s->timeouts);
	deadline_queue_free(&s->job_timeouts);
	deadline_queue_free(&s->graces);
	deadline_queue_free(&s->last_words);
	buf_release(&s->params);
	free(s->addresses);
	service_settings_release(&s->set);
	s->magic = 0;
	free(s);
}

const char *
service_name(const struct service *s)
{
	return s->set.name;
}

const struct service_settings *
service_get_settings(const struct service *s)
{
	return &s->set;
}

struct service *
service_next(const struct service *s)
{
	return s->next;
}

void
service_count_bad_line(struct service *s)
{
	s->stats.bad_lines++;
}

void
service_get_stats(const struct service *s, struct service_stats *out)
{
	*out = s->stats;
	out->queued = s->n_queue + s->n_job_queue;
	out->running = s->running;
	out->jobs_running = s->jobs_running;
	if (s->pool)
		pool_get_status(s->pool, &out->pool);
	else
		service_conn_pick_address(
		    (struct service *)(uintptr_t)s, &out->addresses_down);
}
