/*
 * ctl: siogatectl, the command line of a running gateway.
 *
 * Each command is one function that gets what the command line said and
 * returns how the program ends.
 */
#ifndef SIOGATE_CTL_H
#define SIOGATE_CTL_H

#include <stdbool.h>
#include <stddef.h>

struct ctl_http;

/* How the program ends; siogatectl(1) promises these. */
enum ctl_exit {
	CTL_OK = 0,
	CTL_REFUSED = 1,    /* the gateway said no */
	CTL_USAGE = 2,      /* the command line is wrong */
	CTL_UNREACHABLE = 3 /* no gateway there */
};

/* Names from the command line, in the order they came. */
struct ctl_names {
	char **names; /* point into argv */
	size_t n;
};

/* What the command line said. */
struct ctl {
	struct ctl_http *http;
	struct ctl_names to;
	struct ctl_names except;
	const char *nsp;   /* NULL: not given */
	const char *room;  /* NULL: not given */
	const char *limit; /* digits; NULL: not given */
	bool json;
	bool strings;
	bool close;
	bool volatile_;
	bool local;
};

#endif
