-- The roster in use: who may stand in it, drafts, public holidays, sensitive periods, every change
-- with who made it, and every filing with the version that was sent.

-- +goose Up
CREATE TABLE roster_changes (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    kind     TEXT NOT NULL,
    from_at  INTEGER, -- the time that it is about; null: none
    to_at    INTEGER,
    subject  TEXT NOT NULL,
    reason   TEXT NOT NULL,
    was      TEXT NOT NULL, -- shifts before, as a JSON list
    became   TEXT NOT NULL  -- and after
) STRICT;
CREATE INDEX roster_changes_of_shifts ON roster_changes (id) WHERE kind IN ('import', 'publish', 'swap');
CREATE INDEX roster_changes_in_time ON roster_changes (to_at, id);

CREATE TABLE roster_filings (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    by_login   TEXT NOT NULL,
    by_name    TEXT NOT NULL,
    by_role    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    first_day  TEXT NOT NULL,
    last_day   TEXT NOT NULL,
    sent_at    INTEGER NOT NULL,
    sent_to    TEXT NOT NULL,
    receipt    TEXT NOT NULL,
    note       TEXT NOT NULL,
    supplement INTEGER NOT NULL, -- of which filing; 0: none
    shifts     TEXT NOT NULL     -- what was sent, as a JSON list
) STRICT;
CREATE INDEX roster_filings_by_day ON roster_filings (last_day, id);

CREATE TABLE roster_people (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    phone    TEXT NOT NULL,
    login    TEXT NOT NULL,
    standing TEXT NOT NULL,
    left_at  INTEGER -- null: is still on duty
) STRICT;

-- One draft for a month.
CREATE TABLE roster_drafts (
    id       INTEGER PRIMARY KEY,
    month    TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    shifts   TEXT NOT NULL
) STRICT;

-- Years that the site put in; the others are those that come with the program.
CREATE TABLE holiday_years (
    id     INTEGER PRIMARY KEY,
    year   INTEGER NOT NULL UNIQUE,
    source TEXT NOT NULL,
    at     INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    days   TEXT NOT NULL -- as a JSON list
) STRICT;

CREATE TABLE sensitive_periods (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    name      TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day  TEXT NOT NULL,
    notice    TEXT NOT NULL,
    extra     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    by_login  TEXT NOT NULL,
    by_name   TEXT NOT NULL,
    by_role   TEXT NOT NULL,
    ended     TEXT NOT NULL -- why it holds no more; empty: it holds
) STRICT;
