/*
 * execute: action lines and their effects.
 *
 * DIAGNOSTICS
 *	A line that cannot be carried out changes nothing, but for a join of
 *	several rooms, of which those that can be joined are; the caller gets a
 *	constant text that says why.
 */

/* system */
#include <stdlib.h>

/* base */
#include "buf.h"
#include "log.h"

/* wire */
#include "action.h"
#include "jscan.h"

/* socket */
#include "acl.h"
#include "emit.h"
#include "hub.h"
#include "namespace.h"
#include "nsocket.h"
#include "vsocket.h"

/* own */
#include "dispatch_priv.h"
#include "execute.h"
#include "job.h"
#include "lane.h"
#include "request.h"
#include "welcome.h"

/* What an action is carried out with. */
struct execute {
	const struct execute_place *place;
	const struct action *a;
	struct emit_target target;
	const char *error;
	unsigned failed; /* receivers that could not take it */
};

/* Notes why it cannot be done. */
static int
execute_fail(struct execute *x, const char *why)
{
	x->error = why;
	return -1;
}

/* The text of a raw JSON string; empty when it has no UTF-8. */
static struct span
execute_text(struct span raw, struct buf *scratch)
{
	buf_clear(scratch);
	if (jscan_string(raw, scratch, NULL) == -1)
		return SPAN_EMPTY;
	return buf_span(scratch);
}

/* Finds out whom the action means. 0, or -1 when there is no such namespace. */
static int
execute_target(struct execute *x)
{
	const struct execute_place *place = x->place;
	const struct action *a = x->a;
	struct emit_target *t = &x->target;
	struct buf name = BUF_INIT;

	t->ns = place->ns;
	t->to = a->to;
	t->except = a->except;
	t->broadcast = a->broadcast;
	if (a->nsp.n)
		t->ns =
		    namespace_find(place->d->hub, execute_text(a->nsp, &name));
	else if (t->ns == NULL)
		t->ns = namespace_find(place->d->hub, SPAN("/"));
	buf_release(&name);
	if (t->ns == NULL)
		return execute_fail(x, "no such namespace");
	t->sender = t->ns == place->ns ? place->self : NULL;
	t->everybody = t->sender == NULL;
	return 0;
}

/* True when the action means just its own client. */
static bool
execute_is_own(const struct execute *x)
{
	const struct emit_target *t = &x->target;

	return t->sender && t->to.n == 0 && t->except.n == 0 && !t->broadcast;
}

/* From outside, things that change somebody must say whom. */
static int
execute_needs_target(struct execute *x)
{
	if (x->place->self == NULL && x->a->nsp.n == 0 && x->target.to.n == 0)
		return execute_fail(x, "it needs \"to\" or \"nsp\"");
	return 0;
}

/*
 * Sending.
 */

/* Sends an event. */
static int
execute_emit_as(struct execute *x, struct span name, struct span args)
{
	const struct action *a = x->a;
	struct emit_event ev = { .name = name,
		.args = args,
		.with_bytes = a->json_flags & JSCAN_F_BYTES,
		.is_volatile = a->volatile_,
		.wants_ack = a->tag.n > 0,
		.asker = x->place->self,
		.tag = a->tag,
		.timeout = a->has_timeout
			       ? (unsigned)(a->timeout < 3600000 ? a->timeout
								 : 3600000)
			       : 0 };
	int count;

	if (ev.wants_ack && (ev.asker == NULL || ev.asker->vs == NULL))
		return execute_fail(x, "nobody is there to get the answer");
	count = emit_event(&x->target, &ev);
	if (count == -1)
		return execute_fail(
		    x, "its $bytes are not base64, or too many");
	return count;
}

/* {"emit":...} */
static int
execute_emit(struct execute *x)
{
	return execute_emit_as(x, x->a->value, x->a->args);
}

/* {"send":...} and {"json":...}: the event "message" for clients that have no
 * such packets. */
static int
execute_message(struct execute *x)
{
	struct buf args = BUF_INIT;
	int count;

	buf_addch(&args, '[');
	buf_addspan(&args, x->a->value);
	buf_addch(&args, ']');
	count = execute_emit_as(x, SPAN("\"message\""), buf_span(&args));
	buf_release(&args);
	return count;
}

/* {"ack":...} */
static int
execute_ack(struct execute *x)
{
	struct request *req = x->place->req;

	if (req == NULL || !req->has_ack || req->acked)
		return execute_fail(x, "nobody waits for an acknowledgement");
	if (nsocket_send_ack(x->place->self, req->ack_id, x->a->value,
		x->a->json_flags & JSCAN_F_BYTES) == -1)
		return execute_fail(
		    x, "its $bytes are not base64, or too many");
	req->acked = true;
	return 1;
}

/*
 * Rooms and ends.
 */

