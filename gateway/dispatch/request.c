/*
 * request: one event on its way to a handler.
 */

/* system */
#include <stdlib.h>

#include <utlist.h>

/* base */
#include "gw_assert.h"
#include "mem.h"

/* wire */
#include "fcgi.h"
#include "jscan.h"

/* transport */
#include "handshake.h"

/* socket */
#include "namespace.h"
#include "nsocket.h"
#include "vsocket.h"

/* own */
#include "dispatch_priv.h"
#include "request.h"
#include "service.h"

enum {
	REQUEST_SPARE = 256,      /* kept for later use */
	REQUEST_BUF_KEEP = 16384, /* bytes of a buffer that a spare one keeps */
	REQUEST_ATTEMPTS = 9      /* one digit */
};

const char *
request_type_name(enum request_type t)
{
	static const char *const names[REQUEST_TYPES] = {
		[REQUEST_HANDSHAKE] = "handshake",
		[REQUEST_CONNECT] = "connect",
		[REQUEST_EVENT] = "event",
		[REQUEST_ACK] = "ack",
		[REQUEST_DISCONNECT] = "disconnect",
		[REQUEST_REFRESH] = "refresh",
		[REQUEST_JOB] = "job",
	};

	return names[t];
}

struct request *
request_new(struct dispatch *d, enum request_type type, struct namespace *ns,
    struct nsocket *n)
{
	struct request *req = d->spare;

	if (req) {
		struct buf params = req->params, body = req->body;

		d->spare = req->next;
		d->n_spare--;
		memset(req, 0, sizeof(*req));
		req->params = params;
		req->body = body;
	} else {
		req = mem_zalloc(sizeof(*req));
	}
	req->magic = REQUEST_MAGIC;
	req->type = type;
	req->d = d;
	req->ns = ns;
	req->n = n ? nsocket_ref(n) : NULL;
	if (n && n->vs)
		req->handshake = handshake_ref(n->vs->handshake);
	req->attempt = 1;
	req->id = ++d->next_event;
	d->requests++;
	return req;
}

void
request_free(struct request **reqp)
{
	struct request *req = *reqp;
	struct dispatch *d = req->d;

	GW_MAGIC_CHECK(req, REQUEST_MAGIC);
	gw_assert(!req->holds && !deadline_running(&req->deadline));
	*reqp = NULL;
	d->requests--;
	if (req->n)
		nsocket_unref(&req->n);
	if (req->handshake)
		handshake_unref(&req->handshake);
	buf_release(&req->kept);
	req->magic = 0;
	if (d->n_spare >= REQUEST_SPARE) {
		buf_release(&req->params);
		buf_release(&req->body);
		free(req);
		return;
	}
	buf_reset(&req->params, REQUEST_BUF_KEEP);
	buf_reset(&req->body, REQUEST_BUF_KEEP);
	req->next = d->spare;
	d->spare = req;
	d->n_spare++;
}

/* Adds a meta-variable with a C string as value. */
static void
request_param(struct request *req, struct span name, const char *value)
{
	fcgi_add_pair(&req->params, name, span_str(value));
}

void
request_begin(struct request *req)
{
	struct buf *b = &req->body;

	buf_adds(b, "{\"type\":\"");
	buf_adds(b, request_type_name(req->type));
	buf_addch(b, '"');
	request_param(req, SPAN("SOCKETIO_TYPE"), request_type_name(req->type));
	if (req->ns == NULL)
		return;
	buf_adds(b, ",\"nsp\":");
	jscan_quote(b, span_str(req->ns->name));
	request_param(req, SPAN("SOCKETIO_NAMESPACE"), req->ns->name);
	request_param(req, SPAN("PATH_INFO"), req->ns->name);
	if (req->n) {
		buf_adds(b, ",\"sid\":\"");
		buf_adds(b, req->n->sid);
		buf_addch(b, '"');
		request_param(req, SPAN("SOCKETIO_SID"), req->n->sid);
	}
}

void
request_set_event(struct request *req, struct span name, struct span json)
{
	buf_adds(&req->body, ",\"event\":");
	buf_addspan(&req->body, json);
	fcgi_add_pair(&req->params, SPAN("SOCKETIO_EVENT"), name);
}

void
request_set_args(struct request *req, struct span elements)
{
	buf_adds(&req->body, ",\"args\":[");
	buf_addspan(&req->body, elements);
	buf_addch(&req->body, ']');
}

void
request_finish(struct request *req)
{
	struct buf *b = &req->body;
	char number[24];
	struct buf id = BUF_INIT;

	gw_assert(!req->with_body);
	req->with_body = true;
	if (req->has_ack)
		buf_adds(b, ",\"ack\":true");
	if (req->n) {
		buf_adds(b, ",\"session\":");
		if (req->n->vs)
			buf_addspan(b, vsocket_session(req->n->vs));
		else
			lane_add_last_session(req->n, b);
		buf_adds(b, ",\"rooms\":");
		if (req->n->state == NSOCKET_GONE)
			lane_add_last_rooms(req->n, b);
		else
			nsocket_add_rooms(req->n, b);
		request_param(req, SPAN("SOCKETIO_TRANSPORT"),
		    req->n->vs ? vsocket_transport(req->n->vs)
			       : lane_last_transport(req->n));
	}
	buf_adds(b, "}\n");
	snprintf(number, sizeof(number), "%zu", b->len);
	request_param(req, SPAN("CONTENT_LENGTH"), number);
	buf_reserve(&id, 48);
	buf_adds(&id, req->d->set.instance);
	buf_addch(&id, '-');
	buf_addu64(&id, req->id);
	fcgi_add_pair(&req->params, SPAN("SOCKETIO_EVENT_ID"), buf_span(&id));
	buf_release(&id);
	/* last, so that its one digit can be changed */
	request_param(req, SPAN("SOCKETIO_ATTEMPT"), "1");
	req->br.params[1] =
	    req->handshake ? handshake_pairs(req->handshake) : SPAN_EMPTY;
	req->br.params[2] = buf_span(&req->params);
	req->br.body = buf_span(b);
	req->br.owner = req;
}

void
request_again(struct request *req)
{
	if (req->attempt < REQUEST_ATTEMPTS)
		req->attempt++;
	req->params.data[req->params.len - 1] = (char)('0' + req->attempt);
}
