// Runs something for a while and notes how long each run took, in milliseconds.

/** Runs that are shorter than this are timed several at once, so that the clock is not what is measured. */
const SHORTEST_MS = 1;
const FEWEST = 5;

/** @param {(times: number) => unknown} run does it so many times */
export async function timed(run, milliseconds, shortest = SHORTEST_MS) {
  const once = async (times) => {
    const start = performance.now();
    await run(times);
    return performance.now() - start;
  };
  // V8 compiles for speed only what has run for a while.
  const warm = performance.now() + milliseconds;
  do await once(1); while (performance.now() < warm);
  let batch = 1;
  while ((await once(batch)) < shortest) batch *= 2;
  const times = [];
  const until = performance.now() + milliseconds;
  while (times.length < FEWEST || performance.now() < until) times.push((await once(batch)) / batch);
  return times;
}
