// A user with requests, events and webhooks: all of it goes, what was to be delivered is not, and the
// feed goes on for everybody else.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { inObjects, inTables } from "./harness/leftovers.mjs";
import { eventually } from "./harness/poll.mjs";
import { createRequest, onPage, readRequest, testVerify } from "./harness/requests.mjs";
import { deliveries, register, startReceiver } from "./harness/receiver.mjs";
import { openStream } from "./harness/sse.mjs";
import { freshPhone, proven, random } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

let world;
before(async () => {
  // The schedule of retries runs in a hundredth of its time; receivers have two seconds.
  world = await startWorld({ dns: true, vars: { WEBHOOK_RETRY_PERCENT: "1", WEBHOOK_MILLISECONDS: "2000" } });
});
after(() => world?.stop());

/** A receiver under a name of its own that answers with what it was sent. */
async function receiver(status) {
  const name = `hooks-${random()}.com`;
  const self = { url: `https://${name}/in`, ids: [], events: [] };
  const address = world.internet.host(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    self.ids.push(request.headers["webhook-id"]);
    self.events.push(JSON.parse(Buffer.concat(chunks)).event);
    response.writeHead(status, { "content-type": "application/json" }).end(Buffer.concat(chunks));
  });
  await world.dns.publish({ name, type: "A", data: address });
  return self;
}

const erased = async (client, name) => (await client.request("DELETE", `verifications/users/${encodeURIComponent(name)}`)).expect(200).body;
const feed = async (client, query = "") => (await client.get(`events?limit=100${query}`)).expect(200).body.data;

/** A request of which one asset is verified, one is under way and one is open, heard of by two receivers. */
async function lived(client, name, mark) {
  const well = await receiver(200);
  const dead = await receiver(500);
  const metadata = { external_user_id: name, client_metadata: { note: `metadata-${mark}` } };
  const callback = await receiver(503);
  const events = ["verification.completed", "verification.expired", "verification_request.completed", "verification_request.partial"];
  for (const hook of [well, dead]) await client.post("webhook-endpoints", { url: hook.url, retry_schedule: "extended", events });
  const phone = freshPhone();
  const assets = [{ type: "email", identifier: `mail.${mark}@postbox-of-tests.com` }, { type: "phone", identifier: phone }, { type: "domain" }];
  const context = { title: `For ${mark}`, description: "A description" };
  const request = await createRequest(client, assets, { ...metadata, reference_id: `reference-${mark}`, action_type: "custom", action_context: context, partial_ok: true });
  const other = await createRequest(client, 1, { ...metadata, callback_url: callback.url });
  (await testVerify(client, request.id, 0)).expect(200);
  (await testVerify(client, other.id, 0)).expect(200);
  assert.equal((await onPage(world, request.id, 1, "start", { channel: "sms" })).status, 303);
  await proven(client, { ...metadata, identifier: phone });
  await eventually("both receivers to have heard", () => well.ids.length >= 3 && dead.ids.length >= 3 && callback.ids.length >= 1, { within: 20_000 });
  await eventually("the ledger to know all", async () => {
    const rows = await world.sql("SELECT id FROM verifications WHERE external_user_id = ?", [name]);
    const events = await world.sql("SELECT id FROM events WHERE external_user_id = ?", [name]);
    return rows.length >= 3 && events.length >= 5;
  });
  return { request, other, well, dead, callback, words: [mark, phone] };
}

