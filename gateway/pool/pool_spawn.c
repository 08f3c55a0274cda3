/*
 * pool_spawn: starts one process and watches it.
 *
 * The process gets a listening unix socket on descriptor 0 and one pipe on 1
 * and 2, a session (and so a process group) of its own, and the environment of
 * the settings. The parent keeps the read end of the pipe only. A pipe, not a
 * socket: scripts open /dev/stderr, which fails on a socket.
 *
 * It owns the socket's file, which goes when the process has ended. When to
 * start and to signal is decided elsewhere.
 *
 * When the process ends, what is left in the pipe is read without waiting; a
 * child of it that still holds the pipe is not waited for.
 *
 * DIAGNOSTICS
 *	All failures are reported to the caller, none is fatal.
 */

/* system */
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* base */
#include "fdutil.h"
#include "gw_assert.h"

/* own */
#include "pool.h"
#include "pool_command.h"
#include "pool_spawn.h"

enum {
	SPAWN_MAGIC = 0x7a1c39d2,
	SPAWN_BACKLOG = 16,
	SPAWN_NAME_MAX = 32,   /* bytes of the pool's name in a file name */
	SPAWN_READ = 16384,    /* bytes of one read of output */
	SPAWN_DRAIN_READS = 64 /* reads of what an ended process has left */
};

/* The path of the listening socket. */
static const char *
spawn_path(const struct pool_proc *pr)
{
	return pr->address + strlen("unix:");
}

/* Makes the address; -1 when it does not fit into a socket address. */
static int
spawn_make_address(
    struct pool_proc *pr, const struct pool_settings *set, unsigned number)
{
	char name[SPAWN_NAME_MAX + 1];
	size_t i;
	int n;

	for (i = 0; i < SPAWN_NAME_MAX && set->name[i]; i++) {
		char c = set->name[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '_';

		name[i] = plain ? c : '_';
	}
	name[i] = '\0';
	n = snprintf(pr->address, sizeof(pr->address), "unix:%s/%s.%u.sock",
	    set->run_dir, name, number);
	if (n < 0 || (size_t)n >= sizeof(pr->address) ||
	    strlen(spawn_path(pr)) >=
		sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
		pr->address[0] = '\0';
		return -1;
	}
	return 0;
}

/* Binds and listens; -1 with errno. */
static int
spawn_bind(int fd, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	memcpy(sun.sun_path, path, strlen(path) + 1);
	if (unlink(path) == -1 && errno != ENOENT)
		return -1;
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		return -1;
	if (chmod(path, 0600) == -1)
		return -1;
	return listen(fd, SPAWN_BACKLOG);
}

/* A listening socket at path; -1 with errno. It stays in blocking mode, which
 * is what workers expect on descriptor 0. */
static int
spawn_listen(const char *path)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd != -1 && spawn_bind(fd, path) == -1) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

/* A line of output was read. */
static void
spawn_line(void *arg, struct span line)
{
	struct pool_proc *pr = arg;

	pr->events->line(pr->owner, line);
}

/* Nothing is left open. */
static void
spawn_gone(struct pool_proc *pr)
{
	pr->magic = 0;
	pr->events->closed(pr->owner);
}

/* One of the handles is closed. */
static void
spawn_handle_closed(uv_handle_t *handle)
{
	struct pool_proc *pr = handle->data;

	GW_MAGIC_CHECK(pr, SPAWN_MAGIC);
	gw_assert(pr->handles > 0);
	if (--pr->handles == 0 && pr->closing)
		spawn_gone(pr);
}

/* Stops watching the output. */
static void
spawn_unwatch(struct pool_proc *pr)
{
	if (!pr->watching)
		return;
	pr->watching = false;
	uv_close((uv_handle_t *)&pr->output, spawn_handle_closed);
	fdutil_close(&pr->output_fd);
	pool_output_end(&pr->text, spawn_line, pr);
}

/* Reads output once. 1; 0 when there is none now; -1 at its end. */
static int
spawn_read(struct pool_proc *pr)
{
	char data[SPAWN_READ];
	ssize_t n;

	do
		n = read(pr->output_fd, data, sizeof(data));
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return errno == EAGAIN ? 0 : -1;
	if (n == 0)
		return -1;
	pool_output_add(&pr->text, data, (size_t)n, spawn_line, pr);
	return 1;
}

/* There is output, or its end. */
static void
spawn_readable(uv_poll_t *handle, int status, int events)
{
	struct pool_proc *pr = handle->data;

	(void)events;
	GW_MAGIC_CHECK(pr, SPAWN_MAGIC);
	if (status < 0 || spawn_read(pr) == -1)
		spawn_unwatch(pr);
}

