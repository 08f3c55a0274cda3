/*
 * http_answer: answers to requests, at once or later.
 *
 * An answer is kept with its request until libmicrohttpd asks for it; a request
 * that was held goes back to it first.
 *
 * DIAGNOSTICS
 *	Headers that are malformed (a line break in a value) are left out.
 */

/* system */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>
#include <zlib.h>

/* base */
#include "buf.h"
#include "fdutil.h"
#include "gw_assert.h"

/* own */
#include "http.h"
#include "http_priv.h"

enum { HTTP_COMPRESS_MIN = 1024 /* bytes; shorter ones are not compressed */ };

/* Compresses text with zlib; an empty buffer when it got no smaller. */
static struct buf
http_deflate(struct span text, bool gzip)
{
	struct buf out = BUF_INIT;
	z_stream z = { 0 };

	if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, gzip ? 31 : 15, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		return out;
	z.next_in = (Bytef *)(uintptr_t)text.p;
	z.avail_in = (uInt)text.n;
	z.next_out = (Bytef *)buf_reserve(&out, text.n);
	z.avail_out = (uInt)text.n;
	if (deflate(&z, Z_FINISH) == Z_STREAM_END)
		out.len = text.n - z.avail_out;
	deflateEnd(&z);
	if (out.len == 0)
		buf_release(&out);
	return out;
}

/* True when an Accept-Encoding value takes the coding (q=0 refuses it). */
static bool
http_accepts(const char *value, const char *coding)
{
	struct span rest = span_str(value);

	while (rest.n) {
		struct span item = span_cut(rest, ',', &rest), params;
		struct span name = span_trim(span_cut(item, ';', &params));

		params = span_trim(params);
		if (span_eq_nocase(name, span_str(coding)))
			return !(span_starts(params, SPAN("q=0")) &&
				   !memchr(params.p, '.', params.n)) &&
			       !span_eq(params, SPAN("q=0.0")) &&
			       !span_eq(params, SPAN("q=0.00")) &&
			       !span_eq(params, SPAN("q=0.000"));
	}
	return false;
}

/* Compresses the body in b when the client likes that. Returns the coding, or
 * NULL. */
static const char *
http_compress(const struct http_request *req, struct buf *b)
{
	const char *accept = http_header(req, "Accept-Encoding");
	const char *coding = NULL;
	struct buf small;

	if (accept == NULL || b->len < HTTP_COMPRESS_MIN)
		return NULL;
	if (http_accepts(accept, "gzip"))
		coding = "gzip";
	else if (http_accepts(accept, "deflate"))
		coding = "deflate";
	if (coding == NULL)
		return NULL;
	small = http_deflate(buf_span(b), coding[0] == 'g');
	if (small.len == 0)
		return NULL;
	buf_release(b);
	*b = small;
	return coding;
}

/* Adds a header. A malformed one (a line break in its value) is left out. */
static void
http_add_header(struct MHD_Response *r, const char *name, const char *value)
{
	(void)MHD_add_response_header(r, name, value);
}

/* Adds name, value, name, value, ..., NULL. */
static void
http_add_headers(struct MHD_Response *r, const char *const *headers)
{
	for (; headers && headers[0]; headers += 2)
		http_add_header(r, headers[0], headers[1]);
}

/* Adds what http_answer_header has collected. */
static void
http_add_collected(struct http_request *req)
{
	const char *p = req->headers.data;
	const char *end;

	if (req->headers.len == 0)
		return;
	end = p + req->headers.len;
	while (p < end) {
		const char *value = p + strlen(p) + 1;

		http_add_header(req->response, p, value);
		p = value + strlen(value) + 1;
	}
}

