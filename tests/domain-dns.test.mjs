// Domains proven by a DNS record, with a real DNS server behind DNS over HTTPS: what counts as the
// record, what does not, and what is worth asking again.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { txt } from "./harness/dns.mjs";
import { startWorld } from "./harness/world.mjs";
import { createDomain, freshDomain, random, read } from "./harness/steps.mjs";
import { takeApart } from "./harness/tokens.mjs";

let world;
let org;
before(async () => {
  world = await startWorld({ dns: true });
  org = await world.organisation();
});
after(() => world?.stop());

const verify = async (id, client = org.test) => (await client.post(`verifications/${id}/verify`)).expect(200).body;
const publish = (name, ...data) => world.dns.publish(...data.map((one) => ({ name, type: "TXT", data: one })));

/** Creates, publishes what `records` makes of the wanted record, checks once. */
async function checkedWith(records, overrides = {}) {
  const made = await createDomain(org.test, "dns", overrides);
  const { name, value } = made.challenge.dns_record;
  await world.dns.publish(...records({ name, value, domain: made.identifier }));
  return { ...(await verify(made.id)), name, value, domain: made.identifier };
}

function notVerified(checked, result, retryable) {
  assert.equal(checked.status, "pending", JSON.stringify(checked.last_check));
  assert.equal(checked.proof, undefined);
  assert.equal(checked.check_count, 1);
  assert.equal(checked.last_check.method, "dns");
  if (result) assert.equal(checked.last_check.result, result, JSON.stringify(checked.last_check));
  if (retryable !== undefined) assert.equal(checked.last_check.retryable, retryable, JSON.stringify(checked.last_check));
  assert.ok(checked.last_check.message);
}

for (const mode of ["test", "live"]) {
  test(`publish, check, proven (${mode})`, async () => {
    const client = org[mode];
    const made = await createDomain(client);
    assert.equal(made.check_count, 0);
    const early = await verify(made.id, client);
    notVerified(early, "record_not_found");
    assert.ok(early.last_check.message.includes(`_proof.${made.identifier}`), early.last_check.message);
    await publish(made.challenge.dns_record.name, txt(made.challenge.dns_record.value));
    const done = await verify(made.id, client);
    assert.equal(done.status, "verified");
    assert.equal(done.check_count, 2);
    assert.equal(done.last_check.result, "verified");
    assert.equal(takeApart(done.proof.token).claims.channel, "dns");
    assert.equal(takeApart(done.proof.token).claims.env, mode);
    (await client.post(`verifications/${made.id}/verify`)).refused(400, "already_verified");
    assert.deepEqual(await read(client, made.id), done);
  });
}

test("a record in several pieces is one value", async () => {
  const done = await checkedWith(({ name, value }) => [
    { name, type: "TXT", data: txt(value.slice(0, 7), value.slice(7, 20), value.slice(20)) },
  ]);
  assert.equal(done.status, "verified");
});

test("it is found among a hundred others", async () => {
  const done = await checkedWith(({ name, value }) => [
    ...Array.from({ length: 100 }, (_, i) => ({ name, type: "TXT", data: txt(`other-service-verification=${i}-${"x".repeat(60)}`) })),
    { name, type: "TXT", data: txt(value) },
  ]);
  assert.equal(done.status, "verified");
});

test("space around the value does not matter, anything else does", async () => {
  const fine = await checkedWith(({ name, value }) => [{ name, type: "TXT", data: txt(`  ${value} `) }]);
  assert.equal(fine.status, "verified");
  const otherwise = [
    (value) => `${value}0`,
    (value) => `${value} and more`,
    (value) => `x${value}`,
    (value) => value.slice(0, -1),
    (value) => value.toUpperCase(),
    (value) => value.replace("proof-verify=", ""),
    (value) => value.replace("=", " = "),
    (value) => `"${value}"`,
    () => "proof-verify=",
    () => "",
  ];
  for (const change of otherwise) {
    const checked = await checkedWith(({ name, value }) => [{ name, type: "TXT", data: txt(change(value)) }]);
    notVerified(checked, "wrong_value");
  }
});

test("what stands there instead is told, cut short and harmless", async () => {
  const checked = await checkedWith(({ name }) => [
    { name, type: "TXT", data: txt("v=spf1 -all") },
    { name, type: "TXT", data: txt(...Array.from({ length: 8 }, () => "y".repeat(250))) },
    { name, type: "TXT", data: '"\\000\\255<script>\\010\\013alert(1)"' },
  ]);
  notVerified(checked, "wrong_value");
  const { observed } = checked.last_check;
  assert.ok(
    observed.some((one) => one.includes("v=spf1")),
    JSON.stringify(observed),
  );
  assert.ok(JSON.stringify(observed).length < 2_500, "what was seen is shortened");
});

