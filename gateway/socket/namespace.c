/*
 * namespace: who has joined it, and its rooms.
 *
 * Members stand in arrays, so that a broadcast walks memory in order; leaving
 * moves the last one into the gap. A namespace socket and its rooms point at
 * each other by index, so that joining and leaving cost the same however many
 * members there are.
 */

/* system */
#include <stdlib.h>

/* base */
#include "gw_assert.h"
#include "mem.h"

/* own */
#include "acl.h"
#include "hub.h"
#include "namespace.h"
#include "nsocket.h"

struct namespace *
namespace_find(const struct hub *h, struct span name)
{
	struct namespace *ns;

	HASH_FIND(hh, h->namespaces, name.p, name.n, ns);
	return ns;
}

struct namespace *
namespace_add(struct hub *h, struct span name)
{
	struct namespace *ns = mem_zalloc(sizeof(*ns));

	gw_assert(namespace_find(h, name) == NULL);
	ns->magic = NAMESPACE_MAGIC;
	ns->name = mem_strndup(name.p, name.n);
	ns->hub = h;
	HASH_ADD_KEYPTR(hh, h->namespaces, ns->name, name.n, ns);
	return ns;
}

void
namespace_free(struct namespace **nsp)
{
	struct namespace *ns = *nsp;

	GW_MAGIC_CHECK(ns, NAMESPACE_MAGIC);
	gw_assert(ns->n_members == 0 && ns->rooms == NULL);
	HASH_DEL(ns->hub->namespaces, ns);
	acl_free(&ns->acl);
	free(ns->members);
	free(ns->name);
	free(ns->data);
	ns->magic = 0;
	free(ns);
	*nsp = NULL;
}

void
namespace_set_acl(struct namespace *ns, struct acl *acl)
{
	acl_free(&ns->acl);
	ns->acl = acl;
}

struct nsocket *
namespace_member(const struct namespace *ns, struct span sid)
{
	struct nsocket *n;

	HASH_FIND(hh, ns->by_sid, sid.p, sid.n, n);
	return n;
}

struct room *
namespace_room(const struct namespace *ns, struct span name)
{
	struct room *r;

	HASH_FIND(hh, ns->rooms, name.p, name.n, r);
	return r;
}

void
namespace_enter(struct namespace *ns, struct nsocket *n)
{
	if (ns->n_members == ns->cap_members) {
		ns->cap_members = ns->cap_members ? ns->cap_members * 2 : 8;
		ns->members = mem_realloc(
		    ns->members, ns->cap_members * sizeof(*ns->members));
	}
	n->member_index = ns->n_members;
	ns->members[ns->n_members++] = n;
	HASH_ADD_KEYPTR(hh, ns->by_sid, n->sid, strlen(n->sid), n);
}

void
namespace_leave(struct namespace *ns, struct nsocket *n)
{
	struct nsocket *last = ns->members[--ns->n_members];

	gw_assert(ns->members[n->member_index] == n);
	ns->members[n->member_index] = last;
	last->member_index = n->member_index;
	HASH_DEL(ns->by_sid, n);
	if (ns->n_members == 0) {
		free(ns->members);
		ns->members = NULL;
		ns->cap_members = 0;
	}
}

/* A new room, empty for the moment. */
static struct room *
room_new(struct namespace *ns, struct span name)
{
	struct room *r = mem_zalloc(sizeof(*r));

	r->name = mem_strndup(name.p, name.n);
	r->name_len = name.n;
	r->ns = ns;
	HASH_ADD_KEYPTR(hh, ns->rooms, r->name, r->name_len, r);
	ns->n_rooms++;
	return r;
}

/* Where n keeps its place in r; n_rooms when it has none. */
static unsigned
room_slot(const struct nsocket *n, const struct room *r)
{
	unsigned i;

	for (i = 0; i < n->n_rooms; i++)
		if (n->rooms[i].room == r)
			break;
	return i;
}

int
room_join(struct nsocket *n, struct span name)
{
	struct namespace *ns = n->ns;
	struct room *r = namespace_room(ns, name);

	if (r && room_slot(n, r) < n->n_rooms)
		return 0;
	if (name.n > ns->hub->set.max_room_name ||
	    n->n_rooms >= ns->hub->set.max_rooms)
		return -1;
	if (r == NULL)
		r = room_new(ns, name);
	if (r->n_members == r->cap_members) {
		r->cap_members = r->cap_members ? r->cap_members * 2 : 2;
		r->members = mem_realloc(
		    r->members, r->cap_members * sizeof(*r->members));
	}
	if (n->n_rooms == n->cap_rooms) {
		n->cap_rooms = n->cap_rooms ? n->cap_rooms * 2 : 2;
		n->rooms =
		    mem_realloc(n->rooms, n->cap_rooms * sizeof(*n->rooms));
	}
	n->rooms[n->n_rooms].room = r;
	n->rooms[n->n_rooms].index = r->n_members;
	r->members[r->n_members].n = n;
	r->members[r->n_members++].slot = n->n_rooms++;
	return 1;
}

/* Takes n out of the room at one of its places. */
static void
room_leave_slot(struct nsocket *n, unsigned slot)
{
	struct room_place place = n->rooms[slot];
	struct room *r = place.room;
	struct room_member last = r->members[--r->n_members];
	struct room_place moved = n->rooms[--n->n_rooms];

	r->members[place.index] = last;
	last.n->rooms[last.slot].index = place.index;
	if (slot != n->n_rooms) {
		n->rooms[slot] = moved;
		moved.room->members[moved.index].slot = slot;
	}
	if (r->n_members)
		return;
	HASH_DEL(r->ns->rooms, r);
	r->ns->n_rooms--;
	free(r->members);
	free(r->name);
	free(r);
}

bool
room_leave(struct nsocket *n, struct span name)
{
	struct room *r = namespace_room(n->ns, name);
	unsigned slot = r ? room_slot(n, r) : n->n_rooms;

	if (slot == n->n_rooms)
		return false;
	room_leave_slot(n, slot);
	return true;
}

void
room_leave_all(struct nsocket *n)
{
	while (n->n_rooms)
		room_leave_slot(n, n->n_rooms - 1);
	free(n->rooms);
	n->rooms = NULL;
	n->cap_rooms = 0;
}
