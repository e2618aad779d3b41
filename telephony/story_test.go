package telephony_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// story is a recorded call as somebody who made it would tell it: what the phones were told
// to do when the trace was recorded, not what the tracker made of it.
type story struct {
	trace string
	bell  time.Duration // how long the duty phone rang; 0: not at all
	wait  time.Duration // how long the caller waited for the answer or the end
	rings int
	by    telephony.Party
	to    string
	from  string
}

const (
	second   = time.Second
	caller   = telephony.ByCaller
	officer  = telephony.ByOfficer
	byswitch = telephony.BySystem
)

// Traces of one call each. The bell was set by the phone's own timer, so it is known to
// within the milliseconds that two programs and a switch need.
var stories = []story{
	// trace, bell, caller's wait, rings, who ended it, where it went, where it came from
	{"01_answered_caller_hangup", 3 * second, 3 * second, 1, caller, "", ""},
	{"01_answered_officer_hangup", 3 * second, 3 * second, 1, officer, "", ""},
	{"02_caller_gives_up_25s", 25 * second, 25 * second, 5, caller, "", ""},
	{"02_dial_timeout_6s", 6 * second, 6 * second, 2, byswitch, "", ""},
	{"03_busy_486", 0, 0, 0, byswitch, "", ""},
	{"03_reject_603", 0, 0, 0, officer, "", ""},
	{"06_inbound_diversion", 4 * second, 4 * second, 1, caller, "", "02488880000"},
	{"09_group_pickup_star8", 3 * second, 3 * second, 1, caller, "", ""},
	{"18_302_after_limit", 15500 * time.Millisecond, 16500 * time.Millisecond, 4, caller, "13800001111", ""},
	{"18_302_optI_after_ring", 2 * second, 2 * second, 1, byswitch, "", ""},
	{"18_core_afterring_answered", 2 * second, 3 * second, 1, caller, "13800001111", ""},
	{"18_core_answered", 0, 1 * second, 0, caller, "13800001111", ""},
	{"18_core_busy", 0, 0, 0, byswitch, "", ""},
	{"18_core_noanswer_giveup", 0, 4 * second, 0, caller, "13800001111", ""},
	{"18_user_targetsilent_giveup", 0, 4 * second, 0, caller, "13800001111", ""},
	{"19_group_201_answers", 2 * second, 2 * second, 1, caller, "", ""},
	{"19_group_201_rejects_duty_late", 16 * second, 16 * second, 4, caller, "", ""},
	{"19_group_duty_busy_201_giveup", 0, 4 * second, 0, caller, "", ""},
	{"19_group_duty_rejects_201_giveup", 2 * second, 5 * second, 1, caller, "", ""},
	{"20_local_n_302", 0, 1 * second, 0, caller, "13800001111", ""},
	{"20_local_n_giveup_late", 16 * second, 16 * second, 4, caller, "", ""},
	{"20_local_opt_late", 15600 * time.Millisecond, 15600 * time.Millisecond, 4, caller, "", ""},
	{"20_local_opt_reject_ring", 2 * second, 2 * second, 1, officer, "", ""},
	{"21_ivr_answered_late", 15800 * time.Millisecond, 16300 * time.Millisecond, 4, caller, "", ""},
	{"21_ivr_leave_in_bell", 3500 * time.Millisecond, 4 * second, 1, caller, "", ""},
	{"21_playback_caller_leaves_in_it", 4 * second, 4 * second, 1, caller, "", ""},
	{"21_ringing_only_full", 0, 12 * second, 0, byswitch, "", ""},
	{"21_ringing_wait_13s", 13 * second, 16 * second, 3, caller, "", ""},
	{"21_ringing_wait_giveup", 0, 1500 * time.Millisecond, 0, caller, "", ""},
	{"21_ringing_wait_giveup_16", 13 * second, 16 * second, 3, caller, "", ""},
	{"21_voicemail_giveup_greeting", 4 * second, 4 * second, 1, caller, "", ""},
	{"22_ring_480", 2 * second, 2 * second, 1, byswitch, "", ""},
	{"22_ring_486_at_16", 16 * second, 16 * second, 4, officer, "", ""},
	{"22_ring_487", 2 * second, 2 * second, 1, byswitch, "", ""},
	{"22_silent_giveup_5", 0, 5 * second, 0, caller, "", ""},
	{"23_180sdp_giveup", 3 * second, 3 * second, 1, caller, "", ""},
	{"23_183_answer", 3 * second, 3 * second, 1, caller, "", ""},
	{"23_answer_14_95", 14950 * time.Millisecond, 14950 * time.Millisecond, 3, caller, "", ""},
	{"23_answer_15_05", 15040 * time.Millisecond, 15040 * time.Millisecond, 4, caller, "", ""},
	{"23_giveup_14_9", 14900 * time.Millisecond, 14900 * time.Millisecond, 3, caller, "", ""},
	{"23_giveup_15_1", 15100 * time.Millisecond, 15100 * time.Millisecond, 4, caller, "", ""},
	{"23_noring_200_at_16", 0, 16 * second, 0, caller, "", ""},
	{"25_queue_abandoned_late", 15 * second, 18 * second, 4, caller, "", ""},
	{"25_queue_timeout", 15 * second, 20 * second, 4, byswitch, "", ""},
	{"26_pick_201_late", 16500 * time.Millisecond, 16500 * time.Millisecond, 4, "", "", ""},
	{"26_pick_directed_201", 2500 * time.Millisecond, 2500 * time.Millisecond, 1, "", "", ""},
	{"26_pick_queue", 2500 * time.Millisecond, 2500 * time.Millisecond, 1, "", "", ""},
	{"28_dtmf_att_good", 1 * second, 1 * second, 1, caller, "", ""},
	{"28_refer_busy", 1 * second, 1 * second, 1, "", "", ""},
	{"34_12370_hairpin_busy", 0, 0, 0, byswitch, "", ""},
}

