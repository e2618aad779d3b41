-- The directory as cards with several numbers each, and every change of a card.

-- +goose Up

-- What stood in the directory of schemas before this one stays in contacts, for a record proves
-- it; the program reads it once, to take it over.
ALTER TABLE evidence ADD COLUMN directory_at INTEGER; -- when it was taken over; NULL until it is done

-- Every version of every contact: what was before is in the change before.
CREATE TABLE contact_changes (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    contact  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    how      TEXT NOT NULL, -- added, edited, confirmed, number_added, removed, imported, dropped, taken_over
    body     TEXT NOT NULL  -- the contact as JSON; empty: it is gone
) STRICT;
CREATE INDEX contact_changes_of ON contact_changes (contact, id);

-- The change that stands now, of contacts that are not gone.
CREATE TABLE contact_cards (
    contact INTEGER PRIMARY KEY,
    change  INTEGER NOT NULL REFERENCES contact_changes (id),
    name    TEXT NOT NULL UNIQUE -- unit, person and title, with the character 31 between them
) STRICT;

-- Which contacts have a number.
CREATE TABLE contact_numbers (
    e164    TEXT NOT NULL,
    contact INTEGER NOT NULL REFERENCES contact_cards (contact) ON DELETE CASCADE,
    PRIMARY KEY (e164, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_numbers_of ON contact_numbers (contact);

-- +goose StatementBegin
CREATE TRIGGER contact_changes_stay BEFORE DELETE ON contact_changes
BEGIN SELECT RAISE(ABORT, 'a change of the directory is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER contact_changes_stand BEFORE UPDATE ON contact_changes
BEGIN SELECT RAISE(ABORT, 'a change of the directory is never changed'); END;
-- +goose StatementEnd
