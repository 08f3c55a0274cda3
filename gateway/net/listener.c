/*
 * listener: opens listening sockets and accepts from them.
 *
 * A few connections are accepted for each readable event, so that a storm of
 * them does not starve the clients that are there.
 *
 * DIAGNOSTICS
 *	Warning: accept fails, with the reason. On EMFILE, ENFILE and the like
 *	no connection is accepted for a second; they wait in the backlog.
 */

/* system */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* base */
#include "buf.h"
#include "fdutil.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* own */
#include "listener.h"

enum {
	LISTENER_MAGIC = 0x6c697374,
	LISTENER_BACKLOG = 1024,
	LISTENER_BATCH = 64,  /* connections for one readable event */
	LISTENER_PAUSE = 1000 /* ms without accepting, out of descriptors */
};

struct listener {
	unsigned magic;
	int fd;
	unsigned handles; /* libuv handles that are not closed yet */
	uv_poll_t poll;
	uv_timer_t pause;
	listener_accept_fn *fn;
	void *owner;
	struct log *log;
	struct log_limit limit;
	char *name;
	char *path; /* of a unix socket */
};

/* Splits "host:port"; host_r and port_r are to be freed. -1: malformed. */
static int
listener_split(const char *address, char **host_r, char **port_r)
{
	const char *colon = strrchr(address, ':');
	const char *host = address;
	size_t host_len = colon ? (size_t)(colon - address) : 0;
	const char *port = colon ? colon + 1 : address;

	if (*port == '\0' || strspn(port, "0123456789") != strlen(port) ||
	    strlen(port) > 5 || atoi(port) > 65535)
		return -1;
	if (host_len && host[0] == '[') {
		if (host_len < 3 || host[host_len - 1] != ']')
			return -1;
		host++;
		host_len -= 2;
	} else if (host_len && memchr(host, ':', host_len)) {
		return -1;
	}
	*host_r = host_len == 0 || (host_len == 1 && *host == '*')
		      ? NULL
		      : mem_strndup(host, host_len);
	*port_r = mem_strdup(port);
	return 0;
}

int
listener_check(const char *address)
{
	struct sockaddr_un un;
	char *host, *port;

	if (strncmp(address, "unix:", 5) == 0)
		return address[5] && strlen(address + 5) < sizeof(un.sun_path)
			   ? 0
			   : -1;
	if (listener_split(address, &host, &port) == -1)
		return -1;
	free(host);
	free(port);
	return 0;
}

void
listener_format(
    const struct sockaddr *addr, char *host_r, size_t size, unsigned *port_r)
{
	const struct sockaddr_in *in = (const void *)addr;
	const struct sockaddr_in6 *in6 = (const void *)addr;

	*port_r = 0;
	if (addr && addr->sa_family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, host_r, (socklen_t)size);
		*port_r = ntohs(in->sin_port);
	} else if (addr && addr->sa_family == AF_INET6) {
		if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
			inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], host_r,
			    (socklen_t)size);
		else
			inet_ntop(
			    AF_INET6, &in6->sin6_addr, host_r, (socklen_t)size);
		*port_r = ntohs(in6->sin6_port);
	} else {
		snprintf(host_r, size, "unix:");
	}
}

/* Puts the text of an error together. */
static char *
listener_error(const char *address, const char *what)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s: %s", address, what);
	buf_cstr(&b);
	return b.data;
}

/* Binds fd and listens. 0, or -1 with errno. */
static int
listener_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	int one = 1;

	if (addr->sa_family != AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (addr->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)addr;
		int only = !IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);

		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
	}
	if (bind(fd, addr, len) == -1)
		return -1;
	return listen(fd, LISTENER_BACKLOG);
}

