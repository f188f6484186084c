// The list of deliveries, one with all that is known of it, the counters, and trying again by hand.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { eventually } from "./harness/poll.mjs";
import { freshId, proven, random } from "./harness/steps.mjs";

let world;
before(async () => {
  // The schedule of retries runs in a hundredth of its time.
  world = await startWorld({ dns: true, vars: { WEBHOOK_RETRY_PERCENT: "1" } });
});
after(() => world?.stop());

/** A receiver under a name of its own; `answer` may be changed while it stands. */
async function receiver(answer = { status: 204 }) {
  const name = `hooks-${random()}.com`;
  const self = { url: `https://${name}/in`, answer, calls: [] };
  const address = world.internet.host(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    self.calls.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    const { status, body = "", headers = {} } = self.answer;
    response.writeHead(status, headers).end(body);
  });
  await world.dns.publish({ name, type: "A", data: address });
  return self;
}

const register = async (client, url, more = {}) => (await client.post("webhook-endpoints", { url, ...more })).expect(201).body;
const list = async (client, query = "") => (await client.get(`webhook-deliveries${query}`)).expect(200).body;
const read = async (client, id) => (await client.get(`webhook-deliveries/${id}`)).expect(200).body;
const stats = async (client) => (await client.get("webhook-deliveries/stats")).expect(200).body;
const retry = (client, id) => client.post(`webhook-deliveries/${id}/retry`);

/** The one delivery of an organisation, once it stands like this. */
const settled = (client, status) =>
  eventually(
    `a delivery that is ${status}`,
    async () => {
      const { data } = await list(client, `?status=${status}`);
      return data.length === 1 && read(client, data[0].id);
    },
    { within: 30_000 },
  );

/** Rows as their objects would write them, at times of their own. */
async function rows(organisation, environment, made) {
  for (const [i, row] of made.entries()) {
    await world.sql(
      `INSERT INTO webhook_deliveries (id, organisation_id, environment, event_id, event_type, endpoint_id,
         verification_request_id, url, status, attempts, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'https://hooks-of-tests.com/', ?, 1, ?, ?)`,
      [
        row.id,
        organisation,
        environment,
        row.event ?? freshId(),
        row.type,
        row.endpoint,
        row.request ?? null,
        row.status,
        1_700_000_000 + i * 60,
        1_700_000_000 + i * 60,
      ],
    );
  }
}

test("a delivery that was taken tells all about itself", async () => {
  const { test: client } = await world.organisation();
  const hook = await receiver({ status: 200, body: "thank you", headers: { "content-type": "text/plain" } });
  const { id: endpoint } = await register(client, hook.url);
  const { id: verification } = await proven(client, { external_user_id: "user_1" });
  const done = await settled(client, "delivered");

  assert.equal(done.event_type, "verification.completed");
  assert.equal(done.endpoint_id, endpoint);
  assert.equal(done.url, hook.url);
  assert.equal(done.verification_request_id, null);
  assert.equal(done.verification_id, verification);
  assert.deepEqual([done.attempts, done.max_attempts, done.response_status], [1, 3, 200]);
  assert.equal(done.response_body, "thank you");
  assert.equal(done.response_headers["content-type"], "text/plain");
  assert.equal(done.next_attempt_at, undefined);
  assert.equal(done.error, undefined);
  assert.equal(done.test_mode, true);

  const [call] = hook.calls;
  assert.deepEqual(done.request_payload, JSON.parse(call.body), "what is shown is what was sent");
  assert.equal(done.request_payload.event, "verification.completed");
  assert.equal(done.request_payload.test, true);
  assert.equal(call.headers["webhook-id"], done.event_id);
  for (const [name, value] of Object.entries(done.request_headers)) assert.equal(call.headers[name], value, name);
  assert.ok(!JSON.stringify(done).includes(call.headers["x-proof-signature"]), "a signature is not shown");
  assert.ok(!JSON.stringify(done).includes(call.headers["webhook-signature"]));
  assert.equal(done.attempt_log.length, 1);
  assert.equal(done.attempt_log[0].response_status, 200);

  const { request_payload, request_headers, response_body, response_headers, attempt_log, ...row } = done;
  assert.deepEqual((await list(client)).data, [row], "the list has the same but what is long");
  assert.deepEqual(await stats(client), { total: 1, delivered: 1, failed: 0, pending: 0, success_rate: 100 });
});

