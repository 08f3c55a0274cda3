/*
 * The client that the gateway serves, in Chromium: on a page of the gateway's
 * own origin, and on one of another origin. Then the chat's page.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { Gateway, kitGateway, packageDir, program } from "./gateway.mjs";
import { check, must, note, run, until } from "./tap.mjs";

const LONG = 200000;
const client = { client_dir: packageDir("socket.io-client"), root: "www" };
const transports = {
  polling: ["polling"],
  websocket: ["websocket"],
  upgrade: ["polling", "websocket"],
};
const home = kitGateway(client);
const other = kitGateway(client);
let browser;

/* Starts a gateway that serves a blank page. */
async function startWithPage(gateway) {
  mkdirSync(join(gateway.dir, "www"), { recursive: true });
  writeFileSync(join(gateway.dir, "www", "index.html"),
    "<!DOCTYPE html><title>blank</title><link rel=icon href=data:,>" +
    "<script src=/socket.io/socket.io.min.js></script>");
  await gateway.start();
}

/* Runs a function in a page of a gateway's own; all else that the console has
 * to say is an error, unless it may complain. */
async function inPage(gateway, fn, args, mayComplain = false) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = [];

  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => complaints.push(message.text()));
  try {
    await page.goto(`${gateway.url}/`);
    const got = await page.evaluate(fn, args);

    if (!mayComplain)
      assert.deepEqual(complaints, []);
    return got;
  } finally {
    await context.close();
  }
}

/* ---- In the page ---- */

/* Connects and says what it got: { error } or { transport, me, … }. */
async function visit({ url, options, size }) {
  /* eslint-env browser */
  const socket = window.io(url, { reconnection: false, ...options });
  const error = await new Promise((go) => {
    socket.once("connect", () => go(null));
    socket.once("connect_error", (what) => go(what.message));
  });

  if (error)
    return { error };
  const ask = (...args) => new Promise((go) => socket.emit(...args,
    (...got) => go(got)));
  const bytes = (value) => value instanceof ArrayBuffer
    ? [...new Uint8Array(value)].join() : `no bytes: ${typeof value}`;

  while (options.transports.length > 1 &&
      socket.io.engine.transport.name === "polling")
    await new Promise((go) => setTimeout(go, 2));
  const data = Uint8Array.from({ length: 300 }, (_, i) => i);
  const long = "ö".repeat(size / 2);
  const [echoed] = await ask("echo", { buffer: data.buffer, list: [data] });
  const [blob] = await ask("echo", new Blob([data]));
  const result = {
    transport: socket.io.engine.transport.name,
    id: socket.id,
    me: (await ask("whoami"))[0],
    sum: await ask("sum", data.subarray(3)),
    want: bytes(data.buffer),
    buffer: bytes(echoed.buffer),
    view: bytes(echoed.list[0]),
    blob: bytes(blob),
    long: (await ask("echo", long))[0] === long,
    text: (await ask("echo", "😀 \u2028 שלום"))[0],
  };

  socket.disconnect();
  return result;
}

