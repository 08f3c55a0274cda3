/*
 * siogate/handler.h: event handlers for siogate, in C or C++.
 *
 * A handler is a program that answers Socket.IO events. The gateway sends each
 * event as one FastCGI (or CGI) request; the library reads it, calls the
 * function that was registered for it, and sends back the actions that this
 * function asked for. siogate-handler(7) describes the protocol beneath.
 *
 *	static int
 *	on_say(struct siogate_request *req, void *user)
 *	{
 *		struct siogate_opts room = { .to = "lobby", .broadcast = true };
 *
 *		siogate_emit(req, "said", siogate_args_raw(req, NULL), &room);
 *		return siogate_ack(req, NULL);
 *	}
 *
 *	int
 *	main(void)
 *	{
 *		struct siogate *app = siogate_new();
 *		int rc;
 *
 *		if (app == NULL ||
 *		    siogate_on_event(app, "/chat", "say", on_say, NULL))
 *			return 1;
 *		rc = siogate_run(app);
 *		siogate_free(&app);
 *		return rc ? 1 : 0;
 *	}
 *
 * Lifetime. What a request's accessors return (texts and JSON objects) belongs
 * to the library and lives until the handler function returns; take a copy, or
 * json_object_get() a reference, to keep it longer. What is passed in to
 * the library is copied or printed before the call returns; JSON objects stay
 * the caller's, their reference count unchanged.
 *
 * Text. Texts are UTF-8; bytes that are not are sent as U+FFFD. JSON texts are
 * checked; line breaks between their tokens become blanks.
 *
 * Errors. Functions that add an action return 0; or -1 when an argument makes
 * no valid action or memory is short: then nothing is added, and the reason
 * goes to the gateway's log by a "log" action.
 *
 * Threads. One app belongs to one thread. Run more workers for more at a time.
 *
 * Function names begin with siogate_, macros and constants with SIOGATE_.
 */
#ifndef SIOGATE_HANDLER_H
#define SIOGATE_HANDLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SIOGATE_API __attribute__((visibility("default")))
#else
#define SIOGATE_API
#endif

struct json_object;
struct siogate;         /* a program's registered handlers */
struct siogate_request; /* one event, while its handler runs */

/* The types of events. */
enum siogate_type {
	SIOGATE_HANDSHAKE,  /* a new client, before any namespace */
	SIOGATE_CONNECT,    /* a client asks for a namespace */
	SIOGATE_EVENT,      /* a named event */
	SIOGATE_MESSAGE,    /* a text, from send() of 0.9 clients */
	SIOGATE_JSON,       /* a JSON value, from json.send() of 0.9 clients */
	SIOGATE_ACK,        /* the answer to an emit that had a tag */
	SIOGATE_ERROR,      /* an error packet of a 0.9 client */
	SIOGATE_DISCONNECT, /* a client left the namespace */
	SIOGATE_REFRESH, /* the time that siogate_expires gave is nearly over */
	SIOGATE_JOB      /* something that siogate_spawn started */
};

/*
 * A handler. Returns 0 when it has dealt with the event. Any other value says
 * that it failed: an int, so that the compiler asks for an answer on each
 * path. Then the actions it added are dropped and the request is answered
 * with "Status: 500", upon which the gateway tells the client
 * "handler_failed" (a connect is refused). When actions have been flushed
 * already, or when the request is a batch, an "error" action of the name
 * "handler_failed" takes the place of the status. A handler that has told
 * the client what is wrong (siogate_error) has not failed: it returns 0.
 *
 * user is the pointer given at registration.
 */
typedef int siogate_handler_fn(struct siogate_request *req, void *user);

/* ---- The app ---------------------------------------------------------- */

/* Makes an app without handlers. NULL when memory is short. */
SIOGATE_API struct siogate *siogate_new(void);

/* Frees the app and leaves *app NULL; *app may be NULL. */
SIOGATE_API void siogate_free(struct siogate **app);

