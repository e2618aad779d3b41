package main_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// benchCall is an answered call as the tracker tells it, step by step.
func benchCall(n int64, at time.Time) []telephony.Change {
	c := telephony.Call{
		ID: fmt.Sprintf("bench-%d.%d", at.Unix(), n), Line: "duty", Direction: telephony.Inbound, Rule: telephony.DefaultRule().Version(),
		Caller: telephony.ParseNumber(fmt.Sprintf("0242%07d", n%10_000_000), "024"), Called: telephony.ParseNumber("02422739110", "024"), OfferedAt: at,
	}
	var all []telephony.Change
	say := func(kind telephony.ChangeKind, after time.Duration, s telephony.State) {
		now := c
		all = append(all, telephony.Change{Kind: kind, At: at.Add(after), Line: c.Line, Call: &now,
			State: telephony.LineState{Line: c.Line, State: s, Since: at.Add(after), CallID: c.ID, RangAt: c.RangAt}})
	}
	say(telephony.CallOffered, 0, telephony.Idle)
	c.RangAt, c.Rings = at.Add(20*time.Millisecond), 1
	say(telephony.CallRang, 20*time.Millisecond, telephony.Ringing)
	c.AnsweredAt, c.RangUntil = at.Add(5*time.Second), at.Add(5*time.Second)
	say(telephony.CallAnswered, 5*time.Second, telephony.Talking)
	c.EndedAt, c.Outcome, c.Reason, c.HangupBy = at.Add(time.Minute), telephony.AnsweredInTime, telephony.ReasonAnswered, telephony.ByCaller
	say(telephony.CallEnded, time.Minute, telephony.Idle)
	return all
}

// benchDB is in the zone of a site that names none: the search index is made anew where another one reads on.
func benchDB(b *testing.B, file string) *sqlite.DB {
	b.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		b.Fatal(err)
	}
	db, err := sqlite.Open(b.Context(), file, sqlite.Options{Location: zone})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

