/*
 * fake_worker: a FastCGI worker inside the test, driven step by step.
 *
 * It has a listening unix (or TCP) socket and one connection. The test says
 * when it accepts, reads, answers and closes; nothing happens by itself. What
 * it reads is taken apart by a decoder of its own.
 */
#ifndef SIOGATE_FAKE_WORKER_H
#define SIOGATE_FAKE_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct fake_worker {
	char dir[56];
	char address[128];
	int listen_fd;
	int fd; /* the connection; -1: none */
	unsigned accepted;
	struct buf in; /* what was read and not yet taken apart */
	unsigned begins, aborts, param_records, stdin_records;
	uint8_t role, flags;
	bool params_end, stdin_end, bad;
	struct buf params, body;
};

/* Opens the listening socket; backlog as for listen. */
void fake_worker_init(struct fake_worker *f, bool tcp, int backlog);

/* Closes all, removes the socket. */
void fake_worker_release(struct fake_worker *f);

/* Stops listening; the address stays. */
void fake_worker_deafen(struct fake_worker *f);

/* Accepts when a connection waits and none is open. */
void fake_worker_accept(struct fake_worker *f);

/* Reads up to n bytes, if there are any. */
void fake_worker_read(struct fake_worker *f, size_t n);

/* Forgets the request. */
void fake_worker_clear(struct fake_worker *f);

/* True when a whole request was read. */
bool fake_worker_has_request(const struct fake_worker *f);

/* Sends n bytes; the socket must take them. */
void fake_worker_send(struct fake_worker *f, const void *p, size_t n);

/* Closes the connection. */
void fake_worker_close(struct fake_worker *f);

/* Appends one record. */
void fake_worker_add(struct buf *out, uint8_t type, uint16_t id, const void *p,
    size_t n, uint8_t padding);

/* Appends END_REQUEST. */
void fake_worker_add_end(
    struct buf *out, uint32_t app_status, uint8_t protocol_status);

#endif
