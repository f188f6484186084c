// Webhook endpoints: registered, changed, switched off, tried and deleted; their secrets; and that
// nobody else has anything of them.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { freshId, random } from "./harness/steps.mjs";

let world;
before(async () => {
  world = await startWorld({ vars: { PUBLIC_URL: "https://api.proof-of-tests.com" } });
});
after(() => world?.stop());

const DEFAULT_EVENTS = [
  "verification.completed",
  "verification_request.completed",
  "verification_request.partial",
  "verification_request.expired",
];
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

const freshUrl = () => `https://hooks-${random()}.com/proof?key=${random()}`;
const register = async (client, more = {}) => (await client.post("webhook-endpoints", { url: freshUrl(), ...more })).expect(201).body;
const patch = (client, id, body) => client.request("PATCH", `webhook-endpoints/${id}`, { body });
const read = async (client, id) => (await client.get(`webhook-endpoints/${id}`)).expect(200).body;
const secretOf = async (client, id) => (await client.get(`webhook-endpoints/${id}/secret`)).expect(200).body;
const rotate = (client, id, body) => client.post(`webhook-endpoints/${id}/rotate-secret`, body);
const remove = (client, id) => client.request("DELETE", `webhook-endpoints/${id}`);

test("an endpoint is registered, read, listed, changed and deleted", async () => {
  const { test: client } = await world.organisation();
  const url = freshUrl();
  const made = (await client.post("webhook-endpoints", { url })).expect(201).body;
  assert.match(made.id, /^[0-9a-f]{24}$/);
  assert.match(made.secret, SECRET);
  assert.equal(made.url, url);
  assert.deepEqual(made.events, DEFAULT_EVENTS);
  assert.equal(made.retry_schedule, "standard");
  assert.equal(made.status, "enabled");
  assert.equal(made.consecutive_failures, 0);
  assert.equal(made.test_mode, true);

  const { secret, ...shown } = made;
  assert.deepEqual(await read(client, made.id), shown, "the secret is shown on demand only");
  const list = (await client.get("webhook-endpoints")).expect(200).body;
  assert.deepEqual(list.data, [shown]);
  assert.deepEqual(list.pagination, { page: 1, limit: 20, total: 1, pages: 1, hasMore: false });

  const changed = (
    await patch(client, made.id, { description: "Shop", events: ["proof.revoked", "verification.failed"], retry_schedule: "extended" })
  ).expect(200).body;
  assert.equal(changed.description, "Shop");
  assert.deepEqual(changed.events, ["verification.failed", "proof.revoked"]);
  assert.equal(changed.retry_schedule, "extended");
  assert.equal(changed.url, url);
  const cleared = (await patch(client, made.id, { description: null, events: null })).expect(200).body;
  assert.equal(cleared.description, undefined);
  assert.deepEqual(cleared.events, DEFAULT_EVENTS);
  assert.equal(cleared.retry_schedule, "extended", "what is left out stays");
  assert.deepEqual((await patch(client, made.id, {})).expect(200).body.events, DEFAULT_EVENTS);

  const gone = (await remove(client, made.id)).expect(200).body;
  assert.deepEqual(gone, { id: made.id, deleted: true });
  (await client.get(`webhook-endpoints/${made.id}`)).refused(404, "not_found");
  (await client.get(`webhook-endpoints/${made.id}/secret`)).refused(404, "not_found");
  (await remove(client, made.id)).refused(404, "not_found");
  assert.equal((await client.get("webhook-endpoints")).expect(200).body.pagination.total, 0);
});

test("a live endpoint does not say that it is a test", async () => {
  const { live } = await world.organisation();
  const made = await register(live, { enabled: false });
  assert.equal(made.test_mode, undefined);
  assert.deepEqual([made.status, made.disabled_reason], ["disabled", "by_you"]);
  assert.equal((await secretOf(live, made.id)).test_mode, undefined);
});

