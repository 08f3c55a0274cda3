/*
 * Each client over each transport, against the gateway with the kit.
 */

import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { Clients, ask, collect, connected, once, settled, transport, upgraded,
  versions, ways } from "./clients.mjs";
import { kitGateway } from "./gateway.mjs";
import { check, must, run, until } from "./tap.mjs";

const MESSAGES = 1000;
const BIG = 900 * 1024;
const gateway = kitGateway();
const odd = [
  "plain", "", " ", "quotes \" ' ` \\ \\\\ /", "{\"$bytes\":\"AAAA\"}",
  "42[\"x\"]", "]}{[", "line\nbreak\r\ntab\t", "\u0000\u0001\u001e\u001f\u007f",
  "\u0080\u009f\u00a0\u00ad", "Grüße, naïve, Ångström", "e\u0301 A\u030a o\u0328",
  "\u2028 and \u2029", "\ufeffBOM", "\u200e\u200f\u202a\u202e\u2066\u2069",
  "שלום עולם", "مرحبا بالعالم", "你好，世界", "こんにちは", "한국어", "ไทยคำ",
  "हिन्दी", "😀🎉🏳️‍🌈👩‍👩‍👧‍👦🇩🇪", "\u{1d54f}\u{1d552}", "\u{10ffff}\u{10000}",
  "\ufffd\ufffe\uffff", "𠀀𠮷野家", "</script><!--", "%00%zz&amp;+", "ñ".repeat(300),
];

/* Message i: an odd text, and what makes it its own. */
function message(i) {
  return `${i} ${odd[i % odd.length]}${odd[(i * 7) % odd.length]}`;
}

/* Bytes of a pattern. */
function pattern(n, step = 1) {
  return Buffer.from(Uint8Array.from({ length: n }, (_, i) => i * step));
}

/* What checks need: { name, clients }. Clients are closed behind each. */
function add(clients, what, test) {
  check(`${clients.label}: ${what}`, async () => {
    try {
      await test(clients);
    } finally {
      clients.close();
    }
  });
}

/* ---- Coming and going ---- */

/* Connects, and is known to the handler by what it is. */
async function connects(clients) {
  const socket = await clients.connect("/");
  const [me] = await ask(socket, "whoami");

  assert.equal(transport(socket),
    clients.way === "polling" ? "polling" : "websocket");
  assert.equal(me.transport, transport(socket));
  assert.equal(me.sid, socket.id);
  assert.equal(me.nsp, "/");
  assert.equal(me.protocol, 5);
}

/* Namespaces of one connection. */
async function namespaces(clients) {
  const main = await clients.connect("/");
  const chat = main.io.socket("/chat");
  const priv = main.io.socket("/priv", { auth: { token: "good" } });

  await Promise.all([connected(chat), connected(priv)]);
  assert.equal(chat.io.engine, main.io.engine);
  assert.equal(new Set([main.id, chat.id, priv.id]).size, 3);
  for (const socket of [main, chat, priv]) {
    const [me] = await ask(socket, "whoami");

    assert.equal(me.nsp, socket.nsp);
    assert.equal(me.sid, socket.id);
  }
  chat.disconnect();
  assert.deepEqual(await ask(main, "echo", 1), [1]);
  assert.deepEqual(await ask(priv, "echo", 2), [2]);
  chat.connect();
  await connected(chat);
  assert.deepEqual(await ask(chat, "echo", 3), [3]);
}

/* Refused by the handler, and by the gateway. */
async function refused(clients) {
  const bad = clients.make("/priv", { auth: { token: "bad" } });
  const [error] = await once(bad, "connect_error");

  assert.equal(error.message, "not with this token");
  assert.deepEqual(error.data, { code: 42, why: ["bad", null] });
  assert.equal(bad.connected, false);
  const none = clients.make("/nowhere");
  const [unknown] = await once(none, "connect_error");

  assert.equal(unknown.message, "Invalid namespace");
  assert.equal(none.connected, false);
  const other = none.io.socket("/chat");

  await connected(other);
  bad.auth = { token: "good" };
  bad.connect();
  await connected(bad);
}

