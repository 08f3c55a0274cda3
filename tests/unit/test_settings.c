/*
 * test_settings: values, defaults, the configuration file and the checks at the
 * end.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "span.h"

/* own */
#include "config_file.h"
#include "settings.h"
#include "settings_doc.h"
#include "settings_table.h"
#include "settings_value.h"

/* What a test reads and gets back. */
struct reading {
	struct settings s;
	struct buf errors;
	struct buf warnings;
	int rc;
};

/* Reads text as a configuration file that is called "t.conf". */
static void
reading_init(struct reading *r, const char *text)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	memset(r, 0, sizeof(*r));
	settings_init(&r->s);
	assert_non_null(f);
	r->rc = config_file_read_stream(&r->s, f, "t.conf", &r->errors);
	fclose(f);
}

/* The same, and the checks at the end if there was no mistake. */
static void
reading_finish(struct reading *r, const char *text)
{
	reading_init(r, text);
	assert_string_equal(buf_cstr(&r->errors), "");
	r->rc = settings_finish(&r->s, &r->errors, &r->warnings);
}

/* Frees it. */
static void
reading_release(struct reading *r)
{
	settings_release(&r->s);
	buf_release(&r->errors);
	buf_release(&r->warnings);
}

/* A value for a setting of [gateway]: "name=value", and the number that is
 * stored or the message. */
static const struct {
	const char *text;
	unsigned long long want;
	const char *error;
} numbers[] = {
	{ "ping_interval=25000", 25000, NULL },
	{ "ping_interval= 25s ", 25000, NULL },
	{ "ping_interval=500ms", 500, NULL },
	{ "ping_interval=2m", 120000, NULL },
	{ "ping_interval=1H", 3600000, NULL },
	{ "ping_interval=24h", 86400000, NULL },
	{ "ping_interval=10", 10, NULL },
	{ "ping_interval=9", 0, "must be from 10ms to 24h: 9" },
	{ "ping_interval=25h", 0, "must be from 10ms to 24h: 25h" },
	{ "ping_interval=abc", 0, "not a time: abc" },
	{ "ping_interval=", 0, "not a time: " },
	{ "ping_interval=-1", 0, "not a time: -1" },
	{ "ping_interval=1.5s", 0, "not a time: 1.5s" },
	{ "ping_interval=1 s", 0, "not a time: 1 s" },
	{ "ping_interval=5k", 0, "not a time: 5k" },
	{ "ping_interval=18446744073709551615h", 0,
	    "not a time: 18446744073709551615h" },
	{ "ping_interval=18446744073709551616", 0,
	    "not a time: 18446744073709551616" },
	{ "cors_max_age=0", 0, NULL },
	{ "max_payload=1000000", 1000000, NULL },
	{ "max_payload=64k", 65536, NULL },
	{ "max_payload=64K", 65536, NULL },
	{ "max_payload=8M", 8388608, NULL },
	{ "max_payload=1G", 1073741824, NULL },
	{ "max_payload=2G", 0, "must be from 1 to 1G: 2G" },
	{ "max_payload=0", 0, "must be from 1 to 1G: 0" },
	{ "max_payload=1s", 0, "not a size: 1s" },
	{ "max_connections=1", 1, NULL },
	{ "max_connections=1000000", 1000000, NULL },
	{ "max_connections=1000001", 0, "must be from 1 to 1000000: 1000001" },
	{ "max_connections=1k", 0, "not a number: 1k" },
	{ "deflate_level=9", 9, NULL },
	{ "deflate_level=10", 0, "must be from 1 to 9: 10" },
	{ "max_depth=1000", 1000, NULL },
	{ "max_depth=1001", 0, "must be from 1 to 1000: 1001" },
	{ "listen_mode=0660", 0660, NULL },
	{ "listen_mode=700", 0700, NULL },
	{ "listen_mode=0", 0, NULL },
	{ "listen_mode=0888", 0, "not an octal mode: 0888" },
	{ "listen_mode=1000", 0, "must be from 0 to 0777: 1000" },
	{ "log_level=error", LOG_LVL_ERROR, NULL },
	{ "log_level=warning", LOG_LVL_WARNING, NULL },
	{ "log_level=debug", LOG_LVL_DEBUG, NULL },
	{ "log_level=loud", 0, "not one of error warning info debug: loud" },
	{ "log_level=", 0, "not one of error warning info debug: " },
	{ "transports=polling", SETTINGS_TRANSPORT_POLLING, NULL },
	{ "transports=websocket, polling", 3, NULL },
	{ "transports=", 0, "empty; choose from: polling websocket" },
	{ "transports=polling pigeon", 0,
	    "not one of polling websocket: pigeon" },
	{ "http_compression=no", 0, NULL },
	{ "http_compression=off", 0, NULL },
	{ "http_compression=FALSE", 0, NULL },
	{ "http_compression=0", 0, NULL },
	{ "permessage_deflate=yes", 1, NULL },
	{ "permessage_deflate=On", 1, NULL },
	{ "permessage_deflate=true", 1, NULL },
	{ "permessage_deflate=1", 1, NULL },
	{ "permessage_deflate=2", 0, "neither yes nor no: 2" },
	{ "permessage_deflate=", 0, "neither yes nor no: " },
};

