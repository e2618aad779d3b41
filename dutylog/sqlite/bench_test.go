package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

func benchLog(b *testing.B) *sqlite.DB {
	b.Helper()
	db, err := sqlite.Open(ctx, filepath.Join(b.TempDir(), "log.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

// BenchmarkFirstRing is the way from the tracker to a durable call, entry and feed row.
func BenchmarkFirstRing(b *testing.B) {
	db, n := benchLog(b), 0
	for b.Loop() {
		n++
		if err := db.Record(ctx, story(inbound(n, "02422730001"), telephony.Missed)[:2]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAutosave is one saved revision of an entry.
func BenchmarkAutosave(b *testing.B) {
	db, c, revision := benchLog(b), inbound(0, "1"), 1
	if err := db.Record(ctx, story(c, telephony.Missed)[:2]); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		text := "第一稿"
		if revision%2 == 0 {
			text = "第二稿"
		}
		e, err := db.Amend(ctx, "e-"+c.ID, dutylog.EntryPatch{Revision: revision, Values: values{"content": text}}, officer, noon)
		if err != nil {
			b.Fatal(err)
		}
		revision = e.Revision
	}
}

// BenchmarkTodaysList is a page of fifty entries from a long log.
func BenchmarkTodaysList(b *testing.B) {
	db := benchLog(b)
	for n := range 500 {
		if err := db.Record(ctx, story(inbound(n, "1"), telephony.Missed)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, _, err := db.Entries(ctx, dutylog.EntryQuery{UnfinishedFirst: true}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkProve is what one record costs within a transaction; it does not grow with the log.
func BenchmarkProve(b *testing.B) {
	db, err := sqlite.Open(ctx, filepath.Join(b.TempDir(), "log.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	const batch = 1000
	for n := 0; b.Loop(); n++ {
		if err := db.ProveSome(fmt.Sprint(n), batch, false); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/batch, "µs/record")
}
