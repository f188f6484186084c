// The organisation that is measured, the same in both systems.
import { createKey, createOrganisation } from "../../xtask/runner/seed.mjs";

/** @returns {Promise<string>} its key, one of test mode unless told otherwise */
export async function seed(sql, { KEY_PEPPER }, { rateLimitPerMinute, streamsLimit, environment = "test" }) {
  const organisationId = await createOrganisation(sql, { name: "Bench", rateLimitPerMinute, streamsLimit });
  return await createKey(sql, KEY_PEPPER, { organisationId, environment, name: "Bench" });
}
