// Requests for several assets as their tenant sees them, in test mode: what may be asked, how a
// request goes on and ends, names, lists, repetition, and that nobody else has anything of it. Live
// ones are in requests-live.test.mjs, races and faults in requests-faults.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { eventually } from "./harness/poll.mjs";
import { cancelRequest, createRequest, emailAsset, eventsOf, readRequest, testVerify } from "./harness/requests.mjs";
import { openStream } from "./harness/sse.mjs";
import { freshDomain, freshEmail, freshId, freshPhone, random } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const post = (client, body, options) => client.post("verification-requests", body, options);
const list = async (client, query = "") => (await client.get(`verification-requests${query}`)).expect(200).body;
const statuses = (request) => request.assets.map(({ status }) => status);

test("a request has the documented members", async () => {
  const { test: client } = await world.organisation();
  const domain = freshDomain();
  const made = await createRequest(
    client,
    [{ type: "domain", identifier: domain.toUpperCase() }, { type: "email" }, { type: "phone", channel: "sms", required: false }],
    {
      reference_id: `deal ${random()}`,
      action_type: "custom",
      action_context: { title: "Open an account", description: "We pay out to people we know." },
      callback_url: "https://hooks-of-tests.com/done",
      validity_requirement: "30d",
      partial_ok: true,
      external_user_id: "user_1",
      client_metadata: { order: "7" },
    },
  );
  assert.match(made.id, /^[0-9a-f]{24}$/);
  assert.deepEqual([made.status, made.test_mode, made.action_type], ["pending", true, "custom"]);
  assert.equal(new URL(made.verification_url).pathname, `/verify/${made.id}`);
  assert.equal(Date.parse(made.expires_at) - Date.parse(made.created_at), 86_400_000);
  assert.deepEqual(
    made.assets.map(({ type, identifier, required, status }) => [type, identifier, required, status]),
    [
      ["domain", domain, true, "pending"],
      ["email", null, true, "pending"],
      ["phone", null, false, "pending"],
    ],
  );
  assert.deepEqual(made.assets[2].allowed_channels, ["sms", "whatsapp", "telegram"], "the preferred channel comes first");
  assert.deepEqual(made.progress, { verified: 0, total: 3, required: 2 });
  assert.deepEqual([made.validity_requirement, made.external_user_id, made.client_metadata], ["30d", "user_1", { order: "7" }]);
  assert.deepEqual(await readRequest(client, made.id), made);
});

