/*
 * chat: rooms, private messages, who is here, who is typing.
 *
 * A handler for the namespace /chat. Any number of workers may run it: they
 * share a file (chat_state.h), and nothing is kept in memory from one event to
 * the next but what the gateway keeps: the session ({"name", "room"}) and the
 * rooms "room:<room>" and "user:<name in small letters>".
 *
 * What a client sends, each with an acknowledgement of one object:
 *
 *	join {name, room}	{ok, name, room, users, history, rooms, version}
 *	say text		{ok, id, at}
 *	typing on		{ok}
 *	private {to, text}	{ok, at}
 *
 * Where something is wrong it is {ok: false, error: "text"}. What it gets:
 *
 *	joined {name, users, version}	somebody came to its room
 *	left {name, users, version}	somebody left it
 *	rooms [{name, users}], version	all rooms, with how many are in them
 *	said {name, text, at, id}	somebody said something in its room
 *	typing {name, on}		somebody began or stopped to type
 *	private {from, to, text, at}	somebody said something to it alone
 *
 * users is the list of names in the room, history the last 50 messages. at is
 * in milliseconds since 1970. version grows with each change of who is where:
 * events of two workers may overtake each other, and a list that has a smaller
 * version than the one shown is out of date.
 *
 * Sids are never shown: those of old clients are credentials.
 */

/* system */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <siogate/handler.h>

/* own */
#include "chat_state.h"
#include "chat_text.h"

#define NSP "/chat"

/* ---- Helpers ---------------------------------------------------------- */

/* The name of a siogate room: a prefix and a label. */
struct room {
	char name[CHAT_LABEL_SIZE + 8];
};

/* Makes a room's name. */
static struct room
room_of(const char *prefix, const char *label)
{
	struct room room;

	snprintf(room.name, sizeof(room.name), "%s:%s", prefix, label);
	return room;
}

/* Acknowledges with an object, which is given up. */
static int
ack_object(struct siogate_request *req, struct json_object *obj)
{
	int rc = siogate_ack_value(req, obj);

	json_object_put(obj);
	return rc;
}

/* Acknowledges with what is wrong. */
static int
ack_error(struct siogate_request *req, const char *error)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "ok", json_object_new_boolean(0));
	json_object_object_add(obj, "error", json_object_new_string(error));
	return ack_object(req, obj);
}

/* An object that says all is well. */
static struct json_object *
new_ok(void)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "ok", json_object_new_boolean(1));
	return obj;
}

/* Adds a text to an object. */
static void
add_text(struct json_object *obj, const char *key, const char *text)
{
	json_object_object_add(obj, key, json_object_new_string(text));
}

/* Adds the version of the people to an object. */
static void
add_version(struct json_object *obj, struct chat_state *st)
{
	json_object_object_add(
	    obj, "version", json_object_new_int64(chat_state_version(st)));
}

/* ---- Coming and going ------------------------------------------------- */

/* Tells the others in a room that somebody joined or left. */
static int
tell_room(struct siogate_request *req, struct chat_state *st, const char *event,
    const char *name, const char *room)
{
	struct room to = room_of("room", room);
	struct siogate_opts others = { .to = to.name, .broadcast = true };
	struct json_object *obj = json_object_new_object();
	int rc;

	add_text(obj, "name", name);
	json_object_object_add(obj, "users", chat_state_users(st, room));
	add_version(obj, st);
	rc = siogate_emit_value(req, event, obj, &others);
	json_object_put(obj);
	return rc;
}

/* Tells everybody the rooms. */
static int
tell_rooms(struct siogate_request *req, struct chat_state *st)
{
	struct siogate_opts all = { .to = "*" };
	struct json_object *args = json_object_new_array();
	int rc;

	json_object_array_add(args, chat_state_rooms(st));
	json_object_array_add(
	    args, json_object_new_int64(chat_state_version(st)));
	rc = siogate_emit_json(req, "rooms", args, &all);
	json_object_put(args);
	return rc;
}

