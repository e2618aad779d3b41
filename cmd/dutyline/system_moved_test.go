package main

import (
	"strings"
	"testing"
	"time"

	"dutyline/telephony/asterisk/asterisktest"
)

// Without the SIP mirror a real Asterisk tells by its own events that the phone registers from another
// machine, and, asked, that it did while the daemon was away. That other devices which answer would
// not be noticed stays said.
func TestSystemThePhoneMovesWithoutTheMirror(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	at := func(host string) {
		t.Helper()
		address := strings.Replace(asterisktest.FreeUDP(t), "127.0.0.1", host, 1)
		asterisktest.Register(t, r.sw, address)
		plugIn(t, address)
	}
	at("127.0.0.1")
	r.awaitLine("idle")
	at("127.0.0.1") // another port
	at("127.0.0.3")
	r.awaitAlerts(10*time.Second, "registration_moved", 1, "open")
	for range 2 { // two devices take the phone's place from one another: each way is told once, and nothing flaps
		at("127.0.0.1")
		at("127.0.0.3")
	}
	r.awaitAlerts(10*time.Second, "registration_moved", 2, "open")
	for _, a := range r.desk.alertsOf("phone_unreachable") {
		if a.Reopened > 0 || a.State != "resolved" {
			t.Errorf("a phone that moves came and went: %+v", a)
		}
	}
	r.again(func() { at("127.0.0.4") })
	r.awaitAlerts(10*time.Second, "registration_moved", 3, "open")
	for i, want := range []string{"duty: 127.0.0.3 → 127.0.0.4", "duty: 127.0.0.3 → 127.0.0.1", "duty: 127.0.0.1 → 127.0.0.3"} {
		a := r.desk.alertsOf("registration_moved")[i]
		if a.Detail != want || a.Certainty != "certain" || a.Evidence[0].Kind != "event" || !strings.Contains(a.Evidence[0].Text, "sip:duty@127.0.0.") {
			t.Errorf("want %s: %+v", want, a)
		}
	}
	r.desk.awaitLamp(10*time.Second, "device", "device_moved")
	r.again(func() {})
	r.desk.awaitLamp(10*time.Second, "device", "device_moved")
	r.awaitAlerts(time.Second, "registration_moved", 3, "open")
}
