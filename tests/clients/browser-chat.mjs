/*
 * The chat example's page in a real browser, against a running server.
 *
 *   node browser-chat.mjs <base-url> [screenshot-dir]
 *
 * Speaks TAP; exits with 1 when a check fails, with 2 on wrong usage.
 * CHROMIUM names the browser, /usr/bin/chromium by default.
 *
 * What the page promises to this script:
 *   html[data-view]           "join" or "chat"
 *   #join-form #join-name #join-room #join-button #join-error
 *   #state[data-state]        connecting online joining reconnecting offline
 *   #room-title #room-count   the room we are in, and how many are there
 *   #rooms [data-room]        a room to go to; its .count[data-count]
 *   #room-name                a room typed by name, Enter goes there
 *   #people [data-name]       somebody here; a click writes in private
 *   #entries > li[data-kind]  said, private, note or day; messages have
 *                             data-from, data-id, data-mine, data-state
 *                             (sending, sent, failed) and a .text
 *   #say-text #say-send       the composer; Enter sends
 *   #private-bar #private-to #private-cancel
 *   #typing                   who is typing, else empty
 *   #offline                  shown while there is no connection
 */

import { mkdirSync } from "node:fs";
import { join as joinPath } from "node:path";
import { chromium } from "playwright-core";

const WAIT_MS = 15000;
const PHONE = { width: 390, height: 780 };
const [base, shots] = process.argv.slice(2);
const stamp = `${process.pid}-${Date.now() % 100000}`;
const ann = `ann-${stamp}`;
const bob = `bob-${stamp}`;
const cid = `cid-${stamp}`;
const hall = `hall-${stamp}`;
const den = `den & ${stamp}`;
const complaints = [];
const checks = [];

/* Registers a check; the checks run in order and build on each other. */
function check(what, run) {
  checks.push({ what, run });
}

/* A page of its own visitor, whose console is watched. */
async function visitor(browser, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1100, height: 720 }, ...options });
  const page = await context.newPage();

  page.setDefaultTimeout(WAIT_MS);
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();

    if (page.isLost && text.includes("ERR_INTERNET_DISCONNECTED"))
      return;
    if (message.type() === "error" || message.type() === "warning")
      complaints.push(text);
  });
  page.on("requestfailed", (request) => {
    if (!request.url().includes("/socket.io/?"))
      complaints.push(`${request.url()} ${request.failure()?.errorText}`);
  });
  return page;
}

/* The page's address, with a room in it. */
function address(room) {
  const url = new URL(base);

  url.hash = new URLSearchParams({ room }).toString();
  return url.href;
}

/* Opens the page and fills the form in. */
async function submit(page, name, room) {
  if (page.url() === "about:blank")
    await page.goto(address(room));
  await page.fill("#join-name", name);
  await page.click("#join-button");
}

/* Joins, and waits until it is done. */
async function enter(page, name, room) {
  await submit(page, name, room);
  await page.waitForSelector("html[data-view=chat]");
  await page.waitForSelector("#state[data-state=online]",
    { state: "attached" });
}

/* Writes a message and sends it with Enter. */
async function say(page, text) {
  await page.fill("#say-text", text);
  await page.press("#say-text", "Enter");
}

/* Waits for a message with this text, and gives its element. */
function message(page, text, also = "") {
  return page.locator(`#entries > li[data-kind]${also}`)
    .filter({ has: page.locator(".text", { hasText: text }) })
    .first().waitFor().then(() => page.locator(`#entries > li${also}`)
      .filter({ has: page.locator(".text", { hasText: text }) }));
}

/* Throws unless it holds. */
function must(holds, why) {
  if (!holds)
    throw new Error(why);
}

/* Waits until the page's own test of the argument holds. */
function until(page, test, argument) {
  return page.waitForFunction(test, argument);
}

/* A picture, where pictures are wanted. */
async function shoot(page, name) {
  if (shots)
    await page.screenshot({ path: joinPath(shots, `${name}.png`) });
}

/* ---- The checks ---- */

