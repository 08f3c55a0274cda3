/*
 * handshake: what is kept of a client's first request.
 *
 * Of the headers all are kept but those that belong to the connection or the
 * body, "Proxy" (CVE-2016-5385), and names with an underscore, which could pose
 * as another header. Headers that come several times are joined, as RFC 9110
 * and RFC 6265 say.
 */

/* system */
#include <stdio.h>
#include <stdlib.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "mem.h"

/* wire */
#include "fcgi.h"

/* net */
#include "http.h"

/* own */
#include "handshake.h"

enum { HANDSHAKE_HEADERS = 100 };

/* Headers as they are gathered. */
struct handshake_headers {
	unsigned n;
	struct handshake_header {
		struct span name;
		struct buf value;
	} list[HANDSHAKE_HEADERS];
};

/* Headers that are not passed on. */
static const char *const handshake_dropped[] = { "Proxy", "Connection",
	"Keep-Alive", "Upgrade", "Transfer-Encoding", "TE", "Trailer",
	"Content-Length", "Content-Type", "Sec-WebSocket-Key",
	"Sec-WebSocket-Version", "Sec-WebSocket-Extensions" };

/* True for headers that handlers do not get. */
static bool
handshake_is_dropped(struct span name)
{
	size_t i, n = sizeof(handshake_dropped) / sizeof(handshake_dropped[0]);

	if (name.n == 0 || name.n > 200 || memchr(name.p, '_', name.n))
		return true;
	for (i = 0; i < n; i++)
		if (span_eq_nocase(name, span_str(handshake_dropped[i])))
			return true;
	return false;
}

/* Takes one header. */
static void
handshake_take(void *arg, struct span name, struct span value)
{
	struct handshake_headers *h = arg;
	unsigned i;

	if (handshake_is_dropped(name))
		return;
	for (i = 0; i < h->n; i++) {
		if (!span_eq_nocase(h->list[i].name, name))
			continue;
		buf_adds(&h->list[i].value,
		    span_eq_nocase(name, SPAN("Cookie")) ? "; " : ", ");
		buf_addspan(&h->list[i].value, value);
		return;
	}
	if (h->n == HANDSHAKE_HEADERS)
		return;
	h->list[h->n].name = name;
	h->list[h->n].value = BUF_INIT;
	buf_addspan(&h->list[h->n++].value, value);
}

/* Appends the headers as HTTP_NAME. */
static void
handshake_add_headers(struct buf *out, const struct http_request *req)
{
	struct handshake_headers h;
	char name[210];
	unsigned i;
	size_t k;

	h.n = 0;
	http_each_header(req, handshake_take, &h);
	for (i = 0; i < h.n; i++) {
		struct span from = h.list[i].name;

		memcpy(name, "HTTP_", 5);
		for (k = 0; k < from.n; k++) {
			char c = from.p[k];

			if (c == '-')
				c = '_';
			else if (c >= 'a' && c <= 'z')
				c = (char)(c - 32);
			name[5 + k] = c;
		}
		fcgi_add_pair(
		    out, span_of(name, 5 + from.n), buf_span(&h.list[i].value));
		buf_release(&h.list[i].value);
	}
}

/* Appends the name and port that the client used for the server. */
static void
handshake_add_server(struct buf *out, const struct http_request *req)
{
	const char *header = http_header(req, "Host");
	char address[64], port_text[8];
	struct span host = span_str(header), port;
	unsigned number;

	http_server_address(req, address, sizeof(address), &number);
	snprintf(port_text, sizeof(port_text), "%u", number);
	if (host.n && host.p[0] != '[')
		host = span_cut(host, ':', &port);
	else if (host.n && memchr(host.p, ']', host.n))
		host.n = (size_t)((const char *)memchr(host.p, ']', host.n) -
				  host.p) +
			 1;
	fcgi_add_pair(
	    out, SPAN("SERVER_NAME"), host.n ? host : span_str(address));
	fcgi_add_pair(out, SPAN("SERVER_PORT"), span_str(port_text));
}

struct handshake *
handshake_new(const struct http_request *req, unsigned protocol)
{
	struct handshake *h;
	struct buf b = BUF_INIT;
	char number[12];

	fcgi_add_pair(&b, SPAN("SERVER_PROTOCOL"), span_str(http_version(req)));
	handshake_add_server(&b, req);
	fcgi_add_pair(
	    &b, SPAN("REMOTE_ADDR"), span_str(http_client_address(req)));
	snprintf(number, sizeof(number), "%u", http_client_port(req));
	fcgi_add_pair(&b, SPAN("REMOTE_PORT"), span_str(number));
	fcgi_add_pair(&b, SPAN("REQUEST_URI"), http_target(req));
	fcgi_add_pair(&b, SPAN("QUERY_STRING"), http_query(req));
	snprintf(number, sizeof(number), "%u", protocol);
	fcgi_add_pair(&b, SPAN("SOCKETIO_PROTOCOL"), span_str(number));
	handshake_add_headers(&b, req);
	h = mem_alloc(sizeof(*h) + b.len);
	h->refs = 1;
	h->len = b.len;
	memcpy(h->pairs, b.data, b.len);
	buf_release(&b);
	return h;
}

struct handshake *
handshake_ref(struct handshake *h)
{
	gw_assert(h->refs > 0);
	h->refs++;
	return h;
}

void
handshake_unref(struct handshake **hp)
{
	struct handshake *h = *hp;

	*hp = NULL;
	if (h == NULL)
		return;
	gw_assert(h->refs > 0);
	if (--h->refs == 0)
		free(h);
}

struct span
handshake_pairs(const struct handshake *h)
{
	return span_of(h->pairs, h->len);
}

struct span
handshake_get(const struct handshake *h, struct span wanted)
{
	struct span pairs = handshake_pairs(h), name, value;

	while (fcgi_next_pair(&pairs, &name, &value) == 1)
		if (span_eq(name, wanted))
			return value;
	return SPAN_EMPTY;
}
