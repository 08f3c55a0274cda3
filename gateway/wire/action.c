/*
 * action: from a line to its action.
 *
 * Two tables hold the grammar: one entry for each action, one for each option,
 * with the test that its value has to pass.
 */

/* system */
#include <string.h>

/* base */
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "action.h"
#include "jscan.h"
#include "jscan_priv.h"
#include "packet.h"

/* The largest number of milliseconds or seconds, and the largest "re". Sums
 * with the time of day stay far from overflow. */
#define COUNT_MAX ((INT64_C(1) << 53) - 1)

enum option {
	OPT_ARGS,
	OPT_TO,
	OPT_EXCEPT,
	OPT_NSP,
	OPT_TAG,
	OPT_LEVEL,
	OPT_BROADCAST,
	OPT_VOLATILE,
	OPT_LOCAL,
	OPT_TIMEOUT,
	OPT_AFTER,
	OPT_EVERY,
	OPT_RE,
	OPTIONS
};

/* A key of the grammar. */
struct word {
	struct span name;
	bool (*fits)(struct span value); /* raw JSON */
	const char *error;               /* when it does not fit */
};

/* True for any value. */
static bool
is_any(struct span value)
{
	(void)value;
	return true;
}

/* True for true. */
static bool
is_true(struct span value)
{
	return jscan_type(value) == JSCAN_TRUE;
}

/* True for true and false. */
static bool
is_bool(struct span value)
{
	return is_true(value) || jscan_type(value) == JSCAN_FALSE;
}

/* True for a string. */
static bool
is_string(struct span value)
{
	return jscan_type(value) == JSCAN_STRING;
}

/* True for a string that is not empty. */
static bool
is_name(struct span value)
{
	return is_string(value) && value.n > 2;
}

/* True for what may name an event. */
static bool
is_event_name(struct span value)
{
	return is_name(value) && !packet_raw_reserved(value);
}

/* True for an array. */
static bool
is_array(struct span value)
{
	return jscan_type(value) == JSCAN_ARRAY;
}

/* True for an array of strings. */
static bool
is_string_array(struct span value)
{
	struct jscan_iter it;
	struct span s;

	jscan_array(&it, value);
	while (jscan_next(&it, &s))
		if (!is_string(s))
			return false;
	return is_array(value);
}

/* True for a string or an array of strings. */
static bool
is_strings(struct span value)
{
	return is_string(value) || is_string_array(value);
}

/* True for an object of strings. */
static bool
is_string_object(struct span value)
{
	struct jscan_iter it;
	struct span key, s;

	jscan_object(&it, value);
	while (jscan_member(&it, &key, &s))
		if (!is_string(s))
			return false;
	return jscan_type(value) == JSCAN_OBJECT;
}

/* True for an object or null. */
static bool
is_patch(struct span value)
{
	enum jscan_type type = jscan_type(value);

	return type == JSCAN_OBJECT || type == JSCAN_NULL;
}

/* True for an object or a string. */
static bool
is_error(struct span value)
{
	return is_string(value) || jscan_type(value) == JSCAN_OBJECT;
}

/* True for a change of an access list. */
static bool
is_acl(struct span value)
{
	static const struct span keys[] = {
		{ "only", 4 },
		{ "allow", 5 },
		{ "deny", 4 },
	};
	struct span list = SPAN_EMPTY;
	unsigned found = 0;
	unsigned i;

	if (is_string(value))
		return jscan_string_is(value, SPAN("lift")) ||
		       jscan_string_is(value, SPAN("reset"));
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		found += jscan_find(value, keys[i], &list);
	return found == 1 && is_string_array(list);
}

/* True for a whole number from 0. */
static bool
is_count(struct span value)
{
	int64_t v;

	return jscan_i64(value, &v) && v >= 0 && v <= COUNT_MAX;
}

/* True for a whole number from 1. */
static bool
is_positive(struct span value)
{
	int64_t v;

	return is_count(value) && jscan_i64(value, &v) && v > 0;
}

/* True for a string that begins with a slash. */
static bool
is_nsp(struct span value)
{
	const char *p = value.p + 1;
	bool lone = false;
	char bytes[4];

	if (!is_name(value))
		return false;
	if (*p != '\\')
		return *p == '/';
	jscan_unescape(&p, value.p + value.n - 1, bytes, &lone);
	return bytes[0] == '/';
}

/* A word's name as a constant. */
#define NAME(lit)                      \
	{                              \
		(lit), sizeof(lit) - 1 \
	}

static const struct word actions[ACTION_KINDS] = {
	[ACTION_EMIT] = { NAME("emit"), is_event_name,
	    "emit is not a name that an event may have" },
	[ACTION_SEND] = { NAME("send"), is_string, "send is not a string" },
	[ACTION_JSON] = { NAME("json"), is_any, "" },
	[ACTION_ACK] = { NAME("ack"), is_array, "ack is not an array" },
	[ACTION_JOIN] = { NAME("join"), is_strings,
	    "join is neither a string nor an array of strings" },
	[ACTION_LEAVE] = { NAME("leave"), is_strings,
	    "leave is neither a string nor an array of strings" },
	[ACTION_SESSION] = { NAME("session"), is_patch,
	    "session is neither an object nor null" },
	[ACTION_ACL] = { NAME("acl"), is_acl,
	    "acl is not \"lift\", \"reset\" or one of only, allow, deny "
	    "with an array of strings" },
	[ACTION_ACCEPT] = { NAME("accept"), is_true, "accept is not true" },
	[ACTION_ERROR] = { NAME("error"), is_error,
	    "error is neither an object nor a string" },
	[ACTION_DISCONNECT] = { NAME("disconnect"), is_true,
	    "disconnect is not true" },
	[ACTION_CLOSE] = { NAME("close"), is_true, "close is not true" },
	[ACTION_SPAWN] = { NAME("spawn"), is_name, "spawn is not a name" },
	[ACTION_KILL] = { NAME("kill"), is_name, "kill is not a name" },
	[ACTION_EXPIRES] = { NAME("expires"), is_positive,
	    "expires is not a whole number above 0" },
	[ACTION_HEADER] = { NAME("header"), is_string_object,
	    "header is not an object of strings" },
	[ACTION_LOG] = { NAME("log"), is_string, "log is not a string" },
};

