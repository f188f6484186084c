// An organisation's own account with a provider: what may be set, that it is sealed and never shown,
// that it is used by that organisation and nobody else, and that proofs say so.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, createEmail, freshPhone, proven, read } from "./harness/steps.mjs";
import { takeApart } from "./harness/tokens.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const digits = (count) => Array.from(randomBytes(count), (byte) => byte % 10).join("");

const freshSettings = () => ({
  WHATSAPP_NUMBER: `+120255501${digits(2)}`,
  WHATSAPP_PHONE_NUMBER_ID: `1${digits(14)}`,
  WHATSAPP_ACCESS_TOKEN: randomBytes(24).toString("hex"),
  WHATSAPP_APP_SECRET: randomBytes(16).toString("hex"),
  WHATSAPP_VERIFY_TOKEN: randomBytes(8).toString("hex"),
});

const put = (client, channel, settings) => client.request("PUT", `channels/${channel}`, { body: { settings } });
const whatsappOf = async (client) => (await client.get("channels")).expect(200).body.data.find(({ channel }) => channel === "whatsapp");

/** What WhatsApp sends when this number wrote this text to the account. */
function webhook(settings, from, text) {
  const message = { from, id: `wamid.${randomBytes(12).toString("hex")}`, timestamp: "1795238427", type: "text", text: { body: text } };
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: settings.WHATSAPP_NUMBER, phone_number_id: settings.WHATSAPP_PHONE_NUMBER_ID },
    contacts: [{ profile: { name: "Somebody" }, wa_id: from }],
    messages: [message],
  };
  return JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "1", changes: [{ field: "messages", value }] }] });
}

async function deliver(path, secret, body) {
  const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
  return (await fetch(`${world.url}${path}`, { method: "POST", headers, body })).status;
}

test("every channel is listed, with what the operator has to set", async () => {
  const org = await world.organisation();
  const { data } = (await org.live.get("channels")).expect(200).body;
  assert.equal(new Set(data.map(({ channel }) => channel)).size, data.length);
  const github = data.find(({ channel }) => channel === "github");
  assert.deepEqual([github.live, github.source], [false, "platform"]);
  assert.ok(github.missing.includes("GITHUB_CLIENT_ID"));
  assert.ok(data.find(({ channel }) => channel === "dns").live);
  assert.ok(!data.some(({ settings }) => settings.some(({ name }) => /_(URL|HOST)$/.test(name))), "addresses are the operator's");
});

test("what cannot be set is refused by name, and nothing is kept", async () => {
  const org = await world.organisation();
  const good = freshSettings();
  const { WHATSAPP_APP_SECRET, ...incomplete } = good;
  for (const [channel, settings, field, says] of [
    ["whatsapp", incomplete, "settings", /WHATSAPP_APP_SECRET/],
    ["whatsapp", {}, "settings", /WHATSAPP_NUMBER/],
    ["whatsapp", { ...good, NO_SUCH: "1" }, "settings.NO_SUCH", /not a setting/],
    ["whatsapp", { ...good, WHATSAPP_API_URL: "https://elsewhere.example" }, "settings.WHATSAPP_API_URL", /operator/],
    ["whatsapp", { ...good, WHATSAPP_APP_SECRET: "" }, "settings.WHATSAPP_APP_SECRET", /1 to 4096/],
    ["whatsapp", { ...good, WHATSAPP_APP_SECRET: "a\r\nb" }, "settings.WHATSAPP_APP_SECRET", /control/],
    ["whatsapp", { ...good, WHATSAPP_PHONE_NUMBER_ID: "1/../2" }, "settings", /WHATSAPP_PHONE_NUMBER_ID/],
    ["dns", { DOH_URL: "https://elsewhere.example" }, "settings.DOH_URL", /operator/],
  ])
    (await put(org.live, channel, settings)).refused(400, "validation_error", { field, says });
  (await org.live.request("PUT", "channels/whatsapp", { body: { settings: good, more: 1 } })).refused(400, "validation_error", { field: "more" });
  (await put(org.test, "whatsapp", good)).refused(403, "forbidden");
  (await put(org.live, "pigeon", good)).refused(404, "not_found");
  (await org.test.request("DELETE", "channels/whatsapp")).refused(403, "forbidden");
  assert.deepEqual(await world.sql("SELECT * FROM channel_settings WHERE organisation_id = ?", [org.id]), []);
});

