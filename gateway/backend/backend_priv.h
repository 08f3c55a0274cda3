/*
 * backend_priv: a connection's inside, for the files of this folder.
 */
#ifndef SIOGATE_BACKEND_PRIV_H
#define SIOGATE_BACKEND_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "backend.h"
#include "backend_address.h"
#include "backend_answer.h"
#include "backend_out.h"
#include "fcgi.h"
#include "log.h"
#include "span.h"

/* A protocol: what it adds to the shared handling. */
struct backend_ops {
	const char *name;
	/* A request is about to be sent; resets the protocol's state. */
	void (*begin)(struct backend_conn *conn);
	/* Lists all that is to be sent for the request, from its start; it may
	 * stop when out->full. Always lists the same bytes, but for an abort
	 * that adds to the end. */
	void (*gather)(
	    const struct backend_conn *conn, struct backend_out *out);
	/* Takes what was received. True when the request has ended: outcome
	 * is filled. It must return false at once when the connection was
	 * freed by a callback (conn->freed). */
	bool (*feed)(struct backend_conn *conn, const char *p, size_t n);
	/* The worker closed the connection. True when that is how an answer
	 * ends: outcome is filled. NULL: it never is. */
	bool (*eof)(struct backend_conn *conn);
};

/* How a request ended; the words are in answer.detail. */
struct backend_outcome {
	enum backend_end end;
	int status;
	bool reusable; /* the connection can carry another request */
};

enum backend_conn_state {
	BACKEND_CONN_CLOSED,
	BACKEND_CONN_CONNECTING,
	BACKEND_CONN_OPEN
};

/* What watches a descriptor. It lives until the loop has let go of it, while
 * the connection may be connected again. */
struct backend_watch {
	uv_poll_t poll;
	struct backend_conn *conn; /* NULL: nobody cares any more */
};

struct backend_conn {
	unsigned magic;
	uv_loop_t *loop;
	const struct backend_ops *ops;
	const struct backend_conn_events *events;
	void *owner;
	struct backend_settings set; /* without address */
	struct backend_address address;
	struct log_limit unsolicited_limit;
	enum backend_conn_state state;
	bool freed;
	int fd;                      /* -1: none */
	struct backend_watch *watch; /* NULL: none */
	int watched;                 /* events that are watched for */
	unsigned address_at;         /* the address that is tried or in use */
	uint64_t connect_until;      /* ms */
	uv_timer_t timer; /* connecting: patience; failing: runs out at once */
	/* The request in flight. */
	struct backend_request *req; /* NULL: not busy */
	uint64_t sent, total;        /* bytes */
	bool reused;                 /* it was given to an open connection */
	bool aborting;     /* the worker was told to give up, or will be */
	bool write_failed; /* nothing more can be sent */
	bool failing;      /* it has ended, as outcome says */
	struct backend_answer answer;
	struct backend_outcome outcome;
	union {
		struct fcgi_decoder fcgi;
	} proto;
};

/* For protocols: hands a line or error text to the request's owner. False when
 * the connection was freed by that. */
bool backend_conn_line(void *conn, struct span line);
bool backend_conn_error_text(struct backend_conn *conn, struct span text);

#endif
