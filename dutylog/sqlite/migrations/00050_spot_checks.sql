-- The register of spot checks 抽查登记, by its versions.

-- +goose Up
CREATE TABLE spot_checks (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    entry     INTEGER NOT NULL, -- the id of its first version
    direction TEXT NOT NULL,    -- in: this room was checked; out: it checked a unit
    day       INTEGER NOT NULL, -- when it was made
    unit      TEXT NOT NULL,
    inspector TEXT NOT NULL,
    questions TEXT NOT NULL,
    result    TEXT NOT NULL,
    findings  TEXT NOT NULL,
    call_id   TEXT NOT NULL,    -- empty: none
    change    TEXT NOT NULL,    -- what a later version corrects
    struck    INTEGER NOT NULL,
    by_login  TEXT NOT NULL,
    by_name   TEXT NOT NULL,
    by_role   TEXT NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX spot_checks_of_entry ON spot_checks (entry, id);
CREATE INDEX spot_checks_newest ON spot_checks (day, id);
CREATE INDEX spot_checks_of_call ON spot_checks (call_id) WHERE call_id <> '';

CREATE INDEX calls_spot_checks ON calls (offered_at, id) WHERE tags LIKE '%"spot_check"%';

-- +goose StatementBegin
CREATE TRIGGER spot_checks_stay BEFORE DELETE ON spot_checks
BEGIN SELECT RAISE(ABORT, 'a spot check is struck out, never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER spot_checks_stand BEFORE UPDATE ON spot_checks
BEGIN SELECT RAISE(ABORT, 'a spot check changes by its next version only'); END;
-- +goose StatementEnd
