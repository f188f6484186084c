-- Requests for several assets: written by their objects, read by lists.

CREATE TABLE verification_requests (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL,
  status TEXT NOT NULL,
  reference_id TEXT,
  external_user_id TEXT,
  -- What lists show of it, as JSON: assets and how they stand. NULL when its time is over.
  summary TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
);

CREATE INDEX verification_requests_newest
  ON verification_requests (organisation_id, environment, created_at DESC, id);
CREATE INDEX verification_requests_by_status
  ON verification_requests (organisation_id, environment, status, created_at DESC, id);
CREATE INDEX verification_requests_by_reference
  ON verification_requests (organisation_id, environment, reference_id)
  WHERE reference_id IS NOT NULL;
CREATE INDEX verification_requests_of_person
  ON verification_requests (organisation_id, environment, external_user_id)
  WHERE external_user_id IS NOT NULL;

-- Taken before the request exists, so that of two with one reference only one can.
CREATE TABLE request_references (
  organisation_id TEXT NOT NULL,
  environment TEXT NOT NULL,
  reference_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, environment, reference_id)
) WITHOUT ROWID;

CREATE INDEX request_references_of ON request_references (request_id);
