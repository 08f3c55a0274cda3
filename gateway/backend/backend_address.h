/*
 * backend_address: where a worker listens.
 */
#ifndef SIOGATE_BACKEND_ADDRESS_H
#define SIOGATE_BACKEND_ADDRESS_H

#include <sys/socket.h>

/* A host's name may stand for several addresses; this many are tried. */
enum { BACKEND_ADDRESS_MAX = 4 };

struct backend_address {
	unsigned count;
	struct {
		struct sockaddr_storage sa;
		socklen_t len;
	} at[BACKEND_ADDRESS_MAX];
};

/* Takes "unix:/path" or "tcp:host:port"; the host is a name, which is resolved
 * here and now, a number, or an IPv6 number in brackets. 0, or -1 with
 * *error_r, a constant text. */
int backend_address_parse(
    const char *text, struct backend_address *address_r, const char **error_r);

#endif