test("one that failed is tried again by hand: the same delivery, the same event", async () => {
  const { test: client } = await world.organisation();
  const hook = await receiver({ status: 500, body: "x".repeat(10_000) });
  await register(client, hook.url);
  await proven(client);
  const failed = await settled(client, "failed");
  assert.deepEqual([failed.attempts, failed.response_status], [3, 500]);
  assert.equal(failed.response_body, "x".repeat(4_096), "no more than 4 KB is kept");
  assert.equal(failed.attempt_log.length, 3);
  assert.match(failed.error, /500/);
  assert.deepEqual(await stats(client), { total: 1, delivered: 0, failed: 1, pending: 0, success_rate: 0 });

  hook.answer = { status: 204 };
  const replies = await Promise.all(Array.from({ length: 5 }, () => retry(client, failed.id)));
  const taken = replies.filter(({ status }) => status === 200);
  assert.equal(taken.length, 1, "one of five at once");
  assert.equal(taken[0].body.id, failed.id);
  for (const reply of replies.filter(({ status }) => status !== 200)) reply.refused(409, "conflict");
  const done = await settled(client, "delivered");
  assert.equal(done.id, failed.id);
  assert.equal(done.attempts, 4);
  assert.equal(hook.calls.length, 4);
  assert.equal(new Set(hook.calls.map(({ headers }) => headers["webhook-id"])).size, 1);
  assert.equal(new Set(hook.calls.map(({ body }) => body)).size, 1, "to the byte");
  assert.deepEqual(await stats(client), { total: 1, delivered: 1, failed: 0, pending: 0, success_rate: 100 });
  (await retry(client, done.id)).refused(409, "conflict", { says: /failed/ });
});

test("a pending one is not tried by hand", async () => {
  const { test: client } = await world.organisation();
  const hook = await receiver({ status: 503, headers: { "retry-after": "600" } });
  await register(client, hook.url);
  await proven(client);
  const waiting = await eventually("a first attempt", async () => {
    const { data } = await list(client);
    return data[0]?.attempts === 1 && data[0];
  });
  assert.equal(waiting.status, "pending");
  assert.ok(Date.parse(waiting.next_attempt_at) > Date.now());
  (await retry(client, waiting.id)).refused(409, "conflict");
});

test("a delivery to a callback address goes by the name callback", async () => {
  const { test: client } = await world.organisation();
  const hook = await receiver();
  const own = await receiver();
  await register(client, own.url);
  await proven(client, { callback_url: hook.url });
  const done = await settled(client, "delivered");
  assert.deepEqual([done.endpoint_id, done.url], ["callback", hook.url]);
  assert.equal((await list(client, "?endpoint_id=callback")).data.length, 1);
  assert.equal((await list(client)).data[0].endpoint_id, "callback");
  assert.equal(own.calls.length, 0, "with a callback address of its own it goes nowhere else");
});

test("an endpoint is tried out alone", async () => {
  const { test: client, live } = await world.organisation();
  const hook = await receiver();
  const other = await receiver();
  const { id } = await register(client, hook.url, { events: ["proof.revoked"] });
  await register(client, other.url);
  await register(live, other.url);
  const key = { headers: { "idempotency-key": random() } };
  const fired = (await client.post(`webhook-endpoints/${id}/test`, undefined, key)).expect(201).body;
  assert.deepEqual([fired.event_type, fired.endpoint_id], ["webhook_endpoint.test", id]);
  const again = (await client.post(`webhook-endpoints/${id}/test`, undefined, key)).expect(201);
  assert.equal(again.body.id, fired.id);
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  const done = await settled(client, "delivered");
  assert.equal(done.id, fired.id);
  assert.deepEqual(Object.keys(done.request_payload).sort(), ["created_at", "endpoint_id", "event", "id", "status", "test", "url"]);
  assert.deepEqual(done.request_payload, (await client.get(`events/${fired.event_id}`)).expect(200).body.payload);
  assert.deepEqual([hook.calls.length, other.calls.length], [1, 0]);

  (await client.request("PATCH", `webhook-endpoints/${id}`, { body: { enabled: false } })).expect(200);
  (await client.post(`webhook-endpoints/${id}/test`)).refused(409, "conflict");
  assert.equal((await list(client)).data.length, 1);

  const mine = (await live.get("webhook-endpoints")).body.data[0];
  (await live.post(`webhook-endpoints/${mine.id}/test`)).expect(201);
  const sent = await settled(live, "delivered");
  assert.equal(sent.request_payload.test, undefined, "a live endpoint's trial is no event of test mode");
});

