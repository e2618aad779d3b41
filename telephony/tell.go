package telephony

import (
	"slices"
	"time"
)

// refresh brings what is known of a running call up to date and tells what is new.
func (t *Tracker) refresh(c *run, at time.Time) {
	c.learn()
	if len(c.legs) == 0 {
		return
	}
	if !c.RangAt.IsZero() && !c.toldRang && c.Direction == Inbound {
		c.toldRang = true
		t.tell(c, CallRang, at, "")
	}
	if w, ok := c.winner(); ok && !c.toldAnswer {
		c.toldAnswer = true
		c.AnsweredAt, c.ForwardedTo = w.at, w.forwardedTo()
		c.RangUntil = c.bellEnd(w.at)
		c.Rings = c.ringCount()
		t.tell(c, CallAnswered, at, "")
	}
	if now := c.mark(); now != c.toldAs && c.told() && !c.over() {
		finding := Finding("")
		if now.findings > c.toldAs.findings {
			finding = c.Findings[len(c.Findings)-1]
		}
		t.tell(c, CallUpdated, at, finding)
	}
}

// told reports whether the call was announced at all.
func (c *run) told() bool { return c.toldAs != (mark{}) }

func (c *run) mark() mark {
	return mark{c.Caller.Raw + " ", c.CallerName, c.ForwardedTo, c.RedirectedFrom, len(c.Findings)}
}

// learn takes what the legs' evidence says about a call that still runs.
func (c *run) learn() {
	if c.root == nil {
		return
	}
	if c.Direction == Inbound && c.root.incoming {
		if c.Caller.Raw != c.root.number {
			c.Caller = ParseNumber(c.root.number, c.line.AreaCode)
		}
		c.CallerName = printable(c.root.name, maxName)
		c.RedirectedFrom = printable(c.root.rdnis, maxNumber)
	}
	if c.Direction == Outbound {
		return
	}
	c.RangAt = c.loggedRang
	for _, l := range c.legs {
		if l.isDuty() && c.loggedRang.IsZero() {
			c.RangAt = earlier(c.RangAt, l.rang)
		}
	}
	c.Tags = slices.DeleteFunc(c.Tags, func(x Tag) bool { return x == TagWithheld })
	if c.Caller.Withheld() {
		c.Tags = append(c.Tags, TagWithheld)
	}
	if c.RedirectedFrom != "" {
		c.prove(SawEvent(c.root.id, Said{Name: SaidRedirecting, Number: c.RedirectedFrom}, c.root.created))
		c.find(RedirectedBefore)
	}
	if l := c.sentOnInSIP(); l != nil {
		c.proveSIP(l.sip, l.sentOnSaid, l.sentOnAt)
		c.find(RedirectedInSIP)
	}
	if slices.ContainsFunc(c.legs, func(l *leg) bool { return l.stranger }) {
		c.find(WrongDevice)
	}
	if c.upBeforeBell {
		c.find(AnsweredBeforeBell)
	}
	if !c.RangAt.IsZero() && c.RangAt.Sub(c.OfferedAt) > bellLag {
		c.find(BellBehindCaller)
	}
}

// bellLag is how far the bell clock may be behind the caller clock without a finding.
const bellLag = 2 * time.Second

// end closes a call with its verdict, tells it, and buries its channels.
func (t *Tracker) end(c *run, at time.Time, v verdict) {
	c.learn()
	if !c.lostAt.IsZero() && !v.determined() {
		v = verdict{outcome: Unknown, reason: ReasonNotSeenToEnd}
	}
	for _, f := range v.findings {
		c.find(f)
	}
	if c.referred && !slices.Contains(c.Findings, TransferredAfter) {
		c.find(TransferAttempted)
	}
	c.Outcome, c.Reason = v.outcome, v.reason
	c.EndedAt = later(at, c.OfferedAt)
	c.AnsweredAt, c.ForwardedTo = v.answeredAt, v.forwardedTo
	if l := c.sentOnInSIP(); l != nil && c.ForwardedTo == "" {
		c.ForwardedTo = l.sentOn
	}
	if v.outcome == Unknown && v.answeredAt.IsZero() {
		if w, ok := c.winner(); ok {
			c.AnsweredAt = w.at
		}
	}
	if !c.AnsweredAt.IsZero() {
		c.AnsweredAt = later(c.AnsweredAt, c.OfferedAt)
		c.EndedAt = later(c.EndedAt, c.AnsweredAt)
	}
	c.RangUntil = time.Time{}
	if !c.RangAt.IsZero() {
		c.RangUntil = c.bellEnd(c.AnsweredAt)
	}
	c.Rings = c.ringCount()
	c.HangupBy = v.hangupBy
	c.proveEnd(v)
	t.putAway(c)
	t.tell(c, CallEnded, c.EndedAt, "")
}

