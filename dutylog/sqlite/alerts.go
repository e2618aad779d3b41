package sqlite

import (
	"context"

	"dutyline/alerts"
	"dutyline/dutylog"
)

const alertColumns = "key, reason, line, call_id, finding, detail, at"

// Raise writes the alert and its feed row. One key is one problem: while it stands, raising
// it again does nothing, and so does raising it again with the same time once it is over.
// An alert that ends problems is told only when one of them stood.
func (db *DB) Raise(ctx context.Context, a alerts.Alert) error {
	if idle, err := db.nothingStands(ctx, a); err != nil || idle {
		return err
	}
	return db.write(ctx, "raise an alert", func(t *tx) error {
		if len(a.Ends) > 0 {
			return t.endAlert(a)
		}
		n, err := t.changed("INSERT INTO alerts ("+alertColumns+") VALUES ("+marks(alertColumns)+") ON CONFLICT DO NOTHING", alertValues(a)...)
		if err != nil || n == 0 {
			return err
		}
		return t.publish(dutylog.TopicAlert, a.Key, a.Line, a)
	})
}

// nothingStands spares the usual case, a line that was well and still is, a write.
func (db *DB) nothingStands(ctx context.Context, a alerts.Alert) (bool, error) {
	for _, key := range a.Ends {
		var n int
		if err := db.reading(ctx).QueryRow("SELECT count(*) FROM alerts WHERE key = ? AND over_at IS NULL", key).Scan(&n); err != nil {
			return false, db.explain("look for an alert", err)
		}
		if n > 0 {
			return false, nil
		}
	}
	return len(a.Ends) > 0, nil
}

// endAlert marks what stood and is older than its end as over, and tells so.
func (t *tx) endAlert(a alerts.Alert) error {
	var ended int64
	for _, key := range a.Ends {
		n, err := t.changed("UPDATE alerts SET over_at = ? WHERE key = ? AND over_at IS NULL AND at <= ?", plainMicros(a.At), key, plainMicros(a.At))
		if err != nil {
			return err
		}
		ended += n
	}
	if ended == 0 {
		return nil
	}
	if err := t.exec("INSERT INTO alerts ("+alertColumns+", over_at) VALUES ("+marks(alertColumns)+", ?) ON CONFLICT DO NOTHING",
		append(alertValues(a), plainMicros(a.At))...); err != nil {
		return err
	}
	return t.publish(dutylog.TopicAlert, a.Key, a.Line, a)
}

func alertValues(a alerts.Alert) []any {
	return []any{a.Key, string(a.Reason), a.Line, a.CallID, string(a.Finding), a.Detail, plainMicros(a.At)}
}
