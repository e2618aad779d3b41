package alerts_test

import (
	"slices"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/telephony"
)

// partly is a call of which the live view did not see all.
func partly(o telephony.Outcome, more ...telephony.Finding) *telephony.Call {
	return call(func(c *telephony.Call) {
		c.Outcome, c.EndedAt, c.Findings = o, noon.Add(time.Minute), append([]telephony.Finding{telephony.SeenInPart}, more...)
		if o == telephony.Forwarded {
			c.Reason, c.ForwardedTo = telephony.ReasonDialplanForwarded, "13800001111"
		}
	})
}

// What came of a call that was seen in part is not certain, whatever it was, and stands for itself.
func TestACallThatWasSeenInPartIsNotCertain(t *testing.T) {
	told := 0
	for _, o := range telephony.Outcomes() {
		for _, a := range problems(telephony.Change{Kind: telephony.CallEnded, Line: "duty", At: noon, Call: partly(o)}) {
			told++
			if a.Certainty != alerts.Weak || a.Key != string(a.Reason)+"/"+a.CallID || (alerts.Route{}).Patience(a) == 0 {
				t.Errorf("%s: %s %s, told after %v", o, a.Key, a.Certainty, (alerts.Route{}).Patience(a))
			}
		}
	}
	if told != 8 {
		t.Errorf("%d outcomes were told", told)
	}
}

// Only the journal that has all of a call makes it certain; what it knows otherwise is withdrawn.
func TestTheJournalSettlesWhatWasSeenInPart(t *testing.T) {
	settled := func(c *telephony.Call, by telephony.Settler) telephony.Change {
		c.SettledBy = by
		return telephony.Change{Kind: telephony.CallSettled, Line: "duty", At: noon.Add(time.Hour), Call: c}
	}
	for what, c := range map[string]struct {
		ch   telephony.Change
		want alerts.Certainty
	}{
		"the journal":                 {settled(partly(telephony.Forwarded), telephony.SettledByJournal), alerts.Certain},
		"the live view":               {settled(partly(telephony.Forwarded), telephony.SettledByARI), alerts.Weak},
		"the journal, without rows":   {settled(partly(telephony.Forwarded, telephony.JournalInPart), telephony.SettledByJournal), alerts.Weak},
		"the journal, which was away": {settled(partly(telephony.Forwarded, telephony.CutBySwitch), telephony.SettledByJournal), alerts.Weak},
	} {
		list := problems(c.ch)
		if len(list) != 1 || list[0].Reason != alerts.ReasonFeatureForward || list[0].Certainty != c.want {
			t.Errorf("%s: %+v", what, list)
		}
	}
	var ends []string
	for _, a := range rules().From(settled(partly(telephony.AnsweredInTime), telephony.SettledByJournal)) {
		ends = append(ends, a.Ends...)
	}
	for _, key := range []string{"feature_forward/", "phone_redirect/", "missed/", "unknown/", "unreachable/"} {
		if !slices.Contains(ends, key+"1795436279.0") {
			t.Errorf("%s is not withdrawn: %v", key, ends)
		}
	}
	whole := partly(telephony.AnsweredInTime)
	whole.Findings = nil
	for _, a := range rules().From(settled(whole, telephony.SettledByJournal)) {
		if slices.Contains(a.Ends, "missed/1795436279.0") {
			t.Error("a call that was seen whole has nothing to withdraw")
		}
	}
}

// What was not sure becomes certain once, as long as nobody has taken it on.
func TestWhatWasNotSureBecomesCertain(t *testing.T) {
	weak := problems(telephony.Change{Kind: telephony.CallEnded, Line: "duty", At: noon, Call: partly(telephony.Missed)})[0]
	sure := weak
	sure.Certainty, sure.Detail = alerts.Certain, "x"
	if firm, ok := weak.Firm(sure); !ok || firm.Certainty != alerts.Certain || firm.Detail != "x" {
		t.Errorf("%v %+v", ok, firm)
	}
	taken, other := weak, sure
	taken.AcknowledgedAt, other.CallID = noon, "2.0"
	for what, c := range map[string][2]alerts.Alert{"taken on": {taken, sure}, "another call": {weak, other}, "not sure either": {weak, weak}, "sure before": {sure, sure}} {
		if _, ok := c[0].Firm(c[1]); ok {
			t.Errorf("%s: it became certain", what)
		}
	}
	over := weak
	over.ResolvedAt = noon
	if !over.Withdrawn() || weak.Withdrawn() || func() bool { over.AcknowledgedAt = noon; return over.Withdrawn() }() {
		t.Error("withdrawn is what was not sure, is over, and was taken on by nobody")
	}
	before := *partly(telephony.Missed)
	after := before
	after.SettledBy = telephony.SettledByJournal
	if !alerts.News(before, after) || alerts.News(after, after) {
		t.Error("that it is sure is news, once")
	}
}
