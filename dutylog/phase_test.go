package dutylog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// everyCall is one call of each phase and of each way in which it comes to it.
func everyCall() map[string]telephony.Call {
	all := map[string]telephony.Call{
		"in, waiting": inbound("1"), "in, answered": answered("1"), "out, dialled": outbound("1"),
		"in, unknown after an answer": ended(answered("1"), telephony.Unknown),
		"out, unknown":                ended(outbound("1"), telephony.Unknown),
	}
	for i, o := range telephony.Outcomes() {
		c := inbound("1")
		if i > 10 {
			c = outbound("1")
		}
		if o == telephony.PlacedAnswered || o == telephony.AnsweredInTime || o == telephony.AnsweredByMachine {
			c.AnsweredAt = noon
		}
		all[string(c.Direction)+", "+string(o)] = ended(c, o)
	}
	return all
}

func TestWhichKindsFitWhichCall(t *testing.T) {
	table := map[string]any{"no call": dutylog.NoCall.Fits()}
	for name, c := range everyCall() {
		table[name] = map[string]any{"phase": dutylog.PhaseOf(c), "kinds": dutylog.PhaseOf(c).Fits()}
	}
	golden(t, "phases.golden.json", table)
}

func TestTheEntryOfAnEndedCallIsOfAKindThatFits(t *testing.T) {
	for name, c := range everyCall() {
		e := opened(c)
		if !slices.Contains(e.Phase.Fits(), e.Kind) {
			t.Errorf("%s: opened as %s, yet only %v fit", name, e.Kind, e.Phase.Fits())
		}
	}
	if e := (dutylog.Entry{Phase: "a phase of tomorrow"}); len(e.Phase.Fits()) != 12 {
		t.Errorf("a phase that is not known forbids kinds: %v", e.Phase.Fits())
	}
}

func TestOnlyKindsThatFitAreTaken(t *testing.T) {
	for name, c := range everyCall() {
		for _, rule := range dutylog.Kinds() {
			if rule.Kind == dutylog.KindStep {
				continue // nobody chooses it, see TestACallBecomesAStep
			}
			e := opened(c)
			next, err := e.Amend(dutylog.EntryPatch{Revision: 1, Kind: &rule.Kind}, officer, later)
			if slices.Contains(e.Phase.Fits(), rule.Kind) {
				if err != nil || next.Kind != rule.Kind {
					t.Errorf("%s: kind %s: %v", name, rule.Kind, err)
				}
				continue
			}
			var invalid *dutylog.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != "kind" || !strings.Contains(invalid.Reason, string(e.Phase.Fits()[0])) {
				t.Errorf("%s: kind %s: %v, want an error that names what fits", name, rule.Kind, err)
			}
		}
	}
	without := dutylog.Entry{ID: "e-x", Kind: dutylog.KindDuty, State: dutylog.Open, Revision: 1}
	for _, rule := range dutylog.Kinds() {
		if rule.Kind == dutylog.KindStep {
			continue
		}
		if _, err := without.Amend(dutylog.EntryPatch{Revision: 1, Kind: &rule.Kind}, officer, later); err != nil {
			t.Errorf("an entry without a call: kind %s: %v", rule.Kind, err)
		}
	}
}

