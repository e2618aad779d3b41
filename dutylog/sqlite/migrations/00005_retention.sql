-- Encrypted recordings, retention, legal holds and erasure.

-- +goose Up
ALTER TABLE recordings ADD COLUMN file_digest TEXT NOT NULL DEFAULT ''; -- of the encrypted file; empty: it is not encrypted
ALTER TABLE recordings ADD COLUMN file_size INTEGER;

-- The public keys with which recordings were ever sealed here. A daemon that finds its key
-- gone must not make a new one as if it were the first.
CREATE TABLE site_keys (
    recipient  TEXT PRIMARY KEY,
    first_seen INTEGER NOT NULL
) STRICT;

-- By which decision the recording went: of deletions when its status is expired, of erasures
-- when it is erased.
ALTER TABLE recordings ADD COLUMN decision INTEGER;

-- Legal holds: who set or released one, and why. The newest row of an entry counts.
CREATE TABLE holds (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id TEXT NOT NULL REFERENCES entries (id),
    is_set   INTEGER NOT NULL,
    reason   TEXT NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX holds_of_entry ON holds (entry_id, id);

-- Decisions to delete a file: what, by which rule, and the digest of what was deleted. A row
-- comes before the deletion; what is still to be done about it is in deletion_work.
CREATE TABLE deletions (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    kind     TEXT NOT NULL, -- recording, tape, journal
    name     TEXT NOT NULL, -- a call's id or the file's name
    why      TEXT NOT NULL,
    of_at    INTEGER NOT NULL, -- from when its days counted
    bytes    INTEGER NOT NULL,
    digest   TEXT NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    UNIQUE (kind, name)
) STRICT;
CREATE TABLE deletion_work (
    deletion INTEGER PRIMARY KEY REFERENCES deletions (id),
    next_try INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    problem  TEXT NOT NULL
) STRICT;

-- What is to be done by the clock.
CREATE TABLE chores (
    name    TEXT PRIMARY KEY,
    next_at INTEGER NOT NULL
) STRICT;

-- How much of the disk each kind took, by day, to see when it will be full.
CREATE TABLE disk_usage (
    day   INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (day, kind)
) STRICT;

-- When a finished backup first held a closed file of the tape or the journal.
CREATE TABLE files_backed_up (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    at   INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER holds_stay BEFORE DELETE ON holds
BEGIN SELECT RAISE(ABORT, 'who held an entry is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER holds_stand BEFORE UPDATE ON holds
BEGIN SELECT RAISE(ABORT, 'who held an entry is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deletions_stay BEFORE DELETE ON deletions
BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deletions_stand BEFORE UPDATE ON deletions
BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
-- +goose StatementEnd

-- Erasure. The content of a revision may change in one way only: inside one transaction, by the
-- newest decision of erasures, which names the entry and was not used before; and only so that
-- something is gone. The permission is a row of erasing, whose deferred reference can never be
-- true: the transaction can be committed only after the row was taken away again.
CREATE TABLE no_row (
    id INTEGER PRIMARY KEY CHECK (FALSE)
) STRICT;
CREATE TABLE erasing (
    entry_id TEXT PRIMARY KEY REFERENCES entries (id),
    decision INTEGER NOT NULL REFERENCES erasures (decision),
    ends     INTEGER NOT NULL DEFAULT -1 REFERENCES no_row (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE erasures_used (
    decision INTEGER PRIMARY KEY REFERENCES erasures (decision)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER erasing_begins BEFORE INSERT ON erasing
WHEN NEW.decision IS NOT (SELECT max(decision) FROM erasures)
  OR NEW.entry_id IS NOT (SELECT subject FROM erasures WHERE decision = NEW.decision)
  OR EXISTS (SELECT 1 FROM erasures_used WHERE decision = NEW.decision)
BEGIN SELECT RAISE(ABORT, 'only a fresh decision to erase opens an entry'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER erasing_ends AFTER DELETE ON erasing
BEGIN INSERT INTO erasures_used (decision) VALUES (OLD.decision); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER erasures_used_stay BEFORE DELETE ON erasures_used
BEGIN SELECT RAISE(ABORT, 'a decision is used once'); END;
-- +goose StatementEnd
DROP TRIGGER revisions_stand;
-- +goose StatementBegin
CREATE TRIGGER revisions_stand BEFORE UPDATE ON revisions
WHEN NOT coalesce(
      NEW.entry_id = OLD.entry_id AND NEW.revision = OLD.revision AND NEW.at = OLD.at
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role
  AND EXISTS (SELECT 1 FROM erasing x WHERE x.entry_id = OLD.entry_id AND x.decision = json_extract(NEW.body, '$.erased[#-1].decision'))
  AND json_remove(NEW.body, '$.values', '$.gaps', '$.candidates', '$.number', '$.erased')
    = json_remove(OLD.body, '$.values', '$.gaps', '$.candidates', '$.number', '$.erased')
  AND NOT EXISTS (SELECT 1 FROM json_tree(json_extract(NEW.body, '$.values')) n WHERE n.atom IS NOT NULL
        AND n.atom IS NOT (SELECT o.atom FROM json_tree(json_extract(OLD.body, '$.values')) o WHERE o.fullkey = n.fullkey))
  AND NOT EXISTS (SELECT 1 FROM json_tree(json_extract(NEW.body, '$.gaps')) n WHERE n.atom IS NOT NULL
        AND n.atom IS NOT (SELECT o.atom FROM json_tree(json_extract(OLD.body, '$.gaps')) o WHERE o.fullkey = n.fullkey)), FALSE)
BEGIN SELECT RAISE(ABORT, 'a revision is never changed'); END;
-- +goose StatementEnd
