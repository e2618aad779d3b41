package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const (
	approvalColumns     = "kind, entry_id, fields, recording, reason, by_login, by_name, by_role, at"
	approvalStepColumns = "approval, step, note, by_login, by_name, by_role, at"
	stepDone            = "done"
)

const approvalSelect = `SELECT a.id, a.kind, a.entry_id, a.fields, a.recording, a.reason, a.by_login, a.by_name, a.by_role, a.at, e.year, e.number,
	d.step = 'approved', d.note, d.by_login, d.by_name, d.by_role, d.at, x.note, x.at
	FROM approvals a JOIN entries e ON e.id = a.entry_id
	LEFT JOIN approval_steps d ON d.approval = a.id AND d.step IN ('approved', 'declined')
	LEFT JOIN approval_steps x ON x.approval = a.id AND x.step = 'done'`

func scanApproval(row scanner) (a dutylog.Approval, err error) {
	var fields string
	var approves sql.NullBool
	var note, login, name, role, outcome sql.NullString
	err = row.Scan(&a.ID, &a.Kind, &a.EntryID, &fields, &a.Recording, &a.Reason, &a.By.Login, &a.By.Name, &a.By.Role, instant{&a.At}, &a.EntryNumber.Year, &a.EntryNumber.Serial,
		&approves, &note, &login, &name, &role, instant{&a.DecidedAt}, &outcome, instant{&a.DoneAt})
	if err != nil {
		return a, err
	}
	a.Approves, a.Note, a.Outcome = approves.Bool, note.String, outcome.String
	a.DecidedBy = dutylog.Actor{Login: login.String, Name: name.String, Role: dutylog.Role(role.String)}
	return a, json.Unmarshal([]byte(fields), &a.Fields)
}

func readApproval(s source, id int64) (dutylog.Approval, error) {
	a, err := scanApproval(s.QueryRow(approvalSelect+" WHERE a.id = ?", id))
	return a, noRows(err, "request", strconv.FormatInt(id, 10))
}

// Approval reads one request with what became of it.
func (db *DB) Approval(ctx context.Context, id int64) (dutylog.Approval, error) {
	a, err := readApproval(db.reading(ctx), id)
	return a, db.explain("read a request", err)
}

// Ask keeps a request.
func (db *DB) Ask(ctx context.Context, a dutylog.Approval) (kept dutylog.Approval, err error) {
	err = db.write(ctx, "ask for an approval", func(t *tx) error {
		kept, err = t.ask(a)
		return err
	})
	return kept, err
}

func (t *tx) ask(a dutylog.Approval) (kept dutylog.Approval, err error) {
	e, err := readEntry(t.sql, a.EntryID)
	if err != nil {
		return kept, err
	}
	rows, err := t.sql.Query(approvalSelect+" WHERE a.entry_id = ? AND a.at > ?", a.EntryID, micros(t.now.Add(-2*dutylog.ApprovalLasts)))
	others, err := all(rows, err, scanApproval)
	if err != nil {
		return kept, err
	}
	if a, err = a.CheckAsk(e, others, t.now); err != nil {
		return kept, err
	}
	fields, err := json.Marshal(append([]dutylog.Field{}, a.Fields...))
	if err != nil {
		return kept, err
	}
	err = t.addProven(audit.Approval, "INSERT INTO approvals ("+approvalColumns+") VALUES ("+marks(approvalColumns)+")",
		string(a.Kind), a.EntryID, string(fields), a.Recording, a.Reason, a.By.Login, a.By.Name, string(a.By.Role), micros(a.At))
	if err != nil {
		return kept, err
	}
	var id int64
	if err := t.sql.QueryRow("SELECT max(id) FROM approvals").Scan(&id); err != nil {
		return kept, err
	}
	return readApproval(t.sql, id)
}

// Decide keeps what a second person decided, and releases a hold that they approved to release.
func (db *DB) Decide(ctx context.Context, id int64, approves bool, note string, by dutylog.Actor) (a dutylog.Approval, err error) {
	err = db.write(ctx, "decide a request", func(t *tx) error {
		if a, err = readApproval(t.sql, id); err != nil {
			return err
		}
		if a, err = a.CheckDecide(approves, note, by, t.now); err != nil {
			return err
		}
		step := map[bool]string{true: "approved", false: "declined"}[approves]
		if err := t.addApprovalStep(id, step, a.Note, by, t.now); err != nil {
			return err
		}
		if approves && a.Kind == dutylog.ToRelease {
			if _, err := t.hold(a.EntryID, false, a.Reason, a.By); err != nil {
				return err
			}
			if err := t.addApprovalStep(id, stepDone, "", by, t.now); err != nil {
				return err
			}
		}
		a, err = readApproval(t.sql, id)
		return err
	})
	return a, err
}

func (t *tx) addApprovalStep(approval int64, step, note string, by dutylog.Actor, at time.Time) error {
	return t.addProven(audit.ApprovalStep, "INSERT INTO approval_steps ("+approvalStepColumns+") VALUES ("+marks(approvalStepColumns)+")",
		approval, step, note, by.Login, by.Name, string(by.Role), micros(at))
}

// Approvals lists requests, the newest first.
func (db *DB) Approvals(ctx context.Context, q dutylog.ApprovalQuery) ([]dutylog.Approval, string, error) {
	var w where
	w.equal("a.entry_id", q.EntryID)
	now := db.options.Now()
	if q.Waiting { // what is older has expired twice
		w.add("a.at > ? AND x.id IS NULL AND (d.id IS NULL AND a.at > ? OR d.step = 'approved' AND d.at > ?)",
			micros(now.Add(-2*dutylog.ApprovalLasts)), micros(now.Add(-dutylog.ApprovalLasts)), micros(now.Add(-dutylog.ApprovalLasts)))
	}
	if q.Cursor != "" {
		before, _, err := decodeCursor("p", q.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("a.id < ?", before)
	}
	limit := pageSize(q.Limit)
	rows, err := db.reading(ctx).Query(approvalSelect+w.String()+" ORDER BY a.id DESC LIMIT ?", append(w.args, limit+1)...)
	items, err := all(rows, err, scanApproval)
	if err != nil || len(items) <= limit {
		return items, "", db.explain("list the requests", err)
	}
	return items[:limit], encodeCursor("p", items[limit-1].ID, ""), nil
}

// Erase carries out an erasure that a second person approved: see erase. Who carries it out is in
// the log with the number of the decision.
func (db *DB) Erase(ctx context.Context, approval int64, by dutylog.Actor) (decision int64, err error) {
	err = db.write(ctx, "erase from an entry", func(t *tx) error {
		a, err := readApproval(t.sql, approval)
		if err != nil {
			return err
		}
		if a.Kind != dutylog.ToErase {
			return &dutylog.InvalidError{Field: "request", Reason: fmt.Sprintf("%d is none to erase something", approval)}
		}
		if err := a.CheckCarryOut(t.now); err != nil {
			return err
		}
		if decision, err = t.erase(a.Order()); err != nil {
			return err
		}
		return t.addApprovalStep(approval, stepDone, strconv.FormatInt(decision, 10), by, t.now)
	})
	return decision, err
}
