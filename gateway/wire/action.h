/*
 * action: one line of a handler's answer, or of the control API.
 *
 * The grammar is that of siogate-handler(7). Parsing checks the JSON, finds
 * out which action it is and takes the options apart; whether the action fits
 * the place where it stands is the reader's business.
 */
#ifndef SIOGATE_ACTION_H
#define SIOGATE_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

enum action_kind {
	ACTION_EMIT,
	ACTION_SEND,
	ACTION_JSON,
	ACTION_ACK,
	ACTION_JOIN,
	ACTION_LEAVE,
	ACTION_SESSION,
	ACTION_ACL,
	ACTION_ACCEPT,
	ACTION_ERROR,
	ACTION_DISCONNECT,
	ACTION_CLOSE,
	ACTION_SPAWN,
	ACTION_KILL,
	ACTION_EXPIRES,
	ACTION_HEADER,
	ACTION_LOG
};

/* How many kinds there are. */
enum { ACTION_KINDS = ACTION_LOG + 1 };

struct action {
	enum action_kind kind;
	struct span value; /* raw JSON of the action's key */
	struct span args;  /* raw array; empty: not given */
	struct span to; /* raw string or array of strings; empty: not given */
	struct span except;  /* raw string or array of strings */
	struct span nsp;     /* raw string */
	struct span tag;     /* raw JSON */
	struct span level;   /* raw string, on log */
	unsigned json_flags; /* JSCAN_F_* of the line */
	bool broadcast;
	bool volatile_;
	bool local;
	bool has_timeout, has_after, has_every, has_re;
	int64_t timeout; /* ms */
	int64_t after;   /* ms */
	int64_t every;   /* ms */
	int64_t re;
};

/* The key that names an action: "emit", ... */
const char *action_name(enum action_kind kind);

/*
 * Parses a line. Returns 0; or -1 with *error_r, a constant text that says
 * what is wrong with it. Spans in *out point into line.
 *
 * The action is the first key that names one; a second such key is an error
 * (but "json", "error", "close", "log", "header", "session" and the like are no
 * options, so there is no clash). Unknown options are ignored. Checked are the
 * types: emit a non-empty string that is not reserved (packet_name_reserved),
 * send a string, ack an array, join and leave a string or an array of strings,
 * session an object or null, acl "lift", "reset" or an object with just one of
 * only, allow, deny that is an array of strings, accept/disconnect/close true,
 * error an object or a string, spawn and kill a non-empty string, expires a
 * number above 0 (whole seconds), header an object of strings, log a string;
 * args an array; to and except a string or an array of strings; nsp a string
 * that begins with "/"; broadcast, volatile, local booleans; timeout, after,
 * every and re whole numbers of at least 0 (every: at least 1); level a string.
 * No number may be above 2^53 - 1. Of equal option keys the last one counts.
 */
int action_parse(struct span line, unsigned max_depth, struct action *out,
    const char **error_r);

#endif
