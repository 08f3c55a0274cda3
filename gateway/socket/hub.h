/*
 * hub: all clients of the gateway.
 *
 * The hub owns virtual sockets (vsocket.h), each with its namespace sockets
 * (nsocket.h), and the namespaces (namespace.h) with their rooms. What clients
 * do goes up through struct hub_events.
 */
#ifndef SIOGATE_HUB_H
#define SIOGATE_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "buf.h"
#include "deadline.h"
#include "front.h"
#include "packet.h"
#include "span.h"
#include "transport.h"

struct acl;
struct handshake;
struct namespace;
struct nsocket;
struct vsocket;

struct hub_settings {
	unsigned ping_interval;   /* ms */
	unsigned ping_timeout;    /* ms */
	unsigned upgrade_timeout; /* ms */
	unsigned connect_timeout; /* ms to join a first namespace */
	unsigned ack_timeout;     /* ms, for emits that name no time-out */
	struct packet_limits packet;
	unsigned max_namespaces;   /* joined by one client */
	unsigned max_rooms;        /* joined by one namespace socket */
	size_t max_room_name;      /* bytes */
	unsigned max_pending_acks; /* of one namespace socket */
	size_t max_session;        /* bytes of JSON */
};

/* A client's event. Spans are valid during the call. */
struct hub_event {
	struct span name;      /* decoded, UTF-8, without NUL */
	struct span name_json; /* as a JSON string */
	struct span args;      /* raw elements, without brackets, on one line */
	bool has_ack;
	uint64_t ack_id;
};

struct hub_events {
	/* A new client has come, of whom nothing but its handshake is known;
	 * front_answer is to be called. */
	void (*handshake)(
	    void *owner, struct handshake *hs, struct front_ask *ask);
	/* A client asks for a namespace; auth is raw JSON on one line, or
	 * empty. Answered by nsocket_admit or nsocket_refuse, now or later.
	 * With ask false its access list keeps the handler from being asked:
	 * the client is to be let in. */
	void (*connect)(struct nsocket *n, struct span auth, bool ask);
	/* An event that the ACL allows. */
	void (*event)(struct nsocket *n, const struct hub_event *ev);
	/* The answer to an emit that asked for one: args is a raw array, tag
	 * what the handler gave. */
	void (*ack)(struct nsocket *n, struct span tag, struct span args,
	    bool timed_out);
	/* The namespace socket is gone. It is still in its rooms, but nothing
	 * reaches its client any more. was_admitted: its connect was answered
	 * with yes. */
	void (*disconnect)(
	    struct nsocket *n, const char *reason, bool was_admitted);
	/* Of whoever fills this in; handed to handshake. */
	void *owner;
};

/* What clients did wrong, and other figures. */
enum hub_error {
	HUB_E_SYNTAX,      /* not a packet */
	HUB_E_JSON,        /* data that is not JSON or not UTF-8 */
	HUB_E_DEPTH,       /* nested too deep */
	HUB_E_PAYLOAD,     /* JSON that the packet's type does not carry */
	HUB_E_ATTACHMENTS, /* binary where none is due, or too much of it */
	HUB_E_NSP,         /* a namespace's name that is none */
	HUB_E_STATE,       /* a packet for a namespace that is not joined, or
			    * CONNECT for one that is */
	HUB_E_NAMESPACE,   /* a namespace that does not exist */
	HUB_E_ACL,         /* a method that is not allowed */
	HUB_E_ACK,         /* an ack that nobody asked for */
	HUB_E_LIMIT        /* one of the limits of hub_settings */
};
enum { HUB_ERRORS = HUB_E_LIMIT + 1 };

/* "syntax", "json", ... */
const char *hub_error_name(enum hub_error e);

struct hub_stats {
	unsigned clients;  /* virtual sockets */
	unsigned nsockets; /* namespace sockets that are admitted */
	uint64_t opened, closed;
	uint64_t upgraded; /* from polling to WebSocket */
	uint64_t ping_timeouts;
	uint64_t connect_timeouts;
	uint64_t packets_in;
	uint64_t emits;      /* packets made */
	uint64_t deliveries; /* packets put into outboxes */
	uint64_t errors[HUB_ERRORS];
};

struct hub {
	struct hub_settings set;
	struct hub_events events;
	struct transport_ctx *ctx;
	uv_loop_t *loop;
	struct log *log;
	struct vsocket *by_sid;       /* uthash */
	struct namespace *namespaces; /* uthash */
	struct deadline_queue *ping_due, *pong_due;
	struct deadline_queue *connect_due, *upgrade_due;
	struct buf name, text, args; /* scratch */
	uint64_t next_ack;           /* ids of acks, unique in the gateway */
	uint64_t mark;               /* of the current broadcast */
	struct hub_stats stats;
	bool stopping;
};

/* A new hub. Copies settings and events. */
struct hub *hub_new(struct transport_ctx *ctx,
    const struct hub_settings *settings, const struct hub_events *events);

/* Frees all clients without a word, and the namespaces; leaves *h NULL. */
void hub_free(struct hub **h);

/* New settings (HUP). */
void hub_set(struct hub *h, const struct hub_settings *settings);

/* Lets up to n clients go: their transports are closed, so that they connect
 * again elsewhere. Returns how many are left. */
unsigned hub_let_go(struct hub *h, unsigned n);

/* Counts what a client did wrong. */
void hub_count(struct hub *h, enum hub_error e);

/* The hub's side of the HTTP front; its owner is the hub. */
extern const struct front_events hub_front_events;

#endif
