-- Handovers 交接班: who took over from whom and when, with the sheet as it was confirmed, and everybody's word for it.

-- +goose Up
CREATE TABLE handovers (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    at             INTEGER NOT NULL, -- when the incoming officer confirmed
    from_at        INTEGER NOT NULL, -- when the shift that ended began
    outgoing_login TEXT NOT NULL,    -- empty: nobody had taken over before
    outgoing_name  TEXT NOT NULL,
    outgoing_role  TEXT NOT NULL,
    incoming_login TEXT NOT NULL,
    incoming_name  TEXT NOT NULL,
    incoming_role  TEXT NOT NULL,
    unsigned       TEXT NOT NULL,    -- why the outgoing officer did not confirm; empty: they did, or there is none
    body           TEXT NOT NULL,    -- the sheet, JSON, as it was confirmed
    digest         TEXT NOT NULL     -- SHA-256 of the body
) STRICT;

CREATE TABLE handover_confirmations (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    handover INTEGER NOT NULL REFERENCES handovers (id),
    part     TEXT NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    digest   TEXT NOT NULL, -- of the sheet that they saw
    UNIQUE (handover, part)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER handovers_stay BEFORE DELETE ON handovers
BEGIN SELECT RAISE(ABORT, 'a handover is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handovers_stand BEFORE UPDATE ON handovers
BEGIN SELECT RAISE(ABORT, 'what was handed over is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handover_confirmations_stay BEFORE DELETE ON handover_confirmations
BEGIN SELECT RAISE(ABORT, 'a confirmation is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handover_confirmations_stand BEFORE UPDATE ON handover_confirmations
BEGIN SELECT RAISE(ABORT, 'a confirmation is never changed'); END;
-- +goose StatementEnd
