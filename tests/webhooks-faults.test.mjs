// When receivers, networks or this system itself fail in the middle of a delivery: every event reaches
// whoever can be reached, at least once and under one id, and it is said how it went.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { eventually, sleep } from "./harness/poll.mjs";
import { deliveries, readDelivery, register, startReceiver } from "./harness/receiver.mjs";
import { create, freshEmail, proven } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

const TIMEOUT = 1_000;
let world;
before(async () => {
  // Retries as soon as can be, a second later; receivers have one second instead of fifteen.
  world = await startWorld({ dns: true, vars: { WEBHOOK_RETRY_PERCENT: "0", WEBHOOK_MILLISECONDS: String(TIMEOUT) } });
});
after(() => world?.stop());

const feed = async (client) => (await client.get("events")).expect(200).body.data;
const endpoint = async (client, id) => (await client.get(`webhook-endpoints/${id}`)).expect(200).body;
const once = (client, status) => deliveries(client, ([one]) => one?.status === status);
const age = (id, changes) => world.sql(`UPDATE webhook_endpoints SET ${changes} WHERE id = ?`, [id]);
const ago = (seconds) => Math.floor(Date.now() / 1_000) - seconds;

/** Has one event delivered to a receiver that behaves like this, until it is given up or taken. */
async function deliveredTo(answer, status, more = {}) {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world, answer);
  const made = await register(client, hook.url, more);
  await proven(client);
  const [{ id }] = await once(client, status);
  return { client, hook, endpoint: made, delivery: await readDelivery(client, id) };
}

/** Takes tables of the ledger away while `body` runs. */
async function without(tables, body) {
  for (const table of tables) await world.sql(`ALTER TABLE ${table} RENAME TO ${table}_away`);
  try {
    return await body();
  } finally {
    for (const table of tables) await world.sql(`ALTER TABLE ${table}_away RENAME TO ${table}`);
  }
}

const silent = () => {};
const faults = {
  "301": { answer: { status: 301, headers: { location: "https://elsewhere.com/" } }, error: /301, and redirects are not followed/, response: 301 },
  "302": { answer: { status: 302, headers: { location: "/in" } }, error: /302/, response: 302 },
  "303": { answer: { status: 303, headers: { location: "/in" } }, error: /303/, response: 303 },
  "307": { answer: { status: 307, headers: { location: "/in" } }, error: /307/, response: 307 },
  "308": { answer: { status: 308, headers: { location: "/in" } }, error: /308/, response: 308 },
  "304": { answer: { status: 304 }, error: /304/, response: 304 },
  "400": { answer: { status: 400, body: "what is this?" }, error: /answered 400/, response: 400 },
  "401": { answer: { status: 401 }, error: /answered 401/, response: 401 },
  "404": { answer: { status: 404 }, error: /answered 404/, response: 404 },
  "500": { answer: { status: 500, body: "oops" }, error: /answered 500/, response: 500 },
  "503": { answer: { status: 503 }, error: /answered 503/, response: 503 },
  "never answering": { answer: silent, error: /did not answer within 1 seconds/, response: null },
  "answering 200 after the time": {
    answer: (_, response) => void setTimeout(() => response.writeHead(200).end("late"), TIMEOUT + 500),
    error: /did not answer within/,
    response: null,
  },
  "not ending its answer in time": {
    answer: (_, response) => response.writeHead(200, { "content-length": "10" }).write("begun"),
    error: /did not answer within/,
    response: null,
  },
  "closing in the middle of its answer": {
    answer: (_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("begun");
      setTimeout(() => response.destroy(), 50);
    },
    error: /broke off/,
    response: null,
  },
  "closing without an answer": { answer: (request) => request.socket.destroy(), error: /could not be reached/, response: null },
  "answering what is not HTTP": {
    answer: (request) => request.socket.end("220 mail.example ESMTP\r\n"),
    error: /could not be reached/,
    response: null,
  },
};