/* Joining, and who is here. */
function joining({ a, b, d }) {
  check("the first visitor joins the room of the deep link", async () => {
    await enter(a, ann, hall);
    must(await a.textContent("#room-title") === hall, "another room");
  });
  check("the second visitor joins, and each sees the other", async () => {
    await enter(b, bob, hall);
    await a.waitForSelector(`#people [data-name="${bob}"]`);
    await b.waitForSelector(`#people [data-name="${ann}"]`);
    await a.locator("#entries > li[data-kind=note]",
      { hasText: `${bob} joined` }).waitFor();
  });
  check("the list of rooms counts two", async () => {
    for (const page of [a, b])
      await page.waitForSelector(
        `#rooms [data-room="${hall}"] .count[data-count="2"]`);
  });
  check("a taken name is refused beside the form", async () => {
    await submit(d, ann, hall);
    await d.waitForSelector("#join-error:not(:empty)");
    await shoot(d, "join-error");
    must(await d.getAttribute("html", "data-view") === "join", "got in");
  });
  check("and another name is let in by the same form", async () => {
    await d.fill("#join-name", `dot-${stamp}`);
    await d.press("#join-name", "Enter");
    await d.waitForSelector("html[data-view=chat]");
    await d.click("#leave");
    await a.locator("#entries > li[data-kind=note]",
      { hasText: `dot-${stamp} left` }).waitFor();
  });
}

/* Talking in a room. */
function talking({ a, b }) {
  check("a message goes from the first to the second", async () => {
    await say(a, "hello from ann");
    await message(b, "hello from ann", `[data-from="${ann}"]`);
    await message(a, "hello from ann", "[data-state=sent][data-id]");
  });
  check("and one comes back", async () => {
    await say(b, "hello from bob");
    await message(a, "hello from bob", `[data-from="${bob}"]`);
  });
  check("both know the message under one id", async () => {
    const one = await message(a, "hello from bob");
    const two = await message(b, "hello from bob", "[data-state=sent]");

    must(await one.getAttribute("data-id") ===
      await two.getAttribute("data-id"), "the ids differ");
    must(await one.count() === 1 && await two.count() === 1, "it is doubled");
  });
  check("markup is shown as text, addresses become links", async () => {
    await say(a, "<img src=x onerror=alert(1)> https://example.org/a_(b).");

    const got = await message(b, "<img src=x onerror=alert(1)>");

    must(await got.locator("img").count() === 0, "markup was parsed");
    must(await got.locator("a").getAttribute("href") ===
      "https://example.org/a_(b)", "the link is wrong");
  });
  check("any script of the world arrives as it was sent", async () => {
    await say(b, "Grüße, 你好, שלום 🎉");
    await message(a, "Grüße, 你好, שלום 🎉");
  });
  check("typing is shown, and is over after the message", async () => {
    await a.locator("#say-text").pressSequentially("almost");
    await until(b, (name) => document.getElementById("typing")
      .textContent.includes(name), ann);
    await shoot(b, "typing");
    await a.press("#say-text", "Enter");
    await message(b, "almost");
    await b.waitForSelector("#typing:empty", { state: "attached" });
  });
}

/* From one to one. */
function inPrivate({ a, b, c }) {
  check("a private message reaches the one it is for", async () => {
    await a.click(`#people [data-name="${bob}"]`);
    must(await a.textContent("#private-to") === bob, "another person");
    await say(a, "between us");
    await message(b, "between us",
      `[data-kind=private][data-from="${ann}"]`);
    await message(a, "between us", "[data-kind=private][data-state=sent]");
    await shoot(a, "private");
    await a.click("#private-cancel");
  });
  check("a third visitor finds the history", async () => {
    await enter(c, cid, hall);
    await message(c, "hello from ann", `[data-from="${ann}"][data-id]`);
    await message(c, "hello from bob", `[data-from="${bob}"][data-id]`);
  });
  check("but not the private message", async () => {
    must(await c.locator("#entries .text", { hasText: "between us" })
      .count() === 0, "it is there");
  });
}

/* From room to room. */
function switching({ a, b, c }) {
  check("a new room is made by its name", async () => {
    await b.fill("#room-name", den);
    await b.press("#room-name", "Enter");
    await until(b, (name) => document.getElementById("room-title")
      .textContent === name, den);
    must(new URLSearchParams(new URL(b.url()).hash.slice(1))
      .get("room") === den, "the address does not name it");
  });
  check("those who stay see the other leave, and the counts", async () => {
    await a.locator("#entries > li[data-kind=note]",
      { hasText: `${bob} left` }).waitFor();
    await a.waitForSelector(`#people [data-name="${bob}"]`,
      { state: "detached" });
    await a.waitForSelector(
      `#rooms [data-room="${hall}"] .count[data-count="2"]`);
    await a.waitForSelector(`#rooms [data-room="${den}"]`);
  });
  check("what is said in one room stays there", async () => {
    await say(b, "only in the den");
    await message(b, "only in the den", "[data-state=sent]");
    await say(a, "only in the hall");
    await message(c, "only in the hall");
    must(await a.locator(".text", { hasText: "only in the den" })
      .count() === 0, "the den's was heard in the hall");
    must(await b.locator(".text", { hasText: "only in the hall" })
      .count() === 0, "the hall's was heard in the den");
  });
  check("the browser's back button goes to the room before", async () => {
    await b.goBack();
    await until(b, (name) => document.getElementById("room-title")
      .textContent === name, hall);
    const got = await message(b, "only in the hall");

    must(await got.count() === 1, "it is doubled");
    await shoot(a, "chat");
  });
}

