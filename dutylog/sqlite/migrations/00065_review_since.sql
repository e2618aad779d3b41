-- Whom a verdict concerns may be another officer than the entry named at first. Then the review is open again for
-- them, with days of their own, which begin when they were named.

-- +goose Up
ALTER TABLE call_reviews ADD COLUMN since INTEGER; -- when the officer whom it concerns was first named, after the call; NULL: at once
