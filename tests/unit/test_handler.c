/*
 * test_handler: the C handler library, fed from memory.
 *
 * Each case gives a request's body, calls a handler on it, and compares the
 * whole answer.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

/* the library */
#include <siogate/handler.h>

#define HEAD "Content-type: application/x-ndjson\r\n\r\n"
#define BAD "Status: 400 Bad Request\r\n\r\n"
#define FAILED "Status: 500 Internal Server Error\r\n\r\n"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char *test_env[] = { "REMOTE_ADDR=192.0.2.7", "HTTP_USER_AGENT=probe/1",
	"SOCKETIO_TRANSPORT=websocket", "SOCKETIO_PROTOCOL=5",
	"SOCKETIO_EVENT_ID=e-17", "SOCKETIO_ATTEMPT=2", "HTTP_X=", NULL };

/* ---- Helpers ---------------------------------------------------------- */

/* Serves n bytes of body; the answer is the caller's. */
static char *
serve_n(struct siogate *app, const char *body, size_t n, char **env, int *rc_r)
{
	char *out = NULL;
	size_t len = 0;
	FILE *in = fmemopen((void *)(uintptr_t)body, n ? n : 1, "r");
	FILE *to = open_memstream(&out, &len);
	int rc;

	assert_non_null(in);
	assert_non_null(to);
	if (n == 0)
		(void)fgetc(in);
	rc = siogate_handle_stream(app, in, to, env);
	if (rc_r)
		*rc_r = rc;
	fclose(in);
	fclose(to);
	return out;
}

/* Serves a body and compares the answer. */
static void
expect(struct siogate *app, const char *body, const char *answer)
{
	char *out = serve_n(app, body, strlen(body), test_env, NULL);

	assert_string_equal(out, answer);
	free(out);
}

/* A handler that calls the function that user points to. */
struct probe {
	int (*call)(struct siogate_request *req);
};

/* Calls a probe. */
static int
on_probe(struct siogate_request *req, void *user)
{
	struct probe *probe = user;

	return probe->call(req);
}

/* Serves a body with one function as the handler of all events. */
static void
expect_of(
    int (*call)(struct siogate_request *), const char *body, const char *answer)
{
	struct siogate *app = siogate_new();
	struct probe probe = { call };

	assert_non_null(app);
	assert_int_equal(
	    siogate_on_event(app, NULL, NULL, on_probe, &probe), 0);
	expect(app, body, answer);
	siogate_free(&app);
	assert_null(app);
}

/* A handler that logs the text that user points to. */
static int
on_log(struct siogate_request *req, void *user)
{
	return siogate_log(req, NULL, user);
}

/* ---- Accessors -------------------------------------------------------- */

static const char full_body[] =
    "{\"type\":\"event\",\"nsp\":\"/ch\\u0061t\",\"sid\":\"s\\\"1\","
    "\"event\":\"a \\ud83d\\ude00 \\n b\",\"unknown\":[{}],"
    "\"args\":[ 12345678901234567890123 , 1.0,\"t\\u0000x\",null,"
    "-9223372036854775808, {\"k\":[1,2]}],"
    "\"ack\":true,\"session\":{\"user\":\"ann\",\"n\":1},"
    "\"rooms\":[\"lobby\",\"x\"],\"recovered\":true , \"reason\":\"why\"}\n";

/* Looks at everything that full_body says. */
static int
look_at_members(struct siogate_request *req)
{
	assert_int_equal(siogate_type(req), SIOGATE_EVENT);
	assert_string_equal(siogate_type_name(siogate_type(req)), "event");
	assert_null(siogate_type_name((enum siogate_type)99));
	assert_string_equal(siogate_nsp(req), "/chat");
	assert_string_equal(siogate_sid(req), "s\"1");
	assert_string_equal(siogate_event(req), "a \xf0\x9f\x98\x80 \n b");
	assert_true(siogate_ack_wanted(req));
	assert_true(siogate_recovered(req));
	assert_string_equal(siogate_reason(req), "why");
	assert_null(siogate_ack_error(req));
	assert_null(siogate_tag(req));
	assert_null(siogate_tag_raw(req, NULL));
	assert_string_equal(siogate_session_str(req, "user"), "ann");
	assert_null(siogate_session_str(req, "n"));
	assert_null(siogate_session_str(req, "none"));
	assert_string_equal(
	    siogate_session_raw(req, NULL), "{\"user\":\"ann\",\"n\":1}");
	assert_string_equal(siogate_room(req, 0), "lobby");
	assert_null(siogate_room(req, 2));
	assert_true(siogate_in_room(req, "x"));
	assert_false(siogate_in_room(req, "y"));
	return 0;
}

