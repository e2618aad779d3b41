package telephony

import (
	"slices"
	"time"
)

// Reason names why a call got its outcome; it reaches the log, the metrics and the golden files.
type Reason string

// The closed set of reasons.
const (
	ReasonAnswered          Reason = "duty_phone_answered"
	ReasonAnswerNotSeen     Reason = "answered_in_a_gap"         // too far apart to say whether in time
	ReasonPhoneRedirected   Reason = "phone_redirected"          // 301/302, and the target rang or answered
	ReasonPhoneForwarded    Reason = "phone_reported_forwarding" // SIP 181
	ReasonDialplanForwarded Reason = "dialplan_went_out"         // the switch sent the call to a trunk
	ReasonOtherPhone        Reason = "other_phone_answered"
	ReasonMachineAfter      Reason = "dialplan_took_over" // announcement or mailbox after the phone
	ReasonMachineInstead    Reason = "dialplan_only"      // announcement or mailbox, the phone was never tried
	ReasonRejected          Reason = "rejected_after_ringing"
	ReasonCallerLeftEarly   Reason = "caller_left_before_limit"
	ReasonCallerLeftLate    Reason = "caller_left_after_limit"
	ReasonStoppedRinging    Reason = "switch_stopped_ringing"
	ReasonPhoneStopped      Reason = "phone_stopped_ringing"
	ReasonBusy              Reason = "phone_busy"
	ReasonDeclined          Reason = "phone_declined"
	ReasonPhoneFailed       Reason = "phone_failed"
	ReasonRedirectFailed    Reason = "redirect_failed"
	ReasonSilent            Reason = "phone_silent"
	ReasonNoPhone           Reason = "no_phone_to_ring" // not registered
	ReasonNeverTried        Reason = "phone_never_tried"
	ReasonLeftBeforeBell    Reason = "caller_left_before_bell"
	ReasonNotSeenToEnd      Reason = "not_seen_to_end"
	ReasonFarAnswered       Reason = "far_end_answered"
	ReasonSwitchAnswered    Reason = "switch_answered" // a code that the switch handles itself
	ReasonPickedUp          Reason = "picked_up_call"
	ReasonFarBusy           Reason = "far_end_busy"
	ReasonFarNoAnswer       Reason = "far_end_no_answer"
	ReasonOfficerGaveUp     Reason = "officer_gave_up"
	ReasonFarFailed         Reason = "far_end_failed"
	ReasonNotConnected      Reason = "not_connected" // the switch dialled nobody
)

const (
	// A caller who leaves sooner proves nothing about a phone that said nothing yet.
	patienceWithSilence = 2 * time.Second
	// Nobody picks up a ringing phone this fast.
	instantly = 300 * time.Millisecond
	// An answer later than this after the dial, without any ring, came from a phone that
	// does not say that it rings.
	muteRing = time.Second
)

// verdict is the judge's word on one call.
type verdict struct {
	outcome     Outcome
	reason      Reason
	answeredAt  time.Time
	forwardedTo string
	hangupBy    Party
	findings    []Finding
}

// determined reports whether the verdict stands even if the call's end was not seen.
func (v verdict) determined() bool { return !v.answeredAt.IsZero() }

// judge gives a call that is over its outcome. It reads evidence only and changes nothing.
func (c *run) judge() verdict {
	if c.Direction == Outbound {
		return c.judgeOut()
	}
	v := c.judgeIn()
	v.hangupBy = c.whoHungUp(v)
	switch {
	case v.outcome == Forwarded:
	case slices.ContainsFunc(c.legs, (*leg).redirects):
		v.findings = append(v.findings, RedirectAttempted)
	case v.outcome == Unreachable && slices.ContainsFunc(c.legs, func(l *leg) bool { return l != c.root && l.outward() }):
		v.findings = append(v.findings, ForwardAttempted)
	}
	if v.outcome == Engaged && slices.ContainsFunc(c.legs, func(l *leg) bool { return l.lonelyBusy }) {
		v.findings = append(v.findings, BusyWithoutCall)
	}
	return v
}

// redirects reports whether a duty phone wanted the call to go elsewhere.
func (l *leg) redirects() bool { return l.isDuty() && (l.response() == redirect || l.sendsOn()) }

// sendsOn reports whether the phone said that it sends the call on (SIP 181). One that says so
// at once is quicker than the dial's begin: its redirecting number is then not the caller's.
func (l *leg) sendsOn() bool {
	return l.diverted || l.rdnis != "" && l.rdnis != l.top().rdnis && !l.byRedirect()
}

// outward reports whether the dialplan sent the call out on a trunk with this leg.
func (l *leg) outward() bool { return l.trunk && !l.incoming && !l.redirected }

