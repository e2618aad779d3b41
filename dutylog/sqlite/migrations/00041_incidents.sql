-- Incidents 突发事件. An incident is what its facts say: a fact is appended and never changed, and nothing
-- else is kept of it. Which entries it has and whether it is open is found by the indexes.

-- +goose Up
CREATE TABLE incident_facts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    incident   INTEGER NOT NULL,
    seq        INTEGER NOT NULL, -- 1, 2, 3 … within the incident
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,    -- of entry_linked: the entry; else empty
    at         INTEGER NOT NULL, -- when it happened
    written_at INTEGER NOT NULL,
    by_login   TEXT NOT NULL,
    by_name    TEXT NOT NULL,
    by_role    TEXT NOT NULL,
    body       TEXT NOT NULL,    -- JSON
    key        TEXT,             -- of the deed, with its first fact: the same deed again appends nothing
    UNIQUE (incident, seq)
) STRICT;
CREATE UNIQUE INDEX incident_facts_by_key ON incident_facts (key) WHERE key IS NOT NULL;
CREATE INDEX incident_facts_of_entry ON incident_facts (subject, incident) WHERE kind = 'entry_linked';
CREATE INDEX incident_facts_states ON incident_facts (incident, seq) WHERE kind IN ('opened', 'closed', 'reopened', 'merged');

-- +goose StatementBegin
CREATE TRIGGER incident_facts_stay BEFORE DELETE ON incident_facts
BEGIN SELECT RAISE(ABORT, 'a fact of an incident is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER incident_facts_stand BEFORE UPDATE ON incident_facts
BEGIN SELECT RAISE(ABORT, 'a fact of an incident is never changed'); END;
-- +goose StatementEnd
