package main_test

import (
	"fmt"
	"testing"
	"time"
)

// alertCalls is how many calls are refused; the goal is judged over at least 100.
const alertCalls = 120

// alertLatency is from the packet by which the phone refuses a call (busy, or declined at once or
// after it rang) to the alert in the event stream of the page, through switch, watcher and log.
func (m *measurements) alertLatency(b *testing.B) float64 {
	e := newBed(b)
	s := e.asterisk.Settings
	phone := newPeers(b, s.SIPAddress, s.Number, s.DutyUser, s.DutyPassword)
	if err := phone.register(10 * time.Second); err != nil {
		b.Fatal(err)
	}
	tellf("placing %d calls that the phone refuses", alertCalls)
	fates := []fate{fateBusy, fateDeclined, fateRejected}
	var late []time.Duration
	for i := range alertCalls {
		caller := fmt.Sprintf("02422%06d", i)
		call := phone.place(plan{caller: caller, fate: fates[i%len(fates)], ring: time.Duration(100+i) * time.Millisecond})
		var told time.Time
		e.await(b, 10*time.Second, "an alert about the call from "+caller, func() bool {
			told = e.feed.firstAlarm(e.feed.ofCaller(caller).ID)
			return !told.IsZero()
		})
		decided := call.seen().PhoneFinalAt
		if decided.IsZero() {
			b.Fatalf("the phone never answered the call from %s: %+v", caller, call.seen())
		}
		late = append(late, told.Sub(decided))
	}
	tellf("deciding packet to page: %s", spread(late))
	return millis(percentile(late, 99))
}
