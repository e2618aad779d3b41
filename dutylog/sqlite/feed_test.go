package sqlite_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

func TestTheFeedIsWithoutGapsAndInOrder(t *testing.T) {
	db := open(t)
	if got := last(t, db); got != 0 {
		t.Errorf("a new log ends at %d", got)
	}
	if got := since(t, db, 0); len(got) != 0 {
		t.Errorf("a new log tells %v", got)
	}
	for i := range 5 {
		ok(t, db.Record(ctx, story(inbound(i, "1"), telephony.Missed)))
	}
	// A write that fails uses no number up.
	if _, err := db.Amend(ctx, "nobody", patch(1, nil), officer, noon); err == nil {
		t.Fatal("an entry that is not there was changed")
	}
	rings(t, db, inbound(9, "1"))
	items := since(t, db, 0)
	for i, item := range items {
		if item.Seq != dutylog.Seq(i+1) || !item.At.Equal(noon.Truncate(time.Microsecond)) || item.Line != "duty" {
			t.Errorf("row %d: %+v", i, item)
		}
	}
	if got := last(t, db); int(got) != len(items) {
		t.Errorf("last %d, %d rows", got, len(items))
	}
	part := must(db.Since(ctx, 3, 2))(t)
	if len(part) != 2 || part[0].Seq != 4 {
		t.Errorf("two rows after 3: %+v", part)
	}
}

func TestLineRowsCarryTheirState(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	rings(t, db, c)
	var states []telephony.State
	for _, item := range since(t, db, 0) {
		if item.Topic != dutylog.TopicLine {
			if item.Body != nil {
				t.Errorf("%s %s has a body", item.Topic, item.Subject)
			}
			continue
		}
		var s dutylog.LineStatus
		ok(t, json.Unmarshal(item.Body, &s))
		states = append(states, s.State)
		if s.State == telephony.Ringing && (s.CallID != c.ID || s.RangAt.IsZero()) {
			t.Errorf("%+v", s)
		}
	}
	if diff := cmp.Diff([]telephony.State{telephony.Idle, telephony.Ringing}, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

func TestWakeComesAfterTheCommit(t *testing.T) {
	db := open(t)
	for i := range 20 {
		begin, wake := last(t, db), db.Wake()
		select {
		case <-wake:
			t.Fatal("awake without a commit")
		default:
		}
		rings(t, db, inbound(i, "1"))
		<-wake // by the time that Record returns it is closed
		if len(since(t, db, begin)) == 0 {
			t.Fatal("awake, and nothing to read")
		}
	}
}

func TestTheCollectorIsWokenForWhatBecomesDueOnly(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	woken := func(wake <-chan struct{}) bool {
		select {
		case <-wake:
			return true
		default:
			return false
		}
	}
	wake := db.WakeDue()
	rings(t, db, c)
	if woken(wake) {
		t.Error("woken by a call that rings")
	}
	ok(t, db.Record(ctx, story(c, telephony.Missed)))
	if !woken(wake) {
		t.Error("not woken by the end of a call")
	}
	r := must(db.Recording(ctx, c.ID))(t)
	wake = db.WakeDue()
	r.Attempts, r.NextTry = 1, r.NextTry.Add(time.Hour) // by the collector itself
	ok(t, db.SaveRecording(ctx, r))
	r.NextTry = time.Time{}
	ok(t, db.SaveRecording(ctx, r))
	if woken(wake) {
		t.Error("the collector woke itself")
	}
	r.NextTry = noon // by somebody else
	ok(t, db.SaveRecording(ctx, r))
	if !woken(wake) {
		t.Error("not woken by a recording that became due again")
	}
}

func TestNothingToTellWakesNobody(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	rings(t, db, c)
	wake := db.Wake()
	rings(t, db, c)
	ok(t, db.Healthy(ctx))
	ok(t, db.ReplaceDirectory(ctx, nil, leader))
	if _, err := db.Amend(ctx, "nobody", patch(1, nil), officer, noon); err == nil {
		t.Fatal("no error")
	}
	select {
	case <-wake:
		t.Error("readers were woken for nothing")
	default:
	}
}

func TestAFollowerMissesNothing(t *testing.T) {
	db := open(t)
	const writers, each = 4, 25
	done := make(chan []dutylog.Seq)
	go func() {
		var seen []dutylog.Seq
		for seq := dutylog.Seq(0); ; {
			wake := db.Wake()
			items, err := db.Since(ctx, seq, 7)
			if err != nil {
				t.Error(err)
			}
			for _, i := range items {
				seq = i.Seq
				seen = append(seen, seq)
				if i.Subject == "end" {
					done <- seen
					return
				}
			}
			if len(items) == 0 {
				<-wake
			}
		}
	}()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				c := inbound(i, "1")
				c.ID = fmt.Sprintf("%d-%d", w, i)
				rings(t, db, c)
			}
		})
	}
	wg.Wait()
	ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.LineChanged, At: noon, Line: "end", State: telephony.LineState{Line: "end", State: telephony.Idle}}}))
	seen := <-done
	for i, seq := range seen {
		if seq != dutylog.Seq(i+1) {
			t.Fatalf("row %d is number %d", i, seq)
		}
	}
	if len(seen) != int(last(t, db)) {
		t.Errorf("%d rows seen of %d", len(seen), last(t, db))
	}
}