test("switched off, and on again, it forgets what went wrong before", async () => {
  const { test: client } = await world.organisation();
  const { id } = await register(client);
  const off = (await patch(client, id, { enabled: false })).expect(200).body;
  assert.deepEqual([off.status, off.disabled_reason], ["disabled", "by_you"]);
  assert.ok(off.disabled_at);
  const on = (await patch(client, id, { enabled: true })).expect(200).body;
  assert.deepEqual([on.status, on.disabled_reason, on.disabled_at], ["enabled", undefined, undefined]);

  const fail = () =>
    world.sql(
      "UPDATE webhook_endpoints SET enabled = 0, disabled_reason = 'failing', disabled_at = 1700000600, failing_since = 1700000000, failures = 40 WHERE id = ?",
      [id],
    );
  await fail();
  const failing = await read(client, id);
  assert.deepEqual([failing.status, failing.disabled_reason, failing.consecutive_failures], ["disabled", "failing", 40]);
  assert.equal(failing.failing_since, "2023-11-14T22:13:20Z");
  assert.equal((await patch(client, id, { enabled: false })).body.disabled_reason, "failing", "why it went off stays");
  assert.equal((await patch(client, id, { description: "x" })).body.consecutive_failures, 40, "other changes do not count as a repair");
  const again = (await patch(client, id, { enabled: true })).expect(200).body;
  assert.deepEqual([again.status, again.consecutive_failures, again.failing_since], ["enabled", 0, undefined]);

  await fail();
  const moved = (await patch(client, id, { url: freshUrl() })).expect(200).body;
  assert.deepEqual([moved.status, moved.consecutive_failures, moved.failing_since], ["disabled", 0, undefined], "another address is not the one that failed");
});

test("addresses that point inwards, here, or nowhere are refused", async () => {
  const { test: client } = await world.organisation();
  const { id } = await register(client);
  for (const url of [
    "",
    "hooks.com",
    "http://hooks-of-tests.com/",
    "ftp://hooks-of-tests.com/",
    "javascript:alert(1)",
    "https://",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.168.1.1/",
    "https://localhost/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://intranet/",
    "https://api.proof-of-tests.com/api/v1/verifications",
    "https://a.api.proof-of-tests.com./",
    "https://user:pass@hooks-of-tests.com/",
    "https://hooks-of-tests.com:22/",
    "https://hooks-of-tests.com/#top",
    "https://hooks-of-tests.com/ a",
    "https://hooks-of-tests.com\\@127.0.0.1/",
    "https://hooks-of-tests.com/\r\nHost: x",
    `https://hooks-of-tests.com/${"a".repeat(2_100)}`,
  ]) {
    (await client.post("webhook-endpoints", { url })).refused(400, "validation_error", { field: "url" });
    (await patch(client, id, { url })).refused(400, "validation_error", { field: "url" });
  }
  for (const url of ["https://hooks-of-tests.com:8443/a?b=c", "https://8.8.8.8/", "https://hooks-of-tests.com"]) {
    await register(client, { url });
  }
  assert.equal(world.internet.outside().length, 0, "nothing is called when an endpoint is registered");
});

