/*
 * Rooms, and who receives.
 *
 * A few hundred namespace sockets join and leave rooms, come and go by chance;
 * a table of who is where, and rules put down as plainly as can be, say who
 * must get each broadcast, and that it gets it once.
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

/* socket */
#include "hub.h"
#include "nsocket.h"
#include "vsocket.h"

/* tested */
#include "emit.h"
#include "hub_bench.h"
#include "namespace.h"

enum { PEOPLE = 300, ROOMS = 12, STEPS = 4000 };

/* What should be the case. */
struct model {
	struct nsocket *n[PEOPLE];
	bool in[PEOPLE][ROOMS];
	bool gets[PEOPLE];
	bool out[PEOPLE];
};

/* Numbers that look random, and are the same each time. */
static unsigned
chance(unsigned below)
{
	static uint64_t seed = 88172645463325252ULL;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 11) % below;
}

/* The name of a room; every third one needs an escape in JSON. */
static struct span
room_name(unsigned r, char out[16])
{
	snprintf(out, 16, r % 3 ? "room%u" : "\"r\n%u", r);
	return span_str(out);
}

/* Puts down rooms as raw JSON, and marks who is meant. */
static void
pick_rooms(struct model *m, char *json, size_t size, bool marks[PEOPLE])
{
	unsigned n = chance(4), i, p;
	size_t at = 0;

	at += (size_t)snprintf(json + at, size - at, "[");
	for (i = 0; i < n; i++) {
		unsigned r = chance(ROOMS + 4);

		at += (size_t)snprintf(json + at, size - at, i ? ", " : "");
		if (r >= ROOMS + 3) {
			at += (size_t)snprintf(json + at, size - at, "\"*\"");
			for (p = 0; p < PEOPLE; p++)
				marks[p] |= m->n[p] != NULL;
		} else if (r >= ROOMS) {
			p = chance(PEOPLE);
			at += (size_t)snprintf(json + at, size - at, "\"%s\"",
			    m->n[p] ? m->n[p]->sid : "nobody");
			marks[p] |= m->n[p] != NULL;
		} else {
			at += (size_t)snprintf(json + at, size - at,
			    r % 3 ? "\"room%u\"" : "\"\\\"r\\n%u\"", r);
			for (p = 0; p < PEOPLE; p++)
				marks[p] |= m->n[p] != NULL && m->in[p][r];
		}
	}
	snprintf(json + at, size - at, "]");
}

/* Fails unless hub and model agree about rooms. */
static void
check_rooms(struct hub_bench *b, const struct model *m)
{
	char name[16];
	unsigned people = 0, rooms = 0, p, r, i;

	for (r = 0; r < ROOMS; r++) {
		struct room *room = namespace_room(b->ns, room_name(r, name));
		unsigned n = 0;

		for (p = 0; p < PEOPLE; p++)
			n += m->n[p] && m->in[p][r];
		assert_int_equal(room ? room->n_members : 0, n);
		rooms += n > 0;
		for (i = 0; i < n; i++) {
			const struct room_member *at = &room->members[i];

			assert_ptr_equal(at->n->rooms[at->slot].room, room);
			assert_int_equal(at->n->rooms[at->slot].index, i);
		}
	}
	for (p = 0; p < PEOPLE; p++) {
		unsigned n = 0;

		if (m->n[p] == NULL)
			continue;
		people++;
		for (r = 0; r < ROOMS; r++)
			n += m->in[p][r];
		assert_int_equal(m->n[p]->n_rooms, n);
		assert_ptr_equal(
		    b->ns->members[m->n[p]->member_index], m->n[p]);
	}
	assert_int_equal(b->ns->n_members, people);
	assert_int_equal(b->ns->n_rooms, rooms);
	assert_int_equal(b->hub->stats.nsockets, people);
}

