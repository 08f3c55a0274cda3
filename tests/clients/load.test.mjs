/*
 * Very many clients; and what clients notice when workers are killed or
 * replaced, or the gateway ends, while they are busy.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Clients, ask, collect, connected, versions } from "./clients.mjs";
import { descriptors, kitGateway, memory, scaled, signal } from
  "./gateway.mjs";
import { check, note, run, until } from "./tap.mjs";
import { Swarm } from "./swarm.mjs";

const SPARE_FDS = 500;
/* What an idle client may cost at most: twice the goal, in bytes. */
const BYTES_PER_CLIENT = 4096;
const running = new Set();

/* Registers a check with a gateway of its own. */
function add(what, gateway, test) {
  check(what, async () => {
    const cleanups = [];

    running.add(gateway);
    await gateway.start();
    try {
      await test(gateway, (cleanup) => cleanups.push(cleanup));
    } finally {
      cleanups.forEach((cleanup) => cleanup());
      await gateway.stop();
      running.delete(gateway);
    }
  });
}

/* How many clients there can be for the descriptors that we may have. */
function clientLimit() {
  const [, soft] = /^Max open files +(\d+)/m
    .exec(readFileSync("/proc/self/limits", "utf8"));

  return Number(soft) - SPARE_FDS;
}

/* ---- Very many ---- */

/* Prints what a client costs; gives its resident bytes. */
function tellMemory(n, before, after) {
  const each = (kind) => Math.round((after[kind] - before[kind]) / n);

  note(`${n} idle clients: ${each("rss")} bytes resident, ` +
    `${each("pss")} proportional, for each; ` +
    `${Math.round(before.rss / 1024)} KiB without them`);
  return each("rss");
}

/* Ten thousand idle clients, and broadcasts to all. */
async function crowd(gateway, later) {
  const n = Math.min(scaled(10000, 100), clientLimit());
  const got = new Uint32Array(n);
  const rounds = 5;
  const swarm = new Swarm(gateway.port, (number, text) => {
    if (text === `["news",${got[number]},"für alle"]`)
      got[number] += 1;
    else
      swarm.wrong.push(text);
  });
  const before = memory(gateway.pid);

  later(() => swarm.close());
  await swarm.open(n);
  assert.equal((await gateway.status()).sockets, n);
  assert.ok(descriptors(gateway.pid) >= n);
  const each = tellMemory(n, before, memory(gateway.pid));

  for (let i = 0; i < rounds; i += 1)
    await gateway.ctl(["push"],
      `{"emit":"news","args":[${i},"für alle"],"to":"*"}\n`);
  await until(() => got.every((count) => count === rounds) ||
    swarm.wrong.length || swarm.lost, "all broadcasts");
  assert.deepEqual(swarm.wrong.slice(0, 3), []);
  assert.equal(swarm.lost, 0);
  assert.ok(got.every((count) => count === rounds));
  assert.equal((await gateway.status()).sockets, n);
  if (!process.env.SIOGATE_TEST_SANITIZED && n >= 5000)
    assert.ok(each < BYTES_PER_CLIENT, `${each} bytes for a client`);
}

/* ---- Busy clients ---- */

/* Clients that always have some events on their way. */
class Busy {
  constructor(gateway, n, inflight) {
    this.clients = new Clients(versions[0], "websocket", gateway);
    this.sockets = Array.from({ length: n }, () => this.clients.make());
    this.inflight = inflight;
    this.going = false;
    this.ends = []; /* reasons of disconnects */
    this.books = this.sockets.map((socket) => this.#watch(socket));
  }

  /* Keeps the books of a socket. */
  #watch(socket) {
    const book = { socket, sent: 0, acked: 0, failed: 0, others: [] };

    socket.on("disconnect", (reason) => this.ends.push(reason));
    socket.on("error", (name, ...rest) => {
      if (name !== "handler_failed") {
        book.others.push([name, ...rest]);
        return;
      }
      book.failed += 1;
      this.#send(book);
    });
    return book;
  }

  /* Sends one event, if it is time for one. */
  #send(book) {
    if (!this.going)
      return;
    book.sent += 1;
    book.socket.emit("slow", 1, () => {
      book.acked += 1;
      this.#send(book);
    });
  }

  /* The sum of a column. */
  sum(column) {
    return this.books.reduce((sum, book) => sum + book[column], 0);
  }

  /* Starts; resolves when every client has had answers. */
  async start() {
    await Promise.all(this.sockets.map(connected));
    this.going = true;
    for (const book of this.books)
      for (let i = 0; i < this.inflight; i += 1)
        this.#send(book);
    await this.progress();
  }

  /* Waits until every client has had some more answers. */
  async progress() {
    const before = this.books.map(({ acked }) => acked);

    await until(() => this.books.every(({ acked }, i) =>
      acked >= before[i] + 3), "answers for all");
  }

  /* Stops sending; resolves when nothing is on its way. */
  async stop() {
    this.going = false;
    await until(() => this.books.every(({ sent, acked, failed }) =>
      acked + failed >= sent), "the last answers");
    await Promise.all(this.sockets.map((socket) => ask(socket, "echo")));
  }

  close() {
    this.going = false;
    this.clients.close();
  }
}

