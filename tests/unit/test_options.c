/*
 * test_options: the daemon's command line, and how it overrides the file.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "span.h"

/* own */
#include "options.h"
#include "settings.h"

enum { ARGS_MAX = 16 };

/* A command line and what came of it. */
struct call {
	struct options o;
	struct settings s;
	struct buf errors;
	struct buf warnings;
	int rc;
};

/* Parses the arguments, which end in a NULL. */
static void
call_parse(struct call *c, const char *const *args)
{
	char *argv[ARGS_MAX + 2] = { (char *)(uintptr_t) "siogate" };
	int argc = 1;

	while (args[argc - 1]) {
		assert_true(argc <= ARGS_MAX);
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
		argc++;
	}
	memset(c, 0, sizeof(*c));
	options_init(&c->o);
	c->rc = options_parse(argc, argv, &c->o, &c->errors);
}

/* Frees it. */
static void
call_release(struct call *c)
{
	options_release(&c->o);
	settings_release(&c->s);
	buf_release(&c->errors);
	buf_release(&c->warnings);
}

/* Parses, wants no mistake, and loads. */
static void
call_load(struct call *c, const char *const *args)
{
	call_parse(c, args);
	assert_string_equal(buf_cstr(&c->errors), "");
	assert_int_equal(c->rc, 0);
	c->rc = options_load(&c->o, &c->s, &c->errors, &c->warnings);
}

#define ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* What is to be done. */
static void
test_actions(void **state)
{
	static const struct {
		const char *args[4];
		enum options_action action;
	} cases[] = {
		{ { NULL }, OPTIONS_RUN },
		{ { "-c", "f" }, OPTIONS_RUN },
		{ { "-tc", "f" }, OPTIONS_CHECK },
		{ { "--check", "--config=f" }, OPTIONS_CHECK },
		{ { "-V" }, OPTIONS_VERSION },
		{ { "--version" }, OPTIONS_VERSION },
		{ { "-h" }, OPTIONS_HELP },
		{ { "--help" }, OPTIONS_HELP },
		{ { "-h", "settings" }, OPTIONS_HELP_SETTINGS },
		{ { "--help=settings" }, OPTIONS_HELP_SETTINGS },
		{ { "--help", "--root", "x" }, OPTIONS_HELP },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct call c;

		call_parse(&c, cases[i].args);
		if (c.rc != 0 || c.o.action != cases[i].action)
			fail_msg("%zu: %d, action %d: %s", i, c.rc,
			    (int)c.o.action, buf_cstr(&c.errors));
		call_release(&c);
	}
}

/* Everything for a first try. */
static void
test_first_try(void **state)
{
	struct call c;

	(void)state;
	call_load(
	    &c, ARGS("--listen", "1", "--listen=2", "--root", "www",
		    "--handler", "/=./a b=c", "--handler", "/chat=unix:/s",
		    "--workers", "2..3", "-o", "ping_interval=5s"));
	assert_string_equal(buf_cstr(&c.errors), "");
	assert_string_equal(buf_cstr(&c.warnings), "");
	assert_int_equal(c.rc, 0);
	assert_int_equal(c.s.gateway.listen.n, 2);
	assert_string_equal(c.s.gateway.listen.items[0], "1");
	assert_string_equal(c.s.gateway.root, "www");
	assert_int_equal(c.s.gateway.ping_interval, 5000);
	assert_int_equal(c.s.n_pools, 2);
	assert_string_equal(c.s.pools[0].name, "handler");
	assert_string_equal(c.s.pools[0].command, "./a b=c");
	assert_int_equal(c.s.pools[0].workers_min, 2);
	assert_int_equal(c.s.pools[0].workers_max, 3);
	assert_string_equal(c.s.pools[1].name, "handler-chat");
	assert_null(c.s.pools[1].command);
	assert_string_equal(c.s.pools[1].address.items[0], "unix:/s");
	assert_int_equal(c.s.n_namespaces, 2);
	assert_string_equal(c.s.namespaces[1].name, "/chat");
	assert_string_equal(c.s.namespaces[1].pool, "handler-chat");
	call_release(&c);
}

/* The command line goes before the file; a reload gives the same again. */
static void
test_override(void **state)
{
	static const char text[] =
	    "[gateway]\nlisten = 1 2\nlog_level = error\nroot = a\n"
	    "[pool handler]\ncommand = x\n"
	    "[namespace /]\npool = handler\norder = none\n";
	char path[] = "/tmp/siogate-test-XXXXXX";
	int fd = mkstemp(path), round;
	struct call c;

	(void)state;
	assert_true(fd != -1);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	assert_int_equal(close(fd), 0);
	call_load(&c, ARGS("-c", path, "--listen=3", "--log-level", "debug",
			  "--handler=/=y", "--control", "none"));
	for (round = 0; round < 2; round++) {
		assert_string_equal(buf_cstr(&c.errors), "");
		assert_int_equal(c.rc, 0);
		assert_int_equal(c.s.gateway.listen.n, 1);
		assert_string_equal(c.s.gateway.listen.items[0], "3");
		assert_int_equal(c.s.gateway.log_level, LOG_LVL_DEBUG);
		assert_string_equal(c.s.gateway.root, "a");
		assert_null(c.s.gateway.control);
		assert_int_equal(c.s.n_namespaces, 1);
		assert_string_equal(c.s.namespaces[0].pool, "handler-2");
		assert_int_equal(c.s.namespaces[0].order, SETTINGS_ORDER_NONE);
		assert_string_equal(
		    buf_cstr(&c.warnings), "pool handler: nothing uses it\n");
		buf_clear(&c.warnings);
		settings_release(&c.s);
		c.rc = options_load(&c.o, &c.s, &c.errors, &c.warnings);
	}
	unlink(path);
	call_release(&c);
}

