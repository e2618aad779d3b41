package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const (
	pinColumns = "id, login, device, hash, pass, set_at, proved_at, failed, ended_at, why"
	pinSelect  = "SELECT " + pinColumns + " FROM pins"
)

func scanPin(row scanner) (p dutylog.Pin, err error) {
	return p, row.Scan(&p.ID, &p.Login, &p.Device, &p.Hash, &p.Pass, instant{&p.SetAt}, instant{&p.ProvedAt}, &p.Failed, instant{&p.EndedAt}, &p.Why)
}

// KnowDevice implements dutylog.DeviceStore.
func (db *DB) KnowDevice(ctx context.Context, device, login string) error {
	return db.write(ctx, "note a computer", func(t *tx) error {
		err := t.exec("INSERT INTO devices (device, since, last_at) VALUES (?1, ?2, ?2) ON CONFLICT (device) DO UPDATE SET last_at = excluded.last_at", device, micros(t.now))
		if err != nil {
			return err
		}
		return t.eachPin(login, device, func(p dutylog.Pin) dutylog.Pin {
			p.ProvedAt, p.Failed = t.now, 0
			return p
		})
	})
}

// KnownDevice implements dutylog.DeviceStore.
func (db *DB) KnownDevice(ctx context.Context, device string) (known bool, err error) {
	err = db.reading(ctx).QueryRow("SELECT EXISTS (SELECT 1 FROM devices WHERE device = ?)", device).Scan(&known)
	return known, db.explain("look for a computer", err)
}

// Pins implements dutylog.DeviceStore.
func (db *DB) Pins(ctx context.Context, device string) ([]dutylog.Pin, error) {
	rows, err := db.reading(ctx).Query(pinSelect+" WHERE device = ? AND ended_at IS NULL ORDER BY id", device)
	pins, err := all(rows, err, scanPin)
	return pins, db.explain("list the short secrets", err)
}

// eachPin changes somebody's standing PIN on a computer, if there is one.
func (t *tx) eachPin(login, device string, change func(dutylog.Pin) dutylog.Pin) error {
	p, err := scanPin(t.sql.QueryRow(pinSelect+" WHERE login = ? AND device = ? AND ended_at IS NULL", login, device))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.savePin(p, change(p))
}

func (t *tx) savePin(before, p dutylog.Pin) error {
	if p == before {
		return nil
	}
	err := t.exec("UPDATE pins SET proved_at = ?, failed = ?, ended_at = ?, why = ? WHERE id = ?", micros(p.ProvedAt), p.Failed, micros(p.EndedAt), string(p.Why), p.ID)
	if err != nil {
		return err
	}
	return t.proveRow(audit.Pin, strconv.FormatInt(p.ID, 10))
}

// SetPin implements dutylog.DeviceStore.
func (db *DB) SetPin(ctx context.Context, p dutylog.Pin) error {
	return db.write(ctx, "keep a short secret", func(t *tx) error {
		if err := t.eachPin(p.Login, p.Device, t.ended(dutylog.PinReplaced)); err != nil {
			return err
		}
		return t.addProven(audit.Pin, "INSERT INTO pins (login, device, hash, pass, set_at, proved_at, failed, ended_at, why) VALUES (?, ?, ?, ?, ?, ?, 0, NULL, '')",
			p.Login, p.Device, p.Hash, p.Pass, micros(t.now), micros(t.now))
	})
}

func (t *tx) ended(why dutylog.PinEnd) func(dutylog.Pin) dutylog.Pin {
	return func(p dutylog.Pin) dutylog.Pin {
		p.EndedAt, p.Why = t.now, why
		return p
	}
}

// TryPin implements dutylog.DeviceStore.
func (db *DB) TryPin(ctx context.Context, id int64, right bool) (after dutylog.Pin, err error) {
	err = db.write(ctx, "note a try with a short secret", func(t *tx) error {
		p, err := scanPin(t.sql.QueryRow(pinSelect+" WHERE id = ?", id))
		if err != nil {
			return noRows(err, "short secret", strconv.FormatInt(id, 10))
		}
		if after = p; p.EndedAt.IsZero() {
			after = p.Tried(right, t.now)
		}
		return t.savePin(p, after)
	})
	return after, err
}

// RemovePin implements dutylog.DeviceStore.
func (db *DB) RemovePin(ctx context.Context, login, device string) error {
	return db.write(ctx, "remove a short secret", func(t *tx) error {
		return t.eachPin(login, device, t.ended(dutylog.PinRemoved))
	})
}
