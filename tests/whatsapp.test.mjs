// WhatsApp from the request to the proof: the person sends the code from the phone, and only that
// phone proves it. The other party is a server with the documented shapes of the Cloud API; webhooks
// are signed by a published library.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { becomes, bare, findable, startPhoneWorld } from "./harness/phones.mjs";
import { eventually } from "./harness/poll.mjs";
import { create, freshPhone, read, submit } from "./harness/steps.mjs";
import { takeApart } from "./harness/tokens.mjs";
import { messageId } from "../xtask/runner/peers/whatsapp.mjs";

let world, whatsapp, to;
before(async () => {
  ({ world, whatsapp } = await startPhoneWorld(["whatsapp"], { vars: { CHALLENGE_SECONDS: "600" } }));
  to = `${world.url}/inbound/whatsapp`;
});
after(() => world?.stop());

const begin = async (client, overrides) => findable(world, await create(client, { channel: "whatsapp", ...overrides }));
const organisation = (options) => world.organisation(options);
/** What the person was told, once they were told something. */
const told = (address, count = 1) =>
  eventually(`${count} answers to the person`, () => whatsapp.sentTo(address).length >= count && whatsapp.sentTo(address));

test("the right phone sends the code: verified, with a valid proof", async () => {
  const org = await organisation({ name: "Ąžuolas & <Sons>" });
  const made = await begin(org.live);
  const { code, deep_link, instruction, attempts_remaining } = made.challenge;
  assert.match(code, /^[A-Z0-9]{6}$/);
  assert.equal(deep_link, `https://wa.me/12025550101?text=${code}`, "the service's number, never the person's");
  assert.equal(instruction, `Send ${code} via WhatsApp`);
  assert.equal(attempts_remaining, 5);
  assert.equal(made.delivery_status, undefined, "nothing is sent to the person");

  const from = bare(made.identifier);
  const reply = await whatsapp.say({ to, from, text: code });
  assert.deepEqual([reply.status, reply.text], [200, ""]);
  const done = await read(org.live, made.id);
  assert.equal(done.status, "verified", "it counts before the webhook is answered");
  const { claims } = takeApart(done.proof.token);
  assert.equal(claims.channel, "whatsapp");
  assert.equal(claims.own_channel, undefined);
  const valid = (await org.live.post("proofs/validate", { proof_token: done.proof.token, identifier: made.identifier })).expect(200).body;
  assert.equal(valid.valid, true);

  const [answer] = await told(from);
  assert.equal(answer.type, "text");
  assert.equal(answer.text.body, "Done. You have shown Ąžuolas & <Sons> that this number is yours.");
  const listed = await eventually("the ledger knows", async () => {
    const { data } = (await org.live.get("verifications?status=verified")).expect(200).body;
    return data.length === 1 && data;
  });
  assert.equal(listed[0].id, made.id);
  await eventually("the index forgets the code", async () => {
    const rows = await world.sql("SELECT digest FROM open_codes WHERE subject_id = ?", [made.id]);
    return rows.length === 0;
  });
});

test("the code is found however the person writes it", async () => {
  const org = await organisation();
  for (const write of [
    (code) => code.toLowerCase(),
    (code) => `My code is ${code}, thank you!`,
    (code) => `${code.slice(0, 3)}-${code.slice(3)}`,
    (code) => `*${code}*\n`,
  ]) {
    const made = await begin(org.live);
    await whatsapp.say({ to, from: bare(made.identifier), text: write(made.challenge.code) });
    assert.equal((await read(org.live, made.id)).status, "verified", write("X7K2M9"));
  }
});

