package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"dutyline/telephony"
)

// A call that is settled is never asked for again: what is said to be lost of it is written with it, and
// not a moment later, in which this run may be killed.
func TestASettledCallIsWrittenWithWhatIsLostOfIt(t *testing.T) {
	var written [][]string
	w := newWatcher(testLines(), &memoryTape{}, func(changes []telephony.Change) {
		var names []string
		for _, ch := range changes {
			names = append(names, string(ch.Kind))
		}
		written = append(written, names)
	}, slog.New(slog.DiscardHandler))
	call := telephony.Call{ID: "1", Line: "duty", Direction: telephony.Inbound, Outcome: telephony.Unknown, SettledBy: telephony.SettledByJournal, OfferedAt: fourUTC, EndedAt: fourUTC.Add(time.Minute)}
	lost := telephony.Interval{Kind: telephony.JournalDown, From: call.OfferedAt, To: call.EndedAt, Cause: "x"}
	w.take(message{settled: &settledNews{calls: []telephony.Settlement{{At: call.EndedAt, Call: call}}, also: []telephony.Change{intervalChange(lost)}}})
	if len(written) != 1 || len(written[0]) < 2 || written[0][len(written[0])-1] != string(telephony.IntervalSeen) {
		t.Errorf("written in %v", written)
	}
}

// aliveLog notes when it is told that the switch is seen.
type aliveLog struct{ beats int }

func (l *aliveLog) Alive(context.Context, time.Time, time.Time) error {
	l.beats++
	return nil
}

// That the switch is seen is noted only when the log has what was told before: else a run that is killed
// then would have seen what nobody knows.
func TestTheHeartbeatComesAfterWhatWasTold(t *testing.T) {
	b := &brokenLog{hold: make(chan struct{})}
	r := newCommitRoom(t, b)
	defer r.done()
	down := telephony.Interval{Kind: telephony.LiveDown, From: fourUTC, To: fourUTC.Add(time.Minute), Cause: "x"}
	r.c.Add([]telephony.Change{intervalChange(down)})
	ctx, stop := context.WithCancel(t.Context())
	log := &aliveLog{}
	h := &heartbeat{log: log, seen: func() bool { return true }, now: time.Now, upTo: r.c.upTo, logger: slog.New(slog.DiscardHandler)}
	done := make(chan struct{})
	go func() { h.beat(ctx); close(done) }()
	stop()
	<-done
	if log.beats != 0 {
		t.Error("it is noted while what was told waits")
	}
	close(b.hold)
	h.beat(t.Context())
	if names := b.names(); log.beats != 1 || len(names) != 1 {
		t.Errorf("noted %d times, the log has %v", log.beats, names)
	}
	if err := r.finish(); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
