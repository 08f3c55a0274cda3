/*
 * main: the command line of siogate(8).
 *
 * DIAGNOSTICS
 *	Exit status 0: all went well; 1: it could not start, or the file
 *	has mistakes; 2: the command line makes no sense.
 */

/* system */
#include <sys/prctl.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* base */
#include "buf.h"
#include "log.h"

/* config */
#include "options.h"
#include "settings.h"
#include "settings_doc.h"

/* own */
#include "gateway.h"

enum { MAIN_OK = 0, MAIN_FAILED = 1, MAIN_USAGE = 2, MAIN_NO_COMMAND = 127 };

/* Prints lines of text, each behind the program's name. */
static void
main_complain(const char *prefix, const struct buf *lines)
{
	struct span rest = buf_span(lines);

	while (rest.n) {
		struct span line = span_cut(rest, '\n', &rest);

		if (line.n)
			fprintf(stderr, "siogate: %s%.*s\n", prefix,
			    SPAN_FMT(line));
	}
}

/* Prints what a function writes. */
static int
main_print(void (*fn)(struct buf *out))
{
	struct buf out = BUF_INIT;

	fn(&out);
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
	return MAIN_OK;
}

/* Runs the gateway with settings that are fine. */
static int
main_run(
    struct settings *s, const struct options *o, const struct buf *warnings)
{
	struct buf errors = BUF_INIT;
	struct gateway *g;
	struct log *log = log_new(s->gateway.log, s->gateway.log_level);
	struct span rest = buf_span(warnings);
	int rc = MAIN_FAILED;

	if (log == NULL) {
		fprintf(stderr, "siogate: log %s: %s\n", s->gateway.log,
		    strerror(errno));
		return MAIN_FAILED;
	}
	while (rest.n) {
		struct span line = span_cut(rest, '\n', &rest);

		if (line.n)
			log_warning(log, "%.*s", SPAN_FMT(line));
	}
	g = gateway_new(s, o, log, &errors);
	if (g)
		rc = gateway_run(g);
	else
		main_complain("", &errors);
	gateway_free(&g);
	buf_release(&errors);
	log_free(&log);
	return rc;
}

/* Loads the settings, and checks or runs. */
static int
main_load(const struct options *o)
{
	struct settings s = { 0 };
	struct buf errors = BUF_INIT, warnings = BUF_INIT;
	int rc = MAIN_FAILED;

	if (options_load(o, &s, &errors, &warnings) == -1) {
		main_complain("", &errors);
	} else if (o->action == OPTIONS_CHECK) {
		main_complain("warning: ", &warnings);
		printf("%s: ok\n", o->config);
		rc = MAIN_OK;
	} else {
		rc = main_run(&s, o, &warnings);
	}
	settings_release(&s);
	buf_release(&errors);
	buf_release(&warnings);
	return rc;
}

/* Does what the options ask for. */
static int
main_act(const struct options *o)
{
	switch (o->action) {
	case OPTIONS_VERSION:
		puts("siogate " PACKAGE_VERSION);
		return MAIN_OK;
	case OPTIONS_HELP:
		return main_print(options_usage);
	case OPTIONS_HELP_SETTINGS:
		return main_print(settings_doc_text);
	default:
		return main_load(o);
	}
}

/* Becomes a worker: "siogate-worker COMMAND ARGUMENT...". Here is what has to
 * be done between fork and exec: a worker does not outlive its gateway, however
 * that ends. */
static int
main_worker(char **argv)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], argv);
	fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
	return MAIN_NO_COMMAND;
}

int
main(int argc, char **argv)
{
	struct options o;
	struct buf errors = BUF_INIT;
	int rc = MAIN_USAGE;

	if (argc > 1 && strcmp(argv[0], "siogate-worker") == 0)
		return main_worker(argv + 1);

	options_init(&o);
	if (options_parse(argc, argv, &o, &errors) == -1) {
		main_complain("", &errors);
		fputs("siogate: try siogate --help\n", stderr);
	} else {
		rc = main_act(&o);
	}
	options_release(&o);
	buf_release(&errors);
	return rc;
}
