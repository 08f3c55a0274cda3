/*
 * lane: the queue that keeps one namespace socket's events in order.
 */

/* system */
#include <stdlib.h>

#include <utlist.h>

/* base */
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* transport */
#include "handshake.h"

/* socket */
#include "acl.h"
#include "namespace.h"
#include "nsocket.h"
#include "vsocket.h"

/* own */
#include "disconnects.h"
#include "dispatch_priv.h"
#include "job.h"
#include "lane.h"
#include "request.h"
#include "service.h"

enum { LANE_MAGIC = 0x6c616e65 };

enum lane_state { LANE_CONNECTING, LANE_OPEN, LANE_CLOSING };

/* The authorisation's end. */
struct lane_expiry {
	uv_timer_t timer;
	struct lane *lane; /* NULL: to be freed */
	uint64_t until;    /* loop time, ms */
	bool refreshing;   /* the refresh event was sent */
};

struct lane {
	unsigned magic;
	enum lane_state state;
	struct dispatch *d;
	struct nsocket *n; /* a reference */
	struct request *waiting;
	unsigned n_waiting;
	unsigned running; /* requests at the service, jobs not counted */
	bool holds;       /* its client is not read from */
	bool pumping;     /* inside lane_pump: nobody else frees it */
	bool refused;     /* the handler turned the client away */
	bool known;       /* the handler has seen the connect event */
	struct job *jobs;
	struct lane_expiry *expiry;
	/* Of a namespace socket that is gone: */
	const char *reason;
	const char *transport;
	struct handshake *handshake; /* a reference */
	struct buf session, rooms;
};

struct lane *
lane_of(struct nsocket *n)
{
	struct lane *lane = n->data;

	if (lane)
		GW_MAGIC_CHECK(lane, LANE_MAGIC);
	return lane;
}

struct lane *
lane_new(struct dispatch *d, struct nsocket *n)
{
	struct lane *lane = mem_zalloc(sizeof(*lane));

	lane->magic = LANE_MAGIC;
	lane->d = d;
	lane->n = nsocket_ref(n);
	n->data = lane;
	return lane;
}

void
lane_open(struct lane *lane)
{
	lane->state = LANE_OPEN;
	lane->known = true;
}

struct job **
lane_jobs(struct lane *lane)
{
	return &lane->jobs;
}

void
lane_add_last_session(struct nsocket *n, struct buf *out)
{
	struct lane *lane = lane_of(n);

	if (lane && lane->session.len)
		buf_addspan(out, buf_span(&lane->session));
	else
		buf_adds(out, "{}");
}

void
lane_add_last_rooms(struct nsocket *n, struct buf *out)
{
	struct lane *lane = lane_of(n);

	if (lane && lane->rooms.len)
		buf_addspan(out, buf_span(&lane->rooms));
	else
		buf_adds(out, "[]");
}

const char *
lane_last_transport(struct nsocket *n)
{
	const struct lane *lane = lane_of(n);

	return lane && lane->transport ? lane->transport : "none";
}

/* Stops reading from a client whose events pile up, or goes on. */
static void
lane_set_hold(struct lane *lane, bool hold)
{
	if (lane->holds == hold)
		return;
	nsocket_hold(lane->n, hold);
	lane->holds = hold;
}

/* True when the first waiting request may go. */
static bool
lane_may_go(const struct lane *lane)
{
	if (lane->waiting == NULL)
		return false;
	if (lane->running == 0)
		return true;
	return lane->state == LANE_OPEN && !dispatch_is_serial(lane->n->ns);
}

static void lane_finish(struct lane *lane);

/* Sends what may go. A request can fail at once, and its end can close the lane
 * or want to send the next: both wait for us. */
static void
lane_pump(struct lane *lane)
{
	if (lane->pumping)
		return;
	lane->pumping = true;
	while (lane_may_go(lane)) {
		struct request *req = lane->waiting;

		DL_DELETE(lane->waiting, req);
		req->prev = req->next = NULL;
		lane->n_waiting--;
		lane->running++;
		if (req->type == REQUEST_CONNECT)
			lane->known = true;
		request_finish(req);
		dispatch_submit(req);
	}
	lane->pumping = false;
	if (lane->state == LANE_CLOSING) {
		if (lane->running == 0)
			lane_finish(lane);
		return;
	}
	if (lane->holds && lane->n_waiting <= lane->d->set.max_waiting / 2)
		lane_set_hold(lane, false);
}

void
lane_push(struct lane *lane, struct request *req)
{
	GW_MAGIC_CHECK(lane, LANE_MAGIC);
	gw_assert(lane->state != LANE_CLOSING);
	req->state = REQUEST_WAITING;
	DL_APPEND(lane->waiting, req);
	lane->n_waiting++;
	if (lane->n_waiting >= lane->d->set.max_waiting)
		lane_set_hold(lane, true);
	lane_pump(lane);
}

/* The loop has let go of the timer. */
static void
lane_expiry_on_close(uv_handle_t *handle)
{
	free(handle->data);
}

