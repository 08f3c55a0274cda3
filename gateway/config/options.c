/*
 * options: the command line of the daemon.
 *
 * One table holds the options; getopt_long's arrays and the usage come from
 * it. Most options stand for a setting of [gateway], and --handler makes a
 * pool and a namespace, so that a first try needs no file. main calls
 * options_parse once and options_load at the start and for each reload; both
 * report all mistakes and decide nothing.
 */

/* system */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "mem.h"
#include "span.h"

/* own */
#include "config_file.h"
#include "options.h"
#include "settings.h"
#include "settings_table.h"
#include "settings_value.h"

enum {
	LONG_ONLY = 256, /* getopt's value of the option at index 0 */
	HELP_COLUMN = 30
};

struct option_entry {
	const char *name;    /* the long one */
	char letter;         /* '\0': there is no short one */
	const char *arg;     /* NULL: takes none; "[TOPIC]": may be left out */
	const char *setting; /* of [gateway] that it stands for, or NULL */
	const char *text;
};

static const struct option_entry table[] = {
	{ "config", 'c', "FILE", NULL, "read the configuration from FILE" },
	{ "check", 't', NULL, NULL, "check the configuration and exit" },
	{ "version", 'V', NULL, NULL, "print the version and exit" },
	{ "help", 'h', "[settings]", NULL,
	    "print this, or all settings, and exit" },
	{ "listen", '\0', "ADDRESS", "listen",
	    "listen on host:port or unix:path; may be repeated" },
	{ "root", '\0', "DIR", "root", "serve the files of DIR" },
	{ "client", '\0', "DIR", "client_dir",
	    "serve the scripts of socket.io-client from DIR" },
	{ "handler", '\0', "NSP=COMMAND", NULL,
	    "run COMMAND as handler of namespace NSP, or use the one at "
	    "unix:path or tcp:host:port; may be repeated" },
	{ "workers", '\0', "MIN..MAX", NULL,
	    "processes for each such COMMAND" },
	{ "control", '\0', "ADDRESS", "control",
	    "address of the control interface, or none" },
	{ "origins", '\0', "LIST", "origins",
	    "origins whose pages may connect" },
	{ "log", '\0', "FILE", "log", "write the log to FILE" },
	{ "log-level", '\0', "LEVEL", "log_level",
	    "error, warning, info or debug" },
	{ "run-dir", '\0', "DIR", "run_dir", "directory for sockets" },
	{ "max-connections", '\0', "N", "max_connections",
	    "refuse more clients than N" },
	{ "option", 'o', "NAME=VALUE", NULL,
	    "any setting of [gateway]; may be repeated" },
};

enum { TABLE_SIZE = sizeof(table) / sizeof(table[0]) };

/* What getopt_long wants to know. */
struct getopt_tables {
	struct option longs[TABLE_SIZE + 1];
	char shorts[2 * TABLE_SIZE + 2];
};

void
options_init(struct options *o)
{
	*o = (struct options){ .action = OPTIONS_RUN };
}

void
options_release(struct options *o)
{
	free(o->settings);
	free(o->handlers);
	options_init(o);
}

/* Fills getopt's tables from ours. */
static void
make_tables(struct getopt_tables *t)
{
	char *s = t->shorts;
	int i;

	memset(t, 0, sizeof(*t));
	*s++ = ':';
	for (i = 0; i < TABLE_SIZE; i++) {
		const struct option_entry *e = &table[i];
		bool optional = e->arg && e->arg[0] == '[';

		t->longs[i] = (struct option){ .name = e->name,
			.has_arg = optional ? optional_argument
				   : e->arg ? required_argument
					    : no_argument,
			.val = LONG_ONLY + i };
		if (e->letter == '\0')
			continue;
		*s++ = e->letter;
		if (e->arg && !optional)
			*s++ = ':';
	}
}

