/*
 * ctl_http: requests to the control API, over a unix socket or TCP.
 */
#ifndef SIOGATE_CTL_HTTP_H
#define SIOGATE_CTL_HTTP_H

#include "buf.h"
#include "span.h"

struct ctl_http;

struct ctl_http_settings {
	/* "unix:PATH", "http://host:port", "https://host:port", or a path */
	const char *target;
	const char *token; /* NULL: none */
	unsigned timeout;  /* seconds for one request */
};

/* What came back. All zero at first; reused by the next request. */
struct ctl_answer {
	long status;
	struct buf body;
};

/* Prepares; nothing is connected yet. NULL with *error_r, a constant text,
 * when a setting makes no sense. The settings may go after it. */
struct ctl_http *ctl_http_new(
    const struct ctl_http_settings *set, const char **error_r);

/* Closes the connection, frees it, and leaves *h NULL. */
void ctl_http_free(struct ctl_http **h);

/* Appends "?name=value" or "&name=value" to the path of a request; a NULL
 * value adds nothing. */
void ctl_http_query(struct buf *path, const char *name, const char *value);

/* Asks for a path. 0 when there is an answer, whatever its status; -1 when
 * there is none: then ctl_http_error says why. */
int ctl_http_get(
    struct ctl_http *h, const char *path, struct ctl_answer *answer);

/* Sends action lines to a path; returns as ctl_http_get does. */
int ctl_http_post(struct ctl_http *h, const char *path, struct span lines,
    struct ctl_answer *answer);

/* Frees what an answer holds. */
void ctl_answer_release(struct ctl_answer *answer);

/* Where the gateway is said to be: "unix:PATH" or the URL. Valid as long as
 * h. */
const char *ctl_http_where(const struct ctl_http *h);

/* Why the last request failed, and what to do about it (NULL: no idea). Valid
 * until the next request. */
const char *ctl_http_error(const struct ctl_http *h);
const char *ctl_http_hint(const struct ctl_http *h);

#endif
