package ringback_test

import (
	"fmt"
	"testing"

	"dutyline/telephony/ringback"
	"dutyline/telephony/ringback/ringbacktest"
)

// BenchmarkRightByCondition prints how verdicts compare with labels. Every round listens to
// other sounds: what holds for one seed only is no property of the listener.
func BenchmarkRightByCondition(b *testing.B) {
	for i := range b.N {
		table := ringbacktest.Measure(uint64(1000+i), 1025)
		fmt.Printf("\n%s", table)
		b.ReportMetric(table.RightPercent(), "right-%")
	}
}

// heardBy listens as a probe does, which acts on the first decision: that one is returned
// besides the last verdict.
func heardBy(sound []int16) (first, last ringback.Verdict) {
	const ask = 4000 // half a second
	var l ringback.Listener
	for i := 0; i < len(sound); i += ask {
		l.Write(sound[i:min(len(sound), i+ask)])
		last = l.Verdict()
		if first.Kind == ringback.CannotTell {
			first = last
		}
	}
	return first, last
}

func TestEverySampleIsRightOrHonest(t *testing.T) {
	const seed, samples = 1, 410
	table := ringbacktest.Table{}
	for _, s := range ringbacktest.Samples(seed, samples) {
		first, last := heardBy(s.Sound)
		mark := s.Mark(last)
		table.Add(s.Group, mark)
		if mark == ringbacktest.Wrong || (mark == ringbacktest.CannotTell && s.Plain) {
			t.Errorf("%s: want %s %s, got %s %s: %s", s.Name, s.Want, s.Whose, last.Kind, last.Name, last.Reason)
		}
		if s.Mark(first) == ringbacktest.Wrong {
			t.Errorf("%s: want %s %s, the first decision after %v was %s %s: %s", s.Name, s.Want, s.Whose, first.Heard, first.Kind, first.Name, first.Reason)
		}
		if last.Reason == "" || (last.Kind == ringback.CannotTell) != (last.Certainty == ringback.Unsure) {
			t.Errorf("%s: %s is %s because of %q", s.Name, last.Kind, last.Certainty, last.Reason)
		}
	}
	if dark := table.DarkPercent(); dark > 5 {
		t.Errorf("%.1f %% cannot be told, at most 5 %% are wanted", dark)
	}
	t.Logf("\n%s", table.String())
}

func TestSamplesAreTheSameForASeed(t *testing.T) {
	a, b, c := ringbacktest.Samples(5, 82), ringbacktest.Samples(5, 82), ringbacktest.Samples(6, 82)
	different := 0
	for i := range a {
		if fmt.Sprint(a[i].Sound) != fmt.Sprint(b[i].Sound) {
			t.Errorf("%s sounds otherwise when it is made again", a[i].Name)
		}
		if fmt.Sprint(a[i].Sound) != fmt.Sprint(c[i].Sound) {
			different++
		}
	}
	if different < len(a)*9/10 {
		t.Errorf("only %d of %d samples differ between seeds", different, len(a))
	}
}

func TestTableCountsByCondition(t *testing.T) {
	s := ringbacktest.Sample{Group: "music", Want: ringback.Custom, Whose: "music"}
	var table ringbacktest.Table
	for _, v := range []ringback.Verdict{
		{Kind: ringback.Custom, Name: "music"}, {Kind: ringback.Custom}, // right: the name may be left open
		{Kind: ringback.Custom, Name: "speech"}, {Kind: ringback.Standard}, // wrong
		{}, // honest
	} {
		table.Add(s.Group, s.Mark(v))
	}
	want := fmt.Sprintf("%-40s %7s %6s %11s %6s\n", "kind", "samples", "right", "cannot tell", "wrong") +
		fmt.Sprintf("%-40s %7d %6d %11d %6d\n", "music", 5, 2, 1, 2) +
		fmt.Sprintf("%-40s %7d %6d %11d %6d\n", "all", 5, 2, 1, 2)
	if got := table.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if table.RightPercent() != 40 || table.DarkPercent() != 20 {
		t.Errorf("%.1f %% right, %.1f %% dark", table.RightPercent(), table.DarkPercent())
	}
}
