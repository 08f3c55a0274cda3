/*
 * acl: which methods of a namespace a client may call.
 *
 * Entries are gevent-socketio's method names: on_<event>, with blanks turned
 * into underscores, and recv_connect, recv_message, recv_json, recv_error,
 * recv_disconnect. A list is either closed (only what it names is allowed) or
 * open (all but what it names is). No list at all (NULL) allows everything.
 */
#ifndef SIOGATE_ACL_H
#define SIOGATE_ACL_H

#include <stdbool.h>
#include <stddef.h>

#include "span.h"

struct acl;

/* A closed list of n names. */
struct acl *acl_new(const char *const *names, size_t n);

/* A copy; NULL gives NULL. */
struct acl *acl_copy(const struct acl *a);

void acl_free(struct acl **a);

/* True when the method, or the event, is allowed. */
bool acl_allows(const struct acl *a, struct span method);
bool acl_allows_event(const struct acl *a, struct span event);

/*
 * The changes that handlers make. names is raw JSON, an array of strings that
 * was checked. *a is changed or made new: only replaces the list, allow adds to
 * what is allowed, deny takes away from it. More than 1,000 entries are cut
 * off.
 */
void acl_only(struct acl **a, struct span names);
void acl_allow(struct acl **a, struct span names);
void acl_deny(struct acl **a, struct span names);

/* Lifts all restrictions: *a becomes a list that allows everything. */
void acl_lift(struct acl **a);

#endif
