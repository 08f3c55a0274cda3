/*
 * service_run: requests that wait for a place, run, and end.
 *
 * A request that fails at once can lead back here from inside service_pump; the
 * outer call then goes on with what has come.
 */

/* system */
#include <utlist.h>

/* base */
#include "buf.h"
#include "gw_assert.h"

/* net */
#include "deadline.h"

/* socket */
#include "nsocket.h"

/* own */
#include "dispatch_priv.h"
#include "request.h"
#include "service.h"
#include "service_priv.h"

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
void
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
void
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
			service_conn_hold_down(s, c->address, detail);
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
	service_conn_pick_address(s, &down);
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
void
service_pump(struct service *s)
{
	struct request *req;
	struct service_conn *c;

	if (s->pumping)
		return;
	s->pumping = true;
	while (!s->stopped && (req = service_next_request(s)) != NULL &&
	       (c = service_conn_pick(s)) != NULL)
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
void
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
void
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
