// The Worker of faces itself, from nothing: a new process, a first look, for which models are read, hashed and
// optimised, and a second one.
import { readFile } from "node:fs/promises";
import { Miniflare } from "miniflare";
import { BUCKET, IDENTITY, putModels } from "../../xtask/runner/models.mjs";
import { readWorkers, withBundle } from "../../xtask/runner/workers.mjs";

const ADDRESS = "http://identity.internal/internal/faces/examine";

async function started(set) {
  const worker = (await readWorkers()).find(({ name }) => name === IDENTITY);
  const { bindings, ...options } = withBundle(worker, "edge");
  const begun = performance.now();
  const miniflare = new Miniflare({
    host: "127.0.0.1", cf: false, telemetry: { enabled: false },
    workers: [{ ...options, bindings: { ...bindings, MODEL_SET: set.name, LOG: "off" } }],
  });
  await miniflare.ready;
  return { miniflare, took: performance.now() - begun };
}

/** `{start, first, second}`, each a list of milliseconds. */
export async function coldStarts(set, photograph, times) {
  const body = await readFile(photograph);
  const found = { start: [], first: [], second: [] };
  for (let time = 0; time < times; time += 1) {
    const { miniflare, took } = await started(set);
    try {
      await putModels(await miniflare.getR2Bucket(BUCKET, IDENTITY), set.models);
      const identity = await miniflare.getWorker(IDENTITY);
      const look = async () => {
        const begun = performance.now();
        const answer = await identity.fetch(ADDRESS, { method: "POST", headers: { "content-type": "application/octet-stream" }, body });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`workerd, a first look: ${text}`);
        return performance.now() - begun;
      };
      found.start.push(took);
      found.first.push(await look());
      found.second.push(await look());
    } finally {
      await miniflare.dispose();
    }
  }
  return found;
}