test("what is not as documented is refused with the field's name", async () => {
  const { test: client } = await world.organisation();
  const email = emailAsset();
  const one = [email];
  const wallet = { type: "wallet", identifier: "0x52908400098527886E0F7030069857D2E4169EE7" };
  for (const [body, field, code = "validation_error"] of [
    [{}, "assets"],
    [{ assets: [] }, "assets"],
    [{ assets: {} }, "assets"],
    [{ assets: Array.from({ length: 21 }, () => emailAsset()) }, "assets"],
    [{ assets: [{}] }, "assets[0].type"],
    [{ assets: [{ type: "house" }] }, "assets[0].type"],
    [{ assets: [{ type: "email", identifier: "nobody" }] }, "assets[0].identifier", "invalid_identifier"],
    [{ assets: [{ type: "email", identifier: ["a@b.example"] }] }, "assets[0].identifier"],
    [{ assets: [email, { type: "email", channel: "sms" }] }, "assets[1].channel", "invalid_channel_for_type"],
    [{ assets: [{ type: "phone", allowed_channels: ["sms", "email"] }] }, "assets[0].allowed_channels", "invalid_channel_for_type"],
    [{ assets: [{ type: "phone", allowed_channels: [] }] }, "assets[0].allowed_channels"],
    [{ assets: [{ type: "phone", channel: "sms", allowed_channels: ["whatsapp"] }] }, "assets[0].channel"],
    [{ assets: [{ ...wallet, channel: "bitcoin", allowed_channels: ["bitcoin"] }] }, "assets[0].identifier", "invalid_identifier"],
    [{ assets: [email, email] }, "assets[1].identifier"],
    [{ assets: [{ ...email, colour: "red" }] }, "assets[0].colour"],
    [{ assets: [{ ...email, required: false }] }, "assets"],
    [{ assets: one, policy: { any: 0 } }, "policy.any"],
    [{ assets: one, policy: { any: 2 } }, "policy.any"],
    [{ assets: one, policy: {} }, "policy.any"],
    [{ assets: one, expires_in: 299 }, "expires_in"],
    [{ assets: one, expires_in: 604_801 }, "expires_in"],
    [{ assets: one, expires_in: 1e30 }, "expires_in"],
    [{ assets: one, expires_in: "3600" }, "expires_in"],
    [{ assets: one, action_type: "payment" }, "action_type"],
    [{ assets: one, action_context: { title: "" } }, "action_context.title"],
    [{ assets: one, action_context: { title: "x".repeat(101) } }, "action_context.title"],
    [{ assets: one, action_context: { title: "pay \u202E001 €" } }, "action_context.title"],
    [{ assets: one, action_context: { description: "x".repeat(501) } }, "action_context.description"],
    [{ assets: one, action_context: { description: "a\u0000b" } }, "action_context.description"],
    [{ assets: one, action_context: { html: "<b>" } }, "action_context.html"],
    [{ assets: one, reference_id: "" }, "reference_id"],
    [{ assets: one, reference_id: "x".repeat(256) }, "reference_id"],
    [{ assets: one, reference_id: "x".repeat(10_240) }, "reference_id"],
    [{ assets: one, reference_id: "a\u200Bb" }, "reference_id"],
    [{ assets: one, validity_requirement: "1y" }, "validity_requirement"],
    [{ assets: one, validity_requirement: "0d" }, "validity_requirement"],
    [{ assets: one, external_user_id: "" }, "external_user_id"],
    [{ assets: one, client_metadata: { a: "a".repeat(5_000) } }, "client_metadata"],
    [{ assets: one, callback_url: "http://hooks-of-tests.com/" }, "callback_url"],
    [{ assets: one, callback_url: "https://169.254.169.254/latest/meta-data/" }, "callback_url"],
    [{ assets: one, callback_url: "https://127.1/" }, "callback_url"],
    [{ assets: one, redirect_url: "https://nobody-registered-this.com/" }, "redirect_url"],
    [{ assets: one, redirect_url: "javascript:alert(1)" }, "redirect_url"],
    [{ assets: one, redirect_url: `https://a.com/${"x".repeat(2_000)}` }, "redirect_url"],
    [{ assets: one, colour: "red" }, "colour"],
  ])
    (await post(client, body)).refused(400, code, { field });
  (await post(client, { assets: one }, { key: null })).refused(401, "unauthorized");
  assert.equal((await list(client)).pagination.total, 0);
});

test("a person is led back only to what the project registered", async () => {
  const owner = await world.organisation();
  (await owner.live.request("PATCH", "project", { body: { redirect_urls: ["https://app-of-tests.com/done", "http://localhost:3000/"] } })).expect(200);
  for (const url of ["https://app-of-tests.com/done", "https://app-of-tests.com/done/now?deal=1", "http://localhost:3000/x"])
    assert.equal((await createRequest(owner.test, 1, { redirect_url: url })).redirect_url, url);
  for (const url of ["https://app-of-tests.com/", "https://app-of-tests.com/donefor", "https://app-of-tests.com.evil.com/done", "//app-of-tests.com/done"])
    (await post(owner.test, { assets: [emailAsset()], redirect_url: url })).refused(400, "validation_error", { field: "redirect_url" });
  // A developer's own machine counts in test mode only.
  (await post(owner.live, { assets: [emailAsset()], redirect_url: "http://localhost:3000/x" })).refused(400, "validation_error", { field: "redirect_url" });
});

