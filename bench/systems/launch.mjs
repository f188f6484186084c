// Starts and stops a system as a child process on the systems' core, with fresh data.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, open } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../xtask/runner/free-port.mjs";
import { emptyPools } from "../load/scenarios.mjs";
import { onSystemCore } from "../measure/process.mjs";
import { PEER_BUNDLES } from "../peer/build.mjs";

const SERVE = fileURLToPath(new URL("../serve.mjs", import.meta.url));

const firstMessage = (child, name, log) =>
  new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`${name} did not start (exit ${code}); see ${log}`)));
  });

/** A running system as the load generator knows it. */
export async function launch(name, { folder, ...settings }) {
  const data = await mkdtemp(join(folder, `bench-${name}-`));
  const options = { name, port: await freePort(), data, ...settings };
  const [command, ...rest] = onSystemCore([process.execPath, SERVE, JSON.stringify(options)]);
  const log = join(PEER_BUNDLES, `${name}.log`);
  await mkdir(PEER_BUNDLES, { recursive: true });
  const output = await open(log, "w");
  const child = spawn(command, rest, { stdio: ["ignore", output.fd, output.fd, "ipc"] });
  await output.close();
  const { url, key, pid, cold } = await firstMessage(child, name, log);
  const jwks = await (await fetch(new URL("/.well-known/jwks.json", url))).json();
  return {
    name,
    url: new URL(url),
    key,
    pid,
    cold,
    jwks,
    pools: emptyPools(),
    async stop() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      if (child.connected) child.send("stop");
      await gone;
    },
  };
}
