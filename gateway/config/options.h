/*
 * options: the command line of the daemon.
 *
 *	options_init -> options_parse -> options_load (again for each reload)
 *	-> options_release
 */
#ifndef SIOGATE_OPTIONS_H
#define SIOGATE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct settings;
struct settings_entry;

enum options_action {
	OPTIONS_RUN,
	OPTIONS_CHECK,        /* check the configuration and say "FILE: ok" */
	OPTIONS_VERSION,      /* print the version */
	OPTIONS_HELP,         /* print options_usage */
	OPTIONS_HELP_SETTINGS /* print settings_doc_text */
};

/* A value for a setting of [gateway]. */
struct options_setting {
	const char *option; /* how it was given, for messages: "--listen" */
	const struct settings_entry *entry;
	const char *value;
	bool add; /* to the one before, which the same option gave */
};

/* A pool and a namespace. */
struct options_handler {
	const char *nsp; /* up to its "=" */
	size_t nsp_len;
	const char *command;
};

/* The strings point into argv, which must stay as it is. */
struct options {
	enum options_action action;
	const char *config; /* NULL: no file */
	struct options_setting *settings;
	size_t n_settings;
	struct options_handler *handlers;
	size_t n_handlers;
	const char *workers; /* of these handlers; NULL: the default */
};

void options_init(struct options *o);

/* Frees what *o holds. */
void options_release(struct options *o);

/* Reads the command line. Returns 0, or -1 with a line in errors for each
 * mistake. Not to be called by two threads at a time (getopt_long). */
int options_parse(
    int argc, char *const *argv, struct options *o, struct buf *errors);

/*
 * Fills *s, which holds nothing yet, from the defaults, the file and the
 * options, in this order, and finishes it (settings_finish). Returns 0, or -1
 * with lines in errors; in both cases the caller releases *s.
 */
int options_load(const struct options *o, struct settings *s,
    struct buf *errors, struct buf *warnings);

/* Writes the usage and a line or two for each option. */
void options_usage(struct buf *out);

/* Writes the long names of all options, one a line. */
void options_list(struct buf *out);

#endif
