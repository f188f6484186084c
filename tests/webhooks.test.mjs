// Webhooks as receivers get them: what they say, how they are signed, and who gets which.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { eventually } from "./harness/poll.mjs";
import { deliveries, readDelivery, register, signedBy, startReceiver, verifiedByNode, verifiedByPython } from "./harness/receiver.mjs";
import { createEmail, otherCode, proven, provenByEmail, submit } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

let world;
before(async () => {
  world = await startWorld({ dns: true, vars: { WEBHOOK_RETRY_PERCENT: "1" } });
});
after(() => world?.stop());

const feed = async (client) => (await client.get("events")).expect(200).body.data;
const secretOf = async (client, id) => (await client.get(`webhook-endpoints/${id}/secret`)).expect(200).body;
const revoke = async (client, id) => (await client.post(`proofs/${id}/revoke`, { reason: "fraud" })).expect(200);

/** Uses up all tries of a new verification. */
async function failed(client) {
  const { id, challenge } = await createEmail(client);
  for (let tries = 0; tries < 5; tries++) await submit(client, id, otherCode(challenge.code));
  return id;
}

/** Long enough for whatever was going to be sent, because what came after it has arrived. */
async function everythingSent(client) {
  await eventually("no pending delivery", async () => (await client.get("webhook-deliveries/stats")).body.pending === 0);
}

test("the published packages of both languages take a delivery, and nothing that was changed", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world);
  const { secret } = await register(client, hook.url);
  await proven(client, { external_user_id: "user_1" });
  await hook.events(1);
  const [call] = hook.calls;
  assert.equal(verifiedByNode(secret, call).event, "verification.completed");
  assert.deepEqual(await verifiedByPython(secret, call), JSON.parse(call.body));
  assert.ok(signedBy(secret, call));
  for (const change of [
    { body: `${call.body} ` },
    { body: call.body.replace("verified", "vErified") },
    { headers: { ...call.headers, "webhook-id": "0".repeat(24) } },
    { headers: { ...call.headers, "webhook-timestamp": String(Number(call.headers["webhook-timestamp"]) + 1) } },
    { headers: { ...call.headers, "webhook-timestamp": String(Number(call.headers["webhook-timestamp"]) - 600) } },
    { headers: { ...call.headers, "webhook-signature": `v1,${Buffer.alloc(32).toString("base64")}` } },
  ]) {
    const forged = { ...call, ...change };
    assert.throws(() => verifiedByNode(secret, forged));
    await assert.rejects(verifiedByPython(secret, forged), /WebhookVerificationError/);
  }
  assert.ok(!signedBy(secret, { ...call, body: `${call.body} ` }));
  const { secret: other } = await register(client, hook.url);
  assert.throws(() => verifiedByNode(other, call));
});

test("it says what happened, once, to the byte as the feed has it", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world);
  const endpoint = await register(client, hook.url);
  const { id, verification, token } = await proven(client, { external_user_id: "user_1", client_metadata: { order: 7 } });
  const [event] = await hook.events(1);
  const [{ method, headers }] = hook.calls;
  assert.equal(method, "POST");
  assert.equal(headers["content-type"], "application/json");
  assert.equal(headers["user-agent"], "Proof webhooks");
  assert.equal(headers["webhook-id"], event.id);
  assert.ok(Math.abs(Date.now() / 1_000 - Number(headers["webhook-timestamp"])) < 30);
  for (const odd of ["authorization", "cookie", "x-proof-signature-previous"]) assert.equal(headers[odd], undefined);
  assert.deepEqual(event, {
    id: event.id,
    event: "verification.completed",
    test: true,
    created_at: verification.verified_at,
    verification_id: id,
    status: "verified",
    type: "phone",
    channel: "whatsapp",
    identifier: verification.identifier,
    external_user_id: "user_1",
    client_metadata: { order: 7 },
    proofs: [
      {
        verification_id: id,
        type: "phone",
        channel: "whatsapp",
        identifier: verification.identifier,
        verified_at: verification.verified_at,
        proof_token: token,
        expires_at: verification.proof.expires_at,
      },
    ],
  });
  const valid = (await client.post("proofs/validate", { proof_token: event.proofs[0].proof_token })).expect(200).body;
  assert.equal(valid.valid, true);
  const [told] = await feed(client);
  assert.equal(told.id, event.id);
  assert.deepEqual(told.payload, event);
  const [delivery] = await deliveries(client, ([one]) => one?.status === "delivered");
  assert.deepEqual([delivery.event_id, delivery.endpoint_id, delivery.attempts, delivery.response_status], [event.id, endpoint.id, 1, 204]);
  assert.deepEqual((await readDelivery(client, delivery.id)).request_payload, event);
  assert.equal(hook.calls.length, 1);
});

