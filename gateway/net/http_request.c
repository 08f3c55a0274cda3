/*
 * http_request: requests, from their first line to their end.
 *
 * The phases are enum http_state. libmicrohttpd's one callback comes again and
 * again: when the headers are there, with pieces of the body, at the end of it,
 * and after each resume.
 *
 * DIAGNOSTICS
 *	Requests that are malformed or too long are answered here, and counted.
 */

/* system */
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "mem.h"

/* own */
#include "http.h"
#include "http_priv.h"
#include "listener.h"

/* The request line is there: libmicrohttpd takes what we return as con_cls. */
void *
http_on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
	struct http_request *req = mem_zalloc(sizeof(*req));
	const union MHD_ConnectionInfo *info;

	req->magic = HTTP_REQUEST_MAGIC;
	req->server = cls;
	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	req->conn = info->socket_context;
	req->target_len = strlen(target);
	req->target = mem_strndup(target, req->target_len);
	return req;
}

/* Stops watching a held request's socket. */
void
http_unwatch(struct http_request *req)
{
	struct http_watch *w = req->watch;

	if (w == NULL)
		return;
	w->req = NULL;
	req->watch = NULL;
	uv_close((uv_handle_t *)&w->poll, (uv_close_cb)free);
}

/* Tells the owner, once, that the request is over. */
static void
http_tell_end(struct http_request *req, enum http_end how)
{
	struct http_server *s = req->server;

	if (req->told)
		return;
	req->told = true;
	s->events.end(req, how, s->owner);
}

/* The client of a held request hung up. */
static void
http_on_hang_up(uv_poll_t *poll, int status, int events)
{
	struct http_watch *w = poll->data;
	struct http_request *req = w->req;

	(void)status;
	(void)events;
	if (req == NULL)
		return;
	/* the owner must not answer it any more, also in this very turn */
	http_tell_end(req, HTTP_END_HUNG_UP);
	http_drop(req);
}

/* Puts the request away until it is answered. */
static void
http_suspend(struct http_request *req)
{
	struct http_watch *w = mem_zalloc(sizeof(*w));
	int rc = uv_poll_init(req->server->poll.loop, &w->poll, req->conn->fd);

	gw_assert(rc == 0);
	w->poll.data = w;
	w->req = req;
	req->watch = w;
	uv_poll_start(&w->poll, UV_DISCONNECT, http_on_hang_up);
	http_conn_expect(req->conn, NULL);
	req->state = HTTP_ST_HELD;
	MHD_suspend_connection(req->conn->mhd);
}

/* Gives libmicrohttpd what the request has come to. */
static enum MHD_Result
http_settle(struct http_request *req)
{
	enum MHD_Result rc = MHD_NO;

	switch (req->state) {
	case HTTP_ST_ANSWERED:
		http_conn_expect(req->conn, req->server->send_deadlines);
		rc = MHD_queue_response(
		    req->conn->mhd, req->status, req->response);
		MHD_destroy_response(req->response);
		req->response = NULL;
		return rc;
	case HTTP_ST_BODY:
	case HTTP_ST_HELD:
		return MHD_YES;
	default:
		return MHD_NO;
	}
}

/* Answers a body that is longer than it may be. */
static void
http_refuse_body(struct http_request *req)
{
	struct http_response resp = { .status = 413, .close = true };

	req->server->stats.too_large++;
	http_respond(req, &resp);
}

/* True when a body follows the headers. */
static bool
http_has_body(const struct http_request *req, const char *length)
{
	return http_header(req, "Transfer-Encoding") ||
	       (length && strspn(length, "0") != strlen(length));
}

/* True when the headers break a rule that guards against smuggled requests:
 * HTTP/1.1 needs a host, and a body has one length. */
static bool
http_is_malformed(const struct http_request *req)
{
	if (strcmp(req->version, "HTTP/1.1") == 0 &&
	    http_header(req, "Host") == NULL)
		return true;
	return http_header(req, "Transfer-Encoding") &&
	       http_header(req, "Content-Length");
}

/* Answers such a request. */
static void
http_refuse(struct http_request *req)
{
	struct http_response resp = { .status = 400, .close = true };

	http_respond(req, &resp);
}

/* The headers are complete. */
static enum MHD_Result
http_begin(struct http_request *req, const char *method, const char *version)
{
	const char *length;

	req->method = method;
	req->version = version;
	req->state = HTTP_ST_BEGIN;
	req->server->stats.requests++;
	http_conn_expect(req->conn, req->server->body_deadlines);
	if (http_is_malformed(req))
		http_refuse(req);
	else
		req->server->events.begin(req, req->server->owner);
	if (req->state == HTTP_ST_BEGIN)
		req->state = HTTP_ST_DROPPED;
	length = http_header(req, "Content-Length");
	if (req->state == HTTP_ST_BODY && length &&
	    strtoull(length, NULL, 10) > req->max_body)
		http_refuse_body(req);
	/* an answer that is queued now ends the connection, because the body
	 * will not be read; without a body it can wait for the next call */
	if (req->state == HTTP_ST_ANSWERED && !http_has_body(req, length))
		return MHD_YES;
	return http_settle(req);
}

