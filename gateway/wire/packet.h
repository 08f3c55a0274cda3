/*
 * packet: a decoded Socket.IO packet, the same for every generation, and the
 * table through which generations are reached.
 */
#ifndef SIOGATE_PACKET_H
#define SIOGATE_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum packet_type {
	PACKET_CONNECT,
	PACKET_DISCONNECT,
	PACKET_EVENT,
	PACKET_ACK,
	PACKET_ERROR,     /* CONNECT_ERROR in protocol 5 */
	PACKET_MESSAGE,   /* protocol 1 only */
	PACKET_JSON,      /* protocol 1 only */
	PACKET_HEARTBEAT, /* protocol 1 only */
	PACKET_NOOP       /* protocol 1 only */
};

struct packet {
	enum packet_type type;
	bool has_id;
	bool ack_data; /* protocol 1: the id came with a "+" */
	uint64_t id;   /* of an EVENT that wants an ack, or the acked packet */
	unsigned attachments; /* binary messages that follow */
	bool binary;          /* BINARY_EVENT, BINARY_ACK */
	struct span nsp;      /* "/" or "/name", without a query */
	struct span query;    /* protocol 1 and 4: behind the "?" */
	struct span data; /* raw JSON, or the text of a MESSAGE; may be empty */
	unsigned json_flags; /* JSCAN_F_* of data */
};

struct packet_limits {
	unsigned max_depth;       /* of JSON; see jscan_check */
	unsigned max_attachments; /* for one packet */
	size_t max_nsp;           /* bytes of a namespace's name */
};

/* Why a packet was refused. */
enum packet_error {
	PACKET_OK = 0,
	PACKET_E_SYNTAX = -1,      /* not a packet of this protocol */
	PACKET_E_JSON = -2,        /* its data is not JSON, or not UTF-8 */
	PACKET_E_DEPTH = -3,       /* nested too deep */
	PACKET_E_PAYLOAD = -4,     /* JSON, but not what this type carries */
	PACKET_E_ATTACHMENTS = -5, /* none or too many for a binary packet */
	PACKET_E_NSP = -6          /* the namespace's name is not acceptable */
};

/* A short name for logs and metrics: "syntax", "json", ... */
const char *packet_strerror(enum packet_error e);

/* One generation's packets. */
struct packet_codec {
	unsigned protocol; /* SOCKETIO_PROTOCOL: 1, 4 or 5 */

	/* Decodes one packet's text. Spans in *out point into text. */
	enum packet_error (*decode)(struct span text,
	    const struct packet_limits *lim, struct packet *out);

	/* Appends the packet's text. data is raw JSON that was checked. With
	 * binary set it holds placeholders already. */
	void (*encode)(struct buf *out, const struct packet *pkt);
};

/*
 * True for names that may not be used for events: connect, connect_error,
 * disconnect, disconnecting, newListener, removeListener.
 */
bool packet_name_reserved(struct span name);

/* The same for a raw JSON string, escapes undone. */
bool packet_raw_reserved(struct span raw);

/*
 * Binary arguments. On the wire they are placeholders,
 * {"_placeholder":true,"num":0}, and separate binary messages; towards
 * handlers they are {"$bytes":"<base64>"}.
 */

/*
 * Client to handler: appends json, which was checked, with each placeholder
 * replaced by the bytes of its attachment. Returns 0; or -1 with nothing
 * appended when a placeholder's num is not one of the n attachments (a
 * placeholder is an object with a member _placeholder that is true).
 * Attachments may be used more than once as long as the result is at most max
 * bytes long (-1 otherwise); unused ones are dropped.
 */
int packet_bytes_in(struct span json, const struct span *attachments,
    unsigned n, size_t max, struct buf *out);

/*
 * Handler to client: appends json, which was checked, with each
 * {"$bytes":"..."} (an object with just this one member, whose value is a
 * string) replaced by a placeholder, numbered from 0 in order of appearance,
 * and the decoded bytes appended to blob; ends[i] is where blob i ends. Returns
 * the number of attachments, or -1 with out and blob as they were when a value
 * is not base64 (RFC 4648, padded; white space is not allowed) or there are
 * more than max of them.
 */
int packet_bytes_out(struct span json, struct buf *out, struct buf *blob,
    size_t *ends, unsigned max);

#endif
