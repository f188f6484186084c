// The HTTP client of the tests. Every reply is checked against the OpenAPI document and against what
// the contract says of all replies; both are written down for the transcript.
import assert from "node:assert/strict";
import http from "node:http";
import { record } from "./test.mjs";

// Connections that were idle for a second are not used again. The server closes them after five, by a clock that
// stands still while the machine is busy, and a request that meets the closing is lost.
await fetch("data:,");
const DISPATCHER = Symbol.for("undici.globalDispatcher.1");
const { constructor: Agent } = globalThis[DISPATCHER];
globalThis[DISPATCHER] = new Agent({ keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 });

export class Client {
  #world;
  #key;

  constructor(world, key) {
    this.#world = world;
    this.#key = key;
  }

  get key() {
    return this.#key;
  }

  /** The address of a path: relative ones are below /api/v1/. */
  address(path) {
    return new URL(path, `${this.#world.url}/api/v1/`).href;
  }

  get(path, options) {
    return this.request("GET", path, options);
  }

  post(path, body, options) {
    return this.request("POST", path, { ...options, body });
  }

  /** `body` is sent as JSON, `raw` as it is. `key: null` sends no key. */
  async request(method, path, { body, raw, headers = {}, key = this.#key, signal, redirect = "manual" } = {}) {
    const sent = { ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers };
    let payload = raw;
    if (body !== undefined) {
      payload = JSON.stringify(body);
      sent["content-type"] ??= "application/json";
    }
    const url = this.address(path);
    const exchange = this.#begin(method, url, sent, payload);
    const response = await fetch(url, { method, headers: sent, body: payload, signal, redirect, duplex: "half" });
    return this.#finish(exchange, new Reply(response.status, [...response.headers], await response.text()));
  }

  /** For what `fetch` refuses to send: a path as it is written, headers twice, half a body. */
  async bare(method, path, { headers = [], body, target = path } = {}) {
    const url = new URL(this.#world.url);
    const exchange = this.#begin(method, url.origin + path, Object.fromEntries(pairs(headers)), body);
    const reply = await new Promise((resolve, reject) => {
      const request = http.request({ host: url.hostname, port: url.port, method, path: target, headers: ["Host", url.host, ...headers] });
      request.on("error", reject);
      request.on("response", (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve(new Reply(response.statusCode, pairs(response.rawHeaders), Buffer.concat(chunks).toString())));
      });
      request.end(body);
    });
    return this.#finish(exchange, reply);
  }

  /** For a request that was made in another way: it counts as one of this client. */
  observe(method, url, headers, reply) {
    return this.#finish(this.#begin(method, url, headers), reply);
  }

  #begin(method, url, headers, body) {
    const path = url.slice(this.#world.url.length);
    const text = body === undefined ? "" : typeof body === "string" ? body : `(${body.length ?? "?"} bytes)`;
    const exchange = { request: { method, path, headers, body: text }, logs: () => this.#world.logs() };
    record(exchange);
    return exchange;
  }

  #finish(exchange, reply) {
    exchange.reply = reply;
    if (exchange.request.method !== "HEAD") this.#world.contract.check(exchange.request, reply);
    return reply;
  }
}

export class Reply {
  constructor(status, headers, text) {
    this.status = status;
    this.headers = new Headers(headers.filter(([name]) => !name.startsWith(":")));
    this.text = text;
    this.requestId = this.headers.get("x-request-id");
  }

  get body() {
    try {
      return JSON.parse(this.text);
    } catch {
      throw new assert.AssertionError({ message: `not JSON: ${this.text.slice(0, 200)}` });
    }
  }

  /** The status, or a failure that shows the body. */
  expect(status) {
    assert.equal(this.status, status, `expected ${status}, got ${this.status}: ${this.text.slice(0, 500)}`);
    return this;
  }

  /** An error in the documented form. */
  refused(status, code, { field, says, remaining } = {}) {
    this.expect(status);
    const { error } = this.body;
    assert.equal(error.code, code, `expected ${code}: ${this.text}`);
    assert.ok(error.message, "an error has a message");
    assert.equal(error.request_id, this.requestId, "the body names the request id of the header");
    if (field)
      assert.ok(
        error.details?.some((one) => one.field === field),
        `names the field ${field}: ${this.text}`,
      );
    if (says) assert.match(this.text, says);
    if (remaining !== undefined) assert.equal(error.attempts_remaining, remaining);
    return this;
  }

  /** What another caller could tell this reply from another by. */
  fingerprint() {
    const volatile = [
      "date",
      "x-request-id",
      "ratelimit-limit",
      "ratelimit-remaining",
      "ratelimit-reset",
      "ratelimit",
      "ratelimit-policy",
      "keep-alive",
      "connection",
    ];
    const headers = [...this.headers].filter(([name]) => !volatile.includes(name));
    return JSON.stringify({ status: this.status, headers, text: this.text.replaceAll(this.requestId, "(request id)") });
  }
}

const pairs = (flat) => Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