/* Reads "name=value" into *s. */
static int
set(struct settings *s, const char *text, const struct settings_entry **e_r,
    struct buf *error)
{
	struct span value;
	struct span name = span_cut(span_str(text), '=', &value);

	*e_r = settings_table_find(SETTINGS_GATEWAY, name);
	assert_non_null(*e_r);
	return settings_value_set(*e_r, &s->gateway, value, false, error);
}

/* The number in a field. */
static unsigned long long
number_at(const struct settings_entry *e, const struct settings *s)
{
	const char *at = (const char *)&s->gateway + e->offset;

	if (e->type == SETTINGS_SIZE)
		return *(const size_t *)(const void *)at;
	if (e->type == SETTINGS_BOOL)
		return *(const bool *)(const void *)at;
	return *(const unsigned *)(const void *)at;
}

/* Numbers, times, sizes, modes, choices and booleans. */
static void
test_numbers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct settings s;
		struct buf error = BUF_INIT;
		const struct settings_entry *e;
		unsigned long long before;
		int rc;

		settings_init(&s);
		e = settings_table_find(SETTINGS_GATEWAY,
		    span_of(numbers[i].text, strcspn(numbers[i].text, "=")));
		assert_non_null(e);
		before = number_at(e, &s);
		rc = set(&s, numbers[i].text, &e, &error);
		if (numbers[i].error) {
			if (rc != -1)
				fail_msg("%s: taken", numbers[i].text);
			assert_string_equal(buf_cstr(&error), numbers[i].error);
			assert_int_equal(number_at(e, &s), before);
		} else {
			if (rc != 0)
				fail_msg("%s: %s", numbers[i].text,
				    buf_cstr(&error));
			if (number_at(e, &s) != numbers[i].want)
				fail_msg("%s: %llu", numbers[i].text,
				    number_at(e, &s));
		}
		buf_release(&error);
		settings_release(&s);
	}
}

/* Texts that are taken (no error) or refused. */
static const struct {
	const char *text;
	const char *error;
} texts[] = {
	{ "listen=127.0.0.1:8080", NULL },
	{ "listen=[::1]:8080 *:80,:81 82 localhost:0 unix:run/s", NULL },
	{ "listen=", "is empty" },
	{ "listen=1:2:3", "neither host:port nor unix:path: 1:2:3" },
	{ "listen=host", "neither host:port nor unix:path: host" },
	{ "listen=host:65536", "neither host:port nor unix:path: host:65536" },
	{ "listen=unix:", "no path in the address: unix:" },
	{ "listen=a:1 \"b", "a quote is not closed: \"b" },
	{ "control=none", NULL },
	{ "control=host", "neither host:port nor unix:path: host" },
	{ "path=/a/b/", NULL },
	{ "path=/", NULL },
	{ "path=/a", "must begin and end with a slash: /a" },
	{ "path=a/", "must begin and end with a slash: a/" },
	{ "path=/a b/", "holds what a path of URLs may not: /a b/" },
	{ "path=", "has no value" },
	{ "root=", "has no value" },
	{ "root=none", NULL },
	{ "origins=", NULL },
	{ "origins=https://a.example, https://*.b.example:*", NULL },
	{ "origins=https://a.example a.example", "not an origin: a.example" },
	{ "authorize=a/b", "not a name for a pool: a/b" },
	{ "control_token=s3cret", NULL },
	{ "control_token=s3c ret", "must be printable ASCII, no blanks" },
};

