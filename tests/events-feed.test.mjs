// The feed of events: in order, each once, whoever writes meanwhile, for receivers that were away.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { eventually } from "./harness/poll.mjs";
import { create, createEmail, freshId, proven, random, submit, otherCode } from "./harness/steps.mjs";

let world;
before(async () => {
  world = await startWorld({ dns: true, vars: { WEBHOOK_RETRY_PERCENT: "1" } });
});
after(() => world?.stop());

const feed = async (client, query = "") => (await client.get(`events${query}`)).expect(200).body;

/** Everything after an event, page by page. */
async function readOn(client, after = "", limit = 100) {
  const events = [];
  for (let cursor = after; ; ) {
    const { data, pagination } = await feed(client, `?limit=${limit}&after=${cursor}`);
    events.push(...data);
    cursor = pagination.next_cursor ?? "";
    if (!pagination.hasMore) return { events, cursor };
  }
}

test("a feed in which nothing has happened is empty", async () => {
  const { test: client } = await world.organisation();
  assert.deepEqual(await feed(client), { data: [], pagination: { limit: 100, next_cursor: null, hasMore: false } });
});

test("what happens is in the feed, whether or not anybody has it sent", async () => {
  const { test: client } = await world.organisation();
  const { id } = await proven(client, { external_user_id: "user_1" });
  const wrong = await createEmail(client);
  for (let i = 0; i < 5; i++) await submit(client, wrong.id, otherCode(wrong.challenge.code));
  (await client.post(`proofs/${id}/revoke`, { reason: "fraud" })).expect(200);
  const events = await eventually("three events", async () => {
    const { data } = await feed(client);
    return data.length === 3 && data;
  });
  const byType = Object.fromEntries(events.map((event) => [event.type, event]));
  const completed = byType["verification.completed"];
  assert.equal(completed.verification_id, id);
  assert.equal(completed.external_user_id, "user_1");
  assert.equal(completed.test_mode, true);
  assert.equal(completed.payload.id, completed.id);
  assert.equal(completed.payload.event, "verification.completed");
  assert.equal(byType["verification.failed"].verification_id, wrong.id);
  assert.equal(byType["proof.revoked"].verification_id, id);
  assert.deepEqual((await client.get(`events/${completed.id}`)).expect(200).body, completed);

  assert.deepEqual((await feed(client, "?type=proof.revoked")).data, [byType["proof.revoked"]]);
  assert.deepEqual((await feed(client, "?type=verification_request.completed")).data, []);
  const revokedAfter = await feed(client, `?type=proof.revoked&after=${events[0].id}`);
  assert.equal(revokedAfter.data.length, events[0].type === "proof.revoked" ? 0 : 1);
});

test("fifty at once, read in pages while they are written: each once, in one order", async () => {
  const { test: client } = await world.organisation();
  const { id: first } = await proven(client);
  await eventually("the first event", async () => (await feed(client)).data.length === 1);
  const made = await Promise.all(Array.from({ length: 50 }, () => create(client)));

  // Readers of different patience follow while everything is completed at once.
  const completing = Promise.all(made.map(async ({ id }) => (await client.post(`verifications/${id}/test-verify`)).expect(200)));
  const readers = [1, 3, 7, 100].map(async (limit) => {
    const seen = [];
    let cursor = "";
    const reads = async () => {
      const { events, cursor: next } = await readOn(client, cursor, limit);
      seen.push(...events.map((event) => event.id));
      cursor = next;
      return seen.length >= 51;
    };
    await eventually(`51 events for a reader of ${limit}`, reads, { within: 30_000 });
    return seen;
  });
  await completing;
  const all = await Promise.all(readers);
  const { events } = await readOn(client);
  assert.deepEqual(events.map((event) => event.verification_id).sort(), [first, ...made.map(({ id }) => id)].sort(), "each is there once");
  for (const seen of all) assert.deepEqual(seen, events.map((event) => event.id), "every reader saw the same, in the same order");
});

