-- Listening reviews 录音抽评: random samples of closed months, and what was said of their calls.

-- +goose Up
CREATE TABLE listening_draws (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    month       TEXT NOT NULL,
    seed        TEXT NOT NULL,
    named       INTEGER NOT NULL, -- a person named the seed
    per_officer INTEGER NOT NULL,
    samples     TEXT NOT NULL,    -- JSON: each officer, of how many calls, and which were drawn
    by_login    TEXT NOT NULL,
    by_name     TEXT NOT NULL,
    by_role     TEXT NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX listening_draws_of_month ON listening_draws (month, id);

CREATE TABLE listening_facts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    draw     INTEGER NOT NULL REFERENCES listening_draws (id),
    call_id  TEXT NOT NULL REFERENCES calls (id),
    says     TEXT NOT NULL, -- reviewed, answered
    marks    TEXT NOT NULL, -- JSON: of a review each item
    text     TEXT NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX listening_facts_of_draw ON listening_facts (draw, id);
CREATE INDEX listening_facts_of_call ON listening_facts (call_id, id);

-- +goose StatementBegin
CREATE TRIGGER listening_draws_stay BEFORE DELETE ON listening_draws
BEGIN SELECT RAISE(ABORT, 'a draw is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER listening_draws_stand BEFORE UPDATE ON listening_draws
BEGIN SELECT RAISE(ABORT, 'a draw is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER listening_facts_stay BEFORE DELETE ON listening_facts
BEGIN SELECT RAISE(ABORT, 'what was said of a call is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER listening_facts_stand BEFORE UPDATE ON listening_facts
BEGIN SELECT RAISE(ABORT, 'what was said of a call is never changed'); END;
-- +goose StatementEnd
