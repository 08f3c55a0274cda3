/*
 * hub_bench: a hub without a network and without handlers.
 *
 * Each client's transport is one that keeps the text of what it is sent. What
 * the hub reports is kept as text, too.
 */
#ifndef SIOGATE_TEST_HUB_BENCH_H
#define SIOGATE_TEST_HUB_BENCH_H

#include <stdbool.h>

#include <uv.h>

#include "buf.h"
#include "hub.h"
#include "transport.h"

struct nsocket;

/* A client's transport. */
struct hub_bench_client {
	struct transport t; /* first */
	struct buf got;     /* packets, a line each */
};

struct hub_bench {
	uv_loop_t loop;
	uv_timer_t watchdog;
	struct turn *turn;
	struct transport_ctx ctx;
	struct hub *hub;
	struct namespace *ns; /* "/" */
	bool asks;            /* connects are not answered */
	struct buf reports;   /* "ack TAG ARGS[ timeout]", "event NAME", ... */
	unsigned disconnects;
};

/* The set-up and tear-down of a test; *state is the bench. */
int hub_bench_setup(void **state);
int hub_bench_teardown(void **state);

/* A new client, in no namespace yet. */
struct hub_bench_client *hub_bench_client(struct hub_bench *b);

/* A new client's namespace socket in "/"; what it was sent is forgotten. */
struct nsocket *hub_bench_join(struct hub_bench *b);

/* The client says something: a packet's text. */
void hub_bench_say(struct hub_bench_client *c, const char *text);

/* The client of a namespace socket. */
struct hub_bench_client *hub_bench_client_of(const struct nsocket *n);

/* What a client was sent since it was asked last; valid until it is sent
 * more. */
const char *hub_bench_got(struct hub_bench *b, struct hub_bench_client *c);

/* What the hub has reported since it was asked last. */
const char *hub_bench_reports(struct hub_bench *b);

/* Runs the loop until something is reported. */
void hub_bench_wait(struct hub_bench *b);

#endif
