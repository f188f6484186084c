// Everything about one user deleted: nothing of it is left in any table or any object's files, nothing
// of anybody else is touched, and it can be repeated and cut off at will.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import * as leftovers from "./harness/leftovers.mjs";
import { openStream } from "./harness/sse.mjs";
import { eventually } from "./harness/poll.mjs";
import { create, createEmail, freshId, freshPhone, proven, provenByEmail, random, read } from "./harness/steps.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const erase = (client, name, query = "") => client.request("DELETE", `verifications/users/${encodeURIComponent(name)}${query}`);
const erased = async (client, name, query) => (await erase(client, name, query)).expect(200).body;
const NOTHING = { verifications: 0, sessions: 0, verification_requests: 0, events: 0, webhook_deliveries: 0 };

const inTables = (words) => leftovers.inTables(world, words);
const inObjects = (words) => leftovers.inObjects(world, words);

/** A user with something of everything. */
async function lived(client, name, mark) {
  const metadata = { client_metadata: { note: `metadata-${mark}` }, external_user_id: name };
  const phone = await proven(client, { ...metadata, identifier: freshPhone() });
  const email = await createEmail(client, { ...metadata, identifier: `mail.${mark}@postbox-of-tests.com` });
  const session = (await client.post("sessions", { channel: "telegram", ...metadata })).expect(201).body;
  const done = (await client.post("sessions", { channel: "whatsapp", ...metadata })).expect(201).body;
  const number = freshPhone();
  await client.post(`sessions/${done.id}/test-verify`, { phone_number: number });
  const captured = (await client.get(`sessions/${done.id}`)).expect(200).body;
  await eventually("the ledger to know them", async () => {
    const { body } = await client.get(`verifications/users/${encodeURIComponent(name)}`);
    const traces = await world.sql("SELECT * FROM traces WHERE external_user_id = ?", [name]);
    return body.verification_count === 3 && traces.length >= 2;
  });
  return {
    verifications: [phone.id, email.id, captured.verification_id],
    sessions: [session.id, done.id],
    token: phone.token,
    words: [name, `metadata-${mark}`, `mail.${mark}`, phone.verification.identifier, number],
  };
}

test("nothing of a user is left, in any table or object, and a receipt says what there was", async () => {
  const owner = await world.organisation();
  const other = await world.organisation();
  const name = `person/${random()} ž`;
  const mark = random();
  const life = await lived(owner.test, name, mark);
  const stranger = await lived(other.test, name, random());
  const neighbour = await create(owner.test, { external_user_id: `${name}x`, client_metadata: { note: "neighbour" } });
  const words = life.words.filter((word) => word !== name);
  assert.ok((await inTables(words)).length > 0, "it was in tables before");
  assert.ok((await inObjects(words)).length > 4, "it was in objects before");

  const receipt = await erased(owner.test, name);
  assert.equal(receipt.status, "completed");
  assert.equal(receipt.external_user_id, name);
  assert.deepEqual([receipt.deleted.verifications, receipt.deleted.sessions], [3, 2]);
  assert.equal(receipt.proofs_revoked, 0);
  assert.ok(receipt.completed_at >= receipt.requested_at);
  assert.equal(receipt.test_mode, true);
  assert.ok(!JSON.stringify(receipt).includes(mark));

  assert.deepEqual(await inTables(words), []);
  assert.deepEqual(await inObjects(words), []);
  for (const id of life.verifications) (await owner.test.get(`verifications/${id}`)).refused(404, "not_found");
  for (const id of life.sessions) (await owner.test.get(`sessions/${id}`)).refused(404, "not_found");
  (await owner.test.get(`verifications/users/${encodeURIComponent(name)}`)).refused(404, "not_found");

  // What others have under the same name, and what is called almost the same, is as it was.
  for (const id of stranger.verifications) assert.equal((await read(other.test, id)).external_user_id, name);
  for (const id of stranger.sessions) (await other.test.get(`sessions/${id}`)).expect(200);
  assert.equal((await read(owner.test, neighbour.id)).external_user_id, `${name}x`);

  const kept = (await owner.test.get(`erasures/${receipt.id}`)).expect(200).body;
  const { external_user_id: said, ...rest } = receipt;
  assert.equal(said, name);
  assert.deepEqual(kept, rest, "the receipt is the same without the name");
  // The name itself is nowhere but with the other organisation and its neighbour.
  const rows = await world.sql("SELECT * FROM erasures WHERE id = ?", [receipt.id]);
  assert.ok(!JSON.stringify(rows).includes(name));
  assert.deepEqual(await erased(owner.test, name), receipt, "repeated, it says the same");

  await erased(other.test, name);
  await erased(owner.test, `${name}x`);
  assert.deepEqual(await inTables([name, ...stranger.words]), []);
  assert.deepEqual(await inObjects([name, ...stranger.words]), []);
});

