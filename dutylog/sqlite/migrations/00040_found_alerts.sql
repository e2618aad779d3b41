-- Alerts about what was found afterwards in the switch's journal, and those of several calls.

-- +goose Up
ALTER TABLE alerts ADD COLUMN found_at INTEGER; -- NULL: it was told as it happened
ALTER TABLE alerts ADD COLUMN times INTEGER NOT NULL DEFAULT 0; -- of how many calls it tells, where several are one problem
ALTER TABLE alerts ADD COLUMN last_at INTEGER; -- of the newest of them
