package main

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// restarted is a sight that has just seen, beside a journal, that the switch was started again.
type restarted struct {
	sight
	*reader
	t        *testing.T
	started  time.Time
	position int64
}

// newRestarted is one of a switch that was started three hours ago; the daemon was not running for eight.
func newRestarted(t *testing.T) *restarted {
	r := &restarted{reader: newReader(t), t: t, started: time.Now().Add(-3 * time.Hour)}
	r.set(cel.Status{LastRead: time.Now()})
	r.lastSign = r.LastSign
	r.sight.resume(r.start(-5*time.Hour), r.start(-24*time.Hour))
	return r
}

// start is so long after the switch was started.
func (r *restarted) start(after time.Duration) time.Time { return r.started.Add(after) }

func (r *restarted) batch(b cel.Batch) {
	r.t.Helper()
	r.position++
	b.Position = readTo(r.position)
	if err := r.Batch(r.t.Context(), b); err != nil {
		r.t.Fatal(err)
	}
}

// calls writes the rows of calls, which last 8 s.
func (r *restarted) calls(after ...time.Duration) {
	r.t.Helper()
	for _, a := range after {
		r.batch(cel.Batch{Rows: callRows(r.start(a).String(), r.start(a))})
	}
}

func (r *restarted) see() []telephony.Change { return r.seen(time.Now(), r.started, r.run()) }

// down is how the switch was down, from and to, counted from its start, among these changes.
func (r *restarted) down(changes []telephony.Change) (down []time.Duration) {
	for _, ch := range changes {
		if i := ch.Interval; i.Kind == telephony.SwitchDown {
			down = append(down, i.From.Sub(r.started), i.To.Sub(r.started))
		}
	}
	return down
}

// within is what is told of it in so long a time; it is looked at every second.
func (r *restarted) within(d time.Duration) (down []time.Duration) {
	for ; d > 0; d -= time.Second {
		r.after(time.Second)
		down = append(down, r.down(r.restarts(r.run()))...)
	}
	return down
}

