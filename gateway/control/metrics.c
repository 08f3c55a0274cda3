/*
 * metrics: the gateway's figures for Prometheus.
 *
 * Everything is counted where it happens; here it is only read. What has no
 * counter of its own (clients by transport, answers that are awaited) is found
 * by a walk over the clients, which is short even when there are many.
 */

/* system */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* base */
#include "buf.h"

/* net */
#include "http.h"

/* transport */
#include "front.h"
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
#include "metrics.h"
#include "status.h"

/* Pairs of transport and generation; there are fewer. */
enum { METRICS_GROUPS = 32 };

struct metrics_group {
	const char *transport;
	unsigned protocol;
	unsigned n;
};

void
metrics_add_label(struct buf *out, const char *name, struct span value)
{
	size_t i;

	buf_addf(out, "%s=\"", name);
	for (i = 0; i < value.n; i++) {
		if (value.p[i] == '\n')
			buf_adds(out, "\\n");
		else if (value.p[i] == '"' || value.p[i] == '\\')
			buf_addf(out, "\\%c", value.p[i]);
		else
			buf_addch(out, value.p[i]);
	}
	buf_addch(out, '"');
}

/* Begins a metric. */
static void
metrics_head(
    struct buf *out, const char *name, const char *type, const char *help)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A whole metric without labels. */
static void
metrics_one(struct buf *out, const char *name, const char *type,
    const char *help, uint64_t value)
{
	metrics_head(out, name, type, help);
	buf_addf(out, "%s %llu\n", name, (unsigned long long)value);
}

/* One sample with a label; with more labels when label2 is not NULL. */
static void
metrics_sample(struct buf *out, const char *name, const char *label,
    const char *value, const char *label2, const char *value2, uint64_t n)
{
	buf_addf(out, "%s{", name);
	metrics_add_label(out, label, span_str(value));
	if (label2) {
		buf_addch(out, ',');
		metrics_add_label(out, label2, span_str(value2));
	}
	buf_addf(out, "} %llu\n", (unsigned long long)n);
}

/*
 * The gateway and its clients.
 */

/* What the gateway is. */
static void
metrics_add_facts(
    struct buf *out, const struct hub *h, const struct status_facts *facts)
{
	uint64_t up = status_uptime(h, facts);

	metrics_head(out, "siogate_build_info", "gauge",
	    "The version that runs; the value is always 1.");
	metrics_sample(out, "siogate_build_info", "version", facts->version,
	    NULL, NULL, 1);
	metrics_head(out, "siogate_uptime_seconds", "gauge",
	    "Time since the gateway started.");
	buf_addf(out, "siogate_uptime_seconds %llu.%03u\n",
	    (unsigned long long)(up / 1000), (unsigned)(up % 1000));
	metrics_one(out, "siogate_stopping", "gauge",
	    "1 while the gateway is stopping.", facts->stopping);
}

/* Counts a client in its group. */
static void
metrics_count_client(struct metrics_group *groups, const struct vsocket *vs)
{
	const char *transport = vsocket_transport(vs);
	struct metrics_group *g;

	for (g = groups; g < groups + METRICS_GROUPS; g++) {
		if (g->transport == NULL) {
			g->transport = transport;
			g->protocol = vs->protocol;
		}
		if (g->protocol == vs->protocol &&
		    strcmp(g->transport, transport) == 0) {
			g->n++;
			return;
		}
	}
}

/* Clients by transport and generation. */
static void
metrics_add_connections(struct buf *out, const struct hub *h)
{
	static const char name[] = "siogate_connections";
	struct metrics_group groups[METRICS_GROUPS] = { { NULL, 0, 0 } };
	const struct metrics_group *g;
	const struct vsocket *vs;

	for (vs = h->by_sid; vs; vs = vs->hh.next)
		metrics_count_client(groups, vs);
	metrics_head(out, name, "gauge",
	    "Clients by transport and protocol generation.");
	for (g = groups; g < groups + METRICS_GROUPS && g->transport; g++) {
		char protocol[16];

		snprintf(protocol, sizeof(protocol), "%u", g->protocol);
		metrics_sample(out, name, "transport", g->transport, "protocol",
		    protocol, g->n);
	}
}

/* Namespace sockets and rooms by namespace. */
static void
metrics_add_namespaces(struct buf *out, const struct hub *h)
{
	const struct namespace *ns;
	uint64_t acks = 0;
	size_t i;

	metrics_head(out, "siogate_sockets", "gauge",
	    "Namespace sockets that were let in, by namespace.");
	for (ns = h->namespaces; ns; ns = ns->hh.next)
		metrics_sample(out, "siogate_sockets", "namespace", ns->name,
		    NULL, NULL, ns->n_members);
	metrics_head(out, "siogate_rooms", "gauge", "Rooms by namespace.");
	for (ns = h->namespaces; ns; ns = ns->hh.next) {
		metrics_sample(out, "siogate_rooms", "namespace", ns->name,
		    NULL, NULL, ns->n_rooms);
		for (i = 0; i < ns->n_members; i++)
			acks += ns->members[i]->n_acks;
	}
	metrics_one(out, "siogate_acks_pending", "gauge",
	    "Acknowledgements that clients still owe.", acks);
}

