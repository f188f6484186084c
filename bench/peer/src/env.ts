// What each of the peer's Workers is bound to. Types only.
import type { StreamSlotsObject } from "./stream-slots";
import type { VerificationObject } from "./verification-object";

export interface DoorEnv {
  DB: D1Database;
  RATE_STANDARD: RateLimit;
  RATE_PLUS: RateLimit;
  RATE_SCALE: RateLimit;
  RATE_PUBLIC: RateLimit;
  KEY_PEPPER: string;
}

export interface VerificationsEnv extends DoorEnv {
  VERIFICATIONS: DurableObjectNamespace<VerificationObject>;
  STREAM_SLOTS: DurableObjectNamespace<StreamSlotsObject>;
  ID_SECRET: string;
  STREAMS_PER_TENANT: string;
}

export interface ProofsEnv extends DoorEnv {
  ISSUER: string;
  PROOF_JWKS: string;
}

export interface FrontEnv {
  DB: D1Database;
  PROOF_JWKS: string;
}

export interface ObjectsEnv {
  DB: D1Database;
  STREAM_SLOTS: DurableObjectNamespace<StreamSlotsObject>;
  ISSUER: string;
  ID_SECRET: string;
  SIGNING_KEYS: string;
}
