package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"dutyline/alerts"
)

const deliverySelect = "SELECT d.id, d.channel, d.over, d.state, d.attempts, d.next_try, d.done_at, d.error, d.alert, " +
	"coalesce((SELECT printf('%d-%06d', e.year, e.number) FROM entries e JOIN alerts a ON a.call_id = e.call_id AND a.call_id <> '' WHERE a.id = d.alert), ''), " +
	"coalesce((SELECT c.caller FROM calls c JOIN alerts a ON a.call_id = c.id WHERE a.id = d.alert), '') FROM deliveries d"

func scanDelivery(row scanner) (d alerts.Delivery, err error) {
	err = row.Scan(&d.ID, &d.Channel, &d.Over, &d.State, &d.Attempts, instant{&d.NextTry}, instant{&d.DoneAt}, &d.Error, &d.Alert.ID, &d.EntryNumber, &d.Caller)
	return d, err
}

// deliver puts what an alert has come to into the outbox. What was over before it could be told
// is told to nobody.
func (t *tx) deliver(a alerts.Alert, to alerts.State) error {
	switch to {
	case alerts.Open:
		return t.enqueue(a, 0, "TRUE")
	case alerts.Resolved:
		if err := t.exec("UPDATE deliveries SET state = ?, done_at = ? WHERE alert = ? AND state = ? AND attempts = 0",
			string(alerts.Needless), micros(t.now), a.ID, string(alerts.Waiting)); err != nil {
			return err
		}
		return t.enqueue(a, 1, "EXISTS (SELECT 1 FROM deliveries WHERE alert = ?1 AND channel = ?2 AND over = 0 AND state IN ('waiting', 'delivered'))")
	}
	return nil
}

func (t *tx) enqueue(a alerts.Alert, over int, condition string) error {
	for _, r := range t.db.options.Routes {
		if !r.Takes(a) {
			continue
		}
		err := t.exec("INSERT INTO deliveries (alert, channel, over, state, attempts, next_try, error) SELECT ?1, ?2, ?3, ?4, 0, ?5, '' WHERE "+condition+" ON CONFLICT DO NOTHING",
			a.ID, r.Channel, over, string(alerts.Waiting), micros(t.now))
		if err != nil {
			return err
		}
	}
	return nil
}

// NextDelivery implements alerts.Outbox.
func (db *DB) NextDelivery(ctx context.Context, channel string) (alerts.Delivery, bool, error) {
	const doing = "read the next delivery"
	d, err := scanDelivery(db.reading(ctx).QueryRow(deliverySelect+" WHERE d.channel = ? AND d.state = 'waiting' ORDER BY d.id LIMIT 1", channel))
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	if err == nil {
		d.Alert, err = scanAlert(db.reading(ctx).QueryRow(alertSelect+" WHERE id = ?", d.Alert.ID))
	}
	return d, err == nil, db.explain(doing, err)
}

// SaveDelivery implements alerts.Outbox.
func (db *DB) SaveDelivery(ctx context.Context, d alerts.Delivery) error {
	return db.write(ctx, "save a delivery", func(t *tx) error {
		return t.exec("UPDATE deliveries SET state = ?, attempts = ?, next_try = ?, done_at = ?, error = ? WHERE id = ? AND state = ?",
			string(d.State), d.Attempts, micros(d.NextTry), micros(d.DoneAt), d.Error, d.ID, string(alerts.Waiting))
	})
}

// Deliveries implements alerts.Outbox.
func (db *DB) Deliveries(ctx context.Context, alert int64) ([]alerts.Delivery, error) {
	rows, err := db.reading(ctx).Query(deliverySelect+" WHERE d.alert = ? ORDER BY d.id", alert)
	list, err := all(rows, err, scanDelivery)
	return list, db.explain("list the deliveries", err)
}
