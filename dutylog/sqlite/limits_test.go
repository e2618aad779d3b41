package sqlite_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

func FuzzCursor(f *testing.F) {
	db, err := sqlite.Open(ctx, f.TempDir()+"/log.db", sqlite.Options{Now: newClock(noon).now})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = db.Close() })
	for i := range 3 {
		if err := db.Record(ctx, story(inbound(i, "1"), telephony.Missed)); err != nil {
			f.Fatal(err)
		}
	}
	for _, text := range []string{"c 5 x", "e 5 x", "u 5 open x", "u 5 x", "e -1 ", "e 99999999999999999999 x", ""} {
		f.Add(base64.RawURLEncoding.EncodeToString([]byte(text)))
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		_, _, calls := db.Calls(ctx, dutylog.CallQuery{Cursor: cursor})
		_, _, entries := db.Entries(ctx, dutylog.EntryQuery{Cursor: cursor})
		_, _, unfinished := db.Entries(ctx, dutylog.EntryQuery{Cursor: cursor, UnfinishedFirst: true})
		good := 0
		for _, err := range []error{calls, entries, unfinished} {
			var invalid *dutylog.InvalidError
			switch {
			case err == nil:
				good++
			case !errors.As(err, &invalid):
				t.Fatalf("%q: %v", cursor, err)
			}
		}
		if cursor != "" && good > 1 {
			t.Fatalf("%q is a cursor of %d lists", cursor, good)
		}
	})
}

func TestPagesAreNeitherEmptyNorEndless(t *testing.T) {
	db := open(t)
	for i := range 60 {
		rings(t, db, inbound(i, "1"))
	}
	for limit, want := range map[int]int{-1: 50, 0: 50, 1: 1, 60: 60, 500: 60, 100_000: 60} {
		calls, next, err := db.Calls(ctx, dutylog.CallQuery{Limit: limit})
		if err != nil || len(calls) != want || (next != "") != (want < 60) {
			t.Errorf("limit %d: %d calls, cursor %q, %v; want %d", limit, len(calls), next, err, want)
		}
		entries, next, err := db.Entries(ctx, dutylog.EntryQuery{Limit: limit})
		if err != nil || len(entries) != want || (next != "") != (want < 60) {
			t.Errorf("limit %d: %d entries, cursor %q, %v; want %d", limit, len(entries), next, err, want)
		}
	}
}

func TestALargeDirectoryIsSwappedAndSearched(t *testing.T) {
	db := open(t)
	var rows []dutylog.Contact
	for i := range 20_000 {
		rows = append(rows, listed(fmt.Sprintf("单位 %d", i), fmt.Sprintf("024%08d", 22000000+i)))
	}
	ok(t, db.ReplaceDirectory(ctx, rows, leader))
	if got := must(db.Candidates(ctx, rows[12345].Numbers[0].Number))(t); len(got) != 1 || got[0].Unit != "单位 12345" {
		t.Errorf("%+v", got)
	}
}

func TestALongCallHistoryOfOneNumber(t *testing.T) {
	db := withPractice(t, open(t))
	for i := range 30 {
		ok(t, db.Record(ctx, story(inbound(i, "02422730001"), telephony.AnsweredInTime)))
	}
	if running := must(db.Remainder(ctx, time.Time{}))(t).Running; len(running) != 0 {
		t.Errorf("%d calls run", len(running))
	}
	if due := must(db.DueRecordings(ctx, noon.Add(time.Hour)))(t); len(due) != 30 {
		t.Errorf("%d recordings are due", len(due))
	}
}

func TestErrorsNameTheFileAndWhatWasDone(t *testing.T) {
	db := open(t)
	ok(t, db.ExecOnWriter("DROP TABLE shifts"))
	_, read := db.OnDuty(ctx, noon)
	write := db.ReplaceRoster(ctx, dutylog.PracticeRoster(noon, shanghai))
	for doing, err := range map[string]error{"look into the roster": read, "import the roster": write} {
		if err == nil || !strings.HasPrefix(err.Error(), doing+" in duty log "+db.Path()) || !strings.Contains(err.Error(), "no such table") {
			t.Errorf("%v, want it to begin with what was done", err)
		}
	}
	// A call that cannot look up its officer is not lost silently: the whole change fails.
	if err := db.Record(ctx, story(inbound(0, "1"), telephony.Missed)); err == nil {
		t.Error("a call without its entry was recorded")
	}
	if _, err := db.Call(ctx, inbound(0, "1").ID); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("half of a change is in the log: %v", err)
	}
	if got := last(t, db); got != 0 {
		t.Errorf("the feed tells %d rows of what was not written", got)
	}
}
