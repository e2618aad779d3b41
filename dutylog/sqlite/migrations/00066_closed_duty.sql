-- The other work of a closed month is frozen with it, as it was judged then.

-- +goose Up
ALTER TABLE answer_months ADD COLUMN duty TEXT NOT NULL DEFAULT ''; -- JSON: reports, handovers, gaps, filings and missed callers of the month; empty: it was closed by an older program
