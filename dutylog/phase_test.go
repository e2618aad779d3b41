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
	if e := (dutylog.Entry{Phase: "a phase of tomorrow"}); len(e.Phase.Fits()) != 6 {
		t.Errorf("a phase that is not known forbids kinds: %v", e.Phase.Fits())
	}
}

func TestOnlyKindsThatFitAreTaken(t *testing.T) {
	for name, c := range everyCall() {
		for _, rule := range dutylog.Kinds() {
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
		{outbound("1"), dutylog.KindDuty, `kind: "duty" does not fit an outgoing call: choose outgoing`},
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
