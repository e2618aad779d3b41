package telephony

import (
	"slices"
	"time"
)

// offlineAfter is how long a phone must stay away before it counts as away: a contact
// that is replaced goes and comes within 2 ms.
const offlineAfter = 500 * time.Millisecond

// line is a duty line as the tracker sees it.
type line struct {
	Line
	e164   string
	phones map[string]*phone // duty endpoints of which something was heard
	state  LineState
	dirty  bool
}

// phone is what the switch says of one duty endpoint.
type phone struct {
	online   bool
	known    bool
	offsince time.Time // it went away then; not believed before offlineAfter
}

func newLine(l Line) *line {
	if l.Rule == (Rule{}) {
		l.Rule = DefaultRule()
	}
	return &line{
		Line: l, e164: ParseNumber(l.Number, l.AreaCode).E164, phones: map[string]*phone{},
		state: LineState{Line: l.Name, State: Idle},
	}
}

// reachedBy reports whether a called number is the line's. A line without a number takes
// every call of its trunks.
func (ln *line) reachedBy(called string) bool {
	if ln.Number == "" || called == ln.Number {
		return true
	}
	return ln.e164 != "" && ParseNumber(called, ln.AreaCode).E164 == ln.e164
}

// heard takes news of a phone. That it went away is believed only after a while.
func (ln *line) heard(e Endpoint, at time.Time) {
	p := ln.phones[e.Name]
	if p == nil {
		if len(ln.phones) >= maxPhones {
			return
		}
		p = &phone{}
		ln.phones[e.Name] = p
	}
	switch {
	case !e.Known:
		p.known = false
		p.offsince = time.Time{}
	case e.Online:
		p.online, p.known = true, true
		p.offsince = time.Time{}
	case p.offsince.IsZero() && (p.online || !p.known):
		p.offsince = at
	}
}

// maxPhones bounds what a pattern such as "PJSIP/*" can make us remember.
const maxPhones = 1000

// expire believes phones that stayed away long enough.
func (ln *line) expire(now time.Time) bool {
	changed := false
	for _, p := range ln.phones {
		if !p.offsince.IsZero() && !now.Before(p.offsince.Add(offlineAfter)) {
			p.online, p.known = false, true
			p.offsince = time.Time{}
			changed = true
		}
	}
	return changed
}

func (ln *line) nextOffline() time.Time {
	var due time.Time
	for _, p := range ln.phones {
		if !p.offsince.IsZero() {
			due = earlier(due, p.offsince.Add(offlineAfter))
		}
	}
	return due
}

// unreachable reports whether every duty phone of which we know is away.
func (ln *line) unreachable() bool {
	if len(ln.phones) == 0 {
		return false
	}
	for _, p := range ln.phones {
		if p.online || !p.known {
			return false
		}
	}
	return true
}

// look works out what a line does now: a bell comes before a talk, for it wants somebody.
func (t *Tracker) look(ln *line, at time.Time) LineState {
	now := LineState{Line: ln.Name, State: Idle}
	if ln.unreachable() {
		now.State = LineUnreachable
	}
	for _, c := range t.runs {
		if c.line != ln {
			continue
		}
		_, rings := c.ringsNow()
		switch {
		case rings && now.State != Ringing:
			now.State, now.CallID, now.RangAt = Ringing, c.ID, c.RangAt
		case !rings && c.usesPhone() && now.State != Ringing && now.State != Talking:
			now.State, now.CallID = Talking, c.ID
		}
	}
	if t.blind {
		now = LineState{Line: ln.Name, State: LineStateUnknown}
	}
	now.Since = at
	if old := ln.state; old.State == now.State && old.CallID == now.CallID {
		now.Since = old.Since
	}
	return now
}

// show tells that a line's state changed, if it did.
func (t *Tracker) show(ln *line, at time.Time) {
	now := t.look(ln, at)
	if now == ln.state {
		return
	}
	ln.state = now
	t.out = append(t.out, Change{Kind: LineChanged, At: at, Line: ln.Name, State: now})
}

// lineNamed finds a line by its key.
func (t *Tracker) lineNamed(name string) *line {
	i := slices.IndexFunc(t.lines, func(ln *line) bool { return ln.Name == name })
	if i < 0 {
		return nil
	}
	return t.lines[i]
}
