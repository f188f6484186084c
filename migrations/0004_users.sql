-- What a tenant's users have proven, in the order in which lists group it. Lists of users read this
-- index alone for their groups, so that it is all that grows with them.

CREATE INDEX verifications_of_users
  ON verifications (organisation_id, environment, external_user_id, verified_at, type)
  WHERE external_user_id IS NOT NULL AND status = 'verified';