/* The entry that getopt's result stands for, or NULL. */
static const struct option_entry *
find_option(int value)
{
	int i;

	if (value >= LONG_ONLY && value < LONG_ONLY + TABLE_SIZE)
		return &table[value - LONG_ONLY];
	for (i = 0; i < TABLE_SIZE; i++)
		if (table[i].letter && value == table[i].letter)
			return &table[i];
	return NULL;
}

/* Notes a value for a setting. Of a list, the first one replaces what the file
 * says and the others are added. */
static void
add_setting(struct options *o, const char *option,
    const struct settings_entry *entry, const char *value)
{
	bool add = false;
	size_t i;

	for (i = 0; i < o->n_settings; i++)
		if (o->settings[i].entry == entry)
			add = entry->type == SETTINGS_LIST;
	o->settings = mem_realloc(
	    o->settings, (o->n_settings + 1) * sizeof(*o->settings));
	o->settings[o->n_settings++] =
	    (struct options_setting){ option, entry, value, add };
}

/* -o NAME=VALUE */
static void
parse_any(struct options *o, const char *arg, struct buf *errors)
{
	struct span rest;
	struct span name = span_trim(span_cut(span_str(arg), '=', &rest));
	const struct settings_entry *e;

	if (rest.p == NULL) {
		buf_addf(errors, "-o %s: not NAME=VALUE\n", arg);
		return;
	}
	e = settings_table_find(SETTINGS_GATEWAY, name);
	if (e) {
		add_setting(o, "-o", e, rest.p);
		return;
	}
	buf_addf(
	    errors, "-o %.*s: unknown setting of [gateway]", SPAN_FMT(name));
	e = settings_table_nearest(SETTINGS_GATEWAY, name);
	if (e)
		buf_addf(errors, "; did you mean %s?", e->name);
	buf_addch(errors, '\n');
}

/* --handler NSP=COMMAND */
static void
parse_handler(struct options *o, const char *arg, struct buf *errors)
{
	const char *eq = strchr(arg, '=');

	if (arg[0] != '/' || eq == NULL || eq[1] == '\0') {
		buf_addf(errors,
		    "--handler %s: not NAMESPACE=COMMAND with a namespace "
		    "that begins with a slash\n",
		    arg);
		return;
	}
	o->handlers = mem_realloc(
	    o->handlers, (o->n_handlers + 1) * sizeof(*o->handlers));
	o->handlers[o->n_handlers++] =
	    (struct options_handler){ arg, (size_t)(eq - arg), eq + 1 };
}

/* -h, -h settings, --help=settings */
static void
parse_help(struct options *o, int argc, char *const *argv, struct buf *errors)
{
	const char *topic = optarg;

	if (topic == NULL && optind < argc && argv[optind][0] != '-')
		topic = argv[optind++];
	o->action = OPTIONS_HELP;
	if (topic && strcmp(topic, "settings") == 0)
		o->action = OPTIONS_HELP_SETTINGS;
	else if (topic)
		buf_addf(errors, "--help: there is no help on %s\n", topic);
}

/* An option that stands for no setting and takes an argument. */
static void
parse_special(
    struct options *o, const char *name, const char *arg, struct buf *errors)
{
	if (strcmp(name, "option") == 0)
		parse_any(o, arg, errors);
	else if (strcmp(name, "handler") == 0)
		parse_handler(o, arg, errors);
	else if (strcmp(name, "workers") == 0)
		o->workers = arg;
	else if (o->config)
		buf_adds(errors, "--config: there can be one file only\n");
	else
		o->config = arg;
}

/* One option that was found. */
static void
parse_one(struct options *o, const struct option_entry *e, int argc,
    char *const *argv, struct buf *errors)
{
	if (e->letter == 'h')
		parse_help(o, argc, argv, errors);
	else if (e->letter == 'V')
		o->action = OPTIONS_VERSION;
	else if (e->letter == 't')
		o->action = OPTIONS_CHECK;
	else if (e->setting)
		add_setting(o, e->name,
		    settings_table_find(SETTINGS_GATEWAY, span_str(e->setting)),
		    optarg);
	else
		parse_special(o, e->name, optarg, errors);
}

