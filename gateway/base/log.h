/*
 * log: the gateway's log.
 *
 * Lines read "2026-01-31T12:00:00.123Z warning pool chat: text". A line's text
 * never holds a control character: what peers send is escaped, so one event is
 * one line. Secrets (cookies, tokens, session ids) are never handed to it.
 */
#ifndef SIOGATE_LOG_H
#define SIOGATE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

enum log_level { LOG_LVL_ERROR, LOG_LVL_WARNING, LOG_LVL_INFO, LOG_LVL_DEBUG };

struct log;

/* A bound on how often one place of the code writes: at most `burst` lines in
 * ten seconds; the next line that passes says how many were left out. All zero
 * means a burst of 10. */
struct log_limit {
	unsigned burst;
	unsigned used;
	unsigned skipped;
	int64_t since; /* seconds, monotonic */
};

/* Opens a log that writes to path, or to standard error when path is NULL.
 * Returns NULL with errno when the file can't be opened. */
struct log *log_new(const char *path, enum log_level level);

/* Closes the log, frees it, and leaves *lg NULL. */
void log_free(struct log **lg);

/* Opens the file again after it was moved away. 0, or -1 with errno: then the
 * old file stays in use. */
int log_reopen(struct log *lg);

/* Changes what is written. */
void log_set_level(struct log *lg, enum log_level level);

/* True when lines of this level are written. */
bool log_enabled(const struct log *lg, enum log_level level);

/* Writes a line. A NULL log swallows it. */
void log_write(struct log *lg, enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, bounded by lim, which belongs to the place that calls. */
void log_limited(struct log *lg, struct log_limit *lim, enum log_level level,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* 0 and the level for "error", "warning", "info" or "debug"; -1 otherwise. */
int log_level_parse(struct span name, enum log_level *level_r);

#define log_error(lg, ...) log_write((lg), LOG_LVL_ERROR, __VA_ARGS__)
#define log_warning(lg, ...) log_write((lg), LOG_LVL_WARNING, __VA_ARGS__)
#define log_info(lg, ...) log_write((lg), LOG_LVL_INFO, __VA_ARGS__)
#define log_debug(lg, ...)                                    \
	(log_enabled((lg), LOG_LVL_DEBUG)                     \
		? log_write((lg), LOG_LVL_DEBUG, __VA_ARGS__) \
		: (void)0)

#endif
