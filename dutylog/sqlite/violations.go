package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const (
	violationColumns     = "cause, why, item, line, happened, text, evidence, by_login, by_name, by_role, at, state"
	violationFactColumns = "violation, says, result, text, by_login, by_name, by_role, at"
)

func scanViolation(row scanner) (v dutylog.Violation, err error) {
	var evidence, state string
	if err = row.Scan(&v.ID, &v.Cause, &v.Why, &v.Item, &v.Line, instant{&v.At}, &v.Text, &evidence, &v.By.Login, &v.By.Name, &v.By.Role, instant{&v.MadeAt}, &state); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(evidence), &v.Evidence)
}

func scanViolationFact(row scanner) (f dutylog.ViolationFact, err error) {
	return f, row.Scan(&f.ID, &f.Violation, &f.Says, &f.Result, &f.Text, &f.By.Login, &f.By.Name, &f.By.Role, instant{&f.At})
}

// withFacts reads what was said of a violation.
func withFacts(s source, v dutylog.Violation) (dutylog.Violation, error) {
	rows, err := s.Query("SELECT id, "+violationFactColumns+" FROM violation_facts WHERE violation = ? ORDER BY id", v.ID)
	v.Facts, err = all(rows, err, scanViolationFact)
	return v, err
}

func violation(s source, id int64) (dutylog.Violation, error) {
	v, err := scanViolation(s.QueryRow("SELECT id, "+violationColumns+" FROM violations WHERE id = ?", id))
	if err != nil {
		return v, noRows(err, "suspected violation", strconv.FormatInt(id, 10))
	}
	return withFacts(s, v)
}

// Violation implements dutylog.ViolationStore.
func (db *DB) Violation(ctx context.Context, id int64) (dutylog.Violation, error) {
	v, err := violation(db.reading(ctx), id)
	return v, db.explain("read a suspected violation", err)
}

// Violations implements dutylog.ViolationStore.
func (db *DB) Violations(ctx context.Context, q dutylog.ViolationQuery) (items []dutylog.Violation, open int, next string, err error) {
	s := db.reading(ctx)
	if err := s.QueryRow("SELECT count(*) FROM violations WHERE state IN ('open', 'awaits')").Scan(&open); err != nil {
		return nil, 0, "", db.explain("count the suspected violations", err)
	}
	var w where
	w.period("happened", q.From, q.To)
	w.equal("line", q.Line)
	w.equal("state", string(q.State))
	if q.Item != 0 {
		w.add("item = ?", q.Item)
	}
	if q.Cursor != "" {
		at, id, err := decodeCursor("x", q.Cursor)
		if err != nil {
			return nil, 0, "", err
		}
		number, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return nil, 0, "", errCursor
		}
		w.add("(happened, id) < (?, ?)", at, number)
	}
	limit := pageSize(q.Limit)
	rows, err := s.Query("SELECT id, "+violationColumns+" FROM violations"+w.String()+" ORDER BY happened DESC, id DESC LIMIT ?", append(w.args, limit+1)...)
	if items, err = all(rows, err, scanViolation); err != nil {
		return nil, 0, "", db.explain("list the suspected violations", err)
	}
	if len(items) > limit {
		last := items[limit-1]
		items, next = items[:limit], encodeCursor("x", last.At.UnixMicro(), strconv.FormatInt(last.ID, 10))
	}
	for n := range items {
		if items[n], err = withFacts(s, items[n]); err != nil {
			return nil, 0, "", db.explain("read what was said of a suspected violation", err)
		}
	}
	return items, open, next, nil
}

// OpenViolation implements dutylog.ViolationStore.
func (db *DB) OpenViolation(ctx context.Context, v dutylog.Violation) (dutylog.Violation, error) {
	err := db.write(ctx, "keep a suspected violation", func(t *tx) (err error) {
		v, err = t.addViolation(v)
		return err
	})
	return v, err
}

func (t *tx) addViolation(v dutylog.Violation) (dutylog.Violation, error) {
	evidence, err := json.Marshal(append([]dutylog.EvidenceLink{}, v.Evidence...))
	if err != nil {
		return v, err
	}
	v.MadeAt = t.now
	result, err := t.sql.Exec("INSERT INTO violations ("+violationColumns+") VALUES ("+marks(violationColumns)+")", v.Cause, string(v.Why), v.Item, v.Line, plainMicros(v.At), v.Text, string(evidence),
		v.By.Login, v.By.Name, string(v.By.Role), micros(t.now), string(dutylog.ViolationOpen))
	if err != nil {
		return v, err
	}
	if v.ID, err = result.LastInsertId(); err != nil {
		return v, err
	}
	return v, t.proveRow(audit.Violation, strconv.FormatInt(v.ID, 10))
}

// SayOfViolation implements dutylog.ViolationStore.
func (db *DB) SayOfViolation(ctx context.Context, f dutylog.ViolationFact, before int64) (v dutylog.Violation, err error) {
	err = db.write(ctx, "keep what was said of a suspected violation", func(t *tx) error {
		if v, err = violation(t.sql, f.Violation); err != nil {
			return err
		}
		var last int64
		if n := len(v.Facts); n > 0 {
			last = v.Facts[n-1].ID
		}
		if last != before {
			return fmt.Errorf("somebody said something of this suspicion meanwhile: %w", dutylog.ErrExists)
		}
		f.At = t.now
		result, err := t.sql.Exec("INSERT INTO violation_facts ("+violationFactColumns+") VALUES ("+marks(violationFactColumns)+")", f.Violation, string(f.Says), string(f.Result), f.Text,
			f.By.Login, f.By.Name, string(f.By.Role), micros(t.now))
		if err != nil {
			return err
		}
		if f.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		if err := t.proveRow(audit.Judgement, strconv.FormatInt(f.ID, 10)); err != nil {
			return err
		}
		was := v.State()
		v.Facts = append(v.Facts, f)
		if v.State() == was {
			return nil
		}
		if err := t.exec("UPDATE violations SET state = ? WHERE id = ?", string(v.State()), v.ID); err != nil {
			return err
		}
		return t.proveRow(audit.Violation, strconv.FormatInt(v.ID, 10))
	})
	return v, err
}

// Suspect implements dutylog.ViolationStore.
func (db *DB) Suspect(ctx context.Context, list []dutylog.Violation) (added int, err error) {
	fresh, err := unknownCauses(db.reading(ctx), list)
	if err != nil || len(fresh) == 0 {
		return 0, db.explain("look for suspicions", err)
	}
	err = db.writeSoon(ctx, "keep suspicions", func(t *tx) error {
		added = 0
		fresh, err := unknownCauses(t.sql, list)
		for n := 0; n < len(fresh) && err == nil; n++ {
			_, err = t.addViolation(fresh[n])
			added++
		}
		return err
	})
	return added, err
}

func unknownCauses(s source, list []dutylog.Violation) (fresh []dutylog.Violation, err error) {
	for _, v := range list {
		var known bool
		if err := s.QueryRow("SELECT EXISTS (SELECT 1 FROM violations WHERE cause = ?)", v.Cause).Scan(&known); err != nil {
			return nil, err
		}
		if !known && v.Cause != "" {
			fresh = append(fresh, v)
		}
	}
	return fresh, nil
}
