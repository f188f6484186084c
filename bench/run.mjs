// `cargo xtask bench`: measures this system and the TypeScript peer side by side and prints the tables.
// This process is the load generator; both systems run as children on another core.
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { machine, moveToLoadCore, PINNED } from "./measure/process.mjs";
import { gzipBytes } from "./measure/sizes.mjs";
import { options, SETTINGS, USAGE } from "./options.mjs";
import { measureInbound } from "./inbound.mjs";
import { measurePage } from "./page.mjs";
import { buildPeer, buildPeerJudge, PEER_BUNDLES, PEER_WORKERS } from "./peer/build.mjs";
import { report, writeReadme } from "./report.mjs";
import { measureFloor, measureRoutes, measureStarts, measureStreams, measureWallets } from "./rounds.mjs";
import { readWorkers } from "../xtask/runner/workers.mjs";
import { launch } from "./systems/launch.mjs";
import { measureWebhooks } from "./webhooks.mjs";

const OUR_BUNDLES = fileURLToPath(new URL("../build/edge", import.meta.url));
const require = createRequire(import.meta.url);
const say = (line) => console.error(line);

function version(name) {
  const entry = require.resolve(name);
  const folder = entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`)) + `/node_modules/${name}/package.json`;
  return require(folder).version;
}

async function setting(choice) {
  const [{ options: { compatibilityDate } }] = await readWorkers();
  const versions = ["workerd", "miniflare", "hono", "jose"].map((name) => `${name} ${version(name)}`).join(", ");
  const date = new Date().toISOString().slice(0, 10);
  const pinned = PINNED ? "systems and load generator pinned to different cores" : "not pinned";
  return [
    `Measured ${date} on ${machine()}; ${pinned}.`,
    `${versions}, Node ${process.versions.node}; compatibility date ${compatibilityDate}.`,
    `${choice.rounds} rounds A B A B; windows of ${choice.seconds} s after ${choice.warmup} s of warm-up; ` +
      `${choice.connections} connections.`,
  ];
}

async function sizes() {
  const found = {};
  for (const worker of Object.keys(PEER_WORKERS)) {
    const [ours, peer] = await Promise.all(
      [OUR_BUNDLES, PEER_BUNDLES].map((folder) => gzipBytes(`${folder}/${worker}`).catch(() => undefined)),
    );
    found[worker] = { ours, peer };
  }
  return found;
}

async function main() {
  if (process.argv.includes("--help")) return console.log(USAGE);
  const choice = options(process.argv.slice(2));
  moveToLoadCore();
  await buildPeer();
  if (choice.wants("wallets")) await buildPeerJudge();
  const running = [];
  try {
    for (const name of choice.systems) running.push(await launch(name, SETTINGS));
    const routes = await measureRoutes(running, choice, say);
    const streams = await measureStreams(running, choice, say);
    await Promise.all(running.splice(0).map((system) => system.stop()));
    const starts = await measureStarts(choice.systems, choice, say);
    const wallets = await measureWallets(choice, say);
    const floor = await measureFloor(choice);
    const webhooks = choice.wants("webhooks") ? await measureWebhooks(choice, SETTINGS, say) : undefined;
    const ofOurs = (row) => choice.wants(row) && choice.systems.includes("ours");
    const inbound = ofOurs("inbound") ? await measureInbound(SETTINGS, say) : undefined;
    const page = ofOurs("page") ? await measurePage(SETTINGS, say) : undefined;
    const measured = { routes, streams, starts, wallets, floor, webhooks, inbound, page };
    const results = { setting: await setting(choice), ...measured, sizes: await sizes() };
    const text = report(results);
    console.log(`\n${text}`);
    await mkdir(PEER_BUNDLES, { recursive: true });
    await writeFile(`${PEER_BUNDLES}/results.json`, JSON.stringify(results, null, 1));
    if (choice.write) await writeReadme(text);
    const wrong = Object.values({ ...routes, ...wallets.figures }).flatMap(Object.values).flat().flatMap((seen) => seen.wrong);
    if (wrong.length > 0) {
      say(`${wrong.length} wrong answers; the first: ${wrong[0]}`);
      process.exitCode = 1;
    }
    const busy = Object.values(routes).flatMap(Object.values).flat().filter((seen) => seen.generator > 0.9).length;
    if (busy > 0) say(`In ${busy} windows the load generator itself was near its limit: trust CPU, not requests/s.`);
  } finally {
    await Promise.all(running.map((system) => system.stop()));
  }
}

await main();
