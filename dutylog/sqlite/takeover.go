package sqlite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"dutyline/dutylog/audit"
)

// takeOver numbers and covers, once, what a file of an older schema holds already. Its
// records say that they were taken over: of the time before, nothing is proved. It is one
// transaction; a million entries take some minutes, once.
func (db *DB) takeOver(ctx context.Context) error {
	rows, intervals, err := takenOver(db.reading(ctx))
	if err != nil || rows && intervals {
		return db.explain("begin the evidence", err)
	}
	return db.write(ctx, "begin the evidence", func(t *tx) error {
		rows, intervals, err := takenOver(t.sql) // another process may have been faster
		switch {
		case err != nil:
			return err
		case !rows:
			if err := t.numberEntries(); err != nil {
				return err
			}
			if err := t.takeOverAll(); err != nil {
				return err
			}
		case !intervals:
			if err := t.takeOverIntervals(); err != nil {
				return err
			}
		}
		return t.exec("UPDATE evidence SET taken_over_at = coalesce(taken_over_at, ?1), intervals_at = coalesce(intervals_at, ?1)", micros(t.now))
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

// takeOverIntervals covers what a file holds whose evidence began before intervals were part of it.
func (t *tx) takeOverIntervals() error {
	var have bool
	err := t.sql.QueryRow("SELECT EXISTS (SELECT 1 FROM records WHERE kind = ?)", string(audit.Interval)).Scan(&have)
	if err != nil || have {
		return err // as in takeOverAll
	}
	at := slices.IndexFunc(covers, func(c cover) bool { return c.kind == audit.Interval })
	return t.eachRow(covers[at], func(subject string, content []byte) error {
		return t.proveAs(audit.Record{Kind: audit.Interval, Subject: subject, At: t.now, TakenOver: true}, content)
	})
}

// takenOver reports what was taken over: the rows of older schemas, and intervals, whose cover
// came later.
func takenOver(s source) (rows, intervals bool, err error) {
	err = s.QueryRow("SELECT taken_over_at IS NOT NULL, intervals_at IS NOT NULL FROM evidence").Scan(&rows, &intervals)
	return rows, intervals, err
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
	return t.eachRow(c, func(subject string, content []byte) error { return t.takeOverRow(c.kind, subject, content, tree) })
}

// eachRow goes through the rows of a cover as they are committed to.
func (t *tx) eachRow(c cover, do func(subject string, content []byte) error) error {
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
		if err := do(subject, audit.Content(c.names, values[1:])); err != nil {
			return err
		}
	}
	return rows.Err()
}
