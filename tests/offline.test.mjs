// Checking proofs without this system: the published jose package with the key set and the
// revocation list alone, before and after a rotation of the signing key.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { after, before, test } from "./harness/test.mjs";
import { saveSecrets } from "../xtask/runner/secrets.mjs";
import { rotate } from "../xtask/runner/signing.mjs";
import { operate } from "./harness/operator.mjs";
import { startWorld } from "./harness/world.mjs";
import { proven, provenByEmail } from "./harness/steps.mjs";
import { takeApart } from "./harness/tokens.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

/** What a tenant's own service would do; it knows the address, its organisation and nothing else. */
async function checkOffline(base, organisation, token, identifier, environment = "live") {
  const keys = createRemoteJWKSet(new URL(`${base}/.well-known/jwks.json`));
  const { payload } = await jwtVerify(token, keys, {
    issuer: base,
    audience: organisation,
    algorithms: ["RS256"],
    typ: "proof+jwt",
    requiredClaims: ["sub", "exp", "jti"],
  });
  assert.equal(payload.env, environment);
  const salt = Buffer.from(payload.identifier_salt, "base64url");
  assert.equal(createHash("sha256").update(salt).update(identifier).digest("base64url"), payload.identifier_hash);
  for (let after = ""; ;) {
    const list = await (await fetch(`${base}/api/v1/proofs/revoked?environment=${environment}${after}`)).json();
    if (list.data.some(({ proof_id: id }) => id === payload.sub)) throw new Error("revoked");
    if (!list.pagination.hasMore) return payload;
    after = `&after=${list.pagination.next_cursor}`;
  }
}

test("jose accepts a proof and rejects it once it is revoked", async () => {
  const org = await world.organisation();
  const { id, identifier, token } = await provenByEmail(world, org.live);
  assert.equal((await checkOffline(world.url, org.id, token, identifier)).sub, id);
  await assert.rejects(checkOffline(world.url, "someone-else", token, identifier), /aud/);
  await assert.rejects(checkOffline(world.url, org.id, `${token.slice(0, -8)}AAAAAAAA`, identifier), /signature/);
  (await org.live.post(`proofs/${id}/revoke`, { reason: "user_request" })).expect(200);
  await assert.rejects(checkOffline(world.url, org.id, token, identifier), /revoked/);
});

test("after a rotation the new key signs and the old one still validates", async () => {
  const org = await world.organisation();
  const old = await proven(org.test, { identifier: "+37069199199" });
  const oldKid = takeApart(old.token).header.kid;
  const said = await operate(world, "signing-key rotate");
  assert.match(said, /reloaded/);
  const { secrets } = world;
  const { keys } = (await world.anonymous.get("/.well-known/jwks.json")).expect(200).body;
  assert.deepEqual(keys.map(({ kid }) => kid).sort(), [oldKid, secrets.SIGNING_KEYS.active].sort());
  assert.ok(keys.every((key) => key.d === undefined && key.p === undefined));
  const young = await proven(org.test, { identifier: "+37069199199" });
  assert.equal(takeApart(young.token).header.kid, secrets.SIGNING_KEYS.active);
  assert.notEqual(takeApart(young.token).header.kid, oldKid);
  for (const { token } of [old, young]) {
    const verdict = (await org.test.post("proofs/validate", { proof_token: token, identifier: "+37069199199" })).expect(200).body;
    assert.equal(verdict.valid, true, JSON.stringify(verdict));
    await checkOffline(world.url, org.id, token, "+37069199199", "test");
  }
  // A verification that was proven before keeps its very token.
  assert.equal((await org.test.get(`verifications/${old.id}`)).expect(200).body.proof.token, old.token);
});

test("once the old key is dropped its tokens name an unknown key", async () => {
  const org = await world.organisation();
  const { token } = await proven(org.test);
  const { active, keys } = rotate(world.secrets.SIGNING_KEYS);
  await saveSecrets(world.secretsFile, { ...world.secrets, SIGNING_KEYS: { active, keys: keys.filter(({ kid }) => kid === active) } });
  await world.reload();
  const verdict = (await org.test.post("proofs/validate", { proof_token: token })).expect(200).body;
  assert.deepEqual([verdict.valid, verdict.reason], [false, "unknown_key"]);
});
