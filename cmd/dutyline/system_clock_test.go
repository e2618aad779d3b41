package main

import (
	"fmt"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// Somebody sets the clock of a real Asterisk in mid-call, forward and back, while it rings and
// while they talk: each call is judged by how long it rang and they talked, and says so. (A
// clock that goes forward while it rings ends the ringing: Dial counts its timeout by it.)
func TestSystemTheSwitchsClockIsSetInMidCall(t *testing.T) {
	t.Parallel()
	var set func(time.Duration)
	r := newRoom(t, func(s *asterisk.Settings, _ *config.Config) { set = asterisktest.OwnClock(t, s) })
	phone := r.phone(1200*time.Millisecond, 0, phoneTone) // in the middle of the third ring
	for n, step := range []struct {
		during string
		ahead  time.Duration
	}{{"ringing", -time.Hour}, {"talking", 0}, {"talking", -8 * time.Hour}, {"talking", time.Hour}} {
		r.awaitLine("idle")
		number := fmt.Sprintf("024888810%d0", n) // the last digit tells the phone what to do
		call := r.calls("caller", caller{number: number, talk: 1500 * time.Millisecond, hertz: callerTone})
		r.awaitLine(step.during)
		set(step.ahead)
		call.Must(t)
		c := r.theCallOf(number, n+1)
		if got := c.brief(); got != "in answered_in_time by=caller rings=3 !switch_clock_stepped recording=sealed" {
			t.Errorf("set to %v ahead while %s: %s", step.ahead, step.during, got)
		}
		rang, talked := phone.rang(t), time.Duration(c.Recording.DurationMS)*time.Millisecond
		if c.RingMS == nil || (time.Duration(*c.RingMS)*time.Millisecond-rang).Abs() > r.late.tolerance() {
			t.Errorf("set to %v ahead while %s: the phone rang for %v, the log says %v ms", step.ahead, step.during, rang, c.RingMS)
		}
		if c.AnsweredAt == nil || (c.EndedAt.Sub(*c.AnsweredAt)-talked).Abs() > 2*r.late.tolerance() {
			t.Errorf("set to %v ahead while %s: the recording is %v, the log says from %v to %v", step.ahead, step.during, talked, c.AnsweredAt, c.EndedAt)
		}
	}
	phone.Finish(t)
}
