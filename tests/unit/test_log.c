/*
 * The log, and random ids.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "mem.h"

/* tested */
#include "log.h"
#include "rand.h"

enum { TIME_LEN = 25 }; /* "2026-01-31T12:00:00.123Z " */

struct bench {
	char dir[64];
	char path[96], moved[96];
	struct log *log;
	struct buf text;
};

static int
setup(void **state)
{
	struct bench *b = mem_zalloc(sizeof(*b));

	*state = b;
	strcpy(b->dir, "/tmp/test_log.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->path, sizeof(b->path), "%s/log", b->dir);
	snprintf(b->moved, sizeof(b->moved), "%s/log.1", b->dir);
	b->log = log_new(b->path, LOG_LVL_INFO);
	assert_non_null(b->log);
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	log_free(&b->log);
	assert_null(b->log);
	log_free(&b->log);
	unlink(b->path);
	unlink(b->moved);
	assert_int_equal(rmdir(b->dir), 0);
	buf_release(&b->text);
	free(b);
	return 0;
}

/* The content of a file. */
static const char *
read_file(struct bench *b, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	buf_clear(&b->text);
	while ((n = fread(buf_reserve(&b->text, 4096), 1, 4096, f)) > 0)
		b->text.len += n;
	fclose(f);
	return buf_cstr(&b->text);
}

/* How many lines the log has. */
static unsigned
lines(struct bench *b)
{
	const char *at = read_file(b, b->path);
	unsigned n = 0;

	for (; (at = strchr(at, '\n')) != NULL; at++)
		n++;
	return n;
}

static void
test_line(void **state)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ ";
	struct bench *b = *state;
	const char *text;
	size_t i;

	log_warning(b->log, "pool %s: %d", "chat", 5);
	text = read_file(b, b->path);
	for (i = 0; i < TIME_LEN; i++) {
		if (form[i] == 'd')
			assert_true(text[i] >= '0' && text[i] <= '9');
		else
			assert_int_equal(text[i], form[i]);
	}
	assert_string_equal(text + TIME_LEN, "warning pool chat: 5\n");
}

static void
test_levels(void **state)
{
	static const char *const names[] = { "error", "warning", "info",
		"debug" };
	struct bench *b = *state;
	enum log_level l, parsed;

	for (l = LOG_LVL_ERROR; l <= LOG_LVL_DEBUG; l++) {
		assert_int_equal(
		    log_level_parse(span_str(names[l]), &parsed), 0);
		assert_int_equal(parsed, l);
		assert_int_equal(log_enabled(b->log, l), l <= LOG_LVL_INFO);
		log_write(b->log, l, "x");
	}
	assert_int_equal(lines(b), 3);
	log_set_level(b->log, LOG_LVL_ERROR);
	log_warning(b->log, "no");
	log_debug(b->log, "no");
	log_error(b->log, "yes");
	assert_int_equal(lines(b), 4);
	log_set_level(b->log, LOG_LVL_DEBUG);
	log_debug(b->log, "yes");
	assert_int_equal(lines(b), 5);
	assert_int_equal(log_level_parse(SPAN("Error"), &parsed), -1);
	assert_int_equal(log_level_parse(SPAN("errors"), &parsed), -1);
	assert_int_equal(log_level_parse(SPAN_EMPTY, &parsed), -1);
}

/* A log that is not there swallows everything. */
static void
test_null(void **state)
{
	struct log_limit lim = { 0 };

	(void)state;
	assert_false(log_enabled(NULL, LOG_LVL_ERROR));
	log_error(NULL, "x");
	log_debug(NULL, "x");
	log_limited(NULL, &lim, LOG_LVL_ERROR, "x");
	assert_int_equal(lim.used, 0);
}

/* Whatever a peer sent, an event is one line. */
static void
test_escape(void **state)
{
	struct bench *b = *state;
	char byte[2] = "";
	char wanted[32];
	int c;

	log_info(b->log, "a\nb\r\t\x1b[0m\x7f");
	assert_string_equal(read_file(b, b->path) + TIME_LEN,
	    "info a\\x0ab\\x0d\\x09\\x1b[0m\\x7f\n");
	for (c = 1; c < 256; c++) {
		assert_int_equal(truncate(b->path, 0), 0);
		byte[0] = (char)c;
		log_info(b->log, "<%s>", byte);
		snprintf(wanted, sizeof(wanted),
		    c < 32 || c == 127 ? "info <\\x%02x>\n" : "info <%c>\n", c);
		assert_string_equal(read_file(b, b->path) + TIME_LEN, wanted);
	}
}

/* Long lines are cut, and stay one line. */
static void
test_long(void **state)
{
	struct bench *b = *state;
	char *text = mem_alloc(100001);
	const char *got;
	size_t n;

	memset(text, '\n', 100000);
	text[100000] = '\0';
	log_info(b->log, "%s", text);
	assert_int_equal(lines(b), 1);
	got = read_file(b, b->path);
	n = strlen(got);
	assert_true(n > 4000 && n < 17000);
	assert_string_equal(got + n - 5, " ...\n");
	free(text);
}

