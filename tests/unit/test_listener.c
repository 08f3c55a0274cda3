/*
 * Listening sockets.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* base */
#include "mem.h"

/* tested */
#include "listener.h"

enum { PATIENCE = 30000 /* ms; only ever reached by a failure */ };

struct bench {
	uv_loop_t loop;
	uv_timer_t watchdog;
	char dir[64];
	char address[96];
	struct listener *l;
	unsigned accepted;
	char host[INET6_ADDRSTRLEN];
	unsigned port; /* of the last client */
};

static void
on_accept(void *owner, int fd, const struct sockaddr *addr, socklen_t addr_len)
{
	struct bench *b = owner;

	assert_true(addr_len > 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	listener_format(addr, b->host, sizeof(b->host), &b->port);
	b->accepted++;
	close(fd);
}

static void
on_watchdog(uv_timer_t *t)
{
	(void)t;
	fail_msg("nothing has happened for too long");
}

static int
setup(void **state)
{
	struct bench *b = mem_zalloc(sizeof(*b));

	*state = b;
	strcpy(b->dir, "/tmp/test_listener.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->address, sizeof(b->address), "unix:%s/s", b->dir);
	assert_int_equal(uv_loop_init(&b->loop), 0);
	assert_int_equal(uv_timer_init(&b->loop, &b->watchdog), 0);
	uv_timer_start(&b->watchdog, on_watchdog, PATIENCE, 0);
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	listener_free(&b->l);
	assert_null(b->l);
	listener_free(&b->l);
	uv_close((uv_handle_t *)&b->watchdog, NULL);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	assert_int_equal(rmdir(b->dir), 0); /* nothing was left in it */
	free(b);
	return 0;
}

/* Opens a listener, which must be possible. */
static struct listener *
open_at(struct bench *b, const char *address)
{
	char *error = NULL;
	struct listener *l =
	    listener_new(&b->loop, address, 0620, on_accept, b, NULL, &error);

	if (l == NULL)
		fail_msg("%s", error);
	return l;
}

/* Tries to open one, which must not be possible. */
static void
refused(struct bench *b, const char *address, const char *why)
{
	char *error = NULL;
	struct listener *l =
	    listener_new(&b->loop, address, 0620, on_accept, b, NULL, &error);

	if (l)
		fail_msg("%s is open", address);
	assert_non_null(error);
	if (strncmp(error, address, strlen(address)) != 0 ||
	    strstr(error, why) == NULL)
		fail_msg("%s: %s", address, error);
	free(error);
}

/* The port at the end of a name. */
static unsigned
port_of(const char *name)
{
	return (unsigned)atoi(strrchr(name, ':') + 1);
}

/* Connects by IPv4; the port that the client has. */
static unsigned
connect_in(unsigned port, int *fd_r)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);

	*fd_r = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(*fd_r != -1);
	assert_int_equal(connect(*fd_r, (void *)&in, sizeof(in)), 0);
	assert_int_equal(getsockname(*fd_r, (void *)&in, &len), 0);
	return ntohs(in.sin_port);
}

