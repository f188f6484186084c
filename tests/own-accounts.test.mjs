// Organisations with accounts of their own: links, messages and reports go over those, an account
// speaks for its own organisation only, and a proof made over one says so.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { bare, findable, ownSettings, startPhoneWorld } from "./harness/phones.mjs";
import { eventually } from "./harness/poll.mjs";
import { create, freshPhone, read, submit } from "./harness/steps.mjs";
import { takeApart } from "./harness/tokens.mjs";
import { TelegramGatewayPeer } from "../xtask/runner/peers/telegram-gateway.mjs";
import { TelegramPeer } from "../xtask/runner/peers/telegram.mjs";
import { TelnyxPeer } from "../xtask/runner/peers/telnyx.mjs";
import { WhatsappPeer } from "../xtask/runner/peers/whatsapp.mjs";

let world, operator;
before(async () => {
  operator = await startPhoneWorld(["whatsapp", "telegram", "gateway", "twilio"]);
  ({ world } = operator);
});
after(() => world?.stop());

/** An organisation that uses this peer for a channel; from now on the peer answers at the provider's host. */
async function withOwn(channel, peer, host) {
  const org = await world.organisation({ name: "Own" });
  (await org.live.request("PUT", `channels/${channel}`, { body: { settings: ownSettings(peer) } })).expect(200);
  world.internet.provider(host, peer.handler);
  await eventually("the key knows", async () => (await create(org.live, { channel })).challenge.deep_link.includes(marker(peer)));
  return org;
}

const marker = (peer) => {
  const own = peer.settings("");
  return own.TELEGRAM_BOT_USERNAME ?? bare(own.WHATSAPP_NUMBER ?? own.SMS_NUMBER);
};

const at = (path, org) => `${world.url}/inbound/${path}${org ? `/${org.id}` : ""}`;

test("WhatsApp: an own number carries the code, and its webhook reaches its organisation only", async () => {
  const own = new WhatsappPeer({ number: "12025550111" });
  const org = await withOwn("whatsapp", own, "graph.facebook.com");
  const made = await findable(world, await create(org.live, { channel: "whatsapp" }));
  assert.ok(made.challenge.deep_link.startsWith("https://wa.me/12025550111?"));
  const from = bare(made.identifier);
  const { code } = made.challenge;
  // The operator's account, and the organisation's account at the operator's address.
  assert.equal((await operator.whatsapp.say({ to: at("whatsapp"), from, text: code })).status, 200);
  assert.equal((await own.say({ to: at("whatsapp"), from, text: code })).status, 401);
  assert.equal((await operator.whatsapp.say({ to: at("whatsapp", org), from, text: code })).status, 401);
  assert.equal((await read(org.live, made.id)).status, "pending");
  assert.equal((await own.say({ to: at("whatsapp", org), from, text: code })).status, 200);
  const done = await read(org.live, made.id);
  assert.equal(done.status, "verified");
  assert.equal(takeApart(done.proof.token).claims.own_channel, true, "the proof says over whose account it was made");
  await eventually("the answer comes from the own number", () => own.sentTo(from).length === 1);
});

test("WhatsApp: an own account cannot speak for other organisations", async () => {
  const own = new WhatsappPeer({ number: "12025550112" });
  const villain = await withOwn("whatsapp", own, "graph.facebook.com");
  const victim = await world.organisation();
  const made = await findable(world, await create(victim.live, { channel: "whatsapp" }));
  const message = { from: bare(made.identifier), text: made.challenge.code };
  assert.equal((await own.say({ to: at("whatsapp", villain), ...message })).status, 200, "signed by its own account");
  assert.equal((await own.say({ to: at("whatsapp", victim), ...message })).status, 404, "it has none");
  assert.equal((await own.say({ to: at("whatsapp"), ...message })).status, 401);
  const now = await read(victim.live, made.id);
  assert.equal(now.status, "pending");
  assert.equal(now.last_check, undefined);
});

test("the handshake of an own address takes its own token", async () => {
  const own = new WhatsappPeer({ number: "12025550113" });
  const org = await withOwn("whatsapp", own, "graph.facebook.com");
  const good = await own.handshake(at("whatsapp", org), { challenge: "42" });
  assert.deepEqual([good.status, await good.text()], [200, "42"]);
  const bad = await operator.whatsapp.handshake(at("whatsapp", org));
  assert.equal(bad.status, 403);
  await bad.text();
});

