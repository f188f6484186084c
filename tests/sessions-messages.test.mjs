// Sessions from the link to the proof: the person's message names the number. The other party is a
// server with the documented shapes of WhatsApp and Telegram; webhooks are signed by a published
// library.
import assert from "node:assert/strict";
import { EventSource } from "eventsource";
import { after, before, test } from "./harness/test.mjs";
import { bare, findable, ownSettings, startPhoneWorld } from "./harness/phones.mjs";
import { eventually, within } from "./harness/poll.mjs";
import { openStream } from "./harness/sse.mjs";
import { freshId, freshPhone, read } from "./harness/steps.mjs";
import { takeApart } from "./harness/tokens.mjs";
import { messageId, WhatsappPeer } from "../xtask/runner/peers/whatsapp.mjs";

let world, whatsapp, telegram, to;
before(async () => {
  ({ world, whatsapp, telegram } = await startPhoneWorld(["whatsapp", "telegram"]));
  to = { whatsapp: `${world.url}/inbound/whatsapp`, telegram: `${world.url}/inbound/telegram` };
});
after(() => world?.stop());

const session = async (client, id) => (await client.get(`sessions/${id}`)).expect(200).body;
const freshNumber = () => bare(freshPhone());

/** A session whose code can be found: the object tells the ledger a moment after its answer. */
async function begin(client, channel, more = {}) {
  const made = (await client.post("sessions", { channel, ...more })).expect(201).body;
  if (channel === "whatsapp" && !made.test_mode) await findable(world, { id: made.id.slice(5) });
  return { ...made, code: new URL(made.deep_link).searchParams.get(channel === "whatsapp" ? "text" : "start") };
}

const toldIn = (peer) => (address, count = 1) =>
  eventually(`${count} answers to the person`, () => peer.sentTo(address).length >= count && peer.sentTo(address));
const told = { whatsapp: (...of) => toldIn(whatsapp)(...of), telegram: (...of) => toldIn(telegram)(...of) };

const verificationsOf = async (client) => (await client.get("verifications")).expect(200).body.data;

test("WhatsApp: whoever sends the code has the number captured and proven", async () => {
  const org = await world.organisation({ name: "Acme" });
  const made = await begin(org.live, "whatsapp", { external_user_id: "user_1", client_metadata: { a: 1 } });
  assert.equal(made.deep_link, `https://wa.me/12025550101?text=${made.code}`, "the service's number");
  assert.match(made.code, /^[A-Z0-9]{6}$/);
  assert.equal(made.test_mode, undefined);
  const from = freshNumber();
  const reply = await whatsapp.say({ to: to.whatsapp, from, text: `Hello, ${made.code.toLowerCase()}` });
  assert.deepEqual([reply.status, reply.text], [200, ""]);

  const done = await session(org.live, made.id);
  assert.deepEqual([done.status, done.phone_number], ["verified", `+${from}`], "it counts before the webhook is answered");
  const verification = await read(org.live, done.verification_id);
  assert.deepEqual(
    [verification.status, verification.type, verification.channel, verification.identifier, verification.external_user_id],
    ["verified", "phone", "whatsapp", `+${from}`, "user_1"],
  );
  assert.deepEqual(verification.proof, done.proof);
  const { claims } = takeApart(done.proof.token);
  assert.deepEqual([claims.sub, claims.channel, claims.own_channel], [done.verification_id, "whatsapp", undefined]);
  const verdict = (await org.live.post("proofs/validate", { proof_token: done.proof.token, identifier: `+${from}` })).expect(200).body;
  assert.equal(verdict.valid, true);

  const [answer] = await told.whatsapp(from);
  assert.equal(answer.text.body, "Done. You have shown Acme that this number is yours.");
  const { data } = await world.listed(org.live, "verifications?status=verified", 1);
  assert.deepEqual([data[0].id, data[0].client_metadata], [done.verification_id, { a: 1 }]);
  const usage = (await org.live.get("quota")).expect(200).body;
  assert.deepEqual([usage.used, usage.proofs], [1, 1], "counted once");
  await eventually("the index forgets the code", async () => {
    const rows = await world.sql("SELECT digest FROM open_codes WHERE subject_id = ?", [made.id.slice(5)]);
    return rows.length === 0;
  });
  (await org.live.post(`proofs/${done.verification_id}/revoke`, { reason: "user_request" })).expect(200);
  assert.equal((await session(org.live, made.id)).proof, undefined);
});

