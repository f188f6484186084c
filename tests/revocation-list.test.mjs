// The public revocation list and the key set: apart by environment, in order, complete however one
// pages, cacheable, and the same whoever asks.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { eventually } from "./harness/poll.mjs";
import { startWorld } from "./harness/world.mjs";
import { proven, provenByEmail } from "./harness/steps.mjs";

let world;
let org;
before(async () => {
  world = await startWorld();
  org = await world.organisation();
});
after(() => world?.stop());

const revoke = async (client, id) => (await client.post(`proofs/${id}/revoke`, { reason: "other" })).expect(200).body;
const list = async (query = "") => (await world.anonymous.get(`proofs/revoked${query}`)).expect(200).body;
const ids = (page) => page.data.map((one) => one.proof_id);

async function revokedProof(client = org.test) {
  const { id } = await proven(client);
  await revoke(client, id);
  return id;
}

test("it needs no key and is empty at first", async () => {
  assert.deepEqual(await list(), {
    data: [],
    pagination: { page: 1, limit: 10_000, total: 0, pages: 0, hasMore: false, next_cursor: null },
  });
});

test("live and test are apart", async () => {
  const inTest = await revokedProof();
  const live = await provenByEmail(world, org.live);
  const { revoked_at } = await revoke(org.live, live.id);
  const [testList, liveList] = [await list("?environment=test"), await list("?environment=live")];
  assert.ok(ids(testList).includes(inTest) && !ids(testList).includes(live.id));
  assert.ok(ids(liveList).includes(live.id) && !ids(liveList).includes(inTest));
  assert.deepEqual(await list(), liveList, "live is the default");
  assert.deepEqual(liveList.data.at(-1), { proof_id: live.id, revoked_at }, "neither tenant nor reason is told");
});

test("a revocation is in the list at once, though the list is cached", async () => {
  for (let i = 0; i < 3; i++) {
    await list("?environment=test");
    const id = await revokedProof();
    assert.ok(ids(await list("?environment=test")).includes(id));
  }
});

test("pages and cursors give every entry once, in one order", async () => {
  for (let i = 0; i < 7; i++) await revokedProof();
  const whole = ids(await list("?environment=test"));
  const byPage = [];
  for (let page = 1; ; page++) {
    const answer = await list(`?environment=test&limit=3&page=${page}`);
    assert.ok(answer.data.length <= 3);
    assert.equal(answer.pagination.total, whole.length);
    byPage.push(...ids(answer));
    if (!answer.pagination.hasMore) break;
  }
  assert.deepEqual(byPage, whole);
  const byCursor = [];
  for (let query = "?environment=test&limit=2"; ;) {
    const answer = await list(query);
    byCursor.push(...ids(answer));
    const { hasMore, next_cursor: next } = answer.pagination;
    assert.equal(hasMore, next !== null && next !== undefined);
    if (!hasMore) break;
    query = `?environment=test&limit=2&after=${next}`;
  }
  assert.deepEqual(byCursor, whole);
});

test("who pages by cursor while others revoke misses nothing", async () => {
  const before = ids(await list("?environment=test"));
  const added = [];
  const seen = [];
  let query = "?environment=test&limit=2";
  for (let round = 0; ; round++) {
    const answer = await list(query);
    seen.push(...ids(answer));
    if (round < 4) added.push(await revokedProof());
    if (!answer.pagination.hasMore && round >= 4) break;
    if (answer.pagination.next_cursor) query = `?environment=test&limit=2&after=${answer.pagination.next_cursor}`;
  }
  assert.deepEqual([...new Set(seen)], [...before, ...added]);
});

