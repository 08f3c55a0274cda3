/*
 * mem: allocation that does not fail.
 *
 * DIAGNOSTICS
 *	Fatal: the system has no memory left.
 */

/* system */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* own */
#include "mem.h"

/* Ends the process when p is NULL. */
static void *
mem_check(void *p)
{
	if (p == NULL) {
		fputs("siogate: fatal: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *
mem_alloc(size_t n)
{
	return mem_check(malloc(n ? n : 1));
}

void *
mem_zalloc(size_t n)
{
	return mem_check(calloc(1, n ? n : 1));
}

void *
mem_realloc(void *p, size_t n)
{
	return mem_check(realloc(p, n ? n : 1));
}

void *
mem_dup(const void *p, size_t n)
{
	void *copy = mem_alloc(n);

	if (n)
		memcpy(copy, p, n);
	return copy;
}

char *
mem_strndup(const char *p, size_t n)
{
	char *s = mem_alloc(n + 1);

	if (n)
		memcpy(s, p, n);
	s[n] = '\0';
	return s;
}

char *
mem_strdup(const char *s)
{
	return s ? mem_strndup(s, strlen(s)) : NULL;
}