/* A piece of the body. */
static enum MHD_Result
http_take(struct http_request *req, const char *data, size_t *size)
{
	if (req->state == HTTP_ST_BODY && !req->too_large) {
		if (*size > req->max_body - req->body.len) {
			req->too_large = true;
			buf_release(&req->body);
		} else {
			buf_add(&req->body, data, *size);
		}
	}
	*size = 0;
	return MHD_YES;
}

/* libmicrohttpd's one callback: begin, pieces of the body, the end of it, and
 * again after each resume. */
enum MHD_Result
http_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *upload_data,
    size_t *upload_data_size, void **con_cls)
{
	struct http_request *req = *con_cls;

	(void)cls;
	(void)mhd;
	(void)url;
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	if (req->state == HTTP_ST_LINE)
		return http_begin(req, method, version);
	if (*upload_data_size)
		return http_take(req, upload_data, upload_data_size);
	if (req->state != HTTP_ST_BODY)
		return http_settle(req);
	req->state = HTTP_ST_COMPLETE;
	if (req->too_large)
		http_refuse_body(req);
	else
		req->server->events.complete(req, req->server->owner);
	if (req->state == HTTP_ST_COMPLETE)
		req->state = HTTP_ST_DROPPED;
	if (req->state == HTTP_ST_HELD)
		http_suspend(req);
	return http_settle(req);
}

/* The request is over. */
void
http_on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls,
    enum MHD_RequestTerminationCode code)
{
	struct http_server *s = cls;
	struct http_request *req = *con_cls;
	enum http_end how = HTTP_END_BROKEN;

	(void)mhd;
	if (req == NULL)
		return;
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	http_unwatch(req);
	if (req->upgraded || code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		how = HTTP_END_DONE;
	if (req->state != HTTP_ST_LINE)
		http_tell_end(req, how);
	if (req->conn && code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		http_conn_expect(req->conn, s->header_deadlines);
	if (req->response)
		MHD_destroy_response(req->response);
	buf_release(&req->body);
	buf_release(&req->headers);
	free(req->target);
	req->magic = 0;
	free(req);
	*con_cls = NULL;
}

/*
 * Asking.
 */

const char *
http_method(const struct http_request *req)
{
	return req->method;
}

const char *
http_version(const struct http_request *req)
{
	return req->version;
}

struct span
http_target(const struct http_request *req)
{
	return span_of(req->target, req->target_len);
}

struct span
http_path(const struct http_request *req)
{
	struct span query;

	return span_cut(http_target(req), '?', &query);
}

struct span
http_query(const struct http_request *req)
{
	struct span query;

	span_cut(http_target(req), '?', &query);
	return query;
}

const char *
http_header(const struct http_request *req, const char *name)
{
	return MHD_lookup_connection_value(
	    req->conn->mhd, MHD_HEADER_KIND, name);
}

struct http_each {
	void (*fn)(void *, struct span, struct span);
	void *arg;
};

/* Passes one header on. */
static enum MHD_Result
http_each_one(
    void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct http_each *each = cls;

	(void)kind;
	each->fn(each->arg, span_str(key), span_str(value));
	return MHD_YES;
}

void
http_each_header(const struct http_request *req,
    void (*fn)(void *arg, struct span name, struct span value), void *arg)
{
	struct http_each each = { fn, arg };

	MHD_get_connection_values(
	    req->conn->mhd, MHD_HEADER_KIND, http_each_one, &each);
}

const char *
http_argument(const struct http_request *req, const char *name)
{
	return MHD_lookup_connection_value(
	    req->conn->mhd, MHD_GET_ARGUMENT_KIND, name);
}

struct span
http_body(const struct http_request *req)
{
	return buf_span(&req->body);
}

const char *
http_client_address(const struct http_request *req)
{
	return req->conn->address;
}

unsigned
http_client_port(const struct http_request *req)
{
	return req->conn->port;
}

void
http_server_address(
    const struct http_request *req, char *host_r, size_t size, unsigned *port_r)
{
	struct sockaddr_storage addr = { .ss_family = AF_UNIX };
	socklen_t len = sizeof(addr);

	getsockname(req->conn->fd, (void *)&addr, &len);
	listener_format((void *)&addr, host_r, size, port_r);
}

void
http_set_data(struct http_request *req, void *data)
{
	req->data = data;
}

void *
http_data(const struct http_request *req)
{
	return req->data;
}