test("its headers allow five minutes' keeping and conditional requests", async () => {
  for (const [path, seconds] of [
    ["proofs/revoked", 300],
    ["/.well-known/jwks.json", 86_400],
  ]) {
    const reply = (await world.anonymous.get(path)).expect(200);
    assert.match(reply.headers.get("content-type"), /^application\/json/);
    assert.match(reply.headers.get("cache-control"), new RegExp(`^public, max-age=${seconds}\\b.*stale-while-revalidate=\\d+`));
    assert.equal(reply.headers.get("access-control-allow-origin"), "*");
    assert.equal(reply.headers.get("set-cookie"), null);
    const tag = reply.headers.get("etag");
    assert.match(tag, /^(W\/)?"[^"]+"$/);
    for (const known of [tag, `"other", ${tag}`, `W/${tag.replace(/^W\//, "")}`, "*"]) {
      const same = await world.anonymous.get(path, { headers: { "if-none-match": known } });
      assert.equal(same.status, 304, known);
      assert.equal(same.text, "");
      assert.equal(same.headers.get("etag"), tag);
      assert.match(same.headers.get("cache-control"), /max-age/);
    }
    (await world.anonymous.get(path, { headers: { "if-none-match": '"stale"' } })).expect(200);
    const head = await world.anonymous.request("HEAD", path);
    assert.equal(head.status, 200);
    assert.equal(head.text, "");
    assert.equal(head.headers.get("etag"), tag);
  }
});

test("a list that the edge has kept tells its age, so that nobody keeps it beyond its time", async () => {
  const age = async () => Number((await world.anonymous.get("proofs/revoked?environment=test")).expect(200).headers.get("age"));
  await revokedProof();
  assert.ok((await age()) <= 1);
  await eventually("it grows old", async () => (await age()) >= 2, { within: 6_000, every: 200 });
  await revokedProof();
  assert.ok((await age()) <= 1, "a revocation makes a new one");
});

test("the tag changes with the list and only then", async () => {
  const tag = async () => (await world.anonymous.get("proofs/revoked?environment=test")).headers.get("etag");
  const first = await tag();
  assert.equal(await tag(), first);
  await revokedProof();
  assert.notEqual(await tag(), first);
});

test("nothing about the asker gets into it or past it", async () => {
  const plain = (await world.anonymous.get("proofs/revoked")).expect(200);
  for (const headers of [
    { "x-forwarded-host": "evil-of-tests.com" },
    { "x-original-url": "/api/v1/verifications" },
    { "x-rewrite-url": "/health" },
    { accept: "text/html" },
    { "accept-language": "lt" },
    { authorization: `Bearer ${org.live.key}` },
    { authorization: "Bearer nonsense" },
    { cookie: "a=b" },
    { origin: "https://evil-of-tests.com" },
    { "x-http-method-override": "DELETE" },
  ]) {
    const reply = (await world.anonymous.get("proofs/revoked", { headers })).expect(200);
    assert.equal(reply.text, plain.text, JSON.stringify(headers));
    assert.equal(reply.headers.get("etag"), plain.headers.get("etag"));
    assert.ok(!JSON.stringify([...reply.headers]).includes("evil-of-tests.com"));
  }
});

test("parameters that are none are refused, and nearby paths are nothing", async () => {
  for (const [query, field] of [
    ["x=1", "x"],
    ["environment=prod", "environment"],
    ["environment=LIVE", "environment"],
    ["limit=0", "limit"],
    ["limit=10001", "limit"],
    ["page=0", "page"],
    ["page=1e3", "page"],
    ["after=x", "after"],
    ["after=-1", "after"],
    ["after=1' OR '1'='1", "after"],
    ["after=99999999999999999999999", "after"],
    ["after=1&page=2", "page"],
    ["environment=live&environment=test", "environment"],
  ]) {
    (await world.anonymous.get(`proofs/revoked?${query}`)).refused(400, "validation_error", { field });
  }
  for (const path of [
    "proofs/revoked/",
    "proofs/revoked;x",
    "proofs/revoked.json",
    "proofs/Revoked",
    "proofs//revoked",
    "/.well-known/jwks.json/",
    "/.well-known/jwks",
    "/.well-known/JWKS.json",
  ]) {
    const reply = await world.anonymous.get(path);
    assert.ok([401, 404].includes(reply.status), `${path}: ${reply.status}`);
  }
});

test("the key set has public parts only", async () => {
  const { keys } = (await world.anonymous.get("/.well-known/jwks.json")).expect(200).body;
  assert.equal(keys.length, 1);
  assert.deepEqual(Object.keys(keys[0]).sort(), ["alg", "e", "kid", "kty", "n", "use"]);
  assert.deepEqual([keys[0].kty, keys[0].alg, keys[0].use, keys[0].e], ["RSA", "RS256", "sig", "AQAB"]);
  assert.equal(Buffer.from(keys[0].n, "base64url").length, 256);
});
