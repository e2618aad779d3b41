package alerts

import (
	"slices"
	"time"

	"dutyline/telephony"
)

// Misuse is what the duty line must not be used for (Art. 12). It is data, read from the rule
// file. The zero value knows no misuse.
type Misuse struct {
	Never    []Span        // numbers that are never misuse, whatever else fits them; so is every number in the directory
	Numbers  []ToldNumber  // told when the duty phone calls them
	OddHours []Hours       // a call to a number that the directory does not have is told then …
	CallBack time.Duration // … unless that number called us within this time before
	Longest  Longest
	Nuisance Nuisance
}

// ToldNumber are numbers that are told when the duty phone calls them.
type ToldNumber struct {
	Span
	Means NumberKind
}

// NumberKind is what such numbers are.
type NumberKind string

// The closed set of kinds.
const (
	Premium       NumberKind = "premium"       // 声讯: information services that cost extra
	International NumberKind = "international" // 国际长途
	Service       NumberKind = "service"       // 95…, 96…, 400: as information, for they serve everybody
	OtherNumber   NumberKind = "other"         // whatever the site adds
)

// NumberKinds lists them.
func NumberKinds() []NumberKind { return []NumberKind{Premium, International, Service, OtherNumber} }

// Longest is how long a call may occupy the line; 0 is no bound. Calls with numbers of the
// directory and those that are never misuse have none.
type Longest struct {
	Out time.Duration // from off hook on
	In  time.Duration // from the answer on
}

// Nuisance is which callers are told as nuisance; 0 is none.
type Nuisance struct {
	Marked int           // so many earlier calls from the number were closed as nuisance 骚扰 …
	Within time.Duration // … in this time
	Calls  int           // or this is the call with which it got through so often …
	Each   time.Duration // … in this time
}

// View is what the rules ask of the duty log beside the change itself.
type View interface {
	// Listed reports whether a number is in the directory 通讯录.
	Listed(n telephony.Number) (bool, error)
	// CallsFrom lists the calls that came from a number to a line and were offered in [from, to),
	// in no order; none for a number that was not given.
	CallsFrom(line string, n telephony.Number, from, to time.Time) ([]telephony.Call, error)
}

// check is one rule about calls.
type check func(telephony.Change, View) (Alert, bool, error)

// misuse decides whether a call is no use for duty. What is known at once is told at once: the
// digits as they are dialled, the caller as the bell begins; how long it took when it is over.
func (r Rules) misuse(ch telephony.Change, v View) (out []Alert, err error) {
	if ch.Call == nil || v == nil || ofOurs(ch.Call) {
		return nil, nil
	}
	switch ch.Kind {
	case telephony.CallOffered, telephony.CallEnded, telephony.CallSettled:
	default:
		return nil, nil
	}
	checks := []check{r.nuisance, r.lasted}
	if ch.Call.Direction == telephony.Outbound {
		checks = []check{r.misusedNumber, r.lasted}
	}
	for _, check := range checks {
		a, is, err := check(ch, v)
		if err != nil {
			return nil, err
		}
		if is {
			out = append(out, a)
		}
	}
	return out, nil
}

// ofOurs reports whether a call is the product's own: its line test, its alert calls.
func ofOurs(c *telephony.Call) bool {
	return slices.Contains(c.Tags, telephony.TagTest) || slices.Contains(c.Tags, telephony.TagSystem)
}

// exempt reports whether calls with a number are never misuse.
func (r Rules) exempt(n telephony.Number, v View) (bool, error) {
	if slices.ContainsFunc(r.Misuse.Never, func(s Span) bool { return s.takesAny(n.Raw) }) {
		return true, nil
	}
	return v.Listed(n)
}

// misusedNumber tells whom the duty phone called. Service codes are told elsewhere.
func (r Rules) misusedNumber(ch telephony.Change, v View) (Alert, bool, error) {
	c := ch.Call
	if slices.Contains(c.Findings, telephony.FeatureCode) || len(spellings(c.Called.Raw)) == 0 {
		return Alert{}, false, nil
	}
	at := slices.IndexFunc(r.Misuse.Numbers, func(t ToldNumber) bool { return t.takesAny(c.Called.Raw) })
	odd := slices.ContainsFunc(r.Misuse.OddHours, func(h Hours) bool { return h.Hold(r.local(c.OfferedAt)) })
	if at < 0 && !odd {
		return Alert{}, false, nil
	}
	if exempt, err := r.exempt(c.Called, v); exempt || err != nil {
		return Alert{}, false, err
	}
	a := ofCall(ch, ReasonMisuseNumber)
	a.Detail, a.At = c.Called.Raw, c.OfferedAt
	if at >= 0 {
		kind := r.Misuse.Numbers[at].Means
		a.Rule += "/" + string(kind)
		if kind == Service {
			a.Certainty, a.Severity = Informative, Info // that it was called is certain, that it was not for duty is not
		}
		return a, true, nil
	}
	called, err := v.CallsFrom(ch.Line, c.Called, c.OfferedAt.Add(-r.Misuse.CallBack), c.OfferedAt)
	a.Rule, a.Certainty, a.Severity = a.Rule+"/odd_hours", Informative, Info
	return a, len(called) == 0, err
}

