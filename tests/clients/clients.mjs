/*
 * clients: socket.io-client in three generations, over each transport.
 */

import { createRequire } from "node:module";
import { until, within } from "./tap.mjs";

const require = createRequire(import.meta.url);
const WAIT_MS = 30000;

/* The clients and the transports that they are tested with. */
export const versions = ["socket.io-client", "sio-4.0", "sio-3.1"].map(
  (name) => ({ label: require(`${name}/package.json`).version,
    io: require(name).io }));
export const ways = {
  polling: ["polling"],
  websocket: ["websocket"],
  upgrade: ["polling", "websocket"],
};

/* Sockets of one version over one way, to one gateway. */
export class Clients {
  constructor({ io, label }, way, gateway) {
    this.io = io;
    this.way = way;
    this.gateway = gateway;
    this.label = `${label} ${way}`;
    this.open = new Set();
  }

  /* A socket that connects by itself, on a connection of its own. */
  make(nsp = "/", options = {}, url = this.gateway.url) {
    const socket = this.io(url + nsp, {
      transports: ways[this.way], forceNew: true, reconnectionDelay: 20,
      reconnectionDelayMax: 100, timeout: WAIT_MS, ...options });

    this.open.add(socket);
    return socket;
  }

  /* A socket that is connected, and has the transport it is going to keep. */
  async connect(nsp, options) {
    const socket = this.make(nsp, options);

    await connected(socket);
    if (this.way === "upgrade")
      await upgraded(socket);
    return socket;
  }

  /* Closes all sockets. */
  close() {
    for (const socket of this.open) {
      socket.off();
      socket.disconnect();
      socket.io.engine?.close();
    }
    this.open.clear();
  }
}

/* Waits until a socket is connected. */
export function connected(socket) {
  return until(() => socket.connected, `connect (${socket.nsp})`);
}

/* The name of a socket's transport. */
export function transport(socket) {
  return socket.io.engine.transport.name;
}

/* Waits until a socket has changed over to WebSocket. */
export function upgraded(socket) {
  return until(() => transport(socket) === "websocket", "the upgrade");
}

/* Waits for an event; gives its arguments. */
export function once(emitter, event) {
  return within(WAIT_MS, new Promise((go) => {
    emitter.once(event, (...args) => go(args));
  }), `the event ${event}`);
}

/* Sends an event; gives the arguments of its acknowledgement. */
export function ask(socket, event, ...args) {
  return within(WAIT_MS, new Promise((go) => {
    socket.emit(event, ...args, (...got) => go(got));
  }), `the acknowledgement of ${event}`);
}

/* Keeps what comes with an event: a list of arguments. */
export function collect(socket, event) {
  const got = [];

  socket.on(event, (...args) => got.push(args));
  return got;
}

/* Waits until all that was sent to a socket before has arrived: an answer to a
 * later event is behind it. */
export async function settled(...sockets) {
  for (const socket of sockets)
    await ask(socket, "echo", "settled");
}
