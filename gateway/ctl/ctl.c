/*
 * ctl: siogatectl, the command line of a running gateway.
 *
 * Two tables say all there is: the commands and the options. The usage text,
 * the check of what a command takes, and getopt's own tables come from them.
 * Options may stand before the command and behind it.
 *
 * DIAGNOSTICS
 *	Everything wrong is said on standard error, and the exit status is one
 *	of enum ctl_exit.
 */

/* system */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libraries */
#include <curl/curl.h>

/* base */
#include "mem.h"

/* own */
#include "ctl.h"
#include "ctl_act.h"
#include "ctl_http.h"
#include "ctl_push.h"
#include "ctl_say.h"
#include "ctl_show.h"

#define CTL_DEFAULT_SOCKET "./run/control.sock"
#define CTL_SYSTEM_SOCKET "/run/siogate/control.sock"

enum {
	CTL_TIMEOUT = 30,        /* seconds */
	CTL_TIMEOUT_MAX = 86400, /* seconds */
	CTL_TOKEN_MAX = 4096,    /* bytes of a token file */
	CTL_OPTIONS_MAX = 32,    /* rows of the table of options */
	CTL_MANY = INT_MAX       /* any number of arguments */
};

struct ctl_command {
	const char *name;
	const char *arguments;
	const char *options; /* letters of those it takes beside the general
			      * ones; a leading '+': options end at the first
			      * argument */
	int min, max;        /* how many arguments */
	enum ctl_exit (*run)(struct ctl *c, int argc, char **argv);
	const char *help;
};

static const struct ctl_command ctl_commands[] = {
	{ "push", "[FILE]", "", 0, 1, ctl_push,
	    "carry out the action lines of FILE or standard input" },
	{ "emit", "EVENT [ARG...]", "+ntxSOL", 1, CTL_MANY, ctl_act_emit,
	    "send an event; each ARG is JSON, or else a string" },
	{ "disconnect", "SID-OR-ROOM...", "nCL", 1, CTL_MANY,
	    ctl_act_disconnect, "end the namespace sockets named" },
	{ "status", "", "", 0, 0, ctl_show_status, "the gateway as a whole" },
	{ "namespaces", "", "", 0, 0, ctl_show_namespaces,
	    "the namespaces and how full they are" },
	{ "sockets", "", "nrl", 0, 0, ctl_show_sockets,
	    "the namespace sockets" },
	{ "rooms", "", "nl", 0, 0, ctl_show_rooms, "the rooms" },
	{ "pools", "", "", 0, 0, ctl_show_pools, "the pools of workers" },
	{ "metrics", "", "", 0, 0, ctl_show_metrics,
	    "the metrics, in the text format of Prometheus" },
	{ "health", "", "", 0, 0, ctl_show_health,
	    "ask whether the gateway is well" },
	{ NULL, NULL, NULL, 0, 0, NULL, NULL },
};

/* An option. A capital letter other than V stands for an option that has a
 * long name only. */
struct ctl_option {
	char letter;
	bool general; /* every command takes it */
	const char *name;
	const char *argument; /* NULL: none */
	const char *help;
};

static const struct ctl_option ctl_options[] = {
	{ 's', true, "socket", "WHERE",
	    "the control socket: PATH, unix:PATH or http://HOST:PORT" },
	{ 'T', true, "token", "TOKEN", "the token for TCP" },
	{ 'F', true, "token-file", "FILE", "read the token from FILE" },
	{ 'W', true, "timeout", "SECONDS", "how long one answer may take" },
	{ 'j', true, "json", NULL, "print JSON" },
	{ 'h', true, "help", NULL, "print this" },
	{ 'V', true, "version", NULL, "print the version" },
	{ 'n', false, "nsp", "NSP", "the namespace" },
	{ 't', false, "to", "ROOM", "a room or sid that receives" },
	{ 'x', false, "except", "ROOM", "a room or sid that is left out" },
	{ 'r', false, "room", "ROOM", "only those in this room" },
	{ 'l', false, "limit", "N", "at most so many" },
	{ 'S', false, "string", NULL, "take each ARG as a string" },
	{ 'C', false, "close", NULL, "end the whole connection" },
	{ 'O', false, "volatile", NULL, "skip clients that are not ready" },
	{ 'L', false, "local", NULL, "this node only, in a cluster" },
	{ 0, false, NULL, NULL, NULL },
};

/* What the command line says beside what commands are told. */
struct ctl_line {
	struct ctl ctl;
	const struct ctl_command *command;
	const char *where;
	const char *token;
	const char *token_file;
	unsigned timeout;
	bool help;
	bool version;
};

/* True for options that have a short name. */
static bool
ctl_has_short(const struct ctl_option *o)
{
	return o->letter == 'V' || (o->letter >= 'a' && o->letter <= 'z');
}

