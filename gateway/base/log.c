/*
 * log: one line for each thing worth knowing.
 *
 * The line is put together in memory and written with one write(2), so that
 * lines of several processes do not mix.
 *
 * DIAGNOSTICS
 *	A line that can't be written is lost; there is nobody to tell.
 */

/* system */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* own */
#include "buf.h"
#include "log.h"
#include "mem.h"

enum { LOG_BURST = 10, LOG_PERIOD = 10, LOG_LINE_MAX = 4000 };

struct log {
	char *path; /* NULL: standard error */
	int fd;
	enum log_level level;
	struct buf line;
};

static const char *const log_names[] = { "error", "warning", "info", "debug" };

/* Opens path for appending; -1 with errno. */
static int
log_open(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

struct log *
log_new(const char *path, enum log_level level)
{
	struct log *lg = mem_zalloc(sizeof(*lg));

	lg->path = mem_strdup(path);
	lg->level = level;
	lg->fd = path ? log_open(path) : STDERR_FILENO;
	if (lg->fd == -1) {
		int saved = errno;

		free(lg->path);
		free(lg);
		errno = saved;
		return NULL;
	}
	return lg;
}

void
log_free(struct log **lgp)
{
	struct log *lg = *lgp;

	if (lg == NULL)
		return;
	if (lg->path)
		close(lg->fd);
	free(lg->path);
	buf_release(&lg->line);
	free(lg);
	*lgp = NULL;
}

int
log_reopen(struct log *lg)
{
	int fd;

	if (lg->path == NULL)
		return 0;
	fd = log_open(lg->path);
	if (fd == -1)
		return -1;
	close(lg->fd);
	lg->fd = fd;
	return 0;
}

void
log_set_level(struct log *lg, enum log_level level)
{
	lg->level = level;
}

bool
log_enabled(const struct log *lg, enum log_level level)
{
	return lg && level <= lg->level;
}

/* Appends the time of day in UTC, to the millisecond. */
static void
log_add_time(struct buf *b)
{
	struct timespec now;
	struct tm tm;
	char text[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_addf(b, "%s.%03ldZ ", text, now.tv_nsec / 1000000);
}

/* Escapes control characters from `from` on, so that the line stays one. */
static void
log_escape(struct buf *b, size_t from)
{
	struct buf out = BUF_INIT;
	size_t i;

	for (i = from; i < b->len; i++)
		if ((unsigned char)b->data[i] < 32 || b->data[i] == 127)
			break;
	if (i == b->len)
		return;
	for (i = from; i < b->len; i++) {
		unsigned char c = (unsigned char)b->data[i];

		if (c < 32 || c == 127)
			buf_addf(&out, "\\x%02x", c);
		else
			buf_addch(&out, (char)c);
	}
	b->len = from;
	buf_add(b, out.data, out.len);
	buf_release(&out);
}

/* Writes one line. */
static void
log_vwrite(struct log *lg, enum log_level level, unsigned skipped,
    const char *fmt, va_list ap)
{
	struct buf *b = &lg->line;
	size_t from;
	ssize_t done;

	buf_clear(b);
	log_add_time(b);
	buf_adds(b, log_names[level]);
	buf_addch(b, ' ');
	from = b->len;
	buf_vaddf(b, fmt, ap);
	if (b->len > LOG_LINE_MAX) {
		b->len = LOG_LINE_MAX;
		buf_adds(b, " ...");
	}
	log_escape(b, from);
	if (skipped)
		buf_addf(b, " (and %u more like it)", skipped);
	buf_addch(b, '\n');
	do
		done = write(lg->fd, b->data, b->len);
	while (done == -1 && errno == EINTR);
}

void
log_write(struct log *lg, enum log_level level, const char *fmt, ...)
{
	va_list ap;

	if (!log_enabled(lg, level))
		return;
	va_start(ap, fmt);
	log_vwrite(lg, level, 0, fmt, ap);
	va_end(ap);
}

void
log_limited(struct log *lg, struct log_limit *lim, enum log_level level,
    const char *fmt, ...)
{
	struct timespec now;
	va_list ap;

	if (!log_enabled(lg, level))
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if (now.tv_sec - lim->since >= LOG_PERIOD) {
		lim->since = now.tv_sec;
		lim->used = 0;
	}
	if (lim->used >= (lim->burst ? lim->burst : LOG_BURST)) {
		lim->skipped++;
		return;
	}
	lim->used++;
	va_start(ap, fmt);
	log_vwrite(lg, level, lim->skipped, fmt, ap);
	va_end(ap);
	lim->skipped = 0;
}

int
log_level_parse(struct span name, enum log_level *level_r)
{
	size_t i;

	for (i = 0; i < sizeof(log_names) / sizeof(log_names[0]); i++) {
		if (span_eq(name, span_str(log_names[i]))) {
			*level_r = (enum log_level)i;
			return 0;
		}
	}
	return -1;
}
