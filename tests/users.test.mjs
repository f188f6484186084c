// A tenant's users: who proved what under the tenant's own names, masked, page by page, and nobody
// else's.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, createEmail, proven, provenByEmail } from "./harness/steps.mjs";
import { eventually } from "./harness/poll.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const users = async (client, query = "") => (await client.get(`verifications/users${query}`)).expect(200).body;
const path = (name, query = "") => `verifications/users/${encodeURIComponent(name)}${query}`;
const user = async (client, name, query) => (await client.get(path(name, query))).expect(200).body;
/** The user once so many of their verifications are in the ledger. */
const known = (client, name, count) =>
  eventually(`${count} verifications of ${name}`, async () => {
    const found = await user(client, name);
    return found.verification_count >= count && found;
  });
const listed = (client, total) =>
  eventually(`${total} users`, async () => {
    const found = await users(client);
    return found.pagination.total >= total && found;
  });

test("users are grouped by the name that the tenant gave, with what they proved", async () => {
  const { test: client } = await world.organisation();
  const name = "user_12345";
  const phone = await proven(client, { external_user_id: name, identifier: "+37069199199" });
  const email = await proven(client, { type: "email", channel: "email", identifier: "user@postbox-of-tests.com", external_user_id: name });
  const second = await proven(client, { external_user_id: name, identifier: "+37069199198" });
  const open = await create(client, { external_user_id: name });
  await proven(client);
  await create(client, { external_user_id: "only asked" });
  await known(client, name, 4);
  await known(client, "only asked", 1);
  const { data, pagination } = await eventually("the list", async () => {
    const found = await users(client);
    return found.data[0]?.verification_count === 3 && found;
  });
  assert.deepEqual(pagination, { page: 1, limit: 20, total: 1, pages: 1, hasMore: false });
  const [one] = data;
  assert.equal(one.external_user_id, name);
  assert.deepEqual(one.types_verified, ["phone", "email"]);
  assert.deepEqual(new Set(one.verifications.map(({ id }) => id)), new Set([phone.id, email.id, second.id]));
  const shown = one.verifications.find(({ id }) => id === phone.id);
  assert.equal(shown.identifier, "+3706***9199");
  assert.equal(shown.type, "phone");
  assert.equal(shown.test_mode, true);
  assert.equal(shown.verified_at, phone.verification.verified_at);
  assert.equal(one.verifications.find(({ id }) => id === email.id).identifier, "us***@postbox-of-tests.com");
  const times = one.verifications.map(({ verified_at: at }) => at);
  assert.equal(one.first_verified_at, times.toSorted()[0]);
  assert.equal(one.last_verified_at, times.toSorted().at(-1));

  const details = await user(client, name);
  assert.equal(details.external_user_id, name);
  assert.equal(details.verification_count, 4);
  assert.deepEqual(details.types_verified, ["phone", "email"]);
  const pending = details.verifications.find(({ id }) => id === open.id);
  assert.equal(pending.status, "pending");
  assert.equal(pending.has_proof, false);
  assert.equal(pending.verified_at, undefined);
  const done = details.verifications.find(({ id }) => id === phone.id);
  assert.equal(done.status, "verified");
  assert.equal(done.has_proof, true);
  assert.equal(done.proof_expires_at, phone.verification.proof.expires_at);
  assert.ok(done.created_at);
  for (const text of [JSON.stringify(data), JSON.stringify(details)]) {
    for (const secret of ["+37069199199", "user@postbox", "eyJ"]) assert.ok(!text.includes(secret), secret);
  }
});

test("what was revoked does not count any more", async () => {
  const { test: client } = await world.organisation();
  const { id } = await proven(client, { external_user_id: "revoked" });
  await listed(client, 1);
  (await client.post(`proofs/${id}/revoke`, { reason: "fraud" })).expect(200);
  assert.deepEqual((await users(client)).data, []);
  const details = await user(client, "revoked");
  assert.equal(details.verifications[0].status, "revoked");
  assert.equal(details.verifications[0].has_proof, false);
  assert.deepEqual(details.types_verified, []);
  assert.equal(details.first_verified_at, undefined);
});

test("names of any kind are found again, and only they", async () => {
  const { test: client } = await world.organisation();
  const names = ["a/b", "a%2Fb", "a b", "a+b", "Žemyna ✓", "😀", "x".repeat(255), "ž".repeat(255), "' OR 1=1 --", "%", "_", "a?b#c", "A", "a", "...", "users", "domain", "\\", "a;b=c"];
  for (const name of names) await create(client, { external_user_id: name });
  for (const name of names) {
    const found = await known(client, name, 1);
    assert.equal(found.external_user_id, name);
    assert.equal(found.verification_count, 1, name);
  }
  for (const name of ["b", "a/", "a//b", "X".repeat(255), "Ž", "x".repeat(254), "x".repeat(256), "%25"]) {
    (await client.get(path(name))).refused(404, "not_found");
  }
  for (const raw of ["%00", "%ff", "a%0Ab", "%C5"]) (await client.get(`verifications/users/${raw}`)).refused(404, "not_found");
});

test("nobody sees another's users, nor the other environment's", async () => {
  const [one, other] = [await world.organisation(), await world.organisation()];
  const name = "shared name";
  await proven(one.test, { external_user_id: name });
  await provenByEmail(world, one.live, { external_user_id: name });
  await proven(other.test, { external_user_id: name });
  for (const client of [one.test, one.live, other.test]) {
    const { data, pagination } = await listed(client, 1);
    assert.equal(pagination.total, 1);
    assert.equal(data[0].verification_count, 1);
    assert.equal((await known(client, name, 1)).verification_count, 1);
  }
  assert.deepEqual((await users(other.live)).data, []);
  const missing = (await other.live.get(path("nobody"))).refused(404, "not_found");
  const foreign = (await other.live.get(path(name))).refused(404, "not_found");
  assert.equal(foreign.fingerprint(), missing.fingerprint());
  assert.equal((await user(one.live, name)).verifications[0].test_mode, undefined);
});

