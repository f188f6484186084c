// One domain seen by several resolvers: how many have to agree, who is named, what one of them can
// break and what it cannot, what is said of DNSSEC, and which aliases count.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "./harness/test.mjs";
import { startDns, txt } from "./harness/dns.mjs";
import { startValidator } from "./harness/validator.mjs";
import { RESOLVERS } from "./harness/internet.mjs";
import { startWorld } from "./harness/world.mjs";
import { createDomain, freshDomain, random } from "./harness/steps.mjs";

const [FIRST, SECOND, THIRD] = RESOLVERS;
let world;
let client;
let elsewhere;
let validator;
before(async () => {
  elsewhere = await startDns();
  const zones = { "signed-of-tests.com": { signed: true }, "bogus-of-tests.com": { signed: true } };
  world = await startWorld({ dns: { zones } });
  const [good, other] = [await world.dns.ds("signed-of-tests.com"), await world.dns.ds("bogus-of-tests.com")];
  // The parent vouches for a key that the second zone does not have.
  const wrong = other.replace(/.{8}$/, (end) => (end === "deadbeef" ? "00000000" : "deadbeef"));
  validator = await startValidator(world.dns, [good, wrong]);
  client = (await world.organisation()).test;
});
after(async () => {
  await world?.stop();
  await elsewhere?.stop();
  await validator?.stop();
});
afterEach(() => RESOLVERS.forEach((name) => world.internet.resolver(name)));

const verify = async (id) => (await client.post(`verifications/${id}/verify`)).expect(200).body;
const said = (check) => Object.fromEntries(check.resolvers.map(({ name, result }) => [name, result]));

/** A domain whose record is published in the DNS that most resolvers know. */
async function published(overrides) {
  const made = await createDomain(client, "dns", overrides);
  const { name, value } = made.challenge.dns_record;
  await world.dns.publish({ name, type: "TXT", data: txt(value) });
  return { ...made, name, value };
}

test("three resolvers are asked and all are named", async () => {
  const done = await verify((await published()).id);
  assert.equal(done.status, "verified");
  assert.deepEqual(said(done.last_check), { [FIRST]: "verified", [SECOND]: "verified", [THIRD]: "verified" });
  assert.match(done.last_check.message, /3 of 3 resolvers/);
  assert.equal(done.last_check.dnssec, "insecure", "nobody validated, and nobody says so");
});

for (const [how, behaviour, result] of [
  ["silent", { silent: true }, "timeout"],
  ["broken", { status: 502 }, "dns_error"],
  ["talking nonsense", { change: () => Buffer.from("<html>blocked</html>") }, "dns_error"],
  ["cut short", { change: (bytes) => bytes.subarray(0, 20) }, "dns_error"],
]) {
  test(`one resolver that is ${how} blocks nothing and is named`, async () => {
    world.internet.resolver(FIRST, behaviour);
    const done = await verify((await published()).id);
    assert.equal(done.status, "verified", JSON.stringify(done.last_check));
    assert.deepEqual(said(done.last_check), { [FIRST]: result, [SECOND]: "verified", [THIRD]: "verified" });
    assert.match(done.last_check.message, new RegExp(`2 of 3 .*${FIRST.replace(".", "\\.")} says ${result}`));
  });
}

test("one resolver that has not seen the record yet is outvoted, two are not", async () => {
  const made = await published();
  world.internet.resolver(SECOND, { answers: elsewhere.doh });
  world.internet.resolver(THIRD, { answers: elsewhere.doh });
  const early = await verify(made.id);
  assert.equal(early.status, "pending");
  assert.equal(early.last_check.result, "partly_visible");
  assert.equal(early.last_check.retryable, true);
  assert.deepEqual(said(early.last_check), { [FIRST]: "verified", [SECOND]: "record_not_found", [THIRD]: "record_not_found" });
  assert.equal(early.proof, undefined);
  world.internet.resolver(THIRD);
  assert.equal((await verify(made.id)).status, "verified");
});

test("one resolver that was deceived proves nothing", async () => {
  const made = await createDomain(client);
  const { name, value } = made.challenge.dns_record;
  await elsewhere.publish({ name, type: "TXT", data: txt(value) });
  world.internet.resolver(THIRD, { answers: elsewhere.doh });
  const checked = await verify(made.id);
  assert.equal(checked.status, "pending");
  assert.equal(checked.last_check.result, "partly_visible");
});

