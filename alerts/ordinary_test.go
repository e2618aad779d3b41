package alerts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/telephony"
)

// nothingKnown is a duty log without directory, and callers who never called before.
type nothingKnown struct{}

func (nothingKnown) Listed(telephony.Number) (bool, error) { return false, nil }

func (nothingKnown) CallsFrom(string, telephony.Number, time.Time, time.Time) ([]telephony.Call, error) {
	return nil, nil
}

// again is a trace as if it came later: other times, other channels and bridges.
func again(events []telephony.Event, later time.Duration, n int) []telephony.Event {
	move := func(c *telephony.Channel) {
		if c.ID != "" {
			c.ID = fmt.Sprintf("%s/%d", c.ID, n)
		}
		if !c.Created.IsZero() {
			c.Created = c.Created.Add(later)
		}
	}
	out := slices.Clone(events)
	for i := range out {
		ev := &out[i]
		ev.At = ev.At.Add(later)
		for _, c := range []*telephony.Channel{&ev.Channel, &ev.Peer, &ev.Second, &ev.Forwarded} {
			move(c)
		}
		if ev.Bridge != "" {
			ev.Bridge = fmt.Sprintf("%s/%d", ev.Bridge, n)
		}
	}
	return out
}

// Five hundred ordinary calls of all outcomes, recorded on a real switch and played again one
// after the other through one tracker, raise nothing of the ladder and no misuse.
func TestFiveHundredOrdinaryCallsRaiseNothingOfTheLadder(t *testing.T) {
	c := config.Default()
	c.Lines = []config.Line{{Name: "duty"}}
	rules, err := c.Rules()
	if err != nil {
		t.Fatal(err)
	}
	rungs := ladder(t)
	at := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC) // nine in the morning
	var tape []telephony.Event
	for round := range 5 {
		for _, name := range traceNames(t) {
			if rungs[name] != nil || strings.HasPrefix(name, "33_") { // 33: the switch died in mid-call
				continue
			}
			events := trace(t, name)
			if len(events) == 0 {
				continue
			}
			events = again(events, at.Sub(earliest(events)), round)
			tape = append(tape, events...)
			at = events[len(events)-1].At.Add(time.Minute)
			if at.Hour() >= 15 { // nobody calls strangers at night
				at = at.Add(10 * time.Hour)
			}
		}
	}
	outcomes := map[telephony.Outcome]int{}
	told := map[alerts.Reason]int{}
	for _, ch := range watch(tape) {
		if ch.Kind == telephony.CallEnded {
			outcomes[ch.Call.Outcome]++
		}
		list, err := rules.Judge(ch, nothingKnown{})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			if len(a.Ends) == 0 && !slices.Contains(ofTheBell, a.Reason) {
				told[a.Reason]++
				t.Errorf("%s about an ordinary call: %+v", a.Reason, a)
			}
		}
	}
	calls := 0
	for _, n := range outcomes {
		calls += n
	}
	t.Logf("%d calls: %v", calls, outcomes)
	for _, o := range []telephony.Outcome{telephony.AnsweredInTime, telephony.AnsweredLate, telephony.Missed, telephony.AbandonedEarly, telephony.Engaged,
		telephony.Rejected, telephony.Unreachable, telephony.PlacedAnswered, telephony.PlacedUnanswered, telephony.PlacedFailed} {
		if outcomes[o] == 0 {
			t.Errorf("no call was %s", o)
		}
	}
	if calls < 500 || len(told) > 0 {
		t.Errorf("%d calls, told %v", calls, told)
	}
}

// earliest is when a trace begins: events of different channels may be a little out of order.
func earliest(events []telephony.Event) time.Time {
	return slices.MinFunc(events, func(a, b telephony.Event) int { return a.At.Compare(b.At) }).At
}

// The same calls twice are the same alerts under the same keys, whatever a policy makes of them. Only
// where calls are gathered in one alert, those that are allowed are not counted with the others.
func TestAPolicyNeverChangesKeys(t *testing.T) {
	keys := func(reason alerts.Reason, name string, severity alerts.Severity) (keys []string) {
		r := rules()
		if severity != "" {
			r.Policy = []alerts.Policy{{Reason: reason, Severity: severity}}
		}
		for _, ch := range watch(trace(t, name)) {
			list, err := r.Judge(ch, nothingKnown{})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range list {
				if len(a.Ends) == 0 {
					keys = append(keys, a.Key)
				}
			}
		}
		return slices.Compact(keys)
	}
	for _, c := range []struct {
		reason   alerts.Reason
		trace    string
		severity alerts.Severity
		want     string // empty: the same
	}{
		{alerts.ReasonTransfer, "08_blind_refer", alerts.Info, ""},
		{alerts.ReasonForwardCode, "07_code_star57_enc", alerts.Info, ""},
		{alerts.ReasonPhoneRedirect, "05_302_user", alerts.Critical, ""},
		{alerts.ReasonPhoneRedirect, "05_302_user", alerts.Info, "phone_redirect/duty/info"},
	} {
		plain, weighed := keys(c.reason, c.trace, ""), keys(c.reason, c.trace, c.severity)
		if c.want != "" {
			plain = []string{c.want}
		}
		if diff := cmp.Diff(plain, weighed); diff != "" || len(weighed) != 1 {
			t.Errorf("%s, %s (-want +weighed):\n%s", c.trace, c.severity, diff)
		}
	}
}
