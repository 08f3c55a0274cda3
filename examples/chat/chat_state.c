/*
 * chat_state: a JSON file under a lock.
 *
 * The lock is a file of its own, since the data file is replaced by each save.
 * Both have to be ours: in a directory for all, such as /tmp, somebody else may
 * have put something there under our names.
 *
 * Known limit: somebody whose "disconnect" never reaches the chat keeps the
 * name until the gateway's next start.
 */

/* system */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>

/* own */
#include "chat_state.h"

/* ---- The file --------------------------------------------------------- */

/* Says what went wrong. */
static int
complain(const char *what, const char *path)
{
	fprintf(stderr, "chat: %s %s: %s\n", what, path, strerror(errno));
	return -1;
}

/* Writes the file's path, with a suffix, to out. */
static int
make_path(char out[PATH_MAX], const char *suffix)
{
	const char *dir = getenv("SIOGATE_STATE_DIR");
	int n;

	if (dir && *dir) {
		n = snprintf(out, PATH_MAX, "%s/chat.json%s", dir, suffix);
	} else {
		dir = getenv("TMPDIR");
		if (dir == NULL || *dir == '\0')
			dir = "/tmp";
		n = snprintf(out, PATH_MAX, "%s/siogate-chat-%lu.json%s", dir,
		    (unsigned long)geteuid(), suffix);
	}
	if (n > 0 && n < PATH_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return complain("can't use", dir);
}

/* Opens a file that has to be ours; -1 with errno otherwise. */
static int
open_own(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid())
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

/* Takes the lock. */
static int
take_lock(struct chat_state *st, bool alone)
{
	char path[PATH_MAX];

	if (make_path(path, ".lock"))
		return -1;
	st->lock = open_own(path, O_RDWR | O_CREAT);
	if (st->lock < 0)
		return complain("can't open", path);
	while (flock(st->lock, alone ? LOCK_EX : LOCK_SH))
		if (errno != EINTR)
			return complain("can't lock", path);
	return 0;
}

/* Takes a member of the root that is of the right type, or makes one. */
static struct json_object *
member(struct chat_state *st, const char *name, enum json_type type)
{
	struct json_object *obj = json_object_object_get(st->root, name);

	if (json_object_is_type(obj, type))
		return obj;
	obj = type == json_type_array    ? json_object_new_array()
	      : type == json_type_object ? json_object_new_object()
					 : json_object_new_int64(0);
	json_object_object_add(st->root, name, obj);
	return obj;
}

/* A text member of an object; "" when there is none. */
static const char *
text(struct json_object *obj, const char *name)
{
	const char *value =
	    json_object_get_string(json_object_object_get(obj, name));

	return value ? value : "";
}

/* The gateway's run. */
static const char *
instance(void)
{
	const char *value = getenv("SIOGATE_INSTANCE");

	return value ? value : "";
}

/* Forgets the people of other runs of the gateway. */
static void
forget_others(struct chat_state *st)
{
	struct json_object *users = member(st, "users", json_type_array);
	size_t i = json_object_array_length(users);

	while (i--)
		if (strcmp(
			text(json_object_array_get_idx(users, i), "instance"),
			instance()) != 0)
			json_object_array_del_idx(users, i, 1);
}

/* Reads the file; one that is missing or spoilt is an empty one. */
static int
load(struct chat_state *st)
{
	char path[PATH_MAX];
	int fd;

	if (make_path(path, ""))
		return -1;
	fd = open_own(path, O_RDONLY);
	if (fd >= 0) {
		st->root = json_object_from_fd(fd);
		close(fd);
	} else if (errno != ENOENT) {
		return complain("can't open", path);
	}
	if (!json_object_is_type(st->root, json_type_object)) {
		json_object_put(st->root);
		st->root = json_object_new_object();
	}
	if (st->root == NULL)
		return complain("can't read", path);
	forget_others(st);
	return 0;
}

int
chat_state_init(struct chat_state *st, bool alone)
{
	st->root = NULL;
	st->lock = -1;
	if (take_lock(st, alone) == 0 && load(st) == 0)
		return 0;
	chat_state_release(st);
	return -1;
}

int
chat_state_save(struct chat_state *st)
{
	char path[PATH_MAX], fresh[PATH_MAX];
	int fd, rc;

	if (make_path(path, "") || make_path(fresh, ".new"))
		return -1;
	unlink(fresh); /* of a worker that died */
	fd = open_own(fresh, O_WRONLY | O_CREAT | O_EXCL);
	if (fd < 0)
		return complain("can't make", fresh);
	rc = json_object_to_fd(fd, st->root,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (close(fd) || rc)
		return complain("can't write", fresh);
	if (rename(fresh, path))
		return complain("can't replace", path);
	return 0;
}

void
chat_state_release(struct chat_state *st)
{
	json_object_put(st->root);
	st->root = NULL;
	if (st->lock >= 0)
		close(st->lock);
	st->lock = -1;
}

/* ---- People ----------------------------------------------------------- */

/* The person whose member says value. */
static struct json_object *
find(struct chat_state *st, const char *name, const char *value)
{
	struct json_object *users = member(st, "users", json_type_array);
	struct json_object *user;
	size_t i, n = json_object_array_length(users);

	for (i = 0; i < n; i++) {
		user = json_object_array_get_idx(users, i);
		if (strcmp(text(user, name), value) == 0)
			return user;
	}
	return NULL;
}

struct json_object *
chat_state_by_sid(struct chat_state *st, const char *sid)
{
	return find(st, "sid", sid);
}

struct json_object *
chat_state_by_key(struct chat_state *st, const char *key)
{
	return find(st, "key", key);
}

int64_t
chat_state_version(struct chat_state *st)
{
	return json_object_get_int64(member(st, "version", json_type_int));
}

/* Counts a change of the people; the time keeps it growing over files. */
static void
count_change(struct chat_state *st)
{
	int64_t version = chat_state_version(st) + 1;

	if (version < chat_state_now())
		version = chat_state_now();
	json_object_object_add(
	    st->root, "version", json_object_new_int64(version));
}

void
chat_state_leave(struct chat_state *st, const char *sid)
{
	struct json_object *users = member(st, "users", json_type_array);
	size_t i = json_object_array_length(users);

	while (i--) {
		if (strcmp(text(json_object_array_get_idx(users, i), "sid"),
			sid) == 0) {
			json_object_array_del_idx(users, i, 1);
			count_change(st);
		}
	}
}

void
chat_state_enter(struct chat_state *st, const char *sid, const char *name,
    const char *key, const char *room)
{
	struct json_object *user = json_object_new_object();

	chat_state_leave(st, sid);
	json_object_object_add(user, "name", json_object_new_string(name));
	json_object_object_add(user, "key", json_object_new_string(key));
	json_object_object_add(user, "room", json_object_new_string(room));
	json_object_object_add(user, "sid", json_object_new_string(sid));
	json_object_object_add(
	    user, "instance", json_object_new_string(instance()));
	json_object_array_add(member(st, "users", json_type_array), user);
	count_change(st);
}

struct json_object *
chat_state_users(struct chat_state *st, const char *room)
{
	struct json_object *users = member(st, "users", json_type_array);
	struct json_object *names = json_object_new_array(), *user;
	size_t i, n = json_object_array_length(users);

	for (i = 0; i < n; i++) {
		user = json_object_array_get_idx(users, i);
		if (strcmp(text(user, "room"), room) == 0)
			json_object_array_add(
			    names, json_object_get(
				       json_object_object_get(user, "name")));
	}
	return names;
}

/* Compares two rooms of the list by name. */
static int
by_name(const void *a, const void *b)
{
	struct json_object *const *x = a, *const *y = b;

	return strcmp(text(*x, "name"), text(*y, "name"));
}

struct json_object *
chat_state_rooms(struct chat_state *st)
{
	struct json_object *users = member(st, "users", json_type_array);
	struct json_object *counts = json_object_new_object();
	struct json_object *rooms = json_object_new_array(), *room, *count;
	size_t i, n = json_object_array_length(users);
	const char *name;

	for (i = 0; i < n; i++) {
		name = text(json_object_array_get_idx(users, i), "room");
		count = json_object_object_get(counts, name);
		if (count) {
			json_object_int_inc(count, 1);
			continue;
		}
		room = json_object_new_object();
		count = json_object_new_int(1);
		json_object_object_add(
		    room, "name", json_object_new_string(name));
		json_object_object_add(room, "users", count);
		json_object_array_add(rooms, room);
		json_object_object_add(counts, name, json_object_get(count));
	}
	json_object_put(counts);
	json_object_array_sort(rooms, by_name);
	return rooms;
}

/* ---- What was said ---------------------------------------------------- */

int64_t
chat_state_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct json_object *
chat_state_history(struct chat_state *st, const char *room)
{
	struct json_object *rooms = member(st, "rooms", json_type_object);
	struct json_object *list = json_object_object_get(rooms, room);

	if (json_object_is_type(list, json_type_array))
		return json_object_get(list);
	return json_object_new_array();
}

/* The id of a room's last message; 0 when there is none. */
static int64_t
last_id(struct json_object *list)
{
	size_t n = json_object_is_type(list, json_type_array)
		       ? json_object_array_length(list)
		       : 0;

	return n ? json_object_get_int64(json_object_object_get(
		       json_object_array_get_idx(list, n - 1), "id"))
		 : 0;
}

/* Forgets the room that has been silent longest, of those without people, when
 * there are too many of them. */
static void
forget_room(struct chat_state *st)
{
	struct json_object *rooms = member(st, "rooms", json_type_object);
	const char *silent = NULL;
	int64_t id, oldest = INT64_MAX;
	char *name;
	int empty = 0;

	json_object_object_foreach(rooms, room, list)
	{
		if (find(st, "room", room))
			continue;
		empty++;
		id = last_id(list);
		if (id < oldest) {
			oldest = id;
			silent = room;
		}
	}
	if (empty <= CHAT_STATE_ROOMS || silent == NULL)
		return;
	name = strdup(silent);
	if (name)
		json_object_object_del(rooms, name);
	free(name);
}

/* The next id: it grows, even over files that were lost. */
static int64_t
next_id(struct chat_state *st, int64_t now)
{
	int64_t id =
	    json_object_get_int64(member(st, "last", json_type_int)) + 1;

	if (id < now)
		id = now;
	json_object_object_add(st->root, "last", json_object_new_int64(id));
	return id;
}

struct json_object *
chat_state_say(struct chat_state *st, const char *room, const char *name,
    struct json_object *said)
{
	struct json_object *rooms = member(st, "rooms", json_type_object);
	struct json_object *list = json_object_object_get(rooms, room);
	struct json_object *message = json_object_new_object();
	int64_t now = chat_state_now();

	if (!json_object_is_type(list, json_type_array)) {
		list = json_object_new_array();
		json_object_object_add(rooms, room, list);
	}
	json_object_object_add(message, "name", json_object_new_string(name));
	json_object_object_add(message, "text", json_object_get(said));
	json_object_object_add(message, "at", json_object_new_int64(now));
	json_object_object_add(
	    message, "id", json_object_new_int64(next_id(st, now)));
	json_object_array_add(list, message);
	if (json_object_array_length(list) > CHAT_STATE_HISTORY)
		json_object_array_del_idx(list, 0,
		    json_object_array_length(list) - CHAT_STATE_HISTORY);
	forget_room(st);
	return message;
}