/*
 * Registers fn for events of a type. nsp is the namespace; NULL means all. name
 * is the event's name (SIOGATE_EVENT), the job's (SIOGATE_JOB) or the tag
 * (SIOGATE_ACK, for tags that are strings); NULL means all, and for other
 * types it must be NULL. The texts are copied; user is kept as it is. Returns
 * 0, or -1 when memory is short or name does not fit type.
 *
 * The handler called is the one with the name and the namespace; else with the
 * name, of all namespaces; else of all names, in the namespace; else of all
 * names in all namespaces. Registering the same again replaces the handler.
 *
 * Without any handler: an event is answered with the error
 * "no_such_method", `The method "on_x" was not found`; a handshake is refused;
 * a job is noted in the log; a refresh is not renewed; a connect is admitted,
 * and the others are passed over.
 */
SIOGATE_API int siogate_on(struct siogate *app, enum siogate_type type,
    const char *nsp, const char *name, siogate_handler_fn *fn, void *user);

/* The same, for one type each. */
static inline int
siogate_on_event(struct siogate *app, const char *nsp, const char *event,
    siogate_handler_fn *fn, void *user)
{
	return siogate_on(app, SIOGATE_EVENT, nsp, event, fn, user);
}

static inline int
siogate_on_job(struct siogate *app, const char *nsp, const char *job,
    siogate_handler_fn *fn, void *user)
{
	return siogate_on(app, SIOGATE_JOB, nsp, job, fn, user);
}

static inline int
siogate_on_ack(struct siogate *app, const char *nsp, const char *tag,
    siogate_handler_fn *fn, void *user)
{
	return siogate_on(app, SIOGATE_ACK, nsp, tag, fn, user);
}

static inline int
siogate_on_handshake(struct siogate *app, siogate_handler_fn *fn, void *user)
{
	return siogate_on(app, SIOGATE_HANDSHAKE, NULL, NULL, fn, user);
}

static inline int
siogate_on_connect(
    struct siogate *app, const char *nsp, siogate_handler_fn *fn, void *user)
{
	return siogate_on(app, SIOGATE_CONNECT, nsp, NULL, fn, user);
}

static inline int
siogate_on_disconnect(
    struct siogate *app, const char *nsp, siogate_handler_fn *fn, void *user)
{
	return siogate_on(app, SIOGATE_DISCONNECT, nsp, NULL, fn, user);
}

static inline int
siogate_on_message(
    struct siogate *app, const char *nsp, siogate_handler_fn *fn, void *user)
{
	return siogate_on(app, SIOGATE_MESSAGE, nsp, NULL, fn, user);
}

static inline int
siogate_on_json(
    struct siogate *app, const char *nsp, siogate_handler_fn *fn, void *user)
{
	return siogate_on(app, SIOGATE_JSON, nsp, NULL, fn, user);
}

static inline int
siogate_on_error(
    struct siogate *app, const char *nsp, siogate_handler_fn *fn, void *user)
{
	return siogate_on(app, SIOGATE_ERROR, nsp, NULL, fn, user);
}

static inline int
siogate_on_refresh(
    struct siogate *app, const char *nsp, siogate_handler_fn *fn, void *user)
{
	return siogate_on(app, SIOGATE_REFRESH, nsp, NULL, fn, user);
}

/*
 * Serves events until told to stop. Standard input is the FastCGI listening
 * socket; when it is none, the program was started as plain CGI: then one
 * request is read from standard input and answered on standard output.
 * SIGTERM and SIGUSR1 (unless the program handles SIGTERM itself) let the event
 * at hand finish; calls that wait, in a handler, may then end with EINTR.
 * Returns 0 after an orderly end; or -1 with errno: the socket can't be used.
 * A request that is not to be understood is answered with "Status: 400".
 */
SIOGATE_API int siogate_run(struct siogate *app);

/*
 * Serves one request: its body is read from in (as many bytes as
 * CONTENT_LENGTH says, or all there are) and the answer, CGI headers included,
 * goes to out, which is flushed. envp is a NULL-terminated list of
 * "NAME=value" texts; NULL stands for an empty one. Nothing is closed. Returns
 * 0 when the event was handled; 1 when the answer has a Status of 400 or 500;
 * -1 with errno when out can't be written.
 */
SIOGATE_API int siogate_handle_stream(
    struct siogate *app, FILE *in, FILE *out, char **envp);

/* ---- The event -------------------------------------------------------- */

