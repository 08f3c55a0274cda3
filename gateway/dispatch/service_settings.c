/*
 * service_settings: copies of a service's settings.
 */

/* system */
#include <stdlib.h>
#include <string.h>

/* base */
#include "mem.h"

/* own */
#include "service.h"
#include "service_settings.h"

/* A copy of a NULL-terminated list; NULL gives an empty one. */
static const char *const *
service_settings_copy_list(const char *const *from)
{
	size_t n = 0, i;
	char **to;

	while (from && from[n])
		n++;
	to = mem_zalloc((n + 1) * sizeof(*to));
	for (i = 0; i < n; i++)
		to[i] = mem_strdup(from[i]);
	return (const char *const *)to;
}

void
service_settings_copy(
    struct service_settings *to, const struct service_settings *from)
{
	*to = *from;
	to->name = mem_strdup(from->name);
	to->command = mem_strdup(from->command);
	to->addresses = service_settings_copy_list(from->addresses);
	to->document_root = mem_strdup(from->document_root);
	to->script_filename = mem_strdup(from->script_filename);
	to->script_name = mem_strdup(from->script_name);
	to->pool.name = to->name;
	to->pool.command = to->command;
	if (to->jobs == 0)
		to->jobs = 1;
	if (to->connections == 0)
		to->connections = 1;
}

void
service_settings_release(struct service_settings *s)
{
	size_t i;

	for (i = 0; s->addresses && s->addresses[i]; i++)
		free((void *)(uintptr_t)s->addresses[i]);
	free((void *)(uintptr_t)s->addresses);
	free((void *)(uintptr_t)s->name);
	free((void *)(uintptr_t)s->command);
	free((void *)(uintptr_t)s->document_root);
	free((void *)(uintptr_t)s->script_filename);
	free((void *)(uintptr_t)s->script_name);
	memset(s, 0, sizeof(*s));
}

bool
service_settings_same_addresses(
    const struct service_settings *a, const struct service_settings *b)
{
	size_t i;

	for (i = 0; a->addresses[i] && b->addresses[i]; i++)
		if (strcmp(a->addresses[i], b->addresses[i]) != 0)
			return false;
	return a->addresses[i] == b->addresses[i];
}

void
service_settings_swap_addresses(
    struct service_settings *a, struct service_settings *b)
{
	const char *const *list = a->addresses;

	a->addresses = b->addresses;
	b->addresses = list;
}
