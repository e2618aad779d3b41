package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/asterisk/asterisktest"
)

// placed is one call of a run: what is done, and what the log has to say of it.
type placed struct {
	name string
	make func(r *room)
	call string // wireCall.brief
	kind string // of the entry that it opened
}

// TestSystemOneOfEachOutcome makes calls that end in every way in which a call by another
// program can end, one after the other, and reads the log afterwards.
func TestSystemOneOfEachOutcome(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	answered := asterisktest.FarEnd(t, r.far, 300*time.Millisecond, asterisktest.Tone(t, 600, time.Second))
	var phone *deskPhone
	waits := func(number string) func(*room) {
		return func(r *room) { r.calls("caller-waits", caller{number: number, hertz: callerTone}).Must(t) }
	}
	givesUp := func(after time.Duration) func(*room) {
		return func(r *room) { r.calls("caller-gives-up", caller{number: "02422730002", ring: after}).Must(t) }
	}
	all := []placed{
		{"no phone has ever registered", waits("02422730009"), "in unreachable by=system rings=0 recording=none", "missed"},
		{"answered in time", func(r *room) {
			phone = r.phone(600*time.Millisecond, time.Second, phoneTone)
			r.awaitLine("idle")
			r.calls("caller", caller{number: "02422730001", talk: time.Second, hertz: callerTone}).Must(t)
		}, "in answered_in_time by=caller rings=2 recording=sealed", "duty"},
		{"the officer hangs up", waits("02422730006"), "in answered_in_time by=officer rings=2 recording=sealed", "duty"},
		{"given up after the limit", givesUp(2 * time.Second), "in missed by=caller rings=5 recording=none", "missed"},
		{"given up before the limit", givesUp(700 * time.Millisecond), "in abandoned_early by=caller rings=2 recording=none", "missed"},
		{"rejected at the phone", waits("02422730003"), "in rejected by=officer rings=2 recording=none", "missed"},
		{"engaged", waits("02422730004"), "in engaged by=system rings=0 !busy_without_a_call recording=none", "missed"},
		{"forwarded by the phone", func(r *room) {
			r.calls("caller", caller{number: "02422730005", talk: 500 * time.Millisecond, hertz: callerTone}).Must(t)
		}, "in forwarded by=caller rings=0 to=13900001111 recording=sealed", "missed"},
		{"from a superior", func(r *room) {
			r.calls("caller", caller{number: "02422720107", talk: 500 * time.Millisecond, hertz: callerTone}).Must(t)
		}, "in answered_in_time by=caller rings=2 #superior recording=sealed", "duty"},
		{"outgoing", func(r *room) {
			asterisktest.CallOut(t, r.sw, "13900001112", 500*time.Millisecond, asterisktest.Tone(t, 900, time.Second)).Must(t)
		}, "out placed_answered by=officer rings=0 recording=sealed", "outgoing"},
	}
	for _, p := range all {
		p.make(r)
	}
	calls := r.desk.settled(len(all))
	for i, p := range all {
		if diff := cmp.Diff(p.call, calls[i].brief()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.name, diff)
		}
		if e := r.desk.entry(calls[i].EntryID); e.Kind != p.kind || e.State != "open" {
			t.Errorf("%s: the entry is %s and %s, want an open one of kind %s", p.name, e.Kind, e.State, p.kind)
		}
	}
	answered.Finish(t)
	phone.Finish(t)
	r.checkMissed(calls[3])
	r.checkLists(calls)
}

// checkMissed completes a missed call's entry: a call-back, or why there was none.
func (r *room) checkMissed(c wireCall) {
	r.t.Helper()
	if c.RingMS == nil || *c.RingMS < 1900 || *c.RingMS > 2300 || c.AnsweredAt != nil {
		r.t.Errorf("the missed call rang for %v ms and was answered at %v; the caller waited 2 s", c.RingMS, c.AnsweredAt)
	}
	e := r.desk.entry(c.EntryID)
	if diff := cmp.Diff([]string{"call_back_result"}, e.Missing); diff != "" {
		r.t.Errorf("a missed call's entry misses (-want +got):\n%s", diff)
	}
	gap := map[string]any{"call_back_result": map[string]string{"why": "not_possible", "reason": "号码无人接听"}}
	r.desk.want(200, "PATCH", "/api/v1/entries/"+e.ID, map[string]any{"revision": e.Revision, "state": "complete", "gaps": gap}, &e)
	if e.State != "complete" {
		r.t.Errorf("the entry is %s after the reason was given", e.State)
	}
}

// checkLists reads the lists page by page and by outcome.
func (r *room) checkLists(calls []wireCall) {
	r.t.Helper()
	var ids []string
	for cursor, page := "", 0; page < len(calls); page++ {
		var l wireList[wireCall]
		r.desk.want(200, "GET", "/api/v1/calls?limit=3&cursor="+cursor, nil, &l)
		for _, c := range l.Items {
			ids = append(ids, c.ID)
		}
		if cursor = l.NextCursor; cursor == "" {
			break
		}
	}
	var want []string
	for _, c := range slices.Backward(calls) {
		want = append(want, c.ID)
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		r.t.Errorf("the calls page by page (-want +got):\n%s", diff)
	}
	var missed wireList[wireCall]
	r.desk.want(200, "GET", "/api/v1/calls?outcome=missed", nil, &missed)
	if len(missed.Items) != 1 || missed.Items[0].ID != calls[3].ID {
		r.t.Errorf("asked for missed calls, %d came", len(missed.Items))
	}
	var entries wireList[wireEntry]
	r.desk.want(200, "GET", "/api/v1/entries?order=unfinished&limit=100", nil, &entries)
	if n := len(entries.Items); n != len(calls) || entries.Items[n-1].State != "complete" {
		r.t.Errorf("%d entries for %d calls, the last is %s: unfinished ones come first", n, len(calls), entries.Items[n-1].State)
	}
}

// Two callers at once, both answered: nobody's voice or entry gets into the other's.
func TestSystemTwoCallsAtOnceStayApart(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.phone(600*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	tones := map[string]float64{"02422730001": 700, "02488880000": 1000}
	first := r.calls("caller", caller{number: "02422730001", talk: 2 * time.Second, hertz: 700})
	second := r.calls("caller", caller{number: "02488880000", talk: 2 * time.Second, hertz: 1000})
	first.Must(t)
	second.Must(t)
	calls := r.desk.settled(2)
	if calls[0].EndedAt.Before(*calls[1].AnsweredAt) || calls[1].EndedAt.Before(*calls[0].AnsweredAt) {
		t.Errorf("the calls were not at once: %+v", calls)
	}
	for _, c := range calls {
		if diff := cmp.Diff("in answered_in_time by=caller rings=2 recording=sealed", c.brief()); diff != "" {
			t.Errorf("call from %s (-want +got):\n%s", c.Caller, diff)
		}
		r.checkRecording(c, tones[c.Caller], phoneTone)
		e := r.desk.entry(c.EntryID)
		if known := c.Caller == "02422730001"; e.Number != c.Caller || (e.CallerUnit == "沈河区应急局") != known {
			t.Errorf("the entry of the call from %s: %+v", c.Caller, e)
		}
		delete(tones, c.Caller)
	}
	if len(tones) != 0 {
		t.Errorf("no call is in the log from %s", fmt.Sprint(tones))
	}
	if l := r.awaitLine("idle"); l.CallID != "" || l.Ring != nil {
		t.Errorf("the line afterwards: %+v", l)
	}
}