/* Texts that are absent are NULL, numbers that are absent are 0. */

SIOGATE_API enum siogate_type siogate_type(const struct siogate_request *req);

/* The type as the protocol spells it: "connect", "event", ... */
SIOGATE_API const char *siogate_type_name(enum siogate_type type);

/* The namespace; "/" when the request names none. Never NULL. */
SIOGATE_API const char *siogate_nsp(const struct siogate_request *req);

/* The id of the client in this namespace; NULL on a job that has no client.
 * With clients of the generations 1 and 4 it tells their session id, which is
 * a credential: don't show it to other clients. */
SIOGATE_API const char *siogate_sid(const struct siogate_request *req);

/* The event's name, or the job's. */
SIOGATE_API const char *siogate_event(const struct siogate_request *req);

/* Whether the client waits for an acknowledgement. */
SIOGATE_API bool siogate_ack_wanted(const struct siogate_request *req);

/* On connect: whether the gateway restored the client's connection state. */
SIOGATE_API bool siogate_recovered(const struct siogate_request *req);

/* On disconnect: why. */
SIOGATE_API const char *siogate_reason(const struct siogate_request *req);

/* On ack: "timeout" when the answer, or some of a broadcast's, is missing. */
SIOGATE_API const char *siogate_ack_error(const struct siogate_request *req);

/* On ack: the tag. As text, NULL when it is no string; as JSON text, with its
 * length in *len_r unless that is NULL. */
SIOGATE_API const char *siogate_tag(struct siogate_request *req);
SIOGATE_API const char *siogate_tag_raw(
    const struct siogate_request *req, size_t *len_r);

/*
 * The arguments as they came: the text of a JSON array, in one line, with a NUL
 * behind it; "[]" when there are none. *len_r, unless NULL, gets its length.
 * Large integers and the spelling of numbers are intact here, and stay so
 * when the text is passed on (siogate_emit, siogate_ack).
 */
SIOGATE_API const char *siogate_args_raw(
    const struct siogate_request *req, size_t *len_r);

/* The text of argument i (from 0), without a NUL behind it; its length goes to
 * *len_r. NULL when there are fewer arguments. */
SIOGATE_API const char *siogate_arg_raw(
    const struct siogate_request *req, size_t i, size_t *len_r);

/* How many arguments there are. */
SIOGATE_API size_t siogate_argc(const struct siogate_request *req);

/* The arguments as a json-c array, parsed at the first call. NULL when json-c
 * can't parse them: nested deeper than 128 levels. json-c keeps integers from
 * INT64_MIN to UINT64_MAX; use the raw text for others. */
SIOGATE_API struct json_object *siogate_args(struct siogate_request *req);

/* Argument i; NULL when there are fewer, and for a JSON null. */
SIOGATE_API struct json_object *siogate_arg(
    struct siogate_request *req, size_t i);

/* Argument i as text; NULL when it is not a string. A NUL inside cuts it short:
 * json_object_get_string_len(siogate_arg(req, i)) tells. */
SIOGATE_API const char *siogate_arg_str(struct siogate_request *req, size_t i);

/* Argument i as a whole number: true and *value_r, or false when it is none or
 * does not fit. */
SIOGATE_API bool siogate_arg_int(
    struct siogate_request *req, size_t i, int64_t *value_r);

/* The session object of the client, shared by its namespaces; empty when there
 * is none. Changes to it stay here: see siogate_session_merge. NULL when
 * memory is short or it is nested too deep. */
SIOGATE_API struct json_object *siogate_session(struct siogate_request *req);

/* A text in the session; NULL when there is no such key or it is no string. */
SIOGATE_API const char *siogate_session_str(
    struct siogate_request *req, const char *key);

/* The session's JSON text with a NUL behind it. */
SIOGATE_API const char *siogate_session_raw(
    const struct siogate_request *req, size_t *len_r);

/* The rooms that the client is in, by number from 0 (NULL behind the last), and
 * whether it is in the room. They are those from before this event. */
SIOGATE_API const char *siogate_room(struct siogate_request *req, size_t i);
SIOGATE_API bool siogate_in_room(struct siogate_request *req, const char *room);

