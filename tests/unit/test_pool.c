/*
 * The pool with real processes: pool_child, next to this program.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* base */
#include "buf.h"

/* tested */
#include "pool.h"

enum { PATIENCE = 30000 /* ms; only ever reached by a failure */ };

enum { KNOWN = 64 };

struct bench {
	uv_loop_t loop;
	uv_timer_t tick;
	char dir[56];
	char command[1200];
	struct pool_settings set;
	struct pool *pool;
	struct pool_worker *live[KNOWN]; /* up, not yet gone */
	bool retired[KNOWN];
	unsigned live_count;
	unsigned up, retire, gone, stopped;
	bool await_end;     /* worker_up waits until the process has ended */
	unsigned least;     /* usable workers at a retirement */
	unsigned take;      /* requests that wait: worker_up takes one */
	unsigned delays[8]; /* restart delay at each gone */
	struct buf text, status;
};

/* The place of a worker in the list; KNOWN if it is not in it. */
static unsigned
find(struct bench *b, struct pool_worker *w)
{
	unsigned i;

	for (i = 0; i < b->live_count; i++)
		if (b->live[i] == w)
			return i;
	return KNOWN;
}

/* Workers that requests may be given to. */
static unsigned
usable(struct bench *b)
{
	unsigned i, n = 0;

	for (i = 0; i < b->live_count; i++)
		n += !b->retired[i];
	return n;
}

/* A worker came up: it takes a request if one waits. */
static void
on_up(void *owner, struct pool_worker *w)
{
	struct bench *b = owner;
	siginfo_t info;

	assert_int_equal(find(b, w), KNOWN);
	assert_true(b->live_count < KNOWN);
	b->retired[b->live_count] = false;
	b->live[b->live_count++] = w;
	b->up++;
	if (b->await_end)
		assert_int_equal(waitid(P_PID, (id_t)pool_worker_pid(w), &info,
				     WEXITED | WNOWAIT),
		    0);
	if (b->take > 0) {
		pool_worker_busy(w);
		pool_waiting(b->pool, --b->take);
	}
}

/* A worker is to get no more requests. */
static void
on_retire(void *owner, struct pool_worker *w)
{
	struct bench *b = owner;

	assert_true(find(b, w) < KNOWN);
	assert_false(b->retired[find(b, w)]);
	if (usable(b) < b->least)
		b->least = usable(b);
	b->retired[find(b, w)] = true;
	b->retire++;
}

/* A worker is gone. */
static void
on_gone(void *owner, struct pool_worker *w, struct span status)
{
	struct bench *b = owner;
	struct pool_status now;
	unsigned at = find(b, w);

	pool_get_status(b->pool, &now);
	if (b->gone < 8)
		b->delays[b->gone] = now.restart_delay;
	b->gone++;
	buf_clear(&b->status);
	buf_addspan(&b->status, status);
	if (at == KNOWN)
		return;
	b->live_count--;
	b->live[at] = b->live[b->live_count];
	b->retired[at] = b->retired[b->live_count];
}

/* Output. */
static void
on_text(void *owner, struct pool_worker *w, struct span line)
{
	struct bench *b = owner;

	(void)w;
	assert_true(line.n <= 4096);
	buf_addspan(&b->text, line);
	buf_addch(&b->text, '\n');
}

/* All workers are gone: the pool goes too. */
static void
on_stopped(void *owner)
{
	struct bench *b = owner;

	b->stopped++;
	pool_free(&b->pool);
}

static const struct pool_events events = {
	.worker_up = on_up,
	.worker_retire = on_retire,
	.worker_gone = on_gone,
	.worker_text = on_text,
	.stopped = on_stopped,
};

/* Keeps the loop turning. */
static void
on_tick(uv_timer_t *timer)
{
	(void)timer;
}

/* Fails: a condition never came true. */
static void
never(struct bench *b, int line, const char *condition)
{
	fail_msg("line %d: never: %s (up %u, retired %u, gone %u, last: %s)",
	    line, condition, b->up, b->retire, b->gone, buf_cstr(&b->status));
}

