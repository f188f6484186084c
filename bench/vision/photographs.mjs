// Photographs to measure with: of one person each, small and large.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const KINDS = /\.(jpe?g|png|webp)$/i;

/** Those that the tables are made of, if they are there: one face each, of 0.5, 1.8 and 2.6 megapixels. */
const USUAL = ["pairs300/img11.jpg", "pairs300/img2.jpg", "pairs300/img1.jpg"];

/** All photographs below a folder, by name. */
export async function allPhotographs(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && KINDS.test(entry.name));
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** Three of a folder: the usual ones, or those in its middle by size. */
export async function choosePhotographs(folder) {
  const files = await allPhotographs(folder);
  const usual = USUAL.map((name) => join(folder, name)).filter((path) => files.includes(path));
  if (usual.length === USUAL.length) return usual;
  const sized = await Promise.all(files.map(async (path) => [path, (await stat(path)).size]));
  const sorted = sized.sort(([, a], [, b]) => a - b).map(([path]) => path);
  const wanted = [1, 2, 3].map((part) => sorted[Math.floor((sorted.length * part) / 4)]);
  return [...new Set(wanted)].filter(Boolean);
}