/* What getopt could not make sense of. */
static void
report_option(int result, const char *word, struct buf *errors)
{
	const struct option_entry *e = find_option(optopt);

	if (result == ':')
		buf_addf(errors, "%s: wants %s\n", word,
		    e && e->arg ? e->arg : "a value");
	else if (optopt && e == NULL)
		buf_addf(errors, "unknown option: -%c\n", optopt);
	else if (optopt)
		buf_addf(errors, "%s: takes no value\n", word);
	else
		buf_addf(errors, "unknown option: %s\n", word);
}

/* What can be said once all options are known. */
static void
check_options(const struct options *o, struct buf *errors)
{
	if (o->action == OPTIONS_CHECK && o->config == NULL)
		buf_adds(errors, "--check: needs --config\n");
	if (o->workers && o->n_handlers == 0)
		buf_adds(errors, "--workers: needs --handler\n");
}

int
options_parse(
    int argc, char *const *argv, struct options *o, struct buf *errors)
{
	struct getopt_tables tables;
	size_t before = errors->len;
	int result;

	make_tables(&tables);
	opterr = 0;
	optind = 0; /* begin anew, also for getopt's own state */
	for (;;) {
		int at = optind ? optind : 1;

		result =
		    getopt_long(argc, argv, tables.shorts, tables.longs, NULL);
		if (result == -1)
			break;
		if (result == '?' || result == ':')
			report_option(result, argv[at], errors);
		else
			parse_one(o, find_option(result), argc, argv, errors);
	}
	for (; optind < argc; optind++)
		buf_addf(errors, "not an option: %s\n", argv[optind]);
	check_options(o, errors);
	return errors->len == before ? 0 : -1;
}

/* Puts the settings of the command line over those of the file. */
static void
apply_settings(const struct options *o, struct settings *s, struct buf *errors)
{
	struct buf words = BUF_INIT;
	size_t i;

	for (i = 0; i < o->n_settings; i++) {
		const struct options_setting *os = &o->settings[i];

		buf_clear(&words);
		if (settings_value_set(os->entry, &s->gateway,
			span_str(os->value), os->add, &words) == 0)
			continue;
		if (strcmp(os->option, "-o") == 0)
			buf_addf(errors, "-o %s: %s\n", os->entry->name,
			    buf_cstr(&words));
		else
			buf_addf(
			    errors, "--%s: %s\n", os->option, buf_cstr(&words));
	}
	buf_release(&words);
}

/* Adds a pool whose name derives from the namespace's. */
static struct settings_pool *
add_pool(struct settings *s, struct span nsp, struct buf *words)
{
	struct buf name = BUF_INIT;
	struct settings_pool *p;
	size_t i, base;
	unsigned n = 1;

	buf_adds(&name, "handler");
	for (i = 0; i < nsp.n && i < 40; i++) {
		unsigned char c = (unsigned char)nsp.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9');

		if (nsp.n > 1)
			buf_addch(&name, plain ? (char)c : '-');
	}
	base = name.len;
	while (settings_find_pool(s, buf_span(&name))) {
		name.len = base;
		buf_addf(&name, "-%u", ++n);
	}
	p = settings_add_pool(s, buf_span(&name), words);
	buf_release(&name);
	return p;
}

/* Gives a field of a pool the value that an option had. */
static int
set_pool(struct settings_pool *p, const char *setting, const char *value,
    struct buf *words)
{
	return settings_value_set(
	    settings_table_find(SETTINGS_POOL, span_str(setting)), p,
	    span_str(value), false, words);
}

/* Makes the pool and the namespace of a --handler. A namespace that the file
 * has too gets the new pool. */