/* Turns the loop until the condition holds. */
#define UNTIL(b, condition)                                            \
	do {                                                           \
		uint64_t until_ = uv_hrtime() + PATIENCE * 1000000ull; \
		while (!(condition)) {                                 \
			if (uv_hrtime() > until_)                      \
				never((b), __LINE__, #condition);      \
			uv_run(&(b)->loop, UV_RUN_ONCE);               \
		}                                                      \
	} while (0)

/* The command that has pool_child do something. */
static void
set_command(struct bench *b, const char *what)
{
	char self[1000];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	assert_true(n > 0);
	self[n] = '\0';
	snprintf(b->command, sizeof(b->command), "%s/pool_child %s",
	    dirname(self), what);
	b->set.command = b->command;
}

/* Prepares settings for a pool of min to max workers. */
static void
bench_init(struct bench *b, const char *what, unsigned min, unsigned max)
{
	static const char *const env[] = { "ONE=1", "PATH=/usr/bin:/bin",
		NULL };
	const char *tmp = getenv("TMPDIR");

	memset(b, 0, sizeof(*b));
	uv_loop_init(&b->loop);
	uv_timer_init(&b->loop, &b->tick);
	uv_timer_start(&b->tick, on_tick, 5, 5);
	snprintf(b->dir, sizeof(b->dir), "%s/poolXXXXXX",
	    tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	assert_non_null(mkdtemp(b->dir));
	set_command(b, what);
	b->least = KNOWN;
	b->set.name = "a pool/../x";
	b->set.run_dir = b->dir;
	b->set.env = env;
	b->set.min_workers = min;
	b->set.max_workers = max;
	b->set.restart_delay = 5;
	b->set.restart_delay_max = 40;
}

/* Starts the pool. */
static void
bench_start(struct bench *b)
{
	b->pool = pool_new(&b->loop, &b->set, &events, b);
	pool_start(b->pool);
}

/* Stops the pool and takes all down; nothing may be left of it. */
static void
bench_release(struct bench *b)
{
	if (b->pool) {
		pool_stop(b->pool, PATIENCE);
		UNTIL(b, b->stopped == 1);
	}
	assert_int_equal(b->live_count, 0);
	uv_close((uv_handle_t *)&b->tick, NULL);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	assert_int_equal(rmdir(b->dir), 0);
	buf_release(&b->text);
	buf_release(&b->status);
}

/* The figures. */
static struct pool_status
figures(struct bench *b)
{
	struct pool_status now;

	pool_get_status(b->pool, &now);
	return now;
}

/* True when the text has been written at least n times. */
static bool
said(struct bench *b, const char *text, unsigned n)
{
	const char *p = buf_cstr(&b->text);

	for (; n > 0; n--, p++) {
		p = strstr(p, text);
		if (p == NULL)
			return false;
	}
	return true;
}

/* Gives every waiting request away: the pool sees n wait. */
static void
want(struct bench *b, unsigned n)
{
	b->take = n;
	pool_waiting(b->pool, n);
}

/* A connection to a worker. */
static int
connect_to(struct pool_worker *w)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_memory_equal(pool_worker_address(w), "unix:", 5);
	strncpy(
	    sun.sun_path, pool_worker_address(w) + 5, sizeof(sun.sun_path) - 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	return fd;
}

/* The minimum is started; each worker serves a socket of its own. */
static void
test_start(void **state)
{
	struct bench b;
	struct stat st;
	unsigned i;

	(void)state;
	bench_init(&b, "echo", 2, 4);
	bench_start(&b);
	assert_int_equal(b.up, 0);
	UNTIL(&b, b.up == 2);
	assert_int_equal(figures(&b).idle, 2);
	assert_int_equal(figures(&b).started, 2);
	assert_string_not_equal(
	    pool_worker_address(b.live[0]), pool_worker_address(b.live[1]));
	assert_int_not_equal(
	    pool_worker_number(b.live[0]), pool_worker_number(b.live[1]));
	for (i = 0; i < 2; i++) {
		struct pool_worker *w = b.live[i];
		char answer[3] = "";
		int fd;

		assert_int_equal(kill(pool_worker_pid(w), 0), 0);
		assert_int_equal(stat(pool_worker_address(w) + 5, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		fd = connect_to(w);
		assert_int_equal(write(fd, "hi", 2), 2);
		assert_int_equal(read(fd, answer, 2), 2);
		assert_string_equal(answer, "hi");
		close(fd);
		assert_null(pool_worker_data(w));
		pool_worker_set_data(w, &b);
		assert_ptr_equal(pool_worker_data(w), &b);
	}
	bench_release(&b);
	assert_int_equal(b.gone, 2);
	assert_int_equal(b.retire, 2);
}

/* Workers come when requests wait, and go when they have nothing to do. */
static void
test_scale(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "wait", 0, 4);
	b.set.idle_timeout = 20;
	bench_start(&b);
	want(&b, 3);
	UNTIL(&b, b.up == 3);
	assert_int_equal(b.take, 0);
	assert_int_equal(figures(&b).busy, 3);
	want(&b, 9);
	UNTIL(&b, b.up == 4);
	assert_int_equal(b.take, 8);
	assert_int_equal(figures(&b).busy, 4);
	want(&b, 0);
	while (usable(&b) > 0) {
		unsigned retired = b.retire;

		pool_worker_free(b.live[0], true);
		UNTIL(&b, b.gone == retired + 1);
		assert_int_equal(b.retire, retired + 1);
	}
	assert_int_equal(b.up, 4);
	assert_int_equal(figures(&b).ended, 4);
	bench_release(&b);
}

/* The minimum is kept. */
static void
test_scale_to_minimum(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "wait", 1, 4);
	b.set.idle_timeout = 20;
	bench_start(&b);
	UNTIL(&b, b.up == 1);
	want(&b, 2);
	UNTIL(&b, b.up == 3);
	pool_worker_free(b.live[1], true);
	pool_worker_free(b.live[2], true);
	UNTIL(&b, b.gone == 2);
	assert_int_equal(usable(&b), 1);
	assert_int_equal(b.least, 2);
	bench_release(&b);
}

/* A worker that can't work: the delay grows up to its maximum, and a reload
 * starts anew. */
static void
test_broken(void **state)
{
	static const unsigned delays[] = { 5, 10, 20, 40, 40 };
	struct bench b;
	unsigned i;

	(void)state;
	bench_init(&b, "exit 3", 1, 1);
	bench_start(&b);
	UNTIL(&b, b.gone >= 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(b.delays[i], delays[i]);
	assert_string_equal(buf_cstr(&b.status), "exit status 3");
	assert_int_equal(figures(&b).restart_delay, 40);
	set_command(&b, "wait");
	pool_reload(b.pool, &b.set);
	assert_int_equal(figures(&b).restart_delay, 0);
	assert_int_equal(figures(&b).generation, 1);
	UNTIL(&b, said(&b, "ready", 1));
	bench_release(&b);
}

/* Several workers that fail together raise the delay once. */
static void
test_broken_wave(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "wait", 3, 3);
	bench_start(&b);
	UNTIL(&b, b.up == 3);
	kill(pool_worker_pid(b.live[0]), SIGKILL);
	kill(pool_worker_pid(b.live[1]), SIGKILL);
	kill(pool_worker_pid(b.live[2]), SIGKILL);
	UNTIL(&b, b.gone == 3);
	assert_int_equal(b.delays[2], 5);
	assert_string_equal(buf_cstr(&b.status), "signal 9 (Killed)");
	UNTIL(&b, b.up == 6);
	pool_worker_busy(b.live[0]);
	pool_worker_free(b.live[0], true);
	assert_int_equal(figures(&b).restart_delay, 0);
	bench_release(&b);
}

/* A worker that has worked is started again without delay; one that dies in a
 * request of a pool that has worked does not make the delay grow. */
static void
test_crash(void **state)
{
	struct bench b;
	unsigned i;

	(void)state;
	bench_init(&b, "wait", 1, 1);
	bench_start(&b);
	UNTIL(&b, b.live_count == 1);
	pool_worker_busy(b.live[0]);
	pool_worker_free(b.live[0], true);
	for (i = 0; i < 4; i++) {
		UNTIL(&b, b.live_count == 1);
		pool_worker_busy(b.live[0]);
		if (i == 3)
			pool_worker_free(b.live[0], false);
		kill(pool_worker_pid(b.live[0]), SIGKILL);
		UNTIL(&b, b.gone > i);
		assert_int_equal(b.gone, i + 1);
		assert_int_equal(b.delays[i], i == 0 ? 0 : 5);
	}
	bench_release(&b);
}

/* Commands that are not there: executed directly, or by the shell. */
static void
test_not_found(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "", 1, 1);
	b.set.command = "/nonexistent/program arg";
	bench_start(&b);
	UNTIL(&b, b.gone >= 2);
	assert_int_equal(b.up, 0);
	assert_true(figures(&b).failed >= 2);
	assert_int_equal(figures(&b).started, 0);
	assert_int_equal(b.delays[1], 10);
	assert_non_null(
	    strstr(buf_cstr(&b.status), "can't be started: no such"));
	bench_release(&b);

	bench_init(&b, "", 1, 1);
	b.set.command = "nonexistent-program 'arg'";
	bench_start(&b);
	UNTIL(&b, b.gone >= 1);
	assert_string_equal(
	    buf_cstr(&b.status), "exit status 127 (command not found)");
	bench_release(&b);

	bench_init(&b, "wait", 1, 1);
	b.set.directory = "/nonexistent";
	bench_start(&b);
	UNTIL(&b, b.gone >= 1);
	assert_int_equal(b.up, 0);
	bench_release(&b);
}

/* A path that does not fit into a socket's address. */
static void
test_long_path(void **state)
{
	char dir[200];
	struct bench b;

	(void)state;
	bench_init(&b, "wait", 1, 1);
	memset(dir, 'd', sizeof(dir) - 1);
	dir[sizeof(dir) - 1] = '\0';
	b.set.run_dir = dir;
	bench_start(&b);
	UNTIL(&b, b.gone >= 2);
	assert_int_equal(b.up, 0);
	assert_non_null(strstr(buf_cstr(&b.status), "too long"));
	bench_release(&b);
}

/* A reload replaces all, new ones first, a busy one when it is free. */
static void
test_reload(void **state)
{
	struct pool_worker *old;
	struct bench b;
	unsigned i;

	(void)state;
	bench_init(&b, "wait", 3, 3);
	bench_start(&b);
	UNTIL(&b, b.up == 3);
	old = b.live[1];
	pool_worker_busy(old);
	pool_reload(b.pool, &b.set);
	while (b.retire < 3) {
		uv_run(&b.loop, UV_RUN_ONCE);
		assert_true(b.live_count <= 4);
	}
	assert_int_equal(b.least, 4);
	UNTIL(&b, b.gone == 2);
	assert_int_equal(b.up, 6);
	assert_true(b.retired[find(&b, old)]);
	assert_int_equal(figures(&b).retiring, 1);
	pool_worker_free(old, true);
	UNTIL(&b, b.gone == 3);
	assert_int_equal(usable(&b), 3);
	assert_int_equal(b.live_count, 3);
	for (i = 0; i < 3; i++)
		assert_true(pool_worker_number(b.live[i]) > 3);
	assert_int_equal(figures(&b).generation, 1);
	bench_release(&b);
}

/* A reload to something broken leaves the working ones alone; their successes
 * do not speak for it. */
static void
test_broken_reload(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "wait", 2, 2);
	b.set.restart_delay = 3000;
	b.set.restart_delay_max = 3000;
	bench_start(&b);
	UNTIL(&b, b.up == 2);
	set_command(&b, "exit 1");
	pool_reload(b.pool, &b.set);
	UNTIL(&b, b.gone == 1);
	assert_int_equal(b.retire, 0);
	assert_int_equal(usable(&b), 2);
	pool_worker_busy(b.live[0]);
	pool_worker_free(b.live[0], true);
	assert_int_equal(figures(&b).restart_delay, 3000);
	set_command(&b, "wait");
	b.set.restart_delay = 5;
	pool_reload(b.pool, &b.set);
	UNTIL(&b, b.retire == 2 && b.gone == 3);
	bench_release(&b);
}