test("Telegram: the link names the session, the person shares their own number", async () => {
  const org = await world.organisation({ name: "Acme" });
  const made = await begin(org.live, "telegram");
  assert.equal(made.deep_link, `https://t.me/proof_example_bot?start=${made.id}`);
  const person = telegram.person();
  await telegram.start({ to: to.telegram, person, code: made.code });
  assert.equal((await session(org.live, made.id)).status, "pending", "nobody knows the number yet");
  const [ask] = await told.telegram(person);
  assert.match(ask.text, /Acme/);
  assert.equal(ask.reply_markup.keyboard[0][0].request_contact, true);
  const phone = freshNumber();
  await telegram.shareContact({ to: to.telegram, person, phone });
  const done = await session(org.live, made.id);
  assert.deepEqual([done.status, done.phone_number], ["verified", `+${phone}`]);
  assert.equal((await read(org.live, done.verification_id)).channel, "telegram");
  const [, answer] = await told.telegram(person, 2);
  assert.equal(answer.text, "Done. You have shown Acme that this number is yours.");
});

test("Telegram: somebody else's contact fails the session, and nothing makes it good", async () => {
  const org = await world.organisation();
  for (const share of [
    { contactOf: telegram.person() },
    { contactOf: undefined },
    { contactOf: 0 },
  ]) {
    const made = await begin(org.live, "telegram");
    const person = telegram.person();
    await telegram.start({ to: to.telegram, person, code: made.code });
    await told.telegram(person);
    const [stranger, own] = [freshNumber(), freshNumber()];
    const content = { contact: { phone_number: stranger, first_name: "Somebody", ...(share.contactOf !== undefined && { user_id: share.contactOf }) } };
    const reply = await telegram.update(to.telegram, person, content);
    assert.equal(reply.status, 200);
    const failed = await session(org.live, made.id);
    assert.deepEqual([failed.status, failed.failure_reason], ["failed", "contact_mismatch"]);
    assert.ok(failed.failed_at);
    assert.ok(!JSON.stringify(failed).includes(stranger), "nobody learns whose card it was");
    await told.telegram(person, 2);
    await telegram.shareContact({ to: to.telegram, person, phone: own });
    assert.deepEqual(await session(org.live, made.id), failed, "it is over");
  }
  assert.deepEqual(await verificationsOf(org.live), []);
});

test("WhatsApp: a person who hides the number is asked for it, and only their own counts", async () => {
  const org = await world.organisation({ name: "Acme" });
  const user = `LT.${freshId()}`;
  const made = await begin(org.live, "whatsapp");
  await whatsapp.say({ to: to.whatsapp, user, text: made.code });
  assert.equal((await session(org.live, made.id)).status, "pending");
  const [ask] = await told.whatsapp(user);
  assert.equal(ask.type, "interactive");
  const phone = freshNumber();
  await whatsapp.shareContact({ to: to.whatsapp, user, phone });
  assert.deepEqual([(await session(org.live, made.id)).status, (await session(org.live, made.id)).phone_number], ["verified", `+${phone}`]);

  const other = `LT.${freshId()}`;
  const second = await begin(org.live, "whatsapp");
  await whatsapp.say({ to: to.whatsapp, user: other, text: second.code });
  await told.whatsapp(other);
  await whatsapp.shareContact({ to: to.whatsapp, user: other, phone: freshNumber(), origin: "other" });
  const failed = await session(org.live, second.id);
  assert.deepEqual([failed.status, failed.failure_reason], ["failed", "contact_mismatch"]);
});

test("a number that cannot be proven fails the session", async () => {
  const org = await world.organisation();
  const made = await begin(org.live, "whatsapp");
  await whatsapp.say({ to: to.whatsapp, from: "19002345678", text: made.code });
  const failed = await session(org.live, made.id);
  assert.deepEqual([failed.status, failed.failure_reason], ["failed", "number_not_supported"]);
  assert.deepEqual(await verificationsOf(org.live), []);
});

