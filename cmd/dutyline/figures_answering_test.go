package main_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// A large log has the calls of a busy switchboard for three years; a small one has as many on each day, and a
// tenth of the days. So growth says what more history costs, not what more calls a day cost.
const (
	answeringDays = 1095
	answeringADay = 914
)

// answeringTimes is how long every answer about figures took, by question.
type answeringTimes struct {
	all    []time.Duration // of every question
	common []time.Duration // of those that both logs are asked
}

type answeringCost struct{ small, large answeringTimes }

// fillAnswering writes calls of every outcome, with entry and recording, for so many days before now: one
// day's rows are made and copied. Three officers share a day, and twelve take turns. It is no log that verify would call intact.
func fillAnswering(ctx context.Context, file string, days, aDay int, now time.Time) error {
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_journal_mode=OFF&_synchronous=OFF&_foreign_keys=off&_cache_size=-400000")
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
	outcomes := strings.Fields("answered_in_time answered_in_time answered_in_time answered_in_time answered_in_time answered_late missed abandoned_early engaged rejected")
	begin := now.Add(-24 * time.Hour).UnixMicro()
	for n := range aDay {
		at, outcome := begin+int64(n)*int64(24*time.Hour/time.Microsecond)/int64(aDay), outcomes[n%len(outcomes)]
		var rang, answered any
		if strings.HasPrefix(outcome, "answered") {
			rang, answered = at+500_000, at+500_000+int64(n*7919%20_000)*1000
		}
		id := answeringID(now, n, aDay, 0)
		if _, err := tx.Exec("INSERT INTO calls (id,line,direction,caller,caller_e164,caller_name,called,called_e164,outcome,reason,offered_at,rang_at,answered_at,ended_at,rings,rule,hangup_by,forwarded_to,redirected_from,findings,said_tags,set_tags,tags,entry_id) "+
			"VALUES (?,'duty','in','','','','','',?,'',?,?,?,?,1,'rings-3-on-1s-off-4s-pm-100ms','','','','[]','[]','[]','[]',?)", id, outcome, at, rang, answered, at+60_000_000, "e-"+id); err != nil {
			return err
		}
		body := fmt.Sprintf(`{"id":"e-%s","call_id":"%s","values":{"answered_by":"%c〇","content":"%s"},"responsible":"张伟","completed_at":%d}`, id, id, family[n*3/aDay], benchBody(n), at+completedAfter(n))
		if _, err := tx.Exec("INSERT INTO entries (id,call_id,line,kind,state,revision,call_at,body) VALUES (?,?,'duty','duty','complete',1,?,?)", "e-"+id, id, at, body); err != nil {
			return err
		}
		if !strings.HasPrefix(outcome, "answered") {
			if err := addMissed(tx, id, n, at); err != nil {
				return err
			}
		}
		if _, err := tx.Exec("INSERT INTO recordings (call_id,status,reason,path,digest,size,duration_us,talk_us,findings,sealed_at,attempts) VALUES (?,'sealed','','','',0,0,0,'[]',?,0)", id, at+61_000_000); err != nil {
			return err
		}
	}
	const back, where = "- d.n * 86400000000", " FROM d, (SELECT * FROM %s LIMIT ?2) m"
	for _, t := range []struct {
		table  string
		values map[string]string
	}{
		{"calls", map[string]string{"id": earlierID("m.id"), "entry_id": "'e-' || " + earlierID("m.id"), "offered_at": "m.offered_at " + back, "rang_at": "m.rang_at " + back, "answered_at": "m.answered_at " + back, "ended_at": "m.ended_at " + back}},
		{"entries", map[string]string{"id": "'e-' || " + earlierID("m.call_id"), "call_id": earlierID("m.call_id"), "call_at": "m.call_at " + back, "body": "replace(replace(m.body, m.body ->> '$.completed_at', (m.body ->> '$.completed_at') " + back + "), '〇', substr('甲乙丙丁', d.n % 4 + 1, 1))"}},
		{"recordings", map[string]string{"call_id": earlierID("m.call_id"), "sealed_at": "m.sealed_at " + back}},
		{"missed_calls", map[string]string{"call_id": earlierID("m.call_id"), "at": "m.at " + back, "settled_at": "m.settled_at " + back}},
	} {
		columns, wanted, err := columnsOf(tx, t.table, t.values)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("WITH RECURSIVE d(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM d WHERE n < ?1) INSERT INTO "+t.table+" ("+columns+") SELECT "+wanted+fmt.Sprintf(where, t.table), days-1, aDay); err != nil {
			return fmt.Errorf("%s: %w", t.table, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return restore()
}

// answeringID is the id of the nth of so many calls a day, so many days before the last: as a switch gives them, the
// second of its beginning and a number, so that what belongs to one time lies together.
func answeringID(now time.Time, n, aDay, days int) string {
	at := now.Add(-24*time.Hour).UnixMicro() + int64(n)*int64(24*time.Hour/time.Microsecond)/int64(aDay)
	return fmt.Sprintf("%d.%d", at/1_000_000-int64(days)*86_400, n)
}

// earlierID is the id of a copied call, d.n days before.
func earlierID(id string) string {
	return "(CAST(" + id + " AS INTEGER) - d.n * 86400) || substr(" + id + ", instr(" + id + ", '.'))"
}

// completedAfter is when an entry was complete: one of each three hundred hours too late.
func completedAfter(n int) int64 {
	if n%300 == 7 {
		return 5 * 3600 * 1_000_000
	}
	return 90_000_000
}

// addMissed notes a caller who did not get through: most were called back within minutes, some hours later, and
// few wait.
func addMissed(tx *sql.Tx, id string, n int, at int64) error {
	var settled any = at + int64((60+n*7919%1200)*1_000_000)
	why := "other_phone"
	switch {
	case n%100 == 6:
		settled, why = nil, ""
	case n%20 == 6:
		settled = at + 6*3600*1_000_000
	}
	_, err := tx.Exec("INSERT INTO missed_calls (call_id,at,settled_at,why,by_call,text,by_login,by_name,by_role) VALUES (?,?,?,?,'','','','','')", id, at, settled, why)
	return err
}

// columnsOf names the columns of a table, and what each takes in a copy.
func columnsOf(tx *sql.Tx, table string, values map[string]string) (columns, wanted string, err error) {
	rows, err := tx.Query("SELECT name FROM pragma_table_info(?)", table)
	if err != nil {
		return "", "", err
	}
	defer rows.Close()
	var names, from []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return "", "", err
		}
		names = append(names, name)
		if v, ok := values[name]; ok {
			from = append(from, v)
		} else {
			from = append(from, "m."+name)
		}
	}
	return strings.Join(names, ", "), strings.Join(from, ", "), rows.Err()
}

// answeringLog is a log of so many days up to now, ready to be asked.
func answeringLog(b *testing.B, days int, zone *time.Location, now time.Time) askFigures {
	b.Helper()
	file := filepath.Join(b.TempDir(), "log.db")
	db, err := sqlite.Open(b.Context(), file, sqlite.Options{Location: zone})
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := fillAnswering(b.Context(), file, days, answeringADay, now); err != nil {
		b.Fatal(err)
	}
	filled := time.Now()
	if db, err = sqlite.Open(b.Context(), file, sqlite.Options{Location: zone}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	made := time.Now()
	for left := true; left; {
		if left, err = db.KeepTallies(b.Context(), now, 20); err != nil {
			b.Fatal(err)
		}
	}
	if err := db.FreezeMonths(b.Context(), now, dutylog.SeedCalendar(), 3); err != nil {
		b.Fatal(err)
	}
	if err := db.SumMonths(b.Context(), now); err != nil {
		b.Fatal(err)
	}
	tellf("%d calls of %d days were written in %.0f s; their tallies were made and their months closed in %.0f s", days*answeringADay, days, filled.Sub(began).Seconds(), time.Since(made).Seconds())
	return answeringServer(b, db, zone, time.Now)
}

// measureAnswerings asks both logs everything that is asked about figures. The two take turns at every
// question, so that what else the machine does hits both alike.
func (m *measurements) measureAnswerings(b *testing.B) (cost answeringCost) {
	b.Helper()
	const rounds = 40
	zone, now := time.FixedZone("Asia/Shanghai", 8*3600), time.Now()
	small, large := answeringLog(b, answeringDays/10, zone, now), answeringLog(b, answeringDays, zone, now)
	common, wide := answeringQuestions(now, zone, answeringADay)
	w, slowest := watchMachine(), slowQuestion{}
	for i, q := range append(common, wide...) {
		var took, tookSmall []time.Duration
		size := 0
		for range rounds {
			d, n := large(q)
			took, size = append(took, d), n
			if i < len(common) {
				d, _ := small(q)
				tookSmall = append(tookSmall, d)
			}
		}
		tellf("%s: %s, %d kB", q, spread(took), size>>10)
		slowest.take(q, percentile(took, 50))
		cost.large.all = append(cost.large.all, took...)
		if i < len(common) {
			cost.large.common, cost.small.common = append(cost.large.common, took...), append(cost.small.common, tookSmall...)
		}
	}
	tellf("the slowest question was %s: one half of its answers took more than %.0f ms", slowest.question, millis(slowest.median))
	tellf("while figures were asked for: %s", w.stop())
	return cost
}

// answeringMillion is how long the slowest of a hundred answers about figures took, with a million calls.
func (m *measurements) answeringMillion(b *testing.B) float64 {
	return millis(percentile(m.answering.get(b, m.measureAnswerings).large.all, 99))
}

// answeringGrowth is what the same questions cost in a log of a million calls by what they cost in one of a
// hundred thousand, which has as many calls a day and a tenth of the days. What more calls a day cost, it does not say.
func (m *measurements) answeringGrowth(b *testing.B) float64 {
	cost := m.answering.get(b, m.measureAnswerings)
	return percentile(cost.large.common, 50).Seconds() / percentile(cost.small.common, 50).Seconds()
}

// The log that is measured has what it says it has, and every question is answered.
func TestTheLogOfTheAnsweringFigures(t *testing.T) {
	zone, now := time.FixedZone("Asia/Shanghai", 8*3600), time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	file := filepath.Join(t.TempDir(), "log.db")
	db, err := sqlite.Open(t.Context(), file, sqlite.Options{Location: zone})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := fillAnswering(t.Context(), file, 70, 20, now); err != nil {
		t.Fatal(err)
	}
	if db, err = sqlite.Open(t.Context(), file, sqlite.Options{Location: zone}); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.FreezeMonths(t.Context(), now, dutylog.SeedCalendar(), 3); err != nil {
		t.Fatal(err)
	}
	last := dutylog.DateOf(now, zone)
	got, err := db.Answering(t.Context(), dutylog.AnsweringQuery{From: last.Add(-80).Start(zone), To: last.Add(1).Start(zone), By: dutylog.ByOfficer, Now: now})
	if err != nil || got.Total.Tally.Calls() != 1400 || len(got.Groups) != 15 || len(got.Frozen) != 2 || got.Total.Tally.Entering.Summary().P50 != 30 {
		t.Errorf("%d calls, %d officers, %d closed months, %v", got.Total.Tally.Calls(), len(got.Groups), len(got.Frozen), err)
	}
	ask := answeringServer(t, db, zone, func() time.Time { return now })
	common, wide := answeringQuestions(now, zone, 20)
	for _, q := range append(common, wide...) {
		if _, size := ask(q); size < 25 || size < 500 && strings.Contains(q.path, "/metrics/") {
			t.Errorf("%s is answered with %d bytes", q, size)
		}
	}
}