static int
apply_handler(const struct options *o, const struct options_handler *h,
    struct settings *s, struct buf *words)
{
	struct span nsp = span_of(h->nsp, h->nsp_len);
	struct settings_namespace *ns = settings_find_namespace(s, nsp);
	bool elsewhere = strncmp(h->command, "unix:", 5) == 0 ||
			 strncmp(h->command, "tcp:", 4) == 0;
	struct settings_pool *p;

	if (ns == NULL)
		ns = settings_add_namespace(s, nsp, words);
	if (ns == NULL)
		return -1;
	p = add_pool(s, nsp, words);
	gw_assert(p != NULL);
	free(ns->pool);
	ns->pool = mem_strdup(p->name);
	if (set_pool(p, elsewhere ? "address" : "command", h->command, words) ==
	    -1)
		return -1;
	return o->workers && !elsewhere
		   ? set_pool(p, "workers", o->workers, words)
		   : 0;
}

/* All of --handler. */
static void
apply_handlers(const struct options *o, struct settings *s, struct buf *errors)
{
	struct buf words = BUF_INIT;
	size_t i, k;

	for (i = 0; i < o->n_handlers; i++) {
		const struct options_handler *h = &o->handlers[i];

		buf_clear(&words);
		for (k = 0; k < i; k++)
			if (h->nsp_len == o->handlers[k].nsp_len &&
			    memcmp(h->nsp, o->handlers[k].nsp, h->nsp_len) == 0)
				break;
		if (k < i)
			buf_adds(&words, "has a handler already");
		else if (apply_handler(o, h, s, &words) == 0)
			continue;
		buf_addf(errors, "--handler %.*s: %s\n", (int)h->nsp_len,
		    h->nsp, buf_cstr(&words));
	}
	buf_release(&words);
}

int
options_load(const struct options *o, struct settings *s, struct buf *errors,
    struct buf *warnings)
{
	size_t before = errors->len;

	settings_init(s);
	if (o->config)
		(void)config_file_read(s, o->config, errors);
	apply_settings(o, s, errors);
	apply_handlers(o, s, errors);
	if (errors->len == before)
		(void)settings_finish(s, errors, warnings);
	return errors->len == before ? 0 : -1;
}

/* Writes one option of the usage; text is broken into lines. */
static void
print_option(const struct option_entry *e, struct buf *out)
{
	size_t start = out->len, column;
	struct span left = span_str(e->text);

	if (e->letter)
		buf_addf(out, "  -%c, --%s", e->letter, e->name);
	else
		buf_addf(out, "      --%s", e->name);
	if (e->arg && e->arg[0] == '[')
		buf_addf(out, "[=%s", e->arg + 1);
	else if (e->arg)
		buf_addf(out, " %s", e->arg);
	column = out->len - start;
	while (left.p) {
		struct span word = span_cut(left, ' ', &left);

		if (column + 1 + word.n > 79 || column < HELP_COLUMN) {
			if (column >= HELP_COLUMN - 1) {
				buf_addch(out, '\n');
				column = 0;
			}
			buf_addf(out, "%*s", (int)(HELP_COLUMN - column), "");
			column = HELP_COLUMN;
		} else {
			buf_addch(out, ' ');
			column++;
		}
		buf_addspan(out, word);
		column += word.n;
	}
	buf_addch(out, '\n');
}

void
options_usage(struct buf *out)
{
	size_t i;

	buf_adds(out, "usage: siogate [-c FILE] [-t] [OPTION ...]\n\n"
		      "A gateway between Socket.IO clients and FastCGI "
		      "handlers.\n\n");
	for (i = 0; i < TABLE_SIZE; i++)
		print_option(&table[i], out);
	buf_adds(out, "\nOptions override the file. See "
		      "siogate(8) and siogate.conf(5).\n");
}

void
options_list(struct buf *out)
{
	size_t i;

	for (i = 0; i < TABLE_SIZE; i++)
		buf_addf(out, "%s\n", table[i].name);
}
