package telephony

import (
	"slices"
	"time"
)

// Bounds of the tracker's memory. Whatever passes them is dropped with a counted reason.
const (
	maxLegs    = 20_000
	maxRuns    = 5_000
	maxBuried  = 8_192
	maxAge     = 24 * time.Hour // of a call or leg of which nothing more is heard
	sweepEvery = time.Minute
)

// Tracker turns the switch's events into calls. It is a pure value: no I/O, no clock,
// not safe for use by two goroutines at once. Every event is harmless when it comes twice.
type Tracker struct {
	lines   []*line
	legs    map[string]*leg    // by channel id
	locals  map[string][2]*leg // halves of Local channels
	runs    []*run             // open calls in the order in which they began
	buried  graveyard          // channels of calls that are over
	now     time.Time
	due     time.Time // no warning is due before; zero: none at all
	swept   time.Time
	blind   bool      // the switch cannot be seen
	blindAt time.Time // since when

	sentOn map[string]Event // by SIP Call-ID: where a phone sent the call, of channels not heard of yet

	takingUp bool // a snapshot is being read: who dials whom is decided at its end
	out      []Change
	stats    Stats
}

// Stats counts what the tracker saw and what it had to drop, by reason.
type Stats struct {
	Events  [eventKinds]uint64 // by kind, see EventKind
	Dropped map[string]uint64  // reason → count
}

// NewTracker watches these lines. Until the first Gap it trusts that it sees everything.
func NewTracker(lines []Line) *Tracker {
	t := &Tracker{
		legs: map[string]*leg{}, locals: map[string][2]*leg{},
		buried: graveyard{ids: map[string]bool{}}, sentOn: map[string]Event{},
		stats: Stats{Dropped: map[string]uint64{}},
	}
	for _, l := range lines {
		t.lines = append(t.lines, newLine(l))
	}
	return t
}

// arms is the state machine: one function for each kind of event.
var arms = [eventKinds]func(*Tracker, *Event){
	EventCreated:          (*Tracker).onCreated,
	EventState:            (*Tracker).onState,
	EventCaller:           (*Tracker).onCaller,
	EventConnected:        (*Tracker).onConnected,
	EventApp:              (*Tracker).onApp,
	EventHangupRequest:    (*Tracker).onHangupRequest,
	EventDestroyed:        (*Tracker).onDestroyed,
	EventDial:             (*Tracker).onDial,
	EventEntered:          (*Tracker).onEntered,
	EventLeft:             (*Tracker).onLeft,
	EventBlindTransfer:    (*Tracker).onBlindTransfer,
	EventAttendedTransfer: (*Tracker).onAttendedTransfer,
	EventEndpoint:         (*Tracker).onEndpoint,
	EventClockSet:         (*Tracker).onClockSet,
	EventSentOn:           (*Tracker).onSentOn,
	EventStranger:         (*Tracker).onStranger,
	EventReferred:         (*Tracker).onReferred,
}

// Apply takes one event and says what changed. Time first moves on to the event's.
func (t *Tracker) Apply(ev Event) []Change {
	t.out = nil
	if ev.Kind >= eventKinds {
		ev.Kind = EventUnknown
	}
	t.stats.Events[ev.Kind]++
	arm := arms[ev.Kind]
	if arm == nil {
		return nil
	}
	if ev.At.IsZero() {
		ev.At = t.now
	}
	t.advance(ev.At)
	arm(t, &ev)
	t.settle(ev.At)
	return t.out
}

// Tick says what changed because time passed; now is the switch's clock.
func (t *Tracker) Tick(now time.Time) []Change {
	t.out = nil
	t.advance(now)
	t.settle(now)
	return t.out
}

// Deadline is when Tick next has something to say; zero when nothing is due.
func (t *Tracker) Deadline() time.Time {
	var due time.Time
	for _, c := range t.runs {
		due = earlier(due, c.nextWarning())
	}
	for _, ln := range t.lines {
		due = earlier(due, ln.nextOffline())
	}
	return due
}

// States says what every line does now.
func (t *Tracker) States() []LineState {
	out := make([]LineState, 0, len(t.lines))
	for _, ln := range t.lines {
		out = append(out, ln.state)
	}
	return out
}

// Open lists the calls that have not ended, in the order in which they began.
func (t *Tracker) Open() []Call {
	out := make([]Call, 0, len(t.runs))
	for _, c := range t.runs {
		out = append(out, c.snapshot())
	}
	return out
}

