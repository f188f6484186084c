// Joins a compiled Rust module to the platform: the fetch handler of a Worker and the classes of
// Durable Objects. It carries bytes across and nothing else; every decision is made in Rust.

import { DurableObject } from "cloudflare:workers";
import { Broken } from "./module.mjs";
import { Room } from "./room.mjs";
export { Module } from "./module.mjs";

const MAX_BODY = 64 * 1024;
// What a provider tells us may be long: WhatsApp documents up to 3 MB.
const MAX_INBOUND_BODY = 3 * 1024 * 1024;
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

// The paths below which providers' webhooks arrive and pages for people live. Their handlers read
// other headers too, so they get all of them.
const INBOUND = "/inbound/";
const WITH_ALL_HEADERS = [INBOUND, "/connect/", "/confirm/", "/verify/"];

// What became of the body, in the order of `BodyOutcome` in Rust.
const COMPLETE = 0;
const TOO_LARGE = 1;
const TOO_SLOW = 2;
const BROKEN = 3;
const NO_ROOM = 4;

/** The default export of a Worker. */
export function worker(module) {
  // A Worker whose bodies may be large says how large.
  const large = module.instance.glue.most_body_bytes?.();
  const room = large && new Room();
  return {
    async fetch(request, env, context) {
      const { url } = request;
      let outcome = COMPLETE;
      let body = NO_BODY;
      let place;
      if (request.body !== null && !large) [outcome, body] = await readBody(request, bodyLimit(url));
      else if (request.body !== null) [outcome, body, place] = await readLargeBody(request, large, room);
      let headers = "";
      for (const name of HEADERS) headers += (request.headers.get(name) ?? "") + "\n";
      if (WITH_ALL_HEADERS.some((prefix) => isBelow(url, prefix)))
        for (const [name, value] of request.headers) headers += `${name}\n${value}\n`;
      try {
        return await module.instance.call((glue) =>
          glue.serve(request.method, url, headers, outcome, body, env, context),
        );
      } catch (error) {
        return crashed(error);
      } finally {
        room?.give(place);
      }
    },
  };
}

/** A Durable Object class over the Rust class of the same name. */
export function durableObject(module, name) {
  return class extends DurableObject {
    #instance = module.instance;
    #inner;

    constructor(context, env) {
      super(context, env);
      this.#inner = this.#instance.call((glue) => new glue[name](context, env));
    }

    command(message) {
      return this.#ask((inner) => inner.command(message));
    }

    fetch(request) {
      return this.#ask((inner) => inner.fetch(request.url, request.signal));
    }

    alarm() {
      return this.#ask((inner) => inner.alarm());
    }

    // A broken instance takes its objects with it: each starts anew from its storage.
    async #ask(question) {
      try {
        return await this.#instance.call(() => question(this.#inner));
      } catch (error) {
        if (error instanceof Broken) this.ctx.abort("the module broke");
        throw error;
      }
    }
  };
}

// The scheme is at least five characters and `://`.
const isBelow = (url, prefix) => url.startsWith(prefix, url.indexOf("/", 8));

const bodyLimit = (url) => (isBelow(url, INBOUND) ? MAX_INBOUND_BODY : MAX_BODY);

async function readLargeBody(request, limit, room) {
  const declared = Number(request.headers.get("content-length") ?? limit);
  if (!(declared <= limit)) return [TOO_LARGE, NO_BODY];
  const place = await room.take(declared);
  if (place === undefined) return [NO_ROOM, NO_BODY];
  return [...(await readBody(request, limit)), place];
}

async function readBody(request, limit) {
  const drained = Math.max(limit, MAX_DRAINED);
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > drained) return [TOO_LARGE, NO_BODY];
  let timer;
  const tooSlow = new Promise((resolve) => {
    timer = setTimeout(() => resolve(TOO_SLOW), BODY_MILLISECONDS);
  });
  try {
    return declared !== null && Number(declared) <= limit
      ? await readWhole(request, tooSlow)
      : await readInChunks(request.body.getReader(), tooSlow, limit, drained);
  } catch {
    return [BROKEN, NO_BODY];
  } finally {
    clearTimeout(timer);
  }
}

// The platform does not let a body be longer than was declared.
async function readWhole(request, tooSlow) {
  const body = await Promise.race([request.arrayBuffer(), tooSlow]);
  return body === TOO_SLOW ? [TOO_SLOW, NO_BODY] : [COMPLETE, new Uint8Array(body)];
}

async function readInChunks(reader, tooSlow, limit, drained) {
  const chunks = [];
  let size = 0;
  for (;;) {
    const next = await Promise.race([reader.read(), tooSlow]);
    if (next !== TOO_SLOW && next.done) break;
    if (next !== TOO_SLOW) size += next.value.byteLength;
    if (next === TOO_SLOW || size > drained) {
      reader.cancel().catch(() => {});
      return [next === TOO_SLOW ? TOO_SLOW : TOO_LARGE, NO_BODY];
    }
    if (size <= limit) chunks.push(next.value);
    else chunks.length = 0;
  }
  if (size > limit) return [TOO_LARGE, NO_BODY];
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
