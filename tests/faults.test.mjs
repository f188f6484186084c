// When parts fail: the ledger is away, or the whole system is killed. Nothing is lost, nothing is
// doubled, and what was promised holds afterwards.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { eventually } from "./harness/poll.mjs";
import { openStream } from "./harness/sse.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, createDomain, createEmail, freshEmail, otherCode, proven, read, submit } from "./harness/steps.mjs";

let world;
before(async () => {
  world = await startWorld({ dns: true });
});
after(() => world?.stop());

/** Takes tables of the ledger away while `body` runs. */
async function without(tables, body) {
  for (const table of tables) await world.sql(`ALTER TABLE ${table} RENAME TO ${table}_away`);
  try {
    return await body();
  } finally {
    for (const table of tables) await world.sql(`ALTER TABLE ${table}_away RENAME TO ${table}`);
  }
}

const rows = (table, id) => world.sql(`SELECT * FROM ${table} WHERE id = ?`, [id]);
const inLedger = (id, status) =>
  eventually(`${status} in the ledger`, async () => (await rows("verifications", id))[0]?.status === status, {
    within: 20_000,
    every: 100,
  });

test("the ledger is away during submit: the answer is right, and the ledger learns it once", async () => {
  const org = await world.organisation();
  const made = await createEmail(org.live);
  const { code } = await world.inbox.code(made.id);
  await inLedger(made.id, "pending");
  const done = await without(["verifications", "proofs"], async () => {
    const reply = (await submit(org.live, made.id, code)).expect(200).body;
    assert.equal(reply.status, "verified");
    assert.ok(reply.proof.token);
    assert.equal((await read(org.live, made.id)).proof.token, reply.proof.token);
    (await submit(org.live, made.id, code)).refused(400, "already_verified");
    return reply;
  });
  await inLedger(made.id, "verified");
  assert.equal((await rows("proofs", made.id)).length, 1);
  const list = (await org.live.get("verifications?status=verified")).expect(200).body;
  assert.deepEqual(
    list.data.map(({ id }) => id),
    [made.id],
  );
  const usage = (await org.live.get("quota")).expect(200).body;
  assert.deepEqual([usage.used, usage.proofs], [1, 1], "counted once");
  const verdict = (await org.live.post("proofs/validate", { proof_token: done.proof.token })).expect(200).body;
  assert.equal(verdict.valid, true);
  assert.equal((await read(org.live, made.id)).proof.token, done.proof.token, "still the same token");
});

test("the ledger is away during creation: the verification is there, the list learns it later", async () => {
  const { test: client } = await world.organisation();
  const made = await without(["verifications"], async () => {
    const one = await create(client);
    assert.equal((await read(client, one.id)).status, "pending");
    return one;
  });
  await inLedger(made.id, "pending");
  assert.equal((await world.listed(client, "verifications", 1)).pagination.total, 1);
});

test("a list without a ledger says that it is unavailable, and tells no more", async () => {
  const { test: client } = await world.organisation();
  (await client.get("verifications")).expect(200);
  await without(["verifications"], async () => {
    const reply = (await client.get("verifications")).refused(503, "unavailable");
    assert.ok(Number(reply.headers.get("retry-after")) > 0);
    assert.ok(!/sql|table|D1/i.test(reply.body.error.message), reply.text);
  });
  (await client.get("verifications")).expect(200);
});

test("a revocation that the ledger cannot take is not said to be in effect, and takes effect later", async () => {
  const { test: client } = await world.organisation();
  const { id, token } = await proven(client);
  await inLedger(id, "verified");
  await without(["proofs"], async () => {
    (await client.post(`proofs/${id}/revoke`, { reason: "fraud" })).refused(503, "unavailable");
  });
  await eventually("the revocation", async () => (await client.post("proofs/validate", { proof_token: token })).body.reason === "revoked", {
    within: 20_000,
    every: 100,
  });
  const again = (await client.post(`proofs/${id}/revoke`, { reason: "other" })).expect(200).body;
  assert.equal(again.status, "revoked");
  assert.equal((await world.sql("SELECT count(*) AS count FROM revocations WHERE proof_id = ?", [id]))[0].count, 1);
});

test("a validation without a ledger is unavailable, never valid by default", async () => {
  const { test: client } = await world.organisation();
  const { id, token } = await proven(client);
  await inLedger(id, "verified");
  await without(["proofs"], async () => {
    (await client.post("proofs/validate", { proof_token: token })).refused(503, "unavailable");
    (await client.get(`proofs/${id}/status`)).refused(503, "unavailable");
  });
});

