// Requests when many things happen at once, or parts fail: one transition, one event, nothing lost.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { eventually } from "./harness/poll.mjs";
import { beginOnPage, cancelRequest, createRequest, eventsOf, inStatus, onPage, readRequest, testVerify } from "./harness/requests.mjs";
import { openStream } from "./harness/sse.mjs";
import { freshEmail, read, submit } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const COMPLETED = "verification_request.completed";
const CANCELLED = "verification_request.cancelled";

/** Takes tables of the ledger away while `body` runs. */
async function without(tables, body) {
  for (const table of tables) await world.sql(`ALTER TABLE ${table} RENAME TO ${table}_away`);
  try {
    return await body();
  } finally {
    for (const table of tables) await world.sql(`ALTER TABLE ${table}_away RENAME TO ${table}`);
  }
}

const rowOf = async (id) => (await world.sql("SELECT * FROM verification_requests WHERE id = ?", [id]))[0];
const inLedger = (id, status) =>
  eventually(`${status} in the ledger`, async () => (await rowOf(id))?.status === status, { within: 30_000, every: 100 });

/** Which events of this request there are, once there has been time for one too many. */
async function typesOf(client, id, count) {
  await eventsOf(client, id, count);
  await inLedger(id, (await readRequest(client, id)).status);
  return (await eventsOf(client, id, count)).map(({ type }) => type);
}

test("assets that are completed in the same instant complete it once and are told once", async () => {
  const { test: client } = await world.organisation();
  for (const count of [2, 2, 2, 2, 20]) {
    const made = await createRequest(client, count);
    const stream = await openStream(client, `verification-requests/${made.id}/events`);
    const replies = await Promise.all(Array.from({ length: count }, (_, index) => testVerify(client, made.id, index)));
    for (const reply of replies) reply.expect(200);
    assert.equal(replies.filter(({ body }) => body.status === "completed").length >= 1, true);
    await stream.closed();
    assert.equal(stream.events.filter(({ event, data }) => event === "status_changed" && data.status === "completed").length, 1);
    const done = await readRequest(client, made.id);
    assert.deepEqual([done.status, done.progress.verified], ["completed", count]);
    assert.equal(new Set(done.assets.map(({ proof }) => proof.token)).size, count);
    assert.deepEqual(await typesOf(client, made.id, 1), [COMPLETED]);
  }
});

test("one asset completed twenty times at once has one verification and one proof", async () => {
  const { test: client, id: organisation } = await world.organisation();
  const made = await createRequest(client);
  const replies = await Promise.all(Array.from({ length: 20 }, () => testVerify(client, made.id, 0)));
  for (const reply of replies) if (reply.status !== 200) reply.refused(400, "already_verified");
  assert.ok(replies.some(({ status }) => status === 200));
  const done = await readRequest(client, made.id);
  assert.equal(done.status, "completed");
  await world.listed(client, "verifications", 1);
  assert.equal((await world.sql("SELECT id FROM verifications WHERE organisation_id = ?", [organisation])).length, 1);
  assert.equal((await world.sql("SELECT jti FROM proofs WHERE organisation_id = ?", [organisation])).length, 1);
  assert.deepEqual(await typesOf(client, made.id, 1), [COMPLETED]);
});

test("cancelling and completing at once: one of them happens, and it stays", async () => {
  const { test: client } = await world.organisation();
  const made = await Promise.all(Array.from({ length: 20 }, () => createRequest(client, 2)));
  await Promise.all(made.map(({ id }) => testVerify(client, id, 0)));
  const seen = { completed: 0, cancelled: 0 };
  await Promise.all(
    made.map(async ({ id }, at) => {
      const both = [() => cancelRequest(client, id), () => testVerify(client, id, 1)];
      if (at % 2) both.reverse();
      await Promise.all(both.map((act) => act()));
      const { status } = await readRequest(client, id);
      seen[status]++;
      await inLedger(id, status);
      assert.equal((await readRequest(client, id)).status, status);
      assert.deepEqual(await typesOf(client, id, 1), [status === "completed" ? COMPLETED : CANCELLED]);
    }),
  );
  assert.equal(seen.completed + seen.cancelled, 20, JSON.stringify(seen));
});

