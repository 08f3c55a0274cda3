// Socket.IO packets, right and wrong. Works against the actor handler in "/"
// and "/chat", with max_depth = 10, max_attachments = 3, max_namespaces = 3.

import { assert, Sio, Ws, frame, metric, run, until, BINARY } from "./client.mjs";

const errors = (kind) => metric(`siogate_errors_total{kind="${kind}"}`);

// The packet ends the connection, and is counted as this kind of mistake.
async function breaks(kind, ...packets) {
	const before = await errors(kind);
	const c = await Sio.connect();
	for (const p of packets)
		typeof p === "string" ? c.send(p) : c.write(frame(BINARY, p));
	await c.ended();
	assert.equal(await errors(kind), before + 1, `${kind}: ${packets}`);
}

const act = (line) => `42["act",${line}]`;

await run({
	async syntax() {
		for (const p of ["4", "4x", "47", "49", "", "9", "x"])
			await breaks("syntax", p);
		await breaks("json", "428x");
		await breaks("syntax", '4299999999999999999999["a"]');
		await breaks("syntax", '43["a"]');
	},

	async json() {
		for (const j of ["[", "[1,]", "['a']", '["a",]', '["a" 1]', '["a",01]', '["a",1.]', '["a",NaN]',
			'["a",tru]', '["\\x"]', '["\\u12"]', '["a\u0001"]', '["a"]x', '["a"][1]', '["a",{"b"}]', '["a",{1:2}]'])
			await breaks("json", "42" + j);
	},

	async depth() {
		const nest = (n) => "[".repeat(n) + "]".repeat(n);
		await breaks("depth", `42["act",${nest(10)}]`);
		await breaks("depth", `42["act",${nest(100000)}]`);
		await breaks("depth", '42["act",' + '{"a":'.repeat(50000) + "1" + "}".repeat(50000) + "]");
		const c = await Sio.connect();
		c.send(`42["nothing",${nest(9)}]`);
		await c.quiet();
	},

	async payload() {
		for (const p of ["42", "42{}", "42[]", "42null", '42["connect"]', '42["disconnect"]', '42["newListener"]',
			'42["removeListener"]', '42["connect_error"]', '42["disconnecting"]', '42["\\u0063onnect"]',
			"42[null]", "42[{}]", "42[true]", "431", "431{}", "41{}", "40[1]", '40"x"'])
			await breaks("payload", p);
	},

	async not_joined() {
		await breaks("state", '42/chat,["act"]');
		await breaks("state", "41/chat,");
		await breaks("state", "43/chat,1[]");
		await breaks("state", '42/nowhere,["act"]');
		const before = await errors("state");
		const w = await Ws.open();
		await w.text();
		w.send('42["act"]');
		await w.ended();
		assert.equal(await errors("state"), before + 1);
	},

	async double_connect() {
		await breaks("state", "40");
		// while the first is still asked about
		const w = await Ws.open();
		await w.text();
		w.write(frame(1, "40"), frame(1, "40"));
		await w.ended();
	},

	// a client has no business sending these
	async server_packets() {
		await breaks("state", '44{"message":"x"}');
		await breaks("state", "2");
		await breaks("state", "2probe");
		const c = await Sio.connect();
		for (const p of ["0", "6", "3", "3probe", "5"])
			c.send(p);
		await c.quiet();
	},

	async unasked_ack() {
		const before = await errors("unasked_ack");
		const c = await Sio.connect();
		c.send("43999[]");
		await c.quiet();
		assert.equal(await errors("unasked_ack"), before + 1);
	},

	async attachments() {
		const one = '451-["act",{"_placeholder":true,"num":0}]';
		await breaks("attachments", '454-["act",{"_placeholder":true,"num":0}]');
		await breaks("attachments", '450-["act"]');
		await breaks("attachments", '4599999999999-["act"]');
		await breaks("syntax", '45["act"]');
		await breaks("syntax", '451["act"]');
		// text where an attachment is due; bytes that nobody announced
		await breaks("attachments", one, '42["act"]');
		await breaks("attachments", Buffer.from([1]));
		// placeholders that fit none
		await breaks("attachments", '451-["act",{"_placeholder":true,"num":1}]', Buffer.from([1]));
		await breaks("attachments", '451-["act",{"_placeholder":true,"num":-1}]', Buffer.from([1]));
		await breaks("attachments", '451-["act",{"_placeholder":true,"num":"0"}]', Buffer.from([1]));
		await breaks("attachments", '451-["act",{"_placeholder":true,"num":4294967296}]', Buffer.from([1]));
	},

	// the session is dropped while attachments are due
	async attachments_missing() {
		const c = await Sio.connect();
		c.send('452-["act",{"_placeholder":true,"num":0}]');
		c.write(frame(BINARY, "x"));
		c.destroy();
		const d = await Sio.connect();
		await d.quiet();
	},

	// many placeholders for one attachment must not make a mountain of it
	async attachment_bomb() {
		const c = await Sio.connect();
		const p = '{"_placeholder":true,"num":0}';
		c.send(`451-["nothing"${("," + p).repeat(20000)}]`);
		c.write(frame(BINARY, Buffer.alloc(300000)));
		await c.ended();
	},

	async namespaces() {
		for (const n of ["/x\u0001y", "/" + "x".repeat(300), "/\u007f"])
			await breaks("namespace_name", `40${n},`);
		const c = await Sio.connect();
		c.send("40/chat");
		assert.match(await c.text(), /^40\/chat,\{/);
		c.send('40/d\u00e9j\u00e0?vu=1,{"a":1}');
		await c.expect('44/d\u00e9j\u00e0,{"message":"Invalid namespace"}');
		c.send("40/third,");
		assert.match(await c.text(), /^40\/third,\{/);
		c.send("40/fourth,");
		await c.expect('44/fourth,{"message":"Too many namespaces"}');
		c.send("41/third,");
		c.send("40/fourth,");
		assert.match(await c.text(), /^40\/fourth,\{/);
	},

	async numbers() {
		const c = await Sio.connect();
		for (const n of ["12345678901234567890123456789", "-9223372036854775809", "1.0", "1.10", "0.1e1", "-0", "1E400",
			"1e-999", "9007199254740993", '{"b":1.0,"a":1,"b":2}', '"\\u0041\\/\\u00e9"', '"\\ud800"', '"\\u0000"',
			'"\\ud83d\\ude00"', '"\ufeff"', '{"":{"__proto__":1}}', '{"$bytes":1}', '{"_placeholder":true,"num":0}']) {
			c.send(act(`{"emit":"same","args":[${n},[${n}]]}`));
			await c.expect(`42["same",${n},[${n}]]`);
			c.send(`421["act",{"ack":[${n}]}]`);
			await c.expect(`431[${n}]`);
		}
	},

	async newlines() {
		const c = await Sio.connect();
		c.send('42\r\n[\n"act"\r\n,\n{"emit":\n"same","args":[1,\r\n{"a":\n"\\n"}]}\n]\n');
		const t = await c.text();
		assert.equal(t.replace(/ /g, ""), '42["same",1,{"a":"\\n"}]');
		assert(!/[\r\n]/.test(t));
		const w = await Ws.open();
		await w.text();
		w.send('40{"act":\n[{"emit":"auth"}],\r\n"x":1}');
		assert.match(await w.text(), /^40\{/);
		await w.expect('42["auth"]');
	},

	async event_names() {
		const c = await Sio.connect();
		// a number is taken as text
		c.send("421[5]");
		c.send('421["\\u0061ct",{"emit":"named"}]');
		await c.expect('42["named"]');
		for (const name of ['"a\\u0000b"', '"\\ud800"']) {
			c.send(`42[${name}]`);
			const e = await c.event();
			assert.equal(e[0], "error");
			assert.equal(e[1], "unallowed_event_name");
		}
		c.send('42[""]');
		c.send('42["' + "x".repeat(50000) + '"]');
		c.send('42["a\\nb\\u2028\\"\\\\=\\r"]');
		c.send('42["constructor"]');
		await c.quiet();
	},

	async duplicate_keys() {
		const c = await Sio.connect();
		c.send(act('{"emit":"x","emit":"y"}'));
		c.send(act('{"emit":"z","volatile":false,"args":[1],"args":[2]}'));
		await c.expect('42["z",2]');
	},

	async big_event() {
		const c = await Sio.connect();
		const text = "\u20ac".repeat(300000);
		c.send(act(`{"emit":"big","args":["${text}"]}`));
		await c.expect(`42["big","${text}"]`);
	},

	async ids() {
		const c = await Sio.connect();
		for (const id of ["0", "1", "9007199254740991"]) {
			c.send(`42${id}["act",{"ack":[]}]`);
			await c.expect(`43${id}[]`);
		}
		await breaks("syntax", '429007199254740992["act"]');
	},

	async binary_deep() {
		const c = await Sio.connect();
		c.send('453-9["act",{"ack":[{"a":[{"_placeholder":true,"num":2}]},{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]}]');
		for (const b of ["zero", "", "two"])
			c.write(frame(BINARY, b));
		await c.expect('463-9[{"a":[{"_placeholder":true,"num":0}]},{"_placeholder":true,"num":1},{"_placeholder":true,"num":2}]');
		for (const b of ["two", "zero", ""])
			assert.equal((await c.frame()).payload.toString(), b);
	},

	async handlers_bytes() {
		const c = await Sio.connect();
		c.act({ emit: "b", args: [{ $bytes: "AAEC" }] });
		await c.expect('451-["b",{"_placeholder":true,"num":0}]');
		assert.equal((await c.frame()).payload.toString("hex"), "000102");
		// not base64, too many, and objects that only look like it
		const before = await metric('siogate_pool_bad_lines_total{pool="p"}');
		c.act({ emit: "b", args: [{ $bytes: "A" }] }, { emit: "b", args: [{ $bytes: "!!!!" }] },
			{ emit: "b", args: Array(4).fill({ $bytes: "AA==" }) });
		await c.quiet();
		assert.equal(await metric('siogate_pool_bad_lines_total{pool="p"}'), before + 3);
		c.act({ emit: "b", args: [{ $bytes: "AA==", x: 1 }] });
		await c.expect('42["b",{"$bytes":"AA==","x":1}]');
	},
});
