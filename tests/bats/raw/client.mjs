// A client on bare TCP, for tests: HTTP requests, WebSocket frames that need
// not be right, and Socket.IO packets on top.

import assert from "node:assert/strict";
import crypto from "node:crypto";
import net from "node:net";
import zlib from "node:zlib";

export { assert };

const port = Number(process.env.PORT);
const path = "/socket.io/?EIO=4&transport=";

export const TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10, CONT = 0;

// One frame, as wrong as asked for.
export function frame(op, payload = "", o = {}) {
	const data = Buffer.from(payload);
	const { fin = true, mask = true, rsv = 0, length = data.length, long = 0 } = o;
	const m = mask ? 0x80 : 0;
	let head;
	if (length > 65535 || long === 8) {
		head = Buffer.alloc(10);
		head[1] = m | 127;
		head.writeBigUInt64BE(BigInt(length), 2);
	} else if (length > 125 || long === 2) {
		head = Buffer.alloc(4);
		head[1] = m | 126;
		head.writeUInt16BE(length, 2);
	} else {
		head = Buffer.from([0, m | length]);
	}
	head[0] = (fin ? 0x80 : 0) | (rsv << 4) | op;
	if (!mask)
		return Buffer.concat([head, data]);
	const key = crypto.randomBytes(4);
	for (let i = 0; i < data.length; i++)
		data[i] ^= key[i & 3];
	return Buffer.concat([head, key, data]);
}

