// Phone-first sessions without the phone: creating and reading them, test mode, the pictures of the
// link, expiry, repetition. What messages do to them is in sessions-messages.test.mjs.
import assert from "node:assert/strict";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { after, before, test } from "./harness/test.mjs";
import { startBrowser } from "./harness/browser.mjs";
import { startWorld } from "./harness/world.mjs";
import { freshId, freshPhone, random, read } from "./harness/steps.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const begin = async (client, more = {}) => (await client.post("sessions", { channel: "whatsapp", ...more })).expect(201).body;
const session = async (client, id) => (await client.get(`sessions/${id}`)).expect(200).body;
const complete = (client, id, phone_number) => client.post(`sessions/${id}/test-verify`, { phone_number });

/** What another reader sees in a PNG. */
function readPng(bytes) {
  const { width, height, data } = PNG.sync.read(bytes);
  assert.ok(width === height && width >= 512, `${width} × ${height}`);
  return jsQR(new Uint8ClampedArray(data), width, height)?.data;
}

async function picture(url) {
  const reply = await fetch(url);
  return { status: reply.status, headers: reply.headers, bytes: Buffer.from(await reply.arrayBuffer()) };
}

test("a session has the documented members and leads to the service", async () => {
  const { test: client } = await world.organisation();
  for (const [channel, link] of [
    ["telegram", (id) => new RegExp(`^https://t\\.me/\\w+\\?start=${id}$`)],
    ["whatsapp", () => /^https:\/\/wa\.me\/\d{7,15}\?text=[A-Z0-9]{6}$/],
  ]) {
    const made = await begin(client, { channel, client_metadata: { action: "login" }, external_user_id: "user_1" });
    assert.match(made.id, /^sess_[0-9a-f]{24}$/);
    assert.deepEqual([made.channel, made.status, made.test_mode], [channel, "pending", true]);
    assert.match(made.deep_link, link(made.id));
    assert.equal(made.qr_code, made.deep_link);
    assert.match(made.instructions, channel === "telegram" ? /Telegram/ : /WhatsApp/);
    assert.equal(Date.parse(made.expires_at) - Date.parse(made.created_at), 600_000);
    assert.deepEqual([made.client_metadata, made.external_user_id], [{ action: "login" }, "user_1"]);
    assert.deepEqual(await session(client, made.id), made);
  }
});

test("what is not as documented is refused with the field's name", async () => {
  const { test: client } = await world.organisation();
  for (const [body, field] of [
    [{}, "channel"],
    [{ channel: "sms" }, "channel"],
    [{ channel: ["telegram"] }, "channel"],
    [{ channel: "telegram", identifier: freshPhone() }, "identifier"],
    [{ channel: "telegram", client_metadata: [] }, "client_metadata"],
    [{ channel: "telegram", client_metadata: { a: "a".repeat(5_000) } }, "client_metadata"],
    [{ channel: "telegram", external_user_id: "" }, "external_user_id"],
  ])
    (await client.post("sessions", body)).refused(400, "validation_error", { field });
  (await client.post("sessions", { channel: "telegram" }, { key: null })).refused(401, "unauthorized");
});

test("test mode completes it with the number of the caller's choice, and with a real verification", async () => {
  const org = await world.organisation();
  const made = await begin(org.test, { external_user_id: "user_7", client_metadata: { a: 1 } });
  const number = freshPhone();
  for (const wrong of ["", "370691", "+19002345678", "a@b.example"])
    (await complete(org.test, made.id, wrong)).refused(400, "invalid_identifier", { field: "phone_number" });
  (await org.test.post(`sessions/${made.id}/test-verify`, {})).refused(400, "validation_error", { field: "phone_number" });
  assert.equal((await session(org.test, made.id)).status, "pending");

  const done = (await complete(org.test, made.id, number)).expect(200).body;
  assert.deepEqual([done.status, done.phone_number, done.test_mode], ["verified", number, true]);
  assert.ok(done.verified_at && done.proof.token && done.proof.expires_at);
  assert.ok(!("deep_link" in done) && !("qr_svg_url" in done), "there is nothing left to scan");
  assert.deepEqual(await session(org.test, made.id), done);
  (await complete(org.test, made.id, number)).refused(400, "already_verified");

  const verification = await read(org.test, done.verification_id);
  assert.deepEqual(
    [verification.type, verification.channel, verification.status, verification.identifier, verification.external_user_id],
    ["phone", "whatsapp", "verified", number, "user_7"],
  );
  assert.deepEqual(verification.client_metadata, { a: 1 });
  assert.deepEqual(verification.proof, done.proof, "one proof");
  assert.equal(verification.verified_at, done.verified_at);
  const verdict = (await org.test.post("proofs/validate", { proof_token: done.proof.token, identifier: number })).expect(200).body;
  assert.deepEqual([verdict.valid, verdict.verification.id], [true, done.verification_id]);
  const { data } = await world.listed(org.test, "verifications?external_user_id=user_7", 1);
  assert.deepEqual([data.length, data[0].id], [1, done.verification_id]);
});

