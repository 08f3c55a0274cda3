/*
 * ctl_act: the commands that make the gateway do something.
 *
 * They write the action lines that a handler would write, and send them.
 * Arguments that are JSON go into the line as they were typed, so that numbers
 * keep their digits; jscan, which the gateway uses itself, says what is JSON.
 */

/* system */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* libraries */
#include <json.h>

/* base */
#include "buf.h"

/* wire */
#include "jscan.h"
#include "utf8.h"

/* own */
#include "ctl_act.h"
#include "ctl_batch.h"
#include "ctl_json.h"
#include "ctl_say.h"
#include "ctl_text.h"

/* Arguments nested deeper than this are not taken. */
enum { CTL_ACT_DEPTH = 256 };

/* What the answers are told with. */
struct ctl_act {
	struct ctl *ctl;
	const char *what; /* "sent to", "disconnected" */
	char **names;     /* one for each line, or NULL */
	bool failed;
};

/* Prints what an action did. */
static void
ctl_act_print(const struct ctl_act *a, const char *name, struct json_object *o)
{
	struct json_object *sent = ctl_json_get(o, "sent");
	struct buf out = BUF_INIT;

	if (name) {
		ctl_text_escape(&out, span_str(name));
		buf_adds(&out, ": ");
	}
	if (json_object_is_type(sent, json_type_int)) {
		int64_t n = json_object_get_int64(sent);

		buf_addf(&out, "%s %" PRId64 " socket%s", a->what, n,
		    n == 1 ? "" : "s");
	} else {
		buf_adds(&out, "ok");
	}
	puts(buf_cstr(&out));
	buf_release(&out);
}

/* Tells one answer. */
static void
ctl_act_answer(void *arg, size_t position, bool ok, struct json_object *o,
    struct span text)
{
	struct ctl_act *a = arg;
	const char *name = a->names ? a->names[position] : NULL;

	if (a->ctl->json)
		ctl_say_json(text);
	else if (ok)
		ctl_act_print(a, name, o);
	if (ok)
		return;
	a->failed = true;
	ctl_say_error("%s%s%.*s", name ? name : "", name ? ": " : "",
	    SPAN_FMT(ctl_batch_error(o)));
}

/* Sends lines and tells the answers. */
static enum ctl_exit
ctl_act_send(struct ctl_act *a, const struct buf *lines, size_t n)
{
	struct ctl_batch_reader reader = { ctl_act_answer, a };
	enum ctl_exit code;
	long status;

	code = ctl_batch_send(a->ctl, buf_span(lines), n, &reader, &status);
	if (code == CTL_OK && a->failed)
		return CTL_REFUSED;
	return code;
}

/* Checks that a word of the command line can stand in JSON. */
static bool
ctl_act_is_text(const char *word)
{
	if (utf8_valid(span_str(word)))
		return true;
	ctl_say_error("\"%s\" is not UTF-8", word);
	return false;
}

/* Appends ,"key":["name",...] unless there are no names. */
static bool
ctl_act_add_names(struct buf *line, const char *key, char **names, size_t n)
{
	size_t i;

	if (n == 0)
		return true;
	buf_addf(line, ",\"%s\":", key);
	for (i = 0; i < n; i++) {
		if (!ctl_act_is_text(names[i]))
			return false;
		buf_addch(line, i ? ',' : '[');
		jscan_quote(line, span_str(names[i]));
	}
	buf_addch(line, ']');
	return true;
}

/* Appends ,"nsp":"/chat". */
static bool
ctl_act_add_nsp(struct buf *line, const char *nsp)
{
	nsp = nsp ? nsp : "/";
	if (!ctl_act_is_text(nsp))
		return false;
	buf_adds(line, ",\"nsp\":");
	jscan_quote(line, span_str(nsp));
	return true;
}

/* Appends an argument of emit: as it is when it is JSON, else as a string. */
static bool
ctl_act_add_arg(struct buf *line, const char *arg, bool string)
{
	struct span text = span_str(arg);
	enum jscan_result r = JSCAN_INVALID;

	if (!ctl_act_is_text(arg))
		return false;
	if (!string)
		r = jscan_check(text, CTL_ACT_DEPTH, NULL);
	if (r == JSCAN_DEPTH) {
		ctl_say_error("an argument is nested deeper than %d levels",
		    CTL_ACT_DEPTH);
		return false;
	}
	if (r == JSCAN_OK)
		jscan_add_line(line, text);
	else
		jscan_quote(line, text);
	return true;
}

/* Writes the line of emit. False when a word can't be used; that was told. */
static bool
ctl_act_add_emit(struct buf *line, const struct ctl *c, int argc, char **argv)
{
	int i;

	if (!ctl_act_is_text(argv[0]))
		return false;
	buf_adds(line, "{\"emit\":");
	jscan_quote(line, span_str(argv[0]));
	buf_adds(line, ",\"args\":[");
	for (i = 1; i < argc; i++) {
		if (i > 1)
			buf_addch(line, ',');
		if (!ctl_act_add_arg(line, argv[i], c->strings))
			return false;
	}
	buf_addch(line, ']');
	if (!ctl_act_add_nsp(line, c->nsp) ||
	    !ctl_act_add_names(line, "to", c->to.names, c->to.n) ||
	    !ctl_act_add_names(line, "except", c->except.names, c->except.n))
		return false;
	if (c->volatile_)
		buf_adds(line, ",\"volatile\":true");
	if (c->local)
		buf_adds(line, ",\"local\":true");
	buf_adds(line, "}\n");
	return true;
}

enum ctl_exit
ctl_act_emit(struct ctl *c, int argc, char **argv)
{
	struct ctl_act a = { .ctl = c, .what = "sent to" };
	struct buf line = BUF_INIT;
	enum ctl_exit code = CTL_USAGE;

	if (ctl_act_add_emit(&line, c, argc, argv))
		code = ctl_act_send(&a, &line, 1);
	buf_release(&line);
	return code;
}

enum ctl_exit
ctl_act_disconnect(struct ctl *c, int argc, char **argv)
{
	struct ctl_act a = { .ctl = c, .names = argv };
	struct buf lines = BUF_INIT;
	enum ctl_exit code = CTL_USAGE;
	int i;

	a.what = c->close ? "closed" : "disconnected";
	for (i = 0; i < argc; i++) {
		buf_addf(
		    &lines, "{\"%s\":true", c->close ? "close" : "disconnect");
		if (!ctl_act_add_nsp(&lines, c->nsp) ||
		    !ctl_act_add_names(&lines, "to", argv + i, 1))
			break;
		if (c->local)
			buf_adds(&lines, ",\"local\":true");
		buf_adds(&lines, "}\n");
	}
	if (i == argc)
		code = ctl_act_send(&a, &lines, (size_t)argc);
	buf_release(&lines);
	return code;
}
