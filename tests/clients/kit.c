/*
 * kit: the handler that the tests with real clients talk to.
 *
 * It serves every namespace. A connect whose auth.token is "bad" is refused;
 * a disconnect is told to the room "watchers" as gone [sid, reason]. Events,
 * each acknowledged where nothing else is said:
 *
 *	echo args…	with the same arguments; sent back as "echo" when no
 *			acknowledgement is asked for
 *	add a b		with the sum
 *	whoami		with {sid, nsp, transport, protocol, pid, origin,
 *			cookie}
 *	count		with how often this client has asked, from its session
 *	join room, leave room, rooms
 *	emit {event, args, to, except, nsp, broadcast, volatile}
 *	ask ms args…	sends "question" args…, and what comes of it as
 *			answered [answers, error], error being null or "timeout"
 *	bytes n		sends "bytes" of n bytes 0, 1, 2 … 255, 0 … and
 *			acknowledges with the same
 *	sum bytes	with [length, sum of the bytes]
 *	big n		with a text of n letters
 *	slow ms		with ms, after that time
 *	ticks n ms	starts a job that sends tick 0 … n-1, then ticked n
 *	beat ms		starts a timer that sends beat; stop ends it
 *	flood n size	sends flood [i, text of size] n times, volatile
 *	wrong		the error ["wrong", "as you asked for"]
 *	fail		nothing: the handler fails
 *	crash		nothing: the worker aborts
 *	out, close	nothing: takes the client out, or ends its connection
 */

/* system */
#include <sys/resource.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>
#include <siogate/handler.h>

enum { KIT_MAX = 16 << 20 };

/* ---- Helpers ---------------------------------------------------------- */

