/*
 * test_ws_decoder: the receiving side against RFC 6455, point by point.
 *
 * A script is a list of frames. It is fed whole, one byte at a time and cut at
 * every offset, and what the decoder says is written down as text:
 * T"text" B"bytes" P"ping" O"pong" C"close" E1002 (error and close code).
 */

/* system */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "ws_decoder.h"
#include "ws_deflate.h"
#include "ws_frame.h"

/* One frame: first byte and payload. A script ends at a first byte of 0 with
 * an empty payload; RAW bytes are put in as they are. */
struct frame {
	int first; /* RAW: as it is */
	struct span payload;
};

enum {
	RAW = -1,
	FIN = 0x80,
	RSV1 = 0x40,
	MAX_FRAMES = 8,
	LONG_STEP = 997 /* long scripts are cut at every so many bytes */
};

#define F(first, lit)              \
	{                          \
		(first), SPAN(lit) \
	}
#define MASK "\x37\xfa\x21\x3d"

static const char mask[] = MASK;

/*
 * Building and feeding.
 */

/* Appends a masked frame in its shortest form. */
static void
add_frame(struct buf *out, int first, struct span payload)
{
	size_t at = out->len;
	size_t i;

	ws_frame_add_header(out, WS_OP_BINARY, false, payload.n);
	out->data[at] = (char)first;
	out->data[at + 1] = (char)(out->data[at + 1] | 0x80);
	buf_add(out, mask, 4);
	for (i = 0; i < payload.n; i++)
		buf_addch(out, (char)(payload.p[i] ^ mask[i % 4]));
}

/* Appends a whole script. */
static void
add_script(struct buf *out, const struct frame *frames)
{
	size_t i;

	for (i = 0; i < MAX_FRAMES; i++) {
		if (frames[i].first == RAW)
			buf_addspan(out, frames[i].payload);
		else if (frames[i].payload.p != NULL)
			add_frame(out, frames[i].first, frames[i].payload);
	}
}

/* Writes an event down. A payload of more than 100 bytes that repeats the
 * alphabet is written as its length. */
static void
note(struct buf *log, const struct ws_decoder *d, enum ws_event ev,
    struct span payload)
{
	static const char letters[] = "-TBPOCE";
	size_t i;

	if (ev == WS_ERROR) {
		buf_addf(log, "E%d ", d->error);
		return;
	}
	buf_addch(log, letters[ev]);
	for (i = 0; i < payload.n; i++)
		if (payload.p[i] != (char)('a' + i % 26))
			break;
	if (payload.n > 100 && i == payload.n) {
		buf_addf(log, "%zu ", payload.n);
		return;
	}
	buf_addch(log, '"');
	buf_addspan(log, payload);
	buf_adds(log, "\" ");
}

/* Feeds a copy of exactly these bytes. False after an error. */
static bool
feed(struct ws_decoder *d, const char *bytes, size_t n, struct buf *log)
{
	char *copy = malloc(n ? n : 1);
	char *p = copy;
	struct span payload;
	enum ws_event ev;

	assert_non_null(copy);
	if (n)
		memcpy(copy, bytes, n);
	do {
		ev = ws_decoder_next(d, &p, &n, &payload);
		if (ev != WS_NEED_MORE)
			note(log, d, ev, payload);
	} while (ev != WS_NEED_MORE && ev != WS_ERROR);
	if (ev == WS_NEED_MORE)
		assert_int_equal(n, 0);
	free(copy);
	return ev != WS_ERROR;
}

/* What is said to the bytes when they are cut at a and b. */
static void
log_cut(struct buf *log, struct span s, size_t a, size_t b, size_t max,
    struct ws_deflate *deflate)
{
	struct ws_decoder d;

	buf_clear(log);
	ws_decoder_init(&d, max, deflate);
	if (feed(&d, s.p, a, log) && feed(&d, s.p + a, b - a, log))
		feed(&d, s.p + b, s.n - b, log);
	ws_decoder_release(&d);
}

/* What is said to the bytes when they come one by one. */
static void
log_bytes(struct buf *log, struct span s, size_t max,
    struct ws_deflate *deflate, size_t *used_r)
{
	struct ws_decoder d;
	size_t i;

