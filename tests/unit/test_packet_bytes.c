/*
 * Tests of packet_bytes: binary arguments, to and from handlers.
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
#include "jscan.h"
#include "packet.h"

#define T(lit)                         \
	{                              \
		(lit), sizeof(lit) - 1 \
	}
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PH(num) "{\"_placeholder\":true,\"num\":" num "}"

enum { BLOBS = 3 };

static const struct span blobs[BLOBS] = {
	T("abc"),
	T("\0\xff"),
	T(""),
};

/* Client to handler, with three attachments. */
static void
test_in(void **state)
{
	static const struct {
		const char *json;
		const char *want; /* NULL: refused */
	} cases[] = {
		/* 0 */
		{ "[\"e\"," PH("0") "]", "[\"e\",{\"$bytes\":\"YWJj\"}]" },
		{ PH("1"), "{\"$bytes\":\"AP8=\"}" },
		{ "[" PH("2") ", " PH("0") "]",
		    "[{\"$bytes\":\"\"}, {\"$bytes\":\"YWJj\"}]" },
		{ "[1, {\"a\" : [" PH("0") " ]}, \"x\" ]",
		    "[1, {\"a\" : [{\"$bytes\":\"YWJj\"} ]}, \"x\" ]" },
		{ "[" PH("0") "," PH("0") "]",
		    "[{\"$bytes\":\"YWJj\"},{\"$bytes\":\"YWJj\"}]" },
		{ "[\"nothing\",{}, [] ,1.0]", "[\"nothing\",{}, [] ,1.0]" },
		{ "[{ \"num\" : 0 , \"_placeholder\" : true }]",
		    "[{\"$bytes\":\"YWJj\"}]" },
		{ "[{\"_placeholder\":true,\"num\":0,\"x\":[1]}]",
		    "[{\"$bytes\":\"YWJj\"}]" },
		{ "[{\"\\u005fplaceholder\":true,\"n\\u0075m\":0}]",
		    "[{\"$bytes\":\"YWJj\"}]" },
		{ "[{\"_placeholder\":false,\"num\":0}]",
		    "[{\"_placeholder\":false,\"num\":0}]" },
		/* 10 */
		{ "[{\"_placeholder\":1,\"num\":9}]",
		    "[{\"_placeholder\":1,\"num\":9}]" },
		{ "[{\"_placeholder\":\"true\"}]",
		    "[{\"_placeholder\":\"true\"}]" },
		{ "[\"_placeholder\",true]", "[\"_placeholder\",true]" },
		{ "[{\"_placeholder\":false,\"_placeholder\":true,"
		  "\"num\":9,\"num\":0}]",
		    "[{\"$bytes\":\"YWJj\"}]" },
		{ "[{\"_placeholder\":true,\"_placeholder\":false,"
		  "\"num\":9}]",
		    "[{\"_placeholder\":true,\"_placeholder\":false,"
		    "\"num\":9}]" },
		{ "[{\"a\":" PH("0") ",\"_placeholder\":true,\"num\":1}, 2]",
		    "[{\"$bytes\":\"AP8=\"}, 2]" },
		{ "[" PH("0") ",{\"a\":" PH(
		      "0") ",\"_placeholder\":true,\"num\":1}]",
		    "[{\"$bytes\":\"YWJj\"},{\"$bytes\":\"AP8=\"}]" },
		{ "{\"a\":{\"b\":" PH("0") "},\"c\":" PH("1") "}",
		    "{\"a\":{\"b\":{\"$bytes\":\"YWJj\"}},"
		    "\"c\":{\"$bytes\":\"AP8=\"}}" },
		{ " 1 ", "1" },
		{ "", "" },
		/* 20: refused */
		{ "[" PH("3") "]", NULL },
		{ "[" PH("-1") "]", NULL },
		{ "[" PH("0.5") "]", NULL },
		{ "[" PH("\"0\"") "]", NULL },
		{ "[" PH("null") "]", NULL },
		{ "[" PH("99999999999999999999") "]", NULL },
		{ "[" PH("4294967296") "]", NULL },
		{ "[{\"_placeholder\":true}]", NULL },
		{ "[" PH("0") "," PH("3") "]", NULL },
		{ "[{\"a\":" PH("7") "}]", NULL },
	};
	struct buf out = BUF_INIT;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		buf_adds(&out, "kept");
		r = packet_bytes_in(
		    span_str(cases[i].json), blobs, BLOBS, 1000, &out);
		if (r != (cases[i].want ? 0 : -1))
			fail_msg("case %zu: %d", i, r);
		assert_true(span_starts(buf_span(&out), SPAN("kept")));
		buf_drop(&out, 4);
		if (!span_eq(buf_span(&out), span_str(cases[i].want)))
			fail_msg(
			    "case %zu: got %.*s", i, SPAN_FMT(buf_span(&out)));
		buf_clear(&out);
	}
	assert_int_equal(packet_bytes_in(SPAN("[1]"), NULL, 0, 3, &out), 0);
	buf_release(&out);
}

