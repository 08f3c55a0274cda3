/*
 * The log of messages: an array of entries and their elements in the page.
 *
 * An entry is { kind, at, … }:
 *   said     { id, name, text, mine, state }
 *   private  { name, to, text, mine, state }
 *   note     { text, about }
 * state is "sending", "sent" or "failed" (with reason). Messages are known
 * by id and time together, so that what a rejoin brings again is recognised
 * even after the server has begun to count anew.
 */

import { $, avatar, el, linked, tint } from "./dom.js";

const KEEP = 1000;
const GROUP_MS = 5 * 60 * 1000;
const NEAR_END = 80;

const clock = new Intl.DateTimeFormat(undefined,
  { hour: "numeric", minute: "2-digit" });
const dayName = new Intl.DateTimeFormat(undefined,
  { weekday: "long", day: "numeric", month: "long" });
const dayNameYear = new Intl.DateTimeFormat(undefined,
  { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined,
  { dateStyle: "full", timeStyle: "medium" });

/* A number that is the same for all times of one local day. */
function dayOf(at) {
  const date = new Date(at);

  return new Date(date.getFullYear(), date.getMonth(), date.getDate())
    .getTime();
}

/* How a day is called in a separator. */
function dayText(at) {
  const today = dayOf(Date.now());

  if (dayOf(at) === today)
    return "Today";
  if (dayOf(at) === dayOf(today - 12 * 3600 * 1000))
    return "Yesterday";
  if (new Date(at).getFullYear() === new Date().getFullYear())
    return dayName.format(at);
  return dayNameYear.format(at);
}

/* Whether an entry continues the one before it: same person, same kind. */
function continues(entry, last) {
  return last && last.kind === entry.kind && entry.kind !== "note" &&
    last.name === entry.name && last.to === entry.to &&
    dayOf(last.at) === dayOf(entry.at) && entry.at - last.at < GROUP_MS;
}

/* The line above a message's bubble: who, and for a private one, to whom. */
function headOf(entry) {
  const who = tint(el("strong", { class: "name" }, entry.name), entry.name);

  if (entry.kind === "private")
    return el("p", { class: "head" }, ...(entry.mine
      ? ["Private to ", tint(el("strong", { class: "name" }, entry.to),
        entry.to)]
      : [who, " to you, in private"]));
  if (entry.mine)
    return el("p", { class: "head hidden" }, "You");
  return el("p", { class: "head" }, who);
}

export class Log {
  #entries = [];
  #known = new Set();
  #hooks;
  #missed = 0;
  #marker = null;
  #atEnd = true;

  /* hooks: retry(entry), reply(name). */
  constructor(hooks) {
    this.#hooks = hooks;
    $("log").addEventListener("scroll", () => this.#scrolled());
    $("jump").addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => {
      if (this.#atEnd)
        this.toEnd();
    }).observe($("log"));
  }

  /* Adds an entry at the end; false when it was there already. */
  add(entry, unread = false) {
    if (!this.#remember(entry))
      return false;
    if (unread && !this.#marker)
      this.#marker = entry;
    this.#entries.push(entry);
    this.#append(entry, this.#entries.at(-2));
    this.#trim();
    $("empty").hidden = true;
    if (this.#atEnd || entry.mine)
      this.toEnd();
    else if (entry.kind !== "note")
      this.#showMissed(this.#missed + 1);
    return true;
  }

  /* Enters another room: its history, and the private messages we hold. */
  open(history) {
    const kept = this.#entries.filter((entry) => entry.kind === "private");

    this.#entries = [];
    this.#known.clear();
    this.#marker = null;
    this.#merge(kept, history);
    this.#render();
    this.toEnd();
  }

  /* Back after a lost connection: adds what was missed, and nothing twice. */
  rejoin(history) {
    const place = $("log").scrollTop;

    this.#adopt(history);
    this.#merge(this.#entries, history);
    for (const entry of this.#entries)
      if (entry.state === "sending")
        this.settle(entry, { error: "the connection was lost" });
    this.#render();
    if (this.#atEnd)
      this.toEnd();
    else
      $("log").scrollTop = place;
  }

  /* Forgets everything. */
  clear() {
    this.#entries = [];
    this.#known.clear();
    this.#marker = null;
    this.#render();
  }

  /* The answer to a message of ours: { id, at } or { error }. */
  settle(entry, { id, at, error }) {
    entry.state = error ? "failed" : "sent";
    entry.reason = error;
    if (!error) {
      entry.id = id;
      entry.at = at ?? entry.at;
      this.#remember(entry);
    }
    if (entry.node)
      this.#showState(entry);
  }

  /* Takes an entry out, to be sent again. */
  remove(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#render();
  }

  /* Who came and went; someone back within moments leaves no trace. */
  note(text, about, isReturn) {
    const last = this.#entries.at(-1);

    if (isReturn && last?.kind === "note" && last.about === about &&
        last.gone && Date.now() - last.at < 30000) {
      this.#entries.pop();
      last.node.remove();
      return;
    }
    this.add({ kind: "note", at: Date.now(), text, about, gone: !isReturn });
  }

  /* Lets the line above unread messages go. */
  unmark() {
    this.#marker = null;
    $("entries").querySelector(".unread-line")?.remove();
  }

  /* Scrolls to the newest message. */
  toEnd() {
    const log = $("log");

    log.scrollTop = log.scrollHeight;
    this.#atEnd = true;
    this.#showMissed(0);
  }

  /* Notes an entry's identity; false when it was known. */
  #remember(entry) {
    if (entry.kind !== "said" || entry.id === undefined)
      return true;

    const key = `${entry.id} ${entry.at}`;

    if (this.#known.has(key))
      return false;
    this.#known.add(key);
    return true;
  }

  /* Our messages whose answer was lost, but which the server has. */
  #adopt(history) {
    for (const entry of this.#entries) {
      if (entry.kind !== "said" || entry.state !== "sending")
        continue;

      const found = history.find((other) => other.name === entry.name &&
        other.text === entry.text && !this.#known.has(
        `${other.id} ${other.at}`));

      if (found)
        this.settle(entry, found);
    }
  }

  /* Both lists as one, in order of time; the sort is stable. */
  #merge(mine, theirs) {
    this.#entries = [...mine,
      ...theirs.filter((entry) => this.#remember(entry))]
      .sort((a, b) => a.at - b.at).slice(-KEEP);
  }

  /* Draws all entries; not read aloud, or a whole history would be. */
  #render() {
    const log = $("log");

    log.setAttribute("aria-live", "off");
    $("entries").replaceChildren();
    this.#entries.forEach((entry, i) =>
      this.#append(entry, this.#entries[i - 1]));
    $("empty").hidden = this.#entries.some((e) => e.kind !== "note");
    setTimeout(() => log.setAttribute("aria-live", "polite"), 200);
  }

  /* Draws one entry below the others. */
  #append(entry, last) {
    const list = $("entries");

    if (!last || dayOf(last.at) !== dayOf(entry.at))
      list.append(el("li", { class: "day", "data-kind": "day" },
        el("span", {}, dayText(entry.at))));
    if (entry === this.#marker)
      list.append(el("li", { class: "unread-line" },
        el("span", {}, "New messages")));
    entry.node = entry.kind === "note"
      ? el("li", { class: "note", "data-kind": "note" }, entry.text)
      : this.#message(entry, entry !== this.#marker && continues(entry, last));
    list.append(entry.node);
  }

  /* The element of a message. */
  #message(entry, joined) {
    const time = el("time", { datetime: new Date(entry.at).toISOString(),
      title: full.format(entry.at) }, clock.format(entry.at));
    const text = el("span", { class: "text" }, ...linked(entry.text));
    const node = el("li", { class: "message", "data-kind": entry.kind,
      "data-from": entry.name, "data-mine": entry.mine ? "yes" : null });
    const head = headOf(entry);

    node.classList.toggle("joined", Boolean(joined));
    head.classList.toggle("hidden", head.classList.contains("hidden") ||
      Boolean(joined));
    node.append(
      avatar(el("span", { class: "avatar", "aria-hidden": "true" }),
        entry.name),
      el("div", { class: "body" }, head,
        el("div", { class: "bubble" }, text, " ", time),
        el("p", { class: "after" })));
    entry.node = node;
    this.#showState(entry);
    return node;
  }

  /* Below the bubble: not sent, or an answer to a private message. */
  #showState(entry) {
    const after = entry.node.querySelector(".after");
    const button = (text, action) => {
      const node = el("button", { class: "quiet", type: "button" }, text);

      node.addEventListener("click", action);
      return node;
    };

    entry.node.dataset.state = entry.state ?? "sent";
    if (entry.id !== undefined)
      entry.node.dataset.id = entry.id;
    after.replaceChildren();
    if (entry.state === "failed")
      after.append(el("span", { class: "error" },
        `Not sent: ${entry.reason}`),
      button("Send again", () => this.#hooks.retry(entry)));
    else if (entry.kind === "private" && !entry.mine)
      after.append(button("Reply", () => this.#hooks.reply(entry.name)));
  }

  /* Keeps the page light: the oldest entries go, many at a time. */
  #trim() {
    if (this.#entries.length < KEEP + 200)
      return;
    this.#entries = this.#entries.slice(-KEEP);
    this.#render();
  }

  /* Whether the reader is at the end decides if new messages scroll. */
  #scrolled() {
    const log = $("log");

    this.#atEnd = log.scrollHeight - log.scrollTop - log.clientHeight <
      NEAR_END;
    if (this.#atEnd)
      this.#showMissed(0);
    else
      this.#showMissed(this.#missed);
  }

  /* The button that leads to the end, with how much came meanwhile. */
  #showMissed(count) {
    this.#missed = count;
    $("jump").hidden = this.#atEnd;
    $("jump").textContent = count === 0 ? "Newest messages"
      : `${count} new message${count === 1 ? "" : "s"}`;
  }
}
