// Guessing and answering, one at a time and all at once: five tries a challenge, one winner, a cap
// for one identifier, and nothing that looks like a code but is none.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, createEmail, freshEmail, otherCode, proven, read, submit } from "./harness/steps.mjs";
import { eventually } from "./harness/poll.mjs";
import { takeApart } from "./harness/tokens.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const times = (count, ask) => Promise.all(Array.from({ length: count }, (_, i) => ask(i)));
/** Guesses that are all different and all wrong. */
const guesses = (count, right) =>
  Array.from({ length: count + 1 }, (_, i) => String(100_000 + i))
    .filter((one) => one !== right)
    .slice(0, count);

test("the fifth wrong answer ends it, and the right one comes too late", async () => {
  const { test: client } = await world.organisation();
  const { id, challenge } = await createEmail(client);
  for (const remaining of [4, 3, 2, 1]) {
    (await submit(client, id, otherCode(challenge.code))).refused(400, "invalid_code", { remaining });
    const now = await read(client, id);
    assert.equal(now.status, "pending");
    assert.equal(now.challenge.attempts_remaining, remaining);
  }
  (await submit(client, id, otherCode(challenge.code))).refused(400, "invalid_code", { remaining: 0 });
  const failed = await read(client, id);
  assert.equal(failed.status, "failed");
  assert.ok(failed.failed_at);
  assert.equal(failed.challenge, undefined);
  assert.equal(failed.proof, undefined);
  (await submit(client, id, challenge.code)).refused(400, "too_many_attempts", { remaining: 0 });
  (await client.post(`verifications/${id}/test-verify`)).refused(400, "too_many_attempts");
  (await client.get(`proofs/${id}/status`)).refused(404, "not_found");
  await eventually("the list knows", async () => (await client.get("verifications?status=failed")).body.data.some((one) => one.id === id));
});

for (const mode of ["test", "live"]) {
  test(`two hundred guesses at once get five tries (${mode})`, async () => {
    const org = await world.organisation();
    const client = org[mode];
    const made = await createEmail(client);
    const right = made.challenge.code ?? (await world.inbox.code(made.id)).code;
    const replies = await times(200, (i) => submit(client, made.id, guesses(200, right)[i]));
    const compared = replies.filter((reply) => reply.body.error?.code === "invalid_code");
    const refused = replies.filter((reply) => reply.body.error?.code === "too_many_attempts");
    assert.equal(compared.length, 5, "comparisons");
    assert.deepEqual(compared.map((reply) => reply.body.error.attempts_remaining).sort(), [0, 1, 2, 3, 4]);
    assert.equal(compared.length + refused.length, 200);
    assert.ok(replies.every((reply) => reply.status === 400));
    (await submit(client, made.id, right)).refused(400, "too_many_attempts");
    assert.equal((await read(client, made.id)).status, "failed");
  });
}

test("guesses and resends at once get five tries in all", async () => {
  const { test: client } = await world.organisation();
  const { id } = await createEmail(client);
  const replies = await times(60, (i) => (i % 3 === 0 ? client.post(`verifications/${id}/resend`) : submit(client, id, "0000AA")));
  const compared = replies.filter((reply) => reply.body.error?.code === "invalid_code");
  assert.equal(compared.length, 5);
  assert.equal((await read(client, id)).status, "failed");
});

test("twenty right answers at once verify once", async () => {
  const { test: client } = await world.organisation();
  const { id, challenge } = await createEmail(client);
  const replies = await times(20, () => submit(client, id, challenge.code));
  const won = replies.filter((reply) => reply.status === 200);
  assert.equal(won.length, 1, "one transition");
  for (const reply of replies) if (reply !== won[0]) reply.refused(400, "already_verified");
  const { proof } = await read(client, id);
  assert.equal(won[0].body.proof.token, proof.token, "one token");
  const rows = await eventually("the ledger", async () => {
    const all = await world.sql("SELECT * FROM proofs WHERE id = ?", [id]);
    return all.length > 0 && all;
  });
  assert.equal(rows.length, 1);
  assert.equal(rows[0].jti, takeApart(proof.token).claims.jti);
});

test("twenty test-verifies at once verify once", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const replies = await times(20, () => client.post(`verifications/${id}/test-verify`));
  assert.equal(replies.filter((reply) => reply.status === 200).length, 1);
  for (const reply of replies.filter((one) => one.status !== 200)) reply.refused(400, "already_verified");
});