/* A meta-variable of the request ("QUERY_STRING", "SERVER_NAME", ...). In a
 * batch, variables of single clients are absent. */
SIOGATE_API const char *siogate_param(
    const struct siogate_request *req, const char *name);

/* A header of the handshake request, by its HTTP name ("User-Agent"). */
SIOGATE_API const char *siogate_header(
    const struct siogate_request *req, const char *name);

/* The client's address, its transport ("websocket", ...) and its generation (1,
 * 4 or 5). */
SIOGATE_API const char *siogate_remote_addr(const struct siogate_request *req);
SIOGATE_API const char *siogate_transport(const struct siogate_request *req);
SIOGATE_API int siogate_protocol(const struct siogate_request *req);

/* The event's unique id, the same on every attempt; and the attempt, from 1. */
SIOGATE_API const char *siogate_event_id(const struct siogate_request *req);
SIOGATE_API int siogate_attempt(const struct siogate_request *req);

/* ---- Actions ---------------------------------------------------------- */

/* Who receives, and how. All zero, or a NULL pointer, means the client the
 * event came from. An action ignores the fields that are not for it. */
struct siogate_opts {
	/* a room or a sid; "*": the whole namespace */
	const char *to;
	/* more rooms, NULL-terminated */
	const char *const *to_list;
	/* a room or a sid that is left out */
	const char *except;
	const char *const *except_list;
	const char *nsp;  /* another namespace */
	bool broadcast;   /* all but the sender */
	bool is_volatile; /* dropped for clients that are not ready */
	bool local;       /* this node of a cluster only */
	/* emit: asks for an acknowledgement, which comes as an ack event with
	 * this text as its tag; or this JSON value, when tag is NULL */
	const char *tag;
	struct json_object *tag_json;
	int64_t timeout; /* emit: ms to wait for it; 0: the gateway's default */
};

/*
 * Sends an event. The arguments: the text of a JSON array, or NULL for none;
 * a json-c array; one text; one whole number; one value (NULL: null); or one
 * binary argument.
 */
SIOGATE_API int siogate_emit(struct siogate_request *req, const char *event,
    const char *args, const struct siogate_opts *opts);
SIOGATE_API int siogate_emit_json(struct siogate_request *req,
    const char *event, struct json_object *args,
    const struct siogate_opts *opts);
SIOGATE_API int siogate_emit_str(struct siogate_request *req, const char *event,
    const char *text, const struct siogate_opts *opts);
SIOGATE_API int siogate_emit_int(struct siogate_request *req, const char *event,
    int64_t number, const struct siogate_opts *opts);
SIOGATE_API int siogate_emit_value(struct siogate_request *req,
    const char *event, struct json_object *value,
    const struct siogate_opts *opts);
SIOGATE_API int siogate_emit_bytes(struct siogate_request *req,
    const char *event, const void *data, size_t len,
    const struct siogate_opts *opts);

/* Sends a text (the event "message" to newer clients). */
SIOGATE_API int siogate_send(struct siogate_request *req, const char *text,
    const struct siogate_opts *opts);

/* Sends a JSON value: as JSON text, or as a json-c object (NULL: null). */
SIOGATE_API int siogate_json(struct siogate_request *req, const char *json,
    const struct siogate_opts *opts);
SIOGATE_API int siogate_json_value(struct siogate_request *req,
    struct json_object *value, const struct siogate_opts *opts);

/*
 * Answers the acknowledgement that the client waits for; arguments as for
 * siogate_emit. Nothing is sent, and 0 returned, when it waits for none. A
 * second answer is an error: -1.
 */
SIOGATE_API int siogate_ack(struct siogate_request *req, const char *args);
SIOGATE_API int siogate_ack_json(
    struct siogate_request *req, struct json_object *args);
SIOGATE_API int siogate_ack_str(struct siogate_request *req, const char *text);
SIOGATE_API int siogate_ack_int(struct siogate_request *req, int64_t number);
SIOGATE_API int siogate_ack_value(
    struct siogate_request *req, struct json_object *value);

/* Puts the receivers into a room, or takes them out of it. */
SIOGATE_API int siogate_join(struct siogate_request *req, const char *room,
    const struct siogate_opts *opts);
