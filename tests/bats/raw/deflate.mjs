// permessage-deflate. Works against the echo handler, with
// deflate_threshold = 100 and max_payload = 100000.

import zlib from "node:zlib";

import { assert, Sio, Ws, frame, inflate, run, TEXT, CONT, PING } from "./client.mjs";

const offer = (text = "permessage-deflate") => ({ headers: { "Sec-WebSocket-Extensions": text } });

// Compresses a message as RFC 7692 has it.
function deflate(text) {
	const out = zlib.deflateRawSync(Buffer.from(text), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
	assert.equal(out.subarray(-4).toString("hex"), "0000ffff");
	return out.subarray(0, -4);
}

const long = JSON.stringify(["echo", "hello ".repeat(100)]);

await run({
	async off() {
		const w = await Ws.open(offer());
		assert.equal(w.response.headers["sec-websocket-extensions"], undefined);
	},

	async negotiate() {
		const w = await Ws.open();
		assert.equal(w.response.headers["sec-websocket-extensions"], undefined);
		for (const text of ["permessage-deflate", "permessage-deflate; client_max_window_bits",
			"x-other, permessage-deflate; server_no_context_takeover; client_no_context_takeover",
			"permessage-deflate; nonsense, permessage-deflate"]) {
			const d = await Ws.open(offer(text));
			assert.match(d.response.headers["sec-websocket-extensions"], /^permessage-deflate/, text);
			d.destroy();
		}
		for (const text of ["x-other", "permessage-deflate; nonsense", "permessage-deflate; server_max_window_bits=99", "", ";,=\"", "permessage-deflate2"]) {
			const d = await Ws.open(offer(text));
			assert.equal(d.response.headers["sec-websocket-extensions"], undefined, text);
			d.send("40");
			assert.match(await d.text(), /^0/);
			d.destroy();
		}
	},

	async both_directions() {
		const c = await Sio.connect(offer());
		c.write(frame(TEXT, deflate("421" + long), { rsv: 4 }));
		for (let i = 0; i < 3; i++) {
			const f = await c.frame();
			assert.equal(f.op, TEXT);
			assert.equal(f.rsv, 4);
			assert.equal(inflate(f.payload), "431" + JSON.stringify(JSON.parse(long).slice(1)));
			assert(f.payload.length < 100);
			c.write(frame(TEXT, deflate("421" + long), { rsv: 4 }));
		}
	},

	async small_ones_are_not() {
		const c = await Sio.connect(offer());
		c.send('421["echo",1]');
		const f = await c.frame();
		assert.equal(f.rsv, 0);
		assert.equal(f.payload.toString(), "431[1]");
	},

	async fragments() {
		const c = await Sio.connect(offer());
		const data = deflate('421["echo",1]');
		c.write(frame(TEXT, data.subarray(0, 3), { rsv: 4, fin: false }), frame(PING, "x"), frame(CONT, data.subarray(3)));
		assert.equal((await c.frame()).payload.toString(), "x");
		await c.expect("431[1]");
		c.write(frame(TEXT, data.subarray(0, 3), { rsv: 4, fin: false }), frame(CONT, data.subarray(3), { rsv: 4 }));
		await c.closed(1002);
	},

	// a broadcast reaches those with and those without the extension
	async mixed() {
		const a = await Sio.connect(offer()), b = await Sio.connect();
		a.send("42" + long.replace("echo", "shout"));
		const expected = "42" + long.replace("echo", "shout");
		assert.equal(inflate((await a.frame()).payload), expected);
		await b.expect(expected);
	},

	async bomb() {
		const c = await Sio.connect(offer());
		const data = deflate("4".repeat(50_000_000));
		assert(data.length < 100000);
		c.write(frame(TEXT, data, { rsv: 4 }));
		await c.closed(1009);
	},

	async garbage() {
		const c = await Sio.connect(offer());
		c.write(frame(TEXT, "\xff\xff\xff garbage", { rsv: 4 }));
		const f = await c.frame();
		assert.equal(f.op, 8);
		assert([1002, 1007].includes(f.payload.readUInt16BE()));
	},

	async bad_utf8() {
		const c = await Sio.connect(offer());
		c.write(frame(TEXT, deflate(Buffer.from([0x34, 0x32, 0xff])), { rsv: 4 }));
		await c.closed(1007);
	},

	async control_frames() {
		const c = await Sio.connect(offer());
		c.write(frame(PING, "x", { rsv: 4 }));
		await c.closed(1002);
	},

	async empty() {
		const c = await Sio.connect(offer());
		c.write(frame(TEXT, Buffer.from([0]), { rsv: 4 }));
		await c.ended();
	},
});
