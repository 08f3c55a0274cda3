/*
 * run: the three fronts of an app: FastCGI, plain CGI, and streams in memory.
 *
 * FastCGI is libfcgi's: one connection at a time, requests one after another.
 * The only static variables of the library are those that a signal needs.
 */

/* system */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fcgiapp.h>

/* own */
#include "handler_priv.h"

/* ---- Streams ---------------------------------------------------------- */

struct stream {
	FILE *in, *out;
	unsigned long long left; /* bytes of the body to be read */
};

/* Reads from a stream, not beyond the body: a CGI's input may stay open. */
static size_t
stream_read(void *ctx, char *p, size_t n)
{
	struct stream *s = ctx;

	if (n > s->left)
		n = (size_t)s->left;
	n = n ? fread(p, 1, n, s->in) : 0;
	s->left -= n;
	return n;
}

/* Writes to a stream. */
static int
stream_write(void *ctx, const char *p, size_t n)
{
	struct stream *s = ctx;

	return fwrite(p, 1, n, s->out) == n ? 0 : -1;
}

/* Flushes a stream. */
static int
stream_flush(void *ctx)
{
	struct stream *s = ctx;

	return fflush(s->out) ? -1 : 0;
}

/* Writes a line to standard error. */
static void
stream_note(void *ctx, const char *text)
{
	(void)ctx;
	fprintf(stderr, "%s\n", text);
}

/* The value of CONTENT_LENGTH; without one, no bound. */
static unsigned long long
body_length(char **envp)
{
	static const char name[] = "CONTENT_LENGTH=";

	for (; envp && *envp; envp++)
		if (strncmp(*envp, name, sizeof(name) - 1) == 0)
			return strtoull(*envp + sizeof(name) - 1, NULL, 10);
	return ULLONG_MAX;
}

int
siogate_handle_stream(struct siogate *app, FILE *in, FILE *out, char **envp)
{
	struct stream stream = { in, out, body_length(envp) };
	struct siogate_io io = {
		.read = stream_read,
		.write = stream_write,
		.flush = stream_flush,
		.note = stream_note,
		.ctx = &stream,
		.envp = envp,
	};
	int rc = siogate_serve(app, &io);

	return stream_flush(&stream) ? -1 : rc;
}

/* ---- FastCGI ---------------------------------------------------------- */

/* Reads from a FastCGI request, to the end of its input. */
static size_t
fcgi_read(void *ctx, char *p, size_t n)
{
	FCGX_Request *fcgi = ctx;
	int got = FCGX_GetStr(p, n > INT_MAX ? INT_MAX : (int)n, fcgi->in);

	return got > 0 ? (size_t)got : 0;
}

/* Writes to a FastCGI request. */
static int
fcgi_write(void *ctx, const char *p, size_t n)
{
	FCGX_Request *fcgi = ctx;
	int chunk;

	for (; n; p += chunk, n -= (size_t)chunk) {
		chunk = n > INT_MAX ? INT_MAX : (int)n;
		if (FCGX_PutStr(p, chunk, fcgi->out) != chunk)
			return -1;
	}
	return 0;
}

/* Sends what libfcgi has gathered. */
static int
fcgi_flush(void *ctx)
{
	FCGX_Request *fcgi = ctx;

	return FCGX_FFlush(fcgi->out) ? -1 : 0;
}

/* Writes to the request's standard error. */
static void
fcgi_note(void *ctx, const char *text)
{
	FCGX_Request *fcgi = ctx;

	FCGX_PutS(text, fcgi->err);
	FCGX_PutS("\n", fcgi->err);
}

/* Set up by siogate_run; a signal writes to the pipe, so that a wait which
 * begins after the signal ends, too. */
static struct {
	volatile sig_atomic_t asked;
	int pipe[2];
} stop = { 0, { -1, -1 } };

/* Asks the loop to end. */
static void
on_stop(int signo)
{
	int saved = errno;
	ssize_t rc;

	(void)signo;
	stop.asked = 1;
	FCGX_ShutdownPending();
	rc = write(stop.pipe[1], "", 1);
	(void)rc; /* a full pipe wakes as well */
	errno = saved;
}

/* Lets a signal end the loop, unless the program has a handler for it. */
static void
catch_stop(int signo)
{
	struct sigaction action;

	if (sigaction(signo, NULL, &action) || action.sa_handler != SIG_DFL)
		return;
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_stop;
	sigaction(signo, &action, NULL);
}

/* Makes the pipe and catches the signals. */
static int
stop_init(void)
{
	stop.asked = 0;
	if (stop.pipe[0] < 0 && pipe2(stop.pipe, O_CLOEXEC | O_NONBLOCK))
		return -1;
	catch_stop(SIGTERM);
	catch_stop(SIGUSR1);
	return 0;
}

/* Ends the request before and waits for a new one, on its connection or a new
 * one. False when the loop has to end. */
static bool
wait_request(FCGX_Request *fcgi)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };

	FCGX_Finish_r(fcgi);
	fds[1].fd = stop.pipe[0];
	while (!stop.asked) {
		fds[0].fd = fcgi->ipcFd < 0 ? STDIN_FILENO : fcgi->ipcFd;
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return true; /* the accept will say what is wrong */
		}
		if (fcgi->ipcFd < 0 || !(fds[0].revents & (POLLHUP | POLLERR)))
			break;
		FCGX_Free(fcgi, 1); /* the peer has hung up */
	}
	return !stop.asked;
}

/* Serves requests until there are no more. */
static int
fcgi_loop(struct siogate *app, FCGX_Request *fcgi)
{
	struct siogate_io io = {
		.read = fcgi_read,
		.write = fcgi_write,
		.flush = fcgi_flush,
		.note = fcgi_note,
		.ctx = fcgi,
	};
	int rc;

	while (wait_request(fcgi)) {
		rc = FCGX_Accept_r(fcgi);
		if (rc == -EINTR)
			continue;
		if (rc < 0) {
			errno = -rc;
			return stop.asked ? 0 : -1;
		}
		io.envp = fcgi->envp;
		/* who can't be written to has gone; the next one comes */
		(void)siogate_serve(app, &io);
	}
	return 0;
}

int
siogate_run(struct siogate *app)
{
	FCGX_Request fcgi;
	int rc;

	if (stop_init() || FCGX_Init())
		return -1;
	if (FCGX_IsCGI()) {
		rc = siogate_handle_stream(app, stdin, stdout, environ);
		return rc < 0 ? -1 : 0;
	}
	if (FCGX_InitRequest(&fcgi, STDIN_FILENO, FCGI_FAIL_ACCEPT_ON_INTR))
		return -1;
	rc = fcgi_loop(app, &fcgi);
	FCGX_Finish_r(&fcgi);
	FCGX_Free(&fcgi, 1);
	return rc;
}
