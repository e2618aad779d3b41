-- Assessment 考核: the scoring rules that were in force, what was said of a month's sheet, and the sheets that stand.

-- +goose Up
CREATE TABLE scoring_rules (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL, -- of the rules
    rules  TEXT NOT NULL, -- JSON
    at     INTEGER NOT NULL
) STRICT;

CREATE TABLE assessment_facts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    month    TEXT NOT NULL, -- of the site's calendar
    line     TEXT NOT NULL,
    says     TEXT NOT NULL, -- named, signed, frozen, noted
    digest   TEXT NOT NULL, -- of the sheet that it is about; empty: none
    persons  TEXT NOT NULL, -- JSON
    text     TEXT NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX assessment_facts_of_month ON assessment_facts (month, line, id);

CREATE TABLE assessments (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    month    TEXT NOT NULL,
    line     TEXT NOT NULL,
    sheet    TEXT NOT NULL, -- JSON: as it was signed
    digest   TEXT NOT NULL, -- SHA-256 of it
    facts    TEXT NOT NULL, -- JSON: of what it was made
    rules    TEXT NOT NULL, -- JSON: by which
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    UNIQUE (line, month)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER scoring_rules_stay BEFORE DELETE ON scoring_rules
BEGIN SELECT RAISE(ABORT, 'scoring rules that were in force are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER scoring_rules_stand BEFORE UPDATE ON scoring_rules
BEGIN SELECT RAISE(ABORT, 'scoring rules that were in force are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER assessment_facts_stay BEFORE DELETE ON assessment_facts
BEGIN SELECT RAISE(ABORT, 'what was said of an assessment is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER assessment_facts_stand BEFORE UPDATE ON assessment_facts
BEGIN SELECT RAISE(ABORT, 'what was said of an assessment is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER assessments_stay BEFORE DELETE ON assessments
BEGIN SELECT RAISE(ABORT, 'a frozen assessment is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER assessments_stand BEFORE UPDATE ON assessments
BEGIN SELECT RAISE(ABORT, 'a frozen assessment is never changed'); END;
-- +goose StatementEnd
