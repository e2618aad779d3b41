-- What was not seen is evidence as well: an interval that is dropped or made shorter behind the
-- log's back is found. Those that stand in the file are covered when it is opened next.

-- +goose Up
ALTER TABLE evidence ADD COLUMN intervals_at INTEGER; -- when the intervals of older schemas were taken over; NULL until it is done

-- +goose StatementBegin
CREATE TRIGGER intervals_stay BEFORE DELETE ON intervals
BEGIN SELECT RAISE(ABORT, 'an interval is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER intervals_stand BEFORE UPDATE ON intervals
WHEN OLD.to_at IS NOT NULL OR NEW.kind <> OLD.kind OR NEW.from_at <> OLD.from_at
BEGIN SELECT RAISE(ABORT, 'an interval is closed once and never changed then'); END;
-- +goose StatementEnd
