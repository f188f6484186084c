// Live channels that the operator has not set up: a clear refusal that names the setting, nothing
// stored, nothing counted, nothing sent.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { create } from "./harness/steps.mjs";
import { MATRIX } from "./harness/identifiers.mjs";

let world;
before(async () => {
  world = await startWorld({ vars: { EMAIL_PROVIDER: "", DOH_URLS: "" } });
});
after(() => world?.stop());

const SETTING = /\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b/;

/** Wallets' keys are judged without asking anybody; a bot's token is asked about with the token alone. */
const NEEDS_NOTHING = ["wallet", "telegram_bot"];

for (const [type, channels] of Object.entries(MATRIX).filter(([type]) => !NEEDS_NOTHING.includes(type))) {
  test(`${type}: every live channel says what has to be set`, async () => {
    const org = await world.organisation();
    for (const [channel, identifier] of Object.entries(channels)) {
      const reply = await org.live.post("verifications", { type, channel, identifier });
      reply.refused(400, "channel_not_configured", { says: SETTING });
      assert.ok(reply.body.error.message.includes(channel), `the message names the channel: ${reply.text}`);
    }
    assert.equal((await org.live.get("verifications")).expect(200).body.pagination.total, 0);
    const rows = await world.sql("SELECT count(*) AS count FROM verifications WHERE organisation_id = ?", [org.id]);
    assert.equal(rows[0].count, 0);
    const quota = (await org.live.get("quota")).expect(200).body;
    assert.equal(quota.used, 0);
  });
}

test("what needs no setting works without any", async () => {
  const org = await world.organisation();
  for (const type of NEEDS_NOTHING) {
    for (const [channel, identifier] of Object.entries(MATRIX[type])) await create(org.live, { type, channel, identifier });
  }
});

test("a wrong identifier is told before a missing setting", async () => {
  const org = await world.organisation();
  (await org.live.post("verifications", { type: "phone", channel: "sms", identifier: "x" })).refused(400, "invalid_identifier");
  (await org.live.post("verifications", { type: "phone", channel: "dns", identifier: "x" })).refused(400, "invalid_channel_for_type");
});

test("an idempotency key is not used up by the refusal", async () => {
  const org = await world.organisation();
  const headers = { "idempotency-key": "not-configured" };
  const body = { type: "email", channel: "email", identifier: "person@postbox-of-tests.com" };
  for (let i = 0; i < 2; i++) {
    const reply = (await org.live.post("verifications", body, { headers })).refused(400, "channel_not_configured");
    assert.equal(reply.headers.get("idempotent-replayed"), null);
  }
  (await org.live.post("verifications", { ...body, identifier: "other@postbox-of-tests.com" }, { headers })).refused(
    400,
    "channel_not_configured",
  );
});

test("test mode needs no setting", async () => {
  const org = await world.organisation();
  const before = world.internet.requests.length;
  for (const [type, channels] of Object.entries(MATRIX)) {
    for (const [channel, identifier] of Object.entries(channels)) await create(org.test, { type, channel, identifier });
  }
  assert.deepEqual(world.internet.requests.slice(before), []);
  assert.deepEqual(await world.sql("SELECT id FROM inbox_messages"), []);
});

test("health says that nothing is broken", async () => {
  (await world.anonymous.get("/health")).expect(200);
});