test("another phone leaves it pending, and nobody learns which one it was", async () => {
  const org = await organisation();
  const made = await begin(org.live);
  const thief = bare(freshPhone());
  await whatsapp.say({ to, from: thief, text: made.challenge.code });
  const after = await read(org.live, made.id);
  assert.equal(after.status, "pending");
  assert.equal(after.challenge.attempts_remaining, 5, "it costs the person nothing");
  const { checked_at, ...check } = after.last_check;
  assert.deepEqual(check, {
    method: "message",
    result: "sender_mismatch",
    message: "The code came from another number than the one to be proven.",
    retryable: true,
  });
  assert.ok(checked_at);
  assert.ok(!JSON.stringify(after).includes(thief.slice(-8)), "the tenant does not learn the number");
  const [answer] = await told(thief);
  assert.ok(!answer.text.body.includes(made.identifier.slice(-6)), "nor does the sender learn whose it is");
  await whatsapp.say({ to, from: bare(made.identifier), text: made.challenge.code });
  assert.equal((await read(org.live, made.id)).status, "verified");
  assert.ok(!world.logs().some((line) => line.includes(thief)), "numbers are not logged");
});

test("a shown code proves nothing by submit", async () => {
  const org = await organisation();
  const made = await begin(org.live);
  (await submit(org.live, made.id, made.challenge.code, { source_identifier: made.identifier })).refused(400, "validation_error");
  assert.equal((await read(org.live, made.id)).status, "pending");
});

test("duplicates, all at once and one after another: one proof, one answer", async () => {
  const org = await organisation();
  const made = await begin(org.live);
  const from = bare(made.identifier);
  const id = messageId();
  const replies = await Promise.all(Array.from({ length: 10 }, () => whatsapp.say({ to, from, text: made.challenge.code, id })));
  assert.deepEqual([...new Set(replies.map((reply) => reply.status))], [200]);
  const done = await read(org.live, made.id);
  assert.equal(done.status, "verified");
  await told(from);
  await whatsapp.say({ to, from, text: made.challenge.code, id });
  assert.deepEqual(await read(org.live, made.id), done);
  assert.equal(whatsapp.sentTo(from).length, 1);
  // Another message with the same code, sent by an impatient person.
  await whatsapp.say({ to, from, text: made.challenge.code });
  await told(from, 1);
  assert.deepEqual(await read(org.live, made.id), done);
});

test("two phones at once: the right one wins, whatever the order", async () => {
  const org = await organisation();
  for (let i = 0; i < 5; i++) {
    const made = await begin(org.live);
    const senders = [bare(made.identifier), bare(freshPhone())];
    if (i % 2) senders.reverse();
    await Promise.all(senders.map((from) => whatsapp.say({ to, from, text: made.challenge.code })));
    assert.equal((await read(org.live, made.id)).status, "verified");
  }
});

test("forged, changed and truncated webhooks are refused and change nothing", async () => {
  const org = await organisation();
  const made = await begin(org.live);
  const from = bare(made.identifier);
  const message = { from, id: messageId(), timestamp: "1", type: "text", text: { body: made.challenge.code } };
  const body = whatsapp.webhook([message], { from });
  for (const signature of ["", "sha256=", `sha256=${"0".repeat(64)}`, "sha1=00", "0".repeat(64)]) {
    const reply = await whatsapp.deliver(to, body, signature);
    assert.equal(reply.status, 401, `${signature}: ${reply.text}`);
    assert.equal(JSON.parse(reply.text).error.code, "unauthorized");
  }
  const { sign } = await import("@octokit/webhooks-methods");
  assert.equal((await whatsapp.deliver(to, body, await sign("another secret", body))).status, 401);
  const own = whatsapp.settings("").WHATSAPP_APP_SECRET;
  const right = await sign(own, body);
  assert.equal((await whatsapp.deliver(to, `${body} `, right)).status, 401, "a byte more");
  assert.equal((await whatsapp.deliver(to, body.slice(0, -1), right)).status, 401, "a byte less");
  assert.equal((await whatsapp.deliver(to, body.replace(from, bare(freshPhone())), right)).status, 401, "another sender");
  assert.equal((await read(org.live, made.id)).status, "pending");
  assert.equal((await read(org.live, made.id)).last_check, undefined);
  assert.equal((await whatsapp.deliver(to, body, right)).status, 200);
  assert.equal((await read(org.live, made.id)).status, "verified");
});

