package telephony_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/telephony"
)

// at is a moment so many seconds after the scene began.
func at(seconds float64) time.Time {
	return sceneStart.Add(time.Duration(seconds * float64(time.Second)))
}

// account is a call that rang at 0.1 s, was answered at 4 s and ended at 30 s.
func account(change ...func(*telephony.Call)) telephony.Call {
	c := telephony.Call{
		ID: "sh-1.1", Line: "duty", Direction: telephony.Inbound, Caller: telephony.ParseNumber("02422730001", "024"),
		Outcome: telephony.AnsweredInTime, Reason: telephony.ReasonAnswered, OfferedAt: at(0), RangAt: at(0.1), RangUntil: at(4),
		AnsweredAt: at(4), EndedAt: at(30), Rings: 1, Rule: "r", HangupBy: telephony.ByCaller,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func found(fs ...telephony.Finding) func(*telephony.Call) {
	return func(c *telephony.Call) { c.Findings = append(c.Findings, fs...) }
}

func endUnseen(c *telephony.Call) {
	c.Outcome, c.Reason, c.HangupBy, c.EndedAt = telephony.Unknown, telephony.ReasonNotSeenToEnd, "", at(50)
	c.AnsweredAt, c.RangUntil, c.Rings = time.Time{}, time.Time{}, 0
	c.Findings = append(c.Findings, telephony.SeenInPart, telephony.EndNotSeen)
}

func TestReconcile(t *testing.T) {
	shifted := func(f func(c *telephony.Call)) telephony.Call { return account(f) }
	for _, tt := range []struct {
		name          string
		live, journal telephony.Call
		outcome       telephony.Outcome
		findings      []telephony.Finding
		ended         time.Time
	}{
		{"both agree", account(), account(), telephony.AnsweredInTime, nil, at(30)},
		{"a few milliseconds apart are none", account(), shifted(func(c *telephony.Call) {
			c.RangAt, c.AnsweredAt, c.EndedAt = at(0.14), at(3.95), at(30.4)
		}), telephony.AnsweredInTime, nil, at(30)},
		{"a verdict that was given stands, and the dispute is named", account(), shifted(func(c *telephony.Call) {
			c.Outcome = telephony.AnsweredLate
			c.RangAt, c.AnsweredAt = at(0.4), at(16)
		}), telephony.AnsweredInTime, []telephony.Finding{telephony.OutcomeDisputed, telephony.RingDisputed, telephony.AnswerDisputed}, at(30)},
		{"other ends, other hands, another caller", account(), shifted(func(c *telephony.Call) {
			c.EndedAt, c.HangupBy, c.Caller.Raw = at(33), telephony.ByOfficer, "110"
		}), telephony.AnsweredInTime, []telephony.Finding{telephony.EndDisputed, telephony.HangupDisputed, telephony.CallerDisputed}, at(30)},
		{"only one of them saw a ring", account(func(c *telephony.Call) { c.RangAt = time.Time{} }), account(),
			telephony.AnsweredInTime, []telephony.Finding{telephony.RingDisputed}, at(30)},
		{"a bell that stopped as it began is no dispute", account(func(c *telephony.Call) { c.RangUntil = c.RangAt }), account(func(c *telephony.Call) { c.RangAt, c.RangUntil = time.Time{}, time.Time{} }),
			telephony.AnsweredInTime, nil, at(30)},
		{"what was not seen to its end is settled by the journal", account(endUnseen), account(),
			telephony.AnsweredInTime, []telephony.Finding{telephony.SeenInPart}, at(30)},
		{"what the live view still holds as running", account(func(c *telephony.Call) { c.Outcome, c.EndedAt = "", time.Time{} }), account(),
			telephony.AnsweredInTime, []telephony.Finding{telephony.EndMissedLive}, at(30)},
		{"running, but known to be seen in part only", account(found(telephony.SeenInPart), func(c *telephony.Call) { c.Outcome, c.EndedAt = "", time.Time{} }), account(),
			telephony.AnsweredInTime, []telephony.Finding{telephony.SeenInPart}, at(30)},
		{"cut by the switch: what is certain stands, the end stays open", account(endUnseen), account(endUnseen, found(telephony.CutBySwitch)),
			telephony.Unknown, []telephony.Finding{telephony.SeenInPart, telephony.EndNotSeen, telephony.CutBySwitch}, at(50)},
		{"cut by the switch: the live view saw the answer and how long it rang", account(found(telephony.SeenInPart, telephony.EndNotSeen)),
			account(found(telephony.SeenInPart, telephony.EndNotSeen, telephony.CutBySwitch), func(c *telephony.Call) { c.RangAt, c.Rings, c.EndedAt = time.Time{}, 0, at(60) }),
			telephony.AnsweredInTime, []telephony.Finding{telephony.SeenInPart, telephony.EndNotSeen, telephony.CutBySwitch}, at(30)},
		{"cut by the switch: it ended when the switch was started at the latest, not when that was seen", account(endUnseen),
			account(endUnseen, found(telephony.CutBySwitch), func(c *telephony.Call) { c.EndedAt = at(40) }),
			telephony.Unknown, []telephony.Finding{telephony.SeenInPart, telephony.EndNotSeen, telephony.CutBySwitch}, at(40)},
		{"the journal was late", account(found(telephony.NotInJournal)), account(), telephony.AnsweredInTime, nil, at(30)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.journal.SettledBy = telephony.SettledByJournal
			got := telephony.Reconcile(tt.live, tt.journal)
			if got.Outcome != tt.outcome || !got.EndedAt.Equal(tt.ended) || got.SettledBy != telephony.SettledByJournal {
				t.Errorf("outcome %s, ended %v, settled by %s", got.Outcome, got.EndedAt, got.SettledBy)
			}
			if diff := cmp.Diff(tt.findings, got.Findings, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if again := telephony.Reconcile(got, tt.journal); !cmp.Equal(got, again, cmpopts.EquateEmpty()) {
				t.Errorf("said twice it changes:\n%s", cmp.Diff(got, again))
			}
		})
	}
}

// What only the live view knows survives the journal's word.
// What is said with a verdict goes with it when the journal's takes its place.
func TestAVerdictThatIsReplacedTakesItsFindingsAlong(t *testing.T) {
	live := account(endUnseen, found(telephony.ForwardAttempted, telephony.BorderlineVerdict, telephony.RedirectedBefore))
	for _, own := range [][]telephony.Finding{nil, {telephony.ForwardAttempted}, {telephony.BorderlineVerdict}} {
		got := telephony.Reconcile(live, account(found(own...)))
		want := append([]telephony.Finding{telephony.SeenInPart, telephony.RedirectedBefore}, own...)
		if diff := cmp.Diff(want, got.Findings); diff != "" {
			t.Errorf("the journal finds %v (-want +got):\n%s", own, diff)
		}
	}
}

func TestTheJournalTakesOverWhatItKnows(t *testing.T) {
	live := account(endUnseen, found(telephony.BusyWithoutCall), func(c *telephony.Call) {
		c.CallerName, c.Rule, c.Tags = "沈河区应急局", "the rule of its day", []telephony.Tag{telephony.TagTest}
	})
	got := telephony.Reconcile(live, account(func(c *telephony.Call) { c.OfferedAt, c.Rule = at(0.001), "a newer rule" }))
	if got.CallerName != "沈河区应急局" || got.Rule != "the rule of its day" || !got.OfferedAt.Equal(at(0)) || len(got.Tags) != 1 || got.Rings != 1 {
		t.Errorf("%+v", got)
	}
}

func TestOneIDMayComeAgain(t *testing.T) {
	if !telephony.OfOneCall(account(), account(func(c *telephony.Call) { c.OfferedAt = at(0.004) })) {
		t.Error("a few milliseconds apart is one call")
	}
	if telephony.OfOneCall(account(), account(func(c *telephony.Call) { c.OfferedAt = at(0.6) })) {
		t.Error("within the same second, yet another moment: another call")
	}
}

func TestBlind(t *testing.T) {
	i := func(kind telephony.IntervalKind, from, to float64) telephony.Interval {
		out := telephony.Interval{Kind: kind, From: at(from), Cause: string(kind)}
		if to > 0 {
			out.To = at(to)
		}
		return out
	}
	const live, journal, dead, blind = telephony.LiveDown, telephony.JournalDown, telephony.SwitchDown, telephony.BlindInterval
	for _, tt := range []struct {
		name  string
		facts []telephony.Interval
		want  []telephony.Interval
	}{
		{"one eye sees", []telephony.Interval{i(live, 10, 20), i(journal, 30, 40)}, nil},
		{"neither eye sees", []telephony.Interval{i(live, 10, 20), i(journal, 15, 40)}, []telephony.Interval{i(blind, 15, 20)}},
		{"they touch", []telephony.Interval{i(live, 10, 20), i(journal, 20, 40)}, nil},
		{"both go on", []telephony.Interval{i(journal, 5, 0), i(live, 10, 0)}, []telephony.Interval{i(blind, 10, 0)}},
		{"a dead switch has no calls", []telephony.Interval{i(live, 10, 30), i(journal, 1, 0), i(dead, 12, 20)},
			[]telephony.Interval{i(blind, 10, 12), i(blind, 20, 30)}},
		{"the switch was dead all the time", []telephony.Interval{i(live, 10, 30), i(journal, 1, 0), i(dead, 5, 40)}, nil},
		{"twice without the daemon, never with a journal", []telephony.Interval{i(live, 10, 11), i(live, 20, 22), i(journal, 1, 0)},
			[]telephony.Interval{i(blind, 10, 11), i(blind, 20, 22)}},
	} {
		got := telephony.Blind(tt.facts)
		if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(telephony.Interval{}, "Cause")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if l := i(blind, 10, 0).Length(at(70)); l != time.Minute {
		t.Errorf("an interval that goes on lasts %v", l)
	}
}
