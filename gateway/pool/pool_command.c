/*
 * pool_command: a worker's command line.
 *
 * A command is plain when its first word holds a slash and all of it consists
 * of characters that mean nothing to a shell. Words without a slash go through
 * the shell, since they may name one of its own commands.
 */

/* system */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "mem.h"

/* own */
#include "pool_command.h"

static const char command_plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./=:,@%+- ";

/* True when the command can be executed without a shell. */
static bool
command_is_plain(const char *command)
{
	const char *word = command + strspn(command, " ");
	size_t n = strcspn(word, " ");

	return command[strspn(command, command_plain)] == '\0' && n > 0 &&
	       memchr(word, '/', n) != NULL && memchr(word, '=', n) == NULL;
}

/* The words of a plain command. */
static char **
command_words(const char *command)
{
	char **argv = mem_zalloc((strlen(command) + 2) * sizeof(*argv));
	size_t argc = 0;

	for (;;) {
		size_t n;

		command += strspn(command, " ");
		n = strcspn(command, " ");
		if (n == 0)
			return argv;
		argv[argc++] = mem_strndup(command, n);
		command += n;
	}
}

/* The vector for a shell that runs the command. */
static char **
command_shell(const char *command)
{
	struct buf line = BUF_INIT;
	char **argv = mem_zalloc(4 * sizeof(*argv));

	buf_adds(&line, "exec ");
	buf_adds(&line, command);
	argv[0] = mem_strdup("/bin/sh");
	argv[1] = mem_strdup("-c");
	argv[2] = mem_strndup(line.data, line.len);
	buf_release(&line);
	return argv;
}

char **
pool_command_new(const char *launcher, const char *command)
{
	char **argv = command_is_plain(command) ? command_words(command)
						: command_shell(command);
	char **launched;
	size_t n = 0;

	if (launcher == NULL)
		return argv;
	while (argv[n])
		n++;
	launched = mem_zalloc((n + 2) * sizeof(*launched));
	launched[0] = mem_strdup("siogate-worker");
	memcpy(launched + 1, argv, n * sizeof(*argv));
	free(argv);
	return launched;
}

void
pool_command_free(char ***argvp)
{
	char **argv = *argvp;
	size_t i;

	if (argv == NULL)
		return;
	for (i = 0; argv[i]; i++)
		free(argv[i]);
	free(argv);
	*argvp = NULL;
}
