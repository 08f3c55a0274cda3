/*
 * actions: what a handler does with the client and its session: rooms, access
 * control, jobs, refusals, the log.
 */

/* system */
#include <string.h>

/* own */
#include "handler_priv.h"
#include "line.h"

/* Adds an action whose value is a name, with the options of a target. */
static int
named(struct siogate_request *req, const char *key, const char *name,
    const struct siogate_opts *opts)
{
	struct siogate_line line = siogate_line_begin(req, key);

	siogate_line_name(&line, name);
	siogate_line_opts(&line, opts, SIOGATE_LINE_TARGET);
	return siogate_line_end(&line);
}

/* Adds an action whose value is a constant JSON text. */
static int
constant(struct siogate_request *req, const char *key, const char *json,
    const struct siogate_opts *opts)
{
	struct siogate_line line = siogate_line_begin(req, key);

	siogate_text_adds(line.out, json);
	siogate_line_opts(&line, opts, SIOGATE_LINE_TARGET);
	return siogate_line_end(&line);
}

int
siogate_join(struct siogate_request *req, const char *room,
    const struct siogate_opts *opts)
{
	return named(req, "join", room, opts);
}

int
siogate_leave(struct siogate_request *req, const char *room,
    const struct siogate_opts *opts)
{
	return named(req, "leave", room, opts);
}

int
siogate_session_merge(struct siogate_request *req, const char *patch)
{
	struct siogate_line line = siogate_line_begin(req, "session");

	siogate_line_json(&line, patch, '{');
	return siogate_line_end(&line);
}

int
siogate_session_merge_json(
    struct siogate_request *req, struct json_object *patch)
{
	struct siogate_line line = siogate_line_begin(req, "session");

	siogate_line_value(&line, patch, '{');
	return siogate_line_end(&line);
}

int
siogate_session_set(
    struct siogate_request *req, const char *key, const char *text)
{
	struct siogate_line line = siogate_line_begin(req, "session");

	SIOGATE_TEXT_ADD(line.out, "{");
	siogate_line_str(&line, key);
	SIOGATE_TEXT_ADD(line.out, ":");
	if (text)
		siogate_line_str(&line, text);
	else
		SIOGATE_TEXT_ADD(line.out, "null");
	SIOGATE_TEXT_ADD(line.out, "}");
	return siogate_line_end(&line);
}

int
siogate_session_clear(struct siogate_request *req)
{
	return constant(req, "session", "null", NULL);
}

/* Adds an acl action with entries. */
static int
acl(struct siogate_request *req, const char *verb, const char *const *entries)
{
	struct siogate_line line = siogate_line_begin(req, "acl");

	SIOGATE_TEXT_ADD(line.out, "{");
	siogate_line_str(&line, verb);
	SIOGATE_TEXT_ADD(line.out, ":");
	siogate_line_list(&line, entries);
	SIOGATE_TEXT_ADD(line.out, "}");
	return siogate_line_end(&line);
}

int
siogate_acl_only(struct siogate_request *req, const char *const *entries)
{
	return acl(req, "only", entries);
}

int
siogate_acl_allow(struct siogate_request *req, const char *const *entries)
{
	return acl(req, "allow", entries);
}

int
siogate_acl_deny(struct siogate_request *req, const char *const *entries)
{
	return acl(req, "deny", entries);
}

int
siogate_acl_lift(struct siogate_request *req)
{
	return constant(req, "acl", "\"lift\"", NULL);
}

int
siogate_acl_reset(struct siogate_request *req)
{
	return constant(req, "acl", "\"reset\"", NULL);
}

int
siogate_accept(struct siogate_request *req)
{
	return constant(req, "accept", "true", NULL);
}

int
siogate_error(struct siogate_request *req, const char *name,
    const char *message, const char *data, bool quiet)
{
	struct siogate_line line = siogate_line_begin(req, "error");

	SIOGATE_TEXT_ADD(line.out, "{\"name\":");
	siogate_line_name(&line, name);
	siogate_line_key(&line, "message");
	siogate_line_str(&line, message);
	if (data) {
		siogate_line_key(&line, "data");
		siogate_line_json(&line, data, 0);
	}
	siogate_line_key(&line, "quiet");
	siogate_text_adds(line.out, quiet ? "true}" : "false}");
	return siogate_line_end(&line);
}

int
siogate_disconnect(struct siogate_request *req, const struct siogate_opts *opts)
{
	return constant(req, "disconnect", "true", opts);
}

int
siogate_close(struct siogate_request *req, const struct siogate_opts *opts)
{
	return constant(req, "close", "true", opts);
}

/* Adds a spawn; when is NULL, "after" or "every". */
static int
spawn(struct siogate_request *req, const char *job, const char *args,
    const char *when, int64_t ms)
{
	struct siogate_line line = siogate_line_begin(req, "spawn");

	siogate_line_name(&line, job);
	if (args) {
		siogate_line_key(&line, "args");
		siogate_line_json(&line, args, '[');
	}
	if (when) {
		siogate_line_key(&line, when);
		siogate_line_int(&line, ms);
	}
	if (ms < 0)
		line.error = "the time is too short";
	return siogate_line_end(&line);
}

int
siogate_spawn(struct siogate_request *req, const char *job, const char *args)
{
	return spawn(req, job, args, NULL, 0);
}

int
siogate_after(
    struct siogate_request *req, const char *job, const char *args, int64_t ms)
{
	return spawn(req, job, args, "after", ms);
}

int
siogate_every(
    struct siogate_request *req, const char *job, const char *args, int64_t ms)
{
	return spawn(req, job, args, "every", ms >= 1 ? ms : -1);
}

int
siogate_kill(struct siogate_request *req, const char *job)
{
	return named(req, "kill", job, NULL);
}

int
siogate_expires(struct siogate_request *req, int64_t seconds)
{
	struct siogate_line line = siogate_line_begin(req, "expires");

	siogate_line_int(&line, seconds);
	if (seconds <= 0)
		line.error = "the time is too short";
	return siogate_line_end(&line);
}

int
siogate_set_header(
    struct siogate_request *req, const char *name, const char *value)
{
	struct siogate_line line = siogate_line_begin(req, "header");

	SIOGATE_TEXT_ADD(line.out, "{");
	siogate_line_name(&line, name);
	SIOGATE_TEXT_ADD(line.out, ":");
	siogate_line_str(&line, value);
	SIOGATE_TEXT_ADD(line.out, "}");
	if ((name && strpbrk(name, ": \r\n")) ||
	    (value && strpbrk(value, "\r\n")))
		line.error = "not a header";
	return siogate_line_end(&line);
}

int
siogate_log(struct siogate_request *req, const char *level, const char *text)
{
	struct siogate_line line = siogate_line_begin(req, "log");

	siogate_line_str(&line, text);
	siogate_line_key(&line, "level");
	siogate_line_str(&line, level ? level : "info");
	return siogate_line_end(&line);
}

int
siogate_flush(struct siogate_request *req)
{
	struct siogate *app = req->app;

	if (app->out.failed ||
	    app->io->write(app->io->ctx, app->out.data, app->out.len) ||
	    app->io->flush(app->io->ctx))
		return -1;
	app->flushed = true;
	app->out.len = 0;
	req->began = 0;
	return 0;
}
