-- The register of suspected violations 疑似违规登记 by Art. 32. The log suggests, persons decide, nothing leaves it.

-- +goose Up
CREATE TABLE violations (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    cause    TEXT NOT NULL, -- once for each; empty: a person opened it
    why      TEXT NOT NULL,
    item     INTEGER NOT NULL, -- of Art. 32
    line     TEXT NOT NULL, -- empty: it is about no line
    happened INTEGER NOT NULL,
    text     TEXT NOT NULL,
    evidence TEXT NOT NULL, -- JSON
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    state    TEXT NOT NULL  -- what its facts come to
) STRICT;
CREATE UNIQUE INDEX violations_once ON violations (cause) WHERE cause <> '';
CREATE INDEX violations_newest ON violations (happened, id);
CREATE INDEX violations_waiting ON violations (id) WHERE state IN ('open', 'awaits');

CREATE TABLE violation_facts (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    violation INTEGER NOT NULL REFERENCES violations (id),
    says      TEXT NOT NULL, -- stated, dismissed, proposed, confirmed, returned, reopened
    result    TEXT NOT NULL, -- of proposed: upheld, not_upheld
    text      TEXT NOT NULL,
    by_login  TEXT NOT NULL,
    by_name   TEXT NOT NULL,
    by_role   TEXT NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX violation_facts_of ON violation_facts (violation, id);

-- +goose StatementBegin
CREATE TRIGGER violations_stay BEFORE DELETE ON violations
BEGIN SELECT RAISE(ABORT, 'a suspected violation is dismissed, never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER violations_stand BEFORE UPDATE OF id, cause, why, item, line, happened, text, evidence, by_login, by_name, by_role, at ON violations
BEGIN SELECT RAISE(ABORT, 'a suspected violation is never changed: what is said of it stands beside it'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER violation_facts_stay BEFORE DELETE ON violation_facts
BEGIN SELECT RAISE(ABORT, 'what was said of a suspected violation is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER violation_facts_stand BEFORE UPDATE ON violation_facts
BEGIN SELECT RAISE(ABORT, 'what was said of a suspected violation is never changed'); END;
-- +goose StatementEnd
