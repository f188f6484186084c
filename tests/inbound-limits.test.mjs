// Webhooks under pressure: codes whose time is over, and callers who only claim to be a provider.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { bare, becomes, findable, startPhoneWorld } from "./harness/phones.mjs";
import { eventually } from "./harness/poll.mjs";
import { create, freshPhone, read } from "./harness/steps.mjs";
import { messageId } from "../xtask/runner/peers/whatsapp.mjs";

let world, whatsapp, telegram;
before(async () => {
  ({ world, whatsapp, telegram } = await startPhoneWorld(["whatsapp", "telegram"], {
    vars: { CHALLENGE_SECONDS: "3" },
    rateLimits: { RATE_PUBLIC: 20 },
  }));
});
after(() => world?.stop());

test("a code whose time is over proves nothing, and the person is told", async () => {
  const to = `${world.url}/inbound/whatsapp`;
  const org = await world.organisation();
  const made = await findable(world, await create(org.live, { channel: "whatsapp" }));
  await becomes(org.live, made.id, "expired");
  const from = bare(made.identifier);
  const text = `my code: ${made.challenge.code.replace(/^./, "2")}`;
  await whatsapp.say({ to, from, text: made.challenge.code });
  await whatsapp.say({ to, from, text });
  const now = await read(org.live, made.id);
  assert.equal(now.status, "expired");
  assert.equal(now.last_check, undefined);
  const answers = await eventually("an answer", () => whatsapp.sentTo(from).length > 0 && whatsapp.sentTo(from));
  for (const answer of answers) assert.match(answer.text.body, /its time is over/);
  await eventually("the index forgets it", async () => {
    const rows = await world.sql("SELECT digest FROM open_codes WHERE subject_id = ?", [made.id]);
    return rows.length === 0;
  });
});

test("a number that is shared too late proves nothing", async () => {
  const to = `${world.url}/inbound/telegram`;
  const org = await world.organisation();
  const made = await findable(world, await create(org.live, { channel: "telegram" }));
  const person = telegram.person();
  await telegram.start({ to, person, code: made.challenge.code });
  await becomes(org.live, made.id, "expired");
  await telegram.shareContact({ to, person, phone: bare(made.identifier) });
  assert.equal((await read(org.live, made.id)).status, "expired");
  await eventually("the person is told", () => telegram.sentTo(person).some(({ text }) => /its time is over/.test(text)));
});

test("who only claims to be a provider is slowed down; who is one is not", async () => {
  const to = `${world.url}/inbound/whatsapp`;
  const org = await world.organisation();
  const from = bare(freshPhone());
  const body = whatsapp.webhook([{ from, id: messageId(), timestamp: "1", type: "text", text: { body: "X7K2M9" } }], { from });
  const statuses = [];
  for (let i = 0; i < 25; i++) statuses.push((await whatsapp.deliver(to, body, `sha256=${"0".repeat(64)}`)).status);
  assert.equal(statuses[0], 401);
  assert.equal(statuses.at(-1), 429);
  assert.ok(statuses.every((status) => status === 401 || status === 429));
  for (let i = 0; i < 25; i++) assert.equal((await whatsapp.deliver(to, body)).status, 200);
  const made = await findable(world, await create(org.live, { channel: "whatsapp" }));
  await whatsapp.say({ to, from: bare(made.identifier), text: made.challenge.code });
  assert.equal((await read(org.live, made.id)).status, "verified");
});
