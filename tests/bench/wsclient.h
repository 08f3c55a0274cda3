/*
 * wsclient: a fleet of Socket.IO clients over WebSocket, in one epoll loop.
 *
 * Each client is known by its number. Its life: wsclient_open -> (connecting,
 * upgrading, opening, joining) -> ready -> wsclient_close -> closed, after
 * which it may be opened again. Engine.IO pings are answered here. A server
 * that sends anything unexpected, or closes a connection by itself, fails the
 * run.
 */
#ifndef SIOGATE_BENCH_WSCLIENT_H
#define SIOGATE_BENCH_WSCLIENT_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

enum { WSCLIENT_TEXT_MAX = 60 * 1024 };

struct wsclient;

struct wsclient_settings {
	struct sockaddr_in server;
	const char *nsp;  /* namespace, "" or "/" for the main one */
	unsigned clients; /* how many there can be */
	unsigned at_once; /* how many connect at the same time */
	unsigned sources; /* source addresses, 127.0.0.1 and up */
	unsigned silence; /* seconds without progress that fail the run */
};

/* What the fleet tells its owner; id is the client's number. */
struct wsclient_events {
	/* The namespace answered; may be NULL. */
	void (*ready)(void *ctx, unsigned id);
	/* A Socket.IO packet, without the Engine.IO type ahead of it and not
	 * followed by a NUL; valid during the call. NULL: none may come. */
	void (*packet)(void *ctx, unsigned id, const char *text, size_t len);
	/* The connection ended after wsclient_close. NULL: none may end. */
	void (*closed)(void *ctx, unsigned id);
};

/* A fleet of unconnected clients. ev and what nsp points to must outlive it. */
struct wsclient *wsclient_new(const struct wsclient_settings *set,
    const struct wsclient_events *ev, void *ctx);

/* Closes all connections, frees the fleet, and leaves *f NULL. */
void wsclient_free(struct wsclient **f);

/* Starts to connect a client that is not connected. */
void wsclient_open(struct wsclient *f, unsigned id);

/* Connects all clients and returns when all are ready. */
void wsclient_open_all(struct wsclient *f);

/* Sends an Engine.IO packet of at most WSCLIENT_TEXT_MAX bytes. What one call
 * of a callback sends through one client leaves in one write. */
void wsclient_send(
    struct wsclient *f, unsigned id, const char *text, size_t len);

/* Writes what the last client that was sent to still has buffered; needed only
 * for what was sent outside of callbacks. */
void wsclient_flush(struct wsclient *f);

/* Leaves the namespace and closes: disconnect packet, then a close frame. The
 * `closed` callback follows when the server has answered it. */
void wsclient_close(struct wsclient *f, unsigned id);

/* Waits at most timeout_ms for input and handles it. Returns the number of
 * connections that had some. Fails after too long a silence. */
size_t wsclient_turn(struct wsclient *f, int timeout_ms);

/* Says that there was progress, or that silence is all right so far. */
void wsclient_touch(struct wsclient *f);

/* The time (meter_now) at which the input being handled was read. */
uint64_t wsclient_now(const struct wsclient *f);

/* "" for the main namespace, otherwise "/name,": as it stands in packets. */
const char *wsclient_prefix(const struct wsclient *f);

#endif
