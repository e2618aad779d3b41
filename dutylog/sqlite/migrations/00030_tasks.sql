-- Dated duties 定期事项: rules by their versions, what was said of each task, and absences of the unit's head.

-- +goose Up
CREATE TABLE task_rules (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    rule    INTEGER NOT NULL, -- the id of its first version
    seed    TEXT NOT NULL,    -- the name of one that the product brings along
    title   TEXT NOT NULL,
    basis   TEXT NOT NULL,
    post    TEXT NOT NULL,
    recurs  TEXT NOT NULL,    -- JSON
    lead_us INTEGER NOT NULL, -- how long before its time it is due
    checks  TEXT NOT NULL,    -- what has to be ticked
    ended   INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at      INTEGER NOT NULL  -- from when on this version holds
) STRICT;
CREATE INDEX task_rules_of_rule ON task_rules (rule, id);

CREATE TABLE task_marks (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    rule     INTEGER NOT NULL REFERENCES task_rules (id),
    key      TEXT NOT NULL, -- which task of the rule: a day, the beginning of a shift, a step of an absence
    due_at   INTEGER NOT NULL,
    says     TEXT NOT NULL, -- done, not_needed, open
    text     TEXT NOT NULL,
    entry    TEXT NOT NULL, -- number of the entry that proves it
    call_id  TEXT NOT NULL,
    checks   TEXT NOT NULL, -- JSON: each thing that was looked at, how it was and a remark
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX task_marks_of_task ON task_marks (rule, key, id);
CREATE INDEX task_marks_by_time ON task_marks (due_at, id);

CREATE TABLE absences (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    absence        INTEGER NOT NULL, -- the id of its first version
    person         TEXT NOT NULL,
    why            TEXT NOT NULL,
    place          TEXT NOT NULL,
    leaves_at      INTEGER NOT NULL,
    returns_at     INTEGER NOT NULL,
    stand_in       TEXT NOT NULL,
    stand_in_title TEXT NOT NULL,
    change         TEXT NOT NULL,    -- what changed and why; empty in the first version
    by_login       TEXT NOT NULL,
    by_name        TEXT NOT NULL,
    by_role        TEXT NOT NULL,
    at             INTEGER NOT NULL
) STRICT;
CREATE INDEX absences_of_absence ON absences (absence, id);
CREATE INDEX absences_by_time ON absences (at, id);

-- +goose StatementBegin
CREATE TRIGGER task_rules_stay BEFORE DELETE ON task_rules
BEGIN SELECT RAISE(ABORT, 'a rule is ended, never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER task_rules_stand BEFORE UPDATE ON task_rules
BEGIN SELECT RAISE(ABORT, 'a rule changes by its next version only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER task_marks_stay BEFORE DELETE ON task_marks
BEGIN SELECT RAISE(ABORT, 'what was said of a task is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER task_marks_stand BEFORE UPDATE ON task_marks
BEGIN SELECT RAISE(ABORT, 'what was said of a task is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER absences_stay BEFORE DELETE ON absences
BEGIN SELECT RAISE(ABORT, 'an absence is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER absences_stand BEFORE UPDATE ON absences
BEGIN SELECT RAISE(ABORT, 'an absence changes by its next version only'); END;
-- +goose StatementEnd