test("cancelled while codes are on their way: none of the right answers counts afterwards", async () => {
  const { live } = await world.organisation();
  const made = await Promise.all(Array.from({ length: 6 }, () => createRequest(live)));
  await Promise.all(
    made.map(async ({ id }) => {
      const verification = await beginOnPage(world, live, id, 0, { channel: "email" });
      const { code } = await world.inbox.code(verification);
      await Promise.all([cancelRequest(live, id), submit(live, verification, code)]);
      const { status } = await eventually("both have ended", async () => {
        const [request, one] = [await readRequest(live, id), await read(live, verification)];
        return one.status !== "pending" && request;
      });
      assert.ok(["cancelled", "completed"].includes(status), status);
      await inLedger(id, status);
      assert.deepEqual(await typesOf(live, id, 1), [status === "completed" ? COMPLETED : CANCELLED]);
    }),
  );
});

test("the ledger is away from creation to completion: the request goes on, and lists learn it once", async () => {
  const { test: client } = await world.organisation();
  const done = await without(["verification_requests", "verifications", "proofs", "events"], async () => {
    const made = await createRequest(client, 2);
    (await testVerify(client, made.id, 0)).expect(200);
    return (await testVerify(client, made.id, 1)).expect(200).body;
  });
  assert.equal(done.status, "completed");
  await inLedger(done.id, "completed");
  const { data, pagination } = (await client.get("verification-requests")).expect(200).body;
  assert.deepEqual([pagination.total, data[0].id, data[0].status], [1, done.id, "completed"]);
  const told = await eventually("the event", () => eventsOf(client, done.id, 1), { within: 40_000 });
  assert.deepEqual(
    told.map(({ type }) => type),
    [COMPLETED],
  );
});

test("a reference cannot be taken while the ledger is away, and nothing is made", async () => {
  const { test: client } = await world.organisation();
  const reference_id = freshEmail();
  await without(["request_references"], async () => {
    const body = { assets: [{ type: "email" }], reference_id };
    (await client.post("verification-requests", body)).refused(503, "unavailable");
  });
  await createRequest(client, 1, { reference_id });
});

test("killed between the right code and the request's hearing of it: the request hears of it, once", { timeout: 240_000 }, async () => {
  const { live } = await world.organisation();
  const made = await Promise.all(Array.from({ length: 8 }, () => createRequest(live, 1)));
  const running = await Promise.all(
    made.map(async ({ id }) => {
      const verification = await beginOnPage(world, live, id, 0, { channel: "email" });
      return { id, verification, code: (await world.inbox.code(verification)).code };
    }),
  );
  let answered = 0;
  const answers = running.map(({ verification, code }) =>
    submit(live, verification, code).then(
      ({ status }) => status === 200 && answered++,
      () => {},
    ),
  );
  await eventually("the first answers", () => answered >= 2, { within: 20_000, every: 1 });
  await world.crash();
  await Promise.all(answers);

  for (const { id, verification, code } of running) {
    if ((await read(live, verification)).status === "pending") (await submit(live, verification, code)).expect(200);
    const done = await inStatus(live, id, "completed", { within: 60_000, every: 100 });
    assert.equal(done.assets[0].verification_id, verification);
    assert.equal(done.assets[0].proof.token, (await read(live, verification)).proof.token);
    await inLedger(id, "completed");
    assert.deepEqual(await typesOf(live, id, 1), [COMPLETED]);
  }
});

test("killed between the beginning of an asset and its verification: it can be begun, and is one", { timeout: 120_000 }, async () => {
  const { live, id: organisation } = await world.organisation();
  const made = await Promise.all(Array.from({ length: 8 }, () => createRequest(live)));
  let begun = 0;
  const starts = made.map(({ id }) =>
    onPage(world, id, 0, "start", { channel: "email" }).then(
      () => begun++,
      () => {},
    ),
  );
  await eventually("the first beginnings", () => begun >= 2, { within: 20_000, every: 1 });
  await world.crash();
  await Promise.all(starts);
  const verifications = new Set();
  for (const { id } of made) {
    const verification = await beginOnPage(world, live, id, 0, { channel: "email" });
    verifications.add(verification);
    const { code } = await world.inbox.code(verification);
    (await submit(live, verification, code)).expect(200);
    const [asset] = (await inStatus(live, id, "completed")).assets;
    assert.equal(asset.verification_id, verification);
  }
  assert.equal(verifications.size, made.length);
  await eventually("the ledger has one each", async () => {
    const rows = await world.sql("SELECT id FROM verifications WHERE organisation_id = ?", [organisation]);
    return rows.length === made.length;
  });
});