/* Texts and lists are checked, and stay as they are when refused. */
static void
test_texts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct settings s;
		struct buf error = BUF_INIT;
		const struct settings_entry *e;
		int rc;

		settings_init(&s);
		rc = set(&s, texts[i].text, &e, &error);
		if (rc != (texts[i].error ? -1 : 0))
			fail_msg(
			    "%s: %d %s", texts[i].text, rc, buf_cstr(&error));
		assert_string_equal(
		    buf_cstr(&error), texts[i].error ? texts[i].error : "");
		if (rc == -1) {
			assert_string_equal(s.gateway.path, "/socket.io/");
			assert_int_equal(s.gateway.listen.n, 1);
		}
		buf_release(&error);
		settings_release(&s);
	}
}

/* The defaults of every section. */
static void
test_defaults(void **state)
{
	struct reading r;
	const struct settings_gateway *g = &r.s.gateway;

	(void)state;
	reading_finish(&r, "[pool a]\naddress=tcp:h:1 unix:/s\n"
			   "[pool b]\ncommand=x\n[namespace /]\npool=a\n"
			   "[namespace /b]\npool=b\n");
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.warnings.len, 0);
	assert_int_equal(g->listen.n, 1);
	assert_string_equal(g->listen.items[0], "127.0.0.1:8080");
	assert_null(g->listen.items[1]);
	assert_int_equal(g->listen_mode, 0666);
	assert_null(g->root);
	assert_string_equal(g->origins, "");
	assert_int_equal(g->transports, 3);
	assert_int_equal(g->ping_interval, 25000);
	assert_int_equal(g->ping_timeout, 20000);
	assert_int_equal(g->max_payload, 1000000);
	assert_int_equal(g->max_queue, 8 << 20);
	assert_true(g->http_compression);
	assert_false(g->permessage_deflate);
	assert_int_equal(g->log_level, LOG_LVL_INFO);
	assert_string_equal(g->control, "unix:run/control.sock");
	assert_string_equal(g->state_dir, "run");
	assert_int_equal(r.s.n_pools, 2);
	assert_int_equal(r.s.pools[0].address.n, 2);
	assert_null(r.s.pools[0].command);
	assert_int_equal(r.s.pools[0].jobs, 4); /* half of 2 * 4 */
	assert_int_equal(r.s.pools[1].workers_min, 1);
	assert_int_equal(r.s.pools[1].workers_max, 4);
	assert_int_equal(r.s.pools[1].jobs, 2);
	assert_true(r.s.pools[1].headers);
	assert_int_equal(r.s.pools[1].restart_delay_max, 60000);
	assert_false(r.s.namespaces[0].acl_set);
	assert_int_equal(r.s.namespaces[0].order, SETTINGS_ORDER_SERIAL);
	reading_release(&r);
}

/* Lines that go on, quotes, comments, repeated lists, a byte order mark and
 * foreign ends of lines. */
