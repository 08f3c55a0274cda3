/*
 * front: what the gateway does with an HTTP request.
 *
 * It holds the request against the origin rules, serves the client library and
 * static files, checks Engine.IO requests as the reference server does, and
 * hands them to a transport, or makes a new one.
 */
#ifndef SIOGATE_FRONT_H
#define SIOGATE_FRONT_H

#include <stdbool.h>
#include <stdint.h>

#include "http.h"
#include "span.h"

struct front;
struct handshake;
struct log;
struct transport;
struct transport_ctx;

/* What is known of a session that a request names. */
struct front_session {
	struct transport *transport; /* the one in use */
	bool upgrading;              /* another one is being tried */
	void *session;               /* the owner's */
};

/* A handshake that somebody is asked about; see front_answer. */
struct front_ask;

/* What came of it. Spans are valid during the call of front_answer. */
struct front_verdict {
	bool allowed;
	unsigned status;     /* of the refusal: 403, 503 */
	struct span message; /* of the refusal, JSON string with its quotes */
	struct span session; /* JSON object; empty: none */
	struct span headers; /* of the answer: name NUL value NUL ... */
};

/* The layer above, which owns the sessions. */
struct front_events {
	/* Is this client welcome? Asked where settings.authorize says so;
	 * front_answer follows, now or later. */
	void (*authorize)(
	    void *owner, struct handshake *hs, struct front_ask *ask);
	/* Finds a session; false when there is none. */
	bool (*find)(void *owner, struct span sid, struct front_session *out);
	/* A new session over t, which it owns from now on, as it does the
	 * reference to the handshake. protocol is the generation; with
	 * upgradable the client may be offered a WebSocket; session is its JSON
	 * or empty. Returns false when no more clients are taken: then both are
	 * freed already. */
	bool (*open)(void *owner, struct transport *t, struct handshake *hs,
	    unsigned protocol, bool upgradable, struct span session);
	/* A WebSocket for a session that is on polling; t is owned by it. The
	 * session may be gone by now: then t is to be freed. */
	void (*probe)(void *owner, struct span sid, struct transport *t);
};

struct front_settings {
	const char *path;    /* "/socket.io/" */
	const char *origins; /* patterns (origin.h); NULL: same origin only */
	const char *root;    /* document root; NULL: no files */
	const char *client_dir;  /* folder with socket.io.js; NULL: none */
	unsigned cors_max_age;   /* seconds */
	bool polling, websocket; /* which transports are offered */
	bool authorize;          /* events.authorize is asked first */
	struct log *log;
};

struct front_stats {
	uint64_t origin_refused;
	uint64_t handshakes;
	uint64_t bad_requests; /* answered with an error of the protocol */
	uint64_t unknown_sid;
	uint64_t files;
};

/* A new front; copies settings, but not their strings, which must live as long.
 */
struct front *front_new(struct transport_ctx *ctx,
    const struct front_settings *settings, const struct front_events *events,
    void *owner);
void front_free(struct front **f);

/* Answers front_events.authorize, once for each call. */
void front_answer(struct front_ask *ask, const struct front_verdict *v);

/* New settings (HUP). */
void front_set(struct front *f, const struct front_settings *settings);

/* Refuses new sessions from now on (the gateway is stopping). */
void front_stop(struct front *f);

void front_get_stats(const struct front *f, struct front_stats *out);

/* The events for http_server_new; its owner must be the front. */
extern const struct http_events front_http_events;

#endif
