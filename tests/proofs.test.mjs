// Proofs: the verdict with every reason, the status, and revocation: five reasons, at once, once.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "./harness/test.mjs";
import { eventually } from "./harness/poll.mjs";
import { startWorld } from "./harness/world.mjs";
import { createEmail, create, freshId, proven, provenByEmail, read, submit } from "./harness/steps.mjs";
import { assemble, rsa, strangersKey, systemSigner, takeApart } from "./harness/tokens.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const verdict = async (client, proof_token, identifier) =>
  (await client.post("proofs/validate", { proof_token, identifier })).expect(200).body;
const REASONS = ["user_request", "fraud", "key_compromise", "asset_transferred", "other"];

function invalid(answer, reason) {
  assert.deepEqual({ valid: answer.valid, reason: answer.reason }, { valid: false, reason }, JSON.stringify(answer));
  assert.ok(answer.message);
  assert.equal(answer.verification, undefined);
}

test("valid, with and without the identifier in any of its writings", async () => {
  const { test: client } = await world.organisation();
  const { id, token, verification } = await proven(client, { identifier: "+37069199199" });
  for (const identifier of [undefined, "+37069199199", "+370 691 99199", "+370-691-99199"]) {
    const answer = await verdict(client, token, identifier);
    assert.deepEqual(answer.verification, {
      id,
      type: "phone",
      channel: "whatsapp",
      verified_at: verification.verified_at,
      expires_at: verification.proof.expires_at,
      test_mode: true,
    });
    assert.equal(answer.valid, true);
    assert.equal(answer.reason, undefined);
  }
});

test("the token is as the contract says, and its hash can be checked by whoever knows the identifier", async () => {
  const org = await world.organisation();
  const { id, token, verification } = await proven(org.test, {
    type: "email",
    channel: "email",
    identifier: "Person@Postbox-of-Tests.com",
  });
  const { header, claims } = takeApart(token);
  assert.deepEqual(header, { alg: "RS256", typ: "proof+jwt", kid: world.secrets.SIGNING_KEYS.active });
  assert.match(header.kid, /^proof-holdings-\d{4}-\d{2}(\.\d+)?$/);
  const { identifier_salt: salt, identifier_hash: hash, jti, ...rest } = claims;
  const iat = Date.parse(verification.verified_at) / 1000;
  assert.deepEqual(rest, {
    iss: world.url,
    aud: org.id,
    sub: id,
    iat,
    exp: iat + 2_592_000,
    env: "test",
    type: "email",
    channel: "email",
    verified_at: iat,
  });
  assert.match(jti, /^[0-9a-f]{24}$/);
  assert.equal(Buffer.from(salt, "base64url").length, 16);
  const expected = createHash("sha256").update(Buffer.from(salt, "base64url")).update("Person@postbox-of-tests.com").digest("base64url");
  assert.equal(hash, expected);
  assert.ok(token.length < 1_200, `${token.length} characters`);
});

test("two proofs of one identifier have different salts", async () => {
  const { test: client } = await world.organisation();
  const [one, other] = [await proven(client, { identifier: "+37069199199" }), await proven(client, { identifier: "+37069199199" })];
  const [a, b] = [takeApart(one.token).claims, takeApart(other.token).claims];
  assert.notEqual(a.identifier_salt, b.identifier_salt);
  assert.notEqual(a.identifier_hash, b.identifier_hash);
  assert.notEqual(a.jti, b.jti);
});

test("identifier_mismatch", async () => {
  const { test: client } = await world.organisation();
  const { token } = await proven(client, { identifier: "+37069199199" });
  for (const identifier of [
    "+37069199198",
    "person@postbox-of-tests.com",
    "x",
    "",
    " ",
    "+37069199199 ext 1",
    "＋37069199199",
    "x".repeat(500),
  ]) {
    invalid(await verdict(client, token, identifier), "identifier_mismatch");
  }
});

test("wrong_environment, both ways", async () => {
  const org = await world.organisation();
  const testProof = await proven(org.test);
  const liveProof = await provenByEmail(world, org.live);
  invalid(await verdict(org.live, testProof.token), "wrong_environment");
  invalid(await verdict(org.test, liveProof.token), "wrong_environment");
  assert.equal((await verdict(org.live, liveProof.token)).valid, true);
});

test("wrong_audience", async () => {
  const [one, other] = [await world.organisation(), await world.organisation()];
  const { token } = await proven(one.test);
  invalid(await verdict(other.test, token), "wrong_audience");
});

test("invalid_signature and unknown_key", async () => {
  const { test: client } = await world.organisation();
  const { token } = await proven(client);
  const { header, claims } = takeApart(token);
  const { privateKey } = strangersKey();
  invalid(await verdict(client, assemble(header, claims, rsa(privateKey))), "invalid_signature");
  invalid(await verdict(client, assemble({ ...header, kid: "proof-holdings-2020-01" }, claims, rsa(privateKey))), "unknown_key");
});

