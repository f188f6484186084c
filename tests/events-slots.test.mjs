// How many streams a tenant may have, and that a slot comes back whatever became of its client. The
// heartbeat is that of the operator, thirty seconds: nothing here may have to wait for it.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { eventually } from "./harness/poll.mjs";
import { openStream } from "./harness/sse.mjs";
import { startWorld } from "./harness/world.mjs";
import { create } from "./harness/steps.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const events = (id) => `verifications/${id}/events`;
const complete = async (client, id) => (await client.post(`verifications/${id}/test-verify`)).expect(200).body;

test("ten streams a tenant; the eleventh is refused; who leaves makes room", async () => {
  const org = await world.organisation();
  const stranger = await world.organisation();
  const made = await Promise.all(Array.from({ length: 11 }, () => create(org.test)));
  const streams = [];
  for (const { id } of made.slice(0, 10)) streams.push(await openStream(org.test, events(id)));
  for (const stream of streams) assert.equal(stream.status, 200);
  const eleventh = await openStream(org.test, events(made[10].id));
  assert.equal(eleventh.status, 429);
  assert.equal(eleventh.reply.body.error.code, "rate_limited");
  assert.ok(Number(eleventh.headers.get("retry-after")) > 0);
  const { id: theirs } = await create(stranger.test);
  const other = await openStream(stranger.test, events(theirs));
  assert.equal(other.status, 200, "another tenant has slots of its own");
  other.drop();
  assert.ok(
    streams.every((stream) => !stream.ended),
    "no stream that is read was taken away",
  );
  streams[3].drop();
  const again = await eventually(
    "a free slot",
    async () => {
      const stream = await openStream(org.test, events(made[10].id));
      return stream.status === 200 && stream;
    },
    { within: 5_000 },
  );
  for (const stream of [...streams, again]) stream.drop();
});

test("an ended stream gives its slot back at once", async () => {
  const { test: client } = await world.organisation({ streams: 1 });
  for (let i = 0; i < 5; i++) {
    const { id } = await create(client);
    const stream = await eventually(
      "a slot",
      async () => {
        const opened = await openStream(client, events(id));
        return opened.status === 200 && opened;
      },
      { within: 2_000 },
    );
    await complete(client, id);
    await stream.closed();
  }
});

test("streams whose clients vanished leak no slots, however many they were", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  for (let round = 0; round < 6; round++) {
    const streams = await Promise.all(Array.from({ length: 10 }, () => openStream(client, events(id))));
    const open = streams.filter(({ status }) => status === 200);
    assert.ok(open.length > 0, `round ${round}: no slot at all`);
    for (const stream of streams) stream.drop();
  }
  const last = await eventually(
    "ten free slots",
    async () => {
      const streams = await Promise.all(Array.from({ length: 10 }, () => openStream(client, events(id))));
      const all = streams.every(({ status }) => status === 200);
      if (!all) for (const stream of streams) stream.drop();
      return all && streams;
    },
    { within: 15_000, every: 500 },
  );
  for (const stream of last) stream.drop();
});

test("hundreds of streams opened and closed at once leave the counter where it was", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  for (let round = 0; round < 10; round++) {
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const stream = await openStream(client, events(id));
        assert.ok([200, 429].includes(stream.status));
        if (i % 2) await stream.next().catch(() => {});
        stream.drop();
      }),
    );
  }
  (await client.get(`verifications/${id}`)).expect(200);
  await eventually(
    "all slots are free again",
    async () => {
      const streams = await Promise.all(Array.from({ length: 10 }, () => openStream(client, events(id))));
      for (const stream of streams) stream.drop();
      return streams.every(({ status }) => status === 200);
    },
    { within: 15_000, every: 1_000 },
  );
});