/* Somebody comes, goes, joins or leaves. */
static void
move(struct hub_bench *b, struct model *m)
{
	unsigned p = chance(PEOPLE), r = chance(ROOMS);
	char name[16];

	if (m->n[p] == NULL) {
		m->n[p] = hub_bench_join(b);
		memset(m->in[p], 0, sizeof(m->in[p]));
	} else if (chance(30) == 0) {
		if (chance(2))
			vsocket_close(m->n[p]->vs, "transport close");
		else
			nsocket_end(m->n[p], "test", false);
		m->n[p] = NULL;
	} else if (chance(5) < 3) {
		assert_int_equal(room_join(m->n[p], room_name(r, name)),
		    m->in[p][r] ? 0 : 1);
		m->in[p][r] = true;
	} else {
		assert_int_equal(
		    room_leave(m->n[p], room_name(r, name)), m->in[p][r]);
		m->in[p][r] = false;
	}
}

/* Broadcasts, and fails unless just those who are meant get it, once. */
static void
broadcast(struct hub_bench *b, struct model *m)
{
	struct emit_target t = { .ns = b->ns };
	struct emit_event ev = { .name = SPAN("\"e\""),
		.args = SPAN("[ 1, 2 ]") };
	unsigned sender = chance(PEOPLE), p;
	char to[512], except[512];
	int count = 0;

	memset(m->gets, 0, sizeof(m->gets));
	memset(m->out, 0, sizeof(m->out));
	t.sender = chance(3) ? m->n[sender] : NULL;
	t.everybody = t.sender == NULL;
	t.broadcast = chance(2);
	if (chance(3)) {
		pick_rooms(m, to, sizeof(to), m->gets);
		t.to = span_str(to);
	} else {
		for (p = 0; p < PEOPLE; p++)
			m->gets[p] = m->n[p] && (t.everybody || t.broadcast);
		if (t.sender && !t.broadcast)
			m->gets[sender] = true;
	}
	if (chance(2)) {
		pick_rooms(m, except, sizeof(except), m->out);
		t.except = span_str(except);
	}
	if (t.broadcast && t.sender)
		m->out[sender] = true;
	for (p = 0; p < PEOPLE; p++)
		count += m->gets[p] && !m->out[p];
	assert_int_equal(emit_event(&t, &ev), count);
	for (p = 0; p < PEOPLE; p++)
		if (m->n[p])
			assert_string_equal(
			    hub_bench_got(b, hub_bench_client_of(m->n[p])),
			    m->gets[p] && !m->out[p] ? "42[\"e\",1, 2]\n" : "");
}

static void
test_random(void **state)
{
	struct hub_bench *b = *state;
	struct model *m = calloc(1, sizeof(*m));
	unsigned i;

	assert_non_null(m);
	for (i = 0; i < PEOPLE; i++)
		m->n[i] = hub_bench_join(b);
	for (i = 0; i < STEPS; i++) {
		move(b, m);
		if (i % 20 == 0)
			broadcast(b, m);
		if (i % 50 == 0)
			check_rooms(b, m);
	}
	for (i = 0; i < PEOPLE; i++)
		if (m->n[i])
			nsocket_end(m->n[i], "test", false);
	assert_int_equal(b->ns->n_members, 0);
	assert_int_equal(b->ns->n_rooms, 0);
	assert_null(b->ns->rooms);
	free(m);
}

static void
test_limits(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *n = hub_bench_join(b);
	char name[32];
	unsigned i;

	b->hub->set.max_rooms = 3;
	b->hub->set.max_room_name = 5;
	assert_int_equal(room_join(n, SPAN("123456")), -1);
	assert_null(b->ns->rooms); /* nothing is left of it */
	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "r%u", i);
		assert_int_equal(room_join(n, span_str(name)), 1);
	}
	assert_int_equal(room_join(n, SPAN("more")), -1);
	assert_null(namespace_room(b->ns, SPAN("more")));
	assert_int_equal(room_join(n, SPAN("r1")), 0);
	assert_false(room_leave(n, SPAN("more")));
	assert_true(room_leave(n, SPAN("r1")));
	assert_false(room_leave(n, SPAN("r1")));
	assert_int_equal(room_join(n, SPAN("12345")), 1);
	assert_int_equal(b->ns->n_rooms, 3);
	room_leave_all(n);
	assert_int_equal(b->ns->n_rooms, 0);
	assert_int_equal(room_join(n, SPAN("again")), 1);
}