/* The bound on the result, around its exact length. */
static void
test_in_max(void **state)
{
	struct span json = SPAN("[\"e\"," PH("0") "," PH("0") ",\"tail\"]");
	struct buf out = BUF_INIT;
	size_t max, need;

	(void)state;
	assert_int_equal(packet_bytes_in(json, blobs, BLOBS, 1000, &out), 0);
	need = out.len;
	for (max = 0; max < need + 5; max++) {
		buf_clear(&out);
		assert_int_equal(packet_bytes_in(json, blobs, BLOBS, max, &out),
		    max < need ? -1 : 0);
		assert_int_equal(out.len, max < need ? 0 : need);
	}
	buf_release(&out);
}

/* Handler to client. */
static void
test_out(void **state)
{
	static const struct {
		const char *json;
		const char *want;
		int n;
		struct span blob;
		size_t ends[BLOBS];
	} cases[] = {
		/* 0 */
		{ "[{\"$bytes\":\"YWJj\"}]", "[" PH("0") "]", 1, T("abc"),
		    { 3 } },
		{ "[ {\"$bytes\":\"AP8=\"} ,[{ \"$bytes\" : \"\" }], "
		  "{\"a\":{\"$bytes\":\"YWJj\"}}]",
		    "[ " PH("0") " ,[" PH("1") "], {\"a\":" PH("2") "}]", 3,
		    T("\0\xff"
		      "abc"),
		    { 2, 2, 5 } },
		{ "[{\"\\u0024bytes\":\"\\u0059WJj\"}]", "[" PH("0") "]", 1,
		    T("abc"), { 3 } },
		{ "[{\"$bytes\":\"\\/\\/\\/\\/\"}]", "[" PH("0") "]", 1,
		    T("\xff\xff\xff"), { 3 } },
		{ "[1, 2]", "[1, 2]", 0, T(""), { 0 } },
		{ "[{\"$bytes\":1}]", "[{\"$bytes\":1}]", 0, T(""), { 0 } },
		{ "[{\"$bytes\":\"YWJj\",\"x\":1}]",
		    "[{\"$bytes\":\"YWJj\",\"x\":1}]", 0, T(""), { 0 } },
		{ "[{\"x\":1,\"$bytes\":\"YWJj\"}]",
		    "[{\"x\":1,\"$bytes\":\"YWJj\"}]", 0, T(""), { 0 } },
		{ "[\"{\\\"$bytes\\\":\\\"YWJj\\\"}\"]",
		    "[\"{\\\"$bytes\\\":\\\"YWJj\\\"}\"]", 0, T(""), { 0 } },
		{ "[{\"$bytes\":{\"$bytes\":\"YWJj\"}}]",
		    "[{\"$bytes\":" PH("0") "}]", 1, T("abc"), { 3 } },
		/* 10 */
		{ "[{\"$bytes\":\"!\",\"$bytes\":\"!\"},{}]",
		    "[{\"$bytes\":\"!\",\"$bytes\":\"!\"},{}]", 0, T(""),
		    { 0 } },
		{ "{\"$bytes\":\"\"}", PH("0"), 1, T(""), { 0 } },
		{ "", "", 0, T(""), { 0 } },
		/* 13: refused */
		{ "[{\"$bytes\":\"YWJ\"}]", "", -1, T(""), { 0 } },
		{ "[{\"$bytes\":\"YWI\"}]", "", -1, T(""), { 0 } },
		{ "[{\"$bytes\":\"YWJj\"},{\"$bytes\":\"Y\"}]", "", -1, T(""),
		    { 3 } },
		{ "[{\"$bytes\":\"YW Jj\"}]", "", -1, T(""), { 0 } },
		{ "[{\"$bytes\":\"YWJj\\n\"}]", "", -1, T(""), { 0 } },
		{ "[{\"$bytes\":\"YWJ\\n\"}]", "", -1, T(""), { 0 } },
		{ "[{\"$bytes\":\"YW-_\"}]", "", -1, T(""), { 0 } },
		/* 20 */
		{ "[{\"$bytes\":\"====\"}]", "", -1, T(""), { 0 } },
		{ "[{\"$bytes\":\"Y===\"}]", "", -1, T(""), { 0 } },
		{ "[{\"$bytes\":\"YWI=YWI=\"}]", "", -1, T(""), { 4 } },
		{ "[{\"$bytes\":\"\\ud800\"}]", "", -1, T(""), { 0 } },
		{ "[{\"$bytes\":\"\\u0059WI\"}]", "", -1, T(""), { 0 } },
		{ "[{\"$bytes\":\"\"},{\"$bytes\":\"\"},{\"$bytes\":\"\"},"
		  "{\"$bytes\":\"\"}]",
		    "", -1, T(""), { 0 } },
	};
	struct buf out = BUF_INIT, blob = BUF_INIT;
	size_t ends[BLOBS];
	size_t i;
	int r, k;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		r = packet_bytes_out(
		    span_str(cases[i].json), &out, &blob, ends, BLOBS);
		if (r != cases[i].n ||
		    !span_eq(buf_span(&out), span_str(cases[i].want)) ||
		    !span_eq(buf_span(&blob), cases[i].blob))
			fail_msg("case %zu: %d, %.*s", i, r,
			    SPAN_FMT(buf_span(&out)));
		for (k = 0; k < r; k++)
			assert_int_equal(ends[k], cases[i].ends[k]);
		buf_clear(&out);
		buf_clear(&blob);
	}
	buf_release(&out);
	buf_release(&blob);
}

