// Domains as businesses verify them: start, directions for the DNS host, check. One record in two
// views: what one begins, the other shows.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { txt } from "./harness/dns.mjs";
import { file } from "./harness/internet.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, freshDomain, freshId, random, read } from "./harness/steps.mjs";
import { takeApart } from "./harness/tokens.mjs";

let world;
let org;
const HOSTS = [
  [["ana.ns.cloudflare.com", "bob.ns.cloudflare.com"], "cloudflare", "Cloudflare"],
  [["ns-1372.awsdns-43.org", "ns-1907.awsdns-46.co.uk", "ns-522.awsdns-01.net", "ns-58.awsdns-07.com"], "aws_route53", "Amazon Route 53"],
  [["ns43.domaincontrol.com", "ns44.domaincontrol.com"], "godaddy", "GoDaddy"],
  [["ana.ns.cloudflare.com", "ns43.domaincontrol.com"], "several", "Cloudflare and GoDaddy"],
  [["ns1.some-host-of-tests.net"], "unknown", "Unknown"],
  [["ns.cloudflare.com.evil-of-tests.net"], "unknown", "Unknown"],
];
const hosted = (index) => `hosted-${index}.com`;
before(async () => {
  const zones = Object.fromEntries(HOSTS.map(([servers], index) => [hosted(index), { servers }]));
  world = await startWorld({ dns: { zones }, vars: { DOMAIN_CHECK_SECONDS: "600" } });
  org = await world.organisation();
});
after(() => world?.stop());

const start = async (body, client = org.test) => (await client.post("verifications/domain", body)).expect(201).body;
const check = async (id, client = org.test) => (await client.post(`verifications/domain/${id}/check`)).expect(200).body;

for (const mode of ["test", "live"]) {
  test(`start, publish, check (${mode})`, async () => {
    const client = org[mode];
    const domain = freshDomain();
    const started = await start({ domain, customer_id: "customer_42" }, client);
    assert.match(started.id, /^[0-9a-f]{24}$/);
    assert.equal(started.domain, domain);
    assert.equal(started.status, "pending");
    assert.equal(started.verification_method, "manual_dns");
    assert.equal(started.dns_record.type, "TXT");
    assert.equal(started.dns_record.name, `_proof.${domain}`);
    assert.match(started.dns_record.value, /^proof-verify=[0-9a-f]{32}$/);
    assert.equal(started.http_file.path, "/.well-known/proof-verify.txt");
    assert.equal(started.http_file.content, started.dns_record.value);
    assert.equal(started.test_mode, mode === "test" ? true : undefined);

    const early = await check(started.id, client);
    assert.equal(early.verified, false);
    assert.equal(early.status, "pending");
    assert.equal(early.check_count, 1);
    assert.equal(early.verified_at, undefined);
    assert.equal(early.last_check.result, "record_not_found");

    await world.dns.publish({ name: started.dns_record.name, type: "TXT", data: txt(started.dns_record.value) });
    const done = await check(started.id, client);
    assert.equal(done.verified, true);
    assert.equal(done.status, "verified");
    assert.equal(done.domain, domain);
    assert.ok(done.verified_at);
    assert.equal(done.check_count, 2);

    const asked = world.internet.requests.length;
    assert.deepEqual(await check(started.id, client), done, "asked again it says the same");
    assert.equal(world.internet.requests.length, asked, "without looking");
  });
}

test("it is a verification like every other", async () => {
  const started = await start({ domain: freshDomain(), customer_id: "c 1" });
  const same = await read(org.test, started.id);
  assert.equal(same.type, "domain");
  assert.equal(same.channel, "dns");
  assert.equal(same.external_user_id, "c 1");
  assert.deepEqual(same.challenge.dns_record, started.dns_record);
  assert.equal(same.next_check_at, started.next_check_at);
  await world.dns.publish({ name: started.dns_record.name, type: "TXT", data: txt(started.dns_record.value) });
  const done = (await org.test.post(`verifications/${started.id}/verify`)).expect(200).body;
  assert.equal(takeApart(done.proof.token).claims.type, "domain");
  assert.equal((await check(started.id)).verified, true);
  (await org.test.post(`proofs/${started.id}/revoke`, { reason: "asset_transferred" })).expect(200);
  const revoked = await check(started.id);
  assert.equal(revoked.status, "revoked");
  assert.equal(revoked.verified, false);

  const other = await create(org.test, { type: "domain", channel: "http", identifier: freshDomain() });
  assert.equal((await check(other.id)).check_count, 1);
});

test("the method says what counts", async () => {
  const byFile = await start({ domain: freshDomain(), verification_method: "http_file" });
  await world.dns.publish({ name: byFile.dns_record.name, type: "TXT", data: txt(byFile.dns_record.value) });
  assert.equal((await check(byFile.id)).verified, false);
  await world.dns.publish({ name: byFile.domain, type: "A", data: world.internet.host(file(byFile.http_file.path, byFile.http_file.content)) });
  assert.equal((await check(byFile.id)).verified, true);
  assert.equal((await read(org.test, byFile.id)).channel, "http");

  const either = await start({ domain: freshDomain(), verification_method: "either" });
  await world.dns.publish({ name: either.dns_record.name, type: "TXT", data: txt(either.dns_record.value) });
  assert.equal((await check(either.id)).verified, true);
  assert.equal((await read(org.test, either.id)).channel, "auto");
});

