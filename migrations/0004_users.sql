-- What a tenant's users have proven, in the order in which lists group it. Lists of users read this
-- index alone for their groups, so that it is all that grows with them.

CREATE INDEX verifications_of_users
  ON verifications (organisation_id, environment, external_user_id, verified_at, type)
  WHERE external_user_id IS NOT NULL AND status = 'verified';

-- With the id it holds the whole order of a list; without it, a list of one person's verifications
-- was read from all of the organisation's.

DROP INDEX verifications_of_person;
CREATE INDEX verifications_of_person
  ON verifications (organisation_id, environment, external_user_id, created_at DESC, id)
  WHERE external_user_id IS NOT NULL;
