// Creating a verification: the whole matrix of types and channels, every identifier in its
// normalised form, and everything that has to be refused before anything is stored.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, freshPhone, proven, read } from "./harness/steps.mjs";
import { MATRIX, NORMALISED, REFUSED } from "./harness/identifiers.mjs";

let world;
let client;
before(async () => {
  world = await startWorld();
  client = (await world.organisation()).test;
});
after(() => world?.stop());

const post = (body, options) => client.post("verifications", body, options);
const CHANNELS = [...new Set(Object.values(MATRIX).flatMap((channels) => Object.keys(channels)))];
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

test("the answer has the documented form", async () => {
  const phone = freshPhone();
  const request = {
    type: "phone",
    channel: "whatsapp",
    identifier: phone,
    client_metadata: { user_id: "usr_123", action: "login" },
    external_user_id: "user 12345",
    callback_url: "https://hooks.partner-of-tests.com/in?x=1",
  };
  const before = Math.floor(Date.now() / 1000);
  const made = (await post(request)).expect(201).body;
  for (const [name, value] of Object.entries(request)) assert.deepEqual(made[name], value, name);
  assert.match(made.id, /^[0-9a-f]{24}$/);
  assert.equal(made.status, "pending");
  assert.equal(made.test_mode, true);
  assert.equal(made.proof, undefined);
  const { challenge } = made;
  assert.match(challenge.code, /^[A-HJ-NP-Z2-9]{6}$/, "six characters without those that look alike");
  assert.match(made.created_at, RFC3339);
  assert.match(challenge.expires_at, RFC3339);
  assert.equal(Date.parse(challenge.expires_at) - Date.parse(made.created_at), 600_000, "ten minutes");
  assert.ok(Math.abs(Date.parse(made.created_at) / 1000 - before) <= 5);
  assert.ok(challenge.instruction.includes(challenge.code));
  const link = new URL(challenge.deep_link);
  assert.equal(link.host, "wa.me");
  assert.ok(challenge.deep_link.includes(challenge.code));
  assert.ok(!challenge.deep_link.includes(phone.slice(1)), "the link leads to the service, not to the person");
  assert.equal(challenge.attempts_remaining, 5);
  assert.deepEqual(await read(client, made.id), made);
});

for (const [type, channels] of Object.entries(MATRIX)) {
  for (const [channel, identifier] of Object.entries(channels)) {
    test(`${type} by ${channel} works in test mode from beginning to end`, async () => {
      const made = await create(client, { type, channel, identifier });
      assert.equal(made.status, "pending");
      assert.equal(made.type, type);
      assert.equal(made.channel, channel);
      assert.ok(made.challenge.instruction);
      if (type === "domain" && channel !== "email") {
        const { dns_record: record, http_file: file } = made.challenge;
        assert.equal(made.challenge.code, undefined);
        assert.equal(Date.parse(made.challenge.expires_at) - Date.parse(made.created_at), 86_400_000, "a day");
        if (channel !== "http") {
          assert.equal(record.type, "TXT");
          assert.equal(record.name, `_proof.${made.identifier}`);
          assert.match(record.value, /^proof-verify=[0-9a-z]{26,}$/);
        } else assert.equal(record, undefined);
        if (channel !== "dns") {
          assert.equal(file.path, "/.well-known/proof-verify.txt");
          assert.equal(file.url, `https://${made.identifier}${file.path}`);
          assert.match(file.content, /^proof-verify=[0-9a-z]{26,}$/);
        } else assert.equal(file, undefined);
        if (record && file) assert.equal(record.value, file.content);
      } else {
        assert.match(made.challenge.code, type === "email" ? /^\d{6}$/ : /^[A-Z0-9]{6}$/);
      }
      if (type === "wallet") {
        const { message, nonce } = made.challenge;
        assert.match(nonce, /^[A-Za-z0-9]{8,}$/);
        for (const part of [made.identifier, nonce, made.id]) assert.ok(message.includes(part), `the message names ${part}`);
      }
      const { verification, token } = await proven(client, { type, channel, identifier });
      assert.equal(verification.status, "verified");
      const valid = (await client.post("proofs/validate", { proof_token: token, identifier })).expect(200).body;
      assert.equal(valid.valid, true, JSON.stringify(valid));
      assert.equal(valid.verification.type, type);
      assert.equal(valid.verification.channel, channel);
    });
  }
}

test("every pair outside the matrix is refused", async () => {
  let refused = 0;
  for (const [type, channels] of Object.entries(MATRIX)) {
    const identifier = Object.values(channels)[0];
    for (const channel of CHANNELS.filter((one) => !(one in channels))) {
      (await post({ type, channel, identifier })).refused(400, "invalid_channel_for_type", { field: "channel" });
      refused++;
    }
  }
  assert.equal(refused, 7 * 21 - 22);
});