/* Somebody who joins: as typed, and where from. */
struct joiner {
	char name[CHAT_LABEL_SIZE];
	char key[CHAT_LABEL_SIZE];
	char room[CHAT_LABEL_SIZE];
	/* where the same client was before; empty: nowhere */
	char old_name[CHAT_LABEL_SIZE];
	char old_key[CHAT_LABEL_SIZE];
	char old_room[CHAT_LABEL_SIZE];
	bool moves;   /* to another room */
	bool renames; /* takes another name */
};

/* Copies a text of an object. */
static void
copy_text(char out[CHAT_LABEL_SIZE], struct json_object *obj, const char *key)
{
	const char *text =
	    json_object_get_string(json_object_object_get(obj, key));

	snprintf(out, CHAT_LABEL_SIZE, "%s", text ? text : "");
}

/* Puts the joiner into the list of people. False when the name is taken. */
static bool
enter(struct siogate_request *req, struct chat_state *st, struct joiner *who)
{
	const char *sid = siogate_sid(req);
	struct json_object *same, *before = chat_state_by_sid(st, sid);

	chat_text_key(who->name, who->key);
	same = chat_state_by_key(st, who->key);
	if (same && same != before)
		return false;
	if (before) {
		copy_text(who->old_name, before, "name");
		copy_text(who->old_key, before, "key");
		copy_text(who->old_room, before, "room");
	}
	who->moves = strcmp(who->room, who->old_room) != 0;
	who->renames = strcmp(who->name, who->old_name) != 0;
	if (who->moves || who->renames)
		chat_state_enter(st, sid, who->name, who->key, who->room);
	return true;
}

/* Changes the client's rooms and session to where the joiner is now. */
static int
move_client(struct siogate_request *req, const struct joiner *who)
{
	struct room old_room = room_of("room", who->old_room);
	struct room old_user = room_of("user", who->old_key);
	struct room room = room_of("room", who->room);
	struct room user = room_of("user", who->key);

	if (*who->old_room && who->moves &&
	    siogate_leave(req, old_room.name, NULL))
		return -1;
	if (*who->old_key && strcmp(who->key, who->old_key) != 0 &&
	    siogate_leave(req, old_user.name, NULL))
		return -1;
	if (siogate_join(req, room.name, NULL) ||
	    siogate_join(req, user.name, NULL) ||
	    siogate_session_set(req, "name", who->name))
		return -1;
	return siogate_session_set(req, "room", who->room);
}

/* Acknowledges a join. */
static int
ack_join(struct siogate_request *req, struct chat_state *st,
    const struct joiner *who)
{
	struct json_object *obj = new_ok();

	add_text(obj, "name", who->name);
	add_text(obj, "room", who->room);
	json_object_object_add(obj, "users", chat_state_users(st, who->room));
	json_object_object_add(
	    obj, "history", chat_state_history(st, who->room));
	json_object_object_add(obj, "rooms", chat_state_rooms(st));
	add_version(obj, st);
	return ack_object(req, obj);
}

/* Tells the others what a join has changed. */
static int
tell_join(struct siogate_request *req, struct chat_state *st,
    const struct joiner *who)
{
	if (!who->moves && !who->renames)
		return 0;
	if (*who->old_room &&
	    tell_room(req, st, "left", who->old_name, who->old_room))
		return -1;
	if (tell_room(req, st, "joined", who->name, who->room))
		return -1;
	return who->moves ? tell_rooms(req, st) : 0;
}

/* Joins with the state open. */
static int
join_with(
    struct siogate_request *req, struct chat_state *st, struct joiner *who)
{
	if (!enter(req, st, who))
		return ack_error(req, "Somebody here has that name");
	if (chat_state_save(st))
		return ack_error(req, "The chat has lost its memory");
	if (move_client(req, who) || ack_join(req, st, who))
		return -1;
	return tell_join(req, st, who);
}

