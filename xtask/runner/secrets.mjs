// The secrets of a local system: made once, kept in one file that only its owner may read.
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { firstSigningKeys, publicKeys } from "./signing.mjs";

/** Reads the secrets, making them first if there are none. */
export async function loadSecrets(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const secrets = freshSecrets();
  await saveSecrets(file, secrets);
  return secrets;
}

export function freshSecrets() {
  return {
    KEY_PEPPER: randomBytes(32).toString("hex"),
    ID_SECRET: randomBytes(32).toString("hex"),
    SIGNING_KEYS: firstSigningKeys(),
  };
}

export async function saveSecrets(file, secrets) {
  await writeFile(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
}

/** The public halves of the signing keys, as the Workers get them. */
export const publicJwks = (secrets) => JSON.stringify({ keys: publicKeys(secrets.SIGNING_KEYS) });

/** What a Worker's wrangler.toml asks for, and nothing else, as strings. */
export function secretBindings({ secrets: required }, secrets) {
  const values = { ...secrets, PROOF_JWKS: publicJwks(secrets) };
  const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value));
  const missing = required.filter((name) => values[name] === undefined);
  if (missing.length > 0) throw new Error(`there is no secret called ${missing.join(", ")}`);
  return Object.fromEntries(required.map((name) => [name, asText(values[name])]));
}
