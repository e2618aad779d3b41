package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// wireAlert is an alert as other programs read it.
type wireAlert struct {
	Reason    string         `json:"reason"`
	Certainty string         `json:"certainty"`
	CallID    string         `json:"call_id"`
	Evidence  []wireEvidence `json:"evidence"`
}

type wireEvidence struct {
	Kind string `json:"kind"`
	Ref  string `json:"ref"`
	Text string `json:"text"`
}

// awaitAlert waits until an alert of this reason and certainty is listed, and wants evidence of
// this kind that says these words.
func (r *room) awaitAlert(reason, certainty, kind, words string) {
	r.t.Helper()
	var seen []wireAlert
	defer func() {
		if r.t.Failed() {
			r.t.Logf("the alerts: %+v", seen)
		}
	}()
	r.desk.await(5*time.Second, fmt.Sprintf("the alert %s (%s) with evidence of kind %s: %s", reason, certainty, kind, words), func() bool {
		var list wireList[wireAlert]
		r.desk.want(200, "GET", "/api/v1/alerts", nil, &list)
		seen = list.Items
		return slices.ContainsFunc(seen, func(a wireAlert) bool {
			said := slices.ContainsFunc(a.Evidence, func(e wireEvidence) bool {
				return e.Kind == kind && e.Ref != "" && strings.Contains(e.Text, words)
			})
			return a.Reason == reason && a.Certainty == certainty && said && a.Evidence[0].Kind == "call" && a.Evidence[0].Ref == a.CallID
		})
	})
}

// The rungs that no recorded scenario has: forwarding kept in the switch's own database, 301, a
// question for the forwarding, and a transfer that the switch refuses, which only SIP shows.
func TestSystemTheLadderOnARealSwitch(t *testing.T) {
	t.Parallel()
	dial := " same => n,Dial(PJSIP/{{.DutyUser}},{{.RingSeconds}})\n"
	r := newRoom(t, func(s *asterisk.Settings, c *config.Config) {
		asterisktest.Rewrite(t, s, dial, ` same => n,GotoIf($["${DB(CF/duty)}" = ""]?bell)
 same => n,Dial(PJSIP/${DB(CF/duty)}@{{.Trunk}},{{.RingSeconds}})
 same => n(bell),Dial(PJSIP/{{.DutyUser}},{{.RingSeconds}})
`, "load = func_strings.so", "load = func_strings.so\nload = func_db.so")
		c.SIP.Address = asterisktest.FreeUDP(t)
		s.HEPAddress = c.SIP.Address
	})
	far := asterisktest.FarEnd(t, r.far, 300*time.Millisecond, asterisktest.Tone(t, 600, time.Second))
	talks := caller{number: "02488882000", talk: 500 * time.Millisecond, hertz: callerTone}

	local := asterisktest.FreeUDP(t)
	asterisktest.Register(t, r.sw, local)
	moved := asterisktest.Scenario(t, "phone-redirects", map[string]string{"status": "301 Moved Permanently", "target": "sip:13800001111@" + local})
	phone := asterisktest.StartSIPp(t, moved, local, "", time.Minute, append(asterisktest.SoundPort(t), "-s", "duty")...)
	asterisktest.WaitOnline(t, r.sw, "duty")
	r.awaitLine("idle")
	r.calls("caller", talks).Must(t)
	r.awaitAlert("phone_redirect", "certain", "sip", " 301 (INVITE) contact=sip:13800001111@")
	phone.Stop()

	if _, err := r.sw.CLI(t.Context(), "database put CF duty 13900002222"); err != nil {
		t.Fatal(err)
	}
	r.calls("caller", talks).Must(t)
	r.awaitAlert("feature_forward", "certain", "event", "answered by PJSIP/trunk")
	if _, err := r.sw.CLI(t.Context(), "database del CF duty"); err != nil {
		t.Fatal(err)
	}

	asterisktest.CallOut(t, r.sw, "*%2357%23", 300*time.Millisecond, asterisktest.Tone(t, 900, time.Second)).Must(t)
	r.awaitAlert("forward_query_code", "certain", "event", "dialled *#57#")

	local = asterisktest.FreeUDP(t)
	asterisktest.Register(t, r.sw, local)
	refers := sipFile(t, "phone-refers", map[string]string{"target": "sip:x@" + r.sw.Settings.SIPAddress})
	asterisktest.StartSIPp(t, refers, local, "", time.Minute, append(asterisktest.SoundPort(t), "-s", "duty")...)
	asterisktest.WaitOnline(t, r.sw, "duty")
	talks.talk = 1500 * time.Millisecond
	r.calls("caller", talks).Must(t)
	r.awaitAlert("transfer", "certain", "sip", "REFER")
	far.Finish(t)
}