// reached reports whether an unanswered leg got somewhere: its phone rang, or had not
// refused yet when the caller left.
func (l *leg) reached() bool { return !l.rang.IsZero() || l.response() == cancelled }

// judgeIn follows the precedence of the rules: whoever took the call, then where it was
// sent without an answer, then the machine, then what the phone did.
func (c *run) judgeIn() verdict {
	if w, ok := c.winner(); ok {
		return c.taken(w)
	}
	if v, ok := c.sentOn(); ok {
		return v
	}
	if v, ok := c.byMachine(); ok {
		return v
	}
	if c.answerUnseen() {
		return verdict{outcome: Unknown, reason: ReasonAnswerNotSeen}
	}
	if !c.RangAt.IsZero() {
		return c.unansweredRing()
	}
	return c.noRing()
}

// answerUnseen reports whether the caller's channel was up in the end and nobody saw it answered: what was
// heard of the call after a gap, before its end, began too late for that.
func (c *run) answerUnseen() bool {
	return c.root != nil && c.root.state == "Up" && c.root.up.IsZero() && c.seenInPart()
}

// winner is who took the call first.
type winner struct {
	leg    *leg // nil: only the log says so
	at     time.Time
	logged bool // the moment is from the log
}

func (c *run) winner() (winner, bool) {
	var w winner
	for _, l := range c.legs {
		if l == c.root || !l.talked() || l.local && l.answeredBelow(0) {
			continue
		}
		if !c.loggedAnswer.IsZero() && l.created.After(c.loggedAnswer) {
			continue // it did not exist when the call was answered: somebody to whom the call was handed
		}
		if w.leg == nil || l.answeredAt().Before(w.at) || w.leg.local && !l.local && l.answeredAt().Equal(w.at) {
			w = winner{leg: l, at: l.answeredAt()}
		}
	}
	if !c.loggedAnswer.IsZero() && (w.leg == nil || c.loggedAnswer.Before(w.at)) {
		w.at, w.logged = c.loggedAnswer, true
	}
	return w, !w.at.IsZero()
}

// answeredBelow reports whether a real phone behind a Local channel answered.
func (l *leg) answeredBelow(hops int) bool {
	return hops < maxHops && slices.ContainsFunc(l.children, func(c *leg) bool {
		return !c.local && c.talked() || c.answeredBelow(hops+1)
	})
}

// forwardedTo is where the winner stands, when that is not here.
func (w winner) forwardedTo() string {
	if w.leg == nil || w.leg.isDuty() || !(w.leg.byRedirect() || w.leg.trunk) {
		return ""
	}
	return w.leg.target()
}

// taken judges a call that somebody or something took.
func (c *run) taken(w winner) verdict {
	v := verdict{answeredAt: w.at, forwardedTo: w.forwardedTo()}
	switch l := w.leg; {
	case l == nil && c.ForwardedTo != "":
		v.outcome, v.reason, v.forwardedTo = Forwarded, ReasonPhoneRedirected, c.ForwardedTo
	case l == nil:
		return c.inTime(w, v)
	case l.isDuty() && l.sendsOn():
		v.outcome, v.reason = Forwarded, ReasonPhoneForwarded
	case l.isDuty():
		return c.inTime(w, v)
	case l.byRedirect():
		v.outcome, v.reason = Forwarded, ReasonPhoneRedirected
		if v.forwardedTo == "" {
			v.forwardedTo = c.wantedTarget()
		}
	case l.trunk:
		v.outcome, v.reason = Forwarded, ReasonDialplanForwarded
	case l.local && l.runsMachine(0):
		v.outcome, v.reason = AnsweredByMachine, ReasonMachineAfter
	default:
		v.outcome, v.reason = AnsweredElsewhere, ReasonOtherPhone
	}
	return v
}

func (l *leg) runsMachine(hops int) bool {
	return !l.machineAt.IsZero() || hops < maxHops &&
		slices.ContainsFunc(l.children, func(c *leg) bool { return c.runsMachine(hops + 1) })
}

// wantedTarget is where a duty phone wanted the call to go.
func (c *run) wantedTarget() string {
	for _, l := range c.legs {
		if l.isDuty() && l.forward != "" {
			return numberIn(l.forward)
		}
	}
	return ""
}

