-- How far the matter of an entry is, by its handling steps (see dutylog/step.go): for lists. What
-- the steps say stands in the entry's body, and is covered with its revisions.

-- +goose Up
ALTER TABLE entries ADD COLUMN handling TEXT NOT NULL DEFAULT '';
CREATE INDEX entries_by_handling ON entries (handling, call_at, id);
-- What is still to be dealt with.
CREATE INDEX entries_pending ON entries (call_at, id) WHERE state = 'open' OR handling NOT IN ('', 'closed');
