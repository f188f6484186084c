// What the platform offers, in the few shapes that Rust asks for. Each function is one crossing. What
// gives a promise is an async function: it never throws in the caller's face.

// --- environment -------------------------------------------------------------------------------

export function variable(env, name) {
  const value = env[name];
  return typeof value === "string" ? value : undefined;
}

export function waitUntil(context, promise) {
  context.waitUntil(promise.catch((error) => console.error(String(error?.stack ?? error))));
}

export function log(line) {
  console.log(line);
}

export function clock() {
  return performance.now();
}

export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// --- the end of this instance --------------------------------------------------------------------

// The instance of the module that this belongs to; see `module.mjs`.
let instance;

export function belongTo(given) {
  instance = given;
}

// A panic ends the instance without a word; whoever waits for it has to be told.
export function panicked(message) {
  instance.break(message);
}

// Calls back into the module for as long as it is whole.
export function whileWhole(callback) {
  return (...values) => {
    if (instance.broken) return;
    try {
      callback(...values);
    } catch (error) {
      panicked(String(error?.stack ?? error));
    }
  };
}

// --- promises ------------------------------------------------------------------------------------

// A promise, and the functions by which Rust settles it.
export function deferred() {
  return Promise.withResolvers();
}

export function listen(promise, wait, listener) {
  promise.then(
    (value) => listener(wait, true, value),
    (error) => listener(wait, false, error),
  );
}

export function nextTurn() {
  return Promise.resolve();
}

// --- D1 ------------------------------------------------------------------------------------------

// statements: JSON of [[sql, [parameters…]], …], run in one transaction; answers JSON of one list of
// rows per statement, if rows are wanted.
export async function d1(env, statements, rows) {
  const database = env.DB;
  const prepared = JSON.parse(statements).map(([sql, parameters]) =>
    database.prepare(sql).bind(...parameters),
  );
  if (prepared.length > 1) {
    const results = await database.batch(prepared);
    return rows ? JSON.stringify(results.map((result) => result.results)) : "";
  }
  if (!rows) {
    await prepared[0].run();
    return "";
  }
  return JSON.stringify([(await prepared[0].all()).results]);
}

// --- Durable Objects -----------------------------------------------------------------------------

function object(env, binding, name) {
  const namespace = env[binding];
  return namespace.get(namespace.idFromName(name));
}

export async function objectCommand(env, binding, name, message) {
  return await object(env, binding, name).command(message);
}

export async function objectFetch(env, binding, name, url) {
  return await object(env, binding, name).fetch(url);
}

// --- an object's own storage ---------------------------------------------------------------------

export function storageGet(context, key) {
  return context.storage.kv.get(key);
}

export function storagePut(context, key, value) {
  context.storage.kv.put(key, value);
}

export function storageSetAlarm(context, milliseconds) {
  // Not awaited: it joins the same commit as the writes beside it, and the output gate waits.
  context.storage.setAlarm(milliseconds);
}

export async function storageDeleteAll(context) {
  await context.storage.deleteAlarm();
  await context.storage.deleteAll();
}

// --- rate limits ---------------------------------------------------------------------------------

export async function withinRate(env, binding, key) {
  const { success } = await env[binding].limit({ key });
  return success;
}

// --- buckets -------------------------------------------------------------------------------------

// The bytes under this key; undefined if there are none, or no such bucket.
export async function bucketGet(env, binding, key) {
  const object = await env[binding]?.get(key);
  return object ? new Uint8Array(await object.arrayBuffer()) : undefined;
}

// --- WebCrypto -----------------------------------------------------------------------------------

const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

export async function importSigningKey(jwk) {
  return await crypto.subtle.importKey("jwk", JSON.parse(jwk), RS256, false, ["sign"]);
}

export async function importVerifyingKey(jwk) {
  return await crypto.subtle.importKey("jwk", JSON.parse(jwk), RS256, false, ["verify"]);
}

export async function rsaSign(key, message) {
  return new Uint8Array(await crypto.subtle.sign(RS256, key, message));
}

export async function rsaVerify(key, signature, message) {
  return await crypto.subtle.verify(RS256, key, signature, message);
}

const aes = (iv, additionalData) => ({ name: "AES-GCM", iv, additionalData });

export async function aesSeal(key, nonce, context, plain) {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return new Uint8Array(await crypto.subtle.encrypt(aes(nonce, context), imported, plain));
}