// inTime judges an answer at the duty phone on the bell clock.
func (c *run) inTime(w winner, v verdict) verdict {
	start, sure := c.RangAt, true
	if start.IsZero() {
		sure = w.leg != nil && w.leg.watched
		start = c.OfferedAt
		if w.leg != nil {
			start = earlier(w.leg.dialled, w.leg.created)
		}
	}
	longest := w.at.Sub(start)
	shortest := longest
	if w.leg != nil && !w.leg.answeredAfter.IsZero() && !w.logged {
		shortest = w.leg.answeredAfter.Sub(start)
	} else if !sure || w.logged && c.answerBound {
		shortest = 0
	}
	rule := c.line.Rule
	switch {
	case rule.InTime(longest):
		v.outcome, v.reason = AnsweredInTime, ReasonAnswered
	case !rule.InTime(shortest):
		v.outcome, v.reason = AnsweredLate, ReasonAnswered
	default:
		v.outcome, v.reason = Unknown, ReasonAnswerNotSeen
	}
	if v.outcome != Unknown && rule.Borderline(longest) {
		v.findings = append(v.findings, BorderlineVerdict)
	}
	return c.howItRang(w, longest, sure, v)
}

// howItRang adds what is odd about the ring before an answer.
func (c *run) howItRang(w winner, rang time.Duration, sure bool, v verdict) verdict {
	switch {
	case w.leg == nil || !sure:
	case c.RangAt.IsZero() && rang >= muteRing:
		v.findings = append(v.findings, NoRinging)
	case rang < instantly && w.leg.answeredAfter.IsZero() && !w.leg.incoming:
		v.findings = append(v.findings, InstantAnswer)
	case !w.leg.rang.IsZero() && !w.leg.alerting:
		v.findings = append(v.findings, EarlyMedia)
	}
	return v
}

// byMachine judges a call that the dialplan or a mailbox took instead of, or after, the
// phone. A greeting before the bell is none: a caller who leaves in it left early.
func (c *run) byMachine() (verdict, bool) {
	if !c.machineAt.IsZero() {
		return verdict{outcome: AnsweredByMachine, reason: ReasonMachineAfter, answeredAt: c.machineAt}, true
	}
	if c.root == nil || c.tried() || c.root.up.IsZero() || c.pickedUpBySomebody() {
		return verdict{}, false
	}
	left, gone := c.callerLeft()
	if gone && c.line.Rule.InTime(left.Sub(c.OfferedAt)) && !mailboxes[c.root.app] {
		return verdict{}, false
	}
	return verdict{outcome: AnsweredByMachine, reason: ReasonMachineInstead, answeredAt: c.root.up}, true
}

var mailboxes = map[string]bool{"VoiceMail": true, "Record": true, "MinivmRecord": true}

// sentOn judges a call that went somewhere else only and was not answered there.
func (c *run) sentOn() (verdict, bool) {
	dutyRang := false
	var out *leg
	var diverted bool
	for _, l := range c.legs {
		switch {
		case l == c.root:
		case l.isDuty() && l.sendsOn() && l.reached() && (l.response() == silent || l.response() == cancelled):
			diverted = true
		case l.isDuty() && !l.rang.IsZero() && !l.redirects():
			dutyRang = true
		case !l.isDuty() && l.reached() && (l.byRedirect() || l.trunk) && (out == nil || out.local):
			out = l
		}
	}
	switch {
	case dutyRang:
		return verdict{}, false
	case out != nil && out.byRedirect():
		v := verdict{outcome: Forwarded, reason: ReasonPhoneRedirected, forwardedTo: out.target()}
		if v.forwardedTo == "" {
			v.forwardedTo = c.wantedTarget()
		}
		return v, true
	case out != nil:
		return verdict{outcome: Forwarded, reason: ReasonDialplanForwarded, forwardedTo: out.target()}, true
	case diverted:
		return verdict{outcome: Forwarded, reason: ReasonPhoneForwarded}, true
	}
	return verdict{}, false
}

// callerLeft is when the caller hung up before anybody took the call. That a leg was
// cancelled does not show it: a queue ends its rounds in the same way.
func (c *run) callerLeft() (time.Time, bool) {
	if c.root == nil {
		return time.Time{}, false
	}
	left := c.root.hungUp
	if left.IsZero() && c.root.tech == 487 {
		left = c.root.gone
	}
	return left, !left.IsZero()
}

