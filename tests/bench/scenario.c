/*
 * scenario: what the load generator measures.
 *
 * echo and fanout run in phases. A phase starts its events, replaces each that
 * is done by a new one until its time is over, and then waits for those on
 * their way. So what is counted was sent and answered inside the measured
 * part, and an event that is lost shows as silence. Every answer is compared
 * byte for byte; each event carries a number of its own in its payload.
 */

/* system */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* own */
#include "fail.h"
#include "scenario.h"

enum { STAMP = SCENARIO_PAYLOAD_MIN, SETTLE_MS = 100, HOLD_MS = 100 };

/* An event on its way. */
struct flight {
	uint32_t id;   /* its number */
	uint32_t left; /* answers that it still waits for */
	uint64_t sent; /* when it left */
};

/* A text with a number in it. */
struct stamped {
	char *text;
	size_t len;
	size_t at; /* of the number's STAMP digits */
};

struct run {
	const struct scenario_settings *set;
	struct wsclient *fleet;
	struct scenario_result result;
	bool stopping;        /* nothing new is sent */
	uint64_t outstanding; /* events on their way */
	uint64_t done;        /* messages of this phase */
	uint64_t quota;       /* connect: still to be opened */
	struct flight *flight;
	uint32_t *next;      /* fanout: number that each client waits for */
	uint32_t number;     /* fanout: the next shout's */
	struct stamped out;  /* what is sent, from the arguments on */
	struct stamped want; /* what must come back */
	char *packet;        /* room for a whole one */
};

/* Writes a number as STAMP hexadecimal digits. */
static void
stamp(struct stamped *s, uint64_t number)
{
	char *p = s->text + s->at + STAMP;

	for (int i = 0; i < STAMP; i++, number >>= 4)
		*--p = "0123456789abcdef"[number & 15];
}

/* Makes `head`, a payload of n bytes, and `"]`. */
static void
stamped_init(struct stamped *s, const char *head, size_t n)
{
	s->at = strlen(head);
	s->len = s->at + n + 2;
	s->text = fail_calloc(s->len + 1, 1);
	memcpy(s->text, head, s->at);
	memset(s->text + s->at, 'x', n);
	memcpy(s->text + s->at + n, "\"]", 2);
}

/* A run, its clients not yet connected. */
static void
run_init(struct run *r, const struct scenario_settings *set,
    const struct wsclient_events *ev)
{
	memset(r, 0, sizeof(*r));
	r->set = set;
	r->fleet = wsclient_new(&set->fleet, ev, r);
	r->packet = fail_calloc(set->payload + 256u, 1);
}

/* Empties a run. */
static void
run_release(struct run *r)
{
	wsclient_free(&r->fleet);
	free(r->flight);
	free(r->next);
	free(r->out.text);
	free(r->want.text);
	free(r->packet);
}

/* One phase; see above. */
static void
phase(struct run *r, unsigned ms, void (*start)(struct run *))
{
	uint64_t end = meter_now() + ms * (uint64_t)1000000;

	r->done = 0;
	r->stopping = false;
	wsclient_touch(r->fleet);
	start(r);
	wsclient_flush(r->fleet);
	while (wsclient_now(r->fleet) < end)
		wsclient_turn(r->fleet, 10);
	r->stopping = true;
	while (r->outstanding > 0)
		wsclient_turn(r->fleet, 1000);
}

/* A phase whose cost is taken down. */
static void
measured(struct run *r, struct meter_procs *procs, unsigned ms,
    void (*start)(struct run *))
{
	uint64_t wall, own;

	memset(&r->result, 0, sizeof(r->result));
	meter_procs_begin(procs);
	own = meter_own_cpu();
	wall = meter_now();
	phase(r, ms, start);
	r->result.wall = meter_now() - wall;
	r->result.own = meter_own_cpu() - own;
	r->result.server = meter_procs_end(procs);
	r->result.messages = r->done;
}

/* Waits until nothing more comes: an event that came twice fails the run. */
static void
settle(struct run *r)
{
	while (wsclient_turn(r->fleet, SETTLE_MS) > 0)
		continue;
}

/* Warm-up, measured part, and the report. */
static void
run_phases(struct run *r, struct meter_procs *procs,
    const struct scenario_report *report, void (*start)(struct run *))
{
	wsclient_open_all(r->fleet);
	phase(r, r->set->warmup, start);
	measured(r, procs, r->set->time, start);
	settle(r);
	report->fn(report->ctx, &r->result);
}

