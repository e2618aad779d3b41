package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// reader is a journalist on synthetic time, with a tail that only has a status.
type reader struct {
	*journalist
	mu     sync.Mutex
	tail   cel.Status
	handed []message
	ahead  time.Duration // of the daemon's clock
	stood  time.Duration // for how long the daemon was stopped
	behind time.Duration // what the live view has not heard yet is so old
}

// newReader starts a journalist; it stops with the test's bubble.
func newReader(t *testing.T) *reader {
	r := &reader{}
	start := time.Now()
	r.journalist = newJournalist(testLines(), func(m message) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.handed = append(r.handed, m)
	}, func() cel.Status {
		r.mu.Lock()
		defer r.mu.Unlock()
		if !r.tail.LastRead.IsZero() {
			r.tail.Ends++
		}
		return r.tail
	}, r.clock, func() time.Duration {
		r.mu.Lock()
		defer r.mu.Unlock()
		return time.Since(start) + r.stood
	}, func() time.Duration {
		r.mu.Lock()
		defer r.mu.Unlock()
		return time.Since(start) + r.stood - r.behind
	}, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return r
}

// clock is the daemon's, which somebody may have set.
func (r *reader) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.ahead + r.stood)
}

// stops the daemon for so long: time passes, and nothing is done in it.
func (r *reader) stops(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stood += d
}

// holdsUp is by how much the live view is behind.
func (r *reader) holdsUp(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behind = d
}

// setClock moves it.
func (r *reader) setClock(ahead time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ahead = ahead
}

// set changes what the tail says of itself.
func (r *reader) set(s cel.Status) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tail = s
}

// after lets time pass and returns what was handed over since the last time.
func (r *reader) after(d time.Duration) (calls []telephony.Call, intervals []telephony.Interval, at *telephony.Position) {
	<-time.After(d) // synthetic
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.handed {
		for _, s := range m.settled.calls {
			calls = append(calls, s.Call)
		}
		for _, ch := range m.settled.also {
			if ch.Interval != nil {
				intervals = append(intervals, *ch.Interval)
			}
			if ch.Journal != nil {
				at = ch.Journal
			}
		}
	}
	r.handed = nil
	return calls, intervals, at
}

// callRows are the rows of a call that was answered after 3 s and talked for 5.
func callRows(id string, at time.Time) []telephony.Row {
	row := func(kind telephony.RowKind, after time.Duration, channel, unique string, extra map[string]string) telephony.Row {
		return telephony.Row{Kind: kind, At: at.Add(after), Channel: channel, UniqueID: unique, LinkedID: id, Number: "02422730001",
			Exten: "02422739110", App: "Dial", AppData: "PJSIP/duty,60", Extra: extra}
	}
	duties := func(r telephony.Row) telephony.Row {
		r.App, r.AppData, r.Exten = "AppDial", "(Outgoing Line)", "s"
		return r
	}
	const trunk, duty, ring, end = "PJSIP/trunk-00000001", "PJSIP/duty-00000002", 10 * time.Millisecond, 8 * time.Second
	leg := id + "d"
	bridge := map[string]string{"bridge_id": "b" + id}
	left := map[string]string{"hangupcause": "16", "hangupsource": trunk}
	start := row(telephony.RowChanStart, 0, trunk, id, nil)
	start.App, start.AppData = "", ""
	mark := row(telephony.RowUser, end, trunk, id, map[string]string{"ring_ms": "2", "status": "ANSWER", "src": trunk})
	mark.User = "DL_END"
	return []telephony.Row{
		start, row(telephony.RowAppStart, ring, trunk, id, nil), duties(row(telephony.RowChanStart, ring, duty, leg, nil)),
		duties(row(telephony.RowAnswer, 3*time.Second, duty, leg, nil)), row(telephony.RowAnswer, 3*time.Second, trunk, id, nil),
		duties(row(telephony.RowBridgeEnter, 3*time.Second, duty, leg, bridge)), row(telephony.RowBridgeEnter, 3*time.Second, trunk, id, bridge),
		mark, row(telephony.RowHangup, end, duty, leg, left), row(telephony.RowChanEnd, end, duty, leg, nil),
		row(telephony.RowHangup, end, trunk, id, left), row(telephony.RowChanEnd, end, trunk, id, nil),
		row(telephony.RowLinkedEnd, end, trunk, id, nil),
	}
}

func readTo(n int64) telephony.Position { return telephony.Position{File: "cel.jsonl", Offset: n} }

