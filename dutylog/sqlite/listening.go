package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const (
	drawColumns          = "month, seed, named, per_officer, samples, by_login, by_name, by_role, at"
	listeningFactColumns = "draw, call_id, says, marks, text, by_login, by_name, by_role, at"
)

func scanDraw(row scanner) (d dutylog.Draw, err error) {
	var samples string
	if err = row.Scan(&d.ID, &d.Month, &d.Seed, &d.Named, &d.PerOfficer, &samples, &d.By.Login, &d.By.Name, &d.By.Role, instant{&d.At}); err != nil {
		return d, err
	}
	return d, json.Unmarshal([]byte(samples), &d.Samples)
}

func scanListeningFact(row scanner) (f dutylog.ListeningFact, err error) {
	var given string
	if err = row.Scan(&f.ID, &f.Draw, &f.CallID, &f.Says, &given, &f.Text, &f.By.Login, &f.By.Name, &f.By.Role, instant{&f.At}); err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(given), &f.Marks)
}

// listenablesOf gives the calls of each spelling of an officer's name as one list: a busy month has many thousands.
const listenablesOf = "SELECT " + whoAnswers + ` AS who, json_group_array(c.id) FROM calls c INDEXED BY calls_by_outcome JOIN recordings r INDEXED BY recordings_sealed ON r.call_id = c.id AND r.status = 'sealed'
	LEFT JOIN entries e INDEXED BY entries_concern ON e.call_id = c.id
	WHERE c.outcome IN ('answered_in_time', 'answered_late') AND c.offered_at >= ? AND c.offered_at < ? AND c.direction = 'in' AND ` + ofPeople + " GROUP BY who"

// Listenables implements dutylog.ListeningStore: what a person answered at the duty phone, and can be heard.
func (db *DB) Listenables(ctx context.Context, m dutylog.Month) (list []dutylog.Listenable, err error) {
	from, to := m.Span(db.options.Location)
	rows, err := db.reading(ctx).Query(listenablesOf, micros(from), micros(to))
	_, err = all(rows, err, func(row scanner) (officer string, err error) {
		var calls string
		var ids []string
		if err = row.Scan(&officer, &calls); err == nil {
			officer, err = dutylog.Concerned(officer, ""), json.Unmarshal([]byte(calls), &ids)
		}
		for _, id := range ids {
			list = append(list, dutylog.Listenable{CallID: id, Officer: officer})
		}
		return officer, err
	})
	slices.SortFunc(list, func(a, b dutylog.Listenable) int { return cmp.Compare(a.CallID, b.CallID) })
	return list, db.explain("list the calls of a month that can be heard", err)
}

// KeepDraw implements dutylog.ListeningStore.
func (db *DB) KeepDraw(ctx context.Context, d dutylog.Draw) (dutylog.Draw, error) {
	err := db.write(ctx, "keep a draw", func(t *tx) error {
		samples, err := json.Marshal(append([]dutylog.OfficerSample{}, d.Samples...))
		if err != nil {
			return err
		}
		d.At = t.now
		result, err := t.sql.Exec("INSERT INTO listening_draws ("+drawColumns+") VALUES ("+marks(drawColumns)+")",
			string(d.Month), d.Seed, d.Named, d.PerOfficer, string(samples), d.By.Login, d.By.Name, string(d.By.Role), micros(t.now))
		if err != nil {
			return err
		}
		if d.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		return t.proveRow(audit.Draw, strconv.FormatInt(d.ID, 10))
	})
	return d, err
}

// Draws implements dutylog.ListeningStore.
func (db *DB) Draws(ctx context.Context, m dutylog.Month) ([]dutylog.Draw, error) {
	rows, err := db.reading(ctx).Query("SELECT id, "+drawColumns+" FROM listening_draws WHERE month = ? ORDER BY id DESC", string(m))
	list, err := all(rows, err, scanDraw)
	return list, db.explain("list the draws of a month", err)
}

func readDraw(s source, id int64) (d dutylog.Draw, facts []dutylog.ListeningFact, err error) {
	if d, err = scanDraw(s.QueryRow("SELECT id, "+drawColumns+" FROM listening_draws WHERE id = ?", id)); err != nil {
		return d, nil, noRows(err, "draw", strconv.FormatInt(id, 10))
	}
	rows, err := s.Query("SELECT id, "+listeningFactColumns+" FROM listening_facts WHERE draw = ? ORDER BY id", id)
	facts, err = all(rows, err, scanListeningFact)
	return d, facts, err
}

// Draw implements dutylog.ListeningStore.
func (db *DB) Draw(ctx context.Context, id int64) (dutylog.Draw, []dutylog.ListeningFact, error) {
	d, facts, err := readDraw(db.reading(ctx), id)
	return d, facts, db.explain("read a draw", err)
}

// SayOfCall implements dutylog.ListeningStore.
func (db *DB) SayOfCall(ctx context.Context, f dutylog.ListeningFact, before int64) (dutylog.ListeningFact, error) {
	err := db.write(ctx, "keep what was said of a recording", func(t *tx) error {
		d, facts, err := readDraw(t.sql, f.Draw)
		if err != nil {
			return err
		}
		if _, drawn := d.Drawn(f.CallID); !drawn {
			return fmt.Errorf("call %q was not drawn: %w", f.CallID, dutylog.ErrNotFound)
		}
		var last int64
		for _, x := range facts {
			if x.CallID == f.CallID {
				last = x.ID
			}
		}
		if last != before {
			return fmt.Errorf("somebody said something of this recording meanwhile: %w", dutylog.ErrExists)
		}
		given, err := json.Marshal(f.Marks)
		if err != nil {
			return err
		}
		f.At = t.now
		result, err := t.sql.Exec("INSERT INTO listening_facts ("+listeningFactColumns+") VALUES ("+marks(listeningFactColumns)+")",
			f.Draw, f.CallID, string(f.Says), string(given), f.Text, f.By.Login, f.By.Name, string(f.By.Role), micros(t.now))
		if err != nil {
			return err
		}
		if f.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		return t.proveRow(audit.Listening, strconv.FormatInt(f.ID, 10))
	})
	return f, err
}
