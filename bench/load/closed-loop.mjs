// A fixed number of connections, each sending its next request when the last is answered. Returns what was measured
// in the window, and nothing of the warm-up.
import { cpuSeconds } from "../measure/process.mjs";
import { percentile } from "../measure/summary.mjs";
import { Connection } from "./connection.mjs";

const SAMPLE_EVERY = 100;

async function drive(connection, system, row, next, until, seen) {
  while (performance.now() < until) {
    const job = next();
    if (!job) return;
    const start = performance.now();
    const answer = await connection.request(job.bytes);
    seen.latencies.push(performance.now() - start);
    if (answer.status !== row.status) {
      seen.wrong.push(`${answer.status} ${answer.body.toString().slice(0, 200)}`);
      continue;
    }
    row.keep?.(system, answer, job.about);
    if (seen.latencies.length % SAMPLE_EVERY === 1) seen.samples.push({ answer, about: job.about });
  }
}

async function pass(connections, system, row, seconds) {
  const seen = { latencies: [], wrong: [], samples: [] };
  const next = row.source(system);
  const until = performance.now() + seconds * 1000;
  await Promise.all(connections.map((connection) => drive(connection, system, row, next, until, seen)));
  return seen;
}

/** Measures one row of one system once. */
export async function closedLoop(system, row, { connections, seconds, warmup }) {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(system.url)));
  try {
    if (!row.once && warmup > 0) await pass(open, system, row, warmup);
    const cpuBefore = cpuSeconds(system.pid);
    const ownBefore = process.cpuUsage();
    const start = performance.now();
    const seen = await pass(open, system, row, seconds);
    const elapsed = (performance.now() - start) / 1000;
    const own = process.cpuUsage(ownBefore);
    const cpu = cpuSeconds(system.pid) - cpuBefore;
    row.settle?.(system);
    for (const { answer, about } of seen.samples) {
      await Promise.resolve()
        .then(() => row.check(system, answer, about))
        .catch((error) => seen.wrong.push(error.message));
    }
    const count = seen.latencies.length;
    if (count === 0) throw new Error(`${system.name}: no answer at all on the row ${row.name}`);
    seen.latencies.sort((a, b) => a - b);
    return {
      count,
      checked: seen.samples.length,
      wrong: seen.wrong,
      rate: count / elapsed,
      cpu: (cpu / count) * 1e6,
      p50: percentile(seen.latencies, 0.5),
      p99: percentile(seen.latencies, 0.99),
      generator: (own.user + own.system) / 1e6 / elapsed,
    };
  } finally {
    for (const connection of open) connection.close();
  }
}
