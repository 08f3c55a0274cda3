/*
 * fdutil: small jobs on descriptors.
 */

/* system */
#include <sys/resource.h>

#include <fcntl.h>
#include <unistd.h>

/* own */
#include "fdutil.h"

void
fdutil_close(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

int
fdutil_prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return -1;
	flags = fcntl(fd, F_GETFD);
	if (flags == -1 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) == -1)
		return -1;
	return 0;
}

size_t
fdutil_raise_limit(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) == -1)
		return 1024;
	if (lim.rlim_cur < lim.rlim_max) {
		lim.rlim_cur = lim.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &lim) == -1)
			getrlimit(RLIMIT_NOFILE, &lim);
	}
	return (size_t)lim.rlim_cur;
}

void
fdutil_keep_to_ourselves(void)
{
	int fd, flags, limit = 1024;

	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	/* a kernel before 5.11 */
	for (fd = 3; fd < limit; fd++) {
		flags = fcntl(fd, F_GETFD);
		if (flags != -1)
			fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
	}
}
