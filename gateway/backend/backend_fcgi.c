/*
 * backend_fcgi: a request as FastCGI (Responder role).
 *
 * One request at a time, always with the id 1. A request is the records BEGIN,
 * PARAMS, STDIN; pieces of meta-variables that fit into one record share one,
 * since some workers do not take pairs that are cut by a record's end. An
 * abort follows what was to be sent anyway.
 *
 * What comes is taken until END_REQUEST. Anything behind that means that the
 * connection can't be trusted any more; the answer is good all the same.
 *
 * DIAGNOSTICS
 *	None of its own: all is reported as the request's end.
 */

/* system */
#include <fastcgi.h>
#include <stdio.h>

/* lower layer */
#include "fcgi.h"

/* own */
#include "backend.h"
#include "backend_answer.h"
#include "backend_out.h"
#include "backend_priv.h"

enum { FCGI_ID = 1, FCGI_SHOWN = 200 };

/* A request starts: the connection is between records. */
static void
fcgi_begin(struct backend_conn *conn)
{
	fcgi_decoder_init(&conn->proto.fcgi);
}

/* Lists a record's header. */
static void
fcgi_list_header(struct backend_out *out, uint8_t type, size_t n)
{
	char header[FCGI_HEADER_LEN];

	fcgi_put_header(header, type, FCGI_ID, (uint16_t)n, 0);
	backend_out_copy(out, header, sizeof(header));
}

/* Lists BEGIN_REQUEST. */
static void
fcgi_list_begin(struct backend_out *out, bool keep)
{
	FCGI_BeginRequestBody body = { .roleB0 = FCGI_RESPONDER,
		.flags = keep ? FCGI_KEEP_CONN : 0 };

	fcgi_list_header(out, FCGI_BEGIN_REQUEST, sizeof(body));
	backend_out_copy(out, &body, sizeof(body));
}

/* Lists content as records, without the empty one. */
static void
fcgi_list_content(struct backend_out *out, uint8_t type, struct span content)
{
	while (content.n > 0 && !out->full) {
		size_t n = content.n;

		if (n > FCGI_RECORD_MAX)
			n = FCGI_RECORD_MAX;
		fcgi_list_header(out, type, n);
		backend_out_refer(out, content.p, n);
		content = span_skip(content, n);
	}
}

/* Lists the meta-variables: one record if they fit, else pieces apart. */
static void
fcgi_list_params(struct backend_out *out, const struct backend_request *req)
{
	size_t total = 0;
	int i;

	for (i = 0; i < BACKEND_PARAMS_MAX; i++)
		total += req->params[i].n;
	if (total > 0 && total <= FCGI_RECORD_MAX)
		fcgi_list_header(out, FCGI_PARAMS, total);
	for (i = 0; i < BACKEND_PARAMS_MAX; i++) {
		if (total <= FCGI_RECORD_MAX)
			backend_out_refer(
			    out, req->params[i].p, req->params[i].n);
		else
			fcgi_list_content(out, FCGI_PARAMS, req->params[i]);
	}
	fcgi_list_header(out, FCGI_PARAMS, 0);
}

/* Lists all of a request. */
static void
fcgi_gather(const struct backend_conn *conn, struct backend_out *out)
{
	fcgi_list_begin(out, conn->set.keep_alive);
	fcgi_list_params(out, conn->req);
	fcgi_list_content(out, FCGI_STDIN, conn->req->body);
	fcgi_list_header(out, FCGI_STDIN, 0);
	if (conn->aborting)
		fcgi_list_header(out, FCGI_ABORT_REQUEST, 0);
}

/* The request is over; text, if any, says why. Always true. */
static bool
fcgi_over(struct backend_conn *conn, enum backend_end end, struct span text)
{
	conn->outcome.end = end;
	conn->outcome.status = conn->answer.status;
	if (text.n)
		backend_answer_explain(&conn->answer, text);
	return true;
}