func TestTheFeedIsBoundedAndSaysWhatWasCut(t *testing.T) {
	c := newClock(noon)
	db := openAt(t, t.TempDir()+"/log.db", sqlite.Options{Now: c.now, FeedRows: 100, FeedAge: time.Hour})
	write := func(from, n int) {
		for i := range n {
			rings(t, db, inbound(from+i, "1"))
		}
	}
	write(0, 200) // five rows each
	end := last(t, db)
	if _, err := db.Since(ctx, 0, 10); !errors.Is(err, dutylog.ErrFeedGone) {
		t.Errorf("resuming at 0 of %d: %v", end, err)
	}
	recent := since(t, db, end-50)
	if len(recent) != 50 {
		t.Errorf("%d rows after %d", len(recent), end-50)
	}
	if got := since(t, db, end); len(got) != 0 {
		t.Errorf("%d rows after the last", len(got))
	}
	if _, err := db.Since(ctx, end+1, 10); !errors.Is(err, dutylog.ErrFeedGone) {
		t.Errorf("a number that was never given: %v", err)
	}

	c.advance(2 * time.Hour)
	write(500, 60) // 300 rows: the feed is cut once more, by age too
	fresh := last(t, db)
	rows := since(t, db, fresh-100)
	if len(rows) != 100 || rows[0].At.Before(noon.Add(time.Hour)) {
		t.Errorf("%d rows, the first of %v", len(rows), rows[0].At)
	}
	if _, err := db.Since(ctx, end, 10); !errors.Is(err, dutylog.ErrFeedGone) {
		t.Errorf("resuming at %d, which is two hours old: %v", end, err)
	}
}

func TestOldFeedRowsGoByAge(t *testing.T) {
	c := newClock(noon)
	db := openAt(t, t.TempDir()+"/log.db", sqlite.Options{Now: c.now, FeedAge: time.Hour})
	for i := range 40 {
		rings(t, db, inbound(i, "1"))
	}
	old := last(t, db)
	c.advance(2 * time.Hour)
	for i := range 40 {
		rings(t, db, inbound(100+i, "1"))
	}
	if old/256 == last(t, db)/256 {
		t.Fatalf("the test writes too few rows: %d", last(t, db))
	}
	if _, err := db.Since(ctx, old-1, 10); !errors.Is(err, dutylog.ErrFeedGone) {
		t.Errorf("%v", err)
	}
	if got := since(t, db, old); len(got) == 0 || got[0].Seq != old+1 {
		t.Errorf("rows of now were cut: %d", len(got))
	}
}

func TestManyWritersShareCommits(t *testing.T) {
	db := open(t)
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			c := inbound(i, "1")
			rings(t, db, c)
			if i%4 == 0 { // a job that fails does not take its neighbours along
				if _, err := db.Amend(ctx, "e-"+c.ID, patch(7, nil), officer, noon); !errors.As(err, new(*dutylog.StaleError)) {
					t.Errorf("%v", err)
				}
			}
		})
	}
	wg.Wait()
	calls, _, err := db.Calls(ctx, dutylog.CallQuery{Limit: 500})
	if err != nil || len(calls) != 64 {
		t.Errorf("%d calls, %v", len(calls), err)
	}
}
