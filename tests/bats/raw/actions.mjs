// What handlers can have done. Works against the actor handler in "/" and
// "/chat"; "/closed" has an empty acl, "/few" has acl = recv_connect, on_act,
// on_two_words. refresh_before = 700.

import fs from "node:fs";

import { assert, Sio, Ws, control, frame, metric, run, until, BINARY } from "./client.mjs";

const dir = process.env.ACTOR_DIR;
const badLines = () => metric('siogate_pool_bad_lines_total{pool="p"}');

// Several clients that have joined "/".
const crowd = (n, o) => Promise.all(Array.from({ length: n }, () => Sio.connect(o)));

// The bodies of the events that concern this sid.
const bodies = (sid) => fs.readFileSync(dir + "/events", "utf8").trimEnd().split("\n").map((l) => JSON.parse(l)).filter((b) => b.sid === sid);

// The newest body for this sid.
async function body(c) {
	await c.quiet();
	return bodies(c.sid).at(-1);
}

// The lines are refused, each of them.
async function refused(c, ...lines) {
	const before = await badLines();
	c.act(...lines);
	await c.quiet();
	assert.equal(await badLines(), before + lines.length, JSON.stringify(lines));
}

// Joins a namespace and returns the CONNECT_ERROR.
async function refusal(nsp, auth) {
	const w = await Ws.open();
	await w.text();
	const prefix = nsp === "/" ? "" : nsp + ",";
	w.send("40" + prefix + JSON.stringify(auth));
	const t = await w.text();
	assert(t.startsWith("44" + prefix), t);
	w.destroy();
	return JSON.parse(t.slice(2 + prefix.length));
}

const touch = (name) => fs.writeFileSync(dir + "/" + name, "");
const begun = (name) => until(() => fs.existsSync(dir + "/" + name + ".begun"));

