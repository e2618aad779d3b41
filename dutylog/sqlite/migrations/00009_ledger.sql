-- The reconciliation ledger: what does not agree between calls, recordings and entries.

-- +goose Up
CREATE TABLE ledger (
    key         TEXT PRIMARY KEY, -- kind, colon, what it is about
    kind        TEXT NOT NULL,
    why         TEXT NOT NULL,
    call_id     TEXT NOT NULL,
    entry_id    TEXT NOT NULL,
    name        TEXT NOT NULL, -- of a recording, made printable
    cause       TEXT NOT NULL,
    state       TEXT NOT NULL, -- open, resolved
    since       INTEGER NOT NULL,
    resolved_at INTEGER,
    acceptance  INTEGER REFERENCES ledger_acceptances (id) -- NULL: open, or it went away by itself
) STRICT;
CREATE INDEX ledger_newest ON ledger (since, key);
CREATE INDEX ledger_by_state ON ledger (state, since, key);

-- Who accepted an item as it is, and why.
CREATE TABLE ledger_acceptances (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    key      TEXT NOT NULL,
    cause    TEXT NOT NULL, -- as it stood then
    reason   TEXT NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

-- Recordings that may be an item, so that looking every few minutes does not read all of them.
CREATE INDEX recordings_odd ON recordings (call_id)
    WHERE status IN ('missing', 'failed') OR findings <> '[]' OR reason GLOB 'the recording was cut on the switch*' OR reason GLOB 'the switch recorded nothing*';

-- +goose StatementBegin
CREATE TRIGGER ledger_acceptances_stay BEFORE DELETE ON ledger_acceptances
BEGIN SELECT RAISE(ABORT, 'who accepted an item is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_acceptances_stand BEFORE UPDATE ON ledger_acceptances
BEGIN SELECT RAISE(ABORT, 'who accepted an item is never changed'); END;
-- +goose StatementEnd
