/*
 * The chat: connects to the namespace /chat, joins a room, and keeps the
 * page in step with what the server says.
 *
 * To the server, each answered with one object:
 *   join { name, room } | say text | typing true/false | private { to, text }
 * From the server:
 *   joined, left { name, users } | rooms [{ name, users }]
 *   said { name, text, at, id } | typing { name, on }
 *   private { from, to, text, at } | error name, message
 */

import { $, avatar, el, recall, remember, syncList } from "./dom.js";
import { closeDrawer, openDrawer, phone, setDrawer } from "./drawer.js";
import { Log } from "./log.js";
import { Typing } from "./typing.js";

const ANSWER_MS = 10000;
const REJOIN_MS = 75000;

/*
 * What we are in: wanted outlives a lost connection, inside does not; before
 * are those who were here then, whose own return is no news.
 */
const me = { name: "", room: "", wanted: null, inside: false, lostAt: 0 };
const before = new Set();
let people = [];
let rooms = [];
let privateTo = null;
let unread = 0;
let noticeTimer = 0;
let rejoinTimer = 0;
let joinTurn = 0;

const log = new Log({ retry: sayAgain, reply: startPrivate });
const typing = new Typing((on) => {
  if (socket.connected)
    socket.emit("typing", on, () => {});
});
const socket = window.io?.("/chat", { reconnectionDelayMax: 5000 });

/* ---- Requests ---- */

/* Emits, and passes the answer, or { ok: false, error } without one. */
function ask(done, event, ...args) {
  socket.timeout(ANSWER_MS).emit(event, ...args, (failure, answer) => {
    if (failure)
      done({ ok: false, lost: true,
        error: "the server did not answer in time" });
    else
      done(answer ?? { ok: false, error: "the answer was empty" });
  });
}

/* Joins a room; how is "first", "switch" or "rejoin". */
function join(name, room, how) {
  const turn = ++joinTurn;

  ask((answer) => {
    if (turn !== joinTurn || (answer.lost && !socket.connected))
      return;
    if (answer.ok)
      entered(answer, how);
    else if (how === "rejoin")
      rejoinRefused(answer.error);
    else if (how === "switch")
      switchRefused(answer.error);
    else
      joinRefused(answer.error);
  }, "join", { name, room });
}

/* The server let us in. */
function entered(answer, how) {
  const same = how === "rejoin" && answer.room === me.room;

  Object.assign(me, { name: answer.name, room: answer.room, inside: true,
    wanted: { name: answer.name, room: answer.room } });
  remember("chat.name", me.name);
  people = answer.users ?? [];
  rooms = answer.rooms ?? rooms;
  typing.reset();

  const history = (answer.history ?? []).map((item) => ({ ...item,
    kind: "said", mine: item.name === me.name }));

  if (same) {
    log.rejoin(history);
  } else {
    log.open(history);
    before.clear();
  }
  for (const name of people)
    before.delete(name);
  $("say-error").textContent = "";
  showChat();
  showState();
  setHash(me.room);
  if (!same) {
    closeDrawer();
    focusComposer();
  }
}

/* The first join failed: the form says why. */
function joinRefused(error) {
  me.wanted = null;
  $("join-button").disabled = false;
  $("join-button").textContent = "Join";
  $("join-error").textContent = sentence(error);
  $("join-name").setAttribute("aria-invalid", "true");
  $("join-name").focus();
  $("join-name").select();
}

/* Another room would not have us: we stay where we are. */
function switchRefused(error) {
  $("room-error").textContent = sentence(error);
  setHash(me.room);
}

/*
 * After a lost connection the server may hold our name for the old one until
 * its heartbeat fails, so a refusal is tried again before we believe it.
 */
function rejoinRefused(error) {
  const passed = Date.now() - me.lostAt;

  if (passed < REJOIN_MS) {
    $("offline-text").textContent =
      `Coming back into the room. ${sentence(error)}`;
    clearTimeout(rejoinTimer);
    rejoinTimer = setTimeout(rejoin, Math.min(500 + passed / 4, 4000));
    return;
  }
  showJoin();
  joinRefused(error);
}

/* Back into the room we were in. */
function rejoin() {
  clearTimeout(rejoinTimer);
  if (me.wanted && socket.connected)
    join(me.wanted.name, me.wanted.room, me.room ? "rejoin" : "first");
}

