// The door: bodies that are too large, too slow, of the wrong type or no JSON; paths and methods
// that are none; request ids, CORS, and headers that pretend to come from inside.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, test } from "./harness/test.mjs";
import { eventually } from "./harness/poll.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, freshPhone, proven } from "./harness/steps.mjs";

let world;
let org;
let client;
before(async () => {
  world = await startWorld();
  org = await world.organisation();
  client = org.test;
});
after(() => world?.stop());

const JSON_TYPE = { "content-type": "application/json" };
const good = () => ({ type: "phone", channel: "sms", identifier: freshPhone() });
const send = (raw, headers = JSON_TYPE) => client.post("verifications", undefined, { raw, headers });

test("a body of more than 64 KB is refused, with and without a declared length", async () => {
  const fits = JSON.stringify({ ...good(), client_metadata: {} });
  (await send(fits + " ".repeat(64 * 1024 - fits.length))).expect(201);
  (await send(fits + " ".repeat(64 * 1024 - fits.length + 1))).refused(413, "payload_too_large");
  (await send(" ".repeat(200_000))).refused(413, "payload_too_large");
  const pieces = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 20; i++) controller.enqueue(new TextEncoder().encode(" ".repeat(8_192)));
      controller.close();
    },
  });
  (await send(pieces)).refused(413, "payload_too_large");
  for (const path of ["proofs/validate", `verifications/507f1f77bcf86cd799439011/submit`]) {
    (await client.post(path, undefined, { raw: " ".repeat(100_000), headers: JSON_TYPE })).refused(413, "payload_too_large");
  }
});

test("a declared length that is a lie is no way in", async () => {
  const { hostname, port } = new URL(world.url);
  const answer = await new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => {
      socket.write(
        `POST /api/v1/verifications HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${client.key}\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n{}`,
      );
    });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.includes("\r\n\r\n")) {
        socket.destroy();
        resolve(text);
      }
    });
    socket.on("error", reject);
    setTimeout(() => reject(new Error("no answer to a huge declared body within 5 s")), 5_000).unref();
  });
  assert.match(answer, /^HTTP\/1\.1 413 /);
});

test("a body that arrives byte by byte is given up, and nobody else waits for it", async () => {
  const { hostname, port } = new URL(world.url);
  const started = Date.now();
  const answer = new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => {
      socket.write(
        `POST /api/v1/verifications HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${client.key}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n`,
      );
      const drip = setInterval(() => socket.write(" "), 500);
      socket.on("close", () => clearInterval(drip));
    });
    socket.on("data", (chunk) => {
      socket.destroy();
      resolve(String(chunk));
    });
    socket.on("error", reject);
  });
  const meanwhile = Date.now();
  (await world.anonymous.get("/health")).expect(200);
  assert.ok(Date.now() - meanwhile < 1_500);
  assert.match(await answer, /^HTTP\/1\.1 408 /);
  assert.ok(Date.now() - started < 20_000);
});

test("only JSON is taken, and only said to be JSON", async () => {
  const body = JSON.stringify(good());
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/json",
    "application/jsonp",
    "application/json-patch+json",
    "application/xml",
    "*/*",
    "application/json text/plain",
    "application/octet-stream",
  ]) {
    (await send(body, { "content-type": type })).refused(415, "unsupported_media_type");
  }
  const none = await client.bare("POST", "/api/v1/verifications", {
    headers: ["Authorization", `Bearer ${client.key}`, "Content-Length", String(body.length)],
    body,
  });
  none.refused(415, "unsupported_media_type");
  for (const type of ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8"]) {
    (await send(JSON.stringify(good()), { "content-type": type })).expect(201);
  }
});

