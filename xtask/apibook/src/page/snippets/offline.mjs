import {
  base64url, createRemoteJWKSet, jwtVerify,
} from "jose";

const origin = "https://proof.example";
const organisation = "your organisation's id";
const environment = "live";

// Asked for once a day, or when a key is unknown.
const keys = createRemoteJWKSet(
  new URL("/.well-known/jwks.json", origin),
  { cacheMaxAge: 24 * 60 * 60 * 1000 },
);

/** The claims of a good proof; throws otherwise. */
export async function check(token, identifier) {
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ["RS256"],
    typ: "proof+jwt",
    issuer: origin,
    audience: organisation,
    requiredClaims: ["sub", "exp", "env"],
  });
  if (payload.env !== environment) {
    throw new Error("of another environment");
  }
  if (identifier && !(await isAbout(payload, identifier))) {
    throw new Error("about another identifier");
  }
  if ((await revoked()).has(payload.sub)) {
    throw new Error("revoked");
  }
  return payload;
}

async function isAbout(payload, identifier) {
  const salt = base64url.decode(payload.identifier_salt);
  const name = new TextEncoder().encode(identifier);
  const bytes = new Uint8Array([...salt, ...name]);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  const expected = payload.identifier_hash;
  return base64url.encode(new Uint8Array(hash)) === expected;
}

// The revocation list, at most five minutes old.
let list = { at: -Infinity, ids: new Set() };
async function revoked() {
  if (Date.now() - list.at < 5 * 60 * 1000) return list.ids;
  const ids = new Set();
  const url = new URL("/api/v1/proofs/revoked", origin);
  url.searchParams.set("environment", environment);
  for (;;) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error("no revocation list");
    const { data, pagination } = await answer.json();
    for (const { proof_id } of data) ids.add(proof_id);
    if (!pagination.next_cursor) break;
    url.searchParams.set("after", pagination.next_cursor);
  }
  list = { at: Date.now(), ids };
  return ids;
}
