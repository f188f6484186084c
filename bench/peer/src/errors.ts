// The peer's errors: one class, one envelope. A message never carries internals.
import type { ContentfulStatusCode } from "hono/utils/http-status";

const STATUS = {
  validation_error: 400,
  invalid_identifier: 400,
  invalid_channel_for_type: 400,
  challenge_expired: 400,
  invalid_code: 400,
  too_many_attempts: 400,
  already_verified: 400,
  channel_not_configured: 400,
  unauthorized: 401,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal_error: 500,
} as const satisfies Record<string, ContentfulStatusCode>;

export type ErrorCode = keyof typeof STATUS;

export interface Failure {
  code: ErrorCode;
  message: string;
  details?: { field: string; message: string }[];
  attempts_remaining?: number;
}

export class ApiError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }

  get status(): ContentfulStatusCode {
    return STATUS[this.failure.code];
  }
}

export const fail = (code: ErrorCode, message: string): ApiError => new ApiError({ code, message });

export const failField = (field: string, message: string, code: ErrorCode = "validation_error"): ApiError =>
  new ApiError({ code, message: `${field}: ${message}`, details: [{ field, message }] });
