/*
 * actor: a handler that does what its events tell it to.
 *
 *	act LINE…		answers with these action lines
 *	stream MS LINE…		the same, each line sent by itself, MS between
 *	hold NAME LINE…		makes the file NAME.begun, waits for the file
 *				NAME, then answers with the lines
 *	raw TEXT		answers with TEXT as it is
 *	env			acknowledges with [environment, meta-variables]
 *	fds			acknowledges with its open descriptors
 *	pid			acknowledges with its process id
 *	say TEXT		writes TEXT to standard error, both kinds
 *	fork			starts a process that never ends by itself, and
 *				acknowledges with its id
 *	deaf			ignores SIGTERM from now on
 *	exit, kill		ends at once, in an orderly way or by SIGKILL
 *	status TEXT		answers with the header "Status: TEXT"
 *
 * Jobs of these names do the same. A connect event carries out the member
 * "act" of its auth object, and waits for the file that "hold" names before; a
 * refresh and a disconnect carry out the session's members "refresh" and "bye";
 * a handshake does it with the array in the header X-Act, or with what X-Hold
 * and X-Deed (JSON strings) name; an ack is emitted as "acked" with [tag, args,
 * error]. The names of files are relative to ACTOR_DIR. Each event's body is
 * appended to the file "events" there. With the header X-Done, a JSON string,
 * the file of that name and .done is made when an answer is on its way.
 */

/* system */
#include <dirent.h>
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* base */
#include "buf.h"

/* wire */
#include "jscan.h"

/* One event. */
struct event {
	FCGX_Request *req;
	struct span body, type, name, args, session;
};

/* Sleeps for so many milliseconds. */
static void
pause_ms(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
		.tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) == -1 && errno == EINTR)
		continue;
}

/* Writes to the answer. */
static void
put(struct event *ev, struct span text)
{
	FCGX_PutStr(text.p, (int)text.n, ev->req->out);
}

/* Answers with an acknowledgement whose one argument is raw JSON. */
static void
put_ack(struct event *ev, struct span json)
{
	put(ev, SPAN("{\"ack\":["));
	put(ev, json);
	put(ev, SPAN("]}\n"));
}

/* Answers with the lines of an array that are left, ms between them. */
static void
put_lines(struct event *ev, struct jscan_iter *it, int64_t ms)
{
	struct span line;

	while (jscan_next(it, &line)) {
		put(ev, line);
		put(ev, SPAN("\n"));
		if (ms == 0)
			continue;
		FCGX_FFlush(ev->req->out);
		pause_ms(ms);
	}
}

/* The path of a file whose name is a raw string, with a suffix. */
static char *
path_of(struct span raw, const char *suffix)
{
	const char *dir = getenv("ACTOR_DIR");
	struct buf path = BUF_INIT;

	buf_addf(&path, "%s/", dir ? dir : ".");
	jscan_string(raw, &path, NULL);
	buf_adds(&path, suffix);
	buf_cstr(&path);
	return path.data;
}

/* Makes a file. */
static void
touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd != -1)
		close(fd);
}

/* Tells that it waits for the file, and waits, 20 seconds at most. */
static void
wait_for_file(struct span raw)
{
	char *begun = path_of(raw, ".begun"), *path = path_of(raw, "");
	int i;

	touch(begun);
	for (i = 0; i < 4000 && access(path, F_OK) == -1; i++)
		pause_ms(5);
	free(begun);
	free(path);
}

/* Appends the event to the file of all events. */
static void
record(const struct event *ev)
{
	char *path = path_of(SPAN("\"events\""), "");
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd != -1) {
		if (write(fd, ev->body.p, ev->body.n) == -1)
			perror("events");
		close(fd);
	}
	free(path);
}

/* Appends an array of C strings. */
static void
add_strings(struct buf *out, char **list)
{
	char c = '[';

	for (; *list; list++) {
		buf_addch(out, c);
		jscan_quote(out, span_str(*list));
		c = ',';
	}
	buf_adds(out, c == '[' ? "[]" : "]");
}

/*
 * What events can ask for.
 */

static void
do_act(struct event *ev)
{
	struct jscan_iter it;

	jscan_array(&it, ev->args);
	put_lines(ev, &it, 0);
}

