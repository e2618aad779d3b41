-- How an alert comes back, is muted, and goes up its line's chain until somebody takes it on.

-- +goose Up
ALTER TABLE alerts ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN reopened_at INTEGER;
ALTER TABLE alerts ADD COLUMN muted_until INTEGER;
ALTER TABLE alerts ADD COLUMN muted_rule INTEGER NOT NULL DEFAULT 0; -- 1: everything of its rule on its line
ALTER TABLE alerts ADD COLUMN muted_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN muted_login TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN muted_name TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN muted_role TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN muted_at INTEGER;
ALTER TABLE alerts ADD COLUMN round INTEGER NOT NULL DEFAULT 0; -- of telling it
ALTER TABLE alerts ADD COLUMN round_at INTEGER;
ALTER TABLE alerts ADD COLUMN told_post TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN told_person TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN told_at INTEGER;
ALTER TABLE alerts ADD COLUMN next_post TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN next_at INTEGER;
ALTER TABLE alerts ADD COLUMN due_at INTEGER; -- when it is decided again what is to be told

CREATE INDEX alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX alerts_muted ON alerts (line, muted_until) WHERE muted_until IS NOT NULL;
CREATE INDEX alerts_by_key ON alerts (key, id);

ALTER TABLE alert_steps ADD COLUMN detail TEXT NOT NULL DEFAULT ''; -- who was told, or why and until when it is muted

-- A message is one of its round and its post, too. A constraint goes with its table only; rows and
-- numbers stay.
CREATE TABLE deliveries_of_rounds (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    alert    INTEGER NOT NULL REFERENCES alerts (id),
    channel  TEXT NOT NULL,
    over     INTEGER NOT NULL, -- 1: it tells that the problem is over
    round    INTEGER NOT NULL,
    post     TEXT NOT NULL,    -- of the chain; empty: the channel takes such alerts by itself
    since    INTEGER,          -- when it was to be told
    state    TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_try INTEGER NOT NULL,
    done_at  INTEGER,
    error    TEXT NOT NULL,
    UNIQUE (alert, channel, over, round, post)
) STRICT;
INSERT INTO deliveries_of_rounds (id, alert, channel, over, round, post, state, attempts, next_try, done_at, error)
    SELECT id, alert, channel, over, 0, '', state, attempts, next_try, done_at, error FROM deliveries ORDER BY id;
DROP TABLE deliveries;
ALTER TABLE deliveries_of_rounds RENAME TO deliveries;
CREATE INDEX deliveries_waiting ON deliveries (channel, id) WHERE state = 'waiting';
