package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/telephony"
)

// Of a trunk only that is known which the switch has said, and only where it asks.
func TestTrunkBookKnowsWhatWasSaid(t *testing.T) {
	line := telephony.Line{Trunks: []string{"PJSIP/a", "PJSIP/b", "PJSIP/c", "PJSIP/d", "PJSIP/e*"}}
	b := newTrunkBook()
	want := []alerts.TrunkFacts{{Name: "PJSIP/a", Qualified: true}, {Name: "PJSIP/b", Qualified: true}, {Name: "PJSIP/c", Qualified: true}, {Name: "PJSIP/d", Qualified: true}, {Name: "PJSIP/e*"}}
	if diff := cmp.Diff(want, b.Of(line)); diff != "" {
		t.Errorf("before anything was said (-want +got):\n%s", diff)
	}
	b.Hear(telephony.Endpoint{Name: "PJSIP/a", Known: true})
	b.Hear(telephony.Endpoint{Name: "PJSIP/a", Known: true, Online: true})
	b.Hear(telephony.Endpoint{Name: "PJSIP/b", Known: true})
	b.Hear(telephony.Endpoint{Name: "PJSIP/c"})
	b.Hear(telephony.Endpoint{Name: "PJSIP/d", Known: true, Online: true})
	b.Hear(telephony.Endpoint{Name: "PJSIP/e1", Known: true})
	for name, asked := range map[string]bool{"PJSIP/a": true, "PJSIP/b": true, "PJSIP/c": true, "PJSIP/d": false, "PJSIP/e*": false} {
		b.Asked(name, asked)
	}
	want = []alerts.TrunkFacts{
		{Name: "PJSIP/a", Qualified: true, Known: true, Online: true},
		{Name: "PJSIP/b", Qualified: true, Known: true},
		{Name: "PJSIP/c", Qualified: true},
		{Name: "PJSIP/d", Known: true, Online: true},
		{Name: "PJSIP/e*"},
	}
	if diff := cmp.Diff(want, b.Of(line)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i := range 2 * mostEndpoints {
		b.Hear(telephony.Endpoint{Name: string(rune('A' + i)), Known: true})
	}
	if len(b.heard) > mostEndpoints {
		t.Errorf("%d endpoints are remembered", len(b.heard))
	}
}