test("pages of ten thousand users join, cost one search of the index, and stay quick", async () => {
  const { id, test: client } = await world.organisation();
  await world.sql(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 14999)
     INSERT INTO verifications (id, organisation_id, environment, type, channel, status, identifier, external_user_id,
       created_at, updated_at, verified_at, proof_expires_at, revision)
     SELECT printf('%024x', 1000000 + i), ?, 'test', CASE i % 3 WHEN 0 THEN 'email' ELSE 'phone' END, 'sms',
       CASE WHEN i % 10 = 9 AND i >= 10000 THEN 'pending' ELSE 'verified' END, '+37069199199', printf('user %05d', i % 10000),
       1700000000 + i, 1700000000 + i, CASE WHEN i % 10 = 9 AND i >= 10000 THEN NULL ELSE 1700000000 + i END, 2000000000, 1 FROM n`,
    [id],
  );
  const began = Date.now();
  const first = await users(client, "?limit=100");
  assert.ok(Date.now() - began < 3_000, `${Date.now() - began} ms`);
  assert.deepEqual(first.pagination, { page: 1, limit: 100, total: 10_000, pages: 100, hasMore: true });
  assert.equal(first.data[0].external_user_id, "user 04998", "the last who proved something");
  assert.equal(first.data[0].verification_count, 2);
  assert.equal(first.data[0].verifications.length, 2);
  const second = await users(client, "?limit=100&page=2");
  const names = [...first.data, ...second.data].map((one) => one.external_user_id);
  assert.equal(new Set(names).size, 200);
  const times = [...first.data, ...second.data].map((one) => one.last_verified_at);
  assert.deepEqual(times, times.toSorted().reverse());
  assert.deepEqual((await users(client, "?page=10000&limit=100")).data, []);

  const plan = async (statement) => (await world.sql(`EXPLAIN QUERY PLAN ${statement}`)).map(({ detail }) => detail).join("\n");
  const proven = `organisation_id = '${id}' AND environment = 'test' AND external_user_id IS NOT NULL AND status = 'verified'`;
  const groups = await plan(
    `SELECT external_user_id, COUNT(*), GROUP_CONCAT(DISTINCT type), MIN(verified_at), MAX(verified_at) AS last_at FROM verifications
     WHERE ${proven} GROUP BY external_user_id ORDER BY last_at DESC, external_user_id LIMIT 20 OFFSET 0`,
  );
  assert.match(groups, /SEARCH verifications USING COVERING INDEX verifications_of_users \(organisation_id=\? AND environment=\?/);
  assert.match(await plan(`SELECT COUNT(DISTINCT external_user_id) FROM verifications WHERE ${proven}`), /COVERING INDEX verifications_of_users/);
  const one = await plan(
    `SELECT * FROM verifications WHERE organisation_id = '${id}' AND environment = 'test' AND external_user_id = 'user 00001' ORDER BY created_at DESC, id LIMIT 20`,
  );
  assert.match(one, /USING INDEX verifications_of_person \(organisation_id=\? AND environment=\? AND external_user_id=\?\)/);
  assert.ok(!one.includes("TEMP B-TREE"), one);
});

test("one user with more verifications than a page", async () => {
  const { id, test: client } = await world.organisation();
  await world.sql(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 249)
     INSERT INTO verifications (id, organisation_id, environment, type, channel, status, identifier, external_user_id,
       created_at, updated_at, verified_at, proof_expires_at, revision)
     SELECT printf('%024x', 9000000 + i), ?, 'test', 'phone', 'sms', 'verified', '+37069199199', 'busy',
       1700000000 + i, 1700000000 + i, 1700000000 + i, 1700000001, 1 FROM n`,
    [id],
  );
  const [inList] = (await users(client)).data;
  assert.equal(inList.verification_count, 250);
  assert.equal(inList.verifications.length, 20, "the newest");
  assert.equal(inList.verifications[0].verified_at, inList.last_verified_at);
  const pages = [];
  for (const page of [1, 2, 3]) pages.push(await user(client, "busy", `?page=${page}`));
  assert.deepEqual(
    pages.map(({ verifications }) => verifications.length),
    [100, 100, 50],
  );
  assert.equal(pages[0].pagination.total, 250);
  assert.equal(new Set(pages.flatMap(({ verifications }) => verifications.map((one) => one.id))).size, 250);
  assert.ok(pages[0].verifications.every((one) => one.has_proof === false), "their proofs are over");
});

test("what is no parameter, or no value of it, is refused by name", async () => {
  const { test: client } = await world.organisation();
  await createEmail(client, { external_user_id: "someone" });
  await known(client, "someone", 1);
  for (const at of ["verifications/users", path("someone")]) {
    for (const [query, field] of [
      ["page=0", "page"],
      ["page=10001", "page"],
      ["page=1;DROP", "page"],
      ["limit=0", "limit"],
      ["limit=101", "limit"],
      ["limit[]=1", "limit[]"],
      ["limit=1&limit=2", "limit"],
      ["status=verified", "status"],
    ]) {
      (await client.get(`${at}?${query}`)).refused(400, "validation_error", { field });
    }
  }
  (await world.anonymous.get("verifications/users")).refused(401, "unauthorized");
});
