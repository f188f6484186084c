// Codes that Telegram's Gateway brings to a number: numeric, seen by the person alone, taken by
// submit; what became of the message is told by signed reports.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startPhoneWorld } from "./harness/phones.mjs";
import { eventually } from "./harness/poll.mjs";
import { create, freshPhone, otherCode, read, submit } from "./harness/steps.mjs";

let world, gateway;
before(async () => {
  ({ world, gateway } = await startPhoneWorld(["gateway"]));
});
after(() => world?.stop());

const begin = (client, overrides) => create(client, { channel: "telegram", delivery: "outbound", ...overrides });
const arrived = (made, count = 1) =>
  eventually("the message", () => gateway.sentTo(made.identifier).length >= count && gateway.sentTo(made.identifier).at(-1));
const delivery = (client, id, status) =>
  eventually(`delivery is ${status}`, async () => {
    const verification = await read(client, id);
    return verification.delivery_status === status && verification;
  });

test("the code reaches the person only, and proves the number", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  assert.equal(made.challenge.code, undefined, "the tenant never sees the code");
  assert.equal(made.challenge.deep_link, undefined);
  assert.equal(made.challenge.instruction, `Enter the code sent to ${made.identifier}`);
  const message = await arrived(made);
  assert.match(message.code, /^\d{6}$/);
  assert.equal(message.payload, `${made.id}.1`);
  assert.equal(message.callback_url, `${world.url}/inbound/telegram-gateway`);
  assert.ok(message.ttl > 500 && message.ttl <= 600);
  await delivery(org.live, made.id, "sent");
  (await submit(org.live, made.id, otherCode(message.code))).refused(400, "invalid_code", { remaining: 4 });
  const done = (await submit(org.live, made.id, message.code)).expect(200).body;
  assert.equal(done.status, "verified");
  assert.ok(done.proof.token);
  assert.deepEqual(await world.sql("SELECT digest FROM open_codes WHERE subject_id = ?", [made.id]), []);
});

test("reports tell what became of it; forged, old and foreign ones do not", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const message = await arrived(made);
  await delivery(org.live, made.id, "sent");
  const forged = [
    { signature: "00" },
    { signature: "" },
    { token: "another" },
    { at: Math.floor(Date.now() / 1000) - 301 },
    { at: Math.floor(Date.now() / 1000) + 330 },
    { at: "x" },
  ];
  for (const options of forged) assert.equal((await gateway.report(message, "delivered", options)).status, 401, JSON.stringify(options));
  assert.equal((await read(org.live, made.id)).delivery_status, "sent");
  const other = { ...message, payload: `${made.id}.2` };
  assert.equal((await gateway.report(other, "delivered")).status, 200);
  for (const payload of ["", "x", `${made.id}`, `${made.id}.999`, "507f1f77bcf86cd799439011.1"])
    assert.equal((await gateway.report({ ...message, payload }, "delivered")).status, 200);
  assert.equal((await read(org.live, made.id)).delivery_status, "sent");
  assert.equal((await gateway.report(message, "sent")).status, 200);
  assert.equal((await read(org.live, made.id)).delivery_status, "sent");
  assert.equal((await gateway.report(message, "delivered")).status, 200);
  assert.equal((await read(org.live, made.id)).delivery_status, "delivered");
  assert.equal((await gateway.report(message, "expired")).status, 200, "too late to be true");
  assert.equal((await read(org.live, made.id)).delivery_status, "delivered");
  for (const body of ["{}", "x"]) assert.equal((await gateway.report(message, "delivered", { body })).status, 200);
});

test("a message that was not delivered says why, and can be sent again", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const message = await arrived(made);
  await delivery(org.live, made.id, "sent");
  await gateway.report(message, "expired");
  const failed = await read(org.live, made.id);
  assert.equal(failed.delivery_status, "failed");
  assert.equal(failed.delivery_error, "expired");
  assert.equal(failed.status, "pending");
  (await submit(org.live, made.id, message.code)).expect(200);
});

test("a number without Telegram: failed at once, with the reason, and not tried again", async () => {
  const org = await world.organisation();
  let asked = 0;
  gateway.refuse = () => {
    asked++;
    return [200, { ok: false, error: "PHONE_NUMBER_NOT_FOUND" }];
  };
  try {
    const made = await begin(org.live);
    const failed = await delivery(org.live, made.id, "failed");
    assert.equal(failed.delivery_error, "phone_number_not_found");
    assert.equal(failed.status, "pending");
    assert.equal(asked, 1);
  } finally {
    gateway.refuse = undefined;
  }
});

test("a Gateway that fails is asked again, with the same code", async () => {
  const org = await world.organisation();
  const tried = [];
  gateway.refuse = (message) => {
    tried.push(message.code);
    return tried.length < 2 ? [502, {}] : undefined;
  };
  try {
    const made = await begin(org.live);
    assert.equal((await read(org.live, made.id)).delivery_status, "queued");
    const message = await arrived(made);
    assert.deepEqual(tried, [message.code, message.code]);
    await delivery(org.live, made.id, "sent");
    (await submit(org.live, made.id, message.code)).expect(200);
  } finally {
    gateway.refuse = undefined;
  }
});

test("without a bot the person cannot be asked to send the code", async () => {
  const org = await world.organisation();
  const body = { type: "phone", channel: "telegram", identifier: freshPhone() };
  (await org.live.post("verifications", body)).refused(400, "channel_not_configured", { says: /TELEGRAM_BOT_TOKEN/ });
  const channel = (await org.live.get("channels")).expect(200).body.data.find((one) => one.channel === "telegram");
  assert.equal(channel.live, true, "one of two ways is open");
});

test("test mode shows the code and sends nothing", async () => {
  const org = await world.organisation();
  const made = await begin(org.test);
  assert.match(made.challenge.code, /^\d{6}$/);
  assert.equal(made.delivery_status, "skipped");
  (await submit(org.test, made.id, made.challenge.code)).expect(200);
  assert.equal(gateway.sentTo(made.identifier).length, 0);
});
