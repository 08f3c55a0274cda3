/*
 * tap: a list of checks that run in order, and what they say.
 *
 *	check("water is wet", async () => { … });
 *	process.exitCode = await run({ before, after });
 *
 * A check fails when its function throws or takes too long; the others still
 * have their try. SIOGATE_TEST_ONLY, a regular expression, picks some.
 */

const CHECK_MS = 90000;
const checks = [];

/* Registers a check. */
export function check(what, run) {
  checks.push({ what, run });
}

/* Prints lines of comment. */
export function note(text) {
  console.log(String(text).replace(/\x1b\[\d*m/g, "").trimEnd()
    .replace(/^/gm, "# "));
}

/* Throws unless it holds. */
export function must(holds, why) {
  if (!holds)
    throw new Error(why);
}

/* Waits for a promise for a bounded time. */
export async function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not in ${ms} ms`)),
      ms);
  });

  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/* Waits until a test gives something true, and gives that. */
export async function until(test, what, ms = 30000) {
  const end = Date.now() + ms;

  for (;;) {
    const got = await test();

    if (got)
      return got;
    if (Date.now() > end)
      throw new Error(`${what}: not in ${ms} ms`);
    await new Promise((go) => setTimeout(go, 2));
  }
}

/* Runs one check. True when it passes. */
async function runOne(number, { what, run: test }) {
  const since = Date.now();

  try {
    await within(CHECK_MS, Promise.resolve().then(test), "the check");
    console.log(`ok ${number} - ${what}`);
    if (process.env.SIOGATE_TEST_TIMES)
      note(`${Date.now() - since} ms`);
    return true;
  } catch (error) {
    console.log(`not ok ${number} - ${what}`);
    note(error?.stack ?? error);
    return false;
  }
}

/* Runs the checks, between before and after; gives an exit status. onFail is
 * called after a check has failed; when it throws, no more are run. */
export async function run({ before, after, onFail } = {}) {
  const only = new RegExp(process.env.SIOGATE_TEST_ONLY ?? "");
  const chosen = checks.filter(({ what }) => only.test(what));
  let failed = 0;
  const bail = (error) => {
    console.log("Bail out! What the checks need has failed");
    note(error?.stack ?? error);
    failed += 1;
  };

  console.log(`1..${chosen.length}`);
  try {
    await before?.();
    for (const [i, one] of chosen.entries()) {
      if (await runOne(i + 1, one))
        continue;
      failed += 1;
      await onFail?.();
    }
  } catch (error) {
    bail(error);
  }
  try {
    await after?.();
  } catch (error) {
    bail(error);
  }
  return failed ? 1 : 0;
}
