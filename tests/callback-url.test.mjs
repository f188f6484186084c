// callback_url: what points inwards, at this system or at nothing decent is refused when the
// verification is created, whatever way it is written.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, freshPhone } from "./harness/steps.mjs";

let world;
let client;
before(async () => {
  world = await startWorld({ vars: { PUBLIC_URL: "https://api.proof-of-tests.com" } });
  client = (await world.organisation()).test;
});
after(() => world?.stop());

/** Each host in these is refused under https as well, so that not only the scheme keeps it out. */
const INWARD_HOSTS = [
  "127.0.0.1",
  "127.0.0.1:8787",
  "127.1",
  "127.0.1",
  "0x7f.1",
  "0x7f000001",
  "2130706433",
  "017700000001",
  "0177.0.0.1",
  "１２７.０.０.１",
  "127。0。0。1",
  "127.0.0.1.",
  "localhost",
  "localhost.",
  "LOCALHOST",
  "ⓛocalhost",
  "foo.localhost",
  "localhost.localdomain",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::ffff:0:7f00:1]",
  "[::7f00:1]",
  "[64:ff9b::7f00:1]",
  "[64:ff9b:1::7f00:1]",
  "[2002:7f00:1::]",
  "[2001::1]",
  "[fd00:ec2::254]",
  "[fc00::1]",
  "[fe80::1]",
  "[fe80::1%25eth0]",
  "[fec0::1]",
  "[ff02::1]",
  "[100::1]",
  "[2001:db8::1]",
  "[3fff::1]",
  "[5f00::1]",
  "169.254.169.254",
  "169.254.0.1",
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.0.1",
  "100.64.0.1",
  "0.0.0.0",
  "0",
  "0.1.2.3",
  "192.0.0.1",
  "192.0.2.1",
  "198.51.100.1",
  "203.0.113.1",
  "198.18.0.1",
  "192.88.99.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "metadata.google.internal",
  "instance-data.internal",
  "printer.local",
  "router.lan",
  "x.home.arpa",
  "shop.test",
  "shop.invalid",
  "shop.onion",
  "intranet",
  "kubernetes.default.svc.cluster.local",
];

const OTHERWISE_BAD = [
  "http://hooks.partner-of-tests.com/",
  "HTTP://hooks.partner-of-tests.com/",
  "ftp://hooks.partner-of-tests.com/",
  "file:///etc/passwd",
  "data:text/plain,x",
  "javascript:alert(1)",
  "gopher://hooks.partner-of-tests.com/",
  "ws://hooks.partner-of-tests.com/",
  "blob:https://hooks.partner-of-tests.com/x",
  "https://user:password@hooks.partner-of-tests.com/",
  "https://user@hooks.partner-of-tests.com/",
  "https://user:p@hooks.partner-of-tests.com@127.0.0.1/",
  "https://hooks.partner-of-tests.com:22/",
  "https://hooks.partner-of-tests.com:0/",
  "https://hooks.partner-of-tests.com:99999/",
  "\\\\hooks.partner-of-tests.com\\x",
  "//hooks.partner-of-tests.com/x",
  "hooks.partner-of-tests.com/x",
  "/x",
  "https://",
  "https:///",
  "https:hooks.partner-of-tests.com",
  "https:/hooks.partner-of-tests.com/",
  "https:\\\\hooks.partner-of-tests.com\\",
  "https://hooks..com/",
  " https://hooks.partner-of-tests.com/",
  "https://hooks.partner-of-tests.com/ ",
  "ht\ttps://hooks.partner-of-tests.com/",
  "https://hooks.partner\n-of-tests.com/",
  "https://hooks.partner-of-tests.com/\r\nX: y",
  "https://hooks.partner-of-tests.com/\u0000",
  "https://api.proof-of-tests.com/api/v1/verifications",
  "https://API.Proof-of-Tests.com/",
  "https://api.proof-of-tests.com./",
  "https://api.proof-of-tests.com:443/",
  `https://hooks.partner-of-tests.com/${"x".repeat(2_000)}`,
];

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
