-- Missed calls 未接来电 and whether their callers were called back.

-- +goose Up
CREATE TABLE missed_calls (
    call_id    TEXT PRIMARY KEY REFERENCES calls (id),
    at         INTEGER NOT NULL, -- when it was offered
    settled_at INTEGER,          -- NULL: somebody has to call back
    why        TEXT NOT NULL,
    by_call    TEXT NOT NULL,    -- the call that settled it; empty: none did
    text       TEXT NOT NULL,
    by_login   TEXT NOT NULL,
    by_name    TEXT NOT NULL,
    by_role    TEXT NOT NULL
) STRICT;
CREATE INDEX missed_calls_newest ON missed_calls (at, call_id);
CREATE INDEX missed_calls_waiting ON missed_calls (at, call_id) WHERE settled_at IS NULL;

-- Whom the officer called: for what settles a missed call, and for the last calls with a number.
CREATE INDEX calls_by_called ON calls (called_e164, offered_at) WHERE direction = 'out';

-- +goose StatementBegin
CREATE TRIGGER missed_calls_stay BEFORE DELETE ON missed_calls
BEGIN SELECT RAISE(ABORT, 'a missed call is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER missed_calls_stand BEFORE UPDATE ON missed_calls WHEN OLD.call_id <> NEW.call_id OR OLD.at <> NEW.at
BEGIN SELECT RAISE(ABORT, 'a missed call stays the one that it is'); END;
-- +goose StatementEnd