await run({
	async emit() {
		const c = await Sio.connect();
		c.act({ emit: "a" }, { emit: "b", args: [] }, { emit: "c", args: [1, null, "x"] });
		await c.events(["a"], ["b"], ["c", 1, null, "x"]);
		c.act({ send: "hello" }, { json: { a: 1 } });
		await c.events(["message", "hello"], ["message", { a: 1 }]);
	},

	async ack() {
		const c = await Sio.connect();
		assert.deepEqual(await c.call("act", { ack: [1, "two"] }), [1, "two"]);
		assert.deepEqual(await c.call("act", { ack: [] }), []);
		const before = await badLines();
		assert.deepEqual(await c.call("act", { ack: [1] }, { ack: [2] }), [1]);
		c.act({ ack: [1] });
		await c.quiet();
		assert.equal(await badLines(), before + 2);
	},

	async rooms() {
		const [a, b, c] = await crowd(3);
		a.act({ join: "red" });
		b.act({ join: ["red", "blue"] });
		await Promise.all([a, b, c].map((x) => x.quiet()));
		c.act({ emit: "x", args: [1], to: "red" });
		await a.events(["x", 1]);
		await b.events(["x", 1]);
		// in two of the rooms, served once
		c.act({ emit: "x", args: [2], to: ["red", "blue", "nobody"] });
		await a.events(["x", 2]);
		await b.events(["x", 2]);
		await b.quiet();
		// the sender is among them when it is in the room
		a.act({ emit: "x", args: [3], to: "red" });
		await a.events(["x", 3]);
		await b.events(["x", 3]);
		a.act({ emit: "x", args: [4], to: "red", broadcast: true });
		await b.events(["x", 4]);
		await a.quiet();
		a.act({ emit: "x", args: [5], to: "red", except: "blue" });
		await a.events(["x", 5]);
		b.act({ leave: ["red", "nothing"] });
		await b.quiet();
		c.act({ emit: "x", args: [6], to: "red" });
		await a.events(["x", 6]);
		await b.quiet();
		await c.quiet();
		assert.deepEqual((await body(b)).rooms, ["blue"]);
		assert.deepEqual((await body(c)).rooms, []);
	},

	async broadcast() {
		const [a, b, c] = await crowd(3);
		a.act({ emit: "x", broadcast: true });
		await b.events(["x"]);
		await c.events(["x"]);
		await a.quiet();
		a.act({ emit: "y", to: "*" });
		for (const x of [a, b, c])
			await x.events(["y"]);
		a.act({ emit: "z", to: "*", except: [b.sid, a.sid] });
		await c.events(["z"]);
		await a.quiet();
		await b.quiet();
		a.act({ emit: "v", except: "nobody" });
		await a.events(["v"]);
	},

	async to_sid() {
		const [a, b, c] = await crowd(3);
		a.act({ emit: "private", args: [1], to: b.sid });
		await b.events(["private", 1]);
		a.act({ emit: "private", args: [2], to: [b.sid, a.sid] });
		await b.events(["private", 2]);
		await a.events(["private", 2]);
		// things done to others
		a.act({ join: "vip", to: b.sid });
		await a.quiet();
		assert.deepEqual((await body(b)).rooms, ["vip"]);
		a.act({ leave: "vip", to: "*" });
		await a.quiet();
		assert.deepEqual((await body(b)).rooms, []);
		await c.quiet();
	},

	async odd_rooms() {
		const c = await Sio.connect();
		const names = ["a b", "\u00e9\ud83d\ude00", "quote\"\\", "\n", "a\u0000b", "__proto__", "x".repeat(256)];
		c.act({ join: names });
		assert.deepEqual((await body(c)).rooms.sort(), [...names].sort());
		for (const n of names) {
			c.act({ emit: "in", to: n });
			await c.events(["in"]);
		}
		c.act({ leave: names });
		assert.deepEqual((await body(c)).rooms, []);
		await refused(c, { join: "" }, { join: "*" }, { join: "x".repeat(257) }, { join: 5 }, { join: [1] }, { join: {} });
		await refused(c, { join: Array.from({ length: 1001 }, (_, i) => "r" + i) });
		assert.equal((await body(c)).rooms.length, 1000);
	},

	async nsp() {
		const a = await Sio.connect(), b = await Sio.connect({ nsp: "/chat" }), c = await Sio.connect({ nsp: "/chat" });
		a.act({ emit: "x", nsp: "/chat" });
		await b.events(["x"]);
		await c.events(["x"]);
		a.act({ emit: "x", nsp: "/chat", to: b.sid });
		await b.events(["x"]);
		// a sid of another namespace is nobody here
		a.act({ emit: "x", to: b.sid });
		await b.quiet();
		await c.quiet();
		await a.quiet();
		a.act({ emit: "own", nsp: "/" });
		await a.events(["own"]);
		await refused(a, { emit: "x", nsp: "/nowhere" }, { emit: "x", nsp: 5 });
		a.act({ disconnect: true, nsp: "/chat", to: c.sid });
		await c.expect("41/chat,");
		await a.quiet();
		// everybody in the other namespace, if nobody is named
		a.act({ join: "all", nsp: "/chat" });
		await a.quiet();
		assert.deepEqual((await body(b)).rooms, ["all"]);
		a.act({ disconnect: true, nsp: "/chat" });
		await b.expect("41/chat,");
	},

	// what a client cannot take at once is dropped, if it is volatile
	async volatile() {
		const before = await metric("siogate_volatile_dropped_total");
		const a = await Sio.connect();
		a.act({ emit: "v", volatile: true });
		await a.events(["v"]);
		const slow = await Sio.connect();
		slow.socket.pause();
		const text = "x".repeat(100000);
		await until(async () => {
			a.act(...Array(5).fill({ emit: "v", args: [text], volatile: true, to: slow.sid }));
			await a.quiet();
			return await metric("siogate_volatile_dropped_total") > before;
		});
		a.act({ emit: "kept", to: slow.sid });
		await a.quiet();
		slow.socket.resume();
		for (;;)
			if ((await slow.event())[0] === "kept")
				break;
		await slow.quiet();
		assert.equal(await metric("siogate_slow_clients_closed_total"), 0);
	},

	async session() {
		const c = await Sio.connect();
		c.act({ session: { user: "ann", n: { a: 1, b: 2 } } });
		assert.deepEqual((await body(c)).session, { user: "ann", n: { a: 1, b: 2 } });
		c.act({ session: { n: { a: null, c: [1] }, big: 1 } }, { session: { big: null } });
		assert.deepEqual((await body(c)).session, { user: "ann", n: { b: 2, c: [1] } });
		// shared by the namespaces of a client
		await c.join("/chat");
		assert.deepEqual((await body(c)).session, { user: "ann", n: { b: 2, c: [1] } });
		c.act({ session: { user: "bob" } });
		assert.equal((await body(c)).session.user, "bob");
		const other = await Sio.connect();
		assert.deepEqual((await body(other)).session, {});
		c.act({ session: null });
		assert.deepEqual((await body(c)).session, {});
		await refused(c, { session: 5 }, { session: [] }, { session: { x: "y".repeat(70000) } });
		assert.deepEqual((await body(c)).session, {});
	},

	async session_text() {
		const c = await Sio.connect();
		c.send('42["act",{"session":{"n":12345678901234567890,"f":1.0,"s":"\\u00e9"}}]');
		await c.quiet();
		assert(fs.readFileSync(dir + "/events", "utf8").includes('"session":{"n":12345678901234567890,"f":1.0,"s":"\\u00e9"}'));
	},

	async acl() {
		const denied = (m) => ["error", "method_access_denied", `You do not have access to method "${m}"`];
		const c = await Sio.connect();
		c.act({ acl: { only: ["on_act", "on_nothing"] } });
		c.emit("nothing");
		await c.quiet();
		c.emit("other");
		await c.events(denied("on_other"));
		c.send('429["two words"]');
		await c.events(denied("on_two_words"));
		c.act({ acl: { allow: ["on_two_words"] } });
		await c.quiet();
		c.emit("two words");
		await c.quiet();
		c.act({ acl: { deny: ["on_nothing", "on_never_there"] } });
		await c.quiet();
		c.emit("nothing");
		await c.events(denied("on_nothing"));
		c.act({ acl: "lift" });
		await c.quiet();
		c.emit("nothing");
		await c.quiet();
		c.act({ acl: { deny: ["on_nothing"] } });
		await c.quiet();
		c.emit("nothing");
		await c.events(denied("on_nothing"));
		c.act({ acl: { allow: ["on_nothing"] } });
		await c.quiet();
		c.emit("nothing");
		await c.quiet();
		c.act({ acl: "reset" });
		await c.quiet();
		c.emit("other");
		await c.quiet();
		await refused(c, { acl: "open" }, { acl: {} }, { acl: { only: "x" } }, { acl: { only: [1] } }, { acl: { only: [], allow: [] } });
		assert(!bodies(c.sid).some((b) => b.event === "two words" && b.ack));
	},

	async acl_initial() {
		const c = await Sio.connect({ nsp: "/few" });
		await c.quiet();
		c.emit("two words");
		await c.quiet();
		c.emit("other");
		await c.events(["error", "method_access_denied", 'You do not have access to method "on_other"']);
		c.act({ acl: "lift" });
		await c.quiet();
		c.emit("other");
		await c.quiet();
		c.act({ acl: "reset" });
		await c.quiet();
		c.emit("other");
		assert.equal((await c.event())[1], "method_access_denied");
		// no disconnect event: it is not on the list
		c.send("41/few,");
		const d = await Sio.connect();
		await d.quiet();
		assert(!bodies(c.sid).some((b) => b.type === "disconnect"));
		// connect is not on that list
		const e = await Sio.connect({ nsp: "/closed" });
		await e.events(["error", "method_access_denied", 'You do not have access to method "recv_connect"']);
		e.emit("act");
		assert.equal((await e.event())[1], "method_access_denied");
		assert.equal(bodies(e.sid).length, 0);
	},

	// set on connect, in force when the client is let in
	async acl_on_connect() {
		const c = await Sio.connect({ auth: { act: [{ acl: { only: ["on_act"] } }, { join: "first" }, { session: { a: 1 } }] } });
		c.emit("other");
		assert.equal((await c.event())[1], "method_access_denied");
		const b = await body(c);
		assert.deepEqual(b.rooms, ["first"]);
		assert.deepEqual(b.session, { a: 1 });
	},

	async connect_error() {
		assert.deepEqual(await refusal("/", { act: [{ error: { name: "denied", message: "who?", data: { code: 7, n: [1] } } }] }),
			{ message: "who?", data: { code: 7, n: [1] } });
		assert.deepEqual(await refusal("/chat", { act: [{ error: { name: "denied" } }] }), { message: "denied" });
		assert.deepEqual(await refusal("/", { act: [{ error: "text" }] }), { message: "text" });
		assert.deepEqual(await refusal("/", { act: [{ disconnect: true }] }), { message: "refused" });
		// what comes behind the refusal reaches nobody; another try is free
		const w = await Ws.open();
		await w.text();
		w.send('40{"act":[{"error":"no"},{"emit":"x"},{"join":"y"},{"session":{"a":1}},{"accept":true}]}');
		await w.expect('44{"message":"no"}');
		w.send("40");
		assert.match(await w.text(), /^40\{/);
	},

	async accept() {
		const w = await Ws.open();
		await w.text();
		w.send('40{"act":[{"accept":true},{"emit":"in","to":"*"},{"error":"too late"}]}');
		assert.match(await w.text(), /^40\{/);
		await w.expect('42["in"]', '42["error","error","too late"]');
		// the first emit to the client lets it in, one to others does not
		const c = await Sio.connect();
		const name = "hold-accept" + process.pid;
		c.act({ join: "room" });
		await c.quiet();
		const v = await Ws.open();
		await v.text();
		v.send('40{"act":[{"emit":"others","to":"room"},{"emit":"own"},{"error":"late"}]}');
		assert.match(await v.text(), /^40\{/);
		await v.expect('42["own"]', '42["error","error","late"]');
		await c.events(["others"]);
		await refused(c, { accept: true });
	},

	// nothing is sent to a client that has not been let in
	async not_yet_in() {
		const name = "hold" + process.pid;
		const c = await Sio.connect();
		const w = await Ws.open();
		await w.text();
		w.send(`40{"hold":"${name}"}`);
		await begun(name);
		w.send('421["act",{"ack":["after"]}]');
		c.act({ emit: "x", to: "*" });
		await c.events(["x"]);
		touch(name);
		assert.match(await w.text(), /^40\{/);
		await w.expect('431["after"]');
	},

	async disconnect() {
		const c = await Sio.connect();
		await c.join("/chat");
		c.act({ disconnect: true });
		await c.expect("41/chat,");
		c.nsp = "/", c.prefix = "";
		await c.quiet();
		c.act({ disconnect: true });
		await c.expect("41");
		await until(() => bodies(c.ids["/"]).find((b) => b.type === "disconnect" && b.reason === "server namespace disconnect"));
		// and may come back
		await c.join("/");
		await c.quiet();
	},

	async close() {
		const c = await Sio.connect();
		await c.join("/chat");
		c.act({ emit: "last" }, { close: true });
		await c.events(["last"]);
		const two = [await c.text(), await c.text()].sort();
		assert.deepEqual(two, ["41", "41/chat,"]);
		await c.closed(1000);
		const [a, b, d] = await crowd(3);
		b.act({ join: "out" });
		await b.quiet();
		a.act({ close: true, to: "out" });
		await b.expect("41");
		await b.closed(1000);
		await a.quiet();
		await d.quiet();
	},

	async reasons() {
		const reason = async (fn) => {
			const c = await Sio.connect({ auth: { act: [{ session: { user: "x" } }, { join: "r" }] } });
			const sid = c.sid;
			await fn(c);
			const b = await until(() => bodies(sid).find((x) => x.type === "disconnect"));
			assert.deepEqual(b.session, { user: "x" });
			assert.deepEqual(b.rooms, ["r"]);
			assert.deepEqual(b.args, []);
			assert.equal(bodies(sid).at(-1).type, "disconnect");
			c.destroy();
			return b.reason;
		};
		assert.equal(await reason((c) => c.send("41")), "client namespace disconnect");
		assert.equal(await reason((c) => c.send("1")), "transport close");
		assert.equal(await reason((c) => c.socket.end()), "transport close");
		assert.equal(await reason((c) => c.socket.resetAndDestroy()), "transport error");
		assert.equal(await reason((c) => c.send("junk")), "parse error");
		assert.equal(await reason((c) => c.send("42[")), "parse error");
		assert.equal(await reason((c) => c.write(frame(3, ""))), "transport error");
		assert.equal(await reason((c) => c.act({ close: true })), "server namespace disconnect");
	},

	// a disconnect event can still reach others
	async bye() {
		const [a, b] = await crowd(2);
		a.act({ session: { bye: [{ emit: "left", to: "*" }] } });
		await a.quiet();
		a.destroy();
		await b.events(["left"]);
	},

	async spawn() {
		const c = await Sio.connect();
		c.act({ spawn: "act", args: [{ emit: "job", args: [1] }, { emit: "all", to: "*" }] });
		await c.events(["job", 1], ["all"]);
		const b = await until(() => bodies(c.sid).find((x) => x.type === "job"));
		assert.equal(b.event, "act");
		assert.equal(b.args.length, 2);
		await refused(c, { spawn: "" .padEnd(0) || 5 }, { spawn: "x", after: -1 }, { spawn: "x", every: 0 }, { spawn: "x", args: 5 });
	},

	async after() {
		const c = await Sio.connect();
		const begin = Date.now();
		c.act({ spawn: "act", after: 100, args: [{ emit: "later" }] }, { spawn: "act", args: [{ emit: "now" }] });
		await c.events(["now"], ["later"]);
		assert(Date.now() - begin >= 95);
	},

	async every() {
		const c = await Sio.connect();
		c.act({ spawn: "act", every: 30, args: [{ emit: "tick" }] });
		await c.events(["tick"], ["tick"], ["tick"]);
		c.act({ kill: "act" });
		for (;;) {
			c.send('421["act",{"ack":["end"]}]');
			let t = await c.text();
			while (t === '42["tick"]')
				t = await c.text();
			assert.equal(t, '431["end"]');
			if (await metric("siogate_jobs") === 0)
				break;
		}
		await c.quiet();
	},

	// jobs end with their client
	async jobs_end() {
		const before = await metric("siogate_jobs");
		const c = await Sio.connect();
		c.act({ spawn: "act", every: 50 }, { spawn: "act", after: 1e6 }, { spawn: "hold", args: ["never" + process.pid] });
		await begun("never" + process.pid);
		assert.equal(await metric("siogate_jobs"), before + 3);
		c.destroy();
		await until(async () => await metric("siogate_jobs") === before);
		const d = await Sio.connect();
		await d.quiet();
	},

	async kill_running() {
		const name = "killed" + process.pid;
		const c = await Sio.connect();
		c.act({ spawn: "hold", args: [name, { emit: "never" }] });
		await begun(name);
		c.act({ kill: "hold" }, { kill: "nothing" });
		await until(async () => await metric("siogate_jobs") === 0);
		await c.quiet();
	},

	async too_many_jobs() {
		const c = await Sio.connect();
		const before = await badLines();
		c.act(...Array(20).fill({ spawn: "act", after: 1e7 }));
		await c.quiet();
		assert.equal(await badLines(), before + 4);
		c.act({ kill: "act" });
		await c.quiet();
		assert.equal(await metric("siogate_jobs"), 0);
	},

	async stream() {
		const c = await Sio.connect();
		const begin = Date.now();
		c.emit("stream", 60, { emit: "s", args: [1] }, { emit: "s", args: [2] }, { emit: "s", args: [3] });
		await c.events(["s", 1]);
		assert(Date.now() - begin < 170, "the first line waited for the last");
		await c.events(["s", 2], ["s", 3]);
		await c.quiet();
	},

	async expires() {
		const c = await Sio.connect({ auth: { act: [{ expires: 1 }] } });
		const begin = Date.now();
		await c.expect("41");
		assert(Date.now() - begin >= 900);
		assert(bodies(c.sid).some((b) => b.type === "refresh"));
		await refused(await Sio.connect(), { expires: 5 });
	},

	async refresh() {
		const c = await Sio.connect({ auth: { act: [{ expires: 1 }, { session: { refresh: [{ expires: 100 }, { emit: "renewed" }] } }] } });
		const begin = Date.now();
		await c.events(["renewed"]);
		assert(Date.now() - begin < 950);
		await new Promise((resolve) => setTimeout(resolve, 1100 - (Date.now() - begin)));
		await c.quiet();
	},

	async tag() {
		const c = await Sio.connect();
		c.act({ emit: "ask", args: ["?"], tag: { any: [1] } });
		let t = await c.text();
		let id = /^42(\d+)\["ask","\?"\]$/.exec(t)[1];
		c.send(`43${id}["yes",2]`);
		await c.events(["acked", { any: [1] }, ["yes", 2], null]);
		// a second answer to the same is nobody's
		c.send(`43${id}["again"]`);
		await c.quiet();
		// in time-out
		c.act({ emit: "ask", tag: "t", timeout: 50 });
		t = await c.text();
		await c.events(["acked", "t", [], "timeout"]);
		c.send("43" + /^42(\d+)/.exec(t)[1] + "[1]");
		await c.quiet();
		assert.equal(await metric("siogate_acks_pending"), 0);
		// binary
		c.act({ emit: "ask", tag: "b" });
		id = /^42(\d+)/.exec(await c.text())[1];
		c.send(`461-${id}[{"_placeholder":true,"num":0}]`);
		c.write(frame(BINARY, "\x01\x02"));
		await c.expect('451-["acked","b",[{"_placeholder":true,"num":0}],null]');
		assert.equal((await c.frame()).payload.toString("hex"), "0102");
	},

	async tag_broadcast() {
		const all = await crowd(3);
		const [a, b, c] = all;
		a.act({ emit: "ask", to: "*", tag: 1 });
		let ids = [];
		for (const x of all)
			ids.push(/^42(\d+)\["ask"\]$/.exec(await x.text())[1]);
		c.send(`43${ids[2]}["c"]`);
		await c.quiet();
		b.send(`43${ids[1]}["b","ignored"]`);
		await b.quiet();
		a.send(`43${ids[0]}[]`);
		await a.events(["acked", 1, ["c", "b", null], null]);
		// some are missing
		a.act({ emit: "ask", broadcast: true, tag: 2, timeout: 100 });
		ids = [/^42(\d+)/.exec(await b.text())[1], /^42(\d+)/.exec(await c.text())[1]];
		c.send(`43${ids[1]}[5]`);
		await a.events(["acked", 2, [5], "timeout"]);
		// one goes
		a.act({ emit: "ask", broadcast: true, tag: 3 });
		ids = [/^42(\d+)/.exec(await b.text())[1], /^42(\d+)/.exec(await c.text())[1]];
		c.send(`43${ids[1]}[6]`);
		await c.quiet();
		b.destroy();
		await a.events(["acked", 3, [6], "timeout"]);
		// nobody there
		a.act({ emit: "ask", to: "nobody", tag: 4 });
		await a.events(["acked", 4, [], null]);
		// the asker goes first
		a.act({ emit: "ask", to: c.sid, tag: 5 });
		const id = /^42(\d+)/.exec(await c.text())[1];
		a.destroy();
		await until(async () => await metric("siogate_acks_pending") === 0);
		c.send(`43${id}[7]`);
		await c.quiet();
	},

	async error() {
		const c = await Sio.connect();
		c.act({ error: { name: "n", message: "m", data: 5 } }, { error: "short" }, { error: { name: "only" } },
			{ error: { name: "hidden", message: "m", quiet: true } });
		await c.events(["error", "n", "m"], ["error", "error", "short"], ["error", "only", "only"]);
		await c.quiet();
	},

	async bad_lines() {
		const c = await Sio.connect();
		await refused(c, {}, [], 5, "x", null, { fly: true }, { emit: 5 }, { emit: "a", send: "b" }, { emit: "connect" },
			{ emit: "a", args: {} }, { emit: "a", to: 5 }, { emit: "a", to: [5] }, { header: { a: "b" } }, { accept: 1 }, { ack: 5 },
			{ kill: 5 }, { disconnect: false }, { close: "x" });
		c.act({ emit: "a", unknown: 5, re: 0, local: true });
		await c.events(["a"]);
	},

	// events of one client are handled in order, those of others meanwhile
	async order() {
		const name = "order" + process.pid;
		const [a, b] = await crowd(2);
		a.emit("hold", name, { emit: "first" });
		await begun(name);
		for (let i = 0; i < 50; i++)
			a.act({ emit: "n", args: [i] });
		await b.quiet();
		touch(name);
		await a.events(["first"], ...Array.from({ length: 50 }, (_, i) => ["n", i]));
	},

	// with order = none they overtake each other
	async no_order() {
		const name = "free" + process.pid;
		const c = await Sio.connect({ nsp: "/free" });
		c.emit("hold", name, { emit: "held" });
		await begun(name);
		c.act({ emit: "passed" });
		await c.events(["passed"]);
		touch(name);
		await c.events(["held"]);
	},

	// what waits is dropped with the client, disconnect is the last event
	async gone() {
		const name = "gone" + process.pid;
		const dropped = await metric("siogate_events_dropped_total");
		const c = await Sio.connect();
		const watcher = await Sio.connect();
		c.emit("hold", name, { emit: "still", to: "*" });
		await begun(name);
		c.act({ emit: "never", to: "*" });
		c.act({ emit: "never", to: "*" });
		await watcher.quiet();
		const packets = await metric("siogate_packets_received_total");
		c.destroy();
		await until(async () => await metric("siogate_events_dropped_total") === dropped + 2);
		touch(name);
		await watcher.events(["still"]);
		await until(() => bodies(c.sid).some((b) => b.type === "disconnect"));
		assert.deepEqual(bodies(c.sid).map((b) => b.type), ["connect", "event", "disconnect"]);
		await watcher.quiet();
	},

	// a namespace without a handler admits everybody and drops events
	async no_handler() {
		const c = await Sio.connect({ nsp: "/empty" });
		const before = await metric("siogate_events_dropped_total");
		c.emit("x");
		await until(async () => await metric("siogate_events_dropped_total") === before + 1);
		const a = await Sio.connect();
		a.act({ emit: "hi", nsp: "/empty" });
		await c.events(["hi"]);
		await refused(a, { spawn: "x", nsp: "/empty" });
	},

	async variables() {
		const c = await Sio.connect({ nsp: "/chat", auth: { act: [] }, headers: { Cookie: "a=1", "X-My-Header": "v", "X_Under": "bad",
			Proxy: "http://evil", "User-Agent": "test", Authorization: "Bearer t", Origin: `http://x` } });
		const [[env, params]] = await c.call("env");
		const v = Object.fromEntries(params.map((p) => [p.slice(0, p.indexOf("=")), p.slice(p.indexOf("=") + 1)]));
		assert.equal(v.GATEWAY_INTERFACE, "CGI/1.1");
		assert.match(v.SERVER_SOFTWARE, /^siogate\//);
		assert.equal(v.REQUEST_METHOD, "POST");
		assert.equal(v.SERVER_PROTOCOL, "HTTP/1.1");
		assert.equal(v.SERVER_NAME, "x");
		assert.equal(v.SERVER_PORT, process.env.PORT);
		assert.equal(v.REMOTE_ADDR, "127.0.0.1");
		assert(Number(v.REMOTE_PORT) > 0);
		assert.equal(v.PATH_INFO, "/chat");
		assert.equal(v.REQUEST_URI, "/socket.io/?EIO=4&transport=websocket");
		assert.equal(v.QUERY_STRING, "EIO=4&transport=websocket");
		assert.equal(v.CONTENT_TYPE, "application/x-ndjson");
		assert.equal(v.SOCKETIO_TYPE, "event");
		assert.equal(v.SOCKETIO_EVENT, "env");
		assert.equal(v.SOCKETIO_NAMESPACE, "/chat");
		assert.equal(v.SOCKETIO_SID, c.sid);
		assert.equal(v.SOCKETIO_TRANSPORT, "websocket");
		assert.equal(v.SOCKETIO_PROTOCOL, "5");
		assert.equal(v.SOCKETIO_ATTEMPT, "1");
		assert(v.SOCKETIO_EVENT_ID);
		assert.equal(v.HTTP_COOKIE, "a=1");
		assert.equal(v.HTTP_X_MY_HEADER, "v");
		assert.equal(v.HTTP_USER_AGENT, "test");
		assert.equal(v.HTTP_AUTHORIZATION, "Bearer t");
		assert.equal(v.SCRIPT_FILENAME, "/srv/x.php");
		for (const no of ["HTTP_PROXY", "HTTP_X_UNDER", "HTTP_UPGRADE", "HTTP_CONNECTION", "HTTP_SEC_WEBSOCKET_KEY", "HTTPS"])
			assert.equal(v[no], undefined, no);
		const [[, again]] = await c.call("env");
		assert.notEqual(again.find((p) => p.startsWith("SOCKETIO_EVENT_ID=")), params.find((p) => p.startsWith("SOCKETIO_EVENT_ID=")));
	},
});
