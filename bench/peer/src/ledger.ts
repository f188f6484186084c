// What an object tells D1: upserts that may arrive twice and in any order, in one batch.
import { type Event, statements } from "./events";
import type { Verification } from "./view";

/** The deliveries that an event has and that have not begun. */
export type Owed = { id: string; endpointId: string }[];

const UPSERT = `INSERT INTO verifications
    (id, organisation_id, environment, type, channel, status, identifier, external_user_id,
     client_metadata, created_at, updated_at, verified_at, proof_expires_at, revision)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
  ON CONFLICT (id) DO UPDATE SET
    status = excluded.status, updated_at = excluded.updated_at, verified_at = excluded.verified_at,
    proof_expires_at = excluded.proof_expires_at, revision = excluded.revision
  WHERE excluded.revision > verifications.revision`;

const UPSERT_PROOF = `INSERT INTO proofs (id, organisation_id, environment, jti, issued_at, expires_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING`;

export async function record(db: D1Database, v: Verification, event: Event | null): Promise<Owed> {
  const { request, proof } = v;
  const row = db
    .prepare(UPSERT)
    .bind(
      v.id,
      v.organisationId,
      v.environment,
      request.type,
      request.channel,
      v.status,
      request.identifier,
      request.external_user_id ?? null,
      request.client_metadata ? JSON.stringify(request.client_metadata) : null,
      v.createdAt,
      v.updatedAt,
      v.verifiedAt,
      proof?.expiresAt ?? null,
      v.revision,
    );
  if (!proof) {
    await row.run();
    return [];
  }
  const { jti, issuedAt, expiresAt } = proof;
  const done = await db.batch<Owed[number]>([
    row,
    db.prepare(UPSERT_PROOF).bind(v.id, v.organisationId, v.environment, jti, issuedAt, expiresAt),
    ...(event ? statements(db, v, event) : []),
  ]);
  return event ? done.at(-1)!.results : [];
}