static void
test_file(void **state)
{
	struct reading r;

	(void)state;
	reading_finish(&r,
	    "\xef\xbb\xbf# comment\r\n[gateway]\r\nlisten = 1\r\n"
	    "   ; comment\n  unix:/a b:2\n\nlisten = 3 ; comment\n"
	    "origins = https://a.example\n\thttps://b.example\n"
	    "[namespace /chat] ; comment\n"
	    "acl =\n"
	    "pool = p\n"
	    "[pool p]\n"
	    "command = /bin/x -a\n"
	    "  --long=b\n"
	    "env = A=1,2 \"B=x y\"\n"
	    "  C=\"d e\" D\n"
	    "workers = 3\n"
	    "retry = idempotent\napply = end\nheaders = no\n"
	    "[namespace /]");
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.s.gateway.listen.n, 4);
	assert_string_equal(r.s.gateway.listen.items[1], "unix:/a");
	assert_string_equal(r.s.gateway.listen.items[3], "3");
	assert_string_equal(
	    r.s.gateway.origins, "https://a.example https://b.example");
	assert_string_equal(r.s.pools[0].command, "/bin/x -a --long=b");
	assert_int_equal(r.s.pools[0].env.n, 4);
	assert_string_equal(r.s.pools[0].env.items[0], "A=1,2");
	assert_string_equal(r.s.pools[0].env.items[1], "B=x y");
	assert_string_equal(r.s.pools[0].env.items[2], "C=d e");
	assert_string_equal(r.s.pools[0].env.items[3], "D");
	assert_int_equal(r.s.pools[0].workers_min, 3);
	assert_int_equal(r.s.pools[0].workers_max, 3);
	assert_int_equal(r.s.pools[0].retry, SETTINGS_RETRY_IDEMPOTENT);
	assert_int_equal(r.s.pools[0].apply, SETTINGS_APPLY_END);
	assert_int_equal(r.s.n_namespaces, 2);
	assert_true(r.s.namespaces[0].acl_set);
	assert_int_equal(r.s.namespaces[0].acl.n, 0);
	assert_string_equal(r.s.namespaces[1].name, "/");
	assert_null(r.s.namespaces[1].pool);
	reading_release(&r);
}

/* A mistake, and all that is said about it. */
static const struct {
	const char *text;
	const char *errors;
} mistakes[] = {
	{ "[gateway]\n\nping_interval = abc\n",
	    "t.conf:3: ping_interval: not a time: abc\n" },
	{ "[gateway]\nping_intervall = 1\n",
	    "t.conf:2: ping_intervall: unknown setting of [gateway]; did you "
	    "mean ping_interval?\n" },
	{ "[gateway]\ntmeout = 1\n",
	    "t.conf:2: tmeout: unknown setting of [gateway]\n" },
	{ "[gateway]\nworkers = 1\n",
	    "t.conf:2: workers: belongs in a section [pool], not [gateway]\n" },
	{ "[gateway]\nnonsense\nnonsense\n",
	    "t.conf:2: neither [SECTION] nor NAME = VALUE\n"
	    "t.conf:3: neither [SECTION] nor NAME = VALUE\n" },
	{ "[gateway]\nnonsense",
	    "t.conf:2: neither [SECTION] nor NAME = VALUE\n" },
	{ "root = x\n  y\n", "t.conf:1: root: stands before the first "
			     "section\n" },
	{ "[gateway]\nroot = x\nroot = x\n",
	    "t.conf:3: root: given already in line 2\n" },
	{ "[gateway]\nroot = x\n  y\n",
	    "t.conf:3: root: cannot go on on an indented line\n" },
	{ "[gateway]\nlisten = 1\n  root = x\n",
	    "t.conf:3: an indented line goes on with listen; settings begin "
	    "where the line does\n" },
	{ "[gateway]\n root = x\n", "t.conf:2: an indented line, but no "
				    "setting to go on with\n" },
	{ "[gateway]\nlisten = 1\n 2\n x\n 3\n",
	    "t.conf:4: listen: neither host:port nor unix:path: x\n" },
	{ "[gatewax]\nroot = x\n", "t.conf:1: unknown section [gatewax]; "
				   "there are [gateway], [pool NAME] and "
				   "[namespace /NAME]\n" },
	{ "[gateway\nroot = x\n", "t.conf:1: the bracket is not closed\n" },
	{ "[gateway] x\n", "t.conf:1: text behind the section's bracket\n" },
	{ "[gateway x]\n", "t.conf:1: [gateway] has no name behind it\n" },
	{ "[gateway]\n[gateway]\nroot = x\n",
	    "t.conf:2: there is a section [gateway] already\n" },
	{ "[pool p]\n[pool p]\ncommand = x\n",
	    "t.conf:2: there is a pool p already\n" },
	{ "[pool]\n", "t.conf:1: not a name for a pool: \n" },
	{ "[pool a/b]\n", "t.conf:1: not a name for a pool: a/b\n" },
	{ "[namespace /a]\n[namespace /a]\n",
	    "t.conf:2: there is a namespace /a already\n" },
	{ "[namespace a]\n", "t.conf:1: the name of a namespace begins with a "
			     "slash: a\n" },
	{ "[namespace /a,b]\n",
	    "t.conf:1: not a name for a namespace: /a,b\n" },
	{ "[namespace /\xff]\n",
	    "t.conf:1: not a name for a namespace: /\xff\n" },
	{ "[namespace /a]\nacl = on_x on_ recv_connect\n",
	    "t.conf:2: acl: neither on_EVENT nor a recv_ name: on_\n" },
	{ "[pool p]\nworkers = 4..1\n",
	    "t.conf:2: workers: the least is more than the most: 4..1\n" },
	{ "[pool p]\nworkers = 0\n",
	    "t.conf:2: workers: the most must be at least 1: 0\n" },
	{ "[pool p]\nworkers = 1..\n",
	    "t.conf:2: workers: neither a number nor MIN..MAX: 1..\n" },
	{ "[pool p]\nworkers = 1..10001\n",
	    "t.conf:2: workers: must be from 0 to 10000: 1..10001\n" },
	{ "[pool p]\naddress = tcp:h:0\n",
	    "t.conf:2: address: not tcp:host:port: tcp:h:0\n" },
	{ "[pool p]\naddress = h:1\n",
	    "t.conf:2: address: neither unix:path nor tcp:host:port: h:1\n" },
	{ "[pool p]\nenv = 1=2\n",
	    "t.conf:2: env: neither NAME=value nor NAME: 1=2\n" },
	{ "[pool p]\ncommand = a\001b\n", "t.conf:2: a control character\n" },
	{ "[gateway]\ncontrol_token = gehe im\n",
	    "t.conf:2: control_token: must be printable ASCII, no blanks\n" },
};

