/*
 * welcome: asks a pool about each new client (the event handshake).
 */
#ifndef SIOGATE_WELCOME_H
#define SIOGATE_WELCOME_H

#include <stdbool.h>

#include "span.h"

struct dispatch;
struct front_ask;
struct handshake;
struct request;
struct service;
struct welcome;

/* Sends a handshake request to the service; front_answer follows. */
void welcome_ask(struct dispatch *d, struct service *s, struct handshake *hs,
    struct front_ask *ask);

/* What the handler answers: a merge patch of the session (-1 when it becomes
 * longer than max bytes), headers as a raw JSON object of strings, a refusal
 * with a text. */
int welcome_patch_session(struct welcome *w, struct span patch, size_t max);
void welcome_add_headers(struct welcome *w, struct span object);
void welcome_refuse(struct welcome *w, struct span message);

/* The request has ended; well: as it should. Frees w. */
void welcome_request_ended(struct welcome *w, bool well);

#endif
