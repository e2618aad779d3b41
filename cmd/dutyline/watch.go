package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/hep"
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
	clock   ourClock

	in       chan message
	done     chan struct{}              // closed when Run has ended
	audit    func()                     // asks for an audit of the lines' configuration
	found    func(s telephony.Snapshot) // told what was found when the switch is seen (again)
	seen     func()                     // told then, too: what waited for the switch may go on
	noted    func(started time.Time)    // told then, too: the start of the switch up to which all is told
	clockSet func(by time.Duration)     // told when the switch's clock was set
	heard    func(e telephony.Endpoint) // told how phones and trunks are
	homes    *homeKeeper                // where the duty phones are registered
	sip      *sipView                   // nil: SIP is not heard
	refused  refusedCodes               // of SIP
	its      switchClock
	ahead    atomic.Int64 // of the switch's clock before our uptime, ns since 1970; 0: nothing was heard of it
	health   watchHealth
	taped    bool // something waits for the next flush
	waits    bool // the run began, and the switch was not seen so far
	faults   faultBook
	sight    sight

	witnesses witnesses
}

// ourClock is the daemon's.
type ourClock interface {
	Now() time.Time
	Uptime() time.Duration
	Stepped() time.Duration
}

// tapeWriter is the black box; a tape that cannot be written never stops the watch.
type tapeWriter interface {
	Write(r tape.Record) error
	Flush() error
	Close() error
}

// gapSlack is by how much two readings of our clock and our uptime, made one after the other, can
// be apart on a busy machine; a link is never taken up again so soon.
const gapSlack = 10 * time.Millisecond

// message is one thing the switch's adapter says; exactly one field is set.
type message struct {
	frame    *ari.Frame
	gap      *gap
	snapshot *telephony.Snapshot
	faults   []telephony.Fault // all that stand now; not nil
	settled  *settledNews
	sip      *hep.Message
	contacts []registration // what the switch keeps of the phones' contacts
}

type gap struct {
	from  time.Time
	cause error
}

func newWatcher(lines []telephony.Line, tape tapeWriter, commit func([]telephony.Change), logger *slog.Logger) *watcher {
	w := &watcher{
		tracker: telephony.NewTracker(lines), tape: tape, logger: logger,
		clock: newClock(), in: make(chan message), done: make(chan struct{}), audit: func() {}, found: func(telephony.Snapshot) {}, seen: func() {},
		homes: newHomeKeeper(lines), clockSet: func(time.Duration) {}, heard: func(telephony.Endpoint) {}, noted: func(time.Time) {}, health: watchHealth{logger: logger},
	}
	w.commit = func(changes []telephony.Change) {
		w.witnesses.note(changes, w.clock.Uptime(), w.clocks)
		commit(changes)
	}
	return w
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
	unseen := w.tracker.Gap(w.clock.Now())
	for i := range unseen {
		if unseen[i].Kind == telephony.LineChanged {
			unseen[i].Detail = telephony.AtStart
		}
	}
	w.commit(unseen)
	w.waits = true
}

// firstLook is how long after the start the switch may stay unseen until somebody is told.
const firstLook = 10 * time.Second

// stillUnseen tells, once, that the switch could not be seen since the start.
func (w *watcher) stillUnseen() {
	if !w.waits || w.clock.Uptime() < firstLook {
		return
	}
	w.waits = false
	for _, s := range w.tracker.States() {
		if s.State == telephony.LineStateUnknown {
			w.commit([]telephony.Change{{Kind: telephony.LineChanged, At: w.SwitchNow(), Line: s.Line, State: s}})
		}
	}
}

// tellRestarts tells when the switch was down before its last starts, as soon as that is known.
func (w *watcher) tellRestarts() {
	if len(w.sight.untold) == 0 {
		return
	}
	w.commit(w.sight.restarts(w.clock.Uptime()))
	if len(w.sight.untold) == 0 {
		w.noted(w.sight.told)
	}
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
			w.tellWitnesses(atLast)
			return w.tape.Close()
		case m := <-w.in:
			w.take(m)
		case <-flush.C:
			w.flushTape()
			w.tellRestarts()
			w.stillUnseen()
			w.tellAlso(w.refused.due(w.clock.Uptime()))
			w.tellWitnesses(w.clock.Uptime())
			continue
		case <-timer.C:
			w.commit(w.tracker.Tick(w.SwitchNow()))
		}
		if d := w.tracker.Deadline(); d.IsZero() {
			timer.Reset(time.Hour)
		} else {
			timer.Reset(max(shortestSleep, d.Sub(w.SwitchNow())))
		}
	}
}