/* Every mistake is reported once, with its line. */
static void
test_mistakes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct reading r;

		reading_init(&r, mistakes[i].text);
		if (r.rc != -1)
			fail_msg("%zu: taken: %s", i, mistakes[i].text);
		assert_string_equal(buf_cstr(&r.errors), mistakes[i].errors);
		reading_release(&r);
	}
}

/* After twenty mistakes the rest is only counted. */
static void
test_many_mistakes(void **state)
{
	struct buf text = BUF_INIT;
	struct reading r;
	const char *p;
	unsigned lines = 0, i;

	(void)state;
	buf_adds(&text, "[gateway]\n");
	for (i = 0; i < 33; i++)
		buf_adds(&text, "x\n");
	reading_init(&r, buf_cstr(&text));
	for (p = buf_cstr(&r.errors); *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 21);
	assert_non_null(
	    strstr(buf_cstr(&r.errors), "t.conf: 13 more mistakes\n"));
	reading_release(&r);
	buf_release(&text);
}

/* Lines, names of sections and files that are too long. */
static void
test_long(void **state)
{
	struct buf text = BUF_INIT;
	struct reading r;
	int i;

	(void)state;
	buf_addf(&text,
	    "# %0500d\n[namespace /%0100d]\n[pool p]\n"
	    "command = %0150d\n  %0150d\n",
	    1, 2, 3, 4);
	reading_init(&r, buf_cstr(&text));
	assert_string_equal(buf_cstr(&r.errors), "");
	assert_int_equal(strlen(r.s.namespaces[0].name), 101);
	assert_int_equal(strlen(r.s.pools[0].command), 301);
	reading_release(&r);

	buf_clear(&text);
	buf_addf(&text, "[pool p]\ncommand = %0100000d\n", 1);
	reading_init(&r, buf_cstr(&text));
	assert_int_equal(r.rc, -1);
	assert_non_null(strstr(buf_cstr(&r.errors), "t.conf:2: longer than "));
	reading_release(&r);

	buf_clear(&text);
	for (i = 0; i < 600000; i++)
		buf_adds(&text, "#\n");
	reading_init(&r, buf_cstr(&text));
	assert_string_equal(buf_cstr(&r.errors), "t.conf: larger than 1 MiB\n");
	reading_release(&r);
	buf_release(&text);
}

