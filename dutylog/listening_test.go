package dutylog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

// monthOfCalls are calls of three officers, and of one whom nobody knows.
func monthOfCalls(n int) (all []dutylog.Listenable) {
	for i := range n {
		all = append(all, dutylog.Listenable{CallID: fmt.Sprintf("%d.%d", 1793500000+600*i, i), Officer: []string{"张伟", "李娜", "王强", ""}[i%7%4]})
	}
	return all
}

func drawnText(samples []dutylog.OfficerSample) string {
	var b strings.Builder
	for _, s := range samples {
		fmt.Fprintf(&b, "%q of %d: %s\n", s.Officer, s.Population, strings.Join(s.Calls, " "))
	}
	return b.String()
}

// TestTheSampleIsDrawnAsItWas: the same seed draws the same calls for ever, on every machine.
func TestTheSampleIsDrawnAsItWas(t *testing.T) {
	var b strings.Builder
	for _, seed := range []string{"3f9a20c1", "检查组 11-27", "1"} {
		fmt.Fprintf(&b, "seed %s\n%s\n", seed, drawnText(dutylog.Sample(seed, "2026-10", 3, monthOfCalls(200))))
	}
	goldenText(t, "listening_sample.golden.txt", b.String())
}

func TestTheOrderOfTheCallsChangesNothing(t *testing.T) {
	calls := monthOfCalls(150)
	want := dutylog.Sample("x", "2026-10", 5, calls)
	slices.Reverse(calls)
	if diff := cmp.Diff(want, dutylog.Sample("x", "2026-10", 5, calls)); diff != "" {
		t.Error(diff)
	}
	if other := dutylog.Sample("x", "2026-11", 5, calls); cmp.Equal(want, other) {
		t.Error("another month draws the same places")
	}
}

// A call that comes late, settled from the journal, moves no other: it takes a place or it does not.
func TestALateCallMovesNoOther(t *testing.T) {
	calls := monthOfCalls(120)
	before := dutylog.Sample("x", "2026-10", 4, calls)
	taken := 0
	for i := range 60 {
		late := dutylog.Listenable{CallID: fmt.Sprintf("late.%d", i), Officer: "张伟"}
		for j, s := range dutylog.Sample("x", "2026-10", 4, append(slices.Clone(calls), late)) {
			was := before[j]
			kept := slices.DeleteFunc(slices.Clone(s.Calls), func(id string) bool { return id == late.CallID })
			if s.Officer != was.Officer || !slices.Equal(kept, was.Calls[:len(kept)]) || len(kept) < len(was.Calls)-1 {
				t.Fatalf("%s: %v, before %v", s.Officer, s.Calls, was.Calls)
			}
			if len(kept) < len(s.Calls) {
				taken++
			}
		}
	}
	if taken == 0 || taken > 20 {
		t.Errorf("%d of 60 late calls took one of 4 places among 50", taken)
	}
}

// Every call has the same chance: over many seeds each is drawn about as often.
func TestNobodyIsDrawnMoreOften(t *testing.T) {
	calls := monthOfCalls(35)
	drawn := map[string]int{}
	const seeds = 2000
	for i := range seeds {
		for _, s := range dutylog.Sample(fmt.Sprint(i), "2026-10", 2, calls) {
			for _, id := range s.Calls {
				drawn[id]++
			}
		}
	}
	for _, c := range calls {
		population := 0
		for _, o := range calls {
			if o.Officer == c.Officer {
				population++
			}
		}
		want := 2 * float64(seeds) / float64(population)
		if got := float64(drawn[c.CallID]); got < want*0.8 || got > want*1.2 {
			t.Errorf("%s was drawn %v times, about %v would be fair", c.CallID, got, want)
		}
	}
}

func TestWithoutCallsNobodyIsDrawn(t *testing.T) {
	if got := dutylog.Sample("x", "2026-10", 3, nil); got == nil || len(got) != 0 {
		t.Errorf("%v", got)
	}
	if got := dutylog.Sample("x", "2026-10", 3, monthOfCalls(2)); len(got) != 2 || len(got[0].Calls) != 1 || got[0].Population != 1 {
		t.Errorf("%+v", got)
	}
}