/* The client leaves, in two ways; the handler is told. */
async function leaves(clients) {
  const watcher = await clients.connect("/");
  const gone = collect(watcher, "gone");
  const reason = async (sid) => (await until(
    () => gone.find(([who]) => who === sid), "gone"))[1];

  await ask(watcher, "join", "watchers");
  const one = await clients.connect("/");
  const two = await clients.connect("/");
  const ids = [one.id, two.id];
  const ends = [once(one, "disconnect"), once(two, "disconnect")];

  one.disconnect();
  two.io.reconnection(false);
  two.io.engine.close();
  const why = (await Promise.all(ends)).map(([first]) => first);

  assert.equal(why[0], "io client disconnect");
  assert.match(why[1], /^(forced close|transport close)$/);
  assert.equal(await reason(ids[0]), "client namespace disconnect");
  assert.equal(await reason(ids[1]), "transport close");
}

/* The handler takes the client out, or ends its connection. */
async function thrownOut(clients) {
  const one = await clients.connect("/");
  const two = await clients.connect("/");
  const watcher = await clients.connect("/");
  const gone = collect(watcher, "gone");
  const id = one.id;

  await ask(watcher, "join", "watchers");
  let end = once(one, "disconnect");
  one.emit("out");
  assert.equal((await end)[0], "io server disconnect");
  await until(() => gone.some(([sid, why]) => sid === id &&
    why === "server namespace disconnect"), "gone");
  one.connect();
  await connected(one);
  assert.notEqual(one.id, id);
  two.io.reconnection(false);
  end = once(two, "disconnect");
  two.emit("close");
  assert.match((await end)[0], /^(io server disconnect|transport close)$/);
  await until(() => two.io.engine.readyState === "closed", "the end");
}

/* ---- Events ---- */

/* Events and acknowledgements, both ways. */
async function events(clients) {
  const socket = await clients.connect("/");
  const back = collect(socket, "echo");
  const value = { a: [1, 2.5, -3e10, null, true, { "ключ": "значение" }], "": "" };

  socket.emit("echo", "x", value, null, []);
  socket.emit("echo");
  await until(() => back.length === 2, "the echoes");
  assert.deepEqual(back, [["x", value, null, []], []]);
  assert.deepEqual(await ask(socket, "echo", value, 1), [value, 1]);
  assert.deepEqual(await ask(socket, "echo"), []);
  assert.deepEqual(await ask(socket, "add", 2, -44), [-42]);
}

/* The handler asks, the client answers, or does not. */
async function answers(clients) {
  const socket = await clients.connect("/");
  const back = collect(socket, "answered");

  socket.on("question", (what, answer) => {
    if (what === "silence")
      return;
    answer("so", { what }, Buffer.from([1, 2, 3]));
  });
  socket.emit("ask", 30000, "why");
  await until(() => back.length === 1, "the answer");
  assert.deepEqual(back[0],
    [["so", { what: "why" }, Buffer.from([1, 2, 3])], null]);
  socket.emit("ask", 50, "silence");
  await until(() => back.length === 2, "the time-out");
  assert.deepEqual(back[1], [[], "timeout"]);
}

/* Bytes, nested, in events and acknowledgements. */
async function binary(clients) {
  const socket = await clients.connect("/");
  const back = collect(socket, "echo");
  const deep = { list: [pattern(1), { in: pattern(300, 7), n: 1 }, pattern(0)],
    last: pattern(70000, 3) };

  socket.emit("echo", pattern(256), "between", deep);
  await until(() => back.length === 1, "the echo");
  assert.deepEqual(back[0], [pattern(256), "between", deep]);
  assert.deepEqual(await ask(socket, "echo", deep, pattern(5)),
    [deep, pattern(5)]);
  const emitted = once(socket, "bytes");

  assert.deepEqual(await ask(socket, "bytes", 1000), [pattern(1000)]);
  assert.deepEqual(await emitted, [pattern(1000)]);
  const typed = new Uint16Array([1, 2, 65535]);

  assert.deepEqual(await ask(socket, "sum", typed), [6, 1 + 2 + 255 + 255]);
  assert.deepEqual(await ask(socket, "sum", pattern(256).buffer.slice(0, 0)),
    [0, 0]);
}

