// The flags of a run and what both systems are started with.
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";

/** What both systems are started with: a metered organisation that is never refused, and room for every stream. */
export const SETTINGS = {
  rateLimitPerMinute: 10_000,
  streamsLimit: 5_000,
  /** Where the data lie: in memory where there is such a place, so that a busy disk is not what is compared. */
  folder: process.env.BENCH_DATA ?? (existsSync("/dev/shm") ? "/dev/shm" : tmpdir()),
};

/** Both call the rate-limit binding for every request; it never says no. */
export const NO_LIMITS = Object.fromEntries(
  ["RATE_STANDARD", "RATE_PLUS", "RATE_SCALE", "RATE_PUBLIC"].map((name) => [name, 1_000_000_000]),
);

const FLAGS = {
  rounds: { type: "string", default: "5" },
  seconds: { type: "string", default: "8" },
  warmup: { type: "string", default: "2" },
  connections: { type: "string", default: "16" },
  only: { type: "string", default: "" },
  systems: { type: "string", default: "ours,peer" },
  write: { type: "boolean", default: false },
};

const NUMBERS = ["rounds", "seconds", "warmup", "connections"];

export const USAGE = `Options:
  --rounds N        rounds of A B (5)
  --seconds N       seconds of one measured window (8)
  --warmup N        seconds before each window (2)
  --connections N   connections of the load generator (16)
  --only a,b        rows: create,get,submit,validate,status,jwks,sse,cold,webhooks,inbound,page,
                    wallets (all)
  --systems a,b     ours,peer; one alone is measured without ratios
  --write           put the tables into bench/README.md`;

export function options(args) {
  const { values } = parseArgs({ args, options: FLAGS, strict: true });
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, Number(values[name])]));
  for (const [name, value] of Object.entries(numbers)) {
    if (!(value >= 0 && Number.isFinite(value))) throw new Error(`--${name} must be a number`);
  }
  const only = values.only ? values.only.split(",") : null;
  const wants = (row) => !only || only.includes(row);
  return { ...numbers, systems: values.systems.split(","), write: values.write, wants };
}
