/*
 * hub: all clients of the gateway.
 */

/* system */
#include <stdlib.h>

/* base */
#include "gw_assert.h"
#include "mem.h"

/* transport */
#include "handshake.h"

/* own */
#include "hub.h"
#include "namespace.h"
#include "vsocket.h"
#include "vsocket_priv.h"

const char *
hub_error_name(enum hub_error e)
{
	static const char *const names[HUB_ERRORS] = {
		[HUB_E_SYNTAX] = "syntax",
		[HUB_E_JSON] = "json",
		[HUB_E_DEPTH] = "depth",
		[HUB_E_PAYLOAD] = "payload",
		[HUB_E_ATTACHMENTS] = "attachments",
		[HUB_E_NSP] = "namespace_name",
		[HUB_E_STATE] = "state",
		[HUB_E_NAMESPACE] = "unknown_namespace",
		[HUB_E_ACL] = "access",
		[HUB_E_ACK] = "unasked_ack",
		[HUB_E_LIMIT] = "limit",
	};

	return names[e];
}

void
hub_count(struct hub *h, enum hub_error e)
{
	h->stats.errors[e]++;
}

struct hub *
hub_new(struct transport_ctx *ctx, const struct hub_settings *settings,
    const struct hub_events *events)
{
	struct hub *h = mem_zalloc(sizeof(*h));

	h->set = *settings;
	h->events = *events;
	h->ctx = ctx;
	h->loop = ctx->loop;
	h->log = ctx->log;
	h->ping_due = deadline_queue_new(
	    h->loop, settings->ping_interval, vsocket_on_ping_due, h);
	h->pong_due = deadline_queue_new(
	    h->loop, settings->ping_timeout, vsocket_on_pong_due, h);
	h->connect_due = deadline_queue_new(
	    h->loop, settings->connect_timeout, vsocket_on_connect_due, h);
	h->upgrade_due = deadline_queue_new(
	    h->loop, settings->upgrade_timeout, vsocket_on_upgrade_due, h);
	return h;
}

void
hub_set(struct hub *h, const struct hub_settings *settings)
{
	h->set = *settings;
	deadline_queue_set_period(h->ping_due, settings->ping_interval);
	deadline_queue_set_period(h->pong_due, settings->ping_timeout);
	deadline_queue_set_period(h->connect_due, settings->connect_timeout);
	deadline_queue_set_period(h->upgrade_due, settings->upgrade_timeout);
}

void
hub_free(struct hub **hp)
{
	struct hub *h = *hp;

	if (h == NULL)
		return;
	while (h->by_sid)
		vsocket_drop(h->by_sid);
	turn_run(h->ctx->turn); /* frees the clients */
	while (h->namespaces) {
		struct namespace *ns = h->namespaces;

		namespace_free(&ns);
	}
	deadline_queue_free(&h->ping_due);
	deadline_queue_free(&h->pong_due);
	deadline_queue_free(&h->connect_due);
	deadline_queue_free(&h->upgrade_due);
	buf_release(&h->name);
	buf_release(&h->text);
	buf_release(&h->args);
	free(h);
	*hp = NULL;
}

unsigned
hub_let_go(struct hub *h, unsigned n)
{
	struct vsocket *vs, *next;
	unsigned left = 0;

	h->stopping = true;
	for (vs = h->by_sid; vs; vs = next) {
		next = vs->hh.next;
		if (vs->state != VSOCKET_OPEN)
			continue;
		if (n == 0) {
			left++;
			continue;
		}
		n--;
		vsocket_finish(vs, "server shutting down", false);
	}
	return left;
}

/* The front asks for a session. */
static bool
hub_on_find(void *owner, struct span sid, struct front_session *out)
{
	struct hub *h = owner;
	struct vsocket *vs;

	HASH_FIND(hh, h->by_sid, sid.p, sid.n, vs);
	if (vs == NULL || vs->state == VSOCKET_CLOSED)
		return false;
	out->transport = vs->transport;
	out->upgrading = vs->probe != NULL || vs->state != VSOCKET_OPEN;
	out->session = vs;
	return true;
}

/* The front has a new client. */
static bool
hub_on_open(void *owner, struct transport *t, struct handshake *hs,
    unsigned protocol, bool upgradable, struct span session)
{
	struct hub *h = owner;
	struct vsocket *vs;

	(void)protocol;
	if (h->stopping) {
		transport_free(&t);
		handshake_unref(&hs);
		return false;
	}
	vs = vsocket_new(h, t, hs, upgradable);
	if (session.n)
		vsocket_patch_session(vs, session);
	return true;
}

/* The front asks whether a client is welcome. */
static void
hub_on_authorize(void *owner, struct handshake *hs, struct front_ask *ask)
{
	struct hub *h = owner;

	h->events.handshake(h->events.owner, hs, ask);
}

/* The front has a WebSocket for a client that is there. */
static void
hub_on_probe(void *owner, struct span sid, struct transport *t)
{
	struct front_session s;

	if (hub_on_find(owner, sid, &s) && !s.upgrading &&
	    transport_is_polling(s.transport))
		vsocket_probe(s.session, t);
	else
		transport_free(&t);
}

const struct front_events hub_front_events = {
	.authorize = hub_on_authorize,
	.find = hub_on_find,
	.open = hub_on_open,
	.probe = hub_on_probe,
};
