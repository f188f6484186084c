// Child process: starts one of the two systems, reports where it listens and how long its first byte took, and
// stops when its parent says so. It runs on the systems' core together with the workerd that it starts.
import childProcess from "node:child_process";
import { rmSync } from "node:fs";
import { connect } from "node:net";
import { cpuSeconds } from "./measure/process.mjs";

const options = JSON.parse(process.argv[2]);
const POLL_MS = 2;
let firstByte;

// Miniflare spawns workerd through this module object, so the moment and the process are known exactly.
const { spawn } = childProcess;
childProcess.spawn = (command, ...rest) => {
  const start = performance.now();
  const child = spawn(command, ...rest);
  if (/workerd/.test(command)) firstByte ??= untilFirstByte(child.pid, start);
  return child;
};

function attempt(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true }, () => {
      socket.write(`GET /.well-known/jwks.json HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
    });
    socket.once("data", (chunk) => {
      socket.destroy();
      resolve(chunk.latin1Slice(9, 12));
    });
    socket.once("error", () => resolve(null));
    socket.once("close", () => resolve(null));
  });
}

async function untilFirstByte(pid, start) {
  for (;;) {
    const status = await attempt(options.port);
    if (status !== null) {
      if (status !== "200") throw new Error(`the first answer was ${status}`);
      return { pid, milliseconds: performance.now() - start, cpuMilliseconds: cpuSeconds(pid) * 1000 };
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

process.on("exit", () => rmSync(options.data, { recursive: true, force: true }));
const { start } = await import(`./systems/${options.name}.mjs`);
const system = await start(options);
const { pid, milliseconds, cpuMilliseconds } = await firstByte;
let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  await system.stop();
  process.exit(0);
}
for (const reason of ["message", "disconnect", "SIGINT", "SIGTERM"]) process.on(reason, stop);
process.send({ url: system.url, key: system.key, pid, cold: { milliseconds, cpuMilliseconds } });