export async function aesOpen(key, nonce, context, sealed) {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  return new Uint8Array(await crypto.subtle.decrypt(aes(nonce, context), imported, sealed));
}

// --- answers -------------------------------------------------------------------------------------

function headersOf(flat) {
  const lines = flat.split("\n");
  const headers = {};
  for (let at = 0; at + 1 < lines.length; at += 2) headers[lines[at]] = lines[at + 1];
  return headers;
}

// The body is a copy: the platform reads it later, when the module's memory may hold something else.
export function respond(status, headers, body) {
  const empty = status === 204 || status === 304;
  return new Response(empty ? null : body.slice(), { status, headers: headersOf(headers) });
}

// Gives an object's or asset's answer on, untouched but for the headers that are set here.
export function respondThrough(response, headers) {
  const merged = new Headers(response.headers);
  for (const [name, value] of Object.entries(headersOf(headers))) merged.set(name, value);
  return new Response(response.body, { status: response.status, headers: merged });
}

export function responseStatus(response) {
  return response.status;
}

export async function responseBytes(response) {
  return new Uint8Array(await response.arrayBuffer());
}

export async function responseText(response) {
  return await response.text();
}

// --- assets and the edge cache -------------------------------------------------------------------

export async function asset(env, url) {
  return await env.ASSETS.fetch(new Request(url));
}

export async function cacheGet(key) {
  return (await caches.default.match(key)) ?? undefined;
}

export async function cachePut(key, response) {
  await caches.default.put(key, response.clone());
}

export async function cacheDelete(key) {
  await caches.default.delete(key);
}

// --- outbound ------------------------------------------------------------------------------------

// One request, no redirect followed, bounded in time and size. Answers
// [status, JSON of the wanted headers, body, whether the body was cut off]; throws "timeout" or
// "unreachable".
export async function outbound(method, url, headers, body, wanted, maxBytes, milliseconds) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), milliseconds);
  try {
    const response = await fetch(url, {
      method,
      headers: headersOf(headers),
      body: body.byteLength === 0 ? undefined : body,
      redirect: "manual",
      signal: abort.signal,
    });
    const kept = {};
    for (const name of wanted.split(",")) {
      const value = response.headers.get(name);
      if (value !== null) kept[name] = value;
    }
    const [bytes, cut] = await readBounded(response, maxBytes, abort.signal);
    return [response.status, JSON.stringify(kept), bytes, cut];
  } catch {
    throw abort.signal.aborted ? "timeout" : "unreachable";
  } finally {
    clearTimeout(timer);
  }
}

async function readBounded(response, maxBytes, signal) {
  if (response.body === null) return [new Uint8Array(0), false];
  const reader = response.body.getReader();
  const aborted = new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("timeout")), { once: true });
  });
  const bytes = new Uint8Array(maxBytes);
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), aborted]);
      if (done) return [bytes.subarray(0, size), false];
      const room = value.subarray(0, maxBytes - size);
      bytes.set(room, size);
      size += room.byteLength;
      if (room.byteLength < value.byteLength) return [bytes.subarray(0, size), true];
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

// --- mail ----------------------------------------------------------------------------------------

// Hands a message to Cloudflare's Email Service. Throws the code of the error, or "".
export async function sendEmail(env, message, milliseconds) {
  if (typeof env.EMAIL?.send !== "function") throw "no binding";
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("timeout")), milliseconds);
  });
  try {
    await Promise.race([env.EMAIL.send(JSON.parse(message)), late]);
  } catch (error) {
    throw typeof error?.code === "string" ? error.code : "";
  } finally {
    clearTimeout(timer);
  }
}

/** A TCP connection, bounded in time as a whole. What goes wrong shows where it is awaited. */
export class Connection {
  #host;
  #opening;
  #socket;
  #reader;
  #writer;
  #timer;
  #late;

