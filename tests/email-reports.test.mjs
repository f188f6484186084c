// What mail providers report later: it changes what is told of the delivery, and nothing else.
// Forged, stale, repeated and reordered reports are refused or harmless.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { codeIn, delivery, startMailWorld } from "./harness/mail.mjs";
import { createEmail, freshId, read, submit } from "./harness/steps.mjs";
import { BOUNCE, ResendPeer } from "../xtask/runner/peers/resend.mjs";

let world, resend, postmark, resendAt, postmarkAt;
before(async () => {
  ({ world, resend, postmark } = await startMailWorld(["resend", "postmark"]));
  resendAt = `${world.url}/inbound/email/resend`;
  postmarkAt = `${world.url}/inbound/email/postmark`;
});
after(() => world?.stop());

async function sent(client) {
  const made = await createEmail(client);
  await delivery(client, made.id, "sent");
  return { ...made, message: resend.to(made.identifier)[0] };
}

const status = async (client, id) => {
  const { delivery_status, delivery_error } = await read(client, id);
  return [delivery_status, delivery_error];
};

test("delivered, bounced, complained: told in their order, whatever the order of arrival", async () => {
  const org = await world.organisation();
  const one = await sent(org.live);
  const report = async (type, data) => assert.equal((await resend.report(resendAt, one.message, type, { data })).status, 200);
  await report("email.delivered");
  assert.deepEqual(await status(org.live, one.id), ["delivered", undefined]);
  await report("email.bounced", BOUNCE);
  assert.deepEqual(await status(org.live, one.id), ["bounced", "bounced"]);
  await report("email.delivered");
  await report("email.opened");
  assert.deepEqual(await status(org.live, one.id), ["bounced", "bounced"]);
  await report("email.complained");
  assert.deepEqual(await status(org.live, one.id), ["complained", undefined]);
  assert.equal((await read(org.live, one.id)).status, "pending");
  (await submit(org.live, one.id, codeIn(one.message.text))).expect(200);
});

test("a bounce after the proof takes nothing back", async () => {
  const org = await world.organisation();
  const one = await sent(org.live);
  const done = (await submit(org.live, one.id, codeIn(one.message.text))).expect(200).body;
  assert.equal((await resend.report(resendAt, one.message, "email.bounced", { data: BOUNCE })).status, 200);
  const now = await read(org.live, one.id);
  assert.equal(now.delivery_status, "bounced");
  assert.equal(now.status, "verified");
  assert.deepEqual(now.proof, done.proof);
  const verdict = (await org.live.post("proofs/validate", { proof_token: done.proof.token })).expect(200).body;
  assert.equal(verdict.valid, true);
});

test("a bounce that passes is told apart", async () => {
  const org = await world.organisation();
  const one = await sent(org.live);
  await resend.report(resendAt, one.message, "email.bounced", { data: { bounce: { type: "Transient", subType: "MailboxFull", message: "…" } } });
  assert.deepEqual(await status(org.live, one.id), ["bounced", "bounced_for_now"]);
});

test("twenty copies at once are one report", async () => {
  const org = await world.organisation();
  const one = await sent(org.live);
  const copies = Array.from({ length: 20 }, () => resend.report(resendAt, one.message, "email.bounced", { data: BOUNCE, id: "msg_same" }));
  for (const { status } of await Promise.all(copies)) assert.equal(status, 200);
  const before = await read(org.live, one.id);
  await resend.report(resendAt, one.message, "email.bounced", { data: BOUNCE, id: "msg_same" });
  assert.deepEqual(await read(org.live, one.id), before);
});

test("what Resend did not sign, or not now, is refused and changes nothing", async () => {
  const org = await world.organisation();
  const one = await sent(org.live);
  const before = await read(org.live, one.id);
  const minutes = (count) => new Date(Date.now() + count * 60_000);
  for (const [name, options] of Object.entries({
    "another secret": { secret: `whsec_${Buffer.from("another secret").toString("base64")}` },
    "an hour ago": { at: minutes(-60) },
    "in six minutes": { at: minutes(6) },
    "a changed body": { body: JSON.stringify({ type: "email.bounced", data: { tags: { verification_id: one.id, message: "1" } } }) },
    "one byte more": { body: " " },
    "no signature": { headers: { "svix-signature": "" } },
    "another id": { headers: { "svix-id": "msg_other" } },
    "another time": { headers: { "svix-timestamp": String(Math.floor(Date.now() / 1000) + 1) } },
  })) {
    const reply = await resend.report(resendAt, one.message, "email.bounced", { data: BOUNCE, ...options });
    assert.equal(reply.status, 401, name);
    assert.ok(!reply.text.includes("whsec"), name);
  }
  assert.deepEqual(await read(org.live, one.id), before);
});

