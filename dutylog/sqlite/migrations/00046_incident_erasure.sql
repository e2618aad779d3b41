-- What was erased of an entry goes by the same decision out of what its incidents tell of it: word by word out
-- of the texts of their facts, and out of what the sheets of handovers show of them. A fact gives up nothing but
-- words of the entry, or of its call; in their place stands that they were erased.

-- +goose Up
ALTER TABLE incident_facts ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
DROP TRIGGER incident_facts_stand;
-- +goose StatementBegin
CREATE TRIGGER incident_facts_stand BEFORE UPDATE ON incident_facts
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.incident = OLD.incident AND NEW.seq = OLD.seq AND NEW.kind = OLD.kind AND NEW.subject = OLD.subject
  AND NEW.at = OLD.at AND NEW.written_at = OLD.written_at AND NEW.key IS OLD.key
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role
  AND (SELECT group_concat(fullkey, ' ') FROM json_tree(NEW.body)) = (SELECT group_concat(fullkey, ' ') FROM json_tree(OLD.body))
  AND EXISTS (SELECT 1 FROM erasures d JOIN erasing x ON x.entry_id = d.subject AND x.decision = d.decision WHERE d.decision = NEW.erased_by
    AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.body) n JOIN json_tree(OLD.body) o ON o.fullkey = n.fullkey WHERE n.atom IS NOT o.atom AND NOT (
      (n.path = '$.elements' OR n.fullkey IN ('$.reason', '$.text', '$.receiver', '$.evidence', '$.whom', '$.phone'))
      AND EXISTS (SELECT 1 FROM (SELECT w.atom AS word FROM revisions r JOIN json_tree(r.body) w WHERE r.entry_id = d.subject AND w.type = 'text'
          UNION ALL SELECT c.caller_name FROM entries e JOIN calls c ON c.id = e.call_id WHERE e.id = d.subject) said
        WHERE length(said.word) > 1 AND n.atom = replace(o.atom, said.word, '〔已抹去〕')
          OR n.atom = '〔已抹去〕' AND o.atom <> '' AND instr(said.word, rtrim(o.atom, '…')) > 0)))), FALSE)
BEGIN SELECT RAISE(ABORT, 'a fact of an incident is never changed'); END;
-- +goose StatementEnd
DROP TRIGGER handovers_stand;
-- +goose StatementBegin
CREATE TRIGGER handovers_stand BEFORE UPDATE ON handovers
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.from_at = OLD.from_at AND NEW.unsigned = OLD.unsigned AND NEW.digest = OLD.digest
  AND NEW.outgoing_login = OLD.outgoing_login AND NEW.outgoing_name = OLD.outgoing_name AND NEW.outgoing_role = OLD.outgoing_role
  AND NEW.incoming_login = OLD.incoming_login AND NEW.incoming_name = OLD.incoming_name AND NEW.incoming_role = OLD.incoming_role
  AND json_remove(NEW.body, '$.matters', '$.alerts', '$.remarks', '$.incidents') = json_remove(OLD.body, '$.matters', '$.alerts', '$.remarks', '$.incidents')
  AND (SELECT group_concat(fullkey, ' ') FROM json_tree(NEW.body)) = (SELECT group_concat(fullkey, ' ') FROM json_tree(OLD.body))
  AND EXISTS (SELECT 1 FROM erasures d JOIN erasing x ON x.entry_id = d.subject AND x.decision = d.decision WHERE d.decision = NEW.erased_by
    AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.body) n JOIN json_tree(OLD.body) o ON o.fullkey = n.fullkey WHERE n.atom IS NOT o.atom AND NOT (n.atom = ''
      AND (n.key IN ('who', 'number', 'what') AND json_extract(OLD.body, n.path || '.entry_id') = d.subject
        OR n.key = 'detail' AND json_extract(OLD.body, n.path || '.id') IN (SELECT a.id FROM alerts a JOIN entries e ON e.call_id = a.call_id WHERE e.id = d.subject))
      OR n.atom = '〔已抹去〕' AND n.fullkey LIKE '$.incidents[%' AND n.key IN ('title', 'whom', 'text')
        AND EXISTS (SELECT 1 FROM incident_facts f JOIN json_each(OLD.body, '$.incidents') i ON f.incident = json_extract(i.value, '$.id')
          WHERE f.erased_by = d.decision AND instr(n.path || '.', i.fullkey || '.') > 0)
      OR n.fullkey = '$.remarks' AND EXISTS (SELECT 1 FROM revisions r JOIN json_tree(r.body) w WHERE r.entry_id = d.subject AND w.type = 'text' AND length(w.atom) > 3
        AND n.atom = replace(o.atom, w.atom, '〔已抹去〕'))))), FALSE)
BEGIN SELECT RAISE(ABORT, 'what was handed over is never changed'); END;
-- +goose StatementEnd
