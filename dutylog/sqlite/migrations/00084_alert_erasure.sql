-- What was erased of an entry goes by the same decision out of why an alert was muted: of an alert that tells of the
-- entry's call as a whole, elsewhere nothing but words of the entry, or who called. An alert may tell of several
-- calls, and the sheets of handovers show where an earlier one of them went.

-- +goose Up
ALTER TABLE alert_steps ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
DROP TRIGGER alert_steps_stand;
-- +goose StatementBegin
CREATE TRIGGER alert_steps_stand BEFORE UPDATE ON alert_steps
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.alert = OLD.alert AND NEW.key = OLD.key AND NEW.step = OLD.step AND OLD.step = 'muted'
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role AND NEW.at = OLD.at
  AND json_remove(NEW.detail, '$.reason') = json_remove(OLD.detail, '$.reason') AND json_extract(NEW.detail, '$.reason') <> json_extract(OLD.detail, '$.reason')
  AND EXISTS (SELECT 1 FROM erasures d JOIN erasing x ON x.entry_id = d.subject AND x.decision = d.decision JOIN entries e ON e.id = d.subject
    WHERE d.decision = NEW.erased_by AND (json_extract(NEW.detail, '$.reason') = '〔已抹去〕'
        AND EXISTS (SELECT 1 FROM alerts a WHERE a.id = OLD.alert AND e.call_id <> '' AND (a.call_id = e.call_id OR instr(a.evidence, '"ref":' || json_quote(e.call_id))))
      OR EXISTS (SELECT 1 FROM (SELECT w.atom AS word FROM revisions r JOIN json_tree(r.body) w WHERE r.entry_id = d.subject AND w.type = 'text'
          UNION ALL SELECT c.caller_name FROM calls c WHERE c.id = e.call_id) said
        WHERE length(said.word) > 1 AND json_extract(NEW.detail, '$.reason') = replace(json_extract(OLD.detail, '$.reason'), said.word, '〔已抹去〕')))), FALSE)
BEGIN SELECT RAISE(ABORT, 'a step of an alert is never changed'); END;
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
        OR n.key IN ('whom', 'text') AND n.path LIKE '$.matters[%].steps[%' AND (json_extract(OLD.body, substr(n.path, 1, instr(n.path, '.steps[') - 1) || '.entry_id') = d.subject
          OR 'e-' || json_extract(OLD.body, n.path || '.call_id') = d.subject)
        OR n.key = 'detail' AND json_extract(OLD.body, n.path || '.id') IN (SELECT a.id FROM alerts a JOIN entries e ON e.call_id = a.call_id OR e.call_id <> '' AND instr(a.evidence, '"ref":' || json_quote(e.call_id)) WHERE e.id = d.subject))
      OR n.atom = '〔已抹去〕' AND n.fullkey LIKE '$.incidents[%' AND n.key IN ('title', 'whom', 'text')
        AND EXISTS (SELECT 1 FROM incident_facts f JOIN json_each(OLD.body, '$.incidents') i ON f.incident = json_extract(i.value, '$.id')
          WHERE f.erased_by = d.decision AND instr(n.path || '.', i.fullkey || '.') > 0)
      OR n.fullkey = '$.remarks' AND EXISTS (SELECT 1 FROM revisions r JOIN json_tree(r.body) w WHERE r.entry_id = d.subject AND w.type = 'text' AND length(w.atom) > 3
        AND n.atom = replace(o.atom, w.atom, '〔已抹去〕'))))), FALSE)
BEGIN SELECT RAISE(ABORT, 'what was handed over is never changed'); END;
-- +goose StatementEnd
