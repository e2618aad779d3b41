package telephony_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// places is the officer dialling a number that the switch sends to the trunk.
func (s *scene) places(phone, number, trunk string) *scene {
	s.created(phone, "Ring", number, "duty").app(phone, "Dial", "PJSIP/"+number+"@trunk,60").leg(trunk)
	return s.begin(phone, trunk, number+"@trunk")
}

func TestOutboundOutcomes(t *testing.T) {
	base := func() *scene { return newScene().places("duty 1", "13800001111", "trunk 1") }
	rung := func() *scene {
		return base().at(100).state("trunk 1", "Ringing").dial("duty 1", "trunk 1", "RINGING")
	}
	refused := func(s *scene, cause, tech int, status string) *scene {
		return s.hang("trunk 1", cause, tech).dial("duty 1", "trunk 1", status).gone("trunk 1", cause, tech).soft("duty 1").gone("duty 1", cause, tech)
	}
	type placed struct {
		Outcome telephony.Outcome
		Reason  telephony.Reason
		By      telephony.Party
	}
	tests := []struct {
		name  string
		scene *scene
		want  placed
	}{
		{"answered, the officer hangs up", rung().
			at(4000).answers("duty 1", "trunk 1", "b").
			at(9000).ends("duty 1", "trunk 1", "b"),
			placed{telephony.PlacedAnswered, telephony.ReasonFarAnswered, telephony.ByOfficer}},
		{"answered, the far end hangs up", rung().
			at(4000).answers("duty 1", "trunk 1", "b").
			at(9000).ends("trunk 1", "duty 1", "b"),
			placed{telephony.PlacedAnswered, telephony.ReasonFarAnswered, telephony.ByCaller}},
		{"it rings and the officer gives up", rung().
			at(9000).hang("duty 1", 127, 487).dial("duty 1", "trunk 1", "CANCEL").gone("trunk 1", 127, 500).gone("duty 1", 127, 487),
			placed{telephony.PlacedUnanswered, telephony.ReasonOfficerGaveUp, telephony.ByOfficer}},
		{"it rings until the switch stops", rung().
			at(60000).dial("duty 1", "trunk 1", "NOANSWER").gone("trunk 1", 0, 0).soft("duty 1").gone("duty 1", 16, 0),
			placed{telephony.PlacedUnanswered, telephony.ReasonFarNoAnswer, telephony.BySystem}},
		{"busy", refused(base().at(50), 17, 486, "BUSY"),
			placed{telephony.PlacedUnanswered, telephony.ReasonFarBusy, telephony.BySystem}},
		{"no such number", refused(base().at(50), 1, 404, "CONGESTION"),
			placed{telephony.PlacedFailed, telephony.ReasonFarFailed, telephony.BySystem}},
		{"the trunk is down", refused(base().at(50), 34, 503, "CONGESTION"),
			placed{telephony.PlacedFailed, telephony.ReasonFarFailed, telephony.BySystem}},
		{"it rang and then failed", refused(rung().at(5000), 38, 500, "NOANSWER"),
			placed{telephony.PlacedUnanswered, telephony.ReasonFarNoAnswer, telephony.BySystem}},
		{"the trunk does not exist", newScene().created("duty 1", "Ring", "13800001111", "duty").app("duty 1", "Dial", "PJSIP/x@none,60").
			at(2).soft("duty 1").gone("duty 1", 3, 404),
			placed{telephony.PlacedFailed, telephony.ReasonNotConnected, telephony.BySystem}},
		{"a code that the switch carries out", newScene().created("duty 1", "Ring", "*73", "duty").app("duty 1", "Set", "DUMMY=1").
			app("duty 1", "Answer", "").state("duty 1", "Up").at(1000).soft("duty 1").gone("duty 1", 16, 0),
			placed{telephony.PlacedAnswered, telephony.ReasonSwitchAnswered, telephony.BySystem}},
		{"a pick-up code with nothing to pick up", newScene().created("duty 1", "Ring", "*8", "duty").app("duty 1", "Pickup", "").
			at(20).soft("duty 1").gone("duty 1", 16, 0),
			placed{telephony.PlacedFailed, telephony.ReasonNotConnected, telephony.BySystem}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := tt.scene.one(t)
			if diff := cmp.Diff(tt.want, placed{c.Outcome, c.Reason, c.HangupBy}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if c.Direction != telephony.Outbound || !c.RangAt.IsZero() || c.Rings != 0 || c.Rule != "" {
				t.Errorf("an outgoing call has no bell here: %+v", c)
			}
		})
	}
}

func TestOutgoingCallsNumbersAndCodes(t *testing.T) {
	ls := lines()
	ls[0].Number = "02422739110"
	c := newScene().places("duty 1", "**21*13900009999#", "trunk 1").
		at(50).hang("duty 1", 16, 0).gone("trunk 1", 0, 0).gone("duty 1", 16, 0).one(t, ls...)
	if c.Called.Raw != "**21*13900009999#" || c.Called.E164 != "" || c.Caller.E164 != "+862422739110" {
		t.Errorf("called %+v, caller %+v", c.Called, c.Caller)
	}
	if !slices.Equal(c.Findings, []telephony.Finding{telephony.FeatureCode}) {
		t.Errorf("findings %v, want feature_code", c.Findings)
	}
}

// A trunk without supervision does not show the far end's answer.
func TestOutgoingAnswerWithoutSupervision(t *testing.T) {
	ls := lines()
	ls[0].Supervision = telephony.SupervisionNone
	c := newScene().places("duty 1", "13800001111", "trunk 1").
		at(900).answers("duty 1", "trunk 1", "b").
		at(9000).ends("duty 1", "trunk 1", "b").one(t, ls...)
	if !slices.Contains(c.Findings, telephony.SupervisionUnreliable) {
		t.Errorf("findings %v lack supervision_unreliable", c.Findings)
	}
}

// Dialling the pick-up code at a duty phone is one short call of its own; the call that it
// takes over is answered at the duty phone, once.
func TestPickUpAtADutyPhoneEndsTheCode(t *testing.T) {
	calls := ended(play(lines(), pickUp("duty 9", "*8").events))
	if len(calls) != 2 {
		t.Fatalf("%d calls, want the code and the call", len(calls))
	}
	code := calls[0]
	if code.Outcome != telephony.PlacedAnswered || code.Reason != telephony.ReasonPickedUp ||
		!slices.Contains(code.Findings, telephony.PickedUpCall) || !code.EndedAt.Equal(code.AnsweredAt) {
		t.Errorf("the code: %+v", code)
	}
	if calls[1].Outcome != telephony.AnsweredInTime {
		t.Errorf("the call: %s", calls[1].Outcome)
	}
}