// lasted tells of a call that occupied the line longer than allowed.
func (r Rules) lasted(ch telephony.Change, v View) (Alert, bool, error) {
	due := r.Misuse.Longest.due(ch.Call)
	if due.IsZero() || !ch.Call.EndSeen() || ch.Call.EndedAt.Before(due) {
		return Alert{}, false, nil
	}
	return r.tooLong(ch, due, v)
}

// Running decides what is to be told at a time of a call that still runs: that it occupies the
// line for too long, while somebody can still free it. The key is that of its end.
func (r Rules) Running(ch telephony.Change, now time.Time, v View) ([]Alert, error) {
	due := r.Misuse.Longest.due(ch.Call)
	if due.IsZero() || now.Before(due) || ofOurs(ch.Call) {
		return nil, nil
	}
	a, is, err := r.tooLong(ch, due, v)
	if !is || err != nil {
		return nil, err
	}
	return withEvidence(ch, r.weigh([]Alert{a})), nil
}

// due is when a call occupies the line for too long; zero when it never does.
func (l Longest) due(c *telephony.Call) time.Time {
	switch {
	case c.Direction == telephony.Outbound && l.Out > 0:
		return c.OfferedAt.Add(l.Out)
	case c.Direction == telephony.Inbound && l.In > 0 && !c.AnsweredAt.IsZero():
		return c.AnsweredAt.Add(l.In)
	}
	return time.Time{}
}

func (r Rules) tooLong(ch telephony.Change, due time.Time, v View) (Alert, bool, error) {
	a := ofCall(ch, ReasonMisuseDuration)
	far := ch.Call.Called
	if ch.Call.Direction == telephony.Inbound {
		far = ch.Call.Caller
		a.Certainty, a.Severity = Informative, Info // a report of an emergency may take long
	}
	a.At, a.Detail = due, far.Raw
	exempt, err := r.exempt(far, v)
	return a, !exempt, err
}

// nuisance tells of a caller of whom people said before that he is one, or who gets through
// again and again. One key for what he is known by: the same mark is not told again with every call.
func (r Rules) nuisance(ch telephony.Change, v View) (Alert, bool, error) {
	c, n := ch.Call, r.Misuse.Nuisance
	if c.Caller.Withheld() || n.Marked == 0 && n.Calls == 0 {
		return Alert{}, false, nil
	}
	earlier, err := v.CallsFrom(ch.Line, c.Caller, c.OfferedAt.Add(-max(n.Within, n.Each)), c.OfferedAt)
	by := n.knownBy(c, earlier)
	if err != nil || by == "" {
		return Alert{}, false, err
	}
	a := ofCall(ch, ReasonNuisanceCaller)
	a.Key, a.Detail, a.At = string(a.Reason)+"/"+by, c.Caller.Raw, c.OfferedAt
	exempt, err := r.exempt(c.Caller, v)
	return a, !exempt, err
}

// knownBy is the call by which a caller became known as a nuisance; empty when he is not.
func (n Nuisance) knownBy(c *telephony.Call, earlier []telephony.Call) string {
	marked, through := 0, 1 // this one gets through now
	newest := telephony.Call{}
	for _, e := range earlier {
		if slices.Contains(e.Tags, telephony.TagNuisance) && !e.OfferedAt.Before(c.OfferedAt.Add(-n.Within)) {
			marked++
			if newest.OfferedAt.Before(e.OfferedAt) {
				newest = e
			}
		}
		if gotThrough(e.Outcome) && !e.OfferedAt.Before(c.OfferedAt.Add(-n.Each)) {
			through++
		}
	}
	switch {
	case n.Marked > 0 && marked >= n.Marked:
		return newest.ID
	case n.Calls > 0 && through == n.Calls:
		return c.ID
	}
	return ""
}

// gotThrough reports whether a caller got what he called for, or hung up at once. Who tries again
// because nobody answers is no nuisance.
func gotThrough(o telephony.Outcome) bool {
	return o == telephony.AnsweredInTime || o == telephony.AnsweredLate || o == telephony.AbandonedEarly
}
