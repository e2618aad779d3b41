-- Closed months of how the line was answered. What is frozen stands: what comes later is shown beside it.

-- +goose Up
CREATE TABLE answer_months (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    month    TEXT NOT NULL UNIQUE, -- of the site's calendar
    zone     TEXT NOT NULL,        -- in which its days and hours begin
    calls    INTEGER NOT NULL,     -- how many were counted
    digest   TEXT NOT NULL,        -- SHA-256 of the list of these calls, each with how it ended
    figures  TEXT NOT NULL,        -- JSON: every figure of the month in plain words
    blind    TEXT NOT NULL,        -- JSON: what nobody saw in it
    tallies  BLOB NOT NULL,        -- of its days
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER answer_months_stay BEFORE DELETE ON answer_months
BEGIN SELECT RAISE(ABORT, 'a frozen month is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_months_stand BEFORE UPDATE ON answer_months
BEGIN SELECT RAISE(ABORT, 'a frozen month is never changed'); END;
-- +goose StatementEnd
