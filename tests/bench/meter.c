/*
 * meter: clocks, latencies, and the processor time of other processes.
 *
 * The processor time of a server comes from its process clock, which counts
 * user and system time of all its threads, ended ones too, in nanoseconds; the
 * same figures in /proc/PID/stat are rounded to clock ticks. Descendants are
 * found by the parent ids in /proc/PID/stat.
 */

/* system */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* own */
#include "fail.h"
#include "meter.h"

enum { MANTISSA_BITS = 6 };

/* Nanoseconds of a timespec. */
static uint64_t
to_ns(const struct timespec *ts)
{
	return (uint64_t)ts->tv_sec * 1000000000u + (uint64_t)ts->tv_nsec;
}

uint64_t
meter_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return to_ns(&ts);
}

uint64_t
meter_own_cpu(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (uint64_t)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) *
		   1000000000u +
	       (uint64_t)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) * 1000u;
}

/* The slot of a value: its exponent and the MANTISSA_BITS below its top bit. */
static size_t
slot_of(uint64_t ns)
{
	unsigned top;

	if (ns < 1u << MANTISSA_BITS)
		return ns;
	top = 63u - (unsigned)__builtin_clzll(ns);
	return ((size_t)(top - MANTISSA_BITS + 1) << MANTISSA_BITS) |
	       ((ns >> (top - MANTISSA_BITS)) & ((1u << MANTISSA_BITS) - 1));
}

/* The lower bound of a slot, the inverse of slot_of. */
static uint64_t
slot_value(size_t slot)
{
	size_t exponent = slot >> MANTISSA_BITS;
	uint64_t mantissa = slot & ((1u << MANTISSA_BITS) - 1);

	if (exponent == 0)
		return mantissa;
	return (mantissa | 1u << MANTISSA_BITS) << (exponent - 1);
}

void
meter_hist_add(struct meter_hist *h, uint64_t ns)
{
	h->n++;
	h->slot[slot_of(ns)]++;
}

uint64_t
meter_hist_quantile(const struct meter_hist *h, double q)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < METER_SLOTS; i++) {
		seen += h->slot[i];
		if (h->slot[i] != 0 && (double)seen >= q * (double)h->n)
			return slot_value(i);
	}
	return 0;
}

/* The parent of a process, or -1 when it is gone. */
static pid_t
parent_of(pid_t pid)
{
	char path[64], line[512], *end;
	FILE *fp;
	size_t n;
	int parent = -1;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fp = fopen(path, "re");
	if (fp == NULL)
		return -1;
	n = fread(line, 1, sizeof(line) - 1, fp);
	fclose(fp);
	line[n] = '\0';
	/* the name of the program may hold anything, parentheses too */
	end = strrchr(line, ')');
	if (end == NULL || sscanf(end + 1, " %*c %d", &parent) != 1)
		return -1;
	return parent;
}

/* True when the process is there already. */
static bool
known(const struct meter_procs *p, pid_t pid)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->proc[i].pid == pid)
			return true;
	return false;
}

/* True when children of this process are to be counted. */
static bool
has_tree(const struct meter_procs *p, pid_t pid)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->proc[i].pid == pid)
			return p->proc[i].tree;
	return false;
}

/* Adds one process, all of whose time counts so far. */
static void
append(struct meter_procs *p, pid_t pid, bool tree)
{
	if (p->n == METER_PROCS)
		fail(FAIL_USAGE, "more than %d processes", METER_PROCS);
	p->proc[p->n++] = (struct meter_proc){ .pid = pid, .tree = tree };
}

/* Adds one generation of children. True when there was one. */
static bool
add_children(struct meter_procs *p)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	bool any = false;

	if (dir == NULL)
		fail(FAIL_LOCAL, "can't read /proc");
	while ((e = readdir(dir)) != NULL) {
		pid_t pid = (pid_t)atoi(e->d_name);

		if (!isdigit((unsigned char)e->d_name[0]) || known(p, pid) ||
		    !has_tree(p, parent_of(pid)))
			continue;
		append(p, pid, true);
		any = true;
	}
	closedir(dir);
	return any;
}

/* Adds descendants that appeared. */
static void
grow(struct meter_procs *p)
{
	bool trees = false;

	for (size_t i = 0; i < p->n; i++)
		trees |= p->proc[i].tree;
	while (trees && add_children(p))
		continue;
}

void
meter_procs_add(struct meter_procs *p, pid_t pid, bool tree)
{
	if (!known(p, pid))
		append(p, pid, tree);
	grow(p);
}

/* Processor time of a process, all threads; fails when it is gone. */
static uint64_t
cpu_of(pid_t pid)
{
	struct timespec ts;
	clockid_t id;

	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &ts) != 0)
		fail(FAIL_ANSWER, "process %d of the server is gone", (int)pid);
	return to_ns(&ts);
}

void
meter_procs_begin(struct meter_procs *p)
{
	grow(p);
	for (size_t i = 0; i < p->n; i++)
		p->proc[i].before = cpu_of(p->proc[i].pid);
}

uint64_t
meter_procs_end(struct meter_procs *p)
{
	uint64_t used = 0;

	grow(p);
	for (size_t i = 0; i < p->n; i++)
		used += cpu_of(p->proc[i].pid) - p->proc[i].before;
	return used;
}