/* A reload that lowers the numbers. */
static void
test_reload_smaller(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "wait", 4, 4);
	bench_start(&b);
	UNTIL(&b, b.up == 4);
	b.set.min_workers = b.set.max_workers = 1;
	pool_reload(b.pool, &b.set);
	UNTIL(&b, b.gone == 4 && usable(&b) == 1);
	assert_int_equal(b.up, 5);
	bench_release(&b);
}

/* A worker that has had its requests is replaced, the new one first. */
static void
test_max_requests(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "wait", 1, 1);
	b.set.max_requests = 2;
	bench_start(&b);
	UNTIL(&b, b.up == 1);
	pool_worker_busy(b.live[0]);
	pool_worker_free(b.live[0], true);
	pool_worker_busy(b.live[0]);
	pool_worker_free(b.live[0], false);
	UNTIL(&b, b.gone == 1);
	assert_int_equal(b.up, 2);
	assert_int_equal(b.least, 2);
	assert_int_equal(figures(&b).restart_delay, 0);
	bench_release(&b);
}

/* A worker that ignores TERM is killed, and its children with it. */
static void
test_stubborn(void **state)
{
	struct bench b;
	char byte;
	int fd;

	(void)state;
	bench_init(&b, "stubborn", 1, 1);
	b.set.kill_grace = 20;
	bench_start(&b);
	UNTIL(&b, said(&b, "ready", 1));
	/* Nobody accepts this; it ends when nobody holds the socket. */
	fd = connect_to(b.live[0]);
	pool_worker_busy(b.live[0]);
	pool_worker_end(b.live[0]);
	pool_worker_end(b.live[0]);
	UNTIL(&b, b.gone == 1);
	assert_string_equal(buf_cstr(&b.status), "signal 9 (Killed)");
	assert_int_equal(figures(&b).killed, 1);
	assert_int_equal(b.delays[0], 0);
	assert_true(recv(fd, &byte, 1, 0) <= 0);
	close(fd);
	UNTIL(&b, b.up == 2);
	bench_release(&b);
}

