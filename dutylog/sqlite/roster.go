package sqlite

import (
	"context"
	"time"

	"dutyline/dutylog"
)

const shiftColumns = "from_at, to_at, post, name, phone"

// ReplaceRoster swaps the shifts that begin on the days, in the site's time zone, on which
// these rows begin. Other days stay as they are.
func (db *DB) ReplaceRoster(ctx context.Context, rows []dutylog.Shift) error {
	return db.write(ctx, "import the roster", func(t *tx) error {
		for _, day := range dutylog.Days(rows, db.options.Location) {
			if err := t.exec("DELETE FROM shifts WHERE from_at >= ? AND from_at < ?", micros(day[0]), micros(day[1])); err != nil {
				return err
			}
		}
		for _, s := range rows {
			if err := t.exec("INSERT INTO shifts ("+shiftColumns+") VALUES (?, ?, ?, ?, ?)",
				micros(s.From), micros(s.To), string(s.Post), s.Name, s.Phone); err != nil {
				return err
			}
		}
		return t.proveTable(rosterSubject)
	})
}

// OnDuty is who is on duty at a moment, by post. Where the rosters of two days overlap, the
// shift that began later counts.
func (db *DB) OnDuty(ctx context.Context, at time.Time) (dutylog.OnDuty, error) {
	who, err := onDuty(db.reading(ctx), at)
	return who, db.explain("look into the roster", err)
}

func onDuty(s source, at time.Time) (dutylog.OnDuty, error) {
	rows, err := s.Query("SELECT "+shiftColumns+" FROM shifts WHERE from_at <= ? AND to_at > ? ORDER BY from_at, id", micros(at), micros(at))
	shifts, err := all(rows, err, scanShift)
	if err != nil {
		return nil, err
	}
	who := dutylog.OnDuty{}
	for _, s := range shifts {
		who[s.Post] = s
	}
	return who, nil
}

// Shifts lists the shifts that touch [from, to), by their beginning.
func (db *DB) Shifts(ctx context.Context, from, to time.Time) ([]dutylog.Shift, error) {
	var w where
	if !from.IsZero() {
		w.add("to_at > ?", micros(from))
	}
	if !to.IsZero() {
		w.add("from_at < ?", micros(to))
	}
	rows, err := db.reading(ctx).Query("SELECT "+shiftColumns+" FROM shifts"+w.String()+" ORDER BY from_at, post, id", w.args...)
	shifts, err := all(rows, err, scanShift)
	return shifts, db.explain("list the roster", err)
}

func scanShift(row scanner) (dutylog.Shift, error) {
	var s dutylog.Shift
	err := row.Scan(instant{&s.From}, instant{&s.To}, &s.Post, &s.Name, &s.Phone)
	return s, err
}
