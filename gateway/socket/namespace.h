/*
 * namespace: who has joined it, and its rooms.
 *
 * A namespace lives as long as the hub. Rooms come into being when somebody
 * joins them and go with the last member. Every namespace socket's sid works as
 * a room of its own without being one.
 */
#ifndef SIOGATE_NAMESPACE_H
#define SIOGATE_NAMESPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "span.h"

struct acl;
struct hub;
struct nsocket;

enum { NAMESPACE_MAGIC = 0x6e616d65 };

struct namespace
{
	unsigned magic;
	char *name;
	struct hub *hub;
	struct acl *acl; /* the initial list; NULL: everything is open */
	struct nsocket **members; /* admitted ones, in no order */
	size_t n_members, cap_members;
	struct nsocket *by_sid; /* uthash; admitted ones */
	struct room *rooms;     /* uthash */
	unsigned n_rooms;
	bool removed; /* no longer in the configuration: takes nobody new */
	void *data;   /* dispatch's; freed with free() */
	UT_hash_handle hh;
};

/* One room's member list; a member knows its place in it. */
struct room {
	char *name;
	size_t name_len;
	struct namespace *ns;
	struct room_member {
		struct nsocket *n;
		unsigned slot; /* of the room in the member's own list */
	} * members;
	size_t n_members, cap_members;
	UT_hash_handle hh;
};

/* A namespace socket's place in a room. */
struct room_place {
	struct room *room;
	size_t index; /* in room->members */
};

/* Finds a namespace, or NULL. */
struct namespace *namespace_find(const struct hub *h, struct span name);

/* Adds one that is not there yet. */
struct namespace *namespace_add(struct hub *h, struct span name);

/* Frees it, with nobody in it. */
void namespace_free(struct namespace **ns);

/* Gives it a new initial access list, which it owns from now on. */
void namespace_set_acl(struct namespace *ns, struct acl *acl);

/* The admitted namespace socket with this sid, or NULL. */
struct nsocket *namespace_member(const struct namespace *ns, struct span sid);

/* The room, or NULL. */
struct room *namespace_room(const struct namespace *ns, struct span name);

/* Adds and removes a namespace socket that was admitted. */
void namespace_enter(struct namespace *ns, struct nsocket *n);
void namespace_leave(struct namespace *ns, struct nsocket *n);

/* Joins a room. 1: joined; 0: it was in already; -1: over a limit. */
int room_join(struct nsocket *n, struct span name);

/* Leaves a room; false when it was not in it. */
bool room_leave(struct nsocket *n, struct span name);

/* Leaves all rooms. */
void room_leave_all(struct nsocket *n);

#endif