// A compressed message.
export function inflate(data) {
	return zlib.inflateRawSync(Buffer.concat([data, Buffer.from([0, 0, 255, 255])]),
		{ finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString();
}

// A connection with what has come and has not been read yet.
export class Conn {
	constructor(options = {}) {
		this.data = Buffer.alloc(0);
		this.waiting = null;
		this.over = false;
		this.socket = net.connect({ host: "127.0.0.1", port, allowHalfOpen: true, ...options });
		this.socket.setNoDelay(true);
		this.socket.on("data", (d) => { this.data = Buffer.concat([this.data, d]); this.wake(); });
		this.socket.on("error", (e) => { this.error = e; this.over = true; this.wake(); });
		this.socket.on("end", () => { this.over = true; this.wake(); });
		this.socket.on("close", () => { this.over = true; this.wake(); });
	}

	wake() {
		const w = this.waiting;
		this.waiting = null;
		if (w)
			w();
	}

	write(...parts) {
		this.socket.write(Buffer.concat(parts.map((p) => Buffer.from(p))));
	}

	// Waits for the next bytes, or the end.
	async more() {
		assert(!this.over, `the connection has ended, with ${JSON.stringify(this.data.toString("latin1"))} unread`);
		await new Promise((resolve) => { this.waiting = resolve; });
	}

	async take(n) {
		while (this.data.length < n)
			await this.more();
		const out = this.data.subarray(0, n);
		this.data = this.data.subarray(n);
		return out;
	}

	async until(mark) {
		let at;
		while ((at = this.data.indexOf(mark)) === -1)
			await this.more();
		return this.take(at + mark.length);
	}

	// Waits until the peer has closed; what it sent before is returned.
	async end() {
		while (!this.over)
			await this.more();
		return this.data.toString("latin1");
	}

	destroy() {
		this.socket.destroy();
	}

	// Reads an HTTP answer.
	async answer() {
		const head = (await this.until("\r\n\r\n")).toString("latin1");
		const [first, ...lines] = head.trimEnd().split("\r\n");
		const headers = {};
		for (const line of lines) {
			const i = line.indexOf(":");
			headers[line.slice(0, i).toLowerCase()] = line.slice(i + 1).trim();
		}
		const status = Number(first.split(" ")[1]);
		let body = "";
		if (status !== 101 && headers["content-length"])
			body = (await this.take(Number(headers["content-length"]))).toString();
		return { status, headers, body };
	}
}

// One HTTP request on a connection of its own.
export async function http(method, query, body = null, headers = {}) {
	const c = new Conn();
	const lines = [`${method} ${query} HTTP/1.1`, "Host: x"];
	for (const [k, v] of Object.entries(headers))
		lines.push(`${k}: ${v}`);
	if (body !== null)
		lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
	c.write(lines.join("\r\n") + "\r\n\r\n", body ?? "");
	const a = await c.answer();
	c.destroy();
	return a;
}

// A session over polling.
export class Polling {
	static async open() {
		const p = new Polling();
		const a = await http("GET", path + "polling");
		assert.equal(a.status, 200);
		p.sid = JSON.parse(a.body.slice(1)).sid;
		return p;
	}

	get query() {
		return `${path}polling&sid=${this.sid}`;
	}

	get() {
		return http("GET", this.query);
	}

	async post(body) {
		const a = await http("POST", this.query, body, { "Content-Type": "text/plain" });
		assert.equal(a.status, 200);
	}
}

export function upgradeRequest(query, headers = {}) {
	const all = { Host: "x", Upgrade: "websocket", Connection: "Upgrade",
		"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", ...headers };
	const lines = Object.entries(all).filter(([, v]) => v !== null).map(([k, v]) => `${k}: ${v}`);
	return `GET ${query} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

// A WebSocket; the answer to its request is in this.response.
export class Ws extends Conn {
	static async open({ sid = null, headers = {}, early = "", ok = true, options = {} } = {}) {
		const w = new Ws(options);
		w.write(upgradeRequest(path + "websocket" + (sid ? `&sid=${sid}` : ""), headers), early);
		w.response = await w.answer();
		if (ok) {
			assert.equal(w.response.status, 101);
			assert.equal(w.response.headers["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
		}
		return w;
	}

	send(text) {
		this.write(frame(TEXT, text));
	}

	// The next frame.
	async frame() {
		const head = await this.take(2);
		assert.equal(head[1] & 0x80, 0, "a server does not mask");
		let n = head[1] & 127;
		if (n === 126)
			n = (await this.take(2)).readUInt16BE();
		else if (n === 127)
			n = Number((await this.take(8)).readBigUInt64BE());
		const payload = await this.take(n);
		return { fin: !!(head[0] & 0x80), rsv: (head[0] >> 4) & 7, op: head[0] & 15, payload };
	}

	// The next text message.
	async text() {
		const f = await this.frame();
		assert.equal(f.op, TEXT, `a text was expected, not ${f.op} ${f.payload.toString("hex")}`);
		assert(f.fin);
		return f.rsv === 4 ? inflate(f.payload) : f.payload.toString();
	}

	// The next text messages, one by one.
	async expect(...texts) {
		for (const t of texts)
			assert.equal(await this.text(), t);
	}

	// The close frame that comes next, and then the end of the connection.
	async closed(code) {
		const f = await this.frame();
		assert.equal(f.op, CLOSE, `a close frame was expected, not ${f.payload}`);
		assert.equal(f.payload.length >= 2 ? f.payload.readUInt16BE() : 1005, code);
		this.socket.end(frame(CLOSE, f.payload));
		assert.equal(await this.end(), "");
		this.destroy();
	}

	// The connection ends without another message but maybe a close frame.
	async ended() {
		const rest = Buffer.from(await this.end(), "latin1");
		assert(rest.length === 0 || (rest[0] & 15) === CLOSE, `it sent ${rest}`);
		this.destroy();
	}
}

// A Socket.IO client over a WebSocket, in one namespace.
export class Sio extends Ws {
	static async connect({ nsp = "/", auth = null, ...o } = {}) {
		const c = Object.setPrototypeOf(await Ws.open(o), Sio.prototype);
		c.hello = JSON.parse((await c.text()).slice(1));
		c.ids = {};
		c.n = 100;
		await c.join(nsp, auth);
		return c;
	}

	async join(nsp, auth = null) {
		this.nsp = nsp;
		this.prefix = nsp === "/" ? "" : nsp + ",";
		this.send("40" + this.prefix + (auth ? JSON.stringify(auth) : ""));
		const answer = await this.text();
		assert(answer.startsWith("40" + this.prefix + "{"), `joining was answered with ${answer}`);
		this.sid = JSON.parse(answer.slice(2 + this.prefix.length)).sid;
		this.ids[nsp] = this.sid;
	}

	emit(...args) {
		this.send("42" + this.prefix + JSON.stringify(args));
	}

	// Has the handler carry out action lines.
	act(...lines) {
		this.emit("act", ...lines);
	}

	// The next event, as an array.
	async event() {
		const t = await this.text();
		assert(t.startsWith("42" + this.prefix + "["), `an event was expected, not ${t}`);
		return JSON.parse(t.slice(2 + this.prefix.length));
	}

	// Expects these events, and nothing between.
	async events(...list) {
		for (const e of list)
			assert.deepEqual(await this.event(), e);
	}

	// Calls an event and returns its acknowledgement's arguments; nothing
	// else may come before.
	async call(...args) {
		const id = this.n++;
		this.send(`42${this.prefix}${id}${JSON.stringify(args)}`);
		const t = await this.text();
		const head = `43${this.prefix}${id}`;
		assert(t.startsWith(head), `an acknowledgement was expected, not ${t}`);
		return JSON.parse(t.slice(head.length));
	}

	// All that was sent before has been handled, and nothing has come.
	async quiet() {
		assert.deepEqual(await this.call("act", { ack: ["quiet"] }), ["quiet"]);
	}

	// The state that the handler sees.
	async seen() {
		await this.quiet();
	}

	async bye() {
		this.destroy();
	}
}

// Asks the control API.
export async function control(path, body = null) {
	const c = new Conn({ path: process.env.CONTROL, host: undefined, port: undefined });
	c.write(`${body === null ? "GET" : "POST"} ${path} HTTP/1.1\r\nHost: x\r\n` +
		(body === null ? "" : `Content-Length: ${Buffer.byteLength(body)}\r\n`) + "\r\n" + (body ?? ""));
	const a = await c.answer();
	c.destroy();
	return a.body;
}

// The value of a metric.
export async function metric(name) {
	const line = (await control("/metrics")).split("\n").find((l) => l.startsWith(name + " "));
	return Number(line.slice(name.length + 1));
}

// Waits until fn returns something true.
export async function until(fn) {
	for (;;) {
		const value = await fn();
		if (value)
			return value;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

// Runs the test that the command line names, 20 seconds at most.
export async function run(tests) {
	const [name, ...args] = process.argv.slice(2);
	setTimeout(() => { console.error(`${name}: time is up`); process.exit(1); }, 20000).unref();
	try {
		assert(tests[name], `there is no test ${name}`);
		await tests[name](...args);
		process.exit(0);
	} catch (e) {
		console.error(`${name}: ${e.stack}`);
		process.exit(1);
	}
}
