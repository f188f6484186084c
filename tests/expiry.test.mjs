// The end of a challenge's time: by the alarm without anybody asking, and at once for whoever asks.
// The times are shortened by the operator's settings.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { createDomain, createEmail, create, read, submit } from "./harness/steps.mjs";
import { openStream } from "./harness/sse.mjs";
import { eventually } from "./harness/poll.mjs";

let world;
before(async () => {
  world = await startWorld({ vars: { CHALLENGE_SECONDS: "3", DOMAIN_CHALLENGE_SECONDS: "4" } });
});
after(() => world?.stop());

const over = (client, id) =>
  eventually("the end of the challenge", async () => (await read(client, id)).status === "expired", { within: 8_000 });

test("the alarm ends it though nobody asks, and the ledger knows", async () => {
  const { test: client } = await world.organisation();
  const { id, challenge, created_at } = await createEmail(client);
  assert.equal(Date.parse(challenge.expires_at) - Date.parse(created_at), 3_000);
  const listed = async (status) => (await client.get(`verifications?status=${status}`)).body.data.some((one) => one.id === id);
  await eventually("the list says pending", () => listed("pending"));
  // The list reads the ledger only; the object is not asked.
  await eventually("the list says expired", () => listed("expired"), { within: 10_000 });
  const now = await read(client, id);
  assert.equal(now.status, "expired");
  assert.ok(now.expired_at >= challenge.expires_at);
  assert.equal(now.challenge, undefined);
  assert.equal(now.proof, undefined);
});

test("after the end nothing completes it", async () => {
  const { test: client } = await world.organisation();
  const { id, challenge } = await createEmail(client);
  await over(client, id);
  (await submit(client, id, challenge.code)).refused(400, "challenge_expired");
  (await submit(client, id, "000000")).refused(400, "challenge_expired");
  (await client.post(`verifications/${id}/resend`)).refused(400, "challenge_expired");
  (await client.post(`verifications/${id}/test-verify`)).refused(400, "challenge_expired");
  (await client.get(`proofs/${id}/status`)).refused(404, "not_found");
  (await client.post(`proofs/${id}/revoke`, { reason: "other" })).refused(404, "not_found");
  assert.equal((await read(client, id)).status, "expired");
});

test("whoever asks in the very second of the end is told so", async () => {
  const { test: client } = await world.organisation();
  const { id, challenge } = await createEmail(client);
  const end = Date.parse(challenge.expires_at);
  for (;;) {
    const asked = Date.now();
    const { status } = await read(client, id);
    const answered = Date.now();
    if (answered < end) assert.equal(status, "pending");
    if (asked >= end + 20) {
      assert.equal(status, "expired");
      break;
    }
  }
});

test("an answer in time is in time", async () => {
  const { test: client } = await world.organisation();
  const { id, challenge } = await createEmail(client);
  (await submit(client, id, challenge.code)).expect(200);
  await eventually("the time passes", async () => Date.now() > Date.parse(challenge.expires_at) + 1_500, { within: 8_000 });
  assert.equal((await read(client, id)).status, "verified", "the alarm leaves what is verified alone");
});

test("a new code begins a new time", async () => {
  const { test: client } = await world.organisation();
  const { id, challenge } = await createEmail(client);
  await eventually("two seconds later", async () => Date.now() > Date.parse(challenge.expires_at) - 1_000);
  const sent = (await client.post(`verifications/${id}/resend`)).expect(200).body;
  assert.ok(sent.expires_at > challenge.expires_at);
  await eventually("the first end passes", async () => Date.now() > Date.parse(challenge.expires_at) + 300);
  const now = await read(client, id);
  assert.equal(now.status, "pending");
  (await submit(client, id, now.challenge.code)).expect(200);
});

test("a stream tells the end and closes", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const stream = await openStream(client, `verifications/${id}/events`);
  assert.equal((await stream.next()).event, "connected");
  const event = await stream.next(10_000);
  assert.equal(event.event, "status_changed");
  assert.equal(event.data.status, "expired");
  await stream.closed();
});

test("a domain's token ends too", async () => {
  const { test: client } = await world.organisation();
  const { id } = await createDomain(client);
  await over(client, id);
  (await client.post(`verifications/${id}/verify`)).refused(400, "challenge_expired");
});
