package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/config"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// Codes of every style, dialled at the duty phone of a real switch with the shipped dialplan: to set
// forwarding up, to cancel it and to ask for it, others, those that nobody knows, and one that the
// line reads otherwise. None goes unseen, and ordinary numbers are none.
func TestSystemServiceCodesOnARealSwitch(t *testing.T) {
	t.Parallel()
	r := newRoom(t, func(_ *asterisk.Settings, c *config.Config) {
		c.Lines[0].Codes = config.Codes{Without: []string{"mobile"}, Own: []config.Code{{Code: "*90N", Means: "forward_cancel"}}}
	})
	far := asterisktest.FarEnd(t, r.far, 300*time.Millisecond, asterisktest.Tone(t, 600, time.Second))
	want := map[string]string{
		"*57*13900001111#":  "forward_code certain critical",
		"*40*02488880000#":  "forward_code certain critical",
		"*41*13900001111#":  "forward_code certain critical",
		"#57#":              "forward_cancel_code certain warning",
		"*#57#":             "forward_query_code certain info",
		"*56#":              "feature_code certain critical", // do not disturb
		"*55*0630#":         "feature_code certain warning",  // alarm
		"*72013900001111":   "forward_code certain critical",
		"*73":               "forward_cancel_code certain warning",
		"*9013900001111":    "forward_cancel_code certain warning", // the line's own
		"**21*13900001111#": "feature_code certain warning",        // no mobile style here
		"*#06#":             "feature_code certain warning",        // nobody knows it
		"13900001112":       "",
		"02488880001":       "",
		"119":               "",
	}
	codes := make([]string, 0, len(want))
	for code := range want {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		uri := strings.ReplaceAll(code, "#", "%23") // RFC 3261: # has no place in a user
		asterisktest.CallOut(t, r.sw, uri, 100*time.Millisecond, asterisktest.Tone(t, 900, time.Second)).Must(t)
	}
	calls := r.desk.settled(len(codes))
	got := map[string]string{}
	for _, c := range calls {
		got[c.Called] = ""
	}
	var list wireList[struct {
		Reason, Certainty, Severity, Detail string
		Evidence                            []wireEvidence
	}]
	r.desk.want(200, "GET", "/api/v1/alerts?limit=100", nil, &list)
	for _, a := range list.Items {
		if !strings.Contains(a.Reason, "code") {
			continue
		}
		got[a.Detail] += fmt.Sprintf("%s %s %s", a.Reason, a.Certainty, a.Severity)
		if !slices.ContainsFunc(a.Evidence, func(e wireEvidence) bool { return e.Kind == "event" && e.Text == "dialled "+a.Detail }) {
			t.Errorf("%s rests on %+v", a.Detail, a.Evidence)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dialled and told (-want +got):\n%s", diff)
	}
	far.Finish(t)
}

// A dialplan without an extension for codes refuses them without any event: SIP shows them. A code
// that becomes a call and is refused further on is told once, by its call.
func TestSystemACodeThatTheDialplanDoesNotHave(t *testing.T) {
	t.Parallel()
	r := newRoom(t, func(s *asterisk.Settings, c *config.Config) {
		asterisktest.Rewrite(t, s, "exten => _[0-9+*#]!,1,", "exten => _[0-9+]!,1,", "; Names instead of numbers", `exten => _*73,1,Hangup(1)
; Names instead of numbers`)
		c.SIP.Address = asterisktest.FreeUDP(t)
		s.HEPAddress = c.SIP.Address
	})
	r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	for _, code := range []string{"*57*13900001111%23", "*73"} {
		if err := asterisktest.CallOut(t, r.sw, code, time.Second, asterisktest.Tone(t, 900, time.Second)).Wait(); err == nil {
			t.Errorf("the switch took %s", code)
		}
	}
	var list wireList[wireAlert]
	told := func() (got []string) {
		r.desk.want(200, "GET", "/api/v1/alerts?limit=100", nil, &list)
		for _, a := range list.Items {
			if strings.Contains(a.Reason, "code") {
				got = append(got, fmt.Sprintf("%s with a call: %t, %s", a.Reason, a.CallID != "", a.Evidence[len(a.Evidence)-1].Kind))
			}
		}
		return got
	}
	want := []string{"forward_cancel_code with a call: true, event", "forward_code with a call: false, sip"}
	r.desk.await(10*time.Second, "both are told", func() bool { return len(told()) >= len(want) })
	if diff := cmp.Diff(want, told()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
