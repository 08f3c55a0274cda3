// WebSocket frames, right and wrong. Works against the echo handler.

import { assert, Ws, Sio, frame, metric, run, until, TEXT, BINARY, CLOSE, PING, PONG, CONT } from "./client.mjs";

// A client that has joined "/".
const joined = (o) => Sio.connect(o);

// What is sent closes the connection with this code.
async function breaks(code, ...parts) {
	const errors = await metric("siogate_websocket_errors_total");
	const c = await joined();
	c.write(...parts);
	await c.closed(code);
	assert.equal(await metric("siogate_websocket_errors_total"), errors + 1);
}

// What is sent does no harm.
async function passes(c, ...parts) {
	c.write(...parts);
	c.send('421["echo","still here"]');
	await c.expect('431["still here"]');
}

const close = (code, reason = "") => {
	const b = Buffer.alloc(2 + Buffer.byteLength(reason));
	b.writeUInt16BE(code);
	b.write(reason, 2);
	return b;
};

await run({
	async unmasked() {
		await breaks(1002, frame(TEXT, '42["echo"]', { mask: false }));
		await breaks(1002, frame(PING, "", { mask: false }));
	},

	async rsv() {
		for (const rsv of [1, 2, 4, 7])
			await breaks(1002, frame(TEXT, "3", { rsv }));
		await breaks(1002, frame(PING, "", { rsv: 4 }));
	},

	async opcodes() {
		for (const op of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
			await breaks(1002, frame(op, "x"));
	},

	async control() {
		await breaks(1002, frame(PING, "x", { fin: false }));
		await breaks(1002, frame(CLOSE, close(1000), { fin: false }));
		await breaks(1002, frame(PING, "x".repeat(126)));
		await breaks(1002, frame(PONG, "x".repeat(70000)));
	},

	async continuation() {
		await breaks(1002, frame(CONT, "x"));
		await breaks(1002, frame(TEXT, "4", { fin: false }), frame(TEXT, "2"));
		await breaks(1002, frame(TEXT, "4", { fin: false }), frame(BINARY, "2"));
	},

	async lengths() {
		// not the shortest form, and a length with its highest bit set
		await breaks(1002, frame(TEXT, "3", { long: 2 }));
		await breaks(1002, frame(TEXT, "3", { long: 8 }));
		const huge = Buffer.from(frame(TEXT, "", { long: 8 }));
		huge[2] = 0x80;
		await breaks(1002, huge);
	},

	// max_payload = 100000
	async too_big() {
		await breaks(1009, frame(TEXT, "", { length: 100001 }));
		const half = "x".repeat(60000);
		await breaks(1009, frame(TEXT, half, { fin: false }), frame(CONT, half));
		const many = [frame(TEXT, "", { fin: false })];
		await breaks(1009, ...many, frame(CONT, "", { length: 2 ** 40 }));
		const c = await joined();
		const text = `421["echo","${"x".repeat(100000 - 14)}"]`;
		assert.equal(text.length, 100000);
		c.send(text);
		assert.equal((await c.text()).length, 100000 - 7);
	},

	async utf8() {
		for (const bytes of ["ff", "c3", "c080", "eda080", "f4908080", "e282"])
			await breaks(1007, frame(TEXT, Buffer.concat([Buffer.from('42["echo","'), Buffer.from(bytes, "hex"), Buffer.from('"]')])));
		// cut at the end of the message
		await breaks(1007, frame(TEXT, Buffer.from([0x34, 0xc3])));
		// seen before the message is complete
		await breaks(1007, frame(TEXT, Buffer.from([0x34, 0xff]), { fin: false }), frame(CONT, "x"));
	},

	async close_codes() {
		for (const code of [1000, 1001, 1003, 1007, 1011, 3000, 4999]) {
			const c = await joined();
			c.write(frame(CLOSE, close(code, "bye")));
			await c.closed(code);
		}
		const c = await joined();
		c.write(frame(CLOSE));
		const f = await c.frame();
		assert.equal(f.op, CLOSE);
		assert([0, 2].includes(f.payload.length));
		assert.equal(await c.end(), "");
	},

	async bad_close() {
		for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535])
			await breaks(1002, frame(CLOSE, close(code)));
		await breaks(1002, frame(CLOSE, "x"));
		await breaks(1007, frame(CLOSE, Buffer.concat([close(1000), Buffer.from([0xff])])));
	},

	// nothing is answered that comes behind a close frame
	async after_close() {
		const c = await joined();
		c.write(frame(CLOSE, close(1000)), frame(TEXT, '421["echo"]'), frame(PING, "x"));
		await c.closed(1000);
	},

	async ping() {
		const c = await joined();
		for (const payload of ["", "hello", "x".repeat(125)]) {
			c.write(frame(PING, payload));
			const f = await c.frame();
			assert.equal(f.op, PONG);
			assert.equal(f.payload.toString(), payload);
		}
		await passes(c, frame(PONG, "nobody asked"));
	},

	// 10,000 pings at once cost no more than their answers
	async ping_flood() {
		const c = await joined();
		c.write(...Array(10000).fill(frame(PING, "x".repeat(100))));
		let n = 0;
		for (; n < 10000; n++)
			assert.equal((await c.frame()).op, PONG);
		await passes(c);
	},

	async fragments() {
		const c = await joined();
		const text = '421["echo","\u00e9\u20ac\ud83d\ude00"]';
		const bytes = Buffer.from(text);
		for (let cut = 0; cut <= bytes.length; cut++) {
			c.write(frame(TEXT, bytes.subarray(0, cut), { fin: false }),
				frame(PING, String(cut)),
				frame(CONT, bytes.subarray(cut)));
			const f = await c.frame();
			assert.equal(f.op, PONG);
			assert.equal(f.payload.toString(), String(cut));
			await c.expect('431["\u00e9\u20ac\ud83d\ude00"]');
		}
		// one byte in each, with empty ones between
		const parts = [...bytes].map((b) => [frame(CONT, Buffer.from([b]), { fin: false }), frame(CONT, "", { fin: false })]).flat();
		c.write(frame(TEXT, "", { fin: false }), ...parts, frame(CONT, ""));
		await c.expect('431["\u00e9\u20ac\ud83d\ude00"]');
	},

	async byte_by_byte() {
		const c = await joined();
		for (const b of Buffer.concat([frame(TEXT, '421["echo",1]'), frame(PING, "p")])) {
			c.write([b]);
			await new Promise(setImmediate);
		}
		const ops = [(await c.frame()).op, (await c.frame()).op];
		assert.deepEqual(ops.sort(), [TEXT, PONG]);
	},

	// the client shuts down its side and still gets what it asked for, or at
	// least an orderly end; the session is over
	async half_close() {
		const c = await joined();
		c.socket.end();
		await c.end();
		await until(async () => await metric("siogate_clients") === 0);
	},

	async reset() {
		const c = await joined();
		c.send('421["echo"]');
		c.socket.resetAndDestroy();
		await until(async () => await metric("siogate_clients") === 0);
	},

	async cut_frame() {
		const c = await joined();
		c.write(frame(TEXT, "4", { length: 5000 }));
		c.socket.end();
		await c.end();
		await until(async () => await metric("siogate_clients") === 0);
	},

	async binary_frames() {
		const c = await joined();
		c.send('451-1["echo",{"_placeholder":true,"num":0}]');
		c.write(frame(BINARY, Buffer.from([0, 1, 255])));
		await c.expect('461-1[{"_placeholder":true,"num":0}]');
		const f = await c.frame();
		assert.equal(f.op, BINARY);
		assert.equal(f.payload.toString("hex"), "0001ff");
	},

	// max_queue = 1M: a client that does not read is closed, and counted
	async slow_reader() {
		const before = await metric("siogate_slow_clients_closed_total");
		const slow = await joined();
		slow.socket.pause();
		const c = await joined();
		const text = "x".repeat(90000);
		await until(async () => {
			for (let i = 0; i < 20; i++) {
				c.send(`42["shout","${text}"]`);
				await c.text();
			}
			return await metric("siogate_slow_clients_closed_total") > before;
		});
		assert.equal(await metric("siogate_slow_clients_closed_total"), before + 1);
		c.send('421["echo"]');
		await c.expect("431[]");
		slow.destroy();
		await until(async () => await metric("siogate_clients") === 1);
	},
});
