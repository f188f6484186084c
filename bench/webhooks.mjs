// Webhooks: how many a second, and how long after the right code the receiver has the first byte. Both systems deliver
// to one receiver on loopback, round by round A B A B. A burst is a number of verifications that are completed as
// fast as they can be; it is over when the receiver has as many webhooks.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { Connection, HungUp } from "./load/connection.mjs";
import { API, createMessage, message, submitMessage } from "./load/messages.mjs";
import { RECEIVER, startReceiver } from "./load/receiver.mjs";
import { cpuSeconds, untilAtRest } from "./measure/process.mjs";
import { median, percentile } from "./measure/summary.mjs";
import { launch } from "./systems/launch.mjs";

const BURST = 1_500;
const WARM_UP = 300;
const ONE_BY_ONE = 200;
const SAMPLE_EVERY = 50;
const PATIENCE_MS = 90_000;
/** A second webhook for the same event would follow at once, if there were one. */
const SETTLE_MS = 500;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A connection that is opened anew when the simulator hangs up on it, as it does at times on all at once. */
class Patient {
  #url;
  #connection;

  constructor({ url }) {
    this.#url = url;
  }

  /** `again`: it was sent before, and nobody knows what became of it. */
  async request(bytes, again = false) {
    try {
      this.#connection ??= await Connection.open(this.#url);
      return { ...(await this.#connection.request(bytes)), again };
    } catch (error) {
      if (!(error instanceof HungUp) || again) throw error;
      this.#connection = undefined;
      return this.request(bytes, true);
    }
  }

  close() {
    this.#connection?.close();
  }
}

async function create(system, connection) {
  const { status, body } = await connection.request(createMessage(system));
  assert.equal(status, 201, body.toString());
  const { id, challenge } = JSON.parse(body);
  return { id, code: challenge.code };
}

async function submit(system, connection, verification) {
  const { status, body, again } = await connection.request(submitMessage(system, verification));
  const isDone = status === 200 || (again && body.includes("already_verified"));
  assert.ok(isDone, `${status} ${body}`);
}

/** Every connection takes the next piece of work until there is none. */
const share = (system, width, pieces, work) =>
  Promise.all(
    Array.from({ length: width }, async () => {
      const connection = new Patient(system);
      try {
        for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) await work(connection, piece);
      } finally {
        connection.close();
      }
    }),
  );

const withinPatience = (what, promise) =>
  Promise.race([promise, pause(PATIENCE_MS).then(() => Promise.reject(new Error(`${what} takes too long`)))]);

/** Each verification exactly once, each event once, and a sample of signatures by the published library. */
function check(deliveries, completed, { secret }) {
  const standard = new Webhook(secret);
  const bodies = deliveries.map(({ body }) => JSON.parse(body));
  assert.deepEqual(bodies.map((body) => body.verification_id).sort(), completed.map(({ id }) => id).sort());
  assert.equal(new Set(deliveries.map(({ headers }) => headers["webhook-id"])).size, deliveries.length, "an event came twice");
  for (let i = 0; i < deliveries.length; i += SAMPLE_EVERY) {
    const { headers, body } = deliveries[i];
    standard.verify(body.toString(), headers);
    assert.equal(headers["x-proof-signature"], createHmac("sha256", secret).update(body).digest("hex"));
    const { id, event, status, test, proofs } = bodies[i];
    assert.deepEqual([id, event, status, test, proofs.length], [headers["webhook-id"], "verification.completed", "verified", true, 1]);
  }
}

async function burst({ system, receiver, endpoint }, size, width) {
  const completed = [];
  await share(system, width, Array.from({ length: size }, (_, i) => i), async (connection) => {
    completed.push(await create(system, connection));
  });
  await untilAtRest(system.pid);
  receiver.take();
  const all = receiver.count(size);
  const cpuBefore = cpuSeconds(system.pid);
  const start = performance.now();
  await share(system, width, [...completed], (connection, verification) => submit(system, connection, verification));
  const submitted = performance.now() - start;
  const end = await withinPatience(`${system.name}: a burst of ${size}`, all);
  await pause(SETTLE_MS);
  const cpu = cpuSeconds(system.pid) - cpuBefore;
  check(receiver.take(), completed, endpoint);
  return { rate: (size / (end - start)) * 1000, submitted: (size / submitted) * 1000, cpu: (cpu / size) * 1e6 };
}

async function oneByOne({ system, receiver, endpoint }, times) {
  const connection = new Patient(system);
  const completed = [];
  const waits = [];
  receiver.take();
  for (let i = 0; i < times; i++) {
    const verification = await create(system, connection);
    // Its object tells the ledger after its answer; a person takes longer than this.
    await pause(5);
    const arrival = receiver.firstByte(verification.id);
    const start = performance.now();
    await submit(system, connection, verification);
    waits.push((await withinPatience(`${system.name}: one webhook`, arrival)) - start);
    completed.push(verification);
  }
  connection.close();
  await pause(SETTLE_MS);
  check(receiver.take(), completed, endpoint);
  waits.sort((a, b) => a - b);
  return { p50: median(waits), p99: percentile(waits, 0.99) };
}

async function ready(name, settings) {
  const receiver = await startReceiver();
  const system = await launch(name, { ...settings, outbound: receiver.outbound });
  const connection = new Patient(system);
  const wish = { url: `https://${RECEIVER}/hooks` };
  const { status, body } = await connection.request(message(system, "POST", `${API}/webhook-endpoints`, wish));
  assert.equal(status, 201, body.toString());
  connection.close();
  return { system, receiver, endpoint: JSON.parse(body) };
}

/** @returns {Promise<Record<"ours" | "peer", {rate: number, submitted: number, cpu: number, p50: number, p99: number}[]>>} */
export async function measureWebhooks(choice, settings, say) {
  const figures = {};
  const running = [];
  try {
    for (const name of choice.systems) running.push(await ready(name, settings));
    for (let round = 0; round <= choice.rounds; round++) {
      for (const one of running) {
        const { name } = one.system;
        const many = await burst(one, round === 0 ? WARM_UP : BURST, choice.connections);
        await untilAtRest(one.system.pid);
        const single = await oneByOne(one, round === 0 ? 50 : ONE_BY_ONE);
        await untilAtRest(one.system.pid);
        const [rate, p50] = [many.rate.toFixed(0), single.p50.toFixed(1)];
        say(`round ${round} webhooks ${name}: ${rate} deliveries/s, ${many.cpu.toFixed(0)} µs each, first byte after ${p50} ms`);
        if (round > 0) (figures[name] ??= []).push({ ...many, ...single });
      }
    }
  } finally {
    for (const { system, receiver } of running) {
      await system.stop();
      await receiver.stop();
    }
  }
  return figures;
}