/* Files that are not there, or are none. */
static void
test_no_file(void **state)
{
	struct settings s;
	struct buf errors = BUF_INIT;

	(void)state;
	settings_init(&s);
	assert_int_equal(config_file_read(&s, "/nowhere/x", &errors), -1);
	assert_int_equal(config_file_read(&s, "/", &errors), -1);
	assert_string_equal(buf_cstr(&errors),
	    "/nowhere/x: No such file or directory\n/: Is a directory\n");
	settings_release(&s);
	buf_release(&errors);
}

/* What the checks at the end say. */
static const struct {
	const char *text;
	const char *errors;
	const char *warnings;
} finishes[] = {
	{ "[namespace /]\n", "", "" },
	{ "[namespace /]\npool = a\n", "namespace /: there is no pool a\n",
	    "" },
	{ "[gateway]\nauthorize = a\n[namespace /]\n",
	    "authorize: there is no pool a\n", "" },
	{ "[pool a]\n[namespace /]\npool = a\n",
	    "pool a: neither command nor address is given\n", "" },
	{ "[pool a]\ncommand = x\naddress = tcp:h:1\n[namespace /]\npool=a\n",
	    "pool a: command and address are both given\n", "" },
	{ "[pool a]\ncommand = x\nrestart_delay = 2m\n[namespace /]\npool=a\n",
	    "pool a: restart_delay is more than restart_delay_max\n", "" },
	{ "[gateway]\ncontrol = 127.0.0.1:1\n[namespace /]\n",
	    "control: 127.0.0.1:1 can be reached over the network and needs "
	    "control_token or control_token_file\n",
	    "" },
	{ "[gateway]\ncontrol = 127.0.0.1:1\ncontrol_token = x\n"
	  "[namespace /]\n",
	    "", "" },
	{ "[gateway]\ncontrol_token_file = /nowhere\ncontrol_token = x\n"
	  "[namespace /]\n",
	    "control_token and control_token_file are both given\n", "" },
	{ "[gateway]\ncontrol_token_file = /nowhere\n[namespace /]\n",
	    "control_token_file: /nowhere: No such file or directory\n", "" },
	{ "[gateway]\ncontrol_token_file = /dev/null\n[namespace /]\n",
	    "control_token_file: /dev/null is empty\n",
	    "control_token_file: everybody may read /dev/null\n" },
	{ "[gateway]\nping_interval = 55s\n[namespace /]\n", "", "" },
	{ "[gateway]\nping_interval = 55001\n[namespace /]\n", "",
	    "ping_interval: 55001 ms is long; idle time-outs of proxies are "
	    "often 60 s\n" },
	{ "[gateway]\n", "",
	    "there is no namespace: every client will be refused\n" },
	{ "[pool a]\ncommand = x\n[namespace /]\n", "",
	    "pool a: nothing uses it\n" },
	{ "[pool a]\ncommand = x\n[gateway]\nauthorize = a\n[namespace /]\n",
	    "", "" },
};

/* Errors and warnings that concern several settings. */
static void
test_finish(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(finishes) / sizeof(finishes[0]); i++) {
		struct reading r;

		reading_finish(&r, finishes[i].text);
		assert_string_equal(buf_cstr(&r.errors), finishes[i].errors);
		assert_string_equal(
		    buf_cstr(&r.warnings), finishes[i].warnings);
		assert_int_equal(r.rc, *finishes[i].errors ? -1 : 0);
		reading_release(&r);
	}
}