/* Calls fn with each of the action's rooms. */
static void
execute_each_room(struct execute *x, struct nsocket *n,
    void (*fn)(struct execute *x, struct nsocket *n, struct span room))
{
	struct buf name = BUF_INIT;
	struct jscan_iter it;
	struct span one;

	if (jscan_type(x->a->value) == JSCAN_STRING) {
		fn(x, n, execute_text(x->a->value, &name));
	} else {
		jscan_array(&it, x->a->value);
		while (jscan_next(&it, &one))
			fn(x, n, execute_text(one, &name));
	}
	buf_release(&name);
}

static void
execute_join_room(struct execute *x, struct nsocket *n, struct span room)
{
	if (n->state == NSOCKET_GONE)
		return;
	if (room.n == 0 || span_eq(room, SPAN("*")) || room_join(n, room) == -1)
		x->failed++;
}

static void
execute_leave_room(struct execute *x, struct nsocket *n, struct span room)
{
	(void)x;
	room_leave(n, room);
}

static void
execute_join_one(struct nsocket *n, void *arg)
{
	execute_each_room(arg, n, execute_join_room);
}

static void
execute_leave_one(struct nsocket *n, void *arg)
{
	execute_each_room(arg, n, execute_leave_room);
}

static void
execute_disconnect_one(struct nsocket *n, void *arg)
{
	(void)arg;
	if (n->state == NSOCKET_ASKING)
		nsocket_refuse(n, SPAN("refused"), SPAN_EMPTY);
	else
		nsocket_end(n, "server namespace disconnect", true);
}

static void
execute_close_one(struct nsocket *n, void *arg)
{
	(void)arg;
	if (n->vs)
		vsocket_finish(n->vs, "server namespace disconnect", true);
}

/* Does something with each one who is meant. */
static int
execute_each(struct execute *x, void (*fn)(struct nsocket *n, void *arg))
{
	unsigned n = 1;

	if (execute_needs_target(x) == -1)
		return -1;
	if (execute_is_own(x))
		fn(x->target.sender, x);
	else
		n = emit_each(&x->target, fn, x);
	if (x->failed)
		return execute_fail(
		    x, "too many rooms, or a room's name that is none");
	return (int)n;
}

/*
 * The client's own state.
 */

/* The handshake that is answered; NULL: another event. */
static struct welcome *
execute_welcome(const struct execute *x)
{
	return x->place->req ? x->place->req->welcome : NULL;
}

/* {"session":...} */
static int
execute_session(struct execute *x)
{
	struct nsocket *n = x->place->self;
	struct welcome *w = execute_welcome(x);
	size_t max = x->place->d->hub->set.max_session;

	if (w)
		return welcome_patch_session(w, x->a->value, max) == -1
			   ? execute_fail(
				 x, "the session would become too large")
			   : 1;
	if (n == NULL || n->vs == NULL)
		return execute_fail(x, "there is no client");
	if (vsocket_patch_session(n->vs, x->a->value) == -1)
		return execute_fail(x, "the session would become too large");
	return 1;
}

/* {"acl":...} */
static int
execute_acl(struct execute *x)
{
	struct nsocket *n = x->place->self;
	struct span names;

	if (n == NULL)
		return execute_fail(x, "there is no client");
	if (jscan_string_is(x->a->value, SPAN("reset")))
		nsocket_reset_acl(n);
	else if (jscan_string_is(x->a->value, SPAN("lift")))
		acl_lift(nsocket_own_acl(n));
	else if (jscan_find(x->a->value, SPAN("only"), &names))
		acl_only(nsocket_own_acl(n), names);
	else if (jscan_find(x->a->value, SPAN("allow"), &names))
		acl_allow(nsocket_own_acl(n), names);
	else if (jscan_find(x->a->value, SPAN("deny"), &names))
		acl_deny(nsocket_own_acl(n), names);
	return 1;
}

/* True in the answer to a connect event. */
static bool
execute_in_connect(const struct execute *x)
{
	return x->place->req && x->place->req->type == REQUEST_CONNECT;
}

/* {"accept":true} */
static int
execute_accept(struct execute *x)
{
	if (!execute_in_connect(x))
		return execute_fail(x, "it belongs to a connect event");
	nsocket_admit(x->place->self);
	return 1;
}

/* {"error":...} */
static int
execute_error(struct execute *x)
{
	struct nsocket *n = x->place->self;
	struct buf name = BUF_INIT, message = BUF_INIT;
	struct span value = x->a->value, raw, data = SPAN_EMPTY;
	bool quiet = false;

	if (n == NULL && execute_welcome(x) == NULL)
		return execute_fail(x, "there is no client");
	if (jscan_type(value) == JSCAN_STRING) {
		jscan_string(value, &message, NULL);
	} else {
		if (jscan_find(value, SPAN("name"), &raw))
			jscan_string(raw, &name, NULL);
		if (jscan_find(value, SPAN("message"), &raw))
			jscan_string(raw, &message, NULL);
		if (jscan_find(value, SPAN("quiet"), &raw))
			quiet = jscan_type(raw) == JSCAN_TRUE;
		if (!jscan_find(value, SPAN("data"), &data))
			data = SPAN_EMPTY;
	}
	if (name.len == 0)
		buf_adds(&name, "error");
	if (message.len == 0)
		buf_addspan(&message, buf_span(&name));
	log_debug(x->place->d->log, "namespace %s: handler's error: %.*s: %.*s",
	    n ? n->ns->name : "-", (int)name.len, name.data, (int)message.len,
	    message.data);
	if (n == NULL)
		welcome_refuse(execute_welcome(x), buf_span(&message));
	else if (execute_in_connect(x) && n->state == NSOCKET_ASKING)
		nsocket_refuse(n, buf_span(&message), data);
	else if (!quiet)
		nsocket_send_error(n, buf_span(&name), buf_span(&message));
	buf_release(&name);
	buf_release(&message);
	return 1;
}

