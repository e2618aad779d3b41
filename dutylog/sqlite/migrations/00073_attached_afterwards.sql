-- Why a file was attached to an entry that was complete: that is a correction of it, and says why as others do.

-- +goose Up
ALTER TABLE attachments ADD COLUMN reason TEXT NOT NULL DEFAULT ''; -- empty: the entry was open
