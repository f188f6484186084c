// The measuring itself: A B A B for every row, so that a disturbance meets both. Returns figures, judges nothing.
import { setTimeout as pause } from "node:timers/promises";
import { closedLoop } from "./load/closed-loop.mjs";
import { Connection, HungUp } from "./load/connection.mjs";
import { createMessage, submitMessage } from "./load/messages.mjs";
import { ROWS } from "./load/scenarios.mjs";
import { signatureRows } from "./load/signatures.mjs";
import { streamMemory, timeToClients } from "./load/streams.mjs";
import { untilAtRest } from "./measure/process.mjs";
import { median } from "./measure/summary.mjs";
import { SETTINGS } from "./options.mjs";
import { launch } from "./systems/launch.mjs";

/** How many listeners, and how often per round. */
export const LISTENERS = [
  [1, 20],
  [100, 5],
  [1000, 3],
];
export const MEMORY_STREAMS = 1000;
const TRIES = 3;
const NEEDS = { get: ["create"], submit: ["create"], validate: ["create", "submit"], status: ["create", "submit"] };

const into = (figures, key, system, value) => ((figures[key] ??= {})[system] ??= []).push(value);

/** The rows to run: those wanted and those that fill the pools they draw from. */
function chosenRows(wants) {
  const names = new Set(ROWS.filter(({ name }) => wants(name)).flatMap(({ name }) => [...(NEEDS[name] ?? []), name]));
  return ROWS.filter(({ name }) => names.has(name));
}

/** Requests: every row in every round, one window per system. The first round is only for warming up. */
export async function measureRoutes(running, choice, say) {
  const figures = {};
  const rows = chosenRows(choice.wants);
  if (rows.length === 0) return figures;
  for (let round = 0; round <= choice.rounds; round++) {
    for (const row of rows) {
      for (const system of running) {
        const seconds = round === 0 ? Math.max(3, choice.warmup) : choice.seconds;
        const seen = await window(system, row, { ...choice, seconds }, say);
        await untilAtRest(system.pid);
        const wrong = seen.wrong.length > 0 ? `  WRONG ${seen.wrong.length}: ${seen.wrong[0]}` : "";
        say(`round ${round} ${row.name} ${system.name}: ${seen.rate.toFixed(0)}/s ${seen.cpu.toFixed(0)} µs${wrong}`);
        if (round > 0) into(figures, row.name, system.name, seen);
      }
    }
  }
  return figures;
}

/**
 * One window. The simulator has been seen to hang up on all connections at once, about five seconds after they were
 * opened, without a word in its log; what was measured until then is thrown away, and the window begins again.
 */
async function window(system, row, settings, say) {
  for (let tries = 1; ; tries++) {
    try {
      return await closedLoop(system, row, settings);
    } catch (error) {
      if (!(error instanceof HungUp) || tries === TRIES) throw error;
      say(`${row.name} ${system.name}: ${error.message}; the window begins again`);
      await untilAtRest(system.pid);
    }
  }
}

/** Event streams: milliseconds from the submit to the last listener, the median of each round. */
export async function measureStreams(running, choice, say) {
  const figures = {};
  if (!choice.wants("sse")) return figures;
  for (let round = 0; round <= choice.rounds; round++) {
    for (const [listeners, times] of LISTENERS) {
      for (const system of running) {
        const seen = [];
        for (let i = 0; i < times; i++) seen.push(await timeToClients(system, listeners));
        const last = median(seen.map((one) => one.last));
        say(`round ${round} ${listeners} listeners ${system.name}: ${last.toFixed(1)} ms`);
        if (round > 0) into(figures, listeners, system.name, last);
      }
    }
  }
  return figures;
}

async function firstProof(system) {
  const connection = await Connection.open(system.url);
  const start = performance.now();
  const { id, challenge } = JSON.parse((await connection.request(createMessage(system))).body);
  const answer = await connection.request(submitMessage(system, { id, code: challenge.code }));
  const elapsed = performance.now() - start;
  connection.close();
  if (answer.status !== 200) throw new Error(`${system.name}: the first submit answered ${answer.status}`);
  return elapsed;
}

/** Fresh processes: start to first byte, the first proof, and what 1,000 open streams add to the memory. */
export async function measureStarts(names, choice, say) {
  const figures = {};
  if (!choice.wants("cold")) return figures;
  for (let round = 1; round <= choice.rounds; round++) {
    for (const name of names) {
      const system = await launch(name, SETTINGS);
      const { milliseconds, cpuMilliseconds } = system.cold;
      const seen = { milliseconds, cpuMilliseconds, firstProof: await firstProof(system) };
      seen.memory = await streamMemory(system, MEMORY_STREAMS, pause);
      await system.stop();
      say(`start ${round} ${name}: ${milliseconds.toFixed(0)} ms, ${(seen.memory / 2 ** 20).toFixed(1)} MiB of streams`);
      into(figures, "start", name, seen);
    }
  }
  return figures;
}

/** Judging signatures: each row in every round, on Workers that do nothing else. */
export async function measureWallets(choice, say) {
  const figures = {};
  if (!choice.wants("wallets")) return { rows: [], figures };
  const rows = await signatureRows();
  const running = [];
  try {
    for (const name of choice.systems) running.push({ ...(await launch(`wallets-${name}`, SETTINGS)), name });
    for (let round = 0; round <= choice.rounds; round++) {
      for (const row of rows) {
        for (const system of running) {
          const seen = await window(system, row, choice, say);
          const each = { ...seen, rate: seen.rate * row.checks, cpu: seen.cpu / row.checks };
          const wrong = seen.wrong.length > 0 ? `  WRONG ${seen.wrong.length}: ${seen.wrong[0]}` : "";
          say(`round ${round} ${row.name} ${system.name}: ${each.rate.toFixed(0)} checks/s ${each.cpu.toFixed(0)} µs${wrong}`);
          if (round > 0) into(figures, row.name, system.name, each);
        }
      }
    }
  } finally {
    await Promise.all(running.map((system) => system.stop()));
  }
  return { rows: rows.map(({ name, title }) => ({ name, title })), figures };
}

/** The simulator's own cost per request, in microseconds of CPU. */
export async function measureFloor(choice) {
  const floor = await launch("floor", SETTINGS);
  const row = ROWS.find(({ name }) => name === "jwks");
  const { cpu, rate } = await closedLoop(floor, row, { ...choice, seconds: Math.min(choice.seconds, 5) });
  await floor.stop();
  return { cpu, rate };
}