/* What the hub has counted. */
static void
metrics_add_hub(struct buf *out, const struct hub *h)
{
	const struct hub_stats *st = &h->stats;
	unsigned i;

	metrics_one(out, "siogate_clients", "gauge",
	    "Clients that are connected.", st->clients);
	metrics_one(out, "siogate_clients_opened_total", "counter",
	    "Clients that have connected.", st->opened);
	metrics_one(out, "siogate_clients_closed_total", "counter",
	    "Clients that have gone.", st->closed);
	metrics_one(out, "siogate_upgrades_total", "counter",
	    "Clients that went on from polling to WebSocket.", st->upgraded);
	metrics_one(out, "siogate_ping_timeouts_total", "counter",
	    "Clients that did not answer a ping in time.", st->ping_timeouts);
	metrics_one(out, "siogate_connect_timeouts_total", "counter",
	    "Clients that joined no namespace in time.", st->connect_timeouts);
	metrics_one(out, "siogate_packets_received_total", "counter",
	    "Packets from clients.", st->packets_in);
	metrics_one(out, "siogate_emits_total", "counter",
	    "Events sent, each counted once however many receive it.",
	    st->emits);
	metrics_one(out, "siogate_deliveries_total", "counter",
	    "Packets queued for clients, counted for each receiver.",
	    st->deliveries);
	metrics_head(out, "siogate_errors_total", "counter",
	    "What clients did wrong, by kind.");
	for (i = 0; i < HUB_ERRORS; i++)
		metrics_sample(out, "siogate_errors_total", "kind",
		    hub_error_name(i), NULL, NULL, st->errors[i]);
}

/* What the transports have counted. */
static void
metrics_add_transports(struct buf *out, const struct transport_stats *st)
{
	metrics_one(out, "siogate_websockets", "gauge",
	    "WebSocket connections that are open.", st->websockets);
	metrics_one(out, "siogate_websockets_opened_total", "counter",
	    "WebSocket connections that were opened.", st->ws_opened);
	metrics_one(out, "siogate_websocket_errors_total", "counter",
	    "WebSocket connections that broke the protocol.", st->ws_errors);
	metrics_one(out, "siogate_polls_total", "counter",
	    "Requests of polling clients.", st->polls);
	metrics_one(out, "siogate_slow_clients_closed_total", "counter",
	    "Clients closed because too much waited for them.", st->too_slow);
	metrics_one(out, "siogate_volatile_dropped_total", "counter",
	    "Volatile packets dropped for clients that were not ready.",
	    st->volatile_dropped);
	metrics_one(out, "siogate_received_bytes_total", "counter",
	    "Payload from clients.", st->bytes_in);
	metrics_one(out, "siogate_sent_bytes_total", "counter",
	    "Payload to clients.", st->bytes_out);
}

/* What the HTTP server for clients has counted. */
static void
metrics_add_http(struct buf *out, const struct http_stats *st)
{
	metrics_one(out, "siogate_http_connections", "gauge",
	    "HTTP connections that are open, WebSockets left out.",
	    st->connections);
	metrics_one(out, "siogate_http_connections_accepted_total", "counter",
	    "HTTP connections that were accepted.", st->accepted);
	metrics_one(out, "siogate_http_connections_refused_total", "counter",
	    "HTTP connections refused because there were too many.",
	    st->refused);
	metrics_one(out, "siogate_http_requests_total", "counter",
	    "HTTP requests.", st->requests);
	metrics_one(out, "siogate_http_timeouts_total", "counter",
	    "HTTP connections closed because the client was too slow.",
	    st->timeouts);
	metrics_one(out, "siogate_http_too_large_total", "counter",
	    "HTTP requests whose body was too large.", st->too_large);
}

/* What the front has counted. */
static void
metrics_add_front(struct buf *out, const struct front_stats *st)
{
	metrics_one(out, "siogate_handshakes_total", "counter",
	    "Handshakes that made a new client.", st->handshakes);
	metrics_one(out, "siogate_origin_refused_total", "counter",
	    "Requests refused because of their origin.", st->origin_refused);
	metrics_one(out, "siogate_bad_requests_total", "counter",
	    "Requests answered with an error of the protocol.",
	    st->bad_requests);
	metrics_one(out, "siogate_unknown_sid_total", "counter",
	    "Requests for a session that is not there.", st->unknown_sid);
	metrics_one(out, "siogate_files_total", "counter",
	    "Static files that were served.", st->files);
}