// A call is settled when the live view has had its say, and only then the place is kept from
// which the journal need not be read again.
func TestACallIsSettledAfterTheLiveViewHadItsSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		rows := callRows("1", time.Now())
		for _, b := range []cel.Batch{{Position: readTo(1)}, {Rows: rows[:4], Position: readTo(4)}} {
			if err := r.Batch(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		}
		if calls, _, at := r.after(time.Second); len(calls) != 0 || at == nil || at.Offset != 1 {
			t.Errorf("in mid-call: settled %v, reading would go on at %+v; want its first row", calls, at)
		}
		r.after(7 * time.Second)
		if err := r.Batch(t.Context(), cel.Batch{Rows: rows[4:], Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		if calls, _, _ := r.after(settleAfter - journalTick); len(calls) != 0 {
			t.Errorf("settled before the live view had its say: %v", calls)
		}
		calls, intervals, at := r.after(2 * journalTick)
		if len(calls) != 1 || calls[0].Outcome != telephony.AnsweredInTime || calls[0].SettledBy != telephony.SettledByJournal {
			t.Fatalf("settled %+v", calls)
		}
		if len(intervals) != 0 || at == nil || at.Offset != 13 {
			t.Errorf("intervals %v, position %+v", intervals, at)
		}
	})
}

// Somebody sets the clock while a call runs, and right again: nothing that runs is given up,
// and what is waited for is waited for as long as ever (torture seed 721218129).
func TestASetClockGivesUpNoCall(t *testing.T) {
	for _, ahead := range []time.Duration{26 * time.Hour, -26 * time.Hour, time.Hour, -3 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			r := newReader(t)
			got := map[string]telephony.Outcome{}
			pass := func(d time.Duration) {
				calls, _, _ := r.after(d)
				for _, c := range calls {
					got[c.ID] = c.Outcome
				}
			}
			give := func(rows []telephony.Row, to int64) {
				if err := r.Batch(t.Context(), cel.Batch{Rows: rows, Position: readTo(to)}); err != nil {
					t.Fatal(err)
				}
			}
			long, short := callRows("long", time.Now()), callRows("short", time.Now())
			give(long[:4], 4)
			give(short[:4], 8)
			pass(8 * time.Second)
			awaited := telephony.Call{ID: "awaited", OfferedAt: time.Now(), EndedAt: time.Now(), Outcome: telephony.Missed}
			r.Told([]telephony.Change{{Kind: telephony.CallEnded, Call: &awaited}})
			pass(journalTick)
			r.setClock(ahead)
			give(short[4:], 17)
			pass(settleAfter + journalTick)
			r.setClock(0)
			give(long[4:], 26)
			pass(settleAfter + journalTick)
			want := map[string]telephony.Outcome{"long": telephony.AnsweredInTime, "short": telephony.AnsweredInTime}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("clock set by %v (-want +got):\n%s", ahead, diff)
			}
		})
	}
}

// The daemon is stopped for longer than a call's rows are waited for. They are written meanwhile, and read
// after it; before, the journal counted as one that is not written, and what ran was given up (torture seed 149392988).
func TestATimeInWhichTheDaemonStoodIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		began := time.Now()
		runs := callRows("1", began)
		if err := r.Batch(t.Context(), cel.Batch{Rows: runs[:4], Position: readTo(4)}); err != nil {
			t.Fatal(err)
		}
		ended := callRows("2", began.Add(4*time.Second))
		r.after(12 * time.Second)
		r.Told([]telephony.Change{{Kind: telephony.CallEnded, Call: &telephony.Call{ID: "2", Line: "duty", Direction: telephony.Inbound,
			OfferedAt: ended[0].At, EndedAt: began.Add(12 * time.Second), Outcome: telephony.AnsweredInTime}}})
		r.after(time.Second)
		r.stops(13 * time.Second)
		if calls, intervals, _ := r.after(2 * journalTick); len(calls)+len(intervals) > 0 {
			t.Errorf("nothing was read since: %+v, %+v", calls, intervals)
		}
		if err := r.Batch(t.Context(), cel.Batch{Rows: slices.Concat(runs[4:], ended), Position: readTo(26)}); err != nil {
			t.Fatal(err)
		}
		calls, intervals, _ := r.after(settleAfter + journalTick)
		if len(calls) != 2 || len(intervals) > 0 {
			t.Fatalf("%+v, %+v", calls, intervals)
		}
		for _, c := range calls {
			if c.Outcome != telephony.AnsweredInTime || len(c.Findings) > 0 || c.SettledBy != telephony.SettledByJournal {
				t.Errorf("%+v", c)
			}
		}
	})
}

// A backlog, as after a restart, waits for nobody.
func TestABacklogIsSettledAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		if err := r.Batch(t.Context(), cel.Batch{Rows: callRows("1", time.Now().Add(-time.Hour)), Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		if calls, _, _ := r.after(journalTick); len(calls) != 1 {
			t.Errorf("settled %v", calls)
		}
	})
}

