// callback_url: what points inwards, at this system or at nothing decent is refused when the
// verification is created, whatever way it is written.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { INWARD_HOSTS, OTHERWISE_BAD } from "./harness/inward.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, freshPhone } from "./harness/steps.mjs";

let world;
let client;
before(async () => {
  world = await startWorld({ vars: { PUBLIC_URL: "https://api.proof-of-tests.com" } });
  client = (await world.organisation()).test;
});
after(() => world?.stop());

const refuse = async (callback_url) => {
  const reply = await client.post("verifications", { type: "phone", channel: "sms", identifier: freshPhone(), callback_url });
  assert.equal(reply.status, 400, `${JSON.stringify(callback_url)} was taken as ${reply.text}`);
  reply.refused(400, "validation_error", { field: "callback_url" });
};

test("hosts that are not public", async () => {
  for (const host of INWARD_HOSTS) {
    await refuse(`https://${host}/hook`);
    await refuse(`http://${host}/`);
  }
});

test("schemes, users, ports, relative addresses, control characters and this system itself", async () => {
  for (const url of OTHERWISE_BAD) await refuse(url);
});

test("decent addresses are kept", async () => {
  for (const url of [
    "https://hooks.partner-of-tests.com/in",
    "https://hooks.partner-of-tests.com/in?a=b&c=%20d",
    "https://partner-of-tests.co.uk/",
    "https://93.184.216.34/hook",
    "https://[2606:4700:4700::1111]/",
  ]) {
    const made = await create(client, { callback_url: url });
    assert.equal(made.callback_url, url);
  }
});

test("nothing was ever asked of the outside", () => {
  assert.deepEqual(world.internet.requests, []);
});
