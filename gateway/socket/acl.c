/*
 * acl: which methods of a namespace a client may call.
 *
 * Lists are short and asked for each event, so an array that is walked does.
 */

/* system */
#include <stdlib.h>

/* base */
#include "buf.h"
#include "mem.h"

/* wire */
#include "jscan.h"

/* own */
#include "acl.h"

enum { ACL_MAX = 1000 };

struct acl {
	bool open;    /* the names are those that are not allowed */
	char **names; /* NUL-terminated */
	size_t n;
};

/* True when the list names the method. */
static bool
acl_names(const struct acl *a, struct span method)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (span_eq(span_str(a->names[i]), method))
			return true;
	return false;
}

/* Adds a name unless it is there. */
static void
acl_add(struct acl *a, struct span name)
{
	if (a->n == ACL_MAX || acl_names(a, name))
		return;
	a->names = mem_realloc(a->names, (a->n + 1) * sizeof(*a->names));
	a->names[a->n++] = mem_strndup(name.p, name.n);
}

/* Removes a name if it is there. */
static void
acl_remove(struct acl *a, struct span name)
{
	size_t i;

	for (i = 0; i < a->n; i++) {
		if (!span_eq(span_str(a->names[i]), name))
			continue;
		free(a->names[i]);
		a->names[i] = a->names[--a->n];
		return;
	}
}

/* Removes all names. */
static void
acl_clear(struct acl *a)
{
	while (a->n)
		free(a->names[--a->n]);
	free(a->names);
	a->names = NULL;
}

struct acl *
acl_new(const char *const *names, size_t n)
{
	struct acl *a = mem_zalloc(sizeof(*a));
	size_t i;

	for (i = 0; i < n; i++)
		acl_add(a, span_str(names[i]));
	return a;
}

struct acl *
acl_copy(const struct acl *a)
{
	struct acl *copy;

	if (a == NULL)
		return NULL;
	copy = acl_new((const char *const *)a->names, a->n);
	copy->open = a->open;
	return copy;
}

void
acl_free(struct acl **ap)
{
	if (*ap == NULL)
		return;
	acl_clear(*ap);
	free(*ap);
	*ap = NULL;
}

bool
acl_allows(const struct acl *a, struct span method)
{
	return a == NULL || acl_names(a, method) != a->open;
}

/* True when the method's name is that of the event. */
static bool
acl_is_event(const char *method, struct span event)
{
	size_t i;

	if (strncmp(method, "on_", 3) != 0 || strlen(method) != event.n + 3)
		return false;
	for (i = 0; i < event.n; i++) {
		char c = event.p[i] == ' ' ? '_' : event.p[i];

		if (method[i + 3] != c)
			return false;
	}
	return true;
}

bool
acl_allows_event(const struct acl *a, struct span event)
{
	size_t i;

	if (a == NULL)
		return true;
	for (i = 0; i < a->n; i++)
		if (acl_is_event(a->names[i], event))
			return !a->open;
	return a->open;
}

/* Calls fn with each name of a raw array; those that hold a NUL name nothing.
 */
static void
acl_each(struct acl *a, struct span names,
    void (*fn)(struct acl *a, struct span name))
{
	struct buf name = BUF_INIT;
	struct jscan_iter it;
	struct span value;

	jscan_array(&it, names);
	while (jscan_next(&it, &value)) {
		buf_clear(&name);
		if (jscan_string(value, &name, NULL) == 0 && name.len &&
		    memchr(name.data, '\0', name.len) == NULL)
			fn(a, buf_span(&name));
	}
	buf_release(&name);
}

void
acl_lift(struct acl **a)
{
	acl_free(a);
	*a = mem_zalloc(sizeof(**a));
	(*a)->open = true;
}

void
acl_only(struct acl **a, struct span names)
{
	acl_free(a);
	*a = mem_zalloc(sizeof(**a));
	acl_each(*a, names, acl_add);
}

void
acl_allow(struct acl **a, struct span names)
{
	if (*a == NULL)
		return;
	acl_each(*a, names, (*a)->open ? acl_remove : acl_add);
}

void
acl_deny(struct acl **a, struct span names)
{
	if (*a == NULL)
		acl_lift(a);
	acl_each(*a, names, (*a)->open ? acl_add : acl_remove);
}
