/*
 * rand: ids that nobody can guess.
 *
 * DIAGNOSTICS
 *	Fatal: the kernel gives no random bytes.
 */

/* system */
#include <sys/random.h>

#include <errno.h>

/* own */
#include "gw_assert.h"
#include "rand.h"

static const char rand_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
rand_bytes(void *p, size_t n)
{
	char *at = p;

	while (n) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0) {
			gw_assert(errno == EINTR);
			continue;
		}
		at += got;
		n -= (size_t)got;
	}
}

void
rand_id(char id_r[RAND_ID_LEN + 1])
{
	unsigned char raw[RAND_ID_LEN];
	int i;

	rand_bytes(raw, sizeof(raw));
	for (i = 0; i < RAND_ID_LEN; i++)
		id_r[i] = rand_alphabet[raw[i] & 63];
	id_r[RAND_ID_LEN] = '\0';
}
