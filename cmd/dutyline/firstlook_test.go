package main

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// Every start begins without having seen the switch: that is no alarm. One that stays unseen is told
// after ten seconds, once; a link that is lost later is told at once.
func TestAStartIsNoAlarm(t *testing.T) {
	for name, c := range map[string]struct {
		seen, lost time.Duration // after the start; 0: never
		want       []string
	}{
		"seen soon":           {seen: 2 * time.Second},
		"never seen":          {want: []string{"10s line_unknown"}},
		"seen late":           {seen: 12 * time.Second, want: []string{"10s line_unknown"}},
		"seen soon, and lost": {seen: 2 * time.Second, lost: 4 * time.Second, want: []string{"4s line_unknown"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				var told []string
				w := newWatcher(testLines(), &memoryTape{}, func(all []telephony.Change) {
					for _, ch := range all {
						for _, a := range (alerts.Rules{}).From(ch) {
							if len(a.Ends) == 0 {
								told = append(told, fmt.Sprintf("%v %s", time.Since(begun).Round(time.Second), a.Reason))
							}
						}
					}
				}, slog.New(slog.DiscardHandler))
				w.resume(nil, []dutylog.LineStatus{{LineState: telephony.LineState{Line: "duty", State: telephony.Idle}}})
				if s := w.tracker.States()[0].State; s != telephony.LineStateUnknown {
					t.Errorf("the page shows %s before the switch is seen", s)
				}
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- w.Run(ctx) }()
				happens := map[time.Duration]func(){
					c.seen: func() { w.Snapshot(telephony.Snapshot{At: time.Now(), Up: w.clock.Uptime()}) },
					c.lost: func() { w.Gap(time.Now(), nil) },
				}
				delete(happens, 0)
				for range 60 {
					<-time.After(time.Second) // synthetic time
					if do := happens[time.Since(begun)]; do != nil {
						do()
					}
					synctest.Wait()
				}
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(c.want, told); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
			})
		})
	}
}
