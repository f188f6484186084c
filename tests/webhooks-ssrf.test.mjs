// Addresses that tenants must not be able to have called: refused when they are given, however they are
// written, and at delivery by name, by literal, by redirect, and where a name was public first.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { INWARD_HOSTS, OTHERWISE_BAD } from "./harness/inward.mjs";
import { page } from "./harness/internet.mjs";
import { deliveries, readDelivery, register, startReceiver } from "./harness/receiver.mjs";
import { proven, random } from "./harness/steps.mjs";

let world;
before(async () => {
  world = await startWorld({
    dns: true,
    vars: { PUBLIC_URL: "https://api.proof-of-tests.com", WEBHOOK_RETRY_PERCENT: "1", WEBHOOK_MILLISECONDS: "1500" },
  });
  // Whoever gets through finds something worth reading.
  for (const address of INWARD) world.internet.host(page("inner secrets"), address);
});
after(() => world?.stop());

const INWARD = [
  "127.0.0.1",
  "10.0.0.7",
  "172.16.3.4",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "::1",
  "::ffff:127.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "fd00:ec2::254",
  "fe80::1",
];

const typeOf = (address) => (address.includes(":") ? "AAAA" : "A");
const PUBLIC = "45.60.200.200";

/** All deliveries of an organisation with what is known of them, once so many have failed. */
async function failed(client, count) {
  const all = await deliveries(client, (rows) => rows.filter(({ status }) => status === "failed").length === count, { within: 60_000, every: 200 });
  return Promise.all(all.map(({ id }) => readDelivery(client, id)));
}

/** A delivery that was refused, and nothing of what is inside in it. */
function refused(delivery, says = /private or reserved/) {
  assert.equal(delivery.status, "failed");
  assert.match(delivery.error, says);
  assert.deepEqual([delivery.response_status, delivery.response_body], [null, null]);
  assert.ok(!JSON.stringify(delivery).includes("inner secrets"));
}

test("as the address of an endpoint, in every writing", async () => {
  const { test: client } = await world.organisation();
  const { id } = await register(client, `https://${PUBLIC}/in`);
  const urls = [...INWARD_HOSTS.flatMap((host) => [`https://${host}/hook`, `http://${host}/`]), ...OTHERWISE_BAD];
  for (const url of urls) {
    for (const reply of [
      await client.post("webhook-endpoints", { url }),
      await client.request("PATCH", `webhook-endpoints/${id}`, { body: { url } }),
    ]) {
      assert.equal(reply.status, 400, `${JSON.stringify(url)} was taken as ${reply.text}`);
      reply.refused(400, "validation_error", { field: "url" });
    }
  }
  assert.deepEqual(world.internet.requests, [], "nobody is asked when an address is given");
});

test("as the callback address of a request, in every writing", async () => {
  const { test: client } = await world.organisation();
  const assets = [{ type: "email", identifier: "person@postbox-of-tests.com" }];
  const urls = [...INWARD_HOSTS.map((host) => `https://${host}/hook`), ...OTHERWISE_BAD];
  for (const callback_url of urls) {
    const reply = await client.post("verification-requests", { assets, callback_url });
    assert.equal(reply.status, 400, `${JSON.stringify(callback_url)} was taken as ${reply.text}`);
    reply.refused(400, "validation_error", { field: "callback_url" });
  }
  (await client.post("verification-requests", { assets, callback_url: `https://${PUBLIC}/in` })).expect(201);
  assert.deepEqual(world.internet.requests, []);
});

test("names that lead inwards: alone, beside a public address, in either family, through an alias", { timeout: 180_000 }, async () => {
  const names = [];
  const records = [];
  const name = (...answers) => {
    const fresh = `hooks-${random()}.com`;
    names.push(fresh);
    records.push(...answers.map((data) => ({ name: fresh, type: typeOf(data), data })));
    return fresh;
  };
  for (const address of INWARD) name(address);
  for (const address of ["10.0.0.7", "127.0.0.1", "::1", "fd00:ec2::254"]) name(PUBLIC, address);
  const target = name("169.254.169.254");
  const alias = `hooks-${random()}.com`;
  names.push(alias);
  records.push({ name: alias, type: "CNAME", data: `${target}.` });
  await world.dns.publish(...records);
  world.internet.host(page("public"), PUBLIC);

  for (let i = 0; i < names.length; i += 10) {
    const { test: part } = await world.organisation();
    const some = names.slice(i, i + 10);
    for (const one of some) await register(part, `https://${one}/in`);
    await proven(part);
    for (const delivery of await failed(part, some.length)) refused(delivery);
  }
  const reached = world.internet.outside().filter(({ host }) => names.includes(host));
  assert.deepEqual(reached, [], "none of them was called");
});

