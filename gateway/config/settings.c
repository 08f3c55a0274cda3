/*
 * settings: what the configuration says.
 *
 * This file owns the memory of struct settings: filling it with defaults,
 * adding and finding sections, releasing it. What the values mean is in
 * settings_table.c, how they are read in settings_value.c, what is checked in
 * the end in settings_finish.c. Nothing here is fatal.
 */

/* system */
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "mem.h"
#include "span.h"

/* own */
#include "settings.h"
#include "settings_table.h"
#include "settings_text.h"
#include "settings_value.h"

/* Fills a section's struct, all zero, with the defaults. */
static void
section_init(enum settings_section section, void *base)
{
	const struct settings_entry *e;
	size_t i;

	for (i = 0; (e = settings_table_at(i)) != NULL; i++)
		if (e->section == section)
			settings_value_default(e, base);
}

/* Frees what a section's struct holds. */
static void
section_release(enum settings_section section, void *base)
{
	const struct settings_entry *e;
	size_t i;

	for (i = 0; (e = settings_table_at(i)) != NULL; i++)
		if (e->section == section)
			settings_value_release(e, base);
}

void
settings_init(struct settings *s)
{
	*s = (struct settings){ 0 };
	section_init(SETTINGS_GATEWAY, &s->gateway);
}

void
settings_release(struct settings *s)
{
	size_t i;

	section_release(SETTINGS_GATEWAY, &s->gateway);
	for (i = 0; i < s->n_pools; i++) {
		section_release(SETTINGS_POOL, &s->pools[i]);
		free(s->pools[i].name);
	}
	for (i = 0; i < s->n_namespaces; i++) {
		section_release(SETTINGS_NAMESPACE, &s->namespaces[i]);
		free(s->namespaces[i].name);
	}
	free(s->pools);
	free(s->namespaces);
	*s = (struct settings){ 0 };
}

struct settings_pool *
settings_add_pool(struct settings *s, struct span name, struct buf *errors)
{
	struct settings_pool *p;

	if (settings_text_pool(name, errors) == -1)
		return NULL;
	if (settings_find_pool(s, name)) {
		buf_addf(
		    errors, "there is a pool %.*s already", SPAN_FMT(name));
		return NULL;
	}
	s->pools = mem_realloc(s->pools, (s->n_pools + 1) * sizeof(*s->pools));
	p = &s->pools[s->n_pools++];
	*p = (struct settings_pool){ 0 };
	p->name = mem_strndup(name.p, name.n);
	section_init(SETTINGS_POOL, p);
	return p;
}

struct settings_namespace *
settings_add_namespace(struct settings *s, struct span name, struct buf *errors)
{
	struct settings_namespace *n;

	if (settings_text_namespace(name, errors) == -1)
		return NULL;
	if (settings_find_namespace(s, name)) {
		buf_addf(errors, "there is a namespace %.*s already",
		    SPAN_FMT(name));
		return NULL;
	}
	s->namespaces = mem_realloc(
	    s->namespaces, (s->n_namespaces + 1) * sizeof(*s->namespaces));
	n = &s->namespaces[s->n_namespaces++];
	*n = (struct settings_namespace){ 0 };
	n->name = mem_strndup(name.p, name.n);
	section_init(SETTINGS_NAMESPACE, n);
	return n;
}

struct settings_pool *
settings_find_pool(const struct settings *s, struct span name)
{
	size_t i;

	for (i = 0; i < s->n_pools; i++)
		if (span_eq(name, span_str(s->pools[i].name)))
			return &s->pools[i];
	return NULL;
}

struct settings_namespace *
settings_find_namespace(const struct settings *s, struct span name)
{
	size_t i;

	for (i = 0; i < s->n_namespaces; i++)
		if (span_eq(name, span_str(s->namespaces[i].name)))
			return &s->namespaces[i];
	return NULL;
}
