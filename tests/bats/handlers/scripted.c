/*
 * scripted: a worker that breaks the protocol, each event in its own way.
 *
 * It speaks FastCGI by hand. The name of an event says what its answer is to
 * look like (see the table); everything else is answered with nothing, which is
 * a good answer. With the argument "overloaded" it turns down every request.
 */

/* system */
#include <sys/socket.h>

#include <errno.h>
#include <fastcgi.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* base */
#include "buf.h"

/* One request. */
struct call {
	int fd;
	unsigned id;
	struct buf params, body;
	int over; /* the connection is of no more use */
};

/* Writes all; a peer that is gone is no concern of ours. */
static void
put(struct call *c, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		ssize_t w = send(c->fd, p, n, MSG_NOSIGNAL);

		if (w == -1 && errno == EINTR)
			continue;
		if (w <= 0) {
			c->over = 1;
			return;
		}
		p += w;
		n -= (size_t)w;
	}
}

/* Writes a record of any kind. */
static void
put_record(struct call *c, unsigned version, unsigned type, unsigned id,
    const void *data, size_t n, unsigned padding)
{
	unsigned char head[8] = { (unsigned char)version, (unsigned char)type,
		(unsigned char)(id >> 8), (unsigned char)id,
		(unsigned char)(n >> 8), (unsigned char)n,
		(unsigned char)padding, 0 };
	char zero[255] = { 0 };

	put(c, head, sizeof(head));
	put(c, data, n);
	put(c, zero, padding);
}

/* Writes to standard output. */
static void
put_out(struct call *c, const char *text)
{
	put_record(c, 1, FCGI_STDOUT, c->id, text, strlen(text), 0);
}

/* Writes the end of the request. */
static void
put_end(struct call *c, unsigned app_status, unsigned protocol_status)
{
	unsigned char end[8] = { 0, 0, 0, (unsigned char)app_status,
		(unsigned char)protocol_status, 0, 0, 0 };

	put_record(c, 1, FCGI_END_REQUEST, c->id, end, sizeof(end), 0);
}

#define HEAD "Content-Type: text/plain\r\n\r\n"
#define LINE "{\"emit\":\"line\",\"args\":[1]}\n"

/*
 * The ways.
 */

static void
do_garbage(struct call *c)
{
	static const char text[] = "HTTP/1.1 200 OK\r\n\r\nthis is not FastCGI";

	put(c, text, sizeof(text) - 1);
}