test("assets are proven one by one, each with a proof of its own, until the request is completed", async () => {
  const owner = await world.organisation();
  const { test: client } = owner;
  const phone = freshPhone();
  const made = await createRequest(client, [emailAsset(), { type: "phone" }, emailAsset({ required: false })], { partial_ok: true, external_user_id: "u1" });
  const first = (await testVerify(client, made.id, 0)).expect(200).body;
  assert.deepEqual([first.status, statuses(first)], ["partial", ["verified", "pending", "pending"]]);
  (await testVerify(client, made.id, 0)).refused(400, "already_verified");
  (await testVerify(client, made.id, 1)).refused(400, "invalid_identifier", { field: "identifier" });
  (await testVerify(client, made.id, 1, { identifier: "+1" })).refused(400, "invalid_identifier", { field: "identifier" });
  (await testVerify(client, made.id, 1, { identifier: phone, channel: "email" })).refused(400, "invalid_channel_for_type", { field: "channel" });
  (await testVerify(client, made.id, 3)).refused(404, "not_found");
  (await testVerify(client, made.id, "01")).refused(404, "not_found");
  (await testVerify(client, made.id, 1, { identifier: phone, colour: "red" })).refused(400, "validation_error", { field: "colour" });
  const done = (await testVerify(client, made.id, 1, { identifier: phone, channel: "telegram" })).expect(200).body;
  assert.deepEqual([done.status, statuses(done)], ["completed", ["verified", "verified", "pending"]]);
  assert.ok(done.completed_at);
  assert.deepEqual(done.progress, { verified: 2, total: 3, required: 2 });
  assert.deepEqual([done.assets[1].identifier, done.assets[1].channel], [phone, "telegram"]);
  (await testVerify(client, made.id, 2)).refused(400, "already_verified");
  (await cancelRequest(client, made.id)).refused(409, "conflict");

  for (const asset of done.assets.slice(0, 2)) {
    const verification = (await client.get(`verifications/${asset.verification_id}`)).expect(200).body;
    assert.deepEqual([verification.status, verification.identifier, verification.external_user_id], ["verified", asset.identifier, "u1"]);
    assert.deepEqual(verification.proof, asset.proof);
    assert.equal(verification.request_id, made.id);
    const verdict = (await client.post("proofs/validate", { proof_token: asset.proof.token, identifier: asset.identifier })).expect(200).body;
    assert.deepEqual([verdict.valid, verdict.verification.id], [true, asset.verification_id]);
    const claims = JSON.parse(Buffer.from(asset.proof.token.split(".")[1], "base64url"));
    assert.equal(claims.request_id, made.id, "the proof says what it was asked for");
  }
  const told = await eventsOf(client, made.id, 2);
  assert.deepEqual(
    told.map(({ type }) => type),
    ["verification_request.partial", "verification_request.completed"],
  );
  const { payload } = told[1];
  assert.deepEqual([payload.event, payload.test, payload.request_id, payload.status], ["verification_request.completed", true, made.id, "completed"]);
  assert.deepEqual(
    payload.proofs.map(({ asset_index, identifier, proof_token }) => [asset_index, identifier, proof_token]),
    done.assets.slice(0, 2).map((asset, index) => [index, asset.identifier, asset.proof.token]),
  );
});

test("with a policy any two of three are enough, and not one more is needed", async () => {
  const { test: client } = await world.organisation();
  const made = await createRequest(client, 3, { policy: { any: 2 } });
  assert.deepEqual(made.progress, { verified: 0, total: 3, required: 2 });
  assert.ok(made.assets.every(({ required }) => required === false));
  assert.equal((await testVerify(client, made.id, 2)).expect(200).body.status, "partial");
  assert.equal((await testVerify(client, made.id, 0)).expect(200).body.status, "completed");

  // One that is required is among them, whichever others are there.
  const strict = await createRequest(client, [emailAsset({ required: true }), emailAsset(), emailAsset()], { policy: { any: 2 } });
  await testVerify(client, strict.id, 1);
  assert.equal((await testVerify(client, strict.id, 2)).expect(200).body.status, "partial");
  assert.equal((await testVerify(client, strict.id, 0)).expect(200).body.status, "completed");
});

test("cancelling ends it for good, and whoever cancels twice is told the same", async () => {
  const { test: client } = await world.organisation();
  const made = await createRequest(client, 2);
  await testVerify(client, made.id, 0);
  const gone = (await cancelRequest(client, made.id)).expect(200).body;
  assert.deepEqual([gone.status, statuses(gone)], ["cancelled", ["verified", "pending"]]);
  assert.ok(gone.cancelled_at);
  assert.deepEqual((await cancelRequest(client, made.id)).expect(200).body, gone);
  (await testVerify(client, made.id, 1)).refused(409, "conflict");
  assert.deepEqual(await readRequest(client, made.id), gone);
  // The proof that was there stays good.
  const verdict = (await client.post("proofs/validate", { proof_token: gone.assets[0].proof.token })).expect(200).body;
  assert.equal(verdict.valid, true);
  const [told] = await eventsOf(client, made.id, 1);
  assert.deepEqual([told.type, told.payload.proofs], ["verification_request.cancelled", []]);
});

