-- How far the matter of an entry is, by its handling steps (see dutylog/step.go): for lists. What
-- the steps say stands in the entry's body, and is covered with its revisions.

-- +goose Up
ALTER TABLE entries ADD COLUMN handling TEXT NOT NULL DEFAULT '';
CREATE INDEX entries_by_handling ON entries (handling, call_at, id);
-- What is still to be dealt with.
CREATE INDEX entries_pending ON entries (call_at, id) WHERE state = 'open' OR handling NOT IN ('', 'closed');

-- What an erasure may take out of a revision besides: why it was corrected, and of handling steps who
-- was told and what was said. That there was a step, of which kind, when and by whom stays.
DROP TRIGGER revisions_stand;
-- +goose StatementBegin
CREATE TRIGGER revisions_stand BEFORE UPDATE ON revisions
WHEN NOT coalesce(
      NEW.entry_id = OLD.entry_id AND NEW.revision = OLD.revision AND NEW.at = OLD.at
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role
  AND EXISTS (SELECT 1 FROM erasing x WHERE x.entry_id = OLD.entry_id AND x.decision = json_extract(NEW.body, '$.erased[#-1].decision'))
  AND json_remove(NEW.body, '$.values', '$.gaps', '$.candidates', '$.number', '$.erased', '$.correction', '$.steps')
    = json_remove(OLD.body, '$.values', '$.gaps', '$.candidates', '$.number', '$.erased', '$.correction', '$.steps')
  AND NOT EXISTS (SELECT 1 FROM json_tree(json_extract(NEW.body, '$.values')) n WHERE n.atom IS NOT NULL
        AND n.atom IS NOT (SELECT o.atom FROM json_tree(json_extract(OLD.body, '$.values')) o WHERE o.fullkey = n.fullkey))
  AND NOT EXISTS (SELECT 1 FROM json_tree(json_extract(NEW.body, '$.gaps')) n WHERE n.atom IS NOT NULL
        AND n.atom IS NOT (SELECT o.atom FROM json_tree(json_extract(OLD.body, '$.gaps')) o WHERE o.fullkey = n.fullkey))
  AND (json_extract(NEW.body, '$.correction') IS NULL OR json_extract(NEW.body, '$.correction') = json_extract(OLD.body, '$.correction'))
  AND json_array_length(NEW.body, '$.steps') IS json_array_length(OLD.body, '$.steps')
  AND NOT EXISTS (SELECT 1 FROM json_tree(json_extract(NEW.body, '$.steps')) n WHERE n.atom IS NOT NULL
        AND n.atom IS NOT (SELECT o.atom FROM json_tree(json_extract(OLD.body, '$.steps')) o WHERE o.fullkey = n.fullkey))
  AND NOT EXISTS (SELECT 1 FROM json_tree(json_extract(OLD.body, '$.steps')) o WHERE o.atom IS NOT NULL AND o.key NOT IN ('whom', 'text', 'reason')
        AND o.atom IS NOT (SELECT n.atom FROM json_tree(json_extract(NEW.body, '$.steps')) n WHERE n.fullkey = o.fullkey)), FALSE)
BEGIN SELECT RAISE(ABORT, 'a revision is never changed'); END;
-- +goose StatementEnd
