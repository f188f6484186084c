// What every request passes before its handler: request id, CORS, key, rate limit; and how errors leave.
import type { Context, MiddlewareHandler } from "hono";
import { HonoBase } from "hono/hono-base";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { randomHex } from "./bytes";
import type { DoorEnv } from "./env";
import { ApiError, fail } from "./errors";
import { type Caller, callerOf } from "./keys";
import { admit, tierOf } from "./rate";

export interface Room<E extends DoorEnv> {
  Bindings: E;
  Variables: { requestId: string; caller: Caller };
}

export const BODY_LIMIT = 64 * 1024;
const EXPOSED =
  "X-Request-Id, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy, " +
  "Idempotent-Replayed, ETag";

function greet(c: Context): void {
  const requestId = `req_${randomHex(12)}`;
  c.set("requestId", requestId);
  c.header("X-Request-Id", requestId);
  c.header("X-Content-Type-Options", "nosniff");
  c.header("Cache-Control", "no-store");
  c.header("Access-Control-Allow-Origin", "*");
  c.header("Access-Control-Expose-Headers", EXPOSED);
}

const preflight = (c: Context): Response => {
  c.header("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  c.header("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, Last-Event-ID");
  c.header("Access-Control-Max-Age", "86400");
  return c.body(null, 204);
};

/** For routes of tenants: the key decides who calls, its organisation how often. */
export function tenant<E extends DoorEnv>(): MiddlewareHandler<Room<E>> {
  return async (c, next) => {
    const caller = await callerOf(c.env, c.req.header("Authorization"), Date.now());
    if (!caller) {
      c.header("WWW-Authenticate", "Bearer");
      throw fail("unauthorized", "The API key is missing or not valid.");
    }
    const tier = tierOf(c.env, caller.ratePerMinute);
    if (tier) await admit(c, tier.limiter, tier.limit, caller.keyId);
    c.set("caller", caller);
    await next();
  };
}

/** For public routes: how often one address may ask. */
export function anyone<E extends DoorEnv>(): MiddlewareHandler<Room<E>> {
  return async (c, next) => {
    const address = c.req.header("CF-Connecting-IP");
    if (address) await admit(c, c.env.RATE_PUBLIC, 600, address);
    await next();
  };
}

/** A Hono application with the door in front and the error envelope behind. */
export function room<E extends DoorEnv>(): HonoBase<Room<E>> {
  const app = new HonoBase<Room<E>>({ router: new RegExpRouter() });
  app.use("*", async (c, next) => {
    greet(c);
    if (c.req.method === "OPTIONS") return preflight(c);
    await next();
  });
  app.notFound((c) => envelope(c, fail("not_found", "There is nothing here under that id or path.")));
  app.onError((error, c) => {
    if (error instanceof ApiError) return envelope(c, error);
    console.error(c.get("requestId"), error);
    return envelope(c, fail("internal_error", "Something went wrong on our side."));
  });
  return app;
}

function envelope<E extends DoorEnv>(c: Context<Room<E>>, error: ApiError): Response {
  return c.json({ error: { ...error.failure, request_id: c.get("requestId") } }, error.status);
}

/** The JSON body, refused before it is read when it is too large or not JSON. */
export async function jsonBody(c: Context): Promise<{ text: string; value: Record<string, unknown> }> {
  const type = c.req.header("Content-Type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) throw fail("unsupported_media_type", "Send application/json.");
  const length = c.req.header("Content-Length");
  const text = length === undefined ? await bounded(c.req.raw.body) : await declared(c, Number(length));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail("validation_error", "The body is not valid JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw fail("validation_error", "The body must be a JSON object.");
  }
  return { text, value: value as Record<string, unknown> };
}

async function declared(c: Context, length: number): Promise<string> {
  if (!(length <= BODY_LIMIT)) throw tooLarge();
  return await c.req.text();
}

async function bounded(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (!body) return "";
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

const tooLarge = (): ApiError => fail("payload_too_large", `The body may have at most ${BODY_LIMIT} bytes.`);
