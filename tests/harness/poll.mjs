// Waiting for something that happens by itself: asked again and again until a deadline. A test never
// sleeps and hopes.
import { setTimeout as sleep } from "node:timers/promises";

/** Asks until the answer is truthy, and returns it. An error counts as "not yet". */
export async function eventually(what, ask, { within = 10_000, every = 50 } = {}) {
  const deadline = Date.now() + within;
  let last;
  for (;;) {
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${within} ms; last seen: ${last instanceof Error ? last.stack : JSON.stringify(last)}`);
    }
    await sleep(every);
  }
}

/** The promise, or an error that says what was waited for. */
export function within(milliseconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export { sleep };
