-- Evidence: the Merkle log (see dutylog/audit), its checkpoints, and the gapless yearly
-- numbers of entries. What stands in the file already is numbered and covered when the file
-- is opened next (takeover.go): that takes hashing and the site's time zone.

-- +goose Up
ALTER TABLE entries ADD COLUMN year INTEGER;   -- of the call, in the site's time zone
ALTER TABLE entries ADD COLUMN number INTEGER; -- 1, 2, 3 … within the year, without gaps
CREATE UNIQUE INDEX entries_by_number ON entries (year, number);

-- One row: when the rows of older schemas were taken over; NULL until it is done.
CREATE TABLE evidence (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    taken_over_at INTEGER
) STRICT;
INSERT INTO evidence (id) VALUES (1);

CREATE TABLE records (
    idx        INTEGER PRIMARY KEY, -- place in the tree, from 0
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    taken_over INTEGER NOT NULL, -- the row is older than the evidence
    commitment BLOB NOT NULL,
    salt       BLOB,             -- NULL once the content was erased
    erased_by  INTEGER,          -- the decision that erased it
    hashes     BLOB NOT NULL     -- the leaf's hash and those of the subtrees that it completes, 32 bytes each
) STRICT;
CREATE INDEX records_of_subject ON records (kind, subject);

-- Public keys that sign checkpoints.
CREATE TABLE signers (
    fingerprint TEXT PRIMARY KEY,
    verifier    TEXT NOT NULL,
    since       INTEGER NOT NULL
) STRICT;

CREATE TABLE checkpoints (
    size       INTEGER PRIMARY KEY, -- records covered
    at         INTEGER NOT NULL,
    note       TEXT NOT NULL,       -- as signed
    next_try   INTEGER,             -- when it is to be sent to another machine; NULL: nothing to do
    attempts   INTEGER NOT NULL,    -- in vain
    sent_at    INTEGER,
    send_error TEXT NOT NULL
) STRICT;
CREATE INDEX checkpoints_due ON checkpoints (next_try) WHERE next_try IS NOT NULL;

-- Who saw or took something that not everybody may see.
CREATE TABLE accesses (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    what     TEXT NOT NULL,
    object   TEXT NOT NULL,
    address  TEXT NOT NULL
) STRICT;
CREATE INDEX accesses_again ON accesses (by_login, what, object, at);
CREATE INDEX accesses_of_object ON accesses (object);

CREATE TABLE rule_changes (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    line TEXT NOT NULL,
    rule TEXT NOT NULL,
    at   INTEGER NOT NULL
) STRICT;
CREATE INDEX rule_changes_of_line ON rule_changes (line, id);

-- Decisions to erase content, and which records lost their salts by them.
CREATE TABLE erasures (
    decision INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    subject  TEXT NOT NULL, -- what the decision was about, for instance an entry's id
    reason   TEXT NOT NULL,
    records  TEXT NOT NULL  -- a JSON array of their places in the tree
) STRICT;

DROP TRIGGER entries_move_on;
-- +goose StatementBegin
CREATE TRIGGER entries_move_on BEFORE UPDATE ON entries
WHEN (NEW.revision <> OLD.revision + 1 OR NEW.id <> OLD.id OR NEW.year IS NOT OLD.year OR NEW.number IS NOT OLD.number)
 AND NOT (OLD.number IS NULL AND NEW.revision = OLD.revision AND NEW.body = OLD.body AND NEW.id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'an entry changes by its next revision only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tag_changes_stand BEFORE UPDATE ON tag_changes
BEGIN SELECT RAISE(ABORT, 'who set a tag is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER records_stay BEFORE DELETE ON records
BEGIN SELECT RAISE(ABORT, 'a record of the evidence is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER records_stand BEFORE UPDATE ON records
WHEN NOT (NEW.idx = OLD.idx AND NEW.kind = OLD.kind AND NEW.subject = OLD.subject AND NEW.at = OLD.at
      AND NEW.taken_over = OLD.taken_over AND NEW.commitment = OLD.commitment AND NEW.hashes = OLD.hashes
      AND NEW.salt IS NULL AND OLD.salt IS NOT NULL AND NEW.erased_by IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a record of the evidence only ever loses its salt, by a decision'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER accesses_stay BEFORE DELETE ON accesses
BEGIN SELECT RAISE(ABORT, 'an access is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER accesses_stand BEFORE UPDATE ON accesses
BEGIN SELECT RAISE(ABORT, 'an access is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER erasures_stay BEFORE DELETE ON erasures
BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER erasures_stand BEFORE UPDATE ON erasures
BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
-- +goose StatementEnd
