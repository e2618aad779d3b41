package telephony_test

import (
	"fmt"
	"slices"
	"testing"

	"dutyline/telephony"
)

// refusal is how a phone answers an attempt, as the switch shows it.
type refusal struct {
	name        string
	cause, tech int
	status      string
}

var refusals = []refusal{
	{"486", 17, 486, "BUSY"},
	{"600", 17, 600, "BUSY"},
	{"603", 21, 603, "NOANSWER"},
	{"404", 1, 404, "NOANSWER"},
	{"408", 18, 408, "NOANSWER"},
	{"480", 19, 480, "NOANSWER"},
	{"488", 58, 488, "NOANSWER"},
	{"500", 38, 500, "NOANSWER"},
	{"503", 34, 503, "CONGESTION"},
	{"301", 16, 301, "NOANSWER"},
	{"302", 23, 302, "NOANSWER"},
	{"busy without SIP", 17, 0, "BUSY"},
	{"rejected without SIP", 21, 0, "NOANSWER"},
	{"congestion without SIP", 34, 0, "CONGESTION"},
}

// byTheRules is section 4 of the rules, written down once more and as plainly as can be:
// what a refusal comes to with and without a ring before it.
func byTheRules(r refusal, rang bool) telephony.Outcome {
	busy := r.tech == 486 || r.tech == 600 || r.tech == 0 && r.cause == 17
	declined := r.tech == 603 || r.tech == 0 && r.cause == 21
	switch {
	case rang && (busy || declined):
		return telephony.Rejected
	case rang:
		return telephony.Missed
	case busy:
		return telephony.Engaged
	case declined:
		return telephony.Rejected
	}
	return telephony.Unreachable
}

// refuses plays one attempt: the phone rings for so many milliseconds, or not at all, and
// refuses. Either channel may be the first to go, and either event may tell the cause.
func refuses(r refusal, ringMS int, phoneFirst, told bool) *scene {
	s := newScene().in("trunk 1", "12350", "13900001111").app("trunk 1", "Dial", "PJSIP/duty,60")
	s.leg("duty 1").begin("trunk 1", "duty 1", "duty")
	if ringMS > 0 {
		s.at(5).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING")
	}
	s.at(5 + ringMS)
	if told {
		s.hang("duty 1", r.cause, r.tech)
	}
	s.dial("trunk 1", "duty 1", r.status)
	if phoneFirst {
		return s.gone("duty 1", r.cause, r.tech).soft("trunk 1").gone("trunk 1", r.cause, r.tech)
	}
	return s.soft("trunk 1").gone("trunk 1", r.cause, r.tech).gone("duty 1", r.cause, r.tech)
}

func TestEveryRefusal(t *testing.T) {
	for _, r := range refusals {
		for _, ringMS := range []int{0, 2500, 20000} {
			for _, phoneFirst := range []bool{true, false} {
				for _, told := range []bool{true, false} {
					name := fmt.Sprintf("%s after %d ms, phone first %v, told %v", r.name, ringMS, phoneFirst, told)
					c := refuses(r, ringMS, phoneFirst, told).one(t)
					if want := byTheRules(r, ringMS > 0); c.Outcome != want {
						t.Errorf("%s: %s (%s), want %s", name, c.Outcome, c.Reason, want)
					}
					alone := slices.Contains(c.Findings, telephony.BusyWithoutCall)
					if want := c.Outcome == telephony.Engaged; alone != want {
						t.Errorf("%s: busy_without_a_call %v, want %v", name, alone, want)
					}
					if _, rang := c.RingFor(); rang != (ringMS > 0) {
						t.Errorf("%s: rang %v", name, rang)
					}
				}
			}
		}
	}
}

// The same refusals while the officer talks: engaged, and nothing odd about it.
func TestRefusalsDuringAnotherCall(t *testing.T) {
	for _, r := range refusals {
		s := newScene().rings("trunk 1", "duty 1").at(2000).answers("trunk 1", "duty 1", "b")
		s.at(3000).in("trunk 2", "12350", "13700002222").leg("duty 2").begin("trunk 2", "duty 2", "duty")
		s.at(3005).hang("duty 2", r.cause, r.tech).dial("trunk 2", "duty 2", r.status)
		s.gone("duty 2", r.cause, r.tech).soft("trunk 2").gone("trunk 2", r.cause, r.tech)
		s.at(9000).ends("trunk 1", "duty 1", "b")
		calls := ended(play(lines(), s.events))
		if len(calls) != 2 {
			t.Fatalf("%s: %d calls", r.name, len(calls))
		}
		if want := byTheRules(r, false); calls[0].Outcome != want {
			t.Errorf("%s: %s, want %s", r.name, calls[0].Outcome, want)
		}
		if slices.Contains(calls[0].Findings, telephony.BusyWithoutCall) {
			t.Errorf("%s: the line has a call, yet %v", r.name, calls[0].Findings)
		}
		if calls[1].Outcome != telephony.AnsweredInTime {
			t.Errorf("%s: the first call is %s", r.name, calls[1].Outcome)
		}
	}
}

// A caller who leaves is missed after the limit and abandoned early before it, whatever
// the cadence; an answer is judged by the same border.
func TestTheBorderOfEveryCadence(t *testing.T) {
	for _, rule := range []telephony.Rule{
		telephony.DefaultRule(),
		{On: 1e9, Off: 2e9, Limit: 2},
		{On: 4e8, Off: 22e8, Limit: 5, Offset: 17e8},
	} {
		ls := lines()
		ls[0].Rule = rule
		limit := int(rule.LimitAt().Milliseconds()) + 5 // the scene rings 5 ms after its start
		for _, ms := range []int{limit - 1, limit, limit + 1} {
			inTime := ms < limit
			left := newScene().rings("trunk 1", "duty 1").at(ms).givesUp("trunk 1", "duty 1").one(t, ls...)
			if want := choose(inTime, telephony.AbandonedEarly, telephony.Missed); left.Outcome != want {
				t.Errorf("%s: left at %d ms: %s, want %s", rule.Version(), ms, left.Outcome, want)
			}
			took := newScene().rings("trunk 1", "duty 1").at(ms).answers("trunk 1", "duty 1", "b").
				at(ms+1000).ends("trunk 1", "duty 1", "b").one(t, ls...)
			if want := choose(inTime, telephony.AnsweredInTime, telephony.AnsweredLate); took.Outcome != want {
				t.Errorf("%s: answered at %d ms: %s, want %s", rule.Version(), ms, took.Outcome, want)
			}
			if took.Rule != rule.Version() || left.Rule != rule.Version() {
				t.Errorf("the verdicts carry the rules %q and %q, want %q", took.Rule, left.Rule, rule.Version())
			}
			if (took.Rings <= rule.Limit) != inTime {
				t.Errorf("%s: answered at %d ms with %d rings, limit %d", rule.Version(), ms, took.Rings, rule.Limit)
			}
		}
	}
}

func choose(yes bool, a, b telephony.Outcome) telephony.Outcome {
	if yes {
		return a
	}
	return b
}