/* END, and nothing before it: an answer of no bytes. */
static void
do_empty(struct call *c)
{
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

/* Headers that have no end. */
static void
do_no_blank_line(struct call *c)
{
	put_out(c, "Content-Type: text/plain\r\n");
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

/* No headers at all. */
static void
do_no_headers(struct call *c)
{
	put_out(c, LINE);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

/* A last line without its newline. */
static void
do_open_line(struct call *c)
{
	put_out(c, HEAD LINE "{\"emit\":\"last\"}");
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

/* A whole line, half a line, and the end of the connection. */
static void
do_half_line(struct call *c)
{
	put_out(c, HEAD LINE "{\"emit\":\"never\"}");
	c->over = 1;
}

static void
do_wrong_version(struct call *c)
{
	put_record(c, 2, FCGI_STDOUT, c->id, HEAD LINE, strlen(HEAD LINE), 0);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

static void
do_wrong_id(struct call *c)
{
	put_record(
	    c, 1, FCGI_STDOUT, c->id + 7, HEAD LINE, strlen(HEAD LINE), 0);
	put_out(c, HEAD "{\"emit\":\"last\"}\n");
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

static void
do_unknown_type(struct call *c)
{
	put_record(c, 1, 99, c->id, "what", 4, 3);
	put_out(c, HEAD LINE);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

/* A line that goes on and on. */
static void
do_flood_line(struct call *c)
{
	static char text[60000];
	int i;

	memset(text, 'x', sizeof(text));
	put_out(c, HEAD LINE);
	for (i = 0; i < 200 && !c->over; i++)
		put_record(c, 1, FCGI_STDOUT, c->id, text, sizeof(text), 0);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

/* Headers that go on and on. */
static void
do_flood_headers(struct call *c)
{
	static char text[60000];
	int i;

	memset(text, 'x', sizeof(text));
	put_out(c, "X-Text: ");
	for (i = 0; i < 20 && !c->over; i++)
		put_record(c, 1, FCGI_STDOUT, c->id, text, sizeof(text), 0);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

/* 2,000 lines, some of them cut by the bounds of records. */
static void
do_flood_lines(struct call *c)
{
	struct buf out = BUF_INIT;
	size_t at, step;
	int i;

	buf_adds(&out, HEAD);
	for (i = 0; i < 2000; i++)
		buf_addf(&out, "{\"emit\":\"n\",\"args\":[%d]}\n", i);
	for (at = 0, step = 1; at < out.len;
	     at += step, step = step * 3 % 997) {
		if (step > out.len - at)
			step = out.len - at;
		put_record(
		    c, 1, FCGI_STDOUT, c->id, out.data + at, step, step % 8);
	}
	put_record(c, 1, FCGI_STDOUT, c->id, "", 0, 0);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
	buf_release(&out);
}

/* One byte in each record, with padding. */
static void
do_bytes(struct call *c)
{
	const char *p;

	for (p = HEAD LINE; *p; p++)
		put_record(c, 1, FCGI_STDOUT, c->id, p, 1, 7);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

/* Never answers. */
static void
do_silent(struct call *c)
{
	(void)c;
	for (;;)
		pause();
}

/* A line, and then never the end. */
static void
do_stall(struct call *c)
{
	put_out(c, HEAD LINE);
	do_silent(c);
}

/* Ends while it answers. */
static void
do_exit(struct call *c)
{
	put_out(c, HEAD LINE);
	_exit(3);
}

static void
do_crash(struct call *c)
{
	(void)c;
	signal(SIGABRT, SIG_DFL);
	abort();
}

/* Closes the connection without a word. */
static void
do_close(struct call *c)
{
	c->over = 1;
}

static void
do_stderr(struct call *c)
{
	static const char text[] = "something is odd\nand more\n";

	put_record(c, 1, FCGI_STDERR, c->id, text, sizeof(text) - 1, 0);
	put_out(c, HEAD LINE);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

static void
do_status(struct call *c)
{
	put_out(c, "Status: 500 Oh no\r\nContent-Type: text/plain\r\n\r\n"
		   "a stack trace\n" LINE);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

/* An application status other than 0. */
static void
do_app_status(struct call *c)
{
	put_out(c, HEAD LINE);
	put_end(c, 9, FCGI_REQUEST_COMPLETE);
}

static void
do_overloaded(struct call *c)
{
	put_end(c, 0, FCGI_OVERLOADED);
}

/* Turns the first attempt down, and takes the second. */
static void
do_overloaded_once(struct call *c)
{
	if (memmem(c->params.data, c->params.len, "SOCKETIO_ATTEMPT1", 17))
		put_end(c, 0, FCGI_OVERLOADED);
	else
		put_out(c, HEAD LINE), put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

static void
do_bad_role(struct call *c)
{
	put_end(c, 0, FCGI_UNKNOWN_ROLE);
}

/* Goes on after the end. */
static void
do_more_after_end(struct call *c)
{
	put_out(c, HEAD LINE);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
	put_out(c, "{\"emit\":\"late\"}\n");
}

/* Lines that are none, among lines that are. */
static void
do_bad_lines(struct call *c)
{
	put_out(c, HEAD "nonsense\n"
			"[1]\n"
			"{}\n"
			"{\"fly\":true}\n"
			"{\"emit\":1}\n"
			"{\"emit\":\"a\",\"join\":\"b\"}\n"
			"{\"emit\":\"x\",\"args\":[\xff]}\n"
			"{\"emit\":\"bad\xc3\x28\"}\n"
			"{\"emit\":\"connect\"}\n"
			"\r\n"
			"\n"
			"{\"emit\":\"line\",\"args\":[1]}\r\n");
	put_record(c, 1, FCGI_STDOUT, c->id, "{\"emit\":\"n\0l\"}\n", 15, 0);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

/* Takes the request and dies, but not at the second attempt. */
static void
do_die_once(struct call *c)
{
	if (memmem(c->params.data, c->params.len, "SOCKETIO_ATTEMPT1", 17))
		_exit(0);
	put_out(c, HEAD LINE);
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

static const struct way {
	const char *name;
	void (*fn)(struct call *c);
} ways[] = {
	{ "garbage", do_garbage },
	{ "empty", do_empty },
	{ "no_blank_line", do_no_blank_line },
	{ "no_headers", do_no_headers },
	{ "open_line", do_open_line },
	{ "half_line", do_half_line },
	{ "wrong_version", do_wrong_version },
	{ "wrong_id", do_wrong_id },
	{ "unknown_type", do_unknown_type },
	{ "flood_line", do_flood_line },
	{ "flood_headers", do_flood_headers },
	{ "flood_lines", do_flood_lines },
	{ "bytes", do_bytes },
	{ "silent", do_silent },
	{ "stall", do_stall },
	{ "exit", do_exit },
	{ "crash", do_crash },
	{ "close", do_close },
	{ "stderr", do_stderr },
	{ "status", do_status },
	{ "app_status", do_app_status },
	{ "overloaded", do_overloaded },
	{ "overloaded_once", do_overloaded_once },
	{ "bad_role", do_bad_role },
	{ "more_after_end", do_more_after_end },
	{ "bad_lines", do_bad_lines },
	{ "die_once", do_die_once },
};

/* Reads n bytes; -1 when they do not come. */
static int
get(int fd, void *data, size_t n)
{
	char *p = data;

	while (n) {
		ssize_t r = recv(fd, p, n, 0);

		if (r == -1 && errno == EINTR)
			continue;
		if (r <= 0)
			return -1;
		p += r;
		n -= (size_t)r;
	}
	return 0;
}

/* Reads one request whole. 0; -1 at the end of the connection. */
static int
get_request(struct call *c)
{
	unsigned char head[8];
	char data[65536 + 256];

	buf_clear(&c->params);
	buf_clear(&c->body);
	while (get(c->fd, head, sizeof(head)) == 0) {
		size_t n = (size_t)head[4] << 8 | head[5];

		if (get(c->fd, data, n + head[6]) == -1)
			return -1;
		c->id = (unsigned)head[2] << 8 | head[3];
		if (head[1] == FCGI_PARAMS)
			buf_add(&c->params, data, n);
		else if (head[1] == FCGI_STDIN && n)
			buf_add(&c->body, data, n);
		else if (head[1] == FCGI_STDIN)
			return 0;
	}
	return -1;
}

/* The answer to one request. */
static void
answer(struct call *c)
{
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct buf key = BUF_INIT;
		int found;

		buf_addf(&key, "\"event\":\"%s\"", ways[i].name);
		found = memmem(c->body.data, c->body.len, key.data, key.len) !=
			NULL;
		buf_release(&key);
		if (found) {
			ways[i].fn(c);
			return;
		}
	}
	put_end(c, 0, FCGI_REQUEST_COMPLETE);
}

int
main(int argc, char **argv)
{
	int overloaded = argc > 1 && strcmp(argv[1], "overloaded") == 0;
	struct call c = { 0 };

	while ((c.fd = accept(0, NULL, NULL)) != -1) {
		c.over = 0;
		while (!c.over && get_request(&c) == 0) {
			if (overloaded)
				do_overloaded(&c);
			else
				answer(&c);
		}
		close(c.fd);
	}
	return 0;
}
