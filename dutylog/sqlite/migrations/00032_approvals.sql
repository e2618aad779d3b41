-- What takes two persons: who asked for it, who decided it, and what came of it.

-- +goose Up
CREATE TABLE approvals (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    kind      TEXT NOT NULL, -- erase, release_hold
    entry_id  TEXT NOT NULL REFERENCES entries (id),
    fields    TEXT NOT NULL, -- JSON: what is to be erased; [] is everything
    recording INTEGER NOT NULL,
    reason    TEXT NOT NULL,
    by_login  TEXT NOT NULL,
    by_name   TEXT NOT NULL,
    by_role   TEXT NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX approvals_of_entry ON approvals (entry_id, id);
CREATE INDEX approvals_by_time ON approvals (at, id);

CREATE TABLE approval_steps (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    approval INTEGER NOT NULL REFERENCES approvals (id),
    step     TEXT NOT NULL, -- approved, declined, done
    note     TEXT NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_steps_of ON approval_steps (approval, step);

-- +goose StatementBegin
CREATE TRIGGER approvals_stay BEFORE DELETE ON approvals
BEGIN SELECT RAISE(ABORT, 'a request is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approvals_stand BEFORE UPDATE ON approvals
BEGIN SELECT RAISE(ABORT, 'a request is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approval_steps_stay BEFORE DELETE ON approval_steps
BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approval_steps_stand BEFORE UPDATE ON approval_steps
BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
-- +goose StatementEnd