func TestClocksAndPartiesOfRecordedCalls(t *testing.T) {
	for _, want := range stories {
		t.Run(want.trace, func(t *testing.T) {
			calls := ended(play(lines(), trace(t, want.trace)))
			if len(calls) != 1 {
				t.Fatalf("%d calls, want 1", len(calls))
			}
			c := calls[0]
			bell, rang := c.RingFor()
			if rang != (want.bell > 0) || !near(bell, want.bell) {
				t.Errorf("the bell rang %v (%v), the phone was told %v", bell, rang, want.bell)
			}
			if wait, _ := c.CallerRingFor(); !near(wait, want.wait) {
				t.Errorf("the caller waited %v, was told %v", wait, want.wait)
			}
			got := story{want.trace, want.bell, want.wait, c.Rings, c.HangupBy, c.ForwardedTo, c.RedirectedFrom}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(story{})); diff != "" {
				t.Errorf("(-story +tracker):\n%s", diff)
			}
		})
	}
}

// near allows for what two SIP programs, a switch and two busy cores add to a timer.
func near(got, want time.Duration) bool { return (got - want).Abs() <= 60*time.Millisecond }

// The recorded calls again on lines of another kind: the events are the same, the verdict
// follows the line's own rule.
func TestTheSameCallOnOtherLines(t *testing.T) {
	slow := telephony.DefaultRule()
	slow.Off = 9 * second // a ring begins every 10 s: 30 s are allowed
	short := telephony.DefaultRule()
	short.Limit = 1
	behindGateway := telephony.DefaultRule()
	behindGateway.Offset = 4 * second // the gateway tells us 4 s after its bell began
	tests := []struct {
		trace string
		rule  telephony.Rule
		want  telephony.Outcome
		rings int
	}{
		{"23_answer_15_05", telephony.DefaultRule(), telephony.AnsweredLate, 4},
		{"23_answer_15_05", slow, telephony.AnsweredInTime, 2},
		{"01_answered_caller_hangup", telephony.DefaultRule(), telephony.AnsweredInTime, 1},
		{"01_answered_caller_hangup", short, telephony.AnsweredInTime, 1},
		{"21_ringing_wait_13s", telephony.DefaultRule(), telephony.AnsweredInTime, 3},
		{"21_ringing_wait_13s", behindGateway, telephony.AnsweredLate, 4}, // it rang for 17 s
		{"21_ringing_wait_13s", short, telephony.AnsweredLate, 3},
		{"21_ringing_wait_giveup_16", telephony.DefaultRule(), telephony.AbandonedEarly, 3},
		{"21_ringing_wait_giveup_16", behindGateway, telephony.Missed, 4},
		{"23_giveup_15_1", telephony.DefaultRule(), telephony.Missed, 4},
		{"23_giveup_15_1", slow, telephony.AbandonedEarly, 2},
		{"02_caller_gives_up_8s", short, telephony.Missed, 2},
		{"22_ring_486_at_16", slow, telephony.Rejected, 2},
		{"02_dial_timeout_6s", slow, telephony.Missed, 1}, // the switch stopped, whatever the limit
	}
	for _, tt := range tests {
		ls := lines()
		ls[0].Rule = tt.rule
		calls := ended(play(ls, trace(t, tt.trace)))
		if len(calls) != 1 || calls[0].Outcome != tt.want || calls[0].Rings != tt.rings || calls[0].Rule != tt.rule.Version() {
			t.Errorf("%s under %s: %+v, want %s after %d rings", tt.trace, tt.rule.Version(), calls, tt.want, tt.rings)
		}
	}
}