test("what is not of the documented form is refused by name", async () => {
  const { test: client } = await world.organisation();
  const { id } = await register(client);
  const url = freshUrl();
  for (const [field, body] of [
    ["url", {}],
    ["url", { url: 1 }],
    ["events", { url, events: [] }],
    ["events[0]", { url, events: ["verification"] }],
    ["events[0]", { url, events: ["*"] }],
    ["events", { url, events: "verification.completed" }],
    ["events", { url, events: ["webhook_endpoint.test"] }],
    ["description", { url, description: "x".repeat(201) }],
    ["description", { url, description: "a\u0000b" }],
    ["retry_schedule", { url, retry_schedule: "forever" }],
    ["enabled", { url, enabled: "yes" }],
    ["secret", { url, secret: "whsec_mine" }],
    ["id", { url, id: freshId() }],
    ["status", { url, status: "enabled" }],
  ]) {
    (await client.post("webhook-endpoints", body)).refused(400, "validation_error", { field });
    if (field !== "url") (await patch(client, id, body)).refused(400, "validation_error", { field });
  }
  for (const overlap of [-1, 1.5, 604_801, 1e18, "1", null]) {
    const reply = await rotate(client, id, { overlap_seconds: overlap });
    if (overlap === null) reply.expect(200);
    else reply.refused(400, "validation_error", { field: "overlap_seconds" });
  }
  (await rotate(client, id, { overlap: 1 })).refused(400, "validation_error", { field: "overlap" });
  (await client.request("POST", "webhook-endpoints", { raw: "url=x", headers: { "content-type": "text/plain" } })).refused(
    415,
    "unsupported_media_type",
  );
  (await client.request("POST", `webhook-endpoints/${id}/rotate-secret`, { raw: "{}", headers: { "content-type": "text/plain" } })).refused(
    415,
    "unsupported_media_type",
  );
  for (const query of ["page=0", "limit=101", "limit[]=1", "status=enabled", "page=1&page=2"]) {
    (await client.get(`webhook-endpoints?${query}`)).refused(400, "validation_error");
  }
  const longest = await register(client, { description: "ž".repeat(200), events: ["proof.revoked", "proof.revoked"] });
  assert.deepEqual(longest.events, ["proof.revoked"]);
});

test("there are twenty at most in each environment, however many are asked for at once", async () => {
  const { test: client, live } = await world.organisation();
  const replies = await Promise.all(Array.from({ length: 30 }, () => client.post("webhook-endpoints", { url: freshUrl() })));
  const made = replies.filter(({ status }) => status === 201);
  assert.equal(made.length, 20);
  for (const reply of replies.filter(({ status }) => status !== 201)) reply.refused(409, "conflict", { says: /20/ });
  assert.equal((await client.get("webhook-endpoints?limit=7&page=3")).expect(200).body.data.length, 6);
  await register(live);
  // The secret of callback addresses is not one of them.
  await secretOf(client, "callback");
  (await remove(client, made[0].body.id)).expect(200);
  await register(client);
  (await client.post("webhook-endpoints", { url: freshUrl() })).refused(409, "conflict");
});

test("under one Idempotency-Key one endpoint is registered", async () => {
  const { test: client, live } = await world.organisation();
  const [key, body] = [random(), { url: freshUrl(), events: ["proof.revoked"] }];
  const post = (from, content) => from.post("webhook-endpoints", content, { headers: { "idempotency-key": key } });
  const replies = await Promise.all(Array.from({ length: 8 }, () => post(client, body)));
  const first = replies[0].expect(201).body;
  for (const reply of replies) assert.deepEqual(reply.expect(201).body, first, "the same endpoint with the same secret");
  assert.equal(replies.filter((reply) => reply.headers.get("idempotent-replayed") === null).length, 1);
  assert.equal((await client.get("webhook-endpoints")).body.pagination.total, 1);
  (await post(client, { url: freshUrl() })).refused(409, "conflict");
  assert.notEqual((await post(live, body)).expect(201).body.id, first.id, "the other environment's key is another");
  // A repetition that comes after the end brings nothing back.
  const other = { headers: { "idempotency-key": random() } };
  const short = (await client.post("webhook-endpoints", body, other)).expect(201).body;
  (await remove(client, short.id)).expect(200);
  (await client.post("webhook-endpoints", body, other)).refused(409, "conflict");
  (await client.get(`webhook-endpoints/${short.id}`)).refused(404, "not_found");
  // Even when there is no room for more, what is there is found.
  for (let i = 0; i < 19; i++) await register(client);
  assert.equal((await post(client, body)).expect(201).body.id, first.id);
});

