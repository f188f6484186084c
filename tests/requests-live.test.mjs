// Live requests: the person proves assets on the page, by its forms alone; which channels are offered,
// how often an asset can be begun, and how a request ends whose time is over.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { txt } from "./harness/dns.mjs";
import { eventually } from "./harness/poll.mjs";
import {
  beginOnPage,
  cancelRequest,
  createRequest,
  emailAsset,
  eventsOf,
  inStatus,
  onPage,
  proveEmailOnPage,
  readRequest,
} from "./harness/requests.mjs";
import { openStream } from "./harness/sse.mjs";
import { freshDomain, freshEmail, otherCode, read, submit } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

/** How long a request is open here that does not say. */
const OPEN_SECONDS = 15;

let world, short;
before(async () => {
  [world, short] = await Promise.all([startWorld({ dns: true }), startWorld({ vars: { REQUEST_SECONDS: String(OPEN_SECONDS) } })]);
});
after(() => Promise.all([world?.stop(), short?.stop()]));

test("an e-mail address and a domain, proven on the page, complete it", async () => {
  const org = await world.organisation();
  const [mail, domain] = [freshEmail(), freshDomain()];
  const made = await createRequest(org.live, [{ type: "email" }, { type: "domain", identifier: domain, channel: "dns" }], { external_user_id: "u1" });
  assert.ok(!("test_mode" in made));
  assert.deepEqual(made.assets[1].allowed_channels[0], "dns");

  const stream = await openStream(org.live, `verification-requests/${made.id}/events`);
  await proveEmailOnPage(world, org.live, made.id, 0, { channel: "email", identifier: mail });
  assert.equal((await inStatus(org.live, made.id, "partial")).assets[0].identifier, mail);

  const verification = await beginOnPage(world, org.live, made.id, 1, { channel: "dns" });
  const { challenge, request_id } = await read(org.live, verification);
  assert.equal(request_id, made.id);
  await world.dns.publish({ name: challenge.dns_record.name, type: "TXT", data: txt(challenge.dns_record.value) });
  assert.equal((await onPage(world, made.id, 1, "check")).status, 303);
  const done = await inStatus(org.live, made.id, "completed");
  assert.deepEqual(
    done.assets.map(({ identifier, channel }) => [identifier, channel]),
    [
      [mail, "email"],
      [domain, "dns"],
    ],
  );
  for (const asset of done.assets) {
    const claims = JSON.parse(Buffer.from(asset.proof.token.split(".")[1], "base64url"));
    assert.deepEqual([claims.request_id, claims.env], [made.id, "live"]);
  }
  await stream.closed();
  assert.equal(stream.events.at(-1).data.status, "completed");
  const told = await eventsOf(org.live, made.id, 1);
  assert.deepEqual(
    told.map(({ type, payload }) => [type, payload.proofs.length, "test" in payload]),
    [["verification_request.completed", 2, false]],
  );
});

test("only channels that are configured are offered, and none at all is refused", async () => {
  const { live } = await world.organisation();
  const made = await createRequest(live, [{ type: "domain" }, { type: "wallet" }]);
  assert.ok(made.assets[0].allowed_channels.includes("dns"));
  (await live.post("verification-requests", { assets: [emailAsset(), { type: "phone" }] })).refused(400, "channel_not_configured", {
    field: "assets[1].channel",
  });
  (await live.post("verification-requests", { assets: [{ type: "social", channel: "github" }] })).refused(400, "channel_not_configured", {
    field: "assets[0].channel",
  });
});

test("a live key completes nothing without the person", async () => {
  const { live } = await world.organisation();
  const { id } = await createRequest(live);
  (await live.post(`verification-requests/${id}/assets/0/test-verify`)).refused(403, "forbidden");
  assert.equal((await readRequest(live, id)).assets[0].status, "pending");
});

test("the quota of the month stops new requests", async () => {
  const { live, test: client } = await world.organisation({ quota: 0 });
  (await live.post("verification-requests", { assets: [emailAsset()] })).refused(403, "quota_exceeded");
  await createRequest(client);
});

