// A domain check waits for the outside while everything else goes on: many checks at once, and the
// end of the challenge within the wait.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { txt } from "./harness/dns.mjs";
import { startWorld } from "./harness/world.mjs";
import { createDomain, read } from "./harness/steps.mjs";
import { eventually } from "./harness/poll.mjs";
import { takeApart } from "./harness/tokens.mjs";

let world;
let client;
before(async () => {
  world = await startWorld({ dns: true, vars: { DOMAIN_CHALLENGE_SECONDS: "6" } });
  client = (await world.organisation()).test;
});
after(() => world?.stop());

async function published() {
  const made = await createDomain(client);
  await world.dns.publish({ name: made.challenge.dns_record.name, type: "TXT", data: txt(made.challenge.dns_record.value) });
  return made;
}

const verify = (id) => client.post(`verifications/${id}/verify`);

test("twenty checks at once, each waiting two seconds, verify once", async () => {
  const { id } = await published();
  world.internet.slowDns(2_000);
  const replies = await Promise.all(Array.from({ length: 20 }, () => verify(id)));
  world.internet.slowDns(0);
  const won = replies.filter((reply) => reply.status === 200);
  for (const reply of replies.filter((one) => one.status !== 200)) reply.refused(400, "already_verified");
  const tokens = new Set(won.map((reply) => reply.body.proof.token));
  assert.equal(tokens.size, 1, "one token");
  assert.equal(won.length, 1, "one transition");
  const rows = await eventually("the ledger", async () => {
    const all = await world.sql("SELECT jti FROM proofs WHERE id = ?", [id]);
    return all.length > 0 && all;
  });
  assert.deepEqual(rows, [{ jti: takeApart([...tokens][0]).claims.jti }]);
});

test("what ends during the check is over: a late finding verifies nothing", async () => {
  const { id, challenge } = await published();
  await eventually("the last second", async () => Date.now() > Date.parse(challenge.expires_at) - 1_500, { within: 8_000 });
  world.internet.slowDns(2_500);
  const reply = await verify(id);
  world.internet.slowDns(0);
  reply.refused(400, "challenge_expired");
  const now = await read(client, id);
  assert.equal(now.status, "expired");
  assert.equal(now.proof, undefined);
  assert.deepEqual(await world.sql("SELECT id FROM proofs WHERE id = ?", [id]), []);
});

test("test-verify during a check wins, and the check's finding makes no second proof", async () => {
  const { id } = await published();
  world.internet.slowDns(1_500);
  const check = verify(id);
  const done = (await client.post(`verifications/${id}/test-verify`)).expect(200).body;
  const late = await check;
  world.internet.slowDns(0);
  late.refused(400, "already_verified");
  assert.equal((await read(client, id)).proof.token, done.proof.token);
});
