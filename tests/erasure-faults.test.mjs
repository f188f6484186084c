// A deletion that is cut off, by the ledger or by the end of the system: the next call goes on, and all
// is counted once.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { inObjects, inTables } from "./harness/leftovers.mjs";
import { eventually } from "./harness/poll.mjs";
import { createRequest, onPage, testVerify } from "./harness/requests.mjs";
import { create, freshPhone, proven, random, read } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

async function without(table, body) {
  await world.sql(`ALTER TABLE ${table} RENAME TO ${table}_away`);
  try {
    return await body();
  } finally {
    await world.sql(`ALTER TABLE ${table}_away RENAME TO ${table}`);
  }
}

const erase = (client, name, query = "") => client.request("DELETE", `verifications/users/${name}${query}`);

/** So many verifications under one name, in the ledger. */
async function many(client, name, count) {
  for (let made = 0; made < count; made += 10) await Promise.all(Array.from({ length: 10 }, () => create(client, { external_user_id: name })));
  await eventually("the ledger to know all", async () => (await world.sql("SELECT COUNT(*) AS n FROM verifications WHERE external_user_id = ?", [name]))[0].n === count);
}

const receipts = (client, ids) => Promise.all(ids.map(async (id) => (await client.get(`erasures/${id}`)).expect(200).body));

test("the ledger is away: nothing is said to be deleted that is not, and the next call goes on", async () => {
  const { test: client } = await world.organisation();
  const name = `away-${random()}`;
  await many(client, name, 30);
  // Objects are told while their rows cannot be deleted.
  await without("proofs", async () => (await erase(client, name, "?revoke=true")).refused(503, "unavailable"));
  const [under] = await world.sql("SELECT id, completed_at FROM erasures WHERE external_user_id = ?", [name]);
  assert.equal(under.completed_at, null);
  const [waiting] = await receipts(client, [under.id]);
  assert.equal(waiting.status, "in_progress");
  const done = (await erase(client, name)).expect(200).body;
  assert.equal(done.id, under.id, "it is the same deletion");
  assert.equal(done.deleted.verifications, 30);
  assert.deepEqual(await inTables(world, [name]), []);
  assert.deepEqual(await inObjects(world, [name]), []);
});

test("the system is killed when objects are gone and rows are not: the next call goes on, and each thing counts once", async () => {
  const { test: client } = await world.organisation();
  const name = `killed-${random()}`;
  await many(client, name, 40);
  await without("proofs", async () => {
    (await erase(client, name, "?revoke=true")).refused(503, "unavailable");
    await world.crash();
  });
  assert.equal((await world.sql("SELECT COUNT(*) AS n FROM verifications WHERE external_user_id = ?", [name]))[0].n, 40);
  const done = (await erase(client, name)).expect(200).body;
  assert.deepEqual([done.status, done.deleted.verifications], ["completed", 40]);
  assert.equal((await world.sql("SELECT COUNT(*) AS n FROM erasures WHERE subject = ?", [done.subject_digest]))[0].n, 1);
  assert.deepEqual(await inTables(world, [name]), []);
  assert.deepEqual(await inObjects(world, [name]), []);
});

test("many calls at once while it cannot be done: none of them says that it is", async () => {
  const { test: client } = await world.organisation();
  const name = `twice-${random()}`;
  const { id } = await proven(client, { external_user_id: name });
  await eventually("the ledger to know it", async () => (await world.sql("SELECT id FROM proofs WHERE id = ?", [id])).length === 1);
  // The object of what was proven goes when the ledger can revoke its proof, and not before.
  const replies = await without("proofs", () => Promise.all(Array.from({ length: 20 }, () => erase(client, name))));
  for (const reply of replies) reply.refused(503, "unavailable");
  assert.equal((await read(client, id)).external_user_id, name, "it is there still");
  const done = await Promise.all(Array.from({ length: 20 }, () => erase(client, name)));
  for (const reply of done) assert.equal(reply.expect(200).body.deleted.verifications, 1);
  assert.deepEqual(await inTables(world, [name]), []);
  assert.deepEqual(await inObjects(world, [name]), []);
});

