/*
 * serve: one request, from its body to its answer.
 *
 * The body is one line, or in a batch several; each is an event. Headers and
 * actions gather in app->out and leave in one write at the end, unless a
 * handler flushes. So a request that fails can still be answered with a Status
 * as long as nothing was flushed; in a batch, and after a flush, an action
 * of the failed event takes its place.
 */

/* system */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* own */
#include "handler_priv.h"
#include "line.h"

#define HEAD "Content-type: application/x-ndjson\r\n\r\n"

enum {
	KEEP = 256 * 1024, /* memory that buffers may keep between requests */
	CHUNK = 16 * 1024  /* what is read at once at least */
};

/* Reads the body and puts a NUL behind it. False when it is cut short or memory
 * is. */
static bool
read_body(
    struct siogate_text *body, const struct siogate_io *io, const char *length)
{
	size_t n;

	siogate_text_clear(body, KEEP);
	do {
		if (!siogate_text_reserve(body, CHUNK))
			return false;
		n = io->read(
		    io->ctx, body->data + body->len, body->cap - body->len);
		body->len += n;
	} while (n);
	if (length && strtoull(length, NULL, 10) != body->len)
		return false;
	siogate_text_add(body, "", 1);
	body->len--;
	return !body->failed;
}

/* Answers with nothing but a status. */
static int
answer_status(struct siogate *app, const char *status, const char *why)
{
	char note[160];

	snprintf(note, sizeof(note), "siogate handler: %s: %s", status, why);
	app->io->note(app->io->ctx, note);
	siogate_text_clear(&app->out, KEEP);
	SIOGATE_TEXT_ADD(&app->out, "Status: ");
	siogate_text_adds(&app->out, status);
	SIOGATE_TEXT_ADD(&app->out, "\r\n\r\n");
	return 1;
}

/* Puts an error action in the place of an event's actions. */
static void
answer_error(struct siogate_request *req, const char *name, const char *why)
{
	req->app->out.len = req->began;
	siogate_error(req, name, why, NULL, false);
}

/* Answers an event that there is no handler for. */
static int
no_such_method(
    struct siogate_request *req, const char *prefix, const char *name)
{
	struct siogate_text *text = &req->app->scratch;
	size_t i;

	siogate_text_clear(text, KEEP);
	SIOGATE_TEXT_ADD(text, "The method \"");
	siogate_text_adds(text, prefix);
	i = text->len;
	siogate_text_adds(text, name);
	for (; i < text->len; i++)
		if (text->data[i] == ' ')
			text->data[i] = '_';
	siogate_text_add(text, "\" was not found", sizeof("\" was not found"));
	if (text->failed)
		return -1;
	return siogate_error(req, "no_such_method", text->data, NULL, false);
}

/* Does what is right for an event without a handler. */
static int
unhandled(struct siogate_request *req)
{
	switch (req->type) {
	case SIOGATE_EVENT:
		return no_such_method(req, "on_", siogate_event(req));
	case SIOGATE_HANDSHAKE:
		return no_such_method(req, "", "handshake");
	case SIOGATE_JOB:
		return siogate_log(req, "warning", "a job has no handler");
	default:
		return 0;
	}
}

/* Calls the handler of an event. Returns 0, or what it gave. */
static int
dispatch(struct siogate_request *req)
{
	const char *name = siogate_event(req);
	const struct siogate_route *route;

	if (req->type == SIOGATE_ACK)
		name = siogate_tag(req);
	route = siogate_app_route(req->app, req->type, siogate_nsp(req), name);
	return route ? route->fn(req, route->user) : unhandled(req);
}

/* Serves one line. Returns 0; or 1 when the answer is a status by now. */
static int
serve_line(struct siogate *app, char *line, size_t len, int64_t re)
{
	struct siogate_request *req = &app->req;
	const char *error = siogate_request_parse(req, app, line, len, re);
	int failed;

	if (error && re < 0)
		return answer_status(app, "400 Bad Request", error);
	if (error) {
		answer_error(req, "bad_request", error);
		return 0;
	}
	failed = dispatch(req);
	siogate_request_release(req);
	if (failed && re < 0 && !app->flushed)
		return answer_status(app, "500 Internal Server Error",
		    "the event's handler failed");
	if (failed)
		answer_error(req, "handler_failed", "The handler failed");
	return 0;
}

/* The end of the line at p, which is before end: its newline, or end. */
static char *
line_end(char *p, char *end)
{
	char *newline = memchr(p, '\n', (size_t)(end - p));

	return newline ? newline : end;
}

/* True when nothing but white space is left. */
static bool
is_blank(const char *p, const char *end)
{
	return siogate_scan_space(p, end) == end;
}

/* Serves all lines of the body; returns as serve_line. */
static int
serve_lines(struct siogate *app)
{
	char *p = app->body.data, *end = p + app->body.len;
	char *stop = line_end(p, end);
	int64_t re = 0;

	if (is_blank(stop, end))
		return serve_line(app, p, (size_t)(stop - p), -1);
	for (; !is_blank(p, end); p = stop + (stop < end), re++) {
		stop = line_end(p, end);
		if (!is_blank(p, stop))
			serve_line(app, p, (size_t)(stop - p), re);
	}
	return 0;
}

/* Sends what is left of the answer. */
static int
send_out(struct siogate *app)
{
	const struct siogate_io *io = app->io;

	if (app->out.len == 0)
		return 0;
	return io->write(io->ctx, app->out.data, app->out.len);
}

int
siogate_serve(struct siogate *app, const struct siogate_io *io)
{
	static const char no_memory[] = "Status: 500 Internal Server Error"
					"\r\n\r\n";
	int rc;

	app->io = io;
	app->flushed = false;
	app->req.app = app;
	siogate_text_clear(&app->out, KEEP);
	SIOGATE_TEXT_ADD(&app->out, HEAD);
	if (read_body(
		&app->body, io, siogate_param(&app->req, "CONTENT_LENGTH")))
		rc = serve_lines(app);
	else
		rc = answer_status(app, "400 Bad Request", "no whole body");
	if (app->out.failed) {
		rc = 1;
		app->out.len = 0;
		if (!app->flushed &&
		    io->write(io->ctx, no_memory, sizeof(no_memory) - 1))
			rc = -1;
	}
	if (send_out(app))
		rc = -1;
	app->io = NULL;
	return rc;
}
