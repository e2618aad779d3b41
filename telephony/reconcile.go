package telephony

import (
	"slices"
	"time"
)

// How far the two eyes may be apart without a finding: the switch's events and its journal
// agreed within 34 ms over 100 calls; the ends of a call's channels are a few ms apart.
const (
	sameMoment = 150 * time.Millisecond
	sameEnd    = time.Second
)

// Reconcile compares what the live view made of a call with what the switch's own journal
// says, and gives the call as it stands from then on. A verdict that the live view gave while
// it saw the whole call never changes: where the journal disagrees, a finding says so. What
// the live view saw in part, or did not see end, is settled by the journal.
func Reconcile(live, journal Call) Call {
	out := live
	out.SettledBy = SettledByJournal
	live.Findings = slices.DeleteFunc(slices.Clone(live.Findings), func(f Finding) bool { return f == NotInJournal })
	out.Findings, out.Tags = slices.Clone(live.Findings), slices.Clone(live.Tags)
	switch {
	case slices.Contains(live.Findings, SwitchClockStepped) && live.Ended():
		out.SettledBy = SettledByARI // the journal's times are of two clocks
	case slices.Contains(journal.Findings, JournalInPart) && live.Ended():
		out.SettledBy = SettledByARI
		out.add(JournalInPart)
	case !live.Ended():
		out = takeOver(live, journal)
		if !live.seenInPart() {
			out.add(EndMissedLive)
		}
	case slices.Contains(journal.Findings, CutBySwitch) && live.Outcome != Unknown:
		out.add(CutBySwitch) // neither saw the end, and the live view saw more of what was before
	case live.seenInPart() && journal.Outcome != Unknown:
		out = takeOver(live, journal)
	case live.seenInPart():
		out.addAll(journal.Findings...) // neither saw all of it: what is certain in either stands
	default:
		out.addAll(disputes(live, journal)...)
	}
	if slices.Contains(journal.Findings, CutBySwitch) && slices.Contains(out.Findings, EndNotSeen) &&
		journal.EndedAt.Before(out.EndedAt) && !journal.EndedAt.Before(later(out.OfferedAt, out.AnsweredAt)) {
		out.EndedAt = journal.EndedAt // the switch was started then; that it was gone was seen later
	}
	if slices.Contains(journal.Findings, SwitchClockBehind) { // both eyes have the switch's times
		out.add(SwitchClockBehind)
	}
	return out
}

func (c Call) seenInPart() bool {
	return slices.Contains(c.Findings, SeenInPart) || slices.Contains(c.Findings, EndNotSeen) || c.Outcome == Unknown // the last: one that was not seen to its end
}

func (c *Call) add(f Finding) {
	if !slices.Contains(c.Findings, f) {
		c.Findings = append(c.Findings, f)
	}
}

func (c *Call) addAll(fs ...Finding) {
	for _, f := range fs {
		c.add(f)
	}
}

// takeOver is the journal's call with what only the live view knows. That it was seen in part
// stays true; that its end was not seen does not, unless the journal did not see it either.
func takeOver(live, journal Call) Call {
	out := journal
	out.ID, out.Line, out.Direction = live.ID, live.Line, live.Direction
	out.OfferedAt = live.OfferedAt // the same moment; the entry's call time must not move
	if live.Rule != "" {
		out.Rule = live.Rule
	}
	if out.CallerName == "" {
		out.CallerName = live.CallerName
	}
	if out.Caller.Raw == "" {
		out.Caller = live.Caller
	}
	out.Findings, out.Tags = slices.Clone(live.Findings), slices.Clone(live.Tags)
	out.Findings = slices.DeleteFunc(out.Findings, func(f Finding) bool {
		return f == EndNotSeen || f == ForwardAttempted || f == BorderlineVerdict // the last two are of the verdict, and that is the journal's
	})
	out.addAll(journal.Findings...)
	for _, t := range journal.Tags {
		if !slices.Contains(out.Tags, t) {
			out.Tags = append(out.Tags, t)
		}
	}
	return out
}

// disputes names each point on which two accounts of a whole call differ.
func disputes(live, journal Call) []Finding {
	var out []Finding
	note := func(differs bool, f Finding) {
		if differs {
			out = append(out, f)
		}
	}
	note(live.Outcome != journal.Outcome, OutcomeDisputed)
	note(apart(live.RangAt, journal.RangAt, sameMoment) && !hardlyRang(live) && !hardlyRang(journal), RingDisputed)
	note(apart(live.AnsweredAt, journal.AnsweredAt, sameMoment), AnswerDisputed)
	note(apart(live.EndedAt, journal.EndedAt, sameEnd), EndDisputed)
	note(live.HangupBy != journal.HangupBy && live.HangupBy != "" && journal.HangupBy != "", HangupDisputed)
	note(live.Direction == Inbound && live.Caller.Raw != journal.Caller.Raw, CallerDisputed)
	return out
}

// hardlyRang reports whether the bell stopped as it began: a phone that sends every call on says
// that it rings and sends it on within the same moment, and the journal cannot tell whether it did.
func hardlyRang(c Call) bool {
	d, ok := c.RingFor()
	return ok && d < sameMoment
}

// apart reports whether two accounts of a moment differ, or only one of them has it.
func apart(a, b time.Time, tolerance time.Duration) bool {
	if a.IsZero() || b.IsZero() {
		return a.IsZero() != b.IsZero()
	}
	return a.Sub(b).Abs() > tolerance
}

// OfOneCall reports whether two accounts under one id are of one call. After a restart of the
// switch with a clock that was set back an id can come again: then the call began at another
// moment. Where the journal lacks the call's beginning, or the clock was set in mid-call, it is
// not known to be another.
func OfOneCall(a, b Call) bool {
	return slices.Contains(b.Findings, JournalInPart) || slices.Contains(a.Findings, SwitchClockStepped) || a.OfferedAt.IsZero() || b.OfferedAt.IsZero() || a.OfferedAt.Sub(b.OfferedAt).Abs() <= sameMoment
}
