package main

import (
	"context"
	"log/slog"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/tape"
)

// flushEvery is how long a frame may wait in memory before the tape has it.
const flushEvery = time.Second

// shortestSleep bounds how often a deadline that has passed already is looked at again.
const shortestSleep = 5 * time.Millisecond

// watcher owns the tracker: the one goroutine through which every frame, gap, snapshot and
// deadline passes. It never waits for the log; the committer does that.
type watcher struct {
	tracker *telephony.Tracker
	tape    tapeWriter
	commit  func([]telephony.Change)
	logger  *slog.Logger
	now     func() time.Time
	stepped func() time.Duration // by how much our clock was set since the start

	in     chan message
	done   chan struct{} // closed when Run has ended
	audit  func()        // asks for an audit of the lines' configuration
	seen   func()        // told when the switch is seen (again): what waited for it may go on
	offset clockOffset
	shift  time.Duration // the steps of our clock that offset knows
	health watchHealth
	taped  bool // something waits for the next flush
	faults faultBook
	sight  sight
	starts func(seen, started time.Time) // told since when the switch is seen, and when it was started
}

// tapeWriter is the black box; a tape that cannot be written never stops the watch.
type tapeWriter interface {
	Write(r tape.Record) error
	Flush() error
	Close() error
}

// message is one thing the switch's adapter says; exactly one field is set.
type message struct {
	frame    *ari.Frame
	gap      *gap
	snapshot *telephony.Snapshot
	faults   []telephony.Fault // all that stand now; not nil
	settled  *settledNews
}

type gap struct {
	from  time.Time
	cause error
}

func newWatcher(lines []telephony.Line, tape tapeWriter, commit func([]telephony.Change), logger *slog.Logger) *watcher {
	return &watcher{
		tracker: telephony.NewTracker(lines), tape: tape, commit: commit, logger: logger,
		now: time.Now, stepped: func() time.Duration { return 0 }, in: make(chan message), done: make(chan struct{}), audit: func() {}, seen: func() {}, starts: func(_, _ time.Time) {}, sight: sight{journalAt: func() time.Time { return time.Time{} }}, health: watchHealth{logger: logger},
	}
}

// resume takes up where the last run stopped: calls that had not ended, faults that stood.
// Until the switch is seen, the state of every line is unknown.
func (w *watcher) resume(open []telephony.Call, states []dutylog.LineStatus) {
	w.tracker.Adopt(open)
	w.faults.standing = map[telephony.Fault]bool{}
	for _, s := range states {
		for _, f := range s.Faults {
			w.faults.standing[telephony.Fault{Line: s.Line, Finding: f.Finding, Detail: f.Detail}] = true
		}
	}
	w.commit(w.tracker.Gap(w.now()))
}

// Run follows the switch until ctx ends. Between messages it sleeps until the tracker's
// next deadline (the start of the last allowed ring, the limit).
func (w *watcher) Run(ctx context.Context) error {
	timer, flush := time.NewTimer(time.Hour), time.NewTicker(flushEvery)
	defer timer.Stop()
	defer flush.Stop()
	defer close(w.done)
	for {
		select {
		case <-ctx.Done():
			return w.tape.Close()
		case m := <-w.in:
			w.take(m)
		case <-flush.C:
			w.flushTape()
			continue
		case <-timer.C:
			w.commit(w.tracker.Tick(w.switchNow()))
		}
		if d := w.tracker.Deadline(); d.IsZero() {
			timer.Reset(time.Hour)
		} else {
			timer.Reset(max(shortestSleep, d.Sub(w.switchNow())))
		}
	}
}