for (const [name, { answer, error, response }] of Object.entries(faults)) {
  test(`a receiver that is ${name} is tried three times, under one id, and the delivery fails`, async () => {
    const { hook, delivery, client, endpoint: made } = await deliveredTo(answer, "failed");
    assert.deepEqual([delivery.attempts, delivery.max_attempts, delivery.attempt_log.length], [3, 3, 3]);
    assert.match(delivery.error, error);
    assert.equal(delivery.response_status, response);
    assert.equal(hook.calls.length, 3);
    assert.equal(new Set(hook.calls.map(({ headers }) => headers["webhook-id"])).size, 1);
    assert.equal(new Set(hook.calls.map(({ body }) => body)).size, 1);
    assert.equal(delivery.response_body, answer.body ?? (response === null ? null : ""));
    const { failing_since, consecutive_failures, status } = await eventually("its health", async () => {
      const shown = await endpoint(client, made.id);
      return shown.consecutive_failures === 3 && shown;
    });
    assert.ok(failing_since);
    assert.deepEqual([consecutive_failures, status], [3, "enabled"]);
  });
}

test("a receiver that is nowhere, or in no DNS, is tried three times", async () => {
  const { test: client } = await world.organisation();
  await register(client, "https://nowhere-of-tests.com/in");
  await proven(client);
  const [lost] = await once(client, "failed");
  assert.deepEqual([lost.attempts, lost.error, lost.response_status], [3, "the receiver's name has no address", null]);
});

test("2xx takes it, whatever comes with it", async () => {
  for (const [answer, body] of [
    [{ status: 200, body: "x".repeat(100_000) }, "x".repeat(4_096)],
    [{ status: 202, body: Buffer.from([0xff, 0xfe, 0x00, 0x41]) }, "\ufffd\ufffd\u0000A"],
    [{ status: 299, body: "<script>alert(1)</script>", headers: { "content-type": "text/html" } }, "<script>alert(1)</script>"],
  ]) {
    const { delivery, hook } = await deliveredTo(answer, "delivered");
    assert.equal(delivery.response_status, answer.status);
    assert.equal(delivery.response_body, body);
    assert.deepEqual([delivery.attempts, hook.calls.length, delivery.error], [1, 1, undefined]);
  }
});

test("an answer without an end is read as far as it is kept, and no further", async () => {
  const { delivery } = await deliveredTo((_, response) => {
    response.writeHead(200);
    const more = setInterval(() => response.write("y".repeat(2_000)), 20);
    response.on("close", () => clearInterval(more));
  }, "delivered");
  assert.equal(delivery.response_body, "y".repeat(4_096));
});

test("one that comes back is reached by the next attempt, under the same id", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world, [{ status: 500 }, { status: 204 }]);
  const { id } = await register(client, hook.url);
  await proven(client);
  const [done] = await once(client, "delivered");
  assert.equal(done.attempts, 2);
  assert.equal(hook.calls[1].headers["webhook-id"], hook.calls[0].headers["webhook-id"]);
  const well = await eventually("its health", async () => {
    const shown = await endpoint(client, id);
    return shown.last_success_at && shown;
  });
  assert.deepEqual([well.consecutive_failures, well.failing_since], [0, undefined]);
});

test("the time that a receiver asks for is kept", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world, { status: 429, headers: { "retry-after": "4" } });
  await register(client, hook.url);
  await proven(client);
  await hook.events(2, { within: 15_000 });
  assert.ok(hook.calls[1].at - hook.calls[0].at >= 3_000, `came back after ${hook.calls[1].at - hook.calls[0].at} ms`);
});

test("the longer schedule has eight attempts", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world, { status: 500 });
  await register(client, hook.url, { retry_schedule: "extended" });
  await proven(client);
  const [last] = await once(client, "failed");
  assert.deepEqual([last.attempts, last.max_attempts, hook.calls.length], [8, 8, 8]);
});