test("twenty phones answer one code at once: one has it, and keeps it", async () => {
  const org = await world.organisation();
  const made = await begin(org.live, "whatsapp");
  const phones = Array.from({ length: 20 }, freshNumber);
  const replies = await Promise.all(phones.map((from) => whatsapp.say({ to: to.whatsapp, from, text: made.code })));
  for (const { status } of replies) assert.equal(status, 200);
  const done = await session(org.live, made.id);
  assert.equal(done.status, "verified");
  assert.ok(phones.includes(bare(done.phone_number)));
  for (const from of phones) await whatsapp.say({ to: to.whatsapp, from, text: made.code });
  assert.deepEqual(await session(org.live, made.id), done);
  const { data } = await world.listed(org.live, "verifications", 1);
  assert.deepEqual(
    data.map(({ id, identifier }) => [id, identifier]),
    [[done.verification_id, done.phone_number]],
  );
  const winner = await told.whatsapp(bare(done.phone_number));
  assert.match(winner[0].text.body, /^Done\./);
});

test("one message ten times is one capture and one answer", async () => {
  const org = await world.organisation();
  const made = await begin(org.live, "whatsapp");
  const [from, id] = [freshNumber(), messageId()];
  await Promise.all(Array.from({ length: 10 }, () => whatsapp.say({ to: to.whatsapp, from, text: made.code, id })));
  const done = await session(org.live, made.id);
  assert.equal(done.phone_number, `+${from}`);
  await told.whatsapp(from);
  await whatsapp.say({ to: to.whatsapp, from, text: made.code, id });
  await world.listed(org.live, "verifications", 1);
  assert.equal(whatsapp.sentTo(from).length, 1);
  const rows = await world.sql("SELECT id FROM proofs WHERE id = ?", [done.verification_id]);
  assert.equal(rows.length, 1);
});

test("what nobody signed, or another channel brought, counts for nothing", async () => {
  const org = await world.organisation();
  const made = await begin(org.live, "whatsapp");
  const from = freshNumber();
  const body = whatsapp.webhook([{ from, id: messageId(), timestamp: "1", type: "text", text: { body: made.code } }], { from });
  for (const signature of ["", "sha256=", `sha256=${"0".repeat(64)}`]) {
    const reply = await whatsapp.deliver(to.whatsapp, body, signature);
    assert.equal(reply.status, 401, reply.text);
  }
  const named = await begin(org.live, "telegram");
  await telegram.start({ to: to.telegram, person: telegram.person(), code: named.code, secret: "guessed" });
  const person = telegram.person();
  await telegram.start({ to: to.telegram, person, code: made.code });
  await told.telegram(person);
  await telegram.shareContact({ to: to.telegram, person, phone: from });
  await whatsapp.say({ to: to.whatsapp, from, text: named.id });
  for (const { id } of [made, named]) assert.equal((await session(org.live, id)).status, "pending");
  await whatsapp.say({ to: to.whatsapp, from, text: made.code });
  assert.equal((await session(org.live, made.id)).status, "verified", "and the right one still counts");
});

test("a session that nobody made, and one of test mode, are unknown to the channels", async () => {
  const org = await world.organisation();
  const person = telegram.person();
  await telegram.start({ to: to.telegram, person, code: `sess_${freshId()}` });
  const [answer] = await told.telegram(person);
  assert.match(answer.text, /not known/);
  const made = await begin(org.test, "telegram");
  await telegram.start({ to: to.telegram, person, code: made.id });
  await told.telegram(person, 2);
  await telegram.shareContact({ to: to.telegram, person, phone: freshNumber() });
  const typed = await begin(org.test, "whatsapp");
  await whatsapp.say({ to: to.whatsapp, from: freshNumber(), text: typed.code });
  for (const { id } of [made, typed]) assert.equal((await session(org.test, id)).status, "pending");
});

test("where two sessions wait for equal codes nobody's number is captured", async () => {
  const org = await world.organisation();
  const [one, other] = [await begin(org.live, "whatsapp"), await begin(org.live, "whatsapp")];
  await world.sql(
    `INSERT INTO open_codes (digest, subject_kind, subject_id, expires_at)
     SELECT digest, subject_kind, ?, expires_at FROM open_codes WHERE subject_id = ?`,
    [other.id.slice(5), one.id.slice(5)],
  );
  const reply = await whatsapp.say({ to: to.whatsapp, from: freshNumber(), text: one.code });
  assert.equal(reply.status, 200, "it was heard");
  for (const { id } of [one, other]) assert.equal((await session(org.live, id)).status, "pending");
});

