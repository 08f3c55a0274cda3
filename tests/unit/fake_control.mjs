// fake_control: a stand-in for the gateway's control API, to test siogatectl.
//
// usage: fake_control.mjs LOG WHERE
//
// WHERE is the path of a unix socket, or "tcp" for a port that the system
// picks; over TCP the token is "open-sesame". Once it listens it writes where
// to reach it on standard output. Each request becomes one JSON line of LOG.
//
// The namespace asked for chooses what goes wrong: /refused, /html, /drop,
// /hang, /text. Among actions it is the event: see answerAction.

import fs from 'node:fs';
import http from 'node:http';

const [log, where] = process.argv.slice(2);
const tcp = where === 'tcp';
const nasty = '\u001b[2Jroom\u0007\u009b1m\u202e\\';

const status = {
  version: '1.2.3', pid: 4242, instance: 'abc', uptime: 93784.5, clients: 2,
  events: { in: 18446744073709551615n, 'per-second': '1.50' }, paused: false,
  listeners: ['tcp:8080', 'unix:x'], later: null,
};

const sockets = [
  { sid: 'AAAA', nsp: '/chat', transport: 'websocket', protocol: 5,
    address: '127.0.0.1', connected: 65, rooms: ['lobby', nasty], queue: 0 },
  { sid: 'BB', nsp: '/chat', transport: 'polling', protocol: 1,
    address: '::1', connected: 3, rooms: [], queue: 1200, shoe: 'größe 日本' },
];

const lists = {
  '/v1/namespaces': ['namespaces',
    [{ name: '/', sockets: 12, rooms: 3, pool: 'main', acl: 'open' }]],
  '/v1/sockets': ['sockets', sockets],
  '/v1/rooms': ['rooms', [{ nsp: '/chat', room: nasty, sockets: 1 }]],
  '/v1/pools': ['pools', [{ name: 'main', workers: 4, idle: 3, busy: 1,
    starting: 0, queue: 0, requests: 99, failed: 1, restarts: 0 }]],
};

// JSON.stringify with BigInt, and "1.50" as a number that keeps its zero.
function print(value) {
  return JSON.stringify(value,
    (key, v) => typeof v === 'bigint' ? `@${v}@` : v)
    .replace(/"@(\d+)@"/g, '$1').replace('"1.50"', '1.50');
}

function send(res, code, type, text) {
  res.writeHead(code, { 'Content-Type': type });
  res.end(text);
}

function sendJson(res, code, value) {
  send(res, code, 'application/json', print(value));
}

// One answer line; undefined leaves it out.
function answerAction(line, number) {
  let action;

  try {
    action = JSON.parse(line);
  } catch {
    return { ok: false, error: `not JSON: ${line}\u001b[1m`, line: number };
  }
  if (action.emit === 'silent')
    return undefined;
  if (action.emit === 'bad' || action.to?.[0] === 'bad')
    return { ok: false, error: 'no such thing', line: number };
  if (action.join)
    return { ok: true };
  return { ok: true, sent: action.to?.[0] === 'one' ? 1 : 3 };
}

function answerActions(res, body) {
  if (body.includes('"html"'))
    return send(res, 200, 'text/html', '<html>\n');
  if (body.includes('"toobig"'))
    return sendJson(res, 413, { error: 'the body is too long' });
  if (body.includes('"closing"'))
    return sendJson(res, 503, { error: 'shutting down' });
  const lines = body.split('\n').slice(0, -1)
    .map((line, i) => answerAction(line, i)).filter((a) => a);
  send(res, 200, 'application/x-ndjson',
    lines.map((a) => print(a) + '\n').join(''));
}

function answerGet(req, res, url) {
  const nsp = url.searchParams.get('nsp');
  const list = lists[url.pathname];

  if (nsp === '/refused')
    return sendJson(res, 404, { error: 'no namespace\u001b[31m /refused' });
  if (nsp === '/text')
    return send(res, 502, 'text/plain', 'bad gateway\nmore\n');
  if (nsp === '/html')
    return send(res, 200, 'text/html', '<html>');
  if (nsp === '/shape')
    return sendJson(res, 200, { sockets: [1, 2] });
  if (nsp === '/none')
    return sendJson(res, 200, { [list[0]]: [], more: false });
  if (nsp === '/drop')
    return req.socket.destroy();
  if (nsp === '/hang')
    return undefined;
  if (url.pathname === '/v1/status')
    return sendJson(res, 200, status);
  if (list)
    return sendJson(res, 200, { [list[0]]: list[1], more: nsp === '/more' });
  if (url.pathname === '/healthz')
    return send(res, 200, 'text/plain', 'ok\n');
  if (url.pathname === '/metrics')
    return send(res, 200, 'text/plain',
      '# TYPE siogate_clients gauge\nsiogate_clients{n="a\\"\u001b"} 2\n');
  return sendJson(res, 404, { error: 'no such path' });
}

const server = http.createServer((req, res) => {
  const chunks = [];

  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    const url = new URL(req.url, 'http://localhost');

    fs.appendFileSync(log, JSON.stringify(
      { method: req.method, url: req.url, type: req.headers['content-type'],
        auth: req.headers.authorization, body }) + '\n');
    if (tcp && req.headers.authorization !== 'Bearer open-sesame')
      return sendJson(res, 401, { error: 'a token is needed' });
    if (req.method === 'POST' && url.pathname === '/v1/actions')
      return answerActions(res, body);
    return answerGet(req, res, url);
  });
});

server.listen(tcp ? { port: 0, host: '127.0.0.1' } : { path: where }, () => {
  console.log(tcp ? `http://127.0.0.1:${server.address().port}` : where);
});