test("proofs stay good for whoever holds them, unless they are to be revoked", async () => {
  const { test: client } = await world.organisation();
  const valid = async (token) => (await client.post("proofs/validate", { proof_token: token })).expect(200).body;
  const kept = await proven(client, { external_user_id: "keeps" });
  const gone = await proven(client, { external_user_id: "revokes" });
  const twice = await proven(client, { external_user_id: "revokes" });
  const pending = await create(client, { external_user_id: "revokes" });
  (await client.post(`proofs/${twice.id}/revoke`, { reason: "fraud" })).expect(200);
  await eventually("the ledger to know them", async () => (await world.sql("SELECT id FROM verifications WHERE id IN (?, ?, ?)", [kept.id, gone.id, pending.id])).length === 3);
  assert.equal((await erased(client, "keeps")).proofs_revoked, 0);
  assert.equal((await valid(kept.token)).valid, true);
  assert.equal((await client.get(`proofs/${kept.id}/status`)).expect(200).body.status, "verified");

  const receipt = await erased(client, "revokes", "?revoke=true");
  assert.equal(receipt.proofs_revoked, 1, "one that was revoked before does not count");
  assert.equal(receipt.deleted.verifications, 3);
  const answer = await valid(gone.token);
  assert.deepEqual([answer.valid, answer.reason], [false, "revoked"]);
  const status = (await client.get(`proofs/${gone.id}/status`)).expect(200).body;
  assert.deepEqual([status.is_revoked, status.revoked_reason], [true, "user_request"]);
  assert.equal((await client.get(`proofs/${twice.id}/status`)).expect(200).body.revoked_reason, "fraud");
  const listed = await world.sql("SELECT COUNT(*) AS times FROM revocations WHERE proof_id = ?", [gone.id]);
  assert.equal(listed[0].times, 1);

  // What was kept can still be withdrawn by its id.
  const late = (await client.post(`proofs/${kept.id}/revoke`, { reason: "key_compromise" })).expect(200).body;
  assert.equal(late.verification_id, kept.id);
  assert.equal((await valid(kept.token)).reason, "revoked");
  const again = (await client.post(`proofs/${kept.id}/revoke`, { reason: "fraud" })).expect(200).body;
  assert.equal(again.revoked_at, late.revoked_at);
});

test("live: the code that was open, the message in the inbox, the stream and the idempotency key go with it", async () => {
  const owner = await world.organisation();
  const mark = random();
  const key = { headers: { "idempotency-key": `key-${mark}` } };
  const body = { type: "email", channel: "email", identifier: `live.${mark}@postbox-of-tests.com`, external_user_id: mark };
  const { id } = (await owner.live.post("verifications", body, key)).expect(201).body;
  await world.inbox.code(id);
  const done = await provenByEmail(world, owner.live, { external_user_id: mark });
  const stream = await openStream(owner.live, `verifications/${id}/events`);
  assert.equal(stream.status, 200);
  assert.equal((await stream.next()).event, "connected");
  await eventually("the ledger to know them", async () => (await world.sql("SELECT id FROM verifications WHERE external_user_id = ?", [mark])).length === 2);

  const receipt = await erased(owner.live, mark);
  assert.equal(receipt.deleted.verifications, 2);
  await stream.closed();
  assert.deepEqual(await inTables([mark, done.identifier]), []);
  assert.deepEqual(await inObjects([mark, done.identifier]), []);
  assert.deepEqual(await world.sql("SELECT * FROM open_codes WHERE subject_id IN (?, ?)", [id, done.id]), []);
  (await owner.live.post("verifications", body, key)).refused(409, "conflict");
  // A new beginning under the same name is another matter, and another receipt.
  const next = await createEmail(owner.live, { external_user_id: mark });
  await eventually("the ledger to know it", async () => (await world.sql("SELECT id FROM verifications WHERE id = ?", [next.id])).length === 1);
  const second = await erased(owner.live, mark);
  assert.notEqual(second.id, receipt.id);
  assert.equal(second.deleted.verifications, 1);
  assert.equal(second.subject_digest, receipt.subject_digest);
});

