/*
 * status: what the gateway is doing, as JSON.
 *
 * Names of rooms are what clients and handlers made of them; they are UTF-8
 * and leave as JSON strings. The id of a virtual socket is a credential and
 * never shown: a sid is that of a namespace socket.
 */

/* system */
#include <limits.h>
#include <unistd.h>

/* base */
#include "buf.h"

/* wire */
#include "jscan.h"

/* net */
#include "http.h"

/* transport */
#include "front.h"
#include "handshake.h"
#include "transport.h"

/* socket */
#include "hub.h"
#include "namespace.h"
#include "nsocket.h"
#include "vsocket.h"

/* dispatch */
#include "dispatch.h"
#include "service.h"

/* own */
#include "control.h"
#include "status.h"

/* A list that has become this long ends, whatever its limit is. */
enum { STATUS_MAX_BYTES = 64 << 20 };

/* A list that is being made. */
struct status_list {
	struct buf *out;
	const struct hub *hub;
	unsigned left; /* entries that may still be added */
	size_t start;  /* of the list in out */
	bool any;
	bool more; /* there are entries that were left out */
};

/* Appends "key":n and a comma. */
static void
status_add_count(struct buf *out, const char *key, uint64_t n)
{
	buf_addf(out, "\"%s\":%llu,", key, (unsigned long long)n);
}

/* Appends "key":"text" and a comma; null when there is no text. */
static void
status_add_text(struct buf *out, const char *key, const char *text)
{
	buf_addf(out, "\"%s\":", key);
	if (text)
		jscan_quote(out, span_str(text));
	else
		buf_adds(out, "null");
	buf_addch(out, ',');
}

/* Appends "key": a time in seconds, and a comma. */
static void
status_add_seconds(struct buf *out, const char *key, uint64_t ms)
{
	buf_addf(out, "\"%s\":%llu.%03u,", key, (unsigned long long)(ms / 1000),
	    (unsigned)(ms % 1000));
}

/* Puts a closing bracket in the place of the last comma, if there is one. */
static void
status_close(struct buf *out, char bracket)
{
	if (out->len && out->data[out->len - 1] == ',')
		out->len--;
	buf_addch(out, bracket);
}

uint64_t
status_uptime(const struct hub *h, const struct status_facts *facts)
{
	return uv_now(h->loop) - facts->since;
}

/*
 * The gateway.
 */

/* Adds what clients did wrong, by kind. */
static void
status_add_errors(struct buf *out, const struct hub *h)
{
	unsigned i;

	buf_adds(out, "\"errors\":{");
	for (i = 0; i < HUB_ERRORS; i++)
		status_add_count(out, hub_error_name(i), h->stats.errors[i]);
	status_close(out, '}');
	buf_addch(out, ',');
}

void
status_add_gateway(struct buf *out, const struct control_parts *parts,
    const struct status_facts *facts)
{
	const struct hub *h = parts->hub;
	struct http_stats http;
	struct front_stats front;
	struct dispatch_stats d;

	http_server_get_stats(parts->http, &http);
	front_get_stats(parts->front, &front);
	dispatch_get_stats(parts->dispatch, &d);
	buf_addch(out, '{');
	status_add_text(out, "version", facts->version);
	status_add_count(out, "pid", (uint64_t)getpid());
	status_add_text(out, "instance", facts->instance);
	status_add_seconds(out, "uptime", status_uptime(h, facts));
	status_add_count(out, "clients", h->stats.clients);
	status_add_count(out, "namespaces", HASH_COUNT(h->namespaces));
	status_add_count(out, "sockets", h->stats.nsockets);
	status_add_count(out, "connections", http.connections);
	status_add_count(
	    out, "websockets", parts->transports->stats.websockets);
	status_add_count(out, "requests", dispatch_requests(parts->dispatch));
	status_add_count(out, "events", h->stats.packets_in);
	status_add_count(out, "emits", h->stats.emits);
	status_add_count(out, "deliveries", h->stats.deliveries);
	status_add_count(out, "jobs", d.jobs);
	status_add_count(out, "handshakes", front.handshakes);
	status_add_count(out, "upgrades", h->stats.upgraded);
	status_add_errors(out, h);
	buf_addf(out, "\"stopping\":%s}\n", facts->stopping ? "true" : "false");
}

