// HTTP as curl does not speak it.

import { assert, Conn, Polling, frame, http, metric, run, until, upgradeRequest } from "./client.mjs";

const eio = "/socket.io/?EIO=4&transport=polling";
const get = (query, ...headers) =>
	[`GET ${query} HTTP/1.1`, "Host: x", ...headers].join("\r\n") + "\r\n\r\n";

await run({
	// needs max_connections = 1
	async too_many() {
		const first = new Conn();
		first.write(get(eio));
		assert.equal((await first.answer()).status, 200);
		const second = new Conn();
		const a = await second.answer();
		assert.equal(a.status, 503);
		assert.equal(a.headers.connection, "close");
		assert.equal(await second.end(), "");
		first.write(get(eio));
		assert.equal((await first.answer()).status, 200);
		first.destroy();
		assert.equal(await metric("siogate_http_connections_refused_total"), 1);
		// there is room again when the first has gone
		await until(async () => {
			const c = new Conn();
			c.write(get(eio));
			const { status } = await c.answer();
			c.destroy();
			return status === 200;
		});
	},

	async keep_alive() {
		const c = new Conn();
		for (let i = 0; i < 3; i++) {
			c.write(get(eio));
			assert.equal((await c.answer()).status, 200);
		}
		c.write(get("/nothing"));
		assert.equal((await c.answer()).status, 404);
		c.write(get(eio));
		assert.equal((await c.answer()).status, 200);
	},

	async pipelining() {
		const c = new Conn();
		c.write(get(eio), get("/nothing"), get(eio), get(eio + "&sid=x"));
		assert.equal((await c.answer()).status, 200);
		assert.equal((await c.answer()).status, 404);
		assert.equal((await c.answer()).status, 200);
		assert.equal((await c.answer()).status, 400);
	},

	// POST and GET in one segment, the GET is held until a push
	async pipelined_session() {
		const p = await Polling.open();
		const c = new Conn();
		c.write(`POST ${p.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n40`, get(p.query));
		assert.equal((await c.answer()).body, "ok");
		assert.match((await c.answer()).body, /^40\{"sid":/);
	},

	async byte_by_byte() {
		const p = await Polling.open();
		const c = new Conn();
		const text = `POST ${p.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n40`;
		for (const ch of text) {
			c.write(ch);
			await new Promise(setImmediate);
		}
		assert.equal((await c.answer()).body, "ok");
	},

	async chunked() {
		const p = await Polling.open();
		const c = new Conn();
		c.write(`POST ${p.query} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n4\r\n1;x=y\r\n0\r\n0\r\n\r\n`);
		assert.equal((await c.answer()).body, "ok");
		assert.match((await p.get()).body, /^40\{/);
	},

	// needs max_payload = 1000
	async chunked_too_large() {
		const p = await Polling.open();
		const c = new Conn();
		c.write(`POST ${p.query} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
		for (let i = 0; i < 30; i++)
			c.write("64\r\n", "x".repeat(100), "\r\n");
		c.write("0\r\n\r\n");
		assert.equal((await c.answer()).status, 413);
		await c.end();
	},

	async http10() {
		const c = new Conn();
		c.write(`GET ${eio} HTTP/1.0\r\n\r\n`);
		const a = await c.answer();
		assert.equal(a.status, 200);
		assert.match(a.body, /^0\{"sid"/);
		assert.equal(await c.end(), "");
	},

	async http10_upgrade() {
		const c = new Conn();
		c.write(upgradeRequest("/socket.io/?EIO=4&transport=websocket").replace("HTTP/1.1", "HTTP/1.0"));
		const rest = await c.end();
		assert.match(rest, /^(HTTP\/1\.[01] 4\d\d |$)/);
	},

	async no_host() {
		const c = new Conn();
		c.write(`GET ${eio} HTTP/1.1\r\n\r\n`);
		assert.equal((await c.answer()).status, 400);
	},

	// more headers than fit: refused or closed, and nothing else happens
	async header_flood() {
		const c = new Conn();
		c.write("GET / HTTP/1.1\r\nHost: x\r\n");
		for (let i = 0; i < 3000; i++)
			c.write(`X-Header-${i}: ${"y".repeat(50)}\r\n`);
		c.write("\r\n");
		const answer = await c.end();
		assert.match(answer, /^(HTTP\/1\.1 (431|413|414) |$)/);
	},

	async long_target() {
		const c = new Conn();
		c.write(`GET /${"x".repeat(100000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
		assert.match(await c.end(), /^(HTTP\/1\.1 (414|431) |$)/);
	},

	async garbage() {
		for (const text of ["\0\0\0\0\r\n\r\n", "\r\n\r\n\r\nhello\r\n\r\n", "GET\r\n\r\n",
			"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03garbage\r\n\r\n", "GET / SMTP/1.0\r\n\r\n"]) {
			const c = new Conn();
			c.write(Buffer.from(text, "latin1"));
			c.socket.end();
			assert.match(await c.end(), /^(HTTP\/1\.[01] [45]\d\d |$)/);
		}
	},

	async both_lengths() {
		const p = await Polling.open();
		const c = new Conn();
		c.write(`POST ${p.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n40\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n`);
		c.socket.end();
		const rest = await c.end();
		// one request was answered, or it was refused; none was smuggled in
		assert.match(rest, /^(HTTP\/1\.1 [24]\d\d |$)/);
		assert.equal(rest.split("HTTP/1.1").length, 2, rest);
	},

	async bad_lengths() {
		for (const length of ["-1", "x", "99999999999999999999", "1e3", "+2"]) {
			const p = await Polling.open();
			const c = new Conn();
			c.write(`POST ${p.query} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n40`);
			c.socket.end();
			assert.match(await c.end(), /^(HTTP\/1\.1 4\d\d |$)/, length);
		}
	},

	// header_timeout = 300
	async slow_header() {
		const c = new Conn();
		c.write("GET / HTTP/1.1\r\nHo");
		const timer = setInterval(() => c.write("x"), 50);
		const begun = Date.now();
		await c.end();
		clearInterval(timer);
		assert(Date.now() - begun >= 250);
		assert(await metric("siogate_http_timeouts_total") >= 1);
	},

	// header_timeout = 300: so does a connection that never says anything
	async silent() {
		const c = new Conn();
		assert.equal(await c.end(), "");
	},

	// body_timeout = 300
	async slow_body() {
		const p = await Polling.open();
		const c = new Conn();
		c.write(`POST ${p.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n`);
		const timer = setInterval(() => c.write("x"), 50);
		await c.end();
		clearInterval(timer);
		assert(await metric("siogate_http_timeouts_total") >= 1);
		// the session is none the worse
		await p.post("40");
	},

	// a held poll may take longer than both
	async poll_is_held() {
		const p = await Polling.open();
		await p.post("40");
		await p.get();
		const a = await p.get(); // until the ping
		assert.equal(a.body, "2");
	},

	// the client of a held poll hangs up: its session goes, as it does in
	// the reference server
	async hang_up() {
		const p = await Polling.open();
		await p.post("40");
		await p.get();
		const c = new Conn();
		c.write(get(p.query));
		await until(async () => await metric("siogate_polls_total") >= 3);
		c.destroy();
		await until(async () => await metric("siogate_clients") === 0);
		assert.match((await p.get()).body, /"code":1/);
	},

	// the same, with a connection that is reset
	async hang_up_reset() {
		const p = await Polling.open();
		await p.post("40");
		await p.get();
		const c = new Conn();
		c.write(get(p.query));
		await until(async () => await metric("siogate_polls_total") >= 3);
		c.socket.resetAndDestroy();
		await until(async () => await metric("siogate_clients") === 0);
	},

	// send_timeout = 300: a client that does not take its answer
	async slow_taker() {
		const c = new Conn({ readableHighWaterMark: 1 });
		c.socket.pause();
		c.write(get("/big.bin"));
		await until(async () => await metric("siogate_http_timeouts_total") >= 1);
		c.destroy();
	},

	async duplicate_get() {
		const p = await Polling.open();
		await p.post("40");
		await p.get();
		const polls = await metric("siogate_polls_total");
		const first = p.get();
		await until(async () => await metric("siogate_polls_total") > polls);
		const second = await p.get();
		assert.equal(second.status, 400);
		assert.match(second.body, /"code":3/);
		assert.equal((await first).body, "1");
		assert.match((await p.get()).body, /"code":1/);
	},

	// a second POST while the first is still on its way: it is held back
	// because max_waiting is 1 and the handler is busy
	async duplicate_post(file) {
		const p = await Polling.open();
		await p.post("40");
		await p.get();
		await p.post('42["hold","' + file + '"]');
		const requests = await metric("siogate_http_requests_total");
		const first = http("POST", p.query, '42["act"]');
		await until(async () => await metric("siogate_http_requests_total") > requests);
		const second = await http("POST", p.query, "3");
		assert.equal(second.status, 400);
		assert.match(second.body, /"code":3/);
		await first;
		assert.match((await p.get()).body, /"code":1/);
	},
});
