package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"dutyline/alerts"
)

const alertCallColumns = "id, channel, alert, person, phone, trunk, waited_at, at, ended_at, outcome, detail"

func scanAlertCall(row scanner) (c alerts.Call, err error) {
	err = row.Scan(&c.ID, &c.Channel, &c.AlertID, &c.Person.Name, &c.Person.Phone, &c.Trunk, instant{&c.WaitedAt}, instant{&c.At}, instant{&c.EndedAt}, &c.Outcome, &c.Detail)
	return c, err
}

// AlertCall implements alerts.CallBook.
func (db *DB) AlertCall(ctx context.Context, id string) (alerts.Call, bool, error) {
	c, err := scanAlertCall(db.reading(ctx).QueryRow("SELECT "+alertCallColumns+" FROM alert_calls WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, db.explain("read a call about an alert", err)
}

// KeepAlertCall implements alerts.CallBook.
func (db *DB) KeepAlertCall(ctx context.Context, c alerts.Call) error {
	return db.write(ctx, "keep a call about an alert", func(t *tx) error {
		return t.exec("INSERT OR REPLACE INTO alert_calls ("+alertCallColumns+") VALUES ("+marks(alertCallColumns)+")",
			c.ID, c.Channel, c.AlertID, c.Person.Name, c.Person.Phone, c.Trunk, micros(c.WaitedAt), micros(c.At), micros(c.EndedAt), string(c.Outcome), c.Detail)
	})
}

// AlertCalls implements alerts.CallBook.
func (db *DB) AlertCalls(ctx context.Context, alert int64) ([]alerts.Call, error) {
	rows, err := db.reading(ctx).Query("SELECT "+alertCallColumns+" FROM alert_calls WHERE alert = ? ORDER BY coalesce(at, waited_at, ended_at), id", alert)
	list, err := all(rows, err, scanAlertCall)
	return list, db.explain("list the calls about an alert", err)
}

// PlacedAlertCalls lists those that were placed in a time: a carrier bills them.
func (db *DB) PlacedAlertCalls(ctx context.Context, from, to time.Time) ([]alerts.Call, error) {
	rows, err := db.reading(ctx).Query("SELECT "+alertCallColumns+" FROM alert_calls WHERE at BETWEEN ? AND ? ORDER BY at, id", micros(from), micros(to))
	list, err := all(rows, err, scanAlertCall)
	return list, db.explain("list the calls about alerts", err)
}
