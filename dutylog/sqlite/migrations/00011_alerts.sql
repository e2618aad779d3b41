-- The life of an alert: how sure and how bad it is, who took it on, and each step of it as evidence.

-- +goose Up
ALTER TABLE alerts ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN certainty TEXT NOT NULL DEFAULT 'certain';
ALTER TABLE alerts ADD COLUMN severity TEXT NOT NULL DEFAULT 'warning';
ALTER TABLE alerts ADD COLUMN acknowledged_at INTEGER;
ALTER TABLE alerts ADD COLUMN acknowledged_login TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN acknowledged_name TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN acknowledged_role TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- Older schemas told the end of a problem as an alert of its own, and gave reasons other names.
-- What happened before this version waits for nobody.
DELETE FROM alerts WHERE reason IN ('line_back', 'line_fault_over');
UPDATE alerts SET reason = 'phone_redirect' WHERE reason = 'forwarded';
UPDATE alerts SET reason = 'pickup' WHERE reason = 'answered_elsewhere';
UPDATE alerts SET reason = 'engaged_refused' WHERE reason = 'engaged';
UPDATE alerts SET reason = 'phone_unreachable', key = 'phone_unreachable/' || line WHERE reason = 'line_unreachable';
UPDATE alerts SET rule = reason;
UPDATE alerts SET over_at = at WHERE over_at IS NULL AND reason NOT IN ('line_fault', 'phone_unreachable', 'line_unknown');

CREATE INDEX alerts_newest ON alerts (at, id);
CREATE INDEX alerts_open ON alerts (at, id) WHERE over_at IS NULL AND acknowledged_at IS NULL;

CREATE TABLE alert_steps (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    alert    INTEGER NOT NULL,
    key      TEXT NOT NULL, -- of the alert
    step     TEXT NOT NULL, -- the state that it came into: open, acknowledged, resolved
    by_login TEXT NOT NULL, -- empty: by itself
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_steps_of ON alert_steps (alert, id);

-- +goose StatementBegin
CREATE TRIGGER alert_steps_stay BEFORE DELETE ON alert_steps
BEGIN SELECT RAISE(ABORT, 'a step of an alert is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER alert_steps_stand BEFORE UPDATE ON alert_steps
BEGIN SELECT RAISE(ABORT, 'a step of an alert is never changed'); END;
-- +goose StatementEnd