/* The list of rooms as handlers see it. */
static void
test_room_list(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *n = hub_bench_join(b);
	struct buf out = BUF_INIT;

	nsocket_add_rooms(n, &out);
	room_join(n, SPAN("a"));
	room_join(n, SPAN("b\"\n"));
	room_join(n, SPAN("c"));
	nsocket_add_rooms(n, &out);
	room_leave(n, SPAN("a"));
	nsocket_add_rooms(n, &out);
	assert_string_equal(
	    buf_cstr(&out), "[][\"a\",\"b\\\"\\n\",\"c\"][\"c\",\"b\\\"\\n\"]");
	buf_release(&out);
}

/* A sid is a room of its own, in its own namespace only. */
static void
test_namespaces(void **state)
{
	struct hub_bench *b = *state;
	struct namespace *chat = namespace_add(b->hub, SPAN("/chat"));
	struct hub_bench_client *c = hub_bench_client(b);
	struct emit_target t = { .ns = chat };
	struct emit_event ev = { .name = SPAN("\"e\"") };
	struct nsocket *root, *n;
	char to[64];

	hub_bench_say(c, "40");
	hub_bench_say(c, "40/chat,");
	hub_bench_got(b, c);
	root = vsocket_find(c->t.owner, SPAN("/"));
	n = vsocket_find(c->t.owner, SPAN("/chat"));
	assert_ptr_equal(namespace_find(b->hub, SPAN("/chat")), chat);
	assert_null(namespace_find(b->hub, SPAN("/cha")));
	assert_ptr_equal(namespace_member(chat, span_str(n->sid)), n);
	assert_null(namespace_member(chat, span_str(root->sid)));
	room_join(root, SPAN("r"));
	assert_null(namespace_room(chat, SPAN("r")));
	snprintf(to, sizeof(to), "\"%s\"", n->sid);
	t.to = span_str(to);
	assert_int_equal(emit_event(&t, &ev), 1);
	assert_string_equal(hub_bench_got(b, c), "42/chat,[\"e\"]\n");
	t.ns = b->ns;
	assert_int_equal(emit_event(&t, &ev), 0);
	assert_string_equal(hub_bench_got(b, c), "");
}

/* One who has not been let in gets nothing from others; what its own handler
 * sends lets it in. */
static void
test_asking(void **state)
{
	struct hub_bench *b = *state;
	struct hub_bench_client *c = hub_bench_client(b);
	struct emit_target t = { .ns = b->ns, .everybody = true };
	struct emit_event ev = { .name = SPAN("\"e\"") };
	struct nsocket *n;
	const char *got;

	b->asks = true;
	hub_bench_say(c, "40");
	hub_bench_got(b, c);
	n = vsocket_find(c->t.owner, SPAN("/"));
	assert_int_equal(n->state, NSOCKET_ASKING);
	assert_int_equal(room_join(n, SPAN("r")), 1);
	assert_int_equal(emit_event(&t, &ev), 0);
	t.to = SPAN("\"r\"");
	assert_int_equal(emit_event(&t, &ev), 0);
	assert_string_equal(hub_bench_got(b, c), "");
	t = (struct emit_target){ .ns = b->ns, .sender = n };
	assert_int_equal(emit_event(&t, &ev), 1);
	assert_int_equal(n->state, NSOCKET_JOINED);
	got = hub_bench_got(b, c);
	assert_memory_equal(got, "40{\"sid\":\"", 10);
	assert_string_equal(strchr(got, '\n'), "\n42[\"e\"]\n");
}