/** A trial whose call is cut off when its event is written and its delivery has not begun. */
async function cutOff(org, endpoint, url, event) {
  const [id, now] = [freshId(), Math.floor(Date.now() / 1_000)];
  const payload = JSON.stringify({ id: event, event: "webhook_endpoint.test", test: true, first: "written" });
  await world.sql(
    `INSERT INTO events (id, organisation_id, environment, type, endpoint_id, payload, created_at)
     VALUES (?, ?, 'test', 'webhook_endpoint.test', ?, ?, ?)`,
    [event, org.id, endpoint, payload, now],
  );
  await world.sql(
    `INSERT INTO webhook_deliveries (id, organisation_id, environment, event_id, event_type, endpoint_id, url, next_attempt_at, created_at, updated_at)
     VALUES (?, ?, 'test', ?, 'webhook_endpoint.test', ?, ?, ?, ?, ?)`,
    [id, org.id, event, endpoint, url, now, now, now],
  );
  return id;
}

test("a trial that was cut off goes on when it is repeated, or by hand", async () => {
  const org = await world.organisation();
  const hook = await receiver();
  const { id } = await register(org.test, hook.url);
  const key = { headers: { "idempotency-key": random() } };
  const fire = () => org.test.post(`webhook-endpoints/${id}/test`, undefined, key);
  // Which event belongs to the key is told by a first call, of which nothing is left then.
  const { id: first, event_id: event } = (await fire()).expect(201).body;
  await settled(org.test, "delivered");
  await world.sql("DELETE FROM webhook_deliveries WHERE id = ?", [first]);
  await world.sql("DELETE FROM events WHERE id = ?", [event]);

  const again = await cutOff(org, id, hook.url, event);
  assert.equal((await fire()).expect(201).body.id, again);
  assert.equal((await settled(org.test, "delivered")).id, again);
  assert.equal(JSON.parse(hook.calls.at(-1).body).first, "written", "it is the event that was written");

  const other = await cutOff(org, id, hook.url, freshId());
  const stranger = await world.organisation();
  (await retry(stranger.test, other)).refused(404, "not_found");
  (await retry(org.test, other)).expect(200);
  await eventually("both to be delivered", async () => (await stats(org.test)).delivered === 2);
  assert.equal(hook.calls.length, 3);
});

test("live endpoints never get events of test mode, and the other way round", async () => {
  const { test: client, live } = await world.organisation();
  const [ofTest, ofLive] = [await receiver(), await receiver()];
  await register(client, ofTest.url);
  await register(live, ofLive.url);
  await proven(client);
  await settled(client, "delivered");
  assert.deepEqual([ofTest.calls.length, ofLive.calls.length], [1, 0]);
  assert.deepEqual((await list(live)).data, []);
  assert.deepEqual((await live.get("events")).expect(200).body.data, []);
  assert.equal((await stats(live)).total, 0);
  const { id } = (await list(client)).data[0];
  (await live.get(`webhook-deliveries/${id}`)).refused(404, "not_found");
});

test("nobody else sees or repeats a delivery", async () => {
  const owner = await world.organisation();
  const stranger = await world.organisation();
  const hook = await receiver({ status: 410 });
  await register(owner.test, hook.url);
  await proven(owner.test);
  const { id, event_id } = await settled(owner.test, "failed");
  const operations = [
    (client, which) => client.get(`webhook-deliveries/${which}`),
    (client, which) => retry(client, which),
  ];
  for (const ask of operations) {
    for (const client of [stranger.test, stranger.live, owner.live]) {
      const foreign = await ask(client, id);
      foreign.refused(404, "not_found");
      assert.equal(foreign.fingerprint(), (await ask(client, freshId())).fingerprint());
    }
  }
  for (const client of [stranger.test, owner.live]) {
    assert.deepEqual((await list(client)).data, []);
    assert.deepEqual((await list(client, `?event_id=${event_id}`)).data, []);
    assert.equal((await stats(client)).total, 0);
    const event = await client.get(`events/${event_id}`);
    event.refused(404, "not_found");
    assert.equal(event.fingerprint(), (await client.get(`events/${freshId()}`)).fingerprint());
  }
  assert.equal((await read(owner.test, id)).status, "failed", "nothing was tried again");
});

