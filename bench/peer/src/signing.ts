// Signs proofs with WebCrypto through jose. The private key is imported once per isolate and cannot be exported.
import { importJWK, type JWK, SignJWT } from "jose";
import { base64url, randomHex, sha256, unhex, utf8 } from "./bytes";
import type { ObjectsEnv } from "./env";
import type { Proof, Verification } from "./view";

const PROOF_SECONDS = 30 * 24 * 3600;

let active: Promise<{ kid: string; key: CryptoKey }> | undefined;

async function importActive(env: ObjectsEnv): Promise<{ kid: string; key: CryptoKey }> {
  const ring = JSON.parse(env.SIGNING_KEYS) as { active: string; keys: JWK[] };
  const jwk = ring.keys.find((candidate) => candidate.kid === ring.active);
  if (!jwk) throw new Error("SIGNING_KEYS names an active key that is not in it");
  return { kid: ring.active, key: (await importJWK(jwk, "RS256", { extractable: false })) as CryptoKey };
}

export const newProof = (now: number): Proof => ({
  jti: randomHex(12),
  salt: randomHex(16),
  issuedAt: now,
  expiresAt: now + PROOF_SECONDS,
  token: null,
});

export async function sign(env: ObjectsEnv, v: Verification, proof: Proof): Promise<string> {
  const { kid, key } = await (active ??= importActive(env));
  const salt = unhex(proof.salt);
  const identifier = utf8(v.request.identifier);
  const salted = new Uint8Array(salt.length + identifier.length);
  salted.set(salt);
  salted.set(identifier, salt.length);
  return await new SignJWT({
    iss: env.ISSUER,
    aud: v.organisationId,
    sub: v.id,
    jti: proof.jti,
    iat: proof.issuedAt,
    exp: proof.expiresAt,
    env: v.environment,
    type: v.request.type,
    channel: v.request.channel,
    verified_at: v.verifiedAt,
    identifier_salt: base64url(salt),
    identifier_hash: base64url(await sha256(salted)),
  })
    .setProtectedHeader({ alg: "RS256", typ: "proof+jwt", kid })
    .sign(key);
}