// What a trunk does not tell is said where it matters: near the limit, and of the far end's
// answer. A trunk that reports by polarity is trusted like SIP.
func TestRecordedCallsOnTrunksWithoutSupervision(t *testing.T) {
	tests := []struct {
		trace string
		doubt bool
	}{
		{"02_caller_gives_up_0.3s", false},
		{"02_caller_gives_up_8s", false},
		{"23_giveup_14_9", true},
		{"23_giveup_15_1", true},
		{"02_caller_gives_up_25s", false},
		{"23_answer_15_05", false}, // the duty phone's own answer is certain
		{"29_out_cancel_ringing", false},
		{"07_out_normal_13800001111", true},
	}
	for _, tt := range tests {
		for _, kind := range []telephony.Supervision{telephony.SupervisionSIP, telephony.SupervisionPolarity, telephony.SupervisionNone} {
			ls := lines()
			ls[0].Supervision = kind
			calls := ended(play(ls, trace(t, tt.trace)))
			if len(calls) != 1 {
				t.Fatalf("%s: %d calls", tt.trace, len(calls))
			}
			want := tt.doubt && kind == telephony.SupervisionNone
			if got := slices.Contains(calls[0].Findings, telephony.SupervisionUnreliable); got != want {
				t.Errorf("%s with supervision %s: supervision_unreliable %v, want %v", tt.trace, kind, got, want)
			}
		}
	}
}

