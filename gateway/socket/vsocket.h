/*
 * vsocket: one client, over whatever transport it uses at the moment.
 *
 * Life of a virtual socket:
 *
 *	OPEN --vsocket_finish--> FINISHING --transport closed--> CLOSED
 *	  |                                                        ^
 *	  +--- the transport closes, time-outs, bad packets -------+
 *
 * CLOSED ones are freed at the end of the turn. FINISHING ones have no
 * namespaces any more and ignore what their client says; they remain
 * findable, so that a polling client can fetch what waits for it.
 *
 * The session is a JSON object as text, shared by the namespaces.
 */
#ifndef SIOGATE_VSOCKET_H
#define SIOGATE_VSOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include <uthash.h>

#include "buf.h"
#include "deadline.h"
#include "outbox.h"
#include "packet.h"
#include "rand.h"
#include "span.h"
#include "turn.h"

struct handshake;
struct hub;
struct nsocket;
struct transport;

enum { VSOCKET_MAGIC = 0x76736f63 };

enum vsocket_state { VSOCKET_OPEN, VSOCKET_FINISHING, VSOCKET_CLOSED };

struct vsocket {
	unsigned magic;
	enum vsocket_state state;
	char sid[RAND_ID_LEN + 1];
	uint8_t protocol;
	bool awaiting_pong;
	bool paused;         /* nothing is read from it */
	unsigned n_nsockets; /* ASKING and JOINED */
	unsigned holds;      /* how many want it paused */
	uint64_t since;      /* loop time, ms */
	struct hub *hub;
	const struct packet_codec *codec;
	struct transport *transport;
	struct vsocket_probe *probe; /* a WebSocket that is being tried */
	struct vsocket_pending
	    *pending; /* a packet whose attachments are due */
	struct handshake *handshake;
	struct outbox outbox;
	struct nsocket *nsockets;
	struct buf session;        /* JSON object; empty: {} */
	struct deadline heartbeat; /* in hub->ping_due or hub->pong_due */
	struct deadline connect;   /* in hub->connect_due */
	struct turn_entry turn;    /* when CLOSED: to be freed */
	UT_hash_handle hh;
};

/* Ends the client at once. reason is the protocol's word for it. */
void vsocket_close(struct vsocket *vs, const char *reason);

/* Ends the client in order: DISCONNECT packets (with tell), what waits, close.
 */
void vsocket_finish(struct vsocket *vs, const char *reason, bool tell);

/* Frees a client without a word, when the hub goes. */
void vsocket_drop(struct vsocket *vs);

/* Stops reading from the client (true), or lets go of that (false); calls nest.
 */
void vsocket_hold(struct vsocket *vs, bool hold);

/* The membership of a namespace, or NULL. */
struct nsocket *vsocket_find(const struct vsocket *vs, struct span nsp);

/* Changes the session by a merge patch, which was checked; "null" empties it.
 * 0; or -1 when it would become longer than it may: then it stays as it was. */
int vsocket_patch_session(struct vsocket *vs, struct span patch);

/* The session's JSON. */
struct span vsocket_session(const struct vsocket *vs);

/* The transport's name. */
const char *vsocket_transport(const struct vsocket *vs);

#endif
