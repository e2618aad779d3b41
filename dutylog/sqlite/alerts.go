package sqlite

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const alertColumns = "key, rule, reason, certainty, severity, line, call_id, finding, detail, at, acknowledged_at, acknowledged_login, acknowledged_name, " +
	"acknowledged_role, note, over_at"

const alertSelect = "SELECT id, " + alertColumns + " FROM alerts"

func alertValues(a alerts.Alert) []any {
	return []any{a.Key, a.Rule, string(a.Reason), string(a.Certainty), string(a.Severity), a.Line, a.CallID, string(a.Finding), a.Detail, plainMicros(a.At),
		micros(a.AcknowledgedAt), a.AcknowledgedBy.Login, a.AcknowledgedBy.Name, string(a.AcknowledgedBy.Role), a.Note, micros(a.ResolvedAt)}
}

func scanAlert(row scanner) (a alerts.Alert, err error) {
	err = row.Scan(&a.ID, &a.Key, &a.Rule, &a.Reason, &a.Certainty, &a.Severity, &a.Line, &a.CallID, &a.Finding, &a.Detail, instant{&a.At},
		instant{&a.AcknowledgedAt}, &a.AcknowledgedBy.Login, &a.AcknowledgedBy.Name, &a.AcknowledgedBy.Role, &a.Note, instant{&a.ResolvedAt})
	return a, err
}

// Raise writes the alert and its feed row. One key is one problem: while it stands, raising
// it again does nothing, and so does raising it again with the same time once it is over.
func (db *DB) Raise(ctx context.Context, a alerts.Alert) error {
	if len(a.Ends) > 0 {
		return db.endAlerts(ctx, a)
	}
	return db.write(ctx, "raise an alert", func(t *tx) error {
		insert := "INSERT INTO alerts (" + alertColumns + ") SELECT " + marks(alertColumns)
		if !a.Reason.Lasts() { // what happened once cannot happen again under the same key
			insert += " WHERE NOT EXISTS (SELECT 1 FROM alerts WHERE key = ?1)"
		} else {
			insert += " WHERE TRUE" // SQLite's grammar wants it before ON CONFLICT
		}
		n, err := t.changed(insert+" ON CONFLICT DO NOTHING", alertValues(a)...)
		if err != nil || n == 0 {
			return err
		}
		a, err := scanAlert(t.sql.QueryRow(alertSelect+" WHERE key = ? AND at = ?", a.Key, plainMicros(a.At)))
		if err != nil {
			return err
		}
		return t.step(a, alerts.Open, dutylog.Actor{}, a.At)
	})
}

// endAlerts resolves what stands under the keys and is older than its end.
func (db *DB) endAlerts(ctx context.Context, end alerts.Alert) error {
	const doing = "resolve alerts"
	list := slices.Repeat([]string{"?"}, len(end.Ends))
	condition := " WHERE over_at IS NULL AND key IN (" + strings.Join(list, ", ") + ") AND at <= ?"
	var args []any
	for _, key := range end.Ends {
		args = append(args, key)
	}
	args = append(args, plainMicros(end.At))
	var n int // the usual case, a line that was well and still is, is spared a write
	if err := db.glancing(ctx).QueryRow("SELECT count(*) FROM alerts"+condition, args...).Scan(&n); err != nil || n == 0 {
		return db.explain(doing, err)
	}
	return db.write(ctx, doing, func(t *tx) error {
		rows, err := t.sql.Query(alertSelect+condition+" ORDER BY id", args...)
		standing, err := all(rows, err, scanAlert)
		if err != nil {
			return err
		}
		for _, a := range standing {
			a.ResolvedAt = end.At
			if err := t.step(a, alerts.Resolved, dutylog.Actor{}, end.At); err != nil {
				return err
			}
		}
		return nil
	})
}

// step keeps where an alert stands now, that it came there, as evidence, and tells it.
func (t *tx) step(a alerts.Alert, to alerts.State, by dutylog.Actor, at time.Time) error {
	if err := t.exec("UPDATE alerts SET "+strings.ReplaceAll(alertColumns, ", ", " = ?, ")+" = ? WHERE id = ?", append(alertValues(a), a.ID)...); err != nil {
		return err
	}
	err := t.addProven(audit.Alert, "INSERT INTO alert_steps (alert, key, step, by_login, by_name, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		a.ID, a.Key, string(to), by.Login, by.Name, string(by.Role), plainMicros(at))
	if err != nil {
		return err
	}
	if err := t.deliver(a, to); err != nil {
		return err
	}
	return t.publish(dutylog.TopicAlert, a.Key, a.Line, a)
}

// Acknowledge keeps who took an alert on.
func (db *DB) Acknowledge(ctx context.Context, id int64, by dutylog.Actor, note string) (a alerts.Alert, err error) {
	err = db.write(ctx, "acknowledge an alert", func(t *tx) error {
		kept, err := scanAlert(t.sql.QueryRow(alertSelect+" WHERE id = ?", id))
		if err != nil {
			return noRows(err, "alert", strconv.FormatInt(id, 10))
		}
		if a, err = kept.Acknowledge(by, note, t.now); err != nil || kept.State() != alerts.Open {
			return err
		}
		return t.step(a, alerts.Acknowledged, by, t.now)
	})
	return a, err
}

// stateConditions are what a state is in the table.
var stateConditions = map[alerts.State]string{
	alerts.Open:         "(over_at IS NULL AND acknowledged_at IS NULL)",
	alerts.Acknowledged: "(over_at IS NULL AND acknowledged_at IS NOT NULL)",
	alerts.Resolved:     "over_at IS NOT NULL",
}

// Alerts lists alerts, the newest first.
func (db *DB) Alerts(ctx context.Context, q alerts.Query) ([]alerts.Alert, string, error) {
	var w where
	w.equal("line", q.Line)
	var states []string
	for _, s := range q.States {
		states = append(states, stateConditions[s])
	}
	if len(states) > 0 {
		w.add("(" + strings.Join(states, " OR ") + ")")
	}
	if q.Cursor != "" {
		at, id, err := decodeCursor("a", q.Cursor)
		if err != nil {
			return nil, "", err
		}
		number, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return nil, "", errCursor
		}
		w.add("(at, id) < (?, ?)", at, number)
	}
	limit := pageSize(q.Limit)
	rows, err := db.reading(ctx).Query(alertSelect+w.String()+" ORDER BY at DESC, id DESC LIMIT ?", append(w.args, limit+1)...)
	found, err := all(rows, err, scanAlert)
	if err != nil || len(found) <= limit {
		return found, "", db.explain("list the alerts", err)
	}
	last := found[limit-1]
	return found[:limit], encodeCursor("a", last.At.UnixMicro(), strconv.FormatInt(last.ID, 10)), nil
}

// OpenAlerts is how many alerts nobody has taken on.
func (db *DB) OpenAlerts(ctx context.Context) (n int, err error) {
	err = db.reading(ctx).QueryRow("SELECT count(*) FROM alerts WHERE " + stateConditions[alerts.Open]).Scan(&n)
	return n, db.explain("count the alerts", err)
}