/* Prints an option of the usage text. */
static void
ctl_print_option(FILE *f, const struct ctl_option *o)
{
	const struct ctl_command *c;
	char left[64], letter[5] = "    ";
	const char *comma = " (";

	if (ctl_has_short(o))
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, o->name,
	    o->argument ? " " : "", o->argument ? o->argument : "");
	fprintf(f, "  %-24s %s", left, o->help);
	for (c = ctl_commands; !o->general && c->name; c++) {
		if (strchr(c->options, o->letter) == NULL)
			continue;
		fprintf(f, "%s%s", comma, c->name);
		comma = ", ";
	}
	fputs(o->general ? "\n" : ")\n", f);
}

/* Prints the usage text. */
static void
ctl_print_usage(FILE *f)
{
	const struct ctl_command *c;
	const struct ctl_option *o;
	char left[64];

	fputs("usage: siogatectl [options] command [arguments]\n\n"
	      "Commands:\n",
	    f);
	for (c = ctl_commands; c->name; c++) {
		snprintf(left, sizeof(left), "%s %s", c->name, c->arguments);
		fprintf(f, "  %-26s %s\n", left, c->help);
	}
	fputs("\nOptions:\n", f);
	for (o = ctl_options; o->name; o++)
		ctl_print_option(f, o);
	fputs("\nWithout -s the gateway is looked for at "
	      "$SIOGATE_CONTROL, " CTL_DEFAULT_SOCKET "\nand " CTL_SYSTEM_SOCKET
	      ". See siogatectl(1).\n",
	    f);
}

/* Fills in getopt's tables. stop: options end at the first argument. */
static void
ctl_fill_getopt(bool stop, struct option *longs, char *shorts)
{
	const struct ctl_option *o;

	if (stop)
		*shorts++ = '+';
	for (o = ctl_options; o->name; o++) {
		*longs++ = (struct option){ .name = o->name,
			.has_arg = o->argument != NULL,
			.val = o->letter };
		if (!ctl_has_short(o))
			continue;
		*shorts++ = o->letter;
		if (o->argument)
			*shorts++ = ':';
	}
	*shorts = '\0';
	*longs = (struct option){ .name = NULL };
}

/* Reads a whole number from 1 to max; 0 when it is none. */
static unsigned
ctl_read_number(const char *text, unsigned max)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || n > max)
		return 0;
	return (unsigned)n;
}

/* Adds a name to a list. */
static void
ctl_add_name(struct ctl_names *list, char *name)
{
	list->names =
	    mem_realloc(list->names, (list->n + 1) * sizeof(*list->names));
	list->names[list->n++] = name;
}

/* Takes -n. False when it is no name of a namespace. */
static bool
ctl_take_nsp(struct ctl_line *l, const char *value)
{
	l->ctl.nsp = value;
	if (*value == '/')
		return true;
	ctl_say_error("a namespace begins with a slash: /%s", value);
	return false;
}

/* Takes an option that is a number. False when it is none. */
static bool
ctl_take_number(struct ctl_line *l, int letter, const char *value)
{
	bool limit = letter == 'l';
	unsigned n = ctl_read_number(value, limit ? INT_MAX : CTL_TIMEOUT_MAX);

	if (n == 0) {
		ctl_say_error("--%s takes a whole number from 1 on",
		    limit ? "limit" : "timeout");
		return false;
	}
	if (limit)
		l->ctl.limit = value;
	else
		l->timeout = n;
	return true;
}

/* Takes one option. False when it makes no sense; that was told. */
static bool
ctl_take_option(struct ctl_line *l, int letter, char *value)
{
	switch (letter) {
	case 's':
		l->where = value;
		return true;
	case 'T':
		l->token = value;
		l->token_file = NULL;
		return true;
	case 'F':
		l->token_file = value;
		l->token = NULL;
		return true;
	case 'W':
	case 'l':
		return ctl_take_number(l, letter, value);
	case 'n':
		return ctl_take_nsp(l, value);
	case 't':
		ctl_add_name(&l->ctl.to, value);
		return true;
	case 'x':
		ctl_add_name(&l->ctl.except, value);
		return true;
	case 'r':
		l->ctl.room = value;
		return true;
	case 'j':
		return l->ctl.json = true;
	case 'h':
		return l->help = true;
	case 'V':
		return l->version = true;
	case 'S':
		return l->ctl.strings = true;
	case 'C':
		return l->ctl.close = true;
	case 'O':
		return l->ctl.volatile_ = true;
	case 'L':
		return l->ctl.local = true;
	default:
		return false; /* getopt_long said why */
	}
}