test("a receiver that was down catches up from the place in the feed that it kept", async () => {
  const { test: client } = await world.organisation();
  const name = `hooks-${random()}.com`;
  const handled = new Set();
  let isUp = true;
  const address = world.internet.host((request, response) => {
    if (!isUp) return response.destroy();
    handled.add(request.headers["webhook-id"]);
    response.writeHead(204).end();
  });
  await world.dns.publish({ name, type: "A", data: address });
  (await client.post("webhook-endpoints", { url: `https://${name}/` })).expect(201);
  await proven(client);
  await eventually("the first delivery", () => handled.size === 1);
  const { cursor } = await readOn(client);
  isUp = false;
  for (let i = 0; i < 4; i++) await proven(client);
  const failed = async () => (await client.get("webhook-deliveries?status=failed")).body.data.length;
  await eventually("four that failed", async () => (await failed()) === 4, { within: 30_000 });
  isUp = true;
  const { events } = await readOn(client, cursor, 2);
  for (const { id, type } of events) if (type === "verification.completed") handled.add(id);
  assert.equal(handled.size, 5);
  const { events: whole } = await readOn(client);
  assert.deepEqual(whole.filter(({ type }) => type === "verification.completed").map(({ id }) => id).sort(), [...handled].sort());
});

test("nobody else's events are in it, and nobody else's event is a place in it", async () => {
  const owner = await world.organisation();
  const stranger = await world.organisation();
  await proven(owner.test);
  const [event] = await eventually("an event", async () => {
    const { data } = await feed(owner.test);
    return data.length && data;
  });
  for (const client of [owner.live, stranger.test, stranger.live]) {
    assert.deepEqual((await feed(client)).data, []);
    const foreign = await client.get(`events?after=${event.id}`);
    foreign.refused(400, "validation_error", { field: "after" });
    assert.equal(foreign.fingerprint(), (await client.get(`events?after=${freshId()}`)).fingerprint());
    (await client.get(`events/${event.id}`)).refused(404, "not_found");
  }
});

test("what is no place, no type or no number is refused by name", async () => {
  const { test: client } = await world.organisation();
  for (const [name, values] of Object.entries({
    after: ["0", "-1", "1", "null", "x".repeat(24), "507F1F77BCF86CD799439011", freshId(), "%00", "' OR 1=1--", "x".repeat(10_000)],
    limit: ["0", "101", "1e9", "-1", "abc", "1.5"],
    type: ["verification", "*", "VERIFICATION.COMPLETED", "x".repeat(51)],
    page: ["1"],
    order: ["desc"],
  })) {
    for (const value of values) (await client.get(`events?${name}=${value}`)).refused(400, "validation_error", { field: name });
  }
  assert.deepEqual((await feed(client, "?after=&limit=&type=")).data, [], "an empty parameter is none");
});

test("a payload whose time is over is gone, and the place in the order stays", async () => {
  const { test: client } = await world.organisation();
  for (let i = 0; i < 3; i++) await proven(client);
  const events = await eventually("three events", async () => {
    const { data } = await feed(client);
    return data.length === 3 && data;
  });
  await world.sql("UPDATE events SET payload = NULL, external_user_id = NULL WHERE id = ?", [events[1].id]);
  const { data } = await feed(client, `?after=${events[0].id}`);
  assert.deepEqual(data.map(({ id }) => id), [events[1].id, events[2].id]);
  assert.equal(data[0].payload, null);
  assert.equal((await feed(client, `?after=${events[1].id}`)).data.length, 1);

  // Deleted altogether, as with all else about a person, it is still a place to read on from.
  await world.sql("DELETE FROM events WHERE id = ?", [events[1].id]);
  (await client.get(`events/${events[1].id}`)).refused(404, "not_found");
  const beyond = await feed(client, `?after=${events[1].id}`);
  assert.deepEqual(beyond.data.map(({ id }) => id), [events[2].id]);
  const { live } = await world.organisation();
  (await live.get(`events?after=${events[1].id}`)).refused(400, "validation_error", { field: "after" });
});