static void
do_stream(struct event *ev)
{
	struct jscan_iter it;
	struct span first;
	int64_t ms = 1;

	jscan_array(&it, ev->args);
	if (jscan_next(&it, &first))
		jscan_i64(first, &ms);
	put_lines(ev, &it, ms);
}

static void
do_hold(struct event *ev)
{
	struct jscan_iter it;
	struct span name;

	jscan_array(&it, ev->args);
	if (!jscan_next(&it, &name))
		return;
	FCGX_FFlush(ev->req->out);
	wait_for_file(name);
	put_lines(ev, &it, 0);
}

/* Appends the first argument's text. */
static void
first_text(struct event *ev, struct buf *text)
{
	struct jscan_iter it;
	struct span first;

	jscan_array(&it, ev->args);
	if (jscan_next(&it, &first))
		jscan_string(first, text, NULL);
}

static void
do_raw(struct event *ev)
{
	struct buf text = BUF_INIT;

	first_text(ev, &text);
	put(ev, buf_span(&text));
	buf_release(&text);
}

static void
do_env(struct event *ev)
{
	extern char **environ;
	struct buf out = BUF_INIT;

	buf_addch(&out, '[');
	add_strings(&out, environ);
	buf_addch(&out, ',');
	add_strings(&out, ev->req->envp);
	buf_addch(&out, ']');
	put_ack(ev, buf_span(&out));
	buf_release(&out);
}

static void
do_fds(struct event *ev)
{
	DIR *dir = opendir("/proc/self/fd");
	struct buf out = BUF_INIT;
	struct dirent *e;
	char target[4096];

	buf_addch(&out, '[');
	while (dir && (e = readdir(dir)) != NULL) {
		ssize_t n =
		    readlinkat(dirfd(dir), e->d_name, target, sizeof(target));
		struct buf one = BUF_INIT;

		if (n == -1 || atoi(e->d_name) == dirfd(dir))
			continue;
		buf_addf(&one, "%s %.*s", e->d_name, (int)n, target);
		if (out.len > 1)
			buf_addch(&out, ',');
		jscan_quote(&out, buf_span(&one));
		buf_release(&one);
	}
	if (dir)
		closedir(dir);
	buf_addch(&out, ']');
	put_ack(ev, buf_span(&out));
	buf_release(&out);
}

/* Acknowledges with a number. */
static void
put_number(struct event *ev, long number)
{
	struct buf out = BUF_INIT;

	buf_addf(&out, "%ld", number);
	put_ack(ev, buf_span(&out));
	buf_release(&out);
}

static void
do_pid(struct event *ev)
{
	put_number(ev, getpid());
}

static void
do_say(struct event *ev)
{
	struct buf text = BUF_INIT;

	first_text(ev, &text);
	FCGX_FPrintF(ev->req->err, "record: %s\n", buf_cstr(&text));
	fprintf(stderr, "descriptor: %s\n", buf_cstr(&text));
	buf_release(&text);
}

static void
do_fork(struct event *ev)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	put_number(ev, pid);
}

static void
do_deaf(struct event *ev)
{
	(void)ev;
	signal(SIGTERM, SIG_IGN);
}

static void
do_exit(struct event *ev)
{
	(void)ev;
	_exit(0);
}

static void
do_kill(struct event *ev)
{
	(void)ev;
	raise(SIGKILL);
}

static const struct deed {
	const char *name;
	void (*fn)(struct event *ev);
} deeds[] = {
	{ "act", do_act },
	{ "stream", do_stream },
	{ "hold", do_hold },
	{ "raw", do_raw },
	{ "env", do_env },
	{ "fds", do_fds },
	{ "pid", do_pid },
	{ "say", do_say },
	{ "fork", do_fork },
	{ "deaf", do_deaf },
	{ "exit", do_exit },
	{ "kill", do_kill },
};

/* Carries out the lines that a member of an object lists. */
static void
do_member(struct event *ev, struct span object, const char *key)
{
	struct jscan_iter it;
	struct span lines;

	if (object.n == 0 || !jscan_find(object, span_str(key), &lines))
		return;
	jscan_array(&it, lines);
	put_lines(ev, &it, 0);
}

