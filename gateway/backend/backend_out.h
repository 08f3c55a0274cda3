/*
 * backend_out: what is still to be sent of a request.
 *
 * A protocol lists all parts of a request, always the same, from its start; the
 * list passes over what was sent before and keeps the rest as pieces for one
 * sendmsg. Large parts are referred to, not copied.
 */
#ifndef SIOGATE_BACKEND_OUT_H
#define SIOGATE_BACKEND_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/uio.h>

enum {
	BACKEND_OUT_PIECES = 64,  /* pieces of one sendmsg */
	BACKEND_OUT_SMALL = 1024, /* bytes of small parts */
	BACKEND_OUT_PART = 64     /* bytes of one small part at most */
};

struct backend_out {
	uint64_t skip;  /* bytes still to be passed over */
	uint64_t total; /* bytes listed so far */
	size_t bytes;   /* bytes in pieces */
	unsigned count; /* pieces in use */
	bool full;      /* no room for more; listing may stop */
	size_t small_len;
	struct iovec pieces[BACKEND_OUT_PIECES];
	char small[BACKEND_OUT_SMALL];
};

/* Prepares a list that passes over the first skip bytes; UINT64_MAX: over all,
 * which counts them. */
void backend_out_init(struct backend_out *out, uint64_t skip);

/* Lists n bytes at p, which stay where they are until they are sent. */
void backend_out_refer(struct backend_out *out, const void *p, size_t n);

/* Lists a small part, which is copied; n is at most BACKEND_OUT_PART. */
void backend_out_copy(struct backend_out *out, const void *p, size_t n);

#endif
