/*
 * http: the HTTP front, on libmicrohttpd inside our event loop.
 *
 * A server owns listeners and connections. For each request the owner's
 * `begin` is called when the headers are there; it answers at once
 * (http_respond, http_upgrade) or says how much body it takes
 * (http_accept_body). When the body is complete `complete` is called, which
 * answers, or keeps the request to answer it later (http_hold). `end` is
 * called once when the request is over, however that came about; then the
 * pointer is dead.
 *
 *	begin --accept_body--> (body) --> complete --hold--> HELD --answer--> end
 *	  |                                  |                 |
 *	  +--------- answer, drop -----------+---> end         +-- hung up --> end
 *
 * While a request is held libmicrohttpd does not look at its socket; we watch
 * it for the client's hang-up.
 */
#ifndef SIOGATE_HTTP_H
#define SIOGATE_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "buf.h"
#include "span.h"

struct http_request;
struct http_server;
struct log;
struct turn;

struct http_settings {
	const char *name;         /* for the log: "http", "control" */
	unsigned max_connections; /* 0: 10000 */
	size_t
	    max_header; /* bytes of memory for a request's headers; 0: 16384 */
	unsigned header_timeout; /* ms from connect, or from the last answer,
				  * until the headers of a request are complete;
				  * 0: 20000 */
	unsigned body_timeout;   /* ms for a request's body; 0: 20000 */
	unsigned send_timeout;   /* ms for an answer to be taken; 0: 60000 */
	struct log *log;
	struct turn *turn;
};

/* How a request ended. */
enum http_end {
	HTTP_END_DONE,    /* the answer was sent, or the socket handed over */
	HTTP_END_HUNG_UP, /* the client went away while it was held */
	HTTP_END_BROKEN   /* the connection broke, or a time-out ended it */
};

struct http_events {
	/* The headers are complete. */
	void (*begin)(struct http_request *req, void *owner);
	/* The body is complete. Not called when begin has answered. */
	void (*complete)(struct http_request *req, void *owner);
	/* The request is over. http_request_set_data's pointer is the owner's
	 * to free. */
	void (*end)(struct http_request *req, enum http_end how, void *owner);
};

/* Counters of a server. */
struct http_stats {
	unsigned connections; /* open now, without those handed over */
	uint64_t accepted;
	uint64_t refused; /* over max_connections */
	uint64_t requests;
	uint64_t timeouts;  /* slow headers, bodies, readers */
	uint64_t too_large; /* bodies over their bound */
};

/* A new server without listeners. Copies settings. Never NULL. */
struct http_server *http_server_new(uv_loop_t *loop,
    const struct http_settings *settings, const struct http_events *events,
    void *owner);

/* Opens a listener; see listener_new. 0; or -1 with a text for the caller to
 * free. The name of the last one opened is that of http_server_listener_name.
 */
int http_server_listen(
    struct http_server *s, const char *address, int mode, char **error_r);

/* The name of the n-th listener, NULL when there are no more. */
const char *http_server_listener_name(const struct http_server *s, unsigned n);

/* Closes the listeners; what is connected stays. */
void http_server_stop_listening(struct http_server *s);

/* Closes all connections (`end` is called for their requests) and frees; leaves
 * *s NULL. */
void http_server_free(struct http_server **s);

/* Says how many connections handed over by http_upgrade are open; they count
 * against max_connections. */
void http_server_set_upgraded(struct http_server *s, unsigned n);

/* Figures of now. */
void http_server_get_stats(const struct http_server *s, struct http_stats *out);

/* New limits for connections and requests to come (HUP). */
void http_server_set_limits(struct http_server *s, unsigned max_connections);

/*
 * Asking a request. All of it is valid until end; spans and strings too.
 */

const char *http_method(const struct http_request *req);

/* The target as it was sent, "/a%20b?c=d". */
struct span http_target(const struct http_request *req);

/* The target's path, still percent-encoded, and its query without the "?". */
struct span http_path(const struct http_request *req);
struct span http_query(const struct http_request *req);

/* "HTTP/1.1" */
const char *http_version(const struct http_request *req);

/* A header's value, of the first one with this name; NULL when there is none.
 */
const char *http_header(const struct http_request *req, const char *name);

/* Calls fn for each header. */
void http_each_header(const struct http_request *req,
    void (*fn)(void *arg, struct span name, struct span value), void *arg);

/* An argument of the query, decoded; NULL when there is none. */
const char *http_argument(const struct http_request *req, const char *name);

/* The body so far; whole from complete on. */
struct span http_body(const struct http_request *req);

/* The client's address and port ("127.0.0.1", "::1", "unix:" and 0). */
const char *http_client_address(const struct http_request *req);
unsigned http_client_port(const struct http_request *req);

/* The address and port that the client connected to. host_r holds at least 46
 * bytes. */
void http_server_address(const struct http_request *req, char *host_r,
    size_t size, unsigned *port_r);

/* A pointer of the owner's, NULL at first. */
void http_set_data(struct http_request *req, void *data);
void *http_data(const struct http_request *req);

/*
 * Answering.
 */

/* An answer; zero means none. What it points to is copied unless said
 * otherwise. */
struct http_response {
	unsigned status;
	const char *content_type;
	struct span body;
	struct buf
	    *take; /* instead of body: the buffer's memory is taken over */
	int file;  /* instead of body, when > 0: a descriptor that is taken over
		    */
	size_t file_size;
	const char *const *headers; /* name, value, name, value, ..., NULL */
	bool compress; /* gzip or deflate when the client accepts it */
	bool close;    /* end the connection behind it */
};

/* Adds a header to whatever the answer will be. Both are copied. */
void http_answer_header(
    struct http_request *req, const char *name, const char *value);

/* In begin: takes a body of at most max bytes; a longer one is answered with
 * 413. */
void http_accept_body(struct http_request *req, size_t max);

/* In complete, or held already: the answer comes later. */
void http_hold(struct http_request *req);

/* Answers. Legal once for each request, in begin, in complete, or while held.
 */
void http_respond(struct http_request *req, const struct http_response *resp);

/* Ends the connection of a held request without an answer, or answers nothing
 * in begin and complete. */
void http_drop(struct http_request *req);

/* Called with the connection's own descriptor (duplicated; the receiver owns
 * it) after the 101 was sent, with the bytes that came behind the request. fd
 * is -1 when that failed. */
typedef void http_upgraded_fn(void *arg, int fd, struct span early);

/* As http_respond: answers 101 with these headers (as in http_response; Upgrade
 * and Connection are added) and hands the connection over. fn is called unless
 * the connection breaks first; then end says HTTP_END_BROKEN. */
void http_upgrade(struct http_request *req, const char *protocol,
    const char *const *headers, http_upgraded_fn *fn, void *arg);

#endif
