// Telegram bots: whoever shows the token runs the bot. Telegram's answer is that of its documentation;
// the token is in one request to Telegram and nowhere else.
import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, read } from "./harness/steps.mjs";
import { TelegramPeer } from "../xtask/runner/peers/telegram.mjs";

const telegram = new TelegramPeer();
let world;
before(async () => {
  world = await startWorld();
  world.internet.provider("api.telegram.org", telegram.handler);
});
after(() => world?.stop());

const request = (identifier) => ({ type: "telegram_bot", channel: "telegram_bot_token", identifier });
const show = (client, id, token) => client.post(`verifications/${id}/submit`, { bot_token: token });

/** Nothing that the system keeps or writes has the secret half of the token. */
async function leavesNoTrace(token) {
  const secret = token.split(":")[1];
  assert.ok(!world.logs().join("\n").includes(secret), "the log has the token");
  for (const { name } of await world.sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'")) {
    const rows = JSON.stringify(await world.sql(`SELECT * FROM "${name}"`));
    assert.ok(!rows.includes(secret), `${name} has the token`);
  }
}

test("the whole token as identifier proves the bot at once", async () => {
  const { live } = await world.organisation();
  const bot = telegram.makeBot();
  const made = await create(live, request(bot.token));
  assert.equal(made.status, "verified");
  assert.equal(made.identifier, bot.id);
  assert.deepEqual(made.account, { id: bot.id, username: bot.username });
  assert.ok(decodeJwt(made.proof.token).account_hash);
  assert.ok(!JSON.stringify(made).includes(bot.token.split(":")[1]));
  await leavesNoTrace(bot.token);
});

test("the id first, the token later", async () => {
  const { live } = await world.organisation();
  const bot = telegram.makeBot();
  const made = await create(live, request(bot.id));
  assert.equal(made.status, "pending");
  assert.equal(made.challenge.code, undefined);
  const done = (await show(live, made.id, bot.token)).expect(200).body;
  assert.equal(done.status, "verified");
  assert.equal(done.account.username, bot.username);
  (await show(live, made.id, bot.token)).refused(400, "already_verified");
  await leavesNoTrace(bot.token);
});

test("a wrong or revoked token is refused and leaves nothing behind", async () => {
  const { live } = await world.organisation();
  const bot = telegram.makeBot();
  telegram.revoke(bot);
  (await live.post("verifications", request(bot.token))).refused(400, "invalid_identifier", { field: "identifier", says: /revoked/ });
  assert.equal((await live.get("verifications")).expect(200).body.pagination.total, 0);
  const made = await create(live, request(bot.id));
  (await show(live, made.id, bot.token)).refused(400, "invalid_identifier", { field: "bot_token" });
  const after = await read(live, made.id);
  assert.equal(after.status, "pending");
  assert.equal(after.last_check, undefined);
  await leavesNoTrace(bot.token);
});

test("another bot's token, and what is no token", async () => {
  const { live } = await world.organisation();
  const [bot, other] = [telegram.makeBot(), telegram.makeBot()];
  const made = await create(live, request(bot.id));
  const asked = world.internet.requestsTo("api.telegram.org").length;
  (await show(live, made.id, other.token)).refused(400, "invalid_identifier", { field: "bot_token" });
  for (const odd of ["", bot.id, `${bot.token}x`, bot.token.slice(0, -1), `${bot.id}:${"/".repeat(35)}`, "../../x", "x".repeat(5_000)]) {
    (await show(live, made.id, odd)).refused(400, "validation_error", { field: "bot_token" });
  }
  for (const odd of [null, 7, [bot.token], {}]) {
    (await live.post(`verifications/${made.id}/submit`, { bot_token: odd })).expect(400);
  }
  (await live.post(`verifications/${made.id}/submit`, { bot_token: bot.token, challenge_code: "ABC234" })).refused(400, "validation_error");
  assert.equal(world.internet.requestsTo("api.telegram.org").length, asked, "Telegram was not asked about any of these");
  assert.equal((await read(live, made.id)).status, "pending");
});

test("Telegram answers for another bot than the token names", async () => {
  const { live } = await world.organisation();
  const [bot, other] = [telegram.makeBot(), telegram.makeBot()];
  telegram.refuse = () => [200, { ok: true, result: { id: Number(other.id), is_bot: true, first_name: "X", username: other.username } }];
  try {
    (await live.post("verifications", request(bot.token))).refused(400, "invalid_identifier");
  } finally {
    telegram.refuse = undefined;
  }
});

test("while Telegram is out of reach the verification waits", async () => {
  const { live } = await world.organisation();
  const bot = telegram.makeBot();
  for (const answer of [
    [502, { ok: false, error_code: 502 }],
    [429, { ok: false, error_code: 429, parameters: { retry_after: 3 } }],
    [200, "<html>"],
  ]) {
    telegram.refuse = () => answer;
    const made = await create(live, request(bot.token));
    assert.equal(made.status, "pending");
    const { last_check: check } = await read(live, made.id);
    assert.deepEqual([check.method, check.result, check.retryable], ["bot_token", "provider_unavailable", true]);
    const waiting = (await show(live, made.id, bot.token)).expect(200).body;
    assert.equal(waiting.status, "pending");
    telegram.refuse = undefined;
    assert.equal((await show(live, made.id, bot.token)).expect(200).body.status, "verified");
  }
});

test("a repetition is answered as the first, whatever became of the token", async () => {
  const { live } = await world.organisation();
  const bot = telegram.makeBot();
  const headers = { "idempotency-key": "one-bot" };
  const first = (await live.post("verifications", request(bot.token), { headers })).expect(201).body;
  telegram.revoke(bot);
  const again = (await live.post("verifications", request(bot.token), { headers })).expect(201);
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  assert.equal(again.body.id, first.id);
  assert.equal(again.body.status, "verified");
});

test("in test mode Telegram is not asked", async () => {
  const { test: client } = await world.organisation();
  const bot = telegram.makeBot();
  const asked = world.internet.requestsTo("api.telegram.org").length;
  const made = await create(client, request(bot.token));
  assert.equal(made.status, "pending");
  (await show(client, made.id, bot.token)).refused(400, "validation_error");
  const done = (await client.post(`verifications/${made.id}/submit`, { challenge_code: made.challenge.code })).expect(200).body;
  assert.equal(done.status, "verified");
  assert.equal(done.account, undefined);
  assert.equal(world.internet.requestsTo("api.telegram.org").length, asked);
});

test("a token for something that is no bot", async () => {
  const { live } = await world.organisation();
  const bot = telegram.makeBot();
  const made = await create(live, { type: "email", channel: "email", identifier: "somebody@postbox-of-tests.com" });
  (await show(live, made.id, bot.token)).refused(400, "validation_error", { field: "bot_token" });
  await leavesNoTrace(bot.token);
});
