-- What a month's sheet and its lists ask, so that none of them reads more calls and entries than it shows.

-- +goose Up
-- Whom a call concerns, without reading its entry.
CREATE INDEX entries_concern ON entries (call_id, coalesce(nullif(json_extract(body, '$.values.answered_by'), ''), json_extract(body, '$.responsible'), '')) WHERE call_id IS NOT NULL;

-- Entries of calls that are not complete, were opened again, or were complete more than an hour after the call came.
CREATE INDEX entries_slow ON entries (call_at, id)
    WHERE call_id IS NOT NULL AND (state <> 'complete' OR body ->> '$.reopened_at' > 0 OR body ->> '$.completed_at' > call_at + 3600000000);

-- Calls that figures count whose callers spoke with nobody at the duty phone: the missed ones, and the others.
CREATE INDEX calls_unanswered ON calls (outcome, offered_at, id)
    WHERE direction = 'in' AND outcome IN ('missed', 'abandoned_early', 'engaged', 'rejected', 'unreachable', 'forwarded', 'answered_by_machine') AND tags NOT LIKE '%"test"%' AND tags NOT LIKE '%"system"%';
