// A receiver that is dead with many deliveries waiting takes few connections and slows nobody else.
// `FAIRNESS_PENDING` says how many wait; a run for figures takes 10,000, which takes its time.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { eventually } from "./harness/poll.mjs";
import { register, startReceiver } from "./harness/receiver.mjs";
import { create } from "./harness/steps.mjs";

const PENDING = Number(process.env.FAIRNESS_PENDING ?? 150);
const OTHERS = 40;
/** What a receiver gets at a time. */
const AT_ONCE = 16;

let world;
before(async () => {
  world = await startWorld({ dns: true });
});
after(() => world?.stop());

/** Runs so many pieces of work, some at a time. */
async function each(count, width, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

const complete = async (client) => {
  const { id } = await create(client);
  const started = Date.now();
  (await client.post(`verifications/${id}/test-verify`)).expect(200);
  return { id, started };
};

/** Milliseconds from the right answer to the webhook, one after another. */
async function waits(client, hook) {
  const all = [];
  for (let i = 0; i < OTHERS; i++) {
    const { id, started } = await complete(client);
    const call = await eventually("the webhook", () => hook.calls.find(({ body }) => body.includes(id)), { within: 30_000, every: 2 });
    all.push(call.at - started);
  }
  all.sort((a, b) => a - b);
  return { p50: all[OTHERS / 2], p95: all[Math.floor(OTHERS * 0.95)], most: all.at(-1) };
}

const said = ({ p50, p95, most }) => `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, most ${most.toFixed(0)} ms`;

test(`${PENDING} deliveries that wait for a dead receiver slow nobody`, { timeout: 1_200_000 }, async (t) => {
  const [dead, well] = [await world.organisation(), await world.organisation()];
  // It takes connections and never answers.
  const connections = { now: 0, most: 0 };
  const silent = await startReceiver(world, (request, response) => {
    connections.most = Math.max(connections.most, ++connections.now);
    response.once("close", () => connections.now--);
  });
  const hook = await startReceiver(world);
  await register(dead.test, silent.url);
  await register(well.test, hook.url);
  await waits(well.test, hook);
  const before = await waits(well.test, hook);

  await each(PENDING, 16, () => complete(dead.test));
  await eventually("all of them waiting", async () => (await dead.test.get("webhook-deliveries/stats")).expect(200).body.pending === PENDING, {
    within: 60_000,
    every: 200,
  });
  const during = await waits(well.test, hook);
  const { pending, delivered } = (await dead.test.get("webhook-deliveries/stats")).expect(200).body;
  t.diagnostic(`${PENDING} pending at a dead receiver, ${connections.most} connections to it at most, ${silent.calls.length} attempts`);
  t.diagnostic(`another tenant, from the right answer to the webhook: before ${said(before)}; meanwhile ${said(during)}`);

  assert.equal(pending, PENDING, "none of them was given up meanwhile");
  assert.equal(delivered, 0);
  assert.ok(connections.most <= AT_ONCE, `${connections.most} connections at once`);
  assert.ok(during.p50 < Math.max(500, before.p50 * 5), `too late: ${said(during)}`);
  assert.ok(during.most < 5_000, `too late: ${said(during)}`);
  const stats = (await well.test.get("webhook-deliveries/stats")).expect(200).body;
  assert.equal(stats.delivered + stats.pending, 3 * OTHERS);
});
