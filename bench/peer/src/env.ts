// What each of the peer's Workers is bound to. Types only.
import type { DeliveryObject } from "./delivery-object";
import type { EndpointGateObject } from "./endpoint-gate";
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

export interface WebhooksEnv extends DoorEnv {
  DELIVERIES: DurableObjectNamespace<DeliveryObject>;
  SEALING_KEY: string;
}

export interface FrontEnv {
  DB: D1Database;
  PROOF_JWKS: string;
}

export interface ObjectsEnv {
  DB: D1Database;
  DELIVERIES: DurableObjectNamespace<DeliveryObject>;
  ENDPOINT_GATES: DurableObjectNamespace<EndpointGateObject>;
  STREAM_SLOTS: DurableObjectNamespace<StreamSlotsObject>;
  ISSUER: string;
  ID_SECRET: string;
  SEALING_KEY: string;
  SIGNING_KEYS: string;
  DOH_URL?: string;
  DOH_URLS: string;
}
