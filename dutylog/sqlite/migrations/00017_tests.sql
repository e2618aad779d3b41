-- Test calls from a second line: when each began, and what it proved.

-- +goose Up
CREATE TABLE tests (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    ended_at   INTEGER,          -- NULL: it runs
    line       TEXT NOT NULL,
    cause      TEXT NOT NULL,
    by_whom    TEXT NOT NULL,    -- empty: nobody asked for it
    token      TEXT NOT NULL,    -- in the name that the call shows
    number     TEXT NOT NULL,    -- of the second line
    verdict    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    ringback   TEXT NOT NULL,
    rang_after INTEGER,          -- microseconds from the call until the bell; NULL: it did not ring
    bell_for   INTEGER,          -- microseconds
    length     INTEGER NOT NULL, -- microseconds from the call until the hang-up
    call_id    TEXT NOT NULL,    -- as it arrived
    known_by   TEXT NOT NULL,
    why        TEXT NOT NULL,
    status     INTEGER NOT NULL,
    heard      TEXT NOT NULL,
    detail     TEXT NOT NULL,
    sound      TEXT NOT NULL     -- SHA-256 of the file; empty: there is none
) STRICT;
CREATE INDEX tests_running ON tests (id) WHERE ended_at IS NULL;

-- +goose StatementBegin
CREATE TRIGGER tests_stay BEFORE DELETE ON tests
BEGIN SELECT RAISE(ABORT, 'a test call is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tests_stand BEFORE UPDATE ON tests WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what a test call proved is never changed'); END;
-- +goose StatementEnd
