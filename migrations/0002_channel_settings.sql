-- Organisations' own credentials with providers, sealed under a key that only the Workers have.
CREATE TABLE channel_settings (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  channel TEXT NOT NULL,
  sealed TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, channel)
) WITHOUT ROWID;
