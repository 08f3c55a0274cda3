// What becomes of events whose handler fails. Works against the worker
// "scripted" in the namespaces of e-failures.bats.

import fs from "node:fs";

import { assert, Sio, Ws, metric, run, until } from "./client.mjs";

const dir = process.env.ACTOR_DIR;
const results = (pool, result) => metric(`siogate_requests_total{pool="${pool}",result="${result}"}`);
const texts = {
	handler_failed: "The handler failed",
	handler_timeout: "The handler did not answer in time",
	handler_unavailable: "No handler is available",
};
const failure = (name) => ["error", name, texts[name]];
const begun = (name) => until(() => fs.existsSync(dir + "/" + name + ".begun"));
const touch = (name) => fs.writeFileSync(dir + "/" + name, "");

await run({
	// EVENT RESULT NAME [LINE...]: these events come, then the error NAME
	// ("-": none), and the request is counted as RESULT; then all is well
	async one(event, result, name, ...lines) {
		const pool = process.env.POOL ?? "scripted";
		const before = await results(pool, result);
		const c = await Sio.connect({ nsp: process.env.NSP ?? "/" });
		c.emit(event);
		for (const l of lines)
			assert.deepEqual(await c.event(), JSON.parse(l));
		if (name !== "-")
			await c.events(failure(name));
		c.emit("open_line");
		await c.events(["line", 1], ["last"]);
		assert.equal(await results(pool, result), before + (result === "ok" ? 3 : 1));
	},

	async flood_lines() {
		const c = await Sio.connect();
		c.emit("flood_lines");
		for (let i = 0; i < 2000; i++)
			assert.deepEqual(await c.event(), ["n", i]);
	},

	// the connect event fails: CONNECT_ERROR
	async connect(nsp, name) {
		const w = await Ws.open();
		await w.text();
		w.send(`40${nsp},`);
		assert.match(await w.text(), new RegExp(`^44${nsp},\\{"message":"${name}"\\}$`));
	},

	// apply = end: all lines or none
	async apply_end() {
		const c = await Sio.connect({ nsp: "/end" });
		c.emit("half_line");
		await c.events(failure("handler_failed"));
		c.emit("app_status");
		await c.events(failure("handler_failed"));
		c.emit("open_line");
		await c.events(["line", 1], ["last"]);
	},

	// an event that waits for a worker for too long
	async no_worker_in_time() {
		const [a, b] = [await Sio.connect({ nsp: "/slow" }), await Sio.connect({ nsp: "/slow" })];
		a.emit("hold", "slow" + process.pid, { emit: "done" });
		await begun("slow" + process.pid);
		b.act({ emit: "x" });
		const first = await Promise.race([a.event(), b.event()]);
		assert.equal(first[0], "error");
	},

	// queue = 2: nothing is lost when it is full, and nobody is read from
	async queue_full() {
		const name = "queue" + process.pid;
		const holder = await Sio.connect({ nsp: "/queue" });
		const clients = [];
		for (let i = 0; i < 8; i++)
			clients.push(await Sio.connect({ nsp: "/queue" }));
		holder.emit("hold", name, { emit: "done" });
		await begun(name);
		for (const c of clients)
			for (let i = 0; i < 100; i++)
				c.act({ emit: "n", args: [i] });
		await until(async () => await metric('siogate_pool_queue_length{pool="queue"}') === 8);
		const packets = await metric("siogate_packets_received_total");
		for (const c of clients)
			for (let i = 100; i < 200; i++)
				c.act({ emit: "n", args: [i] });
		touch(name);
		await holder.events(["done"]);
		for (const c of clients)
			for (let i = 0; i < 200; i++)
				assert.deepEqual(await c.event(), ["n", i]);
		assert.equal(await metric('siogate_pool_queue_length{pool="queue"}'), 0);
	},

	// max_waiting: a client that sends faster than its events are handled is
	// not read from: what it sends stays in the socket
	async max_waiting() {
		const name = "waiting" + process.pid;
		const c = await Sio.connect({ nsp: "/queue" });
		const other = await Sio.connect({ nsp: "/" });
		c.emit("hold", name, { emit: "done" });
		await begun(name);
		const before = await metric("siogate_packets_received_total");
		const text = "x".repeat(10000);
		for (let i = 0; i < 1500; i++)
			c.emit("act", { emit: "n", args: [i] }, text);
		await until(async () => c.socket.writableLength > 0 && await metric("siogate_packets_received_total") - before >= 100);
		assert(await metric("siogate_packets_received_total") - before < 300);
		touch(name);
		await c.events(["done"]);
		for (let i = 0; i < 1500; i++)
			assert.deepEqual(await c.event(), ["n", i]);
	},

	// descriptors of the worker: nothing of the gateway's
	async fds() {
		const c = await Sio.connect({ nsp: "/queue" });
		const [list] = await c.call("fds");
		for (const e of list) {
			const [fd, target] = [Number(e.split(" ")[0]), e.slice(e.indexOf(" ") + 1)];
			if (fd === 0 || fd > 2)
				assert.match(target, /^socket:/, e);
			else
				assert.match(target, /^pipe:/, e);
		}
		// the listening socket, and the one connection
		assert.equal(list.length, 4, list.join("\n"));
	},

	async env() {
		const c = await Sio.connect({ nsp: "/queue" });
		const [[env]] = await c.call("env");
		const names = env.map((e) => e.slice(0, e.indexOf("="))).sort();
		assert(!names.includes("MY_SECRET"));
		assert(env.includes("GIVEN=hello there"));
		assert(env.includes("PASSED=on"));
		assert(env.some((e) => /^SIOGATE_INSTANCE=.{10,}/.test(e)));
		assert(env.includes("SIOGATE_POOL=queue"));
		const allowed = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PWD", "SHLVL", "_", "OLDPWD",
			"SIOGATE_INSTANCE", "SIOGATE_POOL", "SIOGATE_STATE_DIR", "GIVEN", "PASSED", "ACTOR_DIR"];
		assert.deepEqual(names.filter((n) => !allowed.includes(n)), []);
	},

	// what a worker started ends with it
	async children() {
		const c = await Sio.connect({ nsp: "/queue" });
		const [child] = await c.call("fork");
		const [worker] = await c.call("pid");
		process.kill(child, 0);
		c.emit("hold", "never" + process.pid);
		await c.events(failure("handler_timeout"));
		await until(() => !fs.existsSync(`/proc/${worker}`));
		await until(() => {
			try {
				return fs.readFileSync(`/proc/${child}/stat`, "utf8").split(" ")[2] === "Z";
			} catch {
				return true;
			}
		});
		const [next] = await c.call("pid");
		assert.notEqual(next, worker);
	},

	// SIGTERM is not enough
	async deaf() {
		const killed = await metric('siogate_pool_workers_killed_total{pool="queue"}');
		const c = await Sio.connect({ nsp: "/queue" });
		c.emit("deaf");
		const [worker] = await c.call("pid");
		c.emit("hold", "never" + process.pid);
		await c.events(failure("handler_timeout"));
		await until(() => !fs.existsSync(`/proc/${worker}`));
		await until(async () => await metric('siogate_pool_workers_killed_total{pool="queue"}') === killed + 1);
		await c.call("pid");
	},

	// an idle worker that is killed is replaced before anybody notices
	async idle_killed() {
		const c = await Sio.connect({ nsp: "/queue" });
		const [worker] = await c.call("pid");
		const ended = await metric('siogate_pool_workers_ended_total{pool="queue"}');
		process.kill(worker, "SIGKILL");
		await until(async () => await metric('siogate_pool_workers_ended_total{pool="queue"}') > ended);
		const [next] = await c.call("pid");
		assert.notEqual(next, worker);
	},

	// an external pool: over both kinds of address, one of them down
	async external() {
		const c = await Sio.connect({ nsp: "/away" });
		const pids = new Set();
		for (let i = 0; i < 20; i++)
			pids.add((await c.call("pid"))[0]);
		assert(pids.size >= 1);
		assert.equal(await metric('siogate_pool_addresses_down{pool="away"}'), 1);
		assert(await metric('siogate_pool_retried_total{pool="away"}') >= 1);
		assert.equal(await results("away", "unavailable"), 0);
	},

	async all_down() {
		const w = await Ws.open();
		await w.text();
		w.send("40/down,");
		await w.expect('44/down,{"message":"handler_unavailable"}');
	},
});