/* Looks at full_body's arguments. */
static int
look_at_args(struct siogate_request *req)
{
	size_t len = 99;
	int64_t n = 0;
	const char *p = siogate_args_raw(req, &len);

	assert_int_equal(len, strlen(p));
	assert_string_equal(p, "[ 12345678901234567890123 , 1.0,\"t\\u0000x\","
			       "null,-9223372036854775808, {\"k\":[1,2]}]");
	assert_int_equal(siogate_argc(req), 6);
	p = siogate_arg_raw(req, 0, &len);
	assert_memory_equal(p, "12345678901234567890123", len);
	assert_int_equal(len, 23);
	p = siogate_arg_raw(req, 5, &len);
	assert_memory_equal(p, "{\"k\":[1,2]}", 11);
	assert_int_equal(len, 11);
	assert_null(siogate_arg_raw(req, 6, &len));
	assert_false(siogate_arg_int(req, 0, &n));
	assert_false(siogate_arg_int(req, 1, &n));
	assert_false(siogate_arg_int(req, 2, &n));
	assert_true(siogate_arg_int(req, 4, &n));
	assert_true(n == INT64_MIN);
	assert_string_equal(siogate_arg_str(req, 2), "t");
	assert_int_equal(json_object_get_string_len(siogate_arg(req, 2)), 3);
	assert_null(siogate_arg_str(req, 1));
	assert_null(siogate_arg(req, 3));
	assert_null(siogate_arg(req, 6));
	assert_int_equal(json_object_array_length(siogate_args(req)), 6);
	return 0;
}

/* Looks at the meta-variables of test_env. */
static int
look_at_env(struct siogate_request *req)
{
	assert_string_equal(siogate_param(req, "REMOTE_ADDR"), "192.0.2.7");
	assert_null(siogate_param(req, "REMOTE"));
	assert_string_equal(siogate_remote_addr(req), "192.0.2.7");
	assert_string_equal(siogate_header(req, "User-Agent"), "probe/1");
	assert_string_equal(siogate_header(req, "x"), "");
	assert_null(siogate_header(req, "Cookie"));
	assert_string_equal(siogate_transport(req), "websocket");
	assert_int_equal(siogate_protocol(req), 5);
	assert_string_equal(siogate_event_id(req), "e-17");
	assert_int_equal(siogate_attempt(req), 2);
	return 0;
}

/* Looks at a request that has next to nothing. */
static int
look_at_little(struct siogate_request *req)
{
	assert_string_equal(siogate_nsp(req), "/");
	assert_null(siogate_sid(req));
	assert_false(siogate_ack_wanted(req));
	assert_false(siogate_recovered(req));
	assert_null(siogate_reason(req));
	assert_string_equal(siogate_args_raw(req, NULL), "[]");
	assert_int_equal(siogate_argc(req), 0);
	assert_null(siogate_arg(req, 0));
	assert_int_equal(json_object_object_length(siogate_session(req)), 0);
	assert_string_equal(siogate_session_raw(req, NULL), "{}");
	assert_null(siogate_room(req, 0));
	return 0;
}

/* Accessors give what the body and the meta-variables say. */
static void
test_accessors(void **state)
{
	(void)state;
	expect_of(look_at_members, full_body, HEAD);
	expect_of(look_at_args, full_body, HEAD);
	expect_of(look_at_env, full_body, HEAD);
	expect_of(look_at_little, "{\"type\":\"event\",\"event\":\"x\"}", HEAD);
	expect_of(look_at_little,
	    " { \"session\" : null, \"type\" : \"event\" , \"event\":\"x\","
	    "\"sid\":null,\"ack\":false } \r\n \n",
	    HEAD);
}

/* Nesting of 128 levels is parsed. */
static int
look_at_depth(struct siogate_request *req)
{
	assert_non_null(siogate_args(req));
	return siogate_ack(req, NULL);
}

/* Deeper arguments are there as text only. */
static int
look_too_deep(struct siogate_request *req)
{
	assert_null(siogate_args(req));
	assert_null(siogate_arg_str(req, 0));
	assert_int_equal(siogate_argc(req), 1);
	return 0;
}