// The live view may say that a call ended when it is settled already: then nothing is awaited.
func TestACallThatIsSettledAlreadyIsNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		if err := r.Batch(t.Context(), cel.Batch{Rows: callRows("1", time.Now().Add(-time.Hour)), Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		if calls, _, _ := r.after(journalTick); len(calls) != 1 {
			t.Fatalf("settled %v", calls)
		}
		r.Told([]telephony.Change{{Kind: telephony.CallEnded, Call: &telephony.Call{ID: "1", EndedAt: time.Now()}}})
		if calls, intervals, _ := r.after(2 * journalLate); len(calls) != 0 || len(intervals) != 0 {
			t.Errorf("settled again: %+v, %+v", calls, intervals)
		}
	})
}

// A call that ended before the live view saw the switch again waits for nobody either.
func TestACallOfATimeWithoutSightIsSettledAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		rows := callRows("1", time.Now().Add(-8*time.Second))
		if err := r.Batch(t.Context(), cel.Batch{Rows: rows, Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		if calls, _, _ := r.after(2 * journalTick); len(calls) != 0 {
			t.Errorf("settled although the live view may still have seen it: %v", calls)
		}
		r.SwitchSeen(telephony.Snapshot{At: time.Now(), Started: time.Now().Add(-time.Hour)})
		if calls, _, _ := r.after(2 * journalTick); len(calls) != 1 {
			t.Errorf("settled %v", calls)
		}
	})
}

// A call that the journal lacks is settled by the live view, and where nothing was written
// since, the journal is down until it is written again.
func TestAJournalThatLacksACallIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		seen := telephony.Call{ID: "7", Line: "duty", Outcome: telephony.Missed, OfferedAt: time.Now().Add(-20 * time.Second), EndedAt: time.Now()}
		r.Told([]telephony.Change{{Kind: telephony.CallEnded, Call: &seen}})
		if calls, _, _ := r.after(journalLate - time.Second); len(calls) != 0 {
			t.Errorf("given up too early: %v", calls)
		}
		calls, intervals, _ := r.after(2 * time.Second)
		if len(calls) != 1 || calls[0].SettledBy != telephony.SettledByARI || !cmp.Equal(calls[0].Findings, []telephony.Finding{telephony.NotInJournal}) {
			t.Fatalf("settled %+v", calls)
		}
		if len(intervals) != 1 || intervals[0].Kind != telephony.JournalDown || !intervals[0].From.Equal(seen.OfferedAt) || !intervals[0].To.IsZero() {
			t.Errorf("intervals %+v", intervals)
		}
		back := time.Now()
		if err := r.Batch(t.Context(), cel.Batch{Rows: callRows("8", back), Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		if _, intervals, _ = r.after(15 * time.Second); len(intervals) != 1 || !intervals[0].To.Equal(back) {
			t.Errorf("written again: %+v", intervals)
		}
	})
}

// One that comes in time is not asked for any more.
func TestACallThatTheJournalHasIsNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		rows := callRows("1", time.Now().Add(-8*time.Second))
		r.Told([]telephony.Change{{Kind: telephony.CallEnded, Call: &telephony.Call{ID: "1", OfferedAt: rows[0].At, EndedAt: time.Now()}}})
		r.after(time.Second)
		if err := r.Batch(t.Context(), cel.Batch{Rows: rows, Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		if calls, intervals, _ := r.after(time.Minute); len(calls) != 1 || len(intervals) != 0 {
			t.Errorf("settled %v, intervals %v", calls, intervals)
		}
	})
}

// One whose last rows are lost, before this run of ours, is known in part, and it is said from when to
// when; while the journal may still be on its way to its end, nothing is.
func TestACallOfWhichTheEndIsLostIsAnInterval(t *testing.T) {
	for _, c := range []struct {
		name string
		past time.Duration // how far past the call's end the journal was written
		want telephony.Finding
		not  telephony.Finding
	}{
		{"the journal went on", 20 * time.Second, telephony.JournalInPart, telephony.NotInJournal},
		{"the journal is late", -time.Second, telephony.NotInJournal, telephony.JournalInPart},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newReader(t)
			rows := callRows("1", time.Now().Add(-8*time.Second))
			seen := telephony.Call{ID: "1", Line: "duty", Outcome: telephony.AnsweredInTime, OfferedAt: rows[0].At, EndedAt: time.Now()}
			r.Told([]telephony.Change{{Kind: telephony.CallEnded, Call: &seen}})
			other := callRows("2", seen.EndedAt.Add(c.past-8*time.Second))
			if err := r.Batch(t.Context(), cel.Batch{Rows: slices.Concat(rows[:7], other), Position: readTo(13)}); err != nil {
				t.Fatal(err)
			}
			calls, intervals, _ := r.after(time.Minute)
			i := slices.IndexFunc(calls, func(c telephony.Call) bool { return c.ID == "1" })
			if i < 0 || len(calls) != 2 || !slices.Contains(calls[i].Findings, c.want) || slices.Contains(calls[i].Findings, c.not) {
				t.Fatalf("%s: settled %+v", c.name, calls)
			}
			lost := telephony.Interval{Kind: telephony.JournalDown, From: rows[0].At, To: seen.EndedAt, Cause: "rows of a call are lost from the switch's journal"}
			if said := slices.Contains(intervals, lost); said != (c.want == telephony.JournalInPart) {
				t.Errorf("%s: intervals %+v", c.name, intervals)
			}
		})
	}
}

