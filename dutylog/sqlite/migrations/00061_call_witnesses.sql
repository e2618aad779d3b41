-- What was seen of a call beside its events: how the clocks stood, and the SIP messages.

-- +goose Up
CREATE TABLE call_witnesses (
    call_id  TEXT PRIMARY KEY,
    clock_at INTEGER,          -- our clock, as it was compared with the switch's; NULL: it was not
    ahead    INTEGER NOT NULL, -- microseconds by which the switch's clock was ahead of ours
    machine  TEXT NOT NULL,    -- whether a time service kept our clock; empty: not known
    error    INTEGER,          -- microseconds by which ours may have been wrong; NULL: not known
    sip      TEXT NOT NULL     -- JSON; empty: no SIP messages were mirrored
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER call_witnesses_stay BEFORE DELETE ON call_witnesses
BEGIN SELECT RAISE(ABORT, 'what was seen of a call is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER call_witnesses_stand BEFORE UPDATE ON call_witnesses
BEGIN SELECT RAISE(ABORT, 'what was seen of a call is never changed'); END;
-- +goose StatementEnd