// unansweredRing judges a call for which the bell rang and nobody took it.
func (c *run) unansweredRing() verdict {
	last := c.lastToRing()
	left, gone := c.callerLeft()
	stopped := last == nil || !last.over() && last.hungUp.IsZero()
	if last != nil {
		switch resp := last.response(); {
		case resp == busy || resp == declined:
			return verdict{outcome: Rejected, reason: ReasonRejected}
		case resp == cancelled:
			stopped = false
		default:
			stopped = !gone || last.ringEnd().Before(left)
		}
	}
	if c.root != nil && c.root.app == "Queue" && gone {
		stopped = false // between two rounds of a queue the call is still waiting
	}
	rang := left.Sub(c.RangAt)
	switch {
	case gone && !stopped && c.line.Rule.InTime(rang):
		return c.doubtful(verdict{outcome: AbandonedEarly, reason: ReasonCallerLeftEarly}, rang)
	case gone && !stopped:
		return c.doubtful(verdict{outcome: Missed, reason: ReasonCallerLeftLate}, rang)
	case last != nil && (last.response() == failed || last.response() == redirect):
		return c.doubtful(verdict{outcome: Missed, reason: ReasonPhoneStopped}, c.bellEnd(time.Time{}).Sub(c.RangAt))
	}
	return c.doubtful(verdict{outcome: Missed, reason: ReasonStoppedRinging}, c.bellEnd(time.Time{}).Sub(c.RangAt))
}

// lastToRing is the duty phone whose bell stopped last.
func (c *run) lastToRing() *leg {
	var last *leg
	for _, l := range c.legs {
		if !l.isDuty() || l.rang.IsZero() {
			continue
		}
		if last == nil || last.over() && (!l.over() || last.ringEnd().Before(l.ringEnd())) {
			last = l
		}
	}
	return last
}

// doubtful says that a trunk without supervision may have hidden when the caller left.
func (c *run) doubtful(v verdict, rang time.Duration) verdict {
	r := c.line.Rule
	if c.line.Supervision == SupervisionNone && (rang-r.LimitAt()).Abs() < r.cycle() {
		v.findings = append(v.findings, SupervisionUnreliable)
	}
	return v
}

// noRing judges a call for which no duty phone rang.
func (c *run) noRing() verdict {
	var tried *leg
	said := map[answer]bool{}
	for _, l := range c.legs {
		if l.isDuty() && l != c.root {
			tried = l
			said[l.response()] = true
		}
	}
	left, gone := c.callerLeft()
	switch {
	case said[busy]:
		return verdict{outcome: Engaged, reason: ReasonBusy}
	case said[declined]:
		return verdict{outcome: Rejected, reason: ReasonDeclined}
	case said[redirect]:
		return verdict{outcome: Unreachable, reason: ReasonRedirectFailed}
	case said[failed]:
		return verdict{outcome: Unreachable, reason: ReasonPhoneFailed}
	case tried != nil && gone && left.Sub(earlier(tried.dialled, tried.created)) < patienceWithSilence:
		return verdict{outcome: AbandonedEarly, reason: ReasonLeftBeforeBell}
	case tried != nil:
		return verdict{outcome: Unreachable, reason: ReasonSilent}
	case c.root != nil && !c.root.watched: // a phone may have rung, and have been answered, before we listened
		return verdict{outcome: Unknown, reason: ReasonNotSeenToEnd}
	case c.root != nil && !c.root.triedAt.IsZero():
		return verdict{outcome: Unreachable, reason: ReasonNoPhone}
	case gone && c.line.Rule.InTime(left.Sub(c.OfferedAt)):
		return verdict{outcome: AbandonedEarly, reason: ReasonLeftBeforeBell}
	}
	return verdict{outcome: Unreachable, reason: ReasonNeverTried}
}

// whoHungUp names who ended the call: of those who were in it, the first whose far end
// asked for it. A phone that handed the call on is no longer in it.
func (c *run) whoHungUp(v verdict) Party {
	if _, left := c.callerLeft(); v.outcome == Rejected && !left {
		return ByOfficer
	}
	var by *leg
	var earliest time.Time
	unseen := false // somebody was in it whose leg lies outside the subscription
	for _, l := range c.legs {
		inIt := l == c.root || !l.local && l.talked() && !l.away
		unseen = unseen || inIt && !l.watched && l != c.root
		left := l.hungUp
		if left.IsZero() && l.lost {
			left = l.gone
		}
		if inIt && !left.IsZero() && (by == nil || left.Before(earliest)) {
			by, earliest = l, left
		}
	}
	switch {
	case c.root == nil || by != nil && by.hungUp.IsZero():
		return "" // nobody looked
	case by == nil && c.Direction == Outbound && c.root != nil && c.root.away:
		return ByOfficer // handed the call on and was out of it
	case by == nil && (unseen || slices.ContainsFunc(c.legs, func(l *leg) bool { return l.away })):
		return "" // whoever stands at the other end of the transfer, or a phone that is not watched
	case by == nil:
		return BySystem
	case by == c.root && c.Direction == Inbound:
		return ByCaller
	case by == c.root || by.isDuty():
		return ByOfficer
	case c.Direction == Outbound:
		return ByCaller
	}
	return "" // a third party
}
