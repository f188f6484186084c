// API keys: form, keyed hash, and the look-up in D1 that an isolate remembers for 60 seconds.
import { hmacHex } from "./bytes";
import type { DoorEnv } from "./env";

export type Environment = "live" | "test";

export interface Caller {
  keyId: string;
  organisationId: string;
  environment: Environment;
  ratePerMinute: number;
  streamsLimit: number | null;
}

interface KeyRow {
  id: string;
  organisation_id: string;
  environment: Environment;
  rate_limit_per_minute: number;
  streams_limit: number | null;
}

const REMEMBER_MS = 60_000;
const REMEMBER_AT_MOST = 10_000;
const FORM = /^pk_(live|test)_[0-9A-Za-z]{38}$/;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n >>> 0;
});

const remembered = new Map<string, { caller: Caller | null; until: number }>();

function checksum(text: string): string {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) crc = CRC_TABLE[(crc ^ text.charCodeAt(i)) & 255]! ^ (crc >>> 8);
  crc = (crc ^ 0xffffffff) >>> 0;
  let digits = "";
  for (let i = 0; i < 6; i++) {
    digits = BASE62[crc % 62] + digits;
    crc = Math.floor(crc / 62);
  }
  return digits;
}

const wellFormed = (key: string): boolean => FORM.test(key) && key.slice(-6) === checksum(key.slice(0, -6));

async function lookUp(env: DoorEnv, key: string, now: number): Promise<Caller | null> {
  const hash = await hmacHex(env.KEY_PEPPER, key);
  const row = await env.DB.prepare(
    `SELECT k.id, k.organisation_id, k.environment, o.rate_limit_per_minute, o.streams_limit
       FROM api_keys k JOIN organisations o ON o.id = k.organisation_id
      WHERE k.hash = ?1 AND k.revoked_at IS NULL`,
  )
    .bind(hash)
    .first<KeyRow>();
  if (!row) return null;
  await env.DB.prepare("UPDATE api_keys SET last_used_at = ?2 WHERE id = ?1").bind(row.id, Math.floor(now / 1000)).run();
  return {
    keyId: row.id,
    organisationId: row.organisation_id,
    environment: row.environment,
    ratePerMinute: row.rate_limit_per_minute,
    streamsLimit: row.streams_limit,
  };
}

export async function callerOf(env: DoorEnv, authorization: string | undefined, now: number): Promise<Caller | null> {
  if (!authorization?.startsWith("Bearer ")) return null;
  const key = authorization.slice(7);
  const known = remembered.get(key);
  if (known && known.until > now) return known.caller;
  if (!wellFormed(key)) return null;
  const caller = await lookUp(env, key, now);
  if (remembered.size >= REMEMBER_AT_MOST) remembered.clear();
  remembered.set(key, { caller, until: now + REMEMBER_MS });
  return caller;
}
