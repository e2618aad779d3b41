package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/web"
)

// checkedLog answers with these verdicts, one after the other.
type checkedLog struct {
	verdicts []error
	asked    []time.Time
}

func (l *checkedLog) Verify(context.Context) error {
	l.asked = append(l.asked, time.Now())
	return l.verdicts[min(len(l.asked), len(l.verdicts))-1]
}

func TestTheLogIsCheckedSoonAndThenDaily(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		damage := fmt.Errorf("page 7: %w", dutylog.ErrDamaged)
		log := &checkedLog{verdicts: []error{nil, damage, errors.New("busy"), nil}}
		var said output
		c := &logCheck{log: log, logger: slog.New(slog.NewTextHandler(&said, nil))}
		ctx, stop := context.WithCancel(t.Context())
		began, ended := time.Now(), make(chan error)
		go func() { ended <- c.Run(ctx) }()
		day := func(n int, want error) {
			t.Helper()
			<-time.After(time.Until(began.Add(time.Minute + time.Duration(n)*24*time.Hour + time.Second)))
			synctest.Wait()
			if got := c.Damage(); !errors.Is(got, want) || (got == nil) != (want == nil) || len(log.asked) != n+1 {
				t.Errorf("after day %d: %v, asked %d times", n, got, len(log.asked))
			}
		}
		day(0, nil)
		day(1, damage)
		day(2, damage) // a check that could not be made proves nothing
		day(3, nil)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if !strings.Contains(said.String(), "the duty log is damaged") || !strings.Contains(said.String(), "could not be checked") {
			t.Errorf("said: %s", said.String())
		}
	})
}

// A damaged log may still take the proof that it can be written and refuse every call: that
// is never shown as health.
func TestADamagedLogIsNoHealthyLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		damaged := fmt.Errorf("%w: restore the last backup", dutylog.ErrDamaged)
		r := newCommitRoom(t, &brokenLog{refusal: damaged, poison: func(ch telephony.Change) bool { return nameOf(ch) == "b ended" }})
		defer r.done()
		r.c.Add(missedCall("a"))
		r.c.Add(missedCall("b"))
		r.c.Add(missedCall("c"))
		<-time.After(time.Minute) // synthetic time
		synctest.Wait()
		a := &app{committer: r.c, logCheck: &logCheck{}}
		if h := a.logHealth(); h.OK || !strings.Contains(h.Detail, "restore the last backup") {
			t.Errorf("%+v", h)
		}
		if diff := cmp.Diff([]string{"b ended"}, r.asideNames()); diff != "" {
			t.Errorf("set aside (-want +got):\n%s", diff)
		}
		r.keeps(map[string]telephony.Outcome{"a": telephony.Missed, "b": "", "c": telephony.Missed})
		if err := r.finish(); err != nil {
			t.Error(err)
		}
	})
}

func TestLogHealth(t *testing.T) {
	logger := slog.New(slog.DiscardHandler)
	for want, a := range map[web.LogHealth]*app{
		{OK: true}:            {committer: newCommitter(nil, alerts.Rules{}.Judge, "", logger), logCheck: &logCheck{}},
		{Detail: "page 7"}:    {committer: newCommitter(nil, alerts.Rules{}.Judge, "", logger), logCheck: &logCheck{damage: errors.New("page 7")}},
		{Detail: "disk gone"}: {committer: &committer{failed: errors.New("disk gone")}, logCheck: &logCheck{}},
		{Detail: "1 changes wait for the duty log: full"}: {committer: &committer{failed: errors.New("full"), waiting: make([]telephony.Change, 1)}, logCheck: &logCheck{}},
	} {
		if got := a.logHealth(); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}