test("revoking the proof takes it out of the session too", async () => {
  const { test: client } = await world.organisation();
  const made = await begin(client);
  const done = (await complete(client, made.id, freshPhone())).expect(200).body;
  (await client.post(`proofs/${done.verification_id}/revoke`, { reason: "fraud" })).expect(200);
  const after = await session(client, made.id);
  assert.deepEqual([after.status, after.phone_number, after.proof], ["verified", done.phone_number, undefined]);
});

test("live keys cannot complete a session without the person", async () => {
  const { live, test: client } = await world.organisation();
  const made = await begin(client);
  (await complete(live, made.id, freshPhone())).refused(404, "not_found");
  assert.equal((await session(client, made.id)).status, "pending");
});

test("live use of a channel without settings is refused, and nothing is made", async () => {
  const { live } = await world.organisation();
  for (const [channel, setting] of [
    ["telegram", /TELEGRAM_BOT_TOKEN/],
    ["whatsapp", /WHATSAPP_APP_SECRET/],
  ]) {
    const reply = await live.post("sessions", { channel });
    reply.refused(400, "channel_not_configured", { field: "channel", says: setting });
    (await live.post("sessions", { channel }, { headers: { "idempotency-key": random() } })).refused(400, "channel_not_configured");
  }
});

test("the same request under the same key makes one session", async () => {
  const { test: client, live } = await world.organisation();
  const key = random();
  const post = (body, as = client) => as.post("sessions", body, { headers: { "idempotency-key": key } });
  const body = { channel: "whatsapp", client_metadata: { a: 1 } };
  const replies = await Promise.all(Array.from({ length: 20 }, () => post(body)));
  const first = replies[0].expect(201).body;
  for (const reply of replies) assert.deepEqual(reply.expect(201).body, first, "with one code and one picture");
  assert.equal(replies.filter((reply) => reply.headers.get("idempotent-replayed") === null).length, 1);
  for (const other of [{ channel: "telegram", client_metadata: { a: 1 } }, { channel: "whatsapp" }, { ...body, external_user_id: "x" }]) {
    const reply = (await post(other)).refused(409, "conflict");
    assert.ok(!reply.text.includes(first.id));
  }
  (await complete(client, first.id, freshPhone())).expect(200);
  const again = (await post(body)).expect(201);
  assert.deepEqual([again.body.id, again.body.status, again.headers.get("idempotent-replayed")], [first.id, "verified", "true"]);
  assert.deepEqual(again.body, await session(client, first.id));
  // A verification under the same key is another thing.
  const verification = await client.post(
    "verifications",
    { type: "phone", channel: "whatsapp", identifier: freshPhone() },
    { headers: { "idempotency-key": key } },
  );
  verification.expect(201);
  (await post(body, live)).refused(400, "channel_not_configured");
});

test("another reader reads both pictures, and nothing but the picture is behind their addresses", async () => {
  const { test: client } = await world.organisation();
  for (const channel of ["telegram", "whatsapp"]) {
    const made = await begin(client, { channel });
    const png = await picture(made.qr_png_url);
    assert.deepEqual([png.status, png.headers.get("content-type")], [200, "image/png"]);
    assert.equal(readPng(png.bytes), made.deep_link);
    const svg = await picture(made.qr_svg_url);
    assert.deepEqual([svg.status, svg.headers.get("content-type")], [200, "image/svg+xml"]);
    const text = svg.bytes.toString();
    assert.match(text, /shape-rendering="crispEdges"/);
    assert.match(text, /<title[^>]*>[^<]+<\/title>/);
    assert.doesNotMatch(text, /<script|href|onload/i);
    assert.match(svg.headers.get("content-security-policy"), /default-src 'none'/);
    for (const { headers } of [png, svg]) {
      assert.equal(headers.get("cache-control"), "no-store");
      assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin");
      assert.equal(headers.get("x-content-type-options"), "nosniff");
    }
    assert.deepEqual((await picture(made.qr_png_url)).bytes, png.bytes, "the same each time");
  }
});

