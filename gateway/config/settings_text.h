/*
 * settings_text: checks of values that are texts.
 *
 * Each returns 0, or -1 with a few words added to error that say what is wrong
 * and name the value.
 */
#ifndef SIOGATE_SETTINGS_TEXT_H
#define SIOGATE_SETTINGS_TEXT_H

#include "span.h"

struct buf;

/* An address to listen on: "host:port", a port, or "unix:path". */
int settings_text_listen(struct span value, struct buf *error);

/* The same, or "none". */
int settings_text_control(struct span value, struct buf *error);

/* An address of workers: "unix:path" or "tcp:host:port". */
int settings_text_worker(struct span value, struct buf *error);

/* A path of URLs that begins and ends with a slash. */
int settings_text_url_path(struct span value, struct buf *error);

/* Patterns of origins. */
int settings_text_origins(struct span value, struct buf *error);

/* A secret that can travel in a header: printable ASCII without blanks. */
int settings_text_token(struct span value, struct buf *error);

/* "NAME=value" or "NAME". */
int settings_text_env(struct span value, struct buf *error);

/* An entry of an access list. */
int settings_text_acl(struct span value, struct buf *error);

/* A pool's name: letters, digits, "-", "_" and ".", 64 at most, no "." first.
 */
int settings_text_pool(struct span value, struct buf *error);

/* A namespace's name: begins with a slash. */
int settings_text_namespace(struct span value, struct buf *error);

#endif
