/*
 * loadgen: puts a Socket.IO server under load and says what it cost.
 *
 *	loadgen SCENARIO --server ADDRESS:PORT [--OPTION VALUE]...
 *
 * SCENARIO is echo, fanout, idle or connect. One JSON object on standard
 * output is the result: messages a second, latencies, and the processor time
 * that this program and the server's processes used for it. The exit status is
 * 0, or one of fail.h, with a message on standard error and no result.
 */

/* system */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* own */
#include "fail.h"
#include "scenario.h"

struct options {
	const struct scenario *scenario;
	struct scenario_settings set;
	struct meter_procs procs;
};

/* An option that is a number, and where it goes. */
struct number {
	const char *name;
	const char *help;
	unsigned *at;
	unsigned min, max;
};

enum { NUMBERS = 9 };

/* The numeric options. */
static void
numbers(struct options *o, struct number n[NUMBERS])
{
	struct scenario_settings *s = &o->set;
	const struct number all[NUMBERS] = {
		{ "--clients", "connections", &s->fleet.clients, 1, 1000000 },
		{ "--at-once", "connect at the same time", &s->fleet.at_once, 1,
		    100000 },
		{ "--sources", "source addresses, 0: do not bind",
		    &s->fleet.sources, 0, 254 },
		{ "--silence", "seconds without an answer that fail",
		    &s->fleet.silence, 1, 3600 },
		{ "--inflight", "events on their way", &s->inflight, 1,
		    SCENARIO_INFLIGHT_MAX },
		{ "--payload", "bytes of an event's argument", &s->payload,
		    SCENARIO_PAYLOAD_MIN, WSCLIENT_TEXT_MAX - 1024 },
		{ "--warmup", "milliseconds", &s->warmup, 0, 3600000 },
		{ "--time", "milliseconds that are measured", &s->time, 1,
		    3600000 },
		{ "--count", "connections that are measured (connect)",
		    &s->count, 1, 100000000 },
	};

	memcpy(n, all, sizeof(all));
}

/* Says how to call it. */
static void
usage(struct options *o)
{
	struct number n[NUMBERS];

	numbers(o, n);
	puts("usage: loadgen echo|fanout|idle|connect --server ADDRESS:PORT\n"
	     "  --nsp NAME        namespace\n"
	     "  --pid PID         a process of the server (repeatable)\n"
	     "  --pid-tree PID    the same, with its descendants");
	for (size_t i = 0; i < NUMBERS; i++)
		printf(
		    "  %-10s N      %s (%u)\n", n[i].name, n[i].help, *n[i].at);
}

/* Reads a number between two bounds; fails otherwise. */
static unsigned
number_parse(const char *name, const char *s, unsigned min, unsigned max)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(s, &end, 10);
	if (end == s || *end != '\0' || errno != 0 || v < (long)min ||
	    v > (long)max)
		fail(FAIL_USAGE, "%s: a number from %u to %u, please", name,
		    min, max);
	return (unsigned)v;
}

/* Reads ADDRESS:PORT. */
static void
server_parse(struct sockaddr_in *sin, const char *s)
{
	const char *colon = strrchr(s, ':');
	char host[64];

	if (colon == NULL || (size_t)(colon - s) >= sizeof(host))
		fail(FAIL_USAGE, "--server wants ADDRESS:PORT");
	memcpy(host, s, (size_t)(colon - s));
	host[colon - s] = '\0';
	sin->sin_family = AF_INET;
	sin->sin_port =
	    htons((uint16_t)number_parse("--server", colon + 1, 1, 65535));
	if (inet_pton(AF_INET, host, &sin->sin_addr) != 1)
		fail(FAIL_USAGE, "not an IPv4 address: %s", host);
}

/* One option with its value. */
static void
option(struct options *o, const char *name, const char *value)
{
	struct number n[NUMBERS];
	bool tree = strcmp(name, "--pid-tree") == 0;

	if (value == NULL)
		fail(FAIL_USAGE, "%s: no value", name);
	if (strcmp(name, "--server") == 0) {
		server_parse(&o->set.fleet.server, value);
		return;
	}
	if (strcmp(name, "--nsp") == 0) {
		o->set.fleet.nsp = value;
		return;
	}
	if (tree || strcmp(name, "--pid") == 0) {
		meter_procs_add(&o->procs,
		    (pid_t)number_parse(name, value, 1, 1u << 30), tree);
		return;
	}
	numbers(o, n);
	for (size_t i = 0; i < NUMBERS; i++)
		if (strcmp(n[i].name, name) == 0) {
			*n[i].at =
			    number_parse(name, value, n[i].min, n[i].max);
			return;
		}
	fail(FAIL_USAGE, "no such option: %s", name);
}

/* Reads the command line. */
static void
options_parse(struct options *o, int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "--help") == 0) {
		usage(o);
		exit(argc < 2 ? FAIL_USAGE : 0);
	}
	o->scenario = scenario_find(argv[1]);
	if (o->scenario == NULL)
		fail(FAIL_USAGE, "no such scenario: %s", argv[1]);
	for (int i = 2; i < argc; i += 2)
		option(o, argv[i], argv[i + 1]);
	if (o->set.fleet.server.sin_port == 0)
		fail(FAIL_USAGE, "--server is missing");
}

/* Prints the processes that were counted. */
static void
print_pids(const struct meter_procs *p)
{
	printf("\"pids\":[");
	for (size_t i = 0; i < p->n; i++)
		printf("%s%d", i > 0 ? "," : "", (int)p->proc[i].pid);
	printf("]");
}

/* Prints the result. */
static void
print_result(void *ctx, const struct scenario_result *r)
{
	const struct options *o = ctx;
	double n = r->messages ? (double)r->messages : 1;
	double wall = r->wall ? (double)r->wall : 1;

	printf("{\"scenario\":\"%s\",\"clients\":%u,\"inflight\":%u,"
	       "\"payload\":%u,",
	    o->scenario->name, o->set.fleet.clients, o->set.inflight,
	    o->set.payload);
	printf("\"messages\":%llu,\"seconds\":%.4f,\"rate\":%.1f,",
	    (unsigned long long)r->messages, wall / 1e9,
	    (double)r->messages * 1e9 / wall);
	printf("\"p50_us\":%.1f,\"p99_us\":%.1f,",
	    (double)meter_hist_quantile(&r->latency, 0.50) / 1e3,
	    (double)meter_hist_quantile(&r->latency, 0.99) / 1e3);
	printf("\"server_us\":%.3f,\"server_share\":%.3f,"
	       "\"client_us\":%.3f,\"client_share\":%.3f,",
	    (double)r->server / 1e3 / n, (double)r->server / wall,
	    (double)r->own / 1e3 / n, (double)r->own / wall);
	print_pids(&o->procs);
	puts("}");
	fflush(stdout);
}

/* Runs one scenario. */
int
main(int argc, char **argv)
{
	struct options o = {
		.set = {
			.fleet = {
				.nsp = "",
				.clients = 50,
				.at_once = 64,
				.sources = 8,
				.silence = 30,
			},
			.inflight = 1,
			.payload = 100,
			.warmup = 500,
			.time = 2000,
			.count = 1000,
		},
	};
	struct scenario_report report = { .fn = print_result, .ctx = &o };

	options_parse(&o, argc, argv);
	o.scenario->run(&o.set, &o.procs, &report);
	return 0;
}
