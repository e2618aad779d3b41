package web_test

import (
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/web"
)

func TestTheCallersPastIsBesideTheForm(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	h.over(h.ring("1.0"), telephony.Missed)
	h.clock.Add(time.Minute)
	h.placed("2.0", "02422730001")
	h.clock.Add(time.Minute)
	h.ring("3.0")
	var d struct {
		Calls []struct {
			Call  web.CallDoc   `json:"call"`
			Entry *web.EntryDoc `json:"entry"`
		} `json:"calls"`
		Open []struct {
			Entry web.EntryDoc `json:"entry"`
			Why   string       `json:"why"`
		} `json:"open"`
	}
	officer.get("/entries/e-3.0/dealings").into(t, &d)
	if len(d.Calls) != 2 || d.Calls[0].Call.ID != "2.0" || d.Calls[1].Call.Outcome != "missed" || d.Calls[1].Entry == nil || d.Calls[1].Entry.Kind != "missed" {
		t.Errorf("%+v", d.Calls)
	}
	if len(d.Open) != 2 || d.Open[0].Entry.ID != "e-2.0" || d.Open[1].Why != "same_number" {
		t.Errorf("%+v", d.Open)
	}
	if n := len(*h.accesses); n != 1 || (*h.accesses)[0].What != "entry.see" {
		t.Errorf("who read it is kept as %+v", *h.accesses)
	}
	if p := officer.get("/entries/e-9.9/dealings").problem(t); p.Status != 404 {
		t.Errorf("%+v", p)
	}
	if p := h.as("admin").get("/entries/e-3.0/dealings").problem(t); p.Status != 403 {
		t.Errorf("%+v", p)
	}
}