/* Connects to a unix socket. */
static int
connect_un(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(un.sun_path, path);
	if (connect(fd, (void *)&un, sizeof(un)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Runs the loop until n connections were accepted. */
static void
wait_for(struct bench *b, unsigned n)
{
	while (b->accepted < n)
		uv_run(&b->loop, UV_RUN_ONCE);
	assert_int_equal(b->accepted, n);
}

static void
test_check(void **state)
{
	static const struct {
		const char *address;
		int rc;
	} cases[] = {
		{ "127.0.0.1:8080", 0 },
		{ "[::1]:8080", 0 },
		{ "localhost:0", 0 },
		{ "*:8080", 0 },
		{ ":8080", 0 },
		{ "8080", 0 },
		{ "0", 0 },
		{ "1.2.3.4:65535", 0 },
		{ "1.2.3.4:65536", -1 },
		{ "1.2.3.4:100000", -1 },
		{ "1.2.3.4:99999999999999999999", -1 },
		{ "1.2.3.4:-1", -1 },
		{ "1.2.3.4:+1", -1 },
		{ "1.2.3.4: 1", -1 },
		{ "1.2.3.4:80x", -1 },
		{ "1.2.3.4:", -1 },
		{ "1.2.3.4", -1 },
		{ "", -1 },
		{ ":", -1 },
		{ "::1:80", -1 },
		{ ":::80", -1 },
		{ "[::1]", -1 },
		{ "[::1:80", -1 },
		{ "[]:80", -1 },
		{ "unix:/a", 0 },
		{ "unix:a", 0 },
		{ "unix:", -1 },
	};
	char path[128] = "unix:";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (listener_check(cases[i].address) != cases[i].rc)
			fail_msg("\"%s\"", cases[i].address);
	memset(path + 5, 'p', 107);
	assert_int_equal(listener_check(path), 0);
	path[112] = 'p';
	assert_int_equal(listener_check(path), -1);
}

/* The system picks the port, and the name tells it. */
static void
test_tcp(void **state)
{
	struct bench *b = *state;
	unsigned port, client;
	char name[32];
	int fd;

	b->l = open_at(b, "127.0.0.1:0");
	port = port_of(listener_name(b->l));
	assert_true(port > 0);
	snprintf(name, sizeof(name), "127.0.0.1:%u", port);
	assert_string_equal(listener_name(b->l), name);
	client = connect_in(port, &fd);
	wait_for(b, 1);
	assert_string_equal(b->host, "127.0.0.1");
	assert_int_equal(b->port, client);
	close(fd);
	refused(b, name, "in use");
}

/* More connections than are accepted for one event. */
static void
test_storm(void **state)
{
	struct bench *b = *state;
	int fds[150], i;

	b->l = open_at(b, "127.0.0.1:0");
	for (i = 0; i < 150; i++)
		connect_in(port_of(listener_name(b->l)), &fds[i]);
	wait_for(b, 150);
	for (i = 0; i < 150; i++)
		close(fds[i]);
}

/* A name gives one of its addresses. */
static void
test_localhost(void **state)
{
	struct bench *b = *state;
	const char *name;

	b->l = open_at(b, "localhost:0");
	name = listener_name(b->l);
	assert_true(strncmp(name, "127.0.0.1:", 10) == 0 ||
		    strncmp(name, "[::1]:", 6) == 0);
	assert_true(port_of(name) > 0);
}

static void
test_refused(void **state)
{
	struct bench *b = *state;
	char path[200] = "unix:";

	refused(b, "127.0.0.1", "not an address");
	refused(b, "127.0.0.1:99999", "not an address");
	refused(b, "no host at all:80", ": ");
	memset(path + 5, 'p', 150);
	refused(b, path, "too long");
	refused(b, "unix:/nowhere/at/all", "No such file");
}

static void
test_unix(void **state)
{
	struct bench *b = *state;
	const char *path = b->address + 5;
	struct stat st;
	int fd;

	b->l = open_at(b, b->address);
	assert_string_equal(listener_name(b->l), b->address);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0620);
	fd = connect_un(path);
	assert_true(fd != -1);
	wait_for(b, 1);
	assert_string_equal(b->host, "unix:");
	assert_int_equal(b->port, 0);
	close(fd);
	listener_free(&b->l);
	assert_int_equal(lstat(path, &st), -1);
}

/* A socket that is served stays; the one who serves it does not notice. */
static void
test_unix_served(void **state)
{
	struct bench *b = *state;
	int fd;

	b->l = open_at(b, b->address);
	refused(b, b->address, "another process listens there");
	fd = connect_un(b->address + 5);
	assert_true(fd != -1);
	close(fd);
}

/* A socket that nobody serves is replaced. */
static void
test_unix_stale(void **state)
{
	struct bench *b = *state;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(un.sun_path, b->address + 5);
	assert_int_equal(bind(fd, (void *)&un, sizeof(un)), 0);
	close(fd);
	assert_int_equal(connect_un(un.sun_path), -1);
	b->l = open_at(b, b->address);
	fd = connect_un(un.sun_path);
	assert_true(fd != -1);
	wait_for(b, 1);
	close(fd);
}

/* What is no socket is never replaced. */
static void
test_unix_file(void **state)
{
	struct bench *b = *state;
	const char *path = b->address + 5;
	struct stat st;
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd != -1);
	close(fd);
	refused(b, b->address, "in use");
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("elsewhere", path), 0);
	refused(b, b->address, "in use");
	assert_int_equal(unlink(path), 0);
}

static void
test_format(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(80) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(443) };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char host[INET6_ADDRSTRLEN];
	unsigned port = 1;

	(void)state;
	inet_pton(AF_INET, "192.0.2.1", &in.sin_addr);
	listener_format((void *)&in, host, sizeof(host), &port);
	assert_string_equal(host, "192.0.2.1");
	assert_int_equal(port, 80);
	inet_pton(AF_INET6, "2001:db8::1", &in6.sin6_addr);
	listener_format((void *)&in6, host, sizeof(host), &port);
	assert_string_equal(host, "2001:db8::1");
	assert_int_equal(port, 443);
	inet_pton(AF_INET6, "::ffff:192.0.2.9", &in6.sin6_addr);
	listener_format((void *)&in6, host, sizeof(host), &port);
	assert_string_equal(host, "192.0.2.9");
	listener_format((void *)&un, host, sizeof(host), &port);
	assert_string_equal(host, "unix:");
	assert_int_equal(port, 0);
	listener_format(NULL, host, sizeof(host), &port);
	assert_string_equal(host, "unix:");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test_setup_teardown(test_tcp, setup, teardown),
		cmocka_unit_test_setup_teardown(test_storm, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_localhost, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unix, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_unix_served, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_unix_stale, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_unix_file, setup, teardown),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
