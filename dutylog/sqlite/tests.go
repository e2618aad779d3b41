package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog/audit"
	"dutyline/telephony/testcall"
)

const testColumns = "at, ended_at, line, cause, by_whom, token, number, verdict, reason, ringback, rang_after, bell_for, length, call_id, known_by, why, status, heard, detail, sound"

func testValues(r testcall.Result) []any {
	return []any{plainMicros(r.At), micros(r.EndedAt), r.Line, string(r.Cause), r.By, r.Token, r.Number, string(r.Verdict), string(r.Reason), string(r.Ringback),
		spanMicros(r.RangAfter), spanMicros(r.BellFor), r.Length.Microseconds(), r.CallID, string(r.Known), string(r.Why), r.Status, r.Heard, r.Detail, r.Sound}
}

// spanMicros is nil for a time that is not known.
func spanMicros(d time.Duration) any {
	if d < 0 {
		return nil
	}
	return d.Microseconds()
}

func scanTest(row scanner) (r testcall.Result, err error) {
	var rang, bell sql.NullInt64
	var length int64
	err = row.Scan(&r.ID, instant{&r.At}, instant{&r.EndedAt}, &r.Line, &r.Cause, &r.By, &r.Token, &r.Number, &r.Verdict, &r.Reason, &r.Ringback,
		&rang, &bell, &length, &r.CallID, &r.Known, &r.Why, &r.Status, &r.Heard, &r.Detail, &r.Sound)
	r.RangAfter, r.BellFor, r.Length = spanOf(rang), spanOf(bell), time.Duration(length)*time.Microsecond
	return r, err
}

func spanOf(n sql.NullInt64) time.Duration {
	if !n.Valid {
		return -1
	}
	return time.Duration(n.Int64) * time.Microsecond
}

// BeginTest implements testcall.Store.
func (db *DB) BeginTest(ctx context.Context, r testcall.Result) (id int64, err error) {
	err = db.write(ctx, "begin a test call", func(t *tx) error {
		result, err := t.sql.Exec("INSERT INTO tests ("+testColumns+") VALUES ("+marks(testColumns)+")", testValues(r)...)
		if err != nil {
			return err
		}
		if id, err = result.LastInsertId(); err != nil {
			return err
		}
		return t.proveRow(audit.Test, strconv.FormatInt(id, 10))
	})
	return id, err
}

// EndTest implements testcall.Store.
func (db *DB) EndTest(ctx context.Context, r testcall.Result) error {
	return db.write(ctx, "end a test call", func(t *tx) error {
		n, err := t.changed("UPDATE tests SET "+strings.ReplaceAll(testColumns, ", ", " = ?, ")+" = ? WHERE id = ? AND ended_at IS NULL", append(testValues(r), r.ID)...)
		switch {
		case err != nil:
			return err
		case n == 0:
			return fmt.Errorf("test call %d is over already, or there is none", r.ID)
		}
		return t.proveRow(audit.Test, strconv.FormatInt(r.ID, 10))
	})
}

// Tests implements testcall.Store.
func (db *DB) Tests(ctx context.Context, limit int) ([]testcall.Result, error) {
	return db.placedCalls(ctx, "cause <> ?", limit)
}

// testNear finds the test of a line that is next to a moment, on one side of it.
const testNear = "SELECT id, " + testColumns + " FROM tests INDEXED BY tests_by_time WHERE ended_at IS NOT NULL AND cause <> 'spot_check' AND line = ? AND at "

// TestNear implements testcall.Store.
func (db *DB) TestNear(ctx context.Context, line string, at time.Time) (nearest *testcall.Result, err error) {
	for _, side := range []string{"<= ? ORDER BY at DESC, id DESC LIMIT 1", "> ? ORDER BY at, id LIMIT 1"} {
		rows, err := db.reading(ctx).Query(testNear+side, line, plainMicros(at))
		found, err := all(rows, err, scanTest)
		if err != nil {
			return nil, db.explain("find the test call nearest to a call", err)
		}
		for _, r := range found {
			if nearest == nil || r.At.Sub(at) < at.Sub(nearest.At) {
				nearest = &r
			}
		}
	}
	return nearest, nil
}

// Checks implements testcall.Store.
func (db *DB) Checks(ctx context.Context, limit int) ([]testcall.Result, error) {
	return db.placedCalls(ctx, "cause = ?", limit)
}

// placedCalls are calls from the second line: tests, or spot checks.
func (db *DB) placedCalls(ctx context.Context, which string, limit int) ([]testcall.Result, error) {
	rows, err := db.reading(ctx).Query("SELECT id, "+testColumns+" FROM tests WHERE "+which+" ORDER BY id DESC LIMIT ?", string(testcall.SpotCheck), limit)
	list, err := all(rows, err, scanTest)
	return list, db.explain("list the calls from the second line", err)
}

const heardTests = "SELECT id, " + testColumns + " FROM tests WHERE sound <> '' ORDER BY id"

// HeardTests lists the calls from the second line whose sounds have to be there.
func (v *Verifier) HeardTests(ctx context.Context) ([]testcall.Result, error) {
	rows, err := v.db.reading(ctx).Query(heardTests)
	list, err := all(rows, err, scanTest)
	return list, v.db.explain("list what test calls heard", err)
}

// HeardTests lists the calls from the second line of which a sound was kept.
func (c *Copy) HeardTests(ctx context.Context) ([]testcall.Result, error) {
	rows, err := c.db.QueryContext(ctx, heardTests)
	list, err := all(rows, err, scanTest)
	return list, (&DB{path: c.file}).explain("list what test calls heard", err)
}

// Test implements testcall.Store.
func (db *DB) Test(ctx context.Context, id int64) (testcall.Result, error) {
	r, err := scanTest(db.reading(ctx).QueryRow("SELECT id, "+testColumns+" FROM tests WHERE id = ?", id))
	return r, db.explain("read a test call", noRows(err, "test", strconv.FormatInt(id, 10)))
}

// RunningTests implements testcall.Store.
func (db *DB) RunningTests(ctx context.Context) ([]testcall.Result, error) {
	rows, err := db.reading(ctx).Query("SELECT id, " + testColumns + " FROM tests WHERE ended_at IS NULL ORDER BY id")
	list, err := all(rows, err, scanTest)
	return list, db.explain("list the test calls that run", err)
}
