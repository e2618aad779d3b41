-- Which entries a list, a search, an incident or a handover sheet showed: a row of the access log says it of all
-- of them, and the table beside it finds the row by an entry.

-- +goose Up
ALTER TABLE accesses ADD COLUMN entries TEXT NOT NULL DEFAULT ''; -- their ids, as a JSON list; empty: it showed no entry but its object

-- By it alone nothing is told: it is made of accesses.entries, which is proved.
CREATE TABLE access_entries (
    entry_id  TEXT    NOT NULL,
    access_id INTEGER NOT NULL REFERENCES accesses (id),
    PRIMARY KEY (entry_id, access_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX access_entries_of_access ON access_entries (access_id);