/* A body whose args are nested so deep. */
static char *
deep_body(size_t depth)
{
	char *body = NULL;
	size_t len, i;
	FILE *f = open_memstream(&body, &len);

	fputs("{\"type\":\"event\",\"event\":\"x\",\"args\":", f);
	for (i = 0; i < depth; i++)
		fputc('[', f);
	for (i = 0; i < depth; i++)
		fputc(']', f);
	fputs("}", f);
	fclose(f);
	return body;
}

/* The bounds on nesting. */
static void
test_depth(void **state)
{
	char *body = deep_body(128);

	(void)state;
	expect_of(look_at_depth, body, HEAD);
	free(body);
	body = deep_body(200);
	expect_of(look_too_deep, body, HEAD);
	free(body);
	body = deep_body(100000);
	expect_of(look_too_deep, body, BAD);
	free(body);
}

/* ---- Actions ---------------------------------------------------------- */

static const char *const two[] = { "r1", "r\"2", NULL };
static const char *const none[] = { NULL };

/* Sends emits of all kinds. */
static int
do_emits(struct siogate_request *req)
{
	struct json_object *obj = json_tokener_parse("{\"a/b\":[1.0,\"\\n\"]}");
	struct json_object *arr = json_tokener_parse("[18446744073709551615]");
	struct siogate_opts all = { .to = "*",
		.except = "me",
		.nsp = "/o",
		.broadcast = true,
		.is_volatile = true,
		.local = true,
		.tag = "t\n",
		.timeout = 500 };
	struct siogate_opts lists = { .to_list = two,
		.except = "a",
		.except_list = two,
		.tag_json = arr };

	assert_int_equal(siogate_emit(req, "n", NULL, NULL), 0);
	assert_int_equal(siogate_emit(req, "n", " [1,\r\n 2.50]", &all), 0);
	assert_int_equal(
	    siogate_emit(req, "n", siogate_args_raw(req, NULL), &lists), 0);
	assert_int_equal(siogate_emit_json(req, "n", arr, NULL), 0);
	assert_int_equal(
	    siogate_emit_str(req, "n", "\x01\"\\\xc3\xa9\xff\x7f/", NULL), 0);
	assert_int_equal(siogate_emit_int(req, "n", INT64_MIN, NULL), 0);
	assert_int_equal(siogate_emit_value(req, "n", obj, NULL), 0);
	assert_int_equal(siogate_emit_value(req, "n", NULL, NULL), 0);
	assert_int_equal(siogate_emit_bytes(req, "n", "\0\xff", 2, NULL), 0);
	assert_int_equal(siogate_send(req, "hi", &all), 0);
	assert_int_equal(siogate_json(req, "{\"x\":1e400}", NULL), 0);
	assert_int_equal(siogate_json_value(req, NULL, &lists), 0);
	json_object_put(obj);
	json_object_put(arr);
	return 0;
}

#define ALL                                                                 \
	"\"to\":\"*\",\"except\":\"me\",\"nsp\":\"/o\",\"broadcast\":true," \
	"\"local\":true,\"volatile\":true"
#define LISTS "\"to\":[\"r1\",\"r\\\"2\"],\"except\":[\"a\",\"r1\",\"r\\\"2\"]"

/* Each form of emit, send and json gives its line. */
static void
test_emits(void **state)
{
	(void)state;
	expect_of(do_emits,
	    "{\"type\":\"event\",\"event\":\"x\",\"args\":[1.50, \"\\u00e9\"]}",
	    HEAD
	    "{\"emit\":\"n\"}\n"
	    "{\"emit\":\"n\",\"args\": [1,   2.50]," ALL
	    ",\"tag\":\"t\\n\",\"timeout\":500}\n"
	    "{\"emit\":\"n\",\"args\":[1.50, \"\\u00e9\"]," LISTS
	    ",\"tag\":[18446744073709551615]}\n"
	    "{\"emit\":\"n\",\"args\":[18446744073709551615]}\n"
	    "{\"emit\":\"n\",\"args\":[\"\\u0001\\\"\\\\\xc3\xa9\xef\xbf\xbd"
	    "\x7f/\"]}\n"
	    "{\"emit\":\"n\",\"args\":[-9223372036854775808]}\n"
	    "{\"emit\":\"n\",\"args\":[{\"a/b\":[1.0,\"\\n\"]}]}\n"
	    "{\"emit\":\"n\",\"args\":[null]}\n"
	    "{\"emit\":\"n\",\"args\":[{\"$bytes\":\"AP8=\"}]}\n"
	    "{\"send\":\"hi\"," ALL "}\n"
	    "{\"json\":{\"x\":1e400}}\n"
	    "{\"json\":null," LISTS "}\n");
}

