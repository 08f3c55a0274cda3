/*
 * Who is typing: tells the room about us, and shows the others above the
 * composer. Both sides forget after a while, should an "off" get lost.
 */

import { $, el, tint } from "./dom.js";

const IDLE_MS = 3000;
const SHOWN_MS = 7000;

/* A name in its colour. */
function bold(name) {
  return tint(el("strong", { class: "name" }, name), name);
}

export class Typing {
  #tell;
  #on = false;
  #told = 0;
  #timer = 0;
  #others = new Map();

  /* tell(on) sends it to the room. */
  constructor(tell) {
    this.#tell = tell;
  }

  /* A key was pressed; repeated to the room now and then. */
  typed() {
    if (!this.#on || Date.now() - this.#told > SHOWN_MS / 2) {
      this.#on = true;
      this.#told = Date.now();
      this.#tell(true);
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stop(), IDLE_MS);
  }

  /* We stopped. */
  stop() {
    clearTimeout(this.#timer);
    if (this.#on)
      this.#tell(false);
    this.#on = false;
  }

  /* Somebody else types, or stopped. */
  set(name, on) {
    clearTimeout(this.#others.get(name));
    this.#others.delete(name);
    if (on)
      this.#others.set(name, setTimeout(() => this.set(name, false),
        SHOWN_MS));
    this.#show();
  }

  /* Another room, or no connection: nobody types. */
  reset() {
    clearTimeout(this.#timer);
    this.#on = false;
    for (const timer of this.#others.values())
      clearTimeout(timer);
    this.#others.clear();
    this.#show();
  }

  /* The line above the composer. */
  #show() {
    const names = [...this.#others.keys()];
    const dots = el("span", { class: "dots", "aria-hidden": "true" },
      el("i"), el("i"), el("i"));

    if (names.length === 0)
      $("typing").replaceChildren();
    else if (names.length === 1)
      $("typing").replaceChildren(dots, bold(names[0]), " is typing");
    else if (names.length === 2)
      $("typing").replaceChildren(dots, bold(names[0]), " and ",
        bold(names[1]), " are typing");
    else
      $("typing").replaceChildren(dots, `${names.length} people are typing`);
  }
}
