// Live e-mail from the request to the proof: the code reaches the inbox only, the right one proves,
// wrong ones count, a new one kills the old.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { eventually, sleep } from "./harness/poll.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, createEmail, freshEmail, otherCode, otherwise, proven, read, submit } from "./harness/steps.mjs";
import { takeApart } from "./harness/tokens.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

test("inbox code → submit → verified → valid proof", async () => {
  const org = await world.organisation({ name: "Ąžuolas & <Sons>" });
  const reply = (await org.live.post("verifications", { type: "email", channel: "email", identifier: freshEmail() })).expect(201);
  const made = reply.body;
  assert.equal(made.test_mode, undefined);
  assert.equal(made.challenge.code, undefined, "the tenant never sees the code");
  assert.equal(made.challenge.attempts_remaining, 5);

  const { code, message } = await world.inbox.code(made.id);
  assert.ok(!reply.text.includes(code));
  assert.equal(message.recipient, made.identifier);
  assert.ok(message.subject);
  assert.ok(message.text.includes("Ąžuolas & <Sons>"), "the person is told who asks");
  assert.ok(message.html.includes(code));
  assert.ok(!message.html.includes("<Sons>"), "the name is escaped in HTML");
  assert.ok(message.html.includes("&lt;Sons&gt;"));
  for (const [link] of `${message.text} ${message.html}`.matchAll(/https?:\/\/[^\s"'<>]+/g))
    assert.ok(link.startsWith(world.url), `a foreign link: ${link}`);
  await eventually("delivery is told", async () => (await read(org.live, made.id)).delivery_status === "sent");

  const done = (await submit(org.live, made.id, code)).expect(200).body;
  assert.equal(done.status, "verified");
  assert.equal(done.challenge, undefined);
  assert.ok(done.verified_at);
  assert.ok(done.proof.token);
  const { header, claims } = takeApart(done.proof.token);
  assert.deepEqual(Object.keys(header).sort(), ["alg", "kid", "typ"]);
  assert.equal(header.alg, "RS256");
  assert.equal(header.typ, "proof+jwt");
  assert.equal(claims.sub, made.id);
  assert.equal(claims.aud, org.id);
  assert.equal(claims.env, "live");
  assert.equal(claims.type, "email");
  assert.equal(claims.channel, "email");
  assert.equal(claims.exp - claims.iat, 30 * 86_400, "thirty days to the second");
  assert.equal(claims.verified_at, Date.parse(done.verified_at) / 1000);
  assert.equal(claims.exp, Date.parse(done.proof.expires_at) / 1000);
  assert.ok(!done.proof.token.includes(Buffer.from(made.identifier).toString("base64url").slice(2, 20)), "the address is not in the token");
  assert.deepEqual(await read(org.live, made.id), done, "reading it again gives the same");

  const valid = (await org.live.post("proofs/validate", { proof_token: done.proof.token, identifier: otherwise(made.identifier) })).expect(
    200,
  ).body;
  assert.deepEqual(valid, {
    valid: true,
    verification: { id: made.id, type: "email", channel: "email", verified_at: done.verified_at, expires_at: done.proof.expires_at },
  });
  (await submit(org.live, made.id, code)).refused(400, "already_verified");
  assert.deepEqual(world.internet.outside(), [], "the local inbox needs no network");
});

test("test mode sends nothing and shows the code", async () => {
  const org = await world.organisation();
  const made = await createEmail(org.test);
  assert.match(made.challenge.code, /^\d{6}$/);
  assert.equal(made.delivery_status, "skipped");
  const done = (await submit(org.test, made.id, made.challenge.code)).expect(200).body;
  assert.equal(done.status, "verified");
  assert.equal(done.test_mode, true);
  assert.equal(takeApart(done.proof.token).claims.env, "test");
  assert.deepEqual(await world.inbox.messages(made.id), []);
});

test("source_identifier is compared and never evidence", async () => {
  const org = await world.organisation();
  const made = await createEmail(org.test);
  const { code } = made.challenge;
  const mismatch = await submit(org.test, made.id, code, { source_identifier: freshEmail() });
  assert.equal(mismatch.status, 400, mismatch.text);
  assert.equal((await read(org.test, made.id)).status, "pending");
  (await submit(org.test, made.id, otherCode(code), { source_identifier: made.identifier })).refused(400, "invalid_code");
  (await submit(org.test, made.id, code, { source_identifier: otherwise(made.identifier) })).expect(200);
});

test("live, a code that the tenant was shown proves nothing by /submit", async () => {
  const org = await world.organisation();
  const made = await createEmail(org.live);
  const { code } = await world.inbox.code(made.id);
  // The only live channels of this issue are e-mail and domains; a domain takes no code at all.
  const domain = await create(org.live, { type: "domain", channel: "dns", identifier: "shop-of-tests.com" });
  const token = domain.challenge.dns_record.value;
  (await submit(org.live, domain.id, "ABC234")).refused(400, "validation_error");
  (await submit(org.live, domain.id, token)).refused(400, "validation_error");
  assert.equal((await read(org.live, domain.id)).status, "pending");
  (await submit(org.live, domain.id, code)).refused(400, "validation_error");
});

test("resend in test mode: a new code, the old one dead, the attempts as they were", async () => {
  const org = await world.organisation();
  const made = await createEmail(org.test);
  const first = made.challenge.code;
  (await submit(org.test, made.id, otherCode(first))).refused(400, "invalid_code", { remaining: 4 });
  const sent = (await org.test.post(`verifications/${made.id}/resend`)).expect(200).body;
  assert.equal(sent.success, true);
  assert.ok(sent.message);
  const now = await read(org.test, made.id);
  assert.equal(now.challenge.attempts_remaining, 4, "resend gives no attempts back");
  assert.equal(now.challenge.expires_at, sent.expires_at);
  if (now.challenge.code !== first) (await submit(org.test, made.id, first)).refused(400, "invalid_code", { remaining: 3 });
  (await submit(org.test, made.id, now.challenge.code)).expect(200);
  (await org.test.post(`verifications/${made.id}/resend`)).refused(400, "already_verified");
});

test("five wrong answers with resends between are still five", async () => {
  const org = await world.organisation();
  const made = await createEmail(org.test);
  for (let remaining = 4; remaining >= 0; remaining--) {
    const { challenge } = await read(org.test, made.id);
    (await submit(org.test, made.id, otherCode(challenge.code))).refused(400, "invalid_code", { remaining });
    if (remaining > 0) (await org.test.post(`verifications/${made.id}/resend`)).expect(200);
  }
  assert.equal((await read(org.test, made.id)).status, "failed");
  (await org.test.post(`verifications/${made.id}/resend`)).refused(400, "too_many_attempts");
});

test("live resend waits for its cooldown, says how long, and then sends", async () => {
  const org = await world.organisation();
  const made = await createEmail(org.live);
  const { code: first } = await world.inbox.code(made.id);
  const early = (await org.live.post(`verifications/${made.id}/resend`)).refused(429, "rate_limited");
  const wait = Number(early.headers.get("retry-after"));
  assert.ok(wait >= 1 && wait <= 30, `Retry-After: ${wait}`);
  assert.equal(early.body.error.retry_after, wait);
  assert.equal((await world.inbox.messages(made.id)).length, 1, "nothing was sent");
  await sleep(wait * 1000);
  (await org.live.post(`verifications/${made.id}/resend`)).expect(200);
  const { code: second } = await world.inbox.code(made.id, 2);
  (await org.live.post(`verifications/${made.id}/resend`)).refused(429, "rate_limited");
  if (second !== first) (await submit(org.live, made.id, first)).refused(400, "invalid_code", { remaining: 4 });
  (await submit(org.live, made.id, second)).expect(200);
});

test("only e-mail can be sent again", async () => {
  const org = await world.organisation();
  for (const overrides of [{}, { type: "domain", channel: "dns", identifier: "shop-of-tests.com" }]) {
    const { id } = await create(org.test, overrides);
    (await org.test.post(`verifications/${id}/resend`)).refused(400, "validation_error");
  }
});

test("test-verify is for test keys, and only while pending", async () => {
  const org = await world.organisation();
  const live = await createEmail(org.live);
  (await org.live.post(`verifications/${live.id}/test-verify`)).refused(403, "forbidden");
  assert.equal((await read(org.live, live.id)).status, "pending");
  const { id, verification } = await proven(org.test);
  assert.equal(verification.proof_token, verification.proof.token);
  assert.equal(verification.proof_expires_at, verification.proof.expires_at);
  assert.equal(verification.test_mode, true);
  (await org.test.post(`verifications/${id}/test-verify`)).refused(400, "already_verified");
});

test("the log knows neither addresses nor codes nor tokens", async () => {
  const org = await world.organisation({ name: "Logged" });
  const made = await createEmail(org.live, { external_user_id: "somebody-of-tests", client_metadata: { note: "note-of-tests" } });
  const { code } = await world.inbox.code(made.id);
  const wrong = await submit(org.live, made.id, otherCode(code));
  wrong.refused(400, "invalid_code");
  const { proof } = (await submit(org.live, made.id, code)).expect(200).body;
  (await org.live.post("verifications", { type: "email", channel: "email", identifier: "bad address of tests" })).refused(
    400,
    "invalid_identifier",
  );
  const line = await eventually("the log line", () => world.logs().find((one) => one.includes(wrong.requestId)));
  assert.ok(line.includes(org.id), "the log says which organisation");
  const log = world.logs().join("\n");
  for (const secret of [
    made.identifier,
    "somebody-of-tests",
    "note-of-tests",
    "bad address",
    proof.token,
    proof.token.split(".")[2],
    org.live.key,
    `"${code}"`,
    `=${code}`,
  ])
    assert.ok(!log.includes(secret), `the log has ${secret}`);
});
