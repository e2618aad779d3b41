-- Which entries belong together. A link holds both ways: a is the smaller id. The newest row of a
-- pair and relation is what stands; who linked and who undid it stays.

-- +goose Up
CREATE TABLE links (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    relation TEXT NOT NULL,
    a        TEXT NOT NULL REFERENCES entries (id),
    b        TEXT NOT NULL REFERENCES entries (id),
    is_set   INTEGER NOT NULL,
    reason   TEXT NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    CHECK (a < b)
) STRICT;
CREATE INDEX links_of_a ON links (a, relation, b, id);
CREATE INDEX links_of_b ON links (b, relation, a, id);

-- +goose StatementBegin
CREATE TRIGGER links_stay BEFORE DELETE ON links
BEGIN SELECT RAISE(ABORT, 'a link is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER links_stand BEFORE UPDATE ON links
BEGIN SELECT RAISE(ABORT, 'a link is never changed'); END;
-- +goose StatementEnd