/* What a worker writes arrives by lines. */
static void
test_output(void **state)
{
	struct bench b;
	const char *text;

	(void)state;
	bench_init(&b, "say", 0, 1);
	b.set.restart_delay = b.set.restart_delay_max = PATIENCE;
	bench_start(&b);
	want(&b, 1);
	UNTIL(&b, b.gone == 1);
	want(&b, 0);
	text = buf_cstr(&b.text);
	assert_memory_equal(text, "to output\nto error\n\xff\xfe\nxxx", 25);
	assert_int_equal(strspn(text + 22, "x"), 4096);
	assert_int_equal(strspn(text + 22 + 4097, "x"), 904);
	assert_non_null(strstr(text, "x\nno newline\n"));
	bench_release(&b);
}

/* What an ended worker has left in its pipe arrives too. */
static void
test_last_words(void **state)
{
	struct bench b;
	size_t i, n = 0;

	(void)state;
	bench_init(&b, "flood", 0, 1);
	b.set.restart_delay = b.set.restart_delay_max = PATIENCE;
	b.await_end = true;
	bench_start(&b);
	want(&b, 1);
	UNTIL(&b, b.gone == 1);
	want(&b, 0);
	for (i = 0; i < b.text.len; i++)
		n += b.text.data[i] == 'x';
	assert_int_equal(n, 60000);
	bench_release(&b);
}

