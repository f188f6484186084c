// The verification as it is kept by its object, and as a caller sees it.
import { rfc3339 } from "./bytes";
import type { Environment } from "./keys";
import type { CreateRequest } from "./request";

export type Status = "pending" | "verified" | "failed" | "expired";

/** What the token says is fixed before it is signed; signing again gives the same token. */
export interface Proof {
  jti: string;
  salt: string;
  issuedAt: number;
  expiresAt: number;
  token: string | null;
}

export interface Verification {
  id: string;
  organisationId: string;
  environment: Environment;
  request: CreateRequest;
  fingerprint: string | null;
  status: Status;
  /** Keyed digest of the code that was sent. */
  digest: string;
  /** The code itself, in test mode only. */
  shown: string | null;
  attemptsRemaining: number;
  expiresAt: number;
  createdAt: number;
  updatedAt: number;
  verifiedAt: number | null;
  failedAt: number | null;
  expiredAt: number | null;
  proof: Proof | null;
  /** Number of the last event; the `id:` of the event stream. */
  sequence: number;
  revision: number;
  /** The last revision that the ledger has taken. */
  ledgerRevision: number;
}

export function view(v: Verification) {
  const test = v.environment === "test";
  return {
    id: v.id,
    type: v.request.type,
    channel: v.request.channel,
    status: v.status,
    identifier: v.request.identifier,
    ...(v.request.external_user_id !== undefined && { external_user_id: v.request.external_user_id }),
    ...(v.request.client_metadata && { client_metadata: v.request.client_metadata }),
    ...(v.request.callback_url !== undefined && { callback_url: v.request.callback_url }),
    ...(v.status === "pending" && {
      challenge: {
        ...(v.shown !== null && { code: v.shown }),
        expires_at: rfc3339(v.expiresAt),
        instruction: `Enter the code sent to ${v.request.identifier}`,
        attempts_remaining: v.attemptsRemaining,
      },
    }),
    delivery_status: test ? "skipped" : "queued",
    ...(v.verifiedAt !== null && { verified_at: rfc3339(v.verifiedAt) }),
    ...(v.failedAt !== null && { failed_at: rfc3339(v.failedAt) }),
    ...(v.expiredAt !== null && { expired_at: rfc3339(v.expiredAt) }),
    ...(v.proof?.token && { proof: { token: v.proof.token, expires_at: rfc3339(v.proof.expiresAt) } }),
    created_at: rfc3339(v.createdAt),
    updated_at: rfc3339(v.updatedAt),
    ...(test && { test_mode: true }),
  };
}

export type VerificationView = ReturnType<typeof view>;
