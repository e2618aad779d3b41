package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// event is a step of an alert: what happened, who did it, and what the log is to remember of it.
type event struct {
	name   alerts.Event
	by     dutylog.Actor // empty: it happened by itself
	at     time.Time
	detail string
}

// Raise writes the alert and its feed row. One key is one problem: while it stands, raising
// it again does nothing, and so does raising it again with a time at which it was known once it
// is over. A call more of a problem that is told of several calls is added to it.
func (db *DB) Raise(ctx context.Context, a alerts.Alert) error {
	const doing = "raise an alert"
	if len(a.Ends) > 0 { // the usual case, a line that was well and still is, is spared a write
		if stand, err := standing(db.glancing(ctx), a); err != nil || !stand {
			return db.explain(doing, err)
		}
	}
	return db.write(ctx, doing, func(t *tx) error { return t.raise(a) })
}

func (t *tx) raise(a alerts.Alert) error {
	if len(a.Ends) > 0 {
		return t.endAlerts(a)
	}
	last, err := scanAlert(t.sql.QueryRow(alertSelect+" WHERE key = ? ORDER BY id DESC LIMIT 1", a.Key))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return t.open(a)
	case err != nil:
		return err
	}
	if firm, ok := last.Firm(a); ok {
		return t.firm(firm)
	}
	switch {
	case a.Reason.Gathers():
		return t.gather(last, a)
	case last.State() != alerts.Resolved, !a.Reason.Lasts(): // what happened once cannot happen again under the same key
		return nil
	case !a.At.After(last.ResolvedAt), a.At.Equal(last.At):
		return nil
	}
	return t.comesBack(last, a, a.At)
}

// comesBack opens a problem again, or one of its kind anew.
func (t *tx) comesBack(last, a alerts.Alert, at time.Time) error {
	told, err := deliveriesOf(t.sql, last.ID)
	if err != nil {
		return err
	}
	if t.db.options.Plan.Damping.Returns(last, told, at) {
		return t.reopen(last, a, at)
	}
	return t.open(a)
}

// gather adds a call to a problem that is told of several.
func (t *tx) gather(last, a alerts.Alert) error {
	switch {
	case last.Knows(a) && !last.Completes(a):
		return nil
	case last.State() == alerts.Resolved && last.Knows(a): // somebody has taken it on meanwhile
		last = last.Gather(a)
		return t.advance(&last)
	case last.State() == alerts.Resolved:
		return t.comesBack(last, a, laterOf(a.At, a.FoundAt))
	}
	further, err := t.further(last, a)
	switch {
	case err != nil:
		return err
	case last.Knows(a): // only where it went was not known before
		return t.advance(&further)
	}
	detail := a.CallID
	if detail == "" {
		detail = a.Detail
	}
	return t.step(&further, event{name: alerts.OnceMore, at: a.At, detail: detail})
}

// further adds a call or a move. What still waits for its receiver tells of it, too: it becomes a message
// of the new round, so that a receiver that is away gets no heap of them.
func (t *tx) further(last, a alerts.Alert) (alerts.Alert, error) {
	chain, err := t.chainOf(last.Line)
	if err != nil {
		return last, err
	}
	told, err := deliveriesOf(t.sql, last.ID)
	if err != nil {
		return last, err
	}
	further := t.db.options.Plan.Further(last, a, chain, told, t.now)
	if further.Round == last.Round {
		return further, nil
	}
	// Of several rounds that nobody heard the first message goes on, with its tries.
	const heap = `over = 0 AND EXISTS (SELECT 1 FROM deliveries f WHERE f.alert = deliveries.alert AND f.channel = deliveries.channel
		AND f.post = deliveries.post AND f.over = 0 AND f.state = 'waiting' AND f.id < deliveries.id)`
	if err := t.spare(last, heap); err != nil {
		return last, err
	}
	return further, t.exec("UPDATE deliveries SET round = ? WHERE alert = ? AND state = ? AND over = 0", further.Round, last.ID, string(alerts.Waiting))
}

