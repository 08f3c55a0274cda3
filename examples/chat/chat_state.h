/*
 * chat_state: what the chat's workers share: who is where, and what was said.
 *
 * It is one small JSON file. A worker opens the state for the length of one
 * event: that takes a lock and reads the file; saving writes a new file and
 * puts it in the old one's place, so a worker that dies half-way spoils
 * nothing. People of another run of the gateway ($SIOGATE_INSTANCE) are
 * forgotten when the file is read; what was said stays.
 *
 *	{"last": id of the last message, "version": of the list of people,
 *	 "users": [{"name", "key", "room", "sid", "instance"}],
 *	 "rooms": {"room": [{"name", "text", "at", "id"}]}}
 */
#ifndef CHAT_STATE_H
#define CHAT_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct json_object;

enum {
	CHAT_STATE_HISTORY = 50, /* messages that are kept of a room */
	CHAT_STATE_ROOMS = 32    /* rooms without people that are kept */
};

struct chat_state {
	struct json_object *root;
	int lock; /* descriptor of the lock file */
};

/* Takes the lock and reads the file; alone, when it is going to be changed.
 * Returns 0; or -1, with the reason on standard error. */
int chat_state_init(struct chat_state *st, bool alone);

/* Writes the file. 0 or -1 likewise. */
int chat_state_save(struct chat_state *st);

/* Drops everything and gives the lock back. */
void chat_state_release(struct chat_state *st);

/* The person with this sid, or this key (chat_text_key); NULL when nobody has.
 * Members are texts. Borrowed, until the people change. */
struct json_object *chat_state_by_sid(struct chat_state *st, const char *sid);
struct json_object *chat_state_by_key(struct chat_state *st, const char *key);

/* Puts a person into a room; one with that sid is taken out of another. */
void chat_state_enter(struct chat_state *st, const char *sid, const char *name,
    const char *key, const char *room);

/* Takes out the person with this sid, if there is one. */
void chat_state_leave(struct chat_state *st, const char *sid);

/* A number that grows with each change of the people. */
int64_t chat_state_version(struct chat_state *st);

/* The names of the people in a room, in the order they came. The caller's. */
struct json_object *chat_state_users(struct chat_state *st, const char *room);

/* The rooms with people in them: [{"name", "users": how many}], in order of
 * their names. The caller's. */
struct json_object *chat_state_rooms(struct chat_state *st);

/* The last messages of a room. The caller's. */
struct json_object *chat_state_history(struct chat_state *st, const char *room);

/* Adds a message, which gets its time and id. Borrowed; NULL when memory is
 * short. */
struct json_object *chat_state_say(struct chat_state *st, const char *room,
    const char *name, struct json_object *text);

/* Milliseconds since 1970. */
int64_t chat_state_now(void);

#endif
