// What the wrangler.toml files say, as Miniflare wants it. Those files are the only description of
// routes, bindings and classes; nothing is added to them here but the place of the built bundle.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const CACHE = join(ROOT, "build/workers.json");

/** Every wrangler.toml of the workspace, the front first: it takes what no other Worker owns. */
async function configFiles() {
  const functions = (await readdir(join(ROOT, "functions"))).sort();
  return ["", ...functions.map((name) => `functions/${name}`), "durable-objects"]
    .map((folder) => join(ROOT, folder, "wrangler.toml"))
    .filter((file) => existsSync(file));
}

/** @returns {Promise<{name: string, short: string, secrets: string[], options: object}[]>} */
export async function readWorkers() {
  const files = await configFiles();
  const texts = await Promise.all([...files, join(ROOT, "package-lock.json"), fileURLToPath(import.meta.url)].map((file) => readFile(file, "utf8")));
  const stamp = createHash("sha256").update(JSON.stringify([files, texts])).digest("hex");
  // Wrangler takes seconds to load, and is needed only after a change to those files.
  const cached = await readFile(CACHE, "utf8").then(JSON.parse, () => undefined);
  if (cached?.stamp === stamp) return cached.workers;
  const workers = await throughWrangler(files);
  await mkdir(join(ROOT, "build"), { recursive: true });
  await writeFile(CACHE, JSON.stringify({ stamp, workers }));
  return workers;
}

async function throughWrangler(files) {
  process.env.WRANGLER_SEND_METRICS ??= "false";
  process.env.WRANGLER_LOG ??= "none";
  const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = await import("wrangler");
  return files.map((file) => {
    const config = unstable_readConfig({ config: file }, { hideWarnings: true });
    const { workerOptions } = unstable_getMiniflareWorkerOptions(file);
    const routes = (config.routes ?? []).map((route) => anyHost(typeof route === "string" ? route : route.pattern));
    delete workerOptions.modulesRules;
    delete workerOptions.zone;
    // The variables alone: wrangler would add secrets that it finds in this process's environment.
    workerOptions.bindings = config.vars;
    if (routes.length === 0 && workerOptions.assets) asFolder(workerOptions);
    return {
      name: config.name,
      short: config.name.replace(/^proof-/, ""),
      secrets: config.secrets?.required ?? [],
      options: { ...workerOptions, ...(routes.length > 0 && { routes }) },
    };
  });
}

/** Miniflare serves the assets of one Worker in a system and answers 500 for those of another. Who has no
 * address has no visitors: its files are read from their folder. */
function asFolder(options) {
  const { binding, directory } = options.assets;
  delete options.assets;
  options.serviceBindings = { ...options.serviceBindings, [binding]: { disk: { path: directory } } };
}

const anyHost = (pattern) => pattern.replace(/^[^/]*/, "*");

/** The options of one Worker around its bundle. */
export function withBundle(worker, profile) {
  const folder = join(ROOT, "build", profile, worker.short);
  return {
    ...worker.options,
    name: worker.name,
    modulesRoot: folder,
    modules: [
      { type: "ESModule", path: join(folder, "worker.mjs") },
      { type: "CompiledWasm", path: join(folder, "module.wasm") },
    ],
  };
}
