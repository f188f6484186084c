// The peer's verifications Worker: create, get, submit, events. State is asked of the object, never of D1.
import type { Context } from "hono";
import { hex, hmacHex, randomHex, sha256, utf8 } from "./bytes";
import { jsonBody, room, type Room, tenant } from "./door";
import type { VerificationsEnv } from "./env";
import { ApiError, fail, failField } from "./errors";
import { challengeCode, createRequest } from "./request";
import type { Created, Outcome } from "./verification-object";

type Ctx = Context<Room<VerificationsEnv>>;

const BASE = "/api/v1/verifications";
const ID = /^[0-9a-f]{24}$/;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const app = room<VerificationsEnv>();

function objectOf(c: Ctx, id: string) {
  if (!ID.test(id)) throw fail("not_found", "There is nothing here under that id or path.");
  return c.env.VERIFICATIONS.get(c.env.VERIFICATIONS.idFromName(id));
}

function granted<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new ApiError(outcome.failure);
}

async function identity(c: Ctx, body: string): Promise<{ id: string; fingerprint: string | null }> {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined) return { id: randomHex(12), fingerprint: null };
  if (!IDEMPOTENCY_KEY.test(key)) throw failField("Idempotency-Key", "must be 1 to 255 visible ASCII characters");
  const caller = c.get("caller");
  const [name, digest] = await Promise.all([
    hmacHex(c.env.ID_SECRET, `${caller.organisationId}\n${caller.environment}\n${key}`),
    sha256(utf8(body)),
  ]);
  return { id: name.slice(0, 24), fingerprint: hex(digest) };
}

app.post(BASE, tenant(), async (c) => {
  const body = await jsonBody(c);
  const request = createRequest(body.value);
  const { id, fingerprint } = await identity(c, body.text);
  const { organisationId, environment } = c.get("caller");
  const { replayed, verification } = granted<Created>(
    await objectOf(c, id).create({ id, organisationId, environment, request, fingerprint }),
  );
  if (replayed) c.header("Idempotent-Replayed", "true");
  return c.json(verification, 201);
});

app.get(`${BASE}/:id`, tenant(), async (c) => {
  const { organisationId, environment } = c.get("caller");
  return c.json(granted(await objectOf(c, c.req.param("id")).read(organisationId, environment)));
});

app.post(`${BASE}/:id/submit`, tenant(), async (c) => {
  const code = challengeCode((await jsonBody(c)).value);
  const { organisationId, environment } = c.get("caller");
  return c.json(granted(await objectOf(c, c.req.param("id")).submit(organisationId, environment, code)));
});

app.get(`${BASE}/:id/events`, tenant(), async (c) => {
  const caller = c.get("caller");
  const answer = await objectOf(c, c.req.param("id")).fetch("https://object/events", {
    headers: {
      "X-Organisation": caller.organisationId,
      "X-Environment": caller.environment,
      "X-Streams-Limit": String(caller.streamsLimit ?? c.env.STREAMS_PER_TENANT),
      "Last-Event-ID": c.req.header("Last-Event-ID") ?? "",
    },
    signal: c.req.raw.signal,
  });
  if (answer.status === 204) return c.body(null, 204);
  if (!answer.ok) throw new ApiError(await answer.json());
  c.header("Content-Type", "text/event-stream");
  return c.body(answer.body!);
});

app.all(BASE, methodNotAllowed);
app.all(`${BASE}/:id`, methodNotAllowed);

function methodNotAllowed(): never {
  throw fail("method_not_allowed", "This path does not know that method.");
}

export default app;