/* Many messages, unharmed and in order. */
async function many(clients) {
  const socket = await clients.connect("/");
  const back = collect(socket, "echo");
  let acked = 0;

  for (let i = 0; i < MESSAGES; i += 1) {
    if (i % 3 === 0)
      socket.emit("echo", i, message(i), () => { acked += 1; });
    else
      socket.emit("echo", i, message(i));
  }
  await settled(socket);
  const want = [...Array(MESSAGES).keys()].filter((i) => i % 3)
    .map((i) => [i, message(i)]);

  assert.deepEqual(back, want);
  assert.equal(acked, MESSAGES - want.length);
}

/* A relay to the gateway that holds WebSockets back until it is told to let
 * them go: { url, release, close }. */
async function makeRelay() {
  const open = new Set();
  let release;
  const released = new Promise((go) => { release = go; });
  const server = createServer(async (client) => {
    const drop = () => { client.destroy(); open.delete(client); };

    open.add(client.on("error", drop).on("close", drop));
    const [first] = await new Promise((go) => {
      client.once("data", (...got) => { client.pause(); go(got); });
    });

    if (first.includes("transport=websocket"))
      await released;
    const behind = connect(gateway.port, "127.0.0.1").on("error", drop);

    behind.write(first);
    client.pipe(behind).pipe(client);
  });

  await new Promise((go) => server.listen(0, "127.0.0.1", go));
  return { url: `http://127.0.0.1:${server.address().port}`, release,
    close: () => {
      server.close();
      for (const client of open)
        client.destroy();
    } };
}

/* Sends messages until the transport has changed, and some more. Gives what
 * came back, and how many had come before the change. */
async function sendUpgrading(socket, release) {
  const back = collect(socket, "echo");
  let sent = 0, before = 0;
  const send = (n) => {
    for (const end = sent + n; sent < end; sent += 1)
      socket.emit("echo", sent, message(sent));
  };

  socket.io.engine.once("upgrade", () => { before = back.length; });
  while (transport(socket) === "polling" || sent < MESSAGES) {
    send(20);
    await until(() => back.length > sent - 40, "echoes");
    if (sent === MESSAGES / 2)
      release();
  }
  send(100);
  await until(() => back.length === sent, "all echoes");
  return { back, sent, before };
}

/* Many messages, while the transport changes. */
async function manyUpgrading(clients) {
  const relay = await makeRelay();
  const socket = clients.make("/", {}, relay.url);

  try {
    await connected(socket);
    const { back, sent, before } = await sendUpgrading(socket, relay.release);

    assert.ok(before >= MESSAGES / 2 - 40 && before < sent, `${before} before`);
    assert.deepEqual(back,
      [...Array(sent).keys()].map((i) => [i, message(i)]));
  } finally {
    clients.close();
    relay.close();
  }
}

/* What the gateway keeps for the handler. */
async function session(clients) {
  const one = await clients.connect("/");
  const two = await clients.connect("/");

  assert.deepEqual(await ask(one, "count"), [1]);
  assert.deepEqual(await ask(one, "count"), [2]);
  assert.deepEqual(await ask(two, "count"), [1]);
  const chat = one.io.socket("/chat");

  await connected(chat);
  assert.deepEqual(await ask(chat, "count"), [3]);
}

/* What goes wrong is told. */
async function errors(clients) {
  const socket = await clients.connect("/");
  const back = collect(socket, "error");
  const names = async (n) => {
    await until(() => back.length === n, "an error");
    return back.map(([name]) => name);
  };

  socket.emit("wrong");
  assert.deepEqual(await names(1), ["wrong"]);
  assert.equal(back[0][1], "as you asked for");
  socket.emit("fail");
  await names(2);
  socket.emit("no such");
  await names(3);
  assert.match(back[2][1], /on_no_such/);
  socket.emit("crash");
  assert.deepEqual(await names(4),
    ["wrong", "handler_failed", "no_such_method", "handler_failed"]);
  assert.deepEqual(await ask(socket, "echo", "still here"), ["still here"]);
}

