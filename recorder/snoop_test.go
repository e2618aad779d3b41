package recorder_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/recorder"
	"dutyline/telephony"
)

func offeredCall(id string, direction telephony.Direction) telephony.Change {
	return telephony.Change{Kind: telephony.CallOffered, Call: &telephony.Call{ID: id, Line: "duty", Direction: direction, OfferedAt: offered}}
}

func endedCall(id string, answered time.Time) telephony.Change {
	return telephony.Change{Kind: telephony.CallEnded, Call: &telephony.Call{ID: id, Line: "duty", OfferedAt: offered, AnsweredAt: answered, EndedAt: ended}}
}

// tapsOf writes decisions down, one tap a line.
func tapsOf(begin []recorder.Begin) (out []string) {
	for _, b := range begin {
		for _, tap := range b.Taps {
			out = append(out, fmt.Sprintf("%s %s: %s of %s by %s into %s", b.CallID, b.Reason, tap.Voice, tap.Channel, tap.Helper, tap.Name))
		}
	}
	return out
}

func channels(ids ...string) (out []telephony.Channel) {
	for i, id := range ids {
		out = append(out, telephony.Channel{ID: id, Created: offered.Add(time.Duration(i) * time.Millisecond)})
	}
	return out
}

var bothOf1 = []string{
	"1.0 offered: in of 1.0 by dutyline-far-1.0 into 1.0-far",
	"1.0 offered: out of 1.0 by dutyline-officer-1.0 into 1.0-officer",
}

func TestACallIsSnoopedOnOnceOnBothSides(t *testing.T) {
	var s recorder.Snoops
	if diff := cmp.Diff(bothOf1, tapsOf(s.Told([]telephony.Change{offeredCall("1.0", telephony.Inbound)}))); diff != "" {
		t.Errorf("a call came (-want +got):\n%s", diff)
	}
	more := []telephony.Change{offeredCall("1.0", telephony.Inbound), {Kind: telephony.CallRang, Call: &telephony.Call{ID: "1.0", Line: "duty"}},
		{Kind: telephony.LineChanged}}
	if again := s.Told(more); len(again) != 0 {
		t.Errorf("told again: %v", tapsOf(again))
	}
	if again := s.Seen(channels("1.0")); len(again) != 0 {
		t.Errorf("seen after a gap, before the helpers were listed: %v", tapsOf(again))
	}
	out := []string{
		"2.0 offered: out of 2.0 by dutyline-far-2.0 into 2.0-far",
		"2.0 offered: in of 2.0 by dutyline-officer-2.0 into 2.0-officer",
	}
	if diff := cmp.Diff(out, tapsOf(s.Told([]telephony.Change{offeredCall("2.0", telephony.Outbound)}))); diff != "" {
		t.Errorf("the officer dials (-want +got):\n%s", diff)
	}
	if gone := s.Told([]telephony.Change{offeredCall("3.0", telephony.Inbound), endedCall("3.0", time.Time{})}); len(gone) != 0 || s.Wanted("3.0") {
		t.Errorf("a call that is over already: %v", tapsOf(gone))
	}
}

// Whoever can name a channel on the switch does not choose where recordings go.
func TestAnOddNameIsNotSnoopedOn(t *testing.T) {
	var s recorder.Snoops
	for _, id := range []string{"../../etc/passwd", "a/b", "", ".hidden", "a b", "%2e"} {
		if begin := s.Told([]telephony.Change{offeredCall(id, telephony.Inbound)}); len(begin) != 0 {
			t.Errorf("%q: %v", id, tapsOf(begin))
		}
	}
}

