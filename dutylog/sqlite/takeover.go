package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// takeOver numbers and covers, once, what a file of an older schema holds already. Its
// records say that they were taken over: of the time before, nothing is proved. It is one
// transaction; a million entries take some minutes, once.
func (db *DB) takeOver(ctx context.Context) error {
	done, err := takenOver(db.reading(ctx))
	if err != nil || done {
		return db.explain("begin the evidence", err)
	}
	return db.write(ctx, "begin the evidence", func(t *tx) error {
		if done, err := takenOver(t.sql); err != nil || done { // another process may have been faster
			return err
		}
		if err := t.numberEntries(); err != nil {
			return err
		}
		for _, c := range covers {
			if err := t.takeOverRows(c); err != nil {
				return fmt.Errorf("take over what is of kind %s: %w", c.kind, err)
			}
		}
		for _, subject := range []string{directorySubject, rosterSubject} {
			content, rows, err := tableContent(t.sql, subject)
			if err == nil && rows > 0 {
				err = t.proveAs(audit.Record{Kind: audit.Import, Subject: subject, At: t.now, TakenOver: true}, content)
			}
			if err != nil {
				return fmt.Errorf("take over the %s: %w", subject, err)
			}
		}
		return t.exec("UPDATE evidence SET taken_over_at = ?", micros(t.now))
	})
}

func takenOver(s source) (bool, error) {
	var at sql.NullInt64
	err := s.QueryRow("SELECT taken_over_at FROM evidence").Scan(&at)
	return at.Valid, err
}

// numberEntries gives the entries of older schemas their numbers, by the time of their calls.
func (t *tx) numberEntries() error {
	rows, err := t.sql.Query("SELECT id, call_at FROM entries WHERE number IS NULL ORDER BY call_at, id")
	if err != nil {
		return err
	}
	defer rows.Close()
	given := map[int]int{}
	for rows.Next() {
		var id string
		var at time.Time
		if err := rows.Scan(&id, instant{&at}); err != nil {
			return err
		}
		n := dutylog.EntryNumber{Year: at.In(t.db.options.Location).Year()}
		given[n.Year]++
		if err := t.exec("UPDATE entries SET year = ?, number = ? WHERE id = ?", n.Year, given[n.Year], id); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (t *tx) takeOverRows(c cover) error {
	rows, err := t.sql.Query("SELECT CAST(" + c.subject + " AS TEXT), " + c.columns + " FROM " + c.from + " WHERE " + c.where + " ORDER BY " + c.alias() + ".rowid")
	if err != nil {
		return err
	}
	defer rows.Close()
	values, targets := scanTargets(len(c.names) + 1)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		subject, ok := values[0].(string)
		if !ok {
			return fmt.Errorf("a row is called %v, which is no text", values[0])
		}
		r := audit.Record{Kind: c.kind, Subject: subject, At: t.now, TakenOver: true}
		if err := t.proveAs(r, audit.Content(c.names, values[1:])); err != nil {
			return err
		}
	}
	return rows.Err()
}
