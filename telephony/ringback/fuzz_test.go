package ringback_test

import (
	"bytes"
	"testing"

	"dutyline/telephony/ringback"
	"dutyline/telephony/ringback/ringbacktest"
)

// FuzzListener hears anything: a verdict has a reason and is either a decision or unsure, and
// two packets are heard like one.
func FuzzListener(f *testing.F) {
	f.Add([]byte(nil), 1)
	f.Add(bytes.Repeat([]byte{0xD5}, 9000), 160)
	f.Add(bytes.Repeat([]byte{0x2A, 0xAA}, 5000), 3)
	var ring []byte
	for _, x := range ringbacktest.Play(china, []float64{0.1, 0.1}, 0, 1, -10) {
		ring = append(ring, byte(x>>8))
	}
	f.Add(ring, 4000)
	f.Fuzz(func(t *testing.T, sound []byte, cut int) {
		var whole, parts ringback.Listener
		whole.WriteALaw(sound)
		cut = max(0, min(cut, len(sound)))
		parts.WriteALaw(sound[:cut])
		parts.WriteALaw(sound[cut:])
		v := whole.Verdict()
		if v.Reason == "" || (v.Kind == ringback.CannotTell) != (v.Certainty == ringback.Unsure) {
			t.Errorf("%+v", v)
		}
		if again := parts.Verdict(); again != v {
			t.Errorf("in two packets: %+v, in one: %+v", again, v)
		}
	})
}
