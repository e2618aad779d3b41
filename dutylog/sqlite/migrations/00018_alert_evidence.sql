-- What an alert rests on: call, events, SIP messages and recording, as a JSON list. Empty of older ones.

-- +goose Up
ALTER TABLE alerts ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