func (w *watcher) take(m message) {
	switch {
	case m.frame != nil:
		w.takeFrame(*m.frame)
	case m.gap != nil:
		w.commit(w.sight.lost(w.onSwitch(m.gap.from), plainCause(m.gap.cause)))
		w.commit(w.tracker.Gap(w.onSwitch(m.gap.from)))
	case m.snapshot != nil:
		w.logger.Info("the switch is seen", "channels", len(m.snapshot.Channels), "endpoints", len(m.snapshot.Endpoints))
		w.commit(w.sight.seen(m.snapshot.At, m.snapshot.Started))
		w.starts(m.snapshot.At, m.snapshot.Started)
		w.commit(w.tracker.Resync(*m.snapshot))
		w.audit()
		w.seen()
	case m.settled != nil:
		for _, s := range m.settled.calls {
			w.commit(w.tracker.Settled(s))
		}
		w.commit(m.settled.also)
	case m.faults != nil:
		w.commit(w.faults.apply(m.faults, w.now(), w.tracker.States()))
	}
}

// plainCause is why the link was lost, for people.
func plainCause(err error) string {
	if err == nil {
		return "the link to the switch was lost"
	}
	return "the link to the switch was lost: " + err.Error()
}

// flushTape proves that what was buffered reached the disk.
func (w *watcher) flushTape() {
	if w.taped {
		w.taped = false
		w.health.tapeWritten(w.tape.Flush())
	}
}

func (w *watcher) takeFrame(f ari.Frame) {
	if err := w.tape.Write(tape.Record{At: f.Received, Raw: f.Raw}); err != nil {
		w.health.tapeWritten(err)
	} else {
		w.taped = true // in a buffer: only the flush proves the disk
	}
	event, err := ari.Decode(f.Raw)
	if err != nil {
		w.health.malformed(err)
		return
	}
	w.followClock()
	w.offset.sample(event.At, f.Received)
	w.commit(w.tracker.Apply(event))
}

// switchNow is our clock moved onto the switch's, so that a deadline is kept even where the
// two clocks differ.
func (w *watcher) switchNow() time.Time { return w.onSwitch(w.now()) }

// onSwitch moves a time of our clock onto the switch's.
func (w *watcher) onSwitch(ours time.Time) time.Time {
	w.followClock()
	return ours.Add(w.offset.value())
}

// followClock takes a step of our clock out of the estimate, so that no deadline comes an
// hour early because somebody set the clock.
func (w *watcher) followClock() {
	if total := w.stepped(); total != w.shift {
		w.offset.move(w.shift - total)
		w.shift = total
	}
}

// clockOffset estimates how far the switch's clock is ahead of ours: the largest difference
// between an event's own time and its arrival among the last arrivals (the least delayed one).
type clockOffset struct {
	last [64]time.Duration
	n    int
}

func (o *clockOffset) sample(at, received time.Time) {
	if at.IsZero() || received.IsZero() {
		return
	}
	o.last[o.n%len(o.last)] = at.Sub(received)
	o.n++
}

// move adds to every sample.
func (o *clockOffset) move(by time.Duration) {
	for i := range o.last {
		o.last[i] += by
	}
	if o.n == 0 {
		o.last[0], o.n = by, 1 // nothing was heard yet: the clocks agreed before the step
	}
}

func (o *clockOffset) value() time.Duration {
	if o.n == 0 {
		return 0
	}
	best := o.last[0]
	for _, d := range o.last[:min(o.n, len(o.last))] {
		best = max(best, d)
	}
	return best
}

// Frame, Gap and Snapshot make the watcher the sink of the switch's adapter. Sending waits
// for the watcher only; behind the adapter's queue that slows nobody.

// Frame implements ari.Sink.
func (w *watcher) Frame(f ari.Frame) { w.send(message{frame: &f}) }

// Gap implements ari.Sink.
func (w *watcher) Gap(from time.Time, cause error) { w.send(message{gap: &gap{from, cause}}) }

// Snapshot implements ari.Sink.
func (w *watcher) Snapshot(s telephony.Snapshot) { w.send(message{snapshot: &s}) }

// send hands a message to Run; after Run has ended nobody listens and it is dropped.
func (w *watcher) send(m message) {
	select {
	case w.in <- m:
	case <-w.done:
	}
}
