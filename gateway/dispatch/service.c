/*
 * service: a configured pool as the dispatcher sees it.
 *
 * A place (struct service_conn) is where one request at a time can run: a
 * worker of our own, or one of the connections to an address elsewhere.
 *
 *	a worker is up       -> a place, free
 *	a request is given   -> busy
 *	its answer ends      -> free, and the next request is looked for
 *	the worker is to go  -> retired: ends when it is free
 *
 * DIAGNOSTICS
 *	An address that fails is left out for the hold-down time, with a
 *	warning. So is said of a worker that ends over a request.
 */

/* system */
#include <stdlib.h>

#include <utlist.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* wire */
#include "fcgi.h"

/* net */
#include "deadline.h"

/* socket */
#include "nsocket.h"
#include "vsocket.h"

/* own */
#include "dispatch_priv.h"
#include "request.h"
#include "service.h"
#include "service_settings.h"

enum {
	SERVICE_MAGIC = 0x73657276,
	SERVICE_CONN_MAGIC = 0x73766363,
	SERVICE_LAST_WORDS = 50 /* ms between an abort and the close */
};

struct service_address {
	const char *name;          /* of the settings */
	unsigned busy;             /* requests in flight */
	unsigned idle_open;        /* connections that are open and free */
	uint64_t down_until;       /* loop time, ms; 0: it is up */
	struct service_conn *free; /* places, list */
	bool gone;                 /* no longer in the settings */
};

/* A place. */
struct service_conn {
	unsigned magic;
	struct service *s;
	struct backend_conn *conn;
	struct pool_worker *worker;       /* of our own; NULL for an address */
	struct service_address *address;  /* NULL for a worker of our own */
	struct request *req;              /* while busy */
	struct service_conn *prev, *next; /* in a list of free places */
	bool is_free;
	bool retired;
	bool ended; /* its worker was told to end, or the address is gone */
};

struct service {
	unsigned magic;
	struct dispatch *d;
	struct service_settings set; /* owned, see service_settings.h */
	struct pool *pool;           /* NULL: addresses */
	struct service_address *addresses;
	unsigned n_addresses;
	struct service_conn *free; /* places of workers of our own; the one used
				    * last comes first */
	struct request *queue, *job_queue;
	unsigned n_queue, n_job_queue;
	unsigned running, jobs_running;
	struct deadline_queue *timeouts, *job_timeouts, *graces, *last_words;
	struct buf params; /* meta-variables that are the same for all */
	struct service *next;
	bool stopped;
	bool pumping; /* inside service_pump */
	struct service_stats stats;
};

const double service_bucket_bounds[SERVICE_BUCKETS] = { 0.0005, 0.001, 0.0025,
	0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10 };

static void service_pump(struct service *s);

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
 * Requests that come and go.
 */

/* Lets go of a client that a full queue held back. */
static void
service_release_hold(struct request *req)
{
	if (!req->holds)
		return;
	req->holds = false;
	nsocket_hold(req->n, false);
}

/* Sets the request's time-out. */
static void
service_set_deadline(struct request *req, struct deadline_queue *q)
{
	if (req->deadlines)
		deadline_stop(req->deadlines, &req->deadline);
	req->deadlines = q;
	if (q)
		deadline_start(q, &req->deadline);
}

/* Takes a request out of its queue. */
static void
service_unqueue(struct service *s, struct request *req)
{
	if (req->type == REQUEST_JOB) {
		DL_DELETE(s->job_queue, req);
		s->n_job_queue--;
	} else {
		DL_DELETE(s->queue, req);
		s->n_queue--;
	}
	req->prev = req->next = NULL;
	service_release_hold(req);
	service_set_deadline(req, NULL);
}

/* Reports a request's end. */
static void
service_report(struct service *s, struct request *req,
    enum service_result result, struct span detail)
{
	s->stats.results[result]++;
	dispatch_request_ended(req, result, detail);
}

/* Puts a request where it waits for a free worker; first: before all others. */
static void
service_enqueue(struct service *s, struct request *req, bool first)
{
	bool full = s->n_queue + s->n_job_queue >= s->set.queue;

	req->state = REQUEST_QUEUED;
	if (req->type == REQUEST_JOB) {
		DL_APPEND(s->job_queue, req);
		s->n_job_queue++;
	} else if (first) {
		DL_PREPEND(s->queue, req);
		s->n_queue++;
	} else {
		DL_APPEND(s->queue, req);
		s->n_queue++;
	}
	if (full && req->n && req->n->vs) {
		req->holds = true;
		nsocket_hold(req->n, true);
	}
	if (req->type != REQUEST_JOB)
		service_set_deadline(req, s->timeouts);
}

void
service_submit(struct service *s, struct request *req)
{
	req->service = s;
	service_enqueue(s, req, false);
	service_pump(s);
}

