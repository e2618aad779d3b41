-- The switch's own journal as the second eye.

-- +goose Up
ALTER TABLE calls ADD COLUMN settled_by TEXT NOT NULL DEFAULT ''; -- whose word the end is; empty: not settled yet
CREATE INDEX calls_unsettled ON calls (ended_at) WHERE settled_by = '' AND ended_at IS NOT NULL;

-- What was not seen, or not there: live_down, journal_down, switch_down.
CREATE TABLE intervals (
    kind    TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    to_at   INTEGER, -- NULL: it goes on
    cause   TEXT NOT NULL,
    PRIMARY KEY (kind, from_at)
) STRICT;

-- What the daemon must know of its last run: how far the journal was read, when the switch was
-- last seen.
CREATE TABLE marks (
    name TEXT PRIMARY KEY,
    at   INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
