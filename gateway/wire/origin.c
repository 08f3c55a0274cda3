/*
 * origin: may a page from this origin use the gateway?
 *
 * Called before a handshake is answered and when the configuration is read;
 * owns nothing. Whatever cannot be read as an origin is not allowed, unless
 * everything is.
 */

/* base */
#include "span.h"

/* own */
#include "origin.h"

enum {
	PORT_NONE = 0, /* not given, and the scheme has no default */
	PORT_MAX = 65535,
	PORT_ANY /* a star, in patterns only */
};

struct parts {
	struct span scheme;
	struct span host; /* in patterns without the star, but with its dot */
	int port;
	bool wildcard; /* the host began with a star */
};

/* True for the ASCII letters and digits. */
static bool
is_alnum(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9');
}

/* True when all of s is letters, digits or one of more. */
static bool
all_of(struct span s, const char *more)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) &&
		    memchr(more, s.p[i], strlen(more)) == NULL)
			return false;
	return true;
}

/* True when s is a scheme's name. */
static bool
scheme_ok(struct span s)
{
	return s.n && is_alnum(s.p[0]) && !(s.p[0] >= '0' && s.p[0] <= '9') &&
	       all_of(s, "+-.");
}

/* True when s is a host name without empty labels, an IPv4 address, or an IPv6
 * address in brackets. */
static bool
host_ok(struct span s)
{
	size_t i;

	if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		return all_of(span_of(s.p + 1, s.n - 2), ":.");
	if (s.n == 0 || s.p[0] == '.' || !all_of(s, "-._"))
		return false;
	for (i = 1; i < s.n; i++)
		if (s.p[i] == '.' && s.p[i - 1] == '.')
			return false;
	return true;
}

/* The port that a scheme has when none is given. */
static int
default_port(struct span scheme)
{
	if (span_eq_nocase(scheme, SPAN("http")) ||
	    span_eq_nocase(scheme, SPAN("ws")))
		return 80;
	if (span_eq_nocase(scheme, SPAN("https")) ||
	    span_eq_nocase(scheme, SPAN("wss")))
		return 443;
	return PORT_NONE;
}

/* Reads a port number. */
static int
read_port(struct span s, int *port_r)
{
	int port = 0;
	size_t i;

	if (s.n == 0 || s.n > 5)
		return -1;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		port = port * 10 + (s.p[i] - '0');
	}
	if (port == 0 || port > PORT_MAX)
		return -1;
	*port_r = port;
	return 0;
}

/* Cuts "host:port" at the colon that is not inside brackets. port_r->p is NULL
 * when there is none. */
static struct span
cut_port(struct span s, struct span *port_r)
{
	struct span host, behind;

	if (s.n == 0 || s.p[0] != '[')
		return span_cut(s, ':', port_r);
	host = span_cut(s, ']', &behind);
	*port_r = SPAN_EMPTY;
	if (behind.p == NULL)
		return host;
	host.n++;
	if (behind.n == 0)
		return host;
	if (behind.p[0] != ':')
		return s;
	*port_r = span_skip(behind, 1);
	return host;
}

/* Takes the scheme and the slashes off s. 0, or -1 when it has none. */
static int
take_scheme(struct span *s, struct span *scheme_r)
{
	struct span rest;

	*scheme_r = span_cut(*s, ':', &rest);
	if (!scheme_ok(*scheme_r) || !span_starts(rest, SPAN("//")))
		return -1;
	*s = span_skip(rest, 2);
	return 0;
}

/* Reads an origin other than "null". */
static int
parse_origin(struct span s, struct parts *out)
{
	struct span port;

	out->wildcard = false;
	if (take_scheme(&s, &out->scheme) != 0)
		return -1;
	out->host = cut_port(s, &port);
	out->port = default_port(out->scheme);
	if (!host_ok(out->host))
		return -1;
	return port.p == NULL ? 0 : read_port(port, &out->port);
}

/* Reads a pattern other than "null" and the lone star. */
static int
parse_pattern(struct span s, struct parts *out)
{
	struct span port;
	struct span name;

	if (take_scheme(&s, &out->scheme) != 0)
		return -1;
	name = out->host = cut_port(s, &port);
	out->port = default_port(out->scheme);
	out->wildcard = span_starts(name, SPAN("*."));
	if (out->wildcard) {
		out->host = span_skip(out->host, 1);
		name = span_skip(name, 2);
		if (name.n && name.p[0] == '[')
			return -1;
	}
	if (!host_ok(name))
		return -1;
	if (port.p != NULL && span_eq(port, SPAN("*"))) {
		out->port = PORT_ANY;
		return 0;
	}
	return port.p == NULL ? 0 : read_port(port, &out->port);
}

/* Does the host match that of the pattern? */
static bool
host_matches(struct span host, const struct parts *pattern)
{
	struct span want = pattern->host;

	if (pattern->wildcard) {
		if (host.n <= want.n)
			return false;
		host = span_skip(host, host.n - want.n);
	}
	return span_eq_nocase(host, want);
}

/* Takes the next pattern off the list; an empty span at its end. */
static struct span
next_pattern(struct span *list)
{
	static const char blanks[] = " \t\r\n,";
	struct span s = *list;
	size_t n = 0;

	while (s.n && memchr(blanks, s.p[0], sizeof(blanks) - 1) != NULL)
		s = span_skip(s, 1);
	while (n < s.n && memchr(blanks, s.p[n], sizeof(blanks) - 1) == NULL)
		n++;
	*list = n ? span_skip(s, n) : SPAN_EMPTY;
	return span_of(s.p, n);
}

bool
origin_is_same(struct span origin, struct span host)
{
	struct parts from;
	struct span name, port;
	int want;

	if (parse_origin(origin, &from) != 0)
		return false;
	want = default_port(from.scheme);
	if (want == PORT_NONE)
		return false;
	name = cut_port(host, &port);
	if (port.n && read_port(port, &want) != 0)
		return false;
	return want == from.port && span_eq_nocase(name, from.host);
}

/* Does this one pattern allow the origin? from is NULL when the origin is not
 * scheme, host and port. */
static bool
pattern_allows(
    struct span pattern, struct span origin, const struct parts *from)
{
	struct parts want;

	if (span_eq(pattern, SPAN("*")))
		return true;
	if (span_eq(pattern, SPAN("null")))
		return span_eq(origin, pattern);
	if (from == NULL || parse_pattern(pattern, &want) != 0)
		return false;
	return span_eq_nocase(from->scheme, want.scheme) &&
	       (want.port == PORT_ANY || want.port == from->port) &&
	       host_matches(from->host, &want);
}

bool
origin_allowed(struct span origin, struct span patterns)
{
	struct parts from;
	bool parsed = parse_origin(origin, &from) == 0;
	struct span pattern;

	while ((pattern = next_pattern(&patterns)).n)
		if (pattern_allows(pattern, origin, parsed ? &from : NULL))
			return true;
	return false;
}

int
origin_check_patterns(struct span patterns, struct span *bad_r)
{
	struct parts parts;
	struct span pattern;

	*bad_r = SPAN_EMPTY;
	while ((pattern = next_pattern(&patterns)).n) {
		if (span_eq(pattern, SPAN("*")) ||
		    span_eq(pattern, SPAN("null")))
			continue;
		if (parse_pattern(pattern, &parts) != 0) {
			*bad_r = pattern;
			return -1;
		}
	}
	return 0;
}