static const struct word options[OPTIONS] = {
	[OPT_ARGS] = { NAME("args"), is_array, "args is not an array" },
	[OPT_TO] = { NAME("to"), is_strings,
	    "to is neither a string nor an array of strings" },
	[OPT_EXCEPT] = { NAME("except"), is_strings,
	    "except is neither a string nor an array of strings" },
	[OPT_NSP] = { NAME("nsp"), is_nsp,
	    "nsp is not a string that begins with a slash" },
	[OPT_TAG] = { NAME("tag"), is_any, "" },
	[OPT_LEVEL] = { NAME("level"), is_string, "level is not a string" },
	[OPT_BROADCAST] = { NAME("broadcast"), is_bool,
	    "broadcast is neither true nor false" },
	[OPT_VOLATILE] = { NAME("volatile"), is_bool,
	    "volatile is neither true nor false" },
	[OPT_LOCAL] = { NAME("local"), is_bool,
	    "local is neither true nor false" },
	[OPT_TIMEOUT] = { NAME("timeout"), is_count,
	    "timeout is not a whole number from 0" },
	[OPT_AFTER] = { NAME("after"), is_count,
	    "after is not a whole number from 0" },
	[OPT_EVERY] = { NAME("every"), is_positive,
	    "every is not a whole number above 0" },
	[OPT_RE] = { NAME("re"), is_count, "re is not a whole number from 0" },
};

#undef NAME

/* The place of a raw key in a table of n words; n when it has none. */
static unsigned
find_word(const struct word *words, unsigned n, struct span key)
{
	struct span name = span_of(key.p + 1, key.n - 2);
	bool plain = memchr(name.p, '\\', name.n) == NULL;
	unsigned i;

	for (i = 0; i < n; i++)
		if (plain ? span_eq(name, words[i].name)
			  : jscan_string_is(key, words[i].name))
			break;
	return i;
}

/* Finds the action and the options, raw and unchecked. 0; or -1 unless there is
 * just one action. */
static int
collect(struct span line, struct action *out, struct span opts[OPTIONS],
    const char **error_r)
{
	struct jscan_iter it;
	struct span key, value;
	unsigned i, kind;

	jscan_object(&it, line);
	while (jscan_member(&it, &key, &value)) {
		i = find_word(options, OPTIONS, key);
		if (i < OPTIONS) {
			opts[i] = value;
			continue;
		}
		kind = find_word(actions, ACTION_KINDS, key);
		if (kind == ACTION_KINDS)
			continue;
		if (out->value.n) {
			*error_r = "names two actions";
			return -1;
		}
		out->kind = (enum action_kind)kind;
		out->value = value;
	}
	if (out->value.n)
		return 0;
	*error_r = "names no known action";
	return -1;
}

/* Checks the action's value and all options. */
static int
check(const struct action *a, const struct span opts[OPTIONS],
    const char **error_r)
{
	unsigned i;

	*error_r = actions[a->kind].error;
	if (!actions[a->kind].fits(a->value))
		return -1;
	for (i = 0; i < OPTIONS; i++) {
		*error_r = options[i].error;
		if (opts[i].n && !options[i].fits(opts[i]))
			return -1;
	}
	*error_r = NULL;
	return 0;
}

/* Fills in the options, which were checked. */
static void
fill(struct action *out, const struct span opts[OPTIONS])
{
	out->args = opts[OPT_ARGS];
	out->to = opts[OPT_TO];
	out->except = opts[OPT_EXCEPT];
	out->nsp = opts[OPT_NSP];
	out->tag = opts[OPT_TAG];
	out->level = opts[OPT_LEVEL];
	out->broadcast = is_true(opts[OPT_BROADCAST]);
	out->volatile_ = is_true(opts[OPT_VOLATILE]);
	out->local = is_true(opts[OPT_LOCAL]);
	out->has_timeout = jscan_i64(opts[OPT_TIMEOUT], &out->timeout);
	out->has_after = jscan_i64(opts[OPT_AFTER], &out->after);
	out->has_every = jscan_i64(opts[OPT_EVERY], &out->every);
	out->has_re = jscan_i64(opts[OPT_RE], &out->re);
}

const char *
action_name(enum action_kind kind)
{
	gw_assert((unsigned)kind < ACTION_KINDS);
	return actions[kind].name.p;
}

int
action_parse(struct span line, unsigned max_depth, struct action *out,
    const char **error_r)
{
	struct span opts[OPTIONS] = { { NULL, 0 } };
	enum jscan_result r;

	*out = (struct action){ .kind = ACTION_EMIT };
	*error_r = NULL;
	r = jscan_check(line, max_depth, &out->json_flags);
	if (r != JSCAN_OK)
		*error_r = jscan_strerror(r);
	else if (jscan_type(line) != JSCAN_OBJECT)
		*error_r = "not a JSON object";
	if (*error_r != NULL || collect(line, out, opts, error_r) != 0 ||
	    check(out, opts, error_r) != 0)
		return -1;
	fill(out, opts);
	return 0;
}
