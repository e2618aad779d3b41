package sqlite

import (
	"encoding/json"
	"strconv"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// toldAlert is an alert that tells of the call whose entry is erased from, or that has erased words in what
// people said of it.
type toldAlert struct {
	before, left alerts.Alert
}

// onSheet reports whether the detail of an alert on a sheet goes.
func (c copies) onSheet(a dutylog.OpenAlert) bool {
	detail, own := c.alerts[a.ID]
	return own && (detail == "" || detail == a.Detail)
}

// muteSteps is where it is kept why alerts were muted.
var muteSteps = saidTable{name: "alert_steps", key: "id", texts: []string{"detail"}, kind: audit.Alert}

// tellingAlerts finds the alerts of a call, with those that were muted together with them, and those in which
// a word stands: as they are now, as a step says, or as a page was told.
const tellingAlerts = `WITH words AS (SELECT value AS word FROM json_each(?2)),
	own AS (SELECT id FROM alerts WHERE ?1 <> '' AND (call_id = ?1 OR instr(evidence, '"ref":' || json_quote(?1)))),
	mutes AS (SELECT id, alert, at, json_extract(detail, '$.reason') AS reason FROM alert_steps WHERE step = 'muted' AND json_valid(detail)),
	quiet AS (SELECT at, reason FROM mutes WHERE alert IN (SELECT id FROM own)),
	together AS (SELECT alert AS id FROM mutes WHERE (at, reason) IN (SELECT at, reason FROM quiet)
		UNION SELECT id FROM alerts WHERE (muted_at, muted_reason) IN (SELECT at, reason FROM quiet)),
	telling AS (SELECT a.id FROM alerts a JOIN words ON instr(a.note, word) OR instr(a.muted_reason, word)
		UNION SELECT alert FROM mutes JOIN words ON instr(reason, word)
		UNION SELECT json_extract(body, '$.id') FROM feed JOIN words WHERE topic = 'alert' AND json_valid(body)
			AND (instr(json_extract(body, '$.note'), word) OR instr(json_extract(body, '$.muted_reason'), word)))
	SELECT id, id IN (SELECT id FROM own), id IN (SELECT id FROM together) FROM alerts
	WHERE id IN (SELECT id FROM own UNION SELECT id FROM together UNION SELECT id FROM telling) ORDER BY id`

// alertsOf finds what alerts tell of an entry's call, and where people said of an alert what is erased.
func (t *tx) alertsOf(e dutylog.Entry, o dutylog.ErasureOrder, c *copies) error {
	type telling struct {
		id            int64
		own, together bool
	}
	rows, err := t.sql.Query(tellingAlerts, e.CallID, asJSON(c.taken.Words))
	list, err := all(rows, err, func(row scanner) (f telling, err error) { return f, row.Scan(&f.id, &f.own, &f.together) })
	if err != nil {
		return err
	}
	c.alerts = map[int64]string{}
	for _, f := range list {
		a, err := t.alert(f.id)
		if err != nil {
			return err
		}
		told := toldAlert{a, a}
		note := dutylog.SaidErasure{Whole: o.Whole(), Words: c.taken.Words}
		mute := note
		if f.own {
			switch went := a.Went(e.CallID); {
			case a.CallID == e.CallID:
				c.alerts[a.ID] = ""
			case went != "" && went != dutylog.RemarksErased: // on a sheet of when this was its newest call
				c.alerts[a.ID] = went
			}
			if o.Whole() {
				told.left = a.Without(e.CallID)
			}
		}
		told.left.Note = saidOnce(note, f.own, a.Note)
		if f.together && !f.own { // the same words, of which it is not said whom they are about
			mute.Whole = false
		}
		told.left.Muted.Reason = saidOnce(mute, f.own || f.together, a.Muted.Reason)
		c.told = append(c.told, told)
		steps, err := t.mutesOf(a.ID, func(reason string) [][]string { return mute.Of(f.own || f.together, []string{reason}) })
		if err != nil {
			return err
		}
		c.said = append(c.said, steps...)
	}
	return nil
}

// saidOnce is what is left of one text.
func saidOnce(x dutylog.SaidErasure, own bool, text string) string {
	if left := x.Of(own, []string{text}); left != nil {
		return left[len(left)-1][0]
	}
	return text
}

// mutesOf are the steps by which an alert was muted, where something of the reason goes.
func (t *tx) mutesOf(alert int64, left func(reason string) [][]string) (found []saidRow, err error) {
	type step struct {
		id     int64
		detail string
	}
	rows, err := t.sql.Query("SELECT id, detail FROM alert_steps WHERE alert = ? AND step = ? AND json_valid(detail) ORDER BY id", alert, string(alerts.Mutes))
	list, err := all(rows, err, func(row scanner) (s step, err error) { return s, row.Scan(&s.id, &s.detail) })
	for _, s := range list {
		told := map[string]any{}
		if err := json.Unmarshal([]byte(s.detail), &told); err != nil {
			return nil, err
		}
		reason, _ := told["reason"].(string)
		r := saidRow{of: muteSteps, subject: strconv.FormatInt(s.id, 10)}
		for _, reasons := range left(reason) {
			told["reason"] = reasons[0]
			detail, err := json.Marshal(told)
			if err != nil {
				return nil, err
			}
			r.left = append(r.left, []string{string(detail)})
		}
		if r.left != nil {
			found = append(found, r)
		}
	}
	return found, err
}

// eraseAlerts keeps what is left of them. What a page was told of them earlier becomes what is told now.
func (t *tx) eraseAlerts(told []toldAlert) error {
	for _, a := range told {
		text, err := json.Marshal(a.left)
		if err != nil {
			return err
		}
		if err := t.exec("UPDATE feed SET body = ? WHERE topic = ? AND json_valid(body) AND json_extract(body, '$.id') = ?", string(text), string(dutylog.TopicAlert), a.left.ID); err != nil {
			return err
		}
		if evidenceText(a.left.Evidence) == evidenceText(a.before.Evidence) && a.left.Detail == a.before.Detail && a.left.Note == a.before.Note && a.left.Muted.Reason == a.before.Muted.Reason {
			continue
		}
		if err := t.exec("UPDATE alerts SET detail = ?, note = ?, muted_reason = ?, evidence = ? WHERE id = ?", a.left.Detail, a.left.Note, a.left.Muted.Reason, evidenceText(a.left.Evidence), a.left.ID); err != nil {
			return err
		}
		if err := t.publish(dutylog.TopicAlert, a.left.Key, a.left.Line, a.left); err != nil {
			return err
		}
	}
	return nil
}