func (w *watcher) take(m message) {
	switch {
	case m.frame != nil:
		w.takeFrame(*m.frame)
	case m.gap != nil:
		w.commit(w.sight.lost(w.onSwitch(m.gap.from), plainCause(m.gap.cause)))
		w.commit(w.tracker.Gap(w.onSwitch(m.gap.from).Add(gapSlack)))
	case m.snapshot != nil:
		w.waits = false
		w.logger.Info("the switch is seen", "channels", len(m.snapshot.Channels), "endpoints", len(m.snapshot.Endpoints))
		w.set(w.its.found(m.snapshot.At, m.snapshot.Up, w.clock.Stepped()))
		w.commit(w.sight.seen(m.snapshot.At, m.snapshot.Started, w.clock.Uptime()))
		w.noted(w.sight.told)
		w.found(*m.snapshot)
		for _, e := range slices.Concat(m.snapshot.Endpoints, m.snapshot.Meanwhile) {
			w.heard(e)
		}
		w.commit(w.tracker.Resync(*m.snapshot))
		w.audit()
		w.seen()
	case m.settled != nil:
		var all []telephony.Change // are written together: a call that is settled is not asked for again, and what is lost of it would not be said
		for _, s := range m.settled.calls {
			changes := w.tracker.Settled(s)
			w.refused.heard(changes)
			all = append(all, changes...)
		}
		w.commit(append(all, m.settled.also...))
	case m.sip != nil:
		w.takeSIP(*m.sip)
	case m.contacts != nil:
		for _, r := range m.contacts {
			w.tellAlso(w.homes.asked(r))
		}
	case m.faults != nil:
		w.commit(w.faults.apply(m.faults, w.clock.Now(), w.tracker.States()))
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
	event, err := ari.Decode(f.Raw)
	if err == nil && event.Kind == telephony.EventClockSet {
		err = errNotOurs
	}
	if err == nil {
		w.set(w.its.hear(event.At, f.Up, w.clock.Stepped()))
	}
	w.record(tape.Record{At: f.Received, Raw: f.Raw})
	if err != nil {
		w.health.malformed(err)
		return
	}
	if event.Kind == telephony.EventEndpoint {
		w.heard(event.Endpoint)
		w.tellAlso(w.homes.hear(event, f.Up))
	}
	changes := w.tracker.Apply(event)
	w.refused.heard(changes)
	w.commit(changes)
}

// takeSIP takes a copy of a SIP message.
func (w *watcher) takeSIP(m hep.Message) {
	events, changes := w.sip.take(m)
	for _, ev := range events {
		w.commit(w.tracker.Apply(ev))
	}
	strangers, who := w.sip.strangers(m.Up, w.tracker.DialledPhone)
	for i, ev := range strangers {
		said := w.tracker.Apply(ev)
		for c := range said {
			if said[c].Kind == telephony.CallUpdated {
				said[c].Detail = who[i]
			}
		}
		w.commit(said)
	}
	for _, ch := range changes {
		if ch.Kind == telephony.CodeRefused {
			w.tellAlso(w.refused.refuse(ch, w.clock.Uptime()))
		} else {
			w.tellAlso([]telephony.Change{ch})
		}
	}
}

// tellAlso commits changes of which the tracker does not know, with their line's state.
func (w *watcher) tellAlso(changes []telephony.Change) {
	for i := range changes {
		for _, s := range w.tracker.States() {
			if s.Line == changes[i].Line {
				changes[i].State = s
			}
		}
	}
	if len(changes) > 0 {
		w.commit(changes)
	}
}

var errNotOurs = errors.New("the switch said what only our own tape says")

// record writes to the tape's buffer; only the flush proves the disk.
func (w *watcher) record(r tape.Record) {
	if err := w.tape.Write(r); err != nil {
		w.health.tapeWritten(err)
		return
	}
	w.taped = true
}

// set takes by how much the switch's clock was set, if it was: what runs moves along before
// anything else is made of its stamps, and the tape says so.
func (w *watcher) set(by time.Duration) {
	if w.its.known() {
		w.ahead.Store(int64(w.its.now()))
	}
	if by == 0 {
		return
	}
	w.logger.Warn("the clock of the switch was set; the calls that run keep their durations and say so: look at its time service",
		"finding", telephony.SwitchClockStepped, "by", by.Round(time.Millisecond))
	set := telephony.Event{Kind: telephony.EventClockSet, By: by}
	w.record(tape.Record{At: w.clock.Now(), Raw: ari.ClockSet(by)})
	w.clockSet(by)
	w.commit(w.tracker.Apply(set))
}

// SwitchNow is what the switch's clock says now, so that a deadline is kept even where the two
// clocks differ or somebody set one of them. It may be asked by any goroutine.
func (w *watcher) SwitchNow() time.Time {
	if ahead := w.ahead.Load(); ahead != 0 {
		return firstStamp.Add(time.Duration(ahead) + w.clock.Uptime())
	}
	return w.clock.Now() // nothing was heard of it yet: they agree, as far as we know
}

// onSwitch moves a time of our clock onto the switch's. Ours is read first: what passes between
// the two may make it a little too late, never too early, for a call of which something was heard
// after the link was lost would be taken for one that still runs.
func (w *watcher) onSwitch(ours time.Time) time.Time {
	now := w.clock.Now()
	return w.SwitchNow().Add(ours.Sub(now))
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
