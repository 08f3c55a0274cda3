/*
 * http_priv: what the files of the HTTP front share among themselves.
 *
 * http.c has the server and its connections, http_request.c requests from their
 * first line to their end, http_answer.c what is said to them.
 */
#ifndef SIOGATE_HTTP_PRIV_H
#define SIOGATE_HTTP_PRIV_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include <microhttpd.h>
#include <uv.h>

#include "buf.h"
#include "deadline.h"
#include "http.h"
#include "turn.h"

struct listener;

enum {
	HTTP_SERVER_MAGIC = 0x68747370,
	HTTP_CONN_MAGIC = 0x6874636f,
	HTTP_REQUEST_MAGIC = 0x68747271,
	HTTP_LISTENERS_MAX = 16
};

struct http_server {
	unsigned magic;
	struct MHD_Daemon *daemon;
	struct http_settings set;
	struct http_events events;
	void *owner;
	uv_poll_t poll;   /* libmicrohttpd's epoll descriptor */
	uv_timer_t timer; /* when it wants to run by itself */
	unsigned handles;
	struct turn_entry turn;
	struct deadline_queue *header_deadlines;
	struct deadline_queue *body_deadlines;
	struct deadline_queue *send_deadlines;
	struct listener *listeners[HTTP_LISTENERS_MAX];
	unsigned n_listeners;
	unsigned upgraded;
	bool running; /* inside MHD_run */
	struct http_stats stats;
};

struct http_conn {
	unsigned magic;
	struct http_server *server;
	struct MHD_Connection *mhd;
	struct deadline deadline;
	struct deadline_queue *queue; /* the one the deadline is in */
	int fd;
	unsigned port;
	char address[INET6_ADDRSTRLEN];
};

enum http_state {
	HTTP_ST_LINE,     /* the request line is known, no more */
	HTTP_ST_BEGIN,    /* inside events.begin */
	HTTP_ST_BODY,     /* taking the body */
	HTTP_ST_COMPLETE, /* inside events.complete */
	HTTP_ST_HELD,     /* suspended */
	HTTP_ST_ANSWERED, /* an answer is there, to be queued or queued */
	HTTP_ST_DROPPED   /* the connection is to be closed */
};

/* Watches a held request's socket; lives on until libuv has let go. */
struct http_watch {
	uv_poll_t poll;
	struct http_request *req; /* NULL: no longer of interest */
};

struct http_request {
	unsigned magic;
	enum http_state state;
	struct http_server *server;
	struct http_conn *conn;
	char *target;
	size_t target_len;
	const char *method;
	const char *version;
	struct buf body;
	struct buf headers; /* of the answer: name NUL value NUL ... */
	size_t max_body;
	bool too_large;
	bool told; /* the owner knows that it is over */
	bool upgraded;
	struct MHD_Response *response;
	unsigned status;
	http_upgraded_fn *upgrade_fn;
	void *upgrade_arg;
	struct http_watch *watch;
	void *data;
};

/* Asks for a run of libmicrohttpd at the end of this turn. */
void http_run_later(struct http_server *s);

/* Starts the connection's deadline in the given queue; NULL: none. */
void http_conn_expect(struct http_conn *c, struct deadline_queue *queue);

/* Stops watching a held request's socket. */
void http_unwatch(struct http_request *req);

/* libmicrohttpd's callbacks for requests; cls is the server. */
void *http_on_target(void *cls, const char *target, struct MHD_Connection *mhd);
enum MHD_Result http_on_request(void *cls, struct MHD_Connection *mhd,
    const char *url, const char *method, const char *version,
    const char *upload_data, size_t *upload_data_size, void **con_cls);
void http_on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls,
    enum MHD_RequestTerminationCode code);

#endif
