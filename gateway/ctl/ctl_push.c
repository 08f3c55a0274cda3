/*
 * ctl_push: action lines from a file or standard input, as they come.
 *
 * Each read(2) that completes lines makes one request of them, so lines that
 * trickle in are sent one by one and a file goes out in large pieces. Blank
 * lines are left out; the numbers of the others are kept, so that a failure
 * names the line of the input.
 *
 * DIAGNOSTICS
 *	A line that fails is told and the rest goes on. A request that is
 *	refused as a whole ends the command, unless only its content was wrong
 *	(400, 413); so does a gateway that does not answer.
 */

/* system */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libraries */
#include <json.h>

/* base */
#include "buf.h"
#include "fdutil.h"
#include "mem.h"

/* own */
#include "ctl_batch.h"
#include "ctl_json.h"
#include "ctl_push.h"
#include "ctl_say.h"

enum { CTL_PUSH_READ = 64 << 10, CTL_PUSH_LINE_MAX = 16 << 20 };

struct ctl_push {
	struct ctl *ctl;
	struct buf in;    /* the start of an incomplete line */
	struct buf batch; /* complete lines that were not sent */
	size_t *numbers;  /* which line of the input each of them is */
	size_t n, cap;
	size_t line; /* the number of the line that comes next, from 1 */
	bool skip;   /* the incomplete line is too long */
	bool failed;
};

/* Tells one answer; one that names a line gets the input's number. */
static void
ctl_push_answer(void *arg, size_t position, bool ok, struct json_object *o,
    struct span text)
{
	struct ctl_push *p = arg;
	size_t number = p->numbers[position];

	if (p->ctl->json && (!ok || ctl_json_get(o, "line"))) {
		json_object_object_add(
		    o, "line", json_object_new_uint64(number));
		text = ctl_json_print(o);
	}
	if (p->ctl->json)
		ctl_say_json(text);
	if (ok)
		return;
	p->failed = true;
	ctl_say_error("line %zu: %.*s", number, SPAN_FMT(ctl_batch_error(o)));
}

/* Sends the complete lines. CTL_OK means that it may go on. */
static enum ctl_exit
ctl_push_send(struct ctl_push *p)
{
	struct ctl_batch_reader reader = { ctl_push_answer, p };
	enum ctl_exit code;
	long status;

	if (p->n == 0)
		return CTL_OK;
	code =
	    ctl_batch_send(p->ctl, buf_span(&p->batch), p->n, &reader, &status);
	fflush(stdout);
	if (code != CTL_OK) {
		p->failed = true;
		ctl_say_error("that was about line %zu to %zu of the input",
		    p->numbers[0], p->numbers[p->n - 1]);
	}
	if (code == CTL_REFUSED && (status == 400 || status == 413))
		code = CTL_OK;
	buf_clear(&p->batch);
	p->n = 0;
	return code;
}

/* Takes a complete line into the batch. */
static void
ctl_push_line(struct ctl_push *p, struct span line)
{
	size_t number = p->line++;

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (span_trim(line).n == 0)
		return;
	buf_addspan(&p->batch, line);
	buf_addch(&p->batch, '\n');
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 64;
		p->numbers =
		    mem_realloc(p->numbers, p->cap * sizeof(*p->numbers));
	}
	p->numbers[p->n++] = number;
}

/* Ends the line whose start is kept. */
static void
ctl_push_end_line(struct ctl_push *p)
{
	if (p->skip) {
		p->failed = true;
		ctl_say_error("line %zu: longer than %d bytes; not sent",
		    p->line, CTL_PUSH_LINE_MAX);
		p->line++;
		p->skip = false;
	} else {
		ctl_push_line(p, buf_span(&p->in));
	}
	buf_clear(&p->in);
}

/* Takes what was read. */
static void
ctl_push_feed(struct ctl_push *p, struct span data)
{
	while (data.n) {
		struct span rest, piece = span_cut(data, '\n', &rest);

		if (p->in.len + piece.n > CTL_PUSH_LINE_MAX) {
			p->skip = true;
			buf_reset(&p->in, 0);
		}
		if (!p->skip)
			buf_addspan(&p->in, piece);
		if (rest.p)
			ctl_push_end_line(p);
		data = rest;
	}
}

/* Reads until the end and sends what is complete after each read. */
static enum ctl_exit
ctl_push_copy(struct ctl_push *p, int fd, const char *name)
{
	struct buf data = BUF_INIT;
	enum ctl_exit code = CTL_OK;
	ssize_t got;

	do {
		got =
		    read(fd, buf_reserve(&data, CTL_PUSH_READ), CTL_PUSH_READ);
		if (got > 0)
			ctl_push_feed(p, span_of(data.data, (size_t)got));
		else if (got == 0 && (p->in.len || p->skip))
			ctl_push_end_line(p);
		if (got >= 0)
			code = ctl_push_send(p);
	} while (code == CTL_OK && (got > 0 || (got == -1 && errno == EINTR)));
	if (got == -1) {
		ctl_say_error("cannot read %s: %s", name, strerror(errno));
		p->failed = true;
	}
	buf_release(&data);
	return code;
}

enum ctl_exit
ctl_push(struct ctl *c, int argc, char **argv)
{
	struct ctl_push p = { .ctl = c, .line = 1 };
	const char *name = argc ? argv[0] : "-";
	int fd = STDIN_FILENO;
	enum ctl_exit code;

	if (strcmp(name, "-") != 0)
		fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd == -1) {
		ctl_say_error("cannot open %s: %s", name, strerror(errno));
		return CTL_USAGE;
	}
	code =
	    ctl_push_copy(&p, fd, fd == STDIN_FILENO ? "standard input" : name);
	if (fd != STDIN_FILENO)
		fdutil_close(&fd);
	buf_release(&p.in);
	buf_release(&p.batch);
	free(p.numbers);
	return code == CTL_OK && p.failed ? CTL_REFUSED : code;
}
