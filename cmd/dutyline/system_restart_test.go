package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/asterisk/asterisktest"
)

// again stops the daemon, does something while it is away, and starts it on the same folders.
func (r *room) again(meanwhile func()) {
	r.t.Helper()
	r.close()
	meanwhile()
	r.open()
	r.awaitReady(10 * time.Second)
}

// theCallOf waits until the call from a number is settled, and insists that it is there once.
func (r *room) theCallOf(number string, all int) wireCall {
	r.t.Helper()
	calls := slices.DeleteFunc(r.desk.settled(all), func(c wireCall) bool { return c.Caller != number })
	if len(calls) != 1 {
		r.t.Fatalf("the call from %s is %d times in the log", number, len(calls))
	}
	c := calls[0]
	if e := r.desk.entry(c.EntryID); e.CallID != c.ID {
		r.t.Errorf("the entry of the call from %s belongs to call %s", number, e.CallID)
	}
	if r.late.tolerance() > time.Second { // the machine stood still for so long: what it says of its own clocks is true, and no news
		c.Findings = slices.DeleteFunc(c.Findings, func(f string) bool { return f == "bell_behind_caller" })
	}
	return c
}

// The daemon is started again in the middle of calls. Each is in the log once, says that it
// was seen in part, and has its recording: the switch records without the daemon.
func TestSystemTheDaemonIsStartedAgainDuringCalls(t *testing.T) {
	t.Parallel()
	r := newRoom(t, cadence(time.Second, time.Second))
	phone := r.phone(2500*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	nothing := func() {}

	ringing := r.calls("caller", caller{number: "02488880000", talk: 1500 * time.Millisecond, hertz: callerTone})
	r.awaitLine("ringing")
	r.again(nothing)
	ringing.Must(t)
	c := r.theCallOf("02488880000", 1)
	r.checkSeenInPart(c, "answered_in_time", "sealed")
	if rang := phone.rang(t); c.RingMS == nil {
		t.Errorf("started again while it rang: the log does not say how long, the phone %v: %s", rang, c.brief())
	} else if (time.Duration(*c.RingMS)*time.Millisecond - rang).Abs() > r.late.tolerance() {
		t.Errorf("started again while it rang: the log says %d ms, the phone %v", *c.RingMS, rang)
	}

	talking := r.calls("caller", caller{number: "02488880001", talk: 4 * time.Second, hertz: callerTone})
	r.awaitTalk()
	r.again(nothing)
	if l := r.awaitTalk(); l.CallID == "" {
		t.Errorf("after the start the page does not show which call talks: %+v", l)
	}
	talking.Must(t)
	c = r.theCallOf("02488880001", 2)
	r.checkSeenInPart(c, "answered_in_time", "sealed")
	r.checkRecording(c, callerTone, phoneTone)

	ended := r.calls("caller", caller{number: "02488880007", talk: 3 * time.Second, hertz: callerTone})
	r.awaitTalk()
	r.again(func() { ended.Must(t) })
	c = r.theCallOf("02488880007", 3)
	r.checkSeenInPart(c, "answered_in_time", "sealed")
	r.checkEndNotSeen(c)
	r.checkRecording(c, callerTone, phoneTone)

	phone.Finish(t)
	slow := r.phone(8*time.Second, 0, phoneTone) // the daemon is down before it answers, however busy the machine
	unseen := r.calls("caller", caller{number: "02488880008", talk: time.Second, hertz: callerTone})
	r.awaitLine("ringing")
	r.again(func() { unseen.Must(t) })
	c = r.theCallOf("02488880008", 4)
	if c.SettledBy == string(telephony.SettledByJournal) {
		r.checkSeenInPart(c, "answered_late", "sealed") // eight seconds, as the switch tells it
	} else {
		r.checkSeenInPart(c, "unknown", "sealed")
	}
	r.checkEndNotSeen(c)
	r.checkRecording(c, callerTone, phoneTone)
	r.awaitLine("idle")
	slow.Finish(t)
}

func (r *room) checkSeenInPart(c wireCall, outcome, recording string) {
	r.t.Helper()
	if c.Outcome != outcome || c.recording() != recording || !slices.Contains(c.Findings, "seen_in_part") || c.EndedAt == nil {
		all, _ := json.Marshal(c)
		r.t.Errorf("the call from %s during which the daemon was away: %s, ended %v; want %s, recording %s and the finding seen_in_part: %s",
			c.Caller, c.brief(), c.EndedAt, outcome, recording, all)
	}
}

// checkEndNotSeen insists that nothing is claimed about an end that nobody saw, until the switch's journal, which may be
// read on at once after the start, tells of it. Of a call that the switch's own death cut the journal tells no end.
func (r *room) checkEndNotSeen(c wireCall) {
	r.t.Helper()
	if c.SettledBy == string(telephony.SettledByJournal) && !slices.Contains(c.Findings, "cut_by_switch") {
		if slices.Contains(c.Findings, "end_not_seen") || c.HangupBy == "" {
			r.t.Errorf("the call from %s, of whose end the journal tells: %s", c.Caller, c.brief())
		}
		return
	}
	answered := c.AnsweredAt != nil
	if !slices.Contains(c.Findings, "end_not_seen") || slices.Contains(c.Findings, "recording_short") || c.HangupBy != "" {
		r.t.Errorf("the call from %s whose end nobody saw: %s", c.Caller, c.brief())
	}
	if (c.RingMS != nil) != answered || (c.CallerRingMS != nil) != answered || (c.Rings > 0) != answered {
		r.t.Errorf("the call from %s: answered in sight %v, yet ring %v, caller's ring %v, %d rings", c.Caller, answered, c.RingMS, c.CallerRingMS, c.Rings)
	}
	if c.Recording == nil || answered && c.EndedAt.Sub(*c.AnsweredAt).Milliseconds() < c.Recording.DurationMS-1000 {
		r.t.Errorf("the call from %s ended at the latest %v, its recording is %+v", c.Caller, c.EndedAt, c.Recording)
	}
}

// The switch dies in the middle of a call and comes back. The page goes on and says so, the
// call is told honestly, and what was recorded of it is kept.
func TestSystemTheSwitchDiesAndComesBack(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	events := r.desk.follow("")
	cut := r.calls("caller", caller{number: "02422730001", talk: time.Minute, hertz: callerTone})
	r.awaitTalk()
	r.desk.await(5*time.Second, "the switch has recorded both sides for a second", func() bool { return r.recordedBytes() > 2*16000 })
	before := time.Now()
	if err := r.sw.Kill(); err != nil {
		t.Fatal(err)
	}
	cut.Stop()
	r.desk.await(5*time.Second, "the daemon says that it is not ready", func() bool {
		status, text := r.readyz()
		return status == 503 && strings.Contains(text, "the switch is away") && strings.Contains(text, "start Asterisk")
	})
	r.awaitLine("unknown")
	if h := r.desk.health(); h.Switch.Connected || h.Switch.Detail == "" || !h.Log.OK {
		t.Errorf("health while the switch is away: %+v", h)
	}
	awaitFrame(events, "alert", "the page is told that the line cannot be seen", func(a struct {
		Reason string `json:"reason"`
	}) bool {
		return a.Reason == "line_unknown"
	})
	e := r.desk.entry(r.desk.allCalls()[0].EntryID) // people go on writing
	r.desk.want(200, "PATCH", "/api/v1/entries/"+e.ID, map[string]any{"revision": e.Revision, "content": "通话中断"}, nil)

	r.sw = asterisktest.Start(t, r.sw.Settings)
	r.awaitReady(15 * time.Second)
	c := r.theCallOf("02422730001", 1)
	r.checkSeenInPart(c, "answered_in_time", "sealed")
	r.checkEndNotSeen(c)
	if c.EndedAt.Before(before.Add(-2 * time.Second)) {
		t.Errorf("the call that was cut ended at %v, before the switch died", c.EndedAt)
	}
	r.checkRecording(c, callerTone, phoneTone)

	r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	r.calls("caller", caller{number: "02488880000", talk: time.Second, hertz: callerTone}).Must(t)
	if got := r.theCallOf("02488880000", 2).brief(); got != "in answered_in_time by=caller rings=1 recording=sealed" {
		t.Errorf("a call after the switch came back: %s", got)
	}
}

// recordedBytes is how much the switch has recorded of calls in progress.
func (r *room) recordedBytes() (n int64) {
	r.t.Helper()
	for _, f := range r.recordedOnSwitch() {
		n += fileSize(f)
	}
	return n
}
