// The rules of the runner that need no running system.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Room } from "../../shared/edge/js/room.mjs";
import { inlined } from "./ledger.mjs";
import { splitStatements } from "./migrate.mjs";
import { freshSecrets, secretBindings } from "./secrets.mjs";
import { checksum, newKey } from "./seed.mjs";
import { activate, announce, firstSigningKeys, nextKid, prune, publicKeys, rotate } from "./signing.mjs";
import { ROOT } from "./workers.mjs";

const DAY = 24 * 60 * 60;
const NOVEMBER = Date.UTC(2026, 10, 21) / 1000;

test("a key has the checksum that the Rust parser expects", () => {
  assert.equal(checksum("pk_live_0123456789ABCDEFGHIJKLMNOPQRSTUV"), "1j90KZ");
  assert.match(newKey("test"), /^pk_test_[0-9A-Za-z]{38}$/);
  assert.throws(() => newKey("prod"));
});

test("statements end at semicolons outside of strings, comments and triggers", () => {
  const sql = `-- one; two
    CREATE TABLE a (x TEXT DEFAULT 'a;b'); /* ; */
    CREATE TRIGGER t AFTER INSERT ON a BEGIN
      UPDATE a SET x = CASE WHEN x = 'END' THEN 1 ELSE 2 END;
      DELETE FROM a;
    END;
    INSERT INTO a VALUES (1)`;
  const starts = splitStatements(sql).map((statement) => statement.match(/(CREATE|INSERT) \w+/)[0]);
  assert.deepEqual(starts, ["CREATE TABLE", "CREATE TRIGGER", "INSERT INTO"]);
  assert.deepEqual(splitStatements("; -- nothing\n ;"), []);
});

test("the ledger's own migration is split at every statement", async () => {
  const sql = await readFile(`${ROOT}/migrations/0001_ledger.sql`, "utf8");
  for (const statement of splitStatements(sql)) assert.match(statement, /^(--[^\n]*\n|\s)*CREATE (TABLE|UNIQUE|INDEX|TRIGGER)/);
});

test("parameters written into a statement stay parameters", () => {
  const hostile = "'; DROP TABLE api_keys; --?";
  assert.equal(inlined("SELECT ?, '?', ?", [hostile, null]), "SELECT '''; DROP TABLE api_keys; --?', '?', NULL");
  assert.throws(() => inlined("SELECT ?", [1, 2]));
  assert.throws(() => inlined("SELECT ?", []));
  assert.throws(() => inlined("SELECT ?", [1.5]));
});

test("a rotation retires the old key and keeps it published for 31 days", () => {
  const first = firstSigningKeys(NOVEMBER);
  const second = rotate(first, NOVEMBER + DAY);
  assert.deepEqual(publicKeys(second).map(({ kid }) => kid), ["proof-holdings-2026-11.2", "proof-holdings-2026-11"]);
  assert.equal(second.active, "proof-holdings-2026-11.2");
  assert.equal(second.keys[0].retired_at, NOVEMBER + DAY);
  assert.equal(prune(second, NOVEMBER + 32 * DAY - 1).keys.length, 2);
  assert.equal(prune(second, NOVEMBER + 32 * DAY).keys.length, 1);
  assert.throws(() => activate(second, "proof-holdings-2026-11", NOVEMBER + 2 * DAY), /never signs again/);
  assert.throws(() => activate(second, "unknown", NOVEMBER), /no signing key/);
});

test("an announced key is published and does not sign until it is activated", () => {
  const announced = announce(firstSigningKeys(NOVEMBER), NOVEMBER);
  assert.equal(announced.active, "proof-holdings-2026-11");
  const [next] = publicKeys(announced);
  assert.equal(activate(announced, next.kid, NOVEMBER + DAY).active, next.kid);
  assert.equal(activate(announced, announced.active, NOVEMBER).keys[0].retired_at, undefined);
});

test("a name is given once a month and counted from the second on", () => {
  assert.equal(nextKid([], NOVEMBER), "proof-holdings-2026-11");
  assert.equal(nextKid([{ kid: "proof-holdings-2026-11.9" }, { kid: "proof-holdings-2026-10" }], NOVEMBER), "proof-holdings-2026-11.10");
});

test("a Worker gets the secrets it asks for, and the public keys hold nothing private", () => {
  const secrets = freshSecrets();
  const bindings = secretBindings({ secrets: ["KEY_PEPPER", "PROOF_JWKS"] }, secrets);
  assert.deepEqual(Object.keys(bindings), ["KEY_PEPPER", "PROOF_JWKS"]);
  const [key] = JSON.parse(bindings.PROOF_JWKS).keys;
  assert.deepEqual(Object.keys(key).sort(), ["alg", "e", "kid", "kty", "n", "use"]);
  assert.throws(() => secretBindings({ secrets: ["OTHER"] }, secrets), /OTHER/);
});

const MB = 1024 * 1024;

test("large bodies are let in as long as there is room, and who waits is let in when there is", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const room = new Room();
  const first = await room.take(10 * MB);
  assert.ok(await room.take(10 * MB));
  let third;
  room.take(10 * MB).then((key) => (third = { key }));
  await passed(t, 1_000);
  assert.equal(third, undefined);
  room.give(first);
  await passed(t, 100);
  assert.ok(third.key);
});

test("who finds no room for long is sent away, and the room of one that was cut off comes back", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const room = new Room();
  assert.ok(await room.take(20 * MB));
  let second;
  room.take(10 * MB).then((key) => (second = { key }));
  await passed(t, 6_000);
  assert.deepEqual(second, { key: undefined });
  assert.ok(await room.take(2 * MB), "a smaller one has room");
  await passed(t, 60_000);
  assert.ok(await room.take(20 * MB));
});

/** Lets time pass for whoever looks again and again. */
async function passed(t, milliseconds) {
  for (let at = 0; at < milliseconds; at += 20) {
    t.mock.timers.tick(20);
    await Promise.resolve();
  }
}