/* The environment is the settings' and nothing else. */
static void
test_environment(void **state)
{
	struct bench b;
	char dir[100];

	(void)state;
	bench_init(&b, "env", 1, 1);
	b.set.directory = b.dir;
	bench_start(&b);
	UNTIL(&b, said(&b, "ready", 1));
	assert_true(said(&b, "env ", 2));
	assert_false(said(&b, "env ", 3));
	assert_true(said(&b, "env ONE=1\n", 1));
	snprintf(dir, sizeof(dir), "dir %s\n", b.dir);
	assert_true(said(&b, dir, 1));
	assert_true(said(&b, "group 1 session 1\n", 1));
	bench_release(&b);
}

/* A command for the shell. */
static void
test_shell(void **state)
{
	struct bench b;
	char command[1400];

	(void)state;
	bench_init(&b, "wait", 1, 1);
	snprintf(command, sizeof(command), "%s > /dev/stderr", b.command);
	b.set.command = command;
	bench_start(&b);
	UNTIL(&b, said(&b, "ready", 1));
	bench_release(&b);
}

/* A stop waits for the busy ones. */
static void
test_stop_busy(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "wait", 2, 2);
	bench_start(&b);
	UNTIL(&b, b.up == 2);
	pool_worker_busy(b.live[0]);
	pool_stop(b.pool, PATIENCE);
	UNTIL(&b, b.gone == 1);
	assert_int_equal(b.live_count, 1);
	assert_int_equal(b.retire, 2);
	assert_int_equal(b.stopped, 0);
	pool_worker_free(b.live[0], true);
	UNTIL(&b, b.stopped == 1);
	assert_int_equal(b.gone, 2);
	bench_release(&b);
}