/*
 * Handlers.
 */

/* What the dispatcher has counted. */
static void
metrics_add_dispatch(struct buf *out, const struct dispatch *d)
{
	struct dispatch_stats st;
	unsigned i;

	dispatch_get_stats(d, &st);
	metrics_head(out, "siogate_actions_total", "counter",
	    "Actions that were carried out, by kind.");
	for (i = 0; i < ACTION_KINDS; i++)
		metrics_sample(out, "siogate_actions_total", "action",
		    action_name(i), NULL, NULL, st.actions[i]);
	metrics_one(out, "siogate_bad_actions_total", "counter",
	    "Lines that name no action, or one that could not be done.",
	    st.bad_actions);
	metrics_one(out, "siogate_requests_in_progress", "gauge",
	    "Requests to handlers that wait or run.", dispatch_requests(d));
	metrics_one(out, "siogate_jobs", "gauge",
	    "Jobs that exist, those with a timer included.", st.jobs);
	metrics_one(out, "siogate_events_dropped_total", "counter",
	    "Events dropped because their socket had gone.", st.events_dropped);
	metrics_one(out, "siogate_disconnect_events_waiting", "gauge",
	    "Disconnect events that wait for their turn.",
	    st.disconnects_waiting);
	metrics_one(out, "siogate_disconnect_events_dropped_total", "counter",
	    "Disconnect events that found their queue full.",
	    st.disconnects_dropped);
}

/* A figure of each pool. */
struct metrics_pool_figure {
	const char *name, *type, *help;
	size_t at;           /* in struct service_stats */
	bool wide;           /* uint64_t; else unsigned */
	bool only_with_pool; /* pools with workers of our own have it */
};

static const struct metrics_pool_figure metrics_pool_figures[] = {
	{ "siogate_pool_queue_length", "gauge",
	    "Requests that wait for a worker.",
	    offsetof(struct service_stats, queued), false, false },
	{ "siogate_pool_running_requests", "gauge",
	    "Requests that workers are busy with, jobs included.",
	    offsetof(struct service_stats, running), false, false },
	{ "siogate_pool_running_jobs", "gauge",
	    "Jobs that workers are busy with.",
	    offsetof(struct service_stats, jobs_running), false, false },
	{ "siogate_pool_addresses_down", "gauge",
	    "Addresses that are left out after a failure.",
	    offsetof(struct service_stats, addresses_down), false, false },
	{ "siogate_pool_retried_total", "counter",
	    "Requests that were sent again.",
	    offsetof(struct service_stats, retried), true, false },
	{ "siogate_pool_bad_lines_total", "counter",
	    "Lines of answers that could not be carried out.",
	    offsetof(struct service_stats, bad_lines), true, false },
	{ "siogate_pool_generation", "gauge",
	    "How often the pool's workers were replaced by a reload.",
	    offsetof(struct service_stats, pool.generation), false, true },
	{ "siogate_pool_workers_started_total", "counter",
	    "Worker processes that were started.",
	    offsetof(struct service_stats, pool.started), true, true },
	{ "siogate_pool_workers_ended_total", "counter",
	    "Worker processes that have ended.",
	    offsetof(struct service_stats, pool.ended), true, true },
	{ "siogate_pool_workers_failed_total", "counter",
	    "Worker processes that could not be started.",
	    offsetof(struct service_stats, pool.failed), true, true },
	{ "siogate_pool_workers_killed_total", "counter",
	    "Worker processes that had to be killed.",
	    offsetof(struct service_stats, pool.killed), true, true },
};

