package telephony_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// queued is a call that waits in a queue while the duty phone rings.
func queued() *scene {
	s := newScene().in("trunk 1", "12371", "13900001111").app("trunk 1", "Queue", "dutyq,,,,20")
	return s.leg("duty 1").begin("trunk 1", "duty 1", "PJSIP/duty").
		at(5).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING")
}

// taken is what a queue shows when another phone dialled the pick-up code: no dial and no
// answer, only a strange channel in the caller's bridge.
func taken(s *scene, phone string) *scene {
	s.at(3000).created(phone, "Ring", "*8", "x").state(phone, "Up")
	s.at(3505).gone("duty 1", 16, 0).state("trunk 1", "Up").enter("b", phone, "trunk 1")
	return s.at(9000).ends("trunk 1", phone, "b")
}

// detoured is a call behind a Local channel under the subscription of production: the half
// that dials does not show, so the phone comes out of nowhere.
func detoured() *scene {
	return newScene().in("trunk 1", "12356", "13900001111").app("trunk 1", "Dial", "Local/12350@from-trunk/n,30").
		outside(loc+";1").begin("trunk 1", loc+";1", "12350@from-trunk/n")
}

// outside makes a channel that lies outside the subscription: its begin is not told.
func (s *scene) outside(name string) *scene {
	n := len(s.events)
	s.created(name, "Down", "12350", "")
	s.events = s.events[:n]
	return s
}

