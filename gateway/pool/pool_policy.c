/*
 * pool_policy: how many workers to start and to retire.
 *
 * Rules, in the order in which they are looked at:
 *
 *	- A spent worker (outdated or worn) is retired when another that was
 *	  started in its place has settled. One such pair is under way at a
 *	  time, so that there is one worker above the maximum at most.
 *	- Workers above the maximum (a reload lowered it) are retired at once,
 *	  outdated ones first; worn ones above the minimum too.
 *	- Workers above the minimum that had nothing to do for the idle time-out
 *	  are retired, unless requests wait.
 *	- Below the minimum, and while requests wait, workers are started, up to
 *	  the maximum. Processes that still end count too, with one in excess
 *	  allowed, so that workers that take long to end can't pile up.
 *	- During a restart delay nothing is started.
 *
 * It calls nothing of its siblings and keeps nothing between two calls.
 */

/* own */
#include "pool_policy.h"

/* The smaller of both. */
static unsigned
policy_min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* a - b, but never below 0. */
static unsigned
policy_less(unsigned a, unsigned b)
{
	return a > b ? a - b : 0;
}

/* Takes at most quota off *have and off *base; returns how many. */
static unsigned
policy_take(unsigned quota, unsigned *have, unsigned *base)
{
	unsigned n = policy_min(policy_min(quota, *have), *base);

	*have -= n;
	*base -= n;
	return n;
}

/* Decides what is started. base: usable workers but replacing ones; spent:
 * workers that want a replacement; pairs: replacements under way. */
static void
policy_start(const struct pool_view *view, unsigned base, unsigned spent,
    unsigned pairs, struct pool_plan *plan)
{
	unsigned room = policy_less(view->max + 1, view->alive);
	unsigned need = policy_less(view->min, base);
	unsigned want = policy_less(view->waiting, view->starting);

	if (view->delayed)
		return;
	if (need < want)
		need = want;
	need = policy_min(need, policy_less(view->max, base));
	plan->start = policy_min(need, room);
	room -= plan->start;
	if (spent > 0 && pairs == 0 && plan->start == 0 && room > 0)
		plan->replace = 1;
}

struct pool_plan
pool_policy_plan(const struct pool_view *view)
{
	struct pool_plan plan = { 0 };
	unsigned outdated = view->outdated;
	unsigned worn = view->worn;
	unsigned expired = view->expired;
	unsigned quota, base;

	/* With nothing left to replace, the replacements are common ones. */
	plan.settle = outdated + worn > 0 ? view->settled : view->replacing;
	base = view->usable - (view->replacing - plan.settle);

	quota = policy_min(view->settled, policy_less(base, view->min));
	plan.retire_outdated = policy_take(quota, &outdated, &base);
	plan.retire_worn =
	    policy_take(quota - plan.retire_outdated, &worn, &base);
	plan.retire_outdated +=
	    policy_take(policy_less(base, view->max), &outdated, &base);
	plan.retire_worn +=
	    policy_take(policy_less(base, view->min), &worn, &base);
	if (view->waiting == 0)
		plan.retire_expired =
		    policy_take(policy_less(base, view->min), &expired, &base);

	policy_start(
	    view, base, outdated + worn, view->replacing - plan.settle, &plan);
	return plan;
}

unsigned
pool_policy_delay(unsigned delay, unsigned first, unsigned max, bool grow)
{
	if (delay == 0)
		delay = first;
	else if (grow)
		delay = delay > max / 2 ? max : delay * 2;
	return policy_min(delay, max);
}