/* Jobs stream beside other events; timers run until they are stopped. */
async function jobs(clients) {
  const socket = await clients.connect("/");
  const ticks = collect(socket, "tick");
  const beats = collect(socket, "beat");
  const done = once(socket, "ticked");

  await ask(socket, "ticks", 30, 5);
  await until(() => ticks.length > 0, "a tick");
  assert.deepEqual(await ask(socket, "echo", "meanwhile"), ["meanwhile"]);
  assert.deepEqual(await done, [30]);
  assert.deepEqual(ticks, [...Array(30).keys()].map((i) => [i]));
  await ask(socket, "beat", 10);
  await until(() => beats.length >= 3, "beats");
  await ask(socket, "stop");
}

/* Events of one client are handled in their order, slow ones too. */
async function order(clients) {
  const socket = await clients.connect("/");
  const back = collect(socket, "echo");

  socket.emit("slow", 30, () => back.push(["slow"]));
  socket.emit("echo", "second");
  socket.emit("slow", 1, () => back.push(["third"]));
  socket.emit("echo", "fourth");
  await until(() => back.length === 4, "all four");
  assert.deepEqual(back, [["slow"], ["second"], ["third"], ["fourth"]]);
}

/* ---- Many clients ---- */

/* Four clients and what they get as "news". */
async function four(clients) {
  const sockets = await Promise.all(
    Array.from({ length: 4 }, () => clients.connect("/")));
  const news = sockets.map((socket) => collect(socket, "news"));

  return { sockets, got: async () => {
    await settled(...sockets);
    return news.map((list) => list.splice(0).map(([what]) => what).join());
  } };
}

/* Rooms. */
async function rooms(clients) {
  const { sockets, got } = await four(clients);
  const [a, b, c] = sockets;
  const say = (options) => ask(a, "emit", { event: "news", ...options });

  await ask(a, "join", "red");
  await ask(b, "join", "red");
  await ask(b, "join", "blue");
  await ask(c, "join", "blue");
  assert.deepEqual((await ask(b, "rooms"))[0].sort(), ["blue", "red"]);
  await say({ to: "red", args: [1] });
  assert.deepEqual(await got(), ["1", "1", "", ""]);
  await say({ to: ["red", "blue"], args: [2] });
  assert.deepEqual(await got(), ["2", "2", "2", ""]);
  await say({ to: "red", broadcast: true, args: [3] });
  assert.deepEqual(await got(), ["", "3", "", ""]);
  await say({ to: ["red", "blue"], except: "blue", args: [4] });
  assert.deepEqual(await got(), ["4", "", "", ""]);
  await ask(b, "leave", "red");
  await say({ to: "red", args: [5] });
  assert.deepEqual(await got(), ["5", "", "", ""]);
  assert.deepEqual(await ask(b, "rooms"), [["blue"]]);
}

/* The whole namespace, those left out, one alone, another namespace. */
async function broadcasts(clients) {
  const { sockets, got } = await four(clients);
  const [a, , c, d] = sockets;
  const say = (options) => ask(a, "emit", { event: "news", ...options });

  await say({ to: "*", args: [1] });
  assert.deepEqual(await got(), ["1", "1", "1", "1"]);
  await say({ broadcast: true, args: [2] });
  assert.deepEqual(await got(), ["", "2", "2", "2"]);
  await say({ to: "*", except: [a.id, d.id], args: [3] });
  assert.deepEqual(await got(), ["", "3", "3", ""]);
  await say({ to: c.id, args: [4] });
  assert.deepEqual(await got(), ["", "", "4", ""]);
  const chat = await clients.connect("/chat");
  const other = once(chat, "news");

  await say({ nsp: "/chat", args: [{ b: pattern(9) }] });
  assert.deepEqual(await other, [{ b: pattern(9) }]);
  assert.deepEqual(await got(), ["", "", "", ""]);
}

/* Volatile events reach a client that is ready. */
async function volatile(clients) {
  const socket = await clients.connect("/");
  const news = collect(socket, "news");

  await until(async () => {
    await ask(socket, "emit",
      { event: "news", args: [1], to: socket.id, volatile: true });
    return news.length;
  }, "a volatile event");
  const back = collect(socket, "echo");

  await until(() => {
    socket.volatile.emit("echo", 1);
    return back.length;
  }, "a volatile event's echo");
}

