-- Beside the rule by which a line's calls are judged: which telephones and trunks it is made of, since when, and when the
-- configuration file that says so had been saved.

-- +goose Up
ALTER TABLE rule_changes ADD COLUMN settings TEXT NOT NULL DEFAULT ''; -- JSON; empty: an older program did not keep them
ALTER TABLE rule_changes ADD COLUMN saved_at INTEGER; -- when the configuration file was saved; NULL: not known
