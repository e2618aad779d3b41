-- +goose Up
-- Callers who were reached by what a person says alone are no longer among the measured times of calling back: the tallies
-- of their days are made anew.
UPDATE answer_days SET tally = NULL
    WHERE EXISTS (SELECT 1 FROM missed_calls m WHERE m.at >= answer_days.from_at AND m.at < answer_days.to_at AND m.why IN ('other_phone', 'other_number', 'other_way'));
