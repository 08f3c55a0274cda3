/*
 * backend_out: what is still to be sent of a request.
 */

/* system */
#include <string.h>

/* base */
#include "gw_assert.h"

/* own */
#include "backend_out.h"

void
backend_out_init(struct backend_out *out, uint64_t skip)
{
	out->skip = skip;
	out->total = 0;
	out->bytes = 0;
	out->count = 0;
	out->full = false;
	out->small_len = 0;
}

/* Passes over bytes that were sent. True when some of the part are left. */
static bool
out_pass(struct backend_out *out, const char **p, size_t *n)
{
	size_t skip = out->skip < *n ? (size_t)out->skip : *n;

	out->total += *n;
	if (out->skip != UINT64_MAX)
		out->skip -= skip;
	*p += skip;
	*n -= skip;
	return *n > 0;
}

/* Adds a piece, to the one before it if it follows it in memory. */
static void
out_add(struct backend_out *out, const char *p, size_t n)
{
	struct iovec *last = out->count ? &out->pieces[out->count - 1] : NULL;

	out->bytes += n;
	if (last && (const char *)last->iov_base + last->iov_len == p) {
		last->iov_len += n;
		return;
	}
	out->pieces[out->count++] =
	    (struct iovec){ .iov_base = (void *)(uintptr_t)p, .iov_len = n };
}

/* True while another part can be taken; else the list is full. */
static bool
out_has_room(struct backend_out *out)
{
	if (out->count == BACKEND_OUT_PIECES ||
	    out->small_len > BACKEND_OUT_SMALL - BACKEND_OUT_PART)
		out->full = true;
	return !out->full;
}

void
backend_out_refer(struct backend_out *out, const void *p, size_t n)
{
	const char *from = p;

	if (n > 0 && out_pass(out, &from, &n) && out_has_room(out))
		out_add(out, from, n);
}

void
backend_out_copy(struct backend_out *out, const void *p, size_t n)
{
	const char *from = p;
	char *to;

	gw_assert(n <= BACKEND_OUT_PART);
	if (!out_pass(out, &from, &n) || !out_has_room(out))
		return;
	to = out->small + out->small_len;
	memcpy(to, from, n);
	out->small_len += n;
	out_add(out, to, n);
}