// A switch was down from its last sign of life before its restart, which stands in its journal where
// nobody looked. What is not known yet, or is lost, is no time in which it was down: calls may be of it.
func TestTheSwitchWasDownSinceItsLastSignOfLife(t *testing.T) {
	const some = 3 * time.Second
	for _, tt := range []struct {
		name string
		do   func(r *restarted) (at []time.Duration) // what was told, first to last
		want []time.Duration
	}{
		{"no call came", func(r *restarted) []time.Duration {
			r.see()
			return r.within(some)
		}, []time.Duration{-5 * time.Hour, readyAfter}},
		{"calls came before it and after it", func(r *restarted) []time.Duration {
			r.calls(-time.Minute, time.Hour, 2*time.Hour)
			r.within(some)
			r.see()
			return r.within(some)
		}, []time.Duration{-52 * time.Second, readyAfter}},
		{"reading the journal takes its time", func(r *restarted) []time.Duration {
			r.set(cel.Status{})
			r.see()
			early := r.within(some)
			r.calls(-time.Minute, time.Hour)
			r.set(cel.Status{LastRead: time.Now()})
			return append(early, r.within(some)...)
		}, []time.Duration{-52 * time.Second, readyAfter}},
		{"rows of then are lost", func(r *restarted) []time.Duration {
			r.calls(-4 * time.Hour)
			r.batch(cel.Batch{Gap: &cel.Gap{Cause: cel.Truncated, From: r.start(-4 * time.Hour), To: r.start(time.Hour)}, Rows: callRows("1", r.start(time.Hour))})
			r.see()
			return r.within(some)
		}, []time.Duration{0, readyAfter}},
		{"rows of then cannot be read", func(r *restarted) []time.Duration {
			rows := append(callRows("1", r.start(-4*time.Hour)), telephony.Row{Kind: telephony.RowDamaged})
			r.batch(cel.Batch{Rows: append(rows, callRows("2", r.start(-time.Hour))...)})
			r.see()
			return r.within(some)
		}, []time.Duration{-time.Hour + 8*time.Second, readyAfter}},
		{"what was written last cannot be read", func(r *restarted) []time.Duration {
			rows := append(callRows("1", r.start(-4*time.Hour)), telephony.Row{Kind: telephony.RowDamaged})
			r.batch(cel.Batch{Rows: rows, Written: r.start(-time.Hour)})
			r.see()
			return r.within(some)
		}, []time.Duration{-time.Hour, readyAfter}},
		{"the last run had read on", func(r *restarted) []time.Duration {
			r.journalist.resume(telephony.Position{LastAt: r.start(time.Hour)}, nil, nil, nil)
			r.see()
			return r.within(some)
		}, []time.Duration{0, readyAfter}},
		{"the journal cannot be read", func(r *restarted) []time.Duration {
			r.set(cel.Status{Problem: "no right to read it"})
			r.see()
			if early := r.within(mostBacklog - time.Second); early != nil {
				return early
			}
			return r.within(some)
		}, []time.Duration{0, readyAfter}},
		{"nothing was written to the journal yet", func(r *restarted) []time.Duration {
			r.set(cel.Status{Problem: "it does not exist", Unwritten: true})
			r.see()
			return r.within(some)
		}, []time.Duration{-5 * time.Hour, readyAfter}},
		{"the journal's file was taken away", func(r *restarted) []time.Duration {
			r.journalist.resume(telephony.Position{LastAt: r.start(-6 * time.Hour)}, nil, nil, nil)
			r.set(cel.Status{Problem: "it does not exist", Unwritten: true})
			r.see()
			return r.within(mostBacklog + some)
		}, []time.Duration{0, readyAfter}},
		{"there is no journal, and nobody looked", func(r *restarted) []time.Duration {
			r.lastSign = nil
			return r.down(r.see())
		}, []time.Duration{0, readyAfter}},
		{"there is no journal, and the link was lost with it", func(r *restarted) []time.Duration {
			r.lastSign = nil
			r.seen(r.start(-time.Hour), r.start(-24*time.Hour), r.run())
			r.lost(r.start(-time.Minute), "x")
			return r.down(r.see())
		}, []time.Duration{-time.Minute, readyAfter}},
		{"it ended in sight and was started again", func(r *restarted) []time.Duration {
			r.seen(r.start(-time.Hour), r.start(-24*time.Hour), r.run())
			r.calls(-30 * time.Minute)
			r.lost(r.start(-time.Minute), "x")
			r.within(some)
			return append(r.down(r.seen(r.start(4*time.Second), r.started, r.run())), r.within(some)...)
		}, []time.Duration{-time.Minute, 4 * time.Second}},
		{"the link was lost long before it, and calls came", func(r *restarted) []time.Duration {
			r.seen(r.start(-4*time.Hour), r.start(-24*time.Hour), r.run())
			r.lost(r.start(-3*time.Hour), "x")
			r.calls(-time.Minute)
			r.see()
			return r.within(some)
		}, []time.Duration{-52 * time.Second, readyAfter}},
		{"it is started once more before anything is told", func(r *restarted) []time.Duration {
			r.see()
			r.lost(time.Now(), "x")
			r.started = time.Now().Add(time.Second)
			r.after(3 * time.Second)
			return append(r.down(r.see()), r.within(some)...)
		}, []time.Duration{-8*time.Hour - time.Second, -3*time.Hour - time.Second + readyAfter, -time.Second, 2 * time.Second}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if diff := cmp.Diff(tt.want, tt.do(newRestarted(t))); diff != "" {
					t.Errorf("the switch was down, counted from its start (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// The clock of the switch is set while the journal's word is waited for: all times are of before.
func TestTheClockIsSetWhileTheLastSignOfLifeIsNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRestarted(t)
		r.see()
		r.setClock(-time.Hour)
		r.SwitchClockSet(-time.Hour)
		r.calls(-time.Minute, time.Hour)
		if diff := cmp.Diff([]time.Duration{-52 * time.Second, readyAfter}, r.within(3*time.Second)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// A run that ends before it told when the switch was down leaves that to the next one.
func TestARestartThatWasNotToldIsToldByTheNextRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRestarted(t)
		known := r.told
		changes := r.see()
		if down := r.down(changes); down != nil || !r.told.Equal(known) {
			t.Fatalf("told %v, and the start of %s is noted", down, r.told)
		}
		next := &restarted{reader: r.reader, t: t, started: r.started, sight: sight{lastSign: r.LastSign}}
		next.take([]telephony.Interval{*changes[0].Interval})
		next.sight.resume(time.Now(), r.told)
		r.after(2 * time.Second)
		next.see()
		if diff := cmp.Diff([]time.Duration{-5 * time.Hour, readyAfter}, next.within(3*time.Second)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if !next.told.Equal(r.started) {
			t.Errorf("noted is the start of %s", next.told)
		}
	})
}

// What was read of the journal is not read again: the next run knows of it when the switch lived (torture seed 88458402).
func TestTheLastSignOfLifeIsKnownToTheNextRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRestarted(t)
		r.calls(-time.Minute, time.Hour, 2*time.Hour)
		_, _, read := r.after(settleAfter + time.Second)
		if read == nil {
			t.Fatal("it is not kept how far the journal is read")
		}
		next := newRestarted(t)
		next.started = r.started
		next.journalist.resume(*read, nil, nil, nil)
		next.see()
		if diff := cmp.Diff([]time.Duration{-52 * time.Second, readyAfter}, next.within(3*time.Second)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// What is forgotten of many rows is no time in which the switch was down.
func TestSignsOfLifeAreBounded(t *testing.T) {
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	var signs signsOfLife
	for i := range mostSigns + 100 {
		signs.add(at(i), at(i))
		signs.add(at(i).Add(time.Second/2), at(i))
	}
	if len(signs) > mostSigns {
		t.Errorf("%d are kept", len(signs))
	}
	for minutes, want := range map[int]time.Time{50: at(50).Add(30 * time.Second), 3000: at(3000).Add(time.Second / 2)} {
		if got := signs.before(at(minutes).Add(30 * time.Second)); !got.Equal(want) {
			t.Errorf("the last one before minute %d.5: %s, want %s", minutes, got, want)
		}
	}
}

// The watcher asks every second, and the start of the switch is noted only with what is told of it.
func TestTheStartOfTheSwitchIsNotedWhenItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down []telephony.Interval
		var noted []time.Time
		var known atomic.Bool
		now := time.Now()
		old, started := now.Add(-time.Hour), now.Add(-time.Minute)
		w := newWatcher(testLines(), &memoryTape{}, func(changes []telephony.Change) {
			for _, ch := range changes {
				if ch.Interval != nil && ch.Interval.Kind == telephony.SwitchDown {
					down = append(down, *ch.Interval)
				}
			}
		}, slog.New(slog.DiscardHandler))
		w.noted = func(at time.Time) { noted = append(noted, at) }
		w.sight.lastSign = func(time.Time, time.Duration) (time.Time, bool) { return started.Add(-time.Second), known.Load() }
		w.sight.resume(now.Add(-2*time.Minute), old)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.Run(ctx) }()
		w.Snapshot(telephony.Snapshot{At: now, Started: started})
		<-time.After(2 * flushEvery) // synthetic
		synctest.Wait()
		if len(down) != 0 || len(noted) != 1 || !noted[0].Equal(old) {
			t.Errorf("before it is known: %v, noted %v", down, noted)
		}
		known.Store(true)
		<-time.After(2 * flushEvery)
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if len(down) != 1 || !down[0].From.Equal(started.Add(-time.Second)) || len(noted) != 2 || !noted[1].Equal(started) {
			t.Errorf("when it is known: %v, noted %v", down, noted)
		}
	})
}
