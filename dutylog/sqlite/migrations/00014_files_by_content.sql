-- A file is known by its content: rotation gives the name of one file of the journal to the next.
-- What a backup holds of older schemas was noted by name; nothing counts as backed up by that, and
-- the next backup notes it anew.

-- +goose Up
DROP TABLE files_backed_up;
CREATE TABLE files_backed_up (
    digest TEXT PRIMARY KEY, -- SHA-256 of the file as it lay there
    name   TEXT NOT NULL,    -- in the first backup that held it, for people
    at     INTEGER NOT NULL
) STRICT;

-- One decision for each content that had a name, and not one for a name for ever. A constraint goes
-- with its table only; rows, numbers and columns stay, so that their records verify as before.
CREATE TABLE deletions_of_content (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    kind     TEXT NOT NULL, -- recording, tape, journal
    name     TEXT NOT NULL, -- a call's id, or what the file was called when it was decided
    why      TEXT NOT NULL,
    of_at    INTEGER NOT NULL, -- from when its days counted
    bytes    INTEGER NOT NULL,
    digest   TEXT NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    UNIQUE (kind, name, digest)
) STRICT;
INSERT INTO deletions_of_content (id, at, kind, name, why, of_at, bytes, digest, by_login, by_name, by_role)
    SELECT id, at, kind, name, why, of_at, bytes, digest, by_login, by_name, by_role FROM deletions ORDER BY id;
CREATE TABLE deletion_work_of_content (
    deletion INTEGER PRIMARY KEY REFERENCES deletions_of_content (id),
    next_try INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    problem  TEXT NOT NULL
) STRICT;
INSERT INTO deletion_work_of_content (deletion, next_try, attempts, problem)
    SELECT deletion, next_try, attempts, problem FROM deletion_work;
DROP TABLE deletion_work;
DROP TABLE deletions;
ALTER TABLE deletions_of_content RENAME TO deletions;
ALTER TABLE deletion_work_of_content RENAME TO deletion_work;

-- +goose StatementBegin
CREATE TRIGGER deletions_stay BEFORE DELETE ON deletions
BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deletions_stand BEFORE UPDATE ON deletions
BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
-- +goose StatementEnd