/* The process has ended and was reaped. */
static void
spawn_exited(uv_process_t *process, int64_t exit_status, int signal)
{
	struct pool_proc *pr = process->data;
	int i;

	GW_MAGIC_CHECK(pr, SPAWN_MAGIC);
	pr->pid = 0;
	for (i = 0; i < SPAWN_DRAIN_READS && pr->watching; i++)
		if (spawn_read(pr) != 1)
			break;
	spawn_unwatch(pr);
	unlink(spawn_path(pr));
	pr->events->ended(pr->owner, exit_status, signal);
}

/* Watches the read end of the output pipe. 0, or a negative error of libuv. */
static int
spawn_watch(struct pool_proc *pr, uv_loop_t *loop, int fd)
{
	int r = uv_poll_init(loop, &pr->output, fd);

	if (r < 0)
		return r;
	pr->handles++;
	pr->output_fd = fd;
	pr->watching = true;
	pr->output.data = pr;
	return uv_poll_start(&pr->output, UV_READABLE, spawn_readable);
}

/* Starts the process with these descriptors. 0 or a negative error. */
static int
spawn_exec(struct pool_proc *pr, uv_loop_t *loop,
    const struct pool_settings *set, int listen_fd, int write_fd)
{
	char **argv = pool_command_new(set->launcher, set->command);
	uv_stdio_container_t stdio[3] = {
		{ .flags = UV_INHERIT_FD, .data.fd = listen_fd },
		{ .flags = UV_INHERIT_FD, .data.fd = write_fd },
		{ .flags = UV_INHERIT_FD, .data.fd = write_fd },
	};
	uv_process_options_t options = {
		.exit_cb = spawn_exited,
		.file = set->launcher ? set->launcher : argv[0],
		.args = argv,
		.env = (char **)set->env,
		.cwd = set->directory,
		.flags = UV_PROCESS_DETACHED,
		.stdio_count = 3,
		.stdio = stdio,
	};
	int r;

	pr->process.data = pr;
	r = uv_spawn(loop, &pr->process, &options);
	pr->spawned = true;
	pr->handles++;
	pool_command_free(&argv);
	if (r == 0)
		pr->pid = pr->process.pid;
	return r;
}

/* Makes the pipe and starts the process. 0 or a negative error. */
static int
spawn_piped(struct pool_proc *pr, uv_loop_t *loop,
    const struct pool_settings *set, int listen_fd)
{
	int fds[2];
	int r;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return uv_translate_sys_error(errno);
	if (fdutil_prepare(fds[0]) == -1)
		r = uv_translate_sys_error(errno);
	else
		r = spawn_watch(pr, loop, fds[0]);
	if (r == 0)
		r = spawn_exec(pr, loop, set, listen_fd, fds[1]);
	if (!pr->watching)
		close(fds[0]);
	close(fds[1]);
	return r;
}

int
pool_spawn_start(struct pool_proc *pr, uv_loop_t *loop,
    const struct pool_settings *set, unsigned number,
    const struct pool_proc_events *events, void *owner, const char **error_r)
{
	int fd, r;

	*pr = (struct pool_proc){ .magic = SPAWN_MAGIC,
		.events = events,
		.owner = owner,
		.output_fd = -1 };
	if (spawn_make_address(pr, set, number) == -1) {
		*error_r = "the path of its socket is too long";
		return -1;
	}
	fd = spawn_listen(spawn_path(pr));
	if (fd == -1) {
		*error_r = strerror(errno);
		return -1;
	}
	r = spawn_piped(pr, loop, set, fd);
	close(fd);
	if (r == 0)
		return 0;
	spawn_unwatch(pr);
	unlink(spawn_path(pr));
	*error_r = uv_strerror(r);
	return -1;
}

void
pool_spawn_signal(struct pool_proc *pr, int signal)
{
	GW_MAGIC_CHECK(pr, SPAWN_MAGIC);
	if (pr->pid > 1)
		kill(-pr->pid, signal);
}

void
pool_spawn_close(struct pool_proc *pr)
{
	GW_MAGIC_CHECK(pr, SPAWN_MAGIC);
	gw_assert(!pr->closing && pr->pid == 0);
	pr->closing = true;
	pool_output_release(&pr->text);
	spawn_unwatch(pr);
	if (pr->spawned)
		uv_close((uv_handle_t *)&pr->process, spawn_handle_closed);
	else if (pr->handles == 0)
		spawn_gone(pr);
}