// After a start, too: from the last row that was read before it.
func TestADamagedRowAfterAStartIsAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		before := time.Now().Add(-time.Hour)
		r.resume(telephony.Position{File: "cel.jsonl", Offset: 5, LastAt: before}, nil, nil, nil)
		if err := r.Batch(t.Context(), cel.Batch{Rows: []telephony.Row{{Kind: telephony.RowDamaged}}, Bad: 1, Position: readTo(6)}); err != nil {
			t.Fatal(err)
		}
		if _, intervals, _ := r.after(2 * quietJournal); len(intervals) != 1 || !intervals[0].From.Equal(before) || !intervals[0].To.After(before) {
			t.Errorf("%+v", intervals)
		}
	})
}

// Rows that were lost are an interval with both its ends.
func TestLostRowsAreAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		from, to := time.Now().Add(-time.Hour), time.Now().Add(-time.Minute)
		if err := r.Batch(t.Context(), cel.Batch{Gap: &cel.Gap{Cause: cel.Truncated, From: from, To: to}, Position: readTo(1)}); err != nil {
			t.Fatal(err)
		}
		_, intervals, _ := r.after(time.Second)
		want := []telephony.Interval{{Kind: telephony.JournalDown, From: from, To: to, Cause: "rows of the switch's journal are lost: truncated"}}
		if diff := cmp.Diff(want, intervals); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// A switch that was started anew has cut what was running, once all that it wrote is read.
// A row that cannot be read is a stated interval, and the call of which it was is known in part.
func TestADamagedRowIsAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		rows := callRows("1", time.Now().Add(-time.Hour))
		hurt := slices.Concat(rows[:5], []telephony.Row{{Kind: telephony.RowDamaged, LinkedID: "1"}}, rows[6:])
		if err := r.Batch(t.Context(), cel.Batch{Rows: hurt, Bad: 1, Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		calls, intervals, _ := r.after(journalTick)
		if len(calls) != 1 || calls[0].Outcome != telephony.Unknown || !slices.Contains(calls[0].Findings, telephony.JournalInPart) {
			t.Errorf("%+v", calls)
		}
		want := telephony.Interval{Kind: telephony.JournalDown, From: rows[4].At, To: rows[6].At, Cause: "rows of the switch's journal could not be read"}
		if !slices.Contains(intervals, want) {
			t.Errorf("%+v, want %+v among them", intervals, want)
		}
		foreign := []telephony.Row{{Kind: telephony.RowDamaged}}
		if err := r.Batch(t.Context(), cel.Batch{Rows: foreign, Bad: 1, Position: readTo(14)}); err != nil {
			t.Fatal(err)
		}
		if calls, intervals, _ := r.after(2 * quietJournal); len(calls) != 0 || len(intervals) != 1 || intervals[0].To.Before(intervals[0].From) {
			t.Errorf("with no row behind it: %+v, %+v", calls, intervals)
		}
	})
}

func TestARestartOfTheSwitchCutsWhatRan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		began := time.Now().Add(-30 * time.Second)
		r.SwitchSeen(telephony.Snapshot{At: time.Now(), Started: time.Now()})
		if err := r.Batch(t.Context(), cel.Batch{Rows: callRows("1", began)[:7], Position: readTo(7)}); err != nil {
			t.Fatal(err)
		}
		if calls, _, _ := r.after(quietJournal / 2); len(calls) != 0 {
			t.Errorf("cut although more may be read: %v", calls)
		}
		calls, _, at := r.after(2 * quietJournal)
		if len(calls) != 1 || calls[0].Findings[len(calls[0].Findings)-1] != telephony.CutBySwitch || at == nil || at.Offset != 7 {
			t.Errorf("settled %+v, position %+v", calls, at)
		}
	})
}
