/*
 * fdutil: small jobs on descriptors.
 */
#ifndef SIOGATE_FDUTIL_H
#define SIOGATE_FDUTIL_H

#include <stddef.h>

/* Closes *fd unless it is -1, and leaves it -1. */
void fdutil_close(int *fd);

/* Sets O_NONBLOCK and FD_CLOEXEC. 0, or -1 with errno. */
int fdutil_prepare(int fd);

/* Raises the soft limit on descriptors to the hard one. Returns the limit. */
size_t fdutil_raise_limit(void);

/* What our parent left open beside the standard descriptors is not passed on to
 * programs that we start. */
void fdutil_keep_to_ourselves(void);

#endif
