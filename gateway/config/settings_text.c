/*
 * settings_text: checks of values that are texts.
 *
 * Called through the table when a value is read, so that a mistake is reported
 * with its line. Pure; names of hosts are not resolved and files not opened.
 */

/* system */
#include <string.h>
#include <sys/un.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "origin.h"
#include "utf8.h"

/* own */
#include "settings_text.h"

enum {
	POOL_NAME_MAX = 64,
	NAMESPACE_NAME_MAX = 4096,
	PORT_MAX = 65535,
	SUN_PATH_MAX = sizeof(((struct sockaddr_un *)0)->sun_path) - 1
};

/* Adds "what: value" to error; -1. */
static int
refuse(struct buf *error, const char *what, struct span value)
{
	buf_addf(error, "%s: %.*s", what, SPAN_FMT(value));
	return -1;
}

/* True for ASCII letters and digits. */
static bool
is_alnum(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9');
}

/* True when all of s is letters, digits or one of more. */
static bool
is_made_of(struct span s, const char *more)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) &&
		    memchr(more, s.p[i], strlen(more)) == NULL)
			return false;
	return true;
}

/* True when s is a port number, 0 included. */
static bool
is_port(struct span s)
{
	unsigned v = 0;
	size_t i;

	for (i = 0; i < s.n && i < 6; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (unsigned)(s.p[i] - '0');
	}
	return s.n >= 1 && s.n <= 5 && v <= PORT_MAX;
}

/* Splits s at its last colon; without one all of it is the port. */
static struct span
split_port(struct span s, struct span *port_r)
{
	size_t i = s.n;

	while (i && s.p[i - 1] != ':')
		i--;
	*port_r = span_skip(s, i);
	return span_of(s.p, i ? i - 1 : 0);
}

/* True when s is a name, an IPv4 address, or an IPv6 one in brackets. */
static bool
is_host(struct span s)
{
	if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		return is_made_of(span_of(s.p + 1, s.n - 2), ":.%-_");
	return s.n && is_made_of(s, "-._");
}

/* Checks the path of a unix socket. */
static int
check_socket_path(struct span path, struct span value, struct buf *error)
{
	if (path.n == 0)
		return refuse(error, "no path in the address", value);
	if (path.n > SUN_PATH_MAX)
		return refuse(error,
		    "too long for the path of a unix socket (107 bytes)",
		    value);
	return 0;
}

int
settings_text_listen(struct span value, struct buf *error)
{
	struct span port, host;

	if (span_starts(value, SPAN("unix:")))
		return check_socket_path(span_skip(value, 5), value, error);
	host = split_port(value, &port);
	if (!is_port(port) ||
	    (host.n && !span_eq(host, SPAN("*")) && !is_host(host)))
		return refuse(error, "neither host:port nor unix:path", value);
	return 0;
}

int
settings_text_control(struct span value, struct buf *error)
{
	if (span_eq(value, SPAN("none")))
		return 0;
	return settings_text_listen(value, error);
}

int
settings_text_worker(struct span value, struct buf *error)
{
	struct span port, host;

	if (span_starts(value, SPAN("unix:")))
		return check_socket_path(span_skip(value, 5), value, error);
	if (!span_starts(value, SPAN("tcp:")))
		return refuse(
		    error, "neither unix:path nor tcp:host:port", value);
	host = split_port(span_skip(value, 4), &port);
	if (!is_port(port) || span_eq(port, SPAN("0")) || !is_host(host))
		return refuse(error, "not tcp:host:port", value);
	return 0;
}

int
settings_text_url_path(struct span value, struct buf *error)
{
	if (value.n == 0 || value.p[0] != '/' || value.p[value.n - 1] != '/')
		return refuse(error, "must begin and end with a slash", value);
	if (!is_made_of(value, "/-._~!$&'()*+,;=:@"))
		return refuse(
		    error, "holds what a path of URLs may not", value);
	return 0;
}

int
settings_text_origins(struct span value, struct buf *error)
{
	struct span bad;

	if (origin_check_patterns(value, &bad) == -1)
		return refuse(error, "not an origin", bad);
	return 0;
}

int
settings_text_token(struct span value, struct buf *error)
{
	size_t i;

	for (i = 0; i < value.n; i++)
		if (value.p[i] <= ' ' || value.p[i] > '~') {
			buf_adds(error, "must be printable ASCII, no blanks");
			return -1;
		}
	return 0;
}

int
settings_text_env(struct span value, struct buf *error)
{
	struct span rest;
	struct span name = span_cut(value, '=', &rest);

	if (name.n == 0 || (name.p[0] >= '0' && name.p[0] <= '9') ||
	    !is_made_of(name, "_"))
		return refuse(error, "neither NAME=value nor NAME", value);
	return 0;
}

int
settings_text_acl(struct span value, struct buf *error)
{
	static const char *const names[] = { "recv_connect", "recv_message",
		"recv_json", "recv_error", "recv_disconnect" };
	size_t i;

	if (value.n > 3 && span_starts(value, SPAN("on_")))
		return 0;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_eq(value, span_str(names[i])))
			return 0;
	return refuse(error, "neither on_EVENT nor a recv_ name", value);
}

int
settings_text_pool(struct span value, struct buf *error)
{
	if (value.n == 0 || value.n > POOL_NAME_MAX || value.p[0] == '.' ||
	    !is_made_of(value, "-_.") || span_eq(value, SPAN("none")))
		return refuse(error, "not a name for a pool", value);
	return 0;
}

int
settings_text_namespace(struct span value, struct buf *error)
{
	if (value.n == 0 || value.p[0] != '/')
		return refuse(error,
		    "the name of a namespace begins with a slash", value);
	if (value.n > NAMESPACE_NAME_MAX || memchr(value.p, ',', value.n) ||
	    memchr(value.p, '?', value.n) || !utf8_valid(value))
		return refuse(error, "not a name for a namespace", value);
	return 0;
}
