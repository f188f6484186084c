// What a completed verification has to tell: the event in the feed, a delivery for each endpoint that wants it, all
// in the batch that also tells the ledger; then each delivery's object begins. Safe to repeat as a whole.
import { hmacHex, rfc3339 } from "./bytes";
import type { Delivery } from "./delivery-object";
import type { ObjectsEnv } from "./env";
import type { Verification } from "./view";

const KIND = "verification.completed";

export interface Event {
  id: string;
  payload: string;
}

export async function completed(env: ObjectsEnv, v: Verification): Promise<Event> {
  const id = (await hmacHex(env.ID_SECRET, `event\n${v.organisationId}\n${v.environment}\n${v.id}\n${KIND}`)).slice(0, 24);
  const { type, channel, identifier, external_user_id } = v.request;
  const verifiedAt = rfc3339(v.verifiedAt!);
  const proof = v.proof!;
  const payload = JSON.stringify({
    id,
    event: KIND,
    ...(v.environment === "test" && { test: true }),
    created_at: verifiedAt,
    verification_id: v.id,
    status: v.status,
    ...(external_user_id !== undefined && { external_user_id }),
    type,
    channel,
    identifier,
    proofs: [
      {
        verification_id: v.id,
        type,
        channel,
        identifier,
        verified_at: verifiedAt,
        proof_token: proof.token,
        expires_at: rfc3339(proof.expiresAt),
      },
    ],
  });
  return { id, payload };
}

/** The statements that write the event and its deliveries; the last of them reads back those not yet begun. */
export function statements(db: D1Database, v: Verification, { id, payload }: Event): D1PreparedStatement[] {
  const at = v.verifiedAt!;
  return [
    db
      .prepare(
        `INSERT INTO events
           (id, organisation_id, environment, type, verification_id, external_user_id, payload, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING`,
      )
      .bind(id, v.organisationId, v.environment, KIND, v.id, v.request.external_user_id ?? null, payload, at),
    db
      .prepare(
        `INSERT INTO webhook_deliveries
           (id, organisation_id, environment, event_id, event_type, endpoint_id, verification_id, url, created_at, updated_at)
         SELECT lower(hex(randomblob(12))), organisation_id, environment, ?3, ?4, id, ?5, url, ?6, ?6
           FROM webhook_endpoints
          WHERE organisation_id = ?1 AND environment = ?2 AND kind = 'endpoint' AND enabled
            AND (events IS NULL OR instr(events, ',' || ?4 || ','))
         ON CONFLICT (event_id, endpoint_id) DO NOTHING`,
      )
      .bind(v.organisationId, v.environment, id, KIND, v.id, at),
    db
      .prepare("SELECT id, endpoint_id AS endpointId FROM webhook_deliveries WHERE event_id = ?1 AND revision = 0")
      .bind(id),
  ];
}

export async function beginDeliveries(
  env: ObjectsEnv,
  v: Verification,
  event: Event,
  rows: { id: string; endpointId: string }[],
): Promise<void> {
  await Promise.all(
    rows.map(({ id, endpointId }) => {
      const delivery: Delivery = {
        id,
        endpointId,
        organisationId: v.organisationId,
        environment: v.environment,
        eventId: event.id,
        payload: event.payload,
      };
      return env.DELIVERIES.get(env.DELIVERIES.idFromName(id)).begin(delivery);
    }),
  );
}