test("a secret is replaced, and the former one signs on for as long as was said", async () => {
  const { test: client } = await world.organisation();
  const { id, secret } = await register(client);
  assert.deepEqual(await secretOf(client, id), { endpoint_id: id, secret, test_mode: true });

  const first = (await rotate(client, id)).expect(200).body;
  assert.match(first.secret, SECRET);
  assert.notEqual(first.secret, secret);
  assert.equal(first.previous_secret, secret);
  const hours = (Date.parse(first.previous_secret_expires_at) - Date.now()) / 3_600_000;
  assert.ok(hours > 23.9 && hours <= 24, `a day, not ${hours} hours`);
  assert.deepEqual(await secretOf(client, id), first);
  assert.equal((await read(client, id)).previous_secret_expires_at, first.previous_secret_expires_at);

  const second = (await rotate(client, id, { overlap_seconds: 604_800 })).expect(200).body;
  assert.equal(second.previous_secret, first.secret, "the one before the last has ended");

  await world.sql("UPDATE webhook_endpoints SET previous_secret_until = ? WHERE id = ?", [Math.floor(Date.now() / 1000) - 1, id]);
  assert.deepEqual(await secretOf(client, id), { endpoint_id: id, secret: second.secret, test_mode: true });

  const last = (await rotate(client, id, { overlap_seconds: 0 })).expect(200).body;
  assert.deepEqual(Object.keys(last).sort(), ["endpoint_id", "secret", "test_mode"]);
});

test("under one Idempotency-Key a secret is replaced once, and a repetition shows the same", async () => {
  const { test: client } = await world.organisation();
  for (const id of [(await register(client)).id, "callback"]) {
    const { secret } = await secretOf(client, id);
    const key = random();
    const ask = (body) => client.post(`webhook-endpoints/${id}/rotate-secret`, body, { headers: { "idempotency-key": key } });
    const replies = await Promise.all(Array.from({ length: 5 }, () => ask({ overlap_seconds: 60 })));
    const first = replies[0].expect(200).body;
    assert.equal(first.previous_secret, secret);
    for (const reply of replies) assert.deepEqual(reply.expect(200).body, first);
    assert.equal(replies.filter((reply) => reply.headers.get("idempotent-replayed") === null).length, 1);
    (await ask({ overlap_seconds: 0 })).refused(409, "conflict");
    // A repetition that comes after another replacement undoes nothing of it.
    const second = (await rotate(client, id, { overlap_seconds: 60 })).expect(200).body;
    assert.deepEqual((await ask({ overlap_seconds: 60 })).expect(200).body, second);
    assert.deepEqual(await secretOf(client, id), second);
  }
});

test("many replacements at once leave one chain of secrets", async () => {
  const { test: client } = await world.organisation();
  const { id, secret } = await register(client);
  const replies = await Promise.all(Array.from({ length: 6 }, () => rotate(client, id)));
  const seen = new Set([secret, ...replies.map((reply) => reply.expect(200).body.secret)]);
  assert.ok(seen.size >= 2);
  const now = await secretOf(client, id);
  assert.ok(seen.has(now.secret) && seen.has(now.previous_secret));
  assert.notEqual(now.secret, now.previous_secret);
});

