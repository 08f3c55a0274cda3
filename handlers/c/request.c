/*
 * request: one event as the gateway sent it, and the accessors of handler.h.
 *
 * A line is scanned once. Its members are made into C strings where they
 * stand: strings lose their escapes, and the byte behind each value, which is
 * punctuation, becomes a NUL. Nothing is allocated but by json-c, and that
 * only when the handler asks for objects.
 *
 * Diagnostics: a line that is not to be understood is a constant text for
 * serve.c to report; the accessors can't fail but by giving NULL.
 */

/* system */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json_object.h>
#include <json-c/json_tokener.h>

/* own */
#include "handler_priv.h"

/* The members by name, and the first byte that a value may have. */
static const struct {
	const char *name;
	const char *first;
} fields[FIELDS] = {
	[FIELD_TYPE] = { "type", "\"" },
	[FIELD_NSP] = { "nsp", "\"" },
	[FIELD_SID] = { "sid", "\"n" },
	[FIELD_EVENT] = { "event", "\"" },
	[FIELD_ARGS] = { "args", "[" },
	[FIELD_ACK] = { "ack", "tf" },
	[FIELD_TAG] = { "tag", NULL },
	[FIELD_ERROR] = { "error", "\"" },
	[FIELD_REASON] = { "reason", "\"" },
	[FIELD_SESSION] = { "session", "{n" },
	[FIELD_ROOMS] = { "rooms", "[" },
	[FIELD_RECOVERED] = { "recovered", "tf" },
	[FIELD_EVENT_ID] = { "event_id", "\"" },
	[FIELD_ATTEMPT] = { "attempt", "0123456789\"" },
	[FIELD_TRANSPORT] = { "transport", "\"" },
	[FIELD_PROTOCOL] = { "protocol", "0123456789\"" },
	[FIELD_REMOTE_ADDR] = { "remote_addr", "\"" },
};

static const char *const types[SIOGATE_TYPES] = {
	[SIOGATE_HANDSHAKE] = "handshake",
	[SIOGATE_CONNECT] = "connect",
	[SIOGATE_EVENT] = "event",
	[SIOGATE_MESSAGE] = "message",
	[SIOGATE_JSON] = "json",
	[SIOGATE_ACK] = "ack",
	[SIOGATE_ERROR] = "error",
	[SIOGATE_DISCONNECT] = "disconnect",
	[SIOGATE_REFRESH] = "refresh",
	[SIOGATE_JOB] = "job",
};

/* ---- Parsing ---------------------------------------------------------- */

/* The member that a raw key names; FIELDS when it is none we know. */
static enum siogate_field
field_named(struct siogate_scan_piece key)
{
	size_t i;

	for (i = 0; i < FIELDS; i++)
		if (strncmp(fields[i].name, key.p + 1, key.n - 2) == 0 &&
		    fields[i].name[key.n - 2] == '\0')
			break;
	return (enum siogate_field)i;
}

/* Finds the members. Returns what is wrong, or NULL. */
static const char *
split(struct siogate_request *req, const char *line, size_t len)
{
	const char *end = line + len;
	const char *at = siogate_scan_space(line, end);
	struct siogate_scan_piece key, value;
	enum siogate_field f;
	int more;

	if (at == end || *at++ != '{')
		return "not a JSON object";
	while ((more = siogate_scan_next(&at, end, &key, &value)) > 0) {
		f = field_named(key);
		if (f == FIELDS)
			continue;
		if (fields[f].first &&
		    strchr(fields[f].first, *value.p) == NULL)
			return "a member is of the wrong type";
		req->field[f] = value;
	}
	if (more < 0 || siogate_scan_space(at, end) != end)
		return "not valid JSON";
	return NULL;
}

/* Makes a member's value a C string in place; the tag keeps its JSON text. */
static bool
terminate(struct siogate_scan_piece *piece, bool is_json)
{
	char *p = (char *)piece->p;
	bool nul = false;

	if (p == NULL)
		return true;
	if (*p == 'n' && !is_json) {
		*piece = (struct siogate_scan_piece){ NULL, 0 };
	} else if (*p == '"' && !is_json) {
		piece->p = ++p;
		piece->n = siogate_scan_unescape(p, piece->n - 2, &nul);
		p[piece->n] = '\0';
	} else {
		p[piece->n] = '\0';
	}
	return !nul;
}

/* Sets req->type. False when it is missing or unknown. */
static bool
set_type(struct siogate_request *req)
{
	const char *name = req->field[FIELD_TYPE].p;
	size_t i;

	for (i = 0; name && i < SIOGATE_TYPES; i++) {
		if (strcmp(types[i], name) == 0) {
			req->type = (enum siogate_type)i;
			return true;
		}
	}
	return false;
}

