// A receiver of webhooks under a name of its own, and what it makes of what comes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac, timingSafeEqual } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { eventually } from "./poll.mjs";
import { python } from "./python.mjs";
import { random } from "./steps.mjs";

/**
 * `answer`: `{ status, headers, body }`, or `(request, response, call)` that answers by itself, or a list
 * of those for one call after another, the last of which stays; it may be changed while the receiver
 * stands, but what a retry finds belongs in a list: it comes whether or not the test is there in time.
 */
export async function startReceiver(world, answer = { status: 204 }) {
  const name = `hooks-${random()}.com`;
  const calls = [];
  const self = {
    name,
    url: `https://${name}/in`,
    answer,
    calls,
    /** The bodies, once there are so many calls. */
    events: (count, options) =>
      eventually(`${count} calls at ${name}`, () => calls.length >= count && calls.map(({ body }) => JSON.parse(body)), options),
  };
  self.address = world.internet.host(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const call = { at: Date.now(), method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() };
    const now = Array.isArray(self.answer) ? self.answer[Math.min(calls.length, self.answer.length - 1)] : self.answer;
    calls.push(call);
    if (typeof now === "function") return now(request, response, call);
    const { status, headers = {}, body = "" } = now;
    response.writeHead(status, headers).end(body);
  });
  await world.dns.publish({ name, type: "A", data: self.address });
  return self;
}

/** Registers an endpoint; answers it with its secret. */
export const register = async (client, url, more = {}) => (await client.post("webhook-endpoints", { url, ...more })).expect(201).body;

/** The deliveries of an organisation, once `are` says so. */
export const deliveries = (client, are = ({ length }) => length > 0, options = { within: 30_000 }) =>
  eventually(
    "the deliveries",
    async () => {
      const { data } = (await client.get("webhook-deliveries")).expect(200).body;
      return are(data) && data;
    },
    options,
  );

export const readDelivery = async (client, id) => (await client.get(`webhook-deliveries/${id}`)).expect(200).body;

/** By the published package; answers the event or throws. */
export const verifiedByNode = (secret, { headers, body }) => new Webhook(secret).verify(body, headers);

/** By the published package of the other language; answers the event or throws what it says. */
export function verifiedByPython(secret, { headers, body }) {
  const program = `
import json, sys
from standardwebhooks import Webhook
given = json.load(sys.stdin)
print(json.dumps(Webhook(given["secret"]).verify(given["body"], given["headers"])))
`;
  return new Promise((resolve, reject) => {
    const child = spawn(python(), ["-c", program], { stdio: ["pipe", "pipe", "pipe"] });
    const said = { out: "", error: "" };
    child.stdout.on("data", (chunk) => (said.out += chunk));
    child.stderr.on("data", (chunk) => (said.error += chunk));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(JSON.parse(said.out)) : reject(new Error(said.error))));
    child.stdin.end(JSON.stringify({ secret, headers, body }));
  });
}

/** `X-Proof-Signature`, as the reference's example does it. */
export function signedBy(secret, { headers, body }, name = "x-proof-signature") {
  const expected = createHmac("sha256", secret).update(body).digest("hex");
  assert.match(headers[name] ?? "", /^[0-9a-f]{64}$/, name);
  return timingSafeEqual(Buffer.from(expected), Buffer.from(headers[name]));
}
