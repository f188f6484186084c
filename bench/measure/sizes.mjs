// Bytes that a Worker uploads, after gzip.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** @returns {Promise<number>} the sum over scripts and modules of one built Worker */
export async function gzipBytes(directory) {
  let sum = 0;
  for (const name of await readdir(directory)) {
    if (["worker.mjs", "module.wasm"].includes(name)) sum += gzipSync(await readFile(join(directory, name)), { level: 9 }).length;
  }
  return sum;
}
