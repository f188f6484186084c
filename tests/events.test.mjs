// Live status over fetch streaming: what a stream tells, how it resumes, when it ends, and that
// neither slots nor other people's events leak.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, test } from "./harness/test.mjs";
import { eventually } from "./harness/poll.mjs";
import { openStream } from "./harness/sse.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, createEmail, freshId, otherCode, proven, submit } from "./harness/steps.mjs";

let world;
before(async () => {
  world = await startWorld({ vars: { HEARTBEAT_SECONDS: "1" } });
});
after(() => world?.stop());

const events = (id) => `verifications/${id}/events`;
const complete = async (client, id) => (await client.post(`verifications/${id}/test-verify`)).expect(200).body;
const ticketFor = async (client, id) => (await client.post(`verifications/${id}/events/ticket`)).expect(201).body;

test("connected, then status_changed, then the end", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const stream = await openStream(client, events(id));
  assert.equal(stream.status, 200, stream.reply.text);
  assert.match(stream.headers.get("content-type"), /^text\/event-stream/);
  assert.match(stream.headers.get("cache-control"), /no-(store|cache|transform)/);
  assert.ok(stream.reply.requestId);
  const connected = await stream.next();
  assert.equal(connected.event, "connected");
  assert.match(connected.id, /^\d+$/);
  assert.equal(connected.data.id, id);
  assert.equal(connected.data.status, "pending");
  world.contract.validate(world.contract.component("StatusEvent"), connected.data, "connected");
  const done = await complete(client, id);
  const answered = Date.now();
  const changed = await stream.next();
  assert.equal(changed.event, "status_changed");
  assert.ok(Number(changed.id) > Number(connected.id));
  assert.deepEqual([changed.data.id, changed.data.status], [id, "verified"]);
  assert.ok(changed.at - answered < 1_000, `${changed.at - answered} ms after the answer`);
  world.contract.validate(world.contract.component("StatusEvent"), changed.data, "status_changed");
  assert.ok(!stream.reply.text.includes(done.proof_token), "no token goes over the stream");
  await stream.closed();
  assert.equal(stream.events.length, 2);
});

test("a wrong answer is no change of status, a failure is", async () => {
  const { test: client } = await world.organisation();
  const { id, challenge } = await createEmail(client);
  const stream = await openStream(client, events(id));
  await stream.next();
  for (let i = 0; i < 5; i++) await submit(client, id, otherCode(challenge.code));
  assert.equal((await stream.next()).data.status, "failed");
  await stream.closed();
  assert.equal(stream.events.length, 2);
});

test("a heartbeat comes at its interval", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const stream = await openStream(client, events(id));
  await stream.next();
  await eventually("three heartbeats", () => stream.comments.filter(({ text }) => text === "heartbeat").length >= 3, { within: 6_000 });
  const beats = stream.comments.filter(({ text }) => text === "heartbeat").map(({ at }) => at);
  for (let i = 1; i < beats.length; i++) assert.ok(Math.abs(beats[i] - beats[i - 1] - 1_000) < 600, `${beats[i] - beats[i - 1]} ms`);
  stream.drop();
});

test("who comes back gets what was missed, and 204 when nothing more will come", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const first = await openStream(client, events(id));
  const { id: seen } = await first.next();
  first.drop();
  await complete(client, id);
  const second = await openStream(client, events(id), { headers: { "last-event-id": seen } });
  const told = [];
  await second.closed();
  for (const event of second.events) told.push([event.event, event.data.status]);
  assert.deepEqual(told.at(-1), ["status_changed", "verified"]);
  assert.equal(told.filter(([name]) => name === "status_changed").length, 1);
  const third = await openStream(client, events(id), { headers: { "last-event-id": second.events.at(-1).id } });
  assert.equal(third.status, 204);
  assert.equal(third.reply.text, "");
});

test("who first comes when it is over hears how it ended", async () => {
  const { test: client } = await world.organisation();
  const { id } = await proven(client);
  const stream = await openStream(client, events(id));
  await stream.closed();
  assert.equal(stream.events.at(-1).data.status, "verified");
});

test("a revocation is told as well", async () => {
  const { test: client } = await world.organisation();
  const { id } = await proven(client);
  const first = await openStream(client, events(id));
  await first.closed();
  const seen = first.events.at(-1).id;
  (await client.post(`proofs/${id}/revoke`, { reason: "fraud" })).expect(200);
  const second = await openStream(client, events(id), { headers: { "last-event-id": seen } });
  await second.closed();
  assert.deepEqual(
    second.events.filter(({ event }) => event === "status_changed").map(({ data }) => data.status),
    ["revoked"],
  );
});

test("Last-Event-ID that is no number of ours is refused or treated as seen, never repeated", async () => {
  const { test: client } = await world.organisation();
  const { id } = await proven(client);
  for (const value of ["x", "-1", "1.5", "1e3", "１", "1 data: x", "99999999999999999999999"]) {
    const stream = await openStream(client, events(id), { headers: { "last-event-id": encodeURI(value) } });
    assert.equal(stream.status, 400, `${value}: ${stream.status}`);
  }
  const far = await openStream(client, events(id), { headers: { "last-event-id": "999" } });
  assert.equal(far.status, 204);
});