/* The token comes from its file without the line's end. */
static void
test_token_file(void **state)
{
	char path[] = "/tmp/siogate-test-XXXXXX";
	struct buf text = BUF_INIT;
	struct reading r;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd != -1);
	assert_int_equal(write(fd, "s3cret\n", 7), 7);
	assert_int_equal(close(fd), 0);
	buf_addf(&text,
	    "[gateway]\ncontrol = 1\ncontrol_token_file = %s\n"
	    "[namespace /]\n",
	    path);
	reading_finish(&r, buf_cstr(&text));
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.warnings.len, 0);
	assert_string_equal(r.s.gateway.control_token, "s3cret");
	reading_release(&r);

	assert_int_equal(chmod(path, 0644), 0);
	reading_finish(&r, buf_cstr(&text));
	assert_int_equal(r.rc, 0);
	assert_non_null(strstr(buf_cstr(&r.warnings), "everybody may read"));
	reading_release(&r);
	unlink(path);
	buf_release(&text);
}

/* Where the control interface is when the file does not say, or says none. */
static void
test_control(void **state)
{
	struct reading r;

	(void)state;
	reading_finish(&r, "[gateway]\nrun_dir = /run/x\n[namespace /]\n");
	assert_string_equal(r.s.gateway.control, "unix:/run/x/control.sock");
	assert_string_equal(r.s.gateway.state_dir, "/run/x");
	reading_release(&r);
	reading_finish(&r, "[gateway]\ncontrol = none\n[namespace /]\n");
	assert_null(r.s.gateway.control);
	reading_release(&r);
}

/* How numbers are written back. */
static void
test_format(void **state)
{
	static const struct {
		enum settings_type type;
		unsigned long long value;
		const char *want;
	} cases[] = {
		{ SETTINGS_TIME, 0, "0" },
		{ SETTINGS_TIME, 250, "250ms" },
		{ SETTINGS_TIME, 90000, "90s" },
		{ SETTINGS_TIME, 120000, "2m" },
		{ SETTINGS_TIME, 86400000, "24h" },
		{ SETTINGS_SIZE, 1000, "1000" },
		{ SETTINGS_SIZE, 65536, "64k" },
		{ SETTINGS_SIZE, 8388608, "8M" },
		{ SETTINGS_UINT, 65536, "65536" },
		{ SETTINGS_MODE, 0666, "0666" },
		{ SETTINGS_MODE, 0, "0" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT;

		settings_value_format(cases[i].type, cases[i].value, &out);
		assert_string_equal(buf_cstr(&out), cases[i].want);
		buf_release(&out);
	}
}

/* The table is in order: names are there once, every field has a place of its
 * own, bounds make sense, every default is in the text. */
static void
test_table(void **state)
{
	const struct settings_entry *e, *f;
	struct buf text = BUF_INIT;
	size_t i, k;

	(void)state;
	settings_doc_text(&text);
	for (i = 0; (e = settings_table_at(i)) != NULL; i++) {
		assert_int_equal(settings_table_index(e), i);
		assert_ptr_equal(
		    settings_table_find(e->section, span_str(e->name)), e);
		assert_true(e->min <= e->max);
		assert_non_null(e->description);
		assert_int_equal(
		    e->description[strlen(e->description) - 1], '.');
		assert_non_null(strstr(buf_cstr(&text), e->name));
		for (k = 0; k < i; k++) {
			f = settings_table_at(k);
			assert_false(
			    f->section == e->section && f->offset == e->offset);
		}
	}
	assert_int_equal(i, settings_table_size());
	buf_release(&text);
}

/* Names that are near, and names that are not. */
static void
test_nearest(void **state)
{
	static const struct {
		const char *name;
		const char *want;
	} cases[] = {
		{ "ping_intervall", "ping_interval" },
		{ "pinginterval", "ping_interval" },
		{ "lisen", "listen" },
		{ "max_conections", "max_connections" },
		{ "log-level", "log_level" },
		{ "xyz", NULL },
		{ "foo", NULL },
		{ "", NULL },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct settings_entry *e = settings_table_nearest(
		    SETTINGS_GATEWAY, span_str(cases[i].name));

		if (cases[i].want == NULL) {
			if (e)
				fail_msg("%s: %s", cases[i].name, e->name);
			continue;
		}
		if (e == NULL)
			fail_msg("%s: nothing", cases[i].name);
		else
			assert_string_equal(e->name, cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_many_mistakes),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_finish),
		cmocka_unit_test(test_token_file),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
