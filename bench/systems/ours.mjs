// Starts our own system from the edge-profile build, through the runner that everything else uses.
import { startSystem } from "../../xtask/runner/system.mjs";
import { NO_LIMITS } from "../options.mjs";
import { seed } from "./seed.mjs";

/** @returns {Promise<{url: string, key: string, stop: () => Promise<void>}>} */
export async function start({ port, data, vars, outbound, ...organisation }) {
  const system = await startSystem({
    stateDir: data,
    port,
    profile: "edge",
    vars: { LOG: "off", ...vars },
    rateLimits: NO_LIMITS,
    outbound,
    onLine: (line) => process.stderr.write(`${line}\n`),
  });
  return { url: system.url, key: await seed(system.sql, system.secrets, organisation), stop: () => system.stop() };
}
