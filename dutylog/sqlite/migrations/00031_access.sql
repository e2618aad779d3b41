-- Reading accounts that see their unit's entries only, and the questions that the access log is asked.

-- +goose Up
ALTER TABLE accounts ADD COLUMN unit TEXT NOT NULL DEFAULT ''; -- whose entries a reading account sees; empty for all others

-- Of an entry's caller's unit, as it stands now: what is erased or corrected moves along with the body.
CREATE INDEX entries_of_unit ON entries (json_extract(body, '$.values.caller_unit'), call_at, id);

CREATE INDEX accesses_newest ON accesses (at, id);
CREATE INDEX accesses_by_person ON accesses (by_login, at, id);
CREATE INDEX accesses_by_what ON accesses (what, at, id);
