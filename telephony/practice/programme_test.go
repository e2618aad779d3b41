package practice_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/practice"
)

var update = flag.Bool("update", false, "write the golden files anew")

func steps(seed uint64, n int) []practice.Step {
	var all []practice.Step
	for s := range practice.Programme(seed) {
		if len(all) == n {
			break
		}
		all = append(all, s)
	}
	return all
}

func TestProgrammeGolden(t *testing.T) {
	var b strings.Builder
	for i, s := range steps(1, 31) {
		fmt.Fprintf(&b, "%02d rest %.2f %-19s %s\n", i, s.Rest, s.Kind, line(s.Call))
		if s.Second != nil {
			fmt.Fprintf(&b, "   during it %27s%s\n", "", line(*s.Second))
		}
	}
	const file = "testdata/programme.golden"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); d != "" {
		t.Errorf("the programme of seed 1 changed (-want +got); if meant, go test -run Golden -update:\n%s", d)
	}
}

// line is a call as a telephonist would note it down.
func line(c practice.Call) string {
	who := strings.TrimSpace(c.Name + " " + c.From)
	switch {
	case c.To != "":
		who = "officer to " + c.To
	case c.Anonymous:
		who = "anonymous"
	}
	does := string(c.Does)
	if does == "" {
		does = string(practice.Answers)
	}
	if c.AnswerAfter > 0 {
		does += fmt.Sprintf(" after %.1f s", c.AnswerAfter.Seconds())
	}
	if c.ForwardTo != "" {
		does += " to " + c.ForwardTo
	}
	if c.GiveUpAfter > 0 {
		does += fmt.Sprintf(", given up after %.1f s", c.GiveUpAfter.Seconds())
	}
	if c.Talk > 0 {
		does += fmt.Sprintf(", talk %.1f s", c.Talk.Seconds())
	}
	if c.HangUp != "" {
		does += ", " + string(c.HangUp) + " hangs up"
	}
	return who + ": " + does
}

func TestProgrammeIsDeterministicAndVaried(t *testing.T) {
	if d := cmp.Diff(steps(7, 40), steps(7, 40)); d != "" {
		t.Errorf("the same seed gave another programme:\n%s", d)
	}
	if cmp.Equal(steps(7, 40), steps(8, 40)) {
		t.Error("two seeds gave the same programme")
	}
}

// A newcomer first sees the ordinary case, and everything within one round.
func TestProgrammeShowsEverythingInEachRound(t *testing.T) {
	const opening, round = 4, 15
	want := map[practice.Kind]int{
		practice.InTime: 3, practice.Late: 1, practice.Missed: 1, practice.AbandonedEarly: 1, practice.EngagedIdle: 1,
		practice.EngagedInCall: 1, practice.Rejected: 1, practice.Forwarded: 1, practice.OfficerHangsUp: 1, practice.AnonymousCall: 1,
		practice.Unknown: 1, practice.OutAnswered: 1, practice.OutUnanswered: 1,
	}
	for seed := range uint64(5) {
		all := steps(seed, opening+3*round)
		var first []practice.Kind
		for _, s := range all[:opening] {
			first = append(first, s.Kind)
		}
		if d := cmp.Diff([]practice.Kind{practice.InTime, practice.Late, practice.OfficerHangsUp, practice.Missed}, first); d != "" {
			t.Errorf("seed %d begins (-want +got):\n%s", seed, d)
		}
		for r := range 3 {
			got := map[practice.Kind]int{}
			for _, s := range all[opening+r*round : opening+(r+1)*round] {
				got[s.Kind]++
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("seed %d round %d (-want +got):\n%s", seed, r, d)
			}
		}
	}
}

func TestProgrammesCallsFitTheirKind(t *testing.T) {
	for seed := range uint64(20) {
		for _, s := range steps(seed, 60) {
			call, err := s.Call.Complete()
			if err != nil {
				t.Fatalf("seed %d: %s cannot be placed: %v", seed, s.Kind, err)
			}
			if s.Rest < 1 || s.Rest >= 2 {
				t.Errorf("%s rests %v", s.Kind, s.Rest)
			}
			if (s.Second != nil) != (s.Kind == practice.EngagedInCall) {
				t.Errorf("%s with second caller %v", s.Kind, s.Second)
			}
			if s.Second != nil && (s.Second.From == call.From || call.Talk < practice.SecondAfter+2*time.Second) {
				t.Errorf("the second caller finds no call: %+v", s)
			}
			if s.Kind == practice.InTime && (call.AnswerAfter < 2*time.Second || call.AnswerAfter > 12*time.Second) {
				t.Errorf("in time after %v", call.AnswerAfter)
			}
			if call.Does == practice.Answers && call.AnswerAfter >= call.GiveUpAfter {
				t.Errorf("%s: given up before the answer: %+v", s.Kind, call)
			}
		}
	}
}
