// Joins a compiled Rust module to the platform: the fetch handler of a Worker and the classes of
// Durable Objects. It carries bytes across and nothing else; every decision is made in Rust.

import { DurableObject } from "cloudflare:workers";

const MAX_BODY = 64 * 1024;
// A client that is cut off while it writes does not hear why; so a body that is somewhat too large
// is read to its end, and thrown away.
const MAX_DRAINED = 1024 * 1024;
const BODY_MILLISECONDS = 10_000;
const NO_BODY = new Uint8Array(0);

// The headers the door reads, in the order in which it reads them.
const HEADERS = [
  "authorization",
  "content-type",
  "idempotency-key",
  "last-event-id",
  "if-none-match",
  "cf-connecting-ip",
  "accept",
  "access-control-request-method",
];

// What became of the body, in the order of `BodyOutcome` in Rust.
const COMPLETE = 0;
const TOO_LARGE = 1;
const TOO_SLOW = 2;
const BROKEN = 3;

/** The default export of a Worker. */
export function worker(module) {
  return {
    async fetch(request, env, context) {
      let outcome = COMPLETE;
      let body = NO_BODY;
      if (request.body !== null) [outcome, body] = await readBody(request);
      let headers = "";
      for (const name of HEADERS) headers += (request.headers.get(name) ?? "") + "\n";
      try {
        return await module.call((exports) =>
          exports.serve(request.method, request.url, headers, outcome, body, env, context),
        );
      } catch (error) {
        return crashed(error);
      }
    },
  };
}

/** A Durable Object class over the Rust class of the same name. */
export function durableObject(module, name) {
  return class extends DurableObject {
    #inner;

    constructor(context, env) {
      super(context, env);
      this.#inner = new module.exports[name](context, env);
    }

    command(message) {
      return this.#guard(() => this.#inner.command(message));
    }

    fetch(request) {
      return this.#guard(() => this.#inner.fetch(request.url, request.signal));
    }

    alarm() {
      return this.#guard(() => this.#inner.alarm());
    }

    // After a trap the module's memory is not to be trusted: the object is thrown away and starts
    // anew from its storage, in a fresh module.
    async #guard(work) {
      try {
        return await module.call(work);
      } catch (error) {
        if (isTrap(error)) this.ctx.abort("the module trapped");
        throw error;
      }
    }
  };
}

/** One instance of the compiled module, replaced after a trap. */
export class Module {
  #wasm;
  #glue;
  #imports;
  #instance;
  #waiting = new Set();

  constructor(wasm, glue, imports) {
    this.#wasm = wasm;
    this.#glue = glue;
    this.#imports = imports;
    this.renew();
  }

  get exports() {
    return this.#glue;
  }

  renew() {
    this.#glue.__wbg_reset_state?.();
    globalThis[Symbol.for("proof.panicked")] = (message) => this.#panicked(message);
    this.#instance = new WebAssembly.Instance(this.#wasm, this.#imports);
    this.#glue.__wbg_set_wasm(this.#instance.exports);
    this.#instance.exports.__wbindgen_start?.();
  }

  // A panic inside a promise would leave it pending for ever; so the work races against one.
  async call(work) {
    const instance = this.#instance;
    try {
      const outcome = work(this.#glue);
      return outcome instanceof Promise ? await this.#orPanic(outcome) : outcome;
    } catch (error) {
      if (isTrap(error) && instance === this.#instance) this.renew();
      throw error;
    }
  }

  // Not `Promise.race`: a race against a promise that never settles is never forgotten.
  #orPanic(outcome) {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const settle = (pass) => (value) => {
        this.#waiting.delete(reject);
        pass(value);
      };
      outcome.then(settle(resolve), settle(reject));
    });
  }

  #panicked(message) {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const reject of waiting) reject(new Panic(message));
  }
}

class Panic extends Error {}

function isTrap(error) {
  return error instanceof WebAssembly.RuntimeError || error instanceof Panic;
}

async function readBody(request) {
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > MAX_DRAINED) return [TOO_LARGE, NO_BODY];
  const reader = request.body.getReader();
  const chunks = [];
  let size = 0;
  let timer;
  const tooSlow = new Promise((resolve) => {
    timer = setTimeout(() => resolve(TOO_SLOW), BODY_MILLISECONDS);
  });
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), tooSlow]);
      if (next === TOO_SLOW) {
        reader.cancel().catch(() => {});
        return [TOO_SLOW, NO_BODY];
      }
      if (next.done) break;
      size += next.value.byteLength;
      if (size > MAX_DRAINED) {
        reader.cancel().catch(() => {});
        return [TOO_LARGE, NO_BODY];
      }
      if (size <= MAX_BODY) chunks.push(next.value);
      else chunks.length = 0;
    }
    if (size > MAX_BODY) return [TOO_LARGE, NO_BODY];
  } catch {
    return [BROKEN, NO_BODY];
  } finally {
    clearTimeout(timer);
  }
  if (chunks.length === 1) return [COMPLETE, chunks[0]];
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return [COMPLETE, body];
}

// The last resort: Rust did not answer at all.
function crashed(error) {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const id = "req_" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  console.error(JSON.stringify({ level: "error", request_id: id, crash: String(error?.stack ?? error) }));
  const body = {
    error: {
      code: "internal_error",
      message: "Something went wrong on our side.",
      request_id: id,
    },
  };
  return new Response(JSON.stringify(body), {
    status: 500,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-request-id": id,
      "access-control-allow-origin": "*",
    },
  });
}
