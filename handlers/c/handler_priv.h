/*
 * handler_priv: the structs of the handler library, for its own files.
 *
 * The life of a request. There is one struct siogate_request in the app, used
 * again for each event:
 *
 *	read      serve.c fills app->body from the front's io (run.c)
 *	parsed    request.c splits a line of it; texts are made into C strings
 *	          in place, JSON is parsed when the handler asks for it
 *	handled   the handler adds actions to app->out (line.c, messages.c,
 *	          actions.c); siogate_flush sends what is there
 *	released  request.c drops the JSON objects; serve.c sends app->out when
 *	          all lines of the body are done
 */
#ifndef SIOGATE_HANDLER_PRIV_H
#define SIOGATE_HANDLER_PRIV_H

#include <siogate/handler.h>

#include "scan.h"
#include "text.h"

struct json_object;
struct json_tokener;

/* How many types of events there are. */
enum { SIOGATE_TYPES = SIOGATE_JOB + 1 };

/* Where a request comes from and its answer goes. */
struct siogate_io {
	/* reads up to n bytes; 0 at the end */
	size_t (*read)(void *ctx, char *p, size_t n);
	/* 0, or -1 when nobody listens any more */
	int (*write)(void *ctx, const char *p, size_t n);
	/* sends what write has gathered; the request's end does it, too */
	int (*flush)(void *ctx);
	/* writes a line, without its end, to standard error */
	void (*note)(void *ctx, const char *text);
	void *ctx;
	char **envp;
};

/* The members of a request's line. */
enum siogate_field {
	FIELD_TYPE,
	FIELD_NSP,
	FIELD_SID,
	FIELD_EVENT,
	FIELD_ARGS,
	FIELD_ACK,
	FIELD_TAG,
	FIELD_ERROR,
	FIELD_REASON,
	FIELD_SESSION,
	FIELD_ROOMS,
	FIELD_RECOVERED,
	FIELD_EVENT_ID,
	FIELD_ATTEMPT,
	FIELD_TRANSPORT,
	FIELD_PROTOCOL,
	FIELD_REMOTE_ADDR,
	FIELDS
};

struct siogate_request {
	struct siogate *app;
	enum siogate_type type;
	struct siogate_scan_piece field[FIELDS]; /* C strings in app->body */
	struct json_object *args;                /* NULL until asked for */
	struct json_object *session;             /* NULL until asked for */
	struct json_object *rooms;               /* NULL until asked for */
	int64_t re;      /* the line's number in a batch; -1: no batch */
	size_t began;    /* where in app->out its actions begin */
	bool acked;      /* the acknowledgement has been answered */
	bool tag_is_set; /* app->scratch holds the tag */
};

/* A registered handler. */
struct siogate_route {
	enum siogate_type type;
	char *nsp;  /* NULL: all */
	char *name; /* NULL: all */
	siogate_handler_fn *fn;
	void *user;
};

struct siogate {
	struct siogate_route *routes;
	size_t nroutes;
	struct json_tokener *tokener;
	struct siogate_text body;    /* the request */
	struct siogate_text out;     /* headers and actions to be sent */
	struct siogate_text scratch; /* the tag, or a message */
	const struct siogate_io *io; /* while a request is served */
	bool flushed;                /* something of the answer was sent */
	struct siogate_request req;
};

/* ---- app.c ---- */

/* The handler for an event; NULL when there is none. name may be NULL. */
const struct siogate_route *siogate_app_route(const struct siogate *app,
    enum siogate_type type, const char *nsp, const char *name);

/* ---- request.c ---- */

/*
 * Takes the line apart, which is changed and has to stay in place while the
 * request is used; a byte behind it is overwritten. re is as in the struct.
 * Returns NULL; or a constant text that says what is wrong: then no field is
 * set and nothing has to be released.
 */
const char *siogate_request_parse(struct siogate_request *req,
    struct siogate *app, char *line, size_t len, int64_t re);

/* Drops the JSON objects. */
void siogate_request_release(struct siogate_request *req);

/* ---- serve.c ---- */

/* Serves one request; returns as siogate_handle_stream does. */
int siogate_serve(struct siogate *app, const struct siogate_io *io);

#endif
