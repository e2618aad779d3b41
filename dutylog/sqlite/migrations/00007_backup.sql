-- Finished backups, which recordings they hold, and by what a backup knows its log again.

-- +goose Up
CREATE TABLE backups (
    id         INTEGER PRIMARY KEY,
    generation TEXT NOT NULL,    -- its folder's name: the time in UTC
    at         INTEGER NOT NULL, -- of which it is the picture
    path       TEXT NOT NULL,    -- of the folder of all generations
    recordings INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    manifest   TEXT NOT NULL,    -- SHA-256
    removed_at INTEGER,          -- when it was found to be gone
    UNIQUE (path, generation)
) STRICT;

-- When a finished backup first held the sealed file of this row.
ALTER TABLE recordings ADD COLUMN backed_up_at INTEGER;

-- A name that no other duty log has, kept over copying and restoring.
CREATE TABLE identity (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL
) STRICT;
INSERT INTO identity (id, name) VALUES (1, lower(hex(randomblob(16))));