/* What stood in the buffers before stays, also on failure. */
static void
test_out_appends(void **state)
{
	struct buf out = BUF_INIT, blob = BUF_INIT;
	size_t ends[2];

	(void)state;
	buf_adds(&out, "out");
	buf_adds(&blob, "blob");
	assert_int_equal(packet_bytes_out(SPAN("[{\"$bytes\":\"YWJj\"},"
					       "{\"$bytes\":\"x\"}]"),
			     &out, &blob, ends, 2),
	    -1);
	assert_true(span_eq(buf_span(&out), SPAN("out")));
	assert_true(span_eq(buf_span(&blob), SPAN("blob")));
	assert_int_equal(packet_bytes_out(SPAN("{\"$bytes\":\"YWJj\"}"), &out,
			     &blob, ends, 2),
	    1);
	assert_true(span_eq(buf_span(&out), SPAN("out" PH("0"))));
	assert_true(span_eq(buf_span(&blob), SPAN("blobabc")));
	assert_int_equal(ends[0], 7);
	buf_release(&out);
	buf_release(&blob);
}

/* Out and in again gives the text that it began with. */
static void
test_round(void **state)
{
	static const struct span json =
	    T("[\"e\",{\"$bytes\":\"AP8=\"},"
	      "{\"k\":[{\"$bytes\":\"\"},{\"$bytes\":\"YWJj\"}]}]");
	struct buf out = BUF_INIT, blob = BUF_INIT, back = BUF_INIT;
	struct span parts[8];
	size_t ends[8];
	size_t from = 0;
	int n, i;

	(void)state;
	n = packet_bytes_out(json, &out, &blob, ends, 8);
	assert_int_equal(n, 3);
	for (i = 0; i < n; from = ends[i++])
		parts[i] = span_of(blob.data + from, ends[i] - from);
	assert_int_equal(
	    packet_bytes_in(buf_span(&out), parts, (unsigned)n, json.n, &back),
	    0);
	assert_true(span_eq(buf_span(&back), json));
	buf_release(&out);
	buf_release(&blob);
	buf_release(&back);
}

/* The deepest nesting there is. */
static void
test_deep(void **state)
{
	enum { DEEP = 1023 };
	struct buf text = BUF_INIT, out = BUF_INIT;
	unsigned i;

	(void)state;
	for (i = 0; i < DEEP; i++)
		buf_adds(&text, i % 2 ? "{\"a\":" : "[");
	buf_adds(&text, PH("0"));
	for (i = DEEP; i-- > 0;)
		buf_addch(&text, i % 2 ? '}' : ']');
	assert_int_equal(jscan_check(buf_span(&text), 1024, NULL), JSCAN_OK);
	assert_int_equal(
	    packet_bytes_in(buf_span(&text), blobs, BLOBS, 10000, &out), 0);
	assert_int_equal(jscan_check(buf_span(&out), 1024, NULL), JSCAN_OK);
	buf_release(&text);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in),
		cmocka_unit_test(test_in_max),
		cmocka_unit_test(test_out),
		cmocka_unit_test(test_out_appends),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
