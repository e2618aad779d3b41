-- Late entries 补录, and the blank numbered sheets on which they were written first. What a late entry
-- says of itself stands in its body, and is covered with its revisions; these columns are for lists.

-- +goose Up
ALTER TABLE entries ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN late_from INTEGER;   -- where the blind interval begins that it covers
ALTER TABLE entries ADD COLUMN paper_sheet INTEGER; -- the number of the paper sheet
CREATE INDEX entries_late ON entries (late_from, call_at) WHERE late_from IS NOT NULL;
CREATE UNIQUE INDEX entries_paper ON entries (paper_sheet) WHERE paper_sheet IS NOT NULL;

CREATE TABLE paper_prints (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    first    INTEGER NOT NULL UNIQUE,
    last     INTEGER NOT NULL,
    by_login TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
-- +goose StatementBegin
CREATE TRIGGER paper_prints_stay BEFORE DELETE ON paper_prints
BEGIN SELECT RAISE(ABORT, 'a printing of blank sheets is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER paper_prints_stand BEFORE UPDATE ON paper_prints
BEGIN SELECT RAISE(ABORT, 'a printing of blank sheets is never changed'); END;
-- +goose StatementEnd

-- What was erased of an entry is taken out of the sheets of handovers that show it, and out of the
-- handling steps of other entries into which a call was taken, by the same decision. The digest stays
-- that of the sheet as it was confirmed.
ALTER TABLE handovers ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
DROP TRIGGER handovers_stand;
-- +goose StatementBegin
CREATE TRIGGER handovers_stand BEFORE UPDATE ON handovers
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.from_at = OLD.from_at AND NEW.unsigned = OLD.unsigned AND NEW.digest = OLD.digest
  AND NEW.outgoing_login = OLD.outgoing_login AND NEW.outgoing_name = OLD.outgoing_name AND NEW.outgoing_role = OLD.outgoing_role
  AND NEW.incoming_login = OLD.incoming_login AND NEW.incoming_name = OLD.incoming_name AND NEW.incoming_role = OLD.incoming_role
  AND json_remove(NEW.body, '$.matters', '$.alerts') = json_remove(OLD.body, '$.matters', '$.alerts')
  AND (SELECT group_concat(fullkey, ' ') FROM json_tree(NEW.body)) = (SELECT group_concat(fullkey, ' ') FROM json_tree(OLD.body))
  AND EXISTS (SELECT 1 FROM erasures d JOIN erasing x ON x.entry_id = d.subject AND x.decision = d.decision WHERE d.decision = NEW.erased_by
    AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.body) n JOIN json_tree(OLD.body) o ON o.fullkey = n.fullkey WHERE n.atom IS NOT o.atom AND NOT (n.atom = ''
      AND (n.key IN ('who', 'number', 'what') AND json_extract(OLD.body, n.path || '.entry_id') = d.subject
        OR n.key = 'detail' AND json_extract(OLD.body, n.path || '.id') IN (SELECT a.id FROM alerts a JOIN entries e ON e.call_id = a.call_id WHERE e.id = d.subject))))), FALSE)
BEGIN SELECT RAISE(ABORT, 'what was handed over is never changed'); END;
-- +goose StatementEnd
DROP TRIGGER erasing_begins;
-- +goose StatementBegin
CREATE TRIGGER erasing_begins BEFORE INSERT ON erasing
WHEN NEW.decision IS NOT (SELECT max(decision) FROM erasures)
  OR NEW.entry_id IS NOT (SELECT subject FROM erasures WHERE decision = NEW.decision)
    AND NOT EXISTS (SELECT 1 FROM erasures d JOIN entries own ON own.id = d.subject JOIN entries e ON e.id = NEW.entry_id JOIN json_each(e.body, '$.steps') s
      WHERE d.decision = NEW.decision AND json_extract(s.value, '$.call_id') = own.call_id)
  OR EXISTS (SELECT 1 FROM erasures_used WHERE decision = NEW.decision)
BEGIN SELECT RAISE(ABORT, 'only a fresh decision to erase opens an entry'); END;
-- +goose StatementEnd
DROP TRIGGER erasing_ends;
-- +goose StatementBegin
CREATE TRIGGER erasing_ends AFTER DELETE ON erasing
BEGIN INSERT OR IGNORE INTO erasures_used (decision) VALUES (OLD.decision); END;
-- +goose StatementEnd
