package main

import (
	"testing"
	"time"

	"dutyline/telephony/asterisk/asterisktest"
)

// A call that the phone sends on is recorded as itself, each voice on its side, and what was said before
// the officer handed a call on stays. Nothing is left on the switch of which nobody could tell whose it is.
func TestSystemACallThatIsSentOnIsRecordedAsItself(t *testing.T) {
	t.Parallel()
	const farTone = 600.0
	r := newRoom(t)
	far := asterisktest.FarEnd(t, r.far, 300*time.Millisecond, asterisktest.Tone(t, farTone, time.Second))
	r.phone(600*time.Millisecond, time.Second, phoneTone)
	r.awaitLine("idle")
	r.calls("caller", caller{number: "02422730005", talk: 2 * time.Second, hertz: callerTone}).Must(t) // the phone sends these on
	sent := r.desk.settled(1)[0]
	if sent.brief() != "in forwarded by=caller rings=0 to="+forwardTo+" recording=sealed" {
		t.Errorf("sent on: %s", sent.brief())
	}
	r.checkRecording(sent, callerTone, farTone)

	local := asterisktest.FreeUDP(t)
	asterisktest.Register(t, r.sw, local)
	refers := sipFile(t, "phone-refers", map[string]string{"target": "sip:13800001111@" + r.sw.Settings.SIPAddress, "talk_ms": "1500"})
	asterisktest.StartSIPp(t, refers, local, "", time.Minute, append(asterisktest.SoundPort(t), "-s", "duty")...)
	asterisktest.WaitOnline(t, r.sw, "duty")
	r.calls("caller", caller{number: "02422730001", talk: 4 * time.Second, hertz: callerTone}).Must(t)
	handed := r.desk.settled(2)[1]
	if handed.brief() != "in answered_in_time by=caller rings=2 !transferred !recording_short !silent_officer_side recording=sealed" {
		t.Errorf("handed on: %s", handed.brief())
	}
	// What was said to the officer is not written over by what a third party says later.
	_, whole := r.desk.ask("GET", "/api/v1/calls/"+handed.ID+"/recording", nil)
	sides := decodeFLAC(t, whole)
	for side, samples := range map[string][]int16{"caller": sides[0], "officer": sides[1]} {
		if third := voiceShare(samples, farTone); third > 0.02 {
			t.Errorf("the %s's side has the third party's voice: %.1f %%", side, 100*third)
		}
	}
	if own := voiceShare(sides[0], callerTone); own < 0.7 {
		t.Errorf("the caller's voice is %.0f %% of the caller's side", 100*own)
	}
	r.desk.await(10*time.Second, "nothing is left on the switch", func() bool { return len(r.recordedOnSwitch()) == 0 })
	var ledger wireList[struct{ Kind, Why string }]
	if r.desk.want(200, "GET", "/api/v1/reconciliation?state=open", nil, &ledger); len(ledger.Items) != 0 {
		t.Errorf("the ledger has %+v", ledger.Items)
	}
	far.Finish(t)
}
