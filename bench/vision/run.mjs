// `cargo xtask bench vision`: times every stage of looking at a face, natively, in wasm and in workerd, and holds the
// models against onnxruntime on the same inputs. What is where comes as JSON from the command that calls this.
import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { machine } from "../measure/process.mjs";
import { writeReadme } from "../report.mjs";
import { coldStarts } from "./cold.mjs";
import { onnxruntimeNative, tractNative } from "./native.mjs";
import { onnxruntimeWeb } from "./onnxruntime-web.mjs";
import { choosePhotographs } from "./photographs.mjs";
import { difference } from "./tensors.mjs";
import { tables } from "./tables.mjs";
import { tractInWasm } from "./tract-wasm.mjs";
import { tractInWorkerd } from "./workerd.mjs";

const say = (line) => console.error(line);

/** How often the Worker is started from nothing. */
const COLD_STARTS = 5;

const FLAGS = {
  rounds: { type: "string", default: "3" },
  milliseconds: { type: "string", default: "300" },
  photographs: { type: "string" },
  write: { type: "boolean", default: false },
};

export const USAGE = `Options:
  --rounds N           rounds of all runtimes, one after the other (3)
  --milliseconds N     how long each stage is repeated in a round (300)
  --photographs DIR    where photographs of one person each are
  --write              put the tables into bench/README.md
  --report             a page with every photograph, its faces and the curves instead`;

/** Times and answers of every runtime; the times of a stage as one list over the rounds for each photograph. */
class Figures {
  constructor() {
    this.times = {};
    this.differences = {};
  }

  add(runtime, photograph, { times }) {
    for (const [stage, values] of Object.entries(times)) {
      const of = ((this.times[runtime] ??= {})[stage] ??= []);
      (of[photograph] ??= []).push(...values);
    }
  }

  hold(pair, one, other) {
    for (const role of Object.keys(one.outputs)) {
      if (!other.outputs[role]) continue;
      const found = (this.differences[pair] ??= {});
      found[role] = Math.max(found[role] ?? 0, difference(one.outputs[role], other.outputs[role]));
    }
  }
}

async function measure(set, places, photographs, rounds) {
  const figures = new Figures();
  const wasm = await tractInWasm(set, places);
  const web = await onnxruntimeWeb(set, places);
  const workerd = await tractInWorkerd(set, places);
  try {
    for (let round = 1; round <= rounds; round += 1) {
      say(`${set.name}: round ${round} of ${rounds}`);
      const native = await tractNative(set, places, photographs, `${places.out}/${set.name}`);
      const { figures: reference, version } = await onnxruntimeNative(set, places, native);
      figures.versions = { onnxruntime: version, "onnxruntime-web": web.version };
      for (const [at, path] of photographs.entries()) {
        const { models } = native[at];
        const work = { path, stages: Object.keys(native[at].times), models };
        const [ours, theirs] = [await wasm.measure(work), await web.measure(work)];
        const there = await workerd.measure(work);
        figures.add("native", at, native[at]);
        figures.add("onnxruntime", at, reference[at]);
        figures.add("wasm", at, ours);
        figures.add("web", at, theirs);
        figures.add("workerd", at, there);
        figures.hold("native", native[at], reference[at]);
        figures.hold("wasm", ours, theirs);
        figures.hold("workerd", there, reference[at]);
      }
    }
  } finally {
    await Promise.all([wasm.stop(), web.stop(), workerd.stop()]);
  }
  return figures;
}

async function main() {
  const [given, ...flags] = process.argv.slice(2);
  const places = JSON.parse(given);
  const { values } = parseArgs({ args: flags, options: FLAGS, strict: true });
  places.milliseconds = Number(values.milliseconds);
  await mkdir(places.out, { recursive: true });
  const folder = values.photographs ?? places.photographs;
  if (!folder) throw new Error("There are no photographs here: name a folder with --photographs or PROOF_FACES.");
  if (places.sets.length === 0) throw new Error("No set of models is complete here: see `cargo xtask models list`.");
  const photographs = await choosePhotographs(folder);
  const found = [];
  for (const set of places.sets) {
    const figures = await measure(set, places, photographs, Number(values.rounds));
    found.push([set.name, { ...figures, cold: await coldStarts(set, photographs[0], COLD_STARTS) }]);
  }
  const date = new Date().toISOString().slice(0, 10);
  const text = tables({ date, machine: machine(), node: process.versions.node, photographs, found });
  console.log(`\n${text}`);
  await writeFile(`${places.out}/results.json`, JSON.stringify(found.map(([name, { times, differences, cold }]) => ({ name, times, differences, cold }))));
  if (values.write) await writeReadme(text, "vision");
}

if (process.argv.includes("--help")) console.log(USAGE);
else await main();