test("410 ends it: no further attempt, the endpoint is off, and whoever wants to know hears of it once", async () => {
  const { test: client } = await world.organisation();
  const [gone, watching] = [await startReceiver(world, { status: 410 }), await startReceiver(world)];
  const { id } = await register(client, gone.url);
  await register(client, watching.url, { events: ["webhook_endpoint.disabled"] });
  await Promise.all(Array.from({ length: 5 }, () => proven(client)));
  const [notice] = await watching.events(1);
  assert.deepEqual(
    [notice.event, notice.endpoint_id, notice.status, notice.disabled_reason, notice.test],
    ["webhook_endpoint.disabled", id, "disabled", "gone", true],
  );
  const shown = await endpoint(client, id);
  assert.deepEqual([shown.status, shown.disabled_reason], ["disabled", "gone"]);
  const all = await deliveries(client, (list) => list.filter(({ status }) => status === "pending").length === 0 && list.length >= 2);
  for (const one of all.filter(({ endpoint_id }) => endpoint_id === id)) assert.ok(one.status === "failed" && one.attempts <= 1);
  const calls = gone.calls.length;
  await proven(client);
  await eventually("the event", async () => (await feed(client)).length === 7);
  assert.equal(gone.calls.length, calls, "nothing is sent to it any more");
  assert.equal(watching.calls.length, 1, "told once");
  // Switched on again it gets what happens from now on.
  gone.answer = { status: 204 };
  (await client.request("PATCH", `webhook-endpoints/${id}`, { body: { enabled: true } })).expect(200);
  await proven(client);
  await eventually("a delivery", () => gone.calls.length === calls + 1);
});

test("one that has failed for five days is switched off, with notice", async () => {
  const { test: client } = await world.organisation();
  const [dead, watching] = [await startReceiver(world, { status: 500 }), await startReceiver(world)];
  const { id } = await register(client, dead.url);
  await register(client, watching.url, { events: ["webhook_endpoint.disabled"] });
  await age(id, `failing_since = ${ago(5 * 86_400 - 60)}, failures = 40`);
  await proven(client);
  await eventually("a failure that counts", async () => (await endpoint(client, id)).consecutive_failures > 40);
  assert.equal((await endpoint(client, id)).status, "enabled", "a minute is missing");
  await age(id, `failing_since = ${ago(5 * 86_400 + 1)}`);
  await proven(client);
  const [notice] = await watching.events(1);
  assert.deepEqual([notice.endpoint_id, notice.disabled_reason], [id, "failing"]);
  assert.equal((await endpoint(client, id)).disabled_reason, "failing");
  const [waited] = await deliveries(client, (list) => list.every(({ status }) => status !== "pending"));
  assert.ok(waited);
});

test("one that seldom gets anything is not switched off for two bad days", async () => {
  const { test: client } = await world.organisation();
  const dead = await startReceiver(world, { status: 500 });
  const { id } = await register(client, dead.url);
  await age(id, `failing_since = ${ago(30 * 86_400)}, failures = 6`);
  await proven(client);
  await once(client, "failed");
  const shown = await endpoint(client, id);
  assert.deepEqual([shown.consecutive_failures, shown.status], [9, "enabled"]);
  await proven(client);
  await eventually("the tenth failure", async () => (await endpoint(client, id)).disabled_reason === "failing");
  assert.equal((await endpoint(client, id)).consecutive_failures, 10);
});

test("what an attempt says about an endpoint counts once, however often it is told", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world, (_, response) => void setTimeout(() => response.writeHead(410).end(), 500));
  const { id } = await register(client, hook.url);
  await proven(client);
  await hook.events(1);
  // The delivery's row and the endpoint's are written; the notice is not, so that all is told again.
  const [one] = await deliveries(client);
  await without(["events"], () => eventually("a repetition", () => world.logs().filter((line) => line.includes(one.id)).length >= 2, { within: 20_000 }));
  await eventually("the notice", async () => (await feed(client)).some(({ type }) => type === "webhook_endpoint.disabled"), { within: 30_000 });
  const shown = await endpoint(client, id);
  assert.deepEqual([shown.consecutive_failures, shown.disabled_reason], [1, "gone"]);
});