test("identifiers are stored in one normalised form", async () => {
  for (const [type, channel, written, normal] of NORMALISED) {
    const made = await create(client, { type, channel, identifier: written });
    assert.equal(made.identifier, normal, `${type}/${channel} ${written}`);
  }
});

for (const [type, channel, identifiers] of REFUSED) {
  test(`${type} by ${channel}: what is no identifier is refused`, async () => {
    for (const identifier of identifiers) {
      const reply = await post({ type, channel, identifier });
      assert.equal(reply.status, 400, `${JSON.stringify(identifier)} was taken: ${reply.text}`);
      reply.refused(400, "invalid_identifier", { field: "identifier" });
    }
  });
}

test("the request's form is closed, and every problem names its field", async () => {
  const good = { type: "phone", channel: "sms", identifier: "+37069199199" };
  const cases = [
    [{ ...good, type: undefined }, "type"],
    [{ ...good, channel: undefined }, "channel"],
    [{ ...good, identifier: undefined }, "identifier"],
    [{ ...good, type: "house" }, "type"],
    [{ ...good, type: "Phone" }, "type"],
    [{ ...good, type: null }, "type"],
    [{ ...good, channel: "pigeon" }, "channel"],
    [{ ...good, channel: ["sms"] }, "channel"],
    [{ ...good, identifier: 37069199199 }, "identifier"],
    [{ ...good, identifier: { $ne: null } }, "identifier"],
    [{ ...good, identifier: ["+37069199199"] }, "identifier"],
    [{ ...good, status: "verified" }, "status"],
    [{ ...good, organisation_id: "x" }, "organisation_id"],
    [{ ...good, __proto__x: 1 }, "__proto__x"],
    [{ ...good, client_metadata: "x" }, "client_metadata"],
    [{ ...good, client_metadata: [] }, "client_metadata"],
    [{ ...good, external_user_id: 1 }, "external_user_id"],
    [{ ...good, external_user_id: "" }, "external_user_id"],
    [{ ...good, external_user_id: "x".repeat(256) }, "external_user_id"],
    [{ ...good, external_user_id: "a\u0000b" }, "external_user_id"],
    [{ ...good, external_user_id: "a\nb" }, "external_user_id"],
    [{ ...good, callback_url: 1 }, "callback_url"],
    [{ ...good, callback_url: "" }, "callback_url"],
  ];
  for (const [body, field] of cases) (await post(body)).refused(400, "validation_error", { field });
  for (const raw of ['{"type":"phone","channel":"sms","identifier":"+37069199199","__proto__":{"x":1}}']) {
    (await post(undefined, { raw, headers: { "content-type": "application/json" } })).refused(400, "validation_error", {
      field: "__proto__",
    });
  }
});

test("client_metadata is kept as it is, within its limits", async () => {
  const metadata = {
    text: "žąsis \u2028 \u202e </script>",
    number: 1.5,
    big: 9007199254740991,
    nothing: null,
    list: [1, [2, { deep: true }]],
    "": "empty name",
    __proto_like__: "x",
  };
  const made = await create(client, { client_metadata: metadata });
  assert.deepEqual((await read(client, made.id)).client_metadata, metadata);
  const many = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
  await create(client, { client_metadata: many(50) });
  (await post({ type: "phone", channel: "sms", identifier: freshPhone(), client_metadata: many(51) })).refused(400, "validation_error", {
    field: "client_metadata",
  });
  await create(client, { client_metadata: { x: "y".repeat(4096 - 8) } });
  (await post({ type: "phone", channel: "sms", identifier: freshPhone(), client_metadata: { x: "y".repeat(4096 - 7) } })).refused(
    400,
    "validation_error",
    { field: "client_metadata" },
  );
  (await post({ type: "phone", channel: "sms", identifier: freshPhone(), client_metadata: { x: "ž".repeat(3000) } })).refused(
    400,
    "validation_error",
    { field: "client_metadata" },
  );
});

test("external_user_id takes 255 characters of any script", async () => {
  const name = "ž".repeat(255);
  const made = await create(client, { external_user_id: name });
  assert.equal(made.external_user_id, name);
});

test("a bot's token does not come back", async () => {
  const token = MATRIX.telegram_bot.telegram_bot_token;
  const reply = (await post({ type: "telegram_bot", channel: "telegram_bot_token", identifier: token })).expect(201);
  assert.ok(!reply.text.includes(token.split(":")[1]), "the secret half is not shown");
  assert.equal(reply.body.identifier, token.split(":")[0]);
});
