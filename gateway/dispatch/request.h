/*
 * request: one event on its way to a handler.
 *
 * Life of a request:
 *
 *	NEW --lane or job queue--> WAITING --service_submit--> QUEUED
 *	    --a worker is free--> RUNNING --the answer ends--> freed
 *
 * The body is one JSON line. Its beginning, which does not change, is made
 * when the event comes; session and rooms are added when the request leaves its
 * lane, so that the handler sees what the event before has left.
 */
#ifndef SIOGATE_REQUEST_H
#define SIOGATE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend.h"
#include "buf.h"
#include "deadline.h"
#include "span.h"

struct dispatch;
struct handshake;
struct job;
struct namespace;
struct nsocket;
struct service;
struct service_conn;
struct welcome;

enum { REQUEST_MAGIC = 0x72657175 };

enum request_type {
	REQUEST_HANDSHAKE,
	REQUEST_CONNECT,
	REQUEST_EVENT,
	REQUEST_ACK,
	REQUEST_DISCONNECT,
	REQUEST_REFRESH,
	REQUEST_JOB
};
enum { REQUEST_TYPES = REQUEST_JOB + 1 };

enum request_state {
	REQUEST_NEW,
	REQUEST_WAITING, /* in a lane */
	REQUEST_QUEUED,  /* at the service, no worker is free */
	REQUEST_RUNNING
};

struct request {
	unsigned magic;
	enum request_type type;
	enum request_state state;
	struct dispatch *d;
	struct service *service;
	struct service_conn *conn;   /* while RUNNING */
	struct namespace *ns;        /* NULL for a handshake */
	struct nsocket *n;           /* a reference; NULL for a job of nobody */
	struct handshake *handshake; /* a reference, or NULL */
	struct job *job;             /* of a REQUEST_JOB */
	struct welcome *welcome;     /* of a REQUEST_HANDSHAKE */
	struct request *prev, *next; /* in a lane, in a service's queue */
	struct backend_request br;
	struct buf params; /* meta-variables of this event */
	struct buf body;
	struct buf kept; /* lines kept until the end, with apply = end */
	struct deadline deadline; /* in one of the service's queues */
	struct deadline_queue *deadlines;
	uint64_t ack_id;
	uint64_t id;      /* of the event */
	uint64_t started; /* loop time in ns, when a worker got it */
	unsigned attempt;
	bool has_ack;   /* the client waits for an acknowledgement */
	bool acked;     /* and has got it */
	bool with_body; /* session and rooms were added */
	bool holds;     /* its client is not read from until it runs */
	bool failed;    /* a time-out was reported already */
	bool aborted;   /* nobody is interested in how it ends */
};

/* The type's name: "connect", ... */
const char *request_type_name(enum request_type t);

/* A new request for n (or for nobody, then ns says where). Memory comes from a
 * list of used ones. */
struct request *request_new(struct dispatch *d, enum request_type type,
    struct namespace *ns, struct nsocket *n);

/* Frees it, or keeps its memory for the next one; leaves *req NULL. */
void request_free(struct request **req);

/* Begins the body: type, nsp, sid. What follows is appended to req->body as
 * ,"name":value by the caller. */
void request_begin(struct request *req);

/* Adds the event's name to body and meta-variables. json is a JSON string, name
 * what it says. */
void request_set_event(struct request *req, struct span name, struct span json);

/* Adds args: raw elements without brackets. */
void request_set_args(struct request *req, struct span elements);

/* Ends the body with session and rooms, and fills in br. To be called once. */
void request_finish(struct request *req);

/* Counts one more attempt. */
void request_again(struct request *req);

#endif