/* Sends the actions that are no messages. */
static int
do_actions(struct siogate_request *req)
{
	struct siogate_opts room = { .to = "r", .is_volatile = true };
	struct json_object *patch = json_tokener_parse("{\"a\":null}");

	siogate_join(req, "lobby", NULL);
	siogate_leave(req, "a b", &room);
	siogate_session_merge(req, "{\"a\":{\"b\":null}}");
	siogate_session_merge_json(req, patch);
	siogate_session_set(req, "k\"", "v\t");
	siogate_session_set(req, "k", NULL);
	siogate_session_clear(req);
	siogate_acl_only(req, none);
	siogate_acl_allow(req, two);
	siogate_acl_deny(req, two);
	siogate_acl_lift(req);
	siogate_acl_reset(req);
	siogate_accept(req);
	siogate_error(req, "n", "m", NULL, false);
	siogate_error(req, "n", "m", "{\"d\": 1}", true);
	siogate_disconnect(req, NULL);
	siogate_close(req, &room);
	siogate_spawn(req, "job", NULL);
	siogate_after(req, "job", "[1]", 0);
	siogate_every(req, "job", NULL, 1000);
	siogate_kill(req, "job");
	siogate_expires(req, 60);
	siogate_set_header(req, "Set-Cookie", "a=\"b\"");
	siogate_log(req, NULL, "text");
	siogate_log(req, "error", "");
	json_object_put(patch);
	return 0;
}

/* Each action gives its line. */
static void
test_actions(void **state)
{
	(void)state;
	expect_of(do_actions, "{\"type\":\"event\",\"event\":\"x\"}",
	    HEAD
	    "{\"join\":\"lobby\"}\n"
	    "{\"leave\":\"a b\",\"to\":\"r\"}\n"
	    "{\"session\":{\"a\":{\"b\":null}}}\n"
	    "{\"session\":{\"a\":null}}\n"
	    "{\"session\":{\"k\\\"\":\"v\\t\"}}\n"
	    "{\"session\":{\"k\":null}}\n"
	    "{\"session\":null}\n"
	    "{\"acl\":{\"only\":[]}}\n"
	    "{\"acl\":{\"allow\":[\"r1\",\"r\\\"2\"]}}\n"
	    "{\"acl\":{\"deny\":[\"r1\",\"r\\\"2\"]}}\n"
	    "{\"acl\":\"lift\"}\n"
	    "{\"acl\":\"reset\"}\n"
	    "{\"accept\":true}\n"
	    "{\"error\":{\"name\":\"n\",\"message\":\"m\",\"quiet\":false}}\n"
	    "{\"error\":{\"name\":\"n\",\"message\":\"m\",\"data\":{\"d\": 1},"
	    "\"quiet\":true}}\n"
	    "{\"disconnect\":true}\n"
	    "{\"close\":true,\"to\":\"r\"}\n"
	    "{\"spawn\":\"job\"}\n"
	    "{\"spawn\":\"job\",\"args\":[1],\"after\":0}\n"
	    "{\"spawn\":\"job\",\"every\":1000}\n"
	    "{\"kill\":\"job\"}\n"
	    "{\"expires\":60}\n"
	    "{\"header\":{\"Set-Cookie\":\"a=\\\"b\\\"\"}}\n"
	    "{\"log\":\"text\",\"level\":\"info\"}\n"
	    "{\"log\":\"\",\"level\":\"error\"}\n");
}

/* Acknowledges in all ways; only the first counts. */
static int
do_acks(struct siogate_request *req)
{
	int again = siogate_ack_wanted(req) ? -1 : 0;

	assert_int_equal(siogate_ack(req, "[1"), again);
	assert_int_equal(siogate_ack_int(req, 7), 0);
	assert_int_equal(siogate_ack(req, NULL), again);
	return 0;
}

/* The handlers of test_acks. */
static int
ack_raw(struct siogate_request *req)
{
	return siogate_ack(req, siogate_args_raw(req, NULL));
}

static int
ack_none(struct siogate_request *req)
{
	return siogate_ack(req, NULL);
}

static int
ack_str(struct siogate_request *req)
{
	return siogate_ack_str(req, siogate_arg_str(req, 0));
}

static int
ack_value(struct siogate_request *req)
{
	return siogate_ack_value(req, siogate_arg(req, 0));
}

static int
ack_json(struct siogate_request *req)
{
	return siogate_ack_json(req, siogate_args(req));
}

#define ACK_EVENT "{\"type\":\"event\",\"event\":\"x\",\"ack\":true,\"args\":"