/* Goes to another room, made by going there. */
function go(room) {
  $("room-error").textContent = "";
  if (room === me.room) {
    closeDrawer();
    focusComposer();
  } else if (!me.inside) {
    switchRefused("you are offline");
  } else {
    typing.stop();
    stopPrivate();
    join(me.name, room, "switch");
  }
}

/* Sends an entry of the log, and settles it when the answer comes. */
function send(entry) {
  const done = (answer) => {
    if (answer.lost && !socket.connected)
      return;
    log.settle(entry, answer.ok ? answer
      : { error: answer.error ?? "the server refused it" });
  };

  if (entry.kind === "private")
    ask(done, "private", { to: entry.to, text: entry.text });
  else
    ask(done, "say", entry.text);
}

/* Sends what is in the composer. */
function say() {
  const text = $("say-text").value.trim();

  $("say-error").textContent = "";
  if (!text)
    return;
  if (!me.inside) {
    $("say-error").textContent =
      "You are offline. The text stays here until you are back.";
    return;
  }
  typing.stop();
  $("say-text").value = "";
  growComposer();
  log.unmark();
  sendNew(privateTo, text);
}

/* A new message of ours, to one person or, with no name, to the room. */
function sendNew(to, text) {
  const entry = { kind: to ? "private" : "said", name: me.name, text,
    to: to ?? undefined, mine: true, at: Date.now(), state: "sending" };

  log.add(entry);
  send(entry);
}

/* Once more, as a new message at the end. */
function sayAgain(entry) {
  if (!me.inside) {
    $("say-error").textContent = "You are offline. Try again when back.";
    return;
  }
  log.remove(entry);
  sendNew(entry.kind === "private" ? entry.to : null, entry.text);
}

/* The composer's text changed: the room hears of it, unless it is private. */
function typed() {
  if (me.inside && !privateTo && $("say-text").value.trim())
    typing.typed();
  else
    typing.stop();
}

/* ---- What the page shows ---- */

/* An error text as a sentence. */
function sentence(text) {
  const all = String(text ?? "something went wrong");

  return all.charAt(0).toUpperCase() + all.slice(1) +
    (/[.!?]$/.test(all) ? "" : ".");
}

/* The form. */
function showJoin() {
  Object.assign(me, { room: "", wanted: null, inside: false });
  document.documentElement.dataset.view = "join";
  $("chat-view").hidden = true;
  $("join-view").hidden = false;
  $("join-button").disabled = false;
  $("join-button").textContent = "Join";
  log.clear();
  showState();
  showTitle();
}

/* The chat, with the lists as they are now. */
function showChat() {
  document.documentElement.dataset.view = "chat";
  $("join-view").hidden = true;
  $("chat-view").hidden = false;
  $("room-title").textContent = me.room;
  $("me").textContent = me.name;
  avatar($("me-avatar"), me.name);
  showPeople();
  showRooms();
  showComposer();
  showTitle();
}

/* Who is in this room. */
function showPeople() {
  const others = people.filter((name) => name !== me.name)
    .sort((a, b) => a.localeCompare(b));

  $("people-count").textContent = people.length;
  $("room-count").textContent = people.length === 1 ? "only you"
    : `${people.length} people`;
  $("alone").hidden = others.length > 0;
  syncList($("people"), [me.name, ...others], (name) => {
    const button = el("button", { type: "button", class: "item",
      "data-name": name },
    avatar(el("span", { class: "avatar", "aria-hidden": "true" }), name),
    el("span", { class: "label" }, name), el("span", { class: "hint" }));

    button.addEventListener("click", () => startPrivate(name));
    return [button];
  }, (li, name) => {
    const button = li.firstChild;

    button.disabled = name === me.name;
    button.title = name === me.name ? "" : `Write to ${name} in private`;
    button.classList.toggle("current", name === privateTo);
    button.lastChild.textContent = name === me.name ? "you" : "private";
  });
}

