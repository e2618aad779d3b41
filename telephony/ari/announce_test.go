package ari_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// exchange is a private Asterisk with a handset behind its trunk.
func exchange(t *testing.T, manners func(string) asterisktest.Manners) (*asterisk.Process, *ari.Client, *asterisktest.Handset) {
	t.Helper()
	s := asterisktest.Settings(t)
	far := asterisktest.FreeUDP(t)
	s.TrunkContact = "sip:" + far
	h := asterisktest.StartHandset(t, far, manners)
	p := asterisktest.Start(t, s)
	return p, ari.New(configOf(p), nil), h
}

// over waits until a call of ours has ended.
func over(t *testing.T, c *ari.Client, id string) (a telephony.Announced) {
	t.Helper()
	asterisktest.Eventually(t, 40*time.Second, "the call of ours is over", func() bool {
		var err error
		if a, err = c.Announced(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		return a.Over
	})
	return a
}

func call(number string, sounds ...string) telephony.Announcement {
	return telephony.Announcement{ID: telephony.OwnCallID(number), Trunk: "PJSIP/trunk", Number: number, From: "02422739110", Ring: 2 * time.Second, Sounds: sounds, Thanks: "/nowhere/thanks"}
}

// What came of each call is kept on the switch, whether or not anybody looks, until it is forgotten.
func TestACallOfOurOwnSaysWhatCameOfIt(t *testing.T) {
	t.Parallel()
	manners := map[string]asterisktest.Manners{
		"13800000001": {Listen: 1500 * time.Millisecond, Key: "1"},
		"13800000002": {Listen: 1500 * time.Millisecond, Key: "1", Info: true},
		"13800000003": {Listen: 1500 * time.Millisecond, HangUp: true},
		"13800000004": {Listen: 2 * time.Second, Key: "5", HangUp: true},
		"13800000005": {Status: 486},
		"13800000006": {Status: 603},
		"13800000007": {Silent: true},
		"13800000008": {Status: 404},
	}
	_, c, h := exchange(t, func(number string) asterisktest.Manners { return manners[number] })
	tone := strings.TrimSuffix(asterisktest.Tone(t, 600, time.Second), ".al")
	for number, want := range map[string]telephony.Announced{
		"13800000001": {Answered: true, Key: "1", Cause: 16},
		"13800000002": {Answered: true, Key: "1", Cause: 16},
		"13800000003": {Answered: true},
		"13800000004": {Answered: true}, // no key that means anything
		"13800000005": {Cause: 17},
		"13800000006": {Cause: 21},
		"13800000007": {Cause: 19},
		"13800000008": {Cause: 1},
	} {
		a := call(number, tone)
		if err := errors.Join(c.Announce(t.Context(), a), c.Announce(t.Context(), a)); err != nil { // said twice it is the same call
			t.Fatal(err)
		}
		want.Known, want.Over = true, true
		got := over(t, c, a.ID)
		if got.Key == "5" { // the hangup may come before or after the next question
			got.Key = ""
		}
		if got != want {
			t.Errorf("%s: %+v, want %+v", number, got, want)
		}
		if err := c.ForgetAnnounced(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Announced(t.Context(), a.ID); err != nil || got.Known {
			t.Errorf("%s: not forgotten: %+v, %v", number, got, err)
		}
	}
	if n := len(h.Rung()); n != len(manners) {
		t.Errorf("the handset was called %d times, want %d", n, len(manners))
	}
}

// Files that are not there do not stop the call: the beep needs none.
func TestMissingSoundsGiveWayToABeep(t *testing.T) {
	t.Parallel()
	_, c, h := exchange(t, func(string) asterisktest.Manners {
		return asterisktest.Manners{Listen: 500 * time.Millisecond, Key: "1"}
	})
	a := call("13800000001", "/nowhere/alert", "/nowhere/line")
	if err := c.Announce(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if got := over(t, c, a.ID); got.Key != "1" {
		t.Errorf("%+v", got)
	}
	if share := asterisktest.ToneShare(loud(h.Rung()[0].Heard), 950); share < 0.8 {
		t.Errorf("only %.2f of what is heard is the beep", share)
	}
}

// loud are the samples that are no silence.
func loud(all []int16) (some []int16) {
	for i := 0; i+160 <= len(all); i += 160 {
		for _, x := range all[i : i+160] {
			if x > 1000 {
				some = append(some, all[i:i+160]...)
				break
			}
		}
	}
	return some
}

// A phone that sends our call on sends it nowhere: least of all to the duty phone.
func TestACallOfOurOwnIsNotSentOn(t *testing.T) {
	t.Parallel()
	p, c, _ := exchange(t, func(string) asterisktest.Manners { return asterisktest.Manners{Status: 302, To: "02422739110"} })
	asterisktest.Register(t, p, asterisktest.FreeUDP(t)) // a duty phone: nothing listens there
	a := call("13800000001", "/nowhere")
	if err := c.Announce(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if got := over(t, c, a.ID); got.Answered {
		t.Errorf("%+v", got)
	}
	b, err := os.ReadFile(p.Settings.Journal())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "PJSIP/duty") || !strings.Contains(string(b), "@dutyline-nowhere") {
		t.Errorf("the call went on:\n%s", b)
	}
}

func TestATrunkThatCarriesACallIsInUse(t *testing.T) {
	t.Parallel()
	_, c, _ := exchange(t, func(string) asterisktest.Manners { return asterisktest.Manners{Silent: true} })
	if used, err := c.InUse(t.Context(), "PJSIP/trunk"); used || err != nil {
		t.Errorf("a quiet trunk: %v, %v", used, err)
	}
	if _, err := c.InUse(t.Context(), "PJSIP/nobody"); !errors.Is(err, telephony.ErrNotFound) {
		t.Errorf("no such trunk: %v", err)
	}
	a := call("13800000001", "/nowhere")
	if err := c.Announce(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if used, err := c.InUse(t.Context(), "PJSIP/trunk"); !used || err != nil {
		t.Errorf("with a call: %v, %v", used, err)
	}
	over(t, c, a.ID)
	asterisktest.Eventually(t, 5*time.Second, "the trunk is free again", func() bool {
		used, err := c.InUse(t.Context(), "PJSIP/trunk")
		return err == nil && !used
	})
}

// A switch without our context, or that refuses, says so.
func TestARefusedAnnouncementIsAnError(t *testing.T) {
	t.Parallel()
	_, c, _ := exchange(t, func(string) asterisktest.Manners { return asterisktest.Manners{} })
	a := call("13800000001")
	a.Trunk = "PJSIP/nobody"
	err := c.Announce(t.Context(), a)
	if err == nil || !strings.Contains(err.Error(), "PJSIP/nobody") {
		t.Errorf("%v", err)
	}
	t.Log(err)
}

// A test is said once: nobody waits long for it.
func TestAnAnnouncementOnceIsSoonOver(t *testing.T) {
	t.Parallel()
	_, c, h := exchange(t, func(string) asterisktest.Manners { return asterisktest.Manners{Listen: time.Minute} })
	a := call("13800000001", strings.TrimSuffix(asterisktest.Tone(t, 600, time.Second), ".al"))
	a.Once = true
	if err := c.Announce(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if got := over(t, c, a.ID); !got.Answered || got.Key != "" {
		t.Errorf("%+v", got)
	}
	said := 0
	for i := 0; i+8000 <= len(h.Rung()[0].Heard); i += 800 {
		if asterisktest.ToneShare(h.Rung()[0].Heard[i:i+800], 600) > 0.9 {
			said++
		}
	}
	if said == 0 || said > 11 {
		t.Errorf("the sound is heard for %d00 ms, want 1 s", said)
	}
}