/* Forgets the expiry. */
static void
lane_stop_expiry(struct lane *lane)
{
	struct lane_expiry *e = lane->expiry;

	if (e == NULL)
		return;
	lane->expiry = NULL;
	e->lane = NULL;
	uv_close((uv_handle_t *)&e->timer, lane_expiry_on_close);
}

/* Frees a lane of which nothing runs and nothing waits. */
static void
lane_free(struct lane *lane)
{
	gw_assert(lane->waiting == NULL && lane->running == 0);
	lane_stop_expiry(lane);
	lane->n->data = NULL;
	handshake_unref(&lane->handshake);
	buf_release(&lane->session);
	buf_release(&lane->rooms);
	lane->magic = 0;
	nsocket_unref(&lane->n);
	free(lane);
}

/* The last thing of a lane: the disconnect event, then its end. */
static void
lane_finish(struct lane *lane)
{
	struct dispatch *d = lane->d;
	struct nsocket *n = nsocket_ref(lane->n);
	struct request *req;

	if (lane->known && !lane->refused && !d->stopping &&
	    acl_allows(nsocket_acl(n), SPAN("recv_disconnect"))) {
		req = request_new(d, REQUEST_DISCONNECT, n->ns, n);
		if (req->handshake == NULL)
			req->handshake = handshake_ref(lane->handshake);
		request_begin(req);
		buf_adds(&req->body, ",\"args\":[],\"reason\":\"");
		buf_adds(&req->body, lane->reason);
		buf_addch(&req->body, '"');
		request_finish(req);
		disconnects_push(d->disconnects, req);
	}
	job_end_all(&lane->jobs);
	lane_free(lane);
	nsocket_unref(&n);
}

void
lane_request_ended(struct lane *lane, const struct request *req, bool well)
{
	GW_MAGIC_CHECK(lane, LANE_MAGIC);
	gw_assert(lane->running > 0);
	lane->running--;
	if (req->type == REQUEST_CONNECT && well &&
	    lane->state == LANE_CONNECTING)
		lane->state = LANE_OPEN;
	if (lane->state == LANE_CLOSING) {
		if (lane->running == 0 && !lane->pumping)
			lane_finish(lane);
		return;
	}
	lane_pump(lane);
}

void
lane_set_refused(struct lane *lane)
{
	lane->refused = true;
}

void
lane_close(struct lane *lane, const char *reason)
{
	struct request *req, *next;

	GW_MAGIC_CHECK(lane, LANE_MAGIC);
	if (lane->state == LANE_CLOSING)
		return;
	lane->state = LANE_CLOSING;
	lane->reason = reason;
	lane_set_hold(lane, false);
	lane_stop_expiry(lane);
	lane->handshake = handshake_ref(lane->n->vs->handshake);
	lane->transport = vsocket_transport(lane->n->vs);
	buf_addspan(&lane->session, vsocket_session(lane->n->vs));
	nsocket_add_rooms(lane->n, &lane->rooms);
	DL_FOREACH_SAFE (lane->waiting, req, next) {
		DL_DELETE(lane->waiting, req);
		lane->n_waiting--;
		lane->d->stats.events_dropped++;
		request_free(&req);
	}
	if (lane->running == 0 && !lane->pumping)
		lane_finish(lane);
}

/*
 * Expiry.
 */

/* Time for the refresh event, or for the end. */
static void
lane_on_expiry(uv_timer_t *timer)
{
	struct lane_expiry *e = timer->data;
	struct lane *lane = e->lane;
	struct request *req;

	if (lane == NULL)
		return;
	GW_MAGIC_CHECK(lane, LANE_MAGIC);
	if (lane->n->state == NSOCKET_ASKING) {
		nsocket_refuse(lane->n, SPAN("expired"), SPAN_EMPTY);
		return;
	}
	if (e->refreshing) {
		nsocket_end(lane->n, "server namespace disconnect", true);
		return;
	}
	e->refreshing = true;
	uv_timer_start(timer, lane_on_expiry,
	    e->until > uv_now(timer->loop) ? e->until - uv_now(timer->loop) : 0,
	    0);
	req = request_new(lane->d, REQUEST_REFRESH, lane->n->ns, lane->n);
	request_begin(req);
	request_set_args(req, SPAN_EMPTY);
	lane_push(lane, req);
}

void
lane_set_expiry(struct lane *lane, int64_t seconds)
{
	uint64_t ms, before = lane->d->set.refresh_before;
	struct lane_expiry *e = lane->expiry;

	if (lane->state == LANE_CLOSING)
		return;
	if (seconds > 10 * 365 * 86400LL)
		seconds = 10 * 365 * 86400LL;
	ms = (uint64_t)seconds * 1000;
	if (e == NULL) {
		e = lane->expiry = mem_zalloc(sizeof(*e));
		gw_assert(uv_timer_init(lane->d->loop, &e->timer) == 0);
		e->timer.data = e;
		e->lane = lane;
	}
	if (before > ms / 2)
		before = ms / 2;
	e->refreshing = false;
	e->until = uv_now(lane->d->loop) + ms;
	uv_timer_start(&e->timer, lane_on_expiry, ms - before, 0);
}