test("whatever is not JSON is a refusal within a second, never a fault", async () => {
  const text = JSON.stringify(good());
  const bodies = {
    nothing: "",
    space: "  \n",
    half: text.slice(0, -5),
    "trailing comma": text.replace("}", ",}"),
    "single quotes": text.replaceAll('"', "'"),
    comment: `/* x */${text}`,
    two: text + text,
    "text behind": `${text}x`,
    NaN: text.replace(/"identifier":"[^"]+"/, '"identifier":NaN'),
    "byte order mark": `\ufeff${text}`,
    "UTF-16": Buffer.from(text, "utf16le"),
    "UTF-16 with a mark": Buffer.from(`\ufeff${text}`, "utf16le"),
    "broken UTF-8": Buffer.concat([Buffer.from('{"type":"'), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from('"}')]),
    "lone surrogate": text.replace("phone", "\\ud800"),
    "control character": text.replace("phone", "pho\u0001ne"),
    deep: "[".repeat(60_000),
    "deep objects": '{"a":'.repeat(10_000),
    "deep and closed": `{"type":"phone","channel":"sms","identifier":"+37069199199","client_metadata":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`,
    "many members": `{${Array.from({ length: 6_000 }, (_, i) => `"k${i}":1`).join(",")}}`,
    "duplicate identifier": '{"type":"phone","channel":"sms","identifier":"+37069199199","identifier":"+37069199198"}',
    "duplicate type": '{"type":"phone","type":"email","channel":"sms","identifier":"+37069199199"}',
    "duplicate by an escape": '{"type":"phone","channel":"sms","identifier":"+37069199199","\\u0069dentifier":"+37069199198"}',
    "huge number": '{"type":1e999,"channel":"sms","identifier":"+37069199199"}',
    "a list": `[${text}]`,
    "a string": '"x"',
    null: "null",
    true: "true",
    gzip: Buffer.from("1f8b0800000000000003abae050043bfa6a302000000", "hex"),
  };
  for (const [name, body] of Object.entries(bodies)) {
    const started = Date.now();
    const reply = await send(body);
    assert.ok(Date.now() - started < 1_000, `${name}: ${Date.now() - started} ms`);
    assert.equal(reply.status, 400, `${name}: ${reply.status} ${reply.text}`);
    reply.refused(400, "validation_error");
    assert.ok(reply.text.length < 1_000, `${name}: the refusal is short`);
  }
});

test("metadata with repeated or special names is no way to anything", async () => {
  const made = (
    await send(
      '{"type":"phone","channel":"sms","identifier":"+37069199199","client_metadata":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
    )
  ).expect(201).body;
  assert.equal(made.polluted, undefined);
  (await client.get(`verifications/${made.id}`)).expect(200);
});

test("a compressed body is not unpacked", async () => {
  const { gzipSync } = await import("node:zlib");
  const bomb = gzipSync(" ".repeat(50_000_000));
  const reply = await send(bomb, { ...JSON_TYPE, "content-encoding": "gzip" });
  assert.ok([400, 413, 415].includes(reply.status), `${reply.status}`);
  assert.ok(reply.body.error.code);
});

test("methods that a path has not are 405 with Allow", async () => {
  const { id } = await create(client);
  const cases = [
    ["DELETE", "verifications", ["GET", "POST"]],
    ["PUT", "verifications", ["GET", "POST"]],
    ["PATCH", `verifications/${id}`, ["GET"]],
    ["DELETE", `verifications/${id}`, ["GET"]],
    ["POST", `verifications/${id}`, ["GET"]],
    ["GET", `verifications/${id}/submit`, ["POST"]],
    ["GET", `verifications/${id}/test-verify`, ["POST"]],
    ["POST", `verifications/${id}/events`, ["GET"]],
    ["GET", `verifications/${id}/events/ticket`, ["POST"]],
    ["GET", "proofs/validate", ["POST"]],
    ["POST", "proofs/revoked", ["GET"]],
    ["POST", `proofs/${id}/status`, ["GET"]],
    ["POST", "/.well-known/jwks.json", ["GET"]],
    ["POST", "/health", ["GET"]],
    ["DELETE", "quota", ["GET"]],
    ["POST", "/api/openapi.json", ["GET"]],
    ["POST", "/docs", ["GET"]],
  ];
  for (const [method, path, methods] of cases) {
    const reply = await client.request(method, path);
    reply.refused(405, "method_not_allowed");
    const allowed = (reply.headers.get("allow") ?? "").split(/,\s*/);
    for (const one of methods) assert.ok(allowed.includes(one), `${method} ${path}: Allow: ${reply.headers.get("allow")}`);
  }
  assert.equal((await client.get(`verifications/${id}`)).body.status, "pending");
});