	buf_clear(log);
	ws_decoder_init(&d, max, deflate);
	for (i = 0; i < s.n && feed(&d, s.p + i, 1, log); i++)
		;
	*used_r = i < s.n ? i + 1 : i;
	ws_decoder_release(&d);
}

/* Holds one log against what is wanted. */
static void
hold(struct buf *log, const char *want, size_t entry, size_t a, size_t b)
{
	if (strcmp(buf_cstr(log), want) != 0)
		fail_msg("entry %zu cut at %zu and %zu: got %s, want %s", entry,
		    a, b, buf_cstr(log), want);
}

/* Feeds the bytes in all ways. */
static void
check(size_t entry, struct span s, size_t max, struct ws_deflate *deflate,
    const char *want)
{
	struct buf log = BUF_INIT;
	size_t step = s.n > 1000 ? LONG_STEP : 1;
	size_t a, b, used;

	log_bytes(&log, s, max, deflate, &used);
	hold(&log, want, entry, 1, 1);
	for (a = 0; a <= s.n; a += a < 20 ? 1 : step) {
		log_cut(&log, s, a, a, max, deflate);
		hold(&log, want, entry, a, a);
		for (b = a; s.n <= 60 && b <= s.n; b++) {
			log_cut(&log, s, a, b, max, deflate);
			hold(&log, want, entry, a, b);
		}
	}
	buf_release(&log);
}

/*
 * Scripts.
 */

