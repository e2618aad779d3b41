-- When the bell stopped: not always the answer or the call's end (an announcement may take
-- the call after the phone). Calls of schema 1 take the best that is known of them.

-- +goose Up
ALTER TABLE calls ADD COLUMN rang_until INTEGER;
UPDATE calls SET rang_until = coalesce(answered_at, ended_at) WHERE rang_at IS NOT NULL;
