// What runs natively: our program, and onnxruntime in Python. Each is a process of its own.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { floats } from "./tensors.mjs";

const ROOM = { maxBuffer: 512 << 20 };
const SCRIPT = fileURLToPath(new URL("onnxruntime_native.py", import.meta.url));

const execute = promisify(execFile);

/** What a program says; if it fails, why, without the whole of what it was asked. */
export const call = (program, ...arguments_) =>
  execute(program, arguments_, ROOM).catch(({ stderr, message }) => {
    throw new Error(stderr?.trim() || message);
  });

/** Every stage of every photograph; with `tensors`, models' inputs and answers are written there. */
export async function tractNative(set, { program, manifest, milliseconds }, photographs, tensors) {
  const work = { set: set.name, manifest, models: set.models, photographs, milliseconds, tensors };
  const { stdout } = await call(program, JSON.stringify(work));
  return Promise.all(
    JSON.parse(stdout).map(async ({ stages, models }) => ({
      times: Object.fromEntries(stages),
      models,
      outputs: Object.fromEntries(await Promise.all(models.map(async ({ role, answer }) => [role, await floats(answer)]))),
    })),
  );
}

/** The bare models on the same inputs, one thread. */
export async function onnxruntimeNative(set, { python, milliseconds }, photographs) {
  const work = { models: set.models, milliseconds, photographs: photographs.map(({ models }) => models) };
  const { stdout } = await call(python, SCRIPT, JSON.stringify(work));
  const { version, figures } = JSON.parse(stdout);
  const read = async ({ times, outputs }) => ({
    times,
    outputs: Object.fromEntries(await Promise.all(Object.entries(outputs).map(async ([role, path]) => [role, await floats(path)]))),
  });
  return { version, figures: await Promise.all(figures.map(read)) };
}
