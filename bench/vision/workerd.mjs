// Our stages in workerd, timed from outside.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Miniflare } from "miniflare";
import { readWorkers } from "../../xtask/runner/workers.mjs";
import { timed } from "./timed.mjs";

const WORKER = new URL("worker.mjs", import.meta.url);

/** A request takes about a millisecond by itself: as many runs go into one as make that little. */
const SHORTEST_MS = 60;

export async function tractInWorkerd(set, { module, manifest, milliseconds }) {
  const [{ options: { compatibilityDate } }] = await readWorkers();
  const parts = [
    { type: "ESModule", path: "worker.mjs", contents: await readFile(WORKER) },
    { type: "ESModule", path: "vision.js", contents: await readFile(`${module}/vision.js`) },
    { type: "CompiledWasm", path: "vision_bg.wasm", contents: await readFile(`${module}/vision_bg.wasm`) },
  ];
  const miniflare = new Miniflare({
    host: "127.0.0.1", cf: false, telemetry: { enabled: false },
    workers: [{ name: "vision", modulesRoot: "/", modules: parts, compatibilityDate }],
  });
  const address = await miniflare.ready;
  async function ask(path, body) {
    const answer = await fetch(new URL(path, address), { method: body ? "POST" : "GET", body });
    if (!answer.ok) throw new Error(`workerd, ${path}: ${await answer.text()}`);
    return answer.arrayBuffer();
  }
  await ask(`/begin?set=${set.name}`, await readFile(manifest));
  for (const path of set.models) await ask(`/load?file=${basename(path)}`, await readFile(path));
  return {
    async measure({ path, stages, models }) {
      await ask("/take", await readFile(path));
      const outputs = {};
      for (const { role, input } of models) outputs[role] = new Float32Array(await ask(`/answer?role=${role}`, await readFile(input)));
      const times = {};
      for (const stage of stages) {
        const run = (count) => ask(`/run?stage=${stage}&times=${count}`);
        times[stage] = await timed(run, milliseconds, SHORTEST_MS);
      }
      return { times, outputs };
    },
    stop: () => miniflare.dispose(),
  };
}
