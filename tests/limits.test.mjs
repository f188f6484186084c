// Requests a minute, told in headers and enforced; and the month's quota, which counts live
// verifications only.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { eventually } from "./harness/poll.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, createEmail, freshEmail, proven, provenByEmail, random } from "./harness/steps.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

/** Waits for the beginning of a minute's window, so that a count does not fall into two. */
async function earlyInTheMinute(seconds = 15) {
  await eventually("the next minute", () => (Date.now() / 1000) % 60 < 60 - seconds, { within: 62_000, every: 250 });
}

test("the 101st request of a minute is refused and told when to come back", async () => {
  const org = await world.organisation({ rate: 100 });
  await earlyInTheMinute();
  let last = 101;
  for (let i = 0; i < 100; i += 10) {
    const replies = await Promise.all(Array.from({ length: 10 }, () => org.test.get("verifications")));
    for (const reply of replies) reply.expect(200);
    const [{ headers }] = replies;
    assert.equal(headers.get("ratelimit-limit"), "100");
    const remaining = Number(headers.get("ratelimit-remaining"));
    assert.ok(remaining < last && remaining >= 0, `${remaining} after ${last}`);
    last = remaining;
    const reset = Number(headers.get("ratelimit-reset"));
    assert.ok(reset > 0 && reset <= 60);
    assert.match(headers.get("ratelimit-policy"), /100;\s*w=60/);
  }
  const refused = (await org.test.get("verifications")).refused(429, "rate_limited");
  const wait = Number(refused.headers.get("retry-after"));
  assert.ok(wait >= 1 && wait <= 60, String(wait));
  assert.equal(refused.body.error.retry_after, wait);
  assert.equal(refused.headers.get("ratelimit-remaining"), "0");
  (await org.live.get("verifications")).expect(200);
  (await org.test.post("verifications", { type: "phone", channel: "sms", identifier: "+37069199199" })).refused(429, "rate_limited");
  (await world.anonymous.get("proofs/revoked")).expect(200);
});

test("a key's limit is its own, and the door to a stranger stays open", async () => {
  const org = await world.organisation({ rate: 100 });
  const stranger = await world.organisation({ rate: 100 });
  await earlyInTheMinute();
  const replies = await Promise.all(Array.from({ length: 150 }, () => org.test.get("verifications")));
  const passed = replies.filter((reply) => reply.status === 200).length;
  assert.equal(passed, 100, "a hundred at once, no more");
  assert.equal(replies.filter((reply) => reply.status === 429).length, 50);
  (await stranger.test.get("verifications")).expect(200);
});

test("another limit for another organisation", async () => {
  const plus = await world.organisation({ rate: 1_000 });
  assert.equal((await plus.test.get("verifications")).expect(200).headers.get("ratelimit-limit"), "1000");
  const unmetered = await world.organisation({ rate: 0 });
  assert.equal((await unmetered.test.get("verifications")).expect(200).headers.get("ratelimit-limit"), null);
});

test("a wrong key is not told anybody's limits", async () => {
  const reply = (await world.anonymous.get("verifications", { headers: { authorization: "Bearer x" } })).refused(401, "unauthorized");
  assert.equal(reply.headers.get("ratelimit-limit"), null);
});

const quotaOf = async (client) => (await client.get("quota")).expect(200).body;

test("quota counts live verifications and proofs, and nothing of the test environment", async () => {
  const org = await world.organisation({ quota: 50 });
  const begin = await quotaOf(org.live);
  assert.match(begin.period, /^\d{4}-\d{2}$/);
  assert.deepEqual(begin, { period: begin.period, limit: 50, used: 0, remaining: 50, proofs: 0 });
  await proven(org.test);
  await createEmail(org.test);
  await createEmail(org.live);
  await provenByEmail(world, org.live);
  const now = await eventually("the count", async () => {
    const quota = await quotaOf(org.live);
    return quota.used >= 2 && quota.proofs >= 1 && quota;
  });
  assert.deepEqual([now.used, now.remaining, now.proofs], [2, 48, 1]);
});

test("no limit is null", async () => {
  const org = await world.organisation();
  const quota = await quotaOf(org.live);
  assert.equal(quota.limit, null);
  assert.equal(quota.remaining, null);
});

test("a used-up quota refuses live creation only, and nothing of what is under way", async () => {
  const org = await world.organisation({ quota: 2 });
  const first = await createEmail(org.live);
  await createEmail(org.live);
  const body = { type: "email", channel: "email", identifier: freshEmail() };
  const refused = await eventually(
    "the refusal",
    async () => {
      const reply = await org.live.post("verifications", body);
      return reply.status === 403 && reply;
    },
    { within: 5_000 },
  );
  refused.refused(403, "quota_exceeded");
  await create(org.test);
  const { code } = await world.inbox.code(first.id);
  (await org.live.post(`verifications/${first.id}/submit`, { challenge_code: code })).expect(200);
  (await org.live.get("verifications")).expect(200);
});

test("a repetition under an idempotency key counts once", async () => {
  const org = await world.organisation({ quota: 100 });
  const headers = { "idempotency-key": random() };
  const body = { type: "email", channel: "email", identifier: freshEmail() };
  for (let i = 0; i < 5; i++) (await org.live.post("verifications", body, { headers })).expect(201);
  await eventually("the count", async () => (await quotaOf(org.live)).used === 1);
  assert.equal((await quotaOf(org.live)).used, 1);
});