/* Mistakes that are seen while parsing. */
static void
test_parse_mistakes(void **state)
{
	static const struct {
		const char *args[4];
		const char *errors;
	} cases[] = {
		{ { "--bogus" }, "unknown option: --bogus\n" },
		{ { "-q" }, "unknown option: -q\n" },
		{ { "--listen" }, "--listen: wants ADDRESS\n" },
		{ { "-c" }, "-c: wants FILE\n" },
		{ { "--check=1", "-cf" }, "--check=1: takes no value\n" },
		{ { "-t" }, "--check: needs --config\n" },
		{ { "x" }, "not an option: x\n" },
		{ { "-h", "x" }, "--help: there is no help on x\n" },
		{ { "-cf", "-cg" }, "--config: there can be one file only\n" },
		{ { "--workers", "1" }, "--workers: needs --handler\n" },
		{ { "-o", "x" }, "-o x: not NAME=VALUE\n" },
		{ { "-o", "xyz=1" }, "-o xyz: unknown setting of [gateway]\n" },
		{ { "-o", "timeout=1" },
		    "-o timeout: unknown setting of [gateway]\n" },
		{ { "-oping_intervl=1" },
		    "-o ping_intervl: unknown setting of [gateway]; did you "
		    "mean ping_interval?\n" },
		{ { "--handler", "./x" },
		    "--handler ./x: not NAMESPACE=COMMAND with a namespace "
		    "that begins with a slash\n" },
		{ { "--handler", "/=" },
		    "--handler /=: not NAMESPACE=COMMAND with a namespace "
		    "that begins with a slash\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct call c;

		call_parse(&c, cases[i].args);
		assert_string_equal(buf_cstr(&c.errors), cases[i].errors);
		assert_int_equal(c.rc, -1);
		call_release(&c);
	}
}

/* Mistakes that are seen while loading. */
static void
test_load_mistakes(void **state)
{
	static const struct {
		const char *args[6];
		const char *errors;
	} cases[] = {
		{ { "--log-level", "loud" }, "--log-level: not one of error "
					     "warning info debug: loud\n" },
		{ { "-o", "ping_interval=x" },
		    "-o ping_interval: not a time: x\n" },
		{ { "--listen=x", "--max-connections=0" },
		    "--listen: neither host:port nor unix:path: x\n"
		    "--max-connections: must be from 1 to 1000000: 0\n" },
		{ { "--handler=/a=x", "--handler=/a=y" },
		    "--handler /a: has a handler already\n" },
		{ { "--handler=/a=tcp:x" },
		    "--handler /a: not tcp:host:port: tcp:x\n" },
		{ { "--handler=/a=x", "--workers=z" },
		    "--handler /a: neither a number nor MIN..MAX: z\n" },
		{ { "-c", "/nowhere/x" },
		    "/nowhere/x: No such file or directory\n" },
		{ { "--control", "1" },
		    "control: 1 can be reached over the network and needs "
		    "control_token or control_token_file\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct call c;

		call_load(&c, cases[i].args);
		assert_string_equal(buf_cstr(&c.errors), cases[i].errors);
		assert_int_equal(c.rc, -1);
		call_release(&c);
	}
}

/* The usage names every option and keeps to 80 columns. */
static void
test_usage(void **state)
{
	struct buf usage = BUF_INIT, list = BUF_INIT;
	struct span left, line;

	(void)state;
	options_usage(&usage);
	options_list(&list);
	for (left = buf_span(&usage); left.p;) {
		line = span_cut(left, '\n', &left);
		assert_true(line.n < 80);
	}
	buf_cstr(&usage);
	for (left = buf_span(&list); left.n;) {
		struct buf name = BUF_INIT;

		line = span_cut(left, '\n', &left);
		buf_addf(&name, "--%.*s", SPAN_FMT(line));
		assert_non_null(strstr(buf_cstr(&usage), buf_cstr(&name)));
		buf_release(&name);
	}
	buf_release(&usage);
	buf_release(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_first_try),
		cmocka_unit_test(test_override),
		cmocka_unit_test(test_parse_mistakes),
		cmocka_unit_test(test_load_mistakes),
		cmocka_unit_test(test_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
