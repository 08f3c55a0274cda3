/*
 * control: the control listener.
 *
 *	POST /v1/actions      action lines; one JSON line back for each
 *	GET  /v1/status       figures of the gateway
 *	GET  /v1/namespaces   /v1/sockets  /v1/rooms  /v1/pools
 *	GET  /healthz         "ok", or 503 while stopping
 *	GET  /metrics         Prometheus text
 *
 * control.c answers requests, status.c makes the JSON, metrics.c the metrics.
 */
#ifndef SIOGATE_CONTROL_H
#define SIOGATE_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

struct control;
struct dispatch;
struct front;
struct http_server;
struct hub;
struct log;
struct transport_ctx;
struct turn;

struct control_settings {
	const char *address; /* "unix:/path" or "host:port" */
	const char *token;   /* NULL: none is asked for (unix sockets only) */
	size_t max_body;     /* bytes of POST /v1/actions */
	const char *version;
	const char *instance; /* id of this run */
	struct log *log;
	struct turn *turn;
};

/* What it reports about, and whom it gives lines to. */
struct control_parts {
	struct dispatch *dispatch;
	struct hub *hub;
	struct front *front;
	struct transport_ctx *transports;
	struct http_server *http; /* the clients' one */
};

/* Opens the listener. NULL with *error_r, which the caller frees. */
struct control *control_new(uv_loop_t *loop,
    const struct control_settings *settings, const struct control_parts *parts,
    char **error_r);

/* Where it listens. */
const char *control_name(const struct control *c);

/* /healthz says no from now on. */
void control_set_stopping(struct control *c);

/* Closes it; leaves *c NULL. */
void control_free(struct control **c);

#endif
