package telephony_test

import (
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
)

func TestRings(t *testing.T) {
	rule := telephony.DefaultRule()
	offset := rule
	offset.Offset = 3 * time.Second
	tests := []struct {
		rule    telephony.Rule
		elapsed time.Duration
		rings   int
		inTime  bool
	}{
		{rule, 0, 1, true},
		{rule, 4999 * time.Millisecond, 1, true},
		{rule, 5 * time.Second, 2, true},
		{rule, 10 * time.Second, 3, true},
		{rule, 14999 * time.Millisecond, 3, true},
		{rule, 15 * time.Second, 4, false},
		{rule, time.Minute, 13, false},
		{rule, -time.Second, 0, true},
		{offset, 0, 1, true},
		{offset, 2 * time.Second, 2, true},
		{offset, 11999 * time.Millisecond, 3, true},
		{offset, 12 * time.Second, 4, false},
	}
	for _, tt := range tests {
		if got := tt.rule.Rings(tt.elapsed); got != tt.rings {
			t.Errorf("%s: Rings(%v) = %d, want %d", tt.rule.Version(), tt.elapsed, got, tt.rings)
		}
		if got := tt.rule.InTime(tt.elapsed); got != tt.inTime {
			t.Errorf("%s: InTime(%v) = %v", tt.rule.Version(), tt.elapsed, got)
		}
	}
	if rule.Ring3At() != 10*time.Second || rule.LimitAt() != 15*time.Second {
		t.Errorf("ring 3 at %v, limit at %v", rule.Ring3At(), rule.LimitAt())
	}
	if offset.Ring3At() != 7*time.Second || offset.LimitAt() != 12*time.Second {
		t.Errorf("with offset: ring 3 at %v, limit at %v", offset.Ring3At(), offset.LimitAt())
	}
}

// The three forms of the limit agree: the count, the deadline and the yes or no.
func TestRuleAgreesWithItself(t *testing.T) {
	for _, rule := range []telephony.Rule{
		telephony.DefaultRule(),
		{On: time.Second, Off: 2 * time.Second, Limit: 2},
		{On: 400 * time.Millisecond, Off: 2200 * time.Millisecond, Limit: 5, Offset: 1700 * time.Millisecond},
	} {
		for ms := 0; ms < 40000; ms += 7 {
			elapsed := time.Duration(ms) * time.Millisecond
			byCount, byTime := rule.Rings(elapsed) <= rule.Limit, rule.InTime(elapsed)
			if byCount != byTime {
				t.Fatalf("%s after %v: %d rings, in time %v", rule.Version(), elapsed, rule.Rings(elapsed), byTime)
			}
		}
	}
}

func TestRuleVersion(t *testing.T) {
	if got, want := telephony.DefaultRule().Version(), "rings-3-on-1s-off-4s-pm-100ms"; got != want {
		t.Errorf("Version() = %q, want %q: it is stored with verdicts and must not change", got, want)
	}
	other := telephony.DefaultRule()
	other.Offset = 1500 * time.Millisecond
	if got, want := other.Version(), "rings-3-on-1s-off-4s-offset-1.5s-pm-100ms"; got != want {
		t.Errorf("Version() = %q, want %q", got, want)
	}
}

func TestRuleValidate(t *testing.T) {
	if err := telephony.DefaultRule().Validate(); err != nil {
		t.Errorf("the default: %v", err)
	}
	tests := []struct {
		change func(*telephony.Rule)
		want   string
	}{
		{func(r *telephony.Rule) { r.On = 0 }, "on is 0s"},
		{func(r *telephony.Rule) { r.Off = -time.Second }, "off is -1s"},
		{func(r *telephony.Rule) { r.Limit = 0 }, "limit is 0"},
		{func(r *telephony.Rule) { r.Uncertainty = time.Minute }, "uncertainty is 1m0s"},
		{func(r *telephony.Rule) { r.Offset = -time.Second }, "offset is -1s"},
		{func(r *telephony.Rule) { r.Offset = time.Minute }, "offset eats the whole limit"},
	}
	for _, tt := range tests {
		rule := telephony.DefaultRule()
		tt.change(&rule)
		if err := rule.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want a sentence with %q", rule, err, tt.want)
		}
	}
}
