-- The lists of reviews count calls without a look at their rows: the index has what they ask of most of them, and
-- leaves out what is no work of people. Whose time began later is found by when it began.

-- +goose Up
DROP INDEX calls_to_review;
CREATE INDEX calls_to_review ON calls (offered_at, id, ended_at, outcome) WHERE direction = 'in' AND (outcome IN ('answered_late', 'missed', 'rejected', 'unreachable') OR findings LIKE '%"borderline"%')
    AND ended_at IS NOT NULL AND tags NOT LIKE '%"test"%' AND tags NOT LIKE '%"system"%';
CREATE INDEX call_reviews_since ON call_reviews (since, call_id) WHERE since IS NOT NULL;
