/*
 * backend: one request to a worker, and its streamed answer.
 *
 * A connection (struct backend_conn) leads to one address and carries one
 * request at a time. The protocol spoken on it (FastCGI now, SCGI and CGI
 * later) is a struct backend_ops; connecting, writing, reading, the answer's
 * headers and lines are shared.
 *
 * Life of a connection:
 *
 *	CLOSED --start--> CONNECTING --> BUSY --end--> IDLE --start--> BUSY
 *	   ^                                |             |
 *	   +---- without keep-alive, on failure, abort ---+---- peer closed
 *
 * backend_conn_start is legal while the connection is not busy; it connects
 * first when there is no open connection. A connection on which a request was
 * aborted is not kept. backend_conn_free is legal at any time, also inside a
 * callback for the same connection.
 *
 * Life of a request: the owner fills the public fields and starts it; the
 * fields and what they point to stay unchanged until events->end was called,
 * which happens exactly once, never from inside backend_conn_start. Inside end
 * the connection counts as not busy, so the next request may be started there
 * (unless backend_conn_free brought the end about), and req is the owner's
 * again, to be used anew or freed. Lines and error text come before the end,
 * and none after it.
 */
#ifndef SIOGATE_BACKEND_H
#define SIOGATE_BACKEND_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "span.h"

struct log;
struct backend_conn;
struct backend_request;

/* How a request ended. */
enum backend_end {
	/* the whole answer came; its status is below 400 */
	BACKEND_OK,
	/* the whole answer came; Status: 400 or above, or the worker reported
	 * an application status that is not 0 (then the status is 500 if it was
	 * below 400); detail is the start of the answer's body */
	BACKEND_STATUS,
	/* nothing was handled: no connection could be had, or a kept-alive
	 * connection turned out to be closed by a worker that had not read the
	 * request; it may be sent again, here or elsewhere */
	BACKEND_UNSENT,
	/* the worker refused: FCGI_OVERLOADED, FCGI_CANT_MPX_CONN */
	BACKEND_OVERLOADED,
	/* the connection ended before the answer did */
	BACKEND_DIED,
	/* the answer is not of the protocol, or a line of it is too long */
	BACKEND_GARBAGE,
	/* backend_conn_free or backend_conn_abort ended it */
	BACKEND_ABORTED
};

/* A short name for logs and metrics: "ok", "status", ... */
const char *backend_end_name(enum backend_end end);

struct backend_request_events {
	/* One line of the answer's body; valid during the call. */
	void (*line)(struct backend_request *req, struct span line);
	/* A piece of the worker's standard error; valid during the call. */
	void (*error_text)(struct backend_request *req, struct span text);
	/* The end. status is that of the answer (200 if it had none, 0 if no
	 * headers came); detail is a few words for the log, at most 200 bytes
	 * of what the worker sent for BACKEND_GARBAGE; valid during the call.
	 */
	void (*end)(struct backend_request *req, enum backend_end end,
	    int status, struct span detail);
};

/* Pieces of which a request's meta-variables consist. */
enum { BACKEND_PARAMS_MAX = 4 };

struct backend_request {
	/* Set by the owner. */
	const struct backend_request_events *events;
	/* FastCGI name-value pairs, bare (fcgi_add_pair); each piece holds
	 * whole pairs and may be of any length, or empty. Pieces that together
	 * are longer than a record (65535 bytes) are sent apart, and one that
	 * is longer by itself is cut. */
	struct span params[BACKEND_PARAMS_MAX];
	struct span body; /* standard input */
	void *owner;
	/* Set by the backend. */
	struct backend_conn *conn; /* while in flight */
	size_t answer_bytes;       /* received for it so far, in all */
};

struct backend_settings {
	/* "unix:/path" or "tcp:host:port". The host is a number, an IPv6 number
	 * in brackets, or a name that is resolved once, when the connection is
	 * made; if it has several addresses they are tried in turn. */
	const char *address;
	bool keep_alive;  /* keep the connection after a request */
	bool check_reuse; /* look for an end of file before a kept-alive
			   * connection is used again (workers we do not own) */
	bool headers;     /* answers begin with CGI headers */
	size_t max_line;  /* bytes of one line of an answer; 0: 16 MiB */
	unsigned connect_timeout; /* ms; 0: 5000 */
	struct log *log;
};

struct backend_conn_events {
	/* The peer closed a kept-alive connection on which nothing was under
	 * way. It is closed; the next start connects again. May be NULL. */
	void (*idle_closed)(struct backend_conn *conn, void *owner);
};

/* A protocol. The instances are backend_fcgi, ... */
struct backend_ops;
extern const struct backend_ops backend_fcgi;

/* A new connection, closed at first. Copies settings. Returns NULL with
 * *error_r (a constant text) when the address makes no sense. */
struct backend_conn *backend_conn_new(uv_loop_t *loop,
    const struct backend_ops *ops, const struct backend_settings *settings,
    const struct backend_conn_events *events, void *owner,
    const char **error_r);

/* Sends the request. Never fails here: failures arrive at events->end, from the
 * loop. */
void backend_conn_start(struct backend_conn *conn, struct backend_request *req);

/* Tells the worker to give up on the request in flight (FCGI_ABORT_REQUEST,
 * behind what is still to be sent). Its answer goes on being read; if it ends
 * properly after this, it ends with BACKEND_ABORTED. While still connecting it
 * ends at once, from the loop. */
void backend_conn_abort(struct backend_conn *conn);

/* True while a request is in flight. */
bool backend_conn_busy(const struct backend_conn *conn);

/* True while the connection is open, in use or not. */
bool backend_conn_open(const struct backend_conn *conn);

/* Closes an idle connection; the object stays. Must not be busy. */
void backend_conn_close(struct backend_conn *conn);

/* Closes the connection, frees it and leaves *conn NULL; the memory goes when
 * the loop runs next. A request in flight ends with BACKEND_ABORTED, from
 * inside this call. */
void backend_conn_free(struct backend_conn **conn);

#endif
