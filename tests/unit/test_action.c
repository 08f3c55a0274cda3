/*
 * Tests of action: lines of a handler's answer.
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "action.h"
#include "jscan.h"

#define T(lit)                         \
	{                              \
		(lit), sizeof(lit) - 1 \
	}
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Lines that are accepted, and all that they say: "kind value option=..." */
static void
test_accepted(void **state)
{
	static const struct {
		const char *line;
		const char *want;
	} cases[] = {
		/* 0: every action */
		{ "{\"emit\":\"x\"}", "emit \"x\"" },
		{ "{\"send\":\"\"}", "send \"\"" },
		{ "{\"json\":null}", "json null" },
		{ "{\"json\":[1, 2.0]}", "json [1, 2.0]" },
		{ "{\"ack\":[]}", "ack []" },
		{ "{\"join\":\"r\"}", "join \"r\"" },
		{ "{\"join\":[\"a\",\"b\"]}", "join [\"a\",\"b\"]" },
		{ "{\"leave\":[]}", "leave []" },
		{ "{\"session\":{\"a\":1}}", "session {\"a\":1}" },
		{ "{\"session\":null}", "session null" },
		/* 10 */
		{ "{\"acl\":\"lift\"}", "acl \"lift\"" },
		{ "{\"acl\":\"reset\"}", "acl \"reset\"" },
		{ "{\"acl\":{\"only\":[]}}", "acl {\"only\":[]}" },
		{ "{\"acl\":{\"allow\":[\"on_x\"]}}",
		    "acl {\"allow\":[\"on_x\"]}" },
		{ "{\"acl\":{\"deny\":[\"a\"],\"why\":1}}",
		    "acl {\"deny\":[\"a\"],\"why\":1}" },
		{ "{\"accept\":true}", "accept true" },
		{ "{\"error\":{\"name\":\"n\"}}", "error {\"name\":\"n\"}" },
		{ "{\"error\":\"text\"}", "error \"text\"" },
		{ "{\"disconnect\":true}", "disconnect true" },
		{ "{\"close\":true}", "close true" },
		/* 20 */
		{ "{\"spawn\":\"s\",\"args\":[1],\"after\":0,\"every\":1}",
		    "spawn \"s\" args=[1] after=0 every=1" },
		{ "{\"kill\":\"s\"}", "kill \"s\"" },
		{ "{\"expires\":3600}", "expires 3600" },
		{ "{\"header\":{\"Set-Cookie\":\"a=b\"}}",
		    "header {\"Set-Cookie\":\"a=b\"}" },
		{ "{\"header\":{}}", "header {}" },
		{ "{\"log\":\"t\",\"level\":\"info\"}",
		    "log \"t\" level=\"info\"" },
		/* 26: options */
		{ " { \"to\" : \"r\" , \"emit\" : \"x\" , \"args\" : [ 1 ] } ",
		    "emit \"x\" args=[ 1 ] to=\"r\"" },
		{ "{\"emit\":\"x\",\"to\":[\"a\"],\"except\":[\"b\",\"c\"]}",
		    "emit \"x\" to=[\"a\"] except=[\"b\",\"c\"]" },
		{ "{\"emit\":\"x\",\"except\":\"s\",\"nsp\":\"/n\"}",
		    "emit \"x\" except=\"s\" nsp=\"/n\"" },
		{ "{\"emit\":\"x\",\"nsp\":\"\\/n\"}",
		    "emit \"x\" nsp=\"\\/n\"" },
		/* 30 */
		{ "{\"emit\":\"x\",\"nsp\":\"\\u002f\"}",
		    "emit \"x\" nsp=\"\\u002f\"" },
		{ "{\"emit\":\"x\",\"tag\":{\"a\":[]},\"timeout\":5000}",
		    "emit \"x\" tag={\"a\":[]} timeout=5000" },
		{ "{\"emit\":\"x\",\"tag\":null,\"timeout\":0}",
		    "emit \"x\" tag=null timeout=0" },
		{ "{\"emit\":\"x\",\"broadcast\":true,\"volatile\":true,"
		  "\"local\":true}",
		    "emit \"x\" broadcast volatile local" },
		{ "{\"emit\":\"x\",\"broadcast\":false,\"volatile\":false,"
		  "\"local\":false}",
		    "emit \"x\"" },
		{ "{\"emit\":\"x\",\"re\":9007199254740991}",
		    "emit \"x\" re=9007199254740991" },
		{ "{\"ack\":[],\"re\":0}", "ack [] re=0" },
		{ "{\"emit\":\"x\",\"unknown\":{\"emit\":1},\"\":2}",
		    "emit \"x\"" },
		/* 38: equal option keys, escaped keys */
		{ "{\"emit\":\"x\",\"to\":5,\"to\":\"r\"}",
		    "emit \"x\" to=\"r\"" },
		{ "{\"emit\":\"x\",\"to\":\"r\",\"\\u0074o\":\"s\"}",
		    "emit \"x\" to=\"s\"" },
		/* 40 */
		{ "{\"\\u0065mit\":\"x\"}", "emit \"x\"" },
		{ "{\"emit\":\"connected\"}", "emit \"connected\"" },
		{ "{\"emit\":\"\\u0000\"}", "emit \"\\u0000\"" },
		{ "{\"emit\":\"x\",\r\n\"to\":\"r\"}",
		    "emit \"x\" to=\"r\" flags=1" },
		{ "{\"emit\":\"x\",\"args\":[{\"$bytes\":\"\"}]}",
		    "emit \"x\" args=[{\"$bytes\":\"\"}] flags=2" },
		{ "{\"emit\":\"error\",\"args\":[\"error\",\"log\"]}",
		    "emit \"error\" args=[\"error\",\"log\"]" },
	};
	struct buf got = BUF_INIT;
	const char *error;
	struct action a;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (action_parse(span_str(cases[i].line), 8, &a, &error))
			fail_msg("case %zu: %s", i, error);
		assert_null(error);
		buf_addf(
		    &got, "%s %.*s", action_name(a.kind), SPAN_FMT(a.value));
		if (a.args.n)
			buf_addf(&got, " args=%.*s", SPAN_FMT(a.args));
		if (a.to.n)
			buf_addf(&got, " to=%.*s", SPAN_FMT(a.to));
		if (a.except.n)
			buf_addf(&got, " except=%.*s", SPAN_FMT(a.except));
		if (a.nsp.n)
			buf_addf(&got, " nsp=%.*s", SPAN_FMT(a.nsp));
		if (a.tag.n)
			buf_addf(&got, " tag=%.*s", SPAN_FMT(a.tag));
		if (a.level.n)
			buf_addf(&got, " level=%.*s", SPAN_FMT(a.level));
		buf_adds(&got, a.broadcast ? " broadcast" : "");
		buf_adds(&got, a.volatile_ ? " volatile" : "");
		buf_adds(&got, a.local ? " local" : "");
		if (a.has_timeout)
			buf_addf(&got, " timeout=%jd", (intmax_t)a.timeout);
		if (a.has_after)
			buf_addf(&got, " after=%jd", (intmax_t)a.after);
		if (a.has_every)
			buf_addf(&got, " every=%jd", (intmax_t)a.every);
		if (a.has_re)
			buf_addf(&got, " re=%jd", (intmax_t)a.re);
		if (a.json_flags)
			buf_addf(&got, " flags=%u", a.json_flags);
		if (!span_eq(buf_span(&got), span_str(cases[i].want)))
			fail_msg("case %zu: got %.*s, want %s", i,
			    SPAN_FMT(buf_span(&got)), cases[i].want);
		buf_clear(&got);
	}
	buf_release(&got);
}