/* {"expires":...} */
static int
execute_expires(struct execute *x)
{
	const struct request *req = x->place->req;
	struct nsocket *n = x->place->self;
	int64_t seconds = 0;

	if (req == NULL ||
	    (req->type != REQUEST_CONNECT && req->type != REQUEST_REFRESH))
		return execute_fail(
		    x, "it belongs to a connect or refresh event");
	jscan_i64(x->a->value, &seconds);
	if (n->state != NSOCKET_GONE && lane_of(n))
		lane_set_expiry(lane_of(n), seconds);
	return 1;
}

/*
 * Jobs, and the rest.
 */

/* {"spawn":...} */
static int
execute_spawn(struct execute *x)
{
	const struct action *a = x->a;
	struct buf name = BUF_INIT;
	int rc;

	if (dispatch_bound(x->target.ns) == NULL)
		return execute_fail(x, "the namespace has no handler");
	rc = job_spawn(x->place->d, x->target.ns, x->target.sender,
	    execute_text(a->value, &name), a->value, a->args,
	    a->has_after ? (uint64_t)a->after : 0,
	    a->has_every ? (uint64_t)a->every : 0);
	buf_release(&name);
	if (rc == -1)
		return execute_fail(x, "too many jobs, or the client has gone");
	return 1;
}

/* {"kill":...} */
static int
execute_kill(struct execute *x)
{
	struct buf name = BUF_INIT;
	unsigned n;

	n = job_kill(x->place->d, x->target.ns, x->target.sender,
	    execute_text(x->a->value, &name));
	buf_release(&name);
	return (int)n;
}

/* {"log":...} */
static int
execute_log(struct execute *x)
{
	struct dispatch *d = x->place->d;
	const struct request *req = x->place->req;
	struct buf text = BUF_INIT, name = BUF_INIT;
	enum log_level level = LOG_LVL_INFO;

	if (x->a->level.n &&
	    log_level_parse(execute_text(x->a->level, &name), &level) == -1)
		level = LOG_LVL_INFO;
	execute_text(x->a->value, &text);
	log_limited(d->log, &d->log_limit, level, "pool %s: handler: %.*s",
	    req ? service_name(req->service) : "-", (int)text.len, text.data);
	buf_release(&text);
	buf_release(&name);
	return 1;
}

/* {"header":...} */
static int
execute_header(struct execute *x)
{
	if (execute_welcome(x) == NULL)
		return execute_fail(x, "it belongs to a handshake event");
	welcome_add_headers(execute_welcome(x), x->a->value);
	return 1;
}

static int (*const execute_table[ACTION_KINDS])(struct execute *x) = {
	[ACTION_EMIT] = execute_emit,
	[ACTION_SEND] = execute_message,
	[ACTION_JSON] = execute_message,
	[ACTION_ACK] = execute_ack,
	[ACTION_SESSION] = execute_session,
	[ACTION_ACL] = execute_acl,
	[ACTION_ACCEPT] = execute_accept,
	[ACTION_ERROR] = execute_error,
	[ACTION_SPAWN] = execute_spawn,
	[ACTION_KILL] = execute_kill,
	[ACTION_EXPIRES] = execute_expires,
	[ACTION_HEADER] = execute_header,
	[ACTION_LOG] = execute_log,
};

/* Actions that do the same to each one who is meant. */
static void (*const execute_each_table[ACTION_KINDS])(
    struct nsocket *n, void *arg) = {
	[ACTION_JOIN] = execute_join_one,
	[ACTION_LEAVE] = execute_leave_one,
	[ACTION_DISCONNECT] = execute_disconnect_one,
	[ACTION_CLOSE] = execute_close_one,
};

int
execute_line(
    const struct execute_place *place, struct span line, const char **error_r)
{
	struct dispatch *d = place->d;
	struct action a;
	struct execute x = { .place = place, .a = &a };
	int n = -1;

	if (action_parse(line, d->set.max_depth, &a, error_r) == -1) {
		d->stats.bad_actions++;
		return -1;
	}
	if (execute_target(&x) == 0)
		n = execute_table[a.kind]
			? execute_table[a.kind](&x)
			: execute_each(&x, execute_each_table[a.kind]);
	if (n == -1) {
		d->stats.bad_actions++;
		*error_r = x.error;
	} else {
		d->stats.actions[a.kind]++;
	}
	return n;
}