test("paths that are none are 404 in the documented form", async () => {
  const { id } = await create(client);
  const paths = [
    "/api",
    "/api/",
    "/api/v1",
    "/api/v1/",
    "/api/v2/verifications",
    "/API/v1/verifications",
    "/api/v1/Verifications",
    "verifications/",
    `verifications/${id}/`,
    `verifications/${id}/events/`,
    `verifications/${id}/nothing`,
    `verifications//${id}`,
    `/api/v1//verifications`,
    "/api/v1/verificationsx",
    "/api/v1/verifications.json",
    "/api/v1/verifications;x=1",
    "proofs",
    "proofs/",
    `proofs/${id}`,
    `proofs/${id}/`,
    "/.well-known/",
    "/.well-known/openid-configuration",
    "/.env",
    "/.git/config",
    "/wp-login.php",
    "/favicon.ico/x",
    "/health/",
    "/docs/x",
    "/static/../wrangler.toml",
    "/static/%2e%2e/x",
    "/static/.env",
    "/dev/",
    "/dev/inbox/x",
    "/nothing",
    "/%00",
    "/%ff",
    "verification-requestsx",
    "webhook-deliveries/",
    // A route that does not exist yet is no different from one that never will.
    "me/profiles",
  ];
  for (const path of paths) {
    const reply = await client.get(path);
    reply.refused(404, "not_found");
  }
  for (const path of ["/api/v1/verifications/../verifications", "/api/v1/./verifications", `/api/v1/verifications/%2e%2e/proofs/revoked`]) {
    const reply = await client.bare("GET", path, { headers: ["Authorization", `Bearer ${client.key}`] });
    assert.ok([200, 404].includes(reply.status), `${path}: ${reply.status}`);
  }
});

test("every answer has an id of its own, and the log knows it", async () => {
  const ids = new Set();
  const replies = [
    await client.get("verifications"),
    await client.get("nothing"),
    await world.anonymous.get("verifications"),
    await world.anonymous.get("/health"),
    await send("{"),
    await client.get("proofs/revoked"),
    await world.anonymous.get("/.well-known/jwks.json"),
    await world.anonymous.get("/docs"),
    await world.anonymous.request("OPTIONS", "verifications"),
  ];
  for (const reply of replies) {
    assert.ok(reply.requestId, `${reply.status} has no X-Request-Id`);
    ids.add(reply.requestId);
  }
  assert.equal(ids.size, replies.length);
  for (const id of ids) await eventually(`a log line with ${id}`, () => world.logs().some((line) => line.includes(id)), { within: 5_000 });
});

test("a request id that the caller brings is not taken over", async () => {
  for (const id of ["mine", "x".repeat(500), "a\tb"]) {
    const reply = (await client.get("verifications", { headers: { "x-request-id": id } })).expect(200);
    assert.notEqual(reply.requestId, id);
  }
});