test("a right and many wrong answers at once: either it is verified or it failed, never both", async () => {
  const { test: client } = await world.organisation();
  for (let round = 0; round < 5; round++) {
    const { id, challenge } = await createEmail(client);
    const wrong = guesses(9, challenge.code);
    const replies = await times(10, (i) => submit(client, id, i === 4 ? challenge.code : wrong[i < 4 ? i : i - 1]));
    const won = replies.filter((reply) => reply.status === 200).length;
    const { status } = await read(client, id);
    assert.equal(status, won === 1 ? "verified" : "failed");
    assert.ok(replies.filter((reply) => reply.body.error?.code === "invalid_code").length <= 5);
  }
});

test("what has not the form of a code is refused and uses no try", async () => {
  const { test: client } = await world.organisation();
  const { id, challenge } = await createEmail(client);
  const { code } = challenge;
  const odd = [
    ` ${code}`,
    `${code} `,
    `${code.slice(0, 3)} ${code.slice(3)}`,
    `${code}\n`,
    `${code.slice(0, 5)}`,
    `${code}0`,
    "",
    "abc234",
    "ABC23a",
    "１２３４５６",
    "АBC234",
    "\u200b".repeat(6),
    "0".repeat(1_000),
    "12345\u0000",
    "ABC-23",
    "💥💥💥",
    [code],
    { $ne: null },
    { code },
    Number(code),
    null,
    true,
    1e300,
  ];
  for (const value of odd) {
    const reply = await submit(client, id, value);
    assert.equal(reply.status, 400, `${JSON.stringify(value)}: ${reply.text}`);
    reply.refused(400, "validation_error", { field: "challenge_code" });
  }
  (await client.post(`verifications/${id}/submit`, {})).refused(400, "validation_error", { field: "challenge_code" });
  (await client.post(`verifications/${id}/submit`, { challenge_code: code, code })).refused(400, "validation_error", { field: "code" });
  for (const source_identifier of [1, [], {}, "x".repeat(20_000)]) {
    const reply = await submit(client, id, code, { source_identifier });
    assert.equal(reply.status, 400, `${JSON.stringify(source_identifier).slice(0, 30)}: ${reply.text}`);
  }
  (await submit(client, id, "0".repeat(100_000))).refused(413, "payload_too_large");
  const now = await read(client, id);
  assert.equal(now.status, "pending");
  assert.equal(now.challenge.attempts_remaining, 5);
  (await submit(client, id, code)).expect(200);
});

test("a wrong answer after the end stays a refusal of the state, not of the form", async () => {
  const { test: client } = await world.organisation();
  const { id } = await proven(client);
  (await submit(client, id, "ABC234")).refused(400, "already_verified");
  (await client.post(`proofs/${id}/revoke`, { reason: "other" })).expect(200);
  (await submit(client, id, "ABC234")).refused(400, "already_verified");
});

test("one address gets ten challenges an hour, whoever asks", async () => {
  const org = await world.organisation();
  const other = await world.organisation();
  const identifier = freshEmail();
  for (let i = 0; i < 9; i++) await createEmail(org.live, { identifier });
  await createEmail(other.live, { identifier: identifier.toUpperCase() });
  for (const client of [org.live, other.live]) {
    const reply = (await client.post("verifications", { type: "email", channel: "email", identifier })).refused(429, "rate_limited");
    const wait = Number(reply.headers.get("retry-after"));
    assert.ok(wait > 0 && wait <= 3600, String(wait));
  }
  await createEmail(org.live, { identifier: freshEmail() });
  await createEmail(org.test, { identifier }, "test mode sends nothing and is not capped");
  const { pagination } = await world.listed(org.live, "verifications", 10);
  assert.equal(pagination.total, 10, "the refused one left no row");
});

test("the cap holds when all ask at once", async () => {
  const org = await world.organisation();
  const identifier = freshEmail();
  const replies = await times(25, () => org.live.post("verifications", { type: "email", channel: "email", identifier }));
  assert.equal(replies.filter((reply) => reply.status === 201).length, 10);
  for (const reply of replies.filter((one) => one.status !== 201)) reply.refused(429, "rate_limited");
  const sent = await world.sql("SELECT count(*) AS count FROM inbox_messages WHERE recipient = ?", [identifier]);
  assert.ok(sent[0].count <= 10);
});
