/*
 * pool_settings: a pool's own copy of its settings.
 */

/* system */
#include <stdlib.h>

/* base */
#include "mem.h"

/* own */
#include "pool.h"
#include "pool_settings.h"

enum {
	SETTINGS_IDLE_TIMEOUT = 30000,
	SETTINGS_DELAY = 250,
	SETTINGS_DELAY_MAX = 60000,
	SETTINGS_GRACE = 5000
};

/* A copy of a NULL-terminated list; NULL gives an empty one. */
static const char *const *
settings_copy_env(const char *const *env)
{
	size_t n = 0, i;
	const char **copy;

	while (env && env[n])
		n++;
	copy = mem_zalloc((n + 1) * sizeof(*copy));
	for (i = 0; i < n; i++)
		copy[i] = mem_strdup(env[i]);
	return copy;
}

/* Puts value where a setting is 0. */
static void
settings_default(unsigned *setting, unsigned value)
{
	if (*setting == 0)
		*setting = value;
}

void
pool_settings_copy(struct pool_settings *copy, const struct pool_settings *from)
{
	*copy = *from;
	copy->name = mem_strdup(from->name ? from->name : "");
	copy->command = mem_strdup(from->command ? from->command : "");
	copy->launcher = mem_strdup(from->launcher);
	copy->directory = mem_strdup(from->directory);
	copy->run_dir = mem_strdup(from->run_dir ? from->run_dir : ".");
	copy->env = settings_copy_env(from->env);
	settings_default(&copy->max_workers, 1);
	settings_default(&copy->idle_timeout, SETTINGS_IDLE_TIMEOUT);
	settings_default(&copy->restart_delay, SETTINGS_DELAY);
	settings_default(&copy->restart_delay_max, SETTINGS_DELAY_MAX);
	settings_default(&copy->kill_grace, SETTINGS_GRACE);
	if (copy->max_workers < copy->min_workers)
		copy->max_workers = copy->min_workers;
	if (copy->restart_delay_max < copy->restart_delay)
		copy->restart_delay_max = copy->restart_delay;
}

void
pool_settings_release(struct pool_settings *copy)
{
	size_t i;

	for (i = 0; copy->env && copy->env[i]; i++)
		free((char *)copy->env[i]);
	free((void *)copy->env);
	free((char *)copy->name);
	free((char *)copy->command);
	free((char *)copy->launcher);
	free((char *)copy->directory);
	free((char *)copy->run_dir);
	*copy = (struct pool_settings){ 0 };
}
