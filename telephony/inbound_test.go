package telephony_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// result is what a table test says of a call.
type result struct {
	Outcome  telephony.Outcome
	Reason   telephony.Reason
	By       telephony.Party
	Ring     time.Duration
	To       string
	Findings []telephony.Finding
}

func resultOf(c telephony.Call) result {
	ring, _ := c.RingFor()
	return result{c.Outcome, c.Reason, c.HangupBy, ring, c.ForwardedTo, c.Findings}
}

// local adds the two halves of a Local channel dialled by a leg, and its inner Dial.
func (s *scene) detour(caller, base, data string) *scene {
	s.created(base+";1", "Down", "12350", "").created(base+";2", "Ring", "12350", "")
	return s.begin(caller, base+";1", "12350@from-trunk").app(base+";2", "Dial", data)
}

const loc = "Local/12350@from-trunk-00000001"

// Situations that the recorded traces lack, as the same dialplan would produce them.
func TestInboundOutcomes(t *testing.T) {
	tests := []struct {
		name  string
		scene *scene
		want  result
	}{
		{"answered late", newScene().rings("trunk 1", "duty 1").
			at(16000).answers("trunk 1", "duty 1", "b").
			at(30000).ends("duty 1", "trunk 1", "b"),
			result{Outcome: telephony.AnsweredLate, Reason: telephony.ReasonAnswered, By: telephony.ByOfficer, Ring: 15995 * time.Millisecond}},
		{"answered at the limit is late, and borderline", newScene().rings("trunk 1", "duty 1").
			at(15005).answers("trunk 1", "duty 1", "b").
			at(20000).ends("trunk 1", "duty 1", "b"),
			result{Outcome: telephony.AnsweredLate, Reason: telephony.ReasonAnswered, By: telephony.ByCaller, Ring: 15 * time.Second,
				Findings: []telephony.Finding{telephony.BorderlineVerdict}}},
		{"answered just before the limit is in time, and borderline", newScene().rings("trunk 1", "duty 1").
			at(15004).answers("trunk 1", "duty 1", "b").
			at(20000).ends("trunk 1", "duty 1", "b"),
			result{Outcome: telephony.AnsweredInTime, Reason: telephony.ReasonAnswered, By: telephony.ByCaller, Ring: 14999 * time.Millisecond,
				Findings: []telephony.Finding{telephony.BorderlineVerdict}}},
		{"600 without a ring is engaged", noRing(17, 600, "BUSY"),
			result{Outcome: telephony.Engaged, Reason: telephony.ReasonBusy, By: telephony.BySystem,
				Findings: []telephony.Finding{telephony.BusyWithoutCall}}},
		{"404 is unreachable", noRing(1, 404, "NOANSWER"),
			result{Outcome: telephony.Unreachable, Reason: telephony.ReasonPhoneFailed, By: telephony.BySystem}},
		{"302 to nowhere is unreachable, with the attempt", noRing(23, 302, "NOANSWER"),
			result{Outcome: telephony.Unreachable, Reason: telephony.ReasonRedirectFailed, By: telephony.BySystem,
				Findings: []telephony.Finding{telephony.RedirectAttempted}}},
		{"301 to nowhere likewise", noRing(16, 301, "NOANSWER"),
			result{Outcome: telephony.Unreachable, Reason: telephony.ReasonRedirectFailed, By: telephony.BySystem,
				Findings: []telephony.Finding{telephony.RedirectAttempted}}},
		{"a silent phone is unreachable", newScene().in("trunk 1", "12350", "13900001111").app("trunk 1", "Dial", "PJSIP/duty,6").
			leg("duty 1").begin("trunk 1", "duty 1", "duty").at(6000).dial("trunk 1", "duty 1", "NOANSWER").
			soft("trunk 1").gone("duty 1", 0, 0).gone("trunk 1", 16, 0),
			result{Outcome: telephony.Unreachable, Reason: telephony.ReasonSilent, By: telephony.BySystem}},
		{"a caller who waits for a silent phone met an unreachable line", newScene().in("trunk 1", "12350", "13900001111").
			leg("duty 1").begin("trunk 1", "duty 1", "duty").at(9000).givesUp("trunk 1", "duty 1"),
			result{Outcome: telephony.Unreachable, Reason: telephony.ReasonSilent, By: telephony.ByCaller}},
		{"a caller who leaves before the phone could ring", newScene().in("trunk 1", "12350", "13900001111").
			leg("duty 1").begin("trunk 1", "duty 1", "duty").at(400).givesUp("trunk 1", "duty 1"),
			result{Outcome: telephony.AbandonedEarly, Reason: telephony.ReasonLeftBeforeBell, By: telephony.ByCaller}},
		{"a phone that stops with 480 after ringing was missed", newScene().rings("trunk 1", "duty 1").
			at(20000).
			hang("duty 1", 19, 480).dial("trunk 1", "duty 1", "NOANSWER").gone("duty 1", 19, 480).soft("trunk 1").gone("trunk 1", 19, 480),
			result{Outcome: telephony.Missed, Reason: telephony.ReasonPhoneStopped, By: telephony.BySystem, Ring: 19995 * time.Millisecond}},
		{"a ring stopped by the switch, the caller leaves in the announcement without answer", newScene().rings("trunk 1", "duty 1").
			at(6000).dial("trunk 1", "duty 1", "NOANSWER").gone("duty 1", 0, 0).
			at(9000).hang("trunk 1", 127, 487).gone("trunk 1", 127, 487),
			result{Outcome: telephony.Missed, Reason: telephony.ReasonStoppedRinging, By: telephony.ByCaller, Ring: 5995 * time.Millisecond}},
		{"unregistered and then voicemail", newScene().in("trunk 1", "12358", "13900001111").app("trunk 1", "Dial", "PJSIP/duty,4").
			at(2).app("trunk 1", "VoiceMail", "100@default,u").state("trunk 1", "Up").
			at(9000).hang("trunk 1", 0, 0).gone("trunk 1", 0, 0),
			result{Outcome: telephony.AnsweredByMachine, Reason: telephony.ReasonMachineAfter, By: telephony.ByCaller}},
		{"busy and then an announcement", newScene().in("trunk 1", "12357", "13900001111").app("trunk 1", "Dial", "PJSIP/duty,4").
			leg("duty 1").begin("trunk 1", "duty 1", "duty").
			at(5).hang("duty 1", 17, 486).dial("trunk 1", "duty 1", "BUSY").gone("duty 1", 17, 486).
			app("trunk 1", "Answer", "").state("trunk 1", "Up").
			at(600).app("trunk 1", "Playback", "vm-nobodyavail").
			at(3000).soft("trunk 1").gone("trunk 1", 16, 0),
			result{Outcome: telephony.AnsweredByMachine, Reason: telephony.ReasonMachineAfter, By: telephony.BySystem}},
		{"greeting, then the phone rings in vain, then the mailbox", newScene().in("trunk 1", "12365", "13900001111").app("trunk 1", "Answer", "").
			state("trunk 1", "Up").
			at(500).app("trunk 1", "Playback", "beep").
			at(900).app("trunk 1", "Dial", "PJSIP/duty,5").
			leg("duty 1").begin("trunk 1", "duty 1", "duty").
			at(905).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING").
			at(5905).dial("trunk 1", "duty 1", "NOANSWER").gone("duty 1", 0, 0).app("trunk 1", "VoiceMail", "100").
			at(9000).hang("trunk 1", 16, 0).gone("trunk 1", 16, 0),
			result{Outcome: telephony.AnsweredByMachine, Reason: telephony.ReasonMachineAfter, By: telephony.ByCaller, Ring: 5 * time.Second,
				Findings: []telephony.Finding{telephony.AnsweredBeforeBell}}},
		{"greeting, then the phone rings in vain", newScene().in("trunk 1", "12365", "13900001111").app("trunk 1", "Answer", "").
			state("trunk 1", "Up").at(900).app("trunk 1", "Dial", "PJSIP/duty,30").
			leg("duty 1").begin("trunk 1", "duty 1", "duty").
			at(905).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING").
			at(30905).dial("trunk 1", "duty 1", "NOANSWER").gone("duty 1", 0, 0).app("trunk 1", "Hangup", "").soft("trunk 1").gone("trunk 1", 16, 0),
			result{Outcome: telephony.Missed, Reason: telephony.ReasonStoppedRinging, By: telephony.BySystem, Ring: 30 * time.Second,
				Findings: []telephony.Finding{telephony.AnsweredBeforeBell}}},
		{"a caller who leaves in the greeting", newScene().in("trunk 1", "12365", "13900001111").app("trunk 1", "Answer", "").
			state("trunk 1", "Up").
			at(500).app("trunk 1", "Playback", "beep").
			at(900).hang("trunk 1", 16, 0).gone("trunk 1", 16, 0),
			result{Outcome: telephony.AbandonedEarly, Reason: telephony.ReasonLeftBeforeBell, By: telephony.ByCaller}},
		{"a greeting and nothing else", newScene().in("trunk 1", "12365", "13900001111").app("trunk 1", "Answer", "").
			state("trunk 1", "Up").
			at(500).app("trunk 1", "Playback", "closed").
			at(4000).app("trunk 1", "Hangup", "").soft("trunk 1").gone("trunk 1", 16, 0),
			result{Outcome: telephony.AnsweredByMachine, Reason: telephony.ReasonMachineInstead, By: telephony.BySystem}},
		{"tones for 16 s and then the switch hangs up", newScene().in("trunk 1", "12367", "13900001111").app("trunk 1", "PlayTones", "ring").
			app("trunk 1", "Wait", "16").
			at(16000).app("trunk 1", "Hangup", "").soft("trunk 1").gone("trunk 1", 16, 0),
			result{Outcome: telephony.Unreachable, Reason: telephony.ReasonNeverTried, By: telephony.BySystem}},
		{"a survey after the talk is no machine", newScene().rings("trunk 1", "duty 1").
			at(3000).answers("trunk 1", "duty 1", "b").
			at(9000).hang("duty 1", 16, 0).leave("b", "duty 1", "trunk 1").gone("duty 1", 16, 0).app("trunk 1", "Playback", "survey").
			at(12000).hang("trunk 1", 16, 0).gone("trunk 1", 16, 0),
			result{Outcome: telephony.AnsweredInTime, Reason: telephony.ReasonAnswered, By: telephony.ByOfficer, Ring: 2995 * time.Millisecond}},
		{"an endpoint that does not exist", newScene().in("trunk 1", "12369", "13900001111").app("trunk 1", "Dial", "PJSIP/trunkecho,30").
			at(1).soft("trunk 1").gone("trunk 1", 3, 404),
			result{Outcome: telephony.Unreachable, Reason: telephony.ReasonNoPhone, By: telephony.BySystem}},
		{"the dialplan sends the call out and nobody answers there", newScene().in("trunk 1", "13810001111", "13900001111").
			app("trunk 1", "Dial", "PJSIP/13810001111@trunk,60").leg("trunk 2").begin("trunk 1", "trunk 2", "13810001111@trunk").
			at(5).state("trunk 2", "Ringing").dial("trunk 1", "trunk 2", "RINGING").
			at(8000).givesUp("trunk 1", "trunk 2"),
			result{Outcome: telephony.Forwarded, Reason: telephony.ReasonDialplanForwarded, By: telephony.ByCaller, To: "13810001111"}},
		{"answered without any word of ringing after a while", newScene().in("trunk 1", "12350", "13900001111").app("trunk 1", "Dial", "PJSIP/duty,60").
			leg("duty 1").begin("trunk 1", "duty 1", "duty").
			at(17000).answers("trunk 1", "duty 1", "b").
			at(20000).ends("trunk 1", "duty 1", "b"),
			result{Outcome: telephony.AnsweredLate, Reason: telephony.ReasonAnswered, By: telephony.ByCaller,
				Findings: []telephony.Finding{telephony.NoRinging}}},
		{"answered but never joined to the caller", newScene().rings("trunk 1", "duty 1").
			at(4000).state("duty 1", "Up").dial("trunk 1", "duty 1", "ANSWER").
			state("trunk 1", "Up").hang("trunk 1", 16, 0).gone("duty 1", 16, 0).gone("trunk 1", 16, 0),
			result{Outcome: telephony.AbandonedEarly, Reason: telephony.ReasonCallerLeftEarly, By: telephony.ByCaller, Ring: 3995 * time.Millisecond}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, resultOf(tt.scene.one(t))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// noRing is a phone that answers the attempt at once with a refusal.
func noRing(cause, tech int, status string) *scene {
	return newScene().in("trunk 1", "12350", "13900001111").app("trunk 1", "Dial", "PJSIP/duty,60").
		leg("duty 1").begin("trunk 1", "duty 1", "duty").at(3).hang("duty 1", cause, tech).
		dial("trunk 1", "duty 1", status).gone("duty 1", cause, tech).soft("trunk 1").gone("trunk 1", cause, tech)
}

// Several phones ring: ring groups, queues, pick-up groups, detours.
func TestGroupOutcomes(t *testing.T) {
	group := func() *scene { // 12355: duty and 201
		s := newScene().in("trunk 1", "12355", "13900001111").app("trunk 1", "Dial", "PJSIP/duty&PJSIP/201,30")
		s.leg("duty 1").leg("201 1").begin("trunk 1", "duty 1", "duty").begin("trunk 1", "201 1", "201")
		return s.
			at(5).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING").state("201 1", "Ringing").dial("trunk 1", "201 1", "RINGING")
	}
	both := func() *scene { // two duty phones
		s := newScene().in("trunk 1", "12355", "13900001111").app("trunk 1", "Dial", "PJSIP/duty&PJSIP/duty1,30")
		return s.leg("duty 1").leg("duty1 2").begin("trunk 1", "duty 1", "duty").begin("trunk 1", "duty1 2", "duty1")
	}
	tests := []struct {
		name  string
		scene *scene
		want  result
	}{
		{"the phone that is no duty phone answers", group().
			at(2000).state("201 1", "Up").dial("trunk 1", "duty 1", "CANCEL").
			dial("trunk 1", "201 1", "ANSWER").state("trunk 1", "Up").gone("duty 1", 26, 0).enter("b", "201 1", "trunk 1").
			at(5000).ends("201 1", "trunk 1", "b"),
			result{Outcome: telephony.AnsweredElsewhere, Reason: telephony.ReasonOtherPhone, By: "", Ring: 1995 * time.Millisecond}},
		{"nobody in the group answers", group().
			at(30005).dial("trunk 1", "duty 1", "NOANSWER").dial("trunk 1", "201 1", "NOANSWER").
			gone("duty 1", 0, 0).gone("201 1", 0, 0).soft("trunk 1").gone("trunk 1", 16, 0),
			result{Outcome: telephony.Missed, Reason: telephony.ReasonStoppedRinging, By: telephony.BySystem, Ring: 30 * time.Second}},
		{"one phone is busy, the other is answered", both().
			at(5).hang("duty 1", 17, 486).dial("trunk 1", "duty 1", "BUSY").gone("duty 1", 17, 486).
			state("duty1 2", "Ringing").dial("trunk 1", "duty1 2", "RINGING").
			at(4005).answers("trunk 1", "duty1 2", "b").
			at(8000).ends("duty1 2", "trunk 1", "b"),
			result{Outcome: telephony.AnsweredInTime, Reason: telephony.ReasonAnswered, By: telephony.ByOfficer, Ring: 4 * time.Second}},
		{"one phone is busy, the other does not exist for the network", both().
			at(5).hang("duty 1", 17, 486).dial("trunk 1", "duty 1", "BUSY").
			gone("duty 1", 17, 486).hang("duty1 2", 1, 404).dial("trunk 1", "duty1 2", "NOANSWER").gone("duty1 2", 1, 404).soft("trunk 1").gone("trunk 1", 17, 486),
			result{Outcome: telephony.Engaged, Reason: telephony.ReasonBusy, By: telephony.BySystem, Findings: []telephony.Finding{telephony.BusyWithoutCall}}},
		{"one is rejected, the other rings on until the caller leaves", both().
			at(5).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING").
			state("duty1 2", "Ringing").dial("trunk 1", "duty1 2", "RINGING").
			at(3000).hang("duty 1", 21, 603).dial("trunk 1", "duty 1", "NOANSWER").
			gone("duty 1", 21, 603).at(7005).givesUp("trunk 1", "duty1 2"),
			result{Outcome: telephony.AbandonedEarly, Reason: telephony.ReasonCallerLeftEarly, By: telephony.ByCaller, Ring: 7 * time.Second}},
		{"both are rejected", both().at(5).state("duty 1", "Ringing").state("duty1 2", "Ringing").
			at(3000).hang("duty 1", 21, 603).dial("trunk 1", "duty 1", "NOANSWER").gone("duty 1", 21, 603).
			at(4005).hang("duty1 2", 21, 603).dial("trunk 1", "duty1 2", "NOANSWER").gone("duty1 2", 21, 603).soft("trunk 1").gone("trunk 1", 21, 403),
			result{Outcome: telephony.Rejected, Reason: telephony.ReasonRejected, By: telephony.ByOfficer, Ring: 4 * time.Second}},
		{"one redirects, the other is answered", both().
			at(5).state("duty1 2", "Ringing").dial("trunk 1", "duty1 2", "RINGING").
			hang("duty 1", 23, 302).dial("trunk 1", "duty 1", "NOANSWER").gone("duty 1", 23, 302).
			at(4005).answers("trunk 1", "duty1 2", "b").at(8000).ends("trunk 1", "duty1 2", "b"),
			result{Outcome: telephony.AnsweredInTime, Reason: telephony.ReasonAnswered, By: telephony.ByCaller, Ring: 4 * time.Second,
				Findings: []telephony.Finding{telephony.RedirectAttempted}}},
		{"a queue rings twice and the second round is answered late", newScene().in("trunk 1", "12371", "13900001111").app("trunk 1", "Queue", "dutyq,,,,40").
			leg("duty 1").begin("trunk 1", "duty 1", "PJSIP/duty").
			at(5).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING").
			at(15005).dial("trunk 1", "duty 1", "NOANSWER").gone("duty 1", 0, 0).
			at(20000).leg("duty 2").begin("trunk 1", "duty 2", "PJSIP/duty").
			at(20005).state("duty 2", "Ringing").dial("trunk 1", "duty 2", "RINGING").
			at(22005).answers("trunk 1", "duty 2", "b").at(30000).ends("trunk 1", "duty 2", "b"),
			result{Outcome: telephony.AnsweredLate, Reason: telephony.ReasonAnswered, By: telephony.ByCaller, Ring: 22 * time.Second}},
		{"a queue gives up", newScene().in("trunk 1", "12371", "13900001111").app("trunk 1", "Queue", "dutyq,,,,20").
			leg("duty 1").begin("trunk 1", "duty 1", "PJSIP/duty").
			at(5).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING").
			at(15005).dial("trunk 1", "duty 1", "NOANSWER").gone("duty 1", 0, 0).
			at(20000).soft("trunk 1").gone("trunk 1", 16, 0),
			result{Outcome: telephony.Missed, Reason: telephony.ReasonStoppedRinging, By: telephony.BySystem, Ring: 15 * time.Second}},
		{"the caller leaves a queue between two short rounds", newScene().in("trunk 1", "12371", "13900001111").app("trunk 1", "Queue", "dutyq,,,,20").
			leg("duty 1").begin("trunk 1", "duty 1", "PJSIP/duty").
			at(5).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING").
			at(5005).dial("trunk 1", "duty 1", "NOANSWER").gone("duty 1", 0, 0).
			at(7000).hang("trunk 1", 127, 487).gone("trunk 1", 127, 487),
			result{Outcome: telephony.AbandonedEarly, Reason: telephony.ReasonCallerLeftEarly, By: telephony.ByCaller, Ring: 5 * time.Second}},
		{"a queue cancels its rounds itself", newScene().in("trunk 1", "12371", "13900001111").app("trunk 1", "Queue", "dutyq,,,,20").
			leg("duty 1").begin("trunk 1", "duty 1", "PJSIP/duty").at(5).state("duty 1", "Ringing").
			at(14905).dial("trunk 1", "duty 1", "CANCEL").gone("duty 1", 0, 0).
			at(20000).soft("trunk 1").gone("trunk 1", 16, 0),
			result{Outcome: telephony.Missed, Reason: telephony.ReasonStoppedRinging, By: telephony.BySystem, Ring: 14900 * time.Millisecond}},
		{"busy behind a detour", newScene().in("trunk 1", "12356", "13900001111").detour("trunk 1", loc, "PJSIP/duty,60").leg("duty 1").
			begin(loc+";2", "duty 1", "duty").
			at(5).hang("duty 1", 17, 486).dial(loc+";2", "duty 1", "BUSY").gone("duty 1", 17, 486).
			dial("trunk 1", loc+";1", "BUSY").gone(loc+";1", 17, 0).gone(loc+";2", 17, 0).soft("trunk 1").gone("trunk 1", 17, 486),
			result{Outcome: telephony.Engaged, Reason: telephony.ReasonBusy, By: telephony.BySystem, Findings: []telephony.Finding{telephony.BusyWithoutCall}}},
		{"a duty phone picks up a call of the group", pickUp("duty 9", "*8"),
			result{Outcome: telephony.AnsweredInTime, Reason: telephony.ReasonAnswered, By: telephony.ByCaller, Ring: 3495 * time.Millisecond}},
		{"another phone picks up by name", pickUp("202 9", "**duty"),
			result{Outcome: telephony.AnsweredElsewhere, Reason: telephony.ReasonOtherPhone, By: telephony.ByCaller, Ring: 3495 * time.Millisecond}},
		{"a detour whose inner dial lies outside the subscription", newScene().in("trunk 1", "12356", "13900001111").app("trunk 1", "Dial", "Local/12350@from-trunk/n,30").
			created(loc+";1", "Down", "12350", "").begin("trunk 1", loc+";1", "12350@from-trunk/n").leg("duty 1").
			at(5).state("duty 1", "Ringing").dial("trunk 1", loc+";1", "RINGING").
			at(4005).state("duty 1", "Up").dial("trunk 1", loc+";1", "ANSWER").
			state("trunk 1", "Up").enter("a", "duty 1").enter("b", loc+";1", "trunk 1").
			at(9000).ends("trunk 1", "duty 1", "a"),
			result{Outcome: telephony.AnsweredInTime, Reason: telephony.ReasonAnswered, By: telephony.ByCaller, Ring: 4 * time.Second}},
		{"a detour to a mailbox", newScene().in("trunk 1", "12356", "13900001111").detour("trunk 1", loc, "").
			app(loc+";2", "VoiceMail", "100").state(loc+";2", "Up").state(loc+";1", "Up").dial("trunk 1", loc+";1", "ANSWER").state("trunk 1", "Up").
			enter("b", loc+";1", "trunk 1").
			at(9000).hang("trunk 1", 16, 0).gone("trunk 1", 16, 0).gone(loc+";1", 16, 0).gone(loc+";2", 16, 0),
			result{Outcome: telephony.AnsweredByMachine, Reason: telephony.ReasonMachineAfter, By: telephony.ByCaller}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			calls := slices.DeleteFunc(ended(play(lines(), tt.scene.events)), func(c telephony.Call) bool { return c.Direction == telephony.Outbound })
			if len(calls) != 1 {
				t.Fatalf("%d inbound calls, want 1", len(calls))
			}
			if diff := cmp.Diff(tt.want, resultOf(calls[0])); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// pickUp is a phone that takes a call ringing at the duty phone by dialling a code.
func pickUp(phone, code string) *scene {
	s := newScene().rings("trunk 1", "duty 1").
		at(3000).created(phone, "Ring", code, "202").app(phone, "Pickup", "").
		state(phone, "Up").at(3500).gone("duty 1", 26, 0)
	s.at(3505).dial("trunk 1", phone, "ANSWER").state("trunk 1", "Up").enter("b", phone, "trunk 1")
	return s.
		at(9000).hang("trunk 1", 16, 0).leave("b", "trunk 1", phone).soft(phone).gone(phone, 16, 0).gone("trunk 1", 16, 0)
}

// The phone sends the call elsewhere (302, 301, 181), or tries to.
func TestRedirects(t *testing.T) {
	const fwd = "Local/13800001111@from-duty-00000001"
	sent := func(ringFirst bool) *scene {
		s := newScene().in("trunk 1", "12350", "13900001111").app("trunk 1", "Dial", "PJSIP/duty,60").leg("duty 1").begin("trunk 1", "duty 1", "duty")
		if ringFirst {
			s.at(5).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING").at(2005)
		}
		s.hang("duty 1", 23, 302).created(fwd+";1", "Down", "13800001111", "").created(fwd+";2", "Ring", "13800001111", "")
		s.redirect("trunk 1", "duty 1", "13800001111", fwd+";1").begin("trunk 1", fwd+";1", "13800001111@from-duty").gone("duty 1", 23, 302)
		return s.leg("trunk 2").begin(fwd+";2", "trunk 2", "13800001111@trunk")
	}
	over := func(s *scene) *scene {
		return s.gone("trunk 2", 16, 0).gone(fwd+";1", 16, 0).gone(fwd+";2", 16, 0).gone("trunk 1", 16, 0)
	}
	tests := []struct {
		name  string
		scene *scene
		want  result
	}{
		{"the target rings and nobody answers", over(sent(false).
			at(50).state("trunk 2", "Ringing").dial(fwd+";2", "trunk 2", "RINGING").
			at(12000).hang("trunk 1", 127, 487).dial("trunk 1", fwd+";1", "CANCEL")),
			result{Outcome: telephony.Forwarded, Reason: telephony.ReasonPhoneRedirected, By: telephony.ByCaller, To: "13800001111"}},
		{"the target refuses after the phone rang", over(sent(true).
			at(2100).hang("trunk 2", 1, 404).dial(fwd+";2", "trunk 2", "CONGESTION").
			dial("trunk 1", fwd+";1", "CONGESTION").soft("trunk 1")),
			result{Outcome: telephony.Missed, Reason: telephony.ReasonPhoneStopped, By: telephony.BySystem, Ring: 2 * time.Second,
				Findings: []telephony.Finding{telephony.RedirectAttempted}}},
		{"the target is another duty phone", sent(false).leg("duty 7").begin(fwd+";2", "duty 7", "duty").
			at(50).state("duty 7", "Ringing").
			dial(fwd+";2", "duty 7", "RINGING").
			at(3050).state("duty 7", "Up").dial(fwd+";2", "duty 7", "ANSWER").dial("trunk 1", fwd+";1", "ANSWER").
			enter("a", "duty 7", fwd+";2").enter("b", fwd+";1", "trunk 1").gone("trunk 2", 26, 0).
			at(9000).hang("trunk 1", 16, 0).gone("duty 7", 16, 0).gone("trunk 1", 16, 0),
			result{Outcome: telephony.AnsweredInTime, Reason: telephony.ReasonAnswered, By: telephony.ByCaller, Ring: 3 * time.Second,
				Findings: []telephony.Finding{telephony.RedirectAttempted}}},
		{"answered under the duty phone's own name (uri_core)", newScene().in("trunk 1", "12353", "13900001111").leg("dutycore 1").
			begin("trunk 1", "dutycore 1", "dutycore").hang("dutycore 1", 23, 302).leg("dutycore 2").
			redirect("trunk 1", "dutycore 1", "PJSIP/dutycore/sip:13800001111@192.0.2.1:5060", "dutycore 2").
			begin("trunk 1", "dutycore 2", "dutycore/sip:13800001111@192.0.2.1:5060").gone("dutycore 1", 23, 302).
			at(3000).answers("trunk 1", "dutycore 2", "b").at(5000).ends("dutycore 2", "trunk 1", "b"),
			result{Outcome: telephony.Forwarded, Reason: telephony.ReasonPhoneRedirected, By: "", To: "13800001111"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, resultOf(tt.scene.one(t))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// 181 has no event of its own: a redirecting number appears after the dial has begun.
func TestDivertedByThePhone(t *testing.T) {
	s := newScene().in("trunk 1", "12350", "13900001111").leg("duty 1").begin("trunk 1", "duty 1", "duty")
	s.channels["duty 1"].RDNIS = "duty"
	s.at(800).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING")
	left := s.at(20000).givesUp("trunk 1", "duty 1").one(t)
	if left.Outcome != telephony.Forwarded || left.Reason != telephony.ReasonPhoneForwarded {
		t.Errorf("unanswered: %s (%s), want forwarded (%s)", left.Outcome, left.Reason, telephony.ReasonPhoneForwarded)
	}
}

// The redirecting number of a call that was redirected to us is also on the phone's leg.
func TestRedirectedToUsIsNotForwarded(t *testing.T) {
	s := newScene().in("trunk 1", "12350", "13900001111")
	s.channels["trunk 1"].RDNIS = "02488880000"
	s.app("trunk 1", "Dial", "PJSIP/duty,60").leg("duty 1")
	s.channels["duty 1"].RDNIS = "02488880000"
	s.begin("trunk 1", "duty 1", "duty").
		at(5).state("duty 1", "Ringing").dial("trunk 1", "duty 1", "RINGING")
	c := s.at(4005).answers("trunk 1", "duty 1", "b").at(8000).ends("trunk 1", "duty 1", "b").one(t)
	if c.Outcome != telephony.AnsweredInTime || c.RedirectedFrom != "02488880000" || !slices.Contains(c.Findings, telephony.RedirectedBefore) {
		t.Errorf("got %s, redirected from %q, findings %v", c.Outcome, c.RedirectedFrom, c.Findings)
	}
}