const char *
siogate_request_parse(struct siogate_request *req, struct siogate *app,
    char *line, size_t len, int64_t re)
{
	const char *error;
	size_t f;

	*req = (struct siogate_request){ .app = app, .re = re };
	req->began = app->out.len;
	error = split(req, line, len);
	for (f = 0; error == NULL && f < FIELDS; f++)
		if (!terminate(&req->field[f], f == FIELD_TAG))
			error = "a text holds a NUL";
	if (error == NULL && !set_type(req))
		error = "no type that is known";
	if (error == NULL && req->field[FIELD_EVENT].p == NULL &&
	    (req->type == SIOGATE_EVENT || req->type == SIOGATE_JOB))
		error = "no event";
	if (error)
		memset(req->field, 0, sizeof(req->field));
	return error;
}

void
siogate_request_release(struct siogate_request *req)
{
	json_object_put(req->args);
	json_object_put(req->session);
	json_object_put(req->rooms);
	req->args = req->session = req->rooms = NULL;
}

/* ---- Plain members ---------------------------------------------------- */

enum siogate_type
siogate_type(const struct siogate_request *req)
{
	return req->type;
}

const char *
siogate_type_name(enum siogate_type type)
{
	return (size_t)type < SIOGATE_TYPES ? types[type] : NULL;
}

const char *
siogate_nsp(const struct siogate_request *req)
{
	return req->field[FIELD_NSP].p ? req->field[FIELD_NSP].p : "/";
}

const char *
siogate_sid(const struct siogate_request *req)
{
	return req->field[FIELD_SID].p;
}

const char *
siogate_event(const struct siogate_request *req)
{
	return req->field[FIELD_EVENT].p;
}

/* True when a member is there and true. */
static bool
is_true(struct siogate_scan_piece piece)
{
	return piece.p && *piece.p == 't';
}

bool
siogate_ack_wanted(const struct siogate_request *req)
{
	return is_true(req->field[FIELD_ACK]);
}

bool
siogate_recovered(const struct siogate_request *req)
{
	return is_true(req->field[FIELD_RECOVERED]);
}

const char *
siogate_reason(const struct siogate_request *req)
{
	return req->field[FIELD_REASON].p;
}

const char *
siogate_ack_error(const struct siogate_request *req)
{
	return req->field[FIELD_ERROR].p;
}

/* A member's JSON text and length; instead when it is absent. */
static const char *
raw(struct siogate_scan_piece piece, const char *instead, size_t *len_r)
{
	if (len_r)
		*len_r = piece.p ? piece.n : instead ? strlen(instead) : 0;
	return piece.p ? piece.p : instead;
}

const char *
siogate_tag_raw(const struct siogate_request *req, size_t *len_r)
{
	return raw(req->field[FIELD_TAG], NULL, len_r);
}

const char *
siogate_tag(struct siogate_request *req)
{
	struct siogate_scan_piece tag = req->field[FIELD_TAG];
	struct siogate_text *text = &req->app->scratch;
	bool nul = false;

	if (tag.p == NULL || *tag.p != '"')
		return NULL;
	if (!req->tag_is_set) {
		siogate_text_clear(text, SIZE_MAX);
		siogate_text_add(text, tag.p + 1, tag.n - 1);
		if (text->failed)
			return NULL;
		text->len = siogate_scan_unescape(text->data, tag.n - 2, &nul);
		text->data[text->len] = '\0';
		req->tag_is_set = true;
	}
	return text->data;
}

/* ---- Arguments, session, rooms ---------------------------------------- */

const char *
siogate_args_raw(const struct siogate_request *req, size_t *len_r)
{
	return raw(req->field[FIELD_ARGS], "[]", len_r);
}

/* Takes element i of the arguments; returns how many there are up to it. */
static size_t
find_arg(const struct siogate_request *req, size_t i,
    struct siogate_scan_piece *value_r)
{
	size_t len, n = 0;
	const char *p = siogate_args_raw(req, &len);
	const char *at = p + 1;

	while (n <= i && siogate_scan_next(&at, p + len, NULL, value_r) > 0)
		n++;
	return n;
}

const char *
siogate_arg_raw(const struct siogate_request *req, size_t i, size_t *len_r)
{
	struct siogate_scan_piece value = { NULL, 0 };

	if (i == SIZE_MAX || find_arg(req, i, &value) <= i)
		return NULL;
	*len_r = value.n;
	return value.p;
}

size_t
siogate_argc(const struct siogate_request *req)
{
	struct siogate_scan_piece value;

	return find_arg(req, SIZE_MAX, &value);
}