/* Acknowledgements: forms, none wanted, a second one. */
static void
test_acks(void **state)
{
	(void)state;
	expect_of(do_acks, "{\"type\":\"event\",\"event\":\"x\"}", HEAD);
	expect_of(do_acks, ACK_EVENT "[]}",
	    HEAD "{\"log\":\"action ack not sent: the arguments are not a JSON "
		 "array\",\"level\":\"error\"}\n"
		 "{\"ack\":[7]}\n"
		 "{\"log\":\"action ack not sent: it has been answered\","
		 "\"level\":\"error\"}\n");
	expect_of(ack_raw, ACK_EVENT "[1.0,  9007199254740993000001]}",
	    HEAD "{\"ack\":[1.0,  9007199254740993000001]}\n");
	expect_of(ack_none, ACK_EVENT "[1]}", HEAD "{\"ack\":[]}\n");
	expect_of(ack_str, ACK_EVENT "[\"\\u00e9\"]}",
	    HEAD "{\"ack\":[\"\xc3\xa9\"]}\n");
	expect_of(ack_value, ACK_EVENT "[{\"a\":\"\\u0000\"}]}",
	    HEAD "{\"ack\":[{\"a\":\"\\u0000\"}]}\n");
	expect_of(
	    ack_json, ACK_EVENT "[true,null]}", HEAD "{\"ack\":[true,null]}\n");
}

/* Passes what makes no action. */
static int
do_wrong(struct siogate_request *req)
{
	struct siogate_opts negative = { .timeout = -1 };
	struct json_object *nan = json_object_new_double(0.0 / 0.0);
	static const char *const texts[] = { "", "[", "[1,]", "[01]", "[1]x",
		"[\"\t\"]", "[\"\\x\"]", "[\"\\u12g4\"]", "{}", "[1 2]",
		"[tru]", "[1.]", "[1e]", "[-]", "[\"a]", "[{\"a\"}]",
		"[{\"a\":1,}]", "[{1:1}]", "[}", "[{]", "[+1]", "['a']" };
	size_t i;

	for (i = 0; i < COUNT(texts); i++)
		if (siogate_emit(req, "n", texts[i], NULL) != -1)
			fail_msg("case %zu was taken: %s", i, texts[i]);
	assert_int_equal(siogate_emit(req, "", NULL, NULL), -1);
	assert_int_equal(siogate_emit(req, NULL, NULL, NULL), -1);
	assert_int_equal(siogate_emit(req, "n", NULL, &negative), -1);
	assert_int_equal(siogate_emit_str(req, "n", NULL, NULL), -1);
	assert_int_equal(siogate_emit_value(req, "n", nan, NULL), -1);
	assert_int_equal(siogate_emit_json(req, "n", NULL, NULL), -1);
	assert_int_equal(siogate_emit_bytes(req, "n", NULL, 1, NULL), -1);
	assert_int_equal(siogate_json(req, NULL, NULL), -1);
	assert_int_equal(siogate_session_merge(req, "null"), -1);
	assert_int_equal(siogate_session_merge(req, "[]"), -1);
	assert_int_equal(siogate_acl_only(req, NULL), -1);
	assert_int_equal(siogate_after(req, "j", NULL, -1), -1);
	assert_int_equal(siogate_every(req, "j", NULL, 0), -1);
	assert_int_equal(siogate_expires(req, 0), -1);
	assert_int_equal(siogate_set_header(req, "A", "b\r\nC: d"), -1);
	json_object_put(nan);
	return 0;
}

/* What is wrong is logged and sends nothing else. */
static void
test_wrong_arguments(void **state)
{
	struct siogate *app = siogate_new();
	struct probe probe = { do_wrong };
	const char body[] = "{\"type\":\"event\",\"event\":\"x\"}";
	char *out, *line;
	int lines = 0;

	(void)state;
	siogate_on_event(app, NULL, NULL, on_probe, &probe);
	out = serve_n(app, body, sizeof(body) - 1, NULL, NULL);
	assert_memory_equal(out, HEAD, sizeof(HEAD) - 1);
	for (line = strtok(out + sizeof(HEAD) - 1, "\n"); line;
	     line = strtok(NULL, "\n"), lines++)
		assert_memory_equal(line, "{\"log\":\"action ", 15);
	assert_int_equal(lines, 22 + 15);
	free(out);
	siogate_free(&app);
}

/* ---- Dispatch --------------------------------------------------------- */