/*
 * Places.
 */

/* The list in which a place stands while it is free. */
static struct service_conn **
service_free_list(struct service_conn *c)
{
	return c->address ? &c->address->free : &c->s->free;
}

/* Takes a place out of the free ones. */
static void
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
static void
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
static void
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
static struct service_conn *
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

/*
 * A request runs.
 */

/* A line of the answer. */
static void
service_on_line(struct backend_request *br, struct span line)
{
	struct request *req = br->owner;

	GW_MAGIC_CHECK(req, REQUEST_MAGIC);
	if (req->aborted || req->failed)
		return;
	dispatch_on_line(req, line);
}

/* A piece of standard error. */
static void
service_on_error_text(struct backend_request *br, struct span text)
{
	struct request *req = br->owner;

	GW_MAGIC_CHECK(req, REQUEST_MAGIC);
	dispatch_on_error_text(req, text);
}

/* Adds the time that a request took to the histogram. */
static void
service_observe(struct service *s, const struct request *req)
{
	double seconds = (double)(uv_hrtime() - req->started) / 1e9;
	unsigned i;

	for (i = 0; i < SERVICE_BUCKETS; i++)
		if (seconds <= service_bucket_bounds[i])
			break;
	s->stats.buckets[i]++;
	s->stats.seconds += seconds;
}

/* An address has failed: it is left out for a while. */
static void
service_hold_down(struct service *s, struct service_address *a, struct span why)
{
	uint64_t now = uv_now(s->d->loop);

	if (a->down_until == 0)
		log_warning(s->d->log, "pool %s: %s: %.*s; left out for %u ms",
		    s->set.name, a->name, SPAN_FMT(why), s->set.hold_down);
	a->down_until = now + s->set.hold_down;
}

/* What a backend's end means for us. */
static enum service_result
service_result_of(enum backend_end end)
{
	switch (end) {
	case BACKEND_OK:
		return SERVICE_OK;
	case BACKEND_STATUS:
		return SERVICE_STATUS;
	case BACKEND_DIED:
		return SERVICE_DIED;
	case BACKEND_GARBAGE:
		return SERVICE_GARBAGE;
	case BACKEND_ABORTED:
		return SERVICE_ABORTED;
	case BACKEND_UNSENT:
	case BACKEND_OVERLOADED:
		break;
	}
	return SERVICE_UNAVAILABLE;
}

/* True when a request that ended so may be sent again. */
static bool
service_may_retry(
    const struct service *s, const struct request *req, enum backend_end end)
{
	if (req->aborted || req->failed || s->stopped || req->attempt >= 5)
		return false;
	if (end == BACKEND_UNSENT || end == BACKEND_OVERLOADED)
		return true;
	return s->set.retry && end == BACKEND_DIED && req->br.answer_bytes == 0;
}

/* The books after a request's end on a place. */
static void
service_account(struct service *s, struct service_conn *c, struct request *req,
    enum backend_end end, struct span detail)
{
	s->running--;
	if (req->type == REQUEST_JOB)
		s->jobs_running--;
	c->req = NULL;
	req->conn = NULL;
	service_set_deadline(req, NULL);
	if (c->worker) {
		pool_worker_free(
		    c->worker, end == BACKEND_OK || end == BACKEND_STATUS);
		/* a connection that broke: the worker is of no more use */
		if (end == BACKEND_DIED || end == BACKEND_GARBAGE ||
		    end == BACKEND_UNSENT) {
			c->ended = true;
			pool_worker_end(c->worker);
		}
	} else if (c->address) {
		c->address->busy--;
		if (end == BACKEND_UNSENT)
			service_hold_down(s, c->address, detail);
		else
			c->address->down_until = 0;
	}
}

/* The end of a request on a place. */
static void
service_on_end(struct backend_request *br, enum backend_end end, int status,
    struct span detail)
{
	struct request *req = br->owner;
	struct service_conn *c = req->conn;
	struct service *s = req->service;
	enum service_result result = service_result_of(end);
	struct buf text = BUF_INIT;

	GW_MAGIC_CHECK(req, REQUEST_MAGIC);
	GW_MAGIC_CHECK(c, SERVICE_CONN_MAGIC);
	service_observe(s, req);
	service_account(s, c, req, end, detail);
	if (service_may_retry(s, req, end)) {
		s->stats.retried++;
		request_again(req);
		service_enqueue(s, req, true);
	} else {
		if (end == BACKEND_STATUS)
			buf_addf(&text, "status %d: ", status);
		buf_addspan(&text, detail);
		if (req->failed)
			result = SERVICE_TIMEOUT;
		else if (req->aborted)
			result = SERVICE_ABORTED;
		service_report(s, req, result, buf_span(&text));
		buf_release(&text);
	}
	service_conn_give(c);
	service_pump(s);
}

