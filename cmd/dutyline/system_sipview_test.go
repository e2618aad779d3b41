package main

import (
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/telephony"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// A real phone answers 302, and a real Asterisk follows by itself: events and journal show an
// answered call. SIP shows who sent it elsewhere, and the alert says so. Then the phone registers
// from another machine.
func TestSystemSIPShowsWhoSentTheCallElsewhere(t *testing.T) {
	t.Parallel()
	r := newRoom(t, func(s *asterisk.Settings, c *config.Config) {
		asterisktest.FollowsRedirects(t, s)
		c.SIP.Address = asterisktest.FreeUDP(t)
		s.HEPAddress = c.SIP.Address
	})
	mobile, phone := asterisktest.FreeUDP(t), asterisktest.FreeUDP(t)
	tone := asterisktest.Tone(t, 600, time.Second)
	asterisktest.Register(t, r.sw, phone)
	redirects := asterisktest.Scenario(t, "phone-redirects", map[string]string{"status": "302 Moved Temporarily", "target": "sip:13800001111@" + mobile})
	asterisktest.StartSIPp(t, redirects, phone, "", time.Minute, append(asterisktest.SoundPort(t), "-s", "duty")...)
	far := asterisktest.FarEnd(t, mobile, 300*time.Millisecond, tone)
	asterisktest.WaitOnline(t, r.sw, "duty")
	r.awaitLine("idle")
	r.calls("caller", caller{number: "02488882000", talk: time.Second, hertz: callerTone}).Must(t)
	far.Finish(t)
	c := r.desk.settled(1)[0]
	if got := c.brief(); !strings.HasPrefix(got, "in answered_in_time by=caller") || !strings.Contains(got, "!redirected_in_sip") || !strings.Contains(c.ForwardedTo, "13800001111") {
		t.Errorf("%s, forwarded to %q", got, c.ForwardedTo)
	}
	r.checkWitness(c.ID)
	if n := len(r.desk.alertsOf("wrong_device")); n > 0 {
		t.Errorf("%d alerts of another device although the phone itself sent the call there", n)
	}
	asterisktest.Register(t, r.sw, strings.Replace(asterisktest.FreeUDP(t), "127.0.0.1", "127.0.0.3", 1))
	for _, want := range []alerts.Reason{alerts.ReasonPhoneRedirect, alerts.ReasonMoved} {
		r.desk.await(5*time.Second, "the alert "+string(want), func() bool {
			_, body := r.desk.ask("GET", "/api/v1/alerts?state=open", nil)
			return strings.Contains(string(body), `"reason":"`+string(want)+`","certainty":"certain"`)
		})
	}
}

// checkWitness looks at what is kept of a call beside its events: both its SIP dialogs, and the clocks of a
// switch that runs on this machine.
func (r *room) checkWitness(id string) {
	r.t.Helper()
	var w telephony.Witness
	r.desk.await(10*time.Second, "what was seen of the call beside its events is kept", func() (ok bool) {
		var err error
		w, err = r.app.log.CallWitness(r.t.Context(), id)
		return err == nil
	})
	said := map[string]string{}
	for _, m := range w.SIP {
		said[m.Leg] += m.What + " "
	}
	if !w.Heard || !strings.HasPrefix(said["PJSIP/trunk"], "INVITE ") || !strings.Contains(said["PJSIP/trunk"], "200 ") || !strings.Contains(said["PJSIP/trunk"], "BYE") ||
		!strings.HasPrefix(said["PJSIP/duty"], "INVITE ") || !strings.Contains(said["PJSIP/duty"], "302 ") {
		r.t.Errorf("the SIP of the call is %v", said)
	}
	if w.ClockAt.IsZero() || w.Ahead.Abs() > time.Second || w.Machine == "" && w.Error >= 0 {
		r.t.Errorf("the clocks are kept as %v, %v, %q, %v", w.ClockAt, w.Ahead, w.Machine, w.Error)
	}
}
