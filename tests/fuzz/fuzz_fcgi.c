/*
 * Fuzzer of fcgi: what a worker sends says the same however it is cut; pairs
 * that are read can be written.
 */

/* system */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "fcgi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where a trace stands. */
struct trace {
	struct buf text;
	enum fcgi_event last;
	uint16_t last_id;
};

/* Writes an event down; the pieces of a stream are joined. */
static void
note(struct trace *t, enum fcgi_event ev, const struct fcgi_record *rec)
{
	bool stream = ev == FCGI_EV_STDOUT || ev == FCGI_EV_STDERR;

	gw_assert(!stream || rec->content.n > 0);
	if (!stream || ev != t->last || rec->id != t->last_id) {
		buf_addf(&t->text, "\n%d %u %u %u ", (int)ev,
		    ev == FCGI_EV_ERROR ? 0 : rec->id, rec->app_status,
		    rec->protocol_status);
	}
	buf_addspan(&t->text, rec->content);
	t->last = ev;
	t->last_id = rec->id;
}

/* Feeds input in pieces of size step; the caller releases what is written. */
static struct buf
run(struct span in, size_t step)
{
	struct trace t = { BUF_INIT, FCGI_EV_NEED_MORE, 0 };
	enum fcgi_event ev = FCGI_EV_NEED_MORE;
	struct fcgi_decoder d;
	struct fcgi_record rec;

	fcgi_decoder_init(&d);
	while (in.n && ev != FCGI_EV_ERROR) {
		size_t n = step < in.n ? step : in.n;
		char *copy = malloc(n);
		const char *p = copy;

		gw_assert(copy != NULL);
		memcpy(copy, in.p, n);
		in = span_skip(in, n);
		do {
			ev = fcgi_decoder_next(&d, &p, &n, &rec);
			if (ev != FCGI_EV_NEED_MORE)
				note(&t, ev, &rec);
		} while (ev != FCGI_EV_NEED_MORE && ev != FCGI_EV_ERROR);
		gw_assert(ev == FCGI_EV_ERROR || n == 0);
		free(copy);
	}
	if (ev != FCGI_EV_ERROR)
		buf_adds(&t.text, fcgi_decoder_idle(&d) ? "idle" : "busy");
	return t.text;
}

/* Reads pairs and writes them: this reads the same. */
static void
pairs(struct span in)
{
	struct span name, value, name2, value2, s;
	struct buf b = BUF_INIT;

	while (fcgi_next_pair(&in, &name, &value)) {
		buf_clear(&b);
		fcgi_add_pair(&b, name, value);
		s = buf_span(&b);
		gw_assert(fcgi_next_pair(&s, &name2, &value2) == 1);
		gw_assert(s.n == 0 && span_eq(name, name2));
		gw_assert(span_eq(value, value2));
	}
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 3, 7, 64 };
	struct span in = span_of(data, size);
	struct buf whole = run(in, size);
	struct buf cut;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		cut = run(in, steps[i]);
		gw_assert(span_eq(buf_span(&whole), buf_span(&cut)));
		buf_release(&cut);
	}
	buf_release(&whole);
	pairs(in);
	return 0;
}
