/*
 * meter: clocks, latencies, and the processor time of other processes.
 */
#ifndef SIOGATE_BENCH_METER_H
#define SIOGATE_BENCH_METER_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <sys/types.h>

enum { METER_PROCS = 64, METER_SLOTS = 64 * 64 };

/* A histogram of nanoseconds; a value is kept to within 1/64 of itself. All
 * zero is empty. */
struct meter_hist {
	uint64_t n;
	uint64_t slot[METER_SLOTS];
};

/* The processes of a server. All zero is none. */
struct meter_procs {
	size_t n;
	struct meter_proc {
		pid_t pid;
		bool tree;       /* its descendants belong to it */
		uint64_t before; /* ns used when the reading began */
	} proc[METER_PROCS];
};

/* Nanoseconds of the monotonic clock. */
uint64_t meter_now(void);

/* Nanoseconds of processor time that this process has used. */
uint64_t meter_own_cpu(void);

/* Counts one value. */
void meter_hist_add(struct meter_hist *h, uint64_t ns);

/* The value below which the share q (0 to 1) of all lies; 0 when empty. */
uint64_t meter_hist_quantile(const struct meter_hist *h, double q);

/* Adds a process, unless it is there; with tree also its descendants, those of
 * now and those found when a reading begins or ends. Fails when there are more
 * than METER_PROCS. */
void meter_procs_add(struct meter_procs *p, pid_t pid, bool tree);

/* Begins a reading: the processor time of all threads of all processes. Fails
 * when one of them is gone. */
void meter_procs_begin(struct meter_procs *p);

/* Ends it: nanoseconds used since meter_procs_begin. A process that began in
 * between counts whole; one that ended fails the run. */
uint64_t meter_procs_end(struct meter_procs *p);

#endif
