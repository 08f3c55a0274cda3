/*
 * scenario: what the load generator measures.
 */
#ifndef SIOGATE_BENCH_SCENARIO_H
#define SIOGATE_BENCH_SCENARIO_H

#include <stdint.h>

#include "meter.h"
#include "wsclient.h"

enum { SCENARIO_PAYLOAD_MIN = 16, SCENARIO_INFLIGHT_MAX = 4096 };

struct scenario_settings {
	struct wsclient_settings fleet;
	unsigned inflight; /* events on their way: a client's, or all shouts */
	unsigned payload;  /* bytes of an event's argument */
	unsigned warmup;   /* milliseconds before the measured part */
	unsigned time;     /* milliseconds of the measured part */
	unsigned count;    /* connections of the measured part */
};

struct scenario_result {
	uint64_t messages; /* answers, deliveries or connections */
	uint64_t wall;     /* ns of the measured part */
	uint64_t own;      /* ns of processor time, ours */
	uint64_t server;   /* ns of processor time of the server's processes */
	struct meter_hist latency;
};

/* Who takes the result. */
struct scenario_report {
	void (*fn)(void *ctx, const struct scenario_result *result);
	void *ctx;
};

struct scenario {
	const char *name;
	/* Runs it, and reports once; any error ends the process. */
	void (*run)(const struct scenario_settings *set,
	    struct meter_procs *procs, const struct scenario_report *report);
};

/* The scenario of that name, or NULL. */
const struct scenario *scenario_find(const char *name);

#endif
