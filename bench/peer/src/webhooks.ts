// The peer's webhooks Worker: making an endpoint, and looking at one delivery.
import { randomHex } from "./bytes";
import { jsonBody, room, tenant } from "./door";
import { newSecret, seal } from "./endpoints";
import type { WebhooksEnv } from "./env";
import { fail, failField } from "./errors";

const BASE = "/api/v1/webhook-endpoints";
const ID = /^[0-9a-f]{24}$/;
const app = room<WebhooksEnv>();

app.post(BASE, tenant(), async (c) => {
  const { url, events } = (await jsonBody(c)).value;
  const address = typeof url === "string" ? URL.parse(url) : null;
  if (!address || address.protocol !== "https:" || address.username !== "") throw failField("url", "must be an https URL");
  if (events !== undefined && !Array.isArray(events)) throw failField("events", "must be a list");
  const { organisationId, environment } = c.get("caller");
  const id = randomHex(12);
  const secret = newSecret();
  const now = Math.floor(Date.now() / 1000);
  await c.env.DB.prepare(
    `INSERT INTO webhook_endpoints (id, organisation_id, environment, url, events, secret, created_at, updated_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)`,
  )
    .bind(
      id,
      organisationId,
      environment,
      address.href,
      events ? `,${events.join(",")},` : null,
      await seal(c.env.SEALING_KEY, secret, organisationId, environment, id),
      now,
    )
    .run();
  return c.json({ id, url: address.href, secret, status: "enabled" }, 201);
});

app.get("/api/v1/webhook-deliveries/:id", tenant(), async (c) => {
  const id = c.req.param("id");
  const { organisationId, environment } = c.get("caller");
  const found = ID.test(id)
    ? await c.env.DELIVERIES.get(c.env.DELIVERIES.idFromName(id)).read(organisationId, environment)
    : null;
  if (!found) throw fail("not_found", "There is nothing here under that id or path.");
  return c.json(found);
});

export default app;
