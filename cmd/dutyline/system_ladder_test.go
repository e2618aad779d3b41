package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/config"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

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
	dial := " same => n,Dial(PJSIP/{{.DutyUser}},{{.RingSeconds}},U(dutyline-record^${UNIQUEID}-officer^${UNIQUEID}-far))\n"
	r := newRoom(t, func(s *asterisk.Settings, c *config.Config) {
		asterisktest.Rewrite(t, s, dial, ` same => n,GotoIf($["${DB(CF/duty)}" = ""]?bell)
 same => n,Dial(PJSIP/${DB(CF/duty)}@{{.Trunk}},{{.RingSeconds}})
 same => n(bell)`+strings.TrimPrefix(dial, " same => n"), "load = func_strings.so", "load = func_strings.so\nload = func_db.so")
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
	refers := sipFile(t, "phone-refers", map[string]string{"target": "sip:x@" + r.sw.Settings.SIPAddress, "talk_ms": "300"})
	asterisktest.StartSIPp(t, refers, local, "", time.Minute, append(asterisktest.SoundPort(t), "-s", "duty")...)
	asterisktest.WaitOnline(t, r.sw, "duty")
	talks.talk = 1500 * time.Millisecond
	r.calls("caller", talks).Must(t)
	r.awaitAlert("transfer", "certain", "sip", "REFER")
	far.Finish(t)
}

// Misuse on a real switch, by a rule file that is changed, spoilt and mended while the daemon runs.
func TestSystemMisuseOnARealSwitch(t *testing.T) {
	t.Parallel()
	rules := filepath.Join(t.TempDir(), "rules.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// No odd hours, for this test runs at night too.
	const numbers = "misuse:\n  odd_hours: []\n  numbers: [{starts: \"168\", digits: 8, means: premium}]\n  nuisance: {marked: 1, within: 24h}\n"
	write(numbers)
	r := newRoom(t, func(_ *asterisk.Settings, c *config.Config) { c.Alerts.Rules = rules })
	far := asterisktest.FarEnd(t, r.far, 300*time.Millisecond, asterisktest.Tone(t, 600, time.Second))
	phone := r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	out := func(number string, talk time.Duration) {
		t.Helper()
		asterisktest.CallOut(t, r.sw, number, talk, asterisktest.Tone(t, 900, time.Second)).Must(t)
	}
	in := func(number string) wireCall {
		t.Helper()
		n := len(r.desk.allCalls())
		r.calls("caller", caller{number: number, talk: 300 * time.Millisecond, hertz: callerTone}).Must(t)
		return r.desk.settled(n + 1)[n]
	}

	out("13900001112", 300*time.Millisecond) // an ordinary call, and one that is none
	out("16899999", 300*time.Millisecond)
	r.awaitAlert("misuse_number", "certain", "event", "dialled 16899999")

	in("02488882000")
	first := r.desk.entry(in("02488882000").EntryID)
	r.desk.want(200, "PATCH", "/api/v1/entries/"+first.ID, map[string]any{"revision": first.Revision, "kind": "nuisance"}, nil)
	if list := r.reasons(); slices.Contains(list, "nuisance_caller") {
		t.Errorf("before he calls again: %q", list)
	}
	in("02422730001")
	in("02488882000")
	r.awaitAlert("nuisance_caller", "certain", "call", "")

	write("misuse:\n  longest: {out: an hour}\n")
	r.awaitReason("rules_refused", "open")
	write(numbers + "  longest: {out: 1s}\n")
	r.awaitReason("rules_refused", "resolved")
	out("13900001112", 1500*time.Millisecond)
	r.awaitAlert("misuse_duration", "certain", "event", "dialled 13900001112")
	if diff := cmp.Diff([]string{"misuse_duration", "misuse_number", "nuisance_caller", "rules_refused"}, r.reasons()); diff != "" {
		t.Errorf("told of this day (-want +got):\n%s", diff)
	}
	far.Finish(t)
	phone.Finish(t)
}

// reasons are those of all alerts but what was told before the switch was seen and a phone was
// there, and of a bell that rang longer because the machine is busy.
func (r *room) reasons() (list []string) {
	r.t.Helper()
	var all wireList[wireAlert]
	r.desk.want(200, "GET", "/api/v1/alerts?limit=100", nil, &all)
	for _, a := range all.Items {
		if !slices.Contains([]string{"line_unknown", "phone_unreachable", "line_fault", "ring_3", "limit_passed"}, a.Reason) {
			list = append(list, a.Reason)
		}
	}
	slices.Sort(list)
	return list
}

// awaitReason waits until an alert of a reason is in a state; the rule file is looked at every two seconds.
func (r *room) awaitReason(reason, state string) {
	r.t.Helper()
	r.desk.await(10*time.Second, "the alert "+reason+" is "+state, func() bool {
		var all wireList[wireAlert]
		r.desk.want(200, "GET", "/api/v1/alerts?state="+state, nil, &all)
		return slices.ContainsFunc(all.Items, func(a wireAlert) bool { return a.Reason == reason })
	})
}

// However the switch follows a phone that sends its calls on, it is told, with what proves it. Where
// the switch follows by itself (uri_pjsip) events show an ordinary answer, and SIP proves it.
func TestSystemARedirectIsToldUnderEveryMethod(t *testing.T) {
	for _, method := range []string{"user", "uri_core", "uri_pjsip"} {
		statuses := []string{"301 Moved Permanently", "302 Moved Temporarily"}
		if method == "user" { // others that send a call on, of which hardly any phone knows
			statuses = append(statuses, "300 Multiple Choices", "380 Alternative Service")
		}
		for _, status := range statuses {
			t.Run(method+" "+status[:3], func(t *testing.T) {
				t.Parallel()
				withSIP := method == "uri_pjsip"
				r := newRoom(t, func(s *asterisk.Settings, c *config.Config) {
					asterisktest.Rewrite(t, s, "redirect_method = user", "redirect_method = "+method, "rewrite_contact = yes", "rewrite_contact = no")
					if withSIP {
						c.SIP.Address = asterisktest.FreeUDP(t)
						s.HEPAddress = c.SIP.Address
					}
				})
				target := r.far // the dialplan's own way out; a URI is followed to where it points
				if method != "user" {
					target = asterisktest.FreeUDP(t)
				}
				far := asterisktest.FarEnd(t, target, 300*time.Millisecond, asterisktest.Tone(t, 600, time.Second))
				local := asterisktest.FreeUDP(t)
				asterisktest.Register(t, r.sw, local)
				redirects := asterisktest.Scenario(t, "phone-redirects", map[string]string{"status": status, "target": "sip:13800001111@" + target})
				asterisktest.StartSIPp(t, redirects, local, "", time.Minute, append(asterisktest.SoundPort(t), "-s", "duty")...)
				asterisktest.WaitOnline(t, r.sw, "duty")
				r.awaitLine("idle")
				r.calls("caller", caller{number: "02488882000", talk: 500 * time.Millisecond, hertz: callerTone}).Must(t)
				kind, words := "event", "forward="
				if withSIP {
					kind, words = "sip", " "+status[:3]+" (INVITE) contact=sip:13800001111@"
				}
				r.awaitAlert("phone_redirect", "certain", kind, words)
				if got := r.reasons(); !slices.Equal(got, []string{"phone_redirect"}) {
					t.Errorf("told %q", got)
				}
				far.Finish(t)
			})
		}
	}
}