// Stats returns a copy of the counters.
func (t *Tracker) Stats() Stats {
	s := Stats{Events: t.stats.Events, Dropped: make(map[string]uint64, len(t.stats.Dropped))}
	for k, v := range t.stats.Dropped {
		s.Dropped[k] = v
	}
	return s
}

// Finish ends every open call as unknown, as at the end of a tape: nobody will ever
// know how it went on.
func (t *Tracker) Finish(at time.Time) []Change {
	t.out = nil
	at = later(t.now, at)
	for _, c := range slices.Clone(t.runs) {
		c.find(SeenInPart)
		c.find(EndNotSeen)
		t.end(c, at, verdict{outcome: Unknown, reason: ReasonNotSeenToEnd})
	}
	t.settle(at)
	return t.out
}

// advance moves time on: warnings that are due, phones that stayed away, old leftovers.
func (t *Tracker) advance(now time.Time) {
	if !now.After(t.now) {
		return
	}
	t.now = now
	for _, ln := range t.lines {
		if ln.expire(now) {
			t.show(ln, now)
		}
	}
	if !t.due.IsZero() && !now.Before(t.due) {
		t.due = time.Time{}
		for _, c := range t.runs {
			t.warn(c, now)
			t.due = earlier(t.due, c.nextWarning())
		}
	}
	if now.Sub(t.swept) >= sweepEvery {
		t.swept = now
		t.sweep(now)
	}
}

// warn says, once each and while it still rings, that the last ring allowed begins and
// that the limit passed.
func (t *Tracker) warn(c *run, now time.Time) {
	for due := c.nextWarning(); !due.IsZero() && !due.After(now); due = c.nextWarning() {
		kind := CallRing3
		if c.toldRing3 {
			kind = CallLimit
		}
		c.toldRing3, c.toldLimit = true, kind == CallLimit
		t.tell(c, kind, due, "")
	}
}

// settle brings every call that the event touched up to date and ends those that are over.
func (t *Tracker) settle(at time.Time) {
	for i := 0; i < len(t.runs); i++ {
		c := t.runs[i]
		if !c.dirty {
			continue
		}
		c.dirty, c.line.dirty = false, true
		t.refresh(c, at)
		if c.over() {
			if !c.endSeen() {
				c.find(EndNotSeen)
			}
			t.end(c, c.lastEnd(), c.judge())
			i--
			continue
		}
		t.due = earlier(t.due, c.nextWarning())
	}
	for _, ln := range t.lines {
		if ln.dirty {
			ln.dirty = false
			t.show(ln, at)
		}
	}
}

// sweep drops what never ended, so that lost events cannot fill the memory: what was silent
// for a day and, when there is too much all the same, a tenth of it.
func (t *Tracker) sweep(now time.Time) {
	excess := 0
	if len(t.runs) >= maxRuns {
		excess = maxRuns / 10 // the oldest are in front
	}
	for i, c := range slices.Clone(t.runs) {
		if i < excess || now.Sub(c.lastSeen()) > maxAge {
			t.drop("call_never_ended")
			c.find(SeenInPart)
			c.find(EndNotSeen)
			t.end(c, now, verdict{outcome: Unknown, reason: ReasonNotSeenToEnd})
		}
	}
	for _, l := range t.legs {
		if l.call == nil && l.parent == nil && now.Sub(l.seen) >= sweepEvery && l.allGone(0) {
			t.buryTree(l, 0)
		}
	}
	excess = 0
	if len(t.legs) >= maxLegs {
		excess = maxLegs / 10
	}
	for id, l := range t.legs {
		if l.call == nil && (excess > 0 || now.Sub(l.seen) > maxAge) {
			excess--
			t.drop("leg_never_ended")
			t.forget(l)
			delete(t.legs, id)
		}
	}
}

func (t *Tracker) drop(reason string) { t.stats.Dropped[reason]++ }

// graveyard remembers the channels of calls that are over, so that a late or repeated
// event does not bring them back. It forgets the oldest.
type graveyard struct {
	ids   map[string]bool
	order []string
}

func (g *graveyard) bury(id string) {
	if g.ids[id] {
		return
	}
	if len(g.order) >= maxBuried {
		drop := maxBuried / 8
		for _, old := range g.order[:drop] {
			delete(g.ids, old)
		}
		g.order = append(g.order[:0], g.order[drop:]...)
	}
	g.ids[id] = true
	g.order = append(g.order, id)
}
