// The same models by onnxruntime-web, in this process: wasm with SIMD, one thread.
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { floats } from "./tensors.mjs";
import { timed } from "./timed.mjs";

export async function onnxruntimeWeb(set, { packages, milliseconds }) {
  const ort = await import(pathToFileURL(`${packages}/onnxruntime-web/dist/ort.wasm.bundle.min.mjs`));
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const folder = dirname(set.models[0]);
  const sessions = new Map();
  async function session(file) {
    const path = set.models.find((one) => one.endsWith(`/${file}`)) ?? `${folder}/${file}`;
    if (!sessions.has(file)) sessions.set(file, await ort.InferenceSession.create(await readFile(path), { executionProviders: ["wasm"] }));
    return sessions.get(file);
  }
  return {
    version: ort.env.versions?.web,
    async measure({ models }) {
      const [times, outputs] = [{}, {}];
      for (const model of models) {
        const runs = await session(model.file);
        const feeds = { [model.name]: new ort.Tensor("float32", await floats(model.input), model.shape) };
        const answer = await runs.run(feeds);
        outputs[model.role] = Float32Array.from(model.outputs.flatMap((name) => [...answer[name].data]));
        const run = async (count) => {
          for (let at = 0; at < count; at += 1) await runs.run(feeds);
        };
        times[`${model.role}-model`] = await timed(run, milliseconds);
      }
      return { times, outputs };
    },
    stop: () => Promise.all([...sessions.values()].map((one) => one.release())),
  };
}
