// A request whose time is over: its object is gone, and the ledger still says what was asked and how it
// ended, and nothing of whom. The times are shortened by the operator's settings.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { inObjects, inTables } from "./harness/leftovers.mjs";
import { eventually } from "./harness/poll.mjs";
import { cancelRequest, createRequest, onPage, readRequest } from "./harness/requests.mjs";
import { random } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

const SECONDS = 3;
let world;
before(async () => {
  world = await startWorld({ vars: { RETENTION_DAYS: String(SECONDS / 86_400) } });
});
after(() => world?.stop());

test("after its time a request says what was asked and how it ended, and nothing of whom", async () => {
  const { test: client } = await world.organisation();
  const [mark, reference] = [random(), random()];
  const assets = [
    { type: "email", identifier: `mail.${mark}@postbox-of-tests.com` },
    { type: "phone", allowed_channels: ["sms", "whatsapp"], required: false },
  ];
  const made = await createRequest(client, assets, {
    reference_id: reference,
    action_type: "login",
    action_context: { title: `For ${mark}`, description: `Of ${mark}` },
    external_user_id: `user-${mark}`,
    client_metadata: { note: `note-${mark}` },
    partial_ok: true,
    validity_requirement: "30d",
  });
  assert.equal((await onPage(world, made.id, 0, "start", { channel: "email" })).status, 303);
  const over = (await cancelRequest(client, made.id)).expect(200).body;
  await eventually("nothing of whom to be left", async () => (await inTables(world, [mark])).length + (await inObjects(world, [mark])).length === 0, {
    within: 30_000,
    every: 100,
  });

  const { action_context: _, external_user_id: __, client_metadata: ___, ...known } = over;
  const left = await readRequest(client, made.id);
  assert.deepEqual(left, { ...known, assets: known.assets.map((asset) => ({ ...asset, identifier: null })) });
  assert.deepEqual([left.action_type, left.assets[1].allowed_channels, left.progress.total], ["login", ["sms", "whatsapp"], 2]);
  assert.deepEqual((await client.get("verification-requests")).expect(200).body.data, [left]);
  assert.deepEqual((await client.get(`verification-requests/by-reference/${reference}`)).expect(200).body, left);
  assert.deepEqual((await cancelRequest(client, made.id)).expect(200).body, left, "it stays cancelled");
});
