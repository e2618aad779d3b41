-- What is said of a filing afterwards, a receipt that came later or when it was sent in truth, is a row of its own
-- that holds how the filing stands since. No row is changed or goes.

-- +goose Up
ALTER TABLE roster_filings ADD COLUMN amends INTEGER REFERENCES roster_filings (id); -- null: it is the filing itself
ALTER TABLE roster_filings ADD COLUMN reason TEXT NOT NULL DEFAULT ''; -- why it stands otherwise since
ALTER TABLE roster_filings ADD COLUMN receipt_at INTEGER; -- when a receipt came that was added afterwards
CREATE INDEX roster_filings_amended ON roster_filings (amends, id) WHERE amends IS NOT NULL;
-- +goose StatementBegin
CREATE TRIGGER roster_filings_stay BEFORE DELETE ON roster_filings
BEGIN SELECT RAISE(ABORT, 'what was filed is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER roster_filings_stand BEFORE UPDATE ON roster_filings
BEGIN SELECT RAISE(ABORT, 'what was filed is never changed'); END;
-- +goose StatementEnd
