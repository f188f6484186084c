-- What people may send us through a channel, and who was asked for more. Digests are keyed: a code
-- or a person cannot be read from them. Rows are found and forgotten by time; the object of whatever
-- waits is the authority, so a row too many does no harm.

CREATE TABLE open_codes (
  -- Of channel, account and code.
  digest TEXT NOT NULL,
  subject_kind TEXT NOT NULL CHECK (subject_kind IN ('verification', 'session')),
  subject_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (digest, subject_kind, subject_id)
) WITHOUT ROWID;

CREATE INDEX open_codes_by_time ON open_codes (expires_at);

-- A person who sent a code from a channel that does not tell the number at once.
CREATE TABLE open_conversations (
  -- Of channel, account and person.
  digest TEXT PRIMARY KEY,
  -- The digest of the code, or the session that was named.
  about TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX open_conversations_by_time ON open_conversations (expires_at);

-- Messages of persons that were answered, so that none is answered twice.
CREATE TABLE answered_messages (
  digest TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX answered_messages_by_time ON answered_messages (expires_at);