/* join {name, room} */
static int
on_join(struct siogate_request *req, void *user)
{
	struct json_object *arg = siogate_arg(req, 0);
	struct chat_state st;
	struct joiner who = { .name = "" };
	int rc;

	(void)user;
	if (siogate_sid(req) == NULL ||
	    !json_object_is_type(arg, json_type_object))
		return ack_error(req, "join needs {name, room}");
	if (!chat_text_label(
		json_object_object_get(arg, "name"), CHAT_NAME_MAX, who.name))
		return ack_error(req, "A name has 1 to 24 characters");
	if (!chat_text_label(
		json_object_object_get(arg, "room"), CHAT_ROOM_MAX, who.room))
		return ack_error(req, "A room has 1 to 32 characters");
	if (chat_state_init(&st, true))
		return ack_error(req, "The chat has lost its memory");
	rc = join_with(req, &st, &who);
	chat_state_release(&st);
	return rc;
}

/* Takes what was restored away: somebody else has got the name meanwhile. */
static int
move_out(struct siogate_request *req, const struct joiner *who)
{
	struct room room = room_of("room", who->room);
	struct room user = room_of("user", who->key);

	return siogate_leave(req, room.name, NULL) ||
	       siogate_leave(req, user.name, NULL) ||
	       siogate_session_set(req, "name", NULL) ||
	       siogate_session_set(req, "room", NULL);
}

/* A client whose connection state was restored is here again, if the name is
 * still free. */
static int
on_connect(struct siogate_request *req, void *user)
{
	const char *name = siogate_session_str(req, "name");
	const char *room = siogate_session_str(req, "room");
	struct chat_state st;
	struct joiner who = { .name = "" };
	int rc;

	(void)user;
	if (!siogate_recovered(req) || siogate_sid(req) == NULL ||
	    name == NULL || room == NULL)
		return 0;
	snprintf(who.name, sizeof(who.name), "%s", name);
	snprintf(who.room, sizeof(who.room), "%s", room);
	if (chat_state_init(&st, true))
		return -1;
	if (!enter(req, &st, &who))
		rc = move_out(req, &who);
	else
		rc = chat_state_save(&st) || tell_join(req, &st, &who);
	chat_state_release(&st);
	return rc;
}

/* A client has gone. */
static int
on_disconnect(struct siogate_request *req, void *user)
{
	struct json_object *before;
	struct chat_state st;
	char name[CHAT_LABEL_SIZE], room[CHAT_LABEL_SIZE];
	int rc = 0;

	(void)user;
	if (siogate_sid(req) == NULL || chat_state_init(&st, true))
		return -1;
	before = chat_state_by_sid(&st, siogate_sid(req));
	if (before) {
		copy_text(name, before, "name");
		copy_text(room, before, "room");
		chat_state_leave(&st, siogate_sid(req));
		rc = chat_state_save(&st) ||
		     tell_room(req, &st, "left", name, room) ||
		     tell_rooms(req, &st);
	}
	chat_state_release(&st);
	return rc;
}

/* ---- Talking ---------------------------------------------------------- */

/* Where the client is, from its session. False, with an acknowledgement that
 * says so, when it has not joined. */
static bool
is_here(struct siogate_request *req, const char **name_r, const char **room_r)
{
	*name_r = siogate_session_str(req, "name");
	*room_r = siogate_session_str(req, "room");
	if (*name_r && *room_r)
		return true;
	ack_error(req, "Join a room first");
	return false;
}

/* say text */
static int
on_say(struct siogate_request *req, void *user)
{
	const char *name, *room;
	struct room to;
	struct siogate_opts others = { .broadcast = true };
	struct json_object *message, *obj;
	struct chat_state st;
	int rc;

	(void)user;
	if (!is_here(req, &name, &room))
		return 0;
	if (!chat_text_message(siogate_arg(req, 0)))
		return ack_error(req, "A message has 1 to 2000 characters");
	if (chat_state_init(&st, true))
		return ack_error(req, "The chat has lost its memory");
	message = chat_state_say(&st, room, name, siogate_arg(req, 0));
	to = room_of("room", room);
	others.to = to.name;
	obj = new_ok();
	json_object_object_add(
	    obj, "id", json_object_get(json_object_object_get(message, "id")));
	json_object_object_add(
	    obj, "at", json_object_get(json_object_object_get(message, "at")));
	if (chat_state_save(&st))
		rc = ack_error(req, "The chat has lost its memory");
	else
		rc = siogate_ack_value(req, obj) ||
		     siogate_emit_value(req, "said", message, &others);
	json_object_put(obj);
	chat_state_release(&st);
	return rc;
}

