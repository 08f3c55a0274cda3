/*
 * dispatch: events become requests, and what handlers answer becomes effects.
 *
 * DIAGNOSTICS
 *	Requests that fail are logged with pool, type and reason, and lines of
 *	answers that make no sense with their beginning; both at a bounded
 *	rate. The client gets an error event, or CONNECT_ERROR.
 */

/* system */
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* wire */
#include "jscan.h"

/* socket */
#include "hub.h"
#include "namespace.h"
#include "nsocket.h"

/* own */
#include "disconnects.h"
#include "dispatch.h"
#include "dispatch_priv.h"
#include "execute.h"
#include "job.h"
#include "lane.h"
#include "request.h"
#include "service.h"
#include "welcome.h"

enum { DISPATCH_LOG_BYTES = 200 };

/* What a namespace is bound to: its data. */
struct dispatch_binding {
	struct service *service;
	bool serial;
};

struct dispatch *
dispatch_new(
    uv_loop_t *loop, struct log *log, const struct dispatch_settings *settings)
{
	struct dispatch *d = mem_zalloc(sizeof(*d));

	d->loop = loop;
	d->log = log;
	dispatch_set(d, settings);
	d->disconnects = disconnects_new(d);
	return d;
}

void
dispatch_set(struct dispatch *d, const struct dispatch_settings *settings)
{
	d->set = *settings;
	if (d->set.abort_grace == 0)
		d->set.abort_grace = 1000;
}

void
dispatch_set_hub(struct dispatch *d, struct hub *h)
{
	d->hub = h;
}

/*
 * Namespaces and services.
 */

void
dispatch_bind(
    struct dispatch *d, struct namespace *ns, struct service *s, bool serial)
{
	struct dispatch_binding *b = ns->data;

	(void)d;
	if (b == NULL)
		b = ns->data = mem_zalloc(sizeof(*b));
	b->service = s;
	b->serial = serial;
}

struct service *
dispatch_bound(const struct namespace *ns)
{
	const struct dispatch_binding *b = ns->data;

	return b ? b->service : NULL;
}

bool
dispatch_is_serial(const struct namespace *ns)
{
	const struct dispatch_binding *b = ns->data;

	return b == NULL || b->serial;
}

struct service *
dispatch_add_service(struct dispatch *d,
    const struct service_settings *settings, const char **error_r)
{
	struct service *s = service_new(d, settings, error_r);

	if (s)
		service_start(s);
	return s;
}

struct service *
dispatch_services(const struct dispatch *d)
{
	return d->services;
}

struct service *
dispatch_find_service(const struct dispatch *d, const char *name)
{
	struct service *s;

	for (s = d->services; s; s = service_next(s))
		if (strcmp(service_name(s), name) == 0)
			break;
	return s;
}

/*
 * What clients do.
 */

static struct dispatch *
dispatch_of(const struct nsocket *n)
{
	return n->ns->hub->events.owner;
}

static void
dispatch_on_connect(struct nsocket *n, struct span auth, bool ask)
{
	struct dispatch *d = dispatch_of(n);
	struct request *req;

	if (dispatch_bound(n->ns) == NULL) {
		nsocket_admit(n);
		return;
	}
	if (!ask) {
		lane_open(lane_new(d, n));
		nsocket_admit(n);
		return;
	}
	req = request_new(d, REQUEST_CONNECT, n->ns, n);
	request_begin(req);
	request_set_args(req, auth.n ? auth : SPAN("{}"));
	lane_push(lane_new(d, n), req);
}

static void
dispatch_on_event(struct nsocket *n, const struct hub_event *ev)
{
	struct dispatch *d = dispatch_of(n);
	struct lane *lane = lane_of(n);
	struct request *req;

	if (lane == NULL) {
		d->stats.events_dropped++;
		return;
	}
	req = request_new(d, REQUEST_EVENT, n->ns, n);
	req->has_ack = ev->has_ack;
	req->ack_id = ev->ack_id;
	request_begin(req);
	request_set_event(req, ev->name, ev->name_json);
	request_set_args(req, ev->args);
	lane_push(lane, req);
}

static void
dispatch_on_ack(
    struct nsocket *n, struct span tag, struct span args, bool timed_out)
{
	struct dispatch *d = dispatch_of(n);
	struct lane *lane = n->state == NSOCKET_GONE ? NULL : lane_of(n);
	struct request *req;

