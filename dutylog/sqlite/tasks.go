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
	taskRuleColumns = "rule, seed, title, basis, post, recurs, lead_us, checks, ended, by_login, by_name, by_role, at"
	taskMarkColumns = "rule, key, due_at, says, text, entry, call_id, checks, by_login, by_name, by_role, at"
	absenceColumns  = "absence, person, why, place, leaves_at, returns_at, stand_in, stand_in_title, change, by_login, by_name, by_role, at"
)

func scanTaskRule(row scanner) (r dutylog.TaskRule, err error) {
	var recurs string
	var lead int64
	if err = row.Scan(&r.ID, &r.Rule, &r.Seed, &r.Title, &r.Basis, &r.Post, &recurs, &lead, words[string]{&r.Checks}, &r.Ended,
		&r.By.Login, &r.By.Name, &r.By.Role, instant{&r.At}); err != nil {
		return r, err
	}
	r.Lead = time.Duration(lead) * time.Microsecond
	return r, json.Unmarshal([]byte(recurs), &r.When)
}

func scanTaskMark(row scanner) (m dutylog.TaskMark, err error) {
	var checks string
	if err = row.Scan(&m.ID, &m.Rule, &m.Key, instant{&m.DueAt}, &m.Says, &m.Text, &m.Entry, &m.CallID, &checks,
		&m.By.Login, &m.By.Name, &m.By.Role, instant{&m.At}); err != nil {
		return m, err
	}
	return m, json.Unmarshal([]byte(checks), &m.Checks)
}

func scanAbsence(row scanner) (a dutylog.Absence, err error) {
	err = row.Scan(&a.ID, &a.Absence, &a.Person, &a.Why, &a.Place, instant{&a.LeavesAt}, instant{&a.ReturnsAt}, &a.StandIn, &a.StandInTitle, &a.Change,
		&a.By.Login, &a.By.Name, &a.By.Role, instant{&a.At})
	return a, err
}

func taskRules(s source) ([]dutylog.TaskRule, error) {
	rows, err := s.Query("SELECT id, " + taskRuleColumns + " FROM task_rules ORDER BY id")
	return all(rows, err, scanTaskRule)
}

// longestAbsence is how long before a time an absence was written at most that still matters then.
const longestAbsence = 400 * 24 * time.Hour

// furthestReturn is how far ahead a return may lie, so that the log still looks back to its absence then.
const furthestReturn = 366 * 24 * time.Hour

// moved is how far the time of a task may move when the clock of its rule is changed.
const moved = 24 * time.Hour

// marksAround selects the marks of tasks of some time. A task may have moved since it was marked: by so
// much with its rule, and a departure or a return with its absence.
const marksAround = " FROM task_marks WHERE due_at >= ? AND due_at < ? AND (due_at >= ? AND due_at < ? OR key LIKE '%/return' OR key LIKE '%/leave') ORDER BY id"

// TaskBooks implements dutylog.TaskStore.
func (db *DB) TaskBooks(ctx context.Context, from, to time.Time) (b dutylog.TaskBooks, err error) {
	s := db.reading(ctx)
	b.Zone = db.options.Location
	if b.Rules, err = taskRules(s); err != nil {
		return b, db.explain("read the dated duties", err)
	}
	rows, err := s.Query("SELECT id, "+taskMarkColumns+marksAround, from.Add(-longestAbsence).UnixMicro(), to.Add(longestAbsence).UnixMicro(),
		from.Add(-moved).UnixMicro(), to.Add(moved).UnixMicro())
	if b.Marks, err = all(rows, err, scanTaskMark); err != nil {
		return b, db.explain("read the dated duties", err)
	}
	rows, err = s.Query("SELECT id, "+absenceColumns+" FROM absences WHERE at >= ? ORDER BY id", from.Add(-longestAbsence).UnixMicro())
	if b.Absences, err = all(rows, err, scanAbsence); err != nil {
		return b, db.explain("read the absences", err)
	}
	if b.Shifts, err = db.Shifts(ctx, from.Add(-24*time.Hour), to); err != nil { // what is due in a shift may be due a day after it began
		return b, err
	}
	first, last := dutylog.FilingReach(from, to, b.Zone)
	b.Filing, err = db.FilingFacts(ctx, first, last)
	return b, err
}

// SaveTaskRule implements dutylog.TaskStore.
func (db *DB) SaveTaskRule(ctx context.Context, r dutylog.TaskRule, by dutylog.Actor) (after dutylog.TaskRule, err error) {
	if r, err = r.Check(); err != nil {
		return r, err
	}
	err = db.write(ctx, "keep a dated duty", func(t *tx) error {
		if r.Rule != 0 {
			last, err := scanTaskRule(t.sql.QueryRow("SELECT id, "+taskRuleColumns+" FROM task_rules WHERE rule = ? ORDER BY id DESC LIMIT 1", r.Rule))
			if err != nil {
				return noRows(err, "dated duty", strconv.FormatInt(r.Rule, 10))
			}
			if last.ID != r.ID {
				return dutylog.ErrExists
			}
			r.Seed = last.Seed
		}
		after, err = t.addTaskRule(r, by)
		return err
	})
	return after, err
}