/* Cuts a page off from the network, or connects it again. */
async function setLost(page, lost) {
  page.isLost ||= lost;
  page.cdp ??= await page.context().newCDPSession(page);
  await page.cdp.send("Network.enable");
  await page.cdp.send("Network.emulateNetworkConditions", { offline: lost,
    latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
}

/* A connection that is lost. */
function comingBack({ a, b }) {
  check("a lost connection is shown, and the text waits", async () => {
    await setLost(a, true);
    await a.waitForSelector("#offline");
    await say(a, "written offline");
    await a.waitForSelector("#say-error:not(:empty)");
    await shoot(a, "offline");
    must(await a.inputValue("#say-text") === "written offline", "it is gone");
    await say(b, "missed by ann");
    await message(b, "missed by ann", "[data-state=sent]");
  });
  check("it comes back by itself, with what was missed", async () => {
    await setLost(a, false);
    await a.waitForSelector("#offline", { state: "hidden", timeout: 60000 });
    await message(a, "missed by ann");
    await a.press("#say-text", "Enter");
    await message(b, "written offline", `[data-from="${ann}"]`);
  });
  check("and nothing is doubled", async () => {
    const ids = await a.locator("#entries > li[data-id]")
      .evaluateAll((list) => list.map((li) => li.dataset.id));

    must(ids.length > 0 && new Set(ids).size === ids.length,
      `ids: ${ids.join(" ")}`);
  });
}

/* Small screens, and the last word. */
function rest({ a, p }) {
  check("on a phone the lists are a drawer", async () => {
    await enter(p, `pia-${stamp}`, hall);
    await message(p, "hello from bob");
    must(!await p.isVisible("#drawer"), "it is open");
    await shoot(p, "phone");
    await p.click("#drawer-open");
    await p.click(`#people [data-name="${ann}"]`);
    await p.waitForSelector("#drawer", { state: "hidden" });
    must(await p.textContent("#private-to") === ann, "another person");
    must(await p.evaluate(() => document.documentElement.scrollWidth <=
      innerWidth), "the page is wider than the screen");
  });
  check("somebody who closes the page is seen to leave", async () => {
    await p.close();
    await a.waitForSelector(`#people [data-name="pia-${stamp}"]`,
      { state: "detached" });
  });
  check("no console had an error or a policy violation", async () => {
    must(complaints.length === 0, complaints.join("\n"));
  });
}

/* Runs the checks; after a failure the others still have their try. */
async function run() {
  let failed = 0;

  console.log(`1..${checks.length}`);
  for (const [i, { what, run: test }] of checks.entries()) {
    try {
      await test();
      console.log(`ok ${i + 1} - ${what}`);
    } catch (error) {
      failed += 1;
      console.log(`not ok ${i + 1} - ${what}`);
      console.log(String(error.message ?? error)
        .replace(/\x1b\[\d*m/g, "").trimEnd().replace(/^/gm, "# "));
    }
  }
  return failed;
}

/* Opens the browser and its visitors. */
async function main() {
  if (!base) {
    console.error("usage: browser-chat.mjs <base-url> [screenshot-dir]");
    return 2;
  }
  if (shots)
    mkdirSync(shots, { recursive: true });

  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic",
      "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });

  try {
    const pages = {
      a: await visitor(browser, { colorScheme: "dark" }),
      b: await visitor(browser, { colorScheme: "light" }),
      c: await visitor(browser), d: await visitor(browser),
      p: await visitor(browser, { viewport: PHONE, isMobile: true,
        hasTouch: true, deviceScaleFactor: 2 }),
    };

    joining(pages);
    talking(pages);
    inPrivate(pages);
    switching(pages);
    comingBack(pages);
    rest(pages);
    return await run() ? 1 : 0;
  } finally {
    await browser.close();
  }
}

process.exitCode = await main();
