-- Calls of the daemon's own to people, about alerts. They are no calls of a line.

-- +goose Up
CREATE TABLE alert_calls (
    id        TEXT PRIMARY KEY, -- of the channel on the switch
    channel   TEXT NOT NULL,    -- of alerts
    alert     INTEGER NOT NULL, -- 0: a test
    person    TEXT NOT NULL,
    phone     TEXT NOT NULL,
    trunk     TEXT NOT NULL,
    waited_at INTEGER, -- since when it waited for the trunk
    at        INTEGER, -- when it was placed
    ended_at  INTEGER,
    outcome   TEXT NOT NULL, -- empty: it runs
    detail    TEXT NOT NULL
) STRICT;
CREATE INDEX alert_calls_of ON alert_calls (alert, at);
