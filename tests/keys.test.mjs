// API keys: who is let in, who is not, and how soon a revoked key is dead.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { eventually } from "./harness/poll.mjs";
import { startWorld } from "./harness/world.mjs";
import { create } from "./harness/steps.mjs";
import { newKey } from "../xtask/runner/seed.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const list = (headers, key = null) => world.anonymous.get("verifications", { headers, key });

test("a request without a key is refused and told how to send one", async () => {
  const reply = (await list({})).refused(401, "unauthorized");
  assert.match(reply.headers.get("www-authenticate") ?? "", /^Bearer/);
});

test("whatever is not a key of this system is refused in the same words", async () => {
  const { test: client } = await world.organisation();
  const good = client.key;
  const changed = good.slice(0, -1) + (good.endsWith("0") ? "1" : "0");
  const headers = [
    "Bearer",
    "Bearer ",
    "Bearer x",
    `Bearer ${changed}`,
    `Bearer ${good} `.padEnd(90, "x"),
    `Bearer ${good},${good}`,
    `Bearer ${good.toUpperCase()}`,
    `Bearer ${good.slice(0, -6)}`,
    `Bearer ${newKey("test")}`,
    `Bearer ${newKey("live")}`,
    `Bearer ${good.replace("pk_test_", "pk_live_")}`,
    `Bearer ${good.replace("pk_test_", "sk_test_")}`,
    `Bearer prf_live_${"a".repeat(38)}`,
    `Basic ${Buffer.from(`${good}:`).toString("base64")}`,
    `Token ${good}`,
    good,
    "Bearer eyJhbGciOiJub25lIn0.e30.",
    `Bearer ${"a".repeat(8_000)}`,
    "Bearer ' OR 1=1 --",
  ];
  const answers = new Set();
  for (const authorization of headers) {
    const reply = (await list({ authorization })).refused(401, "unauthorized");
    answers.add(reply.fingerprint());
  }
  assert.equal(answers.size, 1, [...answers].join("\n"));
});

test("the scheme's name may be written in any case", async () => {
  const { test: client } = await world.organisation();
  for (const scheme of ["Bearer", "bearer", "BEARER"]) {
    (await list({ authorization: `${scheme} ${client.key}` })).expect(200);
  }
});

test("two Authorization headers are not one key", async () => {
  const { test: one } = await world.organisation();
  const { test: other } = await world.organisation();
  for (const keys of [
    [one.key, other.key],
    [one.key, one.key],
  ]) {
    const headers = keys.flatMap((key) => ["Authorization", `Bearer ${key}`]);
    const reply = await world.anonymous.bare("GET", "/api/v1/verifications", { headers });
    // Node's and workerd's parsers may join the two or refuse; nobody is let in.
    assert.ok([400, 401].includes(reply.status), `let in with two keys: ${reply.status}`);
  }
});

test("a key in the query or in a cookie is no key", async () => {
  const { test: client } = await world.organisation();
  for (const name of ["key", "api_key", "access_token", "token", "authorization"]) {
    const reply = await world.anonymous.get(`verifications?${name}=${client.key}`);
    reply.refused(401, "unauthorized");
  }
  (await list({ cookie: `key=${client.key}; authorization=Bearer ${client.key}` })).refused(401, "unauthorized");
  (await list({ "x-api-key": client.key })).refused(401, "unauthorized");
});

test("a key never appears in an answer or in the log", async () => {
  const { test: client, live } = await world.organisation();
  const wrong = client.key.slice(0, -1) + (client.key.endsWith("0") ? "1" : "0");
  const replies = [
    await client.get("verifications"),
    await client.get(`verifications?api_key=${live.key}`),
    await list({ authorization: `Bearer ${wrong}` }),
    await client.post("verifications", { type: "phone", channel: "sms", identifier: client.key }),
  ];
  for (const reply of replies) {
    for (const key of [client.key, wrong, live.key]) assert.ok(!reply.text.includes(key.slice(8, 40)), reply.text);
  }
  const log = String(await world.logs());
  for (const key of [client.key, live.key]) assert.ok(!log.includes(key.slice(8, 40)), "the log has a key");
});

test("several keys of one organisation see the same things", async () => {
  const org = await world.organisation();
  const second = await org.addKey("test");
  const { id } = await create(org.test);
  assert.equal((await second.get(`verifications/${id}`)).expect(200).body.id, id);
});

test("the time of last use is noted", async () => {
  const org = await world.organisation();
  const begun = Math.floor(Date.now() / 1000) - 1;
  const row = async () => (await world.sql("SELECT last_used_at FROM api_keys WHERE hash = ?", [world.hashOf(org.test.key)]))[0];
  assert.equal((await row()).last_used_at, null);
  (await org.test.get("verifications")).expect(200);
  const used = await eventually("last_used_at", async () => (await row()).last_used_at);
  assert.ok(used >= begun && used <= Date.now() / 1000 + 1, String(used));
});

test("only a keyed hash of a key is stored", async () => {
  const org = await world.organisation();
  const [row] = await world.sql("SELECT * FROM api_keys WHERE hash = ?", [world.hashOf(org.test.key)]);
  assert.ok(!JSON.stringify(row).includes(org.test.key.slice(8, 20)));
});

test("a revoked key is dead within the cache time, its sister lives", async () => {
  const org = await world.organisation();
  const second = await org.addKey("test");
  (await org.test.get("verifications")).expect(200);
  (await second.get("verifications")).expect(200);
  await world.sql("UPDATE api_keys SET revoked_at = ? WHERE hash = ?", [Math.floor(Date.now() / 1000), world.hashOf(org.test.key)]);
  await eventually("the revoked key is refused", async () => (await org.test.get("verifications")).status === 401, { within: 5_000 });
  (await org.test.get("verifications")).refused(401, "unauthorized");
  (await second.get("verifications")).expect(200);
  const neverSeen = await org.addKey("test");
  await world.sql("UPDATE api_keys SET revoked_at = 1 WHERE hash = ?", [world.hashOf(neverSeen.key)]);
  (await neverSeen.get("verifications")).refused(401, "unauthorized");
});

test("authentication comes before everything that could tell about an id", async () => {
  const org = await world.organisation();
  const { id } = await create(org.test);
  const existing = await world.anonymous.get(`verifications/${id}`);
  const missing = await world.anonymous.get("verifications/507f1f77bcf86cd799439011");
  existing.refused(401, "unauthorized");
  assert.equal(existing.fingerprint(), missing.fingerprint());
});