// putAway forgets a call that is over and buries its channels.
func (t *Tracker) putAway(c *run) {
	t.runs = slices.DeleteFunc(t.runs, func(x *run) bool { return x == c })
	for _, l := range c.legs {
		t.forget(l)
		delete(t.legs, l.id)
		t.buried.bury(l.id)
	}
	c.line.dirty = true
}

// Settled takes the journal's word that a call is over: one that the live view still holds is
// put away, and its line shows what it does now. It returns the settlement as a change.
func (t *Tracker) Settled(s Settlement) []Change {
	t.out = nil
	for _, c := range slices.Clone(t.runs) {
		if c.ID == s.Call.ID && OfOneCall(c.Call, s.Call) {
			t.putAway(c)
		}
	}
	t.settle(t.now)
	call, state := s.Call, LineState{Line: s.Call.Line}
	if ln := t.lineNamed(call.Line); ln != nil {
		state = ln.state
	}
	return append(t.out, Change{Kind: CallSettled, At: s.At, Line: call.Line, Call: &call, State: state})
}

// bellEnd is when the bell stopped: the answer, or the last of the duty phones to stop,
// but never after the end of the call. It is zero when the bell stopped while nobody looked.
func (c *run) bellEnd(answered time.Time) time.Time {
	if c.RangAt.IsZero() {
		return time.Time{}
	}
	var stop time.Time
	unseen := false
	for _, l := range c.legs {
		if l.isDuty() && !l.rang.IsZero() {
			quiet := l.ringEnd()
			if quiet.IsZero() {
				quiet = c.EndedAt
				unseen = unseen || c.Ended() && !c.EndSeen()
			}
			unseen = unseen || l.quietUnseen()
			stop = later(stop, quiet)
		}
	}
	switch {
	case !answered.IsZero() && !stop.IsZero() && stop.Before(answered):
	case !answered.IsZero():
		stop, unseen = answered, c.answeredUnseen()
	case stop.IsZero(): // only the log knows that it rang
		unseen = true
	}
	if unseen {
		return time.Time{}
	}
	if !c.EndedAt.IsZero() {
		stop = earlier(stop, c.EndedAt)
	}
	return later(stop, c.RangAt)
}

// answeredUnseen reports whether the answer fell into a gap, so that its moment is a bound.
func (c *run) answeredUnseen() bool {
	w, _ := c.winner()
	return w.leg != nil && !w.logged && !w.leg.answeredAfter.IsZero() || w.logged && c.answerBound
}

func (c *run) ringCount() int {
	d, ok := c.RingFor()
	if !ok {
		return 0
	}
	return c.line.Rule.Rings(d)
}

// snapshot is a copy that nobody changes any more.
func (c *run) snapshot() Call {
	out := c.Call
	out.Tags = slices.Clone(c.Tags)
	out.Findings = slices.Clone(c.Findings)
	return out
}

// tell adds a change of a call, with the line's state after it.
func (t *Tracker) tell(c *run, kind ChangeKind, at time.Time, f Finding) {
	c.toldAs = c.mark()
	call := c.snapshot()
	ch := Change{Kind: kind, At: at, Line: c.line.Name, Call: &call, State: t.look(c.line, at), Finding: f, Proofs: slices.Clone(c.proofs)}
	if kind == CallEnded {
		ch.Detail, ch.Dialogs = string(c.Reason), c.dialogs()
	}
	t.out = append(t.out, ch)
}