SIOGATE_API int siogate_leave(struct siogate_request *req, const char *room,
    const struct siogate_opts *opts);

/* Changes the session by a JSON merge patch (RFC 7396): the text of an object,
 * or a json-c object. */
SIOGATE_API int siogate_session_merge(
    struct siogate_request *req, const char *patch);
SIOGATE_API int siogate_session_merge_json(
    struct siogate_request *req, struct json_object *patch);

/* Sets one key of the session to a text; NULL takes the key out. */
SIOGATE_API int siogate_session_set(
    struct siogate_request *req, const char *key, const char *text);

/* Empties the session. */
SIOGATE_API int siogate_session_clear(struct siogate_request *req);

/* Access control: entries ("on_say", "recv_message") are NULL-terminated
 * lists. only replaces the client's list, allow adds to it, deny takes out of
 * it; lift opens everything, reset goes back to the configured list. */
SIOGATE_API int siogate_acl_only(
    struct siogate_request *req, const char *const *entries);
SIOGATE_API int siogate_acl_allow(
    struct siogate_request *req, const char *const *entries);
SIOGATE_API int siogate_acl_deny(
    struct siogate_request *req, const char *const *entries);
SIOGATE_API int siogate_acl_lift(struct siogate_request *req);
SIOGATE_API int siogate_acl_reset(struct siogate_request *req);

/* On connect: admits the client at once, before the request ends. */
SIOGATE_API int siogate_accept(struct siogate_request *req);

/*
 * Refuses a handshake or a connect; on other events sends the event "error"
 * with [name, message] to the client, unless quiet. data is a JSON text that a
 * refused client of generation 5 gets too, or NULL.
 */
SIOGATE_API int siogate_error(struct siogate_request *req, const char *name,
    const char *message, const char *data, bool quiet);

/* Takes the receivers out of the namespace, or ends their connections. */
SIOGATE_API int siogate_disconnect(
    struct siogate_request *req, const struct siogate_opts *opts);
SIOGATE_API int siogate_close(
    struct siogate_request *req, const struct siogate_opts *opts);

/* Starts a job (an event of the type job): now, in some milliseconds, or again
 * and again with so many between. args is the text of a JSON array, or NULL.
 * ms is at least 0; for siogate_every, 1. */
SIOGATE_API int siogate_spawn(
    struct siogate_request *req, const char *job, const char *args);
SIOGATE_API int siogate_after(
    struct siogate_request *req, const char *job, const char *args, int64_t ms);
SIOGATE_API int siogate_every(
    struct siogate_request *req, const char *job, const char *args, int64_t ms);

/* Ends a job of the client, running or waiting. */
SIOGATE_API int siogate_kill(struct siogate_request *req, const char *job);

/* On connect and refresh: how long the authorisation holds; above 0. */
SIOGATE_API int siogate_expires(struct siogate_request *req, int64_t seconds);

/* On handshake: adds a header to the HTTP response. */
SIOGATE_API int siogate_set_header(
    struct siogate_request *req, const char *name, const char *value);

/* Writes a line to the gateway's log; level is "error", "warning", "info" or
 * "debug", NULL for "info". */
SIOGATE_API int siogate_log(
    struct siogate_request *req, const char *level, const char *text);

/*
 * Sends the actions added so far, without waiting for the handler's end: for
 * jobs that stream. Returns 0; or -1 when the gateway no longer listens: the
 * job should return then.
 */
SIOGATE_API int siogate_flush(struct siogate_request *req);

/* ---- Binary arguments ------------------------------------------------- */

/* The JSON object that stands for binary data, {"$bytes":"<base64>"}. The
 * caller owns it; NULL when memory is short. */
SIOGATE_API struct json_object *siogate_bytes_new(const void *data, size_t len);

/*
 * Takes binary data out of such an object. Returns 1 with *data_r (free() it;
 * a NUL stands behind it) and *len_r; 0 when obj is not such an object or not
 * base64; -1 when memory is short.
 */
SIOGATE_API int siogate_bytes_get(
    struct json_object *obj, void **data_r, size_t *len_r);

#ifdef __cplusplus
}
#endif

#endif
