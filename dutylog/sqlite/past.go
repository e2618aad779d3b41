package sqlite

import (
	"context"
	"time"

	"dutyline/alerts"
)

// PastCalls is what a line had of real calls since a moment: test calls and the product's own are
// no history.
func (db *DB) PastCalls(ctx context.Context, line string, since time.Time) (alerts.Past, error) {
	const real = "line = ? AND direction = 'in' AND tags NOT LIKE '%\"test\"%' AND tags NOT LIKE '%\"system\"%'"
	p, s := alerts.Past{From: since}, db.reading(ctx)
	err := s.QueryRow("SELECT min(offered_at) FROM calls WHERE "+real, line).Scan(instant{&p.Begun})
	if err != nil {
		return p, db.explain("read the past of a line", err)
	}
	rows, err := s.Query("SELECT offered_at FROM calls WHERE "+real+" AND offered_at >= ? ORDER BY offered_at", line, plainMicros(since))
	p.Calls, err = all(rows, err, func(row scanner) (at time.Time, err error) { return at, row.Scan(instant{&at}) })
	return p, db.explain("read the past of a line", err)
}
