-- Alerts on their way out of the building.

-- +goose Up
CREATE TABLE deliveries (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    alert    INTEGER NOT NULL REFERENCES alerts (id),
    channel  TEXT NOT NULL,
    over     INTEGER NOT NULL, -- 1: it tells that the problem is over
    state    TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_try INTEGER NOT NULL,
    done_at  INTEGER,
    error    TEXT NOT NULL,
    UNIQUE (alert, channel, over)
) STRICT;
CREATE INDEX deliveries_waiting ON deliveries (channel, id) WHERE state = 'waiting';
