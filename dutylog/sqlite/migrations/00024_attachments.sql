-- What is attached to entries: photos, scans of faxes, documents. The files lie beside the log,
-- encrypted; a row says which, and is never deleted.

-- +goose Up
CREATE TABLE attachments (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id    TEXT NOT NULL REFERENCES entries (id),
    name        TEXT NOT NULL,    -- of the file as it came; empty once it was erased
    type        TEXT NOT NULL,    -- what is in it, for instance image/jpeg
    digest      TEXT NOT NULL,    -- SHA-256 of what was attached
    size        INTEGER NOT NULL,
    file_digest TEXT NOT NULL,    -- of the encrypted file
    file_size   INTEGER NOT NULL,
    by_login    TEXT NOT NULL,
    by_name     TEXT NOT NULL,
    by_role     TEXT NOT NULL,
    at          INTEGER NOT NULL,
    state       TEXT NOT NULL,    -- kept, erased, expired
    decision    INTEGER           -- by which it was erased, or expired
) STRICT;
CREATE INDEX attachments_of_entry ON attachments (entry_id, id);
CREATE INDEX attachments_by_content ON attachments (digest);
-- +goose StatementBegin
CREATE TRIGGER attachments_stay BEFORE DELETE ON attachments
BEGIN SELECT RAISE(ABORT, 'an attachment is never deleted from the log'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER attachments_stand BEFORE UPDATE ON attachments WHEN NEW.state = 'kept' OR NEW.state = 'expired' AND (NEW.name <> OLD.name OR OLD.state <> 'kept') OR NEW.digest <> OLD.digest OR NEW.entry_id <> OLD.entry_id
BEGIN SELECT RAISE(ABORT, 'an attachment is never changed, only erased or expired'); END;
-- +goose StatementEnd
