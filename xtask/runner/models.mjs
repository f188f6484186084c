// The models that an operator puts into the bucket of the Worker of faces.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

export const IDENTITY = "proof-identity";
export const BUCKET = "MODELS";

/** Under their own names, as the Worker asks for them. */
export async function putModels(bucket, files) {
  for (const file of files) await bucket.put(basename(file), await readFile(file));
}
