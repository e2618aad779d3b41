package alerts

import "dutyline/dutylog"

// Without is the alert without what it tells of the other party of a call. That there was this call stays, so
// that it is not told anew, and so does what the alert tells of other calls.
func (a Alert) Without(call string) Alert {
	if a.CallID == call {
		a.Detail = ""
		if !a.Reason.Gathers() {
			a.Evidence = nil
			return a
		}
	}
	of := "" // the call of which the evidence tells: each begins with itself
	var left []Evidence
	for _, e := range a.Evidence {
		begins := e.Kind == EvidenceCall
		if begins {
			of = e.Ref
		}
		switch {
		case begins && of == call:
			if e.Text != "" && e.Text == a.Detail {
				a.Detail = ""
			}
			left = append(left, e.bare())
		case of != call && e.Ref != call:
			left = append(left, e)
		}
	}
	a.Evidence = left
	return a
}

// bare is a call without where it went.
func (e Evidence) bare() Evidence {
	bare := Evidence{Kind: e.Kind, Ref: e.Ref, At: e.At}
	if e.Text != "" {
		bare.Text = dutylog.RemarksErased
	}
	return bare
}

// Went is where a call went of which the alert tells; empty: it does not say.
func (a Alert) Went(call string) string {
	for _, e := range a.Evidence {
		if e.Kind == EvidenceCall && e.Ref == call {
			return e.Text
		}
	}
	return ""
}
