-- Recordings that can be heard, for a draw: without reading one of them.

-- +goose Up
CREATE INDEX recordings_sealed ON recordings (call_id) WHERE status = 'sealed';