/* Reads a pool's figure. */
static uint64_t
metrics_pool_read(
    const struct metrics_pool_figure *f, const struct service_stats *st)
{
	const char *at = (const char *)st + f->at;
	uint64_t wide;
	unsigned narrow;

	if (f->wide) {
		memcpy(&wide, at, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, at, sizeof(narrow));
	return narrow;
}

/* True when the workers are our own. */
static bool
metrics_has_workers(const struct service *s)
{
	return service_get_settings(s)->command != NULL;
}

/* The figures of all pools. */
static void
metrics_add_pool_figures(struct buf *out, const struct dispatch *d)
{
	size_t i,
	    n = sizeof(metrics_pool_figures) / sizeof(metrics_pool_figures[0]);
	const struct service *s;
	struct service_stats st;

	for (i = 0; i < n; i++) {
		const struct metrics_pool_figure *f = &metrics_pool_figures[i];

		metrics_head(out, f->name, f->type, f->help);
		for (s = dispatch_services(d); s; s = service_next(s)) {
			if (f->only_with_pool && !metrics_has_workers(s))
				continue;
			service_get_stats(s, &st);
			metrics_sample(out, f->name, "pool", service_name(s),
			    NULL, NULL, metrics_pool_read(f, &st));
		}
	}
}

/* Workers by what they do, and the restart delay. */
static void
metrics_add_workers(struct buf *out, const struct dispatch *d)
{
	static const char workers[] = "siogate_pool_workers";
	static const char delay[] = "siogate_pool_restart_delay_seconds";
	const struct service *s;
	struct service_stats st;

	metrics_head(out, workers, "gauge", "Workers, by what they do.");
	for (s = dispatch_services(d); s; s = service_next(s)) {
		const char *pool = service_name(s);

		if (!metrics_has_workers(s))
			continue;
		service_get_stats(s, &st);
		metrics_sample(out, workers, "pool", pool, "state", "starting",
		    st.pool.starting);
		metrics_sample(
		    out, workers, "pool", pool, "state", "idle", st.pool.idle);
		metrics_sample(
		    out, workers, "pool", pool, "state", "busy", st.pool.busy);
		metrics_sample(out, workers, "pool", pool, "state", "retiring",
		    st.pool.retiring);
	}
	metrics_head(out, delay, "gauge",
	    "The wait before a broken worker is started again; 0: all is "
	    "well.");
	for (s = dispatch_services(d); s; s = service_next(s)) {
		if (!metrics_has_workers(s))
			continue;
		service_get_stats(s, &st);
		buf_addf(out, "%s{", delay);
		metrics_add_label(out, "pool", span_str(service_name(s)));
		buf_addf(out, "} %u.%03u\n", st.pool.restart_delay / 1000,
		    st.pool.restart_delay % 1000);
	}
}

/* Requests by pool and result. */
static void
metrics_add_results(struct buf *out, const struct dispatch *d)
{
	static const char name[] = "siogate_requests_total";
	const struct service *s;
	struct service_stats st;
	unsigned i;

	metrics_head(out, name, "counter",
	    "Requests to handlers that have ended, by result.");
	for (s = dispatch_services(d); s; s = service_next(s)) {
		service_get_stats(s, &st);
		for (i = 0; i < SERVICE_RESULTS; i++)
			metrics_sample(out, name, "pool", service_name(s),
			    "result", service_result_name(i), st.results[i]);
	}
}

/* One pool's histogram. */
static void
metrics_add_histogram(
    struct buf *out, const char *name, const struct service *s)
{
	struct service_stats st;
	struct buf pool = BUF_INIT;
	uint64_t sum = 0;
	unsigned i;

	service_get_stats(s, &st);
	metrics_add_label(&pool, "pool", span_str(service_name(s)));
	buf_cstr(&pool);
	for (i = 0; i < SERVICE_BUCKETS; i++) {
		sum += st.buckets[i];
		buf_addf(out, "%s_bucket{%s,le=\"%g\"} %llu\n", name, pool.data,
		    service_bucket_bounds[i], (unsigned long long)sum);
	}
	sum += st.buckets[SERVICE_BUCKETS];
	buf_addf(out, "%s_bucket{%s,le=\"+Inf\"} %llu\n", name, pool.data,
	    (unsigned long long)sum);
	buf_addf(out, "%s_sum{%s} %.9f\n", name, pool.data, st.seconds);
	buf_addf(out, "%s_count{%s} %llu\n", name, pool.data,
	    (unsigned long long)sum);
	buf_release(&pool);
}

/* How long requests took. */
static void
metrics_add_durations(struct buf *out, const struct dispatch *d)
{
	static const char name[] = "siogate_request_duration_seconds";
	const struct service *s;

	metrics_head(out, name, "histogram",
	    "Time from when a worker got a request to the end of its answer.");
	for (s = dispatch_services(d); s; s = service_next(s))
		metrics_add_histogram(out, name, s);
}

void
metrics_add(struct buf *out, const struct control_parts *parts,
    const struct status_facts *facts)
{
	struct http_stats http;
	struct front_stats front;

	http_server_get_stats(parts->http, &http);
	front_get_stats(parts->front, &front);
	metrics_add_facts(out, parts->hub, facts);
	metrics_add_connections(out, parts->hub);
	metrics_add_namespaces(out, parts->hub);
	metrics_add_hub(out, parts->hub);
	metrics_add_transports(out, &parts->transports->stats);
	metrics_add_http(out, &http);
	metrics_add_front(out, &front);
	metrics_add_dispatch(out, parts->dispatch);
	metrics_add_pool_figures(out, parts->dispatch);
	metrics_add_workers(out, parts->dispatch);
	metrics_add_results(out, parts->dispatch);
	metrics_add_durations(out, parts->dispatch);
}