static void
test_limit(void **state)
{
	struct bench *b = *state;
	/* a period that begins in the future does not end during the test */
	struct log_limit lim = { .burst = 3, .since = INT64_MAX / 2 };
	struct log_limit usual = { .since = INT64_MAX / 2 };
	unsigned i;

	for (i = 0; i < 10; i++)
		log_limited(b->log, &lim, LOG_LVL_INFO, "line %u", i);
	assert_int_equal(lines(b), 3);
	assert_int_equal(lim.skipped, 7);
	assert_int_equal(truncate(b->path, 0), 0);
	lim.since = -100; /* the period is over */
	log_limited(b->log, &lim, LOG_LVL_INFO, "next");
	assert_string_equal(read_file(b, b->path) + TIME_LEN,
	    "info next (and 7 more like it)\n");
	assert_int_equal(lim.skipped, 0);
	assert_int_equal(lim.used, 1);
	log_limited(b->log, &lim, LOG_LVL_DEBUG, "not written");
	assert_int_equal(lim.used, 1);
	assert_int_equal(truncate(b->path, 0), 0);
	for (i = 0; i < 15; i++)
		log_limited(b->log, &usual, LOG_LVL_INFO, "x");
	assert_int_equal(lines(b), 10);
	assert_int_equal(usual.skipped, 5);
}

static void
test_reopen(void **state)
{
	struct bench *b = *state;

	log_info(b->log, "one");
	assert_int_equal(rename(b->path, b->moved), 0);
	log_info(b->log, "two");
	assert_int_equal(log_reopen(b->log), 0);
	log_info(b->log, "three");
	assert_int_equal(lines(b), 1);
	assert_string_equal(b->text.data + TIME_LEN, "info three\n");
	assert_non_null(strstr(read_file(b, b->moved), "info two\n"));
}

/* What can't be opened again leaves the old file in use. */
static void
test_reopen_fails(void **state)
{
	struct bench *b = *state;

	assert_int_equal(rename(b->path, b->moved), 0);
	assert_int_equal(mkdir(b->path, 0700), 0);
	errno = 0;
	assert_int_equal(log_reopen(b->log), -1);
	assert_int_equal(errno, EISDIR);
	log_info(b->log, "still");
	assert_non_null(strstr(read_file(b, b->moved), "info still\n"));
	assert_int_equal(rmdir(b->path), 0);
}

static void
test_open_fails(void **state)
{
	(void)state;
	errno = 0;
	assert_null(log_new("/nowhere/at/all", LOG_LVL_INFO));
	assert_int_equal(errno, ENOENT);
}

static void
test_appends(void **state)
{
	struct bench *b = *state;
	struct log *other = log_new(b->path, LOG_LVL_INFO);

	log_info(b->log, "one");
	log_info(other, "two");
	log_info(b->log, "three");
	log_free(&other);
	assert_int_equal(lines(b), 3);
}

/* Orders ids. */
static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
test_rand_id(void **state)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-_";
	enum { N = 20000 };
	char(*ids)[RAND_ID_LEN + 1] = mem_alloc(N * sizeof(*ids));
	unsigned seen[256] = { 0 };
	size_t i, k;

	(void)state;
	for (i = 0; i < N; i++) {
		rand_id(ids[i]);
		assert_int_equal(strlen(ids[i]), RAND_ID_LEN);
		assert_int_equal(strspn(ids[i], alphabet), RAND_ID_LEN);
		for (k = 0; k < RAND_ID_LEN; k++)
			seen[(unsigned char)ids[i][k]]++;
	}
	/* 6250 of each on average, give or take 80 */
	for (k = 0; k < 64; k++)
		assert_in_range(seen[(unsigned char)alphabet[k]], 5400, 7100);
	qsort(ids, N, sizeof(*ids), by_text);
	for (i = 1; i < N; i++)
		assert_string_not_equal(ids[i - 1], ids[i]);
	free(ids);
}

static void
test_rand_bytes(void **state)
{
	unsigned char p[1000] = { 0 };
	unsigned ones = 0, i;

	(void)state;
	rand_bytes(p, 0);
	rand_bytes(p, 900);
	for (i = 0; i < 900 * 8; i++)
		ones += p[i / 8] >> i % 8 & 1;
	assert_in_range(ones, 3200, 4000);
	for (i = 900; i < 1000; i++)
		assert_int_equal(p[i], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_line, setup, teardown),
		cmocka_unit_test_setup_teardown(test_levels, setup, teardown),
		cmocka_unit_test(test_null),
		cmocka_unit_test_setup_teardown(test_escape, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reopen, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_reopen_fails, setup, teardown),
		cmocka_unit_test(test_open_fails),
		cmocka_unit_test_setup_teardown(test_appends, setup, teardown),
		cmocka_unit_test(test_rand_id),
		cmocka_unit_test(test_rand_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
