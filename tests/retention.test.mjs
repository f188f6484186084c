// What is over is kept for the operator's retention and no longer: objects delete themselves, and the
// ledger forgets of whom and what they were, whatever fails in between. The times are shortened by the
// operator's settings.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { inObjects, inTables } from "./harness/leftovers.mjs";
import { eventually } from "./harness/poll.mjs";
import { deliveries, register, startReceiver } from "./harness/receiver.mjs";
import { createRequest } from "./harness/requests.mjs";
import { createEmail, random, read } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

const SECONDS = 4;
let world;
before(async () => {
  world = await startWorld({ dns: true, vars: { CHALLENGE_SECONDS: "2", REQUEST_SECONDS: "2", RETENTION_DAYS: String(SECONDS / 86_400) } });
});
after(() => world?.stop());

const patiently = { within: 30_000, every: 100 };
const row = async (id) => (await world.sql("SELECT * FROM verifications WHERE id = ?", [id]))[0];

test("after its time a verification has no identifier, no name and no metadata, anywhere", async () => {
  const { live: client } = await world.organisation();
  const mark = random();
  const { id, identifier } = await createEmail(client, { identifier: `mail.${mark}@postbox-of-tests.com`, external_user_id: `user-${mark}`, client_metadata: { note: `note-${mark}` } });
  assert.equal((await read(client, id)).identifier, identifier);
  await eventually("the challenge to be over", async () => (await read(client, id)).status === "expired", patiently);
  assert.ok((await inTables(world, [mark])).length > 0);
  await eventually("it to be forgotten", async () => (await row(id)).identifier === null && (await inObjects(world, [mark])).length === 0, patiently);
  assert.deepEqual(await inTables(world, [mark]), []);
  const left = await read(client, id);
  assert.deepEqual([left.id, left.type, left.status], [id, "email", "expired"]);
  for (const name of ["identifier", "external_user_id", "client_metadata"]) assert.ok(!(name in left), name);
  const { data } = (await client.get("verifications")).expect(200).body;
  assert.deepEqual(
    data.map((one) => [one.id, one.status, "identifier" in one]),
    [[id, "expired", false]],
  );
  (await client.get(`verifications/users/user-${mark}`)).refused(404, "not_found");
});

test("a session likewise, and the trace of whom it was about", async () => {
  const { test: client } = await world.organisation();
  const mark = random();
  const session = (await client.post("sessions", { channel: "whatsapp", external_user_id: `user-${mark}`, client_metadata: { note: `note-${mark}` } })).expect(201).body;
  await eventually("it to be known", async () => (await inTables(world, [`user-${mark}`])).length >= 1, patiently);
  await eventually("nothing to be left", async () => (await inTables(world, [mark])).length + (await inObjects(world, [mark])).length === 0, patiently);
  (await client.get(`sessions/${session.id}`)).refused(404, "not_found");
});

test("while the ledger is away the object stays, and goes once it has told it", async () => {
  const { test: client } = await world.organisation();
  const mark = random();
  const { id } = await createEmail(client, { identifier: `mail.${mark}@postbox-of-tests.com` });
  await eventually("the ledger to know the end", async () => (await row(id))?.status === "expired", patiently);
  await world.sql("ALTER TABLE events RENAME TO events_away");
  try {
    const over = Date.parse((await read(client, id)).expired_at) + SECONDS * 1_000;
    await eventually("a try to fail", () => Date.now() > over && world.logs().some((line) => line.includes('"outbox"') && line.includes(id)), patiently);
    assert.equal((await read(client, id)).identifier, `mail.${mark}@postbox-of-tests.com`, "the object is still there");
  } finally {
    await world.sql("ALTER TABLE events_away RENAME TO events");
  }
  await eventually("nothing to be left", async () => (await inTables(world, [mark])).length + (await inObjects(world, [mark])).length === 0, patiently);
});

test("a request likewise, with what was told of it, sent to a receiver and answered by that", async () => {
  const { test: client } = await world.organisation();
  const mark = random();
  const hook = await startReceiver(world, { status: 200, body: `answered-${mark}` });
  await register(client, hook.url);
  const metadata = { external_user_id: `user-${mark}`, client_metadata: { note: `note-${mark}` } };
  const { id } = await createRequest(client, [{ type: "email", identifier: `mail.${mark}@postbox-of-tests.com` }], metadata);
  const [sent] = await deliveries(client, ([one]) => one?.status === "delivered");
  assert.deepEqual([sent.event_type, sent.verification_request_id], ["verification_request.expired", id]);
  assert.ok((await inTables(world, [mark])).some((found) => found.startsWith("webhook_deliveries")), "the delivery says whom it is about");
  assert.ok((await inObjects(world, [`answered-${mark}`])).length > 0, "its object holds the answer");
  await eventually("nothing to be left", async () => (await inTables(world, [mark])).length + (await inObjects(world, [mark])).length === 0, patiently);
  assert.deepEqual((await deliveries(client)).map((one) => one.id), [sent.id], "the rows stay");
  const { data } = (await client.get("events")).expect(200).body;
  assert.deepEqual(data.map(({ id: event, payload }) => [event, payload]), [[sent.event_id, null]]);
});