test("live ones do not say that they are tests, and each environment hears of its own only", async () => {
  const { live, test: client } = await world.organisation();
  const [forLive, forTest] = [await startReceiver(world), await startReceiver(world)];
  await register(live, forLive.url);
  await register(client, forTest.url);
  const { id } = await provenByEmail(world, live);
  const [event] = await forLive.events(1);
  assert.deepEqual([event.verification_id, event.test], [id, undefined]);
  const { id: inTest } = await proven(client);
  const [other] = await forTest.events(1);
  assert.deepEqual([other.verification_id, other.test], [inTest, true]);
  await everythingSent(live);
  await everythingSent(client);
  assert.deepEqual([forLive.calls.length, forTest.calls.length], [1, 1]);
});

test("nobody hears of another tenant's", async () => {
  const [one, other] = [await world.organisation(), await world.organisation()];
  const hook = await startReceiver(world);
  await register(other.test, hook.url);
  await proven(one.test);
  const { id } = await proven(other.test);
  assert.deepEqual((await hook.events(1)).map((event) => event.verification_id), [id]);
  await everythingSent(one.test);
  assert.equal(hook.calls.length, 1);
});

test("who does not say what it wants gets completions; the rest comes to whoever asks for it", async () => {
  const { test: client } = await world.organisation();
  const [plain, all, none] = [await startReceiver(world), await startReceiver(world), await startReceiver(world)];
  await register(client, plain.url);
  await register(client, all.url, { events: ["verification.completed", "verification.failed", "proof.revoked"] });
  await register(client, none.url, { events: ["verification_request.completed"] });
  const { id } = await proven(client);
  await revoke(client, id);
  const lost = await failed(client);
  const told = await all.events(3);
  assert.deepEqual(
    told.map((event) => `${event.event} ${event.verification_id}`).sort(),
    [`proof.revoked ${id}`, `verification.completed ${id}`, `verification.failed ${lost}`],
  );
  const revoked = told.find((event) => event.event === "proof.revoked");
  assert.deepEqual([revoked.status, revoked.revoked_reason, revoked.proofs], ["revoked", "fraud", []]);
  const gone = told.find((event) => event.event === "verification.failed");
  assert.deepEqual([gone.status, gone.proofs], ["failed", []]);
  await everythingSent(client);
  assert.deepEqual(plain.calls.map(({ body }) => JSON.parse(body).event), ["verification.completed"]);
  assert.equal(none.calls.length, 0);
  assert.equal((await feed(client)).length, 3, "the feed has all");
});

test("all endpoints get one event under one id, each with its own signature", async () => {
  const { test: client } = await world.organisation();
  const hooks = await Promise.all([1, 2, 3].map(() => startReceiver(world)));
  const made = await Promise.all(hooks.map(({ url }) => register(client, url)));
  await proven(client);
  await Promise.all(hooks.map((hook) => hook.events(1)));
  const calls = hooks.map(({ calls }) => calls[0]);
  assert.equal(new Set(calls.map(({ headers }) => headers["webhook-id"])).size, 1);
  assert.equal(new Set(calls.map(({ body }) => body)).size, 1);
  assert.equal(new Set(calls.map(({ headers }) => headers["x-proof-signature"])).size, 3);
  calls.forEach((call, i) => verifiedByNode(made[i].secret, call));
});