/*
 * Lists.
 */

/* Begins a list: {"key":[ */
static struct status_list
status_list_init(
    struct buf *out, const char *key, const struct hub *h, unsigned limit)
{
	buf_addf(out, "{\"%s\":[", key);
	return (struct status_list){
		.out = out, .hub = h, .left = limit, .start = out->len
	};
}

/* Begins an entry; false when there is no room for it. */
static bool
status_list_begin(struct status_list *l)
{
	if (l->left == 0 || l->out->len - l->start > STATUS_MAX_BYTES) {
		l->more = true;
		return false;
	}
	l->left--;
	l->any = true;
	buf_addch(l->out, '{');
	return true;
}

/* Ends an entry. */
static void
status_list_end(struct status_list *l)
{
	status_close(l->out, '}');
	buf_addch(l->out, ',');
}

/* Ends the list, and says whether there are more. */
static void
status_list_finish(struct status_list *l)
{
	if (l->any)
		l->out->len--; /* the last entry's comma */
	buf_addf(l->out, "],\"more\":%s}\n", l->more ? "true" : "false");
}

void
status_add_namespaces(struct buf *out, const struct hub *h)
{
	struct status_list l = status_list_init(out, "namespaces", h, UINT_MAX);
	const struct namespace *ns;

	for (ns = h->namespaces; ns; ns = ns->hh.next) {
		const struct service *s = dispatch_bound(ns);

		if (!status_list_begin(&l))
			break;
		status_add_text(out, "name", ns->name);
		status_add_count(out, "sockets", ns->n_members);
		status_add_count(out, "rooms", ns->n_rooms);
		status_add_text(out, "pool", s ? service_name(s) : NULL);
		buf_addf(out, "\"removed\":%s", ns->removed ? "true" : "false");
		status_list_end(&l);
	}
	status_list_finish(&l);
}

/* Adds one namespace socket; false when there is no room for it. */
static bool
status_add_socket(struct status_list *l, const struct nsocket *n)
{
	const struct vsocket *vs = n->vs;
	struct span address;

	if (n->state != NSOCKET_JOINED || vs == NULL)
		return true;
	if (!status_list_begin(l))
		return false;
	address = vs->handshake
		      ? handshake_get(vs->handshake, SPAN("REMOTE_ADDR"))
		      : SPAN_EMPTY;
	status_add_text(l->out, "sid", n->sid);
	status_add_text(l->out, "nsp", n->ns->name);
	status_add_text(l->out, "transport", vsocket_transport(vs));
	status_add_count(l->out, "protocol", vs->protocol);
	buf_adds(l->out, "\"address\":");
	jscan_quote(l->out, address);
	buf_addch(l->out, ',');
	status_add_seconds(
	    l->out, "connected", uv_now(l->hub->loop) - vs->since);
	buf_adds(l->out, "\"rooms\":");
	nsocket_add_rooms(n, l->out);
	buf_addch(l->out, ',');
	status_add_count(l->out, "queue", vs->outbox.n);
	status_list_end(l);
	return true;
}

/* Adds the namespace sockets of one namespace that the query means. */
static void
status_add_members(struct status_list *l, const struct namespace *ns,
    const struct status_query *q)
{
	const struct room *room;
	const struct nsocket *one;
	size_t i;

	if (q->room.n == 0) {
		for (i = 0; i < ns->n_members && !l->more; i++)
			status_add_socket(l, ns->members[i]);
		return;
	}
	room = namespace_room(ns, q->room);
	one = namespace_member(ns, q->room);
	if (room) {
		for (i = 0; i < room->n_members && !l->more; i++)
			status_add_socket(l, room->members[i].n);
	} else if (one) {
		status_add_socket(l, one);
	}
}

/* Adds the rooms of one namespace. */
static void
status_add_rooms_of(struct status_list *l, const struct namespace *ns,
    const struct status_query *q)
{
	const struct room *r;

	(void)q;
	for (r = ns->rooms; r && status_list_begin(l); r = r->hh.next) {
		status_add_text(l->out, "nsp", ns->name);
		buf_adds(l->out, "\"room\":");
		jscan_quote(l->out, span_of(r->name, r->name_len));
		buf_addch(l->out, ',');
		status_add_count(l->out, "sockets", r->n_members);
		status_list_end(l);
	}
}

