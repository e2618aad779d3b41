package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

// NoteAccess records who saw or took what. The same again within dutylog.AccessAgain is the
// same access: a page asks for a recording in many ranges.
func (db *DB) NoteAccess(ctx context.Context, a dutylog.Access) error {
	if again, err := sameAccess(db.reading(ctx), a); err != nil || again {
		return db.explain("note an access", err)
	}
	return db.write(ctx, "note an access", func(t *tx) error {
		if again, err := sameAccess(t.sql, a); err != nil || again {
			return err
		}
		return t.addProven(audit.Access, "INSERT INTO accesses (at, by_login, by_name, by_role, what, object, address) VALUES (?, ?, ?, ?, ?, ?, ?)",
			plainMicros(a.At), a.By.Login, a.By.Name, string(a.By.Role), a.What, a.Object, a.Address)
	})
}

// Taken lists the accesses of one kind since then, the oldest first.
func (db *DB) Taken(ctx context.Context, what string, since time.Time) ([]dutylog.Access, error) {
	rows, err := db.reading(ctx).Query("SELECT at, by_login, by_name, by_role, what, object, address FROM accesses WHERE what = ? AND at >= ? ORDER BY at, id", what, plainMicros(since))
	list, err := all(rows, err, func(row scanner) (a dutylog.Access, err error) {
		err = row.Scan(instant{&a.At}, &a.By.Login, &a.By.Name, &a.By.Role, &a.What, &a.Object, &a.Address)
		return a, err
	})
	return list, db.explain("list the accesses", err)
}

func sameAccess(s source, a dutylog.Access) (bool, error) {
	var n int
	err := s.QueryRow("SELECT count(*) FROM accesses WHERE by_login = ? AND what = ? AND object = ? AND at > ? AND at <= ?",
		a.By.Login, a.What, a.Object, plainMicros(a.At.Add(-dutylog.AccessAgain)), plainMicros(a.At)).Scan(&n)
	return n > 0, err
}

// NoteRules records the ring rule of each line where it is another than the last recorded.
func (db *DB) NoteRules(ctx context.Context, lines []telephony.Line, now time.Time) error {
	return db.write(ctx, "note the ring rules", func(t *tx) error {
		for _, l := range lines {
			var before string
			err := t.sql.QueryRow("SELECT rule FROM rule_changes WHERE line = ? ORDER BY id DESC LIMIT 1", l.Name).Scan(&before)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if before == l.Rule.Version() {
				continue
			}
			if err := t.addProven(audit.Rule, "INSERT INTO rule_changes (line, rule, at) VALUES (?, ?, ?)", l.Name, l.Rule.Version(), micros(now)); err != nil {
				return err
			}
		}
		return nil
	})
}
