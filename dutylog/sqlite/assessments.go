package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const (
	scoringColumns        = "digest, rules, at"
	assessmentColumns     = "month, line, sheet, digest, facts, rules, by_login, by_name, by_role, at"
	assessmentFactColumns = "month, line, says, digest, persons, text, by_login, by_name, by_role, at"
)

func scanAssessmentFact(row scanner) (f dutylog.AssessmentFact, err error) {
	var persons string
	if err = row.Scan(&f.ID, &f.Month, &f.Line, &f.Says, &f.Digest, &persons, &f.Text, &f.By.Login, &f.By.Name, &f.By.Role, instant{&f.At}); err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(persons), &f.Persons)
}

func scanFrozenAssessment(row scanner) (f dutylog.FrozenAssessment, err error) {
	var month, line, sheet, facts, rules string
	if err = row.Scan(&month, &line, &sheet, &f.Digest, &facts, &rules, &f.By.Login, &f.By.Name, &f.By.Role, instant{&f.At}); err != nil {
		return f, err
	}
	for _, part := range []struct {
		text string
		into any
	}{{sheet, &f.Sheet}, {facts, &f.Facts}, {rules, &f.Rules}} {
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
			return f, fmt.Errorf("the frozen assessment of %s cannot be read: %w; run dutyline verify", month, err)
		}
	}
	return f, nil
}

// AssessmentFacts implements dutylog.AssessmentStore.
func (db *DB) AssessmentFacts(ctx context.Context, m dutylog.Month, line string) ([]dutylog.AssessmentFact, error) {
	facts, err := assessmentFacts(db.reading(ctx), m, line)
	return facts, db.explain("read what was said of an assessment", err)
}

func assessmentFacts(s source, m dutylog.Month, line string) ([]dutylog.AssessmentFact, error) {
	rows, err := s.Query("SELECT id, "+assessmentFactColumns+" FROM assessment_facts WHERE month = ? AND (line = ? OR ? = '') ORDER BY id", string(m), line, line)
	return all(rows, err, scanAssessmentFact)
}

// FrozenAssessments implements dutylog.AssessmentStore.
func (db *DB) FrozenAssessments(ctx context.Context, first, last dutylog.Month) ([]dutylog.FrozenAssessment, error) {
	rows, err := db.reading(ctx).Query("SELECT "+assessmentColumns+" FROM assessments WHERE month BETWEEN ? AND ? ORDER BY month DESC, line", string(first), string(last))
	list, err := all(rows, err, scanFrozenAssessment)
	return list, db.explain("read the frozen assessments", err)
}

// SayOfAssessment implements dutylog.AssessmentStore. A sheet and that it was frozen are one transaction.
func (db *DB) SayOfAssessment(ctx context.Context, f dutylog.AssessmentFact, freeze *dutylog.FrozenAssessment, before int64) (dutylog.AssessmentFact, error) {
	err := db.write(ctx, "keep what was said of an assessment", func(t *tx) error {
		facts, err := assessmentFacts(t.sql, f.Month, f.Line)
		if err != nil {
			return err
		}
		var last int64
		if n := len(facts); n > 0 {
			last = facts[n-1].ID
		}
		if last != before {
			return fmt.Errorf("somebody said something of this assessment meanwhile: %w", dutylog.ErrExists)
		}
		persons, err := json.Marshal(f.Persons)
		if err != nil {
			return err
		}
		f.At = t.now
		result, err := t.sql.Exec("INSERT INTO assessment_facts ("+assessmentFactColumns+") VALUES ("+marks(assessmentFactColumns)+")",
			string(f.Month), f.Line, string(f.Says), f.Digest, string(persons), f.Text, f.By.Login, f.By.Name, string(f.By.Role), micros(t.now))
		if err != nil {
			return err
		}
		if f.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		if err := t.proveRow(audit.Assessed, strconv.FormatInt(f.ID, 10)); err != nil || freeze == nil {
			return err
		}
		return t.freezeAssessment(*freeze, f)
	})
	return f, err
}

func (t *tx) freezeAssessment(x dutylog.FrozenAssessment, f dutylog.AssessmentFact) error {
	text, digest := x.Sheet.Freeze()
	facts, err := json.Marshal(x.Facts)
	if err != nil {
		return err
	}
	rules, err := json.Marshal(x.Rules)
	if err != nil {
		return err
	}
	var known int
	if err := t.sql.QueryRow("SELECT count(*) FROM assessments WHERE month = ?", string(f.Month)).Scan(&known); err != nil {
		return err
	}
	if known > 0 || digest != f.Digest {
		return fmt.Errorf("this assessment is frozen already, or another one than was signed: %w", dutylog.ErrExists)
	}
	return t.addProven(audit.Assessment, "INSERT INTO assessments ("+assessmentColumns+") VALUES ("+marks(assessmentColumns)+")",
		string(f.Month), f.Line, text, digest, string(facts), string(rules), f.By.Login, f.By.Name, string(f.By.Role), micros(t.now))
}

// NoteScoring implements dutylog.AssessmentStore.
func (db *DB) NoteScoring(ctx context.Context, r dutylog.ScoringRules) error {
	return db.write(ctx, "keep the scoring rules in force", func(t *tx) error {
		var last string
		if err := t.sql.QueryRow("SELECT coalesce((SELECT digest FROM scoring_rules ORDER BY id DESC LIMIT 1), '')").Scan(&last); err != nil {
			return err
		}
		if last == r.Digest() {
			return nil
		}
		rules, err := json.Marshal(r)
		if err != nil {
			return err
		}
		return t.addProven(audit.Scoring, "INSERT INTO scoring_rules ("+scoringColumns+") VALUES ("+marks(scoringColumns)+")", r.Digest(), string(rules), micros(t.now))
	})
}

// ScoringChanges implements dutylog.AssessmentStore.
func (db *DB) ScoringChanges(ctx context.Context) ([]dutylog.ScoringChange, error) {
	rows, err := db.reading(ctx).Query("SELECT " + scoringColumns + " FROM scoring_rules ORDER BY id")
	list, err := all(rows, err, func(row scanner) (c dutylog.ScoringChange, err error) {
		var rules string
		if err = row.Scan(&c.Digest, &rules, instant{&c.At}); err != nil {
			return c, err
		}
		return c, json.Unmarshal([]byte(rules), &c.Rules)
	})
	return list, db.explain("read the scoring rules that were in force", err)
}

// FirstMonth implements dutylog.AssessmentStore.
func (db *DB) FirstMonth(ctx context.Context) (dutylog.Month, error) {
	var at time.Time
	err := db.reading(ctx).QueryRow("SELECT min(at) FROM (SELECT min(offered_at) AS at FROM calls UNION ALL SELECT min(call_at) FROM entries)").Scan(instant{&at})
	if err != nil || at.IsZero() {
		return "", db.explain("find the first month", err)
	}
	return dutylog.MonthOf(at, db.options.Location), nil
}