// firm keeps that what was not sure is: nobody need wait for it any more.
func (t *tx) firm(a alerts.Alert) error {
	if err := t.exec("UPDATE deliveries SET next_try = ? WHERE alert = ? AND state = ? AND attempts = 0", micros(t.now), a.ID, string(alerts.Waiting)); err != nil {
		return err
	}
	return t.advance(&a)
}

func (t *tx) open(a alerts.Alert) error {
	a.RoundAt = t.now
	muted, err := scanAlert(t.sql.QueryRow(alertSelect+" WHERE line = ?1 AND muted_until > ?2 AND (key = ?3 OR muted_rule = 1 AND rule = ?4) ORDER BY muted_until DESC LIMIT 1",
		a.Line, micros(t.now), a.Key, a.Rule))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	a.Muted = muted.Muted
	result, err := t.sql.Exec("INSERT INTO alerts ("+alertColumns+") VALUES ("+marks(alertColumns)+")", alertValues(a)...)
	if err != nil {
		return err
	}
	if a.ID, err = result.LastInsertId(); err != nil {
		return err
	}
	t.count(func(f *figures) { f.alerts.WithLabelValues(a.Line, string(a.Reason), string(a.Severity)).Inc() })
	return t.step(&a, event{name: alerts.Opens, at: a.At})
}

func (t *tx) reopen(last, more alerts.Alert, at time.Time) error {
	round := last.Round
	a := t.db.options.Plan.Back(last, more, at, t.now)
	if a.Round == round && !t.now.Before(a.Muted.Until) { // what was needless when it went away is needed again
		for _, r := range t.db.options.Plan.Routes { // each has its patience anew
			if err := t.exec("UPDATE deliveries SET state = ?, done_at = NULL, next_try = ? WHERE alert = ? AND round = ? AND state = ? AND channel = ?",
				string(alerts.Waiting), micros(t.now.Add(r.Patience(a))), a.ID, a.Round, string(alerts.Needless), r.Channel); err != nil {
				return err
			}
		}
	}
	return t.step(&a, event{name: alerts.Returns, at: at})
}

// standingUnder is which alerts stand under keys and are older than their end.
func standingUnder(end alerts.Alert) (condition string, args []any) {
	for _, key := range end.Ends {
		args = append(args, key)
	}
	marks := strings.Join(slices.Repeat([]string{"?"}, len(end.Ends)), ", ")
	return " WHERE over_at IS NULL AND key IN (" + marks + ") AND coalesce(reopened_at, at) <= ?", append(args, plainMicros(end.At))
}

func standing(s source, end alerts.Alert) (stand bool, err error) {
	condition, args := standingUnder(end)
	err = s.QueryRow("SELECT EXISTS (SELECT 1 FROM alerts"+condition+")", args...).Scan(&stand)
	return stand, err
}

// endAlerts resolves what stands under the keys and is older than its end.
func (t *tx) endAlerts(end alerts.Alert) error {
	condition, args := standingUnder(end)
	return t.each(condition+" ORDER BY id", args, func(a alerts.Alert) error {
		a = a.Resolve(end.At, t.now, t.db.options.Plan.Damping)
		if err := t.spare(a, "attempts = 0"); err != nil {
			return err
		}
		return t.step(&a, event{name: alerts.Ends, at: end.At})
	})
}

// each goes through the alerts that meet a condition.
func (t *tx) each(condition string, args []any, do func(alerts.Alert) error) error {
	rows, err := t.sql.Query(alertSelect+condition, args...)
	found, err := all(rows, err, scanAlert)
	for _, a := range found {
		err = errors.Join(err, do(a))
	}
	return err
}