test("what the ledger does not know yet is deleted with what made it, counted, and its proof revoked", async () => {
  const owner = await world.organisation();
  const name = `unknown-${random()}`;
  const mark = random();
  const assets = [1, 2].map((number) => ({ type: "email", identifier: `mail${number}.${mark}@postbox-of-tests.com` }));
  const request = await createRequest(owner.test, assets, { external_user_id: name });
  const session = (await owner.test.post("sessions", { channel: "whatsapp", external_user_id: name })).expect(201).body;
  await eventually("the ledger to know both", async () => {
    const requests = await world.sql("SELECT id FROM verification_requests WHERE external_user_id = ?", [name]);
    const traces = await world.sql("SELECT * FROM traces WHERE external_user_id = ?", [name]);
    return requests.length + traces.length === 2;
  });
  const number = freshPhone();
  const [token] = await without("verifications", async () => {
    const [asset] = (await testVerify(owner.test, request.id, 0)).expect(200).body.assets;
    assert.equal((await onPage(world, request.id, 1, "start", { channel: "email" })).status, 303);
    (await owner.test.post(`sessions/${session.id}/test-verify`, { phone_number: number })).expect(200);
    return [asset.proof.token];
  });
  const done = (await erase(owner.test, name, "?revoke=true")).expect(200).body;
  assert.deepEqual(
    [done.deleted.verification_requests, done.deleted.sessions, done.deleted.verifications, done.proofs_revoked],
    [1, 1, 3, 2],
  );
  assert.equal((await owner.test.post("proofs/validate", { proof_token: token })).expect(200).body.reason, "revoked");
  // Whatever was to be tried again has been by now.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  assert.deepEqual(await inTables(world, [name, mark, number]), []);
  assert.deepEqual(await inObjects(world, [name, mark, number]), []);
  assert.deepEqual((await owner.test.get("events")).expect(200).body.data, []);
});

test("what is more than one call deletes is deleted by several", async () => {
  const { id: organisation, test: client } = await world.organisation();
  const name = `lots-${random()}`;
  // Rows alone: objects that are gone already are no obstacle.
  await world.sql(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 410)
     INSERT INTO verifications (id, organisation_id, environment, type, channel, status, identifier, external_user_id, created_at, updated_at, revision)
     SELECT lower(hex(randomblob(12))), ?, 'test', 'phone', 'sms', 'expired', '+37060000000', ?, 1700000000, 1700000000, 1 FROM numbers`,
    [organisation, name],
  );
  const first = (await erase(client, name)).expect(202).body;
  assert.equal(first.status, "in_progress");
  assert.equal(first.deleted.verifications, 400);
  const second = (await erase(client, name)).expect(200).body;
  assert.deepEqual([second.id, second.status, second.deleted.verifications], [first.id, "completed", 410]);
});

test("what comes to be while the last step is made is deleted too, before it is said that nothing is left", async () => {
  const { id: organisation, test: client } = await world.organisation();
  const name = `between-${random()}`;
  await many(client, name, 10);
  // A delivery that begins between the last look and the end, once.
  await world.sql("CREATE TABLE came_between (id TEXT)");
  await world.sql(
    `CREATE TRIGGER come_between AFTER UPDATE OF events ON erasures WHEN NEW.external_user_id = '${name}' AND NOT EXISTS (SELECT 1 FROM came_between)
     BEGIN
       INSERT INTO came_between VALUES (NEW.id);
       INSERT INTO webhook_deliveries (id, organisation_id, environment, event_id, event_type, endpoint_id, external_user_id, url, created_at, updated_at)
       VALUES (lower(hex(randomblob(12))), '${organisation}', 'test', 'event', 'verification.completed', 'endpoint', NEW.external_user_id, 'https://hooks-of-tests.com/', 0, 0);
     END`,
  );
  try {
    const done = (await erase(client, name)).expect(200).body;
    assert.deepEqual([done.status, done.deleted.verifications, done.deleted.webhook_deliveries], ["completed", 10, 1]);
    assert.equal((await world.sql("SELECT COUNT(*) AS n FROM came_between"))[0].n, 1);
    assert.deepEqual(await inTables(world, [name]), []);
  } finally {
    await world.sql("DROP TRIGGER come_between");
    await world.sql("DROP TABLE came_between");
  }
});
