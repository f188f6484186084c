-- What is personal goes when its time is over, or when the tenant has everything about one of its
-- users deleted. An identifier is NULL from then on.

CREATE TABLE verifications_kept (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL,
  type TEXT NOT NULL,
  channel TEXT NOT NULL,
  status TEXT NOT NULL,
  identifier TEXT,
  external_user_id TEXT,
  client_metadata TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  verified_at INTEGER,
  revoked_at INTEGER,
  proof_expires_at INTEGER,
  revision INTEGER NOT NULL
);

INSERT INTO verifications_kept
SELECT id, organisation_id, environment, type, channel, status, identifier, external_user_id,
       client_metadata, created_at, updated_at, verified_at, revoked_at, proof_expires_at, revision
FROM verifications;

-- With it go its indexes and its trigger.
DROP TABLE verifications;
ALTER TABLE verifications_kept RENAME TO verifications;

CREATE INDEX verifications_newest ON verifications (organisation_id, environment, created_at DESC, id);
CREATE INDEX verifications_of_person
  ON verifications (organisation_id, environment, external_user_id, created_at DESC, id)
  WHERE external_user_id IS NOT NULL;
CREATE INDEX verifications_of_users
  ON verifications (organisation_id, environment, external_user_id, verified_at, type)
  WHERE external_user_id IS NOT NULL AND status = 'verified';

CREATE TRIGGER count_live_verifications AFTER INSERT ON verifications WHEN NEW.environment = 'live'
BEGIN
  INSERT INTO usage (organisation_id, month, verifications)
  VALUES (NEW.organisation_id, strftime('%Y-%m', NEW.created_at, 'unixepoch'), 1)
  ON CONFLICT (organisation_id, month) DO UPDATE SET verifications = verifications + 1;
END;

-- Whom an object is about that has no other row by which it could be found.
CREATE TABLE traces (
  subject_id TEXT PRIMARY KEY,
  subject_kind TEXT NOT NULL CHECK (subject_kind IN ('session')),
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL,
  external_user_id TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX traces_of_person ON traces (organisation_id, environment, external_user_id);

CREATE INDEX events_of_person ON events (organisation_id, environment, external_user_id)
  WHERE external_user_id IS NOT NULL;

-- Deletions of everything about one user: under way, and as receipts that hold no name.
CREATE TABLE erasures (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL,
  -- Keyed digest of the name.
  subject TEXT NOT NULL,
  -- While it is under way.
  external_user_id TEXT,
  revoke INTEGER NOT NULL DEFAULT 0,
  verifications INTEGER NOT NULL DEFAULT 0,
  sessions INTEGER NOT NULL DEFAULT 0,
  verification_requests INTEGER NOT NULL DEFAULT 0,
  events INTEGER NOT NULL DEFAULT 0,
  webhook_deliveries INTEGER NOT NULL DEFAULT 0,
  proofs_revoked INTEGER NOT NULL DEFAULT 0,
  requested_at INTEGER NOT NULL,
  completed_at INTEGER
);

CREATE INDEX erasures_of_subject ON erasures (organisation_id, environment, subject, completed_at);
CREATE UNIQUE INDEX erasures_under_way ON erasures (organisation_id, environment, subject)
  WHERE completed_at IS NULL;