/* The handler called is the one that fits best. */
static void
test_dispatch(void **state)
{
	struct siogate *app = siogate_new();
	static const struct {
		const char *nsp, *event, *log;
	} cases[] = {
		{ "/a", "x", "a x" },
		{ "/b", "x", "any x" },
		{ "/a", "y", "a any" },
		{ "/b", "y", "any any" },
	};
	char body[160], answer[160];
	size_t i;

	(void)state;
	siogate_on_event(app, NULL, NULL, on_log, (void *)"any any");
	siogate_on_event(app, "/a", NULL, on_log, (void *)"a any");
	siogate_on_event(app, NULL, "x", on_log, (void *)"any x");
	siogate_on_event(app, "/a", "x", on_log, (void *)"old");
	siogate_on_event(app, "/a", "x", on_log, (void *)"a x");
	assert_int_equal(
	    siogate_on(app, SIOGATE_CONNECT, NULL, "x", on_log, NULL), -1);
	assert_int_equal(siogate_on_event(app, NULL, "x", NULL, NULL), -1);
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(body, sizeof(body),
		    "{\"type\":\"event\",\"nsp\":\"%s\",\"event\":\"%s\"}",
		    cases[i].nsp, cases[i].event);
		snprintf(answer, sizeof(answer),
		    HEAD "{\"log\":\"%s\",\"level\":\"info\"}\n", cases[i].log);
		expect(app, body, answer);
	}
	siogate_free(&app);
}

/* Each type reaches the handler of its type; jobs and acks go by name. */
static void
test_types(void **state)
{
	struct siogate *app = siogate_new();
	static const char *const types[] = { "handshake", "connect", "message",
		"json", "error", "disconnect", "refresh" };
	char body[160], answer[160];
	size_t i;

	(void)state;
	siogate_on_handshake(app, on_log, (void *)"handshake");
	siogate_on_connect(app, NULL, on_log, (void *)"connect");
	siogate_on_message(app, NULL, on_log, (void *)"message");
	siogate_on_json(app, NULL, on_log, (void *)"json");
	siogate_on_error(app, NULL, on_log, (void *)"error");
	siogate_on_disconnect(app, NULL, on_log, (void *)"disconnect");
	siogate_on_refresh(app, NULL, on_log, (void *)"refresh");
	siogate_on_job(app, NULL, "tick", on_log, (void *)"job tick");
	siogate_on_ack(app, NULL, "a\n1", on_log, (void *)"ack a1");
	siogate_on_ack(app, NULL, NULL, on_log, (void *)"ack any");
	for (i = 0; i < COUNT(types); i++) {
		snprintf(body, sizeof(body), "{\"type\":\"%s\"}", types[i]);
		snprintf(answer, sizeof(answer),
		    HEAD "{\"log\":\"%s\",\"level\":\"info\"}\n", types[i]);
		expect(app, body, answer);
	}
	expect(app, "{\"type\":\"job\",\"event\":\"tick\"}",
	    HEAD "{\"log\":\"job tick\",\"level\":\"info\"}\n");
	expect(app, "{\"type\":\"ack\",\"tag\":\"a\\n\\u0031\"}",
	    HEAD "{\"log\":\"ack a1\",\"level\":\"info\"}\n");
	expect(app,
	    "{\"type\":\"ack\",\"tag\":{\"a\":1},\"error\":\"timeout\"}",
	    HEAD "{\"log\":\"ack any\",\"level\":\"info\"}\n");
	expect(app, "{\"type\":\"ack\"}",
	    HEAD "{\"log\":\"ack any\",\"level\":\"info\"}\n");
	siogate_free(&app);
}

/* Looks at a tag both ways. */
static int
on_tag(struct siogate_request *req, void *user)
{
	size_t len = 0;

	(void)user;
	assert_string_equal(siogate_tag(req), "a\n1");
	assert_string_equal(siogate_tag(req), "a\n1");
	assert_string_equal(siogate_tag_raw(req, &len), "\"a\\n\\u0031\"");
	assert_int_equal(len, 11);
	assert_string_equal(siogate_ack_error(req), "timeout");
	return 0;
}

/* The tag, as text and raw. */
static void
test_tag(void **state)
{
	struct siogate *app = siogate_new();

	(void)state;
	siogate_on_ack(app, NULL, "a\n1", on_tag, NULL);
	expect(app,
	    "{\"type\":\"ack\",\"tag\":\"a\\n\\u0031\","
	    "\"error\":\"timeout\"}",
	    HEAD);
	siogate_free(&app);
}