/* The rooms, the fullest first; ours is in the list in any case. */
function showRooms() {
  const counts = new Map(rooms.map((room) => [room.name, room.users]));

  if (me.room && !counts.has(me.room))
    counts.set(me.room, people.length);

  const names = [...counts.keys()].sort((a, b) =>
    counts.get(b) - counts.get(a) || a.localeCompare(b));

  $("room-names").replaceChildren(...names.map((name) =>
    el("option", { value: name })));
  syncList($("rooms"), names, (name) => {
    const button = el("button", { type: "button", class: "item",
      "data-room": name }, el("span", { class: "hash", "aria-hidden":
      "true" }, "#"), el("span", { class: "label" }, name),
    el("span", { class: "count" }));

    button.addEventListener("click", () => go(name));
    return [button];
  }, (li, name) => {
    const button = li.firstChild;
    const count = counts.get(name);

    button.classList.toggle("current", name === me.room);
    button.setAttribute("aria-current", String(name === me.room));
    button.lastChild.textContent = count;
    button.lastChild.setAttribute("aria-label",
      `${count} ${count === 1 ? "person" : "people"}`);
    button.lastChild.dataset.count = count;
  });
}

/* The connection: a dot in the corner, and a bar while it is away. */
function showState() {
  const online = socket?.connected;
  const state = online ? (me.wanted && !me.inside ? "joining" : "online")
    : me.room ? (socket.active ? "reconnecting" : "offline") : "connecting";

  for (const node of document.querySelectorAll(".state")) {
    if (node.dataset.state === state)
      continue;
    node.dataset.state = state;
    node.querySelector(".state-text").textContent = state;
  }
  $("offline").hidden = state === "online";
  $("offline-text").textContent = online ? "Coming back into the room"
    : socket?.active ? "Connection lost, trying again"
      : "The server ended the connection";
  $("retry").hidden = online;
  $("say-send").disabled = !me.inside;
}

/* The title and icon of the tab, with what came while nobody looked. */
function showTitle() {
  const where = me.room ? `#${me.room} · Chat` : "Chat";

  document.title = unread ? `(${unread}) ${where}` : where;
  $("favicon").href = unread ? "favicon-unread.svg" : "favicon.svg";
}

/* A passing remark at the bottom of the page. */
function notice(text) {
  clearTimeout(noticeTimer);
  $("notice").textContent = text;
  noticeTimer = setTimeout(() => {
    $("notice").textContent = "";
  }, 7000);
}

/* Counts a message that came while the page was hidden. */
function received(entry) {
  if (log.add(entry, document.hidden) && document.hidden) {
    unread += 1;
    showTitle();
  }
}

/* ---- Composer and private messages ---- */

/* The composer says where its text goes. */
function showComposer() {
  const there = !privateTo || people.includes(privateTo);

  $("private-bar").hidden = !privateTo;
  $("private-to").textContent = privateTo ?? "";
  $("say-form").classList.toggle("private", Boolean(privateTo));
  $("say-text").placeholder = privateTo
    ? `Message to ${privateTo}${there ? "" : ", who is not in this room"}`
    : `Message to #${me.room}`;
  showPeople();
}

/* From here on the composer writes to one person. */
function startPrivate(name) {
  if (name === me.name)
    return;
  typing.stop();
  privateTo = name;
  showComposer();
  closeDrawer();
  $("say-text").focus();
}

/* Back to the room. */
function stopPrivate() {
  privateTo = null;
  $("say-error").textContent = "";
  showComposer();
}