test("two that fail leave nobody to agree with, and that is worth asking again", async () => {
  const made = await published();
  for (const name of [FIRST, THIRD]) world.internet.resolver(name, { status: 503 });
  const checked = await verify(made.id);
  assert.equal(checked.status, "pending");
  assert.equal(checked.last_check.result, "partly_visible");
  assert.equal(checked.last_check.retryable, true);
  RESOLVERS.forEach((name) => world.internet.resolver(name, { status: 503 }));
  const none = await verify(made.id);
  assert.equal(none.last_check.result, "dns_error");
  assert.equal(none.last_check.dnssec, "unknown");
});

/** Sets the bit by which a resolver says that it validated. */
const validated = (bytes) => {
  bytes[3] |= 0x20;
  return bytes;
};

/** SERVFAIL with the word that the signatures are wrong (RFC 8914, code 6). */
const bogus = (bytes) => {
  const question = bytes.subarray(12, bytes.indexOf(0, 12) + 5);
  const header = Buffer.from("000081820001000000000001", "hex");
  return Buffer.concat([header, question, Buffer.from("0000291000000080000006000f00020006", "hex")]);
};

test("what resolvers validated is called secure if all who saw it did", async () => {
  RESOLVERS.forEach((name) => world.internet.resolver(name, { change: validated }));
  const all = await verify((await published()).id);
  assert.equal(all.last_check.dnssec, "secure");
  assert.ok(all.last_check.resolvers.every(({ dnssec }) => dnssec === "secure"));
  world.internet.resolver(SECOND);
  const most = await verify((await published()).id);
  assert.equal(most.status, "verified");
  assert.equal(most.last_check.dnssec, "insecure");
  assert.deepEqual(
    most.last_check.resolvers.map(({ dnssec }) => dnssec),
    ["secure", "insecure", "secure"],
  );
});

test("a signed zone is secure to a resolver that validates, another zone is not", async () => {
  RESOLVERS.forEach((name) => world.internet.resolver(name, { answers: validator.doh }));
  const signed = await verify((await published({ identifier: "signed-of-tests.com" })).id);
  assert.equal(signed.status, "verified", JSON.stringify(signed.last_check));
  assert.equal(signed.last_check.dnssec, "secure");
  const plain = await verify((await published()).id);
  assert.equal(plain.status, "verified");
  assert.equal(plain.last_check.dnssec, "insecure");
});

test("a zone whose signatures are wrong proves nothing, although resolvers that do not look see the record", async () => {
  const made = await published({ identifier: "bogus-of-tests.com" });
  world.internet.resolver(THIRD, { answers: validator.doh });
  const checked = await verify(made.id);
  assert.equal(checked.status, "pending");
  assert.equal(checked.last_check.dnssec, "bogus");
  assert.deepEqual(said(checked.last_check), { [FIRST]: "verified", [SECOND]: "verified", [THIRD]: "dns_error" });
  assert.match(checked.last_check.message, /DNSSEC/);
});

test("a resolver that follows aliases into other zones finds the record there", async () => {
  RESOLVERS.forEach((name) => world.internet.resolver(name, { answers: validator.doh }));
  const target = `${random()}.proofs-of-tests.net`;
  const made = await createDomain(client);
  const { name, value } = made.challenge.dns_record;
  await world.dns.publish({ name, type: "CNAME", data: `${target}.` }, { name: target, type: "TXT", data: txt(value) });
  const done = await verify(made.id);
  assert.equal(done.status, "verified", JSON.stringify(done.last_check));
  assert.deepEqual(done.last_check.via, [target]);
});

test("wrong signatures are not outvoted", async () => {
  const made = await published();
  world.internet.resolver(SECOND, { change: bogus });
  const checked = await verify(made.id);
  assert.equal(checked.status, "pending");
  assert.equal(checked.last_check.result, "dns_error");
  assert.equal(checked.last_check.dnssec, "bogus");
  assert.match(checked.last_check.message, /DNSSEC/);
  world.internet.resolver(SECOND);
  assert.equal((await verify(made.id)).status, "verified");
});