test("authentic and of no use: thanked for, and nothing happens", async () => {
  const org = await world.organisation();
  const one = await sent(org.live);
  const test = await createEmail(org.test);
  const before = [await read(org.live, one.id), await read(org.test, test.id)];
  for (const options of [
    { tags: {} },
    { tags: { verification_id: freshId(), message: "1" } },
    { tags: { verification_id: "'; DROP TABLE", message: "1" } },
    { tags: { verification_id: one.id, message: "2" } },
    { tags: { verification_id: one.id, message: "-1" } },
    { tags: { verification_id: test.id, message: "1" } },
    { tags: [] },
    { tags: "none" },
  ]) {
    assert.equal((await resend.report(resendAt, one.message, "email.bounced", { data: BOUNCE, ...options })).status, 200);
  }
  assert.equal((await resend.report(resendAt, one.message, "contact.created")).status, 200);
  assert.deepEqual([await read(org.live, one.id), await read(org.test, test.id)], before);
});

test("an organisation's address speaks of its own mail only", async () => {
  const org = await world.organisation();
  const one = await sent(org.live);
  const own = new ResendPeer({ from: "acme@acme-of-tests.com" });
  const { RESEND_API_URL, ...settings } = own.settings("https://unused.example");
  (await org.live.request("PUT", "channels/email", { body: { settings } })).expect(200);
  const before = await read(org.live, one.id);
  const at = `${resendAt}/${org.id}`;
  // It went over the operator's account, so the organisation's own has nothing to say about it.
  const reply = await own.report(at, one.message, "email.bounced", { data: BOUNCE });
  assert.equal(reply.status, 200, reply.text);
  assert.equal((await resend.report(at, one.message, "email.bounced", { data: BOUNCE })).status, 401, "the operator's secret is no other's");
  assert.equal((await own.report(resendAt, one.message, "email.bounced", { data: BOUNCE })).status, 401);
  assert.deepEqual(await read(org.live, one.id), before);
  for (const nobody of ["no-such-organisation", "x".repeat(65), "%2e%2e"])
    assert.equal((await own.report(`${resendAt}/${nobody}`, one.message, "email.bounced")).status, 404);
});

test("Postmark: heard with the password of its address, and without it not", async () => {
  const org = await world.organisation();
  const before = resend.refuse;
  resend.refuse = () => [503, "application_error"];
  let one;
  try {
    one = await createEmail(org.live);
    await delivery(org.live, one.id, "sent");
  } finally {
    resend.refuse = before;
  }
  const message = postmark.to(one.identifier)[0];
  assert.deepEqual(message.Metadata, { verification_id: one.id, message: "1" });
  assert.deepEqual([message.TrackLinks, message.TrackOpens], ["None", false], "a rewritten link would not be ours");
  const bounce = { RecordType: "Bounce", Type: "HardBounce", TypeCode: 1, Inactive: true, Name: "Hard bounce" };
  for (const password of ["", "wrong", "proof"]) {
    assert.equal((await postmark.report(postmarkAt, message, bounce, { password })).status, 401);
  }
  assert.deepEqual(await status(org.live, one.id), ["sent", undefined]);
  for (const [fields, expected] of [
    [{ RecordType: "Open" }, ["sent", undefined]],
    [{ RecordType: "Delivery" }, ["delivered", undefined]],
    [{ ...bounce, Type: "AutoResponder" }, ["delivered", undefined]],
    [bounce, ["bounced", "bounced"]],
    [{ RecordType: "SpamComplaint", Type: "SpamComplaint" }, ["complained", undefined]],
  ]) {
    assert.equal((await postmark.report(postmarkAt, message, fields)).status, 200);
    assert.deepEqual(await status(org.live, one.id), expected, JSON.stringify(fields));
  }
});

test("nonsense at the door is no error of ours", async () => {
  for (const at of [resendAt, postmarkAt]) {
    for (const body of ["", "[", "\u0000", "x".repeat(200_000)]) {
      const reply = await fetch(at, { method: "POST", body });
      assert.equal(reply.status, 401, `${at}: ${body.slice(0, 5)}`);
    }
    assert.ok([404, 405].includes((await fetch(at)).status));
  }
});
