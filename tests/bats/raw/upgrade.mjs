// From polling to WebSocket.

import { assert, Conn, Polling, Ws, Sio, frame, http, metric, run, until, upgradeRequest, TEXT, BINARY, PING, PONG } from "./client.mjs";

const RS = "\x1e";
const wsPath = "/socket.io/?EIO=4&transport=websocket";

// A session over polling that has joined.
async function joined() {
	const p = await Polling.open();
	await p.post("40");
	const a = await p.get();
	assert.match(a.body, /^40\{/);
	return p;
}

// The status of an upgrade that is refused.
async function refused(query, headers = {}) {
	const c = new Conn();
	c.write(upgradeRequest(query, headers));
	const a = await c.answer();
	c.destroy();
	return a;
}

await run({
	async direct() {
		const w = await Ws.open();
		const open = await w.text();
		assert.match(open, /^0\{"sid":"/);
		assert.deepEqual(JSON.parse(open.slice(1)).upgrades, []);
		w.send("40");
		assert.match(await w.text(), /^40\{/);
		w.send('421["echo",1]');
		await w.expect("431[1]");
	},

	// frames in the same segment as the request
	async early() {
		const w = await Ws.open({ early: Buffer.concat([frame(TEXT, "40"), frame(TEXT, '421["echo","early"]')]) });
		assert.match(await w.text(), /^0/);
		assert.match(await w.text(), /^40/);
		await w.expect('431["early"]');
	},

	async early_half() {
		const f = frame(TEXT, "40");
		const w = await Ws.open({ early: f.subarray(0, 3) });
		w.write(f.subarray(3));
		assert.match(await w.text(), /^0/);
		assert.match(await w.text(), /^40/);
	},

	async early_error() {
		const w = await Ws.open({ early: frame(TEXT, "40", { mask: false }) });
		await w.closed(1002);
	},

	async upgrade() {
		const p = await joined();
		const held = p.get();
		const w = await Ws.open({ sid: p.sid });
		w.send("2probe");
		await w.expect("3probe");
		assert.equal((await held).body, "6");
		w.send("5");
		w.send('421["echo",1]');
		await w.expect("431[1]");
		const a = await p.get();
		assert.equal(a.status, 400);
		assert.match(a.body, /"code":3/);
		assert.equal(await metric("siogate_connections{transport=\"websocket\",protocol=\"5\"}"), 1);
	},

	// what is sent while the upgrade goes on arrives, once and in order
	async in_flight() {
		const p = await joined();
		await p.post('421["echo",1]');
		const w = await Ws.open({ sid: p.sid });
		w.send("2probe");
		await w.expect("3probe");
		await p.post('422["echo",2]' + RS + '423["echo",3]');
		let got = "";
		got = (await p.get()).body.split(RS);
		await p.post('424["echo",4]');
		w.send("5");
		w.send('425["echo",5]');
		while (!got.includes("435[5]"))
			got.push(await w.text());
		got = got.filter((x) => x !== "6");
		assert.deepEqual(got, ["431[1]", "432[2]", "433[3]", "434[4]", "435[5]"]);
	},

	// binary that waits is sent as frames after the upgrade
	async binary_in_flight() {
		const p = await joined();
		await p.post('451-1["echo",{"_placeholder":true,"num":0}]' + RS + "bAQID");
		const w = await Ws.open({ sid: p.sid });
		w.send("2probe");
		await w.expect("3probe");
		w.send("5");
		await w.expect('461-1[{"_placeholder":true,"num":0}]');
		const f = await w.frame();
		assert.equal(f.op, BINARY);
		assert.equal(f.payload.toString("hex"), "010203");
	},

	async second_upgrade() {
		const p = await joined();
		const w = await Ws.open({ sid: p.sid });
		const a = await refused(`${wsPath}&sid=${p.sid}`);
		assert.equal(a.status, 400);
		assert.match(a.body, /"code":3/);
		w.send("2probe");
		await w.expect("3probe");
		w.send("5");
		w.send('421["echo"]');
		await w.expect("431[]");
		assert.equal((await refused(`${wsPath}&sid=${p.sid}`)).status, 400);
		assert.match((await refused(`${wsPath}&sid=nothing`)).body, /"code":1/);
	},

	// two requests so close that both pass the check: just one may win
	async race() {
		const p = await joined();
		const a = new Conn(), b = new Conn();
		const req = upgradeRequest(`${wsPath}&sid=${p.sid}`);
		a.write(req, frame(TEXT, "2probe"));
		b.write(req, frame(TEXT, "2probe"));
		const won = await until(() => [a, b].find((c) => c.data.includes("3probe")));
		await until(() => [a, b].every((c) => c.data.includes("\r\n\r\n") || c.over));
		assert.equal([a, b].filter((c) => c.data.includes("3probe")).length, 1);
		await p.post('421["echo"]');
		won.write(frame(TEXT, "5"));
		await until(() => won.data.includes("431[]"));
	},

	// a probe that goes wrong leaves the session as it was
	async bad_probe() {
		for (const bad of ["2nonsense", "5", '42["echo"]', "x", ""]) {
			const p = await joined();
			const w = await Ws.open({ sid: p.sid });
			w.send(bad);
			await w.ended();
			await p.post('421["echo",1]');
			assert.equal((await p.get()).body, "431[1]");
		}
		const p = await joined();
		const w = await Ws.open({ sid: p.sid });
		w.write(frame(BINARY, "abc"));
		await w.ended();
		await p.post("3");
		const w2 = await Ws.open({ sid: p.sid });
		w2.destroy();
		await p.post('421["echo",1]');
		assert.equal((await p.get()).body, "431[1]");
		// and another attempt may follow
		await until(async () => {
			const w3 = await Ws.open({ sid: p.sid, ok: false });
			if (w3.response.status !== 101)
				return false;
			w3.send("2probe");
			await w3.expect("3probe");
			return true;
		});
	},

	// the session ends while the probe is under way
	async session_ends() {
		const p = await joined();
		const w = await Ws.open({ sid: p.sid });
		w.send("2probe");
		await w.expect("3probe");
		await p.post("1");
		await w.ended();
		const w2 = await Ws.open({ sid: (await joined()).sid });
		w2.destroy();
	},

	// upgrade_timeout = 200
	async given_up() {
		const p = await joined();
		const w = await Ws.open({ sid: p.sid });
		await w.ended();
		const w2 = await Ws.open({ sid: p.sid });
		w2.send("2probe");
		await w2.expect("3probe");
		await w2.ended();
		await p.post('421["echo",1]');
		let body = "6";
		while (body === "6")
			body = (await p.get()).body;
		assert.equal(body, "431[1]");
	},

	// connect_timeout = 200
	async connect_timeout() {
		const w = await Ws.open();
		assert.match(await w.text(), /^0/);
		await w.closed(1000);
	},

	async version() {
		for (const v of ["8", "0", "14", "x", null]) {
			const a = await refused(wsPath, { "Sec-WebSocket-Version": v });
			assert.equal(a.status, 426, `version ${v}`);
			assert.equal(a.headers["sec-websocket-version"], "13");
		}
	},

	async key() {
		for (const k of [null, "", "x", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ==x", "!!!!IHNhbXBsZSBub25jZQ=="]) {
			const a = await refused(wsPath, { "Sec-WebSocket-Key": k });
			assert.equal(a.status, 400, `key ${k}`);
			assert.match(a.body, /"code":3/);
		}
	},

	async tokens() {
		for (const headers of [{ Upgrade: "WebSocket", Connection: "keep-alive, Upgrade" }, { Connection: "upgrade" }]) {
			const w = await Ws.open({ headers });
			assert.match(await w.text(), /^0/);
			w.destroy();
		}
		for (const headers of [{ Upgrade: "websockets" }, { Upgrade: "h2c" }, { Connection: "close" }, { Connection: "upgraded" }])
			assert.equal((await refused(wsPath, headers)).status, 400);
	},

	async post_upgrade() {
		const c = new Conn();
		c.write(upgradeRequest(wsPath).replace("GET", "POST"));
		assert.equal((await c.answer()).status, 400);
	},
});