/* Sends the event that r->out holds: packet type, namespace, ack id. */
static void
send_event(struct run *r, unsigned client, const char *ack_id)
{
	char *p = stpcpy(r->packet, "42");

	p = stpcpy(stpcpy(p, wsclient_prefix(r->fleet)), ack_id);
	memcpy(p, r->out.text, r->out.len);
	wsclient_send(
	    r->fleet, client, r->packet, (size_t)(p - r->packet) + r->out.len);
}

/* Skips the packet type and the namespace; fails when they are others. */
static const char *
skip_head(struct run *r, char type, const char *p, size_t n)
{
	const char *prefix = wsclient_prefix(r->fleet);
	size_t len = strlen(prefix);

	if (n <= len + 1 || p[0] != type || memcmp(p + 1, prefix, len) != 0)
		fail(FAIL_ANSWER, "unexpected packet: 4%.*s",
		    (int)(n < 200 ? n : 200), p);
	return p + 1 + len;
}

/* Fails unless the n bytes at p are what r->want holds. */
static void
compare(struct run *r, const char *p, size_t n)
{
	if (n == r->want.len && memcmp(p, r->want.text, n) == 0)
		return;
	fail(FAIL_ANSWER, "expected %.*s, got %.*s",
	    (int)(r->want.len < 200 ? r->want.len : 200), r->want.text,
	    (int)(n < 200 ? n : 200), p);
}

