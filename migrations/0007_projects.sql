-- How a tenant presents itself to people.

CREATE TABLE projects (
  organisation_id TEXT PRIMARY KEY,
  -- NULL: the organisation's own name.
  name TEXT,
  accent TEXT,
  radius INTEGER,
  -- A PNG without anything but the picture, base64, and its digest, by which it is fetched.
  logo TEXT,
  logo_hash TEXT,
  -- A JSON list.
  redirect_urls TEXT NOT NULL DEFAULT '[]',
  updated_at INTEGER NOT NULL
);

CREATE INDEX projects_by_logo ON projects (logo_hash) WHERE logo_hash IS NOT NULL;
