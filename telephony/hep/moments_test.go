package hep_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dutyline/telephony"
	"dutyline/telephony/hep"
)

// The moments of the recorded dialogs: what begins, rings, answers and ends a call, and nothing else.
func TestMomentsOfRecordedCalls(t *testing.T) {
	for _, name := range traceNames(t) {
		p := newPlayer(t, hep.Limits{})
		ids := map[string]bool{}
		for _, m := range messagesOf(t, name) {
			p.view.Take(m)
			ids[m.CallID] = true
		}
		for id := range ids {
			var said []string
			moments := p.view.Moments(telephony.Dialog{SIPCallID: id, Endpoint: "PJSIP/duty", In: true})
			for _, m := range moments {
				said = append(said, m.What)
				if m.At.IsZero() || m.Leg != "PJSIP/duty" || !m.In {
					t.Errorf("%s: %+v", name, m)
				}
			}
			if words := strings.Join(said, " "); strings.Contains(words, "401") || strings.Contains(words, "100") || strings.Contains(words, "ACK") {
				t.Errorf("%s: %s", name, words)
			}
			if n := len(slices.DeleteFunc(said, func(w string) bool { return !strings.HasPrefix(w, "2") })); n > 1 {
				t.Errorf("%s: %s is answered %d times: %v", name, id, n, fmt.Sprint(moments))
			}
		}
	}
}
