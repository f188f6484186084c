// The peer's proofs Worker: validate, status, JWKS. Never asks an object.
import { errors, importJWK, type JWK, type JWTHeaderParameters, type JWTPayload, jwtVerify } from "jose";
import { base64url, rfc3339, sha256, utf8 } from "./bytes";
import { anyone, jsonBody, room, tenant } from "./door";
import type { ProofsEnv } from "./env";
import { fail, failField } from "./errors";
import type { Caller } from "./keys";

interface Claims extends JWTPayload {
  env: string;
  type: string;
  channel: string;
  verified_at: number;
  identifier_salt: string;
  identifier_hash: string;
}

interface Invalid {
  reason: string;
  message: string;
}

const ID = /^[0-9a-f]{24}$/;
const app = room<ProofsEnv>();
const invalid = (reason: string, message: string): Invalid => ({ reason, message });
const publicKeys = new Map<string, Promise<CryptoKey | Uint8Array>>();
let jwks: { keys: JWK[]; text: string; etag: string } | undefined;

function keySet(env: ProofsEnv): NonNullable<typeof jwks> {
  if (!jwks) {
    const { keys } = JSON.parse(env.PROOF_JWKS) as { keys: JWK[] };
    jwks = { keys, text: env.PROOF_JWKS, etag: `"${keys.map((key) => key.kid).join(".")}"` };
  }
  return jwks;
}

function publicKey(env: ProofsEnv, header: JWTHeaderParameters): Promise<CryptoKey | Uint8Array> {
  const kid = header.kid ?? "";
  const known = publicKeys.get(kid);
  if (known) return known;
  const jwk = keySet(env).keys.find((candidate) => candidate.kid === kid);
  if (!jwk) throw new errors.JWKSNoMatchingKey();
  const imported = importJWK(jwk, "RS256");
  publicKeys.set(kid, imported);
  return imported;
}

async function signedClaims(env: ProofsEnv, token: string, caller: Caller): Promise<Claims | Invalid> {
  try {
    const { payload } = await jwtVerify<Claims>(token, (header) => publicKey(env, header), {
      algorithms: ["RS256"],
      typ: "proof+jwt",
      issuer: env.ISSUER,
      requiredClaims: ["sub", "aud", "exp"],
    });
    if (payload.aud !== caller.organisationId) return invalid("wrong_audience", "The proof was made for another tenant.");
    if (payload.env !== caller.environment) return invalid("wrong_environment", "The proof is of the other environment.");
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return invalid("expired", "The proof has expired.");
    if (error instanceof errors.JWKSNoMatchingKey) return invalid("unknown_key", "The signing key is not known.");
    if (error instanceof errors.JOSEError) return invalid("invalid_signature", "The signature is not valid.");
    throw error;
  }
}

async function matches(claims: Claims, identifier: string): Promise<boolean> {
  const salt = Uint8Array.from(atob(claims.identifier_salt.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const tail = utf8(identifier);
  const salted = new Uint8Array(salt.length + tail.length);
  salted.set(salt);
  salted.set(tail, salt.length);
  return base64url(await sha256(salted)) === claims.identifier_hash;
}

app.post("/api/v1/proofs/validate", tenant(), async (c) => {
  const { value } = await jsonBody(c);
  const { proof_token: token, identifier } = value;
  for (const field in value) {
    if (field !== "proof_token" && field !== "identifier") throw failField(field, "is not a known field");
  }
  if (typeof token !== "string" || token === "") throw failField("proof_token", "is required and must be a string");
  if (identifier !== undefined && typeof identifier !== "string") throw failField("identifier", "must be a string");
  const claims = await signedClaims(c.env, token, c.get("caller"));
  if ("reason" in claims) return c.json({ valid: false, ...claims });
  if (identifier !== undefined && !(await matches(claims, identifier))) {
    return c.json({ valid: false, reason: "identifier_mismatch", message: "The proof is of another identifier." });
  }
  const revocation = c.env.DB.prepare("SELECT 1 FROM proofs WHERE id = ?1 AND revoked_at IS NOT NULL");
  if (await revocation.bind(claims.sub).first()) return c.json({ valid: false, reason: "revoked", message: "The proof was revoked." });
  return c.json({
    valid: true,
    verification: {
      id: claims.sub,
      type: claims.type,
      channel: claims.channel,
      verified_at: rfc3339(claims.verified_at),
      expires_at: rfc3339(claims.exp!),
    },
  });
});

interface ProofRow {
  expires_at: number;
  revoked_at: number | null;
  revoked_reason: string | null;
}

app.get("/api/v1/proofs/:id/status", tenant(), async (c) => {
  const id = c.req.param("id");
  const caller = c.get("caller");
  const row = ID.test(id)
    ? await c.env.DB.prepare(
        `SELECT expires_at, revoked_at, revoked_reason FROM proofs
          WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3`,
      )
        .bind(id, caller.organisationId, caller.environment)
        .first<ProofRow>()
    : null;
  if (!row) throw fail("not_found", "There is nothing here under that id or path.");
  const isRevoked = row.revoked_at !== null;
  const isExpired = row.expires_at * 1000 <= Date.now();
  return c.json({
    proof_id: id,
    status: isRevoked ? "revoked" : isExpired ? "expired" : "valid",
    is_valid: !isRevoked && !isExpired,
    is_revoked: isRevoked,
    revoked_at: row.revoked_at === null ? null : rfc3339(row.revoked_at),
    revoked_reason: row.revoked_reason,
    expires_at: rfc3339(row.expires_at),
    is_expired: isExpired,
  });
});

// The key set is one variable: from the isolate's memory it is nearer than from any cache.
app.get("/.well-known/jwks.json", anyone(), (c) => {
  const { text, etag } = keySet(c.env);
  c.header("Cache-Control", "public, max-age=86400, stale-while-revalidate=86400");
  c.header("ETag", etag);
  if (c.req.header("If-None-Match") === etag) return c.body(null, 304);
  c.header("Content-Type", "application/json");
  return c.body(text);
});

export default app;