/* Workers are killed under load. */
async function killed(gateway, later) {
  const kills = scaled(12, 4);
  const busy = new Busy(gateway, 20, 4);

  later(() => busy.close());
  await busy.start();
  for (let i = 0; i < kills; i += 1) {
    const [victim] = gateway.workers().slice(i % 4);

    assert.ok(signal(victim, "SIGKILL"));
    await until(() => !gateway.workers().includes(victim) &&
      gateway.workers().length === 4, "a new worker");
    await busy.progress();
  }
  await busy.stop();
  note(`${busy.sum("sent")} events: ${busy.sum("acked")} answered, ` +
    `${busy.sum("failed")} failed, ${kills} workers killed`);
  assert.deepEqual(busy.ends, []);
  assert.deepEqual(busy.books.flatMap(({ others }) => others), []);
  assert.ok(busy.sum("failed") > 0, "no event was hit");
  /* an answer and the end of its request leave the handler in one write, so no
   * event is both answered and failed */
  assert.equal(busy.sum("acked") + busy.sum("failed"), busy.sum("sent"));
  await until(async () => {
    const { idle, busy: n, queue } = await gateway.pool();

    return idle === 4 && n === 0 && queue === 0;
  }, "the pool's rest");
  assert.equal((await gateway.pool()).ended, kills);
}

/* Workers are replaced under load, again and again. */
async function replaced(gateway, later) {
  const busy = new Busy(gateway, 20, 4);

  later(() => busy.close());
  await busy.start();
  for (let i = 0; i < 3; i += 1) {
    const before = new Set(gateway.workers());

    assert.ok(signal(gateway.pid, "SIGHUP"));
    await until(() => {
      const now = gateway.workers();

      return now.length === 4 && !now.some((pid) => before.has(pid));
    }, "other workers");
    await busy.progress();
  }
  await busy.stop();
  note(`${busy.sum("sent")} events, ${busy.sum("acked")} answered`);
  assert.deepEqual(busy.ends, []);
  assert.deepEqual(busy.books.flatMap(({ others }) => others), []);
  assert.equal(busy.sum("failed"), 0);
  assert.equal(busy.sum("acked"), busy.sum("sent"));
  assert.equal((await gateway.pool()).generation, 3);
}

/* The gateway ends under load, and another one takes its place. */
async function ended(gateway, later) {
  const n = scaled(100, 20);
  const busy = new Busy(gateway, n, 1);
  const polling = new Clients(versions[0], "polling", gateway);
  const others = Array.from({ length: n / 2 }, () => polling.make());
  const ends = [];

  later(() => busy.close());
  later(() => polling.close());
  for (const socket of others)
    socket.on("disconnect", (reason) => ends.push(reason));
  await Promise.all(others.map(connected));
  await busy.start();
  await gateway.stop();
  await until(() => busy.ends.length >= n && ends.length >= others.length,
    "the clients' end");
  busy.going = false;
  for (const reason of [...busy.ends, ...ends])
    assert.match(reason, /^transport (close|error)$/);
  assert.deepEqual(busy.books.flatMap(({ others: wrong }) => wrong), []);
  assert.equal(busy.sum("failed"), 0);
  await gateway.start();
  await Promise.all([...busy.sockets, ...others].map(connected));
  for (const socket of [...busy.sockets, ...others])
    assert.deepEqual(await ask(socket, "count"), [1]);
  assert.equal(busy.ends.length, n);
}

/* ---- Leaving ---- */

/* A watcher, and many that leave at once. Gives what the watcher saw. */
async function leaveAtOnce(gateway, later, n) {
  const clients = new Clients(versions[0], "websocket", gateway);
  const watcher = await clients.connect("/");
  const gone = collect(watcher, "gone");
  const swarm = new Swarm(gateway.port);

  later(() => clients.close());
  later(() => swarm.close());
  await ask(watcher, "join", "watchers");
  await swarm.open(n);
  swarm.close();
  await until(async () => (await gateway.status()).clients === 1, "the end");
  assert.deepEqual(await ask(watcher, "echo", 1), [1]);
  await until(async () =>
    await gateway.metric("siogate_disconnect_events_waiting") === 0,
  "the last disconnect event");
  await until(async () => (await gateway.pool()).running === 0, "the pool");
  await ask(watcher, "echo", 2);
  for (const [, reason] of gone)
    assert.equal(reason, "transport close");
  assert.equal(new Set(gone.map(([sid]) => sid)).size, gone.length);
  return { told: gone.length,
    dropped: await gateway.metric("siogate_disconnect_events_dropped_total") };
}

/* Handlers are told of each. */
async function leave(gateway, later) {
  const n = scaled(500, 100);

  assert.deepEqual(await leaveAtOnce(gateway, later, n),
    { told: n, dropped: 0 });
}

/* Handlers are told of as many as may be; the others are counted. */
async function leaveThrottled(gateway, later) {
  const n = scaled(500, 100);
  const { told, dropped } = await leaveAtOnce(gateway, later, n);

  note(`${n} left: handlers were told of ${told}, ${dropped} were dropped`);
  assert.equal(told + dropped, n);
  assert.ok(dropped > 0 && told > 30, "the throttle is wrong");
}

const many = { max_connections: 20000 };
const fixed = { workers: 4 };

add("very many idle clients, and a broadcast to all of them",
  kitGateway(many, fixed), crowd);
add("workers are killed: no client is dropped, every event has its end",
  kitGateway({}, fixed), killed);
add("workers are replaced: no event fails, no client is dropped",
  kitGateway({}, fixed), replaced);
add("the gateway ends: clients are let go, and come back to the next one",
  kitGateway({ drain_time: "1s" }, fixed), ended);
add("many leave at once: handlers are told",
  kitGateway({}, fixed), leave);
add("many leave at once: the throttle counts what it drops",
  kitGateway({ disconnect_rate: 100, disconnect_queue: 30 }, fixed),
  leaveThrottled);

process.exitCode = await run({
  onFail: () => running.forEach((gateway) => gateway.tell()),
});
process.exit();
