// The life of a signing key: announced, active, retired, dropped. Never gives one name to two keys,
// because verifiers keep keys by name for a day.
import { generateKeyPairSync } from "node:crypto";

const DAY = 24 * 60 * 60;
// A retired key stays published until the last token it signed has expired (30 days) and every
// verifier has fetched the key set again (a day).
export const PUBLISHED_AFTER_RETIREMENT = 31 * DAY;
const PUBLIC_MEMBERS = ["kty", "n", "e", "alg", "use", "kid"];

const seconds = () => Math.floor(Date.now() / 1000);

function newKey(kid, now) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { kty, n, e, ...secret } = privateKey.export({ format: "jwk" });
  return { kty, n, e, alg: "RS256", use: "sig", kid, ...secret, created_at: now };
}

/** `proof-holdings-YYYY-MM`, then `.2`, `.3` … within a month. */
export function nextKid(keys, now = seconds()) {
  const month = `proof-holdings-${new Date(now * 1000).toISOString().slice(0, 7)}`;
  const taken = keys.filter(({ kid }) => kid.split(".")[0] === month).map(({ kid }) => Number(kid.split(".")[1] ?? 1));
  return taken.length === 0 ? month : `${month}.${Math.max(...taken) + 1}`;
}

export function firstSigningKeys(now = seconds()) {
  const key = newKey(nextKid([], now), now);
  return { active: key.kid, keys: [key] };
}

/** Publishes a key that does not sign yet, so that verifiers know it before they need it. */
export function announce({ active, keys }, now = seconds()) {
  return { active, keys: [...keys, newKey(nextKid(keys, now), now)] };
}

/** From now on this key signs, and the one before it never again. */
export function activate({ active, keys }, kid, now = seconds()) {
  const next = keys.find((key) => key.kid === kid);
  if (next === undefined) throw new Error(`there is no signing key ${kid}`);
  if (next.retired_at !== undefined) throw new Error(`the signing key ${kid} is retired and never signs again`);
  const retire = (key) => (key.kid === active && active !== kid ? { ...key, retired_at: now } : key);
  return { active: kid, keys: keys.map(retire) };
}

/** A new key that signs at once. Keys that nobody can need any more are dropped. */
export function rotate(set, now = seconds()) {
  const announced = announce(set, now);
  return prune(activate(announced, announced.keys.at(-1).kid, now), now);
}

export function prune({ active, keys }, now = seconds()) {
  const needed = ({ retired_at }) => retired_at === undefined || now < retired_at + PUBLISHED_AFTER_RETIREMENT;
  return { active, keys: keys.filter(needed) };
}

/** The public halves, newest first. */
export function publicKeys({ keys }) {
  return keys.map((key) => Object.fromEntries(PUBLIC_MEMBERS.map((member) => [member, key[member]]))).reverse();
}