/* Tries to open a bare WebSocket and a poll; says how each ended. */
async function knock({ url }) {
  const poll = await fetch(`${url}/socket.io/?EIO=4&transport=polling`,
    { credentials: "include" }).then(({ status }) => status, () => "refused");
  const socket = await new Promise((go) => {
    const ws = new WebSocket(
      `${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);

    ws.onmessage = () => { ws.close(); go("open"); };
    ws.onerror = () => go("refused");
  });

  return { poll, socket };
}

/* ---- Checks ---- */

/* What a visit has to give. */
function hold(got, way) {
  assert.equal(got.error, undefined);
  assert.equal(got.transport, way === "polling" ? "polling" : "websocket");
  assert.equal(got.me.transport, got.transport);
  assert.equal(got.me.sid, got.id);
  assert.deepEqual([got.buffer, got.view, got.blob],
    [got.want, got.want, got.want]);
  assert.equal(got.sum[0], 297);
  assert.equal(got.long, true);
  assert.equal(got.text, "😀 \u2028 שלום");
}

for (const [way, list] of Object.entries(transports)) {
  check(`chromium ${way}: a page of the gateway's own origin`, async () => {
    hold(await inPage(home, visit,
      { url: "/", options: { transports: list }, size: LONG }), way);
  });
  check(`chromium ${way}: a page of another origin is refused`, async () => {
    const got = await inPage(other, visit, { url: home.url,
      options: { transports: list, withCredentials: true }, size: LONG }, true);

    assert.match(String(got.error), /(websocket|xhr poll) error/);
  });
}

check("chromium: the refusal is the gateway's, not only the client's",
  async () => {
    assert.deepEqual(await inPage(other, knock, { url: home.url }, true),
      { poll: "refused", socket: "refused" });
    const clients = (await home.status()).clients;

    assert.equal(clients, 0);
  });

/* A gateway that lets pages of the other one in. */
async function allow() {
  home.sections.gateway.origins = other.url;
  await home.stop();
  await home.start();
}

check("chromium: the gateway is told to allow the other origin", allow);

for (const [way, list] of Object.entries(transports))
  check(`chromium ${way}: a page of an allowed origin, with its cookie`,
    async () => {
      const got = await inPage(other, async ({ run: text, args }) => {
        document.cookie = "flavour=oat";
        return new Function(`return ${text}`)()(args);
      }, { run: visit.toString(), args: { url: home.url, size: LONG,
        options: { transports: list, withCredentials: true } } });

      hold(got, way);
      assert.equal(got.me.origin, other.url);
      assert.match(got.me.cookie, /flavour=oat/);
    });

check("chromium: pages of the gateway's own origin are still let in",
  async () => {
    hold(await inPage(home, visit, { url: "/", size: LONG,
      options: { transports: ["websocket"] } }), "websocket");
  });

/* Runs a script whose output is a part of ours; gives its exit status. */
async function runScript(args) {
  const child = spawn(process.execPath, args,
    { stdio: ["ignore", "pipe", "inherit"] });
  const end = () => child.kill();
  const closed = new Promise((go) => child.once("close", go));

  process.on("exit", end);
  for await (const line of createInterface({ input: child.stdout }))
    console.log(`    ${line}`);
  const code = await closed;

  process.off("exit", end);
  return code;
}

/* The chat's page has a test of its own; it runs beside a real gateway with
 * several workers. */
check("the chat's page, with several workers", async () => {
  const here = dirname(new URL(import.meta.url).pathname);
  const source = process.env.SIOGATE_SOURCE ?? join(here, "../..");
  const chat = new Gateway({
    gateway: { client_dir: client.client_dir,
      root: join(source, "examples/chat/www") },
    "pool chat": { command: program("examples/chat/chat.fcgi"), workers: 3 },
    "namespace /chat": { pool: "chat" },
  });

  await chat.start();
  try {
    const args = [join(here, "browser-chat.mjs"), `${chat.url}/`];

    if (process.env.SIOGATE_TEST_SHOTS)
      args.push(process.env.SIOGATE_TEST_SHOTS);
    const code = await runScript(args);

    if (code !== 0)
      chat.tell();
    assert.equal(code, 0);
    await until(async () => (await chat.status()).clients === 0, "the end");
    const { failed, bad_lines: bad } = await chat.pool();

    assert.deepEqual([failed, bad], [0, 0]);
    must(!/ (warning|error) /.test(chat.log), `the log:\n${chat.log}`);
  } finally {
    await chat.stop();
  }
});

process.exitCode = await run({
  before: async () => {
    await startWithPage(home);
    await startWithPage(other);
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"],
    });
    note(`Chromium ${browser.version()}`);
  },
  after: async () => {
    await browser?.close();
    await home.stop();
    await other.stop();
  },
  onFail: () => {
    home.tell();
    must(home.alive && other.alive, "a gateway has died");
  },
});
process.exit();
