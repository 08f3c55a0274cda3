/*
 * test_handler_fcgi: the C handler library over FastCGI.
 *
 * A worker is started on a listening socket of its own and is asked on one
 * connection that stays open, as the gateway does it.
 */

/* system */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* the library */
#include <siogate/handler.h>

#define HEAD "Content-type: application/x-ndjson\r\n\r\n"
#define BAD "Status: 400 Bad Request\r\n\r\n"
#define X "{\"type\":\"event\",\"event\":\"x\"}"

/* Appends a FastCGI record of request 1. */
static size_t
record(unsigned char *p, int type, const char *body, size_t n)
{
	const unsigned char head[8] = { 1, (unsigned char)type, 0, 1,
		(unsigned char)(n >> 8), (unsigned char)n, 0, 0 };

	memcpy(p, head, 8);
	if (n)
		memcpy(p + 8, body, n);
	return n + 8;
}

/* Reads exactly n bytes. */
static void
read_all(int fd, void *p, size_t n)
{
	size_t done = 0;
	ssize_t got;

	while (done < n) {
		got = read(fd, (char *)p + done, n - done);
		assert_true(got > 0);
		done += (size_t)got;
	}
}

/* Reads one answer to its end; the text of its STDOUT. */
static void
read_answer(int fd, char *out, size_t size)
{
	unsigned char head[8], body[65536 + 256];
	size_t len = 0, n;

	do {
		read_all(fd, head, sizeof(head));
		n = (size_t)head[4] << 8 | head[5];
		read_all(fd, body, n + head[6]);
		if (head[1] != 6)
			continue;
		assert_true(len + n < size);
		memcpy(out + len, body, n);
		len += n;
	} while (head[1] != 3);
	out[len] = '\0';
}

/* Sends a request on a connection that stays open, and reads the answer. */
static void
ask(int fd, const char *body, char *out, size_t size)
{
	unsigned char bytes[1024];
	static const char begin[8] = { 0, 1, 1 };
	static const char param[] = "\x0b\x09REMOTE_ADDR192.0.2.7";
	size_t n = record(bytes, 1, begin, sizeof(begin));

	n += record(bytes + n, 4, param, sizeof(param) - 1);
	n += record(bytes + n, 4, NULL, 0);
	n += record(bytes + n, 5, body, strlen(body));
	n += record(bytes + n, 5, NULL, 0);
	assert_int_equal(write(fd, bytes, n), n);
	read_answer(fd, out, size);
}

/* Answers with the client's address. */
static int
on_where(struct siogate_request *req, void *user)
{
	(void)user;
	siogate_flush(req);
	return siogate_emit_str(req, "from", siogate_remote_addr(req), NULL);
}

/* The worker of test_fcgi: serves on a listening socket, then exits. */
static void
run_worker(int listening)
{
	struct siogate *app = siogate_new();
	int rc;

	dup2(listening, STDIN_FILENO);
	close(listening);
	siogate_on_event(app, NULL, "x", on_where, NULL);
	rc = siogate_run(app);
	siogate_free(&app);
	_exit(rc ? 1 : 42);
}

/* A worker serves several requests on one connection, and SIGTERM ends it in
 * good order. */
static void
test_fcgi(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t addr_len = sizeof(sa_family_t);
	int listening = socket(AF_UNIX, SOCK_STREAM, 0), fd, status, i;
	char out[1024];
	pid_t pid;

	(void)state;
	/* an abstract name that the kernel picks */
	assert_int_equal(
	    bind(listening, (struct sockaddr *)&addr, addr_len), 0);
	assert_int_equal(listen(listening, 5), 0);
	addr_len = sizeof(addr);
	getsockname(listening, (struct sockaddr *)&addr, &addr_len);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		run_worker(listening);
	close(listening);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, addr_len), 0);
	for (i = 0; i < 3; i++) {
		ask(fd, X "\n", out, sizeof(out));
		assert_string_equal(
		    out, HEAD "{\"emit\":\"from\",\"args\":[\"192.0.2.7\"]}\n");
		ask(fd, "{", out, sizeof(out));
		assert_string_equal(out, BAD);
	}
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
	close(fd);
}

/* Runs all tests. */
int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fcgi),
	};

	return cmocka_run_group_tests_name("handler_fcgi", tests, NULL, NULL);
}