/* What happens without a handler. */
static void
test_unhandled(void **state)
{
	struct siogate *app = siogate_new();

	(void)state;
	expect(app, "{\"type\":\"event\",\"event\":\"do \\\"it\\u00e9\"}",
	    HEAD "{\"error\":{\"name\":\"no_such_method\",\"message\":\"The "
		 "method \\\"on_do_\\\"it\xc3\xa9\\\" was not found\","
		 "\"quiet\":false}}\n");
	expect(app, "{\"type\":\"handshake\"}",
	    HEAD "{\"error\":{\"name\":\"no_such_method\",\"message\":\"The "
		 "method \\\"handshake\\\" was not found\","
		 "\"quiet\":false}}\n");
	expect(app, "{\"type\":\"job\",\"event\":\"j\"}",
	    HEAD "{\"log\":\"a job has no handler\",\"level\":\"warning\"}\n");
	expect(app, "{\"type\":\"connect\"}", HEAD);
	expect(app, "{\"type\":\"disconnect\"}", HEAD);
	siogate_free(&app);
}

/* ---- Failures and bodies ---------------------------------------------- */

/* Adds an action, then fails. */
static int
do_fail(struct siogate_request *req)
{
	siogate_join(req, "r", NULL);
	return 1;
}

/* Flushes an action, adds another, then fails. */
static int
do_flush_and_fail(struct siogate_request *req)
{
	siogate_join(req, "r", NULL);
	assert_int_equal(siogate_flush(req), 0);
	siogate_join(req, "s", NULL);
	return 1;
}

/* Flushes twice. */
static int
do_flush(struct siogate_request *req)
{
	assert_int_equal(siogate_flush(req), 0);
	siogate_emit_int(req, "n", 1, NULL);
	assert_int_equal(siogate_flush(req), 0);
	return siogate_emit_int(req, "n", 2, NULL);
}

#define X "{\"type\":\"event\",\"event\":\"x\"}"

/* A handler that fails, before and after a flush. */
static void
test_failing(void **state)
{
	(void)state;
	expect_of(do_fail, X, FAILED);
	expect_of(do_flush_and_fail, X,
	    HEAD "{\"join\":\"r\"}\n"
		 "{\"error\":{\"name\":\"handler_failed\",\"message\":\"The "
		 "handler failed\",\"quiet\":false}}\n");
	expect_of(do_flush, X,
	    HEAD "{\"emit\":\"n\",\"args\":[1]}\n"
		 "{\"emit\":\"n\",\"args\":[2]}\n");
}

/* Must not be called. */
static int
do_not(struct siogate_request *req)
{
	(void)req;
	fail_msg("a malformed body reached a handler");
	return 0;
}

/* Malformed bodies are answered with 400. */
static void
test_malformed(void **state)
{
	static const char *const bodies[] = { "", "\n", " ", "x", "[]", "{",
		"{}", "{\"type\":\"event\"}", "{\"type\":\"nothing\"}",
		"{\"type\":1,\"event\":\"x\"}", X "x", X ",",
		"{\"type\":\"event\",\"event\":\"x\",}",
		"{\"type\":\"event\" \"event\":\"x\"}",
		"{\"type\":\"event\",\"event\":\"x\\u0000\"}",
		"{\"type\":\"event\",\"event\":\"x\",\"args\":{}}",
		"{\"type\":\"event\",\"event\":\"x\",\"args\":[1,]}",
		"{\"type\":\"event\",\"event\":\"x\",\"ack\":1}",
		"{\"type\":\"event\",\"event\":\"x\",\"session\":[]}",
		"{\"type\":\"event\",\"event\":null}" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bodies); i++)
		expect_of(do_not, bodies[i], BAD);
}

/* A full request that is cut at each byte is never handled. */
static void
test_cut(void **state)
{
	struct siogate *app = siogate_new();
	struct probe probe = { do_not };
	size_t n = sizeof(full_body) - 3; /* the brace stays off */
	char *out;
	int rc;

	(void)state;
	siogate_on_event(app, NULL, NULL, on_probe, &probe);
	for (; n > 0; n--) {
		char *copy = malloc(n);

		memcpy(copy, full_body, n);
		out = serve_n(app, copy, n, NULL, &rc);
		assert_string_equal(out, BAD);
		assert_int_equal(rc, 1);
		free(out);
		free(copy);
	}
	siogate_free(&app);
}

