// The demo organisation of a developer's machine, made once per state. Its keys are written to one
// file that only its owner may read; a key cannot be read back from the ledger.
import { readFile, writeFile } from "node:fs/promises";
import { tenant } from "./tenant.mjs";
import { createKey, createOrganisation, hashKey } from "./seed.mjs";

/** The credentials, made anew unless those in the file still open the door. */
export async function demo(system, file) {
  const known = await readFile(file, "utf8").then(JSON.parse, () => undefined);
  const credentials = known && (await areGood(system, known)) ? known : await create(system);
  const demo = { ...credentials, base_url: system.url };
  await writeFile(file, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  return demo;
}

/** A test request for three assets: the address of its page, to see what a person sees. */
export async function demoRequest(system, { test_key }) {
  const { verification_url } = await tenant(system, test_key)("POST", "verification-requests", {
    action_context: { title: "Open an account", description: "A made-up company would like to know you." },
    assets: [{ type: "email" }, { type: "domain" }, { type: "wallet" }],
  });
  return verification_url;
}

async function areGood(system, { live_key, test_key }) {
  const hashes = [live_key, test_key].map((key) => hashKey(system.secrets.KEY_PEPPER, String(key)));
  const count = "SELECT id FROM api_keys WHERE hash IN (?, ?) AND revoked_at IS NULL";
  return (await system.sql(count, hashes)).length === 2;
}

async function create(system) {
  const organisationId = await createOrganisation(system.sql, { name: "Demo", rateLimitPerMinute: 1000 });
  const key = (environment) =>
    createKey(system.sql, system.secrets.KEY_PEPPER, { organisationId, environment, name: `Demo, ${environment}` });
  return { base_url: "", live_key: await key("live"), test_key: await key("test"), organisation_id: organisationId };
}