// Acknowledge keeps who took an alert on. Whoever is told only because nobody had is spared.
func (db *DB) Acknowledge(ctx context.Context, id int64, by dutylog.Actor, note string) (a alerts.Alert, err error) {
	err = db.write(ctx, "acknowledge an alert", func(t *tx) error {
		kept, err := t.alert(id)
		if err != nil {
			return err
		}
		if a, err = kept.Acknowledge(by, note, t.now); err != nil || kept.State() != alerts.Open {
			return err
		}
		if err := t.spare(a, "post <> ''"); err != nil {
			return err
		}
		return t.step(&a, event{name: alerts.TakenOn, by: by, at: t.now})
	})
	return a, err
}

// Mute keeps a problem quiet, or everything of its rule on its line.
func (db *DB) Mute(ctx context.Context, id int64, m alerts.Mute) (a alerts.Alert, err error) {
	err = db.write(ctx, "mute an alert", func(t *tx) error {
		m.At = t.now
		kept, err := t.alert(id)
		if err != nil {
			return err
		}
		if a, err = kept.Mute(m); err != nil {
			return err
		}
		detail, err := json.Marshal(map[string]any{"until": m.Until.UTC(), "reason": m.Reason, "rule": m.Rule})
		if err != nil {
			return err
		}
		mute := func(a *alerts.Alert) error {
			if err := t.spare(*a, "over = 0"); err != nil {
				return err
			}
			return t.step(a, event{name: alerts.Mutes, by: m.By, at: t.now, detail: string(detail)})
		}
		if err := mute(&a); err != nil || !m.Rule {
			return err
		}
		return t.each(" WHERE over_at IS NULL AND line = ? AND rule = ? AND id <> ?", []any{a.Line, a.Rule, id}, func(other alerts.Alert) error {
			other.Muted = m
			return mute(&other)
		})
	})
	return a, err
}

// Unmute ends a mute before its time, for all that came under it.
func (db *DB) Unmute(ctx context.Context, id int64, by dutylog.Actor) (a alerts.Alert, err error) {
	err = db.write(ctx, "unmute an alert", func(t *tx) error {
		kept, err := t.alert(id)
		if err != nil {
			return err
		}
		if !t.now.Before(kept.Muted.Until) {
			return alerts.ErrUnmuted
		}
		err = t.each(" WHERE line = ?1 AND muted_until > ?2 AND (key = ?3 OR ?4 AND muted_rule = 1 AND rule = ?5)",
			[]any{kept.Line, micros(t.now), kept.Key, kept.Muted.Rule, kept.Rule}, func(other alerts.Alert) error {
				other = other.Unmute(t.now, t.db.options.Plan.Damping)
				return t.step(&other, event{name: alerts.Unmutes, by: by, at: t.now})
			})
		if err == nil {
			a, err = t.alert(id)
		}
		return err
	})
	return a, err
}

// Advance tells what is due by now. An alert of which that fails does not hold up the others.
func (db *DB) Advance(ctx context.Context) (next time.Time, err error) {
	const doing = "advance the alerts"
	rows, err := db.glancing(ctx).Query("SELECT id FROM alerts WHERE due_at <= ? ORDER BY due_at, id", micros(db.options.Now()))
	due, err := all(rows, err, func(row scanner) (id int64, err error) { return id, row.Scan(&id) })
	if err != nil {
		return next, db.explain(doing, err)
	}
	for _, id := range due {
		err = errors.Join(err, db.write(ctx, doing, func(t *tx) error {
			a, err := t.alert(id)
			if err != nil || a.Due.IsZero() || a.Due.After(t.now) {
				return err // it was done meanwhile
			}
			return t.advance(&a)
		}))
	}
	if err == nil {
		err = db.explain(doing, db.glancing(ctx).QueryRow("SELECT min(due_at) FROM alerts WHERE due_at IS NOT NULL").Scan(instant{&next}))
	}
	return next, err
}

// farOff is longer than damping and the pauses between tries can be.
const farOff = 2 * time.Hour

