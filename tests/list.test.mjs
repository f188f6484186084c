// GET /verifications: pages, filters, and every parameter that is none.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, createEmail, proven } from "./harness/steps.mjs";

let world;
let org;
const made = [];
before(async () => {
  world = await startWorld();
  org = await world.organisation();
  for (let i = 0; i < 23; i++) made.push(await create(org.test, { external_user_id: `user ${i % 3}`, client_metadata: { i } }));
  made.push(await createEmail(org.test));
  made.push((await proven(org.test)).verification);
  await world.listed(org.test, "verifications?limit=100", 25);
  // Created within the same second or two: told apart by moving them apart in the ledger.
  for (const [i, { id }] of made.entries()) {
    await world.sql("UPDATE verifications SET created_at = ? WHERE id = ?", [1_700_000_000 + i * 60, id]);
  }
});
after(() => world?.stop());

const list = async (query) => (await org.test.get(`verifications${query}`)).expect(200).body;
const newestFirst = () => made.map(({ id }) => id).reverse();

test("the newest comes first, twenty to a page", async () => {
  const first = await list("");
  assert.deepEqual(
    first.data.map(({ id }) => id),
    newestFirst().slice(0, 20),
  );
  assert.deepEqual(first.pagination, { page: 1, limit: 20, total: 25, pages: 2, hasMore: true });
  const second = await list("?page=2");
  assert.deepEqual(
    second.data.map(({ id }) => id),
    newestFirst().slice(20),
  );
  assert.deepEqual(second.pagination, { page: 2, limit: 20, total: 25, pages: 2, hasMore: false });
});

test("pages of any size join without gap or repetition", async () => {
  for (const limit of [1, 7, 25, 100]) {
    const ids = [];
    for (let page = 1; ; page++) {
      const { data, pagination } = await list(`?limit=${limit}&page=${page}`);
      ids.push(...data.map(({ id }) => id));
      if (!pagination.hasMore) break;
    }
    assert.deepEqual(ids, newestFirst(), `limit ${limit}`);
  }
});

test("a page beyond the end is empty", async () => {
  const { data, pagination } = await list("?page=10000&limit=100");
  assert.deepEqual(data, []);
  assert.equal(pagination.total, 25);
  assert.equal(pagination.hasMore, false);
});

test("filters select, alone and together", async () => {
  const count = async (query) => (await list(query)).pagination.total;
  assert.equal(await count("?status=verified"), 1);
  assert.equal(await count("?status=pending"), 24);
  for (const status of ["failed", "expired", "revoked"]) assert.equal(await count(`?status=${status}`), 0);
  assert.equal(await count("?type=email"), 1);
  assert.equal(await count("?type=wallet"), 0);
  assert.equal(await count("?channel=whatsapp"), 24);
  assert.equal(await count("?external_user_id=user%200"), 8);
  assert.equal(await count("?external_user_id=user+0"), 8);
  assert.equal(await count("?external_user_id=user"), 0);
  assert.equal(await count("?external_user_id=%25"), 0);
  assert.equal(await count("?status=verified&type=phone&channel=whatsapp"), 1);
  assert.equal(await count("?status=verified&type=email"), 0);
});

test("the created range holds both its first and its last second", async () => {
  const at = (i) => new Date((1_700_000_000 + i * 60) * 1000).toISOString().replace(".000Z", "Z");
  const ids = async (query) => (await list(`${query}&limit=100`)).data.map(({ id }) => id);
  assert.deepEqual(await ids(`?created_after=${at(20)}`), newestFirst().slice(0, 5));
  assert.deepEqual(await ids(`?created_before=${at(20)}`), newestFirst().slice(4));
  assert.deepEqual(await ids(`?created_after=${at(5)}&created_before=${at(10)}`), newestFirst().slice(14, 20));
  assert.deepEqual(await ids(`?created_after=${at(10)}&created_before=${at(5)}`), []);
  const offset = await list(`?created_after=${encodeURIComponent("2023-11-14T23:13:20+01:00")}&limit=1`);
  assert.equal(offset.pagination.total, 25, "any offset is understood");
});

test("an entry has its metadata and neither challenge nor token", async () => {
  const { data } = await list("?limit=100");
  for (const one of data) {
    assert.equal(one.challenge, undefined);
    assert.equal(one.proof, undefined);
    assert.equal(one.test_mode, true);
  }
  assert.deepEqual(data.find(({ id }) => id === made[3].id).client_metadata, { i: 3 });
  const verified = data.find(({ status }) => status === "verified");
  assert.ok(verified.verified_at && verified.proof_expires_at);
});

test("what is no parameter, or no value of it, is refused by name", async () => {
  const cases = {
    page: [
      "0",
      "-1",
      "1e18",
      "1000000000000000000",
      "10001",
      "1000000",
      "NaN",
      "1;DROP TABLE verifications",
      "1.0",
      "+1",
      "%201",
      "0x1",
      "１",
      "null",
      "true",
    ],
    limit: ["0", "-1", "101", "1e9", "1000000000", "NaN", "abc", "2.5", "١"],
    status: ["pending' OR 1=1--", "PENDING", "pending,verified", "unknown", "*"],
    type: ["house", "Phone", "phone' --"],
    channel: ["pigeon", "SMS"],
    created_after: ["yesterday", "2026-13-01T00:00:00Z", "1700000000", "2026-02-04", "2026-02-04 10:50"],
    created_before: ["x", "99999-01-01T00:00:00Z"],
    external_user_id: ["%00", "a%0Ab", "x".repeat(256)],
  };
  for (const [name, values] of Object.entries(cases)) {
    for (const value of values) {
      const reply = await org.test.get(`verifications?${name}=${value}`);
      assert.equal(reply.status, 400, `${name}=${value}: ${reply.text}`);
      reply.refused(400, "validation_error", { field: name });
    }
  }
  for (const [query, field] of [
    ["limit[]=1", "limit[]"],
    ["limit=1&limit=2", "limit"],
    ["colour=red", "colour"],
    ["PAGE=1", "PAGE"],
    ["page%5B%5D=1", "page[]"],
    ["sort=id", "sort"],
    ["__proto__=1", "__proto__"],
  ]) {
    (await org.test.get(`verifications?${query}`)).refused(400, "validation_error", { field });
  }
});

test("search terms of any length are an answer or a refusal, never a fault", async () => {
  for (const term of ["x".repeat(51), "x".repeat(255), "%25".repeat(60), "_".repeat(60), "%5C".repeat(40), "[a-z]*", "%F0%9F%98%80"]) {
    (await org.test.get(`verifications?external_user_id=${term}`)).expect(200);
  }
  const reply = await org.test.get("verifications?external_user_id=%ff%fe");
  assert.ok([200, 400].includes(reply.status), reply.text);
});

test("a very long query is refused, not a fault", async () => {
  const reply = await org.test.get(`verifications?${"a".repeat(12_000)}=1`);
  reply.refused(400, "validation_error");
  assert.ok(reply.text.length < 1_000, "the refusal does not repeat it");
});