/* The worker says that it did all it could. True unless freed. */
static bool
fcgi_complete(struct backend_conn *conn, uint32_t app_status)
{
	struct backend_answer *a = &conn->answer;
	char text[64];
	int n;

	if (backend_answer_end(a, app_status == 0 && !conn->aborting,
		backend_conn_line, conn) == -1)
		return fcgi_over(conn, BACKEND_GARBAGE, SPAN_EMPTY);
	if (conn->freed)
		return false;
	if (a->status >= 400)
		return fcgi_over(conn, BACKEND_STATUS, SPAN_EMPTY);
	if (app_status == 0)
		return fcgi_over(conn, BACKEND_OK, SPAN_EMPTY);
	n = snprintf(text, sizeof(text), "application status %lu",
	    (unsigned long)app_status);
	a->status = 500;
	return fcgi_over(conn, BACKEND_STATUS, span_of(text, (size_t)n));
}

/* Takes END_REQUEST. True unless freed. */
static bool
fcgi_end(struct backend_conn *conn, const struct fcgi_record *rec)
{
	bool refused = rec->protocol_status == FCGI_OVERLOADED ||
		       rec->protocol_status == FCGI_CANT_MPX_CONN;

	if (rec->protocol_status == FCGI_REQUEST_COMPLETE)
		return fcgi_complete(conn, rec->app_status);
	if (refused && conn->answer.any)
		return fcgi_over(conn, BACKEND_GARBAGE,
		    SPAN("a refusal after a part of an answer"));
	if (refused)
		return fcgi_over(conn, BACKEND_OVERLOADED,
		    rec->protocol_status == FCGI_OVERLOADED
			? SPAN("FCGI_OVERLOADED")
			: SPAN("FCGI_CANT_MPX_CONN"));
	if (rec->protocol_status == FCGI_UNKNOWN_ROLE)
		return fcgi_over(
		    conn, BACKEND_GARBAGE, SPAN("FCGI_UNKNOWN_ROLE"));
	return fcgi_over(
	    conn, BACKEND_GARBAGE, SPAN("an unknown protocol status"));
}

/* Takes one thing that was decoded. True when the request is over. */
static bool
fcgi_take(struct backend_conn *conn, enum fcgi_event event,
    const struct fcgi_record *rec)
{
	if (event == FCGI_EV_VALUES || event == FCGI_EV_OTHER)
		return false;
	if (rec->id != FCGI_ID)
		return fcgi_over(conn, BACKEND_GARBAGE,
		    SPAN("a record of a request that was not sent"));
	switch (event) {
	case FCGI_EV_STDOUT:
		if (backend_answer_add(&conn->answer, rec->content,
			backend_conn_line, conn) == -1)
			return fcgi_over(conn, BACKEND_GARBAGE, SPAN_EMPTY);
		return false;
	case FCGI_EV_STDERR:
		backend_conn_error_text(conn, rec->content);
		return false;
	case FCGI_EV_END:
		return fcgi_end(conn, rec);
	default:
		return false;
	}
}

/* Takes what was received. */
static bool
fcgi_feed(struct backend_conn *conn, const char *p, size_t n)
{
	struct span all = span_of(p, n < FCGI_SHOWN ? n : FCGI_SHOWN);
	struct fcgi_decoder *d = &conn->proto.fcgi;
	struct fcgi_record rec, more;
	enum fcgi_event event;

	do {
		event = fcgi_decoder_next(d, &p, &n, &rec);
		if (event == FCGI_EV_NEED_MORE)
			return false;
		if (event == FCGI_EV_ERROR)
			return fcgi_over(conn, BACKEND_GARBAGE, all);
		if (fcgi_take(conn, event, &rec))
			break;
	} while (!conn->freed);
	if (conn->freed)
		return false;
	/* Padding may follow END_REQUEST, and nothing else. */
	conn->outcome.reusable =
	    event == FCGI_EV_END &&
	    fcgi_decoder_next(d, &p, &n, &more) == FCGI_EV_NEED_MORE &&
	    fcgi_decoder_idle(d);
	return true;
}

const struct backend_ops backend_fcgi = {
	.name = "FastCGI",
	.begin = fcgi_begin,
	.gather = fcgi_gather,
	.feed = fcgi_feed,
};
