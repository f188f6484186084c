// Domains that are looked at by themselves while they are pending: without any call the record is
// found, ever more rarely it is looked for, and a look that meets another look, an end or a crash
// changes nothing twice and loses nothing.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { txt } from "./harness/dns.mjs";
import { file } from "./harness/internet.mjs";
import { startWorld } from "./harness/world.mjs";
import { createDomain, freshDomain, read } from "./harness/steps.mjs";
import { eventually } from "./harness/poll.mjs";
import { openStream } from "./harness/sse.mjs";
import { takeApart } from "./harness/tokens.mjs";

let world;
let org;
before(async () => {
  world = await startWorld({ dns: true, vars: { DOMAIN_CHECK_SECONDS: "1", DOMAIN_CHALLENGE_SECONDS: "45" } });
  org = await world.organisation();
});
after(() => world?.stop());

const publish = ({ name, value }) => world.dns.publish({ name, type: "TXT", data: txt(value) });
const record = (made) => made.challenge.dns_record;
const verified = (client, id) =>
  eventually(
    "it is found by itself",
    async () => {
      const now = await read(client, id);
      return now.status === "verified" && now;
    },
    { within: 15_000 },
  );
const proofsOf = (id) => world.sql("SELECT jti FROM proofs WHERE id = ?", [id]);
const atResolvers = () => world.internet.requests.filter(({ resolver }) => resolver).length;

for (const mode of ["live", "test"]) {
  test(`a record is found without any call, and listeners hear of it (${mode})`, async () => {
    const client = org[mode];
    const made = await createDomain(client);
    assert.ok(made.next_check_at, "it says when");
    const stream = await openStream(client, `verifications/${made.id}/events`);
    await publish(record(made));
    const done = await verified(client, made.id);
    assert.ok(done.check_count >= 1);
    assert.equal(done.last_check.result, "verified");
    assert.equal(done.next_check_at, undefined);
    assert.equal(takeApart(done.proof.token).claims.env, mode);
    assert.equal((await stream.next()).event, "connected");
    const event = await stream.next();
    assert.equal(event.event, "status_changed");
    assert.equal(event.data.status, "verified");
    await eventually("the ledger", async () => (await proofsOf(made.id)).length === 1);
    const rows = await proofsOf(made.id);
    assert.equal(rows[0].jti, takeApart(done.proof.token).claims.jti);
  });
}

test("a file is found as well, and either with auto", async () => {
  const byFile = await createDomain(org.test, "http");
  const either = await createDomain(org.test, "auto");
  for (const { identifier, challenge } of [byFile, either]) {
    const { content, path } = challenge.http_file;
    await world.dns.publish({ name: identifier, type: "A", data: world.internet.host(file(path, content)) });
  }
  for (const { id } of [byFile, either]) assert.equal((await verified(org.test, id)).last_check.method, "http");
});

test("what is not there is looked for ever more rarely, and asking does not change the plan", async () => {
  const { id } = await createDomain(org.test);
  const seen = [];
  await eventually(
    "four looks",
    async () => {
      const now = await read(org.test, id);
      assert.equal(now.status, "pending");
      if (now.last_check && seen.at(-1)?.count !== now.check_count) seen.push({ count: now.check_count, next: now.next_check_at, at: now.last_check.checked_at });
      return seen.length >= 3;
    },
    { within: 20_000 },
  );
  const pauses = seen.map(({ next, at }) => (Date.parse(next) - Date.parse(at)) / 1_000);
  for (let i = 1; i < pauses.length; i++) assert.ok(pauses[i] > pauses[i - 1], `pauses ${pauses}`);
  const { next_check_at: planned } = await read(org.test, id);
  const asked = (await org.test.post(`verifications/${id}/verify`)).expect(200).body;
  assert.equal(asked.check_count, seen.at(-1).count + 1);
  assert.equal(asked.next_check_at, planned);
});

test("an asked-for look and one by itself at once verify once", async () => {
  const made = await createDomain(org.test);
  await publish(record(made));
  world.internet.slowDns(1_500);
  const before = atResolvers();
  await eventually("its own look has begun", () => atResolvers() > before);
  const replies = await Promise.all(Array.from({ length: 5 }, () => org.test.post(`verifications/${made.id}/verify`)));
  world.internet.slowDns(0);
  for (const reply of replies.filter(({ status }) => status !== 200)) reply.refused(400, "already_verified");
  const done = await verified(org.test, made.id);
  for (const reply of replies.filter(({ status }) => status === 200)) assert.equal(reply.body.proof.token, done.proof.token);
  await eventually("the ledger", async () => (await proofsOf(made.id)).length > 0);
  assert.deepEqual(await proofsOf(made.id), [{ jti: takeApart(done.proof.token).claims.jti }]);
});

test("a look that gets lost with the machine is made again", async () => {
  const made = await createDomain(org.test);
  await publish(record(made));
  world.internet.slowDns(4_000);
  const before = atResolvers();
  await eventually("its own look has begun", () => atResolvers() > before);
  await world.crash();
  world.internet.slowDns(0);
  assert.equal((await read(org.test, made.id)).status, "pending");
  const done = await eventually(
    "it is looked at again",
    async () => {
      const now = await read(org.test, made.id);
      return now.status === "verified" && now;
    },
    { within: 40_000 },
  );
  await eventually("the ledger", async () => (await proofsOf(made.id)).length > 0);
  assert.deepEqual(await proofsOf(made.id), [{ jti: takeApart(done.proof.token).claims.jti }]);
});

test("one domain of one organisation is looked at so often an hour, whatever the number of verifications", async () => {
  const { test: client } = await world.organisation();
  const identifier = freshDomain();
  const hour = () => Math.floor(Date.now() / 3_600_000);
  const began = hour();
  const made = [];
  for (let batch = 0; batch < 7; batch++) made.push(...(await Promise.all(Array.from({ length: 10 }, () => createDomain(client, "dns", { identifier })))));
  const looks = async () => {
    const all = await Promise.all(made.map(({ id }) => read(client, id)));
    return all.map(({ check_count: count }) => count ?? 0).reduce((sum, count) => sum + count, 0);
  };
  await eventually("the limit", async () => (await looks()) >= 60, { within: 20_000 });
  const planned = (await Promise.all(made.map(({ id }) => read(client, id)))).map((one) => Date.parse(one.next_check_at));
  await eventually("the next ones are due", () => Date.now() > Math.min(...planned) + 1_500, { within: 40_000 });
  // The count begins anew with every hour of the clock.
  if (hour() === began) assert.equal(await looks(), 60);
  const asked = (await client.post(`verifications/${made[0].id}/verify`)).expect(200).body;
  assert.ok(asked.check_count >= 1, "a call is not held back by it");
});
