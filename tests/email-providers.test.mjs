// Mail through providers, and what becomes of it when they fail: nothing is lost, nothing is sent
// twice where the provider recognises repetitions, and the tenant can read why.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { codeIn, delivery, linkIn, startMailWorld } from "./harness/mail.mjs";
import { eventually } from "./harness/poll.mjs";
import { createEmail, freshEmail, proven, read, submit } from "./harness/steps.mjs";
import { ResendPeer } from "../xtask/runner/peers/resend.mjs";

let world, resend, postmark;
before(async () => {
  ({ world, resend, postmark } = await startMailWorld(["resend", "postmark"]));
});
after(() => world?.stop());

/** Lets a provider answer so while `body` runs, for one address only. */
async function refusing(peer, address, answer, body) {
  const mine = (message) => [message.to ?? message.To].flat().includes(address);
  let count = 0;
  const before = peer.refuse;
  peer.refuse = (message) => (mine(message) ? answer(count++) : before?.(message));
  try {
    return await body();
  } finally {
    peer.refuse = before;
  }
}

test("Resend carries code and link, and the code proves", async () => {
  const org = await world.organisation({ name: "Ąžuolas & <Sons>" });
  const made = await createEmail(org.live);
  await delivery(org.live, made.id, "sent");
  const [message, ...others] = resend.to(made.identifier);
  assert.equal(others.length, 0);
  assert.equal(message.from, '"Proof" <no-reply@proof-of-tests.com>');
  assert.equal(message.key, `${made.id}.1`);
  assert.deepEqual(message.tags, [
    { name: "verification_id", value: made.id },
    { name: "message", value: "1" },
  ]);
  assert.ok(message.subject.endsWith("for Ąžuolas & <Sons>"));
  assert.ok(!message.html.includes("<Sons>"));
  assert.equal(linkIn(message.text).origin, world.url);
  const done = (await submit(org.live, made.id, codeIn(message.text))).expect(200).body;
  assert.equal(done.status, "verified");
  const log = world.logs().join("\n");
  for (const secret of [made.identifier, codeIn(message.text), linkIn(message.text).searchParams.get("token")])
    assert.ok(!log.includes(secret), "the log has what was sent");
});

test("a provider that fails for a while loses nothing and sends once", async () => {
  const org = await world.organisation();
  const identifier = freshEmail();
  const failing = (count) => (count < 2 ? [[500, "application_error"], [429, "rate_limit_exceeded"]][count] : undefined);
  await refusing(postmark, identifier, () => [500, 0], () =>
    refusing(resend, identifier, failing, async () => {
      const made = await createEmail(org.live, { identifier });
      const waiting = await eventually("the reason is told", async () => {
        const now = await read(org.live, made.id);
        return now.delivery_error && now;
      });
      assert.equal(waiting.delivery_status, "queued");
      assert.match(waiting.delivery_error, /^provider_(unavailable|busy)$/);
      const sent = await delivery(org.live, made.id, "sent", 20_000);
      assert.equal(sent.delivery_error, undefined);
      const [message, ...others] = resend.to(identifier);
      assert.equal(others.length, 0);
      (await submit(org.live, made.id, codeIn(message.text))).expect(200);
    }),
  );
});

test("a message that was taken without an answer is repeated to the byte and not taken twice", async () => {
  const org = await world.organisation();
  const identifier = freshEmail();
  await refusing(resend, identifier, (count) => (count === 0 ? "silent" : undefined), async () => {
    const made = await createEmail(org.live, { identifier });
    await delivery(org.live, made.id, "sent", 30_000);
    const requests = resend.requests.filter((one) => one.to.includes(identifier));
    assert.equal(requests.length, 2);
    assert.equal(requests[0].text, requests[1].text);
    assert.equal(requests[0].key, requests[1].key);
    assert.equal(resend.to(identifier).length, 1);
    assert.equal(postmark.to(identifier).length, 0, "nobody else sends what may be on its way");
  });
});

test("a key that was used with other bytes means that the message is on its way", async () => {
  const org = await world.organisation();
  const identifier = freshEmail();
  await refusing(resend, identifier, () => [409, "invalid_idempotent_request"], async () => {
    const made = await createEmail(org.live, { identifier });
    await delivery(org.live, made.id, "sent");
  });
});