/* Opens a TCP listener; -1 with *error_r. */
static int
listener_open_tcp(const char *address, char **error_r)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE };
	struct addrinfo *list = NULL, *ai;
	char *host, *port;
	int fd = -1, rc;

	if (listener_split(address, &host, &port) == -1) {
		*error_r = listener_error(address,
		    "not an address (host:port, [ipv6]:port or unix:/path)");
		return -1;
	}
	/* all addresses: one socket that takes IPv6 and IPv4, if there is IPv6
	 */
	if (host == NULL)
		hints.ai_family = AF_INET6;
	rc = getaddrinfo(host, port, &hints, &list);
	if (rc != 0) {
		*error_r = listener_error(address, gai_strerror(rc));
		list = NULL;
	}
	for (ai = list; ai && fd == -1; ai = ai->ai_next) {
		fd = socket(ai->ai_family,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (fd == -1 && host == NULL)
			break;
		if (fd != -1 &&
		    listener_bind(fd, ai->ai_addr, ai->ai_addrlen) == -1) {
			int saved = errno;

			fdutil_close(&fd);
			errno = saved;
		}
	}
	if (fd == -1 && list && host == NULL && errno == EAFNOSUPPORT) {
		struct sockaddr_in any = { .sin_family = AF_INET,
			.sin_port = htons((uint16_t)atoi(port)) };

		fd = socket(
		    AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (fd != -1 &&
		    listener_bind(fd, (void *)&any, sizeof(any)) == -1)
			fdutil_close(&fd);
	}
	if (fd == -1 && list)
		*error_r = listener_error(address, strerror(errno));
	if (list)
		freeaddrinfo(list);
	free(host);
	free(port);
	return fd;
}

/* True when somebody accepts connections at the path. */
static int
listener_is_served(const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int rc;

	if (fd == -1)
		return 1;
	rc = connect(fd, (const void *)un, sizeof(*un));
	if (rc == -1 && (errno == ECONNREFUSED || errno == ENOENT))
		rc = 0;
	else
		rc = 1;
	fdutil_close(&fd);
	return rc;
}

/* Opens a unix listener; -1 with *error_r. */
static int
listener_open_unix(const char *address, int mode, char **error_r)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const char *path = address + 5;
	struct stat st;
	int fd;

	if (listener_check(address) == -1) {
		*error_r = listener_error(address, "the path is too long");
		return -1;
	}
	strcpy(un.sun_path, path);
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode)) {
		if (listener_is_served(&un)) {
			*error_r = listener_error(
			    address, "another process listens there");
			return -1;
		}
		unlink(path);
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1 || listener_bind(fd, (void *)&un, sizeof(un)) == -1 ||
	    chmod(path, (mode_t)mode) == -1) {
		*error_r = listener_error(address, strerror(errno));
		fdutil_close(&fd);
	}
	return fd;
}

/* The name of the bound address, to be freed. */
static char *
listener_make_name(int fd, const char *address)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	char host[INET6_ADDRSTRLEN];
	struct buf b = BUF_INIT;
	unsigned port;

	if (strncmp(address, "unix:", 5) == 0 ||
	    getsockname(fd, (void *)&addr, &len) == -1)
		return mem_strdup(address);
	listener_format((void *)&addr, host, sizeof(host), &port);
	buf_addf(&b, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
	buf_cstr(&b);
	return b.data;
}

static void listener_on_readable(uv_poll_t *poll, int status, int events);

/* The pause is over. */
static void
listener_on_pause_end(uv_timer_t *timer)
{
	struct listener *l = timer->data;

	uv_poll_start(&l->poll, UV_READABLE, listener_on_readable);
}

/* Accepts what waits, a batch at a time. */
static void
listener_on_readable(uv_poll_t *poll, int status, int events)
{
	struct listener *l = poll->data;
	int i;

	(void)status;
	(void)events;
	for (i = 0; i < LISTENER_BATCH; i++) {
		struct sockaddr_storage addr;
		socklen_t len = sizeof(addr);
		int fd = accept4(
		    l->fd, (void *)&addr, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd != -1) {
			l->fn(l->owner, fd, (void *)&addr, len);
			continue;
		}
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return;
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		log_limited(l->log, &l->limit, LOG_LVL_WARNING,
		    "listener %s: accept: %s; pausing", l->name,
		    strerror(errno));
		uv_poll_stop(&l->poll);
		uv_timer_start(
		    &l->pause, listener_on_pause_end, LISTENER_PAUSE, 0);
		return;
	}
}

struct listener *
listener_new(uv_loop_t *loop, const char *address, int mode,
    listener_accept_fn *fn, void *owner, struct log *log, char **error_r)
{
	int is_unix = strncmp(address, "unix:", 5) == 0;
	struct listener *l;
	int fd = is_unix ? listener_open_unix(address, mode, error_r)
			 : listener_open_tcp(address, error_r);

	if (fd == -1)
		return NULL;
	l = mem_zalloc(sizeof(*l));
	l->magic = LISTENER_MAGIC;
	l->fd = fd;
	l->fn = fn;
	l->owner = owner;
	l->log = log;
	l->name = listener_make_name(fd, address);
	l->path = is_unix ? mem_strdup(address + 5) : NULL;
	gw_assert(uv_poll_init(loop, &l->poll, fd) == 0);
	gw_assert(uv_timer_init(loop, &l->pause) == 0);
	l->poll.data = l->pause.data = l;
	l->handles = 2;
	uv_poll_start(&l->poll, UV_READABLE, listener_on_readable);
	return l;
}

/* Frees the listener when its last handle is closed. */
static void
listener_on_close(uv_handle_t *handle)
{
	struct listener *l = handle->data;

	GW_MAGIC_CHECK(l, LISTENER_MAGIC);
	if (--l->handles)
		return;
	free(l->name);
	free(l->path);
	l->magic = 0;
	free(l);
}

void
listener_free(struct listener **lp)
{
	struct listener *l = *lp;

	if (l == NULL)
		return;
	GW_MAGIC_CHECK(l, LISTENER_MAGIC);
	uv_close((uv_handle_t *)&l->poll, listener_on_close);
	uv_close((uv_handle_t *)&l->pause, listener_on_close);
	fdutil_close(&l->fd);
	if (l->path)
		unlink(l->path);
	*lp = NULL;
}

const char *
listener_name(const struct listener *l)
{
	return l->name;
}
