/*
 * disconnects: disconnect events go out at a bounded rate, so that many clients
 * that leave at once do not drown the handlers.
 */
#ifndef SIOGATE_DISCONNECTS_H
#define SIOGATE_DISCONNECTS_H

struct disconnects;
struct dispatch;
struct request;

struct disconnects *disconnects_new(struct dispatch *d);

/* Frees it and what waits in it; leaves *q NULL. */
void disconnects_free(struct disconnects **q);

/* Sends the request now, or when its turn has come; when too many wait it is
 * counted and freed. */
void disconnects_push(struct disconnects *q, struct request *req);

#endif