static const struct {
	size_t max;
	bool deflate;
	struct frame frames[MAX_FRAMES];
	const char *want;
} scripts[] = {
	/* 5.7: the examples; several messages at once */
	{ 0, false,
	    { { RAW, SPAN("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58") } },
	    "T\"Hello\" " },
	{ 0, false, { F(0x81, "one"), F(0x82, "two"), F(0x81, "") },
	    "T\"one\" B\"two\" T\"\" " },
	/* 5.4: fragments */
	{ 0, false, { F(0x01, "Hel"), F(0x80, "lo") }, "T\"Hello\" " },
	{ 0, false,
	    { F(0x02, "a"), F(0x00, "b"), F(0x00, "cdefghijk"), F(0x80, "l") },
	    "B\"abcdefghijkl\" " },
	{ 0, false, { F(0x01, ""), F(0x00, ""), F(0x80, "") }, "T\"\" " },
	{ 0, false, { F(0x01, ""), F(0x80, "x"), F(0x81, "y") },
	    "T\"x\" T\"y\" " },
	{ 0, false, { F(0x01, "x"), F(0x80, ""), F(0x01, "y"), F(0x80, "z") },
	    "T\"x\" T\"yz\" " },
	/* control frames between fragments */
	{ 0, false,
	    { F(0x01, "Hel"), F(0x89, "ping"), F(0x00, "l"), F(0x8a, ""),
		F(0x89, ""), F(0x80, "o"), F(0x89, "2") },
	    "P\"ping\" O\"\" P\"\" T\"Hello\" P\"2\" " },
	{ 0, false, { F(0x01, "x"), F(0x88, "\x0f\xa0"), F(0x80, "y") },
	    "C\"\x0f\xa0\" T\"xy\" " },
	/* no continuation without a start, no start inside a message */
	{ 0, false, { F(0x80, "x") }, "E1002 " },
	{ 0, false, { F(0x00, "x") }, "E1002 " },
	{ 0, false, { F(0x81, "x"), F(0x80, "y") }, "T\"x\" E1002 " },
	{ 0, false, { F(0x01, "x"), F(0x80, "y"), F(0x00, "z") },
	    "T\"xy\" E1002 " },
	{ 0, false, { F(0x01, "x"), F(0x81, "y") }, "E1002 " },
	{ 0, false, { F(0x02, "x"), F(0x00, "y"), F(0x02, "z") }, "E1002 " },
	/* 5.5: control frames are neither fragmented nor long */
	{ 0, false, { F(0x09, "x") }, "E1002 " },
	{ 0, false, { F(0x0a, "x") }, "E1002 " },
	{ 0, false, { F(0x08, "") }, "E1002 " },
	{ 0, false, { { RAW, SPAN("\x89\xfe\x00\x7e") } }, "E1002 " },
	{ 0, false, { { RAW, SPAN("\x8a\xff") } }, "E1002 " },
	{ 0, false, { { RAW, SPAN("\x88\xfe\x00\x01") } }, "E1002 " },
	/* 5.1: a client masks */
	{ 0, false, { { RAW, SPAN("\x81\x01x") } }, "E1002 " },
	{ 0, false, { { RAW, SPAN("\x89\x00") } }, "E1002 " },
	{ 0, false, { F(0x81, "a"), { RAW, SPAN("\x80\x7e") } },
	    "T\"a\" E1002 " },
	/* 5.2: shortest form, highest bit */
	{ 0, false, { { RAW, SPAN("\x82\xfe\x00\x7d" MASK) } }, "E1002 " },
	{ 0, false, { { RAW, SPAN("\x82\xfe\x00\x00" MASK) } }, "E1002 " },
	{ 0, false, { { RAW, SPAN("\x82\xff\0\0\0\0\0\0\xff\xff" MASK) } },
	    "E1002 " },
	{ 0, false, { { RAW, SPAN("\x82\xff\x80\0\0\0\0\0\0\0" MASK) } },
	    "E1002 " },
	{ 0, false,
	    { { RAW, SPAN("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" MASK) } },
	    "" },
	/* 8.1: UTF-8, cut anywhere by fragments, refused before the end */
	{ 0, false, { F(0x01, "\xe2"), F(0x00, "\x82"), F(0x80, "\xac") },
	    "T\"\xe2\x82\xac\" " },
	{ 0, false, { F(0x01, "\xe2\x82"), F(0x89, "\xff"), F(0x80, "\xac") },
	    "P\"\xff\" T\"\xe2\x82\xac\" " },
	{ 0, false, { F(0x01, "\xe2\x82"), F(0x80, "") }, "E1007 " },
	{ 0, false, { F(0x81, "\xe2\x82") }, "E1007 " },
	{ 0, false, { F(0x81, "ab\xff"), F(0x81, "c") }, "E1007 " },
	{ 0, false, { F(0x01, "ab\xff") }, "E1007 " },
	{ 0, false, { F(0x01, "\xf4"), F(0x00, "\x90") }, "E1007 " },
	{ 0, false, { F(0x01, "\xed"), F(0x80, "\xa0\x80") }, "E1007 " },
	{ 0, false, { F(0x82, "\xff\xfe\xe2") }, "B\"\xff\xfe\xe2\" " },
	{ 0, false, { F(0x01, "\xe2"), F(0x80, "\x82\xac"), F(0x81, "\xac") },
	    "T\"\xe2\x82\xac\" E1007 " },
	/* 5.5.1: close */
	{ 0, false, { F(0x88, "") }, "C\"\" " },
	{ 0, false, { F(0x88, "\x13\x87 gone") }, "C\"\x13\x87 gone\" " },
	{ 0, false, { F(0x88, "\x03") }, "E1002 " },
	{ 0, false, { F(0x88, "\x03\xed") }, "E1002 " },
	{ 0, false, { F(0x88, "\x0f\xa0\xff") }, "E1007 " },
	{ 0, false, { F(0x88, "\x0f\xa0\xe2\x82") }, "E1007 " },
	/* the bound */
	{ 5, false, { F(0x81, "Hello"), F(0x82, "World") },
	    "T\"Hello\" B\"World\" " },
	{ 5, false, { F(0x82, "Hello!") }, "E1009 " },
	{ 5, false, { F(0x01, "Hel"), F(0x80, "lo") }, "T\"Hello\" " },
	{ 5, false, { F(0x01, "Hel"), F(0x80, "lo!") }, "E1009 " },
	{ 5, false, { F(0x01, "Hello"), F(0x00, ""), F(0x00, "!") }, "E1009 " },
	{ 5, false, { F(0x01, "Hello"), F(0x89, "longer"), F(0x80, "") },
	    "P\"longer\" T\"Hello\" " },
	{ 5, false,
	    { { RAW, SPAN("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" MASK) } },
	    "E1009 " },
	/* RFC 7692: compressed messages */
	{ 0, true, { F(0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00"), F(0x81, "x") },
	    "T\"Hello\" T\"x\" " },
	{ 0, true, { F(0x41, "\xf2\x48\xcd"), F(0x80, "\xc9\xc9\x07\x00") },
	    "T\"Hello\" " },
	{ 0, true,
	    { F(0x42, "\xf2\x48\xcd"), F(0x89, "p"), F(0x00, "\xc9\xc9\x07"),
		F(0x80, "\x00") },
	    "P\"p\" B\"Hello\" " },
	{ 0, true, { F(0xc1, "\x00") }, "T\"\" " },
	{ 0, true, { F(0xc1, "\xf2\x48\xcd\xc9\xc9") }, "E1007 " },
	{ 0, true, { F(0xc2, "\xff\xff\xff") }, "E1007 " },
	/* stored blocks that hold ff, and the first bytes of a character */
	{ 0, true, { F(0xc1, "\x00\x01\x00\xfe\xff\xff\x00") }, "E1007 " },
	{ 0, true, { F(0xc1, "\x00\x02\x00\xfd\xff\xe2\x82\x00") }, "E1007 " },
	{ 0, true, { F(0xc2, "\x00\x01\x00\xfe\xff\xff\x00") }, "B\"\xff\" " },
	{ 4, true, { F(0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00") }, "E1009 " },
	{ 5, true, { F(0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00") }, "T\"Hello\" " },
	{ 5, true, { { RAW, SPAN("\xc1\xc6" MASK) } }, "E1009 " },
	{ 0, false, { F(0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00") }, "E1002 " },
	{ 0, true, { F(0x41, "\xf2\x48\xcd"), F(0xc0, "\xc9\xc9\x07\x00") },
	    "E1002 " },
	{ 0, true, { F(0xc9, "") }, "E1002 " },
	{ 0, true, { F(0xc8, "") }, "E1002 " },
	{ 0, true, { F(0xca, "") }, "E1002 " },
	{ 0, true, { F(0xa1, "x") }, "E1002 " },
};

static void
test_scripts(void **state)
{
	struct ws_deflate *deflate = ws_deflate_new(1);
	struct buf bytes = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		buf_clear(&bytes);
		add_script(&bytes, scripts[i].frames);
		check(i, buf_span(&bytes), scripts[i].max,
		    scripts[i].deflate ? deflate : NULL, scripts[i].want);
	}
	buf_release(&bytes);
	ws_deflate_free(&deflate);
}

/* What is to be refused, and after how many bytes that must be known. */
static const struct {
	size_t max;
	struct span bytes;
	size_t at;
	const char *want;
} early[] = {
	{ 0, SPAN("\x81\x01x"), 2, "E1002 " },
	{ 0, SPAN("\x83\xfe\x01\x00"), 2, "E1002 " },
	{ 0, SPAN("\xc1\xfe\x01\x00"), 2, "E1002 " },
	{ 0, SPAN("\x89\xfe\x01\x00"), 2, "E1002 " },
	{ 0, SPAN("\x82\xfe\x00\x01" MASK "x"), 8, "E1002 " },
	{ 10, SPAN("\x82\x8b" MASK "xxxxx"), 6, "E1009 " },
	{ 10, SPAN("\x82\xff\0\0\0\0\0\1\0\0" MASK "xxxxx"), 14, "E1009 " },
	/* a frame of 20 bytes whose third is ff (ff ^ 21 is de) */
	{ 0, SPAN("\x81\x94" MASK "\x56\x9b\xde\x5c\x56\x9b"), 9, "E1007 " },
	{ 0, SPAN("\x01\x94" MASK "\x56\x9b\xde\x5c\x56\x9b"), 9, "E1007 " },
};

static void
test_refused_early(void **state)
{
	struct buf log = BUF_INIT;
	size_t i, used;

	(void)state;
	for (i = 0; i < sizeof(early) / sizeof(early[0]); i++) {
		log_bytes(&log, early[i].bytes, early[i].max, NULL, &used);
		hold(&log, early[i].want, i, 1, 1);
		if (used != early[i].at)
			fail_msg("entry %zu: seen after %zu", i, used);
	}
	buf_release(&log);
}

/* May a message begin with this first byte? */
static bool
first_ok(unsigned first, bool deflate)
{
	unsigned op = first & 0x0f;
	unsigned rsv = first & 0x70;

	if (op == WS_OP_TEXT || op == WS_OP_BINARY)
		return rsv == 0 || (rsv == RSV1 && deflate);
	return (op == WS_OP_CLOSE || op == WS_OP_PING || op == WS_OP_PONG) &&
	       rsv == 0 && (first & FIN);
}

static void
test_every_first_byte(void **state)
{
	struct ws_deflate *deflate = ws_deflate_new(1);
	struct buf log = BUF_INIT;
	unsigned first, masked, on;

	(void)state;
	for (first = 0; first < 256; first++) {
		for (masked = 0; masked < 2; masked++) {
			for (on = 0; on < 2; on++) {
				char bytes[] = { (char)first,
					masked ? '\x81' : '\x01' };
				bool want = masked && first_ok(first, on);

				log_cut(&log, span_of(bytes, 2), 1, 2, 0,
				    on ? deflate : NULL);
				hold(&log, want ? "" : "E1002 ", first, masked,
				    on);
			}
		}
	}
	buf_release(&log);
	ws_deflate_free(&deflate);
}

static void
test_every_close_code(void **state)
{
	struct buf bytes = BUF_INIT;
	struct buf log = BUF_INIT;
	unsigned code;

	(void)state;
	for (code = 0; code < 65536; code++) {
		char payload[] = { (char)(code >> 8), (char)code };
		bool want = code >= 1000 && code <= 4999 && code != 1004 &&
			    code != 1005 && code != 1006 &&
			    !(code >= 1015 && code <= 2999);

		buf_clear(&bytes);
		add_frame(&bytes, 0x88, span_of(payload, 2));
		log_cut(&log, buf_span(&bytes), 0, 0, 0, NULL);
		if ((log.data[0] == 'C') != want)
			fail_msg("code %u: %s", code, buf_cstr(&log));
	}
	buf_release(&bytes);
	buf_release(&log);
}

static void
test_lengths(void **state)
{
	static const size_t lengths[] = { 101, 124, 125, 126, 127, 1000, 65535,
		65536, 65537 };
	struct buf bytes = BUF_INIT;
	struct buf text = BUF_INIT;
	char want[64];
	size_t i;

	(void)state;
	for (i = 0; i < 65537; i++)
		buf_addch(&text, (char)('a' + i % 26));
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct span s = span_of(text.data, lengths[i]);

		buf_clear(&bytes);
		add_frame(&bytes, 0x81, s);
		add_frame(&bytes, 0x02, span_of(s.p, 52));
		add_frame(&bytes, 0x80, span_skip(s, 52));
		snprintf(want, sizeof(want), "T%zu B%zu ", s.n, s.n);
		check(i, buf_span(&bytes), s.n, NULL, want);
		check(i, buf_span(&bytes), s.n - 1, NULL, "E1009 ");
	}
	for (i = 101; i <= 125; i++) {
		buf_clear(&bytes);
		add_frame(&bytes, 0x89, span_of(text.data, i));
		snprintf(want, sizeof(want), "P%zu ", i);
		check(i, buf_span(&bytes), 0, NULL, want);
	}
	buf_release(&bytes);
	buf_release(&text);
}

static void
test_unmask_any_alignment(void **state)
{
	struct buf bytes = BUF_INIT;
	struct buf log = BUF_INIT;
	char text[40], want[64];
	size_t n, a;

	(void)state;
	for (n = 0; n < sizeof(text); n++)
		text[n] = (char)('A' + n);
	for (n = 0; n <= sizeof(text); n++) {
		buf_clear(&bytes);
		add_frame(&bytes, 0x82, span_of(text, n));
		snprintf(want, sizeof(want), "B\"%.*s\" ", (int)n, text);
		for (a = 0; a <= bytes.len; a++) {
			log_cut(&log, buf_span(&bytes), a, a, 0, NULL);
			hold(&log, want, n, a, a);
		}
	}
	buf_release(&bytes);
	buf_release(&log);
}

/*
 * Memory.
 */

static void
test_whole_frames_are_not_copied(void **state)
{
	struct buf bytes = BUF_INIT;
	struct ws_decoder d;
	struct span payload;
	char *p;
	size_t n;

	(void)state;
	add_frame(&bytes, 0x81, SPAN("Hello"));
	add_frame(&bytes, 0x89, SPAN("ping"));
	p = bytes.data;
	n = bytes.len;
	ws_decoder_init(&d, 0, NULL);
	assert_int_equal(ws_decoder_next(&d, &p, &n, &payload), WS_TEXT);
	assert_ptr_equal(payload.p, bytes.data + 6);
	assert_int_equal(ws_decoder_next(&d, &p, &n, &payload), WS_PING);
	assert_ptr_equal(payload.p, bytes.data + 17);
	assert_int_equal(ws_decoder_next(&d, &p, &n, &payload), WS_NEED_MORE);
	assert_null(d.message.data);
	assert_null(d.control);
	buf_release(&bytes);
}

static void
test_holds_only_what_came(void **state)
{
	char bytes[] =
	    "\x82\xff\x00\x00\x00\x00\x40\x00\x00\x00" MASK "0123456789";
	struct buf log = BUF_INIT;
	struct ws_decoder d;
	size_t i;

	(void)state;
	ws_decoder_init(&d, 0, NULL);
	feed(&d, bytes, 14, &log);
	assert_null(d.message.data);
	for (i = 0; i < 1000; i++)
		feed(&d, bytes + 14, 10, &log);
	assert_int_equal(d.message.len, 10000);
	assert_true(d.message.cap <= 20000);
	ws_decoder_release(&d);
	assert_null(d.message.data);
	assert_int_equal(log.len, 0);
}

static void
test_nothing_is_held_after(void **state)
{
	struct buf bytes = BUF_INIT;
	struct buf log = BUF_INIT;
	struct ws_decoder d;
	size_t used;

	(void)state;
	add_frame(&bytes, 0x01, SPAN("Hel"));
	add_frame(&bytes, 0x89, SPAN("ping"));
	add_frame(&bytes, 0x80, SPAN("lo"));
	ws_decoder_init(&d, 0, NULL);
	for (used = 0; used < bytes.len; used++)
		feed(&d, bytes.data + used, 1, &log);
	assert_string_equal(buf_cstr(&log), "P\"ping\" T\"Hello\" ");
	assert_null(d.message.data);
	assert_null(d.control);
	buf_release(&bytes);
	buf_release(&log);
}

static void
test_error_stays(void **state)
{
	struct buf log = BUF_INIT;
	struct ws_decoder d;

	(void)state;
	ws_decoder_init(&d, 0, NULL);
	assert_false(feed(&d, "\x81\x01", 2, &log));
	assert_false(feed(&d, "\x81\x80" MASK, 6, &log));
	assert_string_equal(buf_cstr(&log), "E1002 E1002 ");
	ws_decoder_release(&d);
	buf_release(&log);
}

static void
test_bomb(void **state)
{
	struct ws_deflate *deflate = ws_deflate_new(9);
	struct buf bytes = BUF_INIT;
	struct buf log = BUF_INIT;
	size_t n = 10 << 20;
	char *zeros = calloc(1, n);
	struct span packed;

	(void)state;
	assert_non_null(zeros);
	assert_int_equal(
	    ws_deflate_pack(deflate, span_of(zeros, n), &packed), 0);
	add_frame(&bytes, 0xc2, packed);
	log_cut(&log, buf_span(&bytes), 100, 5000, 100000, deflate);
	assert_string_equal(buf_cstr(&log), "E1009 ");
	free(zeros);
	buf_release(&bytes);
	buf_release(&log);
	ws_deflate_free(&deflate);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_refused_early),
		cmocka_unit_test(test_every_first_byte),
		cmocka_unit_test(test_every_close_code),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_unmask_any_alignment),
		cmocka_unit_test(test_whole_frames_are_not_copied),
		cmocka_unit_test(test_holds_only_what_came),
		cmocka_unit_test(test_nothing_is_held_after),
		cmocka_unit_test(test_error_stays),
		cmocka_unit_test(test_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
