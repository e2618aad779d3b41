package alerts

import (
	"slices"
	"time"

	"dutyline/telephony"
)

// Stance is what a site thinks of something in given hours.
type Stance string

// The closed set of stances.
const (
	Demanded  Stance = "demanded"  // it is as it has to be: told as information, so that everybody sees it
	Forbidden Stance = "forbidden" // told as critical
	Ignored   Stance = "ignored"   // not told at all
)

// Stances lists them.
func Stances() []Stance { return []Stance{Demanded, Forbidden, Ignored} }

// Policy is what a site wants of one reason, on some lines at some hours: one place requires
// forwarding to a mobile in working hours, another one forbids it.
type Policy struct {
	Reason   Reason
	Lines    []string // none: every line
	Hours    []Hours  // none: at any time
	To       []string // of forwarding: only when it goes to one of these numbers; none: wherever it goes
	Stance   Stance
	Severity Severity // in place of the reason's own; empty: as the stance has it
}

// weigh applies the site's policy to what a change tells.
func (r Rules) weigh(list []Alert) []Alert {
	out := list[:0]
	for _, a := range list {
		if a, told := r.Weigh(a, a.At); told {
			out = append(out, a)
		}
	}
	return out
}

// Weigh applies the first policy that is about an alert at a moment; it is not told when the site
// ignores it then. A problem that lasts is weighed again as long as it is not told: it may outlast
// the hours in which it is ignored.
func (r Rules) Weigh(a Alert, at time.Time) (weighed Alert, told bool) {
	i := slices.IndexFunc(r.Policy, func(p Policy) bool { return len(a.Ends) == 0 && r.isAbout(p, a, at) })
	switch {
	case i < 0:
		return a, true
	case r.Policy[i].Stance == Ignored:
		return a, false
	}
	weighed = r.Policy[i].weighed(a)
	if a.Reason.Gathers() && weighed.Severity != a.Severity { // else what is forbidden would be lost in what is allowed
		weighed.Key += "/" + string(weighed.Severity)
	}
	return weighed, true
}

func (p Policy) weighed(a Alert) Alert {
	switch p.Stance {
	case Demanded:
		a.Certainty, a.Severity = Informative, Info
	case Forbidden:
		a.Severity = Critical
	}
	if p.Severity != "" {
		a.Severity = p.Severity
	}
	if p.Stance != "" {
		a.Rule += "/" + string(p.Stance)
	}
	return a
}

func (r Rules) isAbout(p Policy, a Alert, at time.Time) bool {
	at = r.local(at)
	return p.Reason == a.Reason &&
		(len(p.Lines) == 0 || slices.Contains(p.Lines, a.Line)) &&
		(len(p.Hours) == 0 || slices.ContainsFunc(p.Hours, func(h Hours) bool { return h.Hold(at) })) &&
		(len(p.To) == 0 || slices.ContainsFunc(p.To, func(to string) bool { return r.same(to, r.target(a)) }))
}

// target is the number to which a forwarding goes; empty where nobody said it.
func (r Rules) target(a Alert) string {
	if a.Reason == ReasonForwardCode {
		_, number, _ := r.Codes[a.Line].Read(a.Detail)
		return number
	}
	return a.Detail
}

// same reports whether two spellings are one number; one may be a SIP address.
func (r Rules) same(a, b string) bool {
	x, y := telephony.ParseNumber(a, r.Area), telephony.ParseNumber(b, r.Area)
	return x.E164 != "" && x.E164 == y.E164 || x.Raw != "" && x.Raw == y.Raw
}

// local is a time where the site is.
func (r Rules) local(at time.Time) time.Time {
	if r.Zone == nil {
		return at.UTC()
	}
	return at.In(r.Zone)
}
