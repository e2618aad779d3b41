package alerts_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/telephony"
)

var (
	update = flag.Bool("update", false, "write the golden file anew")
	noon   = time.Date(2026, 11, 23, 4, 17, 59, 603_000_000, time.UTC)
)

func call(change func(*telephony.Call)) *telephony.Call {
	c := &telephony.Call{ID: "1795436279.0", Line: "duty", Direction: telephony.Inbound, OfferedAt: noon}
	if change != nil {
		change(c)
	}
	return c
}

func over(o telephony.Outcome) *telephony.Call {
	return call(func(c *telephony.Call) { c.Outcome, c.EndedAt = o, noon.Add(time.Minute) })
}

func line(s telephony.State) telephony.Change {
	return telephony.Change{Kind: telephony.LineChanged, Line: "duty", At: noon, State: telephony.LineState{Line: "duty", State: s, Since: noon}}
}

// cases is every change that may be told, and those that are not.
func cases() map[string]telephony.Change {
	all := map[string]telephony.Change{
		"offered":      {Kind: telephony.CallOffered, Call: call(nil)},
		"rang":         {Kind: telephony.CallRang, Call: call(nil)},
		"ring 3":       {Kind: telephony.CallRing3, Call: call(nil)},
		"limit passed": {Kind: telephony.CallLimit, Call: call(nil)},
		"answered":     {Kind: telephony.CallAnswered, Call: call(nil)},
		"updated":      {Kind: telephony.CallUpdated, Call: call(nil), Finding: telephony.BellBehindCaller},
		"forwarded, with the target": {Kind: telephony.CallEnded, Call: call(func(c *telephony.Call) {
			c.Outcome, c.EndedAt, c.ForwardedTo = telephony.Forwarded, noon, "13900001111"
		})},
		"engaged without a call": {Kind: telephony.CallEnded, Call: call(func(c *telephony.Call) {
			c.Outcome, c.EndedAt, c.Findings = telephony.Engaged, noon, []telephony.Finding{telephony.BusyWithoutCall}
		})},
		"a service code is dialled": {Kind: telephony.CallUpdated, Finding: telephony.FeatureCode, Call: call(func(c *telephony.Call) {
			c.Direction, c.Called.Raw, c.Findings = telephony.Outbound, "*57*13900001111#", []telephony.Finding{telephony.FeatureCode}
		})},
		"a service code was dialled": {Kind: telephony.CallEnded, Call: call(func(c *telephony.Call) {
			c.Direction, c.Called.Raw, c.Findings = telephony.Outbound, "*57*13900001111#", []telephony.Finding{telephony.FeatureCode}
			c.Outcome, c.EndedAt = telephony.PlacedFailed, noon
		})},
		"missed test call":  {Kind: telephony.CallEnded, Call: tagged(telephony.TagTest)},
		"missed alert call": {Kind: telephony.CallEnded, Call: tagged(telephony.TagSystem)},
		"missed spot check": {Kind: telephony.CallEnded, Call: tagged(telephony.TagSpotCheck)},
		"fault":             {Kind: telephony.LineFault, Finding: telephony.QualifyOff, Detail: "PJSIP/duty: set qualify_frequency=10"},
		"fault cleared":     {Kind: telephony.LineFaultEnd, Finding: telephony.QualifyOff, Detail: "PJSIP/duty: set qualify_frequency=10"},
	}
	for _, o := range telephony.Outcomes() {
		all["ended "+string(o)] = telephony.Change{Kind: telephony.CallEnded, Call: over(o)}
	}
	for _, s := range []telephony.State{telephony.Idle, telephony.Ringing, telephony.Talking, telephony.LineUnreachable, telephony.LineStateUnknown, ""} {
		all["line "+string(s)] = line(s)
	}
	for name, ch := range all {
		ch.Line, ch.At = "duty", noon
		all[name] = ch
	}
	return all
}

func tagged(tag telephony.Tag) *telephony.Call {
	c := over(telephony.Missed)
	c.Tags = []telephony.Tag{tag}
	return c
}

func TestWhatIsToldIsAsWritten(t *testing.T) {
	got := map[string]any{}
	for name, ch := range cases() {
		a, ok := alerts.From(ch)
		if !ok {
			if diff := cmp.Diff(alerts.Alert{}, a); diff != "" {
				t.Errorf("%s: nothing is told, yet there is an alert:\n%s", name, diff)
			}
			got[name] = "nothing to tell"
			continue
		}
		raw, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		got[name] = map[string]any{"alert": json.RawMessage(raw), "ends": a.Ends}
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	const file = "testdata/alerts.golden.json"
	if *update {
		if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text.String()); diff != "" {
		t.Errorf("alerts differ (-golden +now); run with -update when this is meant:\n%s", diff)
	}
}

func TestSameChangeSameKey(t *testing.T) {
	for name, ch := range cases() {
		first, told := alerts.From(ch)
		again, _ := alerts.From(ch)
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("%s: twice the same change gives two alerts:\n%s", name, diff)
		}
		if told && (first.Key == "" || first.Reason == "" || first.Line != "duty" || !first.At.Equal(noon)) {
			t.Errorf("%s: incomplete: %+v", name, first)
		}
	}
}

func TestAFaultSeenAgainAfterARestartIsTheSameOne(t *testing.T) {
	fault := cases()["fault"]
	first, _ := alerts.From(fault)
	fault.At = noon.Add(time.Hour)
	again, _ := alerts.From(fault)
	if first.Key != again.Key {
		t.Errorf("keys %q and %q", first.Key, again.Key)
	}
	fault.Detail = "PJSIP/duty2: set qualify_frequency=10"
	if other, _ := alerts.From(fault); other.Key == first.Key {
		t.Errorf("the faults of two phones share the key %q", other.Key)
	}
	end, _ := alerts.From(cases()["fault cleared"])
	if !slices.Equal(end.Ends, []string{first.Key}) {
		t.Errorf("clearing ends %q, want %q", end.Ends, first.Key)
	}
}

func TestTheLineComingBackEndsBothTroubles(t *testing.T) {
	down, _ := alerts.From(line(telephony.LineUnreachable))
	blind, _ := alerts.From(line(telephony.LineStateUnknown))
	for _, s := range []telephony.State{telephony.Idle, telephony.Ringing, telephony.Talking} {
		back, ok := alerts.From(line(s))
		if !ok || !slices.Contains(back.Ends, down.Key) || !slices.Contains(back.Ends, blind.Key) {
			t.Errorf("%s ends %q", s, back.Ends)
		}
	}
}

func TestAnAlertWithoutATimeIsWrittenAsNull(t *testing.T) {
	raw, err := json.Marshal(alerts.Alert{Key: "k", Reason: alerts.ReasonMissed})
	if want := `{"key":"k","reason":"missed","line":"","call_id":"","finding":"","detail":"","at":null}`; err != nil || string(raw) != want {
		t.Errorf("%s, %v", raw, err)
	}
}
