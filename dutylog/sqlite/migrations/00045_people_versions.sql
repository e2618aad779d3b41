-- The version of a person of the roster is the number of the newest change that says something of them.

-- +goose Up
CREATE INDEX roster_changes_of_person ON roster_changes (subject, id) WHERE kind = 'person';