/* A connect event. */
static void
do_connect(struct event *ev)
{
	struct jscan_iter it;
	struct span auth, name;

	jscan_array(&it, ev->args);
	if (!jscan_next(&it, &auth) || jscan_type(auth) != JSCAN_OBJECT)
		return;
	if (jscan_find(auth, SPAN("hold"), &name))
		wait_for_file(name);
	do_member(ev, auth, "act");
}

/* The text of a meta-variable; empty when it is not there. */
static struct span
param(const struct event *ev, const char *name)
{
	return span_str(FCGX_GetParam(name, ev->req->envp));
}

/* A handshake event. */
static void
do_handshake(struct event *ev)
{
	struct span lines = param(ev, "HTTP_X_ACT");
	struct span hold = param(ev, "HTTP_X_HOLD");
	struct jscan_iter it;

	ev->name = param(ev, "HTTP_X_DEED");
	if (hold.n)
		wait_for_file(hold);
	if (lines.n == 0)
		return;
	jscan_array(&it, lines);
	put_lines(ev, &it, 0);
}

/* An ack event. */
static void
do_ack(struct event *ev)
{
	struct span tag = SPAN("null"), error = SPAN("null");

	jscan_find(ev->body, SPAN("tag"), &tag);
	jscan_find(ev->body, SPAN("error"), &error);
	put(ev, SPAN("{\"emit\":\"acked\",\"args\":["));
	put(ev, tag);
	put(ev, SPAN(","));
	put(ev, ev->args);
	put(ev, SPAN(","));
	put(ev, error);
	put(ev, SPAN("]}\n"));
}

/* Answers one event. */
static void
answer(struct event *ev)
{
	struct buf status = BUF_INIT;
	size_t i;

	if (jscan_string_is(ev->name, SPAN("status"))) {
		first_text(ev, &status);
		FCGX_FPrintF(ev->req->out, "Status: %s\r\n", buf_cstr(&status));
		buf_release(&status);
	}
	put(ev, SPAN("Content-Type: application/x-ndjson\r\n\r\n"));
	if (jscan_string_is(ev->type, SPAN("connect")))
		do_connect(ev);
	else if (jscan_string_is(ev->type, SPAN("handshake")))
		do_handshake(ev);
	else if (jscan_string_is(ev->type, SPAN("ack")))
		do_ack(ev);
	else if (jscan_string_is(ev->type, SPAN("refresh")))
		do_member(ev, ev->session, "refresh");
	else if (jscan_string_is(ev->type, SPAN("disconnect")))
		do_member(ev, ev->session, "bye");
	for (i = 0; ev->name.n && i < sizeof(deeds) / sizeof(deeds[0]); i++)
		if (jscan_string_is(ev->name, span_str(deeds[i].name)))
			deeds[i].fn(ev);
}

/* Reads one event and answers it. */
static void
serve(FCGX_Request *req)
{
	const char *length = FCGX_GetParam("CONTENT_LENGTH", req->envp);
	int n = length ? atoi(length) : 0;
	struct buf body = BUF_INIT;
	struct event ev = { .req = req };

	buf_reserve(&body, (size_t)n + 1);
	body.len = (size_t)FCGX_GetStr(body.data, n, req->in);
	ev.body = buf_span(&body);
	record(&ev);
	if (jscan_check(ev.body, 1000, NULL) == JSCAN_OK &&
	    jscan_find(ev.body, SPAN("type"), &ev.type) &&
	    jscan_find(ev.body, SPAN("args"), &ev.args)) {
		jscan_find(ev.body, SPAN("event"), &ev.name);
		jscan_find(ev.body, SPAN("session"), &ev.session);
		answer(&ev);
	} else {
		put(&ev, SPAN("Status: 400 Bad Request\r\n\r\n"));
	}
	buf_release(&body);
}

int
main(void)
{
	FCGX_Request req;

	if (FCGX_Init() || FCGX_InitRequest(&req, 0, 0))
		return 1;
	while (FCGX_Accept_r(&req) == 0) {
		const char *done = FCGX_GetParam("HTTP_X_DONE", req.envp);
		char *path = done ? path_of(span_str(done), ".done") : NULL;

		serve(&req);
		if (path) {
			/* the whole answer is in the socket: say so */
			FCGX_Finish_r(&req);
			touch(path);
		}
		free(path);
	}
	return 0;
}
