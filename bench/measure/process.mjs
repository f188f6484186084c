// What the kernel says of a process: CPU time, resident memory, pinning. Linux only.
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { setTimeout as pause } from "node:timers/promises";

const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const SYSTEM_CORE = 0;
const LOAD_CORE = 1;

/** User and system time of all threads, in seconds. */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function residentBytes(pid) {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line[1]) * 1024;
}

const FEW_FILES = 500;
const PATIENCE_MS = 30_000;

/**
 * Waits until the objects that were used are put away. Each holds three open files for ten seconds and more: in a
 * long run the process would have as many as it may have, and closing them would burden the next window.
 */
export async function untilAtRest(pid) {
  const until = performance.now() + PATIENCE_MS;
  while (readdirSync(`/proc/${pid}/fd`).length > FEW_FILES && performance.now() < until) await pause(200);
}

/** Decided once: after this process has moved to its own core it sees only that one. */
export const PINNED = availableParallelism() > 1 && spawnSync("taskset", ["--version"]).status === 0;

/** The command that runs `command` on the systems' core. */
export const onSystemCore = (command) => (PINNED ? ["taskset", "-c", String(SYSTEM_CORE), ...command] : command);

export function moveToLoadCore() {
  if (PINNED) spawnSync("taskset", ["-a", "-c", "-p", String(LOAD_CORE), String(process.pid)]);
}

export function machine() {
  const model = cpus()[0].model.replace(/\((R|TM)\)/gi, "").replace(/\s+/g, " ").trim();
  const memory = Math.round(totalmem() / 2 ** 30);
  const linux = release().split(/[.-]/).slice(0, 2).join(".");
  return `${cpus().length} cores (${model}), ${memory} GiB of memory, Linux ${linux}`;
}
