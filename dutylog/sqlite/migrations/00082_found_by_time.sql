-- Figures and the register of suspicions look for what was done, or falls due, in a time: whatever it is about, and
-- however old that is.

-- +goose Up
CREATE INDEX revisions_by_people ON revisions (at) WHERE by_role IN ('officer', 'chief', 'leader');
CREATE INDEX alerts_taken ON alerts (acknowledged_at) WHERE acknowledged_at IS NOT NULL;
CREATE INDEX missed_calls_settled ON missed_calls (settled_at) WHERE by_role IN ('officer', 'chief', 'leader');
CREATE INDEX incident_facts_written ON incident_facts (written_at, incident);
CREATE INDEX incident_facts_due ON incident_facts (json_extract(body, '$.due'), incident) WHERE kind = 'instructed';
CREATE INDEX incident_facts_merged ON incident_facts (json_extract(body, '$.incident'), incident) WHERE kind = 'merged';
CREATE INDEX tests_by_time ON tests (line, at, id) WHERE ended_at IS NOT NULL AND cause <> 'spot_check';
