/*
 * pool_policy: how many workers to start and to retire.
 *
 * Pure arithmetic on counts: no clock, no process, no callback.
 */
#ifndef SIOGATE_POOL_POLICY_H
#define SIOGATE_POOL_POLICY_H

#include <stdbool.h>

/* What the policy looks at. "Usable" workers are starting or up; the counts
 * below it are parts of it and may overlap where the text does not say
 * otherwise. */
struct pool_view {
	unsigned min;
	unsigned max;
	unsigned waiting;   /* requests that wait for a worker */
	bool delayed;       /* the restart delay is not over */
	unsigned alive;     /* all processes, also those retiring or ending */
	unsigned usable;    /* given requests now or soon */
	unsigned starting;  /* started, not yet announced to the owner */
	unsigned replacing; /* started so that a spent one can be retired */
	unsigned settled;   /* part of replacing: shown to live */
	unsigned outdated;  /* of an earlier generation */
	unsigned worn;      /* not outdated; have had their max_requests */
	unsigned expired;   /* idle for longer than the idle time-out */
};

/* What to do now. */
struct pool_plan {
	unsigned start;   /* workers to start */
	unsigned replace; /* workers to start as replacing ones */
	unsigned settle;  /* replacing workers that become common ones */
	unsigned retire_outdated; /* outdated workers to retire */
	unsigned retire_worn;     /* worn workers to retire */
	unsigned retire_expired;  /* expired workers to retire */
};

/* Decides. */
struct pool_plan pool_policy_plan(const struct pool_view *view);

/* The restart delay after a worker ended before its first finished request.
 * delay: the present one, 0 for none; grow: double it. All in ms. */
unsigned pool_policy_delay(
    unsigned delay, unsigned first, unsigned max, bool grow);

#endif