test("a name that is unknown, another tenant's or the other environment's is no error and changes nothing", async () => {
  const owner = await world.organisation();
  const stranger = await world.organisation();
  const name = `victim-${random()}`;
  const { id } = await proven(owner.test, { external_user_id: name });
  await eventually("the ledger to know it", async () => (await world.sql("SELECT id FROM verifications WHERE id = ?", [id])).length === 1);
  const digests = new Set();
  for (const client of [stranger.test, stranger.live, owner.live]) {
    const receipt = await erased(client, name, "?revoke=true");
    const unknown = await erased(client, `unknown-${random()}`, "?revoke=true");
    assert.deepEqual([receipt.deleted, receipt.proofs_revoked], [NOTHING, 0]);
    assert.deepEqual(Object.keys(receipt), Object.keys(unknown), "a foreign name looks like an unknown one");
    assert.deepEqual(unknown.deleted, NOTHING);
    digests.add(receipt.subject_digest);
    (await owner.test.get(`erasures/${receipt.id}`)).refused(404, "not_found");
    assert.equal((await owner.test.get(`erasures/${receipt.id}`)).fingerprint(), (await owner.test.get(`erasures/${freshId()}`)).fingerprint());
  }
  assert.equal(digests.size, 3, "whoever asks, the digest of one name differs");
  assert.equal((await read(owner.test, id)).status, "verified");
  (await world.anonymous.request("DELETE", `verifications/users/${name}`)).refused(401, "unauthorized");
  (await world.anonymous.post("erasures", { external_user_id: name })).refused(401, "unauthorized");
});

test("names that no path can hold are deleted by a body", async () => {
  const { test: client } = await world.organisation();
  for (const name of [".", "..", "a/../b", "%2e", " "]) {
    const { id } = await create(client, { external_user_id: name });
    await eventually("the ledger to know it", async () => (await world.sql("SELECT id FROM verifications WHERE id = ?", [id])).length === 1);
    const receipt = (await client.post("erasures", { external_user_id: name })).expect(200).body;
    assert.equal(receipt.deleted.verifications, 1, JSON.stringify(name));
  }
  for (const [body, field] of [
    [{}, "external_user_id"],
    [{ external_user_id: "" }, "external_user_id"],
    [{ external_user_id: 7 }, "external_user_id"],
    [{ external_user_id: "x".repeat(256) }, "external_user_id"],
    [{ external_user_id: "a", all: true }, "all"],
    [{ external_user_id: "a", revoke: "yes" }, "revoke"],
  ]) {
    (await client.post("erasures", body)).refused(400, "validation_error", { field });
  }
  (await erase(client, "a", "?revoke=yes")).refused(400, "validation_error", { field: "revoke" });
  (await erase(client, "a", "?all=true")).refused(400, "validation_error", { field: "all" });
  (await erase(client, "x".repeat(256))).refused(404, "not_found");
});

test("the name is in no log line", async () => {
  const { test: client } = await world.organisation();
  const name = `logged-${random()}`;
  await create(client, { external_user_id: name });
  await client.get(`verifications/users/${name}`);
  await erased(client, name);
  (await client.post("erasures", { external_user_id: name })).expect(200);
  assert.deepEqual(world.logs().filter((line) => line.includes(name)), []);
});

test("repetitions at once all answer with the receipt of the deletion", async () => {
  const { test: client } = await world.organisation();
  const name = `repeated-${random()}`;
  await create(client, { external_user_id: name });
  const first = await erased(client, name);
  for (let round = 0; round < 5; round++) {
    const receipts = await Promise.all(Array.from({ length: 4 }, () => erased(client, name)));
    for (const receipt of receipts) assert.deepEqual(receipt, first);
  }
  assert.equal((await world.sql("SELECT COUNT(*) AS n FROM erasures WHERE subject = ?", [first.subject_digest]))[0].n, 1);
});

test("many at once, asked for many times at once, are each deleted and counted once", async () => {
  const { test: client } = await world.organisation();
  const name = `many-${random()}`;
  for (let batch = 0; batch < 6; batch++) await Promise.all(Array.from({ length: 10 }, () => create(client, { external_user_id: name })));
  await eventually("the ledger to know all", async () => (await world.sql("SELECT COUNT(*) AS n FROM verifications WHERE external_user_id = ?", [name]))[0].n === 60);
  const receipts = await Promise.all(Array.from({ length: 5 }, () => erased(client, name)));
  const ids = new Set(receipts.map(({ id }) => id));
  const rows = await world.sql("SELECT verifications FROM erasures WHERE subject = ?", [receipts[0].subject_digest]);
  assert.equal(rows.reduce((sum, row) => sum + row.verifications, 0), 60, `${ids.size} receipts count each once`);
  assert.deepEqual(await inTables([name]), []);
});