/* Writes a number in decimal, with a NUL. */
static void
decimal(char out[11], uint32_t v)
{
	char tmp[10];
	size_t n = 0;

	do {
		tmp[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	while (n > 0)
		*out++ = tmp[--n];
	*out = '\0';
}

/* The number that an echo carries in its payload. */
static uint64_t
echo_number(unsigned client, uint32_t id)
{
	return (uint64_t)client << 32 | id;
}

/* Sends the next event of a client's slot. */
static void
echo_send(struct run *r, unsigned client, unsigned slot)
{
	struct flight *e = &r->flight[client * r->set->inflight + slot];
	char ack_id[11];

	e->id += r->set->inflight;
	e->left = 1;
	e->sent = wsclient_now(r->fleet);
	decimal(ack_id, e->id);
	stamp(&r->out, echo_number(client, e->id));
	send_event(r, client, ack_id);
	r->outstanding++;
}

/* Fills all slots of all clients. */
static void
echo_start(struct run *r)
{
	for (unsigned i = 0; i < r->set->fleet.clients; i++)
		for (unsigned k = 0; k < r->set->inflight; k++)
			echo_send(r, i, k);
}

/* An acknowledgement. */
static void
echo_packet(void *ctx, unsigned client, const char *text, size_t len)
{
	struct run *r = ctx;
	const char *end = text + len;
	const char *p = skip_head(r, '3', text, len);
	struct flight *e;
	uint32_t id = 0;
	unsigned slot;

	for (; p < end && *p >= '0' && *p <= '9'; p++)
		id = id * 10 + (uint32_t)(*p - '0');
	slot = id % r->set->inflight;
	e = &r->flight[client * r->set->inflight + slot];
	if (e->left != 1 || e->id != id)
		fail(FAIL_ANSWER, "client %u: nobody waits for ack %u", client,
		    (unsigned)id);
	stamp(&r->want, echo_number(client, id));
	compare(r, p, (size_t)(end - p));
	meter_hist_add(&r->result.latency, wsclient_now(r->fleet) - e->sent);
	wsclient_touch(r->fleet);
	e->left = 0;
	r->outstanding--;
	r->done++;
	if (!r->stopping)
		echo_send(r, client, slot);
}

/* Every client sends events, and waits for their acknowledgements. */
static void
echo_run(const struct scenario_settings *set, struct meter_procs *procs,
    const struct scenario_report *report)
{
	static const struct wsclient_events ev = { .packet = echo_packet };
	struct run r;

	run_init(&r, set, &ev);
	stamped_init(&r.out, "[\"echo\",\"", set->payload);
	stamped_init(&r.want, "[\"", set->payload);
	r.flight = fail_calloc(
	    (size_t)set->fleet.clients * set->inflight, sizeof(*r.flight));
	for (unsigned i = 0; i < set->fleet.clients * set->inflight; i++)
		r.flight[i].id = i % set->inflight;
	run_phases(&r, procs, report, echo_start);
	run_release(&r);
}

/* Client 0 sends the next shout. */
static void
fanout_send(struct run *r)
{
	struct flight *e = &r->flight[r->number % r->set->inflight];

	e->id = r->number++;
	e->left = r->set->fleet.clients;
	e->sent = wsclient_now(r->fleet);
	stamp(&r->out, e->id);
	send_event(r, 0, "");
	r->outstanding++;
}

/* As many shouts as may be on their way. */
static void
fanout_start(struct run *r)
{
	for (unsigned k = 0; k < r->set->inflight; k++)
		fanout_send(r);
}

/* A delivery: each client gets each shout once, in order. */
static void
fanout_packet(void *ctx, unsigned client, const char *text, size_t len)
{
	struct run *r = ctx;
	const char *p = skip_head(r, '2', text, len);
	uint32_t number = r->next[client];
	struct flight *e = &r->flight[number % r->set->inflight];

	if (number == r->number)
		fail(
		    FAIL_ANSWER, "client %u: a shout that nobody sent", client);
	stamp(&r->want, number);
	compare(r, p, (size_t)(text + len - p));
	meter_hist_add(&r->result.latency, wsclient_now(r->fleet) - e->sent);
	wsclient_touch(r->fleet);
	r->next[client]++;
	r->done++;
	if (--e->left > 0)
		return;
	r->outstanding--;
	if (!r->stopping)
		fanout_send(r);
}

/* Client 0 shouts, and everybody hears it. */
static void
fanout_run(const struct scenario_settings *set, struct meter_procs *procs,
    const struct scenario_report *report)
{
	static const struct wsclient_events ev = { .packet = fanout_packet };
	struct run r;

	run_init(&r, set, &ev);
	stamped_init(&r.out, "[\"shout\",\"", set->payload);
	stamped_init(&r.want, "[\"shout\",\"", set->payload);
	r.flight = fail_calloc(set->inflight, sizeof(*r.flight));
	r.next = fail_calloc(set->fleet.clients, sizeof(*r.next));
	run_phases(&r, procs, report, fanout_start);
	run_release(&r);
}

/* True when standard input has ended; what it holds is skipped. */
static bool
told_to_end(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	char buf[256];

	return poll(&p, 1, 0) > 0 && read(STDIN_FILENO, buf, sizeof(buf)) <= 0;
}

/* Connects all clients. */
static void
idle_start(struct run *r)
{
	wsclient_open_all(r->fleet);
	r->done = r->set->fleet.clients;
}

/* Clients connect, the result is reported, and they stay, answering pings,
 * until standard input ends. */
static void
idle_run(const struct scenario_settings *set, struct meter_procs *procs,
    const struct scenario_report *report)
{
	static const struct wsclient_events ev = { .packet = NULL };
	struct run r;

	run_init(&r, set, &ev);
	measured(&r, procs, 0, idle_start);
	report->fn(report->ctx, &r.result);
	while (!told_to_end()) {
		wsclient_touch(r.fleet);
		wsclient_turn(r.fleet, HOLD_MS);
	}
	run_release(&r);
}

/* Opens one connection, if there is one left to open. */
static void
connect_next(struct run *r, unsigned id)
{
	if (r->quota == 0)
		return;
	r->quota--;
	r->flight[id].sent = wsclient_now(r->fleet);
	wsclient_open(r->fleet, id);
}

/* Opens as many connections as there may be at once. */
static void
connect_start(struct run *r)
{
	r->outstanding = r->quota;
	for (unsigned i = 0; i < r->set->fleet.clients; i++)
		connect_next(r, i);
}

/* The namespace answered: leaves. */
static void
connect_ready(void *ctx, unsigned id)
{
	struct run *r = ctx;

	meter_hist_add(
	    &r->result.latency, wsclient_now(r->fleet) - r->flight[id].sent);
	wsclient_close(r->fleet, id);
}

/* The connection is gone: the next, please. */
static void
connect_closed(void *ctx, unsigned id)
{
	struct run *r = ctx;

	r->outstanding--;
	r->done++;
	connect_next(r, id);
}

/* Connections come and go. */
static void
connect_run(const struct scenario_settings *set, struct meter_procs *procs,
    const struct scenario_report *report)
{
	static const struct wsclient_events ev = {
		.ready = connect_ready,
		.closed = connect_closed,
	};
	struct run r;

	run_init(&r, set, &ev);
	r.flight = fail_calloc(set->fleet.clients, sizeof(*r.flight));
	r.quota = set->count / 5;
	phase(&r, 0, connect_start);
	r.quota = set->count;
	measured(&r, procs, 0, connect_start);
	report->fn(report->ctx, &r.result);
	run_release(&r);
}

const struct scenario *
scenario_find(const char *name)
{
	static const struct scenario all[] = {
		{ .name = "echo", .run = echo_run },
		{ .name = "fanout", .run = fanout_run },
		{ .name = "idle", .run = idle_run },
		{ .name = "connect", .run = connect_run },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i].name, name) == 0)
			return &all[i];
	return NULL;
}