func TestOnlyAWholeMonthIsDrawnFrom(t *testing.T) {
	zone := time.FixedZone("UTC+8", 8*3600)
	end := time.Date(2026, 11, 1, 0, 0, 0, 0, zone)
	for _, c := range []struct {
		name  string
		d     dutylog.Draw
		now   time.Time
		field string
	}{
		{"the month is over", dutylog.Draw{Month: "2026-10", Seed: " 检查组 ", PerOfficer: 3}, end, ""},
		{"one second is left", dutylog.Draw{Month: "2026-10", Seed: "x", PerOfficer: 3}, end.Add(-time.Second), "month"},
		{"no month", dutylog.Draw{Month: "2026-13", Seed: "x", PerOfficer: 3}, end, "month"},
		{"no seed", dutylog.Draw{Month: "2026-10", Seed: "  ", PerOfficer: 3}, end, "seed"},
		{"a long seed", dutylog.Draw{Month: "2026-10", Seed: strings.Repeat("字", 65), PerOfficer: 3}, end, "seed"},
		{"nobody", dutylog.Draw{Month: "2026-10", Seed: "x"}, end, "per_officer"},
		{"too many", dutylog.Draw{Month: "2026-10", Seed: "x", PerOfficer: 21}, end, "per_officer"},
	} {
		got, err := c.d.Check(c.now, zone)
		var bad *dutylog.InvalidError
		if errors.As(err, &bad) != (c.field != "") || bad != nil && bad.Field != c.field {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && got.Seed != "检查组" {
			t.Errorf("%s: %q", c.name, got.Seed)
		}
	}
}

var allGood = dutylog.Marks{Greeting: dutylog.MarkGood, Tone: dutylog.MarkGood, Precision: dutylog.MarkPartly, Elements: dutylog.MarkGood, ReadBack: dutylog.MarkNone}

func aDraw() dutylog.Draw {
	return dutylog.Draw{ID: 4, Month: "2026-10", Samples: []dutylog.OfficerSample{{Officer: "张伟", Population: 9, Calls: []string{"1.0", "2.0"}}, {Officer: "李娜", Population: 3, Calls: []string{"3.0"}}}}
}

func TestWhoMaySayWhatOfACallThatWasDrawn(t *testing.T) {
	review := dutylog.ListeningFact{ID: 1, Draw: 4, CallID: "1.0", Says: dutylog.ListenReviewed, Marks: allGood, By: bySuper}
	all := aDraw().Listened([]dutylog.ListeningFact{review})
	heard, unheard := all[0], all[1]
	var b strings.Builder
	for _, l := range []struct {
		name string
		of   dutylog.Listened
	}{{"not reviewed", unheard}, {"reviewed", heard}} {
		for _, p := range []dutylog.Actor{byOfficer, {Name: "李娜", Role: dutylog.Officer}, bySuper, {Login: "s9", Name: "张伟", Role: dutylog.Supervisor}, byLeader, {Name: "审计", Role: dutylog.Auditor}, {Name: "张伟", Role: dutylog.Auditor}, {Name: "管理", Role: dutylog.Admin}} {
			fmt.Fprintf(&b, "%-13s %-11s %s: reviewed %q answered %q\n", l.name, p.Role, p.Name, l.of.May(dutylog.ListenReviewed, p), l.of.May(dutylog.ListenAnswered, p))
		}
	}
	goldenText(t, "listening_rights.golden.txt", b.String())
	if got := heard.MaySay(byOfficer); !slices.Equal(got, []dutylog.ListeningSays{dutylog.ListenAnswered}) || len(unheard.MaySay(byOfficer)) != 0 {
		t.Errorf("%v", got)
	}
}

func TestWhatIsSaidOfACallIsFolded(t *testing.T) {
	facts := []dutylog.ListeningFact{
		{ID: 1, Draw: 4, CallID: "1.0", Says: dutylog.ListenReviewed, Text: "a"}, {ID: 2, Draw: 3, CallID: "1.0", Says: dutylog.ListenReviewed, Text: "of another draw"},
		{ID: 3, Draw: 4, CallID: "1.0", Says: dutylog.ListenAnswered, Text: "b"}, {ID: 4, Draw: 4, CallID: "1.0", Says: dutylog.ListenReviewed, Text: "c"}, {ID: 5, Draw: 4, CallID: "3.0", Says: dutylog.ListenReviewed, Text: "d"},
	}
	all := aDraw().Listened(facts)
	if len(all) != 3 || all[0].Review.Text != "c" || all[0].Answer.Text != "b" || len(all[0].Facts) != 3 || all[1].Review != nil || all[1].Answer != nil || all[2].Review.Text != "d" || all[2].Officer != "李娜" {
		t.Errorf("%+v", all)
	}
	if officer, ok := aDraw().Drawn("3.0"); !ok || officer != "李娜" {
		t.Errorf("%q %v", officer, ok)
	}
	if _, ok := aDraw().Drawn("9.0"); ok {
		t.Error("a call that was not drawn")
	}
}

func TestTheShortFormIsChecked(t *testing.T) {
	l := aDraw().Listened([]dutylog.ListeningFact{{ID: 1, Draw: 4, CallID: "1.0", Says: dutylog.ListenReviewed}})[0]
	with := func(change func(*dutylog.Marks)) dutylog.Marks { m := allGood; change(&m); return m }
	for _, c := range []struct {
		name  string
		f     dutylog.ListeningFact
		field string
	}{
		{"all marked", dutylog.ListeningFact{Says: dutylog.ListenReviewed, Marks: allGood, By: bySuper}, ""},
		{"one not marked", dutylog.ListeningFact{Says: dutylog.ListenReviewed, Marks: with(func(m *dutylog.Marks) { m.Tone = "" }), By: bySuper}, "marks.tone"},
		{"a mark that is none", dutylog.ListeningFact{Says: dutylog.ListenReviewed, Marks: with(func(m *dutylog.Marks) { m.ReadBack = "great" }), By: bySuper}, "marks.read_back"},
		{"poor without words", dutylog.ListeningFact{Says: dutylog.ListenReviewed, Marks: with(func(m *dutylog.Marks) { m.Elements = dutylog.MarkPoor }), By: bySuper}, "text"},
		{"poor with words", dutylog.ListeningFact{Says: dutylog.ListenReviewed, Marks: with(func(m *dutylog.Marks) { m.Elements = dutylog.MarkPoor }), Text: "没有问伤亡", By: bySuper}, ""},
		{"answered", dutylog.ListeningFact{Says: dutylog.ListenAnswered, Marks: allGood, Text: "对方已说明", By: byOfficer}, ""},
		{"answered without words", dutylog.ListeningFact{Says: dutylog.ListenAnswered, By: byOfficer}, "text"},
		{"by somebody else", dutylog.ListeningFact{Says: dutylog.ListenReviewed, Marks: allGood, By: byLeader}, "says"},
		{"nonsense", dutylog.ListeningFact{Says: "nonsense", By: bySuper}, "says"},
	} {
		got, err := l.Check(c.f)
		var bad *dutylog.InvalidError
		if errors.As(err, &bad) != (c.field != "") || bad != nil && bad.Field != c.field {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && (got.CallID != "1.0" || got.Says == dutylog.ListenAnswered && got.Marks != dutylog.Marks{}) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}
