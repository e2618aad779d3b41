-- What was erased of an entry goes by the same decision out of what people said of calls beside it: in reviews,
-- in listening reviews, in the register of spot checks and of a call back. Of the entry's own call a text may go
-- as a whole; elsewhere nothing goes but words of the entry, or who called. Who said it, when, and what was
-- chosen or decided stays.

-- +goose Up
ALTER TABLE review_facts ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
ALTER TABLE listening_facts ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
ALTER TABLE spot_checks ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
ALTER TABLE missed_calls ADD COLUMN erased_by INTEGER REFERENCES erasures (decision);
DROP TRIGGER review_facts_stand;
-- +goose StatementBegin
CREATE TRIGGER review_facts_stand BEFORE UPDATE ON review_facts
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.call_id = OLD.call_id AND NEW.says = OLD.says AND NEW.code = OLD.code AND NEW.result = OLD.result
  AND NEW.officer = OLD.officer AND NEW.outcome = OLD.outcome
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role AND NEW.at = OLD.at
  AND EXISTS (SELECT 1 FROM erasures d JOIN erasing x ON x.entry_id = d.subject AND x.decision = d.decision JOIN entries e ON e.id = d.subject
    WHERE d.decision = NEW.erased_by AND NEW.text <> OLD.text AND (NEW.text = '〔已抹去〕' AND OLD.call_id = e.call_id
      OR EXISTS (SELECT 1 FROM (SELECT w.atom AS word FROM revisions r JOIN json_tree(r.body) w WHERE r.entry_id = d.subject AND w.type = 'text'
          UNION ALL SELECT c.caller_name FROM calls c WHERE c.id = e.call_id) said
        WHERE length(said.word) > 1 AND NEW.text = replace(OLD.text, said.word, '〔已抹去〕')))), FALSE)
BEGIN SELECT RAISE(ABORT, 'what was said of a verdict is never changed'); END;
-- +goose StatementEnd
DROP TRIGGER listening_facts_stand;
-- +goose StatementBegin
CREATE TRIGGER listening_facts_stand BEFORE UPDATE ON listening_facts
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.draw = OLD.draw AND NEW.call_id = OLD.call_id AND NEW.says = OLD.says AND NEW.marks = OLD.marks
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role AND NEW.at = OLD.at
  AND EXISTS (SELECT 1 FROM erasures d JOIN erasing x ON x.entry_id = d.subject AND x.decision = d.decision JOIN entries e ON e.id = d.subject
    WHERE d.decision = NEW.erased_by AND NEW.text <> OLD.text AND (NEW.text = '〔已抹去〕' AND OLD.call_id = e.call_id
      OR EXISTS (SELECT 1 FROM (SELECT w.atom AS word FROM revisions r JOIN json_tree(r.body) w WHERE r.entry_id = d.subject AND w.type = 'text'
          UNION ALL SELECT c.caller_name FROM calls c WHERE c.id = e.call_id) said
        WHERE length(said.word) > 1 AND NEW.text = replace(OLD.text, said.word, '〔已抹去〕')))), FALSE)
BEGIN SELECT RAISE(ABORT, 'what was said of a call is never changed'); END;
-- +goose StatementEnd
DROP TRIGGER spot_checks_stand;
-- +goose StatementBegin
CREATE TRIGGER spot_checks_stand BEFORE UPDATE ON spot_checks
WHEN NOT coalesce(
      NEW.id = OLD.id AND NEW.entry = OLD.entry AND NEW.direction = OLD.direction AND NEW.day = OLD.day AND NEW.result = OLD.result
  AND NEW.call_id = OLD.call_id AND NEW.struck = OLD.struck
  AND NEW.by_login = OLD.by_login AND NEW.by_name = OLD.by_name AND NEW.by_role = OLD.by_role AND NEW.at = OLD.at
  AND EXISTS (SELECT 1 FROM erasures d JOIN erasing x ON x.entry_id = d.subject AND x.decision = d.decision JOIN entries e ON e.id = d.subject
    WHERE d.decision = NEW.erased_by AND NOT EXISTS (
      SELECT 1 FROM (SELECT OLD.unit AS before, NEW.unit AS after UNION ALL SELECT OLD.inspector, NEW.inspector UNION ALL SELECT OLD.questions, NEW.questions
        UNION ALL SELECT OLD.findings, NEW.findings UNION ALL SELECT OLD.change, NEW.change) told
      WHERE told.after IS NOT told.before AND NOT (told.after = '〔已抹去〕' AND OLD.call_id = e.call_id
        OR EXISTS (SELECT 1 FROM (SELECT w.atom AS word FROM revisions r JOIN json_tree(r.body) w WHERE r.entry_id = d.subject AND w.type = 'text'
            UNION ALL SELECT c.caller_name FROM calls c WHERE c.id = e.call_id) said
          WHERE length(said.word) > 1 AND told.after = replace(told.before, said.word, '〔已抹去〕'))))), FALSE)
BEGIN SELECT RAISE(ABORT, 'a spot check changes by its next version only'); END;
-- +goose StatementEnd
