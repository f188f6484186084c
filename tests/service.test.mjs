// What the service says of itself: its health without secrets, and its reference as two documents
// that a published linter finds no error in.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { MATRIX } from "./harness/identifiers.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const OPERATIONS = [
  "POST /api/v1/verifications",
  "GET /api/v1/verifications",
  "GET /api/v1/verifications/{id}",
  "POST /api/v1/verifications/{id}/submit",
  "POST /api/v1/verifications/{id}/verify",
  "POST /api/v1/verifications/{id}/resend",
  "POST /api/v1/verifications/{id}/test-verify",
  "GET /api/v1/verifications/{id}/events",
  "POST /api/v1/verifications/{id}/events/ticket",
  "POST /api/v1/sessions",
  "GET /api/v1/sessions/{id}",
  "GET /api/v1/sessions/{id}/qr.svg",
  "GET /api/v1/sessions/{id}/qr.png",
  "POST /api/v1/sessions/{id}/test-verify",
  "GET /api/v1/sessions/{id}/events",
  "POST /api/v1/sessions/{id}/events/ticket",
  "POST /api/v1/proofs/validate",
  "GET /api/v1/proofs/{id}/status",
  "POST /api/v1/proofs/{id}/revoke",
  "GET /api/v1/proofs/revoked",
  "GET /api/v1/quota",
  "GET /.well-known/jwks.json",
  "GET /health",
  "GET /api/openapi.json",
];

/** What may be asked without a key. */
const PUBLIC = ["/api/v1/proofs/revoked", "/api/v1/sessions/{id}/qr.svg", "/api/v1/sessions/{id}/qr.png"];

test("health says that every part is well", async () => {
  const health = (await world.anonymous.get("/health")).expect(200);
  assert.equal(health.body.status, "ok");
  assert.deepEqual(Object.values(health.body.checks), ["ok", "ok", "ok"]);
  assert.equal(health.headers.get("cache-control"), "no-store");
  for (const secret of [world.secrets.KEY_PEPPER, world.secrets.ID_SECRET, world.stateDir, "sqlite", "127.0.0.1"])
    assert.ok(!health.text.includes(secret));
});

test("health tells a broken ledger without telling more", async () => {
  await world.sql("ALTER TABLE organisations RENAME TO organisations_away");
  try {
    const health = (await world.anonymous.get("/health")).expect(503);
    assert.equal(health.body.status, "unavailable");
    assert.equal(health.body.checks.database, "unavailable");
    assert.equal(health.body.checks.objects, "ok");
    assert.ok(!/no such table|SQLITE|D1/.test(health.text));
  } finally {
    await world.sql("ALTER TABLE organisations_away RENAME TO organisations");
  }
  (await world.anonymous.get("/health")).expect(200);
});

test("both documents describe every operation of this issue", async () => {
  for (const [path, version] of [
    ["/api/openapi.json", /^3\.0\.\d$/],
    ["/api/openapi-3.1.json", /^3\.1\.\d$/],
  ]) {
    const reply = (await world.anonymous.get(path)).expect(200);
    assert.match(reply.headers.get("content-type"), /^application\/json/);
    const document = reply.body;
    assert.match(document.openapi, version);
    const found = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    for (const one of OPERATIONS) assert.ok(found.includes(one), `${one} is missing in ${path}`);
    for (const [template, item] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        assert.ok(operation.summary && operation.operationId, `${method} ${template}`);
        if (template.startsWith("/api/v1/") && !PUBLIC.includes(template))
          assert.ok(operation.responses["401"] && operation.responses["429"], `${method} ${template}: 401 and 429`);
      }
    }
    const text = JSON.stringify(document);
    for (const channel of Object.values(MATRIX).flatMap(Object.keys)) assert.ok(text.includes(`"${channel}"`), channel);
  }
});

test("the linter finds no error in either", { timeout: 180_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "proof-openapi-"));
  try {
    const files = [];
    for (const name of ["openapi.json", "openapi-3.1.json"]) {
      files.push(join(folder, name));
      await writeFile(files.at(-1), (await world.anonymous.get(`/api/${name}`)).text);
    }
    const require = createRequire(import.meta.url);
    const manifest = require.resolve("@redocly/cli/package.json");
    const cli = join(dirname(manifest), Object.values(require(manifest).bin)[0]);
    const { code, output } = await new Promise((resolve) => {
      const environment = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", CI: "1" };
      execFile(
        process.execPath,
        [cli, "lint", ...files, "--format=stylish"],
        { cwd: folder, env: environment, maxBuffer: 1 << 24 },
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
      );
    });
    assert.equal(code, 0, output.slice(-6_000));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("the home address leads to the reference", async () => {
  const reply = await world.anonymous.get("/");
  assert.ok([301, 302, 307, 308].includes(reply.status));
  assert.equal(reply.headers.get("location"), "/docs");
});
