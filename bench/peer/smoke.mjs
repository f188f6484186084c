// Shows that the peer does what it is measured for: every benched route, its errors, and the event stream.
// Run: node bench/peer/smoke.mjs
import assert from "node:assert/strict";
import { createLocalJWKSet, jwtVerify } from "jose";
import { Webhook } from "standardwebhooks";
import { API } from "../load/messages.mjs";
import { RECEIVER, startReceiver } from "../load/receiver.mjs";
import { SETTINGS } from "../options.mjs";
import { launch } from "../systems/launch.mjs";
import { buildPeer } from "./build.mjs";

await buildPeer();
const receiver = await startReceiver();
const peer = await launch("peer", { ...SETTINGS, outbound: receiver.outbound });

async function call(method, path, body, headers = {}) {
  const answer = await fetch(new URL(path, peer.url), {
    method,
    headers: { authorization: `Bearer ${peer.key}`, ...(body && { "content-type": "application/json" }), ...headers },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

async function refused(status, code, ...request) {
  const answer = await call(...request);
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(answer.body.error.code, code);
  assert.equal(answer.body.error.request_id, answer.headers.get("x-request-id"));
  return answer.body.error;
}

const email = (identifier) => ({ type: "email", channel: "email", identifier });

async function lifeOfOne() {
  const key = { "idempotency-key": "once" };
  const created = await call("POST", `${API}/verifications`, email("Anna@Example.com"), key);
  assert.equal(created.status, 201);
  assert.equal(created.headers.get("access-control-allow-origin"), "*");
  assert.ok(created.headers.get("ratelimit-limit"));
  const { id, challenge, identifier } = created.body;
  assert.equal(identifier, "Anna@example.com");
  const again = await call("POST", `${API}/verifications`, email("Anna@Example.com"), key);
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  assert.equal(again.body.id, id);
  await refused(409, "conflict", "POST", `${API}/verifications`, email("other@example.com"), key);

  const one = `${API}/verifications/${id}`;
  const stream = await fetch(new URL(`${one}/events`, peer.url), { headers: { authorization: `Bearer ${peer.key}` } });
  assert.equal(stream.headers.get("content-type"), "text/event-stream");
  const events = stream.text();
  const wrong = challenge.code === "000000" ? "111111" : "000000";
  const error = await refused(400, "invalid_code", "POST", `${one}/submit`, { challenge_code: wrong });
  assert.equal(error.attempts_remaining, 4);
  await refused(400, "validation_error", "POST", `${one}/submit`, { challenge_code: "short" });
  const verified = await call("POST", `${one}/submit`, { challenge_code: challenge.code });
  assert.equal(verified.body.status, "verified", JSON.stringify(verified.body));
  assert.match(await events, /id: 0\nevent: connected\n[^]*id: 1\nevent: status_changed\n/);
  await refused(400, "already_verified", "POST", `${one}/submit`, { challenge_code: challenge.code });
  assert.equal((await call("GET", one)).body.proof.token, verified.body.proof.token);
  const last = { authorization: `Bearer ${peer.key}`, "last-event-id": "1" };
  assert.equal((await fetch(new URL(`${one}/events`, peer.url), { headers: last })).status, 204);
  return { id, token: verified.body.proof.token };
}

async function proof({ id, token }) {
  const { payload } = await jwtVerify(token, createLocalJWKSet(peer.jwks), { algorithms: ["RS256"], subject: id });
  assert.equal(payload.exp - payload.iat, 30 * 24 * 3600);
  const validate = async (body) => (await call("POST", `${API}/proofs/validate`, body)).body;
  assert.equal((await validate({ proof_token: token, identifier: "Anna@example.com" })).valid, true);
  assert.equal((await validate({ proof_token: token, identifier: "b@example.com" })).reason, "identifier_mismatch");
  assert.equal((await validate({ proof_token: token.slice(0, -9) + "AAAAAAAAA" })).reason, "invalid_signature");
  const status = await call("GET", `${API}/proofs/${id}/status`);
  assert.deepEqual([status.body.status, status.body.is_valid], ["valid", true]);
}

async function keySet() {
  const address = new URL("/.well-known/jwks.json", peer.url);
  const etag = (await fetch(address)).headers.get("etag");
  assert.equal((await fetch(address, { headers: { "if-none-match": etag } })).status, 304);
}

async function webhook() {
  const path = `${API}/webhook-endpoints`;
  await refused(400, "validation_error", "POST", path, { url: `http://${RECEIVER}/hooks` });
  const { secret } = (await call("POST", path, { url: `https://${RECEIVER}/hooks` })).body;
  await call("POST", path, { url: `https://${RECEIVER}/other`, events: ["verification.failed"] });
  receiver.take();
  const { id, challenge } = (await call("POST", `${API}/verifications`, email("three@example.com"))).body;
  const all = receiver.count(1);
  await call("POST", `${API}/verifications/${id}/submit`, { challenge_code: challenge.code });
  await all;
  const [{ headers, body }] = receiver.take();
  const event = new Webhook(secret).verify(body.toString(), headers);
  assert.deepEqual([event.id, event.verification_id, event.test], [headers["webhook-id"], id, true]);
  const { valid } = (await call("POST", `${API}/proofs/validate`, { proof_token: event.proofs[0].proof_token })).body;
  assert.equal(valid, true);
}

async function refusals() {
  const one = `${API}/verifications/${"0".repeat(24)}`;
  await refused(404, "not_found", "GET", one);
  await refused(404, "not_found", "GET", `${API}/proofs/${"0".repeat(24)}/status`);
  await refused(405, "method_not_allowed", "DELETE", one);
  await refused(401, "unauthorized", "GET", one, undefined, { authorization: "Bearer pk_test_nothing" });
  await refused(400, "invalid_identifier", "POST", `${API}/verifications`, email("nobody"));
  await refused(415, "unsupported_media_type", "POST", `${API}/verifications`, email("a@b.io"), { "content-type": "text/plain" });
  await refused(413, "payload_too_large", "POST", `${API}/verifications`, { ...email("a@b.io"), x: "x".repeat(70_000) });
  const { id, challenge } = (await call("POST", `${API}/verifications`, email("two@example.com"))).body;
  const wrong = { challenge_code: challenge.code === "000000" ? "111111" : "000000" };
  for (let left = 4; left >= 0; left--) {
    const error = await refused(400, "invalid_code", "POST", `${API}/verifications/${id}/submit`, wrong);
    assert.equal(error.attempts_remaining, left);
  }
  await refused(400, "too_many_attempts", "POST", `${API}/verifications/${id}/submit`, wrong);
}

try {
  await proof(await lifeOfOne());
  await keySet();
  await webhook();
  await refusals();
  console.log("The peer answers every benched route as it should.");
} finally {
  await peer.stop();
  await receiver.stop();
}
