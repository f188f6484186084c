// The judgement of a contract wallet waits for a node while everything else goes on: what counts is
// the state when the answer comes.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { settings } from "../xtask/runner/peers/ethereum-node.mjs";
import { ethereum } from "../xtask/runner/peers/wallets.mjs";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, read } from "./harness/steps.mjs";
import { eventually } from "./harness/poll.mjs";

const NODE = "slow-node-of-tests.com";
const CONTRACT = ethereum().address;

let world;
let delay = 0;
let says = 1;
before(async () => {
  world = await startWorld({ vars: { ...settings(`https://${NODE}`), CHALLENGE_SECONDS: "6" } });
  const word = (number) => number.toString(16).padStart(64, "0");
  world.internet.provider(NODE, async (request, response) => {
    await sleep(delay);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, result: `0x${word(1)}${word(1)}${word(says)}` }));
  });
});
after(() => world?.stop());

const createWallet = (client) => create(client, { type: "wallet", channel: "ethereum", identifier: CONTRACT });
const sign = (client, id) => client.post(`verifications/${id}/submit`, { signature: "0xc0ffee" });

test("a yes that comes after the end verifies nothing", async () => {
  const { live } = await world.organisation();
  const { id, challenge } = await createWallet(live);
  [delay, says] = [2_500, 1];
  await eventually("the last second", async () => Date.now() > Date.parse(challenge.expires_at) - 1_500, { within: 8_000 });
  (await sign(live, id)).refused(400, "challenge_expired");
  const now = await read(live, id);
  assert.equal(now.status, "expired");
  assert.deepEqual(await world.sql("SELECT id FROM proofs WHERE id = ?", [id]), []);
});

test("a yes that comes after five times no verifies nothing", async () => {
  const { live } = await world.organisation();
  const { id } = await createWallet(live);
  [delay, says] = [1_500, 1];
  const before = world.internet.requestsTo(NODE).length;
  const late = sign(live, id);
  await eventually("the question", async () => world.internet.requestsTo(NODE).length > before);
  [delay, says] = [0, 0];
  // The late one says what is said when its time has come.
  for (const remaining of [4, 3, 2, 1, 0]) (await sign(live, id)).refused(400, "invalid_signature", { remaining });
  says = 1;
  (await late).refused(400, "too_many_attempts");
  assert.equal((await read(live, id)).status, "failed");
});

test("twenty times yes at once, each waiting a second, verify once", async () => {
  const { live } = await world.organisation();
  const { id } = await createWallet(live);
  [delay, says] = [1_000, 1];
  const replies = await Promise.all(Array.from({ length: 20 }, () => sign(live, id)));
  const won = replies.filter((reply) => reply.status === 200);
  assert.equal(won.length, 1, "one transition");
  for (const reply of replies.filter((one) => one !== won[0])) reply.refused(400, "already_verified");
});

test("a node that takes longer than ten seconds is unavailable", async () => {
  const { live } = await world.organisation();
  const { id } = await createWallet(live);
  [delay, says] = [14_000, 1];
  const begun = Date.now();
  (await sign(live, id)).refused(503, "rpc_unavailable");
  assert.ok(Date.now() - begun < 13_000);
  [delay, says] = [0, 1];
});
