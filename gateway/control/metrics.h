/*
 * metrics: the gateway's figures in the text format of Prometheus, version
 * 0.0.4.
 */
#ifndef SIOGATE_METRICS_H
#define SIOGATE_METRICS_H

#include "span.h"

struct buf;
struct control_parts;
struct status_facts;

/* The format's content type. */
#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Appends all metrics. */
void metrics_add(struct buf *out, const struct control_parts *parts,
    const struct status_facts *facts);

/* Appends name="value", escaped. value is UTF-8. */
void metrics_add_label(struct buf *out, const char *name, struct span value);

#endif
