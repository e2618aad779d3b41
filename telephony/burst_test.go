package telephony_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

func drawn(bursts []telephony.Burst) string {
	var b strings.Builder
	for _, x := range bursts {
		mark := "late"
		if x.Allowed {
			mark = "allowed"
		}
		fmt.Fprintf(&b, "%d %v-%v %s\n", x.Number, x.From, x.To, mark)
	}
	return b.String()
}

func TestTheBellIsDrawnAsTheRuleCountsIt(t *testing.T) {
	gateway := telephony.DefaultRule()
	gateway.Offset = 2 * time.Second
	for _, c := range []struct {
		name string
		rule telephony.Rule
		rang time.Duration
		want string
	}{
		{"answered in the second pause", telephony.DefaultRule(), 7 * time.Second, "1 0s-1s allowed\n2 5s-6s allowed\n"},
		{"answered within a ring", telephony.DefaultRule(), 10400 * time.Millisecond, "1 0s-1s allowed\n2 5s-6s allowed\n3 10s-10.4s allowed\n"},
		{"at the limit to the instant", telephony.DefaultRule(), 15 * time.Second, "1 0s-1s allowed\n2 5s-6s allowed\n3 10s-11s allowed\n"},
		{"one ring too many", telephony.DefaultRule(), 17 * time.Second, "1 0s-1s allowed\n2 5s-6s allowed\n3 10s-11s allowed\n4 15s-16s late\n"},
		{"at once", telephony.DefaultRule(), 0, "1 0s-0s allowed\n"},
		{"behind a gateway", gateway, 4 * time.Second, "1 -2s--1s allowed\n2 3s-4s allowed\n"},
	} {
		if diff := cmp.Diff(c.want, drawn(c.rule.Bursts(c.rang))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// What is drawn agrees with what is counted: as many bursts as rings, and the first that is not allowed
// begins when the limit passes.
func TestBurstsAndRingsAreTheSameCount(t *testing.T) {
	for _, offset := range []time.Duration{0, 700 * time.Millisecond, 5 * time.Second} {
		r := telephony.DefaultRule()
		r.Offset = offset
		for rang := time.Millisecond; rang < 40*time.Second; rang += 313 * time.Millisecond {
			bursts := r.Bursts(rang)
			if n := r.Rings(rang); rang%time.Second != 0 && len(bursts) != n {
				t.Fatalf("offset %v, rang %v: %d bursts, %d rings", offset, rang, len(bursts), n)
			}
			for _, b := range bursts {
				if !b.Allowed && b.Number == r.Limit+1 && b.From != r.LimitAt() || b.To < b.From {
					t.Fatalf("offset %v, rang %v: %+v, the limit is at %v", offset, rang, b, r.LimitAt())
				}
			}
		}
	}
}

func TestABellThatNobodyStopsIsBounded(t *testing.T) {
	if n := len(telephony.DefaultRule().Bursts(24 * time.Hour)); n != 60 {
		t.Errorf("%d bursts", n)
	}
	if n := len((telephony.Rule{}).Bursts(time.Hour)); n != 0 {
		t.Errorf("without a cadence: %d bursts", n)
	}
}

func TestARuleIsReadBackFromItsVersion(t *testing.T) {
	all := telephony.Rule{On: 800 * time.Millisecond, Off: 3200 * time.Millisecond, Limit: 4, Offset: 1500 * time.Millisecond, Uncertainty: 250 * time.Millisecond}
	for _, r := range []telephony.Rule{telephony.DefaultRule(), all, {On: time.Minute, Off: time.Minute, Limit: 1}, {On: time.Second, Limit: 100}} {
		if got, ok := telephony.ParseRule(r.Version()); !ok || got != r {
			t.Errorf("%s is %+v, %v", r.Version(), got, ok)
		}
	}
	for _, v := range []string{"", "1000/4000/0/3", "rings-3", "rings-3-on-1s-off-4s-pm-0s", "rings-3-on-1s-off-4s ", "rings-3-on-1000ms-off-4s", "rings-3-off-4s-on-1s",
		"rings-0-on-1s-off-4s", "rings-3-on-x-off-4s", "rings-3-on-1s-off-4s-offset-15s", "rings-03-on-1s-off-4s"} {
		if r, ok := telephony.ParseRule(v); ok {
			t.Errorf("%q is taken as %+v", v, r)
		}
	}
}

func FuzzARuleHasOneSpelling(f *testing.F) {
	f.Add("rings-3-on-1s-off-4s-pm-100ms")
	f.Add("rings-3-on-1s-off-4s-offset-2s-pm-100ms")
	f.Fuzz(func(t *testing.T, version string) {
		if r, ok := telephony.ParseRule(version); ok && r.Version() != version {
			t.Errorf("%q is read as %q", version, r.Version())
		}
	})
}
