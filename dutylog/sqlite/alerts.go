package sqlite

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"dutyline/alerts"
)

const alertColumns = "key, rule, reason, certainty, severity, line, call_id, finding, detail, at, acknowledged_at, acknowledged_login, acknowledged_name, " +
	"acknowledged_role, note, over_at, reopened, reopened_at, muted_until, muted_rule, muted_reason, muted_login, muted_name, muted_role, muted_at, round, round_at, " +
	"told_post, told_person, told_at, next_post, next_at, due_at, evidence, found_at, times, last_at"

const alertSelect = "SELECT id, " + alertColumns + " FROM alerts"

func alertValues(a alerts.Alert) []any {
	return []any{a.Key, a.Rule, string(a.Reason), string(a.Certainty), string(a.Severity), a.Line, a.CallID, string(a.Finding), a.Detail, plainMicros(a.At),
		micros(a.AcknowledgedAt), a.AcknowledgedBy.Login, a.AcknowledgedBy.Name, string(a.AcknowledgedBy.Role), a.Note, micros(a.ResolvedAt),
		a.Reopened, micros(a.ReopenedAt), micros(a.Muted.Until), a.Muted.Rule, a.Muted.Reason, a.Muted.By.Login, a.Muted.By.Name, string(a.Muted.By.Role), micros(a.Muted.At),
		a.Round, micros(a.RoundAt), string(a.Reached.Post), a.Reached.Person, micros(a.Reached.At), string(a.Coming.Post), micros(a.Coming.At), micros(a.Due), evidenceText(a.Evidence),
		micros(a.FoundAt), a.Times, micros(a.LastAt)}
}

func scanAlert(row scanner) (a alerts.Alert, err error) {
	var evidence string
	err = row.Scan(&a.ID, &a.Key, &a.Rule, &a.Reason, &a.Certainty, &a.Severity, &a.Line, &a.CallID, &a.Finding, &a.Detail, instant{&a.At},
		instant{&a.AcknowledgedAt}, &a.AcknowledgedBy.Login, &a.AcknowledgedBy.Name, &a.AcknowledgedBy.Role, &a.Note, instant{&a.ResolvedAt},
		&a.Reopened, instant{&a.ReopenedAt}, instant{&a.Muted.Until}, &a.Muted.Rule, &a.Muted.Reason, &a.Muted.By.Login, &a.Muted.By.Name, &a.Muted.By.Role, instant{&a.Muted.At},
		&a.Round, instant{&a.RoundAt}, &a.Reached.Post, &a.Reached.Person, instant{&a.Reached.At}, &a.Coming.Post, instant{&a.Coming.At}, instant{&a.Due}, &evidence,
		instant{&a.FoundAt}, &a.Times, instant{&a.LastAt})
	if err == nil && evidence != "" { // empty: raised before it was kept
		err = json.Unmarshal([]byte(evidence), &a.Evidence)
	}
	return a, err
}

// evidenceText is how the evidence of an alert is kept: as the API carries it.
func evidenceText(list []alerts.Evidence) string {
	if len(list) == 0 {
		return ""
	}
	text, _ := json.Marshal(list) // texts and times only
	return string(text)
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
	if q.Muted {
		w.add("muted_until > ?", micros(db.options.Now()))
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
