-- The ledger: who may call, what was verified, what was revoked. Objects are the authority for what
-- is under way; these tables are what lists, look-ups and offline checks read.
-- Times are seconds since 1970. Ids are 24 hexadecimal characters.

CREATE TABLE organisations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- 0: not metered by the operator.
  rate_limit_per_minute INTEGER NOT NULL DEFAULT 100,
  -- Live verifications a month; NULL: no limit.
  monthly_quota INTEGER,
  -- Live event streams at once; NULL: the operator's default.
  streams_limit INTEGER,
  created_at INTEGER NOT NULL
);

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
  name TEXT NOT NULL,
  -- HMAC-SHA-256 of the key under the operator's pepper. The key itself is nowhere.
  hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER
);

CREATE INDEX api_keys_of_organisation ON api_keys (organisation_id, created_at);

CREATE TABLE verifications (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL,
  type TEXT NOT NULL,
  channel TEXT NOT NULL,
  status TEXT NOT NULL,
  identifier TEXT NOT NULL,
  external_user_id TEXT,
  client_metadata TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  verified_at INTEGER,
  revoked_at INTEGER,
  proof_expires_at INTEGER,
  -- Only a newer revision replaces an older one, so that rows may arrive twice and in any order.
  revision INTEGER NOT NULL
);

CREATE INDEX verifications_newest ON verifications (organisation_id, environment, created_at DESC, id);
CREATE INDEX verifications_of_person
  ON verifications (organisation_id, environment, external_user_id, created_at DESC)
  WHERE external_user_id IS NOT NULL;

CREATE TABLE proofs (
  -- The `sub` of the token: the id of the verification.
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL,
  jti TEXT NOT NULL UNIQUE,
  issued_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER,
  revoked_reason TEXT
);

CREATE TABLE revocations (
  -- The order in which offline checkers read the list; it never changes once given.
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  proof_id TEXT NOT NULL UNIQUE,
  environment TEXT NOT NULL,
  revoked_at INTEGER NOT NULL
);

CREATE INDEX revocations_in_order ON revocations (environment, seq);

CREATE TABLE usage (
  organisation_id TEXT NOT NULL,
  month TEXT NOT NULL,
  verifications INTEGER NOT NULL DEFAULT 0,
  proofs INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (organisation_id, month)
) WITHOUT ROWID;

-- Counted where the row first appears, so that a row which arrives twice counts once.
CREATE TRIGGER count_live_verifications AFTER INSERT ON verifications WHEN NEW.environment = 'live'
BEGIN
  INSERT INTO usage (organisation_id, month, verifications)
  VALUES (NEW.organisation_id, strftime('%Y-%m', NEW.created_at, 'unixepoch'), 1)
  ON CONFLICT (organisation_id, month) DO UPDATE SET verifications = verifications + 1;
END;

CREATE TRIGGER count_live_proofs AFTER INSERT ON proofs WHEN NEW.environment = 'live'
BEGIN
  INSERT INTO usage (organisation_id, month, proofs)
  VALUES (NEW.organisation_id, strftime('%Y-%m', NEW.issued_at, 'unixepoch'), 1)
  ON CONFLICT (organisation_id, month) DO UPDATE SET proofs = proofs + 1;
END;

CREATE TRIGGER list_revocations AFTER UPDATE OF revoked_at ON proofs
WHEN OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL
BEGIN
  INSERT INTO revocations (proof_id, environment, revoked_at)
  VALUES (NEW.id, NEW.environment, NEW.revoked_at)
  ON CONFLICT (proof_id) DO NOTHING;
END;

-- A proof may be revoked before the ledger ever heard of it.
CREATE TRIGGER list_revocations_of_new_proofs AFTER INSERT ON proofs WHEN NEW.revoked_at IS NOT NULL
BEGIN
  INSERT INTO revocations (proof_id, environment, revoked_at)
  VALUES (NEW.id, NEW.environment, NEW.revoked_at)
  ON CONFLICT (proof_id) DO NOTHING;
END;
