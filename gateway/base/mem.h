/*
 * mem: memory that is always there.
 *
 * Running out of memory ends the process: every queue and buffer of the
 * gateway is bounded by a setting, so it means that the settings promise more
 * than the machine has.
 */
#ifndef SIOGATE_MEM_H
#define SIOGATE_MEM_H

#include <stddef.h>

/* Like malloc and friends, but never NULL (a size of 0 gives a valid pointer).
 * The caller owns the result and frees it with free(). */
void *mem_alloc(size_t n);
void *mem_zalloc(size_t n);
void *mem_realloc(void *p, size_t n);
void *mem_dup(const void *p, size_t n);

/* A copy of the n bytes at p with a NUL behind them. */
char *mem_strndup(const char *p, size_t n);

/* A copy of s; NULL gives NULL. */
char *mem_strdup(const char *s);

#endif
