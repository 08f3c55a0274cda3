/*
 * wsclient: a fleet of Socket.IO clients over WebSocket, in one epoll loop.
 *
 * Made to cost little beside the server it measures: one input and one output
 * buffer for all clients; a client holds memory only while a frame is cut in
 * two or the server does not read. Frames are masked, as RFC 6455 wants, with
 * the key 0, which leaves the bytes as they are. The handshake's key is fixed,
 * so the right Sec-WebSocket-Accept is a constant; it is checked.
 */

/* system */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <netinet/tcp.h>
#include <unistd.h>

/* own */
#include "fail.h"
#include "meter.h"
#include "wsclient.h"

#define WS_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define WS_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

enum {
	IN_CAP = 256 * 1024,
	OUT_CAP = 2 * WSCLIENT_TEXT_MAX,
	BATCH = 512,
	HEAD_MAX = 8, /* of an outgoing frame: 2, 2 of length, 4 of mask */
};

enum { WS_TEXT = 0x81, WS_CLOSE = 0x88, WS_PING = 0x89, WS_PONG = 0x8a };

enum state {
	ST_NONE,
	ST_CONNECTING, /* TCP */
	ST_UPGRADING,  /* waits for the 101 */
	ST_OPENING,    /* waits for the Engine.IO open packet */
	ST_JOINING,    /* waits for the namespace */
	ST_READY,
	ST_CLOSING, /* waits for the server's close frame */
};

/* Bytes that wait. */
struct kept {
	char *p;
	size_t n;
};

struct client {
	int fd;
	enum state state;
	struct kept in;  /* a frame's first part */
	struct kept out; /* what the server did not take yet */
};

struct wsclient {
	struct wsclient_settings set;
	const struct wsclient_events *ev;
	void *ctx;
	int epfd;
	uint64_t now;
	uint64_t progress; /* when there was some */
	unsigned ready;    /* clients that are or were ready */
	unsigned owner;    /* whose output out holds */
	size_t out_len;
	struct client *client;
	char prefix[128];
	char request[256];
	size_t request_len;
	char in[IN_CAP + 1];
	char out[OUT_CAP + HEAD_MAX];
};

/* The request that upgrades to WebSocket. */
static void
build_request(struct wsclient *f)
{
	char host[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &f->set.server.sin_addr, host, sizeof(host));
	f->request_len = (size_t)snprintf(f->request, sizeof(f->request),
	    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
	    "Host: %s:%u\r\n"
	    "Connection: Upgrade\r\n"
	    "Upgrade: websocket\r\n"
	    "Sec-WebSocket-Version: 13\r\n"
	    "Sec-WebSocket-Key: " WS_KEY "\r\n\r\n",
	    host, (unsigned)ntohs(f->set.server.sin_port));
}

struct wsclient *
wsclient_new(const struct wsclient_settings *set,
    const struct wsclient_events *ev, void *ctx)
{
	struct wsclient *f = fail_calloc(1, sizeof(*f));

	f->set = *set;
	f->ev = ev;
	f->ctx = ctx;
	f->client = fail_calloc(set->clients, sizeof(*f->client));
	for (unsigned i = 0; i < set->clients; i++)
		f->client[i].fd = -1;
	if (set->nsp[0] != '\0' && strcmp(set->nsp, "/") != 0 &&
	    (size_t)snprintf(f->prefix, sizeof(f->prefix), "%s,", set->nsp) >=
		sizeof(f->prefix))
		fail(FAIL_USAGE, "the namespace's name is too long");
	build_request(f);
	f->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (f->epfd == -1)
		fail(FAIL_LOCAL, "epoll_create1: %s", strerror(errno));
	f->now = f->progress = meter_now();
	return f;
}

/* Empties what is kept. */
static void
kept_release(struct kept *k)
{
	free(k->p);
	*k = (struct kept){ 0 };
}

/* Adds bytes to what is kept. */
static void
kept_add(struct kept *k, const char *p, size_t n)
{
	char *q;

	if (n == 0)
		return;
	q = realloc(k->p, k->n + n);
	if (q == NULL)
		fail(FAIL_LOCAL, "out of memory");
	memcpy(q + k->n, p, n);
	k->p = q;
	k->n += n;
}

/* Drops the first n bytes of what is kept. */
static void
kept_drop(struct kept *k, size_t n)
{
	k->n -= n;
	memmove(k->p, k->p + n, k->n);
	if (k->n == 0)
		kept_release(k);
}