test("a proof that is withdrawn no longer counts for an open request", async () => {
  const { test: client } = await world.organisation();
  const made = await createRequest(client, 2);
  const { assets } = (await testVerify(client, made.id, 0)).expect(200).body;
  (await client.post(`proofs/${assets[0].verification_id}/revoke`, { reason: "fraud" })).expect(200);
  const after = await eventually("the request knows", async () => {
    const request = await readRequest(client, made.id);
    return request.assets[0].status === "revoked" && request;
  });
  assert.deepEqual([after.status, after.progress.verified], ["pending", 0]);
  assert.ok(!("proof" in after.assets[0]));
});

test("the same request under one key makes one, and says so", async () => {
  const { test: client } = await world.organisation();
  const [key, body] = [random(), { assets: [emailAsset(), emailAsset()], reference_id: random() }];
  const options = { headers: { "idempotency-key": key } };
  const replies = await Promise.all(Array.from({ length: 20 }, () => post(client, body, options)));
  assert.equal(new Set(replies.map((reply) => reply.expect(201).body.id)).size, 1);
  assert.equal(replies.filter((reply) => reply.headers.get("idempotent-replayed") === null).length, 1);
  (await post(client, { ...body, partial_ok: true }, options)).refused(409, "conflict");
  assert.equal((await client.get(`verification-requests/by-reference/${body.reference_id}`)).expect(200).body.id, replies[0].body.id);
  const page = await eventually("the list", async () => {
    const found = await list(client);
    return found.data.length > 0 && found;
  });
  assert.equal(page.pagination.total, 1);
});

test("a reference belongs to one request of a tenant and environment", async () => {
  const [owner, other] = [await world.organisation(), await world.organisation()];
  for (const reference of [`deal_${random()}`, `a/b ${random()}`, `..%2f..${random()}`, `Žalias ${random()}?x=#`]) {
    const made = await createRequest(owner.test, 1, { reference_id: reference });
    const path = `verification-requests/by-reference/${encodeURIComponent(reference)}`;
    assert.deepEqual((await owner.test.get(path)).expect(200).body, made);
    const refused = (await post(owner.test, { assets: [emailAsset()], reference_id: reference })).refused(409, "conflict", { field: "reference_id" });
    assert.ok(refused.text.includes(made.id), "it says which one has it");
    for (const stranger of [other.test, owner.live]) {
      const missing = (await stranger.get(`verification-requests/by-reference/${random()}`)).refused(404, "not_found");
      assert.equal((await stranger.get(path)).fingerprint(), missing.fingerprint());
    }
    await createRequest(other.test, 1, { reference_id: reference });
    // Cancelled ones keep their name: it may be in the tenant's books.
    await cancelRequest(owner.test, made.id);
    (await post(owner.test, { assets: [emailAsset()], reference_id: reference })).refused(409, "conflict", { field: "reference_id" });
  }
});

test("a reference is free at once that a used key did not get", async () => {
  const { test: client } = await world.organisation();
  const [key, first, second] = [random(), random(), random()];
  const options = { headers: { "idempotency-key": key } };
  const body = { assets: [emailAsset()], reference_id: first };
  const made = (await post(client, body, options)).expect(201).body;
  (await post(client, { ...body, reference_id: second }, options)).refused(409, "conflict");
  const other = await createRequest(client, 1, { reference_id: second });
  for (const [reference, { id }] of [[first, made], [second, other]])
    assert.equal((await client.get(`verification-requests/by-reference/${reference}`)).expect(200).body.id, id);
});

test("a reference that is taken again for its request is taken anew", async () => {
  const { test: client, id: organisation } = await world.organisation();
  const [options, body] = [{ headers: { "idempotency-key": random() } }, { assets: [emailAsset()], reference_id: random() }];
  const { id } = (await post(client, body, options)).expect(201).body;
  const longAgo = Math.floor(Date.now() / 1000) - 3_600;
  await world.sql("UPDATE request_references SET created_at = ? WHERE organisation_id = ?", [longAgo, organisation]);
  // Another's attempt is none of it.
  (await post(client, { ...body, partial_ok: true })).refused(409, "conflict", { field: "reference_id" });
  const taken = async () => (await world.sql("SELECT request_id, created_at FROM request_references WHERE organisation_id = ?", [organisation]))[0];
  assert.deepEqual(await taken(), { request_id: id, created_at: longAgo });
  (await post(client, body, options)).expect(201);
  assert.ok((await taken()).created_at > longAgo + 3_000);
});

