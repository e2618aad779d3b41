package main

import (
	"fmt"
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
		plugIn(t, address).register(r.sw)
	}
	at("127.0.0.1")
	r.awaitLine("idle")
	at("127.0.0.1") // another port
	at("127.0.0.3")
	r.awaitAlerts(10*time.Second, "registration_moved", 1, "open")
	for range 2 { // two devices take the phone's place from one another: it is one problem, and nothing flaps
		at("127.0.0.1")
		at("127.0.0.3")
	}
	moves := func(n int) {
		t.Helper()
		r.desk.await(10*time.Second, fmt.Sprintf("the phone moved %d times", n), func() bool {
			list := r.desk.alertsOf("registration_moved")
			return len(list) == 1 && list[0].Times == n && list[0].State == "open"
		})
	}
	moves(5)
	for _, a := range r.desk.alertsOf("phone_unreachable") {
		if a.Reopened > 0 || a.State != "resolved" {
			t.Errorf("a phone that moves came and went: %+v", a)
		}
	}
	r.again(func() { at("127.0.0.4") })
	moves(6)
	a := r.desk.alertsOf("registration_moved")[0]
	want := []string{"127.0.0.1 → 127.0.0.3", "127.0.0.3 → 127.0.0.1", "127.0.0.1 → 127.0.0.3", "127.0.0.3 → 127.0.0.1", "127.0.0.1 → 127.0.0.3", "127.0.0.3 → 127.0.0.4"}
	if a.Detail != "duty: "+want[5] || a.Certainty != "certain" || len(a.Evidence) != 2*len(want) {
		t.Fatalf("%+v", a)
	}
	for i, w := range want {
		said, seen := a.Evidence[2*i], a.Evidence[2*i+1]
		if said.Kind != "event" || said.Text != "duty: "+w || seen.Kind != "event" || !strings.Contains(seen.Text, "sip:duty@127.0.0.") {
			t.Errorf("want %s: %+v, %+v", w, said, seen)
		}
	}
	r.desk.awaitLamp(10*time.Second, "device", "device_moved")
	r.again(func() {})
	r.desk.awaitLamp(10*time.Second, "device", "device_moved")
	moves(6)
}