test("expired, to the second", async () => {
  const org = await world.organisation();
  const { token } = await proven(org.test);
  const { header, claims } = takeApart(token);
  const { sign } = systemSigner(world.secrets);
  const now = Math.floor(Date.now() / 1000);
  const until = (exp) => assemble(header, { ...claims, iat: now - 1_000, exp, verified_at: now - 1_000 }, sign);
  invalid(await verdict(org.test, until(now - 1)), "expired");
  invalid(await verdict(org.test, until(now)), "expired");
  const soon = until(now + 3);
  const first = await verdict(org.test, soon);
  if (Math.floor(Date.now() / 1000) < now + 3) assert.equal(first.valid, true, JSON.stringify(first));
  await eventually("its end", async () => (await verdict(org.test, soon)).reason === "expired", { within: 6_000 });
  assert.ok(Date.now() / 1000 >= now + 3);
});

test("a request that is not of the documented form is refused", async () => {
  const { test: client } = await world.organisation();
  const { token } = await proven(client);
  for (const [body, field] of [
    [{}, "proof_token"],
    [{ proof_token: null }, "proof_token"],
    [{ proof_token: [token] }, "proof_token"],
    [{ proof_token: token, identifier: 1 }, "identifier"],
    [{ proof_token: token, extra: 1 }, "extra"],
  ]) {
    (await client.post("proofs/validate", body)).refused(400, "validation_error", { field });
  }
});

test("status tells how a proof stands", async () => {
  const { test: client } = await world.organisation();
  const { id, verification } = await proven(client);
  const status = await eventually("the ledger", async () => {
    const reply = await client.get(`proofs/${id}/status`);
    return reply.status === 200 && reply.body;
  });
  assert.deepEqual(status, {
    proof_id: id,
    status: "verified",
    is_valid: true,
    is_revoked: false,
    revoked_at: null,
    revoked_reason: null,
    expires_at: verification.proof.expires_at,
    is_expired: false,
    test_mode: true,
  });
  await world.sql("UPDATE proofs SET expires_at = ? WHERE id = ?", [Math.floor(Date.now() / 1000), id]);
  const expired = (await client.get(`proofs/${id}/status`)).expect(200).body;
  assert.deepEqual([expired.status, expired.is_valid, expired.is_expired, expired.is_revoked], ["expired", false, true, false]);
});

test("what has no proof has no status and cannot be revoked", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  for (const one of [id, freshId()]) {
    (await client.get(`proofs/${one}/status`)).refused(404, "not_found");
    (await client.post(`proofs/${one}/revoke`, { reason: "fraud" })).refused(404, "not_found");
  }
  assert.equal((await read(client, id)).status, "pending");
});

for (const reason of REASONS) {
  test(`revoked for ${reason}: everywhere, at once, once`, async () => {
    const org = await world.organisation();
    const { id, token, identifier } = await provenByEmail(world, org.live);
    assert.equal((await verdict(org.live, token)).valid, true);
    const done = (await org.live.post(`proofs/${id}/revoke`, { reason })).expect(200).body;
    assert.deepEqual(done, { success: true, verification_id: id, status: "revoked", revoked_at: done.revoked_at });
    invalid(await verdict(org.live, token), "revoked");
    invalid(await verdict(org.live, token, identifier), "revoked");
    const status = (await org.live.get(`proofs/${id}/status`)).expect(200).body;
    assert.deepEqual(
      [status.status, status.is_valid, status.is_revoked, status.revoked_at, status.revoked_reason],
      ["revoked", false, true, done.revoked_at, reason],
    );
    const verification = await read(org.live, id);
    assert.deepEqual([verification.status, verification.revoked_at, verification.revoked_reason], ["revoked", done.revoked_at, reason]);
    const again = (await org.live.post(`proofs/${id}/revoke`, { reason: "other" })).expect(200).body;
    assert.deepEqual(again, done, "a second revocation answers with the first");
    assert.equal((await org.live.get(`proofs/${id}/status`)).body.revoked_reason, reason);
    const list = (await world.anonymous.get("proofs/revoked")).expect(200).body;
    assert.equal(list.data.filter((one) => one.proof_id === id).length, 1);
  });
}

test("twenty revocations at once are one", async () => {
  const { test: client } = await world.organisation();
  const { id } = await proven(client);
  const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => client.post(`proofs/${id}/revoke`, { reason: REASONS[i % 5] })));
  const times = new Set(replies.map((reply) => reply.expect(200).body.revoked_at));
  assert.equal(times.size, 1);
  const rows = await world.sql("SELECT seq FROM revocations WHERE proof_id = ?", [id]);
  assert.equal(rows.length, 1);
});

test("a reason that is none of the five is refused", async () => {
  const { test: client } = await world.organisation();
  const { id, token } = await proven(client);
  for (const body of [
    {},
    { reason: null },
    { reason: "because" },
    { reason: "FRAUD" },
    { reason: ["fraud"] },
    { reason: "fraud", force: true },
  ]) {
    (await client.post(`proofs/${id}/revoke`, body)).refused(400, "validation_error");
  }
  assert.equal((await verdict(client, token)).valid, true);
});

test("a proof is valid the moment it is given, before the ledger knows it", async () => {
  const { test: client } = await world.organisation();
  for (let i = 0; i < 5; i++) {
    const { id, challenge } = await createEmail(client);
    const { proof } = (await submit(client, id, challenge.code)).expect(200).body;
    assert.equal((await verdict(client, proof.token)).valid, true);
    (await client.post(`proofs/${id}/revoke`, { reason: "other" })).expect(200);
    invalid(await verdict(client, proof.token), "revoked");
  }
});
