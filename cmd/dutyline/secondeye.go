package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// unsettledFor is how far back calls are looked for that the journal has not settled yet.
const unsettledFor = 24 * time.Hour

// noJournal is the cause of the interval in which there is no second eye at all.
const noJournal = "no journal of the switch is configured (journal.file)"

// wireJournal adds the second eye, where one is configured.
func (a *app) wireJournal(lines []telephony.Line) {
	a.beat = &heartbeat{log: a.log, seen: func() bool { return a.sw.Status().Connected }, now: a.clock.Now, upTo: a.committer.upTo, logger: a.logger, found: make(chan struct{}, 1)}
	a.watcher.noted = a.beat.switchStarted
	if a.cfg.Journal.File == "" {
		return
	}
	a.journal = newJournalist(lines, a.watcher.send, func() cel.Status { return a.tail.Status() }, a.watcher.SwitchNow, a.clock.Uptime, func() time.Duration { return a.sw.HeardUpTo() }, a.logger)
	a.watcher.sight.lastSign = a.journal.LastSign
	a.watcher.found = a.journal.SwitchSeen
	a.watcher.clockSet = a.journal.SwitchClockSet
}

// openTail prepares the reading of the journal. What stands in it before the daemon's very
// first start is none of its business; afterwards everything is, also what was written before
// a position could be kept.
func (a *app) openTail(atEnd bool) {
	quarantine := cel.NewQuarantine(filepath.Join(filepath.Dir(a.cfg.Log.File), "refused-journal.jsonl"), 16<<20)
	a.tail = cel.New(cel.Config{Path: a.cfg.Journal.File, Zone: a.cfg.Journal.Location(), AtEnd: atEnd, Quarantine: quarantine,
		Log: a.logger, Now: a.clock.Now}, a.registry)
}

// tell is where the watcher's changes go: into the log, and to the journalist, who waits for
// the journal's word on every call that ended. Without a journal the live view's word stands.
func (a *app) tell(changes []telephony.Change) {
	changes = a.prober.watch.Mark(changes)
	a.backs.Told(changes)
	if a.snooper != nil {
		a.snooper.Told(changes)
	}
	if a.journal == nil {
		a.committer.Add(settledByLiveView(changes))
		return
	}
	a.committer.Add(changes)
	a.journal.Told(changes)
}

func settledByLiveView(changes []telephony.Change) []telephony.Change {
	for i, ch := range changes {
		if ch.Kind == telephony.CallEnded {
			call := *ch.Call
			call.SettledBy = telephony.SettledByARI
			changes[i].Call = &call
		}
	}
	return changes
}

// resumeSight takes up what the last run saw and did not see.
func (a *app) resumeSight(ctx context.Context, unsettled []telephony.Call) error {
	now := a.clock.Now()
	alive, started, err := a.log.LastAlive(ctx)
	if err != nil {
		return fmt.Errorf("read when the switch was last seen: %w", err)
	}
	a.clock.since(alive)
	open, err := a.log.Intervals(ctx, sooner(now, alive.Add(-2*mostBacklog)), time.Time{}) // and some that ended lately
	if err != nil {
		return fmt.Errorf("read what was not seen: %w", err)
	}
	a.watcher.sight.take(open)
	a.committer.Add(a.watcher.sight.resume(alive, started))
	if a.journal == nil {
		from := now
		if !alive.IsZero() { // the last run may have read one, and what was written since nobody will read
			from = sooner(now, alive)
		}
		a.committer.Add(withoutJournal(open, from))
		return nil
	}
	from, known, err := a.log.JournalPosition(ctx)
	if err != nil {
		return err
	}
	if !known {
		if known, err = a.log.JournalBegun(ctx, exists(a.cfg.Journal.File)); err != nil {
			return err
		}
	}
	settled, err := a.log.SettledSince(ctx, from.LastAt)
	if err != nil {
		return err
	}
	if since, err := a.log.LogSince(ctx); err != nil {
		return fmt.Errorf("read when the log began: %w", err)
	} else if since.Before(now) { // else our own clock was wrong then
		a.journal.journal.Since(since)
	}
	a.openTail(!known)
	a.journal.lastRun = alive
	a.journal.resume(from, settled, unsettled, open)
	return nil
}

// withoutJournal states, once, that there is no second eye from then on.
func withoutJournal(open []telephony.Interval, from time.Time) []telephony.Change {
	for _, i := range open {
		if i.Kind == telephony.JournalDown && i.To.IsZero() {
			return nil
		}
	}
	return []telephony.Change{intervalChange(telephony.Interval{Kind: telephony.JournalDown, From: from, Cause: noJournal})}
}

// runJournal is the part that reads the journal.
func (a *app) runJournal(ctx context.Context) error {
	if a.journal == nil {
		return waitFor(ctx)
	}
	tailing, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- a.tail.Run(tailing, a.journal.read, a.journal.Batch) }()
	err := a.journal.Run(ctx)
	stop()
	if tail := <-done; err == nil {
		err = tail
	}
	return err
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func waitFor(ctx context.Context) error {
	<-ctx.Done()
	return nil
}
