// Runs the system until it is told to stop. The only argument is the options of `startSystem` as
// JSON, with `seed: <file>` for the demo organisation and the peers that play its providers, and
// `models: [<file>]` for the bucket of the Worker of faces. The first line printed is JSON that says
// where it listens, or what is wrong; all others are the Workers'. A line `reload` on stdin takes new
// bundles and is answered by a line of JSON; the end of stdin stops it.
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { findControl, openControl } from "./control.mjs";
import { demo, demoRequest } from "./demo.mjs";
import { BUCKET, IDENTITY, putModels } from "./models.mjs";
import { startPeers } from "./peers/index.mjs";
import { startSystem } from "./system.mjs";

const say = (what) => console.log(JSON.stringify(what));

function fail(error) {
  say({ error: String(error?.message ?? error) });
  process.exit(1);
}

const { seed, models = [], ...options } = JSON.parse(process.argv[2] ?? "{}");
if (await findControl(options.stateDir)) fail("another system is running on the same state");

const early = [];
let print = (line) => early.push(line);
const peers = seed && (await startPeers(dirname(seed)).catch(fail));
const outside = peers && { vars: peers.vars, outbound: peers.outbound };
const system = await startSystem({ ...options, ...outside, onLine: (line) => print(line) }).catch(fail);
if (models.length > 0) await system.bucket(BUCKET, IDENTITY).then((bucket) => putModels(bucket, models)).catch(fail);
const control = await openControl(system, options.stateDir);
const extra = seed ? { demo: await demo(system, seed) } : {};
await peers?.connect(system, extra.demo).catch(fail);
if (seed) extra.request = await demoRequest(system, extra.demo).catch(fail);
say({ ready: true, url: system.url, ...extra });
print = (line) => console.log(line);
early.forEach(print);

let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  await control.close();
  await system.stop();
  process.exit(0);
}

const requests = createInterface({ input: process.stdin });
requests.on("line", async (line) => {
  if (line !== "reload") return;
  await system.reload().then(
    () => say({ reloaded: true }),
    (error) => say({ reloaded: false, error: String(error?.message ?? error) }),
  );
});
requests.on("close", stop);
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