// Hurry has what waits for a time looked at now: when our clock was set back that time may be far
// off. A step may come earlier than it was announced, and none is lost; where the clock was not
// set, nothing changes.
func (db *DB) Hurry(ctx context.Context) error {
	return db.write(ctx, "look at all alerts again", func(t *tx) error {
		now, far := micros(t.now), micros(t.now.Add(farOff))
		err := t.exec("UPDATE alerts SET due_at = ?1, told_at = min(told_at, ?1), round_at = CASE WHEN round_at > ?2 THEN ?1 ELSE round_at END "+
			"WHERE due_at > ?2 OR due_at > ?1 AND over_at IS NULL", now, far)
		if err != nil {
			return err
		}
		return t.exec("UPDATE deliveries SET next_try = ?1 WHERE state = 'waiting' AND next_try > ?2", now, far)
	})
}

func (t *tx) alert(id int64) (alerts.Alert, error) {
	a, err := scanAlert(t.sql.QueryRow(alertSelect+" WHERE id = ?", id))
	return a, noRows(err, "alert", strconv.FormatInt(id, 10))
}

// step keeps that something happened to an alert, as evidence, and then what follows from it.
func (t *tx) step(a *alerts.Alert, e event) error {
	if err := t.note(*a, e); err != nil {
		return err
	}
	return t.advance(a)
}

func (t *tx) note(a alerts.Alert, e event) error {
	return t.addProven(audit.Alert, "INSERT INTO alert_steps (alert, key, step, by_login, by_name, by_role, at, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		a.ID, a.Key, string(e.name), e.by.Login, e.by.Name, string(e.by.Role), plainMicros(e.at), e.detail)
}

// advance does what is due about an alert, keeps where it stands then, and tells the page.
func (t *tx) advance(a *alerts.Alert) error {
	for {
		d, err := t.decide(*a)
		if err != nil {
			return err
		}
		if e := (event{at: t.now}); d.Unmute || d.NewRound {
			if e.name = alerts.BeginsAgain; d.Unmute {
				e.name, *a = alerts.Unmutes, a.Unmute(t.now, t.db.options.Plan.Damping)
			} else {
				*a = a.NewRound(t.now, t.db.options.Plan.Damping)
			}
			if err := t.note(*a, e); err != nil {
				return err
			}
			continue
		}
		if err := t.tell(a, d); err != nil {
			return err
		}
		a.Coming, a.Due = d.Coming, d.Again
		if err := t.exec("UPDATE alerts SET "+strings.ReplaceAll(alertColumns, ", ", " = ?, ")+" = ? WHERE id = ?", append(alertValues(*a), a.ID)...); err != nil {
			return err
		}
		return t.publish(dutylog.TopicAlert, a.Key, a.Line, *a)
	}
}

func (t *tx) decide(a alerts.Alert) (d alerts.Decision, err error) {
	chain, err := t.chainOf(a.Line)
	if err != nil {
		return d, err
	}
	told, err := deliveriesOf(t.sql, a.ID)
	return t.db.options.Plan.Next(a, chain, told, t.now), err
}

// chainOf is a line's chain with the persons who are on duty now.
func (t *tx) chainOf(line string) (alerts.Chain, error) {
	chain := t.db.options.Plan.Lines[line].Chain
	if len(chain.Steps) == 0 {
		return chain, nil
	}
	who, err := onDuty(t.sql, t.now)
	return chain.With(who), err
}

// tell puts messages into the outbox and keeps whose turn it was.
func (t *tx) tell(a *alerts.Alert, d alerts.Decision) error {
	for _, m := range d.Tell {
		if err := t.enqueue(*a, m); err != nil {
			return err
		}
	}
	for _, s := range d.Reached {
		a.Reached = alerts.Reached{Post: s.Post, Person: s.Person.Name, At: t.now}
		detail := strings.TrimSpace(string(s.Post) + " " + s.Person.Name)
		if err := t.note(*a, event{name: alerts.Tells, at: t.now, detail: detail}); err != nil {
			return err
		}
	}
	return nil
}
