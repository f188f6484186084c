// Idempotency-Key: the same request under the same key makes one verification and sends one
// message, whatever goes wrong on the way; another request under it is refused.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { freshEmail, freshPhone, otherwise, random, submit } from "./harness/steps.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const post = (client, key, body) => client.post("verifications", body, { headers: { "idempotency-key": key } });
const email = () => ({ type: "email", channel: "email", identifier: freshEmail() });

test("a repetition is given the first one's verification and says so", async () => {
  const { test: client } = await world.organisation();
  const [key, body] = [random(), { ...email(), client_metadata: { a: 1, b: [2] } }];
  const first = (await post(client, key, body)).expect(201);
  assert.equal(first.headers.get("idempotent-replayed"), null);
  const again = (await post(client, key, body)).expect(201);
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  assert.deepEqual(again.body, first.body);
  const reordered = await post(client, key, {
    client_metadata: body.client_metadata,
    identifier: otherwise(body.identifier),
    channel: body.channel,
    type: body.type,
  });
  assert.equal(reordered.expect(201).body.id, first.body.id, "the same request written otherwise");
});

test("fifty at once make one verification and one message", async () => {
  const { live: client, id: organisation } = await world.organisation();
  const [key, body] = [random(), email()];
  const replies = await Promise.all(Array.from({ length: 50 }, () => post(client, key, body)));
  const ids = new Set(replies.map((reply) => reply.expect(201).body.id));
  assert.equal(ids.size, 1);
  assert.equal(replies.filter((reply) => reply.headers.get("idempotent-replayed") === null).length, 1, "one of them made it");
  const [id] = ids;
  await world.inbox.code(id);
  assert.equal((await world.inbox.messages(id)).length, 1);
  await world.listed(client, "verifications", 1);
  const rows = await world.sql("SELECT id FROM verifications WHERE organisation_id = ?", [organisation]);
  assert.equal(rows.length, 1);
});

test("another request under a used key is refused and changes nothing", async () => {
  const { test: client } = await world.organisation();
  const [key, body] = [random(), email()];
  const { id } = (await post(client, key, body)).expect(201).body;
  for (const other of [
    { ...body, identifier: freshEmail() },
    { ...body, external_user_id: "x" },
    { ...body, client_metadata: {} },
    { type: "phone", channel: "sms", identifier: freshPhone() },
  ]) {
    const reply = (await post(client, key, other)).refused(409, "conflict");
    assert.ok(!reply.text.includes(id));
  }
  assert.equal((await post(client, key, body)).expect(201).body.id, id);
});

test("a repetition after the end shows the end", async () => {
  const { test: client } = await world.organisation();
  const [key, body] = [random(), email()];
  const made = (await post(client, key, body)).expect(201).body;
  (await submit(client, made.id, made.challenge.code)).expect(200);
  const again = (await post(client, key, body)).expect(201).body;
  assert.equal(again.id, made.id);
  assert.equal(again.status, "verified");
});

test("a key belongs to one organisation and one environment", async () => {
  const one = await world.organisation();
  const other = await world.organisation();
  const [key, body] = [random(), email()];
  const ids = [];
  for (const client of [one.test, one.live, other.test]) ids.push((await post(client, key, body)).expect(201).body.id);
  assert.equal(new Set(ids).size, 3);
  const sister = await one.addKey("test");
  assert.equal((await post(sister, key, body)).expect(201).body.id, ids[0], "another key of the same organisation");
});

test("a refused request uses no key up", async () => {
  const { test: client } = await world.organisation();
  const key = random();
  (await post(client, key, { type: "email", channel: "email", identifier: "nobody" })).refused(400, "invalid_identifier");
  const reply = (await post(client, key, email())).expect(201);
  assert.equal(reply.headers.get("idempotent-replayed"), null);
});

test("a key has 1 to 255 visible characters", async () => {
  const { test: client } = await world.organisation();
  (await post(client, "x".repeat(255), email())).expect(201);
  for (const key of ["x".repeat(256), "a b", "a\tb", "\u00e9", "x".repeat(5_000)]) {
    (await post(client, key, email())).refused(400, "validation_error", { field: "Idempotency-Key" });
  }
});

test("without a key every request is its own", async () => {
  const { test: client } = await world.organisation();
  const body = email();
  const ids = await Promise.all([1, 2, 3].map(async () => (await client.post("verifications", body)).expect(201).body.id));
  assert.equal(new Set(ids).size, 3);
});

test("an id made from a key cannot be told from a random one", async () => {
  const { test: client } = await world.organisation();
  const { id } = (await post(client, "1", email())).expect(201).body;
  assert.match(id, /^[0-9a-f]{24}$/);
});
