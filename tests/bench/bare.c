/*
 * bare: the least that satisfies the load generator.
 *
 * An epoll loop that answers the WebSocket handshake, the Engine.IO open and
 * the namespace with fixed texts, `echo` with its arguments and `shout` with a
 * copy to everybody. It parses no JSON, sends no pings, keeps nothing for a
 * client but a few bytes, and drops a client that sends what it doesn't know or
 * does not read. What it costs is mostly what the kernel charges: the mark that
 * no server passes. Prints {"port":N} when it listens; ends on SIGTERM.
 */

/* system */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* nettle */
#include <nettle/base64.h>
#include <nettle/sha1.h>

enum { IN_CAP = 64 * 1024, OUT_CAP = 128 * 1024, CLIENTS = 20000 };
enum { OP_TEXT = 0x81, OP_CLOSE = 0x88 };

/* A connection: is it upgraded, and the first part of a cut frame. */
struct client {
	bool open;
	size_t n;
	char *kept;
};

struct bare {
	int epfd, lfd;
	struct client client[CLIENTS]; /* by descriptor */
	size_t out_len;
	unsigned char in[IN_CAP + 1], out[OUT_CAP];
};

/* Closes a client. */
static void
drop(struct bare *b, int fd)
{
	close(fd);
	free(b->client[fd].kept);
	b->client[fd] = (struct client){ 0 };
}

/* Adds a frame to the output. False when there is no room. */
static bool
frame(struct bare *b, int op, const char *head, const void *p, size_t n)
{
	size_t h = strlen(head), len = h + n;
	unsigned char *o = b->out + b->out_len;

	if (b->out_len + 4 + len > OUT_CAP || len > 65535)
		return false;
	*o++ = (unsigned char)op;
	*o++ = (unsigned char)(len < 126 ? len : 126);
	if (len >= 126) {
		*o++ = (unsigned char)(len >> 8);
		*o++ = (unsigned char)len;
	}
	memcpy(o, head, h);
	memcpy(o + h, p, n);
	b->out_len = (size_t)(o - b->out) + len;
	return true;
}

/* Writes the output to one client. False when it doesn't take all. */
static bool
flush(struct bare *b, int fd)
{
	size_t n = b->out_len;

	b->out_len = 0;
	return n == 0 || send(fd, b->out, n, MSG_NOSIGNAL) == (ssize_t)n;
}

/* Sends everybody the packet; what waits for fd goes out ahead. */
static bool
shout(struct bare *b, int fd, const char *p, size_t n)
{
	size_t len;

	if (!flush(b, fd) || !frame(b, OP_TEXT, "", p, n))
		return false;
	len = b->out_len;
	for (int i = 0; i < CLIENTS; i++) {
		b->out_len = len;
		if (b->client[i].open && !flush(b, i) && i != fd)
			shutdown(i, SHUT_RDWR);
	}
	b->out_len = 0;
	return true;
}

/* A Socket.IO packet with its Engine.IO type. False drops the client. */
static bool
packet(struct bare *b, int fd, char *p, size_t n)
{
	char *args = memchr(p, '[', n), *comma = memchr(p, ',', n);
	char head[32];

	if (n == 2 && memcmp(p, "40", 2) == 0)
		return frame(b, OP_TEXT, "40{\"sid\":\"bare\"}", "", 0);
	if (n < 3 || memcmp(p, "42", 2) != 0 || args == NULL || comma == NULL)
		return (n == 2 && memcmp(p, "41", 2) == 0) || p[0] == '3';
	if (args == p + 2)
		return shout(b, fd, p, n);
	if (comma < args || args - p > (int)sizeof(head) - 2)
		return false;
	snprintf(head, sizeof(head), "43%.*s[", (int)(args - p - 2), p + 2);
	return frame(b, OP_TEXT, head, comma + 1, (size_t)(p + n - comma - 1));
}

