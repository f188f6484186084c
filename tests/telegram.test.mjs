// Telegram from the deep link to the proof: the person opens the bot with the code, shares their own
// number, and only that number proves it. The other party is a server with the Bot API's shapes.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { bare, findable, startPhoneWorld } from "./harness/phones.mjs";
import { eventually } from "./harness/poll.mjs";
import { create, freshPhone, read, submit } from "./harness/steps.mjs";
import { takeApart } from "./harness/tokens.mjs";

let world, telegram, to;
before(async () => {
  ({ world, telegram } = await startPhoneWorld(["telegram"]));
  to = `${world.url}/inbound/telegram`;
});
after(() => world?.stop());

const begin = async (client, overrides) => findable(world, await create(client, { channel: "telegram", ...overrides }));
const told = (person, count = 1) =>
  eventually(`${count} answers to the person`, () => telegram.sentTo(person).length >= count && telegram.sentTo(person));

/** A person who has sent the code and sees the button. */
async function asked(made) {
  const person = telegram.person();
  await telegram.start({ to, person, code: made.challenge.code });
  await told(person);
  return person;
}

test("deep link, own number, verified, with a valid proof", async () => {
  const org = await world.organisation({ name: "Acme" });
  const made = await begin(org.live);
  const { code, deep_link } = made.challenge;
  assert.equal(deep_link, `https://t.me/proof_example_bot?start=${code}`);
  const person = telegram.person();
  const reply = await telegram.start({ to, person, code });
  assert.deepEqual([reply.status, reply.text], [200, ""]);
  assert.equal((await read(org.live, made.id)).status, "pending", "a code alone says nothing of the number");
  const [ask] = await told(person);
  assert.match(ask.text, /Acme/);
  assert.deepEqual(ask.reply_markup.keyboard, [[{ text: "Share my number", request_contact: true }]]);

  await telegram.shareContact({ to, person, phone: bare(made.identifier) });
  const done = await read(org.live, made.id);
  assert.equal(done.status, "verified");
  assert.equal(takeApart(done.proof.token).claims.channel, "telegram");
  const [, answer] = await told(person, 2);
  assert.equal(answer.text, "Done. You have shown Acme that this number is yours.");
  assert.deepEqual(answer.reply_markup, { remove_keyboard: true });
});

test("the code may also be typed", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const person = telegram.person();
  await telegram.say({ to, person, text: `hello ${made.challenge.code.toLowerCase()}` });
  await told(person);
  await telegram.shareContact({ to, person, phone: `+${bare(made.identifier)}` });
  assert.equal((await read(org.live, made.id)).status, "verified");
});

test("somebody else's contact proves nothing", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const person = await asked(made);
  for (const contactOf of [telegram.person(), undefined, null]) {
    await telegram.update(to, person, { contact: { phone_number: bare(made.identifier), first_name: "Victim", user_id: contactOf } });
    const now = await read(org.live, made.id);
    assert.equal(now.status, "pending");
    assert.equal(now.last_check.result, "contact_mismatch");
  }
  const answers = await told(person, 4);
  assert.match(answers[1].text, /Only your own number counts/);
  // A forwarded card of their own is not the button either.
  const contact = { phone_number: bare(made.identifier), user_id: person };
  await telegram.update(to, person, { contact, forward_origin: { type: "user", date: 1 } });
  assert.equal((await read(org.live, made.id)).status, "pending");
  await telegram.shareContact({ to, person, phone: bare(made.identifier) });
  assert.equal((await read(org.live, made.id)).status, "verified");
});

test("another number is told apart and not told about", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const person = await asked(made);
  const other = freshPhone();
  await telegram.shareContact({ to, person, phone: bare(other) });
  const now = await read(org.live, made.id);
  assert.equal(now.status, "pending");
  assert.equal(now.last_check.result, "sender_mismatch");
  assert.ok(!JSON.stringify(now).includes(other.slice(-7)));
});

test("a contact counts for the person who sent the code, and for nobody else", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  await asked(made);
  const stranger = telegram.person();
  await telegram.shareContact({ to, person: stranger, phone: bare(made.identifier) });
  assert.equal((await read(org.live, made.id)).status, "pending");
  const [answer] = await told(stranger);
  assert.match(answer.text, /Send the code first/);
});

test("groups, channels and bots are not heard", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const person = await asked(made);
  const contact = { phone_number: bare(made.identifier), user_id: person };
  for (const chat of [
    { id: -1001, type: "group" },
    { id: -1001, type: "supergroup" },
    { id: person, type: "group" },
    { id: telegram.person(), type: "private" },
  ])
    await telegram.update(to, person, { contact }, { chat });
  const message = { from: { id: person, is_bot: true }, chat: { id: person, type: "private" }, contact };
  await telegram.deliver(to, JSON.stringify({ update_id: 1, message }));
  await telegram.deliver(to, JSON.stringify({ update_id: 2, edited_message: { ...message, from: { id: person, is_bot: false } } }));
  assert.equal((await read(org.live, made.id)).status, "pending");
  assert.equal(telegram.sentTo(-1001).length, 0);
});