test("of twenty at once with one reference one is made", async () => {
  const { test: client, id: organisation } = await world.organisation();
  const reference = random();
  const made = (index) =>
    post(client, { assets: [emailAsset()], reference_id: reference }, index % 2 ? { headers: { "idempotency-key": `${index}-${reference}` } } : {});
  const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => made(index)));
  const good = replies.filter((reply) => reply.status === 201);
  assert.equal(good.length, 1);
  for (const reply of replies)
    if (reply.status !== 201) assert.ok(reply.refused(409, "conflict", { field: "reference_id" }).text.includes(good[0].body.id));
  assert.equal((await client.get(`verification-requests/by-reference/${reference}`)).expect(200).body.id, good[0].body.id);
  await world.listed(client, "verification-requests", 1);
  assert.equal((await world.sql("SELECT id FROM verification_requests WHERE organisation_id = ?", [organisation])).length, 1);
});

test("a reference that was taken for a request which never came to be is free again", async () => {
  const { test: client, id: organisation } = await world.organisation();
  const reference = random();
  const take = (seconds) =>
    world.sql("INSERT OR REPLACE INTO request_references VALUES (?, 'test', ?, ?, ?)", [organisation, reference, freshId(), Math.floor(Date.now() / 1000) - seconds]);
  await take(5);
  (await post(client, { assets: [emailAsset()], reference_id: reference })).refused(409, "conflict", { field: "reference_id" });
  (await client.get(`verification-requests/by-reference/${reference}`)).refused(404, "not_found");
  await take(61);
  const made = await createRequest(client, 1, { reference_id: reference });
  assert.equal((await client.get(`verification-requests/by-reference/${reference}`)).expect(200).body.id, made.id);
});

test("lists are paged, filtered, newest first, and carry no proofs", async () => {
  const { test: client } = await world.organisation();
  const made = [];
  for (let index = 0; index < 5; index++) made.push(await createRequest(client, 1, { reference_id: `${index}-${random()}`, external_user_id: `u${index % 2}` }));
  await testVerify(client, made[1].id, 0);
  await cancelRequest(client, made[2].id);
  await world.listed(client, "verification-requests", 5);
  const whole = await eventually("the ledger knows how they stand", async () => {
    const found = await list(client);
    return found.data.filter(({ status }) => status !== "pending").length === 2 && found;
  });
  assert.deepEqual(whole.pagination, { page: 1, limit: 20, total: 5, pages: 1, hasMore: false });
  assert.deepEqual(new Set(whole.data.map(({ id }) => id)), new Set(made.map(({ id }) => id)));
  assert.ok(whole.data.every((request) => request.assets.every((asset) => !("proof" in asset))));
  assert.ok(whole.data.every((one, at) => at === 0 || whole.data[at - 1].created_at >= one.created_at));
  const second = await list(client, "?limit=2&page=2");
  assert.deepEqual(second.pagination, { page: 2, limit: 2, total: 5, pages: 3, hasMore: true });
  assert.deepEqual(second.data, whole.data.slice(2, 4));
  assert.equal((await list(client, "?page=10000")).data.length, 0);
  const ids = async (query) => (await list(client, query)).data.map(({ id }) => id);
  assert.deepEqual(await ids("?status=completed"), [made[1].id]);
  assert.deepEqual(await ids("?status=cancelled"), [made[2].id]);
  assert.deepEqual(await ids(`?reference_id=${made[3].reference_id}`), [made[3].id]);
  assert.equal((await ids("?external_user_id=u1")).length, 2);
  for (const [query, field] of [
    ["?page=0", "page"],
    ["?page=-1", "page"],
    ["?page=1e18", "page"],
    ["?page=NaN", "page"],
    ["?page=1;DROP", "page"],
    ["?page=1000000", "page"],
    ["?limit=0", "limit"],
    ["?limit=101", "limit"],
    ["?limit=1e9", "limit"],
    ["?limit[]=1", "limit[]"],
    ["?status=pending'%20OR%201=1--", "status"],
    ["?status=failed", "status"],
    [`?reference_id=${"x".repeat(256)}`, "reference_id"],
    ["?reference_id=a&reference_id=b", "reference_id"],
    ["?external_user_id=%00", "external_user_id"],
    ["?colour=red", "colour"],
  ])
    (await client.get(`verification-requests${query}`)).refused(400, "validation_error", { field });
});