/* As high as its text, up to what chat.css allows. */
function growComposer() {
  const area = $("say-text");

  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

/* Ready to write; not on a phone, where the keyboard would jump up. */
function focusComposer() {
  if (!phone.matches)
    $("say-text").focus();
}

/* ---- Address ---- */

/* The room that the address names: #room=name. */
function hashRoom() {
  const room = new URLSearchParams(location.hash.slice(1)).get("room");

  return room?.trim().slice(0, 32) || null;
}

/* Puts the room into the address; a new one is a step in the history. */
function setHash(room) {
  const hash = `#${new URLSearchParams({ room })}`;

  if (hashRoom() === room)
    return;
  if (hashRoom() === null)
    history.replaceState(null, "", hash);
  else
    history.pushState(null, "", hash);
}

/* ---- Wiring ---- */

/* What the server tells. */
function listen() {
  socket.on("connect", () => {
    showState();
    rejoin();
  });
  socket.on("disconnect", () => {
    me.inside = false;
    me.lostAt = Date.now();
    clearTimeout(rejoinTimer);
    before.clear();
    for (const name of people)
      before.add(name);
    typing.reset();
    showState();
  });
  socket.on("connect_error", (error) => {
    showState();
    if (!socket.active) {
      notice(sentence(error.message));
      setTimeout(() => socket.connect(), 5000);
    }
  });
  socket.on("joined", ({ name, users }) => {
    people = Array.isArray(users) ? users : [...new Set([...people, name])];
    if (name !== me.name && !before.delete(name))
      log.note(`${name} joined`, name, true);
    showComposer();
  });
  socket.on("left", ({ name, users }) => {
    people = Array.isArray(users) ? users
      : people.filter((other) => other !== name);
    typing.set(name, false);
    log.note(`${name} left`, name, false);
    showComposer();
  });
  socket.on("rooms", (list) => {
    rooms = list;
    showRooms();
  });
  socket.on("said", (message) => {
    typing.set(message.name, false);
    received({ ...message, kind: "said", mine: message.name === me.name });
  });
  socket.on("private", ({ from, to, text, at }) =>
    received({ kind: "private", name: from, to, text, at, mine: false }));
  socket.on("typing", ({ name, on }) => typing.set(name, on));
  socket.on("error", (name, message) =>
    notice(sentence(message ?? name)));
}

/* The form's checks; the server has the last word. */
function submitJoin(event) {
  const name = $("join-name").value.trim();
  const room = $("join-room").value.trim() || "lobby";

  event.preventDefault();
  $("join-error").textContent = "";
  $("join-name").removeAttribute("aria-invalid");
  if (!name) {
    joinRefused("please enter a name");
    return;
  }
  me.wanted = { name, room };
  $("join-button").disabled = true;
  $("join-button").textContent = "Joining";
  rejoin();
}

/* The chat's keys: Enter sends, Shift+Enter is a new line, Escape goes back. */
function keyDown(event) {
  if (event.key === "Escape" && document.documentElement.classList
    .contains("drawer"))
    closeDrawer();
  else if (event.key === "Escape" && privateTo)
    stopPrivate();
  else if (event.key === "Enter" && event.target === $("say-text") &&
      !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    say();
  }
}

/* Gives up the name and the room. */
function leave() {
  typing.stop();
  stopPrivate();
  closeDrawer();
  showJoin();
  socket.disconnect().connect();
  $("join-name").focus();
}

/* Connects the page's controls. */
function wire() {
  $("join-form").addEventListener("submit", submitJoin);
  $("room-form").addEventListener("submit", (event) => {
    const room = $("room-name").value.trim();

    event.preventDefault();
    $("room-name").value = "";
    if (room)
      go(room);
  });
  $("say-form").addEventListener("submit", (event) => {
    event.preventDefault();
    say();
    $("say-text").focus();
  });
  $("say-text").addEventListener("input", () => {
    $("say-error").textContent = "";
    growComposer();
    typed();
  });
  $("private-cancel").addEventListener("click", () => {
    stopPrivate();
    $("say-text").focus();
  });
  $("retry").addEventListener("click", () => {
    socket.disconnect().connect();
    showState();
  });
  $("leave").addEventListener("click", leave);
  $("drawer-open").addEventListener("click", openDrawer);
  $("drawer-close").addEventListener("click", closeDrawer);
  $("backdrop").addEventListener("click", closeDrawer);
  phone.addEventListener("change", () => setDrawer(false));
  document.addEventListener("keydown", keyDown);
  window.addEventListener("hashchange", () => {
    if (me.room && hashRoom() && hashRoom() !== me.room)
      go(hashRoom());
    else if (!me.room)
      $("join-room").value = hashRoom() ?? $("join-room").value;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      log.unmark();
    } else {
      unread = 0;
      showTitle();
    }
  });
}

/* Fills the form in, and starts. */
function start() {
  $("join-name").value = recall("chat.name") ?? "";
  $("join-room").value = hashRoom() ?? "lobby";
  wire();
  setDrawer(false);
  if (!socket) {
    joinRefused("the Socket.IO client could not be loaded from the gateway");
    $("join-button").disabled = true;
    return;
  }
  listen();
  showState();
  ($("join-name").value ? $("join-button") : $("join-name")).focus();
}

start();
