/*
 * pool_spawn: starts one process and watches it.
 *
 * Life of a struct pool_proc (part of a worker):
 *
 *	zero --pool_spawn_start--> running --the process ends--> ended
 *	  running, ended, or failed to start --pool_spawn_close--> closing
 *	  closing --events->closed--> the memory may go
 */
#ifndef SIOGATE_POOL_SPAWN_H
#define SIOGATE_POOL_SPAWN_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/un.h>

#include <uv.h>

#include "pool_output.h"
#include "span.h"

struct pool_settings;

struct pool_proc_events {
	/* A line of the process's standard output or error. */
	void (*line)(void *owner, struct span line);
	/* The process has ended, and all it had written was handed out. Not
	 * called from inside pool_spawn_start. */
	void (*ended)(void *owner, int64_t exit_status, int signal);
	/* After pool_spawn_close, perhaps from inside it: nothing refers to the
	 * memory any more. */
	void (*closed)(void *owner);
};

enum { POOL_SPAWN_ADDRESS = sizeof("unix:") + sizeof(struct sockaddr_un) };

struct pool_proc {
	unsigned magic;
	const struct pool_proc_events *events;
	void *owner;
	uv_process_t process;
	uv_poll_t output; /* the read end of the pipe */
	int output_fd;    /* -1: closed */
	int pid;          /* 0 while no process of ours lives */
	unsigned handles; /* those not yet closed */
	bool spawned;     /* process is in use, if only to be closed */
	bool watching;    /* output is in use */
	bool closing;
	struct pool_output text;
	char address[POOL_SPAWN_ADDRESS]; /* "unix:/path" */
};

/* Starts a process with a listening socket of its own on descriptor 0. number
 * tells the sockets of a pool apart. Returns 0, or -1 with *error_r, a text
 * that is valid until the next call. Either way pool_spawn_close has to follow
 * some day. */
int pool_spawn_start(struct pool_proc *pr, uv_loop_t *loop,
    const struct pool_settings *set, unsigned number,
    const struct pool_proc_events *events, void *owner, const char **error_r);

/* Sends a signal to the process's group; does nothing when it has ended. Must
 * not be called from inside events->ended: there the loop may have reaped other
 * processes of which it has not told yet. */
void pool_spawn_signal(struct pool_proc *pr, int signal);

/* Lets go of everything; the process must have ended or never started. */
void pool_spawn_close(struct pool_proc *pr);

#endif
