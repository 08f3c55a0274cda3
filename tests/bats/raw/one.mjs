// A client that sends one event and prints what comes back until it has been
// handled:
//
//	one act LINE...		action lines for the actor handler
//	one emit NAME ARG...	an event; prints up to the first answer
//	one call NAME ARG...	an event; waits until it has been handled
//	one stay FILE		joins, makes the file, and stays until it is ended

import fs from "node:fs";

import { CLOSE, Sio, run } from "./client.mjs";

const nsp = process.env.NSP ?? "/";

await run({
	async act(...lines) {
		const c = await Sio.connect({ nsp });
		c.send(`42${c.prefix}["act",${lines.join(",")}]`);
		c.send(`42${c.prefix}999["act",{"ack":[]}]`);
		for (let t; (t = await c.text()) !== `43${c.prefix}999[]`;)
			console.log(t);
	},

	async emit(name, ...args) {
		const c = await Sio.connect({ nsp });
		c.send(`42${c.prefix}1[${[JSON.stringify(name), ...args].join(",")}]`);
		console.log(await c.text());
	},

	async call(name, ...args) {
		const c = await Sio.connect({ nsp });
		c.send(`42${c.prefix}[${[JSON.stringify(name), ...args].join(",")}]`);
		await c.quiet();
	},

	async stay(file) {
		const c = await Sio.connect({ nsp });
		fs.writeFileSync(file + ".new", c.sid);
		fs.renameSync(file + ".new", file);
		for (;;) {
			const f = await c.frame();
			console.log(f.op === CLOSE ? `closed ${f.payload.readUInt16BE()}` : f.payload.toString());
		}
	},
});