test("requests, events and deliveries go with their user, and pending ones are not made", async () => {
  const owner = await world.organisation();
  const other = await world.organisation();
  const name = `person ${random()}`;
  const mark = random();
  const life = await lived(owner.test, name, mark);
  const theirs = await lived(other.test, name, random());
  const words = [...life.words];
  assert.ok((await inTables(world, words)).some((found) => found.startsWith("events")), "it was in events before");
  assert.ok((await inObjects(world, words)).length > 3, "it was in objects before");
  const before = await feed(owner.test);
  const stream = await openStream(owner.test, `verification-requests/${life.request.id}/events`);
  assert.equal(stream.status, 200);

  const receipt = await erased(owner.test, name);
  await stream.closed();
  const { deleted } = receipt;
  assert.equal(deleted.verification_requests, 2);
  assert.ok(deleted.verifications >= 3, JSON.stringify(deleted));
  assert.equal(deleted.events, before.length);
  assert.ok(deleted.webhook_deliveries >= 2 * 3, JSON.stringify(deleted));
  assert.deepEqual(await inTables(world, words), []);
  assert.deepEqual(await inObjects(world, words), []);

  for (const { id } of [life.request, life.other]) {
    (await owner.test.get(`verification-requests/${id}`)).refused(404, "not_found");
    assert.equal((await fetch(`${world.url}/verify/${id}`)).status, 404);
  }
  (await owner.test.get(`verification-requests/by-reference/reference-${mark}`)).refused(404, "not_found");
  assert.deepEqual((await owner.test.get("verification-requests")).expect(200).body.data, []);
  assert.deepEqual((await owner.test.get("webhook-deliveries")).expect(200).body.data, []);
  const stats = (await owner.test.get("webhook-deliveries/stats")).expect(200).body;
  assert.deepEqual([stats.total, stats.pending], [0, 0]);
  assert.deepEqual(await feed(owner.test), []);

  // Whoever read the feed up to what is gone reads on; only what is new comes.
  const gone = new Set(before.map(({ id }) => id));
  const next = await proven(owner.test);
  const read = await eventually("the next event", async () => {
    const found = await feed(owner.test, `&after=${before.at(-1).id}`);
    return found.length > 0 && found;
  });
  assert.deepEqual(
    read.map(({ verification_id }) => verification_id),
    [next.id],
  );
  const heard = (id) => eventually("the receiver to hear of it", () => life.well.ids.includes(id), { within: 20_000 });
  await heard(read[0].id);
  // What was on its way when its delivery was deleted has arrived by now.
  const hooks = [life.well, life.dead, life.callback];
  const until = hooks.map(({ ids }) => ids.length);
  const last = await proven(owner.test);
  const [event] = await eventually("one more event", async () => {
    const found = await feed(owner.test, `&after=${read[0].id}`);
    return found.length > 0 && found;
  });
  assert.equal(event.verification_id, last.id);
  await heard(event.id);
  for (const [at, { ids }] of hooks.entries()) {
    assert.deepEqual(
      ids.slice(until[at]).filter((id) => gone.has(id)),
      [],
      "nothing of the deleted is delivered any more",
    );
  }

  for (const { events } of hooks) assert.ok(!events.includes("verification.expired"), "nobody is told of a person who is being deleted");

  // The other tenant's user of the same name has everything still.
  assert.equal((await readRequest(other.test, theirs.request.id)).external_user_id, name);
  assert.ok((await feed(other.test)).length >= 4);
  const again = await erased(other.test, name);
  assert.equal(again.deleted.verification_requests, 2);
  assert.deepEqual(await inTables(world, [name, ...theirs.words]), []);
  assert.deepEqual(await inObjects(world, [name, ...theirs.words]), []);
});

test("a delivery goes with its user though its event has been forgotten", async () => {
  const { test: client } = await world.organisation();
  const [name, mark] = [`person-${random()}`, random()];
  const hook = await startReceiver(world, { status: 500, body: `answered-${mark}` });
  await register(client, hook.url);
  await proven(client, { external_user_id: name });
  const [{ id, event_id }] = await deliveries(client, ([one]) => one?.status === "failed");
  // The event's time is over; the delivery's begins anew when it is tried by hand.
  await world.sql("UPDATE events SET payload = NULL, external_user_id = NULL WHERE id = ?", [event_id]);
  (await client.post(`webhook-deliveries/${id}/retry`)).expect(200);
  await hook.events(4);
  assert.ok((await inObjects(world, [mark])).length > 0);
  const { deleted } = await erased(client, name);
  assert.deepEqual([deleted.webhook_deliveries, deleted.events], [1, 0]);
  assert.deepEqual(await inObjects(world, [name, mark]), []);
  (await client.get(`webhook-deliveries/${id}`)).refused(404, "not_found");
});

test("an attempt that is under way has ended before the deletion answers, and is the last", async () => {
  const { test: client } = await world.organisation();
  const name = `person-${random()}`;
  let closed;
  const hook = await startReceiver(world, (_, response) => response.on("close", () => (closed = Date.now())));
  await register(client, hook.url);
  await proven(client, { external_user_id: name });
  await hook.events(1);
  await deliveries(client);
  assert.equal((await erased(client, name)).deleted.webhook_deliveries, 1);
  assert.ok(closed <= Date.now(), "the receiver is not being talked to any more");
  assert.deepEqual(await inObjects(world, [name]), []);
  assert.equal(hook.calls.length, 1);
});

test("an attempt that still looks its receiver up is not made", async () => {
  const { test: client } = await world.organisation();
  const name = `person-${random()}`;
  const hook = await startReceiver(world);
  await register(client, hook.url);
  const asked = world.internet.requests.length;
  world.internet.slowDns(1_000);
  try {
    await proven(client, { external_user_id: name });
    await eventually("the look-up", () => world.internet.requests.slice(asked).some(({ resolver }) => resolver));
    assert.equal((await erased(client, name)).deleted.webhook_deliveries, 1);
  } finally {
    world.internet.slowDns(0);
  }
  assert.equal(hook.calls.length, 0);
});
