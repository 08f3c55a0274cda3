/*
 * backend_address: where a worker listens.
 *
 * Resolving a name blocks; it is done while the configuration is read.
 */

/* system */
#include <sys/un.h>

#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* base */
#include "mem.h"

/* own */
#include "backend_address.h"

/* The path of a unix socket. */
static int
address_unix(
    const char *path, struct backend_address *address_r, const char **error_r)
{
	struct sockaddr_un *sun = (struct sockaddr_un *)&address_r->at[0].sa;
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(sun->sun_path)) {
		*error_r = n ? "the path of the socket is too long"
			     : "the path of the socket is empty";
		return -1;
	}
	sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path, path, n + 1);
	address_r->at[0].len = sizeof(*sun);
	address_r->count = 1;
	return 0;
}

/* Asks the resolver. */
static int
address_resolve(const char *host, const char *port,
    struct backend_address *address_r, const char **error_r)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV };
	struct addrinfo *list, *ai;
	int r = getaddrinfo(host, port, &hints, &list);

	if (r != 0) {
		*error_r = gai_strerror(r);
		return -1;
	}
	for (ai = list; ai && address_r->count < BACKEND_ADDRESS_MAX;
	     ai = ai->ai_next) {
		if (ai->ai_addrlen > sizeof(address_r->at[0].sa))
			continue;
		memcpy(&address_r->at[address_r->count].sa, ai->ai_addr,
		    ai->ai_addrlen);
		address_r->at[address_r->count++].len = ai->ai_addrlen;
	}
	freeaddrinfo(list);
	return 0;
}

/* True for a port number from 1 to 65535. */
static bool
address_is_port(const char *port)
{
	size_t n = strspn(port, "0123456789");

	return n > 0 && n <= 5 && port[n] == '\0' && atoi(port) > 0 &&
	       atoi(port) <= 65535;
}

/* A host and a port. */
static int
address_tcp(
    const char *text, struct backend_address *address_r, const char **error_r)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	bool brackets = n > 2 && text[0] == '[' && text[n - 1] == ']';
	char *host;
	int r;

	if (n == 0 || !address_is_port(colon + 1) ||
	    (!brackets && (memchr(text, ':', n) || text[0] == '['))) {
		*error_r = "a TCP address is written tcp:host:port";
		return -1;
	}
	host = brackets ? mem_strndup(text + 1, n - 2) : mem_strndup(text, n);
	r = address_resolve(host, colon + 1, address_r, error_r);
	free(host);
	return r;
}

int
backend_address_parse(
    const char *text, struct backend_address *address_r, const char **error_r)
{
	memset(address_r, 0, sizeof(*address_r));
	if (strncmp(text, "unix:", 5) == 0)
		return address_unix(text + 5, address_r, error_r);
	if (strncmp(text, "tcp:", 4) == 0)
		return address_tcp(text + 4, address_r, error_r);
	*error_r = "an address begins with unix: or tcp:";
	return -1;
}