test("headers that pretend to come from inside have no effect", async () => {
  const victim = await world.organisation();
  const { id } = await create(victim.test);
  const forged = {
    "x-organisation-id": victim.id,
    "x-tenant-id": victim.id,
    "x-organisation": victim.id,
    "x-owner": victim.id,
    "x-environment": "test",
    "x-proof-tenant": victim.id,
    "x-proof-caller": `${victim.id}/test`,
    "x-internal": "true",
    "x-worker": "front",
    "x-forwarded-for": "127.0.0.1",
    "x-real-ip": "127.0.0.1",
    "x-forwarded-host": "localhost",
    "x-forwarded-proto": "https",
    "x-http-method-override": "GET",
    "x-original-url": "/health",
    "x-rewrite-url": "/health",
    "cf-worker": "proof-front",
    "cf-ray": "x",
    "cf-visitor": "{}",
    "x-miniflare-x": "1",
  };
  (await world.anonymous.get(`verifications/${id}`, { headers: forged })).refused(401, "unauthorized");
  (await client.get(`verifications/${id}`, { headers: forged })).refused(404, "not_found");
  (await client.post(`verifications/${id}/test-verify`, undefined, { headers: forged })).refused(404, "not_found");
  const list = (await client.get("verifications", { headers: forged })).expect(200).body;
  assert.ok(list.data.every((one) => one.id !== id));
});

test("cross-origin requests: any origin may ask with a key, none with a cookie", async () => {
  for (const origin of ["https://app.partner-of-tests.com", "null", "http://localhost:3000"]) {
    const reply = (await client.get("verifications", { headers: { origin } })).expect(200);
    assert.equal(reply.headers.get("access-control-allow-origin"), "*");
    assert.equal(reply.headers.get("access-control-allow-credentials"), null);
    const exposed = reply.headers.get("access-control-expose-headers").toLowerCase();
    for (const name of ["x-request-id", "retry-after", "ratelimit-remaining", "idempotent-replayed", "etag"])
      assert.ok(exposed.includes(name), `${name} is not exposed`);
    const refusal = (await world.anonymous.get("verifications", { headers: { origin } })).refused(401, "unauthorized");
    assert.equal(refusal.headers.get("access-control-allow-origin"), "*", "errors can be read as well");
  }
});

test("preflight needs no key and allows what the API uses", async () => {
  const { id } = await create(client);
  for (const path of [
    "verifications",
    `verifications/${id}/submit`,
    "proofs/validate",
    "proofs/revoked",
    "quota",
    `verifications/${id}/events`,
    "/.well-known/jwks.json",
  ]) {
    const reply = await world.anonymous.request("OPTIONS", path, {
      headers: {
        origin: "https://app.partner-of-tests.com",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,idempotency-key",
      },
    });
    assert.ok([200, 204].includes(reply.status), `${path}: ${reply.status}`);
    assert.equal(reply.headers.get("access-control-allow-origin"), "*");
    const headers = reply.headers.get("access-control-allow-headers").toLowerCase();
    for (const name of ["authorization", "content-type", "idempotency-key", "last-event-id"]) assert.ok(headers.includes(name), name);
    assert.ok(reply.headers.get("access-control-allow-methods").includes("POST"));
    assert.ok(Number(reply.headers.get("access-control-max-age")) > 0);
    assert.equal(reply.text, "");
  }
});

test("answers of the API are not to be kept or sniffed", async () => {
  const { id } = await proven(client);
  for (const path of ["verifications", `verifications/${id}`, "quota", "nothing"]) {
    const reply = await client.get(path);
    assert.equal(reply.headers.get("cache-control"), "no-store", path);
    assert.equal(reply.headers.get("x-content-type-options"), "nosniff");
    assert.match(reply.headers.get("content-type"), /^application\/json/);
  }
});

test("HEAD answers as GET does, without a body", async () => {
  const { id } = await create(client);
  for (const [path, status] of [
    ["verifications", 200],
    [`verifications/${id}`, 200],
    ["nothing", 404],
    ["/health", 200],
  ]) {
    const reply = await client.request("HEAD", path);
    assert.equal(reply.status, status, path);
    assert.equal(reply.text, "");
  }
});

test("a very long address and very many headers are no fault", async () => {
  const long = await client.get(`verifications/${"a".repeat(9_000)}`);
  long.refused(404, "not_found");
  const many = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`x-h${i}`, "v".repeat(100)]));
  (await client.get("verifications", { headers: many })).expect(200);
});
