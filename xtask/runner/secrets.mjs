// The secrets of a local system: made once, kept in one file that only its owner may read.
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { firstSigningKeys, publicKeys } from "./signing.mjs";

const bytes = () => randomBytes(32).toString("hex");
const MAKERS = { KEY_PEPPER: bytes, ID_SECRET: bytes, SEALING_KEY: bytes, SIGNING_KEYS: firstSigningKeys };

/** Reads the secrets, making first those that are not there. */
export async function loadSecrets(file) {
  const known = await readFile(file, "utf8").then(JSON.parse, (error) => {
    if (error.code !== "ENOENT") throw error;
    return {};
  });
  const missing = Object.keys(MAKERS).filter((name) => known[name] === undefined);
  if (missing.length === 0) return known;
  const secrets = { ...known, ...Object.fromEntries(missing.map((name) => [name, MAKERS[name]()])) };
  await saveSecrets(file, secrets);
  return secrets;
}

export const freshSecrets = () => Object.fromEntries(Object.entries(MAKERS).map(([name, make]) => [name, make()]));

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