/* Lines that are refused, and a word of what is said about them. */
static void
test_refused(void **state)
{
	static const struct {
		struct span line;
		const char *want;
	} cases[] = {
		/* 0: not lines at all */
		{ T(""), "not valid JSON" },
		{ T("{"), "not valid JSON" },
		{ T("Warning: x"), "not valid JSON" },
		{ T("{\"emit\":\"x\"} {}"), "not valid JSON" },
		{ T("{\"emit\":\"\xff\"}"), "UTF-8" },
		{ T("{\"emit\":\"x\",\"args\":[[[[[[[[[]]]]]]]]]}"), "deep" },
		{ T("[\"emit\"]"), "not a JSON object" },
		{ T("\"emit\""), "not a JSON object" },
		{ T("null"), "not a JSON object" },
		{ T("{}"), "no known action" },
		/* 10 */
		{ T("{\"to\":\"r\"}"), "no known action" },
		{ T("{\"Emit\":\"x\"}"), "no known action" },
		{ T("{\"emi\":\"x\"}"), "no known action" },
		{ T("{\"x\":{\"emit\":\"x\"}}"), "no known action" },
		{ T("{\"emit\":\"x\",\"emit\":\"x\"}"), "two actions" },
		{ T("{\"emit\":\"x\",\"\\u0065mit\":\"x\"}"), "two actions" },
		{ T("{\"log\":\"x\",\"error\":\"x\"}"), "two actions" },
		{ T("{\"json\":null,\"json\":null}"), "two actions" },
		{ T("{\"emit\":\"\"}"), "emit" },
		{ T("{\"emit\":1}"), "emit" },
		/* 20 */
		{ T("{\"emit\":[\"x\"]}"), "emit" },
		{ T("{\"emit\":\"connect\"}"), "emit" },
		{ T("{\"emit\":\"\\u0063onnect\"}"), "emit" },
		{ T("{\"emit\":\"disconnecting\"}"), "emit" },
		{ T("{\"send\":1}"), "send" },
		{ T("{\"send\":null}"), "send" },
		{ T("{\"ack\":{}}"), "ack" },
		{ T("{\"ack\":null}"), "ack" },
		{ T("{\"join\":1}"), "join" },
		{ T("{\"join\":[\"a\",1]}"), "join" },
		/* 30 */
		{ T("{\"leave\":{}}"), "leave" },
		{ T("{\"leave\":[null]}"), "leave" },
		{ T("{\"session\":[]}"), "session" },
		{ T("{\"session\":\"x\"}"), "session" },
		{ T("{\"acl\":\"open\"}"), "acl" },
		{ T("{\"acl\":{}}"), "acl" },
		{ T("{\"acl\":{\"only\":[],\"deny\":[]}}"), "acl" },
		{ T("{\"acl\":{\"only\":\"x\"}}"), "acl" },
		{ T("{\"acl\":{\"allow\":[1]}}"), "acl" },
		{ T("{\"acl\":[]}"), "acl" },
		/* 40 */
		{ T("{\"acl\":null}"), "acl" },
		{ T("{\"accept\":false}"), "accept" },
		{ T("{\"accept\":1}"), "accept" },
		{ T("{\"error\":1}"), "error" },
		{ T("{\"error\":[]}"), "error" },
		{ T("{\"disconnect\":\"true\"}"), "disconnect" },
		{ T("{\"close\":null}"), "close" },
		{ T("{\"spawn\":\"\"}"), "spawn" },
		{ T("{\"spawn\":true}"), "spawn" },
		{ T("{\"kill\":\"\"}"), "kill" },
		/* 50 */
		{ T("{\"expires\":0}"), "expires" },
		{ T("{\"expires\":-1}"), "expires" },
		{ T("{\"expires\":1.5}"), "expires" },
		{ T("{\"expires\":\"1\"}"), "expires" },
		{ T("{\"expires\":9007199254740992}"), "expires" },
		{ T("{\"header\":{\"a\":1}}"), "header" },
		{ T("{\"header\":[]}"), "header" },
		{ T("{\"header\":\"a\"}"), "header" },
		{ T("{\"log\":1}"), "log" },
		{ T("{\"log\":{}}"), "log" },
		/* 60: options */
		{ T("{\"emit\":\"x\",\"args\":{}}"), "args" },
		{ T("{\"emit\":\"x\",\"args\":null}"), "args" },
		{ T("{\"emit\":\"x\",\"to\":1}"), "to " },
		{ T("{\"emit\":\"x\",\"to\":[1]}"), "to " },
		{ T("{\"emit\":\"x\",\"to\":\"r\",\"to\":1}"), "to " },
		{ T("{\"emit\":\"x\",\"except\":null}"), "except" },
		{ T("{\"emit\":\"x\",\"nsp\":\"chat\"}"), "nsp" },
		{ T("{\"emit\":\"x\",\"nsp\":\"\"}"), "nsp" },
		{ T("{\"emit\":\"x\",\"nsp\":\"\\n\"}"), "nsp" },
		{ T("{\"emit\":\"x\",\"nsp\":[\"/\"]}"), "nsp" },
		/* 70 */
		{ T("{\"emit\":\"x\",\"broadcast\":1}"), "broadcast" },
		{ T("{\"emit\":\"x\",\"volatile\":null}"), "volatile" },
		{ T("{\"emit\":\"x\",\"local\":\"true\"}"), "local" },
		{ T("{\"emit\":\"x\",\"timeout\":-1}"), "timeout" },
		{ T("{\"emit\":\"x\",\"timeout\":1e3}"), "timeout" },
		{ T("{\"spawn\":\"x\",\"after\":\"1\"}"), "after" },
		{ T("{\"spawn\":\"x\",\"after\":9223372036854775807}"),
		    "after" },
		{ T("{\"spawn\":\"x\",\"every\":0}"), "every" },
		{ T("{\"spawn\":\"x\",\"every\":null}"), "every" },
		{ T("{\"emit\":\"x\",\"re\":-1}"), "re " },
		/* 80 */
		{ T("{\"emit\":\"x\",\"re\":\"0\"}"), "re " },
		{ T("{\"log\":\"x\",\"level\":1}"), "level" },
	};
	const char *error;
	struct action a;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (action_parse(cases[i].line, 8, &a, &error) != -1)
			fail_msg("case %zu: accepted", i);
		assert_non_null(error);
		if (strstr(error, cases[i].want) == NULL)
			fail_msg("case %zu: %s", i, error);
	}
}

/* Each action has a name of its own. */
static void
test_names(void **state)
{
	unsigned i, j;

	(void)state;
	assert_string_equal(action_name(ACTION_EMIT), "emit");
	assert_string_equal(action_name(ACTION_LOG), "log");
	for (i = 0; i < ACTION_KINDS; i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(
			    action_name((enum action_kind)i),
			    action_name((enum action_kind)j));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
