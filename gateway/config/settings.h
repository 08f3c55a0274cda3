/*
 * settings: what the configuration says.
 *
 * struct settings is filled with defaults by settings_init, then from a file
 * (config_file.h) and the command line (options.h), and made ready for use by
 * settings_finish. It owns every string and list in it; nothing in it changes
 * afterwards. A reload makes a new one.
 *
 * Fields have the names of the settings. Times are milliseconds, sizes bytes.
 * The table in settings_table.c says more about each of them.
 */
#ifndef SIOGATE_SETTINGS_H
#define SIOGATE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "log.h"
#include "span.h"

struct buf;

/* Strings in a row. items ends in a NULL that does not count in n; while n is
 * 0 it may be NULL itself. */
struct settings_list {
	char **items;
	size_t n;
};

enum settings_transport {
	SETTINGS_TRANSPORT_POLLING = 1,
	SETTINGS_TRANSPORT_WEBSOCKET = 2
};

/* [gateway] */
struct settings_gateway {
	struct settings_list listen; /* addresses, see listener_new */
	unsigned listen_mode;        /* of unix sockets, 0 to 0777 */
	char *root;                  /* NULL: serve no files */
	char *client_dir;            /* NULL: serve no client library */
	char *path;                  /* begins and ends with a slash */
	unsigned transports;         /* bits of enum settings_transport */
	char *origins; /* patterns, see origin_allowed; "": same origin only */
	unsigned cors_max_age;

	unsigned ping_interval;
	unsigned ping_timeout;
	unsigned upgrade_timeout;
	unsigned connect_timeout;
	unsigned close_timeout;

	size_t max_payload;
	unsigned max_connections;
	size_t max_header;
	unsigned header_timeout;
	unsigned body_timeout;
	unsigned send_timeout;
	bool http_compression;
	bool permessage_deflate;
	size_t deflate_threshold;
	unsigned deflate_level; /* 1 to 9 */

	size_t max_queue;
	size_t max_session;
	unsigned max_depth;
	unsigned max_attachments;
	unsigned max_namespaces;
	size_t max_namespace_name;
	unsigned max_rooms;
	size_t max_room_name;
	unsigned max_pending_acks;
	unsigned max_waiting;
	unsigned max_jobs;

	char *authorize; /* name of a pool; NULL: none */
	unsigned refresh_before;
	unsigned disconnect_rate;  /* a second */
	unsigned disconnect_queue; /* events */

	char *control;            /* address; NULL: off, but only after
				   * settings_finish; before that NULL stands
				   * for control.sock in run_dir */
	char *control_token;      /* NULL: none; settings_finish reads it from
				   * control_token_file when that is given */
	char *control_token_file; /* NULL: none */
	size_t control_max_body;

	char *run_dir;
	char *state_dir; /* settings_finish puts run_dir where it is NULL */
	char *log;       /* NULL: standard error */
	enum log_level log_level;
	unsigned shutdown_timeout;
	unsigned drain_time;
};

enum settings_protocol { SETTINGS_PROTOCOL_FCGI };
enum settings_retry { SETTINGS_RETRY_NEVER, SETTINGS_RETRY_IDEMPOTENT };
enum settings_apply { SETTINGS_APPLY_LINE, SETTINGS_APPLY_END };
enum settings_order { SETTINGS_ORDER_SERIAL, SETTINGS_ORDER_NONE };

/* [pool NAME] */
struct settings_pool {
	char *name;
	/* after settings_finish one of the two is there */
	char *command;                /* NULL: none */
	struct settings_list address; /* "unix:/path", "tcp:host:port" */
	enum settings_protocol protocol;
	unsigned workers_min; /* from "workers" */
	unsigned workers_max; /* 1 or more, not below workers_min */
	unsigned connections; /* at once, to each address */
	char *directory;      /* NULL: the gateway's */
	/* "NAME=value", or "NAME" to pass the gateway's own on */
	struct settings_list env;
	char *document_root; /* NULL: none, as the next two */
	char *script_filename;
	char *script_name;
	unsigned timeout;
	unsigned job_timeout; /* 0: none */
	unsigned jobs;  /* at once; settings_finish resolves 0 to half of the
			 * workers or connections, at least 1 */
	unsigned queue; /* requests */
	unsigned keepalive; /* idle connections kept to each address */
	enum settings_retry retry;
	enum settings_apply apply;
	bool headers;
	size_t max_line;
	unsigned max_requests; /* 0: no bound */
	unsigned idle_timeout;
	unsigned restart_delay;
	unsigned restart_delay_max;
	unsigned kill_grace;
	unsigned hold_down;
};

/* [namespace /NAME] */
struct settings_namespace {
	char *name;   /* begins with a slash */
	char *pool;   /* NULL: everybody is admitted, events are dropped */
	bool acl_set; /* acl was given, though perhaps empty */
	struct settings_list acl;
	enum settings_order order;
};

struct settings {
	struct settings_gateway gateway;
	struct settings_pool *pools;
	size_t n_pools;
	struct settings_namespace *namespaces;
	size_t n_namespaces;
};

/* Fills *s with the defaults; no pools, no namespaces. */
void settings_init(struct settings *s);

/* Frees what *s holds and leaves it all zero. */
void settings_release(struct settings *s);

/* Adds a pool or namespace with the defaults. The pointer is valid until the
 * next one is added. Returns NULL when the name is taken or is not one, with
 * the reason added to errors. */
struct settings_pool *settings_add_pool(
    struct settings *s, struct span name, struct buf *errors);
struct settings_namespace *settings_add_namespace(
    struct settings *s, struct span name, struct buf *errors);

/* The pool or namespace of this name, or NULL. Valid until one is added. */
struct settings_pool *settings_find_pool(
    const struct settings *s, struct span name);
struct settings_namespace *settings_find_namespace(
    const struct settings *s, struct span name);

/*
 * Checks what concerns several settings at once and puts in what follows from
 * others (state_dir, jobs, control_token). Called once, when all is read.
 * Returns 0, or -1 when something is wrong. Adds a line to errors for each
 * mistake, and one to warnings for what is legal but hardly meant; each line
 * ends in a newline.
 */
int settings_finish(
    struct settings *s, struct buf *errors, struct buf *warnings);

#endif
