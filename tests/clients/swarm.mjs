/*
 * swarm: very many small clients in one process.
 *
 * Each speaks just enough of WebSocket, Engine.IO 4 and Socket.IO 5 to join the
 * main namespace, answer pings and count what comes; socket.io-client would need
 * some hundred megabytes for ten thousand.
 */

import { randomBytes } from "node:crypto";
import { connect } from "node:net";

const AT_ONCE = 100;
const TEXT = 0x81;
const PONG = 0x8a;

/* A client's frame of at most 125 bytes. */
function frame(opcode, text) {
  const body = Buffer.from(text);
  const mask = randomBytes(4);

  for (let i = 0; i < body.length; i += 1)
    body[i] ^= mask[i & 3];
  return Buffer.concat([Buffer.from([opcode, 0x80 | body.length]), mask, body]);
}

/* The first frame of some bytes: { opcode, body, rest }; null: there is none
 * yet. */
function cutFrame(bytes) {
  let at = 2, length = bytes[1] & 0x7f;

  if (bytes.length < 2)
    return null;
  if (length === 126) {
    if (bytes.length < 4)
      return null;
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10)
      return null;
    length = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  if (bytes.length < at + length)
    return null;
  return { opcode: bytes[0], body: bytes.subarray(at, at + length),
    rest: bytes.subarray(at + length) };
}

export class Swarm {
  /* onEvent(number, text): a Socket.IO event has come to a client. */
  constructor(port, onEvent = () => {}) {
    this.port = port;
    this.onEvent = onEvent;
    this.sockets = [];
    this.joined = 0;
    this.lost = 0; /* closed, or failed, by the other side */
    this.wrong = []; /* packets that should not have come */
  }

  /* Opens n clients; resolves when all have joined. */
  async open(n) {
    const last = this.sockets.length + n;
    const opener = async () => {
      while (this.sockets.length < last)
        await this.#openOne(this.sockets.length);
    };

    await Promise.all(Array.from({ length: AT_ONCE }, opener));
  }

  /* Cuts all connections off. */
  close() {
    for (const socket of this.sockets) {
      socket.removeAllListeners("close");
      socket.destroy();
    }
    this.sockets = [];
  }

  /* Opens one client. */
  #openOne(number) {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, "127.0.0.1");
      const client = { number, socket, rest: Buffer.alloc(0), open: false,
        ready: () => { this.joined += 1; resolve(); } };

      this.sockets.push(socket);
      socket.setNoDelay();
      socket.write("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n" +
        `Host: 127.0.0.1:${this.port}\r\nConnection: Upgrade\r\n` +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`);
      socket.on("error", () => {});
      socket.on("data", (bytes) => this.#take(client, bytes));
      socket.once("close", () => {
        this.lost += 1;
        reject(new Error(`client ${number} was closed`));
      });
    });
  }

  /* Takes what has come to a client. */
  #take(client, bytes) {
    let got = client.rest.length ? Buffer.concat([client.rest, bytes]) : bytes;

    if (!client.open) {
      const end = got.indexOf("\r\n\r\n");

      if (end >= 0 && got.subarray(0, 13).toString() === "HTTP/1.1 101 ") {
        client.open = true;
        got = got.subarray(end + 4);
      }
    }
    for (let one; client.open && (one = cutFrame(got)); got = one.rest)
      this.#frame(client, one);
    client.rest = got.length ? Buffer.from(got) : Buffer.alloc(0);
  }

  /* A frame has come to a client. */
  #frame(client, { opcode, body }) {
    const text = body.toString();

    if (opcode === 0x89)
      client.socket.write(frame(PONG, body));
    else if (opcode !== TEXT)
      this.wrong.push(`opcode ${opcode}`);
    else if (text === "2")
      client.socket.write(frame(TEXT, "3"));
    else if (text.startsWith("0{"))
      client.socket.write(frame(TEXT, "40"));
    else if (text.startsWith("40{"))
      client.ready();
    else if (text.startsWith("42["))
      this.onEvent(client.number, text.slice(2));
    else
      this.wrong.push(text);
  }
}
