-- What was erased of an entry goes by the same decision out of what people said of it elsewhere: of dated duties that it
-- proves, in the register of suspected violations, of links, and of what the reconciliation found. Where the entry or its
-- call is named a text may go as a whole; elsewhere nothing goes but words of the entry, or who called.

-- +goose Up
-- The words of the entry whose erasure goes on in this transaction; nothing outside of one.
CREATE VIEW erasing_words AS
WITH going AS (SELECT d.decision, e.id AS entry_id, nullif(e.call_id, '') AS call_id, printf('%04d-%06d', e.year, e.number) AS number
  FROM erasures d JOIN erasing x ON x.entry_id = d.subject AND x.decision = d.decision JOIN entries e ON e.id = d.subject)
SELECT g.decision, g.entry_id, g.call_id, g.number, w.atom AS word FROM going g JOIN revisions r ON r.entry_id = g.entry_id JOIN json_tree(r.body) w
  WHERE w.type = 'text' AND length(w.atom) > 1
UNION ALL SELECT g.decision, g.entry_id, g.call_id, g.number, c.caller_name FROM going g JOIN calls c ON c.id = g.call_id WHERE length(c.caller_name) > 1;

ALTER TABLE task_marks ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
ALTER TABLE violations ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
ALTER TABLE violation_facts ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
ALTER TABLE links ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
ALTER TABLE ledger_acceptances ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
DROP TRIGGER task_marks_stand;
-- +goose StatementBegin
CREATE TRIGGER task_marks_stand BEFORE UPDATE ON task_marks
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.rule = OLD.rule AND NEW.key = OLD.key AND NEW.due_at = OLD.due_at AND NEW.says = OLD.says AND NEW.entry = OLD.entry AND NEW.call_id = OLD.call_id
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role AND NEW.at = OLD.at
  AND (SELECT group_concat(fullkey, ' ') FROM json_tree(NEW.checks)) = (SELECT group_concat(fullkey, ' ') FROM json_tree(OLD.checks))
  AND EXISTS (SELECT 1 FROM erasing_words WHERE decision = NEW.erased_by)
  AND NOT EXISTS (SELECT 1 FROM (SELECT 'remark' AS key, OLD.text AS before, NEW.text AS after
      UNION ALL SELECT n.key, o.atom, n.atom FROM json_tree(OLD.checks) o JOIN json_tree(NEW.checks) n ON n.fullkey = o.fullkey) told
    WHERE told.after IS NOT told.before AND NOT (told.key = 'remark' AND EXISTS (SELECT 1 FROM erasing_words s WHERE s.decision = NEW.erased_by
      AND (told.after = '〔已抹去〕' AND (OLD.entry = s.number OR OLD.call_id = s.call_id) OR told.after = replace(told.before, s.word, '〔已抹去〕'))))), FALSE)
BEGIN SELECT RAISE(ABORT, 'what was said of a task is never changed'); END;
-- +goose StatementEnd
DROP TRIGGER violations_stand;
-- +goose StatementBegin
CREATE TRIGGER violations_stand BEFORE UPDATE OF id, cause, why, item, line, happened, text, evidence, by_login, by_name, by_role, at, erased_by ON violations
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.cause = OLD.cause AND NEW.why = OLD.why AND NEW.item = OLD.item AND NEW.line = OLD.line AND NEW.happened = OLD.happened AND NEW.evidence = OLD.evidence
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role AND NEW.at = OLD.at AND NEW.state = OLD.state AND NEW.text <> OLD.text
  AND EXISTS (SELECT 1 FROM erasing_words s WHERE s.decision = NEW.erased_by AND (NEW.text = replace(OLD.text, s.word, '〔已抹去〕') OR NEW.text = '〔已抹去〕'
    AND EXISTS (SELECT 1 FROM json_each(OLD.evidence) v WHERE json_extract(v.value, '$.kind') || ' ' || json_extract(v.value, '$.id') IN ('call ' || s.call_id, 'entry ' || s.entry_id)))), FALSE)
BEGIN SELECT RAISE(ABORT, 'a suspected violation is never changed: what is said of it stands beside it'); END;
-- +goose StatementEnd
DROP TRIGGER violation_facts_stand;
-- +goose StatementBegin
CREATE TRIGGER violation_facts_stand BEFORE UPDATE ON violation_facts
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.violation = OLD.violation AND NEW.says = OLD.says AND NEW.result = OLD.result
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role AND NEW.at = OLD.at AND NEW.text <> OLD.text
  AND EXISTS (SELECT 1 FROM erasing_words s WHERE s.decision = NEW.erased_by AND (NEW.text = replace(OLD.text, s.word, '〔已抹去〕') OR NEW.text = '〔已抹去〕'
    AND EXISTS (SELECT 1 FROM violations w JOIN json_each(w.evidence) v WHERE w.id = OLD.violation
      AND json_extract(v.value, '$.kind') || ' ' || json_extract(v.value, '$.id') IN ('call ' || s.call_id, 'entry ' || s.entry_id)))), FALSE)
BEGIN SELECT RAISE(ABORT, 'what was said of a suspected violation is never changed'); END;
-- +goose StatementEnd
DROP TRIGGER links_stand;
-- +goose StatementBegin
CREATE TRIGGER links_stand BEFORE UPDATE ON links
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.relation = OLD.relation AND NEW.a = OLD.a AND NEW.b = OLD.b AND NEW.is_set = OLD.is_set
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role AND NEW.at = OLD.at AND NEW.reason <> OLD.reason
  AND EXISTS (SELECT 1 FROM erasing_words s WHERE s.decision = NEW.erased_by AND (NEW.reason = replace(OLD.reason, s.word, '〔已抹去〕')
    OR NEW.reason = '〔已抹去〕' AND s.entry_id IN (OLD.a, OLD.b))), FALSE)
BEGIN SELECT RAISE(ABORT, 'a link is never changed'); END;
-- +goose StatementEnd
DROP TRIGGER ledger_acceptances_stand;
-- +goose StatementBegin
CREATE TRIGGER ledger_acceptances_stand BEFORE UPDATE ON ledger_acceptances
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.key = OLD.key AND NEW.cause = OLD.cause
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role AND NEW.at = OLD.at AND NEW.reason <> OLD.reason
  AND EXISTS (SELECT 1 FROM erasing_words s WHERE s.decision = NEW.erased_by AND (NEW.reason = replace(OLD.reason, s.word, '〔已抹去〕')
    OR NEW.reason = '〔已抹去〕' AND EXISTS (SELECT 1 FROM ledger l WHERE l.key = OLD.key AND (l.call_id = s.call_id OR l.entry_id = s.entry_id)))), FALSE)
BEGIN SELECT RAISE(ABORT, 'who accepted an item is never changed'); END;
-- +goose StatementEnd