test("nobody else sees a request or changes it, nor does the other environment", async () => {
  const [owner, stranger] = [await world.organisation(), await world.organisation()];
  const reference = random();
  const made = await createRequest(owner.test, 1, { reference_id: reference });
  const ways = [
    (client, id) => client.get(`verification-requests/${id}`),
    (client, id) => cancelRequest(client, id),
    (client, id) => client.get(`verification-requests/${id}/events`),
    (client, id) => client.post(`verification-requests/${id}/events/ticket`),
    (client, id) => testVerify(client, id, 0),
    (client, id) => testVerify(client, id, 0, { identifier: freshEmail(), channel: "email" }),
  ];
  for (const [at, ask] of ways.entries())
    for (const client of [stranger.test, stranger.live, owner.live]) {
      const [foreign, missing] = [await ask(client, made.id), await ask(client, freshId())];
      if (at < 4 || client === stranger.test) foreign.refused(404, "not_found");
      else foreign.refused(403, "forbidden");
      assert.equal(foreign.fingerprint(), missing.fingerprint(), `way ${at}`);
    }
  assert.equal((await list(stranger.test)).pagination.total, 0);
  assert.equal((await list(owner.live)).pagination.total, 0);
  assert.deepEqual(await readRequest(owner.test, made.id), made, "nothing changed");
  for (const odd of [made.id.toUpperCase().replace(/^\d+$/, "A".repeat(24)), made.id.slice(1), `${made.id}0`, "null", "%00", "by-reference"])
    assert.equal((await owner.test.get(`verification-requests/${odd}`)).status, odd === made.id ? 200 : 404);
});

test("a stream tells every change of the request and its assets, and ends with it", async () => {
  const owner = await world.organisation();
  const { test: client } = owner;
  const made = await createRequest(client, 2);
  const stream = await openStream(client, `verification-requests/${made.id}/events`);
  assert.equal(stream.status, 200);
  const hello = await stream.next();
  assert.deepEqual([hello.event, hello.id, hello.data.status], ["connected", "1", "pending"]);
  await testVerify(client, made.id, 0);
  await testVerify(client, made.id, 1);
  const told = [await stream.next(), await stream.next(), await stream.next(), await stream.next()];
  assert.deepEqual(
    told.map(({ event, data }) => [event, data.status, data.asset.index, data.asset.status]),
    [
      ["status_changed", "pending", 0, "in_progress"],
      ["status_changed", "partial", 0, "verified"],
      ["status_changed", "partial", 1, "in_progress"],
      ["status_changed", "completed", 1, "verified"],
    ],
  );
  await stream.closed();
  for (const event of [hello, ...told]) world.contract.validate(world.contract.component("VerificationRequestEvent"), event.data, "a live event");

  // Whoever comes back gets what was missed, and is told when there is nothing more.
  const resumed = await openStream(client, `verification-requests/${made.id}/events`, { headers: { "last-event-id": "3" } });
  await resumed.closed();
  assert.deepEqual(
    resumed.events.map(({ event, id }) => [event, id]),
    [
      ["connected", "3"],
      ["status_changed", "4"],
      ["status_changed", "5"],
    ],
  );
  assert.equal((await openStream(client, `verification-requests/${made.id}/events`, { headers: { "last-event-id": "5" } })).status, 204);
  assert.equal((await openStream(client, `verification-requests/${made.id}/events`, { headers: { "last-event-id": "x" } })).status, 400);
});

test("a ticket opens one stream, once, of this request only", async () => {
  const { test: client } = await world.organisation();
  const [made, other] = [await createRequest(client), await createRequest(client)];
  const { ticket, url } = (await client.post(`verification-requests/${made.id}/events/ticket`)).expect(201).body;
  assert.equal(new URL(url).pathname, `/api/v1/verification-requests/${made.id}/events`);
  const open = (id) => openStream(client, `verification-requests/${id}/events`, { key: null, query: `?ticket=${ticket}` });
  assert.equal((await open(other.id)).status, 401);
  const stream = await open(made.id);
  assert.equal((await stream.next()).event, "connected");
  stream.drop();
  assert.equal((await open(made.id)).status, 401);
});