test("only the secret opens the door", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const person = telegram.person();
  for (const secret of [null, "", "guess", telegram.settings("").TELEGRAM_WEBHOOK_SECRET.slice(0, -1)]) {
    const reply = await telegram.start({ to, person, code: made.challenge.code, secret });
    assert.equal(reply.status, 401, String(secret));
  }
  assert.equal(telegram.sentTo(person).length, 0);
});

test("signed nonsense is taken and ignored", async () => {
  for (const body of ["", "{}", "[]", "x", '{"update_id":"1"}', '{"update_id":1,"message":{}}', '{"update_id":1,"message":{"chat":{"id":1,"type":"private"}}}'])
    assert.equal((await telegram.deliver(to, body)).status, 200, body);
});

test("repeated updates change nothing and are answered once", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const person = telegram.person();
  const start = { to, person, code: made.challenge.code, id: 77_000_001 };
  await Promise.all(Array.from({ length: 5 }, () => telegram.start(start)));
  await told(person);
  const share = { to, person, phone: bare(made.identifier), id: 77_000_002 };
  await Promise.all(Array.from({ length: 5 }, () => telegram.shareContact(share)));
  const done = await read(org.live, made.id);
  assert.equal(done.status, "verified");
  await told(person, 2);
  await telegram.start(start);
  await telegram.shareContact(share);
  assert.deepEqual(await read(org.live, made.id), done);
  assert.equal(telegram.sentTo(person).length, 2);
});

test("out of order: a contact before the code is asked for again", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const person = telegram.person();
  await telegram.shareContact({ to, person, phone: bare(made.identifier) });
  assert.equal((await read(org.live, made.id)).status, "pending");
  await told(person);
  await telegram.start({ to, person, code: made.challenge.code });
  await told(person, 2);
  await telegram.shareContact({ to, person, phone: bare(made.identifier) });
  assert.equal((await read(org.live, made.id)).status, "verified");
});

test("the newest code counts; two verifications at once stay apart", async () => {
  const org = await world.organisation();
  const [one, two] = [await begin(org.live), await begin(org.live)];
  const [a, b] = await Promise.all([asked(one), asked(two)]);
  await Promise.all([
    telegram.shareContact({ to, person: a, phone: bare(one.identifier) }),
    telegram.shareContact({ to, person: b, phone: bare(two.identifier) }),
  ]);
  assert.equal((await read(org.live, one.id)).status, "verified");
  assert.equal((await read(org.live, two.id)).status, "verified");
  const [first, second] = [await begin(org.live), await begin(org.live)];
  const person = await asked(first);
  await telegram.start({ to, person, code: second.challenge.code });
  await told(person, 2);
  await telegram.shareContact({ to, person, phone: bare(second.identifier) });
  assert.equal((await read(org.live, second.id)).status, "verified");
  assert.equal((await read(org.live, first.id)).status, "pending");
});

test("words without a code get one hint", async () => {
  const person = telegram.person();
  await telegram.say({ to, person, text: "/start" });
  const [hint] = await told(person);
  assert.match(hint.text, /Send the code first/);
  await telegram.start({ to, person, code: "X7K2M9" });
  const [, unknown] = await told(person, 2);
  assert.match(unknown.text, /not known, or its time is over/);
});

test("test mode: nothing comes in", async () => {
  const org = await world.organisation();
  const made = await create(org.test, { channel: "telegram" });
  const person = telegram.person();
  await telegram.start({ to, person, code: made.challenge.code });
  await told(person);
  await telegram.shareContact({ to, person, phone: bare(made.identifier) });
  assert.equal((await read(org.test, made.id)).status, "pending");
  (await submit(org.test, made.id, made.challenge.code)).expect(200);
});

test("a bot that was blocked, or a server that fails, changes nothing for the person", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const person = telegram.person();
  telegram.refuse = () => [403, { ok: false, error_code: 403, description: "Forbidden: bot was blocked by the user" }];
  try {
    assert.equal((await telegram.start({ to, person, code: made.challenge.code })).status, 200);
    assert.equal((await telegram.shareContact({ to, person, phone: bare(made.identifier) })).status, 200);
    assert.equal((await read(org.live, made.id)).status, "verified");
  } finally {
    telegram.refuse = undefined;
  }
  const token = telegram.settings("").TELEGRAM_BOT_TOKEN;
  assert.ok(!world.logs().some((line) => line.includes(token)), "the bot's token is in an address, and not in the log");
});

test("outbound needs the Gateway, and says so", async () => {
  const org = await world.organisation();
  const body = { type: "phone", channel: "telegram", identifier: freshPhone(), delivery: "outbound" };
  (await org.live.post("verifications", body)).refused(400, "channel_not_configured", { says: /TELEGRAM_GATEWAY_TOKEN/ });
});
