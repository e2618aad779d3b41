-- How the line was answered, day by day: tallies that are made of calls, entries, recordings, missed
-- calls and the roster. They are no evidence, only saved work: whatever they were made of takes them
-- away when it changes, in the same transaction, and they are made anew.

-- +goose Up
CREATE TABLE answer_days (
    day     TEXT PRIMARY KEY,  -- of the site's calendar
    from_at INTEGER NOT NULL,  -- when it began and ended by the site's clock
    to_at   INTEGER NOT NULL,
    changes INTEGER NOT NULL,  -- how often something of the day changed: a tally made meanwhile is not kept
    tally   BLOB               -- NULL: it is to be made
) STRICT;
CREATE INDEX answer_days_in_time ON answer_days (from_at);

-- +goose StatementBegin
CREATE TRIGGER answer_days_call AFTER INSERT ON calls WHEN NEW.ended_at IS NOT NULL
BEGIN UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE from_at > NEW.offered_at - 172800000000 AND from_at <= NEW.offered_at AND to_at > NEW.offered_at; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_days_call_changed AFTER UPDATE ON calls WHEN NEW.ended_at IS NOT NULL OR OLD.ended_at IS NOT NULL
BEGIN
  UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE from_at > NEW.offered_at - 172800000000 AND from_at <= NEW.offered_at AND to_at > NEW.offered_at;
  UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE NEW.offered_at <> OLD.offered_at
    AND from_at > OLD.offered_at - 172800000000 AND from_at <= OLD.offered_at AND to_at > OLD.offered_at;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_days_entry AFTER INSERT ON entries WHEN NEW.call_id IS NOT NULL
BEGIN UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE from_at > NEW.call_at - 172800000000 AND from_at <= NEW.call_at AND to_at > NEW.call_at; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_days_entry_changed AFTER UPDATE ON entries WHEN NEW.call_id IS NOT NULL
BEGIN UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE from_at > NEW.call_at - 172800000000 AND from_at <= NEW.call_at AND to_at > NEW.call_at; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_days_recording AFTER UPDATE OF status, sealed_at ON recordings
WHEN NEW.status <> OLD.status OR NEW.sealed_at IS NOT OLD.sealed_at
BEGIN UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE from_at > (SELECT offered_at FROM calls WHERE id = NEW.call_id) - 172800000000
    AND from_at <= (SELECT offered_at FROM calls WHERE id = NEW.call_id) AND to_at > (SELECT offered_at FROM calls WHERE id = NEW.call_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_days_missed AFTER INSERT ON missed_calls
BEGIN UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE from_at > NEW.at - 172800000000 AND from_at <= NEW.at AND to_at > NEW.at; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_days_missed_changed AFTER UPDATE ON missed_calls
BEGIN UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE from_at > NEW.at - 172800000000 AND from_at <= NEW.at AND to_at > NEW.at; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_days_shift AFTER INSERT ON shifts
BEGIN UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE from_at > NEW.from_at - 172800000000 AND from_at < NEW.to_at AND to_at > NEW.from_at; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_days_shift_gone AFTER DELETE ON shifts
BEGIN UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE from_at > OLD.from_at - 172800000000 AND from_at < OLD.to_at AND to_at > OLD.from_at; END;
-- +goose StatementEnd
