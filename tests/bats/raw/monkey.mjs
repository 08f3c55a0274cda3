// monkey: clients that misbehave in every way they can think of, for a while.
//
//	node monkey.mjs PORT SECONDS [SEED]
//
// Polling and WebSocket sessions with sound, broken and cut packets and frames,
// requests in pieces, sids of others, upgrades that go wrong, connections that
// end anywhere. Prints how many were made, and the seed. What is asked of the
// gateway is only that it lives and forgets them all; the caller looks at that.

import net from 'node:net';

const port = Number(process.argv[2]);
const end = Date.now() + Number(process.argv[3]) * 1000;
const seed = Number(process.argv[4] ?? (Date.now() % 2 ** 31));

// A small generator (mulberry32), so that a seed gives the same clients again.
let state = seed;
function random() {
	state = (state + 0x6d2b79f5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const noise = (n) => Buffer.from(Array.from({ length: n }, () => below(256)));

let made = 0;
const sids = []; // of sessions that were seen

const packets = [
	'40', '40/chat,{"a":1}', '40/none,', '41', '41/chat,',
	'42["echo",1,"ü😀"]', '421["echo",{"a":[1,2,{"b":null}]}]',
	'42/chat,5["add",1,2]', '42["nosuch"]', '42["connect"]',
	'42["a\\u0000b"]', '42["shout","here I am"]',
	'451-["echo",{"_placeholder":true,"num":0}]',
	'452-3["echo",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]',
	'461-9["z",{"_placeholder":true,"num":0}]', '430["y"]', '43["x"]', '44{}',
	'0', '1', '2', '3', '4', '5', '6', '2probe', 'bAAEC', 'b!!',
];

function packet() {
	switch (below(12)) {
	case 0:
		return `42["shout","${'x'.repeat(below(3000))}"]`;
	case 1:
		return '42' + '['.repeat(below(100));
	case 2:
		return '4' + noise(below(20)).toString('latin1');
	default:
		return pick(packets);
	}
}

// Changes a byte, or cuts the end off, now and then.
function spoil(text) {
	const bytes = Buffer.from(text);
	if (below(4) === 0 && bytes.length)
		bytes[below(bytes.length)] = below(256);
	return below(6) === 0 ? bytes.subarray(0, below(bytes.length + 1)) : bytes;
}

function frame(opcode, payload, { fin = true, rsv = 0, mask = true } = {}) {
	const body = Buffer.from(payload);
	const key = noise(4);
	const head = [(fin ? 0x80 : 0) | rsv | opcode];
	const bit = mask ? 0x80 : 0;
	if (body.length < 126)
		head.push(bit | body.length);
	else
		head.push(bit | 126, body.length >> 8, body.length & 255);
	if (!mask)
		return Buffer.concat([Buffer.from(head), body]);
	for (let i = 0; i < body.length; i++)
		body[i] ^= key[i & 3];
	return Buffer.concat([Buffer.from(head), key, body]);
}

// Sends bytes in one go or in pieces, and hangs up after a while.
function talk(bytes, { pieces, life, done }) {
	const socket = net.connect(port, '127.0.0.1');
	let answer = '';
	made++;
	socket.on('error', () => {});
	socket.on('data', (data) => {
		if (answer.length < 2000)
			answer += data.toString('latin1');
		if (below(50) === 0)
			socket.pause();
	});
	socket.on('close', () => done?.(answer));
	socket.on('connect', () => {
		let at = 0;
		const step = () => {
			if (socket.destroyed || at >= bytes.length)
				return;
			const n = pieces ? 1 + below(pieces) : bytes.length;
			socket.write(bytes.subarray(at, at + n));
			at += n;
			setTimeout(step, below(3));
		};
		step();
	});
	setTimeout(() => socket.destroy(), 20 + below(life));
}

function request(text, done) {
	talk(Buffer.from(text), {
		pieces: below(3) === 0 ? 400 : 0, life: 700, done,
	});
}

const target = (rest) => `/socket.io/?EIO=4&transport=${rest}`;

function handshake() {
	request(`GET ${target('polling')} HTTP/1.1\r\nHost: x\r\n` +
		'Connection: close\r\n\r\n', (answer) => {
		const found = answer.match(/"sid":"([^"]+)"/);
		if (found)
			sids.push(found[1]);
		if (sids.length > 60)
			sids.shift();
	});
}

function poll() {
	request(`GET ${target('polling')}&sid=${pick(sids)} HTTP/1.1\r\n` +
		`Host: x\r\n${below(2) ? 'Accept-Encoding: gzip\r\n' : ''}\r\n`);
}

function post() {
	const parts = Array.from({ length: 1 + below(4) },
		() => spoil(packet()).toString('latin1'));
	const body = Buffer.from(parts.join('\x1e'), 'latin1');
	const length = body.length + (below(20) === 0 ? below(100) : 0);
	request(Buffer.concat([
		Buffer.from(`POST ${target('polling')}&sid=${pick(sids)} HTTP/1.1\r\n` +
			`Host: x\r\nContent-Length: ${length}\r\n\r\n`),
		body,
	]));
}

function frames() {
	switch (below(30)) {
	case 0:
		return [noise(below(50))];
	case 1:
		return [frame(below(16), spoil(packet()),
			{ rsv: pick([0, 0x40, 0x20]) })];
	case 2:
		return [frame(9, noise(below(126)))];
	case 3:
		return [frame(8, pick([[], [3, 232], [3]]))];
	case 4:
		return [frame(1, packet(), { mask: false })];
	case 5:
	case 6:
		return [frame(2, noise(below(300)))];
	case 7:
	case 8:
		return [frame(1, spoil(packet()), { fin: false }),
			frame(0, spoil(packet()), { fin: below(2) === 0 })];
	default:
		return [frame(1, below(5) ? packet() : spoil(packet()))];
	}
}

function websocket(sid) {
	const head = `GET ${target('websocket')}${sid ? `&sid=${sid}` : ''} ` +
		'HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n' +
		'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
		'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
		(below(2) ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : '') +
		'\r\n';
	const all = [Buffer.from(head)];
	if (sid)
		all.push(frame(1, '2probe'), frame(1, '5'));
	else
		all.push(frame(1, '40'));
	for (let n = below(30); n > 0; n--)
		all.push(...frames());
	talk(Buffer.concat(all), { pieces: 3000, life: 900 });
}

function junk() {
	const text = pick([
		'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
		'GET /../../etc/passwd HTTP/1.0\r\n\r\n',
		`POST ${target('polling')} HTTP/1.1\r\nHost: x\r\n` +
			'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
		'OPTIONS /socket.io/ HTTP/1.1\r\nHost: x\r\n' +
			'Origin: http://other.example\r\n\r\n',
		`GET ${target('polling')}&sid=%00 HTTP/1.1\r\nHost: x\r\n\r\n`,
		'GET /%2e%2e/x HTTP/1.1\r\nHost: x\r\n\r\n',
		'HEAD /socket.io/socket.io.js HTTP/1.1\r\nHost: x\r\n\r\n',
		`GET /${'a'.repeat(below(30000))} HTTP/1.1\r\nHost: x\r\n\r\n`,
	]);
	request(spoil(text + (below(2) ? text : '')));
}

function one() {
	if (sids.length < 20 || below(12) === 0)
		return handshake();
	return pick([poll, post, post, junk, () => websocket(),
		() => websocket(), () => websocket(pick(sids))])();
}

const timer = setInterval(() => {
	if (Date.now() < end) {
		for (let i = 0; i < 6; i++)
			one();
		return;
	}
	clearInterval(timer);
	console.log(`made ${made} seed ${seed}`);
}, 4);