test("the record counts at its own name only", async () => {
  for (const place of [
    (domain) => domain,
    (domain) => `proof.${domain}`,
    (domain) => `_proof.www.${domain}`,
    (domain) => `_proof._proof.${domain}`,
  ]) {
    const checked = await checkedWith(({ domain, value }) => [{ name: place(domain), type: "TXT", data: txt(value) }]);
    notVerified(checked, "record_not_found");
  }
});

test("a record of a parent or a sister proves nothing", async () => {
  const parent = freshDomain();
  const checked = await checkedWith(
    ({ value }) => [
      { name: `_proof.${parent}`, type: "TXT", data: txt(value) },
      { name: `_proof.other.${parent}`, type: "TXT", data: txt(value) },
    ],
    { identifier: `sub.${parent}` },
  );
  notVerified(checked, "record_not_found");
});

test("a token is good for one verification of one tenant", async () => {
  const domain = freshDomain();
  const stranger = await world.organisation();
  const mine = await createDomain(org.test, "dns", { identifier: domain });
  const second = await createDomain(org.test, "dns", { identifier: domain });
  const theirs = await createDomain(stranger.test, "dns", { identifier: domain });
  const live = await createDomain(org.live, "dns", { identifier: domain });
  const values = [mine, second, theirs, live].map((one) => one.challenge.dns_record.value);
  assert.equal(new Set(values).size, 4);
  await publish(mine.challenge.dns_record.name, txt(values[0]));
  notVerified(await verify(second.id), "wrong_value");
  notVerified(await verify(theirs.id, stranger.test), "wrong_value");
  notVerified(await verify(live.id, org.live), "wrong_value");
  assert.equal((await verify(mine.id)).status, "verified");
});

test("a wildcard that says something else is something else", async () => {
  notVerified(
    await checkedWith(({ domain }) => [{ name: `*.${domain}`, type: "TXT", data: txt("proof-verify=0123456789abcdef0123456789abcdef") }]),
    "wrong_value",
  );
});

test("an alias is followed to where the owner points", async () => {
  const elsewhere = `${random()}.validation-of-tests.com`;
  const done = await checkedWith(({ name, value }) => [
    { name, type: "CNAME", data: `${elsewhere}.` },
    { name: elsewhere, type: "TXT", data: txt(value) },
  ]);
  assert.equal(done.status, "verified");
});

test("aliases in a circle are an answer, not a fault", async () => {
  const started = Date.now();
  const checked = await checkedWith(({ name, domain }) => [
    { name, type: "CNAME", data: `loop.${domain}.` },
    { name: `loop.${domain}`, type: "CNAME", data: `${name}.` },
  ]);
  notVerified(checked);
  assert.ok(Date.now() - started < 8_000);
});

test("another type of record at the name is no record", async () => {
  notVerified(await checkedWith(({ name }) => [{ name, type: "A", data: "45.60.0.1" }]), "record_not_found");
});

test("SERVFAIL is worth asking again, and fails nothing", async () => {
  const { id } = await createDomain(org.test, "dns", { identifier: `${random()}.servfail.com` });
  for (let count = 1; count <= 7; count++) {
    const checked = await verify(id);
    assert.equal(checked.status, "pending");
    assert.equal(checked.check_count, count);
    assert.equal(checked.last_check.result, "dns_error");
    assert.equal(checked.last_check.retryable, true);
  }
});

test("a resolver that is silent is a timeout within bounds", async () => {
  const { id } = await createDomain(org.test, "dns", { identifier: `${random()}.silent.com` });
  const started = Date.now();
  const checked = await verify(id);
  assert.ok(Date.now() - started < 9_000, `${Date.now() - started} ms`);
  notVerified(checked, "timeout", true);
});

test("a domain of international letters is asked for in its ASCII form", async () => {
  const label = `bücher-${random()}`;
  const made = await createDomain(org.test, "dns", { identifier: `${label}.com` });
  assert.match(made.identifier, /^xn--[a-z0-9-]+\.com$/);
  await publish(made.challenge.dns_record.name, txt(made.challenge.dns_record.value));
  assert.equal((await verify(made.id)).status, "verified");
});

test("only resolvers are asked, by the standard's form, and nothing secret goes there", async () => {
  const made = await createDomain(org.test);
  const before = world.internet.requests.length;
  await verify(made.id);
  const asked = world.internet.requests.slice(before);
  assert.ok(asked.length >= 1);
  for (const request of asked) {
    assert.equal(request.resolver, true, request.url);
    assert.match(request.url, /^https:\/\/(cloudflare-dns\.com|dns\.google|dns\.quad9\.net)\/dns-query/);
    assert.ok([request.headers.accept, request.headers["content-type"]].includes("application/dns-message"));
    const all = JSON.stringify(request);
    for (const secret of [org.test.key, made.id, org.id, made.challenge.dns_record.value]) assert.ok(!all.includes(secret));
  }
});

test("what is no domain is not checked", async () => {
  const phone = (await org.test.post("verifications", { type: "phone", channel: "sms", identifier: "+37069199199" })).expect(201).body;
  (await org.test.post(`verifications/${phone.id}/verify`)).refused(400, "validation_error");
});