test("signed nonsense is taken and ignored", async () => {
  for (const body of ["{}", "[]", "null", '{"object":"whatsapp_business_account"}', '{"object":"page","entry":[{}]}', "\u0000", `{"a":"${"x".repeat(2_000_000)}"}`]) {
    const reply = await whatsapp.deliver(to, body);
    assert.equal(reply.status, 200, body.slice(0, 40));
  }
});

test("a webhook holds many messages; those to other numbers and of other kinds are not ours", async () => {
  const org = await organisation();
  const [one, two, three] = [await begin(org.live), await begin(org.live), await begin(org.live)];
  const text = ({ identifier, challenge }) => ({ from: bare(identifier), id: messageId(), timestamp: "1", type: "text", text: { body: challenge.code } });
  const image = { from: bare(one.identifier), id: messageId(), timestamp: "1", type: "image", image: { caption: one.challenge.code } };
  const body = whatsapp.webhook([image, { broken: true }, text(one), null, text(two)]);
  assert.equal((await whatsapp.deliver(to, body)).status, 200);
  assert.equal((await read(org.live, one.id)).status, "verified");
  assert.equal((await read(org.live, two.id)).status, "verified");
  await whatsapp.deliver(to, whatsapp.webhook([text(three)], { phoneNumberId: "999" }));
  assert.equal((await read(org.live, three.id)).status, "pending");
});

test("a person who hides the number is asked for it, and only their own answer counts", async () => {
  const org = await organisation({ name: "Acme" });
  const made = await begin(org.live);
  const user = "LT.1502576394655843";
  await whatsapp.say({ to, user, text: made.challenge.code });
  assert.equal((await read(org.live, made.id)).status, "pending");
  const [request] = await told(user);
  assert.equal(request.recipient, user);
  assert.equal(request.interactive.type, "request_contact_info");
  assert.ok(request.interactive.body.text.includes("Acme"), "the person is told who asks");

  // Somebody's contact, sent unasked, is not theirs.
  await whatsapp.shareContact({ to, user, phone: bare(made.identifier), origin: "other" });
  let now = await read(org.live, made.id);
  assert.equal(now.status, "pending");
  assert.equal(now.last_check.result, "contact_mismatch");
  await told(user, 2);
  // Their own, but another number than the one to be proven.
  await whatsapp.shareContact({ to, user, phone: bare(freshPhone()) });
  now = await read(org.live, made.id);
  assert.equal(now.status, "pending");
  assert.equal(now.last_check.result, "sender_mismatch");
  // Another person who never sent the code.
  await whatsapp.shareContact({ to, user: "LT.1", phone: bare(made.identifier) });
  assert.equal((await read(org.live, made.id)).status, "pending");
  await whatsapp.shareContact({ to, user, phone: bare(made.identifier) });
  assert.equal((await read(org.live, made.id)).status, "verified");
});

test("test mode: no message ever completes it, and nothing is sent", async () => {
  const org = await organisation();
  const made = await create(org.test, { channel: "whatsapp" });
  const from = bare(made.identifier);
  await whatsapp.say({ to, from, text: made.challenge.code });
  assert.equal((await read(org.test, made.id)).status, "pending");
  assert.deepEqual(await world.sql("SELECT digest FROM open_codes WHERE subject_id = ?", [made.id]), []);
});

test("nobody is answered who wrote about something else", async () => {
  const from = bare(freshPhone());
  await whatsapp.say({ to, from, text: "Good morning, when do you open?" });
  await whatsapp.say({ to, from, text: "garden" });
  await whatsapp.shareContact({ to, from, phone: bare(freshPhone()), origin: "other" });
  await whatsapp.say({ to, from, text: "X7K2M9" });
  const answers = await told(from);
  assert.equal(answers.length, 1, "only the unknown code is worth an answer");
  assert.match(answers[0].text.body, /not known/);
});

test("the handshake answers whoever knows the token", async () => {
  const good = await whatsapp.handshake(to, { challenge: "1158201444" });
  assert.equal(good.status, 200);
  assert.equal(await good.text(), "1158201444");
  assert.match(good.headers.get("content-type"), /^text\/plain/);
  for (const odd of [{ token: "guess" }, { mode: "unsubscribe" }, { challenge: "<script>" }]) {
    const reply = await whatsapp.handshake(to, odd);
    assert.equal(reply.status, 403, JSON.stringify(odd));
    await reply.text();
  }
});