	if (lane == NULL) {
		d->stats.events_dropped++;
		return;
	}
	req = request_new(d, REQUEST_ACK, n->ns, n);
	request_begin(req);
	buf_adds(&req->body, ",\"args\":");
	jscan_add_line(&req->body, args);
	buf_adds(&req->body, ",\"tag\":");
	buf_addspan(&req->body, tag);
	if (timed_out)
		buf_adds(&req->body, ",\"error\":\"timeout\"");
	lane_push(lane, req);
}

static void
dispatch_on_disconnect(struct nsocket *n, const char *reason, bool was_admitted)
{
	struct lane *lane = lane_of(n);

	(void)was_admitted;
	if (lane == NULL)
		return;
	if (strcmp(reason, "refused") == 0)
		lane_set_refused(lane);
	lane_close(lane, reason);
}

/* A new client, before any namespace. */
static void
dispatch_on_handshake(void *owner, struct handshake *hs, struct front_ask *ask)
{
	struct dispatch *d = owner;

	gw_assert(d->greeter != NULL);
	welcome_ask(d, d->greeter, hs, ask);
}

void
dispatch_set_greeter(struct dispatch *d, struct service *s)
{
	d->greeter = s;
}

const struct hub_events dispatch_hub_events = {
	.handshake = dispatch_on_handshake,
	.connect = dispatch_on_connect,
	.event = dispatch_on_event,
	.ack = dispatch_on_ack,
	.disconnect = dispatch_on_disconnect,
};

/* The namespace that a request is about, for the log. */
static const char *
dispatch_place(const struct request *req)
{
	return req->ns ? req->ns->name : "a handshake";
}

/*
 * What handlers answer.
 */

/* Carries out one line of an answer. */
static void
dispatch_execute(struct request *req, struct span line)
{
	struct dispatch *d = req->d;
	struct execute_place place = {
		.d = d, .req = req, .self = req->n, .ns = req->ns
	};
	const char *error = NULL;

	if (execute_line(&place, line, &error) >= 0)
		return;
	service_count_bad_line(req->service);
	log_limited(d->log, &d->line_limit, LOG_LVL_WARNING,
	    "pool %s: a line of type %s in %s: %s: %.*s",
	    service_name(req->service), request_type_name(req->type),
	    dispatch_place(req), error,
	    (int)(line.n < DISPATCH_LOG_BYTES ? line.n : DISPATCH_LOG_BYTES),
	    line.p);
}

void
dispatch_on_line(struct request *req, struct span line)
{
	if (service_get_settings(req->service)->apply_end &&
	    req->type != REQUEST_JOB) {
		buf_addspan(&req->kept, line);
		buf_addch(&req->kept, '\n');
		return;
	}
	dispatch_execute(req, line);
}

/* Carries out the lines that were kept until the end. */
static void
dispatch_execute_kept(struct request *req)
{
	struct span rest = buf_span(&req->kept);

	while (rest.n) {
		struct span line = span_cut(rest, '\n', &rest);

		if (line.n)
			dispatch_execute(req, line);
	}
}

void
dispatch_on_error_text(struct request *req, struct span text)
{
	struct dispatch *d = req->d;

	while (text.n) {
		struct span line = span_cut(text, '\n', &text);

		if (line.n)
			log_limited(d->log, &d->stderr_limit, LOG_LVL_WARNING,
			    "pool %s: %s request in %s says: %.*s",
			    service_name(req->service),
			    request_type_name(req->type), dispatch_place(req),
			    SPAN_FMT(line));
	}
}

/* The name and text of the error that a client gets. */
static void
dispatch_error_of(
    enum service_result result, struct span *name_r, struct span *text_r)
{
	switch (result) {
	case SERVICE_TIMEOUT:
		*name_r = SPAN("handler_timeout");
		*text_r = SPAN("The handler did not answer in time");
		break;
	case SERVICE_UNAVAILABLE:
		*name_r = SPAN("handler_unavailable");
		*text_r = SPAN("No handler is available");
		break;
	default:
		*name_r = SPAN("handler_failed");
		*text_r = SPAN("The handler failed");
		break;
	}
}

