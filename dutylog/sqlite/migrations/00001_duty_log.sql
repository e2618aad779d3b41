-- All times are whole microseconds since 1970, UTC; NULL means "did not happen".
-- Lists are JSON arrays.

-- +goose Up
PRAGMA application_id = 1146442841; -- "DUTY"

CREATE TABLE calls (
    id              TEXT PRIMARY KEY,
    line            TEXT NOT NULL,
    direction       TEXT NOT NULL,
    caller          TEXT NOT NULL,
    caller_e164     TEXT NOT NULL,
    caller_name     TEXT NOT NULL,
    called          TEXT NOT NULL,
    called_e164     TEXT NOT NULL,
    outcome         TEXT NOT NULL, -- empty until the call has ended
    reason          TEXT NOT NULL,
    offered_at      INTEGER NOT NULL,
    rang_at         INTEGER,
    answered_at     INTEGER,
    ended_at        INTEGER,
    rings           INTEGER NOT NULL,
    rule            TEXT NOT NULL,
    hangup_by       TEXT NOT NULL,
    forwarded_to    TEXT NOT NULL,
    redirected_from TEXT NOT NULL,
    findings        TEXT NOT NULL,
    said_tags       TEXT NOT NULL, -- by the switch
    set_tags        TEXT NOT NULL, -- by people and by the directory
    tags            TEXT NOT NULL, -- both, and what the entry's kind adds: what is shown
    entry_id        TEXT NOT NULL  -- empty when the call opened none
) STRICT;
CREATE INDEX calls_newest ON calls (offered_at, id);
CREATE INDEX calls_of_line ON calls (line, offered_at, id);
CREATE INDEX calls_by_outcome ON calls (outcome, offered_at, id);
CREATE INDEX calls_running ON calls (offered_at, id) WHERE ended_at IS NULL;

-- Who set or cleared a tag, and when.
CREATE TABLE tag_changes (
    id       INTEGER PRIMARY KEY,
    call_id  TEXT NOT NULL REFERENCES calls (id),
    tag      TEXT NOT NULL,
    is_set   INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX tag_changes_of_call ON tag_changes (call_id);

CREATE TABLE entries (
    id       TEXT PRIMARY KEY,
    call_id  TEXT UNIQUE REFERENCES calls (id),
    line     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    state    TEXT NOT NULL,
    revision INTEGER NOT NULL,
    call_at  INTEGER NOT NULL,
    body     TEXT NOT NULL -- the whole entry as JSON
) STRICT;
CREATE INDEX entries_newest ON entries (call_at, id);
CREATE INDEX entries_by_state ON entries (state, call_at, id);
CREATE INDEX entries_by_kind ON entries (kind, call_at, id);
CREATE INDEX entries_of_line ON entries (line, call_at, id);

-- Every version of every entry, the present one included.
CREATE TABLE revisions (
    entry_id TEXT NOT NULL REFERENCES entries (id),
    revision INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (entry_id, revision)
) STRICT;

CREATE TABLE recordings (
    call_id     TEXT PRIMARY KEY REFERENCES calls (id),
    status      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    path        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    size        INTEGER NOT NULL, -- bytes
    duration_us INTEGER NOT NULL,
    talk_us     INTEGER NOT NULL,
    caller_db   REAL,             -- dBFS
    officer_db  REAL,
    findings    TEXT NOT NULL,
    sealed_at   INTEGER,
    removed_at  INTEGER,
    attempts    INTEGER NOT NULL,
    next_try    INTEGER
) STRICT;
CREATE INDEX recordings_due ON recordings (next_try) WHERE next_try IS NOT NULL;

CREATE TABLE lines (
    id      INTEGER PRIMARY KEY, -- in the order in which lines were first seen
    name    TEXT NOT NULL UNIQUE,
    state   TEXT NOT NULL,
    since   INTEGER,
    call_id TEXT NOT NULL,
    rang_at INTEGER
) STRICT;

-- The faults that stand now.
CREATE TABLE line_faults (
    line    TEXT NOT NULL,
    finding TEXT NOT NULL,
    detail  TEXT NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (line, finding, detail)
) STRICT;

-- Digests of what the tracker said, so that saying it again changes nothing. Cut by age.
CREATE TABLE said (
    digest BLOB PRIMARY KEY,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX said_oldest ON said (at);

CREATE TABLE alerts (
    id      INTEGER PRIMARY KEY,
    key     TEXT NOT NULL,
    reason  TEXT NOT NULL,
    line    TEXT NOT NULL,
    call_id TEXT NOT NULL,
    finding TEXT NOT NULL,
    detail  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    over_at INTEGER -- when the problem was over
) STRICT;
CREATE UNIQUE INDEX alerts_once ON alerts (key, at);
CREATE UNIQUE INDEX alerts_standing ON alerts (key) WHERE over_at IS NULL;

CREATE TABLE contacts (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    unit           TEXT NOT NULL,
    person         TEXT NOT NULL,
    title          TEXT NOT NULL,
    number         TEXT NOT NULL,
    e164           TEXT NOT NULL,
    superior       INTEGER NOT NULL,
    last_confirmed INTEGER
) STRICT;
CREATE INDEX contacts_by_number ON contacts (e164);

CREATE TABLE shifts (
    id      INTEGER PRIMARY KEY,
    from_at INTEGER NOT NULL,
    to_at   INTEGER NOT NULL,
    post    TEXT NOT NULL,
    name    TEXT NOT NULL,
    phone   TEXT NOT NULL
) STRICT;
CREATE INDEX shifts_in_time ON shifts (from_at, to_at);

CREATE TABLE accounts (
    login         TEXT PRIMARY KEY COLLATE NOCASE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change   INTEGER NOT NULL,
    disabled      INTEGER NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    token  TEXT PRIMARY KEY,
    login  TEXT NOT NULL, -- empty before somebody logged in
    data   BLOB NOT NULL,
    expiry INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_login ON sessions (login);
CREATE INDEX sessions_oldest ON sessions (expiry);

-- AUTOINCREMENT: a number is never given twice, even when the oldest rows were cut.
CREATE TABLE feed (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    topic   TEXT NOT NULL,
    subject TEXT NOT NULL,
    line    TEXT NOT NULL,
    body    TEXT NOT NULL -- JSON; empty when readers fetch the subject
) STRICT;

-- One row that is written to prove that the log can be written.
CREATE TABLE checks (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;

-- Nothing deletes an entry or changes what was once written.
-- +goose StatementBegin
CREATE TRIGGER revisions_stay BEFORE DELETE ON revisions
BEGIN SELECT RAISE(ABORT, 'a revision is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revisions_stand BEFORE UPDATE ON revisions
BEGIN SELECT RAISE(ABORT, 'a revision is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entries_stay BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entries_move_on BEFORE UPDATE ON entries
WHEN NEW.revision <> OLD.revision + 1 OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'an entry changes by its next revision only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tag_changes_stay BEFORE DELETE ON tag_changes
BEGIN SELECT RAISE(ABORT, 'who set a tag is never deleted'); END;
-- +goose StatementEnd
