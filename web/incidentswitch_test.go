package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
)

// The page counts down by the switch's clock, and so do rings; papers judge by it what is over.
func TestWhoCountsAsksForTheClockOfTheSwitch(t *testing.T) {
	h, ahead := twoClocks(t)
	off := 5 * time.Minute
	ahead.Store(int64(off))
	officer := h.as("officer")
	c := h.call("9.0", h.clock.Now().Add(off-6100*time.Millisecond))
	h.record(telephony.CallRang, c, c.RangAt)
	var line struct {
		Now    string
		Switch string `json:"switch_now"`
		Ring   int
	}
	decode(t, officer.get("/line"), &line)
	if got := moment(t, line.Switch).Sub(moment(t, line.Now)); got != off || line.Ring != 2 {
		t.Errorf("the switch is ahead by %s, want %s; ring %d, want 2 after 6 s", got, off, line.Ring)
	}
	h.finished("1.0", h.clock.Now().Add(off-6*time.Minute))
	i := officer.did(t, "POST", "", `{"entry_id":"e-1.0","category":"fire"}`)
	officer.did(t, "POST", fmt.Sprintf("/%d/reports/1/deliveries", i.ID), `{"recipient":"superior_bureau","channel":"phone","receiver":"周敏"}`)
	paper := func() string { return officer.get(fmt.Sprintf("/incidents/%d/reports/1/sheet", i.ID)).body }
	if strings.Contains(paper(), "时限已过") {
		t.Error("six minutes after the intake a time of ten minutes is over on paper")
	}
	h.clock.Add(4 * time.Minute)
	if body := paper(); !strings.Contains(body, "本级政府：未报送（时限已过）") {
		t.Errorf("ten minutes after the intake it is not over on paper: %s", around(body, "报送情况"))
	}
}
