-- What an alert rests on: call, events, SIP messages and recording, as a JSON list. Empty of older ones.
-- And the way to the calls of one number, for callers who are a nuisance.

-- +goose Up
ALTER TABLE alerts ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
CREATE INDEX calls_by_caller ON calls (caller_e164, offered_at);
