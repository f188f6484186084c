// Domains proven by a file: the one path on the one host with exactly one content, and none of the
// ways in which a web server can seem to have it. Nothing private is ever asked.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { after, before, test } from "./harness/test.mjs";
import { txt } from "./harness/dns.mjs";
import { file, page } from "./harness/internet.mjs";
import { startWorld } from "./harness/world.mjs";
import { createDomain, random, read } from "./harness/steps.mjs";
import { takeApart } from "./harness/tokens.mjs";

const PATH = "/.well-known/proof-verify.txt";
let world;
let org;
before(async () => {
  world = await startWorld({ dns: true });
  org = await world.organisation();
});
after(() => world?.stop());

const verify = async (id, client = org.test) => (await client.post(`verifications/${id}/verify`)).expect(200).body;
const address = (name, data, type = data.includes(":") ? "AAAA" : "A") => world.dns.publish({ name, type, data });

/** Creates, puts up the server that `serve` makes of the wanted content, checks once. */
async function checkedWith(serve, { channel = "http", client = org.test } = {}) {
  const made = await createDomain(client, channel);
  const { content } = made.challenge.http_file;
  await address(made.identifier, world.internet.host(serve(content, made.identifier)));
  const started = Date.now();
  const checked = await verify(made.id, client);
  return { ...checked, content, domain: made.identifier, took: Date.now() - started };
}

function notVerified(checked, result, retryable) {
  assert.equal(checked.status, "pending", JSON.stringify(checked.last_check));
  assert.equal(checked.proof, undefined);
  assert.equal(checked.last_check.method, "http");
  assert.ok(checked.last_check.message);
  assert.ok(checked.took < 9_000, `took ${checked.took} ms`);
  if (result) assert.equal(checked.last_check.result, result, JSON.stringify(checked.last_check));
  if (retryable !== undefined) assert.equal(checked.last_check.retryable, retryable, JSON.stringify(checked.last_check));
}

for (const mode of ["test", "live"]) {
  test(`the file proves the domain (${mode})`, async () => {
    const done = await checkedWith((content) => file(PATH, content), { client: org[mode] });
    assert.equal(done.status, "verified", JSON.stringify(done.last_check));
    assert.equal(done.last_check.result, "verified");
    assert.equal(takeApart(done.proof.token).claims.channel, "http");
    const [request] = world.internet.requestsTo(done.domain);
    assert.equal(request.url, `https://${done.domain}${PATH}`);
    assert.equal(request.method, "GET");
    const all = JSON.stringify(request);
    for (const secret of [done.content, done.content.split("=")[1], org[mode].key, done.id])
      assert.ok(!all.includes(secret), "the request tells nothing that it looks for");
    assert.equal(request.headers.cookie, undefined);
    assert.equal(request.headers.authorization, undefined);
  });
}

test("white space around it does not matter", async () => {
  for (const around of [(content) => `${content}\n`, (content) => `${content}\r\n`, (content) => `\n  ${content}\t\n`]) {
    assert.equal((await checkedWith((content) => file(PATH, around(content)))).status, "verified");
  }
});

test("other contents are not the content", async () => {
  const others = {
    "with a suffix": (content) => `${content}0`,
    "with more lines": (content) => `${content}\n${content}`,
    "without its name": (content) => content.split("=")[1],
    "in upper case": (content) => content.toUpperCase(),
    "in HTML": (content) => `<!doctype html><title>x</title><p>${content}</p>`,
    "in UTF-16": (content) => Buffer.from(`\ufeff${content}`, "utf16le"),
    "with a zero byte": (content) => `${content}\u0000`,
    empty: () => "",
    "another's": () => "proof-verify=0123456789abcdef0123456789abcdef",
  };
  for (const [name, change] of Object.entries(others)) {
    const checked = await checkedWith((content) => file(PATH, change(content)));
    notVerified(checked);
    assert.ok(["wrong_value", "not_text"].includes(checked.last_check.result), `${name}: ${checked.last_check.result}`);
    assert.ok(checked.last_check.observed === undefined || JSON.stringify(checked.last_check.observed).length < 2_500, name);
  }
});

