// Event streams: opening many, and the time from the submit that changes the state to the client that learns of it.
import { connect } from "node:net";
import { residentBytes } from "../measure/process.mjs";
import { Connection } from "./connection.mjs";
import { API, createMessage, message, submitMessage } from "./messages.mjs";

const OPEN_AT_ONCE = 50;
const PATIENCE_MS = 30_000;

class Stream {
  #text = "";
  #waiting = new Map();

  constructor(system, id) {
    this.socket = connect({ host: system.url.hostname, port: Number(system.url.port), noDelay: true }, () => {
      this.socket.write(message(system, "GET", `${API}/verifications/${id}/events`, undefined, "Accept: text/event-stream\r\n"));
    });
    this.socket.on("data", (chunk) => {
      this.#text += chunk.latin1Slice();
      for (const [name, waiter] of this.#waiting) {
        if (!this.#text.includes(`event: ${name}\n`) && !this.#text.includes(`event:${name}\n`)) continue;
        this.#waiting.delete(name);
        waiter.resolve(performance.now());
      }
    });
    const broken = (error) => {
      const what = error?.message ?? `the stream ended: ${this.#text.slice(0, 300)}`;
      for (const waiter of this.#waiting.values()) waiter.reject(new Error(what));
      this.#waiting.clear();
    };
    this.socket.on("error", broken);
    this.socket.on("close", () => broken());
  }

  /** Resolves with the moment at which the event arrived. */
  until(name) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${name} within ${PATIENCE_MS} ms`)), PATIENCE_MS);
      const end = (settle) => (value) => {
        clearTimeout(timer);
        settle(value);
      };
      this.#waiting.set(name, { resolve: end(resolve), reject: end(reject) });
    });
  }
}

async function pendingVerification(connection, system) {
  const answer = await connection.request(createMessage(system));
  if (answer.status !== 201) throw new Error(`${system.name}: create answered ${answer.status} ${answer.body}`);
  const { id, challenge } = JSON.parse(answer.body);
  return { id, code: challenge.code };
}

async function openStreams(system, id, count) {
  const streams = [];
  while (streams.length < count) {
    const batch = Array.from({ length: Math.min(OPEN_AT_ONCE, count - streams.length) }, () => new Stream(system, id));
    await Promise.all(batch.map((stream) => stream.until("connected")));
    streams.push(...batch);
  }
  return streams;
}

const closeAll = (streams) => streams.forEach((stream) => stream.socket.destroy());

/** Milliseconds from sending the right code until the first and until the last of `listeners` clients has the event. */
export async function timeToClients(system, listeners) {
  const connection = await Connection.open(system.url);
  let streams = [];
  try {
    const verification = await pendingVerification(connection, system);
    streams = await openStreams(system, verification.id, listeners);
    const told = Promise.all(streams.map((stream) => stream.until("status_changed")));
    const start = performance.now();
    const [answer, arrivals] = await Promise.all([connection.request(submitMessage(system, verification)), told]);
    if (answer.status !== 200) throw new Error(`${system.name}: submit answered ${answer.status} ${answer.body}`);
    return { first: Math.min(...arrivals) - start, last: Math.max(...arrivals) - start };
  } finally {
    closeAll(streams);
    connection.close();
  }
}

/** Resident bytes that `count` open streams on one verification add to the process. */
export async function streamMemory(system, count, pause) {
  const connection = await Connection.open(system.url);
  const verification = await pendingVerification(connection, system);
  const few = await openStreams(system, verification.id, 10);
  await pause(1000);
  const before = residentBytes(system.pid);
  const streams = await openStreams(system, verification.id, count);
  await pause(2000);
  const after = residentBytes(system.pid);
  closeAll([...few, ...streams]);
  connection.close();
  return after - before;
}
