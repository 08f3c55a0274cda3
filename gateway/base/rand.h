/*
 * rand: random bytes from the kernel.
 */
#ifndef SIOGATE_RAND_H
#define SIOGATE_RAND_H

#include <stddef.h>

/* Characters of an id, without the NUL: 120 random bits in base64url. */
enum { RAND_ID_LEN = 20 };

/* Fills p with n bytes of getrandom(2). */
void rand_bytes(void *p, size_t n);

/* Writes a new id and a NUL. Ids hold letters, digits, '-' and '_'. */
void rand_id(char id_r[RAND_ID_LEN + 1]);

#endif
