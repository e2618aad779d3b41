package dutylog_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

func TestKindsAreAsWritten(t *testing.T) {
	golden(t, "kinds.golden.json", map[string]any{"items": dutylog.Kinds(), "categories": dutylog.Categories(),
		"urgencies": dutylog.Urgencies(), "classifications": dutylog.Classifications(), "warning_levels": dutylog.WarningLevels(), "steps": dutylog.StepRules(), "handlings": dutylog.Handlings()})
}

func TestEveryKindHasARule(t *testing.T) {
	kinds := []dutylog.Kind{dutylog.KindDuty, dutylog.KindMissed, dutylog.KindWrongNumber, dutylog.KindNuisance, dutylog.KindSpotCheck, dutylog.KindOutgoing,
		dutylog.KindNonDuty, dutylog.KindStep, dutylog.KindFax, dutylog.KindWeChat, dutylog.KindVisit, dutylog.KindPatrol, dutylog.KindWarning}
	var listed []dutylog.Kind
	for _, r := range dutylog.Kinds() {
		listed = append(listed, r.Kind)
		if diff := cmp.Diff(dutylog.Required(r.Kind), r.Required); diff != "" && len(r.Required) > 0 {
			t.Errorf("%s: Required and Kinds differ:\n%s", r.Kind, diff)
		}
		for f := range r.Gaps {
			if !slices.Contains(r.Required, f) {
				t.Errorf("%s allows a gap for %s, which it does not require", r.Kind, f)
			}
		}
	}
	if diff := cmp.Diff(kinds, listed); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	if dutylog.Kind("Duty").Valid() || dutylog.Kind("").Valid() || !dutylog.KindDuty.Valid() {
		t.Error("exactly the words of the closed set are kinds")
	}
	if dutylog.Required("no such kind") != nil {
		t.Error("an unknown kind requires something")
	}
}

func TestTheTableCannotBeChangedFromOutside(t *testing.T) {
	dutylog.Kinds()[0].Required[0] = "x"
	dutylog.Required(dutylog.KindDuty)[0] = "x"
	dutylog.GapsAllowed(dutylog.CallerUnit)[0] = "x"
	if dutylog.Required(dutylog.KindDuty)[0] != dutylog.CallerUnit || dutylog.GapsAllowed(dutylog.CallerUnit)[0] != dutylog.NotGiven {
		t.Error("a caller changed the table of requirements")
	}
}

func TestKindGivesItsTag(t *testing.T) {
	for kind, want := range map[dutylog.Kind]telephony.Tag{
		dutylog.KindDuty: "", dutylog.KindMissed: "", dutylog.KindOutgoing: "",
		dutylog.KindWrongNumber: telephony.TagWrongNumber,
		dutylog.KindNuisance:    telephony.TagNuisance,
		dutylog.KindSpotCheck:   telephony.TagSpotCheck,
	} {
		if got := kind.Tag(); got != want {
			t.Errorf("kind %s gives tag %q, want %q", kind, got, want)
		}
	}
}

// What is required and cannot be said would be invented.
func TestEveryRequiredFieldHasAGap(t *testing.T) {
	for _, k := range dutylog.Kinds() {
		for _, f := range k.Required {
			if len(k.Gaps[f]) == 0 {
				t.Errorf("%s requires %s, and nothing may stand in its place", k.Kind, f)
			}
		}
	}
}

func TestEveryRequiredFieldIsAField(t *testing.T) {
	for _, k := range dutylog.Kinds() {
		for _, f := range k.Required {
			if !slices.Contains(dutylog.Fields(), f) {
				t.Errorf("%s requires %s, which nobody can fill in", k.Kind, f)
			}
		}
	}
	if n := len(dutylog.Fields()); n != 32 {
		t.Errorf("%d fields, want 32", n)
	}
}
