// Organisations and API keys as rows of the ledger. A key is shown once, to whoever made it; what is
// stored is its keyed hash. The form of a key is defined in shared/domain/src/api_key.rs.
import { createHmac, randomBytes, randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM = 32;
const CHECKSUM = 6;

export const newId = () => randomBytes(12).toString("hex");
const seconds = () => Math.floor(Date.now() / 1000);

/**
 * @param {(sql: string, params?: unknown[]) => Promise<object[]>} sql
 * @returns {Promise<string>} the id of the organisation
 */
export async function createOrganisation(sql, { name, rateLimitPerMinute = 100, monthlyQuota = null, streamsLimit = null }) {
  const id = newId();
  await sql(
    `INSERT INTO organisations (id, name, rate_limit_per_minute, monthly_quota, streams_limit, created_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [id, name, rateLimitPerMinute, monthlyQuota, streamsLimit, seconds()],
  );
  return id;
}

/** @returns {Promise<string>} the whole key, which is nowhere else from now on */
export async function createKey(sql, pepper, { organisationId, environment, name }) {
  const key = newKey(environment);
  await sql(
    `INSERT INTO api_keys (id, organisation_id, environment, name, hash, hint, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [newId(), organisationId, environment, name, hashKey(pepper, key), hintOf(key), seconds()],
  );
  return key;
}

export function newKey(environment) {
  if (environment !== "live" && environment !== "test") throw new Error(`no environment is called ${environment}`);
  const body = `pk_${environment}_${Array.from({ length: RANDOM }, () => BASE62[randomInt(62)]).join("")}`;
  return body + checksum(body);
}

export function checksum(body) {
  let digits = "";
  for (let rest = crc32(body); digits.length < CHECKSUM; rest = Math.floor(rest / 62)) digits = BASE62[rest % 62] + digits;
  return digits;
}

const hintOf = (key) => `${key.slice(0, 8)}…${key.slice(-4)}`;
export const hashKey = (pepper, key) => createHmac("sha256", Buffer.from(pepper, "hex")).update(key).digest("hex");