test("only 200 counts", async () => {
  for (const status of [201, 202, 203, 206, 400, 401, 403, 404, 410, 418, 500, 503]) {
    const checked = await checkedWith((content) => page(content, { status }));
    notVerified(checked);
    assert.ok(
      checked.last_check.message.includes(String(status)) || checked.last_check.result.includes("not_found"),
      `${status}: ${checked.last_check.message}`,
    );
  }
});

test("a page that echoes what it is asked proves nothing", async () => {
  const checked = await checkedWith(() => (request, response) => response.end(`${request.url}\n${JSON.stringify(request.headers)}`));
  notVerified(checked, "wrong_value");
});

test("a redirect to another host is not followed", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const other = `elsewhere-${random()}.org`;
    let content;
    await address(
      other,
      world.internet.host((request, response) => response.end(content)),
    );
    const checked = await checkedWith((wanted) => {
      content = wanted;
      return (request, response) => response.writeHead(status, { location: `https://${other}${PATH}` }).end(wanted);
    });
    notVerified(checked);
    assert.deepEqual(world.internet.requestsTo(other), [], "the other host was asked");
  }
});

test("nor is one to anything inside, whatever way it is written", async () => {
  const inside = [
    "http://127.0.0.1:8787/",
    "http://localhost/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://0x7f.1/",
    "//127.0.0.1/",
    "file:///etc/passwd",
    "data:text/plain,x",
    "\\\\127.0.0.1\\x",
    "http://user@127.0.0.1/",
  ];
  for (const location of inside) {
    const before = world.internet.outside().length;
    const checked = await checkedWith((content) => (request, response) => response.writeHead(302, { location }).end(content));
    notVerified(checked);
    const asked = world.internet
      .outside()
      .slice(before)
      .filter((request) => request.host !== checked.domain);
    assert.deepEqual(asked, [], location);
  }
});

test("a redirect within the host is followed", async () => {
  const done = await checkedWith((content) => (request, response) => {
    if (request.url === "/proof") return response.end(content);
    response.writeHead(302, { location: "/proof" }).end();
  });
  assert.equal(done.status, "verified", JSON.stringify(done.last_check));
});

test("a circle of redirects on one host ends", async () => {
  notVerified(
    await checkedWith((_, domain) => (request, response) => response.writeHead(302, { location: `https://${domain}${PATH}` }).end()),
  );
});

test("a file of more than 4 KiB is refused, an endless one is cut off", async () => {
  notVerified(await checkedWith((content) => file(PATH, content + " ".repeat(5_000))));
  let sent = 0;
  let ended = false;
  const endless = (request, response) => {
    const chunk = Buffer.alloc(16_384, "x");
    response.on("close", () => (ended = true));
    const more = () => {
      while (!ended) {
        sent += chunk.length;
        if (!response.write(chunk)) return response.once("drain", more);
      }
    };
    more();
  };
  const checked = await checkedWith(() => endless);
  notVerified(checked);
  assert.ok(sent < 50_000_000, `${sent} bytes were taken`);
  assert.ok(checked.took < 6_000);
});