/* Closes a client's socket and forgets what waits on it. */
static void
client_reset(struct client *c)
{
	if (c->fd != -1)
		close(c->fd);
	kept_release(&c->in);
	kept_release(&c->out);
	*c = (struct client){ .fd = -1 };
}

void
wsclient_free(struct wsclient **f)
{
	if (*f == NULL)
		return;
	for (unsigned i = 0; i < (*f)->set.clients; i++)
		client_reset(&(*f)->client[i]);
	close((*f)->epfd);
	free((*f)->client);
	free(*f);
	*f = NULL;
}

/* Sets what a client waits for. */
static void
watch(struct wsclient *f, unsigned id, int op, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.u32 = id };

	if (epoll_ctl(f->epfd, op, f->client[id].fd, &ev) == -1)
		fail(FAIL_LOCAL, "epoll_ctl: %s", strerror(errno));
}

/* Gives a socket one of the source addresses, so that clients of one server are
 * not bounded by the ports of one address. */
static void
bind_source(struct wsclient *f, unsigned id, int fd)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int one = 1;

	if (f->set.sources == 0)
		return;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK + id % f->set.sources);
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		fail(FAIL_LOCAL, "bind: %s", strerror(errno));
}

void
wsclient_open(struct wsclient *f, unsigned id)
{
	struct client *c = &f->client[id];
	int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		fail(FAIL_LOCAL, "socket: %s", strerror(errno));
	bind_source(f, id, c->fd);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(c->fd, (struct sockaddr *)&f->set.server,
		sizeof(f->set.server)) == -1 &&
	    errno != EINPROGRESS)
		fail(FAIL_LOCAL, "connect: %s", strerror(errno));
	c->state = ST_CONNECTING;
	watch(f, id, EPOLL_CTL_ADD, EPOLLOUT);
}

void
wsclient_open_all(struct wsclient *f)
{
	for (unsigned next = 0; f->ready < f->set.clients;) {
		while (
		    next < f->set.clients && next - f->ready < f->set.at_once)
			wsclient_open(f, next++);
		wsclient_turn(f, 1000);
	}
}

/* Writes at most n bytes. Returns how many the socket took. */
static size_t
push(struct client *c, const char *p, size_t n)
{
	ssize_t done = send(c->fd, p, n, MSG_NOSIGNAL);

	if (done >= 0)
		return (size_t)done;
	if (errno != EAGAIN && errno != EINTR)
		fail(FAIL_ANSWER, "the server left: %s", strerror(errno));
	return 0;
}

