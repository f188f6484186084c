-- A request whose time is over keeps its summary without what is personal. Of those that lost theirs
-- only that they were, when and how they ended is known.

UPDATE verification_requests SET summary = json_patch(json_object(
  'id', id,
  'status', status,
  'reference_id', reference_id,
  'action_type', 'verification',
  'assets', json('[]'),
  'progress', json_object('verified', 0, 'total', 0, 'required', 0),
  'partial_ok', json('false'),
  'verification_url', '',
  'created_at', strftime('%Y-%m-%dT%H:%M:%SZ', created_at, 'unixepoch'),
  'updated_at', strftime('%Y-%m-%dT%H:%M:%SZ', updated_at, 'unixepoch'),
  'expires_at', strftime('%Y-%m-%dT%H:%M:%SZ', expires_at, 'unixepoch')
), CASE environment WHEN 'test' THEN '{"test_mode":true}' ELSE '{}' END) WHERE summary IS NULL;
