/*
 * nsocket: a client's membership of one namespace.
 *
 * Life of a namespace socket:
 *
 *	ASKING --nsocket_admit--> JOINED --nsocket_end--> GONE
 *	   |                                                ^
 *	   +-- nsocket_refuse, the client goes -------------+
 *
 * While ASKING the client does not know its sid yet, and nothing is sent to
 * it. It is counted by references: the virtual socket holds one until it is
 * GONE, and each request under way another. In GONE vs is NULL.
 */
#ifndef SIOGATE_NSOCKET_H
#define SIOGATE_NSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "rand.h"
#include "span.h"

struct ack_entry;
struct acl;
struct buf;
struct hub;
struct namespace;
struct outpacket;
struct room_place;
struct vsocket;

enum { NSOCKET_MAGIC = 0x6e736f63 };

enum nsocket_state { NSOCKET_ASKING, NSOCKET_JOINED, NSOCKET_GONE };

struct nsocket {
	unsigned magic;
	unsigned refs;
	enum nsocket_state state;
	char sid[RAND_ID_LEN + 1];
	bool own_acl; /* acl replaces the namespace's initial list */
	struct acl *acl;
	struct vsocket *vs; /* NULL once GONE */
	struct namespace *ns;
	struct nsocket *next; /* of the same virtual socket */
	size_t member_index;  /* in ns->members */
	struct room_place *rooms;
	unsigned n_rooms, cap_rooms;
	unsigned holds; /* how many want its client paused */
	unsigned n_acks;
	struct ack_entry *acks; /* answers that are awaited from it */
	struct ack_wait *waits; /* answers that its handlers wait for */
	uint64_t mark;          /* the last broadcast that saw it */
	void *data;             /* dispatch's */
	UT_hash_handle hh;
};

/* A new one, ASKING, with one reference (the virtual socket's). */
struct nsocket *nsocket_new(struct vsocket *vs, struct namespace *ns);

struct nsocket *nsocket_ref(struct nsocket *n);
void nsocket_unref(struct nsocket **n);

/* Lets the client in: it gets the CONNECT packet. Nothing happens unless it is
 * ASKING. */
void nsocket_admit(struct nsocket *n);

/* Turns the client away with CONNECT_ERROR; message is text, data raw JSON or
 * empty. Unless ASKING nothing happens. */
void nsocket_refuse(struct nsocket *n, struct span message, struct span data);

/* Ends it: leaves its rooms and reports the end. With tell the client gets a
 * DISCONNECT packet. Nothing happens when it is GONE. */
void nsocket_end(struct nsocket *n, const char *reason, bool tell);

/* Stops reading from its client (true), or lets go of that (false); calls nest.
 * What is held when it is GONE is let go of. */
void nsocket_hold(struct nsocket *n, bool hold);

/* Sends a packet to its client, if it is JOINED. */
void nsocket_send(struct nsocket *n, struct outpacket *p, bool is_volatile);

/* Sends the event "error" with [name, message]. */
void nsocket_send_error(
    struct nsocket *n, struct span name, struct span message);

/* Sends the answer to an event that wanted one: args is a raw array.
 * with_bytes: it may hold $bytes objects. 0, or -1 when these are not sound. */
int nsocket_send_ack(
    struct nsocket *n, uint64_t id, struct span args, bool with_bytes);

/* Its access list: its own, or the initial one. */
const struct acl *nsocket_acl(const struct nsocket *n);

/* A list that may be changed: the own one, made from the initial one at first.
 */
struct acl **nsocket_own_acl(struct nsocket *n);

/* Goes back to the initial list. */
void nsocket_reset_acl(struct nsocket *n);

/* Appends its rooms as a JSON array of strings. */
void nsocket_add_rooms(const struct nsocket *n, struct buf *out);

#endif