test("a ledger that is out of reach makes the provider come again, and nothing is lost", async () => {
  const org = await organisation();
  const made = await begin(org.live);
  const message = { to, from: bare(made.identifier), text: made.challenge.code, id: messageId() };
  await world.sql("ALTER TABLE open_codes RENAME TO open_codes_away");
  try {
    const reply = await whatsapp.say(message);
    assert.equal(reply.status, 503);
    assert.ok(reply.headers.get("retry-after"));
  } finally {
    await world.sql("ALTER TABLE open_codes_away RENAME TO open_codes");
  }
  assert.equal((await read(org.live, made.id)).status, "pending");
  assert.equal((await whatsapp.say(message)).status, 200);
  assert.equal((await read(org.live, made.id)).status, "verified");
});

test("rows too many in the index do no harm", async () => {
  const org = await organisation();
  const [made, other] = [await begin(org.live), await begin(org.live)];
  const [{ digest }] = await world.sql("SELECT digest FROM open_codes WHERE subject_id = ?", [made.id]);
  const row = "INSERT INTO open_codes (digest, subject_kind, subject_id, expires_at) VALUES (?, 'verification', ?, ?)";
  for (const [id, expires] of [
    [other.id, 4e9],
    ["0123456789abcdef01234567", 4e9],
    [made.id.replace(/./g, "f"), 1],
  ])
    await world.sql(row, [digest, id, expires]);
  await whatsapp.say({ to, from: bare(other.identifier), text: made.challenge.code });
  assert.equal((await read(org.live, other.id)).status, "pending", "the object knows its own code");
  await whatsapp.say({ to, from: bare(made.identifier), text: made.challenge.code });
  assert.equal((await read(org.live, made.id)).status, "verified");
});

test("a crash right after the webhook was answered loses nothing", async () => {
  const org = await organisation();
  const made = await begin(org.live);
  await whatsapp.say({ to, from: bare(made.identifier), text: made.challenge.code });
  await world.crash();
  assert.equal((await read(org.live, made.id)).status, "verified");
  await eventually("the ledger knows", async () => {
    const { data } = (await org.live.get("verifications")).expect(200).body;
    return data[0]?.status === "verified";
  });
});

test("a provider that takes no answers changes nothing for the person", async () => {
  const org = await organisation();
  const made = await begin(org.live);
  whatsapp.refuse = () => [500, { error: { code: 131000, message: "Something went wrong" } }];
  try {
    assert.equal((await whatsapp.say({ to, from: bare(made.identifier), text: made.challenge.code })).status, 200);
    await becomes(org.live, made.id, "verified");
  } finally {
    whatsapp.refuse = undefined;
  }
});

test("the code is nowhere in the ledger, and not in the log", async () => {
  const org = await organisation();
  const made = await begin(org.live);
  await whatsapp.say({ to, from: bare(freshPhone()), text: made.challenge.code });
  for (const table of ["open_codes", "open_conversations", "answered_messages"]) {
    const rows = JSON.stringify(await world.sql(`SELECT * FROM ${table}`));
    assert.ok(!rows.includes(made.challenge.code) && !rows.includes("wamid"), table);
  }
  assert.ok(!world.logs().some((line) => line.includes(made.challenge.code)));
});

test("outbound is not offered over WhatsApp", async () => {
  const org = await organisation();
  const body = { type: "phone", channel: "whatsapp", identifier: freshPhone(), delivery: "outbound" };
  (await org.live.post("verifications", body)).refused(400, "validation_error", { field: "delivery" });
  await create(org.live, { channel: "whatsapp", delivery: "inbound" });
  (await org.live.post("verifications", { type: "email", channel: "email", identifier: "a@postbox-of-tests.com", delivery: "inbound" })).refused(
    400,
    "validation_error",
    { field: "delivery" },
  );
});