/* Makes a list of what fn adds for each namespace that the query means. */
static int
status_add_list(struct buf *out, const char *key, const struct hub *h,
    const struct status_query *q,
    void (*fn)(struct status_list *l, const struct namespace *ns,
	const struct status_query *q))
{
	const struct namespace *ns = NULL;
	struct status_list l;

	if (q->nsp.n && (ns = namespace_find(h, q->nsp)) == NULL)
		return -1;
	l = status_list_init(out, key, h, q->limit);
	if (ns)
		fn(&l, ns, q);
	else
		for (ns = h->namespaces; ns && !l.more; ns = ns->hh.next)
			fn(&l, ns, q);
	status_list_finish(&l);
	return 0;
}

int
status_add_sockets(
    struct buf *out, const struct hub *h, const struct status_query *q)
{
	return status_add_list(out, "sockets", h, q, status_add_members);
}

int
status_add_rooms(
    struct buf *out, const struct hub *h, const struct status_query *q)
{
	return status_add_list(out, "rooms", h, q, status_add_rooms_of);
}

/*
 * Pools.
 */

/* Adds how the pool's requests ended. */
static void
status_add_results(struct buf *out, const struct service_stats *st)
{
	uint64_t all = 0, failed = 0;
	unsigned i;

	for (i = 0; i < SERVICE_RESULTS; i++) {
		all += st->results[i];
		if (i != SERVICE_OK && i != SERVICE_ABORTED)
			failed += st->results[i];
	}
	status_add_count(out, "requests", all);
	status_add_count(out, "ok", st->results[SERVICE_OK]);
	status_add_count(out, "failed", failed);
	buf_adds(out, "\"failures\":{");
	for (i = 0; i < SERVICE_RESULTS; i++)
		if (i != SERVICE_OK && i != SERVICE_ABORTED)
			status_add_count(
			    out, service_result_name(i), st->results[i]);
	status_close(out, '}');
	buf_addch(out, ',');
	status_add_count(out, "aborted", st->results[SERVICE_ABORTED]);
	status_add_count(out, "retried", st->retried);
	status_add_count(out, "bad_lines", st->bad_lines);
}

/* Adds the pool's workers and what they do. */
static void
status_add_workers(struct buf *out, const struct pool_status *p)
{
	status_add_count(
	    out, "workers", p->starting + p->idle + p->busy + p->retiring);
	status_add_count(out, "starting", p->starting);
	status_add_count(out, "idle", p->idle);
	status_add_count(out, "busy", p->busy);
	status_add_count(out, "retiring", p->retiring);
	status_add_count(out, "generation", p->generation);
	status_add_count(out, "started", p->started);
	status_add_count(out, "ended", p->ended);
	status_add_count(out, "killed", p->killed);
	status_add_count(out, "start_failures", p->failed);
	status_add_seconds(out, "restart_delay", p->restart_delay);
}

/* Adds one pool. */
static void
status_add_pool(struct buf *out, const struct service *s)
{
	const struct service_settings *set = service_get_settings(s);
	struct service_stats st;
	unsigned n = 0;

	service_get_stats(s, &st);
	while (!set->command && set->addresses && set->addresses[n])
		n++;
	status_add_text(out, "name", service_name(s));
	status_add_text(out, "kind", set->command ? "workers" : "addresses");
	status_add_workers(out, &st.pool);
	status_add_count(out, "addresses", n);
	status_add_count(out, "addresses_down", st.addresses_down);
	status_add_count(out, "queue", st.queued);
	status_add_count(out, "running", st.running);
	status_add_count(out, "jobs", st.jobs_running);
	status_add_results(out, &st);
}

void
status_add_pools(struct buf *out, const struct dispatch *d)
{
	struct status_list l = status_list_init(out, "pools", NULL, UINT_MAX);
	const struct service *s;

	for (s = dispatch_services(d); s && status_list_begin(&l);
	     s = service_next(s)) {
		status_add_pool(out, s);
		status_list_end(&l);
	}
	status_list_finish(&l);
}