test("an alias for the record alone lets another zone hold it", async () => {
  const target = `${random()}.proofs-of-tests.com`;
  const made = await createDomain(client);
  const { name, value } = made.challenge.dns_record;
  await world.dns.publish({ name, type: "CNAME", data: `${target}.` }, { name: target, type: "TXT", data: txt(value) });
  const done = await verify(made.id);
  assert.equal(done.status, "verified");
  assert.deepEqual(done.last_check.via, [target]);
});

test("an alias that leads nowhere is no record", async () => {
  const made = await createDomain(client);
  await world.dns.publish({ name: made.challenge.dns_record.name, type: "CNAME", data: `${random()}.nowhere-of-tests.com.` });
  const checked = await verify(made.id);
  assert.equal(checked.status, "pending");
  assert.equal(checked.last_check.result, "record_not_found");
});

test("an alias of every name says nothing about the record: whoever holds its target could prove the domain", async () => {
  const target = `${random()}.hosting-of-tests.com`;
  const made = await createDomain(client);
  await world.dns.publish(
    { name: `*.${made.identifier}`, type: "CNAME", data: `${target}.` },
    { name: target, type: "TXT", data: txt(made.challenge.dns_record.value) },
  );
  const checked = await verify(made.id);
  assert.equal(checked.status, "pending");
  assert.equal(checked.last_check.result, "wildcard_alias");
  assert.deepEqual(checked.last_check.via, [target]);
  await world.dns.publish({ name: made.challenge.dns_record.name, type: "TXT", data: txt(made.challenge.dns_record.value) });
  assert.equal((await verify(made.id)).status, "verified");
});

test("nor does a subtree that lies in somebody else's zone", async () => {
  const other = `${random()}-of-tests.com`;
  const made = await createDomain(client);
  await world.dns.publish(
    { name: made.identifier, type: "DNAME", data: `${other}.` },
    { name: `_proof.${other}`, type: "TXT", data: txt(made.challenge.dns_record.value) },
    { name: `*.${other}`, type: "CNAME", data: `end.${other}.` },
  );
  const checked = await verify(made.id);
  assert.equal(checked.status, "pending", JSON.stringify(checked.last_check));
  assert.equal(checked.last_check.result, "wildcard_alias");
});

test("a wildcard that holds the record itself is the owner's word", async () => {
  const made = await createDomain(client);
  await world.dns.publish({ name: `*.${made.identifier}`, type: "TXT", data: txt(made.challenge.dns_record.value) });
  assert.equal((await verify(made.id)).status, "verified");
});

test("thousands of records are an answer, not a fault", async () => {
  const made = await createDomain(client);
  const { name } = made.challenge.dns_record;
  await world.dns.publish(...Array.from({ length: 1_100 }, (_, i) => ({ name, type: "TXT", data: txt(`${i}-${random(8)}`) })));
  const checked = await verify(made.id);
  assert.equal(checked.status, "pending");
  assert.equal(checked.last_check.result, "dns_error");
  assert.ok(JSON.stringify(checked).length < 4_000, "nothing of it is stored");
});

test("a chain of aliases that is too long ends", async () => {
  const domain = freshDomain();
  const made = await createDomain(client, "dns", { identifier: domain });
  const { name, value } = made.challenge.dns_record;
  const links = Array.from({ length: 12 }, (_, i) => `l${i}.${domain}`);
  await world.dns.publish(
    ...[name, ...links.slice(0, -1)].map((from, i) => ({ name: from, type: "CNAME", data: `${links[i]}.` })),
    { name: links.at(-1), type: "TXT", data: txt(value) },
  );
  const checked = await verify(made.id);
  assert.equal(checked.status, "pending");
  assert.ok(["dns_error", "record_not_found"].includes(checked.last_check.result), checked.last_check.result);
});

test("look-alike names are shown as what they are", async () => {
  const apple = await createDomain(client, "dns", { identifier: "аррӏе.com" });
  assert.match(apple.identifier, /^xn--/);
  assert.equal(apple.identifier_unicode, "аррӏе.com");
  assert.equal(apple.identifier_resembles, "apple.com");
  const books = await createDomain(client, "dns", { identifier: "bücher.com" });
  assert.equal(books.identifier_unicode, "bücher.com");
  assert.equal(books.identifier_resembles, undefined);
  assert.equal((await createDomain(client)).identifier_unicode, undefined);
});