func (t *tx) addTaskRule(r dutylog.TaskRule, by dutylog.Actor) (dutylog.TaskRule, error) {
	recurs, err := json.Marshal(r.When)
	if err != nil {
		return r, err
	}
	if r.Rule == 0 { // its own number, which is not known before
		if err := t.sql.QueryRow("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'task_rules'), 0) + 1").Scan(&r.Rule); err != nil {
			return r, err
		}
	}
	r.By, r.At = by, t.now
	result, err := t.sql.Exec("INSERT INTO task_rules ("+taskRuleColumns+") VALUES ("+marks(taskRuleColumns)+")",
		r.Rule, r.Seed, r.Title, r.Basis, string(r.Post), string(recurs), r.Lead.Microseconds(), list(r.Checks), r.Ended, by.Login, by.Name, string(by.Role), micros(t.now))
	if err != nil {
		return r, err
	}
	if r.ID, err = result.LastInsertId(); err != nil {
		return r, err
	}
	return r, t.proveRow(audit.TaskRule, strconv.FormatInt(r.ID, 10))
}

// SeedTasks adds the rules of the regulation that the log never had, and the newer version of one
// that nobody touched. One that was changed or ended stays as people left it.
func (db *DB) SeedTasks(ctx context.Context) error {
	have, err := taskRules(db.reading(ctx))
	if err != nil {
		return db.explain("read the dated duties", err)
	}
	for _, r := range dutylog.SeedsToAdd(have) {
		if err := db.write(ctx, "add a dated duty", func(t *tx) error {
			_, err := t.addTaskRule(r, dutylog.SystemActor())
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// MarkTask implements dutylog.TaskStore.
func (db *DB) MarkTask(ctx context.Context, m dutylog.TaskMark, before int64) (dutylog.TaskMark, error) {
	err := db.write(ctx, "mark a dated duty", func(t *tx) error {
		var last int64
		if err := t.sql.QueryRow("SELECT coalesce(max(id), 0) FROM task_marks WHERE rule = ? AND key = ?", m.Rule, m.Key).Scan(&last); err != nil {
			return err
		}
		if last != before {
			return fmt.Errorf("somebody else marked this duty meanwhile: %w", dutylog.ErrExists)
		}
		if err := t.provenBy(m); err != nil {
			return err
		}
		checks, err := json.Marshal(append([]dutylog.Check{}, m.Checks...))
		if err != nil {
			return err
		}
		result, err := t.sql.Exec("INSERT INTO task_marks ("+taskMarkColumns+") VALUES ("+marks(taskMarkColumns)+")",
			m.Rule, m.Key, micros(m.DueAt), string(m.Says), m.Text, m.Entry, m.CallID, string(checks), m.By.Login, m.By.Name, string(m.By.Role), micros(t.now))
		if err != nil {
			return err
		}
		if m.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		m.At = t.now
		return t.proveRow(audit.TaskMark, strconv.FormatInt(m.ID, 10))
	})
	return m, err
}

// provenBy refuses a proof that is not there.
func (t *tx) provenBy(m dutylog.TaskMark) error {
	if m.Entry != "" {
		n, err := dutylog.ParseEntryNumber(m.Entry)
		if err != nil {
			return &dutylog.InvalidError{Field: "entry", Reason: "is no number of an entry; they are written like 2026-000123"}
		}
		var there bool
		if err := t.sql.QueryRow("SELECT EXISTS (SELECT 1 FROM entries WHERE year = ? AND number = ?)", n.Year, n.Serial).Scan(&there); err != nil {
			return err
		}
		if !there {
			return &dutylog.InvalidError{Field: "entry", Reason: "there is no entry of this number"}
		}
	}
	if m.CallID != "" {
		var there bool
		if err := t.sql.QueryRow("SELECT EXISTS (SELECT 1 FROM calls WHERE id = ?)", m.CallID).Scan(&there); err != nil {
			return err
		}
		if !there {
			return &dutylog.InvalidError{Field: "call_id", Reason: "there is no such call"}
		}
	}
	return nil
}

// SaveAbsence implements dutylog.TaskStore.
func (db *DB) SaveAbsence(ctx context.Context, a dutylog.Absence, by dutylog.Actor) (dutylog.Absence, error) {
	a, err := a.Check()
	if err != nil {
		return a, err
	}
	err = db.write(ctx, "keep an absence", func(t *tx) error {
		if a.ReturnsAt.After(t.now.Add(furthestReturn)) {
			return &dutylog.InvalidError{Field: "returns_at", Reason: "lies more than a year ahead: check the year; what lasts longer is written down anew"}
		}
		if a.Absence != 0 {
			var newest int64
			if err := t.sql.QueryRow("SELECT coalesce(max(id), 0) FROM absences WHERE absence = ?", a.Absence).Scan(&newest); err != nil {
				return err
			}
			if newest == 0 {
				return fmt.Errorf("absence %d: %w", a.Absence, dutylog.ErrNotFound)
			}
			if newest != a.ID {
				return fmt.Errorf("somebody else changed this absence meanwhile: %w", dutylog.ErrExists)
			}
		} else if err := t.sql.QueryRow("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'absences'), 0) + 1").Scan(&a.Absence); err != nil {
			return err
		}
		a.By, a.At = by, t.now
		result, err := t.sql.Exec("INSERT INTO absences ("+absenceColumns+") VALUES ("+marks(absenceColumns)+")",
			a.Absence, a.Person, a.Why, a.Place, micros(a.LeavesAt), micros(a.ReturnsAt), a.StandIn, a.StandInTitle, a.Change,
			by.Login, by.Name, string(by.Role), micros(t.now))
		if err != nil {
			return err
		}
		if a.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		return t.proveRow(audit.Absence, strconv.FormatInt(a.ID, 10))
	})
	return a, err
}
