// Starts the peer in Miniflare on exactly the bindings, routes and dates of our own wrangler.toml files: only the
// scripts differ. Fresh data, the same migrations, one organisation with a test key.
import { Miniflare, Log, LogLevel } from "miniflare";
import { migrate } from "../../xtask/runner/migrate.mjs";
import { freshSecrets, publicJwks, secretBindings } from "../../xtask/runner/secrets.mjs";
import { readWorkers } from "../../xtask/runner/workers.mjs";
import { PEER_BUNDLES, PEER_WORKERS } from "../peer/build.mjs";
import { NO_LIMITS } from "../options.mjs";
import { seed } from "./seed.mjs";

const IN_PEER = new Set(["VERIFICATIONS", "STREAM_SLOTS", "DELIVERIES", "ENDPOINT_GATES"]);

function withoutMissingClasses(durableObjects = {}) {
  return Object.fromEntries(Object.entries(durableObjects).filter(([name]) => IN_PEER.has(name)));
}

function unthrottled(ratelimits = {}) {
  const raised = ([name, limit]) => [name, { ...limit, simple: { ...limit.simple, limit: NO_LIMITS[name] } }];
  return Object.fromEntries(Object.entries(ratelimits).map(raised));
}

async function workers(url, secrets, outbound) {
  const played = (await readWorkers()).filter((worker) => worker.short in PEER_WORKERS);
  return played.map((worker) => ({
    ...worker.options,
    name: worker.name,
    modulesRoot: PEER_BUNDLES,
    modules: [{ type: "ESModule", path: `${PEER_BUNDLES}/${worker.short}/worker.mjs` }],
    durableObjects: withoutMissingClasses(worker.options.durableObjects),
    ratelimits: unthrottled(worker.options.ratelimits),
    bindings: {
      ...worker.options.bindings,
      ISSUER: url,
      PROOF_JWKS: publicJwks(secrets),
      ...secretBindings(worker, secrets),
    },
    ...(outbound && { outboundService: outbound }),
  }));
}

/** @returns {Promise<{url: string, key: string, stop: () => Promise<void>}>} */
export async function start({ port, data, outbound, ...organisation }) {
  const url = `http://127.0.0.1:${port}`;
  const secrets = freshSecrets();
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port,
    workers: await workers(url, secrets, outbound),
    defaultPersistRoot: data,
    log: new Log(LogLevel.ERROR),
    telemetry: { enabled: false },
    cf: false,
    handleRuntimeStdio: (out, err) => {
      out.resume();
      err.pipe(process.stderr);
    },
  });
  await miniflare.ready;
  const db = await miniflare.getD1Database("DB", "proof-front");
  await migrate(db);
  const sql = async (statement, parameters = []) => (await db.prepare(statement).bind(...parameters).all()).results;
  return { url, key: await seed(sql, secrets, organisation), stop: () => miniflare.dispose() };
}
