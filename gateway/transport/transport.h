/*
 * transport: moves packets for a virtual socket.
 *
 * A transport is one file behind struct transport_ops. The owner (a virtual
 * socket) keeps the outbox: it pushes packets with transport_push, and the
 * transport takes them at the end of the loop's turn, or when the client can
 * take them. What the client sent comes back through struct transport_events.
 *
 * Life of a transport:
 *
 *	OPEN --transport_finish--> FINISHING --sent, or time is up--> closed
 *	  |                                                             |
 *	  +---- the peer goes, breaks the protocol, is too slow --------+
 *
 * `closed` is called once, unless the owner frees the transport before. In it,
 * or at any other time, also inside other callbacks, the owner calls
 * transport_free.
 */
#ifndef SIOGATE_TRANSPORT_H
#define SIOGATE_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "deadline.h"
#include "outbox.h"
#include "outpacket.h"
#include "span.h"

#include "turn.h"

struct http_request;
struct log;
struct ws_deflate;
struct transport;

/* Why a transport closed; transport_reason_name gives the protocol's word. */
enum transport_reason {
	TRANSPORT_CLOSED,  /* the peer closed, or we finished */
	TRANSPORT_ERROR,   /* the connection broke, or the peer broke a rule */
	TRANSPORT_GARBAGE, /* what it sent cannot be decoded */
	TRANSPORT_TOO_SLOW /* more waits for it than may */
};

const char *transport_reason_name(enum transport_reason r);

struct transport_events {
	/* One packet's text (of Engine.IO: with its type digit). The bytes are
	 * writable and valid during the call. */
	void (*text)(struct transport *t, struct span packet);
	/* One binary message. */
	void (*binary)(struct transport *t, struct span bytes);
	/* All that was in the outbox has been taken. */
	void (*drained)(struct transport *t);
	/* The end; see above. */
	void (*closed)(struct transport *t, enum transport_reason reason);
};

struct transport_ops {
	const char *name; /* SOCKETIO_TRANSPORT */
	/* The end of a turn in which something was pushed. */
	void (*flush)(struct transport *t);
	/* True when a packet pushed now would leave at once. */
	bool (*ready)(const struct transport *t);
	/* Stops or goes on reading from the client. */
	void (*pause)(struct transport *t, bool paused);
	/* Sends what waits, tells the client that this is the end, closes. */
	void (*finish)(struct transport *t);
	/* It has been finishing for long enough. */
	void (*expired)(struct transport *t);
	/* Closes at once and frees. */
	void (*free)(struct transport *t);
};

/* Counters of all transports. */
struct transport_stats {
	unsigned websockets; /* open now */
	uint64_t ws_opened;
	uint64_t ws_errors; /* connections that broke RFC 6455 */
	uint64_t too_slow;  /* closed because too much waited for them */
	uint64_t volatile_dropped;
	uint64_t bytes_in, bytes_out; /* payload bytes */
	uint64_t polls;
};

/* What all transports of a gateway share. */
struct transport_ctx {
	uv_loop_t *loop;
	struct turn *turn;
	struct log *log;
	size_t max_payload; /* bytes of one message, or one POST body */
	size_t max_queue;   /* bytes that may wait for one client */
	size_t deflate_threshold;
	struct ws_deflate *deflate; /* NULL: permessage-deflate is off */
	bool compress_polls;
	struct deadline_queue *close_deadlines; /* owned by transport_ctx */
	char *recv_buf;                         /* one for the whole loop */
	size_t recv_size;
	struct transport_stats stats;
	/* Told when the number of open WebSockets changes. */
	void (*websockets_changed)(void *owner, unsigned n);
	void *owner;
};

/* The base of each transport; the instances embed it as first member. */
struct transport {
	unsigned magic;
	const struct transport_ops *ops;
	const struct transport_events *events;
	struct transport_ctx *ctx;
	void *owner;           /* the virtual socket */
	struct outbox *outbox; /* NULL: nothing is to be sent yet */
	struct turn_entry turn;
	struct deadline wait; /* while it finishes */
	enum outpacket_encoding encoding;
	bool too_slow;
};

enum { TRANSPORT_MAGIC = 0x7472616e };

/* Fills in what is left of a context whose public fields are set, and frees it
 * again. close_timeout is how long a finishing transport waits, in ms. */
void transport_ctx_init(struct transport_ctx *ctx, unsigned close_timeout);
void transport_ctx_release(struct transport_ctx *ctx);

/* Puts a packet into the outbox and has it flushed. A volatile packet is
 * dropped when the transport is not ready. When more would wait than may, the
 * client is too slow: `closed` follows at the end of the turn. */
void transport_push(struct transport *t, struct outpacket *p, bool is_volatile);

/* Gives the outbox to a transport that had none (after an upgrade): what waits
 * is encoded again for it. */
void transport_set_outbox(struct transport *t, struct outbox *o);

/* Shorthands for the ops; free leaves *t NULL. */
void transport_finish(struct transport *t);
void transport_pause(struct transport *t, bool paused);
void transport_free(struct transport **t);

/*
 * The instances.
 */

/* A WebSocket over a connected socket; early is what came with the request and
 * is handled in the next turn. deflate: the extension was negotiated. fd is
 * owned by the transport. */
struct transport *transport_ws_new(
    struct transport_ctx *ctx, int fd, struct span early, bool deflate);

/* Sends a packet on a transport that has no outbox (the probe's answer). */
void transport_ws_send(struct transport *t, struct outpacket *p);

/* HTTP long-polling. */
struct transport *transport_polling_new(struct transport_ctx *ctx);

/* Hands a request over, inside http_events.complete; the transport answers it,
 * maybe later. While it holds the request, http_data is the transport. */
void transport_polling_get(struct transport *t, struct http_request *req);
void transport_polling_post(struct transport *t, struct http_request *req);

/* A request that the transport holds is over: the client went away. */
void transport_polling_ended(struct transport *t, struct http_request *req);

/* While the client upgrades, GETs with nothing to send are answered with a noop
 * packet at once: it waits for the one that is open before it goes on. */
void transport_polling_set_releasing(struct transport *t, bool releasing);

/* Answers a held GET with a noop packet. */
void transport_polling_release_get(struct transport *t);

/* True for transports of this kind. */
bool transport_is_polling(const struct transport *t);

#endif
