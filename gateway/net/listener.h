/*
 * listener: listening sockets, TCP over IPv4 and IPv6, and unix.
 */
#ifndef SIOGATE_LISTENER_H
#define SIOGATE_LISTENER_H

#include <sys/socket.h>

#include <uv.h>

struct log;
struct listener;

/* Called with each connection, non-blocking and close-on-exec; the receiver
 * owns fd. */
typedef void listener_accept_fn(
    void *owner, int fd, const struct sockaddr *addr, socklen_t addr_len);

/*
 * Opens and starts a listener. address is "host:port" ("127.0.0.1:8080",
 * "[::1]:8080", "localhost:0", "*:8080" and ":8080" for all addresses, a bare
 * port number the same), or "unix:/path" (an old socket that nobody serves is
 * replaced; mode is that of the socket, such as 0666). Returns NULL with
 * *error_r set to a text that the caller frees. When descriptors run out, it
 * stops accepting for a second.
 */
struct listener *listener_new(uv_loop_t *loop, const char *address, int mode,
    listener_accept_fn *fn, void *owner, struct log *log, char **error_r);

/* Stops listening, unlinks a unix socket, frees, and leaves *l NULL. */
void listener_free(struct listener **l);

/* Where it listens: "127.0.0.1:43211" (with the port that the system picked),
 * "[::1]:80" or "unix:/path". Valid as long as the listener is. */
const char *listener_name(const struct listener *l);

/* 0 when address can be understood; else -1. Opens nothing. */
int listener_check(const char *address);

/* Writes an address as text: "127.0.0.1", "::1", or "unix:" for unix sockets;
 * the port, or 0. host_r holds at least INET6_ADDRSTRLEN bytes. */
void listener_format(
    const struct sockaddr *addr, char *host_r, size_t size, unsigned *port_r);

#endif