/* typing on */
static int
on_typing(struct siogate_request *req, void *user)
{
	const char *name, *room;
	struct room to;
	struct siogate_opts others = { .broadcast = true, .is_volatile = true };
	struct json_object *obj;
	int rc;

	(void)user;
	if (!is_here(req, &name, &room))
		return 0;
	to = room_of("room", room);
	others.to = to.name;
	obj = json_object_new_object();
	add_text(obj, "name", name);
	json_object_object_add(obj, "on",
	    json_object_new_boolean(
		json_object_get_boolean(siogate_arg(req, 0))));
	rc = siogate_emit_value(req, "typing", obj, &others);
	json_object_put(obj);
	return rc || ack_object(req, new_ok());
}

/* Finds out how somebody who is here spells the name. 0; 1: nobody is; -1. */
static int
find_name(const char *key, char name[CHAT_LABEL_SIZE])
{
	struct json_object *person;
	struct chat_state st;

	if (chat_state_init(&st, false))
		return -1;
	person = chat_state_by_key(&st, key);
	copy_text(name, person, "name");
	chat_state_release(&st);
	return *name ? 0 : 1;
}

/* Sends a private message. */
static int
send_private(struct siogate_request *req, const char *from, const char *to,
    const char *key, struct json_object *text)
{
	struct room room = room_of("user", key);
	struct siogate_opts receiver = { .to = room.name };
	struct json_object *obj = json_object_new_object(), *ok = new_ok();
	int64_t now = chat_state_now();
	int rc;

	add_text(obj, "from", from);
	add_text(obj, "to", to);
	json_object_object_add(obj, "text", json_object_get(text));
	json_object_object_add(obj, "at", json_object_new_int64(now));
	json_object_object_add(ok, "at", json_object_new_int64(now));
	rc = siogate_emit_value(req, "private", obj, &receiver);
	json_object_put(obj);
	return ack_object(req, ok) || rc;
}

/* private {to, text} */
static int
on_private(struct siogate_request *req, void *user)
{
	char to[CHAT_LABEL_SIZE], key[CHAT_LABEL_SIZE], name[CHAT_LABEL_SIZE];
	char error[CHAT_LABEL_SIZE + 32];
	struct json_object *arg = siogate_arg(req, 0), *text;
	const char *from, *room;

	(void)user;
	if (!is_here(req, &from, &room))
		return 0;
	if (!json_object_is_type(arg, json_type_object) ||
	    !chat_text_label(
		json_object_object_get(arg, "to"), CHAT_NAME_MAX, to))
		return ack_error(req, "private needs {to, text}");
	text = json_object_object_get(arg, "text");
	if (!chat_text_message(text))
		return ack_error(req, "A message has 1 to 2000 characters");
	chat_text_key(to, key);
	switch (find_name(key, name)) {
	case 0:
		return send_private(req, from, name, key, text);
	case 1:
		snprintf(error, sizeof(error), "%s is not here", to);
		return ack_error(req, error);
	default:
		return ack_error(req, "The chat has lost its memory");
	}
}

/* Registers the handlers and serves. */
int
main(void)
{
	struct siogate *app = siogate_new();
	int rc;

	chat_text_init();
	if (app == NULL || siogate_on_connect(app, NSP, on_connect, NULL) ||
	    siogate_on_disconnect(app, NSP, on_disconnect, NULL) ||
	    siogate_on_event(app, NSP, "join", on_join, NULL) ||
	    siogate_on_event(app, NSP, "say", on_say, NULL) ||
	    siogate_on_event(app, NSP, "typing", on_typing, NULL) ||
	    siogate_on_event(app, NSP, "private", on_private, NULL))
		return 1;
	rc = siogate_run(app);
	siogate_free(&app);
	return rc ? 1 : 0;
}