/* The response object for an answer with a body in memory. */
static struct MHD_Response *
http_make_response(struct http_request *req, const struct http_response *resp)
{
	struct MHD_Response *r;
	const char *coding = NULL;
	struct buf b = BUF_INIT;
	size_t len;
	char *data;

	if (resp->file > 0)
		return MHD_create_response_from_fd64(
		    resp->file_size, resp->file);
	if (resp->take) {
		b = *resp->take;
		*resp->take = BUF_INIT;
	} else {
		buf_addspan(&b, resp->body);
	}
	if (resp->compress)
		coding = http_compress(req, &b);
	data = buf_take(&b, &len);
	r = MHD_create_response_from_buffer(len, data ? data : (char *)"",
	    data ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	gw_assert(r != NULL);
	if (coding)
		http_add_header(r, "Content-Encoding", coding);
	if (resp->compress)
		http_add_header(r, "Vary", "Accept-Encoding");
	return r;
}

/* The answer is there; a held request goes back to libmicrohttpd. */
static void
http_answered(struct http_request *req, enum http_state state)
{
	bool held = req->state == HTTP_ST_HELD && req->watch;

	req->state = state;
	if (!held)
		return;
	http_unwatch(req);
	MHD_resume_connection(req->conn->mhd);
	http_run_later(req->server);
}

void
http_answer_header(
    struct http_request *req, const char *name, const char *value)
{
	buf_add(&req->headers, name, strlen(name) + 1);
	buf_add(&req->headers, value, strlen(value) + 1);
}

void
http_accept_body(struct http_request *req, size_t max)
{
	gw_assert(req->state == HTTP_ST_BEGIN);
	req->max_body = max;
	req->state = HTTP_ST_BODY;
}

void
http_hold(struct http_request *req)
{
	gw_assert(req->state == HTTP_ST_COMPLETE || req->state == HTTP_ST_HELD);
	req->state = HTTP_ST_HELD;
}

void
http_respond(struct http_request *req, const struct http_response *resp)
{
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	gw_assert(
	    req->state != HTTP_ST_ANSWERED && req->state != HTTP_ST_DROPPED);
	req->response = http_make_response(req, resp);
	gw_assert(req->response != NULL);
	req->status = resp->status;
	if (resp->content_type)
		http_add_header(
		    req->response, "Content-Type", resp->content_type);
	http_add_headers(req->response, resp->headers);
	http_add_collected(req);
	if (resp->close)
		http_add_header(req->response, "Connection", "close");
	http_answered(req, HTTP_ST_ANSWERED);
}

void
http_drop(struct http_request *req)
{
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	http_answered(req, HTTP_ST_DROPPED);
}

/* The 101 was sent: the connection is ours now. */
static void
http_on_upgrade(void *cls, struct MHD_Connection *mhd, void *con_cls,
    const char *extra, size_t extra_len, MHD_socket sock,
    struct MHD_UpgradeResponseHandle *urh)
{
	struct http_request *req = con_cls;
	int fd;

	(void)cls;
	(void)mhd;
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	http_conn_expect(req->conn, NULL);
	req->upgraded = true;
	fd = fcntl(sock, F_DUPFD_CLOEXEC, 0);
	if (fd != -1 && fdutil_prepare(fd) == -1)
		fdutil_close(&fd);
	req->upgrade_fn(req->upgrade_arg, fd, span_of(extra, extra_len));
	MHD_upgrade_action(urh, MHD_UPGRADE_ACTION_CLOSE);
	http_run_later(req->server);
}

void
http_upgrade(struct http_request *req, const char *protocol,
    const char *const *headers, http_upgraded_fn *fn, void *arg)
{
	GW_MAGIC_CHECK(req, HTTP_REQUEST_MAGIC);
	gw_assert(
	    req->state != HTTP_ST_ANSWERED && req->state != HTTP_ST_DROPPED);
	req->response = MHD_create_response_for_upgrade(http_on_upgrade, req);
	gw_assert(req->response != NULL);
	req->status = MHD_HTTP_SWITCHING_PROTOCOLS;
	req->upgrade_fn = fn;
	req->upgrade_arg = arg;
	http_add_header(req->response, "Upgrade", protocol);
	http_add_headers(req->response, headers);
	http_add_collected(req);
	http_answered(req, HTTP_ST_ANSWERED);
}
