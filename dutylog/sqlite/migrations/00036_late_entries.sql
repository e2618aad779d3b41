-- Late entries 补录, and the blank numbered sheets on which they were written first. What a late entry
-- says of itself stands in its body, and is covered with its revisions; these columns are for lists.

-- +goose Up
ALTER TABLE entries ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN late_from INTEGER;   -- where the blind interval begins that it covers
ALTER TABLE entries ADD COLUMN paper_sheet INTEGER; -- the number of the paper sheet
CREATE INDEX entries_late ON entries (late_from, call_at) WHERE late_from IS NOT NULL;
CREATE UNIQUE INDEX entries_paper ON entries (paper_sheet) WHERE paper_sheet IS NOT NULL;

CREATE TABLE paper_prints (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    first    INTEGER NOT NULL UNIQUE,
    last     INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
-- +goose StatementBegin
CREATE TRIGGER paper_prints_stay BEFORE DELETE ON paper_prints
BEGIN SELECT RAISE(ABORT, 'a printing of blank sheets is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER paper_prints_stand BEFORE UPDATE ON paper_prints
BEGIN SELECT RAISE(ABORT, 'a printing of blank sheets is never changed'); END;
-- +goose StatementEnd
