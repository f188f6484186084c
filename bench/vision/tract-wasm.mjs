// Our stages in wasm, in this process.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { floats } from "./tensors.mjs";
import { timed } from "./timed.mjs";

export async function tractInWasm(set, { module, manifest, milliseconds }) {
  const glue = await import(pathToFileURL(`${module}/vision.js`));
  glue.initSync({ module: await readFile(`${module}/vision_bg.wasm`) });
  const bench = new glue.Bench(await readFile(manifest, "utf8"), set.name);
  for (const path of set.models) bench.load(basename(path), await readFile(path));
  return {
    async measure({ path, stages, models }) {
      bench.take(await readFile(path));
      const outputs = {};
      for (const { role, input } of models) outputs[role] = bench.answer(role, await floats(input));
      const times = {};
      for (const stage of stages) times[stage] = await timed((count) => bench.run(stage, count), milliseconds);
      return { times, outputs };
    },
    stop: () => bench.free(),
  };
}
