-- A delivery names its person as long as its object holds what it carries, which can be longer than
-- its event does: a delivery that is tried again by hand is kept anew.

ALTER TABLE webhook_deliveries ADD COLUMN external_user_id TEXT;

UPDATE webhook_deliveries SET external_user_id =
  (SELECT events.external_user_id FROM events WHERE events.id = webhook_deliveries.event_id);

CREATE INDEX webhook_deliveries_of_person
  ON webhook_deliveries (organisation_id, environment, external_user_id)
  WHERE external_user_id IS NOT NULL;

-- Endpoints that were made under an idempotency key and are deleted: a repetition that comes late
-- must not bring one back.
CREATE TABLE webhook_endpoints_deleted (id TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TRIGGER keep_ids_of_endpoints AFTER DELETE ON webhook_endpoints WHEN OLD.fingerprint IS NOT NULL
BEGIN
  INSERT INTO webhook_endpoints_deleted VALUES (OLD.id) ON CONFLICT DO NOTHING;
END;

-- Secrets that were replaced under an idempotency key, by an id that belongs to the key.
CREATE TABLE webhook_secret_replacements (
  id TEXT PRIMARY KEY,
  endpoint_id TEXT NOT NULL,
  overlap_seconds INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX webhook_secret_replacements_of ON webhook_secret_replacements (endpoint_id);

CREATE TRIGGER drop_replacements_of_endpoints AFTER DELETE ON webhook_endpoints
BEGIN
  DELETE FROM webhook_secret_replacements WHERE endpoint_id = OLD.id;
END;