/* Tells the client, and the log, that a request has failed. */
static void
dispatch_failed(
    struct request *req, enum service_result result, struct span detail)
{
	struct dispatch *d = req->d;
	struct span name, text;

	log_limited(d->log, &d->fail_limit, LOG_LVL_WARNING,
	    "pool %s: %s request in %s failed: %s%s%.*s",
	    service_name(req->service), request_type_name(req->type),
	    dispatch_place(req), service_result_name(result),
	    detail.n ? ": " : "", SPAN_FMT(detail));
	if (req->n == NULL || req->type == REQUEST_DISCONNECT)
		return;
	dispatch_error_of(result, &name, &text);
	if (req->type == REQUEST_CONNECT && req->n->state == NSOCKET_ASKING)
		nsocket_refuse(req->n, name, SPAN_EMPTY);
	else
		nsocket_send_error(req->n, name, text);
}

/* True for requests that go through the lane of their namespace socket. */
static bool
dispatch_is_in_lane(const struct request *req)
{
	return req->type != REQUEST_JOB && req->type != REQUEST_DISCONNECT &&
	       req->type != REQUEST_HANDSHAKE;
}

void
dispatch_request_ended(
    struct request *req, enum service_result result, struct span detail)
{
	bool well = result == SERVICE_OK;

	GW_MAGIC_CHECK(req, REQUEST_MAGIC);
	if (well)
		dispatch_execute_kept(req);
	else if (result != SERVICE_ABORTED)
		dispatch_failed(req, result, detail);
	if (well && req->type == REQUEST_CONNECT)
		nsocket_admit(req->n);
	if (req->type == REQUEST_HANDSHAKE)
		welcome_request_ended(req->welcome, well);
	else if (req->type == REQUEST_JOB)
		job_request_ended(req->job);
	else if (dispatch_is_in_lane(req))
		lane_request_ended(lane_of(req->n), req, well);
	request_free(&req);
}

void
dispatch_submit(struct request *req)
{
	struct service *s = dispatch_bound(req->ns);

	if (s) {
		service_submit(s, req);
		return;
	}
	req->d->stats.events_dropped++;
	dispatch_request_ended(req, SERVICE_OK, SPAN_EMPTY);
}

/*
 * From outside.
 */

bool
dispatch_push(
    struct dispatch *d, struct span line, unsigned number, struct buf *answer)
{
	struct execute_place place = { .d = d };
	const char *error = NULL;
	int n = execute_line(&place, line, &error);

	if (n >= 0) {
		buf_addf(answer, "{\"ok\":true,\"sent\":%d}\n", n);
		return true;
	}
	buf_adds(answer, "{\"ok\":false,\"error\":");
	jscan_quote(answer, span_str(error));
	buf_addf(answer, ",\"line\":%u}\n", number);
	return false;
}

unsigned
dispatch_requests(const struct dispatch *d)
{
	return d->requests;
}

void
dispatch_get_stats(const struct dispatch *d, struct dispatch_stats *out)
{
	*out = d->stats;
}

/*
 * The end.
 */

void
dispatch_service_stopped(struct dispatch *d)
{
	gw_assert(d->stopping_services > 0);
	if (--d->stopping_services == 0 && d->stopped)
		d->stopped(d->owner);
}

void
dispatch_stop(struct dispatch *d, unsigned timeout,
    void (*stopped)(void *owner), void *owner)
{
	struct service *s;

	d->stopping = true;
	d->stopped = stopped;
	d->owner = owner;
	d->stopping_services = 1; /* this call */
	for (s = d->services; s; s = service_next(s))
		d->stopping_services++;
	for (s = d->services; s; s = service_next(s))
		service_stop(s, timeout);
	dispatch_service_stopped(d);
}

void
dispatch_free(struct dispatch **dp)
{
	struct dispatch *d = *dp;

	if (d == NULL)
		return;
	disconnects_free(&d->disconnects);
	job_end_all(&d->jobs);
	while (d->services) {
		struct service *s = d->services;

		d->services = service_next(s);
		service_free(&s);
	}
	while (d->spare) {
		struct request *req = d->spare;

		d->spare = req->next;
		buf_release(&req->params);
		buf_release(&req->body);
		free(req);
	}
	free(d);
	*dp = NULL;
}
