// Turns the figures of the vision benchmark into the tables of the README. Ratios above 1 mean that ours is faster.
import { median } from "../measure/summary.mjs";

/** Stages, and the model alone that is in them. */
const STAGES = [
  ["decode", "decode"],
  ["detect", "detect"],
  ["align", "align and judge"],
  ["embed", "embed"],
  ["compare", "compare"],
  ["frequency", "liveness: frequency"],
  ["liveness", "liveness: network"],
  ["search", "search among 10,000"],
  ["verify", "verify: all but the search"],
];

const MODELS = [
  ["detector", "detector"],
  ["embedder", "embedder"],
  ["liveness", "network for life"],
];

const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const least = (values) => values.reduce((found, value) => Math.min(found, value), Infinity);

/** Every photograph counts alike, however often there was time to look at it. */
export const typical = (photographs) => mean(photographs.map(median));
export const best = (photographs) => mean(photographs.map(least));

function plain(value) {
  const digits = value >= 10 ? 1 : value >= 0.1 ? 2 : 4;
  return value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `12.3 (11.9)`: what is typical and the best. */
const both = (times) => (times ? `${plain(typical(times))} (${plain(best(times))})` : "–");

const ratio = (ours, theirs) => (ours && theirs ? (typical(theirs) / typical(ours)).toFixed(2) : "–");

function modelTable(times) {
  const rows = MODELS.filter(([role]) => times.native[`${role}-model`]).map(([role, title]) => {
    const of = (runtime) => times[runtime]?.[`${role}-model`];
    return [
      title, both(of("native")), both(of("onnxruntime")), ratio(of("native"), of("onnxruntime")),
      both(of("wasm")), both(of("web")), ratio(of("wasm"), of("web")), both(of("workerd")), ratio(of("workerd"), of("web")),
    ];
  });
  const head = [
    "models alone, ms", "ours natively", "onnxruntime", "ratio", "ours in wasm", "onnxruntime-web", "ratio", "ours in workerd", "ratio",
  ];
  return table(head, rows);
}

function stageTable(times) {
  const rows = STAGES.filter(([stage]) => times.native[stage]).map(([stage, title]) => [
    title, ...["native", "wasm", "workerd"].map((runtime) => both(times[runtime][stage])),
  ]);
  return table(["stages, ms", "native", "in wasm", "in workerd"], rows);
}

/** Detecting, aligning and embedding, with our models replaced by the other runtime's. */
function together(times) {
  const sum = (runtime, stages) => stages.reduce((all, stage) => all + typical(times[runtime][stage]), 0);
  const ours = ["detect", "align", "embed"];
  // A face is embedded together with its mirror image.
  const models = ["detector-model", "embedder-model", "embedder-model"];
  const [wasm, workerd] = ["wasm", "workerd"].map((runtime) => sum(runtime, ours));
  const theirs = wasm - sum("wasm", models) + sum("web", models);
  return (
    `Detect, align and embed take ${plain(workerd)} ms in workerd and ${plain(wasm)} ms in wasm under Node; with the models run by ` +
    `onnxruntime-web it would be ${plain(theirs)} ms: ${(workerd / theirs).toFixed(2)} and ${(wasm / theirs).toFixed(2)} times that ` +
    `(goal: 1.2 in workerd). A whole verification takes ${plain(typical(times.workerd.verify))} ms in workerd (goal: 250 ms).`
  );
}

function differenceLine(differences) {
  const of = (pair) => Object.entries(differences[pair] ?? {}).map(([role, most]) => `${role} ${most.toExponential(1)}`).join(", ");
  return (
    `Largest difference of any output: natively from onnxruntime ${of("native")}; in wasm from onnxruntime-web ${of("wasm")}; ` +
    `in workerd from onnxruntime ${of("workerd")} (goal: 1e-3).`
  );
}

function coldLine(cold) {
  const [start, first, second] = ["start", "first", "second"].map((name) => plain(median(cold[name])));
  return (
    `A new process with this Worker alone is ready after ${start} ms; its first look, for which models are read, hashed and ` +
    `optimised, takes ${first} ms, and its second, before code has run long enough to be compiled for speed, ${second} ms.`
  );
}

export function tables({ date, machine, node, photographs, found }) {
  const [, first] = found[0];
  const versions = Object.entries(first.versions).map(([name, version]) => `${name} ${version ?? ""}`.trim()).join(", ");
  const parts = [
    `Measured ${date} on ${machine}; one thread each. ${versions}, Node ${node}. ${photographs.length} photographs of one person ` +
      "each, all runtimes in turn, round by round; the mean of their medians, of their best times in brackets; a ratio is theirs by ours.",
  ];
  for (const [name, { times, differences, cold }] of found) {
    parts.push(`**Models: ${name}**`, modelTable(times), stageTable(times), together(times), coldLine(cold), differenceLine(differences));
  }
  return parts.join("\n\n");
}