test("an organisation's own account brings messages to its own sessions only, and the proof says so", async () => {
  const peer = new WhatsappPeer();
  const own = await world.organisation();
  const stranger = await world.organisation();
  (await own.live.request("PUT", "channels/whatsapp", { body: { settings: ownSettings(peer) } })).expect(200);
  const at = `${to.whatsapp}/${own.id}`;
  const mine = await eventually("the own account is used", async () => {
    const made = await begin(own.live, "whatsapp");
    await whatsapp.say({ to: to.whatsapp, from: freshNumber(), text: made.code });
    return (await session(own.live, made.id)).status === "pending" && made;
  });
  const theirs = await begin(stranger.live, "whatsapp");
  const from = freshNumber();
  await peer.say({ to: at, from, text: theirs.code });
  assert.equal((await session(stranger.live, theirs.id)).status, "pending");
  assert.equal((await whatsapp.say({ to: at, from, text: mine.code })).status, 401, "the operator's secret does not sign here");
  await peer.say({ to: at, from, text: mine.code });
  const done = await session(own.live, mine.id);
  assert.deepEqual([done.status, done.phone_number], ["verified", `+${from}`]);
  assert.equal(takeApart(done.proof.token).claims.own_channel, true);
});

test("a used-up quota makes no new session", async () => {
  const { live } = await world.organisation({ quota: 1 });
  const made = await begin(live, "whatsapp");
  await whatsapp.say({ to: to.whatsapp, from: freshNumber(), text: made.code });
  await eventually("the month is used up", async () => (await live.post("sessions", { channel: "telegram" })).status === 403);
  (await live.post("sessions", { channel: "telegram" })).refused(403, "quota_exceeded");
  assert.equal((await session(live, made.id)).status, "verified");
});

test("live events tell of the capture, and npm's eventsource hears them", async () => {
  const org = await world.organisation();
  const made = await begin(org.live, "whatsapp");
  const stream = await openStream(org.live, `sessions/${made.id}/events`);
  const connected = await stream.next();
  assert.deepEqual([connected.event, connected.id, connected.data.id, connected.data.status], ["connected", "1", made.id, "pending"]);
  const source = new EventSource(org.live.address(`sessions/${made.id}/events`), {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${org.live.key}` } }),
  });
  const heard = [];
  const changed = new Promise((resolve) => {
    source.addEventListener("connected", ({ data }) => heard.push(JSON.parse(data).status));
    source.addEventListener("status_changed", ({ data }) => resolve(heard.push(JSON.parse(data).status)));
  });
  try {
    await eventually("connected", () => heard.length === 1);
    const from = freshNumber();
    await whatsapp.say({ to: to.whatsapp, from, text: made.code });
    await within(5_000, "status_changed", changed);
    assert.deepEqual(heard, ["pending", "verified"]);
    const told = await stream.next();
    assert.deepEqual([told.event, told.id, told.data.status, told.data.test_mode], ["status_changed", "2", "verified", undefined]);
    assert.ok(!stream.reply.text.includes(from), "the number is for whoever asks with the key");
    await stream.closed();
    await eventually("the client gives up", () => source.readyState === EventSource.CLOSED, { within: 10_000 });
  } finally {
    source.close();
  }
  const late = await openStream(org.live, `sessions/${made.id}/events`);
  assert.deepEqual(
    [await late.next(), await late.next()].map(({ data }) => data.status),
    ["verified", "verified"],
  );
  const again = await openStream(org.live, `sessions/${made.id}/events`, { headers: { "last-event-id": "2" } });
  assert.equal(again.status, 204);
});

test("a ticket opens one stream of its own session, within the organisation's limit", async () => {
  const org = await world.organisation({ streams: 1 });
  const made = await begin(org.test, "telegram");
  const other = await begin(org.test, "telegram");
  const { url, ticket } = (await org.test.post(`sessions/${made.id}/events/ticket`)).expect(201).body;
  assert.equal(url, `${world.url}/api/v1/sessions/${made.id}/events?ticket=${ticket}`);
  const open = (id) => openStream(org.test, `sessions/${id}/events`, { key: null, query: `?ticket=${ticket}` });
  assert.equal((await open(other.id)).status, 401);
  const stream = await open(made.id);
  assert.equal(stream.status, 200);
  await stream.next();
  assert.equal((await open(made.id)).status, 401, "it is used up");
  const second = await openStream(org.test, `sessions/${other.id}/events`);
  assert.equal(second.status, 429, "sessions and verifications share the organisation's streams");
  stream.drop();
  const third = await eventually("the slot comes back", async () => {
    const tried = await openStream(org.test, `sessions/${other.id}/events`);
    return tried.status === 200 && tried;
  });
  third.drop();
});