func TestAfterARestart(t *testing.T) {
	logged := []telephony.Call{{ID: "1.0", Line: "duty", Direction: telephony.Inbound}}
	running := []string{
		"1.0 running: in of 1.0 by dutyline-far-1.0 into 1.0-far",
		"1.0 running: out of 1.0 by dutyline-officer-1.0 into 1.0-officer",
	}
	for _, c := range []struct {
		name       string
		open       []telephony.Call
		channels   []telephony.Channel
		seen, told []string // what begins when the switch is seen, and when the call is told anew
	}{
		{"the helpers run on", logged, channels("1.0", "dutyline-far-1.0", "dutyline-officer-1.0"), nil, nil},
		{"the last run died before it wrote the call down", nil, channels("1.0", "dutyline-far-1.0", "dutyline-officer-1.0"), nil, nil},
		{"the last run died between the sides", logged, channels("1.0", "dutyline-far-1.0"), running[1:], nil},
		{"the same, and before it wrote the call down", nil, channels("dutyline-far-1.0", "1.0"), nil, bothOf1[1:]},
		{"nobody records", logged, channels("1.0"), running, nil},
		{"nobody records, and nobody knew the call", nil, channels("1.0"), nil, bothOf1},
		{"an id that the log has a second time", []telephony.Call{{ID: "1.0~2", Line: "duty"}}, channels("1.0", "dutyline-far-1.0", "dutyline-officer-1.0"), nil, nil},
		{"the call is over", logged, channels("2.0", "dutyline-far-2.0"), nil, nil},
		{"somebody else's helpers", logged, channels("1.0", "dutyline-far-", "dutyline-ear-1.0", "far-1.0", "dutyline-1.0"), running, nil},
	} {
		var s recorder.Snoops
		s.Resume(c.open)
		if diff := cmp.Diff(c.seen, tapsOf(s.Seen(c.channels))); diff != "" {
			t.Errorf("%s: when the switch is seen (-want +got):\n%s", c.name, diff)
		}
		if c.name == "the call is over" {
			continue
		}
		if diff := cmp.Diff(c.told, tapsOf(s.Told([]telephony.Change{offeredCall("1.0", telephony.Inbound)}))); diff != "" {
			t.Errorf("%s: when the call is told (-want +got):\n%s", c.name, diff)
		}
	}
}

// What failed waits for the switch to be seen anew: there is no storm.
func TestWhatFailedIsTriedWhenTheSwitchIsSeenAnew(t *testing.T) {
	var s recorder.Snoops
	begin := s.Told([]telephony.Change{offeredCall("1.0", telephony.Inbound)})
	s.Failed(begin[0])
	s.Failed(recorder.Begin{CallID: "9.9"})
	if again := s.Told([]telephony.Change{{Kind: telephony.CallAnswered, Call: begin1()}}); len(again) != 0 {
		t.Errorf("without a snapshot: %v", tapsOf(again))
	}
	again := s.Seen(channels("1.0", "dutyline-officer-1.0")) // that side had begun after all
	if diff := cmp.Diff([]string{"1.0 running: in of 1.0 by dutyline-far-1.0 into 1.0-far"}, tapsOf(again)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if third := s.Seen(channels("1.0")); len(third) != 0 {
		t.Errorf("under way already: %v", tapsOf(third))
	}
}

func begin1() *telephony.Call { return &telephony.Call{ID: "1.0", Line: "duty", AnsweredAt: offered} }

// Helpers of a call that nobody ever tells of are forgotten when their channel is gone.
func TestHelpersOfNobodyAreForgotten(t *testing.T) {
	var s recorder.Snoops
	s.Seen(channels("1.0", "dutyline-far-1.0"))
	s.Seen(nil)
	if s.Wanted("1.0") {
		t.Error("still remembered")
	}
}

func TestLeadIsWhatWasRecordedBeforeTheAnswer(t *testing.T) {
	for _, c := range []struct {
		name     string
		since    time.Time
		answered time.Time
		want     time.Duration
	}{
		{"rang for five seconds", offered.Add(time.Second), offered.Add(6 * time.Second), 5 * time.Second},
		{"began after the answer", offered.Add(7 * time.Second), offered.Add(6 * time.Second), 0},
		{"not answered", offered.Add(time.Second), time.Time{}, 0},
		{"not known when it began", time.Time{}, offered.Add(6 * time.Second), 0},
	} {
		var s recorder.Snoops
		s.Told([]telephony.Change{offeredCall("1.0", telephony.Inbound)})
		s.Began("1.0", c.since)
		s.Began("9.9", c.since)
		s.Told([]telephony.Change{endedCall("1.0", c.answered)})
		if got := s.Lead("1.0"); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	var s recorder.Snoops
	for n := range 5000 { // bounded
		id := fmt.Sprint(n)
		s.Told([]telephony.Change{offeredCall(id, telephony.Inbound)})
		s.Began(id, offered)
		s.Told([]telephony.Change{endedCall(id, offered.Add(time.Second))})
	}
	if s.Lead("0") != 0 || s.Lead("4999") != time.Second {
		t.Errorf("the first of 5000 calls: %v, the last: %v", s.Lead("0"), s.Lead("4999"))
	}
}