test("a name that was public at the first attempt and leads inwards at the second", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world, { status: 500, body: "public" });
  hook.answer = async (request, response) => {
    await world.dns.withdraw({ name: hook.name, type: "A" });
    await world.dns.publish({ name: hook.name, type: "A", data: "127.0.0.1" });
    response.writeHead(500).end("public");
  };
  await register(client, hook.url);
  await proven(client);
  refused((await failed(client, 1))[0]);
  assert.equal(hook.calls.length, 1, "it was called only while it was public");
  assert.equal(world.internet.requestsTo(hook.name).length, 1);
});

test("a redirect to a metadata address is not followed, and what it would show is not shown", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const { test: client } = await world.organisation();
    const hook = await startReceiver(world, { status, headers: { location: "http://169.254.169.254/latest/meta-data/" } });
    await register(client, hook.url);
    await proven(client);
    const [delivery] = await failed(client, 1);
    assert.match(delivery.error, /redirects are not followed/);
    assert.ok(!JSON.stringify(delivery).includes("inner secrets"));
  }
  assert.equal(world.internet.requestsTo("169.254.169.254").length, 0);
});

/** However an address came into the ledger, it is judged again before it is called. */
test("literals in every notation, our own host and other schemes, were they in the ledger already", { timeout: 180_000 }, async () => {
  const urls = [
    "https://127.0.0.1/",
    "http://127.0.0.1:8787/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://017700000001/",
    "https://１２７.０.０.１/",
    "https://localhost./",
    "https://[::1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/",
    "https://0.0.0.0/",
    `https://user:p@${PUBLIC}@127.0.0.1/`,
    `https://${PUBLIC}:22/`,
    `http://${PUBLIC}/`,
    "file:///etc/passwd",
    "data:text/plain,x",
    "\\\\hooks-of-tests.com\\x",
    "https://api.proof-of-tests.com/api/v1/verifications",
    "https://metadata.google.internal/",
  ];
  const before = world.internet.outside().length;
  for (let i = 0; i < urls.length; i += 12) {
    const { id, test: client } = await world.organisation();
    const some = urls.slice(i, i + 12);
    for (const url of some) {
      const made = await register(client, `https://${PUBLIC}/in`);
      await world.sql("UPDATE webhook_endpoints SET url = ? WHERE id = ? AND organisation_id = ?", [url, made.id, id]);
    }
    await proven(client);
    for (const delivery of await failed(client, some.length)) refused(delivery, /cannot be called|private or reserved/);
  }
  assert.equal(world.internet.outside().length, before, "nobody was called");
});

test("a callback address is judged at delivery as an endpoint's is", async () => {
  const { test: client } = await world.organisation();
  const name = `hooks-${random()}.com`;
  await world.dns.publish({ name, type: "A", data: PUBLIC }, { name, type: "A", data: "192.168.1.1" });
  await proven(client, { callback_url: `https://${name}/in` });
  const [delivery] = await failed(client, 1);
  refused(delivery);
  assert.equal(delivery.endpoint_id, "callback");
  assert.equal(world.internet.requestsTo(name).length, 0);
});

test("no webhook carries anything but its own headers", async () => {
  const { test: client } = await world.organisation();
  const hook = await startReceiver(world);
  await register(client, hook.url);
  await proven(client);
  await hook.events(1);
  const [{ headers }] = hook.calls;
  const transport = ["host", "connection", "content-length", "transfer-encoding", "accept-encoding", "x-outside-scheme", "cf-connecting-ip", "cf-worker", "cf-ew-via", "cdn-loop"];
  assert.deepEqual(Object.keys(headers).filter((name) => !transport.includes(name)).sort(), [
    "content-type",
    "user-agent",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
    "x-proof-signature",
  ]);
});
