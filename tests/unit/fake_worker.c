/*
 * fake_worker: a FastCGI worker inside the test, driven step by step.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* base */
#include "buf.h"

/* own */
#include "fake_worker.h"

/* Record types, by their numbers in the specification. */
enum { BEGIN = 1, ABORT = 2, END = 3, PARAMS = 4, STDIN = 5 };

/* Listens on a unix socket. */
static void
listen_unix(struct fake_worker *f)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/s", f->dir);
	snprintf(f->address, sizeof(f->address), "unix:%s", sun.sun_path);
	f->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    bind(f->listen_fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
}

/* Listens on a TCP port that the system picks. */
static void
listen_tcp(struct fake_worker *f)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	f->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    bind(f->listen_fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(
	    getsockname(f->listen_fd, (struct sockaddr *)&sin, &len), 0);
	snprintf(f->address, sizeof(f->address), "tcp:127.0.0.1:%u",
	    ntohs(sin.sin_port));
}

void
fake_worker_init(struct fake_worker *f, bool tcp, int backlog)
{
	const char *tmp = getenv("TMPDIR");

	memset(f, 0, sizeof(*f));
	f->fd = -1;
	snprintf(f->dir, sizeof(f->dir), "%s/fakeXXXXXX",
	    tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	if (tcp)
		listen_tcp(f);
	else
		listen_unix(f);
	assert_int_equal(listen(f->listen_fd, backlog), 0);
	fcntl(f->listen_fd, F_SETFL, O_NONBLOCK);
}

void
fake_worker_deafen(struct fake_worker *f)
{
	if (f->listen_fd != -1)
		close(f->listen_fd);
	f->listen_fd = -1;
}

void
fake_worker_release(struct fake_worker *f)
{
	fake_worker_close(f);
	fake_worker_deafen(f);
	fake_worker_clear(f);
	buf_release(&f->in);
	buf_release(&f->params);
	buf_release(&f->body);
	if (strncmp(f->address, "unix:", 5) == 0)
		unlink(f->address + 5);
	rmdir(f->dir);
}

void
fake_worker_accept(struct fake_worker *f)
{
	if (f->fd != -1 || f->listen_fd == -1)
		return;
	f->fd = accept4(f->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (f->fd != -1)
		f->accepted++;
}

/* Takes one record. */
static void
take_record(
    struct fake_worker *f, uint8_t type, const unsigned char *p, size_t n)
{
	switch (type) {
	case BEGIN:
		f->begins++;
		f->bad = f->bad || n != 8;
		f->role = p[1];
		f->flags = p[2];
		break;
	case ABORT:
		f->aborts++;
		break;
	case PARAMS:
		f->bad = f->bad || f->params_end;
		f->params_end = n == 0;
		f->param_records++;
		buf_add(&f->params, p, n);
		break;
	case STDIN:
		f->bad = f->bad || f->stdin_end || !f->params_end;
		f->stdin_end = n == 0;
		f->stdin_records++;
		buf_add(&f->body, p, n);
		break;
	default:
		f->bad = true;
	}
}

/* Takes apart what was read. */
static void
take_all(struct fake_worker *f)
{
	while (f->in.len >= 8) {
		const unsigned char *p = (const unsigned char *)f->in.data;
		size_t n = (size_t)p[4] << 8 | p[5];

		if (f->in.len < 8 + n + p[6])
			return;
		f->bad = f->bad || p[0] != 1 || p[2] != 0 || p[3] != 1;
		take_record(f, p[1], p + 8, n);
		buf_drop(&f->in, 8 + n + p[6]);
	}
}

void
fake_worker_read(struct fake_worker *f, size_t n)
{
	ssize_t got;

	if (f->fd == -1)
		return;
	got = recv(f->fd, buf_reserve(&f->in, n), n, MSG_DONTWAIT);
	if (got > 0)
		f->in.len += (size_t)got;
	take_all(f);
}

void
fake_worker_clear(struct fake_worker *f)
{
	buf_clear(&f->in);
	buf_clear(&f->params);
	buf_clear(&f->body);
	f->begins = f->aborts = f->param_records = f->stdin_records = 0;
	f->params_end = f->stdin_end = f->bad = false;
}

bool
fake_worker_has_request(const struct fake_worker *f)
{
	return f->begins == 1 && f->params_end && f->stdin_end;
}

void
fake_worker_send(struct fake_worker *f, const void *p, size_t n)
{
	assert_int_equal(send(f->fd, p, n, MSG_NOSIGNAL), n);
}

void
fake_worker_close(struct fake_worker *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
}

void
fake_worker_add(struct buf *out, uint8_t type, uint16_t id, const void *p,
    size_t n, uint8_t padding)
{
	unsigned char head[8] = { 1, type, (unsigned char)(id >> 8),
		(unsigned char)id, (unsigned char)(n >> 8), (unsigned char)n,
		padding };
	char zeros[255] = { 0 };

	buf_add(out, head, sizeof(head));
	buf_add(out, p, n);
	buf_add(out, zeros, padding);
}

void
fake_worker_add_end(
    struct buf *out, uint32_t app_status, uint8_t protocol_status)
{
	unsigned char body[8] = { (unsigned char)(app_status >> 24),
		(unsigned char)(app_status >> 16),
		(unsigned char)(app_status >> 8), (unsigned char)app_status,
		protocol_status };

	fake_worker_add(out, END, 1, body, sizeof(body), 0);
}
