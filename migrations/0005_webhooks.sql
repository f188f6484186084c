-- What happened, where it is sent, and what became of it. Secrets are sealed; payloads are personal
-- data and are emptied when their time is over.

CREATE TABLE webhook_endpoints (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
  -- `endpoint`, or `callback`: no address of its own, only the secret for callback addresses.
  kind TEXT NOT NULL DEFAULT 'endpoint' CHECK (kind IN ('endpoint', 'callback')),
  url TEXT,
  description TEXT,
  -- Names of events with commas around each, `,verification.completed,`; NULL: the default ones.
  events TEXT,
  retry_schedule TEXT NOT NULL DEFAULT 'standard',
  -- Sealed, as is the one before it while both are good.
  secret TEXT NOT NULL,
  previous_secret TEXT,
  previous_secret_until INTEGER,
  enabled INTEGER NOT NULL DEFAULT 1,
  -- `by_you`, `gone` or `failing`.
  disabled_reason TEXT,
  disabled_at INTEGER,
  failing_since INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  last_success_at INTEGER,
  -- Since when it had been failing when it last recovered, until that is told.
  recovered_from INTEGER,
  -- Of the request that made it under an idempotency key.
  fingerprint TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);

CREATE INDEX webhook_endpoints_of ON webhook_endpoints (organisation_id, environment, kind, created_at);
CREATE UNIQUE INDEX webhook_endpoints_callback
  ON webhook_endpoints (organisation_id, environment) WHERE kind = 'callback';

CREATE TABLE events (
  -- The order of the feed; it never changes once given, and a later event never gets a smaller one.
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL,
  type TEXT NOT NULL,
  request_id TEXT,
  verification_id TEXT,
  endpoint_id TEXT,
  external_user_id TEXT,
  -- The JSON text as it is sent; NULL when its time is over.
  payload TEXT,
  created_at INTEGER NOT NULL
);

CREATE INDEX events_in_order ON events (organisation_id, environment, seq);
CREATE INDEX events_of_type ON events (organisation_id, environment, type, seq);
CREATE INDEX events_by_age ON events (created_at) WHERE payload IS NOT NULL;

-- Where events stood that were deleted with all else about a person: a reader of the feed that
-- stopped at one of them still reads on from there.
CREATE TABLE event_places (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL,
  seq INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER keep_places_of_events AFTER DELETE ON events
BEGIN
  INSERT INTO event_places VALUES (OLD.id, OLD.organisation_id, OLD.environment, OLD.seq)
  ON CONFLICT DO NOTHING;
END;

CREATE TABLE webhook_deliveries (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL,
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  -- The endpoint; for a callback address the `callback` one.
  endpoint_id TEXT NOT NULL,
  verification_request_id TEXT,
  verification_id TEXT,
  url TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL DEFAULT 3,
  response_status INTEGER,
  error TEXT,
  next_attempt_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  -- Only a newer revision replaces an older one. 0: its object has not begun.
  revision INTEGER NOT NULL DEFAULT 0,
  UNIQUE (event_id, endpoint_id)
);

CREATE INDEX webhook_deliveries_newest
  ON webhook_deliveries (organisation_id, environment, created_at DESC, id);
CREATE INDEX webhook_deliveries_by_status
  ON webhook_deliveries (organisation_id, environment, status, created_at DESC, id);
CREATE INDEX webhook_deliveries_of_request
  ON webhook_deliveries (verification_request_id) WHERE verification_request_id IS NOT NULL;
CREATE INDEX webhook_deliveries_of_endpoint
  ON webhook_deliveries (endpoint_id, created_at DESC, id);

CREATE TABLE webhook_delivery_counts (
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL,
  status TEXT NOT NULL,
  total INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (organisation_id, environment, status)
) WITHOUT ROWID;

CREATE TRIGGER count_deliveries AFTER INSERT ON webhook_deliveries
BEGIN
  INSERT INTO webhook_delivery_counts VALUES (NEW.organisation_id, NEW.environment, NEW.status, 1)
  ON CONFLICT DO UPDATE SET total = total + 1;
END;

CREATE TRIGGER recount_deliveries AFTER UPDATE OF status ON webhook_deliveries
WHEN OLD.status <> NEW.status
BEGIN
  UPDATE webhook_delivery_counts SET total = total - 1
  WHERE organisation_id = OLD.organisation_id AND environment = OLD.environment AND status = OLD.status;
  INSERT INTO webhook_delivery_counts VALUES (NEW.organisation_id, NEW.environment, NEW.status, 1)
  ON CONFLICT DO UPDATE SET total = total + 1;
END;

CREATE TRIGGER uncount_deliveries AFTER DELETE ON webhook_deliveries
BEGIN
  UPDATE webhook_delivery_counts SET total = total - 1
  WHERE organisation_id = OLD.organisation_id AND environment = OLD.environment AND status = OLD.status;
END;
