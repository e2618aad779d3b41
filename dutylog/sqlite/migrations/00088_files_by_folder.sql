-- What a backup's folder holds is known by folder, so that it is taken back when no generation there holds it any more.
-- Of what older schemas noted nobody knows the folder: nothing counts as backed up by that, and the next backup notes it anew.

-- +goose Up
DROP TABLE files_backed_up;
CREATE TABLE files_backed_up (
    digest TEXT NOT NULL,    -- SHA-256 of the file as it lay there
    folder TEXT NOT NULL,    -- of the backup
    name   TEXT NOT NULL,    -- in the generation that was looked at first, for people
    at     INTEGER NOT NULL, -- of that generation
    PRIMARY KEY (digest, folder)
) STRICT;
