package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"dutyline/alerts"
)

const deliverySelect = "SELECT d.id, d.channel, d.over, d.round, d.post, d.since, d.state, d.attempts, d.next_try, d.done_at, d.error, d.alert, " +
	"coalesce((SELECT printf('%d-%06d', e.year, e.number) FROM entries e JOIN alerts a ON a.call_id = e.call_id AND a.call_id <> '' WHERE a.id = d.alert), ''), " +
	"coalesce((SELECT c.caller FROM calls c JOIN alerts a ON a.call_id = c.id WHERE a.id = d.alert), '') FROM deliveries d"

func scanDelivery(row scanner) (d alerts.Delivery, err error) {
	err = row.Scan(&d.ID, &d.Channel, &d.Over, &d.Round, &d.Post, instant{&d.Since}, &d.State, &d.Attempts, instant{&d.NextTry}, instant{&d.DoneAt}, &d.Error,
		&d.Alert.ID, &d.EntryNumber, &d.Caller)
	return d, err
}

// enqueue puts a message about an alert into the outbox.
func (t *tx) enqueue(a alerts.Alert, m alerts.Telling) error {
	return t.exec("INSERT INTO deliveries (alert, channel, over, round, post, since, state, attempts, next_try, error) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, '') ON CONFLICT DO NOTHING",
		a.ID, m.Channel, m.Over, a.Round, string(m.Post), micros(t.now), string(alerts.Waiting), micros(t.now.Add(t.db.options.Plan.Route(m.Channel).Patience(a))))
}

// spare takes out of the outbox what need not be told any more.
func (t *tx) spare(a alerts.Alert, which string) error {
	return t.exec("UPDATE deliveries SET state = ?, done_at = ? WHERE alert = ? AND state = ? AND "+which,
		string(alerts.Needless), micros(t.now), a.ID, string(alerts.Waiting))
}

// NextDelivery implements alerts.Outbox. How bad an alert is stands in the order of alerts.Severities.
func (db *DB) NextDelivery(ctx context.Context, channel string) (alerts.Delivery, bool, error) {
	const doing = "read the next delivery"
	d, err := scanDelivery(db.reading(ctx).QueryRow(deliverySelect+" JOIN alerts w ON w.id = d.alert WHERE d.channel = ? AND d.state = 'waiting' "+
		"AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.alert = d.alert AND e.channel = d.channel AND e.state = 'waiting' AND e.id < d.id AND (d.over OR e.post = d.post)) "+
		"ORDER BY max(d.next_try, ?), d.attempts > 0, w.over_at IS NULL AND w.reason IN ('ring_3', 'limit_passed') DESC, instr('info warning critical', w.severity) DESC, d.id LIMIT 1",
		channel, micros(db.options.Now())))
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	if err == nil {
		d.Alert, err = scanAlert(db.reading(ctx).QueryRow(alertSelect+" WHERE id = ?", d.Alert.ID))
	}
	if err == nil && d.Post != "" {
		d.Person, err = db.holder(ctx, d)
	}
	return d, err == nil, db.explain(doing, err)
}

// SaveDelivery implements alerts.Outbox.
func (db *DB) SaveDelivery(ctx context.Context, d alerts.Delivery) error {
	return db.write(ctx, "save a delivery", func(t *tx) error {
		err := t.exec("UPDATE deliveries SET state = ?, attempts = ?, next_try = ?, done_at = ?, error = ? WHERE id = ? AND state = ?",
			string(d.State), d.Attempts, micros(d.NextTry), micros(d.DoneAt), d.Error, d.ID, string(alerts.Waiting))
		if err != nil || d.State != alerts.Delivered || t.db.options.Plan.Route(d.Channel).Calls {
			return err
		}
		return t.exec("UPDATE deliveries SET next_try = ? WHERE channel = ? AND state = ? AND attempts > 0 AND next_try > ?",
			micros(d.DoneAt), d.Channel, string(alerts.Waiting), micros(d.DoneAt))
	})
}

// Deliveries implements alerts.Outbox.
func (db *DB) Deliveries(ctx context.Context, alert int64) ([]alerts.Delivery, error) {
	list, err := deliveriesOf(db.reading(ctx), alert)
	return list, db.explain("list the deliveries", err)
}

func deliveriesOf(s source, alert int64) ([]alerts.Delivery, error) {
	rows, err := s.Query(deliverySelect+" WHERE d.alert = ? ORDER BY d.id", alert)
	return all(rows, err, scanDelivery)
}

// holder is who holds the post of a delivery now: after a change of shifts somebody else.
func (db *DB) holder(ctx context.Context, d alerts.Delivery) (alerts.Person, error) {
	who, err := onDuty(db.reading(ctx), db.options.Now())
	for _, s := range db.options.Plan.Lines[d.Alert.Line].Chain.With(who).Steps {
		if s.Post == d.Post {
			return s.Person, err
		}
	}
	return alerts.Person{}, err
}
