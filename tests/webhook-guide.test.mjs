// docs/webhooks.md: every piece of its code is run as it stands there, against real deliveries.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { freePort } from "../xtask/runner/free-port.mjs";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { eventually } from "./harness/poll.mjs";
import { python } from "./harness/python.mjs";
import { proven, random } from "./harness/steps.mjs";

const root = new URL("..", import.meta.url);

let world;
let folder;
let guide;
before(async () => {
  world = await startWorld({ dns: true });
  folder = await mkdtemp(join(tmpdir(), "proof-guide-"));
  await symlink(new URL("node_modules", root), join(folder, "node_modules"));
  guide = piecesOf(await readFile(new URL("docs/webhooks.md", root), "utf8"));
  for (const [name, code] of Object.entries(guide)) await writeFile(join(folder, name), code);
});
after(async () => {
  await world?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The pieces of code, by the names in their first lines. */
function piecesOf(text) {
  const pieces = {};
  for (const [, language, code] of text.matchAll(/^```(js|python)\n(.*?)^```$/gms)) {
    const name = /^(?:\/\/|#) ([\w-]+\.(?:mjs|py))$/m.exec(code.split("\n")[0])?.[1];
    assert.ok(name, `a piece of ${language} in docs/webhooks.md does not begin with its name`);
    pieces[name] = code;
  }
  return pieces;
}

test("the guide has these pieces, and each is run below", () => {
  assert.deepEqual(Object.keys(guide).sort(), ["catch-up.mjs", "plain.mjs", "plain.py", "receiver.mjs", "receiver.py"]);
});

/** Runs a piece until the test is over; `lines` is what it says. */
async function run(context, command, name, env) {
  const child = spawn(command, [join(folder, name)], { cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const said = { lines: [], errors: "", ended: new Promise((resolve) => child.on("exit", resolve)) };
  child.on("error", (error) => (said.errors += error));
  // A line may come in pieces.
  createInterface({ input: child.stdout }).on("line", (line) => said.lines.push(line));
  child.stderr.on("data", (chunk) => (said.errors += chunk));
  context.after(() => child.kill());
  return said;
}

/** Passes what comes to a name on to a receiver on this machine, and keeps it. */
async function passOn(port) {
  const name = `hooks-${random()}.com`;
  const passed = [];
  const address = world.internet.host(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    passed.push({ headers: request.headers, body });
    const { status } = await post(port, request.headers, body).catch(() => ({ status: 502 }));
    response.writeHead(status).end();
  });
  await world.dns.publish({ name, type: "A", data: address });
  return { url: `https://${name}/in`, passed };
}

function post(port, headers, body) {
  const { host, connection, "transfer-encoding": _, ...rest } = headers;
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, method: "POST", headers: { ...rest, "content-length": body.length } }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve({ status: answer.statusCode }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** Registers an endpoint for a port on which a receiver is about to listen. */
async function endpointFor(client, port) {
  const { url, passed } = await passOn(port);
  const { id, secret } = (await client.post("webhook-endpoints", { url })).expect(201).body;
  return { id, secret, passed };
}

const listening = (port, said) =>
  eventually(
    "a receiver that listens",
    async () => {
      const reply = await post(port, {}, Buffer.from("{}")).catch(() => assert.fail(said.errors || "not yet"));
      assert.equal(reply.status, 400, "what has no signature is refused");
      return true;
    },
    { within: 20_000 },
  );

/** What every receiver of the guide has to do. */
async function isGoodReceiver(context, command, name) {
  const { test: client } = await world.organisation();
  const port = await freePort();
  const { id, secret, passed } = await endpointFor(client, port);
  const said = await run(context, command, name, { PORT: String(port), PROOF_WEBHOOK_SECRET: secret });
  await listening(port, said);

  const fired = (await client.post(`webhook-endpoints/${id}/test`)).expect(201).body;
  await eventually("the trial", () => {
    assert.ok(said.lines.includes(`webhook_endpoint.test ${fired.event_id}`), `${passed.length} came; it said: ${said.lines} ${said.errors}`);
    return true;
  });
  await proven(client);
  await eventually("the completed verification", () => said.lines.some((line) => line.startsWith("verification.completed ")));
  await eventually("deliveries that were taken", async () => (await client.get("webhook-deliveries/stats")).body.delivered === 2);

  // Again, as after a lost answer; and changed on the way, in body, time and signature.
  const [{ headers, body }] = passed;
  assert.equal((await post(port, headers, body)).status, 204);
  const forged = Buffer.from(body.toString().replace("webhook_endpoint.test", "webhook_endpoint.tost"));
  assert.equal((await post(port, headers, forged)).status, 400);
  for (const change of [
    { "webhook-id": random(12) },
    { "webhook-timestamp": String(Number(headers["webhook-timestamp"]) - 1) },
    { "webhook-signature": `v1,${Buffer.alloc(32).toString("base64")}` },
  ]) {
    assert.equal((await post(port, { ...headers, ...change }, body)).status, 400);
  }
  assert.equal(said.lines.length, 2, `each event once: ${said.lines}`);

  // Both secrets sign during the overlap: the receiver with the old one goes on.
  (await client.post(`webhook-endpoints/${id}/rotate-secret`, { overlap_seconds: 600 })).expect(200);
  await proven(client);
  await eventually("a delivery under two secrets", () => said.lines.length === 3);
  (await client.post(`webhook-endpoints/${id}/rotate-secret`, { overlap_seconds: 0 })).expect(200);
  await proven(client);
  await eventually("a delivery under a secret that it does not know", () => passed.length === 4);
  const last = passed.at(-1);
  assert.equal((await post(port, last.headers, last.body)).status, 400);
  assert.equal(said.lines.length, 3);
}

test("receiver.mjs, with the published npm package", (context) => isGoodReceiver(context, process.execPath, "receiver.mjs"));

test("receiver.py, with the published PyPI package", (context) => isGoodReceiver(context, python(), "receiver.py"));

test("plain.mjs and plain.py agree with what is sent", async () => {
  const { test: client } = await world.organisation();
  const { url, passed } = await passOn(1);
  const { secret } = (await client.post("webhook-endpoints", { url })).expect(201).body;
  await proven(client, { external_user_id: "Žmogus \u{1f600}" });
  const { headers, body } = await eventually("a delivery", () => passed[0]);
  const signature = headers["x-proof-signature"];

  const { isOurs } = await import(pathToFileURL(join(folder, "plain.mjs")));
  const inPython = async (text, given, key) => {
    const script = "import sys, json, plain; t, s, k = json.load(sys.stdin); print(plain.is_ours(t.encode(), s, k))";
    const child = spawn("python3", ["-c", script], { cwd: folder });
    const said = { out: "", errors: "" };
    child.stdout.on("data", (chunk) => (said.out += chunk));
    child.stderr.on("data", (chunk) => (said.errors += chunk));
    child.stdin.end(JSON.stringify([text, given, key]));
    await new Promise((resolve) => child.on("close", resolve));
    assert.match(said.out, /^(True|False)\n$/, said.errors);
    return said.out === "True\n";
  };
  const text = body.toString();
  for (const [given, sent, key, expected] of [
    [text, signature, secret, true],
    [text, signature.toUpperCase(), secret, false],
    [text, signature.slice(1), secret, false],
    [text, `${signature}00`, secret, false],
    [text, "", secret, false],
    [text, "z".repeat(64), secret, false],
    [text, "ž".repeat(64), secret, false],
    [text, `${signature}\n`, secret, false],
    [text, null, secret, false],
    [`${text} `, signature, secret, false],
    [text, createHmac("sha256", "whsec_other").update(text).digest("hex"), secret, false],
    [text, signature, `${secret}x`, false],
  ]) {
    assert.equal(isOurs(given, sent, key), expected, `in JavaScript: ${sent}`);
    assert.equal(await inPython(given, sent, key), expected, `in Python: ${sent}`);
  }
  assert.equal(isOurs(text, undefined, secret), false);
});

test("catch-up.mjs reads on from the cursor that it kept, and misses nothing that failed before a success", async (context) => {
  const { test: client } = await world.organisation();
  const catchUp = async (cursor) => {
    const env = { PROOF_URL: world.url, PROOF_KEY: client.key, ...(cursor && { FEED_CURSOR: cursor }) };
    const said = await run(context, process.execPath, "catch-up.mjs", env);
    return { status: await said.ended, errors: said.errors, events: said.lines.slice(0, -1), next: said.lines.at(-1)?.replace("next time from ", "") };
  };
  const line = ({ id, type }) => `${type} ${id} verified`;
  const feed = (count) =>
    eventually(`${count} events`, async () => {
      const { data } = (await client.get("events")).expect(200).body;
      return data.length === count && data;
    });
  assert.deepEqual((await catchUp()).events, []);
  await proven(client);
  const [first] = await feed(1);
  const begun = await catchUp();
  assert.deepEqual([begun.events, begun.next], [[line(first)], first.id]);

  // One delivery fails, and a later one is taken.
  const port = await freePort();
  const { passed } = await endpointFor(client, port);
  await proven(client);
  await eventually("a delivery that nobody took", () => passed.length === 1);
  const receiver = http.createServer((request, response) => response.writeHead(204).end()).listen(port, "127.0.0.1");
  context.after(() => receiver.close());
  await proven(client);
  const events = await feed(3);
  await eventually("a delivery that was taken", async () => (await client.get("webhook-deliveries?status=delivered")).body.data[0]?.event_id === events[2].id);
  const missed = await catchUp(begun.next);
  assert.deepEqual(missed.events, events.slice(1).map(line));
  assert.deepEqual((await catchUp(events[2].id)).events, [], "the webhook-id that was handled last would have skipped one");
  assert.deepEqual((await catchUp(missed.next)).events, []);

  const strange = await catchUp(random(12));
  assert.notEqual(strange.status, 0);
  assert.match(strange.errors, /is not an event of yours/);
});
