package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

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
		if err := t.takeOverAll(); err != nil {
			return err
		}
		return t.exec("UPDATE evidence SET taken_over_at = ?", micros(t.now))
	})
}

// takeOverAll appends to an empty tree, of which it therefore knows every hash.
func (t *tx) takeOverAll() error {
	var have int64
	if err := t.sql.QueryRow(nextRecord).Scan(&have); err != nil || have > 0 {
		return err // rows that no record covers are not taken over a second time: verify names them
	}
	var tree audit.Stack
	for _, c := range covers {
		if err := t.takeOverRows(c, &tree); err != nil {
			return fmt.Errorf("take over what is of kind %s: %w", c.kind, err)
		}
	}
	for _, subject := range []string{directorySubject, rosterSubject} {
		content, rows, err := tableContent(t.sql, subject)
		if err == nil && rows > 0 {
			err = t.takeOverRow(audit.Import, subject, content, &tree)
		}
		if err != nil {
			return fmt.Errorf("take over the %s: %w", subject, err)
		}
	}
	return nil
}

func (t *tx) takeOverRow(kind audit.Kind, subject string, content []byte, tree *audit.Stack) error {
	r := audit.Record{Index: tree.Size(), Kind: kind, Subject: subject, At: t.now, TakenOver: true}
	salt := newSalt()
	r.Commitment = audit.Commit(salt, content)
	leaf := r.Leaf()
	return t.addRecord(r, salt, tree.Add(leaf, 0, []tlog.Hash{leaf}))
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
	give, err := t.sql.Prepare("UPDATE entries SET year = ?, number = ? WHERE id = ?")
	if err != nil {
		return err
	}
	defer give.Close()
	given := map[int]int64{}
	for rows.Next() {
		var id string
		var at time.Time
		if err := rows.Scan(&id, instant{&at}); err != nil {
			return err
		}
		year := at.In(t.db.options.Location).Year()
		if last := int64(0); given[year] == 0 {
			if err := t.sql.QueryRow("SELECT coalesce(max(number), 0) FROM entries WHERE year = ?", year).Scan(&last); err != nil {
				return err
			}
			given[year] = last
		}
		given[year]++
		if _, err := give.Exec(year, given[year], id); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (t *tx) takeOverRows(c cover, tree *audit.Stack) error {
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
		if err := t.takeOverRow(c.kind, subject, audit.Content(c.names, values[1:]), tree); err != nil {
			return err
		}
	}
	return rows.Err()
}