test("own settings are sealed, used by their organisation only, and the proof says so", async () => {
  const [org, other] = [await world.organisation(), await world.organisation()];
  const [settings, otherSettings] = [freshSettings(), freshSettings()];
  const set = (await put(org.live, "whatsapp", settings)).expect(200);
  assert.deepEqual([set.body.live, set.body.source, set.body.missing], [true, "organisation", undefined]);
  const stored = JSON.stringify(await world.sql("SELECT * FROM channel_settings"));
  for (const value of Object.values(settings)) {
    assert.ok(!set.text.includes(value), "a setting came out again");
    assert.ok(!stored.includes(value), "a setting is stored as it is");
  }
  assert.ok((await whatsappOf(org.live)).settings.every(({ set }) => set));
  assert.deepEqual((await whatsappOf(other.live)).source, "platform");
  (await other.live.post("verifications", { type: "phone", channel: "whatsapp", identifier: freshPhone() })).refused(400, "channel_not_configured");
  (await put(other.live, "whatsapp", otherSettings)).expect(200);

  const made = await create(org.live);
  assert.equal(made.own_channel, true);
  assert.ok(made.challenge.deep_link.startsWith(`https://wa.me/${settings.WHATSAPP_NUMBER.slice(1)}?`), made.challenge.deep_link);
  const body = webhook(settings, made.identifier.slice(1), made.challenge.code);
  const path = `/inbound/whatsapp/${org.id}`;
  assert.equal(await deliver("/inbound/whatsapp", settings.WHATSAPP_APP_SECRET, body), 404, "the operator has no account");
  assert.equal(await deliver(path, otherSettings.WHATSAPP_APP_SECRET, body), 401);
  assert.equal(await deliver(`/inbound/whatsapp/${other.id}`, settings.WHATSAPP_APP_SECRET, body), 401);
  const reworded = webhook(otherSettings, made.identifier.slice(1), made.challenge.code);
  assert.equal(await deliver(`/inbound/whatsapp/${other.id}`, otherSettings.WHATSAPP_APP_SECRET, reworded), 200);
  assert.equal((await read(org.live, made.id)).status, "pending", "another organisation's account proves nothing");
  assert.equal(await deliver(path, settings.WHATSAPP_APP_SECRET, body), 200);
  const done = await read(org.live, made.id);
  assert.equal(done.status, "verified");
  assert.equal(takeApart(done.proof.token).claims.own_channel, true);
  (await org.live.post("proofs/validate", { proof_token: done.proof.token })).expect(200);

  const log = world.logs().join("\n");
  for (const [name, value] of Object.entries(settings)) if (/SECRET|TOKEN/.test(name)) assert.ok(!log.includes(value), `the log has ${name}`);
});

test("what does not run over an own account says nothing of one", async () => {
  const org = await world.organisation();
  (await put(org.live, "whatsapp", freshSettings())).expect(200);
  assert.equal((await createEmail(org.live)).own_channel, undefined);
  const { token, verification } = await proven(org.test);
  assert.equal(verification.own_channel, undefined, "in test mode nothing is sent over any account");
  assert.equal(takeApart(token).claims.own_channel, undefined);
});

test("forgotten settings are gone, and the operator's count again", async () => {
  const org = await world.organisation();
  (await put(org.live, "whatsapp", freshSettings())).expect(200);
  const left = (await org.live.request("DELETE", "channels/whatsapp")).expect(200).body;
  assert.deepEqual([left.source, left.live], ["platform", false]);
  assert.deepEqual(await world.sql("SELECT * FROM channel_settings WHERE organisation_id = ?", [org.id]), []);
  (await org.live.request("DELETE", "channels/whatsapp")).expect(200);
});

test("a sealed row opens for its own organisation and channel only", async () => {
  const [org, thief] = [await world.organisation(), await world.organisation()];
  const settings = freshSettings();
  (await put(org.live, "whatsapp", settings)).expect(200);
  await world.sql(
    "INSERT INTO channel_settings SELECT ?, channel, sealed, updated_at FROM channel_settings WHERE organisation_id = ? AND channel = 'whatsapp'",
    [thief.id, org.id],
  );
  (await thief.live.post("verifications", { type: "phone", channel: "whatsapp", identifier: freshPhone() })).expect(500);
  const body = webhook(settings, freshPhone().slice(1), "X7K2M9");
  assert.equal(await deliver(`/inbound/whatsapp/${thief.id}`, settings.WHATSAPP_APP_SECRET, body), 500);
});

test("the sealing key can be changed while the old one is still known", async () => {
  const org = await world.organisation();
  (await put(org.live, "whatsapp", freshSettings())).expect(200);
  const changed = { SEALING_KEY: randomBytes(32).toString("hex"), PREVIOUS_SEALING_KEY: world.secrets.SEALING_KEY };
  await world.reload({ vars: { KEY_CACHE_SECONDS: "1", ...changed } });
  assert.equal((await create(org.live)).own_channel, true);
  await world.reload({ vars: { KEY_CACHE_SECONDS: "1" } });
  assert.equal((await create(org.live)).own_channel, true);
});