/* Parses a member into *obj unless that is done; instead when it is absent. */
static struct json_object *
parse(struct siogate_request *req, enum siogate_field f, const char *instead,
    struct json_object **obj)
{
	struct json_tokener *tokener = req->app->tokener;
	const char *text;
	size_t len;

	if (*obj)
		return *obj;
	text = raw(req->field[f], instead, &len);
	if (len >= INT32_MAX)
		return NULL;
	json_tokener_reset(tokener);
	/* with its NUL, so that json-c knows the end */
	*obj = json_tokener_parse_ex(tokener, text, (int)len + 1);
	return *obj;
}

struct json_object *
siogate_args(struct siogate_request *req)
{
	return parse(req, FIELD_ARGS, "[]", &req->args);
}

struct json_object *
siogate_arg(struct siogate_request *req, size_t i)
{
	struct json_object *args = siogate_args(req);

	return args ? json_object_array_get_idx(args, i) : NULL;
}

/* The text of a JSON string; NULL for other values. */
static const char *
string_of(struct json_object *obj)
{
	if (!json_object_is_type(obj, json_type_string))
		return NULL;
	return json_object_get_string(obj);
}

const char *
siogate_arg_str(struct siogate_request *req, size_t i)
{
	return string_of(siogate_arg(req, i));
}

bool
siogate_arg_int(struct siogate_request *req, size_t i, int64_t *value_r)
{
	size_t len;
	const char *p = siogate_arg_raw(req, i, &len);
	char *end;
	long long value;

	if (p == NULL || (*p != '-' && (*p < '0' || *p > '9')))
		return false;
	errno = 0;
	value = strtoll(p, &end, 10);
	if (errno || end != p + len)
		return false;
	*value_r = value;
	return true;
}

struct json_object *
siogate_session(struct siogate_request *req)
{
	return parse(req, FIELD_SESSION, "{}", &req->session);
}

const char *
siogate_session_str(struct siogate_request *req, const char *key)
{
	struct json_object *session = siogate_session(req);

	return session ? string_of(json_object_object_get(session, key)) : NULL;
}

const char *
siogate_session_raw(const struct siogate_request *req, size_t *len_r)
{
	return raw(req->field[FIELD_SESSION], "{}", len_r);
}

const char *
siogate_room(struct siogate_request *req, size_t i)
{
	struct json_object *rooms = parse(req, FIELD_ROOMS, "[]", &req->rooms);

	return rooms ? string_of(json_object_array_get_idx(rooms, i)) : NULL;
}

bool
siogate_in_room(struct siogate_request *req, const char *room)
{
	const char *name;
	size_t i;

	for (i = 0; (name = siogate_room(req, i)) != NULL; i++)
		if (strcmp(name, room) == 0)
			return true;
	return false;
}

/* ---- Meta-variables --------------------------------------------------- */

const char *
siogate_param(const struct siogate_request *req, const char *name)
{
	char **envp = req->app->io->envp;
	size_t n = strlen(name);

	for (; envp && *envp; envp++)
		if (strncmp(*envp, name, n) == 0 && (*envp)[n] == '=')
			return *envp + n + 1;
	return NULL;
}

const char *
siogate_header(const struct siogate_request *req, const char *name)
{
	char var[256] = "HTTP_";
	size_t i, n = 5;

	if (strlen(name) >= sizeof(var) - n)
		return NULL;
	for (i = 0; name[i]; i++)
		var[n++] = name[i] == '-'
			       ? '_'
			       : (char)toupper((unsigned char)name[i]);
	var[n] = '\0';
	return siogate_param(req, var);
}

/* A member of the line, which batches have; else a meta-variable. */
static const char *
member_or_param(
    const struct siogate_request *req, enum siogate_field f, const char *param)
{
	const char *value = req->field[f].p;

	return value ? value : siogate_param(req, param);
}

const char *
siogate_remote_addr(const struct siogate_request *req)
{
	return member_or_param(req, FIELD_REMOTE_ADDR, "REMOTE_ADDR");
}

const char *
siogate_transport(const struct siogate_request *req)
{
	return member_or_param(req, FIELD_TRANSPORT, "SOCKETIO_TRANSPORT");
}

int
siogate_protocol(const struct siogate_request *req)
{
	const char *value =
	    member_or_param(req, FIELD_PROTOCOL, "SOCKETIO_PROTOCOL");

	return value ? (int)strtol(value, NULL, 10) : 0;
}

const char *
siogate_event_id(const struct siogate_request *req)
{
	return member_or_param(req, FIELD_EVENT_ID, "SOCKETIO_EVENT_ID");
}

int
siogate_attempt(const struct siogate_request *req)
{
	const char *value =
	    member_or_param(req, FIELD_ATTEMPT, "SOCKETIO_ATTEMPT");

	return value ? (int)strtol(value, NULL, 10) : 0;
}