/* Writes bytes after those that wait; what isn't taken waits. */
static void
write_out(struct wsclient *f, unsigned id, const char *p, size_t n)
{
	struct client *c = &f->client[id];
	size_t done = 0;
	bool waited = c->out.n > 0;

	if (!waited)
		done = push(c, p, n);
	kept_add(&c->out, p + done, n - done);
	if (!waited && c->out.n > 0)
		watch(f, id, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

void
wsclient_flush(struct wsclient *f)
{
	size_t n = f->out_len;

	f->out_len = 0;
	if (n > 0 && f->client[f->owner].fd != -1)
		write_out(f, f->owner, f->out, n);
}

/* Puts a frame into the output buffer. */
static void
add_frame(struct wsclient *f, unsigned id, int op, const char *p, size_t n)
{
	char *o;

	if (f->owner != id || f->out_len + HEAD_MAX + n > sizeof(f->out))
		wsclient_flush(f);
	f->owner = id;
	o = f->out + f->out_len;
	*o++ = (char)op;
	*o++ = (char)(0x80 | (n < 126 ? n : 126));
	if (n >= 126) {
		*o++ = (char)(n >> 8);
		*o++ = (char)n;
	}
	memset(o, 0, 4);
	memcpy(o + 4, p, n);
	f->out_len = (size_t)(o + 4 - f->out) + n;
}

void
wsclient_send(struct wsclient *f, unsigned id, const char *text, size_t len)
{
	if (len > WSCLIENT_TEXT_MAX)
		fail(FAIL_USAGE, "a packet of %zu bytes is too long", len);
	add_frame(f, id, WS_TEXT, text, len);
}

void
wsclient_close(struct wsclient *f, unsigned id)
{
	char text[sizeof(f->prefix) + 2];
	int n = snprintf(text, sizeof(text), "41%s", f->prefix);

	add_frame(f, id, WS_TEXT, text, (size_t)n);
	add_frame(f, id, WS_CLOSE, "\x03\xe8", 2);
	f->client[id].state = ST_CLOSING;
}

/* The connection ended: expected only after wsclient_close. */
static void
ended(struct wsclient *f, unsigned id)
{
	if (f->client[id].state != ST_CLOSING || f->ev->closed == NULL)
		fail(FAIL_ANSWER, "the server closed connection %u", id);
	client_reset(&f->client[id]);
	wsclient_touch(f);
	f->ev->closed(f->ctx, id);
}

/* How much of n bytes a message shows. */
static int
shown(size_t n)
{
	return n < 200 ? (int)n : 200;
}

/* True when the text begins with a type and the namespace. */
static bool
starts(const struct wsclient *f, char type, const char *p, size_t n)
{
	size_t len = strlen(f->prefix);

	return n > len && p[0] == type && memcmp(p + 1, f->prefix, len) == 0;
}

/* A Socket.IO packet. */
static void
on_message(struct wsclient *f, unsigned id, const char *p, size_t n)
{
	struct client *c = &f->client[id];

	if (c->state == ST_CLOSING)
		return;
	if (c->state == ST_JOINING && starts(f, '0', p, n)) {
		c->state = ST_READY;
		f->ready++;
		wsclient_touch(f);
		if (f->ev->ready != NULL)
			f->ev->ready(f->ctx, id);
		return;
	}
	if (c->state != ST_READY || f->ev->packet == NULL)
		fail(FAIL_ANSWER, "unexpected packet: 4%.*s", shown(n), p);
	f->ev->packet(f->ctx, id, p, n);
}

/* The Engine.IO open packet: asks for the namespace. */
static void
on_opened(struct wsclient *f, unsigned id, const char *p, size_t n)
{
	char text[sizeof(f->prefix) + 2];

	if (f->client[id].state != ST_OPENING ||
	    memmem(p, n, "\"sid\"", 5) == NULL)
		fail(FAIL_ANSWER, "unexpected open packet: %.*s", shown(n), p);
	f->client[id].state = ST_JOINING;
	wsclient_send(f, id, text,
	    (size_t)snprintf(text, sizeof(text), "40%s", f->prefix));
}

/* An Engine.IO packet. */
static void
on_text(struct wsclient *f, unsigned id, const char *p, size_t n)
{
	switch (n > 0 ? p[0] : '\0') {
	case '0':
		on_opened(f, id, p, n);
		break;
	case '2':
		if (f->client[id].state != ST_CLOSING)
			wsclient_send(f, id, "3", 1);
		break;
	case '4':
		on_message(f, id, p + 1, n - 1);
		break;
	case '6':
		break;
	default:
		fail(FAIL_ANSWER, "unexpected packet: %.*s", shown(n), p);
	}
}

/* One frame. */
static void
on_frame(struct wsclient *f, unsigned id, unsigned op, const char *p, size_t n)
{
	switch (op) {
	case WS_TEXT:
		on_text(f, id, p, n);
		break;
	case WS_PING:
		if (f->client[id].state != ST_CLOSING)
			add_frame(f, id, WS_PONG, p, n);
		break;
	case WS_PONG:
		break;
	case WS_CLOSE:
		ended(f, id);
		break;
	default:
		fail(FAIL_ANSWER, "unexpected frame, first byte %#x", op);
	}
}

/* Reads a frame's head at p. Returns its length, or 0 when it isn't complete;
 * *n_r is the payload's length. */
static size_t
frame_head(const unsigned char *p, size_t have, size_t *n_r)
{
	unsigned len;

	if (have < 2)
		return 0;
	len = p[1];
	if (len == 127 || len > 127)
		fail(FAIL_ANSWER, "a frame is masked or too long");
	*n_r = len;
	if (len < 126)
		return 2;
	if (have < 4)
		return 0;
	*n_r = (size_t)p[2] << 8 | p[3];
	return 4;
}

/* Handles complete frames. Returns how many bytes they took. */
static size_t
on_frames(struct wsclient *f, unsigned id, const char *p, size_t n)
{
	size_t at = 0, head, len;

	while (f->client[id].state >= ST_OPENING &&
	       (head = frame_head(
		    (const unsigned char *)p + at, n - at, &len)) > 0 &&
	       n - at - head >= len) {
		on_frame(f, id, (unsigned char)p[at], p + at + head, len);
		at += head + len;
	}
	return at;
}

/* The answer to the upgrade. Returns its length, or 0 when more must come. p
 * has room for a NUL behind its n bytes. */
static size_t
on_upgrade(struct wsclient *f, unsigned id, char *p, size_t n)
{
	char *end = memmem(p, n, "\r\n\r\n", 4);

	if (end == NULL)
		return 0;
	*end = '\0';
	if (strncmp(p, "HTTP/1.1 101 ", 13) != 0 ||
	    strcasestr(p, "\r\nsec-websocket-accept: " WS_ACCEPT) == NULL)
		fail(FAIL_ANSWER, "the server did not upgrade: %s", p);
	f->client[id].state = ST_OPENING;
	return (size_t)(end + 4 - p);
}

/* Handles the n bytes in the input buffer. */
static void
consume(struct wsclient *f, unsigned id, size_t n)
{
	struct client *c = &f->client[id];
	size_t at = 0;

	if (c->state == ST_UPGRADING)
		at = on_upgrade(f, id, f->in, n);
	if (c->state >= ST_OPENING)
		at += on_frames(f, id, f->in + at, n - at);
	/* after its end, it may be connecting again */
	if (c->state >= ST_UPGRADING)
		kept_add(&c->in, f->in + at, n - at);
}

/* There is input. */
static void
on_readable(struct wsclient *f, unsigned id)
{
	struct client *c = &f->client[id];
	size_t have = c->in.n;
	ssize_t n;

	if (have > 0) {
		if (have >= IN_CAP / 2)
			fail(FAIL_ANSWER, "the server's answer has no end");
		memcpy(f->in, c->in.p, have);
		kept_release(&c->in);
	}
	n = recv(c->fd, f->in + have, IN_CAP - have, 0);
	f->now = meter_now();
	if (n > 0)
		consume(f, id, have + (size_t)n);
	else if (n == -1 && (errno == EAGAIN || errno == EINTR))
		kept_add(&c->in, f->in, have);
	else
		ended(f, id);
	wsclient_flush(f);
}

/* The connection stands, or not. */
static void
on_connected(struct wsclient *f, unsigned id)
{
	struct client *c = &f->client[id];
	int err = 0;
	socklen_t len = sizeof(err);

	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err != 0)
		fail(FAIL_LOCAL, "connect: %s", strerror(err));
	c->state = ST_UPGRADING;
	watch(f, id, EPOLL_CTL_MOD, EPOLLIN);
	write_out(f, id, f->request, f->request_len);
}

/* The server takes more. */
static void
on_writable(struct wsclient *f, unsigned id)
{
	struct client *c = &f->client[id];

	if (c->out.n > 0)
		kept_drop(&c->out, push(c, c->out.p, c->out.n));
	if (c->out.n == 0)
		watch(f, id, EPOLL_CTL_MOD, EPOLLIN);
}

/* Handles one event of the loop. */
static void
on_event(struct wsclient *f, const struct epoll_event *ev)
{
	unsigned id = ev->data.u32;

	if (f->client[id].state == ST_CONNECTING) {
		on_connected(f, id);
		return;
	}
	if (ev->events & EPOLLOUT)
		on_writable(f, id);
	if (ev->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		on_readable(f, id);
}

size_t
wsclient_turn(struct wsclient *f, int timeout_ms)
{
	struct epoll_event ev[BATCH];
	int n = epoll_wait(f->epfd, ev, BATCH, timeout_ms);

	if (n == -1 && errno != EINTR)
		fail(FAIL_LOCAL, "epoll_wait: %s", strerror(errno));
	for (int i = 0; i < n; i++)
		on_event(f, &ev[i]);
	f->now = meter_now();
	if (f->now - f->progress > f->set.silence * (uint64_t)1000000000)
		fail(FAIL_SILENT, "no answer for %u s", f->set.silence);
	return n > 0 ? (size_t)n : 0;
}

void
wsclient_touch(struct wsclient *f)
{
	f->progress = f->now;
}

uint64_t
wsclient_now(const struct wsclient *f)
{
	return f->now;
}

const char *
wsclient_prefix(const struct wsclient *f)
{
	return f->prefix;
}
