package asterisk_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// numbered are first numbers of RTP streams on both sides of 32768, from where on a packet counts
// as older than packet 0: phones draw theirs by lot.
var numbered = []uint16{100, 40000}

// spoken is a sound file as a handset says it.
func spoken(t *testing.T, hertz float64) []byte {
	t.Helper()
	b, err := os.ReadFile(asterisktest.Tone(t, hertz, time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ended waits for the call after those that are known and gives its id.
func ended(t *testing.T, s asterisk.Settings, known map[string]bool) string {
	t.Helper()
	id := ""
	asterisktest.Eventually(t, 10*time.Second, "the journal settles the call", func() bool {
		for _, r := range journal(t, s) {
			if r.EventType == "LINKEDID_END" && !known[r.LinkedID] {
				id = r.LinkedID
			}
		}
		return id != ""
	})
	known[id] = true
	return id
}

// TestTheOfficerIsRecordedWhateverTheCallerHeardBefore: the caller hears a ring-back tone of this
// Asterisk's own, whose packets carry the number 0, and then the officer's, which begin anywhere.
func TestTheOfficerIsRecordedWhateverTheCallerHeardBefore(t *testing.T) {
	t.Parallel()
	s := quick(t)
	s.TrunkTone = true
	p := asterisktest.Start(t, s)
	first := numbered[0]
	voice := spoken(t, officerTone)
	local := asterisktest.FreeUDP(t)
	asterisktest.Register(t, p, local)
	asterisktest.StartHandset(t, local, func(string) asterisktest.Manners {
		return asterisktest.Manners{After: 300 * time.Millisecond, Listen: time.Hour, Voice: asterisktest.Voice{Sound: voice, First: first}}
	})
	asterisktest.WaitOnline(t, p, p.Settings.DutyUser)
	known := map[string]bool{}
	for _, first = range numbered {
		asterisktest.Call(t, p, "02422730001", p.Settings.Number, time.Second, asterisktest.Tone(t, callerTone, 2*time.Second)).Must(t)
		id := ended(t, p.Settings, known)
		t.Run(fmt.Sprint(first), func(t *testing.T) { checkSides(t, p.Settings, id, time.Second, callerTone, officerTone) })
	}
}

// TestTheOtherSideIsRecordedWhateverTheOfficerHeardBefore: an exchange lets the tone or a voice be heard
// before the answer, in a stream of other numbers than the talk's.
func TestTheOtherSideIsRecordedWhateverTheOfficerHeardBefore(t *testing.T) {
	t.Parallel()
	s := quick(t)
	far := asterisktest.FreeUDP(t)
	s.TrunkContact = "sip:" + far
	p := asterisktest.Start(t, s)
	first := numbered[0]
	voice := spoken(t, callerTone)
	asterisktest.StartHandset(t, far, func(string) asterisktest.Manners {
		return asterisktest.Manners{After: 300 * time.Millisecond, Listen: time.Hour, Voice: asterisktest.Voice{Sound: voice, First: first, Early: true}}
	})
	known := map[string]bool{}
	for _, first = range numbered {
		asterisktest.CallOut(t, p, "13900001111", time.Second, asterisktest.Tone(t, officerTone, 2*time.Second)).Must(t)
		id := ended(t, p.Settings, known)
		t.Run(fmt.Sprint(first), func(t *testing.T) { checkSides(t, p.Settings, id, time.Second, callerTone, officerTone) })
	}
}
