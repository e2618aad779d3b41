package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-sqlite3"

	"dutyline/dutylog/sqlite"
)

// fileWith makes a database of these statements.
func fileWith(t *testing.T, statements ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "some.db")
	db := must(sql.Open("sqlite3", "file:"+file))(t)
	defer db.Close()
	for _, s := range statements {
		must(db.Exec(s))(t)
	}
	return file
}

// What is hashed of a row does not depend on the way by which it was read.
func TestRowsReadManyAtATimeAreThoseOfTheDriver(t *testing.T) {
	file := fileWith(t, "CREATE TABLE t (a, b, c)",
		"INSERT INTO t VALUES (1, 'text', NULL), (-9223372036854775808, '', x''), (9223372036854775807, x'00ff', 0.5), (NULL, '张伟 \n', -1e300), (0, 'a' || char(0) || 'b', 1e999)",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT i, printf('%.*c', i, 'x'), i * 1.25 FROM n",
		"INSERT INTO t VALUES ('larger than what is read at once', zeroblob(200000), printf('%.*c', 300000, 'y')), (3, 'the last', NULL)")
	for _, query := range []string{"SELECT a, b, c FROM t ORDER BY rowid", "SELECT a, b, c FROM t WHERE a = 'none'"} {
		want := must(sqlite.Unpacked(file, query, "a", "b", "c"))(t)
		if diff := cmp.Diff(want, must(sqlite.Packed(file, query, "a", "b", "c"))(t)); diff != "" {
			t.Errorf("%s (-driver +many at a time):\n%.2000s", query, diff)
		}
	}
	for query, code := range map[string]sqlite3.ErrNo{
		"SELECT nothing FROM t": sqlite3.ErrError, "SELECT a FROM t WHERE abs(-9223372036854775808) > 1": sqlite3.ErrError,
		"INSERT INTO t VALUES (1, 2, 3)": sqlite3.ErrReadonly,
	} {
		_, err := sqlite.Packed(file, query)
		if fault := (sqlite3.Error{}); !errors.As(err, &fault) || fault.Code != code {
			t.Errorf("%s: %v, want an error of SQLite %d", query, err, code)
		}
	}
	if _, err := sqlite.Packed(filepath.Join(t.TempDir(), "none.db"), "SELECT 1"); err == nil {
		t.Error("a file that is not there was opened")
	}
}

// An entry that passes without a look of SQLite is one that SQLite would let pass.
func TestWhatPassesAsPlainIsNotOdd(t *testing.T) {
	file := fileWith(t, "CREATE TABLE entries (id TEXT, kind TEXT, state TEXT, line TEXT, call_at INT, call_id TEXT, handling TEXT, late INT, late_from INT, paper_sheet INT, body TEXT)",
		"CREATE TABLE revisions (entry_id TEXT, revision INT, body TEXT)", "ALTER TABLE entries ADD COLUMN revision INT")
	db := must(sql.Open("sqlite3", "file:"+file))(t)
	defer db.Close()
	const usual = `{"id":"e","call_id":"c-1","line":"duty","kind":"call","state":"open","revision":1,"values":{"content":"火情 \"a\" {]"},"call_at":17,"steps":[{"kind":"x"}]}`
	bodies := []string{usual,
		strings.Replace(usual, `"call_id":"c-1",`, "", 1), strings.Replace(usual, `"c-1"`, `""`, 1), strings.Replace(usual, `"c-1"`, `null`, 1),
		strings.Replace(usual, `"call_at":17`, `"call_at":17,"handling":"closed"`, 1), strings.Replace(usual, `"call_at":17`, `"call_at":17,"handling":""`, 1),
		strings.Replace(usual, `"call_at":17`, `"call_at":"17"`, 1), strings.Replace(usual, `"call_at":17`, `"call_at":17.0`, 1), strings.Replace(usual, `"call_at":17`, `"call_at":18`, 1),
		strings.Replace(usual, `"kind":"call"`, `"kind":"call","kind":"fax"`, 1), strings.Replace(usual, `"kind":"call"`, `"kind":"fax","kind":"call"`, 1),
		strings.Replace(usual, `"kind":"call"`, `"kind":"c\u0061ll"`, 1), strings.Replace(usual, `"kind":"call"`, `"k\u0069nd":"call"`, 1), strings.Replace(usual, `"kind":"call"`, `"kind": "call"`, 1),
		strings.Replace(usual, `"kind":"call"`, `"kind":5`, 1), strings.Replace(usual, `"kind":"call"`, `"kind":"a\"b"`, 1), strings.Replace(usual, `"kind":"call"`, `"kind":"a\\b"`, 1),
		strings.Replace(usual, `"content"`, `"paper_sheet":"7","content"`, 1), strings.Replace(usual, `"content"`, `"p\u0061per_sheet":"7","content"`, 1),
		strings.Replace(usual, `"call_at":17`, `"call_at":17,"late":{"blind":5}`, 1), strings.Replace(usual, `"call_at":17`, `"call_at":17,"late":{}`, 1), strings.Replace(usual, `"call_at":17`, `"call_at":17,"late":null`, 1),
		`{}`, `[]`, `"call"`,
	}
	n := 0
	for _, body := range bodies {
		for _, kind := range []any{"call", "fax", "5", `a"b`, `a\b`, `a\\b`} {
			for _, callID := range []any{"c-1", "", nil} {
				for _, rest := range [][]any{{"open", "duty", 17, "", 0, nil, nil}, {"open", "duty", 17, "closed", 0, nil, nil}, {"complete", "duty", 17, "", 0, nil, nil}, {"open", "duty", 18, "", 0, nil, nil},
					{"open", "fire", 17, "", 0, nil, nil}, {"open", "duty", 17, "", 1, 5, nil}, {"open", "duty", 17, "", 1, nil, nil}, {"open", "duty", 17, "", 0, 5, nil}, {"open", "duty", 17, "", 0, nil, 7}} {
					n++
					must(db.Exec("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)", fmt.Sprintf("e-%05d", n), kind, rest[0], rest[1], rest[2], callID, rest[3], rest[4], rest[5], rest[6], body))(t)
				}
			}
		}
	}
	plain := must(sqlite.PlainEntries(file))(t)
	for _, id := range plain {
		var odd bool
		ok(t, db.QueryRow(sqlite.OddEntryQuery, id).Scan(&odd))
		if odd {
			var body string
			ok(t, db.QueryRow("SELECT kind || ' ' || coalesce(call_id, 'null') || ' ' || body FROM entries WHERE id = ?", id).Scan(&body))
			t.Errorf("%s passes as plain, and SQLite finds it odd: %s", id, body)
		}
	}
	if !slices.Contains(plain, "e-00001") || len(plain) < 4 || len(plain) > n/20 {
		t.Errorf("%d of %d pass as plain, the first one: %v", len(plain), n, slices.Contains(plain, "e-00001"))
	}
}
