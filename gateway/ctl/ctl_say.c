/*
 * ctl_say: what siogatectl tells the person in front of it.
 *
 * DIAGNOSTICS
 *	None of its own; a standard output that can't be written is found out
 *	by main at the end.
 */

/* system */
#include <stdarg.h>
#include <stdio.h>

/* libraries */
#include <json.h>

/* base */
#include "buf.h"

/* own */
#include "ctl_http.h"
#include "ctl_json.h"
#include "ctl_say.h"
#include "ctl_text.h"

/* Shown of an answer that is no JSON. */
enum { CTL_SAY_MAX = 200 };

void
ctl_say_error(const char *fmt, ...)
{
	struct buf text = BUF_INIT, out = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&text, fmt, ap);
	va_end(ap);
	buf_adds(&out, "siogatectl: ");
	ctl_text_escape(&out, buf_span(&text));
	buf_addch(&out, '\n');
	fflush(stdout);
	fwrite(out.data, 1, out.len, stderr);
	buf_release(&text);
	buf_release(&out);
}

void
ctl_say_unreachable(const struct ctl_http *http)
{
	const char *hint = ctl_http_hint(http);

	ctl_say_error("%s", ctl_http_error(http));
	if (hint)
		ctl_say_error("%s", hint);
}

void
ctl_say_refused(const struct ctl_answer *answer)
{
	struct json_object *o = ctl_json_parse(buf_span(&answer->body));
	struct span error = ctl_json_text(ctl_json_get(o, "error")), rest;

	if (o == NULL) {
		error = span_cut(buf_span(&answer->body), '\n', &rest);
		if (error.n > CTL_SAY_MAX)
			error.n = CTL_SAY_MAX;
	}
	if (error.n)
		ctl_say_error(
		    "%.*s (HTTP %ld)", SPAN_FMT(error), answer->status);
	else
		ctl_say_error("the gateway answered with HTTP status %ld",
		    answer->status);
	if (answer->status == 401)
		ctl_say_error("give its token with --token-file or "
			      "$SIOGATE_TOKEN");
	json_object_put(o);
}

void
ctl_say_strange(const struct ctl_http *http)
{
	ctl_say_error("what answers at %s does not speak siogate's control API",
	    ctl_http_where(http));
}

void
ctl_say_json(struct span text)
{
	struct buf out = BUF_INIT;

	while (text.n && strchr(" \t\r\n", text.p[text.n - 1]))
		text.n--;
	ctl_text_json(&out, text);
	buf_addch(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
}