test("what lies in the provider goes to the next, what lies in the address to nobody", async () => {
  const org = await world.organisation();
  for (const [status, name] of [
    [403, "invalid_api_key"],
    [403, "validation_error"],
    [429, "daily_quota_exceeded"],
    [503, "application_error"],
    [422, "missing_required_field"],
  ]) {
    const identifier = freshEmail();
    await refusing(resend, identifier, () => [status, name], async () => {
      const made = await createEmail(org.live, { identifier });
      await delivery(org.live, made.id, "sent");
      assert.equal(postmark.to(identifier).length, 1, name);
    });
  }
  const identifier = freshEmail();
  const before = resend.requests.length;
  const refuse = resend.refuse;
  resend.refuse = undefined;
  // Resend says which field it means in its sentence only.
  const handler = resend.handler;
  world.internet.provider("api.resend.com", (request, response) => {
    response
      .writeHead(422, { "content-type": "application/json" })
      .end(JSON.stringify({ statusCode: 422, name: "validation_error", message: "Invalid `to` field. The email address is not valid." }));
  });
  try {
    const made = await createEmail(org.live, { identifier });
    const failed = await delivery(org.live, made.id, "failed");
    assert.equal(failed.delivery_error, "recipient_invalid");
    assert.equal(failed.status, "pending", "the challenge is not lost");
    assert.equal(postmark.to(identifier).length, 0);
  } finally {
    world.internet.provider("api.resend.com", handler);
    resend.refuse = refuse;
  }
  assert.equal(resend.requests.length, before);
});

test("when all refuse for good the tenant reads why, and a new message works", async () => {
  const org = await world.organisation();
  const identifier = freshEmail();
  let id;
  await refusing(postmark, identifier, () => [422, 406], () =>
    refusing(resend, identifier, () => [403, "validation_error"], async () => {
      ({ id } = await createEmail(org.live, { identifier }));
      const failed = await delivery(org.live, id, "failed");
      assert.equal(failed.delivery_error, "recipient_suppressed");
      assert.equal(failed.challenge.attempts_remaining, 5);
    }),
  );
  const early = (await org.live.post(`verifications/${id}/resend`)).refused(429, "rate_limited");
  await new Promise((resolve) => setTimeout(resolve, Number(early.headers.get("retry-after")) * 1000));
  (await org.live.post(`verifications/${id}/resend`)).expect(200);
  const sent = await delivery(org.live, id, "sent");
  assert.equal(sent.delivery_error, undefined);
  (await submit(org.live, id, codeIn(resend.to(identifier)[0].text))).expect(200);
});

test("a crash before the provider answered: the message comes afterwards, once", async () => {
  const org = await world.organisation();
  const identifier = freshEmail();
  await refusing(postmark, identifier, () => [500, 0], async () => {
    const made = await refusing(resend, identifier, () => [500, "application_error"], async () => {
      const one = await createEmail(org.live, { identifier });
      await eventually("a try", () => resend.requests.some((request) => request.to.includes(identifier)));
      await world.crash();
      return one;
    });
    await delivery(org.live, made.id, "sent", 30_000);
    assert.equal(resend.to(identifier).length, 1);
    (await submit(org.live, made.id, codeIn(resend.to(identifier)[0].text))).expect(200);
  });
});

test("test mode asks no provider", async () => {
  const org = await world.organisation();
  const before = [resend.requests.length, postmark.sent.length];
  const { verification } = await proven(org.test, { type: "email", channel: "email", identifier: freshEmail() });
  assert.equal(verification.delivery_status, "skipped");
  assert.deepEqual([resend.requests.length, postmark.sent.length], before);
});

test("an organisation's own account sends in its own name, and only by doors of its own", async () => {
  const org = await world.organisation();
  const own = new ResendPeer({ from: "Acme <hello@acme-of-tests.com>" });
  const { RESEND_API_URL, ...settings } = own.settings("https://unused.example");
  const put = (settings) => org.live.request("PUT", "channels/email", { body: { settings } });
  for (const provider of ["cloudflare", "inbox", "resend,cloudflare"])
    (await put({ ...settings, EMAIL_PROVIDER: provider })).refused(400, "validation_error", { field: "settings.EMAIL_PROVIDER" });
  (await put({ ...settings, EMAIL_PROVIDER: "smtp" })).refused(400, "validation_error");
  (await put({ ...settings, SMTP_HOST: "internal" })).refused(400, "validation_error", { field: "settings.SMTP_HOST" });
  (await put({ ...settings, EMAIL_FROM: "nobody" })).refused(400, "validation_error");
  (await put(settings)).expect(200);
  // The host is the operator's; the key tells whose account it is.
  const handler = resend.handler;
  const theirs = (request) => request.headers.authorization === `Bearer ${settings.RESEND_API_KEY}`;
  world.internet.provider("api.resend.com", (request, ...rest) => (theirs(request) ? own : resend).handler(request, ...rest));
  try {
    const made = await eventually("the own account is in use", async () => {
      const one = await createEmail(org.live);
      await delivery(org.live, one.id, "sent");
      return own.to(one.identifier).length === 1 && one;
    });
    assert.equal(own.to(made.identifier)[0].from, '"Acme" <hello@acme-of-tests.com>');
    assert.equal(resend.to(made.identifier).length, 0);
  } finally {
    world.internet.provider("api.resend.com", handler);
  }
});