test("a report that comes late overrules nothing that is younger", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world, { status: 500 });
  const { id } = await register(client, hook.url);
  await age(id, `last_success_at = ${ago(-600)}`);
  await proven(client);
  await once(client, "failed");
  const well = await endpoint(client, id);
  assert.deepEqual([well.consecutive_failures, well.failing_since], [0, undefined]);

  await age(id, `last_success_at = NULL, failing_since = ${ago(-600)}, failures = 3`);
  hook.answer = { status: 204 };
  await proven(client);
  await eventually("a success", async () => (await endpoint(client, id)).last_success_at);
  const failing = await endpoint(client, id);
  assert.equal(failing.consecutive_failures, 3);
  assert.ok(failing.failing_since);
});

test("a failure of the address of before says nothing about the new one", async () => {
  const { test: client } = await world.organisation();
  const before = await startReceiver(world, silent);
  const moved = await startReceiver(world, { status: 500 });
  const { id } = await register(client, before.url);
  // Changes are told apart by the second.
  await sleep(1_100);
  await proven(client);
  await before.events(1);
  (await client.request("PATCH", `webhook-endpoints/${id}`, { body: { url: moved.url } })).expect(200);
  await once(client, "failed");
  assert.deepEqual([before.calls.length, moved.calls.length], [1, 2]);
  await eventually("failures", async () => (await endpoint(client, id)).consecutive_failures >= 2);
  assert.equal((await endpoint(client, id)).consecutive_failures, 2, "of three");
});

test("its recovery is told once, however many deliveries find it well", async () => {
  const { test: client } = await world.organisation();
  const [hook, watching] = [await startReceiver(world), await startReceiver(world)];
  const { id } = await register(client, hook.url);
  await register(client, watching.url, { events: ["webhook_endpoint.recovered"] });
  await age(id, `failing_since = ${ago(7_200)}, failures = 30`);
  await Promise.all(Array.from({ length: 10 }, () => proven(client)));
  const [notice] = await watching.events(1);
  assert.deepEqual([notice.event, notice.endpoint_id, notice.status], ["webhook_endpoint.recovered", id, "enabled"]);
  await eventually("all", async () => (await client.get("webhook-deliveries/stats")).body.pending === 0);
  await proven(client);
  await eventually("the last", async () => (await client.get("webhook-deliveries/stats")).body.delivered === 12);
  assert.equal(watching.calls.length, 1);
  assert.equal((await endpoint(client, id)).consecutive_failures, 0);
});

test("a few failures are no news when they end", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world);
  const { id } = await register(client, hook.url, { events: ["verification.completed", "webhook_endpoint.recovered"] });
  await age(id, `failing_since = ${ago(60)}, failures = 9`);
  await proven(client);
  await eventually("its health", async () => (await endpoint(client, id)).consecutive_failures === 0);
  assert.deepEqual((await feed(client)).map(({ type }) => type), ["verification.completed"]);
});

test("the system ends in the middle of an attempt: it is made again, under the same id, and does not count", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world, [silent, { status: 204 }]);
  await register(client, hook.url);
  await proven(client);
  await hook.events(1);
  await world.crash();
  const [done] = await deliveries(client, ([one]) => one?.status === "delivered", { within: 60_000 });
  assert.equal(done.attempts, 1);
  assert.ok(hook.calls.length >= 2);
  assert.equal(new Set(hook.calls.map(({ headers }) => headers["webhook-id"])).size, 1);
  assert.equal((await feed(client)).length, 1);
});

