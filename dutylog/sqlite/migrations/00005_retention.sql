-- Encrypted recordings.

-- +goose Up
ALTER TABLE recordings ADD COLUMN file_digest TEXT NOT NULL DEFAULT ''; -- of the encrypted file; empty: it is not encrypted
ALTER TABLE recordings ADD COLUMN file_size INTEGER NOT NULL DEFAULT 0;

-- The public keys with which recordings were ever sealed here. A daemon that finds its key
-- gone must not make a new one as if it were the first.
CREATE TABLE site_keys (
    recipient  TEXT PRIMARY KEY,
    first_seen INTEGER NOT NULL
) STRICT;
