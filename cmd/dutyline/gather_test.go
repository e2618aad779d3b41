package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/alerts"
	"dutyline/telephony"
)

// countedLog counts what it is given.
type countedLog struct{ writes, changes int }

func (l *countedLog) Record(_ context.Context, changes []telephony.Change) error {
	l.writes++
	l.changes += len(changes)
	return nil
}

func (l *countedLog) RecordAndTell(ctx context.Context, changes []telephony.Change, _ alerts.Judge) error {
	return l.Record(ctx, changes)
}

func (l *countedLog) Healthy(context.Context) error { return nil }

func TestOnlyWhereManyCallsComeChangesWaitForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &countedLog{}
		c := newCommitter(log, alerts.Rules{}.Judge, filepath.Join(t.TempDir(), "aside"), slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- c.Run(ctx) }()

		for i, ch := range missedCall("alone") {
			c.Add([]telephony.Change{ch})
			synctest.Wait() // no time passes
			if log.writes != i+1 {
				t.Fatalf("%d changes of a call alone were written in %d writes", i+1, log.writes)
			}
			<-time.After(100 * time.Millisecond) // synthetic, as all here
		}
		const calls, soonBusy = 100, busyChanges/3 + 1
		before := log.writes
		for i := range calls {
			c.Add(missedCall(fmt.Sprint(i)))
			<-time.After(10 * time.Millisecond)
		}
		<-time.After(gatherFor)
		if took := log.writes - before; took > soonBusy+calls*10/60+1 {
			t.Errorf("%d calls that came in a second took %d writes", calls, took)
		}
		if log.changes != 3+3*calls {
			t.Errorf("%d changes were written of %d", log.changes, 3+3*calls)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
