// What an operator does by command: organisations, API keys that are shown once, their revocation.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { Client } from "./harness/client.mjs";
import { operate } from "./harness/operator.mjs";
import { eventually } from "./harness/poll.mjs";
import { proven } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";
import { PUBLISHED_AFTER_RETIREMENT } from "../xtask/runner/signing.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const keyIn = (text) => /pk_(live|test)_[0-9A-Za-z]{38}/.exec(text)?.[0];

test("an organisation, a key, its use, its revocation", async () => {
  const id = /[0-9a-f]{24}/.exec(await operate(world, "org create", { name: "Operated", rate: "1000" }))[0];
  assert.match(await operate(world, "org list"), new RegExp(`${id}.*Operated.*1000`));
  const said = await operate(world, "keys create", { org: "Operated", env: "live", name: "server" });
  const key = keyIn(said);
  assert.ok(key.startsWith("pk_live_"), said);
  const client = new Client(world, key);
  const reply = (await client.get("verifications")).expect(200);
  assert.equal(reply.headers.get("ratelimit-limit"), "1000");

  const list = await eventually("the last use is listed", async () => {
    const text = await operate(world, "keys list", { org: id });
    return /server.*20\d\d-.*20\d\d-/.test(text) && text;
  });
  assert.ok(!list.includes(key), "a key is shown once only");
  assert.ok(list.includes(key.slice(-4)));

  const keyId = /^([0-9a-f]{24})/m.exec(list)[1];
  assert.match(await operate(world, "keys revoke", { id: keyId }), /revoked/);
  await eventually("the key is dead", async () => (await client.get("verifications")).status === 401, { within: 5_000 });
  await assert.rejects(operate(world, "keys revoke", { id: keyId }), /no key that is still good/);
});

test("what does not exist is said not to", async () => {
  await assert.rejects(operate(world, "keys create", { org: "Nobody", env: "test", name: "x" }), /no organisation Nobody/);
  await assert.rejects(operate(world, "signing-key activate", { kid: "proof-holdings-2020-01" }), /no signing key/);
});

test("a signing key is announced before it signs", async () => {
  const before = world.secrets.SIGNING_KEYS.active;
  await operate(world, "signing-key announce");
  const { keys } = (await world.anonymous.get("/.well-known/jwks.json")).expect(200).body;
  assert.equal(keys.length, 2);
  assert.equal(world.secrets.SIGNING_KEYS.active, before, "the old one still signs");
  const next = keys.map(({ kid }) => kid).find((kid) => kid !== before);
  await operate(world, "signing-key activate", { kid: next });
  assert.equal(world.secrets.SIGNING_KEYS.active, next);
  const list = await operate(world, "signing-key list");
  assert.match(list, new RegExp(`${before.replaceAll(".", "\\.")}\\s+retired`));
  // Its last proof can be checked for as long as it is good, by whoever keeps the key set for a day.
  const { test: key } = await world.organisation();
  const { token } = await proven(key);
  const { iat, exp } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
  assert.ok(exp - iat + 24 * 60 * 60 <= PUBLISHED_AFTER_RETIREMENT);
  assert.ok(!list.includes(world.secrets.SIGNING_KEYS.keys[0].d.slice(0, 20)), "never a private part");
});