// Two rooms share a trunk: each has its number and two phones. A call belongs to the room
// whose phone is dialled or whose number was called, and disturbs the other in nothing.
func TestTwoRoomsShareATrunk(t *testing.T) {
	room := func(name, number string, phones ...string) telephony.Line {
		l := lines()[0]
		l.Name, l.Number, l.Endpoints, l.Trunks = name, number, phones, []string{"PJSIP/trunk"}
		return l
	}
	ls := []telephony.Line{
		room("city", "02422739110", "PJSIP/duty", "PJSIP/duty1"),
		room("harbour", "02422739220", "PJSIP/duty2", "PJSIP/duty3"),
	}
	s := newScene()
	ring := func(trunk, number string, phones ...string) {
		var dialled []string
		for _, p := range phones {
			endpoint, _, _ := strings.Cut(p, " ")
			dialled = append(dialled, "PJSIP/"+endpoint)
		}
		s.in(trunk, number, "13900001111").app(trunk, "Dial", strings.Join(dialled, "&")+",60")
		for _, p := range phones {
			s.leg(p).begin(trunk, p, p).state(p, "Ringing").dial(trunk, p, "RINGING")
		}
	}
	ring("trunk 1", "02422739110", "duty 1", "duty1 2")
	s.at(1000)
	ring("trunk 2", "22739220", "duty2 3", "duty3 4") // the local form of the number
	s.at(4000).hang("duty2 3", 17, 486).dial("trunk 2", "duty2 3", "BUSY").gone("duty2 3", 17, 486)
	s.at(6000).state("duty1 2", "Up").dial("trunk 1", "duty 1", "CANCEL").dial("trunk 1", "duty1 2", "ANSWER")
	s.state("trunk 1", "Up").gone("duty 1", 26, 0).enter("a", "duty1 2", "trunk 1")
	s.at(9000).givesUp("trunk 2", "duty3 4")
	s.at(12000).in("trunk 3", "02455550000", "13900002222").app("trunk 3", "Dial", "PJSIP/999,60").
		at(12001).soft("trunk 3").gone("trunk 3", 3, 404) // nobody's number
	s.at(20000).ends("trunk 1", "duty1 2", "a")
	var got []string
	for _, c := range ended(play(ls, s.events)) {
		bell, _ := c.RingFor()
		got = append(got, fmt.Sprintf("%s %s %v by %s %v", c.Line, c.Outcome, bell, c.HangupBy, c.Findings))
	}
	want := []string{"harbour abandoned_early 8s by caller []", "city answered_in_time 6s by caller []"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Clocks: a switch that lives hours away from us, one whose clock is years behind, and one
// that steps back an hour between two calls. Nothing in a verdict depends on our clock.
func TestVerdictsDoNotDependOnTheClock(t *testing.T) {
	for _, name := range []string{"23_answer_15_05", "02_caller_gives_up_8s", "18_core_afterring_answered", "26_pick_queue", "34_local_two"} {
		events := trace(t, name)
		want := verdicts(play(lines(), events))
		for _, skew := range []time.Duration{-8 * time.Hour, 8 * time.Hour, -20 * 365 * 24 * time.Hour, 17 * time.Millisecond} {
			if diff := cmp.Diff(want, verdicts(play(lines(), skewed(events, skew)))); diff != "" {
				t.Errorf("%s, the clock %v off (-here +there):\n%s", name, skew, diff)
			}
		}
		tr := telephony.NewTracker(lines())
		var later []telephony.Change
		for _, ev := range append(trace(t, "02_caller_gives_up_25s"), skewed(events, -time.Hour)...) {
			later = append(later, tr.Apply(ev)...)
		}
		calls := ended(append(later, tr.Finish(time.Time{})...))
		if len(calls) != 1+len(want) || calls[0].Outcome != telephony.Missed {
			t.Fatalf("%s after a step back: %d calls, want %d", name, len(calls), 1+len(want))
		}
	}
}

// verdicts is what a verdict says without instants.
func verdicts(changes []telephony.Change) []string {
	var out []string
	for _, c := range ended(changes) {
		bell, _ := c.RingFor()
		wait, _ := c.CallerRingFor()
		out = append(out, fmt.Sprintf("%s %v %v %d by %s to %s %v", c.Outcome, bell, wait, c.Rings, c.HangupBy, c.ForwardedTo, c.Findings))
	}
	slices.Sort(out)
	return out
}

// skewed moves every instant of a trace.
func skewed(events []telephony.Event, by time.Duration) []telephony.Event {
	out := slices.Clone(events)
	for i := range out {
		out[i].At = out[i].At.Add(by)
		for _, ch := range []*telephony.Channel{&out[i].Channel, &out[i].Peer, &out[i].Second, &out[i].Forwarded} {
			if !ch.Created.IsZero() {
				ch.Created = ch.Created.Add(by)
			}
		}
	}
	return out
}