test("the DNS host is found by the zone's name servers", async () => {
  for (const [index, [servers, detected, name]] of HOSTS.entries()) {
    const { provider } = await start({ domain: hosted(index) });
    assert.equal(provider.detected, detected);
    assert.equal(provider.name, name);
    assert.deepEqual(provider.name_servers, servers);
    assert.ok(provider.instructions.length > 20);
  }
});

test("a resolver that does not answer keeps nobody from the directions", async () => {
  world.internet.resolver("cloudflare-dns.com", { silent: true });
  const { provider } = await start({ domain: hosted(2) });
  world.internet.resolver("cloudflare-dns.com");
  assert.equal(provider.detected, "godaddy");
});

test("a subdomain is served by the zone above it", async () => {
  const { provider, dns_record: record } = await start({ domain: `a.b.${hosted(0)}` });
  assert.equal(provider.detected, "cloudflare");
  assert.equal(provider.record_name, "_proof.a.b");
  assert.equal(record.name, `_proof.a.b.${hosted(0)}`);
  assert.ok(provider.instructions.includes("_proof.a.b"));
});

test("nobody waits for a host that cannot be found", async () => {
  for (const domain of [`${random()}.silent.com`, `${random()}.servfail.com`, freshDomain()]) {
    const began = Date.now();
    const { provider } = await start({ domain });
    assert.ok(Date.now() - began < 3_000, `${Date.now() - began} ms for ${domain}`);
    assert.equal(provider.detected, "unknown");
    assert.equal(provider.record_name, `_proof.${domain}`);
    assert.equal(provider.documentation_url, undefined);
    assert.equal(provider.name_servers, undefined);
  }
});

test("one request under one key is started once", async () => {
  const headers = { "idempotency-key": `start-${random()}` };
  const body = { domain: freshDomain(), customer_id: "one" };
  const replies = await Promise.all(Array.from({ length: 10 }, () => org.test.post("verifications/domain", body, { headers })));
  const ids = new Set(replies.map((reply) => reply.expect(201).body.id));
  assert.equal(ids.size, 1);
  assert.equal(replies.filter((reply) => reply.headers.get("idempotent-replayed") === "true").length, 9);
  (await org.test.post("verifications/domain", { ...body, customer_id: "two" }, { headers })).refused(409, "conflict");
});

test("what is no domain is refused in this request's words", async () => {
  const cases = {
    domain: ["", "127.0.0.1", "localhost", "co.uk", "github.io", "victim.com:8080", "victim.com/x", "victim.com#.evil.com", "a@victim.com", `${"a".repeat(250)}.com`, "xn--a.com"],
  };
  for (const domain of cases.domain) {
    const reply = await org.test.post("verifications/domain", { domain });
    reply.refused(400, "invalid_identifier", { field: "domain" });
    assert.match(reply.body.error.message, /^domain: /);
  }
  for (const [body, field] of [
    [{}, "domain"],
    [{ domain: 7 }, "domain"],
    [{ domain: "example.com", customer_id: "" }, "customer_id"],
    [{ domain: "example.com", customer_id: "x".repeat(256) }, "customer_id"],
    [{ domain: "example.com", verification_method: "email" }, "verification_method"],
    [{ domain: "example.com", verification_method: null }, "verification_method"],
    [{ domain: "example.com", channel: "dns" }, "channel"],
  ]) {
    (await org.test.post("verifications/domain", body)).refused(400, "validation_error", { field });
  }
  for (const raw of ["", "[]", "null", "{", '{"domain":"a.com"}x']) {
    (await org.test.request("POST", "verifications/domain", { raw, headers: { "content-type": "application/json" } })).refused(400, "validation_error");
  }
});

test("what is no domain verification is not checked here", async () => {
  const phone = await create(org.test);
  (await org.test.post(`verifications/domain/${phone.id}/check`)).refused(400, "validation_error");
  (await org.test.post(`verifications/domain/${freshId()}/check`)).refused(404, "not_found");
  const stranger = await world.organisation();
  const started = await start({ domain: freshDomain() });
  (await stranger.test.post(`verifications/domain/${started.id}/check`)).refused(404, "not_found");
  (await org.live.post(`verifications/domain/${started.id}/check`)).refused(404, "not_found");
  assert.equal((await read(org.test, started.id)).check_count, 0);
});

test("look-alike names carry a warning", async () => {
  const started = await start({ domain: `аррӏе.com` });
  assert.equal(started.domain_unicode, "аррӏе.com");
  assert.equal(started.domain_resembles, "apple.com");
});