/* A client that does not read loses volatile events, and no others. */
async function volatileLost(clients) {
  const socket = await clients.connect("/");
  const other = await clients.connect("/");
  const flood = collect(socket, "flood");
  const stream = socket.io.engine.transport.ws._socket;

  stream.pause();
  const done = ask(socket, "flood", 400, 100000);

  await until(async () => {
    const { queue } = JSON.parse(await gateway.ctl(["-j", "sockets"])).sockets
      .find(({ sid }) => sid === socket.id);

    return queue > 0;
  }, "a queue");
  await until(async () =>
    (await gateway.pool()).running === 0, "the flood's end");
  assert.deepEqual(await ask(other, "echo", 1), [1]);
  stream.resume();
  await done;
  assert.ok(flood.length > 0 && flood.length < 400, `${flood.length} came`);
  for (const [i, [n, text]] of flood.entries()) {
    assert.equal(text.length, 100000);
    assert.ok(i === 0 || n > flood[i - 1][0], "out of order");
  }
}

/* ---- Sizes ---- */

/* Long messages, both ways. */
async function large(clients) {
  const socket = await clients.connect("/");
  const text = "aé😀".repeat(BIG / 7);
  const bytes = pattern(600 * 1024, 11);

  assert.equal((await ask(socket, "echo", text))[0] === text, true);
  assert.equal((await ask(socket, "big", BIG))[0].length, BIG);
  assert.equal((await ask(socket, "echo", bytes))[0].equals(bytes), true);
}

/* One above maxPayload ends the connection; the client comes back. */
async function tooLarge(clients) {
  const socket = await clients.connect("/");
  const id = socket.id;
  const end = once(socket, "disconnect");

  socket.emit("echo", "x".repeat(1100 * 1000));
  assert.match((await end)[0], /^transport (close|error)$/);
  await connected(socket);
  assert.notEqual(socket.id, id);
  assert.deepEqual(await ask(socket, "echo", "fine"), ["fine"]);
}

/* ---- The gateway's end ---- */

/* The clients come back to a gateway that is started again. */
async function restart(clients) {
  const sockets = await Promise.all(
    ["/", "/", "/chat"].map((nsp) => clients.connect(nsp)));
  const ids = sockets.map(({ id }) => id);
  const ends = sockets.map((socket) => once(socket, "disconnect"));

  await ask(sockets[0], "count");
  await gateway.stop();
  for (const [why] of await Promise.all(ends))
    assert.match(why, /^transport (close|error)$/);
  await gateway.start();
  for (const [i, socket] of sockets.entries()) {
    await connected(socket);
    assert.notEqual(socket.id, ids[i]);
    if (clients.way === "upgrade")
      await upgraded(socket);
  }
  assert.deepEqual(await ask(sockets[0], "count"), [1]);
  assert.deepEqual(await ask(sockets[2], "echo", 1), [1]);
}

const list = {
  "connects": connects,
  "namespaces of one connection": namespaces,
  "a refused connect, with data": refused,
  "the client leaves": leaves,
  "the handler throws the client out": thrownOut,
  "events and acknowledgements": events,
  "the handler asks and the client answers": answers,
  "bytes, nested and in acknowledgements": binary,
  "1000 messages of any script, in order": many,
  "a session": session,
  "errors": errors,
  "jobs and timers": jobs,
  "slow events keep the order": order,
  "rooms": rooms,
  "broadcasts and private messages": broadcasts,
  "volatile events": volatile,
  "900 KiB both ways": large,
  "a message above the bound": tooLarge,
  "the gateway is started again": restart,
};

for (const version of versions)
  for (const way of Object.keys(ways)) {
    const clients = new Clients(version, way, gateway);

    for (const [what, test] of Object.entries(list))
      add(clients, what, test);
    if (way === "upgrade")
      add(clients, "1000 messages while the transport changes", manyUpgrading);
    if (way === "websocket")
      add(clients, "volatile events that are lost", volatileLost);
  }

process.exitCode = await run({
  before: () => gateway.start(),
  after: () => gateway.stop(),
  onFail: () => {
    gateway.tell();
    must(gateway.alive, "the gateway has died");
  },
});
process.exit();