test("Telegram: an own bot asks and answers", async () => {
  const own = new TelegramPeer({ username: "own_example_bot" });
  const org = await withOwn("telegram", own, "api.telegram.org");
  const made = await findable(world, await create(org.live, { channel: "telegram" }));
  const person = own.person();
  await own.start({ to: at("telegram", org), person, code: made.challenge.code });
  await eventually("the own bot asks", () => own.sentTo(person).length === 1);
  // The same person's contact at the operator's bot is another conversation.
  await operator.telegram.shareContact({ to: at("telegram"), person, phone: bare(made.identifier) });
  assert.equal((await read(org.live, made.id)).status, "pending");
  await own.shareContact({ to: at("telegram", org), person, phone: bare(made.identifier) });
  assert.equal((await read(org.live, made.id)).status, "verified");
});

test("SMS: another provider than the operator's; reports count for its own messages only", async () => {
  const own = new TelnyxPeer();
  const org = await withOwn("sms", own, "api.telnyx.com");
  const made = await create(org.live, { channel: "sms", delivery: "outbound" });
  const message = await eventually("the message", () => own.sentTo(made.identifier)[0]);
  assert.equal(message.webhook_url, at("sms/telnyx", org));
  const sent = (status) => eventually(`delivery is ${status}`, async () => (await read(org.live, made.id)).delivery_status === status);
  await sent("sent");

  const account = new TelnyxPeer({ number: "+12025550115" });
  const villain = await withOwn("sms", account, "api.telnyx.com");
  const lie = await account.report(message, "delivery_failed", "40008", { to: at("sms/telnyx", villain) });
  assert.equal(lie.status, 200, "signed, but of another account");
  const forged = { sid: "SM1", From: "x", To: "y", StatusCallback: `${at("sms/twilio")}?message=${made.id}.1` };
  assert.equal((await operator.twilio.report(forged, "failed")).status, 200, "signed, but of another account");
  assert.equal((await read(org.live, made.id)).delivery_status, "sent");
  assert.equal((await own.report(message, "delivered")).status, 200);
  await sent("delivered");
  const code = message.text.slice(0, 6);
  const done = (await submit(org.live, made.id, code)).expect(200).body;
  assert.equal(takeApart(done.proof.token).claims.own_channel, true);
});

test("Gateway: an own token suffices for codes that are sent", async () => {
  const own = new TelegramGatewayPeer();
  const org = await world.organisation();
  (await org.live.request("PUT", "channels/telegram", { body: { settings: ownSettings(own) } })).expect(200);
  world.internet.provider("gatewayapi.telegram.org", own.handler);
  const made = await eventually("the key knows", async () => {
    const made = await create(org.live, { channel: "telegram", delivery: "outbound" });
    return (await eventually("a message", () => own.sentTo(made.identifier)[0], { within: 1_000 })) && made;
  });
  const message = own.sentTo(made.identifier)[0];
  assert.equal(message.callback_url, at("telegram-gateway", org));
  assert.equal((await own.report(message, "delivered")).status, 200);
  await eventually("delivered", async () => (await read(org.live, made.id)).delivery_status === "delivered");
  const body = { type: "phone", channel: "telegram", identifier: freshPhone() };
  (await org.live.post("verifications", body)).refused(400, "channel_not_configured", { says: /settings of your own.*TELEGRAM_BOT_TOKEN/ });
});

test("addresses of organisations that do not exist, or have no account, are not there", async () => {
  const org = await world.organisation();
  for (const path of ["whatsapp", "telegram", "telegram-gateway", "sms/twilio", "sms/telnyx"]) {
    for (const id of [org.id, "nobody", "x".repeat(65), "a%2Fb", "..%2f", "'%20OR%201=1--"]) {
      const reply = await fetch(`${world.url}/inbound/${path}/${id}`, { method: "POST", body: "{}" });
      assert.equal(reply.status, 404, `${path}/${id}`);
      await reply.text();
    }
  }
  const other = await fetch(`${world.url}/inbound/pigeon`, { method: "POST", body: "{}" });
  assert.equal(other.status, 404);
  await other.text();
});