/* CONTENT_LENGTH bounds what is read, and a shorter body is refused. */
static void
test_content_length(void **state)
{
	struct siogate *app = siogate_new();
	struct probe probe = { ack_none };
	char *exact[] = { "CONTENT_LENGTH=28", NULL };
	char *longer[] = { "CONTENT_LENGTH=99", NULL };
	const char body[] = X "garbage";
	char *out;
	int rc;

	(void)state;
	siogate_on_event(app, NULL, NULL, on_probe, &probe);
	assert_int_equal(sizeof(X) - 1, 28);
	out = serve_n(app, body, sizeof(body) - 1, exact, &rc);
	assert_string_equal(out, HEAD);
	assert_int_equal(rc, 0);
	free(out);
	out = serve_n(app, body, 28, longer, &rc);
	assert_string_equal(out, BAD);
	assert_int_equal(rc, 1);
	free(out);
	siogate_free(&app);
}

/* Echoes, fails, or emits, by the event's name. */
static int
do_batch(struct siogate_request *req)
{
	siogate_emit(req, siogate_event(req), NULL, NULL);
	assert_string_equal(siogate_event_id(req), "b");
	assert_int_equal(siogate_attempt(req), 3);
	assert_int_equal(siogate_protocol(req), 4);
	assert_string_equal(siogate_transport(req), "polling");
	assert_string_equal(siogate_remote_addr(req), "::1");
	return strcmp(siogate_event(req), "bad") == 0;
}

#define BATCH(name)                                                      \
	"{\"type\":\"event\",\"event\":\"" name "\",\"event_id\":\"b\"," \
	"\"attempt\":3,\"protocol\":\"4\",\"transport\":\"polling\","    \
	"\"remote_addr\":\"::1\"}"

/* In a batch each action says which line it belongs to. */
static void
test_batch(void **state)
{
	(void)state;
	expect_of(do_batch,
	    BATCH("a") "\n" BATCH("bad") "\n\n{\n" BATCH("b") "\n",
	    HEAD "{\"emit\":\"a\",\"re\":0}\n"
		 "{\"error\":{\"name\":\"handler_failed\",\"message\":\"The "
		 "handler failed\",\"quiet\":false},\"re\":1}\n"
		 "{\"error\":{\"name\":\"bad_request\",\"message\":\"not valid "
		 "JSON\",\"quiet\":false},\"re\":3}\n"
		 "{\"emit\":\"b\",\"re\":4}\n");
}

/* ---- Bytes ------------------------------------------------------------ */

/* Binary data goes to base64 and comes back. */
static void
test_bytes(void **state)
{
	static const char *const coded[] = { "", "AA==", "AAE=", "AAEC",
		"AAECAw==" };
	static const unsigned char data[] = { 0, 1, 2, 3 };
	struct json_object *obj, *text;
	void *back;
	size_t n, len;

	(void)state;
	for (n = 0; n < COUNT(coded); n++) {
		obj = siogate_bytes_new(data, n);
		text = json_object_object_get(obj, "$bytes");
		assert_string_equal(json_object_get_string(text), coded[n]);
		assert_int_equal(siogate_bytes_get(obj, &back, &len), 1);
		assert_int_equal(len, n);
		assert_memory_equal(back, data, n);
		free(back);
		json_object_put(obj);
	}
}

/* What is no binary data is told apart. */
static void
test_no_bytes(void **state)
{
	static const char *const texts[] = { "1", "{}", "{\"$bytes\":1}",
		"{\"$bytes\":\"AA==\",\"x\":1}", "{\"$bytes\":\"A\"}",
		"{\"$bytes\":\"A===\"}", "{\"$bytes\":\"AA-_\"}",
		"{\"$bytes\":\"A=AA\"}", "{\"$bytes\":\"====\"}" };
	struct json_object *obj;
	void *data;
	size_t i, len;

	(void)state;
	assert_int_equal(siogate_bytes_get(NULL, &data, &len), 0);
	for (i = 0; i < COUNT(texts); i++) {
		obj = json_tokener_parse(texts[i]);
		if (siogate_bytes_get(obj, &data, &len) != 0)
			fail_msg("case %zu was taken: %s", i, texts[i]);
		json_object_put(obj);
	}
}

/* Runs all tests. */
int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accessors),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_emits),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_acks),
		cmocka_unit_test(test_wrong_arguments),
		cmocka_unit_test(test_dispatch),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_tag),
		cmocka_unit_test(test_unhandled),
		cmocka_unit_test(test_failing),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_content_length),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_no_bytes),
	};

	return cmocka_run_group_tests_name("handler", tests, NULL, NULL);
}
