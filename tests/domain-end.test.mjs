// The end of a challenge within a look that a domain gets by itself: a late finding verifies nothing,
// and what is over is not looked at any more.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { txt } from "./harness/dns.mjs";
import { startWorld } from "./harness/world.mjs";
import { createDomain, read } from "./harness/steps.mjs";
import { eventually } from "./harness/poll.mjs";

let world;
let client;
before(async () => {
  world = await startWorld({ dns: true, vars: { DOMAIN_CHECK_SECONDS: "1", DOMAIN_CHALLENGE_SECONDS: "3" } });
  client = (await world.organisation()).test;
});
after(() => world?.stop());

test("what is found after the end verifies nothing, and nobody looks again", async () => {
  world.internet.slowDns(3_500);
  const { id, challenge } = await createDomain(client);
  await world.dns.publish({ name: challenge.dns_record.name, type: "TXT", data: txt(challenge.dns_record.value) });
  await eventually("its own look has begun", () => world.internet.requests.some(({ resolver }) => resolver));
  const ended = await eventually(
    "the end",
    async () => {
      const now = await read(client, id);
      return now.status !== "pending" && now;
    },
    { within: 8_000 },
  );
  assert.equal(ended.status, "expired");
  assert.equal(ended.next_check_at, undefined);
  await eventually("the look is over", () => Date.now() > Date.parse(challenge.expires_at) + 4_000, { within: 8_000 });
  world.internet.slowDns(0);
  const later = await read(client, id);
  assert.equal(later.status, "expired");
  assert.equal(later.proof, undefined);
  assert.deepEqual(await world.sql("SELECT id FROM proofs WHERE id = ?", [id]), []);
  const asked = world.internet.requests.filter(({ resolver }) => resolver).length;
  assert.equal(asked, 3, "one look at three resolvers, and no more");
});
