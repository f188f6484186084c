// Numbers that one runtime wrote down for the others.
import { readFile } from "node:fs/promises";

/** The 32-bit floats in a file, as every machine that this runs on stores them. */
export async function floats(path) {
  const bytes = await readFile(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** The largest difference between two answers, which must have as many numbers; NaN if one of them is none. */
export function difference(a, b) {
  if (a.length !== b.length) throw new Error(`one answer has ${a.length} numbers, the other ${b.length}`);
  let most = 0;
  for (let at = 0; at < a.length; at += 1) {
    const between = Math.abs(a[at] - b[at]);
    if (Number.isNaN(between)) return between;
    most = Math.max(most, between);
  }
  return most;
}