  constructor(host, port, tls, milliseconds) {
    this.#host = host;
    this.#late = new Promise((_, reject) => {
      this.#timer = setTimeout(() => {
        reject("timeout");
        this.close();
      }, milliseconds);
    });
    this.#opening = this.#open(port, tls);
    for (const promise of [this.#late, this.#opening]) promise.catch(() => {});
  }

  async #open(port, tls) {
    // Only whoever sends by SMTP needs it.
    const { connect } = await import("cloudflare:sockets");
    this.#take(connect({ hostname: this.#host, port }, { secureTransport: tls ? "on" : "starttls" }));
  }

  #take(socket) {
    this.#socket = socket;
    this.#reader = socket.readable.getReader();
    this.#writer = socket.writable.getWriter();
    // These would say once more, to nobody, what reading and writing say.
    const { opened, closed } = socket;
    for (const promise of [opened, closed, this.#reader.closed, this.#writer.closed, this.#writer.ready]) promise.catch(() => {});
  }

  /** The next bytes; none when the other end has closed. */
  async read() {
    await this.#opening;
    const { done, value } = await Promise.race([this.#reader.read(), this.#late]);
    return done ? new Uint8Array(0) : value;
  }

  async write(bytes) {
    // A copy: the module's memory may hold something else when it is sent.
    const copy = bytes.slice();
    await this.#opening;
    await Promise.race([this.#writer.write(copy), this.#late]);
  }

  /** Goes on in TLS, with a certificate for the host that was connected to. */
  async beginTls() {
    this.#reader.releaseLock();
    this.#writer.releaseLock();
    this.#take(this.#socket.startTls({ expectedServerHostname: this.#host }));
  }

  close() {
    clearTimeout(this.#timer);
    this.#opening.then(() => this.#socket.close()).catch(() => {});
  }
}

// --- live events ---------------------------------------------------------------------------------

const encoder = new TextEncoder();
// A client that does not read is dropped when this many chunks wait for it.
const MAX_UNREAD = 64;

/** The open event streams of one object, each under the name of its slot. */
export class EventStreams {
  #open = new Map();
  #timer;
  #onGone;
  #onBeat;
  #beat;

  constructor(heartbeatMilliseconds, onGone, onBeat) {
    this.#beat = heartbeatMilliseconds;
    this.#onGone = whileWhole(onGone);
    this.#onBeat = whileWhole(onBeat);
  }

  /**
   * Opens a stream that begins with this text; closes it at once if it is to be the last. The
   * signal is that of the request: it says when the client is gone, which the stream does not.
   */
  open(slot, text, last, signal) {
    let controller;
    const stream = new ReadableStream(
      {
        start: (given) => {
          controller = given;
        },
        cancel: () => this.#drop([slot]),
      },
      { highWaterMark: MAX_UNREAD },
    );
    controller.enqueue(encoder.encode(text));
    if (last) {
      controller.close();
    } else {
      this.#open.set(slot, controller);
      signal.addEventListener("abort", () => this.#drop([slot]), { once: true });
      this.#timer ??= setInterval(() => this.#heartbeat(), this.#beat);
      if (signal.aborted) this.#drop([slot]);
    }
    return new Response(stream, {
      headers: { "content-type": "text/event-stream; charset=utf-8" },
    });
  }

  /** Says it to everybody, and ends the streams if it was the last thing to say. */
  send(text, last) {
    const bytes = encoder.encode(text);
    for (const [slot, controller] of [...this.#open]) this.#write(slot, controller, bytes);
    if (!last) return;
    this.#end();
  }

  #end() {
    const ended = [...this.#open];
    for (const [, controller] of ended) controller.close();
    this.#drop(ended.map(([slot]) => slot));
  }

  /** Writes to one stream, so that the platform notices if nobody listens any more. */
  probe(slot) {
    const controller = this.#open.get(slot);
    if (controller === undefined) return false;
    this.#write(slot, controller, encoder.encode(": probe\n\n"));
    return this.#open.has(slot);
  }

  slots() {
    return [...this.#open.keys()];
  }

  #heartbeat() {
    // Nothing will be told any more: let the readers come back and find a whole object.
    if (instance.broken) return this.#end();
    const bytes = encoder.encode(": heartbeat\n\n");
    for (const [slot, controller] of [...this.#open]) this.#write(slot, controller, bytes);
    if (this.#open.size > 0) this.#onBeat();
  }

  #write(slot, controller, bytes) {
    try {
      if (controller.desiredSize <= 0) throw new Error("nobody reads");
      controller.enqueue(bytes);
    } catch (error) {
      try {
        controller.error(error);
      } catch {
        // It was closed already.
      }
      this.#drop([slot]);
    }
  }

  #drop(slots) {
    const gone = slots.filter((slot) => this.#open.delete(slot));
    if (gone.length === 0) return;
    if (this.#open.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.#onGone(gone);
  }
}
