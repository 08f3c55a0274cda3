/*
 * pool_child: a worker for the pool's test; its first argument says what it is
 * to do.
 *
 *	wait            says "ready" and waits for a signal
 *	echo            sends back what one connection after the other sends
 *	exit N          exits with N
 *	say             writes lines of several kinds, and exits with 0
 *	flood           writes 60000 bytes at once, and exits with 0
 *	env             writes its environment and how it was started; waits
 *	stubborn        ignores TERM, as does a child of its own
 */

/* system */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

/* Waits for a signal that ends the process, but not for ever: a test that was
 * killed must not leave workers behind. */
static void
pause_forever(void)
{
	alarm(60);
	for (;;)
		sleep(1);
}

/* Says so and waits. */
static int
run_wait(void)
{
	fprintf(stderr, "ready\n");
	pause_forever();
	return 1;
}

/* Serves connections. */
static int
run_echo(void)
{
	for (;;) {
		int fd = accept(0, NULL, NULL);
		char data[100];
		ssize_t n;

		if (fd == -1) {
			perror("accept");
			return 1;
		}
		while ((n = read(fd, data, sizeof(data))) > 0)
			if (write(fd, data, (size_t)n) != n)
				break;
		close(fd);
	}
}

/* Writes lines. */
static int
run_say(void)
{
	int i;

	printf("to output\n");
	fflush(stdout);
	fprintf(stderr, "to error\r\n\n\xff\xfe\n");
	for (i = 0; i < 5000; i++)
		putchar('x');
	printf("\nno newline");
	fflush(stdout);
	return 0;
}

/* Writes as much as a pipe takes, or a little less. */
static int
run_flood(void)
{
	char data[60000];

	memset(data, 'x', sizeof(data));
	return write(1, data, sizeof(data)) != sizeof(data);
}

/* Writes how it was started. */
static int
run_env(void)
{
	char dir[1000];
	int i;

	for (i = 0; environ[i]; i++)
		fprintf(stderr, "env %s\n", environ[i]);
	fprintf(stderr, "dir %s\n", getcwd(dir, sizeof(dir)));
	fprintf(stderr, "group %d session %d\n", getpgrp() == getpid(),
	    getsid(0) == getpid());
	return run_wait();
}

/* Can't be ended with TERM. */
static int
run_stubborn(void)
{
	signal(SIGTERM, SIG_IGN);
	if (fork() == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0)
		pause_forever();
	return run_wait();
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	/* A test that fails leaves nothing behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (strcmp(what, "wait") == 0)
		return run_wait();
	if (strcmp(what, "echo") == 0)
		return run_echo();
	if (strcmp(what, "exit") == 0)
		return argc > 2 ? atoi(argv[2]) : 0;
	if (strcmp(what, "say") == 0)
		return run_say();
	if (strcmp(what, "flood") == 0)
		return run_flood();
	if (strcmp(what, "env") == 0)
		return run_env();
	if (strcmp(what, "stubborn") == 0)
		return run_stubborn();
	return 99;
}