/* Sleeps. */
static void
kit_sleep(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* Argument i as a number from 0 to max; 0 when it is none. */
static int64_t
kit_number(struct siogate_request *req, size_t i, int64_t max)
{
	int64_t n;

	if (!siogate_arg_int(req, i, &n) || n < 0)
		return 0;
	return n > max ? max : n;
}

/* A text of n letters; the caller frees it. */
static char *
kit_letters(size_t n)
{
	char *text = malloc(n + 1);

	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		text[i] = (char)('a' + i % 26);
	text[n] = '\0';
	return text;
}

/* Adds a text, or null, to an object. */
static void
kit_add(struct json_object *obj, const char *key, const char *text)
{
	json_object_object_add(
	    obj, key, text ? json_object_new_string(text) : NULL);
}

/* A text member of an object; NULL when it is none. */
static const char *
kit_text(struct json_object *obj, const char *key)
{
	struct json_object *value = json_object_object_get(obj, key);

	return json_object_is_type(value, json_type_string)
		   ? json_object_get_string(value)
		   : NULL;
}

/* A member of an object as a truth value. */
static bool
kit_flag(struct json_object *obj, const char *key)
{
	return json_object_get_boolean(json_object_object_get(obj, key));
}

/* ---- Coming and going ------------------------------------------------- */

/* Admits all but those with a bad token. */
static int
on_connect(struct siogate_request *req, void *user)
{
	struct json_object *auth = siogate_arg(req, 0);
	const char *token = NULL;

	(void)user;
	if (json_object_is_type(auth, json_type_object))
		token = kit_text(auth, "token");
	if (token && strcmp(token, "bad") == 0)
		return siogate_error(req, "refused", "not with this token",
		    "{\"code\":42,\"why\":[\"bad\",null]}", false);
	return 0;
}

/* Tells the watchers. */
static int
on_disconnect(struct siogate_request *req, void *user)
{
	struct siogate_opts watchers = { .to = "watchers" };
	struct json_object *args = json_object_new_array();
	int rc;

	(void)user;
	json_object_array_add(args, json_object_new_string(siogate_sid(req)));
	json_object_array_add(
	    args, json_object_new_string(siogate_reason(req)));
	rc = siogate_emit_json(req, "gone", args, &watchers);
	json_object_put(args);
	return rc;
}

/* ---- Questions and answers -------------------------------------------- */

/* echo args… */
static int
on_echo(struct siogate_request *req, void *user)
{
	const char *args = siogate_args_raw(req, NULL);

	(void)user;
	if (siogate_ack_wanted(req))
		return siogate_ack(req, args);
	return siogate_emit(req, "echo", args, NULL);
}

/* add a b */
static int
on_add(struct siogate_request *req, void *user)
{
	int64_t a, b, sum;

	(void)user;
	if (!siogate_arg_int(req, 0, &a) || !siogate_arg_int(req, 1, &b) ||
	    __builtin_add_overflow(a, b, &sum))
		return siogate_error(req, "invalid_method_args",
		    "add needs two whole numbers", NULL, false);
	return siogate_ack_int(req, sum);
}

/* whoami */
static int
on_whoami(struct siogate_request *req, void *user)
{
	struct json_object *obj = json_object_new_object();
	int rc;

	(void)user;
	kit_add(obj, "sid", siogate_sid(req));
	kit_add(obj, "nsp", siogate_nsp(req));
	kit_add(obj, "transport", siogate_transport(req));
	kit_add(obj, "origin", siogate_header(req, "Origin"));
	kit_add(obj, "cookie", siogate_header(req, "Cookie"));
	json_object_object_add(
	    obj, "protocol", json_object_new_int(siogate_protocol(req)));
	json_object_object_add(obj, "pid", json_object_new_int(getpid()));
	rc = siogate_ack_value(req, obj);
	json_object_put(obj);
	return rc;
}

/* count */
static int
on_count(struct siogate_request *req, void *user)
{
	struct json_object *session = siogate_session(req), *patch;
	int64_t n =
	    json_object_get_int64(json_object_object_get(session, "n")) + 1;
	int rc;

	(void)user;
	patch = json_object_new_object();
	json_object_object_add(patch, "n", json_object_new_int64(n));
	rc = siogate_session_merge_json(req, patch);
	json_object_put(patch);
	return rc || siogate_ack_int(req, n);
}

/* ask ms args… */
static int
on_ask(struct siogate_request *req, void *user)
{
	struct siogate_opts opts = { .tag = "asked",
		.timeout = kit_number(req, 0, 60000) };
	struct json_object *args = json_object_new_array();
	int rc;

	(void)user;
	for (size_t i = 1; i < siogate_argc(req); i++)
		json_object_array_add(
		    args, json_object_get(siogate_arg(req, i)));
	rc = siogate_emit_json(req, "question", args, &opts);
	json_object_put(args);
	return rc;
}

/* What came of a question. */
static int
on_asked(struct siogate_request *req, void *user)
{
	struct json_object *args = json_object_new_array();
	const char *error = siogate_ack_error(req);
	int rc;

	(void)user;
	json_object_array_add(args, json_object_get(siogate_args(req)));
	json_object_array_add(
	    args, error ? json_object_new_string(error) : NULL);
	rc = siogate_emit_json(req, "answered", args, NULL);
	json_object_put(args);
	return rc;
}

/* ---- Rooms ------------------------------------------------------------ */

/* join room */
static int
on_join(struct siogate_request *req, void *user)
{
	const char *room = siogate_arg_str(req, 0);

	(void)user;
	if (room == NULL)
		return -1;
	return siogate_join(req, room, NULL) || siogate_ack_str(req, room);
}

/* leave room */
static int
on_leave(struct siogate_request *req, void *user)
{
	const char *room = siogate_arg_str(req, 0);

	(void)user;
	if (room == NULL)
		return -1;
	return siogate_leave(req, room, NULL) || siogate_ack_str(req, room);
}

/* rooms */
static int
on_rooms(struct siogate_request *req, void *user)
{
	struct json_object *rooms = json_object_new_array();
	const char *room;
	int rc;

	(void)user;
	for (size_t i = 0; (room = siogate_room(req, i)) != NULL; i++)
		json_object_array_add(rooms, json_object_new_string(room));
	rc = siogate_ack_value(req, rooms);
	json_object_put(rooms);
	return rc;
}

/* The texts of a list, NULL behind the last one; NULL: it is no list. */
static const char **
kit_list(struct json_object *list)
{
	const char **out;
	size_t n;

	if (!json_object_is_type(list, json_type_array))
		return NULL;
	n = json_object_array_length(list);
	out = calloc(n + 1, sizeof(*out));
	for (size_t i = 0; out && i < n; i++)
		out[i] =
		    json_object_get_string(json_object_array_get_idx(list, i));
	return out;
}

/* emit {event, args, to, except, nsp, broadcast, volatile} */
static int
on_emit(struct siogate_request *req, void *user)
{
	struct json_object *what = siogate_arg(req, 0);
	const char **to, **except;
	struct siogate_opts opts = { 0 };
	int rc;

	(void)user;
	if (!json_object_is_type(what, json_type_object))
		return -1;
	to = kit_list(json_object_object_get(what, "to"));
	except = kit_list(json_object_object_get(what, "except"));
	opts.to = kit_text(what, "to");
	opts.to_list = to;
	opts.except = kit_text(what, "except");
	opts.except_list = except;
	opts.nsp = kit_text(what, "nsp");
	opts.broadcast = kit_flag(what, "broadcast");
	opts.is_volatile = kit_flag(what, "volatile");
	rc = siogate_emit_json(req, kit_text(what, "event"),
	    json_object_object_get(what, "args"), &opts);
	free(to);
	free(except);
	return rc || siogate_ack(req, NULL);
}

/* ---- Bytes and long texts --------------------------------------------- */

/* bytes n */
static int
on_bytes(struct siogate_request *req, void *user)
{
	size_t n = (size_t)kit_number(req, 0, KIT_MAX);
	unsigned char *data = malloc(n + 1);
	struct json_object *obj;
	int rc;

	(void)user;
	if (data == NULL)
		return -1;
	for (size_t i = 0; i < n; i++)
		data[i] = (unsigned char)i;
	obj = siogate_bytes_new(data, n);
	rc = siogate_emit_bytes(req, "bytes", data, n, NULL) ||
	     siogate_ack_value(req, obj);
	json_object_put(obj);
	free(data);
	return rc;
}

/* sum bytes */
static int
on_sum(struct siogate_request *req, void *user)
{
	struct json_object *args;
	void *data;
	size_t n;
	int64_t sum = 0;
	int rc;

	(void)user;
	if (siogate_bytes_get(siogate_arg(req, 0), &data, &n) != 1)
		return siogate_error(
		    req, "wrong", "those are no bytes", NULL, false);
	for (size_t i = 0; i < n; i++)
		sum += ((unsigned char *)data)[i];
	free(data);
	args = json_object_new_array();
	json_object_array_add(args, json_object_new_int64((int64_t)n));
	json_object_array_add(args, json_object_new_int64(sum));
	rc = siogate_ack_json(req, args);
	json_object_put(args);
	return rc;
}

/* big n */
static int
on_big(struct siogate_request *req, void *user)
{
	char *text = kit_letters((size_t)kit_number(req, 0, KIT_MAX));
	int rc;

	(void)user;
	if (text == NULL)
		return -1;
	rc = siogate_ack_str(req, text);
	free(text);
	return rc;
}

/* flood n size */
static int
on_flood(struct siogate_request *req, void *user)
{
	struct siogate_opts opts = { .is_volatile = true };
	int64_t n = kit_number(req, 0, 100000);
	char *text = kit_letters((size_t)kit_number(req, 1, KIT_MAX));
	int rc = text ? 0 : -1;

	(void)user;
	for (int64_t i = 0; i < n && rc == 0; i++) {
		struct json_object *args = json_object_new_array();

		json_object_array_add(args, json_object_new_int64(i));
		json_object_array_add(args, json_object_new_string(text));
		rc = siogate_emit_json(req, "flood", args, &opts) ||
		     siogate_flush(req);
		json_object_put(args);
	}
	free(text);
	return rc || siogate_ack(req, NULL);
}

/* ---- Time ------------------------------------------------------------- */

/* slow ms */
static int
on_slow(struct siogate_request *req, void *user)
{
	int64_t ms = kit_number(req, 0, 60000);

	(void)user;
	kit_sleep(ms);
	return siogate_ack_int(req, ms);
}

/* ticks n ms */
static int
on_ticks(struct siogate_request *req, void *user)
{
	(void)user;
	return siogate_spawn(req, "tick", siogate_args_raw(req, NULL)) ||
	       siogate_ack(req, NULL);
}

/* The job tick n ms. */
static int
job_tick(struct siogate_request *req, void *user)
{
	int64_t n = kit_number(req, 0, 100000);
	int64_t ms = kit_number(req, 1, 60000);

	(void)user;
	for (int64_t i = 0; i < n; i++) {
		if (siogate_emit_int(req, "tick", i, NULL) ||
		    siogate_flush(req))
			return 0;
		kit_sleep(ms);
	}
	return siogate_emit_int(req, "ticked", n, NULL);
}

/* beat ms */
static int
on_beat(struct siogate_request *req, void *user)
{
	(void)user;
	return siogate_every(req, "beat", NULL, kit_number(req, 0, 60000)) ||
	       siogate_ack(req, NULL);
}

/* The job beat. */
static int
job_beat(struct siogate_request *req, void *user)
{
	(void)user;
	return siogate_emit(req, "beat", NULL, NULL);
}

/* stop */
static int
on_stop(struct siogate_request *req, void *user)
{
	(void)user;
	return siogate_kill(req, "beat") || siogate_ack(req, NULL);
}

/* ---- What goes wrong -------------------------------------------------- */

/* wrong */
static int
on_wrong(struct siogate_request *req, void *user)
{
	(void)user;
	return siogate_error(req, "wrong", "as you asked for", NULL, false);
}

/* fail */
static int
on_fail(struct siogate_request *req, void *user)
{
	(void)user;
	(void)req;
	return -1;
}

/* crash */
static int
on_crash(struct siogate_request *req, void *user)
{
	(void)user;
	(void)req;
	abort();
}

/* out */
static int
on_out(struct siogate_request *req, void *user)
{
	(void)user;
	return siogate_disconnect(req, NULL);
}

/* close */
static int
on_close(struct siogate_request *req, void *user)
{
	(void)user;
	return siogate_close(req, NULL);
}

/* ---- The program ------------------------------------------------------ */

static const struct {
	const char *event;
	siogate_handler_fn *fn;
} kit_events[] = {
	{ "echo", on_echo },
	{ "add", on_add },
	{ "whoami", on_whoami },
	{ "count", on_count },
	{ "ask", on_ask },
	{ "join", on_join },
	{ "leave", on_leave },
	{ "rooms", on_rooms },
	{ "emit", on_emit },
	{ "bytes", on_bytes },
	{ "sum", on_sum },
	{ "big", on_big },
	{ "flood", on_flood },
	{ "slow", on_slow },
	{ "ticks", on_ticks },
	{ "beat", on_beat },
	{ "stop", on_stop },
	{ "wrong", on_wrong },
	{ "fail", on_fail },
	{ "crash", on_crash },
	{ "out", on_out },
	{ "close", on_close },
};

/* Registers the handlers. */
static int
kit_register(struct siogate *app)
{
	for (size_t i = 0; i < sizeof(kit_events) / sizeof(*kit_events); i++)
		if (siogate_on_event(
			app, NULL, kit_events[i].event, kit_events[i].fn, NULL))
			return -1;
	if (siogate_on_connect(app, NULL, on_connect, NULL) ||
	    siogate_on_disconnect(app, NULL, on_disconnect, NULL) ||
	    siogate_on_ack(app, NULL, "asked", on_asked, NULL) ||
	    siogate_on_job(app, NULL, "tick", job_tick, NULL))
		return -1;
	return siogate_on_job(app, NULL, "beat", job_beat, NULL);
}

int
main(void)
{
	const struct rlimit none = { 0, 0 };
	struct siogate *app = siogate_new();
	int rc;

	setrlimit(RLIMIT_CORE, &none); /* crash is meant to be cheap */
	if (app == NULL || kit_register(app))
		return 1;
	rc = siogate_run(app);
	siogate_free(&app);
	return rc ? 1 : 0;
}