test("an asset that failed can be begun again, and not for ever", { timeout: 120_000 }, async () => {
  const { live } = await world.organisation();
  // The person names it, so that no limit of one address stands in the way.
  const made = await createRequest(live, [{ type: "email" }]);
  const seen = new Set();
  for (let attempt = 1; attempt <= 5; attempt++) {
    const verification = await beginOnPage(world, live, made.id, 0, { channel: "email", identifier: freshEmail() });
    assert.ok(!seen.has(verification), "each attempt has a verification of its own");
    seen.add(verification);
    const { code } = await world.inbox.code(verification);
    for (let tries = 1; tries <= 5; tries++) await onPage(world, made.id, 0, "submit", { code: otherCode(code) });
    assert.equal((await read(live, verification)).status, "failed");
    const status = attempt < 5 ? "pending" : "failed";
    const asset = await eventually("the request knows", async () => {
      const [one] = (await readRequest(live, made.id)).assets;
      return one.status === status && one;
    });
    assert.equal(asset.attempts_remaining, 5 - attempt);
    // The right code comes too late.
    assert.notEqual((await onPage(world, made.id, 0, "submit", { code })).status, 303);
  }
  await onPage(world, made.id, 0, "start", { channel: "email", identifier: freshEmail() });
  const over = await readRequest(live, made.id);
  assert.deepEqual([over.status, over.assets[0].status], ["pending", "failed"], "it does not begin once more, nor end the request");
  assert.equal((await world.listed(live, "verifications", 5)).pagination.total, 5);
});

test("another address instead of the first: the first one's code is dead", async () => {
  const { live } = await world.organisation();
  const made = await createRequest(live, [{ type: "email" }]);
  const first = await beginOnPage(world, live, made.id, 0, { channel: "email", identifier: freshEmail() });
  const { code } = await world.inbox.code(first);
  assert.equal((await onPage(world, made.id, 0, "change")).status, 303);
  await eventually("the first one is withdrawn", async () => (await read(live, first)).status === "expired");
  (await submit(live, first, code)).refused(400, "challenge_expired");
  await proveEmailOnPage(world, live, made.id, 0, { channel: "email", identifier: freshEmail() });
  await inStatus(live, made.id, "completed");
});

test("cancelling kills the codes that are on their way", async () => {
  const { live } = await world.organisation();
  const made = await createRequest(live);
  const verification = await beginOnPage(world, live, made.id, 0, { channel: "email" });
  const { code } = await world.inbox.code(verification);
  (await cancelRequest(live, made.id)).expect(200);
  // From the answer on, not from some time later.
  (await submit(live, verification, code)).refused(400, "challenge_expired");
  assert.equal((await read(live, verification)).status, "expired");
  assert.notEqual((await onPage(world, made.id, 0, "submit", { code })).status, 303);
  assert.notEqual((await onPage(world, made.id, 0, "start", { channel: "email" })).status, 303);
  assert.equal((await readRequest(live, made.id)).status, "cancelled");
});

test("with enough by policy the rest is withdrawn", async () => {
  const { live } = await world.organisation();
  const made = await createRequest(live, 2, { policy: { any: 1 } });
  const left = await beginOnPage(world, live, made.id, 1, { channel: "email" });
  await proveEmailOnPage(world, live, made.id, 0);
  await inStatus(live, made.id, "completed");
  await eventually("the other one is withdrawn", async () => (await read(live, left)).status === "expired");
});

for (const partial_ok of [true, false])
  test(`its time is over with one of two proven (${partial_ok ? "parts are taken" : "parts are not taken"})`, { timeout: 120_000 }, async () => {
    const { live } = await short.organisation();
    const made = await createRequest(live, 2, { partial_ok });
    assert.equal(Date.parse(made.expires_at) - Date.parse(made.created_at), OPEN_SECONDS * 1_000);
    const stream = await openStream(live, `verification-requests/${made.id}/events`);
    await proveEmailOnPage(short, live, made.id, 0);
    const pending = await beginOnPage(short, live, made.id, 1, { channel: "email" });
    const { code } = await short.inbox.code(pending);
    await inStatus(live, made.id, "partial");
    // Nobody asks: the alarm ends it.
    await stream.closed(60_000);
    assert.equal(stream.events.at(-1).data.status, "expired");
    const over = await readRequest(live, made.id);
    assert.deepEqual([over.status, over.partial], ["expired", partial_ok ? true : undefined]);
    assert.ok(over.expired_at && over.assets[0].proof);
    await eventually("what was under way is withdrawn", async () => (await read(live, pending)).status === "expired");
    (await submit(live, pending, code)).refused(400, "challenge_expired");
    await onPage(short, made.id, 1, "start", { channel: "email" });
    assert.deepEqual(await readRequest(live, made.id), over, "nothing begins any more");
    (await cancelRequest(live, made.id)).refused(409, "conflict");
    const told = (await eventsOf(live, made.id, partial_ok ? 2 : 1)).at(-1);
    assert.deepEqual([told.type, told.payload.status, told.payload.partial], ["verification_request.expired", "expired", partial_ok ? true : undefined]);
    assert.equal(told.payload.proofs.length, partial_ok ? 1 : 0);
  });