/* Answers the handshake. Returns its length, or 0 to drop the client. */
static size_t
upgrade(struct bare *b, int fd, size_t n)
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	static const char open[] =
	    "0{\"sid\":\"bare\",\"upgrades\":[],\"pingInterval\":25000,"
	    "\"pingTimeout\":20000,\"maxPayload\":1000000}";
	char *end = memmem(b->in, n, "\r\n\r\n", 4), *key;
	uint8_t sum[SHA1_DIGEST_SIZE];
	char accept[BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE) + 1] = "";
	struct sha1_ctx sha;

	b->in[n] = '\0';
	key = strcasestr((char *)b->in, "\r\nsec-websocket-key: ");
	if (end == NULL || key == NULL || key > end)
		return 0;
	key += 21;
	sha1_init(&sha);
	sha1_update(&sha, strcspn(key, "\r"), (uint8_t *)key);
	sha1_update(&sha, sizeof(guid) - 1, (const uint8_t *)guid);
	sha1_digest(&sha, sizeof(sum), sum);
	base64_encode_raw(accept, sizeof(sum), sum);
	b->out_len = (size_t)sprintf((char *)b->out,
	    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
	    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
	    accept);
	b->client[fd].open = true;
	frame(b, OP_TEXT, "", open, sizeof(open) - 1);
	return (size_t)(end + 4 - (char *)b->in);
}

/* One masked frame at p. Returns its length, 0 when it isn't complete, or -1 to
 * drop the client. */
static ssize_t
one_frame(struct bare *b, int fd, unsigned char *p, size_t n)
{
	size_t head = 6, len;

	if (n < 2)
		return 0;
	len = p[1] & 127;
	if ((p[1] & 128) == 0 || len == 127)
		return -1;
	if (len == 126) {
		if (n < 4)
			return 0;
		len = (size_t)p[2] << 8 | p[3];
		head = 8;
	}
	if (n < head + len)
		return 0;
	for (size_t i = 0; i < len; i++)
		p[head + i] ^= p[head - 4 + i % 4];
	if (p[0] == OP_CLOSE) {
		frame(b, OP_CLOSE, "", p + head, len);
		flush(b, fd);
		return -1;
	}
	if (p[0] != OP_TEXT || len == 0 ||
	    !packet(b, fd, (char *)p + head, len))
		return -1;
	return (ssize_t)(head + len);
}

/* Reads from a client. False drops it. */
static bool
readable(struct bare *b, int fd)
{
	struct client *c = &b->client[fd];
	size_t have = c->n, at = 0;
	ssize_t n, used = 0;

	memcpy(b->in, c->kept ? c->kept : "", have);
	free(c->kept);
	c->kept = NULL;
	n = recv(fd, b->in + have, IN_CAP - have, 0);
	if (n <= 0)
		return false;
	n += (ssize_t)have;
	if (!c->open && (at = upgrade(b, fd, (size_t)n)) == 0)
		return false;
	while (at < (size_t)n &&
	       (used = one_frame(b, fd, b->in + at, (size_t)n - at)) > 0)
		at += (size_t)used;
	c->n = (size_t)n - at;
	if (used < 0 || c->n >= IN_CAP || !flush(b, fd))
		return false;
	if (c->n == 0)
		return true;
	c->kept = malloc(c->n);
	return c->kept != NULL && memcpy(c->kept, b->in + at, c->n) != NULL;
}

/* Accepts who is there. */
static void
welcome(struct bare *b)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int fd, one = 1;

	while ((fd = accept4(
		    b->lfd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
		ev.data.fd = fd;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (fd >= CLIENTS ||
		    epoll_ctl(b->epfd, EPOLL_CTL_ADD, fd, &ev) == -1)
			close(fd);
	}
}

/* Listens and serves. */
int
main(void)
{
	struct bare *b = calloc(1, sizeof(*b));
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	struct epoll_event ev[512] = { { .events = EPOLLIN } };

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (b == NULL || (b->epfd = epoll_create1(0)) == -1 ||
	    (b->lfd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) == -1 ||
	    bind(b->lfd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(b->lfd, 4096) == -1 ||
	    getsockname(b->lfd, (struct sockaddr *)&sin, &len) == -1) {
		perror("bare");
		return 1;
	}
	ev[0].data.fd = b->lfd;
	epoll_ctl(b->epfd, EPOLL_CTL_ADD, b->lfd, &ev[0]);
	printf("{\"port\":%u}\n", (unsigned)ntohs(sin.sin_port));
	fflush(stdout);
	for (;;) {
		int n = epoll_wait(b->epfd, ev, 512, -1);

		for (int i = 0; i < n; i++)
			if (ev[i].data.fd == b->lfd)
				welcome(b);
			else if (!readable(b, ev[i].data.fd))
				drop(b, ev[i].data.fd);
	}
}