test("values that look like lines of the format stay inside their JSON", async () => {
  const name = "a\u2028data: x\u2029event: y";
  const { test: client } = await world.organisation({ name: "x\r\ndata: forged\n\nevent: forged" });
  const { id } = await create(client, { external_user_id: name, client_metadata: { "a\r\ndata": "b\n\nevent: forged\ndata: {}\n\n" } });
  const stream = await openStream(client, events(id));
  await stream.next();
  await complete(client, id);
  await stream.closed();
  assert.deepEqual(
    stream.events.map(({ event }) => event),
    ["connected", "status_changed"],
  );
});

test("many listeners of one verification all hear it once", async () => {
  const { test: client } = await world.organisation({ streams: 60 });
  const { id } = await create(client);
  const streams = await Promise.all(Array.from({ length: 50 }, () => openStream(client, events(id))));
  await Promise.all(streams.map((stream) => stream.next()));
  await complete(client, id);
  await Promise.all(streams.map((stream) => stream.closed()));
  for (const stream of streams)
    assert.deepEqual(
      stream.events.map(({ data }) => data.status),
      ["pending", "verified"],
    );
});

test("one verification's events are nobody else's", async () => {
  const { test: client } = await world.organisation();
  const [one, other] = [await create(client), await create(client)];
  const stream = await openStream(client, events(one.id));
  await stream.next();
  await complete(client, other.id);
  await complete(client, one.id);
  await stream.closed();
  assert.ok(stream.events.every(({ data }) => data.id === one.id));
});

test("a client that never reads holds nobody up", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const { hostname, port } = new URL(world.url);
  const deaf = net.connect(Number(port), hostname, () => {
    deaf.pause();
    deaf.write(`GET /api/v1/verifications/${id}/events HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${client.key}\r\n\r\n`);
  });
  const stream = await openStream(client, events(id));
  await stream.next();
  const started = Date.now();
  await complete(client, id);
  assert.equal((await stream.next()).data.status, "verified");
  assert.ok(Date.now() - started < 2_000);
  await stream.closed();
  deaf.destroy();
});

test("a ticket opens one stream, once, for its verification only", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const { id: sister } = await create(client);
  const ticket = await ticketFor(client, id);
  assert.equal(ticket.url, `${world.url}/api/v1/verifications/${id}/events?ticket=${ticket.ticket}`);
  assert.ok(Date.parse(ticket.expires_at) - Date.now() <= 60_000);
  assert.ok(ticket.ticket.length >= 32);

  const query = `?ticket=${ticket.ticket}`;
  const elsewhere = await openStream(client, events(sister), { key: null, query });
  assert.equal(elsewhere.status, 401, "not for another verification");
  const stream = await openStream(client, events(id), { key: null, query });
  assert.equal(stream.status, 200, stream.reply.text);
  assert.equal((await stream.next()).data.status, "pending");
  const again = await openStream(client, events(id), { key: null, query });
  assert.equal(again.status, 401, "not twice");
  await complete(client, id);
  await stream.closed();
});

test("twenty at once with one ticket: one gets in", async () => {
  const { test: client } = await world.organisation({ streams: 30 });
  const { id } = await create(client);
  const { ticket } = await ticketFor(client, id);
  const streams = await Promise.all(
    Array.from({ length: 20 }, () => openStream(client, events(id), { key: null, query: `?ticket=${ticket}` })),
  );
  assert.equal(streams.filter(({ status }) => status === 200).length, 1);
  for (const stream of streams) stream.drop();
});

test("what is no ticket is no way in, and says nothing about the id", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const answers = new Set();
  for (const target of [id, freshId()]) {
    for (const ticket of ["x", "0".repeat(48), "%00", "' OR 1=1--", "x".repeat(4_000)]) {
      const stream = await openStream(client, events(target), { key: null, query: `?ticket=${ticket}` });
      assert.equal(stream.status, 401, `${ticket.slice(0, 10)} on ${target === id ? "an" : "no"} id: ${stream.status}`);
      answers.add(stream.reply.text.replace(stream.reply.requestId, ""));
    }
  }
  assert.equal(answers.size, 1, [...answers].join("\n"));
  const none = await openStream(client, events(id), { key: null });
  assert.equal(none.status, 401);
  const empty = await openStream(client, events(id), { key: null, query: "?ticket=" });
  assert.equal(empty.status, 401);
});

test("a ticket is no key: no other route takes it", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const { ticket } = await ticketFor(client, id);
  (await world.anonymous.get(`verifications/${id}?ticket=${ticket}`)).refused(401, "unauthorized");
  (await world.anonymous.get(`verifications/${id}`, { headers: { authorization: `Bearer ${ticket}` } })).refused(401, "unauthorized");
  const verdict = (await client.post("proofs/validate", { proof_token: ticket })).expect(200).body;
  assert.equal(verdict.valid, false);
});

test("a foreign or missing verification gives no ticket", async () => {
  const { test: client } = await world.organisation();
  const stranger = await world.organisation();
  const { id } = await create(client);
  (await stranger.test.post(`verifications/${id}/events/ticket`)).refused(404, "not_found");
  (await client.post(`verifications/${freshId()}/events/ticket`)).refused(404, "not_found");
});

test("a ticket ends after a minute", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const { ticket, expires_at } = await ticketFor(client, id);
  await eventually("the end of the ticket", () => Date.now() > Date.parse(expires_at) + 100, { within: 65_000, every: 250 });
  const stream = await openStream(client, events(id), { key: null, query: `?ticket=${ticket}` });
  assert.equal(stream.status, 401);
});

test("the log has no ticket", () => {
  const log = String(world.logs());
  assert.ok(!/ticket=[0-9a-f]{8}/.test(log), "a ticket is in the log");
});
