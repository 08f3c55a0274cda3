/*
 * pool_command: a worker's command line.
 */
#ifndef SIOGATE_POOL_COMMAND_H
#define SIOGATE_POOL_COMMAND_H

/* Makes an argument vector of a command: the words of a plain path with plain
 * arguments, or /bin/sh -c "exec ..." around anything else; with a launcher
 * (not NULL) behind the word "siogate-worker". The caller gives it to
 * pool_command_free. */
char **pool_command_new(const char *launcher, const char *command);

/* Frees a vector and leaves *argv NULL. */
void pool_command_free(char ***argv);

#endif
