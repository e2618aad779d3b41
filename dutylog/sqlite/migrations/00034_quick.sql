-- What saves the officer seconds: phrases by their versions 常用语, short secrets of known computers 快捷口令,
-- and notes that were written on the locked screen 锁屏记录.

-- +goose Up
CREATE TABLE phrases (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    phrase   INTEGER NOT NULL, -- the id of its first version
    seed     TEXT NOT NULL,    -- the name of one that the product brings along
    field    TEXT NOT NULL,
    category TEXT NOT NULL,    -- empty: whatever the matter is about
    code     TEXT NOT NULL,
    title    TEXT NOT NULL,
    text     TEXT NOT NULL,
    ended    INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX phrases_of_phrase ON phrases (phrase, id);

-- Computers on which somebody signed in with a password. Of their secret only the digest is here.
CREATE TABLE devices (
    device   TEXT PRIMARY KEY,
    since    INTEGER NOT NULL,
    last_at  INTEGER NOT NULL -- of the last such login
) STRICT;

CREATE TABLE pins (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    login    TEXT NOT NULL,
    device   TEXT NOT NULL REFERENCES devices (device),
    hash     TEXT NOT NULL,
    pass     TEXT NOT NULL,    -- which password it was set with: a new one ends it
    set_at   INTEGER NOT NULL,
    proved_at INTEGER NOT NULL, -- when the password was given on this computer the last time
    failed   INTEGER NOT NULL, -- wrong tries since the last right one
    ended_at INTEGER,          -- NULL: it stands
    why      TEXT NOT NULL     -- replaced, removed, too_many
) STRICT;
CREATE UNIQUE INDEX pins_standing ON pins (login, device) WHERE ended_at IS NULL;
CREATE INDEX pins_of_device ON pins (device) WHERE ended_at IS NULL;

CREATE TABLE call_notes (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    key      TEXT NOT NULL UNIQUE, -- made by the page
    device   TEXT NOT NULL REFERENCES devices (device),
    line     TEXT NOT NULL,
    begun_at INTEGER NOT NULL,     -- when the first character was typed
    at       INTEGER NOT NULL,     -- when it came here the last time
    edit     INTEGER NOT NULL,     -- counts what was typed: an older one that comes late changes nothing
    text     TEXT NOT NULL,        -- empty once it was taken: the entry has it
    call_id  TEXT NOT NULL,        -- of the call that rang then; empty: not known
    taken_at INTEGER,              -- NULL: it waits for somebody to sign in
    entry_id TEXT NOT NULL,        -- into which it was taken
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL
) STRICT;
CREATE INDEX call_notes_waiting ON call_notes (device, begun_at) WHERE taken_at IS NULL;

-- +goose StatementBegin
CREATE TRIGGER phrases_stay BEFORE DELETE ON phrases
BEGIN SELECT RAISE(ABORT, 'a phrase is ended, never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER phrases_stand BEFORE UPDATE ON phrases
BEGIN SELECT RAISE(ABORT, 'a phrase changes by its next version only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pins_stay BEFORE DELETE ON pins
BEGIN SELECT RAISE(ABORT, 'a short secret is ended, never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER call_notes_stay BEFORE DELETE ON call_notes
BEGIN SELECT RAISE(ABORT, 'a note is taken into an entry, never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER call_notes_taken BEFORE UPDATE ON call_notes WHEN OLD.taken_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a note that was taken stays as it is'); END;
-- +goose StatementEnd
