/*
 * ctl_batch: action lines on their way to the gateway, and their answers.
 *
 * The gateway answers one line for each action, in order. An answer belongs to
 * the line at its position; the "line" that it names counts from the start of
 * the request and means nothing to the person who typed.
 */

/* system */
#include <string.h>

/* libraries */
#include <json.h>

/* own */
#include "ctl_batch.h"
#include "ctl_http.h"
#include "ctl_json.h"
#include "ctl_say.h"

enum { CTL_BATCH_HTTP_OK = 200 };

/* Reads the answers out of the body. Returns how many there were, or -1 when
 * one of them is no answer. */
static ptrdiff_t
ctl_batch_read(struct span body, size_t n, const struct ctl_batch_reader *r)
{
	size_t seen = 0;

	while (body.n) {
		struct span line = span_trim(span_cut(body, '\n', &body));
		struct json_object *o, *ok;

		if (line.n == 0)
			continue;
		o = ctl_json_parse(line);
		ok = ctl_json_get(o, "ok");
		if (seen == n || !json_object_is_type(ok, json_type_boolean)) {
			json_object_put(o);
			return -1;
		}
		r->answer(r->arg, seen, json_object_get_boolean(ok), o, line);
		json_object_put(o);
		seen++;
	}
	return (ptrdiff_t)seen;
}

/* Finds out what became of a request that was answered. */
static enum ctl_exit
ctl_batch_judge(struct ctl *c, const struct ctl_answer *answer, size_t n,
    const struct ctl_batch_reader *reader)
{
	ptrdiff_t seen;

	if (answer->status != CTL_BATCH_HTTP_OK) {
		ctl_say_refused(answer);
		return CTL_REFUSED;
	}
	seen = ctl_batch_read(buf_span(&answer->body), n, reader);
	if (seen == -1) {
		ctl_say_strange(c->http);
		return CTL_REFUSED;
	}
	if ((size_t)seen < n) {
		ctl_say_error(
		    "the gateway answered %zu of %zu actions", (size_t)seen, n);
		return CTL_REFUSED;
	}
	return CTL_OK;
}

enum ctl_exit
ctl_batch_send(struct ctl *c, struct span lines, size_t n,
    const struct ctl_batch_reader *reader, long *status_r)
{
	struct ctl_answer answer = { 0 };
	enum ctl_exit code;

	*status_r = 0;
	if (ctl_http_post(c->http, "/v1/actions", lines, &answer) == -1) {
		ctl_say_unreachable(c->http);
		code = CTL_UNREACHABLE;
	} else {
		*status_r = answer.status;
		code = ctl_batch_judge(c, &answer, n, reader);
	}
	ctl_answer_release(&answer);
	return code;
}

struct span
ctl_batch_error(struct json_object *o)
{
	struct span text = ctl_json_text(ctl_json_get(o, "error"));

	return text.n ? text : SPAN("the gateway gave no reason");
}