test("the system ends as soon as a receiver has taken it: it may come again, and never as another", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world, { status: 204 });
  await register(client, hook.url);
  const made = await Promise.all([1, 2, 3].map(() => create(client)));
  await Promise.all(made.map(({ id }) => client.post(`verifications/${id}/test-verify`)));
  await hook.events(1);
  await world.crash();
  const all = await deliveries(client, (list) => list.length === 3 && list.every(({ status }) => status === "delivered"), { within: 60_000 });
  const sent = new Set(hook.calls.map(({ headers }) => headers["webhook-id"]));
  assert.deepEqual(sent, new Set(all.map(({ event_id }) => event_id)));
  assert.equal((await feed(client)).length, 3, "the feed has each once");
});

test("the ledger is away when it happens: the event comes later, once", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world);
  await register(client, hook.url);
  const { id } = await without(["events"], async () => {
    const done = await proven(client);
    await sleep(1_000);
    return done;
  });
  const [event] = await hook.events(1, { within: 30_000 });
  assert.equal(event.verification_id, id);
  await once(client, "delivered");
  assert.deepEqual([(await feed(client)).length, hook.calls.length], [1, 1]);
});

test("the ledger is away when a delivery ends: it is not sent again, and the list learns it", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world, (_, response) => void setTimeout(() => response.writeHead(204).end(), 500));
  await register(client, hook.url);
  await proven(client);
  await hook.events(1);
  await without(["webhook_deliveries"], () => sleep(1_500));
  await once(client, "delivered");
  assert.equal(hook.calls.length, 1);
});

test("the ledger is away for long: the alarm rings on by itself, and does not fail", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world, (_, response) => void setTimeout(() => response.writeHead(204).end(), 500));
  await register(client, hook.url);
  await proven(client);
  await hook.events(1);
  const [{ id }] = await deliveries(client);
  const told = () => world.logs().filter((line) => line.includes('"delivery"') && line.includes(id)).length;
  // Once after the answer and once by an alarm, which notes it: one that fails is called a few times
  // more by the platform and then never.
  await without(["webhook_deliveries"], () => eventually("a repetition", () => told() >= 2, { within: 20_000 }));
  await once(client, "delivered");
  assert.equal(hook.calls.length, 1);
});

test("a hand tries what has failed once more: the same delivery, the same event", async () => {
  const { client, hook, delivery } = await deliveredTo({ status: 500 }, "failed");
  const retry = () => client.post(`webhook-deliveries/${delivery.id}/retry`);
  (await retry()).expect(200);
  await hook.events(4);
  await eventually("failed again", async () => (await readDelivery(client, delivery.id)).attempts === 4);
  hook.answer = { status: 204 };
  (await retry()).expect(200);
  await eventually("delivered", async () => (await readDelivery(client, delivery.id)).status === "delivered");
  (await retry()).refused(409, "conflict");
  assert.equal(new Set(hook.calls.map(({ headers }) => headers["webhook-id"])).size, 1);
  assert.deepEqual([(await feed(client)).length, (await readDelivery(client, delivery.id)).attempts], [1, 5]);
});

test("two assets proven in the same instant complete their request once, and one webhook says so", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world);
  await register(client, hook.url);
  const made = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const assets = [
        { type: "email", identifier: freshEmail() },
        { type: "email", identifier: freshEmail() },
      ];
      return (await client.post("verification-requests", { assets })).expect(201).body;
    }),
  );
  await Promise.all(
    made.flatMap(({ id }) => [0, 1].map(async (asset) => (await client.post(`verification-requests/${id}/assets/${asset}/test-verify`)).expect(200))),
  );
  // Two of each request's verifications, and one of the request.
  const events = await hook.events(30, { within: 30_000 });
  await sleep(500);
  assert.equal(hook.calls.length, 30);
  for (const { id } of made) {
    const [done, ...more] = events.filter((event) => event.event === "verification_request.completed" && event.request_id === id);
    assert.equal(more.length, 0);
    assert.deepEqual([done.status, done.proofs.length], ["completed", 2]);
    assert.deepEqual(done.proofs.map(({ asset_index }) => asset_index), [0, 1]);
  }
});