test("the list has pages and filters, newest first", async () => {
  const org = await world.organisation();
  const [endpoint, other, request, event] = [freshId(), freshId(), freshId(), freshId()];
  const made = Array.from({ length: 23 }, (_, i) => ({
    id: freshId(),
    type: i % 2 ? "verification.completed" : "verification_request.completed",
    endpoint: i < 5 ? other : endpoint,
    request: i % 4 === 0 ? request : null,
    event: i === 7 ? event : undefined,
    status: ["pending", "delivered", "failed"][i % 3],
  }));
  await rows(org.id, "test", made);
  await rows(org.id, "live", [{ id: freshId(), type: "verification.completed", endpoint, status: "failed" }]);
  const newest = made.map(({ id }) => id).reverse();

  const first = await list(org.test);
  assert.deepEqual(first.data.map(({ id }) => id), newest.slice(0, 20));
  assert.deepEqual(first.pagination, { page: 1, limit: 20, total: 23, pages: 2, hasMore: true });
  for (const limit of [1, 7, 23, 100]) {
    const ids = [];
    for (let page = 1; ; page++) {
      const { data, pagination } = await list(org.test, `?limit=${limit}&page=${page}`);
      ids.push(...data.map(({ id }) => id));
      if (!pagination.hasMore) break;
    }
    assert.deepEqual(ids, newest, `limit ${limit}`);
  }
  const count = async (query) => {
    const { data, pagination } = await list(org.test, `?limit=100&${query}`);
    assert.equal(data.length, pagination.total, query);
    return data.length;
  };
  assert.equal(await count("status=pending"), 8);
  assert.equal(await count("status=delivered"), 8);
  assert.equal(await count("status=failed"), 7);
  assert.equal(await count("event_type=verification.completed"), 11);
  assert.equal(await count("event_type=proof.revoked"), 0);
  assert.equal(await count(`verification_request_id=${request}`), 6);
  assert.equal(await count(`endpoint_id=${other}`), 5);
  assert.equal(await count("endpoint_id=callback"), 0);
  assert.equal(await count(`event_id=${event}`), 1);
  const together = made.filter((one) => one.endpoint === endpoint && one.status === "failed" && one.type === "verification.completed");
  assert.equal(await count(`endpoint_id=${endpoint}&status=failed&event_type=verification.completed`), together.length);
  assert.deepEqual(await stats(org.test), { total: 23, delivered: 8, failed: 7, pending: 8, success_rate: 34.78 });
  assert.deepEqual(await stats(org.live), { total: 1, delivered: 0, failed: 1, pending: 0, success_rate: 0 });

  // Their objects are gone: what the ledger has is shown, and nothing is left to send.
  const past = await read(org.test, made[2].id);
  assert.deepEqual([past.status, past.request_payload, past.response_body], ["failed", null, null]);
  (await retry(org.test, made[2].id)).refused(409, "conflict");
  (await retry(org.test, made[1].id)).refused(409, "conflict");
});

test("counters stay right when rows change and go", async () => {
  const org = await world.organisation();
  assert.deepEqual(await stats(org.test), { total: 0, delivered: 0, failed: 0, pending: 0, success_rate: 0 });
  const made = Array.from({ length: 3 }, () => ({ id: freshId(), type: "verification.completed", endpoint: freshId(), status: "pending" }));
  await rows(org.id, "test", made);
  await world.sql("UPDATE webhook_deliveries SET status = 'delivered' WHERE id IN (?, ?)", [made[0].id, made[1].id]);
  await world.sql("UPDATE webhook_deliveries SET attempts = 2 WHERE id = ?", [made[0].id]);
  assert.deepEqual(await stats(org.test), { total: 3, delivered: 2, failed: 0, pending: 1, success_rate: 66.67 });
  await world.sql("DELETE FROM webhook_deliveries WHERE id = ?", [made[2].id]);
  assert.deepEqual(await stats(org.test), { total: 2, delivered: 2, failed: 0, pending: 0, success_rate: 100 });
});

test("what is no parameter, or no value of it, is refused by name", async () => {
  const { test: client } = await world.organisation();
  for (const [name, values] of Object.entries({
    page: ["0", "-1", "1e18", "10001", "NaN", "1;DROP TABLE webhook_deliveries", "1.0", "null"],
    limit: ["0", "101", "1e9", "abc"],
    status: ["pending' OR 1=1--", "PENDING", "verified", "*"],
    event_type: ["verification", "VERIFICATION.COMPLETED", "*", "x".repeat(51)],
    event_id: ["1", "x".repeat(24), "..%2f.."],
    verification_request_id: ["1", "%00", "'"],
    endpoint_id: ["1", "Callback", "*"],
  })) {
    for (const value of values) (await client.get(`webhook-deliveries?${name}=${value}`)).refused(400, "validation_error", { field: name });
  }
  for (const query of ["limit[]=1", "limit=1&limit=2", "sort=id", "__proto__=1"]) {
    (await client.get(`webhook-deliveries?${query}`)).refused(400, "validation_error");
  }
  for (const path of ["webhook-deliveries/stats/", "webhook-deliveries/x", "webhook-deliveries/%00", `webhook-deliveries/${freshId()}/retries`]) {
    (await client.get(path)).refused(404, "not_found");
  }
  (await client.get(`webhook-deliveries/${freshId()}/retry`)).refused(405, "method_not_allowed");
});
