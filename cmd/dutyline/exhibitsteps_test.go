package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// TestAnExhibitHasWhatWasDone: steps, what was struck out of them, the reason of a correction, moments as
// people read them; and it is proved with the rest.
func TestAnExhibitHasWhatWasDone(t *testing.T) {
	r := newProofRoom(t)
	officer := dutylog.Actor{Login: "zhangwei", Name: "张伟", Role: dutylog.Officer}
	at, id := endedCall("").EndedAt, "e-"+r.call
	r.withLog(func(db *sqlite.DB) {
		seen := telephony.Witness{CallID: r.call, ClockAt: at, Machine: telephony.ClockAlone, Error: -1, Heard: true}
		if err := db.Record(t.Context(), []telephony.Change{{Kind: telephony.WitnessHeard, At: at, Witness: &seen}}); err != nil { // as of every call that was watched
			t.Fatal(err)
		}
		e, err := db.AddStep(t.Context(), id, dutylog.StepDraft{Kind: dutylog.StepReported, Channel: "phone", Whom: "市应急局\n  9. 伪造的一笔"}, officer, at)
		if err == nil {
			_, err = db.StrikeStep(t.Context(), id, 1, "报告对象有误", officer, at)
		}
		if err == nil {
			e, err = db.AddStep(t.Context(), id, dutylog.StepDraft{Kind: dutylog.StepInstructed, Whom: "赵振华", Text: "立即核实"}, officer, at)
		}
		nuisance, complete := dutylog.KindNuisance, dutylog.Complete
		if err == nil {
			e, err = db.Amend(t.Context(), id, dutylog.EntryPatch{Revision: e.Revision, Kind: &nuisance, State: &complete}, officer, at)
		}
		if err == nil {
			_, err = db.Amend(t.Context(), id, dutylog.EntryPatch{Revision: e.Revision, Reason: "补记时间", Values: map[dutylog.Field]string{
				dutylog.HappenedAt: "2026-11-23T04:00:00Z", dutylog.Casualties: "轻伤 2 人"}}, officer, at)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	dir := filepath.Join(t.TempDir(), "exhibit")
	r.works("exhibit", id, dir)
	raw, err := os.ReadFile(filepath.Join(dir, exhibitEntry))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, want := range []string{"\n办理过程\n", "上报", "市应急局", "已划去：报告对象有误（张伟", "批示　赵振华　立即核实", "更正原因：补记时间", "事发时间：2026-11-23 12:00:00", "伤亡情况：轻伤 2 人"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "\n  9. 伪造") {
		t.Error("what somebody typed looks like a step of its own")
	}
	if said, _, err := command("", "verify", "--exhibit", dir); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

// Everything that people may write into an entry has a name for the machine's own texts, none twice.
func TestEveryFieldKindAndStepHasItsName(t *testing.T) {
	for _, f := range append(dutylog.Fields(), dutylog.StepTexts, dutylog.CorrectionText) {
		name := paper.FieldNames[f]
		if found, err := fieldCalled(name); name == "" || err != nil || found != f {
			t.Errorf("%s is called %q: %v", f, name, err)
		}
	}
	for _, k := range dutylog.Kinds() {
		if paper.KindNames[k.Kind] == "" {
			t.Errorf("kind %s has no name", k.Kind)
		}
	}
	var names []string
	for _, s := range dutylog.StepRules() {
		names = append(names, paper.StepNames[s.Kind])
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != len(dutylog.StepRules()) || names[0] == "" {
		t.Errorf("%q", names)
	}
}
