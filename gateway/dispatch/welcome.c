/*
 * welcome: asks a pool about each new client (the event handshake).
 *
 * What the handler says is gathered until the request has ended; only then the
 * client is let in, or turned away. A handler that fails lets nobody in.
 */

/* system */
#include <stdlib.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "mem.h"

/* wire */
#include "jscan.h"

/* transport */
#include "front.h"
#include "handshake.h"

/* own */
#include "dispatch_priv.h"
#include "request.h"
#include "service.h"
#include "welcome.h"

enum { WELCOME_MAGIC = 0x77656c63 };

struct welcome {
	unsigned magic;
	struct front_ask *ask;
	bool refused;
	struct buf message; /* JSON string */
	struct buf session; /* JSON object */
	struct buf headers; /* name NUL value NUL ... */
};

void
welcome_ask(struct dispatch *d, struct service *s, struct handshake *hs,
    struct front_ask *ask)
{
	struct welcome *w = mem_zalloc(sizeof(*w));
	struct request *req = request_new(d, REQUEST_HANDSHAKE, NULL, NULL);

	w->magic = WELCOME_MAGIC;
	w->ask = ask;
	req->welcome = w;
	req->handshake = handshake_ref(hs);
	request_begin(req);
	request_set_args(req, SPAN_EMPTY);
	request_finish(req);
	service_submit(s, req);
}

int
welcome_patch_session(struct welcome *w, struct span patch, size_t max)
{
	struct buf merged = BUF_INIT;

	if (jscan_type(patch) == JSCAN_NULL) {
		buf_clear(&w->session);
		return 0;
	}
	jscan_merge_patch(buf_span(&w->session), patch, &merged);
	if (merged.len > max) {
		buf_release(&merged);
		return -1;
	}
	buf_release(&w->session);
	w->session = merged;
	return 0;
}

void
welcome_add_headers(struct welcome *w, struct span object)
{
	struct jscan_iter it;
	struct span key, value;

	jscan_object(&it, object);
	while (jscan_member(&it, &key, &value)) {
		size_t before = w->headers.len;
		bool nul = false;

		if (jscan_string(key, &w->headers, &nul) == -1 || nul ||
		    w->headers.len == before) {
			w->headers.len = before;
			continue;
		}
		buf_addch(&w->headers, '\0');
		if (jscan_string(value, &w->headers, &nul) == -1 || nul)
			w->headers.len = before;
		else
			buf_addch(&w->headers, '\0');
	}
}

void
welcome_refuse(struct welcome *w, struct span message)
{
	w->refused = true;
	buf_clear(&w->message);
	jscan_quote(&w->message, message);
}

void
welcome_request_ended(struct welcome *w, bool well)
{
	struct front_verdict v = { .allowed = well && !w->refused,
		.status = w->refused ? 403 : 503,
		.message = w->refused ? buf_span(&w->message)
				      : SPAN("\"handler_failed\""),
		.session = buf_span(&w->session),
		.headers = buf_span(&w->headers) };

	GW_MAGIC_CHECK(w, WELCOME_MAGIC);
	front_answer(w->ask, &v);
	buf_release(&w->message);
	buf_release(&w->session);
	buf_release(&w->headers);
	w->magic = 0;
	free(w);
}
