/*
 * gateway: starts and ends gateways for the tests.
 *
 * Each has a folder of its own for its configuration, sockets and log, and a
 * port that the system picked. Whatever was started is ended by its process
 * id, also when the tests end too early. Programs come from SIOGATE_BUILD, the
 * current directory by default.
 */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync,
  writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { note, until, within } from "./tap.mjs";

const build = resolve(process.env.SIOGATE_BUILD ?? ".");
const top = mkdtempSync(join(tmpdir(), "siogate-clients-"));
const STOP_MS = 40000;
const live = new Set();
let count = 0;

/* A program of the build. */
export function program(name) {
  return join(build, name);
}

/* A size that SIOGATE_TEST_SCALE makes smaller or larger. */
export function scaled(n, least = 1) {
  const scale = Number(process.env.SIOGATE_TEST_SCALE ?? 1) || 1;

  return Math.max(least, Math.round(n * scale));
}

/* Sends a signal to a process that may be gone. */
export function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/* The children of a process. */
export function children(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim()
      .split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/* Memory of a process in bytes: { rss, pss }. */
export function memory(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const field = (name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)[1]) * 1024;

  return { rss: field("Rss"), pss: field("Pss") };
}

/* The workers of gateways that we started, also of those that have crashed:
 * processes that were told to keep their state in our folder. */
function ourWorkers() {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8")
        .split("\0").some((one) => one.startsWith(`SIOGATE_STATE_DIR=${top}/`));
    } catch {
      return false;
    }
  }).map(Number);
}

/* Ends what is left, at once. */
function endAll() {
  for (const gateway of live)
    signal(gateway.pid, "SIGKILL");
  for (const pid of ourWorkers())
    signal(pid, "SIGKILL");
  rmSync(top, { recursive: true, force: true });
}

process.on("exit", endAll);
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(name, () => process.exit(1));

/* The text of a configuration: { section: { name: value } }. */
function configText(sections) {
  return Object.entries(sections).map(([section, values]) =>
    [`[${section}]`, ...Object.entries(values)
      .map(([name, value]) => `${name} = ${value}`)].join("\n"))
    .join("\n\n") + "\n";
}

export class Gateway {
  /* sections: of the configuration file, beside what every gateway has here. */
  constructor(sections) {
    this.dir = join(top, `g${count += 1}`);
    this.sections = sections;
    this.port = 0;
    this.log = "";
    mkdirSync(join(this.dir, "state"), { recursive: true });
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get control() {
    return join(this.dir, "run", "control.sock");
  }

  get pid() {
    return this.child.pid;
  }

  /* Writes the configuration. */
  configure(gatewaySection = {}) {
    writeFileSync(join(this.dir, "siogate.conf"), configText({
      ...this.sections,
      gateway: { run_dir: "run", state_dir: join(this.dir, "state"),
        listen: `127.0.0.1:${this.port}`, ...this.sections.gateway,
        ...gatewaySection },
    }));
  }

  /* Starts the gateway; again on the same port if it ran before. */
  async start() {
    this.configure();
    this.log = "";
    this.child = spawn(program("siogate"), ["-c", "siogate.conf"],
      { cwd: this.dir, stdio: ["ignore", "inherit", "pipe"] });
    this.ended = new Promise((resolveEnd) => {
      this.child.once("error", (error) => resolveEnd({ error }));
      this.child.once("exit", (code, by) => resolveEnd({ code, by }));
    });
    this.child.stderr.setEncoding("utf8")
      .on("data", (text) => { this.log += text; });
    live.add(this);
    this.ended.then(() => live.delete(this));
    await Promise.race([
      until(() => / is up$/m.test(this.log), "the gateway's start"),
      this.ended.then((how) => {
        throw new Error(`no gateway: ${JSON.stringify(how)}\n${this.log}`);
      }),
    ]);
    this.port = Number(/listening on 127\.0\.0\.1:(\d+)/.exec(this.log)[1]);
    return this;
  }

  /* Waits for the process' end, which has to be an orderly one. */
  async wait() {
    const { code, by } =
      await within(STOP_MS, this.ended, "the gateway's end");

    if (code !== 0)
      throw new Error(`the gateway ended with ${code ?? by}\n${this.log}`);
  }

  /* Ends the gateway as an administrator would. */
  async stop() {
    this.child.kill("SIGTERM");
    await this.wait();
  }

  /* Runs siogatectl; gives what it printed. */
  async ctl(args, input = "") {
    const child = spawn(program("siogatectl"),
      ["-s", this.control, "--timeout", "60", ...args],
      { stdio: ["pipe", "pipe", "inherit"] });
    let out = "";

    child.stdout.setEncoding("utf8").on("data", (text) => { out += text; });
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const code = await new Promise((done, fail) => {
      child.once("error", fail);
      child.once("close", done);
    });

    if (code !== 0)
      throw new Error(`siogatectl ${args.join(" ")}: ${code}\n${out}`);
    return out;
  }

  /* The gateway as a whole. */
  async status() {
    return JSON.parse(await this.ctl(["-j", "status"]));
  }

  /* The first pool. */
  async pool() {
    return JSON.parse(await this.ctl(["-j", "pools"])).pools[0];
  }

  /* A metric's value. */
  async metric(name) {
    const line = new RegExp(`^${name} (\\S+)$`, "m")
      .exec(await this.ctl(["metrics"]));

    return Number(line[1]);
  }

  /* The process ids of the workers. */
  workers() {
    return children(this.pid);
  }

  /* False when it has ended without being told to. */
  get alive() {
    return live.has(this);
  }

  /* Prints the end of the log. */
  tell() {
    note(`the gateway's log ends with\n${
      this.log.split("\n").slice(-40).join("\n")}`);
  }
}

/* A gateway with the kit as the handler of some namespaces. */
export function kitGateway(gateway = {}, pool = {},
  namespaces = ["/", "/chat", "/priv"]) {
  const sections = { gateway, "pool kit": {
    command: program("tests/clients/kit.fcgi"), workers: "2..4",
    restart_delay: "10ms", ...pool } };

  for (const name of namespaces)
    sections[`namespace ${name}`] = { pool: "kit" };
  return new Gateway(sections);
}

/* The folder of a package that is installed beside this file. */
export function packageDir(name) {
  return join(import.meta.dirname ?? new URL(".", import.meta.url).pathname,
    "node_modules", name);
}

/* How many descriptors a process has open. */
export function descriptors(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}