// durableCalls records whole calls as the daemon does under load: of all calls under way, the
// steps that wait share one Record, and none is told its next step before that is on the disk.
func (m *measurements) durableCalls(b *testing.B) float64 {
	const underWay, rounds, round = 32, 5, 2 * time.Second
	db := benchDB(b, filepath.Join(b.TempDir(), "log.db"))
	n := int64(0)
	var rates []float64
	w := watchMachine()
	for range rounds {
		before, began := n, time.Now()
		for time.Since(began) < round {
			var steps [4][]telephony.Change
			for range underWay {
				n++
				for i, change := range benchCall(n, time.Now()) {
					steps[i] = append(steps[i], change)
				}
			}
			for _, batch := range steps {
				if err := db.Record(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
			}
		}
		rates = append(rates, float64(n-before)/time.Since(began).Seconds())
	}
	tellf("durable calls: median %.0f/s, slowest round %.0f/s, fastest %.0f/s; %d under way at once, each of the four steps of each on the disk; %s",
		percentile(rates, 50), percentile(rates, 0), percentile(rates, 100), underWay, w.stop())
	return percentile(rates, 50)
}

// million is a duty log with a million entries.
type million struct{ file string }

const entriesOfMillion = 1_000_000

// measureMillion builds it: one call is recorded as the daemon does, then multiplied in SQL.
func (m *measurements) measureMillion(b *testing.B) million {
	b.Helper()
	dir, err := os.MkdirTemp(os.Getenv("DUTYLINE_BENCH_DIR"), "million-")
	if err != nil {
		b.Fatal(err)
	}
	m.left = append(m.left, func() { _ = os.RemoveAll(dir) })
	file := filepath.Join(dir, "log.db")
	db := benchDB(b, file)
	if err := db.Record(b.Context(), benchCall(0, time.Now().Add(-time.Hour))); err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := multiply(b.Context(), file, entriesOfMillion); err != nil {
		b.Fatalf("build a duty log of a million entries: %v", err)
	}
	copied := time.Now()
	if db = benchDB(b, file); db.Close() != nil { // opening it numbers the entries and proves every row
		b.Fatal("the log was not closed")
	}
	tellf("a duty log of %d entries was taken over into the evidence in %.0f s", entriesOfMillion, time.Since(copied).Seconds())
	info, err := os.Stat(file)
	if err != nil {
		b.Fatal(err)
	}
	tellf("a duty log of %d entries was built in %.0f s: %d MB", entriesOfMillion, time.Since(began).Seconds(), info.Size()>>20)
	return million{file}
}

// multiply copies the only call of a log, with all that belongs to it, into n older ones.
func multiply(ctx context.Context, file string, n int) error {
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_journal_mode=MEMORY&_synchronous=OFF&_foreign_keys=off&_cache_size=-400000")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	restore, err := dropIndexes(ctx, db)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var call string
	if err := tx.QueryRow("SELECT id FROM calls").Scan(&call); err != nil {
		return err
	}
	// What takes another value in the i-th copy, which is a minute older than the one before.
	callID := "printf('bench-%d.0', offered_at / 1000000 - i * 60)"
	of := strings.NewReplacer("offered_at", "(SELECT offered_at FROM calls WHERE id = '"+call+"')").Replace(callID)
	entryID, body := "'e-' || "+of, fmt.Sprintf("replace(body, '%s', %s)", call, of)
	entryBody := "json_set(" + body + ", '$.call_at', call_at - i * 60000000)"
	for _, t := range []struct {
		table  string
		values map[string]string
	}{
		{"calls", map[string]string{"id": callID, "entry_id": "'e-' || " + callID, "offered_at": "offered_at - i * 60000000", "rang_at": "rang_at - i * 60000000",
			"rang_until": "rang_until - i * 60000000", "answered_at": "answered_at - i * 60000000", "ended_at": "ended_at - i * 60000000",
			"settled_by": "'journal'"}}, // as it is in a log beside a journal; those that wait to be settled are a handful
		{"entries", map[string]string{"id": entryID, "call_id": of, "call_at": "call_at - i * 60000000", "body": entryBody,
			"year": "NULL", "number": "NULL"}},
		{"revisions", map[string]string{"entry_id": entryID, "at": "at - i * 60000000",
			"body": "json_set(" + body + ", '$.call_at', json_extract(body, '$.call_at') - i * 60000000)"}},
		{"recordings", map[string]string{"call_id": of, "status": "'sealed'", "next_try": "NULL"}},
	} {
		if err := copyRows(tx, t.table, t.values, n); err != nil {
			return fmt.Errorf("%s: %w", t.table, err)
		}
	}
	if err := forgetEvidence(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return restore()
}

// forgetEvidence makes the log one of an older version, whose rows are taken over at the next
// opening: nobody proved the copies.
func forgetEvidence(tx *sql.Tx) error {
	var trigger string
	if err := tx.QueryRow("SELECT sql FROM sqlite_schema WHERE name = 'records_stay'").Scan(&trigger); err != nil {
		return err
	}
	for _, statement := range []string{"DROP TRIGGER records_stay", "DELETE FROM records", "UPDATE evidence SET taken_over_at = NULL", trigger} {
		if _, err := tx.Exec(statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// copyRows takes columns that are not named as they are.
func copyRows(tx *sql.Tx, table string, values map[string]string, n int) error {
	rows, err := tx.Query("SELECT name FROM pragma_table_info(?)", table)
	if err != nil {
		return err
	}
	defer rows.Close()
	var columns, wanted []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		columns = append(columns, name)
		if v, ok := values[name]; ok {
			name = v
		}
		wanted = append(wanted, name)
	}
	_, err = tx.Exec(fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d), model AS MATERIALIZED (SELECT * FROM %s LIMIT 1)
		INSERT INTO %s (%s) SELECT %s FROM n, model`, n, table, table, strings.Join(columns, ", "), strings.Join(wanted, ", ")))
	return err
}

// dropIndexes makes room for a quick build; restore makes them again.
func dropIndexes(ctx context.Context, db *sql.DB) (restore func() error, err error) {
	rows, err := db.QueryContext(ctx, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('calls', 'entries', 'revisions', 'recordings')")
	if err != nil {
		return nil, err
	}
	var names, again []string
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, err
		}
		names, again = append(names, name), append(again, text)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := db.ExecContext(ctx, "DROP INDEX "+name); err != nil {
			return nil, err
		}
	}
	return func() error {
		for _, text := range again {
			if _, err := db.ExecContext(ctx, text); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// growth is what a call costs in a log with a million entries by what it costs in an empty one.
// The two take turns after every few calls, so that what else the machine does hits both alike.
func (m *measurements) growth(b *testing.B) float64 {
	const turns, calls = 150, 40
	small := benchDB(b, filepath.Join(b.TempDir(), "log.db"))
	large := benchDB(b, m.million.get(b, m.measureMillion).file)
	n := int64(1000)
	cost := func(db *sqlite.DB) time.Duration {
		began := time.Now()
		for range calls {
			n++
			if err := db.Record(b.Context(), benchCall(n, time.Now())); err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(began) / calls
	}
	var smalls, larges []time.Duration
	for turn := range turns {
		s, l := cost(small), cost(large)
		if turn >= turns/10 { // after their caches are warm
			smalls, larges = append(smalls, s), append(larges, l)
		}
	}
	tellf("a call costs in an empty log: %s", spread(smalls))
	tellf("in one with a million entries: %s", spread(larges))
	_ = large.Close()
	return percentile(larges, 50).Seconds() / percentile(smalls, 50).Seconds()
}

// caughtUp is from kill -9 until a daemon with a million entries sees the switch, has taken up
// the calls under way and knows the one that came and went meanwhile.
func (m *measurements) caughtUp(b *testing.B) float64 {
	const rounds = 5
	log := m.million.get(b, m.measureMillion)
	indexAll(b, log.file)
	bed := newLoadBed(b, filepath.Dir(log.file))
	bed.startDaemon(b)
	var calls sync.WaitGroup
	defer calls.Wait()
	var took, placed, sights []time.Duration
	for round := range rounds {
		number := func(n int) string { return fmt.Sprintf("0249%03d%04d", round, n) }
		for n := range 5 {
			calls.Go(func() {
				bed.peers.place(plan{caller: number(n), fate: fateAnswered, ring: time.Second, talk: 3 * time.Second})
			})
		}
		pause(1500 * time.Millisecond)
		killed := time.Now()
		if err := bed.daemon.kill(); err != nil {
			b.Fatal(err)
		}
		bed.peers.place(plan{caller: number(9), fate: fateBusy})
		away := time.Since(killed)
		if err := bed.daemon.start(); err != nil {
			b.Fatal(err)
		}
		if err := bed.daemon.ready(20 * time.Second); err != nil {
			b.Fatal(err)
		}
		seen := time.Since(killed)
		if !eventually(10*time.Second, func() bool { return hasCalls(b, log.file, killed.Add(-10*time.Second), number, 9) }) {
			b.Fatalf("the switch was seen again after %.0f ms, but the call that came and went meanwhile is not in the log 10 s later", millis(seen))
		}
		took, placed, sights = append(took, time.Since(killed)), append(placed, away), append(sights, seen)
		calls.Wait()
	}
	slices.Sort(took)
	tellf("from kill -9 to all caught up, with %d entries: %s; the call that came and went was over after %.0f ms, the switch was seen again after %.0f ms",
		entriesOfMillion, spread(took), millis(percentile(placed, 50)), millis(percentile(sights, 50)))
	return millis(percentile(took, 50))
}

// indexAll has every entry found, as in a log to which they came one by one. A daemon that starts
// on a million that were never read would read them beside everything else for a minute.
func indexAll(b *testing.B, file string) {
	b.Helper()
	db := benchDB(b, file)
	index, err := db.OpenIndex(b.Context())
	if err == nil {
		err = errors.Join(readAll(b.Context(), index), index.Close())
	}
	if err = errors.Join(err, db.Close()); err != nil {
		b.Fatal(err)
	}
}

// hasCalls reports whether the log knows the five calls under way and the end of the last one.
func hasCalls(b *testing.B, file string, since time.Time, number func(int) string, last int) bool {
	b.Helper()
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_query_only=on&_busy_timeout=5000")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var under, ended int
	err = db.QueryRow("SELECT count(*) FILTER (WHERE caller BETWEEN ? AND ?), count(*) FILTER (WHERE caller = ? AND ended_at IS NOT NULL) FROM calls WHERE offered_at > ?",
		number(0), number(4), number(last), since.UnixMicro()).Scan(&under, &ended)
	if err != nil {
		b.Fatal(err)
	}
	return under == 5 && ended == 1
}

func TestALogIsMultiplied(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	db, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Record(t.Context(), benchCall(0, noon)); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	if err := multiply(t.Context(), file, 50); err != nil {
		t.Fatal(err)
	}
	if db, err = sqlite.Open(t.Context(), file, sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if r := verified(t, file); r.Verdict() == audit.Altered || r.Of("revision").TakenOver < 51 {
		t.Errorf("%+v", r.Findings)
	}
	c, err := db.Call(t.Context(), fmt.Sprintf("bench-%d.0", noon.Unix()-50*60))
	if err != nil || c.EntryID == "" || math.Abs(noon.Sub(c.OfferedAt).Minutes()-50) > 0.01 {
		t.Fatalf("the last copy is %+v, %v", c, err)
	}
	if e, err := db.Entry(t.Context(), c.EntryID); err != nil || e.ID != c.EntryID || e.CallID != c.ID {
		t.Errorf("its entry is %+v, %v", e, err)
	}
}