static const struct backend_request_events service_request_events = {
	.line = service_on_line,
	.error_text = service_on_error_text,
	.end = service_on_end,
};

/* Gives a request to a free place. */
static void
service_run(struct service *s, struct service_conn *c, struct request *req)
{
	service_unqueue(s, req);
	service_conn_take(c);
	req->state = REQUEST_RUNNING;
	req->conn = c;
	req->started = uv_hrtime();
	req->br.events = &service_request_events;
	req->br.params[0] = buf_span(&s->params);
	c->req = req;
	s->running++;
	if (req->type == REQUEST_JOB)
		s->jobs_running++;
	if (c->worker)
		pool_worker_busy(c->worker);
	else
		c->address->busy++;
	service_set_deadline(
	    req, req->type == REQUEST_JOB ? s->job_timeouts : s->timeouts);
	backend_conn_start(c->conn, &req->br);
}

/* The address with the fewest requests in flight that has room; NULL: none.
 * *down_r says how many are held down. */
static struct service_address *
service_pick_address(struct service *s, unsigned *down_r)
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
static struct service_conn *
service_pick(struct service *s)
{
	struct service_address *a;
	struct service_conn *c;
	const char *error;
	unsigned down;

	if (s->pool)
		return s->free;
	a = service_pick_address(s, &down);
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

/* The next request that may run; NULL: none. */
static struct request *
service_next_request(const struct service *s)
{
	if (s->queue)
		return s->queue;
	return s->jobs_running < s->set.jobs ? s->job_queue : NULL;
}

/* Fails what waits when every address is held down. */
static void
service_check_down(struct service *s)
{
	unsigned down;
	struct request *req;

	if (s->n_queue + s->n_job_queue == 0)
		return;
	service_pick_address(s, &down);
	if (down < s->n_addresses || down == 0)
		return;
	while ((req = s->queue ? s->queue : s->job_queue) != NULL) {
		service_unqueue(s, req);
		service_report(s, req, SERVICE_UNAVAILABLE,
		    SPAN("all addresses are down"));
	}
}

/* Gives waiting requests to free places. A request can fail at once, and its
 * end bring the next one: the loop that runs takes it. */
static void
service_pump(struct service *s)
{
	struct request *req;
	struct service_conn *c;

	if (s->pumping)
		return;
	s->pumping = true;
	while (!s->stopped && (req = service_next_request(s)) != NULL &&
	       (c = service_pick(s)) != NULL)
		service_run(s, c, req);
	if (!s->stopped && s->pool == NULL)
		service_check_down(s);
	s->pumping = false;
	if (!s->stopped && s->pool)
		pool_waiting(s->pool,
		    s->n_queue +
			(s->jobs_running < s->set.jobs ? s->n_job_queue : 0));
}

/*
 * Time-outs and aborts.
 */

/* Ends a request's connection, and the worker if it is ours. The request ends
 * with it. */
static void
service_cut(struct request *req)
{
	struct service_conn *c = req->conn;
	struct backend_conn *conn = c->conn;

	c->ended = true;
	c->conn = NULL; /* c goes inside the call */
	if (c->worker)
		pool_worker_end(c->worker);
	backend_conn_free(&conn);
}

/* A request has waited or run for too long. */
static void
service_on_timeout(struct deadline *d, void *owner)
{
	struct service *s = owner;
	struct request *req =
	    (void *)((char *)d - offsetof(struct request, deadline));

	GW_MAGIC_CHECK(req, REQUEST_MAGIC);
	if (req->state == REQUEST_QUEUED) {
		service_unqueue(s, req);
		service_report(s, req, SERVICE_UNAVAILABLE,
		    SPAN("no worker was free in time"));
		return;
	}
	/* the worker may hear of it, and then the connection is closed */
	req->failed = true;
	service_set_deadline(req, s->last_words);
	backend_conn_abort(req->conn->conn);
}

/* An aborted request has had time to end. */
static void
service_on_grace(struct deadline *d, void *owner)
{
	struct request *req =
	    (void *)((char *)d - offsetof(struct request, deadline));

	(void)owner;
	GW_MAGIC_CHECK(req, REQUEST_MAGIC);
	service_cut(req);
}

void
service_abort(struct service *s, struct request *req)
{
	GW_MAGIC_CHECK(req, REQUEST_MAGIC);
	if (req->aborted)
		return;
	req->aborted = true;
	if (req->state == REQUEST_QUEUED) {
		service_unqueue(s, req);
		service_report(s, req, SERVICE_ABORTED, SPAN_EMPTY);
		return;
	}
	gw_assert(req->state == REQUEST_RUNNING);
	service_set_deadline(req, s->graces);
	backend_conn_abort(req->conn->conn);
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
		service_pick_address(
		    (struct service *)(uintptr_t)s, &out->addresses_down);
}