// Legs that nobody is seen to dial find their call all the same.
func TestLegsOutOfNowhere(t *testing.T) {
	tests := []struct {
		name  string
		scene *scene
		want  result
	}{
		{"another phone picks up out of a queue", taken(queued(), "201 9"),
			result{Outcome: telephony.AnsweredElsewhere, Reason: telephony.ReasonOtherPhone, By: telephony.ByCaller, Ring: 3500 * time.Millisecond}},
		{"the queue answers and nobody comes: a machine", queued().
			at(5000).dial("trunk 1", "duty 1", "NOANSWER").gone("duty 1", 0, 0).state("trunk 1", "Up").
			at(9000).hang("trunk 1", 16, 0).gone("trunk 1", 16, 0),
			result{Outcome: telephony.AnsweredByMachine, Reason: telephony.ReasonMachineAfter, By: telephony.ByCaller, Ring: 4995 * time.Millisecond}},
		{"a busy phone behind a detour", detoured().leg("duty 1").
			at(3).hang("duty 1", 17, 486).gone("duty 1", 17, 486).
			dial("trunk 1", loc+";1", "BUSY").soft("trunk 1").gone("trunk 1", 17, 486),
			result{Outcome: telephony.Engaged, Reason: telephony.ReasonBusy, By: telephony.BySystem, Findings: []telephony.Finding{telephony.BusyWithoutCall}}},
		{"a rejecting phone behind a detour", detoured().leg("duty 1").
			at(5).state("duty 1", "Ringing").at(2005).hang("duty 1", 21, 603).gone("duty 1", 21, 603).
			dial("trunk 1", loc+";1", "NOANSWER").soft("trunk 1").gone("trunk 1", 21, 403),
			result{Outcome: telephony.Rejected, Reason: telephony.ReasonRejected, By: telephony.ByOfficer, Ring: 2 * time.Second}},
		{"a phone behind a detour that answers without a ring", detoured().leg("duty 1").
			at(3).state("duty 1", "Up").dial("trunk 1", loc+";1", "ANSWER").state("trunk 1", "Up").
			outside(loc+";2").enter("a", "duty 1", loc+";2").enter("b", loc+";1", "trunk 1").
			at(4000).hang("trunk 1", 16, 0).gone("trunk 1", 16, 0).gone("duty 1", 16, 0),
			result{Outcome: telephony.AnsweredInTime, Reason: telephony.ReasonAnswered, By: telephony.ByCaller, Findings: []telephony.Finding{telephony.InstantAnswer}}},
		{"a silent phone behind a detour", detoured().leg("duty 1").
			at(6000).hang("trunk 1", 127, 487).dial("trunk 1", loc+";1", "CANCEL").gone("trunk 1", 127, 487).gone("duty 1", 127, 500),
			result{Outcome: telephony.Unreachable, Reason: telephony.ReasonSilent, By: telephony.ByCaller}},
		{"forwarding set in the switch: out through a detour, in vain", detoured().leg("trunk 2").
			at(5).state("trunk 2", "Ringing").at(8000).hang("trunk 1", 127, 487).dial("trunk 1", loc+";1", "CANCEL").
			gone("trunk 1", 127, 487).gone("trunk 2", 127, 500),
			result{Outcome: telephony.Forwarded, Reason: telephony.ReasonDialplanForwarded, By: telephony.ByCaller, To: "12350"}},
		{"forwarding set in the switch: the target is busy", detoured().leg("trunk 2").
			at(5).hang("trunk 2", 17, 486).gone("trunk 2", 17, 486).dial("trunk 1", loc+";1", "BUSY").soft("trunk 1").gone("trunk 1", 17, 486),
			result{Outcome: telephony.Unreachable, Reason: telephony.ReasonNoPhone, By: telephony.BySystem, Findings: []telephony.Finding{telephony.ForwardAttempted}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := resultOf(tt.scene.one(t))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A phone that says 181 at once is quicker than the switch's own word that it dials: the
// redirecting number is on the leg before the dial begins, and still it is not the caller's.
func TestA181QuickerThanTheDial(t *testing.T) {
	s := newScene().in("trunk 1", "12350", "13900001111").app("trunk 1", "Dial", "PJSIP/duty,60").leg("duty 1")
	s.channels["duty 1"].RDNIS = "duty"
	s.begin("trunk 1", "duty 1", "duty").at(2000)
	c := s.answers("trunk 1", "duty 1", "b").at(4000).ends("trunk 1", "duty 1", "b").one(t)
	if c.Outcome != telephony.Forwarded || c.Reason != telephony.ReasonPhoneForwarded || c.RedirectedFrom != "" {
		t.Errorf("got %s (%s), redirected from %q", c.Outcome, c.Reason, c.RedirectedFrom)
	}
}

// The switch refuses a caller when its dialplan comes to an end without an answer. That looks
// like the caller's own hanging up, but for the status.
func TestTheSwitchRefusesTheCaller(t *testing.T) {
	tests := []struct {
		name  string
		tech  int
		cause int
		want  telephony.Outcome
		by    telephony.Party
	}{
		{"it gives up with 503", 503, 34, telephony.Unreachable, telephony.BySystem},
		{"it gives up with 486", 486, 17, telephony.Unreachable, telephony.BySystem},
		{"the caller gives up", 487, 127, telephony.AbandonedEarly, telephony.ByCaller},
	}
	for _, tt := range tests {
		c := newScene().in("trunk 1", "12370", "13900001111").
			at(1000).hang("trunk 1", tt.cause, tt.tech).soft("trunk 1").gone("trunk 1", tt.cause, tt.tech).one(t)
		if c.Outcome != tt.want || c.HangupBy != tt.by {
			t.Errorf("%s: %s by %q, want %s by %q", tt.name, c.Outcome, c.HangupBy, tt.want, tt.by)
		}
	}
}

// A phone that refuses at once can be gone before the switch's word that it was dialled comes;
// its refusal counts all the same, and what nobody ever dialled is forgotten.
func TestARefusalQuickerThanTheDial(t *testing.T) {
	s := newScene().leg("duty 1").hang("duty 1", 17, 486).gone("duty 1", 17, 486)
	s.in("trunk 1", "12350", "13900001111").app("trunk 1", "Dial", "PJSIP/duty,60").begin("trunk 1", "duty 1", "duty").
		dial("trunk 1", "duty 1", "BUSY").soft("trunk 1").gone("trunk 1", 17, 486)
	if c := s.one(t); c.Outcome != telephony.Engaged || !slices.Equal(c.Findings, []telephony.Finding{telephony.BusyWithoutCall}) {
		t.Errorf("got %s %v", c.Outcome, c.Findings)
	}
	tr := telephony.NewTracker(lines())
	for _, ev := range newScene().leg("duty 1").hang("duty 1", 17, 486).gone("duty 1", 17, 486).events {
		tr.Apply(ev)
	}
	tr.Tick(sceneStart.Add(2 * time.Minute))
	again := newScene().at(150_000).leg("duty 1").in("trunk 1", "12350", "1").begin("trunk 1", "duty 1", "duty").gone("trunk 1", 16, 0)
	var calls []telephony.Call
	for _, ev := range again.events {
		calls = append(calls, ended(tr.Apply(ev))...)
	}
	if len(calls) != 1 || calls[0].Outcome != telephony.Unreachable {
		t.Errorf("the forgotten phone came back: %+v", calls)
	}
}

// A status of 487 is the caller's leaving only where the switch cancelled; a phone that says so
// by itself has stopped ringing, or was never reached.
func TestThePhonesOwn487(t *testing.T) {
	rang := newScene().rings("trunk 1", "duty 1").at(2005).hang("duty 1", 127, 487).dial("trunk 1", "duty 1", "NOANSWER").
		soft("trunk 1").gone("duty 1", 127, 487).gone("trunk 1", 127, 500).one(t)
	if rang.Outcome != telephony.Missed || rang.HangupBy != telephony.BySystem {
		t.Errorf("after ringing: %s by %s", rang.Outcome, rang.HangupBy)
	}
	if c := noRing(127, 487, "NOANSWER").one(t); c.Outcome != telephony.Unreachable {
		t.Errorf("without a ring: %s", c.Outcome)
	}
}

// An application that the dialplan ran before Dial, told once more, is no machine after it.
func TestAnOldApplicationToldAgain(t *testing.T) {
	s := newScene().in("trunk 1", "12365", "13900001111").app("trunk 1", "Answer", "").state("trunk 1", "Up").
		at(500).app("trunk 1", "Playback", "beep")
	greeting := s.events[len(s.events)-1]
	s.app("trunk 1", "Dial", "PJSIP/duty,30")
	s.events = append(s.events, greeting)
	s.leg("duty 1").begin("trunk 1", "duty 1", "duty").state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING")
	c := s.at(4500).hang("trunk 1", 16, 0).dial("trunk 1", "duty 1", "CANCEL").gone("duty 1", 127, 500).gone("trunk 1", 16, 0).one(t)
	if c.Outcome != telephony.AbandonedEarly {
		t.Errorf("got %s (%s)", c.Outcome, c.Reason)
	}
}

// An event that names no bridge brings nobody together: not all the calls that are in none.
func TestNobodyMeetsInABridgeWithoutAName(t *testing.T) {
	s := newScene().rings("trunk 1", "duty 1").at(400).outside("stranger 9")
	s.enter("", "stranger 9").at(800).answers("trunk 1", "duty 1", "b").at(3000).ends("trunk 1", "duty 1", "b")
	if c := s.one(t); c.Outcome != telephony.AnsweredInTime || c.AnsweredAt.Sub(sceneStart) != 800*time.Millisecond {
		t.Errorf("the call is %s, answered after %v", c.Outcome, c.AnsweredAt.Sub(sceneStart))
	}
}