test("the mailbox is away: the code goes out later, once, and still works", async () => {
  const org = await world.organisation();
  const made = await without(["inbox_messages"], async () => {
    const one = await createEmail(org.live, { identifier: freshEmail() });
    assert.notEqual((await read(org.live, one.id)).delivery_status, "sent");
    return one;
  });
  const messages = await eventually(
    "the message",
    async () => {
      const all = await world.inbox.messages(made.id);
      return all.length > 0 && all;
    },
    { within: 20_000, every: 100 },
  );
  assert.equal(messages.length, 1);
  const { code } = await world.inbox.code(made.id);
  await eventually("it is said to be sent", async () => (await read(org.live, made.id)).delivery_status === "sent");
  (await submit(org.live, made.id, code)).expect(200);
});

test("the keys' table is away: callers are told to come back, not that their key is wrong", async () => {
  const org = await world.organisation();
  await without(["api_keys"], async () => {
    const reply = await org.test.get("verifications");
    reply.refused(503, "unavailable");
  });
  (await org.test.get("verifications")).expect(200);
});

test("killed and started again it continues where it was", { timeout: 180_000 }, async () => {
  const org = await world.organisation();
  const pending = await createEmail(org.test);
  (await submit(org.test, pending.id, otherCode(pending.challenge.code))).refused(400, "invalid_code", { remaining: 4 });
  const live = await createEmail(org.live);
  const { code } = await world.inbox.code(live.id);
  const done = await proven(org.test);
  const revoked = await proven(org.test);
  (await org.test.post(`proofs/${revoked.id}/revoke`, { reason: "other" })).expect(200);
  const domain = await createDomain(org.test);
  const before = await read(org.test, pending.id);
  const listening = await openStream(org.test, `verifications/${pending.id}/events`);
  const { id: seen } = await listening.next();

  await world.crash();

  await eventually("the stream is gone", () => listening.ended);
  assert.deepEqual(await read(org.test, pending.id), before, "the pending one, with its used attempt");
  assert.equal((await read(org.test, done.id)).proof.token, done.token);
  const verdict = async (proof_token) => (await org.test.post("proofs/validate", { proof_token })).expect(200).body;
  assert.equal((await verdict(done.token)).valid, true);
  assert.equal((await verdict(revoked.token)).reason, "revoked");
  assert.equal((await read(org.test, domain.id)).challenge.dns_record.value, domain.challenge.dns_record.value);
  const again = await openStream(org.test, `verifications/${pending.id}/events`, { headers: { "last-event-id": seen } });
  assert.equal(again.status, 200, "slots of before the crash are not held against it");
  (await submit(org.test, pending.id, pending.challenge.code)).expect(200);
  await again.closed();
  assert.equal(again.events.at(-1).data.status, "verified");
  (await submit(org.live, live.id, code)).expect(200);
});

test("killed in the middle of a hundred answers, every answer that was given holds", { timeout: 180_000 }, async () => {
  const { test: client } = await world.organisation();
  const made = [];
  for (let i = 0; i < 10; i++) made.push(...(await Promise.all(Array.from({ length: 6 }, () => createEmail(client)))));
  const given = new Map();
  const answers = made.map(async ({ id, challenge }) => {
    const reply = await submit(client, id, challenge.code).catch(() => undefined);
    if (reply?.status === 200) given.set(id, reply.body.proof.token);
  });
  await eventually("the first answers", () => given.size >= 5, { within: 20_000, every: 1 });
  await world.crash();
  await Promise.all(answers);
  assert.ok(given.size < made.length || given.size === made.length);
  for (const { id, challenge } of made) {
    const now = await read(client, id);
    if (given.has(id)) assert.equal(now.proof?.token, given.get(id), "an answer that was given holds");
    if (now.status === "pending") (await submit(client, id, challenge.code)).expect(200);
    else assert.equal(now.status, "verified");
  }
  await eventually(
    "the ledger has them all, once",
    async () => {
      const [{ count }] = await world.sql(
        `SELECT count(*) AS count FROM proofs WHERE id IN (${made.map(() => "?").join(",")})`,
        made.map(({ id }) => id),
      );
      return count === made.length;
    },
    { within: 30_000, every: 200 },
  );
});

test("no fault left an unhandled error in the log", () => {
  const crashes = world.logs().filter((line) => /"crash"|RuntimeError|panicked|unreachable executed/.test(line));
  assert.deepEqual(crashes, []);
});