/* A stop's patience ends. */
static void
test_stop_timeout(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "stubborn", 2, 2);
	bench_start(&b);
	UNTIL(&b, said(&b, "ready", 2));
	pool_worker_busy(b.live[0]);
	pool_stop(b.pool, 20);
	UNTIL(&b, b.gone == 2);
	UNTIL(&b, b.stopped == 1);
	assert_string_equal(buf_cstr(&b.status), "signal 9 (Killed)");
	bench_release(&b);
}

/* A stop before anything has happened, and a pool that never started. */
static void
test_stop_early(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "wait", 2, 2);
	bench_start(&b);
	bench_release(&b);
	assert_int_equal(b.up, 0);

	bench_init(&b, "wait", 2, 2);
	b.pool = pool_new(&b.loop, &b.set, &events, &b);
	pool_free(&b.pool);
	assert_null(b.pool);
	bench_release(&b);
}

/* Without anything to do the pool sleeps. */
static void
test_quiet(void **state)
{
	struct bench b;
	int turns = 0;

	(void)state;
	bench_init(&b, "wait", 1, 3);
	b.set.idle_timeout = 20;
	bench_start(&b);
	UNTIL(&b, b.up == 1);
	want(&b, 1);
	UNTIL(&b, b.up == 2);
	pool_worker_free(b.live[1], true);
	UNTIL(&b, b.gone == 1);
	/* From here on only the bench's own timer wakes the loop. */
	uv_timer_stop(&b.tick);
	uv_timer_start(&b.tick, on_tick, 300, 0);
	while (uv_is_active((uv_handle_t *)&b.tick)) {
		uv_run(&b.loop, UV_RUN_ONCE);
		turns++;
	}
	assert_true(turns < 20);
	uv_timer_start(&b.tick, on_tick, 5, 5);
	bench_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_scale_to_minimum),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_broken_wave),
		cmocka_unit_test(test_crash),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_long_path),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_broken_reload),
		cmocka_unit_test(test_reload_smaller),
		cmocka_unit_test(test_max_requests),
		cmocka_unit_test(test_stubborn),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_last_words),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_shell),
		cmocka_unit_test(test_stop_busy),
		cmocka_unit_test(test_stop_timeout),
		cmocka_unit_test(test_stop_early),
		cmocka_unit_test(test_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