test("a gzip bomb is no content", async () => {
  const bomb = gzipSync(Buffer.alloc(30_000_000));
  const checked = await checkedWith(() => (request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
  notVerified(checked);
  (await org.test.get("verifications")).expect(200);
});

test("one byte a second is a timeout", async () => {
  const drips = (content) => (request, response) => {
    let at = 0;
    const timer = setInterval(() => (at < content.length ? response.write(content[at++]) : response.end()), 1_000);
    response.on("close", () => clearInterval(timer));
  };
  notVerified(await checkedWith(drips), "timeout", true);
});

test("a server that never answers is a timeout, one that hangs up is worth asking again", async () => {
  notVerified(await checkedWith(() => () => {}), "timeout", true);
  const hungUp = await checkedWith(() => (request) => request.socket.destroy());
  notVerified(hungUp, undefined, true);
  assert.notEqual(hungUp.last_check.result, "verified");
});

test("slow checks hold nobody else up", async () => {
  const slow = checkedWith(() => () => {});
  const started = Date.now();
  (await org.test.get("verifications")).expect(200);
  assert.ok(Date.now() - started < 1_500);
  await slow;
});

const INWARD = [
  "127.0.0.1",
  "127.8.8.8",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "192.0.2.1",
  "198.18.0.1",
  "203.0.113.7",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "fd00:ec2::254",
  "fe80::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001:db8::1",
  "ff02::1",
];

test("a name with an address that is not public is never asked", async () => {
  for (const inward of INWARD) {
    const made = await createDomain(org.test, "http");
    world.internet.host(page(made.challenge.http_file.content), inward);
    await address(made.identifier, inward);
    const checked = await verify(made.id);
    assert.equal(checked.status, "pending", `${inward}: ${JSON.stringify(checked.last_check)}`);
    assert.deepEqual(world.internet.requestsTo(made.identifier), [], `${inward} was asked`);
  }
});

test("nor is one that has a public address besides", async () => {
  for (const inward of ["127.0.0.1", "169.254.169.254", "::1", "fd00::1"]) {
    const made = await createDomain(org.test, "http");
    await address(made.identifier, world.internet.host(page(made.challenge.http_file.content)));
    await address(made.identifier, inward);
    const checked = await verify(made.id);
    assert.equal(checked.status, "pending", JSON.stringify(checked.last_check));
    assert.deepEqual(world.internet.requestsTo(made.identifier), []);
  }
});

test("nor by way of an alias", async () => {
  const made = await createDomain(org.test, "http");
  const inner = `inner-${random()}.org`;
  await world.dns.publish({ name: made.identifier, type: "CNAME", data: `${inner}.` }, { name: inner, type: "A", data: "10.0.0.1" });
  assert.equal((await verify(made.id)).status, "pending");
  assert.deepEqual(world.internet.requestsTo(made.identifier), []);
});

test("a host that speaks IPv6 only is asked", async () => {
  const made = await createDomain(org.test, "http");
  await address(made.identifier, world.internet.host(file(PATH, made.challenge.http_file.content), "2a01:4f8:c17:1::1"));
  assert.equal((await verify(made.id)).status, "verified");
});

test("a name without an address is told so", async () => {
  const { id } = await createDomain(org.test, "http");
  const checked = await verify(id);
  assert.equal(checked.status, "pending");
  assert.equal(checked.check_count, 1);
});

test("auto: the record alone or the file alone will do", async () => {
  const byDns = await createDomain(org.test, "auto");
  await world.dns.publish({ name: byDns.challenge.dns_record.name, type: "TXT", data: txt(byDns.challenge.dns_record.value) });
  const first = await verify(byDns.id);
  assert.equal(first.status, "verified", JSON.stringify(first.last_check));
  assert.equal(first.last_check.method, "dns");

  const byFile = await checkedWith((content) => file(PATH, content), { channel: "auto" });
  assert.equal(byFile.status, "verified", JSON.stringify(byFile.last_check));
  assert.equal(byFile.last_check.method, "http");
  assert.equal(takeApart(byFile.proof.token).claims.channel, "auto");
});

test("auto: with neither it stays pending, and a wrong record does not hide the file", async () => {
  const { id } = await createDomain(org.test, "auto");
  assert.equal((await verify(id)).status, "pending");
  const made = await createDomain(org.test, "auto");
  await world.dns.publish({ name: made.challenge.dns_record.name, type: "TXT", data: txt("proof-verify=wrong") });
  await address(made.identifier, world.internet.host(file(PATH, made.challenge.http_file.content)));
  assert.equal((await verify(made.id)).status, "verified");
});

test("the methods are not mixed: a file proves no dns verification, a record no http one", async () => {
  const dns = await createDomain(org.test, "dns");
  await address(dns.identifier, world.internet.host(page(dns.challenge.dns_record.value)));
  assert.equal((await verify(dns.id)).status, "pending");
  const http = await createDomain(org.test, "http");
  await world.dns.publish({ name: `_proof.${http.identifier}`, type: "TXT", data: txt(http.challenge.http_file.content) });
  assert.equal((await verify(http.id)).status, "pending");
  assert.equal((await read(org.test, http.id)).status, "pending");
});