test("a callback address gets the event, and endpoints do not", async () => {
  const { test: client } = await world.organisation();
  const [hook, callback] = [await startReceiver(world), await startReceiver(world)];
  await register(client, hook.url);
  const { id } = await proven(client, { callback_url: callback.url });
  const [event] = await callback.events(1);
  assert.equal(event.verification_id, id);
  const { secret } = await secretOf(client, "callback");
  verifiedByNode(secret, callback.calls[0]);
  assert.ok(signedBy(secret, callback.calls[0]));
  const [delivery] = await deliveries(client, ([one]) => one?.status === "delivered");
  assert.deepEqual([delivery.endpoint_id, delivery.url], ["callback", callback.url]);
  await everythingSent(client);
  assert.equal(hook.calls.length, 0);
  const other = await world.organisation();
  assert.notEqual((await secretOf(other.test, "callback")).secret, secret);
});

test("both secrets sign while one is replaced, and then only the new one does", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world);
  const { id, secret: old } = await register(client, hook.url);
  const { secret } = (await client.post(`webhook-endpoints/${id}/rotate-secret`, { overlap_seconds: 600 })).expect(200).body;
  await proven(client);
  await hook.events(1);
  const [call] = hook.calls;
  for (const one of [old, secret]) {
    verifiedByNode(one, call);
    await verifiedByPython(one, call);
  }
  assert.ok(signedBy(secret, call) && !signedBy(old, call));
  assert.ok(signedBy(old, call, "x-proof-signature-previous"));
  await client.post(`webhook-endpoints/${id}/rotate-secret`, { overlap_seconds: 0 });
  await proven(client);
  await hook.events(2);
  const [, after] = hook.calls;
  const { secret: newest } = await secretOf(client, id);
  verifiedByNode(newest, after);
  for (const one of [old, secret]) assert.throws(() => verifiedByNode(one, after));
  assert.equal(after.headers["x-proof-signature-previous"], undefined);
});

test("an endpoint that is off, or deleted, gets nothing; what waited for it fails", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world);
  const { id } = await register(client, hook.url, { enabled: false });
  await proven(client);
  await eventually("the event", async () => (await feed(client)).length === 1);
  assert.equal((await client.get("webhook-deliveries")).body.data.length, 0);
  await client.request("PATCH", `webhook-endpoints/${id}`, { body: { enabled: true } });
  hook.answer = { status: 503, headers: { "retry-after": "5" } };
  await proven(client);
  await hook.events(1);
  (await client.request("DELETE", `webhook-endpoints/${id}`)).expect(200);
  const [lost] = await deliveries(client, ([one]) => one?.status === "failed");
  assert.equal(lost.error, "the endpoint was deleted");
  assert.deepEqual([lost.attempts, hook.calls.length], [1, 1]);
});

test("what waits goes to the address that the endpoint has then", async () => {
  const { test: client } = await world.organisation();
  const [old, moved] = [await startReceiver(world, { status: 503, headers: { "retry-after": "5" } }), await startReceiver(world)];
  const { id } = await register(client, old.url);
  await proven(client);
  await old.events(1);
  (await client.request("PATCH", `webhook-endpoints/${id}`, { body: { url: moved.url } })).expect(200);
  await moved.events(1);
  assert.equal(moved.calls[0].headers["webhook-id"], old.calls[0].headers["webhook-id"]);
  const [done] = await deliveries(client, ([one]) => one?.status === "delivered");
  assert.deepEqual([done.url, done.attempts], [moved.url, 2]);
  assert.equal(old.calls.length, 1);
});

test("fifty completed at once are each told once, within moments", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world);
  await register(client, hook.url);
  const done = new Map();
  const complete = async () => {
    const { id } = await proven(client);
    done.set(id, Date.now());
  };
  await Promise.all(Array.from({ length: 50 }, complete));
  const events = await hook.events(50, { within: 30_000 });
  assert.deepEqual(new Set(events.map((event) => event.verification_id)), new Set(done.keys()));
  const late = hook.calls.map(({ at }, i) => at - done.get(events[i].verification_id)).sort((a, b) => a - b);
  console.log(`from the answer to the receiver, of 50 at once: median ${late[25]} ms, worst ${late[49]} ms`);
  await everythingSent(client);
  assert.equal(hook.calls.length, 50);
});
