-- Reviews 复核 of verdicts: what was said of each, and what it comes to for the figures.

-- +goose Up
CREATE TABLE review_facts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id  TEXT NOT NULL REFERENCES calls (id),
    says     TEXT NOT NULL, -- explained, commented, decided, second_asked, second_decided
    code     TEXT NOT NULL, -- the reason of an explanation, the technical cause of a verdict that is set aside
    result   TEXT NOT NULL, -- of a decision
    text     TEXT NOT NULL,
    officer  TEXT NOT NULL, -- whom the verdict concerned then
    outcome  TEXT NOT NULL, -- as measured then
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX review_facts_of_call ON review_facts (call_id, id);

-- What the facts of a call come to. result is what the figures take: empty, set_aside, counts_late or
-- counts_in_time, and only as long as the call's outcome is this one.
CREATE TABLE call_reviews (
    call_id   TEXT PRIMARY KEY REFERENCES calls (id),
    result    TEXT NOT NULL,
    outcome   TEXT NOT NULL,
    explained INTEGER NOT NULL, -- whether the officer concerned said something
    stage     TEXT NOT NULL     -- empty, decided, awaits_second, closed
) STRICT;

-- Calls whose verdict may be reviewed.
CREATE INDEX calls_to_review ON calls (offered_at, id) WHERE direction = 'in' AND (outcome IN ('answered_late', 'missed', 'rejected', 'unreachable') OR findings LIKE '%"borderline"%');

-- +goose StatementBegin
CREATE TRIGGER review_facts_stay BEFORE DELETE ON review_facts
BEGIN SELECT RAISE(ABORT, 'what was said of a verdict is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_facts_stand BEFORE UPDATE ON review_facts
BEGIN SELECT RAISE(ABORT, 'what was said of a verdict is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER call_reviews_stay BEFORE DELETE ON call_reviews
BEGIN SELECT RAISE(ABORT, 'a review is never deleted'); END;
-- +goose StatementEnd

-- The figures of a day follow what its reviews come to, see 00047.
-- +goose StatementBegin
CREATE TRIGGER answer_days_reviewed AFTER INSERT ON call_reviews
BEGIN UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE from_at > (SELECT offered_at FROM calls WHERE id = NEW.call_id) - 172800000000
    AND from_at <= (SELECT offered_at FROM calls WHERE id = NEW.call_id) AND to_at > (SELECT offered_at FROM calls WHERE id = NEW.call_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_days_reviewed_again AFTER UPDATE ON call_reviews
BEGIN UPDATE answer_days SET tally = NULL, changes = changes + 1 WHERE from_at > (SELECT offered_at FROM calls WHERE id = NEW.call_id) - 172800000000
    AND from_at <= (SELECT offered_at FROM calls WHERE id = NEW.call_id) AND to_at > (SELECT offered_at FROM calls WHERE id = NEW.call_id); END;
-- +goose StatementEnd
