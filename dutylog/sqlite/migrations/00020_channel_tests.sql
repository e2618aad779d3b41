-- Test messages by the channels of alerts, and what came of them.

-- +goose Up
CREATE TABLE channel_tests (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    channel  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    error    TEXT NOT NULL -- empty: it was delivered
) STRICT;
CREATE INDEX channel_tests_newest ON channel_tests (channel, id);
