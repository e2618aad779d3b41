package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

var (
	ctx      = context.Background()
	noon     = time.Date(2026, 11, 23, 4, 17, 59, 603_123_000, time.UTC)
	shanghai = time.FixedZone("CST", 8*3600)
	officer  = dutylog.Actor{Login: "zhangwei", Name: "张伟", Role: dutylog.Officer}
	leader   = dutylog.Actor{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}
)

type values = map[dutylog.Field]string

// clock stands still unless it is moved.
type clock struct{ at atomic.Int64 }

func newClock(t time.Time) *clock {
	c := &clock{}
	c.at.Store(t.UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

// open opens a new log that is closed at the end of the test.
func open(t *testing.T) *sqlite.DB {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(noon).now})
}

// openSince opens a log that began at another time than that of its clock now.
func openSince(t *testing.T, begun time.Time, path string, o sqlite.Options) *sqlite.DB {
	t.Helper()
	first := o
	first.Now = newClock(begun).now
	ok(t, must(sqlite.Open(ctx, path, first))(t).Close())
	return openAt(t, path, o)
}

func openAt(t *testing.T, path string, o sqlite.Options) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(ctx, path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

// must stops the test when something that has to work does not.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func is[T any](v T) *T { return &v }

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// withPractice fills directory and roster.
func withPractice(t *testing.T, db *sqlite.DB) *sqlite.DB {
	t.Helper()
	ok(t, db.ReplaceDirectory(ctx, must(dutylog.PracticeDirectory("024"))(t), leader))
	ok(t, db.ReplaceRoster(ctx, dutylog.PracticeRoster(noon, shanghai)))
	return db
}

// inbound is a call that reaches the line n minutes after noon.
func inbound(n int, number string) telephony.Call {
	return telephony.Call{
		ID: fmt.Sprintf("%d.%d", 1795436279+60*n, n), Line: "duty", Direction: telephony.Inbound,
		OfferedAt: noon.Add(time.Duration(n) * time.Minute),
		Caller:    telephony.ParseNumber(number, "024"), Called: telephony.ParseNumber("02422739110", "024"),
	}
}

func state(s telephony.State, c telephony.Call, at time.Time) telephony.LineState {
	ls := telephony.LineState{Line: c.Line, State: s, Since: at}
	if s == telephony.Ringing || s == telephony.Talking {
		ls.CallID = c.ID
	}
	if s == telephony.Ringing {
		ls.RangAt = c.RangAt
	}
	return ls
}

// story is what the tracker says of one call, step by step.
func story(c telephony.Call, o telephony.Outcome) []telephony.Change {
	var all []telephony.Change
	say := func(kind telephony.ChangeKind, at time.Time, s telephony.State) {
		snapshot := c
		all = append(all, telephony.Change{Kind: kind, At: at, Line: c.Line, Call: &snapshot, State: state(s, c, at)})
	}
	at := c.OfferedAt
	say(telephony.CallOffered, at, telephony.Idle)
	if o != telephony.Engaged && o != telephony.Unreachable {
		at = at.Add(30 * time.Millisecond)
		c.RangAt, c.Rings = at, 1
		say(telephony.CallRang, at, telephony.Ringing)
	}
	if o == telephony.AnsweredInTime || o == telephony.AnsweredLate {
		at = at.Add(7 * time.Second)
		c.AnsweredAt, c.RangUntil, c.Rings = at, at, 2
		say(telephony.CallAnswered, at, telephony.Talking)
	}
	at = at.Add(20 * time.Second)
	if !c.RangAt.IsZero() && c.RangUntil.IsZero() {
		c.RangUntil = at.Add(-2 * time.Second) // the bell may stop before the call does
	}
	c.EndedAt, c.Outcome, c.Rule, c.HangupBy = at, o, "1000/4000/0/3", telephony.ByCaller
	say(telephony.CallEnded, at, telephony.Idle)
	return all
}

// rings records that a call rings, and no more.
func rings(t *testing.T, db *sqlite.DB, c telephony.Call) {
	t.Helper()
	ok(t, db.Record(ctx, story(c, telephony.Missed)[:2]))
}

// listed is a contact with one number.
func listed(unit, number string) dutylog.Contact {
	return dutylog.Contact{Unit: unit, Numbers: []dutylog.ContactPhone{{Kind: dutylog.NumberOffice, Number: telephony.ParseNumber(number, "024")}}}
}

func topics(items []dutylog.Item) []string {
	names := []string{}
	for _, i := range items {
		names = append(names, fmt.Sprintf("%s %s", i.Topic, i.Subject))
	}
	return names
}

// since lists everything after seq.
func since(t *testing.T, db *sqlite.DB, seq dutylog.Seq) []dutylog.Item {
	t.Helper()
	return must(db.Since(ctx, seq, 10_000))(t)
}

func last(t *testing.T, db *sqlite.DB) dutylog.Seq {
	t.Helper()
	return must(db.LastSeq(ctx))(t)
}