test("callback addresses have one secret in each environment, made when it is first asked for", async () => {
  const { id: organisation, test: client, live } = await world.organisation();
  const stranger = await world.organisation();
  const asked = await Promise.all(Array.from({ length: 12 }, () => secretOf(client, "callback")));
  for (const one of asked) assert.deepEqual(one, asked[0]);
  assert.equal(asked[0].endpoint_id, "callback");
  assert.match(asked[0].secret, SECRET);
  const others = [await secretOf(live, "callback"), await secretOf(stranger.test, "callback")];
  assert.equal(new Set([asked[0].secret, ...others.map(({ secret }) => secret)]).size, 3);

  const replaced = (await rotate(client, "callback", {})).expect(200).body;
  assert.equal(replaced.previous_secret, asked[0].secret);
  assert.deepEqual(await secretOf(client, "callback"), replaced);

  // It is no endpoint beyond that, neither by its name nor by the id of its row.
  const [{ id }] = await world.sql(
    "SELECT id FROM webhook_endpoints WHERE kind = 'callback' AND environment = 'test' AND organisation_id = ?",
    [organisation],
  );
  for (const name of ["callback", id]) {
    (await client.get(`webhook-endpoints/${name}`)).refused(404, "not_found");
    (await patch(client, name, { enabled: false })).refused(404, "not_found");
    (await remove(client, name)).refused(404, "not_found");
    (await client.post(`webhook-endpoints/${name}/test`)).refused(404, "not_found");
  }
  (await client.get(`webhook-endpoints/${id}/secret`)).refused(404, "not_found");
  (await rotate(client, id)).refused(404, "not_found");
  assert.deepEqual((await client.get("webhook-endpoints")).body.data, []);
  assert.deepEqual(await secretOf(client, "callback"), replaced);
});

test("a rotation of the callback secret before it was ever used makes it first", async () => {
  const { test: client } = await world.organisation();
  const replaced = (await rotate(client, "callback", { overlap_seconds: 60 })).expect(200).body;
  assert.match(replaced.previous_secret, SECRET);
});

test("secrets lie sealed, and a copied row stays shut", async () => {
  const { test: client } = await world.organisation();
  const one = await register(client);
  const two = await register(client);
  const [row] = await world.sql("SELECT * FROM webhook_endpoints WHERE id = ?", [one.id]);
  assert.ok(!JSON.stringify(row).includes(one.secret.slice(6, 20)));
  assert.match(row.secret, /^v1\./);
  await world.sql("UPDATE webhook_endpoints SET secret = ? WHERE id = ?", [row.secret, two.id]);
  (await client.get(`webhook-endpoints/${two.id}/secret`)).refused(500, "internal_error");
  assert.ok(!world.logs().join("\n").includes("whsec_"), "no secret is in the log");
});

test("nobody else sees, changes, tries or deletes an endpoint", async () => {
  const owner = await world.organisation();
  const stranger = await world.organisation();
  const made = await register(owner.test);
  const before = [await read(owner.test, made.id), await secretOf(owner.test, made.id)];
  const operations = [
    (client, id) => client.get(`webhook-endpoints/${id}`),
    (client, id) => patch(client, id, { enabled: false }),
    (client, id) => client.get(`webhook-endpoints/${id}/secret`),
    (client, id) => rotate(client, id, { overlap_seconds: 0 }),
    (client, id) => client.post(`webhook-endpoints/${id}/test`),
    (client, id) => remove(client, id),
  ];
  for (const ask of operations) {
    for (const client of [stranger.test, stranger.live, owner.live]) {
      const foreign = await ask(client, made.id);
      foreign.refused(404, "not_found");
      assert.equal(foreign.fingerprint(), (await ask(client, freshId())).fingerprint());
    }
  }
  for (const client of [stranger.test, owner.live]) {
    assert.deepEqual((await client.get("webhook-endpoints")).expect(200).body.data, []);
  }
  assert.deepEqual([await read(owner.test, made.id), await secretOf(owner.test, made.id)], before);
  const live = await register(owner.live);
  (await owner.test.get(`webhook-endpoints/${live.id}`)).refused(404, "not_found");
});

test("without a key there is nothing", async () => {
  for (const [method, path] of [
    ["GET", "webhook-endpoints"],
    ["POST", "webhook-endpoints"],
    ["GET", `webhook-endpoints/${freshId()}`],
    ["GET", "webhook-endpoints/callback/secret"],
    ["GET", "webhook-deliveries"],
    ["GET", "webhook-deliveries/stats"],
    ["GET", "events"],
  ]) {
    const reply = await world.anonymous.request(method, path, method === "POST" ? { body: { url: freshUrl() } } : {});
    reply.refused(401, "unauthorized");
  }
});
