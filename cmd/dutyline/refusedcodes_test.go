package main

import (
	"testing"
	"time"

	"dutyline/telephony"
)

// A code that became a call is the call's to tell, whichever of the two is heard of first; the same
// code again later, without a call, is told.
func TestARefusedCodeWaitsForTheCallThatItMayBe(t *testing.T) {
	noon := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	code := func(line, dialled string, after time.Duration) telephony.Change {
		return telephony.Change{Kind: telephony.CodeRefused, Line: line, Detail: dialled, At: noon.Add(after)}
	}
	placed := func(line, dialled string, after time.Duration) []telephony.Change {
		return []telephony.Change{{Kind: telephony.CallOffered, Line: line, At: noon.Add(after),
			Call: &telephony.Call{Direction: telephony.Outbound, Called: telephony.ParseNumber(dialled, "024")}}}
	}
	came := placed("duty", "*73", 0)
	came[0].Call.Direction = telephony.Inbound
	for what, c := range map[string]struct {
		refused []telephony.Change
		calls   [][]telephony.Change
		want    int // told
	}{
		"no call":                   {[]telephony.Change{code("duty", "*73", 0)}, nil, 1},
		"the call is heard before":  {[]telephony.Change{code("duty", "*73", 2*time.Millisecond)}, [][]telephony.Change{placed("duty", "*73", 0)}, 0},
		"the call is heard after":   {[]telephony.Change{code("duty", "*73", 0)}, [][]telephony.Change{placed("duty", "*73", 13*time.Millisecond)}, 0},
		"the trunk took long":       {[]telephony.Change{code("duty", "*73", 40*time.Second)}, [][]telephony.Change{placed("duty", "*73", 0)}, 0},
		"again without a call":      {[]telephony.Change{code("duty", "*73", 0), code("duty", "*73", 2*time.Minute)}, [][]telephony.Change{placed("duty", "*73", 0)}, 1},
		"another code is called":    {[]telephony.Change{code("duty", "*73", 0)}, [][]telephony.Change{placed("duty", "*72", 0)}, 1},
		"another line calls it":     {[]telephony.Change{code("duty", "*73", 0)}, [][]telephony.Change{placed("fax", "*73", 0)}, 1},
		"somebody calls, it is not": {[]telephony.Change{code("duty", "*73", 0)}, [][]telephony.Change{came}, 1},
	} {
		r := refusedCodes{waiting: c.refused}
		for _, changes := range c.calls {
			r.heard(changes)
		}
		early := r.due(noon.Add(999 * time.Millisecond))
		late := r.due(noon.Add(3 * time.Minute))
		if len(early) != 0 || len(late) != c.want || len(r.waiting) != 0 || len(r.due(noon.Add(time.Hour))) != 0 {
			t.Errorf("%s: told %d early and %d late, want %d", what, len(early), len(late), c.want)
		}
	}
}

// Copies that somebody on this machine makes up do not fill the memory.
func TestRefusedCodesAreBounded(t *testing.T) {
	var r refusedCodes
	for range 10000 {
		r.refuse(telephony.Change{Kind: telephony.CodeRefused, Detail: "*73"})
	}
	if n := len(r.due(time.Now())); n == 0 || n > 100 {
		t.Errorf("%d are told", n)
	}
}
