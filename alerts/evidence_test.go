package alerts_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

// What an alert rests on comes back from the log as it was, and what was kept before it had names reads
// as it did.
func TestEvidenceAsItIsKept(t *testing.T) {
	said := telephony.Said{Name: telephony.SaidDialled, Number: "*57*13800001111#"}
	for _, e := range []alerts.Evidence{
		{Kind: alerts.EvidenceCall, Ref: "1.0", At: noon},
		{Kind: alerts.EvidenceEvent, Ref: "1.0", Text: said.String(), Said: said, At: noon},
		{Kind: alerts.EvidenceSIP, Ref: "a@b", Text: "404 (INVITE)", At: noon},
		{Kind: alerts.EvidenceTest, Ref: "12", Text: "450 Hz", Test: alerts.TestSaid{Verdict: testcall.Forwarded, Reason: testcall.AnsweredElsewhere, Ringback: testcall.RingbackOpen}},
	} {
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back alerts.Evidence
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, back); diff != "" {
			t.Errorf("%s (-want +got):\n%s", raw, diff)
		}
	}
	var old alerts.Evidence
	if err := json.Unmarshal([]byte(`{"kind":"event","ref":"1.0","text":"dialled *72","at":null}`), &old); err != nil || old != (alerts.Evidence{Kind: alerts.EvidenceEvent, Ref: "1.0", Text: "dialled *72"}) {
		t.Errorf("an older one reads as %+v, %v", old, err)
	}
	raw, _ := json.Marshal(old)
	if want := `{"kind":"event","ref":"1.0","text":"dialled *72","said":null,"test":null,"at":null}`; string(raw) != want {
		t.Errorf("an older one is told as %s, want %s", raw, want)
	}
}

// An alert about a test rests on the test, on what it heard, and on its call where one arrived.
func TestWhatAnAlertAboutATestRestsOn(t *testing.T) {
	of := func(r testcall.Result) (list []alerts.Evidence) {
		for _, a := range alerts.FromTest(r) {
			list = append(list, a.Evidence...)
		}
		return list
	}
	r := tested(testcall.CustomRingback, testcall.HeardMusic, testcall.RingbackCustom)
	r.Heard = "music for 4 s"
	want := []alerts.Evidence{
		{Kind: alerts.EvidenceTest, Ref: "12", Text: "music for 4 s", At: r.EndedAt, Test: alerts.TestSaid{Verdict: testcall.CustomRingback, Reason: testcall.HeardMusic, Ringback: testcall.RingbackCustom}},
		{Kind: alerts.EvidenceCall, Ref: "1.0", At: noon},
	}
	if diff := cmp.Diff(want, of(r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.CallID = ""
	if got := of(r); len(got) != 1 || got[0].Kind != alerts.EvidenceTest {
		t.Errorf("a test that never arrived rests on %+v", got)
	}
	if got := of(tested(testcall.Reachable, testcall.RangHere, testcall.RingbackStandard)); len(got) != 0 {
		t.Errorf("a good test rests on %+v", got)
	}
}

// What happens to a line is said by its state, or by the fault and whom it concerns.
func TestWhatALineSaysIsNamed(t *testing.T) {
	for _, c := range []struct {
		ch   telephony.Change
		want telephony.Said
		text string
	}{
		{telephony.Change{Kind: telephony.LineChanged, Line: "duty", At: noon, State: telephony.LineState{Line: "duty", State: telephony.LineUnreachable, Since: noon}},
			telephony.Said{Name: telephony.SaidLineState, State: "unreachable"}, "line unreachable"},
		{telephony.Change{Kind: telephony.LineFault, Line: "duty", At: noon, Finding: telephony.Finding("redirect_by_uri"), Detail: "PJSIP/duty"},
			telephony.Said{Name: telephony.SaidFault, Finding: "redirect_by_uri", Detail: "PJSIP/duty"}, "redirect_by_uri PJSIP/duty"},
	} {
		list := alerts.Rules{}.From(c.ch)
		e := list[len(list)-1].Evidence
		if len(e) != 1 || e[0].Said != c.want || e[0].Text != c.text {
			t.Errorf("%s rests on %+v", c.ch.Kind, e)
		}
	}
}