test("a browser draws the SVG as an image, and it can be read from the screen", async () => {
  const { test: client } = await world.organisation();
  const made = await begin(client, { channel: "telegram" });
  const browser = await startBrowser(world.url);
  try {
    await browser.visit({}, async (page) => {
      await page.goto(made.qr_svg_url);
      const shot = PNG.sync.read(await page.screenshot());
      assert.equal(jsQR(new Uint8ClampedArray(shot.data), shot.width, shot.height)?.data, made.deep_link);
    });
  } finally {
    await browser.stop();
  }
});

test("pictures open with their own session's key only, while there is something to scan", async () => {
  const { test: client } = await world.organisation();
  const made = await begin(client);
  const other = await begin(client);
  const key = new URL(made.qr_png_url).searchParams.get("key");
  const address = (id, query) => `sessions/${id}/qr.png${query}`;
  const missing = await world.anonymous.get(address(`sess_${freshId()}`, `?key=${key}`));
  missing.refused(404, "not_found");
  for (const [id, query] of [
    [made.id, ""],
    [made.id, "?key="],
    [made.id, `?key=${key.slice(1)}`],
    [made.id, `?key=${key.toUpperCase()}0`],
    [other.id, `?key=${key}`],
    [made.id.slice(5), `?key=${key}`],
  ]) {
    const reply = await world.anonymous.get(address(id, query));
    reply.refused(404, "not_found");
    assert.equal(reply.fingerprint(), missing.fingerprint(), query);
  }
  (await client.get(address(made.id, ""))).refused(404, "not_found");
  (await world.anonymous.get(address(made.id, `?key=${key}&key=${key}`))).refused(400, "validation_error");
  (await world.anonymous.get(address(made.id, `?key=${key}&x=1`))).refused(400, "validation_error");
  assert.equal((await picture(made.qr_png_url)).status, 200);
  (await world.anonymous.get(`sessions/${made.id}?key=${key}`)).refused(401, "unauthorized");
  (await world.anonymous.get(`sessions/${made.id}`, { key })).refused(401, "unauthorized");
  (await complete(client, made.id, freshPhone())).expect(200);
  for (const url of [made.qr_png_url, made.qr_svg_url]) assert.equal((await picture(url)).status, 404);
});

test("a foreign session, the other environment's and a missing one are the same answer", async () => {
  const owner = await world.organisation();
  const stranger = await world.organisation();
  const pending = await begin(owner.test);
  const done = await begin(owner.test);
  const after = (await complete(owner.test, done.id, freshPhone())).expect(200).body;
  const missing = `sess_${freshId()}`;
  for (const [method, path, body] of [
    ["GET", ""],
    ["GET", "/events"],
    ["POST", "/events/ticket"],
    ["POST", "/test-verify", { phone_number: freshPhone() }],
  ]) {
    for (const client of [stranger.test, stranger.live, owner.live]) {
      const none = (await client.request(method, `sessions/${missing}${path}`, { body })).refused(404, "not_found");
      for (const { id } of [pending, done]) {
        const reply = await client.request(method, `sessions/${id}${path}`, { body });
        assert.equal(reply.fingerprint(), none.fingerprint(), `${method} ${path}`);
      }
    }
  }
  assert.deepEqual(await session(owner.test, pending.id), pending);
  assert.deepEqual(await session(owner.test, done.id), after);
  // Names of other things are no sessions, and sessions are no other things.
  for (const id of [pending.id.slice(5), pending.id.toUpperCase(), `${pending.id}0`, after.verification_id, `sess_${after.verification_id}`])
    (await owner.test.get(`sessions/${id}`)).refused(404, "not_found");
  for (const id of [pending.id, pending.id.slice(5)]) {
    (await owner.test.get(`verifications/${id}`)).refused(404, "not_found");
    (await owner.test.get(`proofs/${id}/status`)).refused(404, "not_found");
  }
});

test("ids are not to be guessed", async () => {
  const { test: client } = await world.organisation();
  const made = await Promise.all(Array.from({ length: 20 }, () => begin(client)));
  const prefixes = new Set(made.map(({ id }) => id.slice(5, 13)));
  assert.equal(prefixes.size, made.length, "neither time nor counter");
  assert.equal(new Set(made.map(({ qr_png_url }) => new URL(qr_png_url).searchParams.get("key"))).size, made.length);
});