func TestTheSentenceAboutAKindNamesTheRemedy(t *testing.T) {
	for _, c := range []struct {
		call telephony.Call
		kind dutylog.Kind
		want string
	}{
		{ended(inbound("1"), telephony.Missed), dutylog.KindDuty,
			`kind: "duty" does not fit a call that was not answered at the duty phone: choose missed, wrong_number, nuisance or spot_check`},
		{answered("1"), dutylog.KindMissed, `kind: "missed" does not fit a call that was answered at the duty phone: choose duty, wrong_number, nuisance or spot_check`},
		{outbound("1"), dutylog.KindDuty, `kind: "duty" does not fit an outgoing call that was not answered: choose outgoing or non_duty`},
	} {
		_, err := opened(c.call).Amend(dutylog.EntryPatch{Revision: 1, Kind: &c.kind}, officer, later)
		if err == nil {
			t.Errorf("%s was taken", c.kind)
		} else if diff := cmp.Diff(c.want, err.Error()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestAnOldEntryWhoseKindDoesNotFitCanStillBeWritten(t *testing.T) {
	e := opened(ended(inbound("1"), telephony.Missed))
	e.Kind, e.WrittenBy = dutylog.KindDuty, "zhangwei"
	after := amend(t, e, dutylog.EntryPatch{Kind: is(dutylog.KindDuty), Values: values{"content": "火情"}})
	if after.Kind != dutylog.KindDuty || after.Values["content"] != "火情" {
		t.Errorf("%+v", after)
	}
}

func TestTheTableOfPhasesCannotBeChangedFromOutside(t *testing.T) {
	dutylog.Waiting.Fits()[0] = "x"
	if dutylog.Waiting.Fits()[0] != dutylog.KindDuty {
		t.Error("a caller changed which kinds fit")
	}
}

func TestWhatCannotBeCompleteBeforeTheAnswer(t *testing.T) {
	waiting, missed := inbound("1"), ended(inbound("1"), telephony.Missed)
	check := values{"caller_unit": "市督查室", "inspector": "刘", "check_result": "响四声接听"}
	for name, c := range map[string]struct {
		call   telephony.Call
		old    dutylog.Kind // a kind that the entry got before there were rules
		kind   dutylog.Kind
		values values
		says   string // "" when it is taken
	}{
		"duty, while it rings":         {call: waiting, values: unread(), says: "a call that is not answered yet"},
		"duty and nothing, rings":      {call: waiting, says: "complete it after the answer"},
		"missed, while it rings":       {call: waiting, kind: dutylog.KindMissed, values: values{"call_back_result": "已回拨"}, says: "a missed entry of a call that is not answered yet"},
		"wrong number, while it rings": {call: waiting, kind: dutylog.KindWrongNumber},
		"nuisance, while it rings":     {call: waiting, kind: dutylog.KindNuisance},
		"nuisance, while they talk":    {call: answered("1"), kind: dutylog.KindNuisance},
		"spot check, while it rings":   {call: waiting, kind: dutylog.KindSpotCheck, values: check},
		"duty, while they talk":        {call: answered("1"), values: full()},
		"duty, after an unseen end":    {call: ended(inbound("1"), telephony.Unknown), kind: dutylog.KindDuty, values: full()},
		"old duty of a missed call":    {call: missed, old: dutylog.KindDuty, values: unread(), says: "choose missed"},
		"missed":                       {call: missed, values: values{"call_back_result": "已回拨"}},
		"an inspector's missed call":   {call: missed, kind: dutylog.KindSpotCheck, values: check},
		"outgoing, not answered":       {call: outbound("1"), values: values{"called_whom": "市水务局", "called_why": "通知"}},
	} {
		e := opened(c.call)
		if c.old != "" {
			e.Kind = c.old
		}
		p := dutylog.EntryPatch{Revision: 1, State: is(dutylog.Complete), Values: c.values}
		if c.kind != "" {
			p.Kind = &c.kind
		}
		if c.values["content"] != "" && c.values["read_back"] == "" {
			p.Gaps = gaps{"read_back": {Why: dutylog.NotPossible, Reason: "对方已挂断"}} // nothing is missing
		}
		next, err := e.Amend(p, officer, later)
		var invalid *dutylog.InvalidError
		switch {
		case c.says == "" && (err != nil || next.State != dutylog.Complete):
			t.Errorf("%s: %v", name, err)
		case c.says != "" && (!errors.As(err, &invalid) || invalid.Field != "state" || !strings.Contains(invalid.Reason, c.says)):
			t.Errorf("%s: %v, want an error about the state that says %q", name, err, c.says)
		}
	}
}

// unread is what a duty entry needs but the read-back.
func unread() values {
	v := full()
	delete(v, "read_back")
	return v
}

func TestNothingIsReadBackBeforeTheAnswer(t *testing.T) {
	for name, c := range everyCall() {
		talked := map[string]bool{"in, answered": true, "out, unknown": true, "in, unknown": true, "in, unknown after an answer": true,
			"in, answered_in_time": true, "in, answered_late": true, "in, answered_elsewhere": true, "out, placed_answered": true}[name]
		e, err := opened(c).Amend(dutylog.EntryPatch{Revision: 1, Values: values{"read_back": "done"}}, officer, later)
		if talked {
			if err != nil || e.ReadBackBy != "zhangwei" {
				t.Errorf("%s: %v, read back by %q", name, err, e.ReadBackBy)
			}
			continue
		}
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "read_back" || !strings.Contains(invalid.Reason, ": ") {
			t.Errorf("%s: %v, want an error about read_back with what to do", name, err)
		}
	}
	_, err := opened(inbound("1")).Amend(dutylog.EntryPatch{Revision: 1, Values: values{"read_back": "done"}}, officer, later)
	want := "read_back: nothing can have been read back in a call that is not answered yet: pick up first; when nobody does, the entry asks for a call-back"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %q", err, want)
	}
	old := opened(inbound("1"))
	old.Values[dutylog.ReadBack], old.ReadBackBy, old.ReadBackAt = dutylog.ReadBackDone, "zhangwei", later
	if e := amend(t, old, dutylog.EntryPatch{Values: values{"content": "火情"}}); e.Values["read_back"] != "done" {
		t.Errorf("writing on in an old entry lost its read-back: %+v", e)
	}
	if e := amend(t, old, dutylog.EntryPatch{Values: values{"read_back": ""}}); e.ReadBackBy != "" {
		t.Errorf("it cannot be taken back: %+v", e)
	}
}

func TestACompleteEntryOpensAgainWhenItsCallAsksForMore(t *testing.T) {
	complete := func(e dutylog.Entry, v values) dutylog.Entry {
		e.Values, e.State, e.CompletedAt, e.WrittenBy = v, dutylog.Complete, later, "zhangwei"
		return e
	}
	for name, c := range map[string]struct {
		chosen  bool
		outcome telephony.Outcome
		state   dutylog.EntryState
		missing []dutylog.Field
	}{
		"missed":                            {false, telephony.Missed, dutylog.Open, []dutylog.Field{"call_back_result"}},
		"a machine took it":                 {false, telephony.AnsweredByMachine, dutylog.Open, []dutylog.Field{"call_back_result"}},
		"duty was chosen, and does not fit": {true, telephony.Missed, dutylog.Open, []dutylog.Field{}},
		"answered after all":                {false, telephony.AnsweredInTime, dutylog.Complete, []dutylog.Field{}},
		"answered in another room":          {false, telephony.AnsweredElsewhere, dutylog.Complete, []dutylog.Field{}},
		"not seen":                          {false, telephony.Unknown, dutylog.Complete, []dutylog.Field{}},
	} {
		e := complete(opened(inbound("1")), full())
		e.KindChosen = c.chosen
		after, changed := e.Follow(ended(inbound("1"), c.outcome), nil)
		if after.State != c.state || after.CompletedAt.IsZero() != (c.state == dutylog.Open) || changed != (c.state == dutylog.Open) {
			t.Errorf("%s: state %s, completed at %v, changed %v", name, after.State, after.CompletedAt, changed)
		}
		if diff := cmp.Diff(c.missing, after.Missing()); diff != "" || after.Values["content"] != e.Values["content"] {
			t.Errorf("%s: missing (-want +got):\n%s", name, diff)
		}
	}
	closed := amend(t, opened(inbound("1")), dutylog.EntryPatch{Kind: is(dutylog.KindNuisance), State: is(dutylog.Complete)})
	after, changed := closed.Follow(ended(inbound("1"), telephony.Missed), nil)
	if changed || after.State != dutylog.Complete {
		t.Errorf("a closed nuisance call opened again: %+v", after)
	}
	back := amend(t, closed, dutylog.EntryPatch{Reason: "不是骚扰电话", Kind: is(dutylog.KindDuty), Values: unread(),
		Gaps: gaps{"read_back": {Why: dutylog.NotPossible, Reason: "对方已挂断"}}})
	if back.State != dutylog.Open || len(back.Missing()) != 0 {
		t.Errorf("a duty entry is complete while the phone rings: %+v", back)
	}
}