static void
test_bytes(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *n = hub_bench_join(b);
	struct emit_target t = { .ns = b->ns, .sender = n };
	struct emit_event ev = { .name = SPAN("\"e\""),
		.args = SPAN("[{\"$bytes\":\"AQID\"},{\"$bytes\":\"\"}]"),
		.with_bytes = true };

	assert_int_equal(emit_event(&t, &ev), 1);
	assert_string_equal(hub_bench_got(b, hub_bench_client_of(n)),
	    "452-[\"e\",{\"_placeholder\":true,\"num\":0},"
	    "{\"_placeholder\":true,\"num\":1}]\x1e"
	    "bAQID\x1e"
	    "b\n");
	ev.args = SPAN("[{\"$bytes\":\"\"}]"); /* nothing but empty ones */
	assert_int_equal(emit_event(&t, &ev), 1);
	assert_string_equal(hub_bench_got(b, hub_bench_client_of(n)),
	    "451-[\"e\",{\"_placeholder\":true,\"num\":0}]\x1e"
	    "b\n");
	ev.args = SPAN("[{\"$bytes\":\"?\"}]");
	assert_int_equal(emit_event(&t, &ev), -1);
	b->hub->set.packet.max_attachments = 1;
	ev.args = SPAN("[{\"$bytes\":\"\"},{\"$bytes\":\"\"}]");
	assert_int_equal(emit_event(&t, &ev), -1);
	assert_string_equal(hub_bench_got(b, hub_bench_client_of(n)), "");
}

static void
test_volatile(void **state)
{
	struct hub_bench *b = *state;
	struct nsocket *n = hub_bench_join(b);
	struct emit_target t = { .ns = b->ns, .sender = n };
	struct emit_event ev = { .name = SPAN("\"v\""), .is_volatile = true };

	emit_event(&t, &ev);
	emit_event(&t, &ev); /* the client is not ready for it */
	ev.is_volatile = false;
	emit_event(&t, &ev);
	assert_string_equal(
	    hub_bench_got(b, hub_bench_client_of(n)), "42[\"v\"]\n42[\"v\"]\n");
	assert_int_equal(b->ctx.stats.volatile_dropped, 1);
}

/* Ends the one it is called with, and counts. */
static void
end_one(struct nsocket *n, void *arg)
{
	unsigned *count = arg;

	++*count;
	if (n->vs)
		vsocket_close(n->vs, "transport close");
}

/* All members are ended while the list is walked. */
static void
test_each_ends(void **state)
{
	struct hub_bench *b = *state;
	struct emit_target t = { .ns = b->ns, .to = SPAN("[\"r\",\"s\"]") };
	unsigned count = 0, i;

	for (i = 0; i < 200; i++) {
		struct nsocket *n = hub_bench_join(b);

		room_join(n, SPAN("r"));
		room_join(n, SPAN("s"));
	}
	hub_bench_join(b);
	assert_int_equal(emit_each(&t, end_one, &count), 200);
	assert_int_equal(count, 200);
	assert_int_equal(b->ns->n_members, 1);
	assert_int_equal(b->ns->n_rooms, 0);
	assert_int_equal(b->disconnects, 200);
}

/* A name that is no text, or no room's, means nobody. */
static void
test_odd_rooms(void **state)
{
	static const char *const cases[] = { "\"\"", "[]", "\"\\ud800\"",
		"[\"\",\"\\ud800\"]", "\"*x\"", "\"\\u0000\"" };
	struct hub_bench *b = *state;
	struct nsocket *n = hub_bench_join(b);
	struct emit_event ev = { .name = SPAN("\"e\"") };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct emit_target t = {
			.ns = b->ns, .sender = n, .to = span_str(cases[i])
		};

		if (emit_event(&t, &ev) != 0)
			fail_msg("%s", cases[i]);
	}
	assert_string_equal(hub_bench_got(b, hub_bench_client_of(n)), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_random, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_limits, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_room_list, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_namespaces, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_asking, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_bytes, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_volatile, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_each_ends, hub_bench_setup, hub_bench_teardown),
		cmocka_unit_test_setup_teardown(
		    test_odd_rooms, hub_bench_setup, hub_bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