/* The option of a letter, or NULL. */
static const struct ctl_option *
ctl_find_option(int letter)
{
	const struct ctl_option *o;

	for (o = ctl_options; o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

/* True when the option may stand here; command is NULL before the command. */
static bool
ctl_option_fits(const struct ctl_command *command, int letter)
{
	const struct ctl_option *o = ctl_find_option(letter);

	if (o == NULL || o->general)
		return true;
	if (command == NULL) {
		ctl_say_error("--%s stands behind the command", o->name);
		return false;
	}
	if (strchr(command->options, letter))
		return true;
	ctl_say_error("%s takes no --%s", command->name, o->name);
	return false;
}

/* Takes the options of one stretch of the command line. Returns where the
 * arguments begin, or -1. */
static int
ctl_take_options(struct ctl_line *l, int argc, char **argv)
{
	const struct ctl_command *c = l->command;
	struct option longs[CTL_OPTIONS_MAX];
	char shorts[2 * CTL_OPTIONS_MAX + 2];
	int letter;

	ctl_fill_getopt(c == NULL || c->options[0] == '+', longs, shorts);
	optind = 0; /* starts getopt over */
	while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1)
		if (!ctl_option_fits(c, letter) ||
		    !ctl_take_option(l, letter, optarg))
			return -1;
	return optind;
}

/* The command of a name, or NULL. */
static const struct ctl_command *
ctl_find_command(const char *name)
{
	const struct ctl_command *c;

	for (c = ctl_commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	ctl_say_error("there is no command %s", name);
	return NULL;
}

/* Where the gateway is when nothing was said. */
static const char *
ctl_default_where(void)
{
	const char *where = getenv("SIOGATE_CONTROL");

	if (where && *where)
		return where;
	if (access(CTL_DEFAULT_SOCKET, F_OK) == -1 &&
	    access(CTL_SYSTEM_SOCKET, F_OK) == 0)
		return CTL_SYSTEM_SOCKET;
	return CTL_DEFAULT_SOCKET;
}

/* Reads the first line of a token file into buf. 0, or -1: that was told. */
static int
ctl_read_token(const char *path, char buf[CTL_TOKEN_MAX])
{
	FILE *f = fopen(path, "re");

	if (f == NULL || fgets(buf, CTL_TOKEN_MAX, f) == NULL) {
		ctl_say_error("cannot read a token from %s: %s", path,
		    f == NULL || ferror(f) ? strerror(errno) : "it is empty");
		if (f)
			fclose(f);
		return -1;
	}
	fclose(f);
	buf[strcspn(buf, "\r\n")] = '\0';
	return 0;
}

/* Prepares the connection. 0, or -1: that was told. */
static int
ctl_open(struct ctl_line *l)
{
	struct ctl_http_settings set = { .timeout = l->timeout };
	char token[CTL_TOKEN_MAX];
	const char *error;

	set.target = l->where ? l->where : ctl_default_where();
	set.token = l->token;
	if (l->token_file) {
		if (ctl_read_token(l->token_file, token) == -1)
			return -1;
		set.token = token;
	} else if (l->token == NULL && getenv("SIOGATE_TOKEN") &&
		   *getenv("SIOGATE_TOKEN")) {
		set.token = getenv("SIOGATE_TOKEN");
	}
	l->ctl.http = ctl_http_new(&set, &error);
	if (l->ctl.http)
		return 0;
	ctl_say_error("%s", error);
	return -1;
}

/* Runs the command with its arguments. */
static enum ctl_exit
ctl_run_command(struct ctl_line *l, int argc, char **argv)
{
	const struct ctl_command *c = l->command;

	if (argc < c->min || argc > c->max) {
		ctl_say_error(
		    "usage: siogatectl %s [options] %s", c->name, c->arguments);
		return CTL_USAGE;
	}
	if (ctl_open(l) == -1)
		return CTL_USAGE;
	return c->run(&l->ctl, argc, argv);
}

/* Prints the usage text or version that was asked for. */
static enum ctl_exit
ctl_print_about(const struct ctl_line *l)
{
	if (l->help)
		ctl_print_usage(stdout);
	else
		puts("siogatectl " PACKAGE_VERSION);
	return CTL_OK;
}

/* Does what the command line says. */
static enum ctl_exit
ctl_run(struct ctl_line *l, int argc, char **argv)
{
	int at = ctl_take_options(l, argc, argv);

	if (at != -1 && !l->help && !l->version && at < argc) {
		l->command = ctl_find_command(argv[at]);
		if (l->command == NULL)
			at = -1;
	}
	if (at != -1 && l->command) {
		argc -= at;
		argv += at;
		at = ctl_take_options(l, argc, argv);
	}
	if (at == -1) {
		fputs("siogatectl -h lists commands and options\n", stderr);
		return CTL_USAGE;
	}
	if (l->help || l->version)
		return ctl_print_about(l);
	if (l->command == NULL) {
		ctl_print_usage(stderr);
		return CTL_USAGE;
	}
	return ctl_run_command(l, argc - at, argv + at);
}

/* Frees what the command line took. */
static void
ctl_line_release(struct ctl_line *l)
{
	ctl_http_free(&l->ctl.http);
	free(l->ctl.to.names);
	free(l->ctl.except.names);
}

int
main(int argc, char **argv)
{
	struct ctl_line l = { .timeout = CTL_TIMEOUT };
	enum ctl_exit code;

	setlocale(LC_CTYPE, "C.UTF-8");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		ctl_say_error("libcurl cannot be used here");
		return CTL_UNREACHABLE;
	}
	code = ctl_run(&l, argc, argv);
	ctl_line_release(&l);
	curl_global_cleanup();
	if (fflush(stdout) == EOF || ferror(stdout)) {
		ctl_say_error("cannot write: %s", strerror(errno));
		return code == CTL_OK ? CTL_REFUSED : code;
	}
	return code;
}
